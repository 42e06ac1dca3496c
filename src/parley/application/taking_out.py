"""Taking attachments out of the desk, by whoever may, and as the house record keeps it.

Nothing is ever opened, rendered or previewed here. What leaves the desk has a name that no program
is started by, or is a capsule; what is said to be malware leaves it in a capsule alone.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Final, NamedTuple

from parley.application import blobs, house
from parley.application.attachments import AttachmentView
from parley.application.blobs import Blob
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
from parley.store import views
from parley.store.attachments import WHOLE
from parley.store.files import written

QUARANTINED: Final = ".quarantined"
"""The end of the name of every file that leaves: no system starts a program for it."""

_NAME_CHARACTERS: Final = 120
_SAFE: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_. ")

Progress = Callable[[int, int], None]


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
