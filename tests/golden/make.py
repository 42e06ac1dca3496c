"""Makes the golden desk and dossiers of this release: ``python -m tests.golden.make``.

They are kept for ever: every later release opens, upgrades and verifies them. A release that has
been made keeps its folder as it is; only that of the release in work is made anew.
"""

from __future__ import annotations

import json
import lzma
import shutil
import sys
import tarfile
import tempfile
from io import BytesIO
from pathlib import Path

from parley import __version__
from parley.application import channels, dossiers
from parley.kernel import ids
from tests.support.pair import PASSPHRASE, inquiry, pair

FOLDER = Path(__file__).parent
DESK, CASE, CHANNEL, FACTS = "desk.tar.xz", "case.dossier", "channel.dossier", "facts.json"


def release() -> str:
    """The folder's name: the release without what counts its corrections."""
    return ".".join(__version__.split(".")[:2])


def make(target: Path) -> None:
    """Make desk, dossiers and facts in ``target``, which is replaced."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    with tempfile.TemporaryDirectory(prefix="parley-golden-") as made:
        folder = Path(made)
        case = ids.new_case_id()
        with pair(folder) as desks:
            desks.settle()
            left, right = desks.left, desks.right
            desks.append(left, inquiry(desks.channel(left), case))
            desks.settle()
            desks.append(right, inquiry(desks.channel(right), ids.new_case_id(), questions=1))
            # An act that is void, and is answered by a notice.
            desks.append(right, inquiry(desks.channel(right), case))
            desks.settle()
            desks.deliver(left, post_quantum=True)
            for name, one in ((CASE, case), (CHANNEL, None)):
                dossiers.export(left, "otto", desks.channel(left), target / name, case=one)
            (standing,) = channels.standings(left)
            facts = {
                "passphrase": PASSPHRASE.decode(),
                "parties": sorted([left.letter.party.hex(), right.letter.party.hex()]),
                "case": case.hex(),
                "own": standing.own,
                "peer": standing.peer,
                "agreed": [standing.agreed_own, standing.agreed_peer],
            }
        (target / DESK).write_bytes(_packed(folder / "left"))
    (target / FACTS).write_text(json.dumps(facts, indent=1) + "\n", "utf-8")


def _packed(folder: Path) -> bytes:
    packed = BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for path in sorted(folder.rglob("*")):
            name = path.relative_to(folder).as_posix()
            archive.add(path, name, recursive=False, filter=_nobody)
    return lzma.compress(packed.getvalue())


def _nobody(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member


if __name__ == "__main__":
    make(FOLDER / release())
    sys.stdout.write(f"{FOLDER / release()}\n")
