"""Attachments: to a draft, in parts that survive a broken line, and out of the desk again."""

from __future__ import annotations

from io import BytesIO
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from parley.application import attaching, attachments, cases, drafts, taking_out, uploading
from parley.application.attaching import Label
from parley.application.attachments import AttachmentView
from parley.application.draft_keeping import DraftView
from parley.application.uploading import Upload
from parley.domain.types.common import HAZARDS, MALWARE
from parley.kernel import limits
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.presentation import attachment_page
from parley.record import attachment
from parley.web import download, faults, multipart
from parley.web.form import Form, arriving, bounded
from parley.web.page import Page, posted
from parley.web.visit import Visit

PLAIN_BYTES: Final = 16 * limits.MIB
"""The largest file that comes in one piece, as a form without scripts sends it."""
LEAVES_BYTES: Final = 4 * limits.MIB
CHUNK_BYTES: Final = 1 << limits.CHUNK_BITS_MOST
_SHOWN: Final = 100


class Sent(Form):
    """A body of bytes, or a form with a file in it; ``fault``: why it was not read."""

    data: bytes = b""
    fault: ParleyError | None = None


# --- reading what comes --------------------------------------------------------------------------


async def _leaves(request: Request) -> Form:
    return await _raw(request, LEAVES_BYTES)


async def _chunk(request: Request) -> Form:
    return await _raw(request, CHUNK_BYTES)


async def _raw(request: Request, limit: int) -> Form:
    sent = Sent()
    try:
        sent.data = await bounded(request, limit)
    except ParleyError as error:
        sent.fault = error
    return sent


async def _plain(request: Request) -> Form:
    """A form with one file in it, in memory. Never raises."""
    texts: list[tuple[str, str]] = []
    data, fault = bytearray(), None
    try:
        fields = multipart.Fields(request.headers.get("content-type", ""))
        try:
            async with arriving():
                async for piece in request.stream():
                    for event in fields.feed(piece):
                        if isinstance(event, bytes):
                            data += event
                            multipart.bound(len(data), PLAIN_BYTES)
            fields.close()
        finally:
            texts = fields.texts
    except ParleyError as error:
        fault = error
    sent = Sent(texts)
    sent.data, sent.fault = bytes(data), fault
    return sent


def _sent(visit: Visit) -> Sent:
    """What came.

    :raises ParleyError: why it could not be read.
    """
    if not isinstance(visit.form, Sent):
        raise ParleyError(Reason.FORM_INVALID, name="file")
    if visit.form.fault is not None:
        raise visit.form.fault
    return visit.form


# --- to a draft ----------------------------------------------------------------------------------


def _draft(visit: Visit) -> bytes:
    """The draft of the address, by its number.

    :raises ParleyError: ``draft-unknown``.
    """
    try:
        return bytes.fromhex(visit.part("draft"))
    except ValueError as error:
        raise ParleyError(Reason.DRAFT_UNKNOWN) from error


def _label(visit: Visit) -> Label:
    hazard = visit.form.value("hazard")
    if hazard not in HAZARDS:
        raise ParleyError(Reason.FORM_INVALID, name="hazard")
    said = visit.form.line("description")
    description = {} if said is None else {visit.words.language: said}
    name = visit.form.line("name")
    if name is None:
        raise ParleyError(Reason.ATTACHMENT_NAME)
    return Label(name, hazard, description)


def attach(visit: Visit) -> Response:
    """Attach a file that came in one piece."""
    sent = _sent(visit)
    back = visit.form.value("back")
    attaching.attach(visit.desk, visit.officer, _draft(visit), BytesIO(sent.data), _label(visit))
    return visit.go(f"/drafts/{visit.part('draft')}{'?view=read' if back == 'read' else ''}")


def detach(visit: Visit) -> Response:
    """Take a file off a draft."""
    form = visit.form
    number, root = form.number("number"), form.digest("root")
    drafts.detach(visit.desk, visit.officer, _draft(visit), number, root)
    read = "?view=read" if form.value("back") == "read" else ""
    return visit.go(f"/drafts/{visit.part('draft')}{read}")


def begin(visit: Visit) -> Response:
    """Say how the chunks of a file hash; the answer says which of them are to come."""
    try:
        size = _number(visit, "size")
        data = _sent(visit).data
        upload = uploading.begin(visit.desk, visit.officer, _draft(visit), size, data)
    except ParleyError as error:
        return faults.said(visit, error)
    return _standing(upload)


def take(visit: Visit) -> Response:
    """Take one chunk in."""
    try:
        upload = uploading.take(
            visit.desk,
            visit.officer,
            _draft(visit),
            _upload(visit),
            _number(visit, "offset"),
            _sent(visit).data,
        )
    except ParleyError as error:
        return faults.said(visit, error)
    return _standing(upload)


