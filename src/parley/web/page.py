"""A page of the web desk: where it is, and what makes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from starlette.convertors import Convertor, register_url_convertor

from parley.web.form import DIGITS

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request

    from parley.web.form import Form
    from parley.web.visit import Handler

    Reader = Callable[[Request], Awaitable[Form]]


class _Ordinal(Convertor[int]):
    """A number that a desk gives, in a path: ``{number:ordinal}``; others name no page."""

    regex = f"[0-9]{{1,{DIGITS}}}"

    def convert(self, value: str) -> int:
        return int(value)

    def to_string(self, value: int) -> str:
        return str(value)


register_url_convertor("ordinal", _Ordinal())


class Page(NamedTuple):
    """A page by its path (as Starlette writes it) and its handler.

    ``is_open``: also for whoever is not signed in. ``reads_form``: a form is read before the
    handler is called, by ``reader`` where the page has one of its own; else the handler reads the
    body.
    """

    path: str
    handler: Handler
    methods: tuple[str, ...] = ("GET",)
    is_open: bool = False
    reads_form: bool = True
    reader: Reader | None = None


def posted(path: str, handler: Handler, *, is_open: bool = False) -> Page:
    """What a form of ours is sent to."""
    return Page(path, handler, ("POST",), is_open)
