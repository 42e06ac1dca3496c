"""Pages of long lists: which one is asked for, and how the others are found."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlencode

if TYPE_CHECKING:
    from parley.web.visit import Visit


class Paging(NamedTuple):
    """Page ``number``, from 1, of ``pages``; the others' addresses, None where there is none."""

    number: int
    pages: int
    earlier: str | None
    later: str | None


def number(visit: Visit) -> int:
    """The page that the address asks for: the first, where it says nothing.

    :raises ParleyError: ``page-unknown``.
    """
    return max(visit.number("page") or 1, 1)


def of(visit: Visit, total: int, size: int) -> Paging:
    """How the other pages of a list of ``total`` are found, ``size`` on each."""
    here, pages = number(visit), max(1, -(-total // size))

    def address(page: int) -> str | None:
        if not 1 <= page <= pages:
            return None
        kept = [pair for pair in visit.request.query_params.multi_items() if pair[0] != "page"]
        return f"{visit.request.url.path}?{urlencode([*kept, ('page', str(page))])}"

    return Paging(here, pages, address(here - 1), address(here + 1))
