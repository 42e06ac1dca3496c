"""Taking back what the peer returns: our own statements, and its own again, in their old order.

An own statement says by its number and by what it had seen where it stands in our log; the peer's
fill the places between. So the log becomes what it was, leaf by leaf, or it does not fit, and then
nothing is signed. What is ours is proved by our own signature; a peer can hold back, not invent.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection

from parley.application import losses
from parley.application import overtaking as drafts
from parley.application.desk import Desk
from parley.application.intake import Intake
from parley.application.message import Message, SentReceipt
from parley.crypto import checkpoint, receipt
from parley.crypto.merkle import Frontier
from parley.domain.act import ActType
from parley.kernel import ids
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record import heads, incoming
from parley.record import intake as gate
from parley.record.heads import Heads
from parley.record.incoming import Checked, ForgedError, Incoming
from parley.record.statement import Statement
from parley.store import channels, log, outbox, proofs
from parley.store.anchor import Head
from parley.store.proofs import CheckpointRow, ReceiptRow


class Round(NamedTuple):
    """What one message of the peer brought back.

    ``whole``: our record is now what the peer says, and what the anchor says where there is one.
    ``obstacle`` is why it cannot become so, as far as that is known. ``evidence``: what the peer
    signed about heads, and the statement of its own that shows it to be a lie.
    """

    whole: bool
    obstacle: Reason | None
    evidence: tuple[bytes, ...] | None


class _UnfitError(Exception):
    """What was returned does not go with our record."""


class Restoring:
    """Takes one message in, inside the caller's transaction. ``sent`` is the anchor, if any."""

    def __init__(
        self, desk: Desk, connection: Connection, intake: Intake, sent: Head | None
    ) -> None:
        self._desk = desk
        self._connection = connection
        self._intake = intake
        self._channel = intake.channel
        self._sent = sent
        self._begin()

    def _begin(self) -> None:
        ledger = self._intake.ledger
        self._leaves = log.leaves(self._connection, self._channel.id, ledger.size)
        self._cursor = Frontier()

    def take(self, message: Message, checked: Checked, said: Heads) -> Round:
        """Append what fits, and say how far that brings us."""
        own = self._checked(message)
        obstacle: Reason | None = None
        if own.refused is not None:
            self._intake.refuse(own.refused)
            obstacle = Reason.RETURN_WRONG
        try:
            left = self._interleave(message, own.items, list(checked.items))
        except _UnfitError:
            return Round(False, self._step_back(), None)
        self._take_receipts(message.returned_receipts)
        for cosignature in message.cosignatures:
            self._sign_again(cosignature.size)
        evidence = self._conviction(message, said, left)
        judged = self._judge(message)
        if judged is Reason.HELD_CONTRADICTS:
            return Round(False, self._step_back(judged), evidence)
        whole = judged is None and obstacle is None and evidence is None
        if evidence is not None:
            judged = Reason.HEAD_WITHHELD
        return Round(whole, obstacle or judged, evidence)

    def _checked(self, message: Message) -> Checked:
        """What is returned, as far as it bears our own signature and has its body."""
        batch = [(sent.data, sent.body) for sent in message.returned]
        own = incoming.check_all(self._channel, self._channel.own_index, batch)
        try:
            own.confirm()
        except ForgedError as error:
            return own.before(error.place)
        return own

    # --- appending ---------------------------------------------------------------------------

    def _interleave(
        self, message: Message, own: list[Incoming], peers: list[Incoming]
    ) -> list[Incoming]:
        """Append both sides' statements in the old order; returns the peer's that did not fit."""
        ledger = self._intake.ledger
        own = [item for item in own if item.statement.envelope.seq >= ledger.own.count]
        peers = [item for item in peers if item.statement.envelope.seq >= ledger.peer.count]
        while own:
            missing = own[0].statement.envelope.index - ledger.size
            if missing > 0:
                if len(peers) < missing:
                    return peers
                self._append_peers(peers[:missing])
                del peers[:missing]
            run = self._run(own)
            self._append_own(run)
            del own[: len(run)]
        if ledger.own.count >= max(message.held.count, self._sent.count if self._sent else 0):
            fitting = [item for item in peers if self._seen_by(item) <= ledger.own.count]
            self._append_peers(fitting)
            del peers[: len(fitting)]
        return peers

    @staticmethod
    def _seen_by(item: Incoming) -> int:
        return item.statement.envelope.seen[0].count

    def _run(self, own: Sequence[Incoming]) -> list[Incoming]:
        """As many own statements as follow each other here, each checked against the heads."""
        ledger, channel = self._intake.ledger, self._channel
        chain = ledger.own
        epoch, count, leaf, seen = chain.epoch, chain.count, chain.leaf, chain.seen
        cases = {item.statement.act.case for item in own}
        in_cases = log.case_heads(self._connection, channel.id, cases, channel.own_index)
        run: list[Incoming] = []
        for item in own:
            parsed = item.statement
            envelope, case = parsed.envelope, parsed.act.case
            if run and envelope.index != ledger.size + len(run):
                break
            case_seq, case_prev = in_cases.get(case, (0, None))
            if envelope.epoch > epoch and self._opens(epoch, parsed):
                epoch = envelope.epoch
            expected = (epoch, count, leaf, case_seq, case_prev)
            found = (
                envelope.epoch, envelope.seq, envelope.prev, envelope.case_seq, envelope.case_prev
            )  # fmt: skip
            if (
                found != expected
                or len(envelope.seen) != 1
                or envelope.index != ledger.size + len(run)
                or envelope.seen[0].count < seen
                or envelope.seen[0].count != ledger.peer.count
                or envelope.seen[0].leaf != ledger.peer.leaf
            ):
                raise _UnfitError
            count, leaf, seen = count + 1, parsed.leaf, envelope.seen[0].count
            in_cases[case] = (case_seq + 1, parsed.leaf)
            run.append(item)
        return run

    def _opens(self, before: int, parsed: Statement) -> bool:
        """Whether an own statement opens its epoch in our chain, which stands in ``before``."""
        keys, act = self._channel.own_keys, parsed.act
        codes = gate.opening_codes(keys, before, keys.epoch(parsed.envelope.epoch))
        standing = act.case == self._channel.standing_case
        return act.type == ActType.KEYS and standing and act.codes == codes

    def _append_own(self, run: Sequence[Incoming]) -> None:
        self._intake.ledger.append_returned(run)
        self._note(run)
        losses.recognise(self._connection, self._channel, run, self._desk.clock())

    def _append_peers(self, items: Sequence[Incoming]) -> None:
        """Append the peer's statements; what each has seen of our log must stand there before."""
        while items:
            size = self._intake.ledger.size
            ready = next(
                (place for place, item in enumerate(items) if self._size_seen(item) > size),
                len(items),
            )
            self._append_ready(items[: ready or 1])
            items = items[ready or 1 :]

    @staticmethod
    def _size_seen(item: Incoming) -> int:
        return item.statement.envelope.seen[0].size

    def _append_ready(self, items: Sequence[Incoming]) -> None:
        for size in sorted({self._size_seen(item) for item in items}):
            self._sign_again(size)
        ledger = self._intake.ledger
        admission = gate.admit(self._connection, self._channel, ledger.chains, items, ledger.mirror)
        if admission.fork is not None or len(admission.fresh) != len(items):
            if admission.refused is not None:
                self._intake.refuse(admission.refused)
            raise _UnfitError
        ledger.append_peer(admission.fresh)
        self._note(admission.fresh)
        drafts.overtake(self._connection, self._channel, admission.fresh, self._desk.clock())

    def _note(self, items: Sequence[Incoming]) -> None:
        self._leaves.extend(item.statement.leaf for item in items)

    # --- proofs ------------------------------------------------------------------------------

    def _root(self, size: int) -> bytes:
        """Our root at a size that our log has reached; asked for in ascending order at best."""
        if size < self._cursor.size:
            self._cursor = Frontier()
        self._cursor.extend(self._leaves[self._cursor.size : size])
        return self._cursor.root()

    def _sign_again(self, size: int) -> None:
        """Have our checkpoint of ``size`` again; the same log gives the same bytes (Ed25519)."""
        channel, own = self._channel, self._channel.own_index
        if not 0 < size <= self._intake.ledger.size:
            return
        if proofs.checkpoint(self._connection, channel.id, own, size) is not None:
            return
        keys, root = channel.own_keys, self._root(size)
        epoch = keys.current.number
        signed = checkpoint.Checkpoint(channel.origin(own, epoch), size, root)
        note = checkpoint.sign_note(signed, self._desk.keys_for(keys).log)
        row = CheckpointRow(channel.id, own, size, epoch, root, note, self._desk.clock())
        proofs.add_checkpoint(self._connection, row)

    def _take_receipts(self, returned: Sequence[SentReceipt]) -> None:
        """Our own receipts, as far as our log goes again; one that is not ours is passed over."""
        channel, own = self._channel, self._channel.own_index
        ours = proofs.receipts(self._connection, channel.id, own)
        known = {row.size for row in ours}
        chain = log.leaves_by_author(self._connection, channel.id, own, 0) if returned else ()
        places = [index for _seq, index, _leaf in chain]
        first = max((row.last_seq + 1 for row in ours), default=0)
        for sent in sorted(returned, key=lambda one: one.size):
            if sent.size in known or not 0 < sent.size <= self._intake.ledger.size:
                continue
            try:
                epoch = channel.own_keys.log_epoch(receipt.parse_protected(sent.protected).kid)
                claims = receipt.verify_root(
                    sent.protected, sent.signature, self._root(sent.size), epoch.log
                )
            except ParleyError:
                continue
            last = sent.size - bisect_left(places, sent.size) - 1
            issued = (ids.party_uri(channel.own.party), ids.channel_uri(channel.id))
            if last < first or (claims.iss, claims.sub) != issued:
                continue
            row = ReceiptRow(
                channel.id, own, sent.size, epoch.number, first, last, claims.iat, claims.iat,
                sent.protected, sent.signature,
            )  # fmt: skip
            proofs.add_receipt(self._connection, row)
            first = last + 1

    # --- judging -----------------------------------------------------------------------------

    def _judge(self, message: Message) -> Reason | None:
        """What our record still lacks, or has against the peer's word and the anchor."""
        ledger, held, sent = self._intake.ledger, message.held, self._sent
        if held.count > ledger.own.count or held.receipted > ledger.peer.count:
            # It holds more than it has returned so far: the next message may bring it.
            return Reason.SET_BACK
        if held.count and self._own_leaf(held.count) != held.leaf:
            return Reason.HELD_CONTRADICTS
        if sent is None:
            return None
        if ledger.own.epoch == sent.epoch and sent.count:
            if ledger.own.count < sent.count:
                return Reason.RETURN_SHORT
            if self._own_leaf(sent.count) != sent.leaf:
                return Reason.HELD_CONTRADICTS
        if ledger.size < sent.size or ledger.peer.count < sent.peer_count:
            return Reason.RETURN_SHORT
        if self._root(sent.size) != sent.root:
            self._cut(self._base())
            return Reason.RETURN_WRONG
        return None

    def _own_leaf(self, count: int) -> bytes | None:
        channel = self._channel
        return log.leaf_at(self._connection, channel.id, channel.own_index, count - 1)

    def _conviction(
        self, message: Message, said: Heads, left: Sequence[Incoming]
    ) -> tuple[bytes, ...] | None:
        """A statement of the peer that had seen more of ours than it says now that it holds."""
        for item in left:
            if heads.withheld(said, item.statement):
                return (*heads.evidence(said, message.word), item.statement.data)
        return None

    # --- where our own copy is the odd one -----------------------------------------------------

    def _step_back(self, otherwise: Reason = Reason.RETURN_WRONG) -> Reason:
        """The end of our old copy may itself be one that was given up later: ask further back.

        What the peer has receipted stands for certain. There is nothing to go back to where the
        anchor holds against our record, or where all of it is receipted: then ``otherwise``.
        """
        ledger, box = self._intake.ledger, self._intake.box
        fits = self._sent is not None and self._sent.size <= ledger.size
        if fits or box.receipted >= ledger.own.count:
            return otherwise
        (first,) = log.by_author(
            self._connection, self._channel.id, self._channel.own_index, box.receipted, 1
        )
        self._cut(min(first.author_index, self._base()))
        return Reason.SET_BACK

    def _base(self) -> int:
        """How long our log was when the channel became recovering."""
        row = channels.one(self._connection, self._channel.id)
        return row.base if row is not None and row.base is not None else 0

    def _cut(self, size: int) -> None:
        outbox.save(self._connection, self._intake.box)
        losses.drop(self._desk, self._connection, self._channel, size)
        self._intake.reload()
        self._begin()
