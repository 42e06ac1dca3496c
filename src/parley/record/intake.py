"""The gate to our log for the peer's statements: next in its chain, true about what it has seen.

Whatever passes is appended and receipted, even where the case's rules make it void. Whatever
does not is kept out with a reason; two signatures that contradict each other are kept as proof.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import Connection

from parley.crypto import merkle, receipt
from parley.domain.act import ActType, Code
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record.channel import Channel
from parley.record.incoming import Incoming, Refused
from parley.record.keyring import Epoch, KeyKind, Keyring
from parley.record.mirror import Mirror
from parley.record.statement import Seen, Statement
from parley.store import log, proofs
from parley.store.log import Chain


class Fork(NamedTuple):
    """Two signatures of one author that cannot both be honest, from its statement ``seq`` on."""

    reason: Reason
    data: tuple[bytes, ...]
    seq: int


class Admission(NamedTuple):
    """What the gate says of a batch.

    ``fresh`` are new and next in the chain. ``repeated`` are (first, last) sequence numbers that
    we hold already, byte for byte; none where it is null. ``refused`` ended the batch.
    """

    fresh: list[Incoming]
    repeated: tuple[int, int] | None
    refused: Refused | None
    fork: Fork | None


class _Gate:
    """Checks statements of the peer one after the other against the heads that they move."""

    def __init__(
        self,
        connection: Connection,
        channel: Channel,
        chains: Mapping[int, Chain],
        cases: set[bytes],
        mirror: Mirror,
        receipted: int = 0,
    ) -> None:
        self._connection = connection
        self._channel = channel
        chain = chains[channel.peer_index]
        self._own = chains[channel.own_index]
        self.count, self._leaf, self._seen = chain.count, chain.leaf, chain.seen
        self._epoch = chain.epoch
        self._keys = channel.peer_keys
        self._cases = log.case_heads(connection, channel.id, cases, channel.peer_index)
        self._mirror = mirror
        greatest = mirror.checkpoint
        # What a revoked key signed binds nobody: a thief may have ordered the log.
        stands = greatest is not None and not self._keys.revoked(greatest.epoch)
        self._checkpoint = greatest if stands else None
        self._known_seen: set[Seen] = set()
        self._receipted = receipted

    def held(self, seq: int) -> bytes | None:
        return log.leaf_at(self._connection, self._channel.id, self._channel.peer_index, seq)

    def entry(self, leaf: bytes) -> bytes:
        """The bytes of a statement that we hold."""
        entry = log.by_leaf(self._connection, self._channel.id, leaf)
        if entry is None:
            raise ParleyError(Reason.INTERNAL, fact="a leaf without its statement")
        return entry.data

    def check_epoch(self, parsed: Statement, fresh: Sequence[Incoming] = ()) -> None:
        """Check that the statement is of the epoch that its place belongs to.

        :raises ParleyError: ``epoch-closed`` for what an earlier key signed in a place that is
            not, or no longer, that key's; ``epoch-wrong`` for what a later key signed where its
            epoch was not opened.
        """
        envelope = parsed.envelope
        if envelope.epoch == self._epoch == 0:
            return
        if envelope.seq < self.count:
            expected = self._epoch_at(envelope.seq, fresh)
            if envelope.epoch < expected:
                raise ParleyError(Reason.EPOCH_CLOSED, epoch=envelope.epoch)
            if envelope.epoch > expected:
                raise ParleyError(Reason.EPOCH_WRONG, epoch=envelope.epoch)
        elif envelope.epoch < self._epoch:
            raise ParleyError(Reason.EPOCH_CLOSED, epoch=envelope.epoch)
        elif envelope.epoch > self._epoch and not self._opens(parsed):
            raise ParleyError(Reason.EPOCH_WRONG, epoch=envelope.epoch)

    def _opens(self, parsed: Statement) -> bool:
        """Whether this is the opening of its epoch; a channel that begins in one needs none."""
        if self.count == 0 and parsed.envelope.seq == 0:
            return True
        act, epoch = parsed.act, self._keys.epoch(parsed.envelope.epoch)
        return (
            act.type == ActType.KEYS
            and act.case == self._channel.standing_case
            and act.codes == opening_codes(self._keys, self._epoch, epoch)
        )

    def _epoch_at(self, seq: int, fresh: Sequence[Incoming]) -> int:
        if fresh and seq >= fresh[0].statement.envelope.seq:
            return fresh[seq - fresh[0].statement.envelope.seq].statement.envelope.epoch
        return log.epoch_at(self._connection, self._channel.id, self._channel.peer_index, seq)

    def expect_unrevoked(self, parsed: Statement) -> None:
        """Two statements with one number convict nobody whose key was stolen and revoked.

        :raises ParleyError: ``epoch-closed``.
        """
        if self._keys.revoked(parsed.envelope.epoch):
            raise ParleyError(Reason.EPOCH_CLOSED, epoch=parsed.envelope.epoch)

    def contradicts_checkpoint(self, parsed: Statement) -> bool:
        """Whether the statement claims a place below a checkpoint that we have verified."""
        return self._checkpoint is not None and parsed.envelope.index < self._checkpoint.size

    @property
    def checkpoint_note(self) -> bytes:
        """The peer's greatest checkpoint that we have verified."""
        return self._checkpoint.note.encode() if self._checkpoint else b""

    def contradicted_receipt(self, parsed: Statement) -> tuple[bytes, ...] | None:
        """The proof that the statement claims a place that its author has receipted as taken.

        A receipt of the author (RFC 9942) for the statement of ours that stands there, that
        statement, and the new one. Null where it contradicts none.
        """
        index, channel = parsed.envelope.index, self._channel
        if index - parsed.envelope.seq >= self._receipted:
            # Whoever has receipted n of our statements has seen n of them ever after.
            return None
        last = self._receipted - 1
        rows = proofs.receipts_covering(
            self._connection, channel.id, channel.peer_index, last, last
        )
        if not rows or index >= rows[0].size or self._keys.revoked(rows[0].epoch):
            return None
        leaves = Mirror(self._connection, channel, 0).leaves(channel.peer_index, rows[0].size)
        ours = log.by_leaf(self._connection, channel.id, leaves[index])
        if ours is None or ours.author != channel.own_index:
            return None
        path = merkle.inclusion_path(leaves, index)
        row = rows[0]
        proof = receipt.assemble(row.protected, row.signature, row.size, index, path)
        return proof, ours.data, parsed.data

    def admit(self, parsed: Statement) -> None:
        """Check one statement that is to be the next, and move the heads."""
        envelope, act = parsed.envelope, parsed.act
        if envelope.seq > self.count:
            raise ParleyError(Reason.CHAIN_GAP, expected=self.count, found=envelope.seq)
        if envelope.seq == 0 and act.type != ActType.GENESIS:
            raise ParleyError(Reason.GENESIS_MISSING)
        if envelope.prev != self._leaf:
            raise ParleyError(Reason.CHAIN_BROKEN, seq=envelope.seq)
        case_seq, case_prev = self._cases.get(act.case, (0, None))
        if (envelope.case_seq, envelope.case_prev) != (case_seq, case_prev):
            raise ParleyError(Reason.CHAIN_BROKEN, seq=envelope.seq)
        if len(envelope.seen) != 1:
            raise ParleyError(Reason.SEEN_WRONG)
        self._check_seen(envelope.seen[0])
        self.count, self._leaf, self._seen = envelope.seq + 1, parsed.leaf, envelope.seen[0].count
        self._epoch = envelope.epoch
        self._cases[act.case] = (case_seq + 1, parsed.leaf)

    def _check_seen(self, seen: Seen) -> None:
        """What the author says it has of ours must be what we signed."""
        if seen.count < self._seen:
            raise ParleyError(Reason.SEEN_WRONG)
        if seen in self._known_seen:
            return
        if seen.count > self._own.count:
            raise ParleyError(Reason.SEEN_AHEAD, claimed=seen.count, held=self._own.count)
        own = self._channel.own_index
        expected = self._own.leaf if seen.count else None
        if 0 < seen.count < self._own.count:
            expected = log.leaf_at(self._connection, self._channel.id, own, seen.count - 1)
        if seen.leaf != expected:
            raise ParleyError(Reason.SEEN_WRONG)
        if seen.size or seen.root is not None:
            signed = self._mirror.own_checkpoint(seen.size)
            fits = signed is not None and signed.root == seen.root
            if not fits and not self._ours_revoked(seen.count):
                raise ParleyError(Reason.SEEN_WRONG)
        self._known_seen.add(seen)

    def _ours_revoked(self, count: int) -> bool:
        """Whether the peer had seen no statement of ours behind a revocation of our keys.

        A checkpoint that it verified until then may be a thief's.
        """
        own, keys = self._channel.own_index, self._channel.own_keys
        if count == 0 or not keys.current.number:
            return False
        return keys.revoked(log.epoch_at(self._connection, self._channel.id, own, count - 1))


