"""What a desk holds in proofs, in the order and form in which a dossier shows them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from sqlalchemy import Connection

from parley.crypto import checkpoint, receipt
from parley.record.channel import Channel
from parley.record.dossier import format as fmt
from parley.record.dossier.format import FullReceiptItem, ProofItem
from parley.record.dossier.paths import Paths
from parley.store import log, proofs, witnesses
from parley.store.log import Entry
from parley.store.proofs import CheckpointRow, ReceiptRow

_CASE_BLOCK = 500
_KINDS = (checkpoint.ED25519_COSIGNATURE, checkpoint.ML_DSA_44_COSIGNATURE)


def cosigned(connection: Connection, channel: Channel, owner: int) -> list[CheckpointRow]:
    """The greatest checkpoints of ``owner`` that the other member has cosigned, ascending.

    One with an Ed25519 and one with an ML-DSA-44 cosignature; often they are the same.
    """
    sizes: set[int] = set()
    for kind in _KINDS:
        row = proofs.greatest_cosigned(connection, channel.id, owner, kind)
        if row is not None:
            sizes.add(row.size)
    rows = (proofs.checkpoint(connection, channel.id, owner, size) for size in sorted(sizes))
    return [row for row in rows if row is not None]


def full_note(connection: Connection, channel: Channel, row: CheckpointRow) -> str:
    """A checkpoint's note with the other member's cosignatures."""
    lines = (
        cosignature.line
        for cosignature in proofs.cosignatures(connection, channel.id, row.owner, row.size)
        if cosignature.cosigner == 1 - row.owner
    )
    return row.note + "".join(lines)


def in_log_order(
    connection: Connection, channel: Channel, owner: int, size: int
) -> Iterator[bytes]:
    """The leaves of ``owner``'s log below ``size``, in its order; fewer if we lack some; streamed.

    The owner's statements say where they stand, the other's fill the gaps.
    """
    others = log.leaves_by_author(connection, channel.id, 1 - owner, 0)
    at = 0
    for _seq, index, leaf in log.leaves_by_author(connection, channel.id, owner, 0):
        while at < min(index, size):
            other = next(others, None)
            if other is None:
                return
            yield other[2]
            at += 1
        if at >= size:
            return
        yield leaf
        at += 1
    for other in others:
        if at >= size:
            return
        yield other[2]
        at += 1


class Sighted(NamedTuple):
    """Something signed at ``size`` of ``owner``'s log, of which ``own`` are its own statements.

    A receipt, a checkpoint's note, both; or only the size, which statements may name.
    """

    owner: int
    size: int
    own: int
    receipt: ReceiptRow | None
    note: str | None


class Stream:
    """What was signed of one log, by size, each as soon as the statements it covers are out."""

    def __init__(self, connection: Connection, channel: Channel, owner: int) -> None:
        self._owner = owner
        rows = cosigned(connection, channel, owner)
        newest = proofs.checkpoint(connection, channel.id, owner)
        if newest is not None and owner == channel.own_index:
            rows.append(newest)
        for size in {one.size for one in witnesses.newest(connection, channel.id, owner)}:
            witnessed = proofs.checkpoint(connection, channel.id, owner, size)
            rows += [witnessed] if witnessed is not None else []
        self._notes = {row.size: full_note(connection, channel, row) for row in rows}
        self._receipts = proofs.receipts_in_order(connection, channel.id, owner)
        self._sizes = proofs.checkpoint_sizes(connection, channel.id, owner)
        self._indices = log.leaves_by_author(connection, channel.id, owner, 0)
        self._receipt = next(self._receipts, None)
        self._size = next(self._sizes, None)
        self._index = next(self._indices, None)
        self._own = 0
        self._next = self._advance()

    @property
    def waiting(self) -> bool:
        """Whether there is more to come."""
        return self._next is not None

    def ready(self, counts: Sequence[int]) -> Iterator[Sighted]:
        """What can be checked once ``counts`` statements of each member have been seen."""
        while (sighted := self._next) is not None:
            if (
                sighted.own > counts[self._owner]
                or sighted.size - sighted.own > counts[1 - self._owner]
            ):
                return
            yield sighted
            self._next = self._advance()

    def _advance(self) -> Sighted | None:
        row, size = self._receipt, self._size
        at = min((s for s in (row.size if row else None, size) if s is not None), default=None)
        if at is None:
            return None
        while self._index is not None and self._index[1] < at:
            self._own += 1
            self._index = next(self._indices, None)
        if row is not None and row.size == at:
            self._receipt = next(self._receipts, None)
        else:
            row = None
        if size == at:
            self._size = next(self._sizes, None)
        return Sighted(self._owner, at, self._own, row, self._notes.get(at))


def case_entries(connection: Connection, channel: Channel, case: bytes) -> Iterator[Entry]:
    """A case's statements in the order of our log, some at a time."""
    after = -1
    while block := log.in_case(connection, channel.id, case, after, _CASE_BLOCK):
        yield from block
        after = block[-1].position


