"""The desk and the dossiers of every release are opened, upgraded and verified for ever."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path

import pytest

from parley.application import audit, channels
from parley.node import backup as backups
from parley.node import desk as desks
from parley.record.dossier import verify as verifier
from tests.golden.make import CASE, CHANNEL, DESK, FACTS, FOLDER, release

RELEASES = sorted(path.parent.name for path in FOLDER.glob(f"*/{FACTS}"))


def test_this_release_is_among_them() -> None:
    assert release() in RELEASES


@pytest.mark.parametrize("name", RELEASES)
def test_a_desk_of_that_release_opens(name: str, tmp_path: Path) -> None:
    facts = json.loads((FOLDER / name / FACTS).read_text("utf-8"))
    folder, passphrase = tmp_path / "desk", facts["passphrase"].encode()
    with tarfile.open(FOLDER / name / DESK) as archive:
        # The first releases of Python 3.11 have no filters.
        archive.extraction_filter = getattr(tarfile, "data_filter", None)
        archive.extractall(folder)  # noqa: S202 - it is ours

    def whole() -> bool:
        with desks.opened(folder, passphrase) as desk:
            return not audit.fsck(desk).faults

    backups.upgrade(folder, tmp_path / "before.db", whole)
    assert whole()
    with desks.opened(folder, passphrase) as desk:
        (standing,) = channels.standings(desk)
    assert (standing.state, standing.own, standing.peer) == ("open", facts["own"], facts["peer"])
    assert [standing.agreed_own, standing.agreed_peer] == facts["agreed"]


@pytest.mark.parametrize("name", RELEASES)
@pytest.mark.parametrize("file", [CASE, CHANNEL])
def test_a_dossier_of_that_release_verifies(name: str, file: str) -> None:
    facts = json.loads((FOLDER / name / FACTS).read_text("utf-8"))
    pins = [bytes.fromhex(party) for party in facts["parties"]]
    report = verifier.verify(FOLDER / name / file, pins=pins, workers=0)
    assert {party.fingerprint for party in report.parties} == set(facts["parties"])
    assert report.case == (facts["case"] if file == CASE else None)