def opening_codes(keys: Keyring, before: int, epoch: Epoch) -> dict[str, Code]:
    """The codes of the statement that opens ``epoch`` in a chain that stands in ``before``.

    Where keys changed several times in between, one revocation makes it one.
    """
    revoked = any(keys.revoked(number) for number in range(before, epoch.number))
    kind = KeyKind.REVOCATION if revoked else KeyKind.ROTATION
    return {"epoch": epoch.number, "kind": kind.value, "keys": epoch.opened_by.hex()}


def admit(
    connection: Connection,
    channel: Channel,
    chains: Mapping[int, Chain],
    items: Sequence[Incoming],
    mirror: Mirror,
    receipted: int = 0,
) -> Admission:
    """Sort a batch of the peer's verified statements, in order, up to the first that is refused.

    ``chains`` are both members' as they stand in our log, ``mirror`` is the peer's. ``receipted``:
    for how many of ours we have receipts.
    """
    if not items:
        return Admission([], None, None, None)
    cases = {item.statement.act.case for item in items}
    gate = _Gate(connection, channel, chains, cases, mirror, receipted)
    fresh: list[Incoming] = []
    repeated: tuple[int, int] | None = None
    for item in items:
        parsed = item.statement
        seq = parsed.envelope.seq
        try:
            gate.check_epoch(parsed, fresh)
            if seq < gate.count:
                held = _held(gate, fresh, seq)
                if held != parsed.leaf:
                    gate.expect_unrevoked(parsed)
                    return _forked(gate, fresh, repeated, parsed, held)
                if not fresh:
                    repeated = (repeated[0] if repeated else seq, seq)
                continue
            if gate.contradicts_checkpoint(parsed):
                noted = (gate.checkpoint_note, parsed.data)
                fork = Fork(Reason.FORK_CHECKPOINT, noted, seq)
                refused = Refused(parsed.data, ParleyError(Reason.FORK_CHECKPOINT))
                return Admission(fresh, repeated, refused, fork)
            proof = gate.contradicted_receipt(parsed)
            if proof is not None:
                refused = Refused(parsed.data, ParleyError(Reason.FORK_RECEIPT))
                fork = Fork(Reason.FORK_RECEIPT, proof, seq)
                return Admission(fresh, repeated, refused, fork)
            gate.admit(parsed)
        except ParleyError as error:
            return Admission(fresh, repeated, Refused(parsed.data, error), None)
        fresh.append(item)
    return Admission(fresh, repeated, None, None)


