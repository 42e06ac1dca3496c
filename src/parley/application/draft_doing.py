"""Which steps of a draft are an officer's to take now, by the rules that the steps ask."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from parley.application import house
from parley.application.desk import Desk
from parley.application.draft_keeping import DraftView, readable, shown
from parley.application.overtaking import workflow
from parley.application.places import Places
from parley.domain import access, draft_steps, drafting
from parley.domain.draft import Draft, Officer, Stage, Verdict
from parley.domain.draft_steps import Command
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.store import house as rows
from parley.store.house import DraftRow


class Step(StrEnum):
    """What an officer does to a draft, in the order of its way."""

    REVISE = "revise"
    ATTACH = "attach"
    SUBMIT = "submit"
    CLEAR = "clear"
    DECIDE = "decide"
    AUTHORISE = "authorise"
    RETURN = "return"
    ABANDON = "abandon"


WAITING: Final = (Step.CLEAR, Step.DECIDE, Step.AUTHORISE)
"""The steps for which a draft waits for somebody else than who wrote it."""

Steps = Mapping[Step, ParleyError | None]
"""For each step nothing where the officer may take it, else why not."""


def of(desk: Desk, officer: str, draft_id: bytes) -> Steps:
    """What the officer may do with a draft as it is now.

    :raises ParleyError: ``officer-unknown``, ``draft-unknown``.
    """
    with house.reading(desk, officer) as acting:
        row = rows.draft(acting.connection, draft_id)
        places = Places(acting.connection, acting.officer)
        if row is None or not readable(desk, places, row):
            raise ParleyError(Reason.DRAFT_UNKNOWN)
        roles = access.roles_at(acting.officer, places.of_draft(row))
        return _steps(row, Officer(acting.officer.name, roles), desk.clock())


def under_way(
    desk: Desk, officer: str, *, waiting: bool = False, count: int | None = None
) -> list[tuple[DraftView, Steps]]:
    """The drafts that are still in the house, the newest first, with what the officer may do.

    ``waiting``: only those that wait for the officer; ``count``: so many of them at most.

    :raises ParleyError: ``officer-unknown``.
    """
    now = desk.clock()
    with house.reading(desk, officer) as acting:
        connection, places = acting.connection, Places(acting.connection, acting.officer)
        found: list[tuple[DraftView, Steps]] = []
        for row in reversed(rows.drafts(connection)):
            if row.stage == Stage.ABANDONED or not readable(desk, places, row):
                continue
            roles = access.roles_at(acting.officer, places.of_draft(row))
            steps = _steps(row, Officer(acting.officer.name, roles), now)
            if waiting and not waits(steps):
                continue
            if len(found) == count:
                break
            found.append((shown(desk, connection, row), steps))
        return found


def waits(steps: Steps) -> bool:
    """Whether a draft waits for the officer whose ``steps`` these are."""
    return any(steps[step] is None for step in WAITING)


def _steps(row: DraftRow, officer: Officer, now: int) -> Steps:
    draft = workflow(row.workflow)
    return {step: _refused(draft, command, now) for step, command in _commands(draft, officer)}


def _commands(draft: Draft, officer: Officer) -> list[tuple[Step, Command]]:
    on = officer, draft.revision
    digest = draft.digest or b""
    return [
        (Step.REVISE, draft_steps.Revise(*on)),
        (Step.ATTACH, draft_steps.Attach(*on)),
        (Step.SUBMIT, draft_steps.Freeze(*on, bytes(32))),
        (Step.CLEAR, draft_steps.Clear(*on, digest)),
        (Step.DECIDE, draft_steps.Decide(*on, digest, Verdict.REFUSE)),
        (Step.AUTHORISE, draft_steps.Authorise(*on, digest)),
        (Step.RETURN, draft_steps.Return(*on)),
        (Step.ABANDON, draft_steps.Abandon(*on)),
    ]


def _refused(draft: Draft, command: Command, now: int) -> ParleyError | None:
    try:
        drafting.decide(draft, command, now)
    except ParleyError as error:
        return error
    return None
