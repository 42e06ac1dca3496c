"""Contacts from a table (CSV) or from vCards: first what it would come to, then the draft."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from starlette.responses import Response

from parley.application import (
    channels,
    contact_csv,
    contact_import,
    contact_vcard,
    contacts,
    drafts,
)
from parley.application.contact_lines import COLUMNS, FILE_BYTES
from parley.domain.types.contacts import LEVELS
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.language import catalogue
from parley.presentation import contact_page
from parley.web import directories
from parley.web.page import Page, posted

if TYPE_CHECKING:
    from parley.application.contact_import import Planned
    from parley.application.contact_lines import Read
    from parley.record.channel import Channel
    from parley.web.visit import Visit

_CARD: Final = b"BEGIN:VCARD"
_MARKS: Final = b"\xef\xbb\xbf\r\n "
_SHOWN: Final = 200


class Tried(NamedTuple):
    """What a file comes to: a nomination, or the lines that cannot be taken."""

    read: Read
    planned: Planned | None


def start(visit: Visit) -> Response:
    """The form for a file."""
    return _page(visit, _channel(visit, visit.asked("channel")))


def attempt(visit: Visit) -> Response:
    """What the file would come to; nothing is drafted."""
    channel = _channel(visit, visit.form.value("channel"))
    try:
        tried = _tried(visit, channel)
    except ParleyError as error:
        return _page(visit, channel, error=visit.translator.reason(error))
    return _page(visit, channel, tried=tried)


def prepare(visit: Visit) -> Response:
    """Draft the nomination and freeze it."""
    channel = _channel(visit, visit.form.value("channel"))
    tried = _tried(visit, channel)
    if tried.planned is None:
        return _page(visit, channel, tried=tried)
    directory = contacts.first(visit.desk, visit.officer, channel, own=True)
    case = None if directory is None else directory.case_id
    writing = tried.planned.writing._replace(case=case)
    draft = drafts.write(visit.desk, visit.officer, channel, writing)
    frozen = drafts.submit(visit.desk, visit.officer, draft.id, draft.revision)
    return visit.go(f"/drafts/{frozen.id.hex()}")


def _channel(visit: Visit, named: str | None) -> Channel:
    """The channel that is named, or the only one.

    :raises ParleyError: ``role-forbids``; as :func:`parley.application.channels.find`.
    """
    directories.require_nominating(visit)
    return channels.find(visit.desk, named or None)


def _tried(visit: Visit, channel: Channel) -> Tried:
    data = visit.form.value("file").encode()
    if len(data) > FILE_BYTES:
        raise ParleyError(Reason.TOO_LARGE, size=len(data), limit=FILE_BYTES)
    level = visit.form.line("level")
    if level is not None and level not in LEVELS:
        raise ParleyError(Reason.FORM_INVALID, name="level")
    is_card = data.lstrip(_MARKS)[: len(_CARD)].upper() == _CARD
    read = contact_vcard.read(data) if is_card else contact_csv.read(data)
    if read.faults:
        return Tried(read, None)
    directory = contacts.first(visit.desk, visit.officer, channel, own=True)
    known = () if directory is None else contacts.places(visit.desk, directory)
    count = 0 if directory is None else directory.contacts.count
    language = visit.form.line("language") or visit.words.language
    return Tried(read, contact_import.plan(read, known, count, language, level))


def _page(
    visit: Visit,
    channel: Channel,
    *,
    tried: Tried | None = None,
    error: tuple[str, str] | None = None,
) -> Response:
    sheet = visit.sheet()
    if tried is not None and tried.planned is None:
        contact_page.render_faults(sheet, tried.read)
    elif tried is not None:
        contact_page.note_left(sheet, tried.read)
    faulty = tried is not None and tried.planned is None
    return visit.page(
        "contact_import.html",
        status=422 if error is not None or faulty else 200,
        channel=channel,
        channels=channels.every(visit.desk),
        error=error,
        faulty=faulty,
        notes=sheet.blocks[:_SHOWN],
        planned=None if tried is None else tried.planned,
        shown=[] if tried is None or not tried.planned else tried.planned.numbers[:_SHOWN],
        file=visit.form.value("file"),
        level=visit.form.value("level"),
        language_=visit.form.value("language") or visit.words.language,
        levels=LEVELS,
        languages=catalogue.LANGUAGES,
        columns=COLUMNS,
    )


PAGES: Final = (
    Page("/contacts/import", start),
    posted("/contacts/import", attempt),
    posted("/contacts/import/draft", prepare),
)
