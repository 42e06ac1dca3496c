"""What officers do with attachments: see how far each is, take one out.

Nothing is ever opened, rendered or previewed here. What leaves the desk has a name that no program
is started by, or is a capsule; what is said to be malware leaves it in a capsule alone.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Any, BinaryIO, Final, NamedTuple

from sqlalchemy import Connection

from parley.application import audit, blobs, house
from parley.application.blobs import Blob, Referred
from parley.application.desk import Desk
from parley.application.house import Acting
from parley.application.places import Places
from parley.crypto import merkle
from parley.crypto.merkle import Frontier
from parley.domain import access
from parley.domain.housekeeping import HouseAct
from parley.domain.roles import Duty
from parley.domain.types.common import MALWARE
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record import attachment, capsule
from parley.record import body as bodies
from parley.record.body import Value
from parley.record.channel import Channel
from parley.store import attachments as rows
from parley.store import log, views
from parley.store.attachments import ERASED, WHOLE, AttachedRow
from parley.store.files import written
from parley.store.log import Entry

QUARANTINED: Final = ".quarantined"
"""The end of the name of every file that leaves: no system starts a program for it."""

_NAME_CHARACTERS: Final = 120
_SAFE: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_. ")

Progress = Callable[[int, int], None]


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


# --- taking out ----------------------------------------------------------------------------------


class Leaving(NamedTuple):
    """An attachment on its way out, piece by piece; ``size`` is known of bare bytes alone."""

    name: str
    size: int | None
    pieces: Iterator[bytes]


def leave(desk: Desk, officer: str, view: AttachmentView, *, as_capsule: bool) -> Leaving:
    """Have an attachment leave: its bytes under a harmless name, or a capsule.

    The house record says who took it out before the first byte leaves. Damage shows while it does.

    :raises ParleyError: ``attachment-sealed-only``, ``attachment-incomplete``,
        ``attachment-erased``, ``role-forbids``; from the pieces ``attachment-damaged``.
    """
    if not as_capsule and view.hazard == MALWARE:
        raise ParleyError(Reason.ATTACHMENT_SEALED_ONLY)
    blob = _to_take_out(desk, officer, view)
    meta, shape = blob.known, blob.shape
    if shape is None or meta.salt is None:
        raise ParleyError(Reason.ATTACHMENT_INCOMPLETE)
    _note_taken_out(desk, officer, view, as_capsule=as_capsule)
    chunks = chunks_of(desk, blob, lambda _done, _total: None)
    name = safe_name(view, is_capsule=as_capsule)
    if as_capsule:
        return Leaving(name, None, capsule.pieces(blob.commitment, meta.salt, shape, chunks))
    return Leaving(name, meta.size, chunks)


def _note_taken_out(desk: Desk, officer: str, view: AttachmentView, *, as_capsule: bool) -> None:
    with house.acting(desk, officer) as acting:
        acting.at(_place(acting, view))
        access.require(acting.officer, Duty.TAKE_OUT, acting.place)
        facts = ("capsule",) if as_capsule else ()
        acting.note(
            HouseAct.ATTACHMENT_TAKEN_OUT, digest=view.leaf, number=view.number, facts=facts
        )


class TakenOut(NamedTuple):
    """An attachment that was written to a file outside the desk."""

    path: Path
    view: AttachmentView
    is_capsule: bool


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


def safe_name(view: AttachmentView, *, is_capsule: bool) -> str:
    """A name for a file that leaves: what its author calls it, as far as that is harmless."""
    name = "".join(char if char in _SAFE else "_" for char in view.name)[:_NAME_CHARACTERS]
    name = name.strip(" .") or "attachment"
    return name + (capsule.SUFFIX if is_capsule else QUARANTINED)


def take_out(
    desk: Desk,
    officer: str,
    view: AttachmentView,
    target: Path,
    *,
    as_capsule: bool,
    progress: Progress = lambda _done, _total: None,
) -> TakenOut:
    """Write an attachment into a new file: its bytes under a harmless name, or a capsule.

    ``target`` is a folder, or the new file; the end of its name is ours. Only its owner reads it,
    nobody may run it. The house record keeps who took it out.

    :raises ParleyError: ``attachment-sealed-only`` for bytes of what may be malware;
        ``attachment-incomplete``, ``attachment-erased``, ``attachment-damaged``; ``role-forbids``;
        ``file-exists``, ``file-unwritable``.
    """
    if not as_capsule and view.hazard == MALWARE:
        raise ParleyError(Reason.ATTACHMENT_SEALED_ONLY)
    ending = capsule.SUFFIX if as_capsule else QUARANTINED
    path = target / safe_name(view, is_capsule=as_capsule) if target.is_dir() else target
    if not path.name.endswith(ending):
        path = path.with_name(path.name + ending)
    if os.path.lexists(path):
        raise ParleyError(Reason.FILE_EXISTS, path=str(path))
    blob = _to_take_out(desk, officer, view)
    with _new_file(path) as file:
        _write(desk, blob, file, as_capsule=as_capsule, progress=progress)
        # Nothing leaves of which the house record does not say by whom.
        _note_taken_out(desk, officer, view, as_capsule=as_capsule)
    return TakenOut(path, view, as_capsule)


def _to_take_out(desk: Desk, officer: str, view: AttachmentView) -> Blob:
    """The bytes, where the officer may take them out and they are whole."""
    with house.reading(desk, officer) as acting:
        acting.at(_place(acting, view))
        access.require(acting.officer, Duty.TAKE_OUT, acting.place)
        blob = blobs.find(desk, acting.connection, view.channel.id, view.root)
    if blob is None or blob.meta is None:
        raise ParleyError(Reason.ATTACHMENT_ERASED)
    if blob.row.state != WHOLE:
        raise ParleyError(Reason.ATTACHMENT_INCOMPLETE)
    return blob


def _place(acting: Acting, view: AttachmentView) -> access.Place:
    row = views.case(acting.connection, view.channel.id, view.case)
    if row is None:
        raise ParleyError(Reason.CASE_UNKNOWN)
    return Places(acting.connection, acting.officer).of_case(row)


def chunks_of(desk: Desk, blob: Blob, progress: Progress) -> Iterator[bytes]:
    """The chunks of whole bytes, checked against their root once more.

    :raises ParleyError: ``attachment-damaged``, at the end also where the root is another.
    """
    file, shape, meta = blobs.file_of(desk, blob), blob.shape, blob.known
    if shape is None or meta.salt is None:
        raise ParleyError(Reason.ATTACHMENT_INCOMPLETE)
    tree = Frontier()
    for index in range(shape.chunks):
        chunk = desk.chunks.read(file, index)
        tree.append(merkle.leaf_hash(chunk))
        progress(min(shape.size, (index + 1) << shape.bits), shape.size)
        yield chunk
    if attachment.root_of(meta.salt, shape, tree.root()) != meta.root:
        raise ParleyError(Reason.ATTACHMENT_DAMAGED)


def _write(desk: Desk, blob: Blob, file: BinaryIO, *, as_capsule: bool, progress: Progress) -> None:
    chunks = chunks_of(desk, blob, progress)
    meta, shape = blob.known, blob.shape
    if as_capsule and shape is not None and meta.salt is not None:
        capsule.write(file, blob.commitment, meta.salt, shape, chunks)
        return
    file.writelines(chunks)


@contextmanager
def _new_file(path: Path) -> Iterator[Any]:
    try:
        with written(path, new=True) as file:
            yield file
    except FileExistsError as error:
        raise ParleyError(Reason.FILE_EXISTS, path=str(path)) from error
    except OSError as error:
        raise ParleyError(
            Reason.FILE_UNWRITABLE, path=str(path), fact=type(error).__name__
        ) from error
