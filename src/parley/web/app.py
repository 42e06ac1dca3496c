"""The web desk as an application: its routes, and how a request becomes a visit."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from contextlib import closing
from importlib.resources import files
from typing import Final, NamedTuple
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from parley.application import sessions
from parley.application.desk import Desk
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.web import faults, form, render
from parley.web.guard import SAFE, Guard
from parley.web.page import Page
from parley.web.pages import PAGES
from parley.web.site import Site
from parley.web.visit import Visit

_log = logging.getLogger(__name__)

SIGN_IN: Final = "/sign-in"
_KEPT: Final = "public, max-age=31536000, immutable"
_TYPES: Final = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}


class _Server(NamedTuple):
    """Answers the requests of one desk."""

    desk: Desk
    site: Site

    def route(self, page: Page) -> Route:
        """A page as a route of Starlette."""

        async def answer(request: Request) -> Response:
            sent = form.Form()
            if request.method not in SAFE and page.reads_form:
                # Nobody who is not signed in has us hold more than the text of a form.
                is_known = await run_in_threadpool(self._session, request) is not None
                try:
                    if page.reader is None:
                        limit = form.FORM_BYTES if is_known else form.UNSIGNED_BYTES
                        sent = await form.received(request, limit)
                    elif is_known or page.is_open:
                        sent = await page.reader(request)
                except ParleyError as error:
                    # A long text whose session has ended: that is what its officer has to know.
                    over = not (is_known or page.is_open)
                    told = ParleyError(Reason.SESSION_OVER) if over else error
                    return await run_in_threadpool(self._refuse, request, told)
            return await run_in_threadpool(self._answer, page, request, sent)

        return Route(page.path, answer, methods=list(page.methods))

    def missing(self, request: Request) -> Response:
        """What stands where there is no page."""
        return self._refuse(request, ParleyError(Reason.PAGE_UNKNOWN))

    def _answer(self, page: Page, request: Request, sent: form.Form) -> Response:
        with closing(sent):
            return self._handled(page, request, sent)

    def _handled(self, page: Page, request: Request, sent: form.Form) -> Response:
        # Again: it may have ended while the form came in.
        session = self._session(request)
        visit = Visit(request, self.desk, self.site, session, sent)
        if session is None and not page.is_open:
            return _signed_out(visit)
        try:
            return page.handler(visit)
        except ParleyError as error:
            if error.reason in {Reason.SESSION_OVER, Reason.OFFICER_UNKNOWN} and not page.is_open:
                return _signed_out(visit)
            return faults.page(visit, error)
        except Exception:  # noqa: BLE001 - a fault of ours is shown as one, and logged
            _log.exception("fault in a page")
            return faults.page(visit, ParleyError(Reason.INTERNAL, fact=page.path))

    def _refuse(self, request: Request, error: ParleyError) -> Response:
        visit = Visit(request, self.desk, self.site, self._session(request))
        return faults.page(visit, error)

    def _session(self, request: Request) -> sessions.Session | None:
        token = request.cookies.get(self.site.cookie)
        return None if token is None else sessions.of(self.desk, token)


def app(desk: Desk, site: Site, pages: Iterable[Page] = PAGES) -> Starlette:
    """The web desk of one desk, as it is found at ``site``."""
    server = _Server(desk, site)

    async def missing(request: Request, _error: Exception) -> Response:
        return await run_in_threadpool(server.missing, request)

    return Starlette(
        routes=[Route("/static/{digest}/{name}", _static), *map(server.route, pages)],
        middleware=[Middleware(Guard, site=site)],
        exception_handlers={404: missing},
    )


def _static(request: Request) -> Response:
    """A file of ours, for good: its address changes with it."""
    name = request.path_params["name"]
    kind = _TYPES.get(name.rpartition(".")[2])
    place = files("parley.web").joinpath("static", name)
    if kind is None or "/" in name or not place.is_file():
        return Response(status_code=404)
    if render.static(name) != request.url.path:
        return RedirectResponse(render.static(name), status_code=307)
    headers = {"cache-control": _KEPT, "content-type": kind}
    return Response(place.read_bytes(), headers=headers)


def _signed_out(visit: Visit) -> Response:
    """Have the officer sign in, and come back to the page that was asked for.

    What was typed into a form meanwhile is shown, to be sent again after that.
    """
    if visit.by_script or any(value.strip() for _name, value in visit.form.kept()):
        return faults.page(visit, ParleyError(Reason.SESSION_OVER))
    back = visit.path if visit.request.method in SAFE and visit.path != "/" else ""
    return visit.go(f"{SIGN_IN}?next={quote(back, safe='')}" if back else SIGN_IN)
