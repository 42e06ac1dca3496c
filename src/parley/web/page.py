"""A page of the web desk: where it is, and what makes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from parley.web.visit import Handler


class Page(NamedTuple):
    """A page by its path (as Starlette writes it) and its handler.

    ``is_open``: also for whoever is not signed in. ``reads_form``: a form is read before the
    handler is called; else the handler reads the body.
    """

    path: str
    handler: Handler
    methods: tuple[str, ...] = ("GET",)
    is_open: bool = False
    reads_form: bool = True


def posted(path: str, handler: Handler, *, is_open: bool = False) -> Page:
    """What a form of ours is sent to."""
    return Page(path, handler, ("POST",), is_open)
