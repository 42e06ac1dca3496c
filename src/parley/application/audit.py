"""Proof and inspection: the record checked against itself, one statement's proof as files."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from sqlalchemy import Connection

from parley.application import acts, blob_care, deadlines, house, house_record, indexing
from parley.application.desk import Desk
from parley.application.places import Places
from parley.crypto import receipt
from parley.domain import access
from parley.domain.access import Place
from parley.domain.housekeeping import HouseAct
from parley.domain.roles import Duty
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record import statement
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
            faults.extend(indexing.faults(desk, connection, channel.id))
            faults.extend(deadlines.faults(connection, channel))
            statements += run.statements
    faults.extend(blob_care.faults(desk))
    faults.extend(house_record.faults(desk))
    return Checked(len(every), statements, tuple(faults))


def rebuild(desk: Desk) -> None:
    """Drop all views and build them from the records."""
    with desk.database.read() as connection:
        every = [channel for channel, _row in desk.channels(connection)]
    for channel in every:
        with desk.database.write(channel.id) as connection:
            Replay(connection, channel).rebuild()
    indexing.rebuild(desk)


def find(desk: Desk, officer: str | None, prefix: str) -> tuple[Channel, Entry]:
    """The statement whose leaf hash starts with ``prefix`` (hexadecimal, six digits or more).

    ``officer`` null: the desk itself looks. What an officer may not see is not there.

    :raises ParleyError: ``statement-unknown``, ``statement-ambiguous``, ``officer-unknown``;
        ``role-forbids`` where no role of the officer's reads the log anywhere.
    """
    if officer is None:
        with desk.database.read() as connection:
            return only(starting(desk, connection, prefix))
    with house.reading(desk, officer) as acting:
        access.require_somewhere(acting.officer, Duty.READ_LOG)
        found = starting(desk, acting.connection, prefix)
        places = Places(acting.connection, acting.officer)
        seen: list[tuple[Channel, Entry]] = []
        for channel, entry in found:
            place = places.at(channel.id, entry.case_id, None, None)
            if places.may(Duty.READ_LOG, place):
                seen.append((channel, entry))
            else:
                acting.at(place)
        return only(seen)


def starting(desk: Desk, connection: Connection, prefix: str) -> list[tuple[Channel, Entry]]:
    """The statements whose leaf hash starts with ``prefix``, whoever may see them."""
    wanted = prefix.lower()
    if len(wanted) < 6 or any(digit not in "0123456789abcdef" for digit in wanted):
        return []
    low = bytes.fromhex(wanted[: len(wanted) // 2 * 2])
    return [
        (channel, entry)
        for channel, _row in desk.channels(connection)
        for entry in log.with_leaf_prefix(connection, channel.id, low)
        if entry.leaf.hex().startswith(wanted)
    ]


def only(found: list[tuple[Channel, Entry]]) -> tuple[Channel, Entry]:
    """The one statement that was found.

    :raises ParleyError: ``statement-unknown``, ``statement-ambiguous``.
    """
    if not found:
        raise ParleyError(Reason.STATEMENT_UNKNOWN)
    if len(found) > 1:
        raise ParleyError(Reason.STATEMENT_AMBIGUOUS, count=len(found))
    return found[0]


class Line(NamedTuple):
    """One statement in the log: no text of it, which an auditor may not read."""

    entry: Entry
    type: str
    receipted_at: int | None


def readable(desk: Desk, officer: str) -> frozenset[bytes] | None:
    """The channels whose logs an officer may read; none where no role of the officer's reads any.

    :raises ParleyError: ``officer-unknown``.
    """
    with house.reading(desk, officer) as acting:
        who = acting.officer
        try:
            access.require_somewhere(who, Duty.READ_LOG)
        except ParleyError:
            return None
        every = [channel.id for channel, _row in desk.channels(acting.connection)]
        return frozenset(one for one in every if access.may(who, Duty.READ_LOG, Place(one)))


def lines(
    desk: Desk, officer: str, channel: Channel, last: int, *, before: int | None = None
) -> list[Line]:
    """The newest ``last`` statements of our log of a channel, in its order; 0: all of them.

    ``before``: of those before this position.

    :raises ParleyError: ``officer-unknown``; ``role-forbids``, also for whoever is recused from
        anything: a log shows all that is in it.
    """
    with house.reading(desk, officer) as acting:
        connection = acting.connection
        access.require(acting.officer, Duty.READ_LOG, Place(channel.id))
        size = log.size(connection, channel.id)
        end = size if before is None else max(0, min(before, size))
        found: list[Line] = []
        first = max(0, end - last) if last else 0
        for entry in list(log.in_order(connection, channel.id, first, end)):
            receipt = acts.receipt_of(connection, channel, entry)
            type_ = statement.parse(entry.data).act.type
            found.append(Line(entry, type_, receipt.iat if receipt else None))
        return found


def prove_to_others(desk: Desk, officer: str, prefix: str) -> Proof:
    """The proof of one statement, for an officer to hand over; the house record keeps who did.

    :raises ParleyError: as :func:`find` and :func:`prove`; ``role-forbids`` where the statement
        names a case from which the officer is recused.
    """
    channel, entry = find(desk, officer, prefix)
    proof = prove(desk, channel, entry)
    with house.acting(desk, officer) as acting:
        acting.at(Place(channel.id, entry.case_id))
        act = statement.parse(entry.data).act
        if Places(acting.connection, acting.officer).closed(channel.id, act.type, act.codes):
            raise ParleyError(Reason.ROLE_FORBIDS, duty=Duty.EXPORT.value)
        acting.note(HouseAct.STATEMENT_PROVED, digest=entry.leaf)
    return proof


def prepare(desk: Desk) -> None:
    """Have all logs hashed as far as both have signed: the first proof is as quick as any then."""
    with desk.database.read() as connection:
        for channel, _row in desk.channels(connection):
            mirror = Mirror(connection, channel, desk.clock())
            for owner in (channel.own_index, channel.peer_index):
                signed = proofs.greatest_cosigned(connection, channel.id, owner)
                if signed is not None:
                    desk.subtrees.prepare(mirror, owner, signed.size)


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
            at = mirror.index(other, entry)
            path = desk.subtrees.path(mirror, other, at, row.size)
            assembled = receipt.assemble(row.protected, row.signature, row.size, at, path)
        signed = _checkpoint_over(connection, channel, entry)
        inclusion: tuple[bytes, ...] = ()
        note: str | None = None
        cosigner_epoch = 0
        if signed is not None:
            path = desk.subtrees.path(mirror, author, entry.author_index, signed.size)
            inclusion = tuple(path)
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
