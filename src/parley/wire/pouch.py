"""A pouch: frames as files, for desks that never meet on a network.

A file holds one frame, byte for byte as it would go over the wire: sealed to the peer and signed by
us, so whoever carries it learns no more than a proxy does. A large backlog is several files. They
may be carried in any order, any number of times, and lost: nothing rests on a file that the record
does not have.
"""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Final, NamedTuple

from parley.application import carriage, erasing, exchange, nondelivery, packing
from parley.application.carriage import Packed, Taken
from parley.application.composing import FRAME_ROOM, Place
from parley.application.desk import Desk
from parley.application.message import Refusal
from parley.kernel import limits
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record.channel import Channel
from parley.store.pouches import PouchRow
from parley.wire import frame as frames
from parley.wire import parcels, post

SUFFIX: Final = ".pouch"
FILES: Final = 4096
"""Files that are opened in one run: a stick full of others' files must not keep a desk busy."""


class Written(NamedTuple):
    """A file that was packed: what is in it, without a word of what it says."""

    path: Path
    row: PouchRow
    receipts: int
    size: int


class Found(NamedTuple):
    """What became of a file: what it brought, or why nothing of it was taken in."""

    path: Path
    taken: Taken | None
    error: ParleyError | None


def pack(
    desk: Desk,
    channel: Channel,
    target: Path,
    *,
    refusals: tuple[Refusal, ...] = (),
    unconfirmed: bool = False,
    attachments: bool = True,
    on_file: Callable[[Written], None] = lambda _written: None,
) -> list[Written]:
    """Write all that the peer is not known to have into ``target``: a folder, or one new file.

    What both sides agreed to erase is carried out first: no copy of it goes into a file.

    Each file is noted before it is written, durable when this returns, and for its owner alone.
    ``refusals`` say what was kept out of the peer's last pouch. ``unconfirmed``: somebody vouches
    that this desk was not set back, as the peer has not answered since the start.
    ``attachments``: with the bytes of attachments, where ``target`` is a folder.

    :raises ParleyError: ``head-unconfirmed``; ``pouch-too-large`` where it needs more than one file
        and ``target`` is no folder; ``file-exists``, ``file-unwritable``; ``channel-halted``.
    """
    if not unconfirmed:
        carriage.check_confirmed(desk, channel.id)
    into = target.is_dir()
    nondelivery.state_overdue(desk)
    erasing.advance(desk)
    written: list[Written] = []
    start: Place | None = None
    while start is not None or not written:
        outgoing = exchange.compose(
            desk,
            channel.id,
            post_quantum=True,
            start=start,
            refusals=refusals,
            room=FRAME_ROOM,
            unconfirmed=True,
        )
        if outgoing.rest is not None and not into:
            raise ParleyError(Reason.POUCH_TOO_LARGE, path=str(target))
        data, _digest = post.request(desk, outgoing)
        path = target / _name(channel, outgoing.counter) if into else target
        if os.path.lexists(path):
            raise ParleyError(Reason.FILE_EXISTS, path=str(path))
        row = carriage.noted(desk, outgoing, str(path.absolute()), sha256(data).digest())
        try:
            _write(path, data)
        except OSError as error:
            carriage.failed(desk, row)
            raise _refused(path, error) from error
        carriage.handed_over(desk, row)
        written.append(Written(path, row, len(outgoing.message.receipts), len(data)))
        on_file(written[-1])
        start = outgoing.rest
    if into and attachments:
        _pack_attachments(desk, channel, target, written, on_file)
    return written


def _pack_attachments(
    desk: Desk,
    channel: Channel,
    target: Path,
    written: list[Written],
    on_file: Callable[[Written], None],
) -> None:
    """The bytes of attachments, a parcel a file; one is in memory at a time."""
    for parcel in packing.to_pack(desk, channel.id):
        number = packing.counter(desk, channel.id)
        data, _digest = parcels.seal(desk, parcel, number)
        path = target / _name(channel, number)
        if os.path.lexists(path):
            raise ParleyError(Reason.FILE_EXISTS, path=str(path))
        row = packing.noted(desk, parcel, number, str(path.absolute()), sha256(data).digest())
        try:
            _write(path, data)
        except OSError as error:
            carriage.forget(desk, [row])
            raise _refused(path, error) from error
        written.append(Written(path, row, 0, len(data)))
        on_file(written[-1])


def files(paths: Iterable[Path]) -> list[Path]:
    """The files that ``paths`` name: of a folder those that look like ours.

    :raises ParleyError: ``file-missing``, ``file-unreadable``, ``pouches-too-many``.
    """
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            try:
                inside = sorted(each for each in path.iterdir() if each.suffix == SUFFIX)
            except OSError as error:
                raise _unreadable(path, error) from error
            found.update(dict.fromkeys(each for each in inside if each.is_file()))
        elif path.is_file():
            found[path] = None
        else:
            raise ParleyError(Reason.FILE_MISSING, path=str(path))
    if len(found) > FILES:
        raise ParleyError(Reason.POUCHES_TOO_MANY, count=len(found), limit=FILES)
    return list(found)


