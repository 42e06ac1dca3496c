"""Officers of two houses who ask, answer, propose to erase and consent."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import pytest

from parley.application import drafts, erasing
from parley.application.desk import Desk
from parley.application.writing import Writing
from parley.domain import case as folds
from parley.domain.act import ActType, Code
from parley.domain.case import Case
from parley.domain.catalogue import spec_of
from parley.record import body as bodies
from parley.record import replay
from parley.record.statement import Statement
from parley.store import log, views
from tests.support.pair import Pair

WORD = "zirconium-heron-417"
"""A word that stands nowhere but in a body."""


def asking(word: str = WORD) -> Writing:
    """An inquiry with a word of its own."""
    return Writing(
        ActType.INQUIRY,
        {
            "subject@en": f"Traffic {word}",
            "incident@en": "An incident",
            "facts@en": f"The facts: {word}.",
            "questions/1/text@en": "What do you know?",
        },
        {"severity": "high"},
        reply_wanted=60 * 86_400,
    )


class Houses:
    """Two desks and their officers."""

    def __init__(self, pair: Pair) -> None:
        self.pair = pair

    def release(self, desk: Desk, writing: Writing) -> Statement:
        """Draft, clear, authorise: by as many officers as the type wants."""
        channel = self.pair.channel(desk)
        spec = spec_of(writing.type)
        view = drafts.write(desk, "dora", channel, writing)
        view = drafts.submit(desk, "dora", view.id, view.revision)
        assert view.sha256 is not None
        drafts.clear(desk, "lena", view.id, view.sha256)
        said = None
        for officer in ("ada", "anton")[: spec.authorisers]:
            said = drafts.authorise(desk, officer, view.id, view.sha256)
        assert said is not None
        return said

    def ask(self, desk: Desk, word: str = WORD) -> Statement:
        """An inquiry that has arrived."""
        said = self.release(desk, asking(word))
        self.pair.settle()
        return said

    def propose(
        self, desk: Desk, leaves: Iterable[bytes], ground: str = "retention-expired"
    ) -> bytes:
        """Propose an erasure; returns its case."""
        codes: dict[str, Code] = {
            "bodies": tuple(leaf.hex() for leaf in leaves),
            "ground": ground,
        }
        return self.release(desk, Writing(ActType.ERASURE_PROPOSAL, {}, codes)).act.case

    def consent(self, desk: Desk, case: bytes) -> Statement:
        return self.release(desk, Writing(ActType.ERASURE_CONSENT, {}, {}, case))

    def agree(self, leaves: Iterable[bytes]) -> bytes:
        """Left proposes, right consents, and both words have arrived."""
        case = self.propose(self.pair.left, leaves)
        self.pair.settle()
        self.consent(self.pair.right, case)
        self.pair.settle()
        return case

    def carry_out(self) -> None:
        """Both desks go on as far as they can."""
        for _ in range(3):
            for desk in (self.pair.left, self.pair.right):
                erasing.advance(desk)
            self.pair.settle()

    def state(self, desk: Desk, case: bytes) -> Case:
        with desk.database.read() as connection:
            row = views.case(connection, self.pair.channel_id, case)
            assert row is not None
            return replay.case_of(row)

    def status(self, desk: Desk, case: bytes) -> str:
        return folds.status(self.state(desk, case))

    def body(self, desk: Desk, leaf: bytes) -> bodies.Body | None:
        """The body of a statement, where the desk still has it."""
        with desk.database.read() as connection:
            entry = log.by_leaf(connection, self.pair.channel_id, leaf)
            assert entry is not None
            kept = log.body(connection, self.pair.channel_id, entry.position)
            if kept is None:
                return None
            return bodies.read(desk.vault.open(kept.slot, kept.sealed, entry.leaf))

    def key(self, desk: Desk, leaf: bytes) -> bytes:
        """The key under which a body is sealed."""
        with desk.database.read() as connection:
            entry = log.by_leaf(connection, self.pair.channel_id, leaf)
            assert entry is not None
            kept = log.body(connection, self.pair.channel_id, entry.position)
            assert kept is not None
            return desk.vault._key(kept.slot)


def on_server(desk: Desk, since: str | None = None) -> tuple[list[Path], str]:
    """Where a server keeps what ``desk`` wrote, all of it on disk: tables, and log from ``since``.

    And the segment of the log in which it writes now. A desk in a file has no such places.
    """
    if not desk.database.is_server:
        return [], ""
    made = desk.database._engine.raw_connection()
    try:
        driver = made.driver_connection
        assert driver is not None
        driver.execute("CHECKPOINT")
        row = driver.execute(
            "SELECT current_setting('data_directory'), pg_relation_filepath('bodies'),"
            " pg_walfile_name(pg_current_wal_insert_lsn())"
        ).fetchone()
    finally:
        made.close()
    folder, segment = Path(row[0]), str(row[2])
    if not os.access(folder, os.R_OK | os.X_OK):
        pytest.skip("the server keeps its files out of reach")
    names = (path.name for path in (folder / "pg_wal").iterdir())
    log = [folder / "pg_wal" / one for one in names if (since or segment) <= one <= segment]
    return [(folder / row[1]).parent, *log], segment


def found_in(folder: Path, needles: Iterable[bytes]) -> list[tuple[str, bytes]]:
    """Which of ``needles`` stand in which file below ``folder``."""
    needles = list(needles)
    found = []
    for path in folder.rglob("*") if folder.is_dir() else (folder,):
        if path.is_file():
            data = path.read_bytes()
            found += [(str(path.relative_to(folder)), one) for one in needles if one in data]
    return found
