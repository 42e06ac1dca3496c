"""Calendar feeds over HTTP: one path, opened by an officer's name and token (RFC 7617, Basic).

The token is a password, not a part of the address: addresses stand in logs and histories. Whoever
has no token that opens a feed is answered in one way, whatever the reason.
"""

from __future__ import annotations

import base64
import binascii
from typing import Final

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from parley.application import calendar_feed
from parley.application.calendar_feed import EntryKind, Feed, FeedEntry
from parley.application.desk import Desk
from parley.domain import icalendar
from parley.domain.icalendar import Event
from parley.language.translate import Translator

PATH: Final = "/calendar.ics"
MEDIA_TYPE: Final = "text/calendar; charset=utf-8"

_HEADER_CHARACTERS: Final = 512
_PRIVATE: Final = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
_REFUSAL: Final = {**_PRIVATE, "www-authenticate": 'Basic realm="parley", charset="UTF-8"'}


def app(desk: Desk) -> Starlette:
    """The feeds of one desk."""

    async def feed(request: Request) -> Response:
        given = credentials(request.headers.get("authorization", ""))
        found = await run_in_threadpool(_opened, desk, given)
        if found is None:
            return Response(status_code=401, headers=_REFUSAL)
        return Response(found, media_type=MEDIA_TYPE, headers=_PRIVATE)

    return Starlette(routes=[Route(PATH, feed, methods=["GET"])])


def credentials(header: str) -> tuple[str, str] | None:
    """Name and token from an ``Authorization`` header; none where it has none."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic" or len(header) > _HEADER_CHARACTERS:
        return None
    try:
        given = base64.b64decode(encoded.strip(), validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return None
    name, colon, token = given.partition(":")
    return (name, token) if colon and "\0" not in name else None


def _opened(desk: Desk, given: tuple[str, str] | None) -> bytes | None:
    name, token = given or ("", "")
    found = calendar_feed.by_token(desk, name, token)
    return None if found is None else render(found)


def render(feed: Feed) -> bytes:
    """A feed as a file, in its officer's language."""
    said = Translator(feed.language)
    return icalendar.render("Parley", [_event(said, one) for one in feed.entries])


def _event(said: Translator, one: FeedEntry) -> Event:
    return Event(
        uid=one.uid,
        revised_at=one.revised_at,
        sequence=one.sequence,
        summary=_summary(said, one),
        start=one.start,
        end=one.end,
        whole_days=one.kind in {EntryKind.MEETING, EntryKind.DECLARED},
        status=one.status,
    )


def _summary(said: Translator, one: FeedEntry) -> str:
    case = one.case.hex()[:12]
    match one.kind:
        case EntryKind.MEETING:
            summary = said.text("Meeting, case {case}", case=case)
        case EntryKind.DECLARED:
            summary = said.text("Meeting declared, case {case}", case=case)
        case EntryKind.OURS:
            summary = said.text("Waits for us: {what:name}, case {case}", what=one.what, case=case)
        case EntryKind.THEIRS:
            summary = said.text(
                "Waits for the other side: {what:name}, case {case}", what=one.what, case=case
            )
    subject = one.subject.get(said.language) or next(iter(one.subject.values()), None)
    if subject is None:
        return summary
    return said.text("{summary}: {subject}", summary=summary, subject=subject)
