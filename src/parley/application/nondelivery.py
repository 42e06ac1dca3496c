"""Non-delivery: what was not receipted within the agreed limit is stated, once, on the record."""

from __future__ import annotations

from sqlalchemy import Connection

from parley.application.desk import Desk
from parley.domain.act import ActType
from parley.domain.delivery import DeliveryEvent
from parley.kernel import limits
from parley.kernel.reasons import Reason
from parley.record import freeze
from parley.record.channel import Channel
from parley.record.replay import Replay
from parley.store import log, outbox, proofs
from parley.store.log import Entry
from parley.store.outbox import DeliveryRow

_FAILURE = DeliveryEvent.CONTENT_CONSIGNMENT_FAILURE.value


def state_overdue(desk: Desk) -> int:
    """State non-delivery for every statement of a case whose limit has passed; returns how many.

    The limit is the smaller of those in the two geneses; as long as the peer's has not come, our
    own offer. It runs from the first attempt to deliver.
    """
    stated = 0
    with desk.database.read() as connection:
        suspects = [
            channel
            for channel, row in desk.channels(connection)
            if row.state == "open" and _overdue(connection, channel, desk.clock())
        ]
    for channel in suspects:
        with desk.database.write(channel.id) as connection:
            stated += _state(desk, connection, channel)
    return stated


def _state(desk: Desk, connection: Connection, channel: Channel) -> int:
    now = desk.clock()
    overdue = _overdue(connection, channel, now)
    ledger = desk.ledger(connection, channel)
    limit = _limit(connection, channel)
    for entry, attempted_at in overdue:
        notice = freeze.by_desk(
            channel,
            ActType.NON_DELIVERY,
            codes={"transmitted-at": attempted_at, "limit": limit},
            reference=entry.leaf,
        )
        ledger.append_own(notice.act_bytes, notice.body)
        outbox.add_event(
            connection,
            channel.id,
            DeliveryRow(entry.seq, entry.seq, _FAILURE, Reason.NOT_RECEIPTED_IN_TIME.value, now),
        )
    return len(overdue)


def _overdue(connection: Connection, channel: Channel, now: int) -> list[tuple[Entry, int]]:
    """Our unreceipted statements in cases, past the limit and not stated yet: when first tried."""
    box = outbox.one(connection, channel.id)
    pending = log.by_author(
        connection, channel.id, channel.own_index, box.receipted, limits.STATEMENTS_IN_FRAME
    )
    # Nothing that was signed within the limit can be past it: most channels end here.
    if not pending or pending[0].iat + _limit(connection, channel) >= now:
        return []
    limit = _limit(connection, channel)
    held = _known_held(connection, channel)
    found: list[tuple[Entry, int]] = []
    for entry in pending:
        if entry.seq < held:
            continue
        events = outbox.events(connection, channel.id, entry.seq, entry.seq)
        attempts = [e.at for e in events if e.event != DeliveryEvent.SUBMISSION_ACCEPTANCE]
        stated = any(event.event == _FAILURE for event in events)
        in_case = entry.case_id != channel.standing_case
        if in_case and attempts and not stated and attempts[0] + limit < now:
            found.append((entry, attempts[0]))
    return found


def _known_held(connection: Connection, channel: Channel) -> int:
    """How many of our statements the peer has shown to hold, with a receipt or without.

    A statement of its own that has seen ours, and a cosignature over our log, show it as well.
    """
    seen = log.chains(connection, channel.id)[channel.peer_index].seen
    cosigned = proofs.greatest_cosigned(connection, channel.id, channel.own_index)
    if cosigned is None:
        return seen
    below = log.authors_below(connection, channel.id, channel.own_index, cosigned.size)
    return max(seen, below[channel.own_index])


def _limit(connection: Connection, channel: Channel) -> int:
    """The limit that holds in the channel, in seconds."""
    return Replay(connection, channel).transmission_limit()
