"""What is due in a case, by both clocks."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection

from parley.application.received import received
from parley.domain import case as folds
from parley.domain import clocks
from parley.domain.case import Case
from parley.domain.clocks import Due, Obligation, ReceiptTime
from parley.domain.delivery import DeliveryEvent
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record.channel import Channel
from parley.store import log, outbox
from parley.store.log import Entry

_LEFT = (DeliveryEvent.RELAY_ACCEPTANCE, DeliveryEvent.RELAY_TO_NON_ERDS)


class DueView(NamedTuple):
    """Something due, by both clocks.

    ``flagged``: the receipt's own time is not believed, and its arrival is used.
    """

    obligation: Obligation
    due: Due
    flagged: bool


class Clocked(NamedTuple):
    """The same, with the statement that began it, when that was received, and when it left."""

    view: DueView
    entry: Entry
    received: ReceiptTime | None
    transmitted_at: int | None


def dues_of(connection: Connection, channel: Channel, state: Case) -> tuple[DueView, ...]:
    """What is due in a case by both clocks, the earliest first."""
    found = (one.view for one in clocked(connection, channel, state))
    return tuple(sorted(found, key=lambda view: _earliest(view.due)))


def clocked(connection: Connection, channel: Channel, state: Case) -> list[Clocked]:
    """What is due in a case, and what began it."""
    begun: dict[bytes, tuple[Entry, ReceiptTime | None, int | None]] = {}
    found: list[Clocked] = []
    for obligation in folds.obligations(state):
        # One statement often begins several.
        if obligation.since not in begun:
            begun[obligation.since] = _begun(connection, channel, obligation.since)
        entry, at, transmitted_at = begun[obligation.since]
        due = clocks.due(obligation, at.at if at else None, transmitted_at)
        view = DueView(obligation, due, at.flagged if at else False)
        found.append(Clocked(view, entry, at, transmitted_at))
    return found


def _begun(
    connection: Connection, channel: Channel, leaf: bytes
) -> tuple[Entry, ReceiptTime | None, int | None]:
    """A statement that makes something due, when it was received, and when it left."""
    entry = log.by_leaf(connection, channel.id, leaf)
    if entry is None:
        raise ParleyError(Reason.INTERNAL, fact="an obligation without its statement")
    return entry, *begun(connection, channel, entry)


def begun(
    connection: Connection, channel: Channel, entry: Entry
) -> tuple[ReceiptTime | None, int | None]:
    """When a statement was received, and when it left: where both clocks begin."""
    return received(connection, channel, entry), _transmitted_at(connection, channel, entry)


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
