"""A desk that was set back: how it notices, what it does not do, and how it becomes whole again.

The anchor tells at the start (:func:`compare`); the peer tells at the first contact after it
(:func:`meet`). Until both say that the record is whole nothing new of the channel leaves. A channel
that is behind is *recovering*: it can be read, and signs nothing, until the peer has returned our
own statements and they verify.
"""

from __future__ import annotations

from sqlalchemy import Connection

from parley.application import erasing, losses
from parley.application.desk import Desk
from parley.application.intake import Intake
from parley.application.message import WISH_RETURN, Message
from parley.application.restoring import Restoring
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record import heads
from parley.record.channel import Channel
from parley.record.heads import HEADS_VERSION, Heads
from parley.record.incoming import Checked
from parley.store import channels, log, outbox, proofs
from parley.store.anchor import Head

WORDS_KEPT = 64
"""What a peer signed about heads at first contacts: the newest of a channel that are kept."""


def compare(desk: Desk) -> None:
    """Compare every channel with its anchor; one that does not hold up becomes recovering.

    To be done when a desk is opened. The anchor is read first: what is committed meanwhile only
    makes the record longer.
    """
    with desk.database.read() as connection:
        every = [channel for channel, row in desk.channels(connection) if row.state == "open"]
    anchors = {channel.id: desk.anchors.look(channel.id) for channel in every}
    with desk.database.read() as connection:
        doubts = {
            channel.id: doubt
            for channel in every
            if (doubt := _doubt(connection, channel, anchors[channel.id])) is not None
        }
    for channel_id, doubt in doubts.items():
        with desk.database.write(channel_id) as connection:
            size = log.size(connection, channel_id)
            channels.recover(connection, channel_id, doubt.value, size)


def _doubt(connection: Connection, channel: Channel, anchor: Head | Reason) -> Reason | None:
    """What speaks against the record of a channel, if anything does."""
    if isinstance(anchor, Reason):
        return anchor
    chains = log.chains(connection, channel.id)
    own, peer = chains[channel.own_index], chains[channel.peer_index]
    if own.epoch < anchor.epoch or own.count + peer.count < anchor.size:
        return Reason.RECORD_BEHIND
    heads_of = (
        ((channel.own_index, anchor.count, anchor.leaf),) if own.epoch == anchor.epoch else ()
    )
    for author, count, leaf in (
        *heads_of,
        (channel.peer_index, anchor.peer_count, anchor.peer_leaf),
    ):
        if chains[author].count < count:
            return Reason.RECORD_BEHIND
        if count and log.leaf_at(connection, channel.id, author, count - 1) != leaf:
            return Reason.ANCHOR_CONTRADICTS
    return None


def meet(
    desk: Desk,
    connection: Connection,
    intake: Intake,
    message: Message,
    checked: Checked,
    *,
    fresh: bool,
    carried: bool = False,
) -> bool:
    """What a message says of heads, before anything else of it: whether it may be taken in.

    ``fresh``: it answers a frame that we made since the start. ``carried``: it came by pouch, and
    nothing leaves because of it. If it says that we lack something,
    the channel becomes recovering; if it brings what we lack, we take that; if the two records
    fit, the channel is confirmed.
    """
    if not intake.note_keys(message):
        return False
    lost = bool(message.wishes & WISH_RETURN)
    intake.box = intake.box._replace(
        lost_from=message.own.count if lost else None,
        lost_held=message.held.count if lost else None,
    )
    trouble = _against(connection, intake, message) if intake.state == "open" else None
    if trouble is None and intake.state == "open" and (carried or intake.confirmed):
        return True
    said = _verified(intake.channel, message)
    if fresh or trouble is not None:
        kept = heads.evidence(said, message.word)
        now = desk.clock()
        proofs.add_word(connection, message.channel, *kept, now=now, at_most=WORDS_KEPT)
    if trouble is Reason.HELD_CONTRADICTS:
        intake.keep_proof(trouble, heads.evidence(said, message.word))
        return False
    if trouble is not None:
        _enter(desk, connection, intake, trouble)
    if intake.state == "recovering":
        found = _restored(desk, connection, intake, message, checked, said)
        if not found:
            return False
        if not _settled(desk, connection, intake, sure=fresh or carried):
            return False
    if fresh:
        intake.confirmed = True
    return fresh or carried


def _verified(channel: Channel, message: Message) -> Heads:
    """What the message says of heads, once the signature over it is found right.

    :raises ParleyError: ``key-unknown``, ``signature-invalid``.
    """
    said = Heads(
        version=HEADS_VERSION,
        channel=channel.id,
        author=channel.peer.party,
        recipient=channel.own.party,
        held=message.held,
        own=message.own,
        lost=bool(message.wishes & WISH_RETURN),
        answers=message.answers,
    )
    epoch = channel.peer_keys.current.number
    key = channel.statement_key(channel.peer_index, epoch, message.word.kid)
    heads.verify(said, message.word, key)
    return said


