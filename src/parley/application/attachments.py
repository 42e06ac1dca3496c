"""Attachments as officers see them: what was signed of each, and how far its bytes are.

Nothing is ever opened, rendered or previewed here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import Connection

from parley.application import audit, blobs, house
from parley.application.blobs import Referred
from parley.application.desk import Desk
from parley.application.places import Places
from parley.domain import access
from parley.domain.roles import Duty
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record import body as bodies
from parley.record.body import Value
from parley.record.channel import Channel
from parley.store import attachments as rows
from parley.store import log, views
from parley.store.attachments import ERASED, WHOLE, AttachedRow
from parley.store.log import Entry


class State(StrEnum):
    """How far the bytes of an attachment are, at whichever side is to receive them."""

    ANNOUNCED = "announced"
    ARRIVING = "arriving"
    WHOLE = "whole"
    REFUSED = "refused"
    ERASED = "erased"


class AttachmentView(NamedTuple):
    """An attachment of a statement.

    ``number`` is its place in the statement, ``leaf`` the statement. ``name``, ``hazard`` and
    ``description`` (by language) are its author's words, ``root`` and ``size`` what was signed; all
    are empty where the body was erased. ``state`` is of the receiving side, of our own by its word:
    ``held`` of ``chunks`` are there (0 of 0: not known yet). ``reason`` is why it is refused, or
    what was last wrong. ``here``: whether our desk has all of it.
    """

    channel: Channel
    case: bytes
    leaf: bytes
    number: int
    own: bool
    name: str
    hazard: str
    description: Mapping[str, str]
    root: bytes
    size: int
    state: State
    held: int
    chunks: int
    reason: str | None
    here: bool


# --- seeing --------------------------------------------------------------------------------------


def every(
    desk: Desk, officer: str, channel: Channel | None = None, case: bytes | None = None
) -> list[AttachmentView]:
    """Attachments of one case, one channel or all, as far as the officer reads them.

    :raises ParleyError: ``officer-unknown``; ``role-forbids`` where the officer reads nothing
        anywhere.
    """
    blobs.catch_up(desk)
    with house.reading(desk, officer) as acting:
        access.require_somewhere(acting.officer, Duty.READ_CONTENT)
        places = Places(acting.connection, acting.officer)
        found: list[AttachmentView] = []
        for one, _row in desk.channels(acting.connection):
            if channel is None or one.id == channel.id:
                found.extend(_of_channel(desk, acting.connection, places, one, case))
        return found


def of_case(
    desk: Desk, officer: str, channel: Channel, case: bytes
) -> Mapping[bytes, Sequence[AttachmentView]]:
    """The attachments of a case by their statements.

    :raises ParleyError: as :func:`every`.
    """
    found: dict[bytes, list[AttachmentView]] = {}
    for one in every(desk, officer, channel, case):
        found.setdefault(one.leaf, []).append(one)
    return found


class Page(NamedTuple):
    """Some attachments, the newest first, and whether there are older ones."""

    views: list[AttachmentView]
    more: bool


def page(
    desk: Desk,
    officer: str,
    channel: Channel | None = None,
    case: bytes | None = None,
    *,
    before: AttachmentView | None = None,
    count: int,
) -> Page:
    """The newest attachments of one case, one channel or all, channel by channel.

    ``before``: those that stand behind this one. No more are opened than are shown.

    :raises ParleyError: ``attachment-unknown`` where ``before`` is of another channel; as
        :func:`every`.
    """
    blobs.catch_up(desk)
    with house.reading(desk, officer) as acting:
        connection = acting.connection
        access.require_somewhere(acting.officer, Duty.READ_CONTENT)
        places = Places(connection, acting.officer)
        known = [one for one, _row in desk.channels(connection)]
        wanted = [one for one in reversed(known) if channel is None or one.id == channel.id]
        if before is not None:
            ids = [one.id for one in wanted]
            if before.channel.id not in ids:
                raise ParleyError(Reason.ATTACHMENT_UNKNOWN)
            wanted = wanted[ids.index(before.channel.id) :]
        found: list[AttachmentView] = []
        for one in wanted:
            last = None
            if before is not None and one.id == before.channel.id:
                last = _reference(connection, before)
            while len(found) <= count:
                part = rows.newest_attached(connection, one.id, count + 1, case=case, before=last)
                found += _seen(desk, connection, places, one, part)
                if len(part) <= count:
                    break
                last = part[-1]
        return Page(found[:count], len(found) > count)


def _reference(connection: Connection, view: AttachmentView) -> AttachedRow:
    entry = log.by_leaf(connection, view.channel.id, view.leaf)
    if entry is None:
        raise ParleyError(Reason.INTERNAL, fact="an attachment without its statement")
    return AttachedRow(view.channel.id, entry.position, view.number, view.case, 0, b"")


def _of_channel(
    desk: Desk, connection: Connection, places: Places, channel: Channel, case: bytes | None
) -> list[AttachmentView]:
    references = rows.attached(connection, channel.id, case=case)
    return _seen(desk, connection, places, channel, references)


def _seen(
    desk: Desk,
    connection: Connection,
    places: Places,
    channel: Channel,
    references: Sequence[AttachedRow],
) -> list[AttachmentView]:
    """What the officer reads of these references, in their order."""
    kinds = views.some_cases(connection, channel.id, {one.case_id for one in references})
    seen = {
        identifier
        for identifier, row in kinds.items()
        if places.may(Duty.READ_CONTENT, places.of_case(row))
    }
    shown = [one for one in references if one.case_id in seen]
    known = blobs.some(desk, connection, channel, shown) if shown else {}
    texts = _Texts(desk, connection)
    return [_view(texts, channel, one, known[one.tag]) for one in shown if one.tag in known]


class _Texts:
    """Statements that have attachments, with their texts; each is opened once."""

    def __init__(self, desk: Desk, connection: Connection) -> None:
        self._desk = desk
        self._connection = connection
        self._read: dict[tuple[bytes, int], tuple[Entry, Mapping[str, Value]]] = {}

    def of(self, row: AttachedRow) -> tuple[Entry, Mapping[str, Value]]:
        """The statement and its text, as far as it is there."""
        key = row.channel, row.position
        if key not in self._read:
            self._read[key] = _words(self._desk, self._connection, row)
        return self._read[key]


def _view(texts: _Texts, channel: Channel, row: AttachedRow, one: Referred) -> AttachmentView:
    entry, values = texts.of(row)
    path = f"{blobs.CODE}/{row.number}"
    own = row.author == channel.own_index
    meta, shape, blob = one.blob.meta, one.blob.shape, one.blob.row
    start = f"{path}/description@"
    state, held, reason = _state(one, own=own)
    return AttachmentView(
        channel=channel,
        case=row.case_id,
        leaf=entry.leaf,
        number=row.number,
        own=own,
        name=str(values.get(f"{path}/name", "")),
        hazard=str(values.get(f"{path}/hazard", "")),
        description={
            key.removeprefix(start): str(value)
            for key, value in values.items()
            if key.startswith(start) and not key.endswith("/status")
        },
        root=meta.root if meta else b"",
        size=meta.size if meta else 0,
        state=state,
        held=held,
        chunks=shape.chunks if shape else 0,
        reason=reason,
        here=blob.state == WHOLE,
    )


def _words(
    desk: Desk, connection: Connection, row: AttachedRow
) -> tuple[Entry, Mapping[str, Value]]:
    """The statement and its text, as far as it is there."""
    (entry,) = log.in_order(connection, row.channel, row.position, row.position + 1)
    kept = log.body(connection, row.channel, row.position)
    if kept is None:
        return entry, {}
    return entry, bodies.read(desk.vault.open(kept.slot, kept.sealed, entry.leaf)).values


def _state(one: Referred, *, own: bool) -> tuple[State, int, str | None]:
    """State, chunks held, and reason: at the side that is to receive."""
    row, shape = one.blob.row, one.blob.shape
    if row.state == ERASED:
        return State.ERASED, 0, None
    if not own:
        if row.state == WHOLE:
            return State.WHOLE, row.held, None
        if one.refused is not None:
            return State.REFUSED, row.held, one.refused.value
        return (State.ARRIVING if row.held else State.ANNOUNCED), row.held, row.reason
    held = row.peer_held or 0
    if row.peer_reason is not None:
        return State.REFUSED, held, row.peer_reason
    if shape is not None and held >= shape.chunks:
        return State.WHOLE, held, None
    return (State.ARRIVING if held else State.ANNOUNCED), held, row.reason


def find(desk: Desk, officer: str, statement: str, number: int) -> AttachmentView:
    """Attachment ``number`` of the statement whose leaf hash starts so (6 digits or more).

    :raises ParleyError: ``attachment-unknown``, also for what the officer does not read;
        ``statement-ambiguous``; as :func:`every`.
    """
    blobs.catch_up(desk)
    with house.reading(desk, officer) as acting:
        connection = acting.connection
        access.require_somewhere(acting.officer, Duty.READ_CONTENT)
        places = Places(connection, acting.officer)
        fitting: list[AttachmentView] = []
        for channel, entry in audit.starting(desk, connection, statement):
            references = rows.attached(connection, channel.id, position=entry.position)
            named = [one for one in references if one.number == number]
            fitting += _seen(desk, connection, places, channel, named)
    if not fitting:
        raise ParleyError(Reason.ATTACHMENT_UNKNOWN)
    if len(fitting) > 1:
        raise ParleyError(Reason.STATEMENT_AMBIGUOUS, count=len(fitting))
    return fitting[0]
