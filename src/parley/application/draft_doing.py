"""Which steps of a draft are an officer's to take now, by the rules that the steps ask."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, NamedTuple

from parley.application import house
from parley.application.desk import Desk
from parley.application.draft_keeping import DraftView, readable, shown
from parley.application.overtaking import workflow
from parley.application.places import Places
from parley.domain import access, draft_steps, drafting
from parley.domain.access import Standing
from parley.domain.catalogue import CATALOGUE
from parley.domain.draft import Draft, Officer, Stage, Verdict
from parley.domain.draft_steps import Command
from parley.domain.roles import DUTIES, Duty, Role
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

_CLEARING: Final = frozenset[Role]().union(*(spec.cleared_by for spec in CATALOGUE.values()))
_RELEASING: Final = frozenset(
    role for role, duties in DUTIES.items() if Duty.DECIDE_RELEASE in duties
).union(*(spec.authorised_by for spec in CATALOGUE.values()))
_TO_CLEAR: Final = frozenset({Stage.FROZEN})
_TO_RELEASE: Final = frozenset({Stage.CLEARED, Stage.DECIDED})
_UNDER_WAY: Final = frozenset(Stage) - {Stage.ABANDONED, Stage.RELEASED}

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


class Which(StrEnum):
    """Drafts that are still in the house, as an officer looks at them."""

    WAITING = "waiting"
    MINE = "mine"
    OTHERS = "others"


class Listed(NamedTuple):
    """Some drafts, the newest first, and whether there are older ones."""

    views: list[DraftView]
    more: bool


def under_way(
    desk: Desk, officer: str, which: Which, *, count: int, before: bytes | None = None
) -> Listed:
    """The drafts that wait for the officer; those that the officer writes; and all others.

    ``count``: so many of them at most; ``before``: those that stand behind this draft.

    :raises ParleyError: ``officer-unknown``, ``draft-unknown``.
    """
    now = desk.clock()
    with house.reading(desk, officer) as acting:
        connection, places = acting.connection, Places(acting.connection, acting.officer)
        last = None if before is None else rows.draft(connection, before)
        if before is not None and (last is None or not readable(desk, places, last)):
            raise ParleyError(Reason.DRAFT_UNKNOWN)
        found: list[DraftView] = []
        stages, writer, wrote = _narrowed(acting.officer, which)
        while stages and len(found) <= count:
            part = rows.drafts_under_way(
                connection, count + 1, before=last, stages=stages, officer=writer, wrote=wrote
            )
            for row in part:
                if len(found) <= count and readable(desk, places, row):
                    roles = access.roles_at(acting.officer, places.of_draft(row))
                    mine = _steps(row, Officer(acting.officer.name, roles), now)
                    if waits(mine) == (which == Which.WAITING):
                        found.append(shown(desk, connection, row))
            if len(part) <= count:
                break
            last = part[-1]
        return Listed(found[:count], len(found) > count)


def _narrowed(standing: Standing, which: Which) -> tuple[frozenset[Stage], str, bool]:
    """In which stages drafts may be that are asked for, and who wrote them, or did not."""
    if which != Which.WAITING:
        return _UNDER_WAY, standing.name, which == Which.MINE
    roles = standing.roles.union(grant.role for grant in standing.grants)
    clears, releases = not roles.isdisjoint(_CLEARING), not roles.isdisjoint(_RELEASING)
    stages = (_TO_CLEAR if clears else frozenset()) | (_TO_RELEASE if releases else frozenset())
    # Nobody reviews what they have written themselves.
    return stages, standing.name, False


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
