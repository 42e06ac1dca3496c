"""Pouches: packed for a channel and taken away, brought in, and what each of them did."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from starlette.requests import Request
from starlette.responses import Response

from parley.application import carriage, channels
from parley.application.message import Refusal
from parley.kernel import limits
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.presentation import pouch_page
from parley.web import download, multipart
from parley.web.form import Form, arriving
from parley.web.multipart import Began
from parley.web.page import Page, posted
from parley.web.visit import Visit
from parley.wire import carrying, pouch
from parley.wire.carrying import Wish

if TYPE_CHECKING:
    from collections.abc import Sequence

    from parley.wire.pouch import Found, Written

FILES_BYTES: Final = 64 * limits.MIB
"""All files that are brought at once, together."""
AT_ONCE: Final = 4
_SHOWN: Final = 50
_NAME_CHARACTERS: Final = 200


class Brought(Form):
    """A form with files, which lie in ``folder`` under the names that the browser gave them."""

    files: tuple[tuple[str, Path], ...] = ()
    fault: ParleyError | None = None
    folder: tempfile.TemporaryDirectory[str] | None = None

    def close(self) -> None:
        """Delete them."""
        if self.folder is not None:
            self.folder.cleanup()


class _Slots:
    """How many bodies are being taken in."""

    taken = 0


# --- reading what comes --------------------------------------------------------------------------


async def _received(request: Request) -> Form:
    """A form with files in it, as they come, to the disk. Never raises."""
    form = Brought()
    if _Slots.taken >= AT_ONCE:
        form.fault = ParleyError(Reason.DESK_BUSY)
        return form
    _Slots.taken += 1
    form.folder = tempfile.TemporaryDirectory(prefix="parley-pouches-")
    try:
        async with arriving():
            form.files = await _taken(request, Path(form.folder.name))
    except ParleyError as error:
        form.fault = error
    except OSError:
        form.fault = ParleyError(Reason.STORAGE_FULL)
    finally:
        _Slots.taken -= 1
    return form


async def _taken(request: Request, folder: Path) -> tuple[tuple[str, Path], ...]:
    """The files of a body, each of at most one frame; what else there is in it is passed over.

    :raises ParleyError: ``form-invalid``, ``too-large``.
    """
    fields = multipart.Fields(request.headers.get("content-type", ""))
    found: list[tuple[str, Path]] = []
    total = 0
    with ExitStack() as opened:
        async for piece in request.stream():
            for event in fields.feed(piece):
                if isinstance(event, Began):
                    opened.close()
                    path = folder / f"{len(found)}{pouch.SUFFIX}"
                    file = opened.enter_context(path.open("xb"))
                    found.append((event.file_name[:_NAME_CHARACTERS], path))
                    size = 0
                    continue
                size, total = size + len(event), total + len(event)
                multipart.bound(size, limits.FRAME_BYTES)
                multipart.bound(total, FILES_BYTES)
                file.write(event)
        fields.close()
    # A form in which nothing was chosen has one file without name or bytes.
    return tuple((name, path) for name, path in found if name or path.stat().st_size)


# --- the page ------------------------------------------------------------------------------------


def every(visit: Visit) -> Response:
    """What was packed and how it stands, packing, and bringing in."""
    return _page(visit)


def _page(visit: Visit, error: ParleyError | None = None, field: str = "", **more: Any) -> Response:
    carrying.require(visit.desk, visit.officer)
    form = visit.form
    packed = carriage.packed(visit.desk)
    return visit.page(
        "pouches.html",
        status=200 if error is None else 422,
        error=None if error is None else visit.translator.reason(error),
        field=field,
        channels=channels.standings(visit.desk),
        given={name: form.value(name) for name in ("channel", "unconfirmed", "attachments")},
        packed=[
            (one, Path(one.row.path).name, pouch_page.standing(visit.words, one, there))
            for one in reversed(packed[-_SHOWN:])
            for there in [pouch.is_there(one.row)]
        ],
        **{"found": None, "answers": [], "cleared": None, **more},
    )


def pack(visit: Visit) -> Response:
    """Pack what the other desk may lack, and hand it out: one file, or several in an archive."""
    form = visit.form
    try:
        channel = channels.find(visit.desk, form.value("channel"))
        wish = Wish("unconfirmed" in form, "attachments" in form, _refusals(form.every("refusal")))
        with tempfile.TemporaryDirectory(prefix="parley-pouch-") as folder:
            written = carrying.pack(visit.desk, visit.officer, channel, Path(folder), wish)
            return _bundle(written)
    except ParleyError as error:
        if error.reason is Reason.ROLE_FORBIDS:
            raise
        return _page(visit, error, "channel")


def _refusals(given: Sequence[str]) -> tuple[Refusal, ...]:
    """What an earlier page says was kept out: reason and leaf hash.

    :raises ParleyError: ``form-invalid``.
    """
    found: list[Refusal] = []
    for text in given[: carrying.REFUSALS]:
        reason, _, leaf = text.partition(":")
        try:
            found.append(Refusal(Reason(reason).value, bytes.fromhex(leaf) if leaf else None))
        except ValueError as error:
            raise ParleyError(Reason.FORM_INVALID, name="refusal") from error
        if len(leaf) not in (0, 64):
            raise ParleyError(Reason.FORM_INVALID, name="refusal")
    return tuple(found)


def _bundle(written: Sequence[Written]) -> Response:
    """What was packed: its one file as it is, or several in an archive."""
    first = written[0].path
    if len(written) == 1:
        return download.streamed(first.open("rb"), first.stat().st_size, download.named(first.name))
    files = [(one.path, one.path.name) for one in written]
    return download.archive(files, download.named(f"{first.stem}.zip"))


def bring(visit: Visit) -> Response:
    """Take in what was carried here; the page says of each file what it did."""
    form = visit.form
    if not isinstance(form, Brought) or form.folder is None:
        fault = form.fault if isinstance(form, Brought) else None
        raise fault or ParleyError(Reason.FORM_INVALID, name="file")
    if form.fault is not None:
        return _page(visit, form.fault, "file")
    try:
        found = carrying.bring(visit.desk, visit.officer, [path for _name, path in form.files])
    except ParleyError as error:
        if error.reason is Reason.ROLE_FORBIDS:
            raise
        return _page(visit, error, "file")
    fates = [
        (name, pouch_page.fate(visit.words, one), _is_fine(one))
        for (name, _path), one in zip(form.files, found, strict=True)
    ]
    return _page(visit, found=fates, answers=_answers(found))


def _is_fine(one: Found) -> bool:
    return one.taken is not None and not one.taken.halted


def _answers(found: Sequence[Found]) -> list[tuple[bytes, str, list[str]]]:
    """The channels to be answered: identifier, code, and what was kept out of theirs."""
    answers: dict[bytes, tuple[str, list[str]]] = {}
    for one in found:
        if one.taken is None or one.taken.halted:
            continue
        channel = one.taken.channel
        _code, told = answers.setdefault(channel.id, (channel.peer.text.code, []))
        told += [
            f"{refusal.reason}:{refusal.leaf.hex() if refusal.leaf else ''}"
            for refusal in one.taken.refusals
        ]
    return [(id_, code, told[: carrying.REFUSALS]) for id_, (code, told) in answers.items()]


def clear(visit: Visit) -> Response:
    """Delete packed files whose statements have been receipted, and forget them."""
    gone, left = carrying.clear(visit.desk, visit.officer)
    sheet = visit.sheet()
    pouch_page.render_cleared(sheet, len(gone), len(left))
    return _page(visit, cleared=sheet.blocks)


PAGES: Final = (
    Page("/pouches", every),
    posted("/pouches/pack", pack),
    Page("/pouches/bring", bring, ("POST",), reader=_received),
    posted("/pouches/clear", clear),
)
