"""Carrying out what both sides agreed to erase.

Each step is a transaction, and whoever finds the desk after any of them knows how to go on:

1. The proposer's desk confirms that it has seen the consent. From then on the erasure is joint.
2. The sealed bodies leave the tables, what is left of them (their digests) takes their place, the
   texts of their drafts are taken out, and their keys are *doomed*. From here there is no way back.
3. Doomed keys are destroyed, with every other copy in :mod:`parley.application.holders`; then the
   database is scrubbed.
4. The desk claims its deletion, with the time.

A process that serves does this by itself; the next start of anything finishes what was begun.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sqlalchemy import Connection

from parley.application import draft_keeping, erasure_rules, forgetting, holders, house, indexing
from parley.application.desk import Desk
from parley.domain import case as folds
from parley.domain.access import Place
from parley.domain.act import ActType, Code
from parley.domain.delivery import DeliveryEvent
from parley.domain.housekeeping import HouseAct
from parley.domain.kinds.erasure import CLAIMED_BY_ONE, CONSENTED, JOINT
from parley.domain.kinds.erasure_state import Erasure
from parley.domain.shape import Scope
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record import body as bodies
from parley.record import freeze, replay
from parley.record.body import Body
from parley.record.channel import Channel
from parley.record.ledger import Ledger
from parley.store import channels, erasures, log, outbox, views
from parley.store.erasures import ErasedRow
from parley.store.log import Entry
from parley.store.outbox import DeliveryRow
from parley.store.vault import Slot

GOING: Final = frozenset({CONSENTED, JOINT, CLAIMED_BY_ONE})
"""Statuses of erasures in which a desk may have something to do."""

_LEAST_TEXT: Final = 24
"""A text of a body that is shorter is not looked for in drafts: it may stand anywhere."""


def advance(desk: Desk) -> int:
    """Take every erasure as far as it can go now; returns how many steps that were.

    A channel that is halted or recovering waits, and so does what a hold or evidence forbids.
    """
    steps = finish(desk)
    with desk.database.read() as connection:
        waiting = [
            (desk.channel(connection, row.channel), row.case_id)
            for row in views.cases_of_kind(connection, Scope.ERASURE.value)
            if row.status in GOING and _is_open(connection, row.channel)
        ]
    for channel, case in waiting:
        while _step(desk, channel, case):
            steps += 1
    return steps


def finish(desk: Desk) -> int:
    """Destroy the keys that are doomed, and every other copy; how many keys there were.

    Safe to be interrupted anywhere, and to be done again.
    """
    with desk.database.read() as connection:
        if not erasures.doomed(connection):
            return 0
    holders.forget(desk)
    with house.acting(desk, None) as acting:
        slots = erasures.doomed(acting.connection)
        desk.vault.destroy(slots)
        erasures.destroyed(acting.connection, slots, desk.clock())
        acting.note(HouseAct.BODIES_DELETED, number=len(slots))
    desk.database.scrub()
    return len(slots)


def repeat(desk: Desk, connection: Connection, channel: Channel) -> bool:
    """Erase again what was erased before this desk was set back, in the caller's transaction.

    False where the peer has kept back a body that no joint erasure names.
    """
    for row in views.cases_of_kind(connection, Scope.ERASURE.value, channel.id):
        agreed = replay.case_of(row).substance
        if not isinstance(agreed, Erasure) or not agreed.is_joint:
            continue
        for leaf in agreed.bodies:
            erasures.joined(connection, channel.id, leaf, row.case_id)
        if agreed.claims[channel.own_index] is not None:
            _take(desk, connection, channel, row.case_id, agreed)
    return not erasures.unexplained(connection, channel.id)


def _is_open(connection: Connection, channel: bytes) -> bool:
    row = channels.one(connection, channel)
    return row is not None and row.state == "open"


def _step(desk: Desk, channel: Channel, case: bytes) -> bool:
    """The next step of one erasure; whether there was one."""
    with house.acting(desk, None, channel.id) as acting:
        connection = acting.connection
        acting.at(Place(channel.id, case, kind=Scope.ERASURE.value))
        row = views.case(connection, channel.id, case)
        state = replay.case_of(row) if row else folds.empty(2)
        erasure = state.substance
        if not isinstance(erasure, Erasure) or folds.status(state) not in GOING:
            return False
        own = channel.own_index
        if not erasure.is_joint:
            if state.opener != own or _forbidden(desk, connection, channel, erasure):
                return False
            consent = next(said for said in erasure.consents if said is not None)
            acting.note(HouseAct.ERASURE_CONFIRMED, digest=erasure.proposal)
            return _say(desk, connection, channel, case, ActType.ERASURE_CONFIRMATION, consent, {})
        if erasure.claims[own] is not None:
            return False
        if not _taken(connection, channel, erasure):
            if _forbidden(desk, connection, channel, erasure):
                return False
            count = _take(desk, connection, channel, case, erasure)
            acting.note(HouseAct.ERASURE_BEGUN, number=count, digest=erasure.proposal)
        elif erasure.confirmed is not None and not erasures.doomed(connection):
            at = _deleted_at(connection, channel, case) or desk.clock()
            acting.note(HouseAct.ERASURE_CLAIMED, digest=erasure.proposal)
            return _say(
                desk,
                connection,
                channel,
                case,
                ActType.ERASURE_CLAIM,
                erasure.confirmed,
                {"deleted-at": at},
            )
    finish(desk)
    return True


def _forbidden(desk: Desk, connection: Connection, channel: Channel, erasure: Erasure) -> bool:
    """Whether something has come up since this side agreed that forbids to go on."""
    try:
        erasure_rules.check_bodies(connection, channel, erasure.bodies, desk.clock())
    except ParleyError as error:
        if error.reason is Reason.INTERNAL:
            raise
        return True
    return False


def _taken(connection: Connection, channel: Channel, erasure: Erasure) -> bool:
    """Whether none of the bodies stands in the tables any more."""
    entries = (log.by_leaf(connection, channel.id, leaf) for leaf in erasure.bodies)
    return not any(log.body(connection, channel.id, one.position) for one in entries if one)


def _take(
    desk: Desk, connection: Connection, channel: Channel, case: bytes, erasure: Erasure
) -> int:
    """Take the bodies out of the tables and doom their keys; how many bodies there were."""
    texts: set[str] = set()
    slots: list[Slot] = []
    positions: list[int] = []
    for leaf in erasure.bodies:
        entry = log.by_leaf(connection, channel.id, leaf)
        if entry is None:
            continue
        erasures.joined(connection, channel.id, leaf, case)
        kept = log.body(connection, channel.id, entry.position)
        if kept is None:
            continue
        body = _opened(desk, kept, entry)
        slots += forgetting.forget(desk, connection, entry, body)
        texts |= _texts(body)
        now = desk.clock()
        rest = body.without(body.values).encode() if body else None
        row = ErasedRow(channel.id, entry.position, leaf, case, rest, now, None)
        slot = erasures.take(connection, row)
        slots += [slot] if slot else []
        positions.append(entry.position)
    if positions:
        indexing.forget(desk, connection, channel.id, positions)
        slots += draft_keeping.forget_texts(desk, connection, channel, erasure.bodies, texts)
        erasures.doom(connection, slots)
    return len(positions)


def _opened(desk: Desk, kept: log.SealedBody, entry: Entry) -> Body | None:
    """The body; None where its key is gone already, as after a restore of an older database."""
    try:
        return bodies.read(desk.vault.open(kept.slot, kept.sealed, entry.leaf))
    except ParleyError as error:
        if error.reason is not Reason.BODY_UNREADABLE:
            raise
        return None


def _texts(body: Body | None) -> set[str]:
    values = body.values.values() if body else ()
    return {one for one in values if isinstance(one, str) and len(one) >= _LEAST_TEXT}


def _deleted_at(connection: Connection, channel: Channel, case: bytes) -> int | None:
    """When the last of an erasure's keys was destroyed."""
    rows = erasures.of_channel(connection, channel.id)
    times = [row.deleted_at for row in rows if row.erasure == case and row.deleted_at]
    return max(times, default=None)


def _say(
    desk: Desk,
    connection: Connection,
    channel: Channel,
    case: bytes,
    type_: ActType,
    reference: bytes,
    codes: Mapping[str, Code],
) -> bool:
    """Sign an act of the desk itself in the case, and queue it; false where nothing is signed."""
    ledger: Ledger = desk.ledger(connection, channel)
    if not ledger.is_open:
        return False
    act = freeze.by_desk(channel, type_, codes=codes, reference=reference, case=case)
    said = ledger.append_own(act.act_bytes, act.body)
    seq, event = said.envelope.seq, DeliveryEvent.SUBMISSION_ACCEPTANCE.value
    outbox.add_event(connection, channel.id, DeliveryRow(seq, seq, event, None, desk.clock()))
    return True