def convict(
    connection: Connection,
    channel: Channel,
    chains: Mapping[int, Chain],
    refused: Refused | None,
    mirror: Mirror,
) -> Fork | None:
    """The fork that a refused statement proves by its signature alone, whatever its body is."""
    if refused is None or refused.statement is None:
        return None
    parsed = refused.statement
    gate = _Gate(connection, channel, chains, set(), mirror)
    if parsed.envelope.seq >= gate.count:
        return None
    try:
        gate.check_epoch(parsed)
        gate.expect_unrevoked(parsed)
    except ParleyError:
        return None
    held = gate.held(parsed.envelope.seq)
    if held is None or held == parsed.leaf:
        return None
    return Fork(Reason.FORK_STATEMENT, (gate.entry(held), parsed.data), parsed.envelope.seq)


def _held(gate: _Gate, fresh: list[Incoming], seq: int) -> bytes | None:
    """The leaf that stands at ``seq``: in the record, or admitted a moment ago."""
    if fresh and seq >= fresh[0].statement.envelope.seq:
        return fresh[seq - fresh[0].statement.envelope.seq].statement.leaf
    return gate.held(seq)


def _forked(
    gate: _Gate,
    fresh: list[Incoming],
    repeated: tuple[int, int] | None,
    parsed: Statement,
    held: bytes | None,
) -> Admission:
    first = next((i.statement.data for i in fresh if i.statement.leaf == held), None)
    if first is None:
        if held is None:
            raise ParleyError(Reason.INTERNAL, fact="a sequence number without its statement")
        first = gate.entry(held)
    fork = Fork(Reason.FORK_STATEMENT, (first, parsed.data), parsed.envelope.seq)
    return Admission(
        fresh, repeated, Refused(parsed.data, ParleyError(Reason.FORK_STATEMENT)), fork
    )
