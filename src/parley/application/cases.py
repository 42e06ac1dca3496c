"""Reading: cases, their acts, and the proof of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from sqlalchemy import Connection

from parley.application import house
from parley.application.desk import Desk
from parley.domain import case as folds
from parley.domain import clocks, roles
from parley.domain.act import Code
from parley.domain.case import Case
from parley.domain.clocks import Due, Obligation
from parley.domain.delivery import DeliveryEvent
from parley.domain.roles import Duty
from parley.kernel import limits
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record import body as bodies
from parley.record import replay, standing, statement
from parley.record.body import Body
from parley.record.channel import Channel
from parley.record.statement import Statement
from parley.store import log, outbox, proofs, views
from parley.store.log import Entry
from parley.store.outbox import DeliveryRow
from parley.store.proofs import ReceiptRow
from parley.store.views import CaseRow

_LEFT = (DeliveryEvent.RELAY_ACCEPTANCE, DeliveryEvent.RELAY_TO_NON_ERDS)


class DueView(NamedTuple):
    """Something due, by both clocks.

    ``flagged``: the receipt's own time is not believed, and its arrival is used.
    """

    obligation: Obligation
    due: Due
    flagged: bool


class Summary(NamedTuple):
    """A case in a list. ``subject`` is from the first act's body, by language."""

    channel: Channel
    row: CaseRow
    state: Case
    subject: dict[str, str]
    dues: tuple[DueView, ...]


class ActView(NamedTuple):
    """One act of a case with everything that is known about it.

    ``receipt`` is the other side's for our own statements, ours for theirs. ``deliveries`` are
    events of our own statements; ``opened`` says who of ours first read the peer's, and when.
    ``void`` is the reason code of an act without effect; ``standing`` what a crossing left of it.
    ``disowned``: its author says that a thief made it, with a key that was revoked.
    """

    entry: Entry
    statement: Statement
    body: Body | None
    void: str | None
    standing: str
    receipt: ReceiptRow | None
    deliveries: tuple[DeliveryRow, ...]
    opened: tuple[str, int] | None
    disowned: bool


class CaseView(NamedTuple):
    """A case, whole, with its acts in causal order."""

    summary: Summary
    acts: tuple[ActView, ...]


def summaries(desk: Desk, channel: Channel | None = None) -> list[Summary]:
    """All cases of one channel or of all, the oldest first."""
    with desk.database.read() as connection:
        return [
            _summary(desk, connection, row)
            for row in views.cases(connection, channel.id if channel else None)
        ]


def find(desk: Desk, prefix: str) -> tuple[Channel, bytes]:
    """The case whose identifier starts with ``prefix`` (hexadecimal, four digits or more).

    :raises ParleyError: ``case-unknown``, ``case-ambiguous``.
    """
    wanted = prefix.lower().replace("-", "")
    with desk.database.read() as connection:
        matching = [
            row
            for row in views.cases(connection)
            if len(wanted) >= 4 and row.case_id.hex().startswith(wanted)
        ]
        if not matching:
            raise ParleyError(Reason.CASE_UNKNOWN)
        if len(matching) > 1:
            raise ParleyError(Reason.CASE_AMBIGUOUS, count=len(matching))
        return desk.channel(connection, matching[0].channel), matching[0].case_id


def show(desk: Desk, channel: Channel, case: bytes, officer: str | None = None) -> CaseView:
    """A case with all its acts.

    Where ``officer`` is named, the peer's statements count as opened by that officer.

    :raises ParleyError: ``case-unknown``, ``officer-unknown``, ``role-forbids``.
    """
    if officer is not None:
        _open(desk, channel, case, officer)
    with desk.database.read() as connection:
        row = views.case(connection, channel.id, case)
        if row is None:
            raise ParleyError(Reason.CASE_UNKNOWN)
        summary = _summary(desk, connection, row)
        entries = {e.leaf: e for e in log.in_case(connection, channel.id, case)}
        ordered = [entries[known.id] for known in summary.state.acts]
        return CaseView(
            summary, tuple(act_views(desk, connection, channel, ordered, summary.state))
        )


def following(desk: Desk, channel: Channel, case: bytes | None, type_: str) -> Mapping[str, Code]:
    """The codes that follow from a case for an act of ``type_``; none where it opens a case."""
    if case is None:
        return {}
    with desk.database.read() as connection:
        row = views.case(connection, channel.id, case)
        return {} if row is None else folds.fill(replay.case_of(row), type_)