def finish(visit: Visit) -> Response:
    """Attach a file of which all has come."""
    try:
        view, number = uploading.finish(
            visit.desk, visit.officer, _draft(visit), _upload(visit), _label(visit)
        )
    except ParleyError as error:
        return faults.said(visit, error)
    words = visit.words
    name = str(view.writing.values[f"attachments/{number}/name"])
    what = words.text("Attached: {name}", name=name)
    return JSONResponse({"revision": view.revision, "what": what})


def _number(visit: Visit, name: str) -> int:
    text = visit.asked(name) or ""
    if not text.isascii() or not text.isdigit() or len(text) > 15:
        raise ParleyError(Reason.FORM_INVALID, name=name)
    return int(text)


def _upload(visit: Visit) -> bytes:
    try:
        return bytes.fromhex(visit.part("upload"))
    except ValueError as error:
        raise ParleyError(Reason.ATTACHMENT_UNKNOWN) from error


def _standing(upload: Upload) -> Response:
    return JSONResponse(
        {
            "upload": upload.id.hex(),
            "chunk": 1 << upload.shape.bits,
            "missing": [list(pair) for pair in upload.missing],
        }
    )


def in_draft(visit: Visit, view: DraftView) -> dict[str, object]:
    """What the page of a draft shows of its files, and what it needs to take some in."""
    values = view.writing.values
    return {
        "files": [
            (
                number,
                str(values.get(f"attachments/{number}/name", "")),
                one,
                str(values.get(f"attachments/{number}/hazard", "")),
            )
            for number, one in sorted(attachment.in_body(values).items())
        ],
        "unfinished": [
            (one.shape.size, sum(last - first + 1 for first, last in one.missing), one.shape.chunks)
            for one in uploading.unfinished(visit.desk, view)
        ],
        "hazards": [(one, visit.words.name(one)) for one in HAZARDS],
        "chunk_bits": visit.desk.policy.attachments.chunk_bits,
        "plain_bytes": PLAIN_BYTES,
        "number": visit.words.translator.number,
    }


# --- out of the desk -----------------------------------------------------------------------------


def every(visit: Visit) -> Response:
    """The attachments of a case, or of all that the officer reads, the newest first."""
    wanted = visit.asked("case")
    channel, case = (None, None)
    if wanted is not None:
        channel, case = cases.find(visit.desk, visit.officer, wanted)
    before = _before(visit)
    page = attachments.page(visit.desk, visit.officer, channel, case, before=before, count=_SHOWN)
    return visit.page(
        "attachments.html",
        case=case,
        found=[(one, attachment_page.state(visit.words, one)) for one in page.views],
        older=_older(case, page.views[-1]) if page.more else None,
        number=visit.words.translator.number,
        malware=MALWARE,
    )


def _before(visit: Visit) -> AttachmentView | None:
    """The attachment behind which the address has the list go on.

    :raises ParleyError: ``attachment-unknown``.
    """
    given = visit.asked("before")
    return None if given is None else _named(visit, *given.rpartition("-")[::2])


def _older(case: bytes | None, last: AttachmentView) -> str:
    kept = "" if case is None else f"case={case.hex()}&"
    return f"/attachments?{kept}before={last.leaf.hex()}-{last.number}"


def show(visit: Visit) -> Response:
    """One attachment: what was signed of it, how far it is, and how it leaves the desk."""
    view = _found(visit)
    return visit.page(
        "attachment.html",
        view=view,
        state=attachment_page.state(visit.words, view),
        number=visit.words.translator.number,
        malware=MALWARE,
    )


def _found(visit: Visit) -> AttachmentView:
    """The attachment of the address.

    :raises ParleyError: ``attachment-unknown``.
    """
    return _named(visit, visit.part("statement"), visit.part("number"))


def _named(visit: Visit, statement: str, number: str) -> AttachmentView:
    if not number.isascii() or not number.isdigit() or len(number) > 4:
        raise ParleyError(Reason.ATTACHMENT_UNKNOWN)
    return attachments.find(visit.desk, visit.officer, statement, int(number))


def leave(visit: Visit) -> Response:
    """Take an attachment out of the desk: a file that no browser shows."""
    view = _found(visit)
    as_capsule = visit.form.line("capsule") is not None or view.hazard == MALWARE
    leaving = taking_out.leave(visit.desk, visit.officer, view, as_capsule=as_capsule)
    said = download.headers(download.named(leaving.name))
    if leaving.size is not None:
        said["content-length"] = str(leaving.size)
    return StreamingResponse(leaving.pieces, media_type="application/octet-stream", headers=said)


PAGES: Final = (
    Page("/drafts/{draft}/attachments", attach, ("POST",), reader=_plain),
    Page("/drafts/{draft}/uploads", begin, ("POST",), reader=_leaves),
    Page("/drafts/{draft}/uploads/{upload}", take, ("PUT",), reader=_chunk),
    posted("/drafts/{draft}/attachments/remove", detach),
    posted("/drafts/{draft}/uploads/{upload}/finish", finish),
    Page("/attachments", every),
    Page("/attachments/{statement}/{number}", show),
    posted("/attachments/{statement}/{number}", leave),
)
