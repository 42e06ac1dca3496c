"""What each side may do in a meeting: the one judge of this house's acts and of the peer's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from parley.domain import dates
from parley.domain.act import Act, ActType
from parley.domain.codes import integer, ranges, spread, token
from parley.domain.kind import Held
from parley.domain.kinds import meeting_reading as reading
from parley.domain.kinds.meeting_state import Draft, ItemStatus, Meeting, Minutes
from parley.domain.types.meeting import AGENDA_ITEMS, INFORMAL
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason


def judge_opening(act: Act) -> None:
    """Check that ``act`` proposes a meeting, or declares one: not both at once.

    :raises ParleyError: ``code-missing``, ``code-invalid``, ``dates-disordered``.
    """
    _judge_dates(act)
    declared, informal = bool(token(act, "held")), token(act, "form") == INFORMAL
    if informal and not declared:
        raise ParleyError(Reason.CODE_MISSING, type=act.type, code="held")
    if informal and integer(act, "agenda"):
        raise ParleyError(Reason.CODE_INVALID, type=act.type, code="agenda")
    if declared and token(act, "first-day"):
        raise ParleyError(Reason.CODE_INVALID, type=act.type, code="first-day")


def judge(case: Held, meeting: Meeting, act: Act) -> None:
    """Check that ``act`` may be made by one who knows the case as it is, and exactly that.

    :raises ParleyError: with the reason that makes the act void.
    """
    _JUDGES[act.type](case, meeting, act)


def _judge_dates(act: Act) -> None:
    first, last = token(act, "first-day"), token(act, "last-day")
    if last and not first:
        raise ParleyError(Reason.CODE_MISSING, type=act.type, code="first-day")
    if last and dates.end(last) <= dates.start(first):
        raise ParleyError(Reason.DATES_DISORDERED)


# --- preparing -----------------------------------------------------------------------------------


def _judge_preparation(_case: Held, meeting: Meeting, act: Act) -> None:
    """Delegation, programme, agenda: of a formal meeting that nobody has called off."""
    if meeting.form == INFORMAL:
        raise ParleyError(Reason.ACT_OUT_OF_PLACE, type=act.type)
    if reading.is_cancelled(meeting):
        raise ParleyError(Reason.MEETING_CANCELLED)


def _judge_planning(case: Held, meeting: Meeting, act: Act) -> None:
    """Dates: only as long as this side has not declared that the meeting took place."""
    _judge_preparation(case, meeting, act)
    if not any(side.terms for side in meeting.sides):
        raise ParleyError(Reason.MEETING_NOT_PROPOSED)
    if meeting.sides[act.author].declarations:
        raise ParleyError(Reason.MEETING_DECLARED)


def _judge_acceptance(case: Held, meeting: Meeting, act: Act) -> None:
    _judge_planning(case, meeting, act)
    found = {
        terms.id: (member, terms)
        for member, side in enumerate(meeting.sides)
        for terms in side.terms
    }
    if act.reference not in found:
        raise ParleyError(Reason.MEETING_NOT_PROPOSED)
    member, terms = found[act.reference]
    if (member, terms) not in reading.live_terms(case, meeting):
        raise ParleyError(Reason.REFERENCE_SUPERSEDED)
    if terms.first_day is None:
        raise ParleyError(Reason.DATES_MISSING)
    if act.author in reading.accepted_by(case, meeting, terms):
        raise ParleyError(Reason.SAID_ALREADY)


def _judge_postponement(case: Held, meeting: Meeting, act: Act) -> None:
    _judge_planning(case, meeting, act)
    _judge_dates(act)


def _judge_agenda(case: Held, meeting: Meeting, act: Act) -> None:
    _judge_preparation(case, meeting, act)
    brought = sum(items.count for items in meeting.sides[act.author].items)
    if brought + integer(act, "agenda") > AGENDA_ITEMS:
        raise ParleyError(Reason.ITEMS_TOO_MANY, limit=AGENDA_ITEMS)


def _judge_agenda_reply(case: Held, meeting: Meeting, act: Act) -> None:
    _judge_preparation(case, meeting, act)
    accepted, declined = set(spread(ranges(act, "accepted"))), set(spread(ranges(act, "declined")))
    if not accepted and not declined:
        raise ParleyError(Reason.CODE_MISSING, type=act.type, code="accepted")
    if accepted & declined:
        raise ParleyError(Reason.CODE_INVALID, type=act.type, code="declined")
    items = {item.number: item for item in reading.agenda(meeting) if item.items == act.reference}
    for number in sorted(accepted | declined):
        if number not in items:
            raise ParleyError(Reason.ITEM_UNKNOWN, number=number)
        if items[number].status == ItemStatus.AGREED:
            raise ParleyError(Reason.ITEM_AGREED, number=number)


# --- minutes -------------------------------------------------------------------------------------


def _judge_declaration(_case: Held, _meeting: Meeting, _act: Act) -> None:
    """Each side may say at any time that it took place, and correct its own word."""


def _judge_minutes(case: Held, meeting: Meeting, _act: Act) -> None:
    if not meeting.declared:
        raise ParleyError(Reason.MEETING_NOT_DECLARED)
    if reading.minutes(case, meeting) in (Minutes.AGREED, Minutes.RESERVED):
        raise ParleyError(Reason.MINUTES_AGREED)


def _judge_word_on_minutes(case: Held, meeting: Meeting, act: Act) -> None:
    """A word on the other side's minutes, as it puts them forward now."""
    _judge_minutes(case, meeting, act)
    owner, draft = _draft(meeting, act)
    if draft != reading.latest_draft(case, meeting, owner):
        raise ParleyError(Reason.REFERENCE_SUPERSEDED)


def _draft(meeting: Meeting, act: Act) -> tuple[int, Draft]:
    for member, side in enumerate(meeting.sides):
        for draft in side.drafts:
            if draft.id == act.reference:
                return member, draft
    raise ParleyError(Reason.REFERENCE_UNKNOWN, type=act.type)


def _judge_not_agreed(case: Held, meeting: Meeting, act: Act) -> None:
    _judge_word_on_minutes(case, meeting, act)
    if not integer(act, "items") and reading.latest_draft(case, meeting, act.author) is None:
        raise ParleyError(Reason.MINUTES_VERSION_MISSING)


_JUDGES: Final[Mapping[str, Callable[[Held, Meeting, Act], None]]] = {
    ActType.MEETING_ACCEPTANCE: _judge_acceptance,
    ActType.MEETING_POSTPONEMENT: _judge_postponement,
    ActType.MEETING_CANCELLATION: _judge_planning,
    ActType.MEETING_DELEGATION: _judge_preparation,
    ActType.MEETING_AGENDA: _judge_agenda,
    ActType.MEETING_AGENDA_REPLY: _judge_agenda_reply,
    ActType.MEETING_PROGRAMME: _judge_preparation,
    ActType.MEETING_DECLARATION: _judge_declaration,
    ActType.MINUTES_DRAFT: _judge_minutes,
    ActType.MINUTES_CORRECTION: _judge_word_on_minutes,
    ActType.MINUTES_AGREEMENT: _judge_word_on_minutes,
    ActType.MINUTES_NOT_AGREED: _judge_not_agreed,
}
