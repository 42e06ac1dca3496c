"""Proof and inspection: the record checked against itself, one statement's proof as files."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from sqlalchemy import Connection

from parley.application import house_record
from parley.application.desk import Desk
from parley.crypto import merkle, receipt
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record.channel import Channel
from parley.record.fsck import Fault, Fsck
from parley.record.mirror import Mirror
from parley.record.replay import Replay
from parley.store import log, proofs, witnesses
from parley.store.log import Entry
from parley.store.proofs import CheckpointRow, ReceiptRow


class Checked(NamedTuple):
    """What fsck looked at, and what it found."""

    channels: int
    statements: int
    faults: tuple[Fault, ...]


class Proof(NamedTuple):
    """Everything that proves one statement to a third party with standard tools.

    ``receipt`` is an RFC 9942 receipt by the member that did not write the statement (none yet:
    null). ``checkpoint`` is the C2SP note of the author's log with the other's cosignatures, and
    ``path`` the inclusion path of leaf ``leaf_index`` under it. ``checkpoint_epoch`` and
    ``cosigner_epoch`` are those whose log keys signed it and cosigned it last.
    """

    channel: Channel
    entry: Entry
    receipt_row: ReceiptRow | None
    receipt: bytes | None
    checkpoint: str | None
    leaf_index: int
    size: int
    path: tuple[bytes, ...]
    checkpoint_epoch: int
    cosigner_epoch: int


def size(desk: Desk) -> int:
    """How many statements there are to check."""
    with desk.database.read() as connection:
        return sum(log.size(connection, channel.id) for channel, _row in desk.channels(connection))


def fsck(desk: Desk, progress: Callable[[], None] = lambda: None) -> Checked:
    """Check every record and view of the desk; nothing is changed."""
    faults: list[Fault] = []
    statements = 0
    with desk.database.read() as connection:
        every = desk.channels(connection)
        for channel, _row in every:
            run = Fsck(connection, channel, desk.vault, progress)
            faults.extend(run.run())
            statements += run.statements
    faults.extend(house_record.faults(desk))
    return Checked(len(every), statements, tuple(faults))


def rebuild(desk: Desk) -> None:
    """Drop all views and build them from the records."""
    with desk.database.read() as connection:
        every = [channel for channel, _row in desk.channels(connection)]
    for channel in every:
        with desk.database.write(channel.id) as connection:
            Replay(connection, channel).rebuild()


def find(desk: Desk, prefix: str) -> tuple[Channel, Entry]:
    """The statement whose leaf hash starts with ``prefix`` (hexadecimal, six digits or more).

    :raises ParleyError: ``statement-unknown``, ``statement-ambiguous``.
    """
    wanted = prefix.lower()
    found: list[tuple[Channel, Entry]] = []
    if len(wanted) >= 6 and all(c in "0123456789abcdef" for c in wanted):
        with desk.database.read() as connection:
            for channel, _row in desk.channels(connection):
                low = bytes.fromhex(wanted[: len(wanted) // 2 * 2])
                found.extend(
                    (channel, entry)
                    for entry in log.with_leaf_prefix(connection, channel.id, low)
                    if entry.leaf.hex().startswith(wanted)
                )
    if not found:
        raise ParleyError(Reason.STATEMENT_UNKNOWN)
    if len(found) > 1:
        raise ParleyError(Reason.STATEMENT_AMBIGUOUS, count=len(found))
    return found[0]


def prove(desk: Desk, channel: Channel, entry: Entry) -> Proof:
    """The proof of one statement.

    :raises ParleyError: ``mirror-incomplete`` where the peer's log cannot be rebuilt.
    """
    author, other = entry.author, 1 - entry.author
    with desk.database.read() as connection:
        mirror = Mirror(connection, channel, desk.clock())
        covering = proofs.receipts_covering(connection, channel.id, other, entry.seq, entry.seq)
        row = covering[0] if covering else None
        assembled: bytes | None = None
        if row is not None:
            leaves = mirror.leaves(other, row.size)
            at = leaves.index(entry.leaf)
            path = merkle.inclusion_path(leaves, at)
            assembled = receipt.assemble(row.protected, row.signature, row.size, at, path)
        signed = _checkpoint_over(connection, channel, entry)
        inclusion: tuple[bytes, ...] = ()
        note: str | None = None
        cosigner_epoch = 0
        if signed is not None:
            leaves = mirror.leaves(author, signed.size)
            inclusion = tuple(merkle.inclusion_path(leaves, entry.author_index))
            lines = proofs.cosignatures(connection, channel.id, author, signed.size)
            seen = witnesses.at(connection, channel.id, author, signed.size)
            note = signed.note + "".join([line.line for line in lines] + [one.line for one in seen])
            cosigner_epoch = max(line.epoch for line in lines)
    return Proof(
        channel=channel,
        entry=entry,
        receipt_row=row,
        receipt=assembled,
        checkpoint=note,
        leaf_index=entry.author_index,
        size=signed.size if signed else 0,
        path=inclusion,
        checkpoint_epoch=signed.epoch if signed else 0,
        cosigner_epoch=cosigner_epoch,
    )


def _checkpoint_over(
    connection: Connection, channel: Channel, entry: Entry
) -> CheckpointRow | None:
    """The author's greatest checkpoint that the other has cosigned, if it covers the statement."""
    cosigned = proofs.greatest_cosigned(connection, channel.id, entry.author)
    if cosigned is None or cosigned.size <= entry.author_index:
        return None
    return proofs.checkpoint(connection, channel.id, entry.author, cosigned.size)
