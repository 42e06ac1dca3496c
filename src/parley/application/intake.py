"""Taking a peer's message in: append, receipt, rebuild its tree, cosign, refold."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from sqlalchemy import Connection

from parley.application import convicting
from parley.application import overtaking as drafts
from parley.application.desk import Desk
from parley.application.epochs import waits_for_peer
from parley.application.message import WISH_POST_QUANTUM, Message, Refusal, SentReceipt
from parley.crypto import merkle
from parley.domain.act import ActType
from parley.domain.delivery import DeliveryEvent
from parley.kernel import limits
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record import epochs, freeze, intake, standing
from parley.record.incoming import Checked, Incoming, Refused
from parley.record.replay import VoidAct
from parley.store import channels, log, outbox, proofs
from parley.store.outbox import DeliveryRow

QUARANTINE_ITEMS = 200
"""Refused statements that are kept for one channel; beyond, the oldest evidence is enough."""


class Intake:
    """Takes one message in, inside the caller's transaction.

    ``ledger`` is our log of the channel. ``box`` is the outbox as it has become: the caller saves
    it. ``epoch`` is that of the peer whose key signed the frame. ``news``: whether a statement was
    taken in that we did not hold. ``confirmed``: whether the peer has said since the start that our
    record is whole; the caller notes it when the transaction has committed.

    :raises ParleyError: ``channel-unknown``, ``channel-halted``; ``key-retired`` where that key was
        replaced since the frame was verified.
    """

    def __init__(self, desk: Desk, connection: Connection, channel_id: bytes, epoch: int) -> None:
        self.desk = self._desk = desk
        self._connection = connection
        self._channel_id = channel_id
        self._now = desk.clock()
        self.refusals: tuple[Refusal, ...] = ()
        self.news = False
        self.confirmed = desk.contacts.confirmed(channel_id)
        self.reload()
        if epoch != self._channel.peer_keys.current.number:
            raise ParleyError(Reason.KEY_RETIRED)

    def reload(self) -> None:
        """Read everything anew, after the record was changed past this.

        :raises ParleyError: ``channel-unknown``, ``channel-halted``.
        """
        channel, position = self._desk.position(self._connection, self._channel_id)
        self.channel = self._channel = channel
        self.state = position.row.state
        self.halted = False
        self.ledger = self._desk.ledger_at(self._connection, channel, position)
        self.box = position.box
        self._mirror = self.ledger.mirror
        self._drafts = position.drafts

    def take(self, message: Message, checked: Checked) -> tuple[int, int] | None:
        """Take everything in that is right; what is not stands in :attr:`refusals`.

        Returns the range of statements that we held already: their receipts are given again.
        Where the channel has to be halted nothing else is taken in, and nothing signed.
        """
        self._open_epoch()
        self._ahead = checked.ahead
        items, unverified = self._with_bodies(checked)
        admission = intake.admit(
            self._connection,
            self._channel,
            self.ledger.chains,
            items,
            self._mirror,
            self.box.receipted,
        )
        fork = admission.fork or intake.convict(
            self._connection, self._channel, self.ledger.chains, unverified, self._mirror
        )
        if fork is not None:
            self.keep_proof(fork.reason, fork.data, seq=fork.seq)
        if self.halted:
            return None
        first = self.ledger.peer.count
        if admission.fresh:
            self.news = True
            self.ledger.append_peer(admission.fresh)
            self._check_reopened(admission.fresh)
        refused = admission.refused or unverified
        if refused is not None:
            self.refuse(refused)
        else:
            # What a message proves rests on all of its statements.
            self._take_proofs(message)
        if admission.fresh and not self.halted:
            self._react(admission.fresh)
            self.ledger.receipt(first, self.ledger.peer.count - 1)
        return admission.repeated

    def _with_bodies(self, checked: Checked) -> tuple[list[Incoming], Refused | None]:
        """The statements before the first new one without its body, and what ends the batch.

        Only to a desk that was set back a body may be erased: whoever erased it had it before.
        """
        held = self.ledger.peer.count
        for place, item in enumerate(checked.items):
            if item.erased and item.statement.envelope.seq >= held:
                missing = ParleyError(Reason.BODY_MISSING)
                refused = Refused(item.statement.data, missing, item.statement)
                return checked.items[:place], refused
        return checked.items, checked.refused

    def note_keys(self, message: Message) -> bool:
        """What the peer holds of our key statements, and whether that is enough to go on.

        After a revocation nothing is taken in or signed before the peer knows of it: until then it
        may still take a thief's statements for ours.

        :raises ParleyError: ``keys-behind``: it holds more than we have.
        """
        ring = self._channel.own_keys
        if message.keys_held > ring.number:
            raise ParleyError(Reason.KEYS_BEHIND, claimed=message.keys_held, held=ring.number)
        self.box = self.box._replace(keys_held=message.keys_held)
        waits = message.keys_held < ring.number and waits_for_peer(self.ledger)
        if waits:
            self.refusals = (Refusal(Reason.EPOCH_NOT_OPEN.value, None),)
        return not waits

    def _open_epoch(self) -> None:
        """Go on with our newest keys: what the peer holds of ours, we hold."""
        if not self.ledger.is_open:
            self.ledger.open_epoch()

    def _check_reopened(self, fresh: Sequence[Incoming]) -> None:
        """Where the peer goes on after a revocation, what a thief signed for it falls."""
        opening = epochs.opened_after_revocation(self._connection, self._channel, fresh)
        if opening is None:
            return
        receipted = epochs.withdraw_contradicted(
            self._connection, self._channel, opening, now=self._now, at_most=QUARANTINE_ITEMS
        )
        self._mirror.forget()
        self.box = self.box._replace(receipted=min(self.box.receipted, receipted))

    def _take_proofs(self, message: Message) -> None:
        """Receipts, checkpoint and cosignatures."""
        try:
            for sent in self._worth_taking(message.receipts):
                self._take_receipt(sent.size, sent.protected, sent.signature)
            if message.checkpoint is not None:
                row = self._mirror.accept_checkpoint(
                    message.checkpoint.encode(), self._ahead.verify
                )
                self._mirror.cosign(
                    row,
                    self.ledger.keys.log,
                    post_quantum=bool(message.wishes & WISH_POST_QUANTUM)
                    or self._post_quantum_due(),
                )
            lines = [(one.size, one.line) for one in message.cosignatures]
            self._mirror.accept_cosignatures(lines, self._ahead.verify)
        except ParleyError as error:
            self.refusals = (*self.refusals, Refusal(error.reason.value, None))
            if error.reason is Reason.FORK_ROOT and message.checkpoint is not None:
                notes, size = self._contradicting_notes(message.checkpoint)
                self.keep_proof(error.reason, notes, size=size)

    def _worth_taking(self, receipts: Sequence[SentReceipt]) -> list[SentReceipt]:
        """Receipts in order of size.

        Of those at sizes that we have rebuilt already only the greatest, which covers what the
        others do: each of these costs a tree built from its first leaf.
        """
        rebuilt = self._mirror.size
        ordered = sorted(receipts, key=lambda sent: sent.size)
        old = [sent for sent in ordered if sent.size < rebuilt]
        return [*old[-1:], *(sent for sent in ordered if sent.size >= rebuilt)]

    def _take_receipt(self, size: int, protected: bytes, signature: bytes) -> None:
        box = self.box
        row = self._mirror.accept_receipt(size, protected, signature, receipted=box.receipted)
        if row is None:
            return
        if row.last_seq >= box.transmitted:
            self._book(DeliveryEvent.RELAY_ACCEPTANCE, box.transmitted, row.last_seq)
        self._book(DeliveryEvent.CONTENT_CONSIGNMENT, row.first_seq, row.last_seq)
        receipted = row.last_seq + 1
        self.box = box._replace(
            receipted=receipted,
            transmitted=max(box.transmitted, receipted),
            # The peer is there and has what was waiting: what comes next need not wait.
            attempts=0,
            next_attempt_ms=0,
        )

    def _book(self, event: DeliveryEvent, first: int, last: int) -> None:
        row = DeliveryRow(first, last, event.value, None, self._now)
        outbox.add_event(self._connection, self._channel.id, row)

    def _post_quantum_due(self) -> bool:
        last = self._mirror.post_quantum_at()
        if last is None:
            return True
        # A time to come was given by a clock that has been set back since.
        elapsed = self._now - last
        return not 0 <= elapsed < limits.POST_QUANTUM_INTERVAL_SECONDS

    def _react(self, fresh: Sequence[Incoming]) -> None:
        """Bring drafts up to date, and answer the peer's void acts."""
        replay = self.ledger.replay
        cases = {item.statement.act.case for item in fresh}
        if self._drafts:
            drafts.overtake(self._connection, self._channel, fresh, self._now)
        first = fresh[0].statement.envelope.seq
        self._notify(replay.void_among(cases, self._channel.peer_index, first))
        if self._channel.standing_case in cases:
            fault = standing.genesis_fault(self._connection, self._channel)
            if fault is not None:
                self._halt(fault)

    def _notify(self, voids: Sequence[VoidAct]) -> None:
        """Tell the peer of its void acts."""
        for void in voids:
            if void.type != ActType.VOID_NOTICE:
                notice = freeze.by_desk(
                    self._channel,
                    ActType.VOID_NOTICE,
                    codes={"reason": void.reason},
                    reference=void.leaf,
                )
                self.ledger.append_own(notice.act_bytes, notice.body)

    def make_up(self, base: int) -> None:
        """After a recovery from our log's size ``base`` on: the notices and the receipt still owed.

        What we had signed has come back; only what the peer sent since is without an answer.
        """
        self._open_epoch()
        own, peer = self._channel.own_index, self._channel.peer_index
        replay = self.ledger.replay
        fresh = log.in_order(self._connection, self._channel.id, base)
        cases = {entry.case_id for entry in fresh if entry.author == peer}
        opening = replay.opening()
        told = {act.reference for act in opening.acts if act.author == own}
        voids = replay.void_among(cases, peer, 0)
        self._notify([void for void in voids if void.leaf not in told])
        receipts = proofs.receipts(self._connection, self._channel.id, own)
        first = max((row.last_seq + 1 for row in receipts), default=0)
        if first < self.ledger.peer.count:
            self.ledger.receipt(first, self.ledger.peer.count - 1)
        fault = standing.genesis_fault(self._connection, self._channel)
        if fault is not None:
            self._halt(fault)

    def refuse(self, refused: Refused) -> None:
        """Keep a refused statement in quarantine, and tell the peer."""
        reason = refused.reason.reason
        self.refusals = (*self.refusals, Refusal(reason.value, merkle.leaf_hash(refused.data)))
        proofs.quarantine(
            self._connection,
            channel=self._channel.id,
            digest=sha256(refused.data).digest(),
            reason=reason.value,
            data=refused.data,
            now=self._now,
            at_most=QUARANTINE_ITEMS,
        )

    def keep_proof(
        self, reason: Reason, data: tuple[bytes, ...], *, seq: int = -1, size: int = -1
    ) -> None:
        """Keep what convicts the peer, and halt the channel if officers have not decided on it."""
        if convicting.keep(
            self._connection, self._channel, reason, data, self._now, seq=seq, size=size
        ):
            self._halt(reason)

    def keep_evidence(self, reason: Reason, data: tuple[bytes, ...]) -> None:
        """Keep signed byte strings that contradict each other."""
        convicting.keep(self._connection, self._channel, reason, data, self._now, halts=False)

    def _halt(self, reason: Reason) -> None:
        self.halted = True
        channels.halt(self._connection, self._channel.id, reason.value)
        self.refusals = (*self.refusals, Refusal(reason.value, None))

    def _contradicting_notes(self, note: str) -> tuple[tuple[bytes, ...], int]:
        """The peer's note, beside the one that it signed before at the same size; and that size."""
        size = int(note.split("\n", 2)[1])
        kept = proofs.checkpoint(self._connection, self._channel.id, self._channel.peer_index, size)
        return ((kept.note.encode(), note.encode()) if kept else (note.encode(),)), size