class _Place(NamedTuple):
    """Where a statement of the case stands in each log, and the receipt that covers it."""

    places: tuple[int, int]
    receipt: ReceiptRow | None


class CasePlaces:
    """The proofs of every statement of a case: one pass over each log, whatever there is to prove.

    ``notes`` are the checkpoints under which inclusion is proved: (owner, note).
    """

    def __init__(self, connection: Connection, channel: Channel, case: bytes) -> None:
        self._places: dict[tuple[int, int], _Place] = {}
        self._paths = (Paths(), Paths())
        rows = [cosigned(connection, channel, owner) for owner in range(2)]
        self._sizes = [[row.size for row in rows[owner]] for owner in range(2)]
        self.notes = [
            (row.owner, full_note(connection, channel, row)) for both in rows for row in both
        ]
        self._find(connection, channel, case)
        for place in self._places.values():
            for owner in range(2):
                for size in self._sizes[owner]:
                    if place.places[owner] < size:
                        self._paths[owner].want(place.places[owner], size)
            if place.receipt is not None:
                issuer = place.receipt.issuer
                self._paths[issuer].want(place.places[issuer], place.receipt.size)
        for owner, paths in enumerate(self._paths):
            paths.build(in_log_order(connection, channel, owner, paths.size))

    @property
    def any(self) -> bool:
        """Whether the case has a statement."""
        return bool(self._places)

    def items(self, entry: Entry) -> Iterator[ProofItem | FullReceiptItem]:
        """What goes behind a statement."""
        place = self._places[entry.author, entry.seq]
        for owner in range(2):
            index = place.places[owner]
            for size in self._sizes[owner]:
                if index < size:
                    path = tuple(self._paths[owner].path(index, size))
                    yield ProofItem(fmt.PROOF_KIND, owner, size, index, path)
        row = place.receipt
        if row is not None:
            index = place.places[row.issuer]
            path = tuple(self._paths[row.issuer].path(index, row.size))
            data = receipt.assemble(row.protected, row.signature, row.size, index, path)
            yield FullReceiptItem(fmt.FULL_RECEIPT_KIND, row.issuer, data)

    def _find(self, connection: Connection, channel: Channel, case: bytes) -> None:
        """Find the places of all statements, and their receipts."""
        merges = [Merge(connection, channel, author) for author in range(2)]
        for entry in case_entries(connection, channel, case):
            in_other = merges[entry.author].index_in_other(entry.seq)
            index = (
                (entry.author_index, in_other)
                if entry.author == 0
                else (in_other, entry.author_index)
            )
            row = merges[entry.author].receipt(entry.seq)
            self._places[entry.author, entry.seq] = _Place(index, row)


class Merge:
    """Walks along the other member's statements and receipts beside those of ``author``.

    Both answers are for sequence numbers that rise from call to call.
    """

    def __init__(self, connection: Connection, channel: Channel, author: int) -> None:
        other = 1 - author
        self._theirs = log.leaves_by_author(connection, channel.id, other, 0)
        self._receipts = proofs.receipts_in_order(connection, channel.id, other)
        self._their = next(self._theirs, None)
        self._before = 0
        self._receipt = next(self._receipts, None)

    def index_in_other(self, seq: int) -> int:
        """The index of the author's statement ``seq`` in the other's log.

        The other's own statements that had seen no more than ``seq`` stand before it.
        """
        while self._their is not None and self._their[1] - self._their[0] <= seq:
            self._before += 1
            self._their = next(self._theirs, None)
        return seq + self._before

    def receipt(self, seq: int) -> ReceiptRow | None:
        """The receipt that covers the author's statement ``seq``."""
        while self._receipt is not None and self._receipt.last_seq < seq:
            self._receipt = next(self._receipts, None)
        row = self._receipt
        return row if row is not None and row.first_seq <= seq else None
