"""What waits for whom on a draft's way through the house, and what fell: alerts of drafts."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection

from parley.application import draft_keeping
from parley.application.alerting import Learners, Occasion
from parley.application.desk import Desk
from parley.application.overtaking import workflow
from parley.domain.act import Precedence
from parley.domain.alerts import AlertKind
from parley.domain.draft import DECIDERS, Draft, Stage
from parley.kernel.errors import ParleyError
from parley.store import alerts as rows
from parley.store import house
from parley.store.house import DraftRow

_WAITS: Final = {
    Stage.FROZEN: AlertKind.DRAFT_TO_CLEAR,
    Stage.CLEARED: AlertKind.DRAFT_TO_AUTHORISE,
    Stage.DECIDED: AlertKind.DRAFT_TO_AUTHORISE,
}


def look(
    desk: Desk, connection: Connection, learners: Learners, since: int, now: int
) -> tuple[list[Occasion], list[str]]:
    """What waits in the drafts that changed since a time; and the keys of what waits no more."""
    occasions: list[Occasion] = []
    over: list[str] = []
    for row in house.drafts_since(connection, since):
        prefix = f"draft/{row.id.hex()}/"
        found = _occasions(desk, learners, row, prefix, now)
        current = {one.key for one in found}
        occasions.extend(found)
        open_ones = rows.open_with_prefix(connection, prefix)
        over.extend(old.key for old in open_ones if old.key not in current)
    return occasions, over


def _occasions(
    desk: Desk, learners: Learners, row: DraftRow, prefix: str, now: int
) -> list[Occasion]:
    draft = workflow(row.workflow)
    found: list[tuple[str, AlertKind, tuple[str, ...]]] = []
    kind = _waits(draft)
    given = len(draft.authorisations), len(draft.decisions)
    where = row.channel, row.case_id
    if kind is not None and draft.digest is not None:
        # Nobody clears or authorises what they wrote, or does it twice.
        without = {*draft.drafters, *(one.officer for one in draft.authorisations)}
        if kind is AlertKind.DRAFT_TO_DECIDE:
            without |= {one.officer for one in draft.decisions}
        key = f"{kind.value}/{draft.digest.hex()[:16]}/{given[0]}/{given[1]}"
        found.append((key, kind, learners.every(kind, *where, without)))
    if draft.voided is not None:
        by = draft.overtaken_by.hex()[:16] if draft.overtaken_by else draft.voided
        others = learners.every(AlertKind.DRAFT_TO_AUTHORISE, *where)
        told = tuple(dict.fromkeys((*draft.drafters, *others)))
        found.append((f"fell/{draft.revision}/{by}", AlertKind.AUTHORISATION_FELL, told))
    if not found:
        return []
    precedence = _precedence(desk, row)
    return [
        Occasion(prefix + key, kind, *where, precedence, told, now) for key, kind, told in found
    ]


def _waits(draft: Draft) -> AlertKind | None:
    """What a draft waits for, if it waits for anybody."""
    if draft.stage is Stage.CLEARED and draft.gated and len(draft.decisions) < DECIDERS:
        return AlertKind.DRAFT_TO_DECIDE
    return _WAITS.get(draft.stage)


def _precedence(desk: Desk, row: DraftRow) -> int:
    """How urgent the act is that is being written, as its drafter says."""
    try:
        return draft_keeping.contents(desk, row)[0].precedence
    except ParleyError:
        return int(Precedence.PRIORITY)
