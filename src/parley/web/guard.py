"""What every request to the web desk has to pass, and what every answer says to the browser.

A page of another site may neither send anything here nor show anything of here: requests that
change something must come from our own pages (Fetch Metadata, W3C; else the Origin header, RFC
6454), pages load nothing but ours (Content Security Policy Level 3), and are in no frame.
"""

from __future__ import annotations

import logging
import time
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from parley.web.site import Site

_log = logging.getLogger(__name__)

SAFE: Final = frozenset({"GET", "HEAD"})
METHODS: Final = SAFE | {"POST", "PUT"}

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)

_HEADERS: Final = {
    "content-security-policy": POLICY,
    "x-frame-options": "DENY",
    "x-content-type-options": "nosniff",
    # With no-referrer a browser would hide the origin of our own forms.
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "x-robots-tag": "noindex, nofollow",
}
_TRANSPORT: Final = "max-age=31536000"


class Guard:
    """Lets in what is a request of our own pages, and says to browsers what they may do."""

    def __init__(self, app: ASGIApp, site: Site) -> None:
        self._app = app
        self._site = site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI)."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        if scope["type"] != "http":
            return
        started = time.perf_counter()

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._say(MutableHeaders(scope=message), started)
            await send(message)

        headers = Headers(scope=scope)
        status = refusal(scope["method"], headers, self._site)
        if status is not None:
            _log.warning("request refused", extra={"status": status})
            refused = PlainTextResponse(_WORDS[status], status_code=status)
            await refused(scope, receive, send_guarded)
            return
        await self._app(scope, receive, send_guarded)

    def _say(self, headers: MutableHeaders, started: float) -> None:
        for name, value in _HEADERS.items():
            headers.setdefault(name, value)
        headers.setdefault("cache-control", "no-store")
        if self._site.is_secure:
            headers.setdefault("strict-transport-security", _TRANSPORT)
        spent = (time.perf_counter() - started) * 1000
        headers.append("server-timing", f"app;dur={spent:.1f}")


_WORDS: Final = {
    403: "This request did not come from a page of this desk.",
    405: "This desk has no such method.",
    421: "This desk is not found under this name.",
}


def refusal(method: str, headers: Headers, site: Site) -> int | None:
    """The status with which a request is refused; none where it may come in.

    A name that is not ours in Host would be one that another site has bound to our address.
    """
    if headers.get("host", "").lower() != site.host:
        return 421
    if method not in METHODS:
        return 405
    came = headers.get("sec-fetch-site")
    if method in SAFE:
        # A link from elsewhere may lead here; nothing of here may be built into a page elsewhere.
        elsewhere = came in {"cross-site", "same-site"}
        return 403 if elsewhere and headers.get("sec-fetch-mode") != "navigate" else None
    if came is not None:
        return None if came == "same-origin" else 403
    return None if headers.get("origin") == site.origin else 403