def act_views(
    desk: Desk,
    connection: Connection,
    channel: Channel,
    entries: Iterable[Entry],
    state: Case | None,
) -> list[ActView]:
    """What is known about each of ``entries``."""
    entries = list(entries)
    sealed = log.bodies(connection, channel.id, [entry.position for entry in entries])
    opened = views.openings(connection, channel.id)
    disowned = standing.disowned(connection, channel)
    found: list[ActView] = []
    for entry in entries:
        kept = sealed.get(entry.position)
        known = state.find(entry.leaf) if state else None
        own = entry.author == channel.own_index
        found.append(
            ActView(
                entry=entry,
                statement=statement.parse(entry.data),
                body=(
                    bodies.parse(desk.vault.open(kept.slot, kept.sealed, entry.leaf))
                    if kept
                    else None
                ),
                void=known.void if known else _unlisted(entry, state),
                standing=known.standing.value if known else "stands",
                receipt=receipt_of(connection, channel, entry),
                deliveries=(
                    tuple(outbox.events(connection, channel.id, entry.seq, entry.seq))
                    if own
                    else ()
                ),
                opened=None if own else opened.get(entry.position),
                disowned=entry.leaf in disowned,
            )
        )
    return found


def _unlisted(entry: Entry, state: Case | None) -> str | None:
    """Why an act is void that its case does not list: there was no room for it."""
    return entry.verdict or (Reason.CASE_FULL.value if state is not None else None)


def receipt_of(connection: Connection, channel: Channel, entry: Entry) -> ReceiptRow | None:
    """The first receipt that covers a statement, by the member that did not write it."""
    issuer = 1 - entry.author
    covering = proofs.receipts_covering(connection, channel.id, issuer, entry.seq, entry.seq)
    return covering[0] if covering else None


def inbox(desk: Desk, officer: str) -> list[tuple[Channel, ActView]]:
    """The peer's statements that nobody of ours has opened, the oldest first.

    Genesis statements and notices that desks make by themselves are not among them.

    :raises ParleyError: ``officer-unknown``, ``role-forbids``.
    """
    found: list[tuple[Channel, ActView]] = []
    with desk.database.read() as connection:
        _may_read(connection, officer)
        for channel, _row in desk.channels(connection):
            unread = log.unopened(
                connection, channel.id, channel.peer_index, except_case=channel.standing_case
            )
            for case in dict.fromkeys(entry.case_id for entry in unread):
                row = views.case(connection, channel.id, case)
                state = replay.case_of(row) if row else None
                entries = [entry for entry in unread if entry.case_id == case]
                found.extend(
                    (channel, view) for view in act_views(desk, connection, channel, entries, state)
                )
    return sorted(found, key=lambda item: item[1].entry.recorded_at)


def _open(desk: Desk, channel: Channel, case: bytes, officer: str) -> None:
    now = desk.clock()
    with desk.database.write(channel.id) as connection:
        _may_read(connection, officer)
        for entry in log.in_case(connection, channel.id, case):
            if entry.author == channel.peer_index:
                views.opened(connection, channel.id, entry.position, officer, now)


def _may_read(connection: Connection, officer: str) -> None:
    roles.require(house.standing(connection, officer).roles, Duty.READ_CONTENT)


def _summary(desk: Desk, connection: Connection, row: CaseRow) -> Summary:
    channel = desk.channel(connection, row.channel)
    state = folds.cover(replay.case_of(row), replay.horizon(connection, channel))
    return Summary(
        channel,
        row,
        state,
        _subject(desk, connection, channel, row),
        dues_of(connection, channel, state),
    )


def _subject(desk: Desk, connection: Connection, channel: Channel, row: CaseRow) -> dict[str, str]:
    first = log.in_case(connection, channel.id, row.case_id, limit=1)
    sealed = log.body(connection, channel.id, first[0].position)
    if sealed is None:
        return {}
    values = bodies.parse(desk.vault.open(sealed.slot, sealed.sealed, first[0].leaf)).values
    return {
        path.removeprefix("subject@"): value
        for path, value in values.items()
        if path.startswith("subject@") and "/" not in path and isinstance(value, str)
    }


def dues_of(connection: Connection, channel: Channel, state: Case) -> tuple[DueView, ...]:
    """What is due in a case by both clocks, the earliest first."""
    found: list[DueView] = []
    for obligation in folds.obligations(state):
        entry = log.by_leaf(connection, channel.id, obligation.since)
        if entry is None:
            raise ParleyError(Reason.INTERNAL, fact="an obligation without its statement")
        receipt = receipt_of(connection, channel, entry)
        received = (
            clocks.receipt_time(
                entry.iat, receipt.iat, receipt.arrived_at, limits.CLOCK_SKEW_SECONDS
            )
            if receipt
            else None
        )
        due = clocks.due(
            obligation,
            received.at if received else None,
            _transmitted_at(connection, channel, entry),
        )
        found.append(DueView(obligation, due, received.flagged if received else False))
    return tuple(sorted(found, key=lambda view: _earliest(view.due)))


def _earliest(due: Due) -> int:
    times = [at for at in due if at is not None]
    return min(times) if times else 1 << 62


def _transmitted_at(connection: Connection, channel: Channel, entry: Entry) -> int | None:
    """When our statement first left; of the peer's we know only when it says it was signed."""
    if entry.author == channel.peer_index:
        return entry.iat
    for event in outbox.events(connection, channel.id, entry.seq, entry.seq):
        if event.event in _LEFT:
            return event.at
    return None
