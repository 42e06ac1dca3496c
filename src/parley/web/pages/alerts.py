"""What an officer is told of, by which routes, and when not: the officer's own choice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.responses import Response

from parley.application import alerts
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.language import catalogue
from parley.presentation import alert_page, zones
from parley.presentation.manuscript import PRECEDENCES
from parley.web.page import Page, posted
from parley.web.visit import Visit
from parley.wire import alert_trial

if TYPE_CHECKING:
    from parley.paper.model import Block

_WAY: Final = ":"
_SHOWN: Final = 50
_HERE: Final = frozenset(
    {
        Reason.ALERT_TRANSPORT_UNKNOWN,
        Reason.MAIL_ADDRESS_INVALID,
        Reason.ALERT_ROUTE_UNKNOWN,
        Reason.LANGUAGE_UNKNOWN,
        Reason.ZONE_UNKNOWN,
        Reason.QUIET_HOURS_INVALID,
        Reason.FORM_INVALID,
    }
)
"""What somebody typed, to be mended on the same page."""


def every(visit: Visit) -> Response:
    """What one is told of, and how."""
    return _page(visit)


def _page(
    visit: Visit,
    error: ParleyError | None = None,
    field: str = "",
    tried: list[Block] | None = None,
) -> Response:
    desk, officer, words = visit.desk, visit.officer, visit.words
    closed = visit.asked("all") is not None
    found = alerts.page(desk, officer, closed=closed, before=_before(visit), count=_SHOWN)
    routes = alerts.routes(desk, officer)
    none = visit.sheet()
    alert_page.render_routes(none, [])
    own = alert_page.plain_settings(alerts.settings(desk, officer))
    form = visit.form
    return visit.page(
        "alerts.html",
        status=200 if error is None else 422,
        error=None if error is None else visit.translator.reason(error),
        field=field,
        alerts=[(one, alert_page.state(words, one)) for one in found.views],
        older=found.views[-1].row.id if found.more else None,
        closed=closed,
        routes=[(one, alert_page.way(words, one)) for one in routes],
        nothing=none.blocks[:1],
        ways=[
            (_WAY.join(way), alert_page.way_name(words, *way)) for way in sorted(visit.site.ways)
        ],
        precedences=PRECEDENCES,
        given={name: form.value(name) for name in ("way", "address", "from")},
        settings={name: form.value(name) for name in own if name in form}
        | {name: value for name, value in own.items() if name not in form},
        languages=catalogue.NAMES,
        zones=zones.names(),
        tried=tried,
    )


def _before(visit: Visit) -> bytes | None:
    """The alert behind which the address has the list go on.

    :raises ParleyError: ``alert-unknown``.
    """
    given = visit.asked("before")
    try:
        return None if given is None else bytes.fromhex(given)
    except ValueError as error:
        raise ParleyError(Reason.ALERT_UNKNOWN) from error


def acknowledge(visit: Visit) -> Response:
    """Say that one has seen to what was ticked."""
    chosen = visit.form.every("alert")
    if not chosen:
        raise ParleyError(Reason.ALERT_UNKNOWN)
    alerts.acknowledge(visit.desk, visit.officer, chosen)
    return visit.go("/alerts")


def add_route(visit: Visit) -> Response:
    """Be told by one more route, of those that the house has."""
    form = visit.form
    kind, _, name = form.value("way").partition(_WAY)
    try:
        floor = PRECEDENCES.index(form.value("from"))
        address = form.value("address").strip()
        alerts.add_route(visit.desk, visit.officer, (kind, name), address, floor, visit.site.ways)
    except ValueError:
        return _page(visit, ParleyError(Reason.FORM_INVALID, name="from"), "from")
    except ParleyError as error:
        return _again(visit, error, "address")
    return visit.go("/alerts#routes")


def remove_route(visit: Visit) -> Response:
    """Be told no more by one of one's routes."""
    try:
        number = visit.ordinal()
        alerts.remove_route(visit.desk, visit.officer, number)
    except ParleyError as error:
        return _again(visit, error, "routes")
    return visit.go("/alerts#routes")


def attempt(visit: Visit) -> Response:
    """Have oneself told something by each of one's routes, now."""
    sheet = visit.sheet()
    tried = alert_trial.attempt(visit.desk, visit.site.routes, visit.officer)
    alert_page.render_tried(sheet, tried)
    return _page(visit, tried=sheet.blocks)


def settle(visit: Visit) -> Response:
    """Have oneself told in another language, in another zone, at other hours."""
    form = visit.form
    try:
        alerts.change_settings(
            visit.desk,
            visit.officer,
            language=form.line("language"),
            zone=form.line("zone"),
            quiet=form.line("quiet") or "none",
            parties="name_parties" in form,
        )
    except ParleyError as error:
        return _again(visit, error, "quiet")
    return visit.go("/alerts#told")


def _again(visit: Visit, error: ParleyError, field: str) -> Response:
    """The page with what was typed.

    :raises ParleyError: where nothing that was typed is at fault.
    """
    if error.reason not in _HERE:
        raise error
    return _page(visit, error, field)


PAGES: Final = (
    Page("/alerts", every),
    posted("/alerts/acknowledge", acknowledge),
    posted("/alerts/routes", add_route),
    posted("/alerts/routes/try", attempt),
    posted("/alerts/routes/{number:ordinal}/remove", remove_route),
    posted("/alerts/settings", settle),
)
