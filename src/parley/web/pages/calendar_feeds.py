"""One's meetings and deadlines for a calendar program: feeds with a token, and a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.responses import Response

from parley.application import calendar_feed, cases
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.web import download
from parley.web.page import Page, posted
from parley.web.visit import Visit
from parley.wire import calendar_feed as feeds

if TYPE_CHECKING:
    from parley.store.calendar_tokens import TokenRow

Made = tuple["TokenRow", str]


def every(visit: Visit) -> Response:
    """One's feeds, revoked ones too."""
    return _page(visit)


def _page(visit: Visit, made: Made | None = None, error: ParleyError | None = None) -> Response:
    return visit.page(
        "calendar.html",
        status=200 if error is None else 422,
        error=None if error is None else visit.translator.reason(error),
        feeds=calendar_feed.every(visit.desk, visit.officer)[::-1],
        made=made,
        path=feeds.PATH,
        reads=cases.are_seen(visit.desk, visit.officer),
    )


def make(visit: Visit) -> Response:
    """Make a feed, whose token stands on this one page and nowhere else."""
    subjects = "subjects" in visit.form
    return _page(visit, calendar_feed.make(visit.desk, visit.officer, subjects=subjects))


def revoke(visit: Visit) -> Response:
    """Have a feed's token open nothing from now on."""
    try:
        calendar_feed.revoke(visit.desk, visit.officer, visit.form.value("feed"))
    except ParleyError as error:
        if error.reason is not Reason.CALENDAR_FEED_UNKNOWN:
            raise
        return _page(visit, error=error)
    return visit.go("/me/calendar")


def export(visit: Visit) -> Response:
    """One's meetings and deadlines as they stand now, as a file."""
    found = calendar_feed.read(visit.desk, visit.officer, subjects="subjects" in visit.form)
    return download.attachment(feeds.render(found), "parley.ics", feeds.MEDIA_TYPE)


PAGES: Final = (
    Page("/me/calendar", every),
    posted("/me/calendar/make", make),
    posted("/me/calendar/revoke", revoke),
    posted("/me/calendar/file", export),
)
