"""Bringing checkpoints of both logs of a channel to witnesses, and keeping what they cosign.

A witness sees sizes, roots and the hashes of consistency proofs. What it says is believed as far as
its signature goes: it can neither change the record nor halt a channel by its word alone.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Final, NamedTuple

from sqlalchemy import Connection

from parley.application import convicting, house
from parley.application.desk import Desk, Watcher
from parley.crypto import checkpoint, merkle, witnessing
from parley.crypto.checkpoint import Checkpoint
from parley.crypto.keys import LogPublic
from parley.crypto.witnessing import Submission
from parley.domain import access
from parley.domain.access import Place
from parley.domain.roles import Duty
from parley.kernel import limits
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record.channel import Channel
from parley.record.mirror import Mirror
from parley.store import channels, proofs, witnesses
from parley.store.proofs import CheckpointRow
from parley.store.witnesses import ContactRow, WitnessingRow

INTERVAL_SECONDS: Final = 60
"""A witness is contacted over one channel at most so often."""


class Task(NamedTuple):
    """A checkpoint that a witness has not cosigned yet; ``old``: up to where it has, as we know."""

    channel: Channel
    owner: int
    row: CheckpointRow
    old: int

    @property
    def signed(self) -> Checkpoint:
        """The checkpoint."""
        return checkpoint.parse_note(self.row.note.encode(), limit=limits.NOTE_BYTES)[0]


class Due(NamedTuple):
    """A channel over which a witness is to be contacted, and when (seconds since the epoch)."""

    channel: Channel
    watcher: Watcher
    due: int


class Standing(NamedTuple):
    """How far a witness has come with one log of a channel.

    ``owner``: whose log. ``cosigned``: up to which size, null for never; ``at``: by the witness'
    clock. ``size``: of the newest checkpoint that there is.
    ``contact_at``, ``reason``: when it was last contacted over the channel, and what was wrong.
    ``asked``: whether this desk still brings it checkpoints.
    """

    witness: str
    channel: Channel
    owner: int
    cosigned: int | None
    at: int | None
    size: int | None
    contact_at: int | None
    reason: str | None
    asked: bool


def standings(desk: Desk, officer: str) -> list[Standing]:
    """What witnesses have cosigned of the logs that an officer reads, by witness and channel.

    :raises ParleyError: ``officer-unknown``.
    """
    asked = {one.keys.name for one in desk.witnesses}
    found: list[Standing] = []
    with house.reading(desk, officer) as acting:
        for channel, _row in desk.channels(acting.connection):
            if access.may(acting.officer, Duty.READ_LOG, Place(channel.id)):
                found += _standings(acting.connection, channel, asked)
    return sorted(found, key=lambda one: (one.witness, one.channel.id, one.owner))


def _standings(connection: Connection, channel: Channel, asked: set[str]) -> list[Standing]:
    contacts = {one.witness: one for one in witnesses.contacts(connection, channel.id)}
    found: list[Standing] = []
    for owner in (channel.own_index, channel.peer_index):
        newest = proofs.checkpoint(connection, channel.id, owner)
        lines = witnesses.newest(connection, channel.id, owner)
        for name in sorted(asked | contacts.keys() | {one.witness for one in lines}):
            of = [one for one in lines if one.witness == name]
            contact = contacts.get(name)
            found.append(
                Standing(
                    name,
                    channel,
                    owner,
                    of[0].size if of else None,
                    max((one.timestamp for one in of), default=None),
                    newest.size if newest else None,
                    contact.at if contact else None,
                    contact.reason if contact else None,
                    name in asked,
                )
            )
    return found


def pending(desk: Desk) -> list[Due]:
    """Which witnesses are to be contacted, and when."""
    found: list[Due] = []
    with desk.database.read() as connection:
        for channel, row in desk.channels(connection):
            if row.state != "open":
                continue
            last = {one.witness: one.at for one in witnesses.contacts(connection, channel.id)}
            for watcher in desk.witnesses:
                if not _tasks(connection, channel, watcher):
                    continue
                at = last.get(watcher.keys.name)
                # A clock that was set back must not put it off for long.
                wait = at is not None and 0 <= desk.clock() - at < INTERVAL_SECONDS
                found.append(Due(channel, watcher, (at or 0) + INTERVAL_SECONDS if wait else 0))
    return found


def tasks(desk: Desk, channel: Channel, watcher: Watcher) -> list[Task]:
    """What there is to be cosigned: our newest checkpoint, and the peer's newest that we hold."""
    with desk.database.read() as connection:
        return _tasks(connection, channel, watcher)


def _tasks(connection: Connection, channel: Channel, watcher: Watcher) -> list[Task]:
    found: list[Task] = []
    for owner in (channel.own_index, channel.peer_index):
        row = proofs.checkpoint(connection, channel.id, owner)
        old = witnesses.greatest_size(connection, channel.id, owner, watcher.keys.name)
        if row is not None and row.size > old:
            found.append(Task(channel, owner, row, old))
    return found


