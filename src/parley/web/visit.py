"""One request of one officer: who asks, in which language, with what, and how it is answered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any, Final
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from parley.application.desk import Desk
from parley.application.preferences import Digits
from parley.application.sessions import Session
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.language import catalogue
from parley.language.translate import Translator
from parley.presentation import acts, zones
from parley.presentation.kinds.common import member
from parley.presentation.sheet import Sheet
from parley.web import clock, navigation, render
from parley.web.form import DIGITS, Form
from parley.web.site import Site

LANGUAGE_COOKIE: Final = "parley-language"
"""The language that a reader chose who is not signed in."""
_VARIES: Final = {"vary": "cookie, accept-language"}


@dataclass
class Visit:
    """A request that is being answered.

    ``session`` is null on the few pages that are open to whoever is not signed in. ``given`` is
    what the address says, ``form`` what was sent. ``words`` speak the reader's language.
    """

    request: Request
    desk: Desk
    site: Site
    session: Session | None
    form: Form = field(default_factory=Form)

    def __post_init__(self) -> None:
        chosen = None if self.session is None else self.session.preferences
        language = chosen.language if chosen is not None else None
        eastern = chosen is not None and chosen.digits is Digits.ARABIC
        self.translator = translator(language or _accepted(self.request), eastern=eastern)
        self.zone = _zone(None if chosen is None else chosen.zone)
        self.theme = "system" if chosen is None else chosen.theme.value
        self.words = self.sheet()

    # --- who and what ------------------------------------------------------------------------

    @property
    def officer(self) -> str:
        """Who is signed in.

        :raises ParleyError: ``session-over`` where nobody is.
        """
        if self.session is None:
            raise ParleyError(Reason.SESSION_OVER)
        return self.session.officer

    @property
    def path(self) -> str:
        """The path of the page with its query, to come back to."""
        query = self.request.url.query
        return f"{self.request.url.path}?{query}" if query else self.request.url.path

    @property
    def now(self) -> int:
        """The desk's clock."""
        return self.desk.clock()

    def part(self, name: str) -> str:
        """A part of the address by its name in the route."""
        return str(self.request.path_params[name])

    def asked(self, name: str) -> str | None:
        """What the query of the address says; none where it says nothing."""
        return self.request.query_params.get(name) or None

    def number(self, name: str) -> int | None:
        """A number that the query says; none where it says nothing.

        :raises ParleyError: ``page-unknown`` where it says something else.
        """
        text = self.asked(name)
        if text is None:
            return None
        if not text.isascii() or not text.isdigit() or len(text) > DIGITS:
            raise ParleyError(Reason.PAGE_UNKNOWN)
        return int(text)

    def ordinal(self, name: str = "number") -> int:
        """A part of the address that the route takes for a number (``{number:ordinal}``)."""
        return int(self.part(name))

    def identifier(self, name: str = "case") -> bytes:
        """A part of the address as an identifier (hexadecimal).

        :raises ParleyError: ``case-unknown``: what is no identifier names nothing.
        """
        try:
            return bytes.fromhex(self.part(name))
        except ValueError as error:
            raise ParleyError(Reason.CASE_UNKNOWN) from error

    @property
    def client(self) -> str:
        """The address of the browser: behind a proxy of ours, the one that the proxy names."""
        here = self.request.client.host if self.request.client is not None else ""
        if here not in self.site.proxies:
            return here
        said = self.request.headers.getlist("x-forwarded-for")
        # The last one is the proxy's own word; what stands before it anybody may have written.
        return (said[-1].rpartition(",")[2].strip() if said else "") or here

    @property
    def by_script(self) -> bool:
        """Whether a script asks, which shows no page (Fetch Metadata, Sec-Fetch-Dest)."""
        return self.request.headers.get("sec-fetch-dest") == "empty"

    @property
    def agent(self) -> str:
        """What the browser says of itself."""
        return self.request.headers.get("user-agent", "")

    # --- how it is answered ------------------------------------------------------------------

    def sheet(self) -> Sheet:
        """An empty sheet in the reader's language, read at this desk."""
        return Sheet(self.translator, self.zone, at_home=True)

    def page(self, template: str, *, status: int = 200, **facts: Any) -> Response:
        """The page that a template makes."""
        words = self.words
        made = render.make(
            template,
            {
                "visit": self,
                "words": words,
                "t": words.text,
                "tn": words.plural,
                "name": words.name,
                "time": words.time,
                "clock": partial(clock.of, words, now=self.now),
                "member": partial(member, words),
                "language_name": words.translator.language_name,
                "said": partial(acts.said, words),
                "precedence": lambda level: words.name(acts.precedence(level)),
                "rail": navigation.rail(words, self.request.url.path),
                "language": words.language,
                "digits": "arab" if self.translator.is_eastern else "latn",
                "direction": self.translator.direction,
                **facts,
            },
        )
        return HTMLResponse(made, status_code=status, headers=_VARIES)

    def go(self, path: str) -> Response:
        """Have the browser get another page of ours: after every change (RFC 9110, 15.4.4)."""
        return RedirectResponse(local(path), status_code=303)


Handler = Callable[[Visit], Response]


def local(path: str) -> str:
    """``path`` where it leads to a page of this desk, else the first page."""
    parts = urlsplit(path)
    ours = not parts.scheme and not parts.netloc and path.startswith("/")
    if not ours or path.startswith("//") or "\\" in path or not path.isprintable():
        return "/"
    return quote(path, safe="/?&=%#:,+~.-_")


@cache
def translator(language: str, *, eastern: bool = False) -> Translator:
    """The one that speaks a language; it is made once."""
    return Translator(language, eastern=eastern)


def _accepted(request: Request) -> str:
    """The language that a reader has chosen here, or that the browser asks for first."""
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    if chosen in catalogue.LANGUAGES:
        return chosen
    for part in request.headers.get("accept-language", "")[:200].split(","):
        tag = part.partition(";")[0].strip().lower().partition("-")[0]
        if tag in catalogue.LANGUAGES:
            return tag
    return catalogue.SOURCE_LANGUAGE


def _zone(name: str | None) -> ZoneInfo | None:
    try:
        return zones.of(name)
    except ParleyError:
        return None