def open_all(
    desk: Desk, paths: Sequence[Path], on_file: Callable[[Found], None] = lambda _found: None
) -> list[Found]:
    """Take in the frames in ``paths``, whatever their order.

    What comes before its time is tried again once that which precedes it has been taken in.
    ``on_file`` is told of each file once its fate is known. An erasure to which the other side's
    word has come with them is carried out then.
    """
    headers = {path: _header(path) for path in paths}
    # In the order of their counters hardly anything comes early.
    order = sorted(paths, key=lambda path: header.counter if (header := headers[path]) else 0)
    results: dict[Path, Found] = {}
    waiting = order
    while waiting:
        early: list[Path] = []
        for path in waiting:
            found = results[path] = _open(desk, path)
            if found.error is not None and found.error.reason is Reason.POUCH_EARLY:
                early.append(path)
            else:
                on_file(found)
        waiting = [path for path in early if _comes_next(desk, results[path], headers[path])]
        for path in early:
            if path not in waiting:
                on_file(results[path])
    if any(found.taken is not None for found in results.values()):
        erasing.advance(desk)
    return [results[path] for path in paths]


def _comes_next(desk: Desk, found: Found, header: frames.Header | None) -> bool:
    """Whether what a file waited for has been taken in since."""
    needed = found.error.details["found"] if found.error else None
    return bool(header and needed and carriage.held(desk, header.channel) >= int(needed))


def clear(desk: Desk, *, every: bool = False) -> tuple[list[Packed], list[Packed]]:
    """Delete what was packed and has been receipted since; ``every``: and what has not.

    Returns what is gone, and what is left: files that still wait for their receipt. A file that
    was carried away, or that another one has replaced, is only forgotten.
    """
    gone: list[Packed] = []
    left: list[Packed] = []
    for packed in carriage.packed(desk):
        if not (every or packed.arrived):
            left.append(packed)
            continue
        path = Path(packed.row.path)
        if is_there(packed.row):
            remove(path)
        # What a power failure left of the writing.
        remove(_part(path))
        gone.append(packed)
        carriage.forget(desk, [packed.row])
    return gone, left


def is_there(row: PouchRow) -> bool:
    """Whether the file that was packed still lies where it was written."""
    try:
        return sha256(_read(Path(row.path))).digest() == row.digest
    except ParleyError:
        return False


def remove(path: Path) -> None:
    """Delete a file, and its name durably.

    :raises ParleyError: ``file-unwritable``.
    """
    try:
        path.unlink(missing_ok=True)
        if path.parent.is_dir():
            _sync(path.parent)
    except NotADirectoryError:
        return
    except OSError as error:
        raise _refused(path, error) from error


def _name(channel: Channel, counter: int) -> str:
    """Whom it is for, and which frame of which channel: the header says so too."""
    return f"{channel.peer.text.code}-{channel.id.hex()[:8]}-{counter:06d}{SUFFIX}"


def _open(desk: Desk, path: Path) -> Found:
    try:
        return Found(path, post.take(desk, _read(path)), None)
    except ParleyError as error:
        return Found(path, None, error)


def _read(path: Path, most: int = limits.FRAME_BYTES + 1) -> bytes:
    """The beginning of a file: one byte more than a frame may have, which the parser refuses."""
    try:
        with path.open("rb") as file:
            return file.read(most)
    except FileNotFoundError as error:
        raise ParleyError(Reason.FILE_MISSING, path=str(path)) from error
    except OSError as error:
        raise _unreadable(path, error) from error


def _header(path: Path) -> frames.Header | None:
    """What stands outside the seal, unverified; none where it cannot be read."""
    try:
        return frames.head(_read(path, frames.HEAD_BYTES))
    except ParleyError:
        return None


def _write(path: Path, data: bytes) -> None:
    """A new file, whole or not at all, that is still there when the power fails now."""
    part = _part(path)
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.rename(path)
        _sync(path.parent)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _part(path: Path) -> Path:
    return path.with_name(f".{path.name}.part")


def _sync(folder: Path) -> None:
    """Make the folder's list of names durable, where its file system can."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with contextlib.suppress(OSError):
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _refused(path: Path, error: OSError) -> ParleyError:
    fact = errno.errorcode.get(error.errno or 0, type(error).__name__)
    return ParleyError(Reason.FILE_UNWRITABLE, path=str(path), fact=fact)


def _unreadable(path: Path, error: OSError) -> ParleyError:
    fact = errno.errorcode.get(error.errno or 0, type(error).__name__)
    return ParleyError(Reason.FILE_UNREADABLE, path=str(path), fact=fact)