def submission(desk: Desk, task: Task, old: int) -> bytes:
    """The request that brings a checkpoint, with the proof that it continues the first ``old``."""
    proof: tuple[bytes, ...] = ()
    if 0 < old < task.row.size:
        with desk.database.read() as connection:
            mirror = Mirror(connection, task.channel, desk.clock())
            leaves = mirror.leaves(task.owner, task.row.size)
        proof = tuple(merkle.consistency_path(leaves, old))
    return witnessing.render(Submission(old, proof, task.row.note.encode()))


def keys(task: Task) -> tuple[str, tuple[bytes, ...]]:
    """What lets a witness follow a log under newer keys than its first ones.

    The SHA-256 of the log's first origin, in hexadecimal, and the key statements up to the one that
    opened the checkpoint's epoch, in order.
    """
    channel, owner = task.channel, task.owner
    epoch = channel.log_epoch(owner, task.signed.origin)
    ring = channel.keyring(owner)
    digests = [one.digest for one in ring.statements]
    count = digests.index(epoch.opened_by) + 1 if epoch.number else 0
    name = sha256(channel.origin(owner, 0).encode()).hexdigest()
    return name, tuple(one.data for one in ring.statements[:count])


def accept(desk: Desk, task: Task, watcher: Watcher, lines: bytes) -> None:
    """Keep the cosignatures in a witness' answer.

    :raises ParleyError: ``witness-wrong``: nothing there is the witness' signature.
    """
    keys = watcher.keys
    try:
        found = witnessing.accept(lines, task.signed, keys)
    except ParleyError as error:
        raise ParleyError(Reason.WITNESS_WRONG) from error
    with desk.database.write() as connection:
        for one in found:
            post_quantum = one.kind == checkpoint.ML_DSA_44_COSIGNATURE
            key = keys.mldsa44.raw if post_quantum and keys.mldsa44 else keys.ed25519.raw
            row = WitnessingRow(
                channel=task.channel.id,
                owner=task.owner,
                size=task.row.size,
                witness=keys.name,
                kind=one.kind,
                timestamp=one.timestamp,
                key=key,
                line=one.line,
            )
            witnesses.add(connection, row)


def ahead(task: Task, size: int) -> None:
    """A witness says that it has cosigned more than we have of this log.

    :raises ParleyError: ``witness-ahead`` where it is our own: nobody else extends it.
    """
    if task.owner == task.channel.own_index and size > task.row.size:
        raise ParleyError(Reason.WITNESS_AHEAD, size=size)


def contradicted(desk: Desk, task: Task, note: bytes) -> None:
    """Look at the checkpoint that a witness holds instead of ours, and at who has signed it.

    Where the peer has, that is a fork: it is kept as evidence, and the channel is halted.

    :raises ParleyError: ``witness-wrong`` where it contradicts nothing, or the log's key has not
        signed it; ``own-log-forked`` where our own key has; ``fork-root``.
    """
    channel, owner = task.channel, task.owner
    try:
        # It may be from before a change of keys: the log is one, its names are several.
        origin = checkpoint.parse_note(note, limit=limits.NOTE_BYTES)[0].origin
        epoch = channel.log_epoch(owner, origin)
        signed = checkpoint.verify_note(note, origin, epoch.log, limit=limits.NOTE_BYTES)
    except ParleyError as error:
        raise ParleyError(Reason.WITNESS_WRONG) from error
    with desk.database.write() as connection:
        mirror = Mirror(connection, channel, desk.clock())
        try:
            root = merkle.root(mirror.leaves(owner, signed.size))
        except ParleyError as error:
            raise ParleyError(Reason.WITNESS_WRONG) from error
        if root == signed.root:
            raise ParleyError(Reason.WITNESS_WRONG)
        if owner == channel.own_index:
            raise ParleyError(Reason.OWN_LOG_FORKED)
        own_line = _own_line(note, signed, epoch.log)
        known = proofs.checkpoint(connection, channel.id, owner, signed.size)
        same = known is not None and known.epoch == epoch.number
        data = (known.note.encode(), own_line) if known and same else (own_line,)
        reason = Reason.FORK_ROOT
        if convicting.keep(connection, channel, reason, data, desk.clock(), size=signed.size):
            channels.halt(connection, channel.id, reason.value)
    raise ParleyError(Reason.FORK_ROOT, size=signed.size)


def _own_line(note: bytes, signed: Checkpoint, public: LogPublic) -> bytes:
    """The note with the log's own signature alone."""
    _, lines = checkpoint.parse_note(note, limit=limits.NOTE_BYTES)
    key = public.ed25519.raw
    kind = checkpoint.ED25519_NOTE
    line = next(one for one in lines if checkpoint.made_by(one, signed.origin, kind, key))
    return f"{signed.body()}\n{line}".encode()


def contacted(desk: Desk, channel: Channel, watcher: Watcher, reason: Reason | None) -> None:
    """Keep how a contact went: nothing wrong, or the first thing that was."""
    code = reason.value if reason else None
    with desk.database.write() as connection:
        row = ContactRow(channel.id, watcher.keys.name, desk.clock(), code)
        witnesses.save_contact(connection, row)
