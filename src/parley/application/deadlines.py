"""The view of deadlines: written behind the record, read in the order in which they end.

Statements, receipts and pouches change what is due. None of them waits for this view: whoever reads
it has it catch up first, from where it stands, under the lock of the channel.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Final, NamedTuple, overload

from sqlalchemy import Connection

from parley.application import alerting, dues, house
from parley.application.desk import Desk
from parley.application.dues import Clocked
from parley.application.places import Places
from parley.domain import access, folding
from parley.domain import case as folds
from parley.domain.access import Place
from parley.domain.act import Precedence
from parley.domain.causality import Horizon
from parley.domain.roles import Duty
from parley.kernel.reasons import Reason
from parley.record import replay, statement
from parley.record.channel import Channel
from parley.record.fsck import Fault
from parley.store import case_lists, log, views
from parley.store import deadlines as rows
from parley.store.case_lists import ANY, Wanted
from parley.store.deadlines import NEVER, Cursor, DeadlineRow, Unsettled
from parley.store.views import CaseRow

PART: Final = 500
"""So many statements, or unsettled cases, are taken in at once."""

PAGE: Final = 50


class Listed(NamedTuple):
    """A page of deadlines that an officer may know of, and whether there are more behind it."""

    rows: list[DeadlineRow]
    more: bool


# --- catching up ---------------------------------------------------------------------------------


def catch_up(desk: Desk, going: Callable[[], bool] = lambda: True) -> int:
    """Bring the view up to date; returns how many cases were looked at.

    The alerts of deadlines that are met, or are none any more, end with it, whoever looks first.
    Between two parts it stops where ``going`` says no.
    """
    with desk.database.read() as connection:
        tops, stands = rows.tops(connection), rows.cursors(connection)
        behind = [channel for channel, top in tops.items() if stands.get(channel) != top]
    seen = 0
    for channel in behind:
        more = True
        while more and going():
            with desk.database.write(channel) as connection:
                count, more = _advance(desk, connection, channel)
                seen += count
    return seen


def _advance(desk: Desk, connection: Connection, channel_id: bytes) -> tuple[int, bool]:
    """Take in a part of what is new in a channel; how many cases, and whether there is more."""
    channel = desk.channel(connection, channel_id)
    top = rows.tops(connection)[channel_id]
    # A view that begins takes all in as it stands by then, receipts included.
    fresh = Cursor(channel_id, 0, top.receipted, top.transmitted, None)
    at = rows.cursors(connection).get(channel_id, fresh)
    upto = min(top.position, at.position + PART)
    stale = set(rows.cases_between(connection, channel_id, at.position, upto))
    # A case that goes on behind this part comes in with what is its last there.
    kept = views.some_cases(connection, channel_id, stale).values()
    stale -= {row.case_id for row in kept if row.last_position >= upto}
    stands = at._replace(position=upto)
    horizon = replay.horizon(connection, channel)
    many = False
    if upto == top.position:
        stands = Cursor(
            channel_id,
            upto,
            min(top.receipted, at.receipted + PART),
            min(top.transmitted, at.transmitted + PART),
            None,
        )
        own = channel.own_index
        spans = [(at.receipted, stands.receipted), (at.transmitted, stands.transmitted)]
        if at.packed is not None:
            spans.append((at.packed, log.chains(connection, channel_id)[own].count))
        for first, last in spans:
            stale.update(rows.cases_of(connection, channel_id, own, first, last))
        for author in range(len(horizon)):
            below = min(row[author] for row in horizon)
            settled = rows.settled(connection, channel_id, author, below, PART)
            many = many or len(settled) == PART
            stale.update(settled)
    stale.discard(channel.standing_case)
    _write(connection, channel, stale, horizon, desk.clock())
    rows.save_cursor(connection, stands)
    return len(stale), many or stands != top


def _write(
    connection: Connection,
    channel: Channel,
    cases: Collection[bytes],
    horizon: Horizon,
    now: int,
) -> None:
    kept = views.some_cases(connection, channel.id, cases)
    fresh: list[DeadlineRow] = []
    unsettled: list[Unsettled] = []
    for row in kept.values():
        of_case, unseen = computed(connection, channel, row, horizon)
        fresh += of_case
        unsettled += unseen
    rows.replace(connection, channel.id, cases, fresh, unsettled)
    running = {row.term for row in fresh}
    for term, raised in rows.raised(connection, channel.id, cases).items():
        if term not in running:
            for step in raised:
                alerting.lower_alert(connection, step.key, now)


def computed(
    connection: Connection, channel: Channel, row: CaseRow, horizon: Horizon
) -> tuple[list[DeadlineRow], list[Unsettled]]:
    """The deadlines of a case, and from where on it is unsettled, from its row alone."""
    state = folding.cover(replay.case_of(row), horizon)
    unseen = (
        next((one for one in chain if not state.is_covered(one)), None) for chain in state.chains
    )
    unsettled = [
        Unsettled(channel.id, row.case_id, first.author, first.seq)
        for first in unseen
        if first is not None
    ]
    if not folds.is_open(state):
        return [], unsettled
    found: dict[tuple[str, bytes, int], DeadlineRow] = {}
    for one in dues.clocked(connection, channel, state):
        made = _row(channel, row, one)
        key = made.kind, made.since, made.owner
        if key not in found or made.due_at < found[key].due_at:
            found[key] = made
    return list(found.values()), unsettled


def _row(channel: Channel, row: CaseRow, one: Clocked) -> DeadlineRow:
    obligation, due = one.view.obligation, one.view.due
    clock, began_at, due_at = _running(one)
    act = statement.parse(one.entry.data).act
    own = one.entry.author == channel.own_index
    offices = {office.id for office in channel.own.text.offices}
    addressed = [office for office in act.to_offices if office in offices]
    return DeadlineRow(
        channel=channel.id,
        case_id=row.case_id,
        kind=obligation.kind.value,
        since=obligation.since,
        owner=obligation.owner,
        case_kind=row.kind,
        ours=obligation.owner == channel.own_index,
        precedence=act.precedence,
        office=act.from_office if own else next(iter(addressed), channel.own.text.offices[0].id),
        clock=clock,
        began_at=began_at,
        due_at=_kept(due_at),
        since_receipt=_kept(due.since_receipt),
        since_transmission=_kept(due.since_transmission),
        flagged=one.view.flagged,
        wake_at=0 if clock else None,
        urgency=Precedence.FLASH - act.precedence,
    )


@overload
def _kept(at: int) -> int: ...
@overload
def _kept(at: int | None) -> int | None: ...
def _kept(at: int | None) -> int | None:
    """A time as the database can hold it: what is announced for later is for the end of days."""
    return None if at is None else min(at, NEVER)


def _running(one: Clocked) -> tuple[str, int, int]:
    """By which clock something is due, when that clock began, and when it ends.

    It is the one since receipt as soon as there is a receipt; until then the one since
    transmission, for what was never receipted. Which of them it is, is shown.
    """
    due, signed_at = one.view.due, one.entry.iat
    if one.view.obligation.seconds is None and due.since_receipt is not None:
        return "date", one.received.at if one.received else signed_at, due.since_receipt
    if one.received is not None and due.since_receipt is not None:
        return "receipt", one.received.at, due.since_receipt
    if one.transmitted_at is not None and due.since_transmission is not None:
        return "transmission", one.transmitted_at, due.since_transmission
    return "", 0, NEVER


# --- checking ------------------------------------------------------------------------------------


def faults(connection: Connection, channel: Channel) -> list[Fault]:
    """Where the view is not what the record gives; none where it has still to catch up."""
    if rows.cursors(connection).get(channel.id) != rows.tops(connection).get(channel.id):
        return []
    horizon = replay.horizon(connection, channel)
    expected = {
        made._replace(wake_at=None)
        for row in views.cases(connection, channel.id)
        for made in computed(connection, channel, row, horizon)[0]
    }
    kept = {row._replace(wake_at=None) for row in rows.of_channel(connection, channel.id)}
    wrong = {row.case_id for row in expected ^ kept}
    return [
        Fault(channel.id, f"deadlines[{case.hex()}]", Reason.VIEW_DIFFERS) for case in sorted(wrong)
    ]


# --- reading -------------------------------------------------------------------------------------


def listed(
    desk: Desk,
    officer: str,
    *,
    ours: bool | None = None,
    before: int | None = None,
    channel: Channel | None = None,
    offices: Collection[bytes] = (),
    wanted: Wanted = ANY,
    after: DeadlineRow | None = None,
    count: int = PAGE,
) -> Listed:
    """Deadlines of cases that the officer may see, the one that ends first first.

    ``ours``: what waits for us, or for the others; ``before``: what ends before this; ``wanted``:
    of such cases; ``after``: what stands behind this one. The time that it takes does not grow
    with how many there are.

    :raises ParleyError: ``officer-unknown``; ``role-forbids`` where no role of the officer's sees
        cases anywhere.
    """
    catch_up(desk)
    with house.reading(desk, officer) as acting:
        access.require_somewhere(acting.officer, Duty.SEE_CASE)
        return _page(
            acting.connection,
            Places(acting.connection, acting.officer),
            count,
            after=after,
            before=before,
            ours=ours,
            channel=channel.id if channel else None,
            offices=offices,
            wanted=wanted,
        )


def _page(
    connection: Connection,
    places: Places,
    count: int,
    *,
    after: DeadlineRow | None,
    before: int | None,
    ours: bool | None,
    channel: bytes | None,
    offices: Collection[bytes],
    wanted: Wanted,
) -> Listed:
    conditions = [*wanted.conditions(), *case_lists.shown(places.hidden)]
    found: list[DeadlineRow] = []
    last = after
    while len(found) <= count:
        part = rows.listed(
            connection,
            count + 1,
            after=None if last is None else rows.place_of(last),
            before=before,
            ours=ours,
            channel=channel,
            offices=offices,
            conditions=conditions,
        )
        found.extend(row for row in part if places.may(Duty.SEE_CASE, _place(places, row)))
        if len(part) <= count:
            break
        last = part[-1]
    return Listed(found[:count], len(found) > count)


def _place(places: Places, row: DeadlineRow) -> Place:
    return places.at(row.channel, row.case_id, row.case_kind, None)
