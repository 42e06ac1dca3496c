"""Acts of a case with everything that is known about each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final, NamedTuple

from sqlalchemy import Connection

from parley.application.desk import Desk
from parley.application.places import Places
from parley.domain.case import Case
from parley.kernel import limits
from parley.kernel.reasons import Reason
from parley.record import body as bodies
from parley.record import standing, statement
from parley.record.body import Body
from parley.record.channel import Channel
from parley.record.statement import Statement
from parley.store import inbox, log, outbox, proofs
from parley.store.inbox import Source
from parley.store.log import Entry
from parley.store.outbox import DeliveryRow
from parley.store.proofs import ReceiptRow

PAGE_BYTES: Final = 512 * limits.KIB
"""So many bytes of texts are read for one page."""


class ActView(NamedTuple):
    """One act of a case with everything that is known about it.

    ``receipt`` is the other side's for our own statements, ours for theirs. ``deliveries`` are
    events of our own statements; ``opened`` says who of ours first read the peer's, and when.
    ``void`` is the reason code of an act without effect; ``standing`` what a crossing left of it.
    ``disowned``: its author says that a thief made it, with a key that was revoked. ``long``: its
    body is there and was not read, for want of room on the page.
    """

    entry: Entry
    statement: Statement
    body: Body | None
    void: str | None
    standing: str
    receipt: ReceiptRow | None
    deliveries: tuple[DeliveryRow, ...]
    opened: tuple[str, int] | None
    disowned: bool
    long: bool = False


def source_of(channel: Channel) -> Source:
    """Whose statements officers open: the peer's, but for what its desk says by itself."""
    return Source(channel.id, channel.peer_index, channel.standing_case)


def note_opened(
    connection: Connection, channel: Channel, entries: Iterable[Entry], officer: str, now: int
) -> None:
    """Note that an officer has opened those of ``entries`` that are the peer's."""
    theirs = [one.position for one in entries if one.author == channel.peer_index]
    inbox.opened(connection, source_of(channel), theirs, officer, now)


def act_views(
    desk: Desk,
    connection: Connection,
    places: Places,
    channel: Channel,
    entries: Iterable[Entry],
    state_of: Callable[[Entry], Case | None],
    *,
    whole: bool = True,
) -> list[ActView]:
    """What is known about each of ``entries``; without ``whole``, not more text than is read.

    ``state_of`` gives the case of each as it stands, or none. Other cases that their headers name
    are left out where they are not there for the officer.
    """
    entries = list(entries)
    sizes = log.body_sizes(connection, channel.id, [entry.position for entry in entries])
    read = list(sizes) if whole else _fitting(sizes, PAGE_BYTES)
    sealed = log.bodies(connection, channel.id, read)
    opened = inbox.openings(connection, channel.id, [entry.position for entry in entries])
    disowned = standing.disowned(connection, channel)
    found: list[ActView] = []
    for entry in entries:
        kept = sealed.get(entry.position)
        state = state_of(entry)
        known = state.find(entry.leaf) if state else None
        own = entry.author == channel.own_index
        said = statement.parse(entry.data)
        said.act = places.header(said.act)
        found.append(
            ActView(
                entry=entry,
                statement=said,
                body=(
                    bodies.read(desk.vault.open(kept.slot, kept.sealed, entry.leaf))
                    if kept
                    else None
                ),
                void=known.void if known else _unlisted(entry, state),
                standing=known.standing.value if known else "stands",
                receipt=receipt_of(connection, channel, entry),
                deliveries=(
                    tuple(outbox.events(connection, channel.id, entry.seq, entry.seq))
                    if own
                    else ()
                ),
                opened=None if own else opened.get(entry.position),
                disowned=entry.leaf in disowned,
                long=kept is None and entry.position in sizes,
            )
        )
    return found


def _fitting(sizes: Mapping[int, int], room: int) -> list[int]:
    """The positions of the bodies that there is room for, in order, however long a later one is."""
    found: list[int] = []
    for position, size in sorted(sizes.items()):
        if size <= room:
            found.append(position)
            room -= size
    return found


def _unlisted(entry: Entry, state: Case | None) -> str | None:
    """Why an act is void that its case does not list: there was no room for it."""
    return entry.verdict or (Reason.CASE_FULL.value if state is not None else None)


def receipt_of(connection: Connection, channel: Channel, entry: Entry) -> ReceiptRow | None:
    """The first receipt that covers a statement, by the member that did not write it."""
    return proofs.first_receipt(connection, channel.id, 1 - entry.author, entry.seq)
