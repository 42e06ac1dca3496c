"""What must never happen in a browser on a desk's pages, whatever a test is about."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Dialog, Request, Response, WebError

_CANARY = "window.canary = () => { console.error('canary: a foreign text ran as a script') };"
_NO_ORIGIN = ("data", "blob", "about")


class Watch:
    """Everything amiss in one context of a browser.

    ``origins`` are the desks' own. Amiss are errors in the console (violations of the content
    security policy are among them), errors of scripts, faults of the server, parts of pages that
    are missing, requests to anybody else, and dialogs. Hostile texts of the tests call
    ``window.canary()``: it is amiss, too.
    """

    def __init__(self, context: BrowserContext, origins: AbstractSet[str]) -> None:
        self.faults: list[str] = []
        self._origins = origins
        context.add_init_script(_CANARY)
        context.on("console", self._console)
        context.on("weberror", self._error)
        context.on("request", self._request)
        context.on("response", self._response)
        context.on("dialog", self._dialog)

    def _console(self, message: ConsoleMessage) -> None:
        # What could not be loaded is judged by its response: a page may well be missing.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.faults.append(f"console: {message.text}")

    def _error(self, error: WebError) -> None:
        self.faults.append(f"script: {error.error}")

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in _NO_ORIGIN and origin(request.url) not in self._origins:
            self.faults.append(f"request to {request.url}")

    def _response(self, response: Response) -> None:
        part = not response.request.is_navigation_request() and response.request.method == "GET"
        if response.status >= 500 or (part and response.status >= 400):
            self.faults.append(f"{response.status} for {response.url}")

    def _dialog(self, dialog: Dialog) -> None:
        if dialog.type != "beforeunload":
            self.faults.append(f"dialog: {dialog.message}")
        dialog.accept()


def origin(url: str) -> str:
    """Scheme, host and port of an address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
