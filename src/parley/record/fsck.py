"""Checking a desk's own record: every byte is verified again, every view built anew and compared.

Nothing is repaired here: a difference is a fault to look into, or views to be rebuilt on request.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from sqlalchemy import Connection

from parley.crypto import checkpoint, receipt
from parley.crypto.merkle import Frontier
from parley.domain.kinds.erasure_state import Erasure
from parley.kernel import limits
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record import body as bodies
from parley.record import replay, statement, verdict
from parley.record.channel import Channel
from parley.record.mirror import Mirror
from parley.store import erasures, log, proofs, views
from parley.store.log import Entry, Tree
from parley.store.proofs import CheckpointRow, CosignatureRow, ReceiptRow
from parley.store.vault import Vault


class Fault(NamedTuple):
    """Something that does not hold. ``place`` names it in the terms of the database."""

    channel: bytes
    place: str
    reason: Reason


class Fsck:
    """Checks one channel in one read transaction. ``progress`` is told each statement checked."""

    def __init__(
        self,
        connection: Connection,
        channel: Channel,
        vault: Vault,
        progress: Callable[[], None],
    ) -> None:
        self._connection = connection
        self._channel = channel
        self._vault = vault
        self._progress = progress
        self.faults: list[Fault] = []
        self.statements = 0

    def run(self) -> list[Fault]:
        """Check statements, chains, bodies, trees, proofs and views."""
        roots = self._check_statements()
        self._check_own_proofs(roots)
        self._check_peer_proofs()
        self._check_views()
        return self.faults

    def _fault(self, place: str, reason: Reason) -> None:
        self.faults.append(Fault(self._channel.id, place, reason))

    def _check_statements(self) -> dict[int, bytes]:
        """Walk our log once. Returns our root at every size at which something was signed."""
        channel, connection = self._channel, self._connection
        own = channel.own_index
        wanted = {row.size for row in proofs.checkpoints(connection, channel.id, own)}
        wanted |= {row.size for row in proofs.receipts(connection, channel.id, own)}
        frontier = Frontier()
        heads: dict[int, tuple[int, bytes | None]] = {0: (0, None), 1: (0, None)}
        cases: dict[tuple[int, bytes], tuple[int, bytes | None]] = {}
        roots: dict[int, bytes] = {}
        for entry in log.in_order(connection, channel.id):
            place = f"statements[{entry.position}]"
            if entry.position != frontier.size:
                self._fault(place, Reason.CHAIN_GAP)
                break
            try:
                self._check_entry(entry, heads, cases)
            except ParleyError as error:
                self._fault(place, error.reason)
            frontier.append(entry.leaf)
            if frontier.size in wanted:
                roots[frontier.size] = frontier.root()
            self.statements += 1
            self._progress()
        chains = log.chains(connection, channel.id)
        for author, (count, leaf) in heads.items():
            if (chains[author].count, chains[author].leaf) != (count, leaf):
                self._fault(f"chains[{author}]", Reason.CHAIN_BROKEN)
        expected = Tree(frontier.size, heads[own][0], frontier.to_bytes())
        if log.tree(connection, channel.id, own) != expected:
            self._fault(f"trees[{own}]", Reason.PROOF_INVALID)
        return roots

    def _check_entry(
        self,
        entry: Entry,
        heads: dict[int, tuple[int, bytes | None]],
        cases: dict[tuple[int, bytes], tuple[int, bytes | None]],
    ) -> None:
        parsed = statement.parse(entry.data)
        envelope, act = parsed.envelope, parsed.act
        key = self._channel.statement_key(entry.author, envelope.epoch, parsed.kid)
        parsed.verify(self._channel.letter(entry.author).party, key)
        in_case = (entry.author, act.case)
        stands = (envelope.seq, envelope.prev) == heads[entry.author]
        stands &= (envelope.case_seq, envelope.case_prev) == cases.get(in_case, (0, None))
        columns = (entry.leaf, entry.seq, entry.case_id, entry.case_seq, entry.author_index)
        derived = (parsed.leaf, envelope.seq, act.case, envelope.case_seq, envelope.index)
        stands &= entry.epoch == envelope.epoch
        heads[entry.author] = (envelope.seq + 1, parsed.leaf)
        cases[in_case] = (envelope.case_seq + 1, parsed.leaf)
        if not stands or columns != derived:
            raise ParleyError(Reason.CHAIN_BROKEN, seq=envelope.seq)
        kept = log.body(self._connection, self._channel.id, entry.position)
        if kept is not None:
            body = bodies.parse(self._vault.open(kept.slot, kept.sealed, entry.leaf))
            if body.digest() != act.digest:
                raise ParleyError(Reason.BODY_WRONG)
            if body.complete and verdict.of(act, body) != entry.verdict:
                raise ParleyError(Reason.VIEW_DIFFERS)
            return
        self._check_erased(entry, act.digest)

    def _check_erased(self, entry: Entry, digest: bytes) -> None:
        """A body that is not there was erased, by an erasure that both sides agreed to."""
        gone = erasures.at(self._connection, self._channel.id, entry.position)
        if gone is None or gone.leaf != entry.leaf or gone.erasure is None:
            raise ParleyError(Reason.BODY_MISSING)
        if gone.rest is not None and bodies.parse(gone.rest).digest() != digest:
            raise ParleyError(Reason.BODY_WRONG)
        row = views.case(self._connection, self._channel.id, gone.erasure)
        agreed = replay.case_of(row).substance if row else None
        joint = isinstance(agreed, Erasure) and agreed.is_joint
        if not (joint and isinstance(agreed, Erasure) and entry.leaf in agreed.bodies):
            raise ParleyError(Reason.ERASURE_NOT_JOINT)

    def _check_own_proofs(self, roots: dict[int, bytes]) -> None:
        """What we signed over our own log, and what the peer cosigned of it."""
        channel, connection = self._channel, self._connection
        own = channel.own_index
        for row in proofs.receipts(connection, channel.id, own):
            self._expect(
                f"receipts[{own},{row.size}]",
                partial(self._check_receipt, row, roots),
            )
        for kept in proofs.checkpoints(connection, channel.id, own):
            self._check_checkpoint(kept, roots.get(kept.size))
        for line in proofs.cosignatures(connection, channel.id, own):
            self._expect(
                f"cosignatures[{own},{line.size}]",
                partial(self._check_cosignature, line, roots),
            )

    def _check_cosignature(self, row: CosignatureRow, roots: dict[int, bytes]) -> None:
        channel = self._channel
        kept = proofs.checkpoint(self._connection, channel.id, row.owner, row.size)
        if kept is None:
            raise ParleyError(Reason.CHECKPOINT_UNKNOWN, size=row.size)
        origin = channel.origin(row.owner, kept.epoch)
        signed = checkpoint.Checkpoint(origin, row.size, roots[row.size])
        epoch, _time, _kind = channel.keyring(row.cosigner).verify_cosignature(signed, row.line)
        if epoch != row.epoch:
            raise ParleyError(Reason.KEY_MISMATCH)

    def _check_peer_proofs(self) -> None:
        """What the peer signed over its log, against the tree that we rebuild."""
        channel, connection = self._channel, self._connection
        peer = channel.peer_index
        receipts = {row.size: row for row in proofs.receipts(connection, channel.id, peer)}
        checkpoints = {row.size: row for row in proofs.checkpoints(connection, channel.id, peer)}
        sizes = sorted(receipts.keys() | checkpoints.keys())
        try:
            roots = Mirror(connection, channel, 0).roots_at(sizes)
        except ParleyError as error:
            self._fault(f"trees[{peer}]", error.reason)
            return
        for size, kept in checkpoints.items():
            self._check_checkpoint(kept, roots[size])
        for size, row in receipts.items():
            self._expect(
                f"receipts[{peer},{size}]",
                partial(self._check_receipt, row, roots),
            )

    def _check_receipt(self, row: ReceiptRow, roots: dict[int, bytes]) -> None:
        key = self._channel.keyring(row.issuer).epoch(row.epoch).log
        receipt.verify_root(row.protected, row.signature, roots[row.size], key)

    def _check_checkpoint(self, row: CheckpointRow, root: bytes | None) -> None:
        channel = self._channel
        place = f"checkpoints[{row.owner},{row.size}]"
        if root != row.root:
            self._fault(place, Reason.PROOF_INVALID)
        self._expect(
            place,
            lambda: checkpoint.verify_note(
                row.note.encode(),
                channel.origin(row.owner, row.epoch),
                channel.keyring(row.owner).epoch(row.epoch).log,
                limit=limits.NOTE_BYTES,
            ),
        )

    def _expect(self, place: str, check: Callable[[], object]) -> None:
        try:
            check()
        except ParleyError as error:
            self._fault(place, error.reason)
        except KeyError:
            self._fault(place, Reason.MIRROR_INCOMPLETE)

    def _check_views(self) -> None:
        """Fold everything anew from the record and compare with the views, byte for byte."""
        try:
            fold = replay.Replay(self._connection, self._channel)
            if fold.standing_rows() != views.standing(self._connection, self._channel.id):
                self._fault("standing_acts", Reason.VIEW_DIFFERS)
            rebuilt = {row.case_id: row for row in replay.rebuilt(self._connection, self._channel)}
        except ParleyError as error:
            # A statement that cannot be read any more has been named above.
            self._fault("cases", error.reason)
            return
        kept = {row.case_id: row for row in views.cases(self._connection, self._channel.id)}
        for case in rebuilt.keys() | kept.keys():
            if rebuilt.get(case) != kept.get(case):
                self._fault(f"cases[{case.hex()}]", Reason.VIEW_DIFFERS)
