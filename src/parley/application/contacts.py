"""Directories of contacts: whose they are, how everybody in them stands, and their records.

Who stands how follows from header codes alone, for thousands at once. Names and addresses stand in
sealed bodies: only those of the contacts that are asked for are opened.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Final, NamedTuple

from sqlalchemy import Connection

from parley.application import house
from parley.application.desk import Desk
from parley.application.places import Places
from parley.domain import access, folding, ranges
from parley.domain.act import ActType
from parley.domain.case import Case
from parley.domain.kinds import contacts_state
from parley.domain.kinds.contacts_state import (
    Contacts,
    ContactStatus,
    Manned,
    Stretch,
)
from parley.domain.ranges import Ranges
from parley.domain.roles import Duty
from parley.domain.shape import Scope
from parley.domain.types.contacts import RECORD
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record import body as bodies
from parley.record import replay
from parley.record.body import Value
from parley.record.channel import Channel
from parley.store import log, views

ABOUT: Final = ("hours", "languages", "address")


class Directory(NamedTuple):
    """A directory in a channel: its case, what it amounts to, and whether it is ours."""

    channel: Channel
    case_id: bytes
    state: Case
    contacts: Contacts

    @property
    def own(self) -> bool:
        """Whether it is ours."""
        return self.contacts.owner == self.channel.own_index


class Contact(NamedTuple):
    """One contact: how it stands, and its record; None where that was erased or withheld."""

    number: int
    standing: Stretch
    record: Mapping[str, str] | None


class Place(NamedTuple):
    """An office of a directory: how it is manned, and what its owner wrote of it.

    ``names`` are by language; ``about`` has hours, languages and address where they are given.
    """

    manned: Manned
    names: Mapping[str, str]
    about: Mapping[str, str]


def directories(desk: Desk, officer: str, channel: Channel | None = None) -> list[Directory]:
    """All directories that the officer may read, of one channel or of all, the oldest first.

    Whoever holds a :class:`Directory` has passed the access rule.

    :raises ParleyError: ``officer-unknown``; ``role-forbids`` where no role of the officer's reads
        anything anywhere.
    """
    with house.reading(desk, officer) as acting:
        access.require_somewhere(acting.officer, Duty.READ_CONTENT)
        connection, places_ = acting.connection, Places(acting.connection, acting.officer)
        rows = views.cases_of_kind(
            connection, Scope.CONTACTS.value, channel.id if channel else None
        )
        readable = [
            row
            for row in rows
            if places_.sees(row) and places_.may(Duty.READ_CONTENT, places_.of_case(row))
        ]
        read = (_directory(desk, connection, row) for row in readable)
        return [directory for directory in read if directory is not None]


def first(desk: Desk, officer: str, channel: Channel, *, own: bool) -> Directory | None:
    """Our directory in a channel, or the other side's: the first that it opened.

    :raises ParleyError: as :func:`directories`.
    """
    found = (one for one in directories(desk, officer, channel) if one.own == own)
    return next(found, None)


def find(desk: Desk, officer: str, channel: Channel, *, own: bool) -> Directory:
    """The same, where there is to be one.

    :raises ParleyError: ``directory-unknown``; as :func:`directories`.
    """
    directory = first(desk, officer, channel, own=own)
    if directory is None:
        raise ParleyError(Reason.DIRECTORY_UNKNOWN)
    return directory


def _directory(desk: Desk, connection: Connection, row: views.CaseRow) -> Directory | None:
    channel = desk.channel(connection, row.channel)
    state = folding.cover(replay.case_of(row), replay.horizon(connection, channel))
    substance = state.substance
    if not isinstance(substance, Contacts):
        return None  # opened twice: nothing in it counts
    return Directory(channel, row.case_id, state, substance)


def select(
    directory: Directory,
    statuses: Collection[ContactStatus] = (),
    office: int | None = None,
    level: str | None = None,
) -> Ranges:
    """The contacts that stand so, at an office, at offices of a level: all that is not narrowed."""
    levels = {office.number: office.level for office in directory.contacts.offices}
    return ranges.joined(
        stretch.range
        for stretch in contacts_state.stretches(directory.state, directory.contacts)
        if (not statuses or stretch.status in statuses)
        and office in (None, stretch.office)
        and level in (None, levels[stretch.office])
    )


def open_to(directory: Directory, type_: str | None) -> Ranges:
    """All contacts that an act of ours may name now; all there are where no type is given."""
    ours = directory.channel.own_index
    return ranges.joined(
        stretch.range
        for stretch in contacts_state.stretches(directory.state, directory.contacts)
        if type_ is None or _is_open_to(stretch, type_, ours)
    )


def _is_open_to(stretch: Stretch, type_: str, ours: int) -> bool:
    if type_ == ActType.CONTACT_NOMINATION:
        return stretch.status == ContactStatus.REVOKED
    if stretch.status == ContactStatus.REVOKED:
        return False
    match type_:
        case ActType.CONTACT_ACCEPTANCE:
            return ours not in stretch.accepted_by
        case ActType.CONTACT_SUSPENSION:
            return ours not in stretch.suspended_by
        case ActType.CONTACT_RESUMPTION:
            return ours in stretch.suspended_by
    return True


def contacts(
    desk: Desk, directory: Directory, named: Ranges, entries: Iterable[str] = RECORD
) -> list[Contact]:
    """The contacts with these numbers, each with these entries of its record.

    :raises ParleyError: ``contact-unknown``.
    """
    if named and named[-1][1] > directory.contacts.count:
        raise ParleyError(Reason.CONTACT_UNKNOWN, number=named[-1][1])
    standing = list(contacts_state.stretches(directory.state, directory.contacts, named))
    with desk.database.read() as connection:
        written = _written(desk, connection, directory, {one.written for one in standing})
    return [
        Contact(number, one, _record(written[one.written], f"contacts/{number}/", entries))
        for one in standing
        for number in range(one.first, one.last + 1)
    ]


def places(desk: Desk, directory: Directory) -> list[Place]:
    """The offices of a directory."""
    manned = contacts_state.manning(directory.state, directory.contacts)
    with desk.database.read() as connection:
        written = _written(
            desk, connection, directory, {office.written for office in directory.contacts.offices}
        )
    said = {seq: _of_offices(values) for seq, values in written.items()}
    return [_place(one, said[one.office.written]) for one in manned]


def _of_offices(values: Mapping[str, Value] | None) -> dict[str, Value]:
    """What a body says of offices, among thousands of fields about contacts."""
    return {path: value for path, value in (values or {}).items() if path.startswith("offices/")}


def _place(manned: Manned, values: Mapping[str, Value]) -> Place:
    prefix = f"offices/{manned.office.number}/"
    names = {
        path.removeprefix(f"{prefix}name@"): value
        for path, value in values.items()
        if path.startswith(f"{prefix}name@") and isinstance(value, str) and path.count("/") == 2
    }
    return Place(manned, names, _record(values, prefix, ABOUT) or {})


def with_key(desk: Desk, directory: Directory, fingerprint: str) -> list[Contact]:
    """The contacts whose record has this fingerprint of a key, whatever spaces are in it."""
    wanted = _plain_key(fingerprint)
    return [
        contact
        for contact in contacts(desk, directory, directory.contacts.all)
        if contact.record is not None and _plain_key(contact.record.get("key", "")) == wanted
    ]


def _plain_key(fingerprint: str) -> str:
    return "".join(fingerprint.split()).replace(":", "").casefold()


def _written(
    desk: Desk, connection: Connection, directory: Directory, seqs: Iterable[int]
) -> dict[int, Mapping[str, Value] | None]:
    """The bodies of the owner's statements by number; None for one that is not there any more."""
    channel, owner = directory.channel, directory.contacts.owner
    found: dict[int, Mapping[str, Value] | None] = {}
    for seq in seqs:
        known = directory.state.entry(owner, seq)
        entry = log.by_leaf(connection, channel.id, known.id) if known else None
        kept = log.body(connection, channel.id, entry.position) if entry else None
        found[seq] = None
        if kept is not None and entry is not None:
            opened = desk.vault.open(kept.slot, kept.sealed, entry.leaf)
            found[seq] = bodies.read_values(opened)
    return found


def _record(
    values: Mapping[str, Value] | None, prefix: str, names: Iterable[str]
) -> dict[str, str] | None:
    """What a body says below ``prefix`` under these names."""
    if values is None:
        return None
    found = ((name, values.get(prefix + name)) for name in names)
    return {name: value for name, value in found if isinstance(value, str)}
