"""Erasing what was agreed, as an operation of the crash table; and what is left in the files."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from parley.application import erasing
from parley.domain import case as folds
from parley.domain.act import ActType
from parley.kernel import ids
from parley.record import body as bodies
from parley.record import replay
from parley.record.freeze import Content
from parley.record.statement import Handling
from parley.store import log, views
from tests.crash import table
from tests.crash.faults import Ended, Fault, Mode, child
from tests.crash.operations import HARMLESS, Operation, Stage, opened
from tests.crash.seams import watching
from tests.crash.table import Bench
from tests.erasure.house import found_in
from tests.support.engines import ENGINE, SQLITE
from tests.support.pair import inquiry

WORD: Final = "Facts for tests."


def _agreed(stage: Stage) -> None:
    """Left has proposed to erase the body of an inquiry, right has consented, and it is known."""
    pair, left, right = stage.pair, stage.left, stage.right
    channel = stage.channel
    said = pair.append(left, inquiry(channel, ids.new_case_id()))
    pair.settle()
    with left.database.read() as connection:
        entry = log.by_leaf(connection, channel.id, said.leaf)
        assert entry is not None
        kept = log.body(connection, channel.id, entry.position)
        assert kept is not None
        body = bodies.read(left.vault.open(kept.slot, kept.sealed, entry.leaf))
    stage.facts["needles"] = [
        WORD.encode(),
        left.vault._key(kept.slot),
        *(field.salt for field in body.fields),
        *([kept.sealed[12:44]] if ENGINE.chosen == SQLITE else []),
    ]
    case = stage.facts["erasure"] = ids.new_case_id()
    named = {"bodies": (said.leaf.hex(),), "ground": "court-order"}
    offices = channel.own.text.offices[0].id, channel.peer.text.offices[0].id
    content = Content(
        case=case,
        type=ActType.ERASURE_PROPOSAL,
        from_office=offices[0],
        to_offices=(offices[1],),
        reference=None,
        basis=(),
        legal_basis=None,
        precedence=0,
        handling=Handling("amber", None),
        reply_wanted=None,
        codes=named,
        values={},
    )
    proposed = pair.append(left, content)
    pair.settle()
    pair.append(
        right,
        content._replace(
            type=ActType.ERASURE_CONSENT,
            from_office=offices[1],
            to_offices=(offices[0],),
            reference=proposed.leaf,
            codes={},
        ),
    )
    pair.settle()


def _claimed(stage: Stage) -> bool:
    with stage.left.database.read() as connection:
        row = views.case(connection, stage.facts["channel"], stage.facts["erasure"])
        assert row is not None
        return folds.status(replay.case_of(row)) == "erasure-claimed-by-one"


def _nothing_left(stage: Stage, _said: int) -> None:
    assert not found_in(stage.folder / "left", stage.facts["needles"])


ERASING: Final = (
    Operation(
        "erase what was agreed",
        lambda stage: erasing.advance(stage.left),
        _claimed,
        prepare=_agreed,
        held=_nothing_left,
        repeated=HARMLESS,
    ),
)


def kill_and_search(made: Bench, layers: frozenset[str], at: int) -> bool:
    """Kill at write ``at``, start again, and look for what was erased in every file of the desk."""
    with made.copy() as (folder, facts):

        def work(say: Callable[[Any], None]) -> None:
            with opened(folder, facts) as stage, watching(Fault(layers, at, Mode.KILL)):
                say(made.operation.run(stage))

        with child(work) as (_pid, wait):
            ended: Ended = wait()
        table.check(made, folder, facts, ended.said)
        assert not found_in(folder / "left", facts["needles"])
    return ended.killed
