"""The peer's log as we rebuild it: its statements say where they stand, ours fill the rest.

An own statement of the peer has the index 'its sequence number plus what it had seen of ours';
between them stand our statements, in order. So its tree of any size can be rebuilt from the
statements alone, and only a root that we have rebuilt is accepted or cosigned.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import Connection

from parley.crypto import checkpoint, receipt
from parley.crypto.checkpoint import Checkpoint, Verify
from parley.crypto.keys import Claim, LogKey
from parley.crypto.merkle import Frontier
from parley.kernel import ids, limits
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record.channel import Channel
from parley.store import log, proofs
from parley.store.log import Entry, Tree
from parley.store.position import Logs
from parley.store.proofs import CheckpointRow, CosignatureRow, ReceiptRow


class View(NamedTuple):
    """The peer's log at one size: its root, and how many of its first statements are whose.

    ``frontier`` is its tree, from which it is rebuilt further.
    """

    size: int
    root: bytes
    theirs: int
    ours: int
    frontier: bytes


def checkpoint_claim(channel: Channel, note: bytes) -> tuple[Checkpoint, Claim]:
    """What the peer's note says of its log, and the signature that is still to be checked.

    :raises ParleyError: ``origin-mismatch``, ``signature-missing``, the errors of the encoding.
    """
    epoch = channel.peer_keys.current
    origin = channel.origin(channel.peer_index, epoch.number)
    # Further lines that nobody asked for would travel on in every dossier.
    return checkpoint.note_claim(note, origin, epoch.log, limit=limits.NOTE_BYTES, alone=True)


def cosignature_claim(channel: Channel, own: CheckpointRow, line: str) -> Claim:
    """The signature in the peer's cosignature (Ed25519) over our checkpoint ``own``.

    :raises ParleyError: ``checkpoint-malformed``, ``signature-invalid`` where it is none.
    """
    signed = Checkpoint(channel.origin(own.owner, own.epoch), own.size, own.root)
    return checkpoint.cosignature_claim(line, signed, channel.peer_keys.current.log.ed25519)[1]


class Mirror:
    """Rebuilds the peer's tree of one channel inside one transaction.

    ``logs`` is how the members' logs stand, where the caller has read it already.
    """

    def __init__(
        self, connection: Connection, channel: Channel, now: int, logs: Logs | None = None
    ) -> None:
        self._connection = connection
        self._channel = channel
        self._now = now
        self._kept_tree = logs.trees[channel.peer_index] if logs else None
        self._appended: list[tuple[int, int, bytes]] = []
        self._fresh: CheckpointRow | None = None
        self._cosigned: dict[int, CosignatureRow | None] = {}
        self._own_checkpoints: dict[int, CheckpointRow | None] = {}
        self._greatest: CheckpointRow | None = None
        self._knows_greatest = logs is not None
        self._upto = logs.cosigned if logs is not None else None
        if logs is not None:
            self._greatest = logs.checkpoints[channel.peer_index]
            own = logs.checkpoints[channel.own_index]
            if own is not None:
                self._own_checkpoints[own.size] = own

    @property
    def channel(self) -> Channel:
        """The channel between the two."""
        return self._channel

    @property
    def size(self) -> int:
        """How much of the peer's log was rebuilt so far."""
        tree = self._tree()
        return tree.size if tree else 0

    @property
    def ours(self) -> int:
        """How many of our statements stand in it."""
        tree = self._tree()
        return tree.size - tree.own if tree else 0

    @property
    def checkpoint(self) -> CheckpointRow | None:
        """The greatest checkpoint of the peer's that we hold."""
        if not self._knows_greatest:
            channel = self._channel
            self._greatest = proofs.checkpoint(self._connection, channel.id, channel.peer_index)
            self._knows_greatest = True
        return self._greatest

    def own_checkpoint(self, size: int) -> CheckpointRow | None:
        """Our checkpoint of ``size``; one that there is is read once."""
        kept = self._own_checkpoints.get(size)
        if kept is None:
            channel = self._channel
            kept = proofs.checkpoint(self._connection, channel.id, channel.own_index, size)
            if kept is not None:
                self._own_checkpoints[size] = kept
        return kept

    def note_appended(self, entries: Sequence[Entry]) -> None:
        """Take note of statements of the peer that were just appended, in order."""
        self._appended.extend((entry.seq, entry.author_index, entry.leaf) for entry in entries)

    def _their_leaves(self, first: int) -> Iterable[tuple[int, int, bytes]]:
        """The peer's statements from sequence number ``first`` on: number, index, leaf."""
        appended = self._appended
        if appended and appended[0][0] <= first:
            return appended[first - appended[0][0] :]
        channel = self._channel
        return log.leaves_by_author(self._connection, channel.id, channel.peer_index, first)

    def _tree(self) -> Tree | None:
        """The peer's tree as far as it was rebuilt; nobody else moves it in this transaction."""
        if self._kept_tree is None:
            self._kept_tree = log.tree(self._connection, self._channel.id, self._channel.peer_index)
        return self._kept_tree

    def at(self, size: int) -> View:
        """The peer's log at ``size``, rebuilt. :meth:`_keep` it once the peer has signed that root.

        :raises ParleyError: ``mirror-incomplete`` where we lack statements below that size.
        """
        tree = self._tree()
        if tree is None or size < 1:
            raise ParleyError(Reason.MIRROR_INCOMPLETE, size=size)
        # An older size than the one kept is rebuilt from the beginning.
        start = tree if tree.size <= size else Tree(0, 0, Frontier().to_bytes())
        frontier = Frontier.from_bytes(start.frontier)
        view, leaves = self._extend(start.size, start.own, size)
        frontier.extend(leaves)
        if frontier.size != size:
            raise ParleyError(Reason.MIRROR_INCOMPLETE, size=size)
        return View(size, frontier.root(), *view, frontier.to_bytes())

    def _keep(self, view: View) -> None:
        """Rebuild from here next time: statements that were to come below this are forks.

        Not before the peer has signed this very root: what ends with statements of ours may go on
        otherwise in its log.
        """
        tree = self._tree()
        if tree is not None and view.size > tree.size:
            self._kept_tree = Tree(view.size, view.theirs, view.frontier)
            log.save_tree(
                self._connection, self._channel.id, self._channel.peer_index, self._kept_tree
            )

    def roots_at(self, sizes: Sequence[int]) -> dict[int, bytes]:
        """The peer's roots at several sizes (ascending), rebuilt from the first leaf in one pass.

        :raises ParleyError: ``mirror-incomplete``.
        """
        frontier, theirs = Frontier(), 0
        roots: dict[int, bytes] = {}
        for size in sizes:
            (theirs, _ours), leaves = self._extend(frontier.size, theirs, size)
            frontier.extend(leaves)
            roots[size] = frontier.root()
        return roots

    def leaves(self, owner: int, size: int, start: int = 0) -> list[bytes]:
        """The leaves of either member's log from index ``start`` up to ``size``.

        :raises ParleyError: ``mirror-incomplete``.
        """
        channel = self._channel
        if owner == channel.own_index:
            found = log.leaves(self._connection, channel.id, size, start)
            if len(found) != size - start:
                raise ParleyError(Reason.MIRROR_INCOMPLETE, size=size)
            return found
        theirs = 0
        if start:
            theirs = log.authors_below(self._connection, channel.id, owner, start)[owner]
        return self._extend(start, theirs, size)[1]

    def index(self, owner: int, entry: Entry) -> int:
        """Where a statement that we hold stands in either member's log."""
        if owner == entry.author:
            return entry.author_index
        if owner == self._channel.own_index:
            return entry.position
        return entry.seq + log.peers_before(self._connection, entry)

    def _extend(self, start: int, theirs: int, size: int) -> tuple[tuple[int, int], list[bytes]]:
        """The leaves from index ``start`` up to ``size``, and whose all below ``size`` are."""
        channel, connection = self._channel, self._connection
        ours = start - theirs
        own_leaves = log.leaves_by_author(connection, channel.id, channel.own_index, ours)
        leaves: list[bytes] = []
        at = start
        for _seq, index, leaf in self._their_leaves(theirs):
            if index >= size:
                break
            while at < index:
                own = next(own_leaves, None)
                if own is None:
                    raise ParleyError(Reason.MIRROR_INCOMPLETE, size=size)
                leaves.append(own[2])
                at, ours = at + 1, ours + 1
            leaves.append(leaf)
            at, theirs = at + 1, theirs + 1
        while at < size:
            own = next(own_leaves, None)
            if own is None:
                raise ParleyError(Reason.MIRROR_INCOMPLETE, size=size)
            leaves.append(own[2])
            at, ours = at + 1, ours + 1
        return (theirs, ours), leaves

    def accept_checkpoint(self, note: bytes, verify: Verify = Claim.verify) -> CheckpointRow:
        """Verify the peer's checkpoint against the tree that we rebuild, and keep it.

        :raises ParleyError: ``origin-mismatch``, ``signature-invalid``, ``mirror-incomplete``,
            ``fork-root`` (it has signed another root at this size, or one that its own statements
            do not give).
        """
        channel = self._channel
        epoch = channel.peer_keys.current
        signed, claim = checkpoint_claim(channel, note)
        verify(claim)
        kept = None
        # Beyond what was rebuilt there is none: it was rebuilt to accept each of them.
        if signed.size <= self.size:
            kept = proofs.checkpoint(self._connection, channel.id, channel.peer_index, signed.size)
        if kept is not None and kept.root == signed.root:
            return kept
        if kept is not None:
            raise ParleyError(Reason.FORK_ROOT, size=signed.size)
        view = self.at(signed.size)
        if view.root != signed.root:
            raise ParleyError(Reason.FORK_ROOT, size=signed.size)
        self._keep(view)
        row = CheckpointRow(
            channel=channel.id,
            owner=channel.peer_index,
            size=signed.size,
            epoch=epoch.number,
            root=signed.root,
            note=note.decode(),
            recorded_at=self._now,
        )
        proofs.add_checkpoint(self._connection, row)
        self._fresh = row
        greatest = self.checkpoint
        if greatest is None or greatest.size < row.size:
            self._greatest = row
        return row

    def cosign(self, row: CheckpointRow, log_key: LogKey, *, post_quantum: bool) -> None:
        """Cosign a checkpoint of the peer: we hold every leaf below it. Kept once for each kind."""
        channel = self._channel
        kinds = [checkpoint.ED25519_COSIGNATURE]
        if post_quantum:
            kinds.append(checkpoint.ML_DSA_44_COSIGNATURE)
        have: set[int] = set()
        if row is not self._fresh:
            rows = proofs.cosignatures(self._connection, channel.id, channel.peer_index, row.size)
            have = {cosignature.kind for cosignature in rows}
        signed = Checkpoint(channel.origin(row.owner, row.epoch), row.size, row.root)
        name = checkpoint.cosigner(channel.own.party)
        epoch = channel.own_keys.current.number
        for kind in kinds:
            if kind in have:
                continue
            line = checkpoint.cosign(
                signed, name, log_key, self._now, kind == checkpoint.ML_DSA_44_COSIGNATURE
            )
            made = CosignatureRow(
                channel.id, row.owner, row.size, channel.own_index, kind, epoch, self._now, line
            )
            proofs.add_cosignature(self._connection, made)
            if row.size >= self.size:
                self._cosigned[kind] = made

    def given(self, *, again: bool) -> list[CosignatureRow]:
        """Our cosignatures that the peer may lack: of each kind the one over the greatest size.

        One with ML-DSA-44 is large and is made once a minute. Where the peer's log has grown since,
        it was most probably given already; ``again``: all the same, as the peer may lack it.
        """
        kinds = [checkpoint.ED25519_COSIGNATURE]
        greatest = self.checkpoint
        if again or greatest is None or self._post_quantum()[0] >= greatest.size:
            kinds.append(checkpoint.ML_DSA_44_COSIGNATURE)
        return [row for row in map(self._cosigned_with, kinds) if row is not None]

    def post_quantum_at(self) -> int | None:
        """When we last cosigned the peer's log with ML-DSA-44, as the cosignature says it."""
        size, at = self._post_quantum()
        return at if size else None

    def _post_quantum(self) -> tuple[int, int]:
        """Size and time of our greatest cosignature with ML-DSA-44; 0 and 0: there is none."""
        kind, upto = checkpoint.ML_DSA_44_COSIGNATURE, self._upto
        if upto is not None and kind not in self._cosigned:
            held = upto[self._channel.peer_index]
            return held.post_quantum_size, held.post_quantum_at
        row = self._cosigned_with(kind)
        return (row.size, row.timestamp) if row is not None else (0, 0)

    def _cosigned_with(self, kind: int) -> CosignatureRow | None:
        if kind not in self._cosigned:
            channel = self._channel
            self._cosigned[kind] = proofs.greatest_cosigned(
                self._connection, channel.id, channel.peer_index, kind
            )
        return self._cosigned[kind]

    def accept_cosignatures(
        self, lines: Sequence[tuple[int, str]], verify: Verify = Claim.verify
    ) -> None:
        """Verify the peer's cosignatures over our checkpoints, each with its size, and keep them.

        :raises ParleyError: ``checkpoint-unknown``, ``signature-missing``, ``signature-invalid``,
            ``checkpoint-malformed``.
        """
        channel = self._channel
        upto = self._upto[channel.own_index] if self._upto is not None else None
        # Beyond what was cosigned before there is none; others are told by their lines.
        before = max(upto.size, upto.post_quantum_size) if upto is not None else None
        sizes = [size for size, _line in lines if before is None or size <= before]
        held = proofs.cosignature_lines(self._connection, channel.id, channel.own_index, sizes)
        for size, line in lines:
            if (size, line) not in held:
                self._accept_cosignature(size, line, verify)

    def _accept_cosignature(self, size: int, line: str, verify: Verify) -> None:
        channel = self._channel
        own = self.own_checkpoint(size)
        if own is None:
            raise ParleyError(Reason.CHECKPOINT_UNKNOWN, size=size)
        signed = Checkpoint(channel.origin(own.owner, own.epoch), size, own.root)
        epoch, timestamp, post_quantum = channel.peer_keys.verify_cosignature(signed, line, verify)
        kind = checkpoint.ML_DSA_44_COSIGNATURE if post_quantum else checkpoint.ED25519_COSIGNATURE
        row = CosignatureRow(
            channel.id, own.owner, size, channel.peer_index, kind, epoch, timestamp, line
        )
        proofs.add_cosignature(self._connection, row)

    def accept_receipt(
        self, size: int, protected: bytes, signature: bytes, *, receipted: int
    ) -> ReceiptRow | None:
        """Verify the peer's receipt at ``size`` of its log, and keep it.

        It covers our statements from ``receipted`` (the first without a receipt) on. Null where it
        covers nothing new.

        :raises ParleyError: ``mirror-incomplete``, ``signature-invalid``, ``key-mismatch``,
            ``wrong-audience``, the errors of the encoding.
        """
        channel = self._channel
        known = self._tree()
        if known is not None and size < known.size and self._already(size):
            return None
        view = self.at(size)
        if view.ours <= receipted:
            return None
        epoch = channel.peer_keys.log_epoch(receipt.parse_protected(protected).kid)
        claims = receipt.verify_root(protected, signature, view.root, epoch.log)
        expected = (ids.party_uri(channel.peer.party), ids.channel_uri(channel.id))
        if (claims.iss, claims.sub) != expected:
            raise ParleyError(Reason.WRONG_AUDIENCE)
        self._keep(view)
        row = ReceiptRow(
            channel=channel.id,
            issuer=channel.peer_index,
            size=size,
            epoch=epoch.number,
            first_seq=receipted,
            last_seq=view.ours - 1,
            iat=claims.iat,
            arrived_at=self._now,
            protected=protected,
            signature=signature,
        )
        proofs.add_receipt(self._connection, row)
        return row

    def forget(self) -> None:
        """Rebuild the peer's log from its first leaf when it is next looked at."""
        self._kept_tree = Tree(0, 0, Frontier().to_bytes())
        self._fresh = None
        self._cosigned.clear()
        self._own_checkpoints.clear()
        self._knows_greatest = False
        self._upto = None
        log.save_tree(self._connection, self._channel.id, self._channel.peer_index, self._kept_tree)

    def _already(self, size: int) -> bool:
        rows = proofs.receipts(
            self._connection, self._channel.id, self._channel.peer_index, after_size=size - 1
        )
        return bool(rows)
