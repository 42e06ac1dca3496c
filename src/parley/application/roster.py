"""The duty roster, and how duty is handed over: offered with a note, and taken.

The note of who leaves, with what was open then, is sealed as a draft's text is. Whoever reads it is
shown of what was open only what they may see.
"""

from __future__ import annotations

from typing import Annotated, Final, NamedTuple

import msgspec
from msgspec import Meta

from parley.application import deadlines, house
from parley.application.alerting import Learners, Occasion
from parley.application.desk import Desk
from parley.application.house import Acting
from parley.application.places import Places
from parley.domain import access
from parley.domain import alerts as rules
from parley.domain.alerts import AlertKind
from parley.domain.housekeeping import HouseAct
from parley.domain.roles import Duty
from parley.kernel import cbor, limits, text
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.store import alerts as alert_rows
from parley.store import house as house_rows
from parley.store import roster as rows
from parley.store import views
from parley.store.roster import HandoverRow, ShiftRow
from parley.store.vault import Slot

YEAR: Final = 366 * 86_400
AHEAD: Final = 14 * 86_400
"""What is due within so many seconds stands in a handover, with what is overdue."""

_LISTED: Final = 200
_CONTENT_BYTES: Final = 4 * limits.MIB
_LAST: Final = 1 << 62


class OpenAlert(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """An alert of the leaving officer's that nobody had acknowledged."""

    id: bytes
    occasion: str
    precedence: int
    channel: bytes | None
    case: bytes | None
    deadline: int | None


class OpenDue(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """Something that waited for us, and when it was due."""

    channel: bytes
    case: bytes
    case_kind: str
    kind: str
    due_at: int


class OpenDraft(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """A draft that had not left the house."""

    id: bytes
    type: str
    stage: str


class _Content(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """What is sealed of a handover."""

    note: Annotated[str, Meta(max_length=limits.TEXT_CHARACTERS)]
    alerts: tuple[OpenAlert, ...]
    dues: tuple[OpenDue, ...]
    drafts: tuple[OpenDraft, ...]


class Handover(NamedTuple):
    """A handover as one of its two officers may read it."""

    row: HandoverRow
    note: str
    alerts: tuple[OpenAlert, ...]
    dues: tuple[OpenDue, ...]
    drafts: tuple[OpenDraft, ...]


# --- shifts --------------------------------------------------------------------------------------


def plan(
    desk: Desk,
    by: str,
    officer: str,
    starts_at: int,
    ends_at: int,
    *,
    rank: int = 1,
    office: bytes = rows.HOUSE,
) -> ShiftRow:
    """Put an officer on duty for a time; rank 1 is told first. ``office`` of no bytes: the house.

    :raises ParleyError: ``role-forbids``, ``shift-times-invalid``, ``officer-unfit-for-duty``.
    """
    if not starts_at < ends_at <= starts_at + YEAR or not 1 <= rank <= 99:
        raise ParleyError(Reason.SHIFT_TIMES_INVALID)
    with house.acting(desk, by) as acting:
        access.require(acting.officer, Duty.PLAN_ROSTER)
        _fit(acting, officer)
        number = rows.next_shift(acting.connection)
        row = ShiftRow(number, office, officer, rank, starts_at, ends_at, by)
        rows.add_shift(acting.connection, row)
        acting.note(HouseAct.SHIFT_PLANNED, about=officer, number=number)
        return row


def remove(desk: Desk, by: str, number: int) -> None:
    """Take a shift off the roster.

    :raises ParleyError: ``role-forbids``, ``shift-unknown``.
    """
    with house.acting(desk, by) as acting:
        access.require(acting.officer, Duty.PLAN_ROSTER)
        row = rows.shift(acting.connection, number)
        if row is None:
            raise ParleyError(Reason.SHIFT_UNKNOWN)
        rows.remove_shift(acting.connection, number)
        acting.note(HouseAct.SHIFT_REMOVED, about=row.officer, number=number)


def shifts(desk: Desk, officer: str, first: int, last: int = _LAST) -> list[ShiftRow]:
    """The shifts that touch a time, by their beginning; every officer may see who is on duty.

    :raises ParleyError: ``officer-unknown``, ``role-forbids``.
    """
    with house.reading(desk, officer) as acting:
        access.require_somewhere(acting.officer, Duty.BE_ALERTED)
        return rows.shifts(acting.connection, first, last)


# --- handing over --------------------------------------------------------------------------------


def hand_over(desk: Desk, officer: str, taking: str, note: str) -> HandoverRow:
    """Offer one's duty to another, with a note; one stays on duty until the other takes it.

    :raises ParleyError: ``not-on-duty``, ``officer-unfit-for-duty``, the rules of text.
    """
    note = text.clean_entry(note, limits.TEXT_CHARACTERS)
    now = desk.clock()
    due = deadlines.listed(desk, officer, ours=True, before=now + AHEAD, count=_LISTED).rows
    dues = tuple(OpenDue(o.channel, o.case_id, o.case_kind, o.kind, o.due_at) for o in due)
    with house.acting(desk, officer) as acting:
        connection = acting.connection
        own = _own_shifts(acting, officer, now)
        if not own:
            raise ParleyError(Reason.NOT_ON_DUTY)
        if taking == officer:
            raise ParleyError(Reason.OFFICER_UNFIT_FOR_DUTY)
        _fit(acting, taking)
        number = rows.next_handover(connection)
        slot = next(desk.vault.take(connection, 1))
        content = cbor.encode_model(_Content(note, _alerts(acting), dues, _drafts(acting)))
        sealed = desk.vault.seal(slot, content, _bound_to(number))
        row = HandoverRow(number, own[0].office, officer, taking, now, *slot, sealed, None)
        rows.add_handover(connection, row)
        acting.note(HouseAct.DUTY_HANDED_OVER, about=taking, number=number)
        kind = AlertKind.DUTY_GIVEN
        urgency = int(rules.URGENCY[kind])
        told = Occasion(f"handover/{number}", kind, None, None, urgency, (taking,), now)
        Learners(connection).raise_alert(told)
        return row


def take_over(desk: Desk, officer: str, number: int) -> Handover:
    """Take the duty that another has offered; what nobody has acknowledged is told here as well.

    :raises ParleyError: ``handover-unknown`` (also where it was taken), ``role-forbids``.
    """
    now = desk.clock()
    with house.acting(desk, officer) as acting:
        connection = acting.connection
        access.require_somewhere(acting.officer, Duty.STAND_DUTY)
        row = rows.handover(connection, number)
        if row is None or row.taking != officer or not rows.take(connection, number, now):
            raise ParleyError(Reason.HANDOVER_UNKNOWN)
        for shift in rows.shifts(connection, now, now + 1):
            if shift.officer == row.leaving:
                rows.end_shift(connection, shift.number, now)
                following = rows.next_shift(connection)
                rows.add_shift(
                    connection,
                    shift._replace(number=following, officer=officer, starts_at=now),
                )
        acting.note(HouseAct.DUTY_TAKEN_OVER, about=row.leaving, number=number)
        alert_rows.end(connection, f"handover/{number}", now, "acknowledged", officer)
        learners = Learners(connection)
        for one in alert_rows.of_officer(connection, row.leaving):
            where = one.channel, one.case_id
            kind = AlertKind(one.occasion)
            learners.raise_alert(
                Occasion(one.key, kind, *where, one.precedence, (officer,), now, one.deadline)
            )
        return _opened(desk, acting, row._replace(taken_at=now))


def read(desk: Desk, officer: str, number: int) -> Handover:
    """A handover in which the officer leaves or takes duty.

    :raises ParleyError: ``handover-unknown``, ``officer-unknown``.
    """
    with house.reading(desk, officer) as acting:
        row = rows.handover(acting.connection, number)
        if row is None or officer not in (row.leaving, row.taking):
            raise ParleyError(Reason.HANDOVER_UNKNOWN)
        return _opened(desk, acting, row)


def handovers(
    desk: Desk, officer: str, *, before: int | None = None, count: int | None = None
) -> list[HandoverRow]:
    """The handovers in which the officer left or takes duty, the newest first.

    ``before``: with smaller numbers than this; ``count``: so many at most.

    :raises ParleyError: ``officer-unknown``.
    """
    with house.reading(desk, officer) as acting:
        access.require_somewhere(acting.officer, Duty.BE_ALERTED)
        return rows.handovers(acting.connection, officer, before=before, limit=count)


def _own_shifts(acting: Acting, officer: str, now: int) -> list[ShiftRow]:
    return [one for one in rows.shifts(acting.connection, now, now + 1) if one.officer == officer]


def _fit(acting: Acting, officer: str) -> None:
    """Refuse whoever is not in service, or is no duty officer anywhere.

    :raises ParleyError: ``officer-unfit-for-duty``.
    """
    try:
        access.require_somewhere(house.standing(acting.connection, officer), Duty.STAND_DUTY)
    except ParleyError as error:
        raise ParleyError(Reason.OFFICER_UNFIT_FOR_DUTY) from error


def _alerts(acting: Acting) -> tuple[OpenAlert, ...]:
    learners = Learners(acting.connection)
    return tuple(
        OpenAlert(row.id, row.occasion, row.precedence, row.channel, row.case_id, row.deadline)
        for row in alert_rows.of_officer(acting.connection, acting.officer.name)
        if learners.may(row.officer, AlertKind(row.occasion), row.channel, row.case_id)
    )


def _drafts(acting: Acting) -> tuple[OpenDraft, ...]:
    places = Places(acting.connection, acting.officer)
    return tuple(
        OpenDraft(row.id, row.type, row.stage)
        for row in house_rows.drafts(acting.connection)
        if row.stage != "abandoned" and places.may(Duty.READ_CONTENT, places.of_draft(row))
    )


def _opened(desk: Desk, acting: Acting, row: HandoverRow) -> Handover:
    """A handover with what its reader may see of what was open."""
    slot = Slot(row.segment, row.slot)
    data = desk.vault.open(slot, row.sealed, _bound_to(row.number))
    content = cbor.decode_as(data, _Content, limit=_CONTENT_BYTES)
    connection, who = acting.connection, acting.officer
    places, learners = Places(connection, who), Learners(connection)

    def sees_due(one: OpenDue) -> bool:
        known = views.case(connection, one.channel, one.case)
        return known is not None and places.sees(known)

    def sees_draft(one: OpenDraft) -> bool:
        known = house_rows.draft(connection, one.id)
        return known is not None and places.may(Duty.READ_CONTENT, places.of_draft(known))

    return Handover(
        row,
        content.note,
        tuple(
            one
            for one in content.alerts
            if learners.may(who.name, AlertKind(one.occasion), one.channel, one.case)
        ),
        tuple(one for one in content.dues if sees_due(one)),
        tuple(one for one in content.drafts if sees_draft(one)),
    )


def _bound_to(number: int) -> bytes:
    return b"parley/handover/" + str(number).encode()
