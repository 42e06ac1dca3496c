"""755 contacts revoked in one act by a process that is killed at any moment: all, or none."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from random import Random

import pytest

from parley.application import audit, drafts
from parley.application.draft_keeping import DraftView
from parley.application.writing import Writing
from parley.domain.act import ActType
from parley.domain.kinds.contacts_state import ContactStatus, counts
from tests.contacts.house import AUTHORISER, CUSTODIAN, found, nominate, tell
from tests.support.pair import PASSPHRASE, Pair, founded, reopened

COUNT = 755

REVOKE = """
import sys
from pathlib import Path
from parley.application import drafts
from parley.node import desk as desks
folder, passphrase, officer, draft, digest, now = sys.argv[1:]
with desks.opened(Path(folder), passphrase.encode(), clock=lambda: int(now)) as desk:
    print("ready", flush=True)
    drafts.authorise(desk, officer, bytes.fromhex(draft), bytes.fromhex(digest))
    print("done", flush=True)
"""


def revoked(made: Pair, *, there: bool = False) -> int:
    """How many are revoked at the desk that revokes, or at the owner's."""
    directory = found(made.left if there else made.right, made, own=there)
    return counts(directory.state, directory.contacts)[ContactStatus.REVOKED]


def drafted(made: Pair) -> tuple[DraftView, int]:
    """The revocation of everybody, ready to be authorised, and the time."""
    nominate(made.left, made, COUNT)
    made.settle()
    tell(made.right, made, ActType.CONTACT_ACCEPTANCE, ((1, COUNT),))
    made.settle()
    case = found(made.right, made, own=False).case_id
    writing = Writing("contact-revocation", {}, {"contacts": ((1, COUNT),)}, case)
    view = drafts.write(made.right, CUSTODIAN, made.channel(made.right), writing)
    view = drafts.submit(made.right, CUSTODIAN, view.id, view.revision)
    return view, made.clock()


def kill_and_look(folder: Path, view: DraftView, now: int) -> None:
    """Kill the process that revokes, and look at both desks, until one was left in peace."""
    random = Random(755)
    assert view.sha256 is not None
    arguments = [PASSPHRASE.decode(), AUTHORISER, view.id.hex(), view.sha256.hex(), str(now)]
    outcomes: set[int] = set()
    for attempt in range(9):
        process = subprocess.Popen(
            [sys.executable, "-c", REVOKE, str(folder / "right"), *arguments],
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        # Each is left in peace for longer than the one before, so that one of them ends.
        time.sleep(random.uniform(0.5, 1) * 0.01 * 2**attempt)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        with reopened(folder) as made:
            made.clock.now = now
            outcomes.add(revoked(made))
            assert outcomes <= {0, COUNT}
            assert audit.fsck(made.right).faults == ()
            if COUNT in outcomes:
                made.settle()
                assert revoked(made, there=True) == COUNT
                break
    else:
        pytest.fail("no attempt was left in peace for long enough")


@pytest.mark.slow
def test_a_revocation_that_is_killed_revokes_everybody_or_nobody(tmp_path: Path) -> None:
    with founded(tmp_path) as letters:
        with reopened(tmp_path, letters) as made:
            view, now = drafted(made)
        kill_and_look(tmp_path, view, now)