def _against(connection: Connection, intake: Intake, message: Message) -> Reason | None:
    """What the peer's word has against our record."""
    own, held = intake.ledger.own, message.held
    if held.count > own.count or held.receipted > intake.ledger.peer.count:
        return Reason.SET_BACK
    if contradicted(connection, intake, message):
        # What never left is no word of ours yet: the peer holds what stands in its place.
        sent = intake.desk.anchors.look(message.channel)
        unsent = isinstance(sent, Head) and held.count > sent.count
        return Reason.SET_BACK if unsent else Reason.HELD_CONTRADICTS
    return None


def contradicted(connection: Connection, intake: Intake, message: Message) -> bool:
    """Whether the peer holds another statement of ours than we, where both hold one."""
    own, held = intake.ledger.own, message.held
    if not 0 < held.count <= own.count:
        return False
    leaf = own.leaf
    if held.count < own.count:
        channel = intake.channel
        leaf = log.leaf_at(connection, channel.id, channel.own_index, held.count - 1)
    return leaf != held.leaf


def _enter(desk: Desk, connection: Connection, intake: Intake, reason: Reason) -> None:
    """Make the channel recovering; what we appended and never sent goes, for it fits no more."""
    channel, size = intake.channel, intake.ledger.size
    sent = desk.anchors.look(channel.id)
    outbox.save(connection, intake.box)
    if isinstance(sent, Head) and sent.size < size:
        losses.drop(desk, connection, channel, sent.size)
        size = sent.size
    channels.recover(connection, channel.id, reason.value, size)
    intake.reload()


def _restored(
    desk: Desk,
    connection: Connection,
    intake: Intake,
    message: Message,
    checked: Checked,
    said: Heads,
) -> bool:
    """Take what the peer returns; true once the record is whole."""
    anchor = desk.anchors.look(intake.channel.id)
    sent = anchor if isinstance(anchor, Head) else None
    restoring = Restoring(desk, connection, intake, sent)
    found = restoring.take(message, checked, said)
    if found.obstacle is Reason.HELD_CONTRADICTS:
        intake.keep_proof(found.obstacle, heads.evidence(said, message.word))
        return False
    if found.evidence is not None and not _convicted(connection, message.channel):
        intake.keep_evidence(Reason.HEAD_WITHHELD, found.evidence)
    if found.obstacle is not None:
        channels.recover(connection, intake.channel.id, found.obstacle.value, 0)
    return found.whole


def _convicted(connection: Connection, channel_id: bytes) -> bool:
    """Whether it is proved already that the peer withholds heads: one proof is enough."""
    kept = proofs.evidence(connection, channel_id)
    return any(kind == Reason.HEAD_WITHHELD for kind, _found_at, _data in kept)


def _settled(desk: Desk, connection: Connection, intake: Intake, *, sure: bool) -> bool:
    """Open the channel again, its record being whole; ``sure``: by the peer's newest word."""
    channel_id = intake.channel.id
    if not isinstance(desk.anchors.look(channel_id), Head):
        if sure:
            # Nothing but the peer's word says that this is all: somebody has to stand for it.
            channels.recover(connection, channel_id, Reason.RESTORE_UNACCEPTED.value, 0)
        return False
    row = channels.one(connection, channel_id)
    base = row.base if row is not None and row.base is not None else 0
    if not erasing.repeat(desk, connection, intake.channel):
        channels.recover(connection, channel_id, Reason.RETURN_WRONG.value, 0)
        return False
    channels.reopen(connection, channel_id)
    outbox.save(connection, intake.box)
    intake.reload()
    intake.make_up(base)
    return True


def accept(desk: Desk, channel: Channel) -> None:
    """Take a recovered record for whole although no anchor says so, or a loss for final.

    Only after the peer has answered: it holds no more of ours than we do now.

    :raises ParleyError: ``channel-recovering`` where the peer has not answered yet.
    """
    settled = (Reason.RESTORE_UNACCEPTED.value, Reason.RETURN_SHORT.value)
    with desk.database.write(channel.id) as connection:
        row = channels.one(connection, channel.id)
        if row is None or row.state != "recovering" or row.reason not in settled:
            raise ParleyError(Reason.CHANNEL_RECOVERING, why=row.reason if row else None)
        known = desk.channel(connection, channel.id)
        intake = Intake(desk, connection, channel.id, known.peer_keys.current.number)
        ledger = intake.ledger
        if not erasing.repeat(desk, connection, known):
            raise ParleyError(Reason.CHANNEL_RECOVERING, why=Reason.RETURN_WRONG.value)
        # First the anchor: without it nothing could leave, with it nothing can be lost.
        desk.anchors.replace(channel.id, Head.of(ledger.own, ledger.peer, ledger.root()))
        channels.reopen(connection, channel.id)
        intake.make_up(row.base or 0)
