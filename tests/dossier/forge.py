"""Taking dossiers apart and putting them together again, with or without the exporter's key."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any

import pytest

from parley.crypto.keys import LogKey
from parley.kernel import cbor
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record.dossier import format as fmt
from parley.record.dossier.report import Author, Report
from parley.record.dossier.tamper import items_of, joined
from parley.record.dossier.verify import verify


def check(data: bytes, **options: Any) -> Report:
    """Verify a dossier held in memory."""
    return verify(BytesIO(data), **options)


@contextmanager
def refused(*reasons: Reason) -> Iterator[pytest.ExceptionInfo[ParleyError]]:
    """Expect a refusal with one of these reasons (with any, where none is given)."""
    with pytest.raises(ParleyError) as caught:
        yield caught
    assert not reasons or caught.value.reason in reasons, caught.value
    assert caught.value.reason is not Reason.INTERNAL


def decoded(item: bytes) -> list[Any]:
    """An item as a list, to be changed."""
    value = cbor.decode(item, limit=fmt.ITEM_BYTES)
    assert isinstance(value, list)
    return value


def places(items: list[bytes], kind: int) -> list[int]:
    """Where the items of a kind are."""
    return [at for at, item in enumerate(items) if item[1] == kind]


def forged(data: bytes, key: LogKey | None, change: Callable[[list[bytes]], None]) -> bytes:
    """The dossier after ``change`` to its items; signed anew where ``key`` is given."""
    items = items_of(data)
    change(items)
    return joined(items, key)


def edited(
    data: bytes, key: LogKey | None, kind: int, which: int, change: Callable[[list[Any]], None]
) -> bytes:
    """The dossier after ``change`` to one item, the ``which``-th of its kind."""

    def run(items: list[bytes]) -> None:
        at = places(items, kind)[which]
        value = decoded(items[at])
        change(value)
        items[at] = cbor.encode(value)

    return forged(data, key, run)


def by_party(report: Report) -> dict[str, Author]:
    """The authors by the code in their letters."""
    return {
        party.code: author for party, author in zip(report.parties, report.authors, strict=True)
    }


def agreed(report: Report, *, post_quantum: bool = False) -> dict[str, int]:
    """The agreement by the code in the parties' letters."""
    pair = report.agreement_post_quantum if post_quantum else report.agreement
    return {party.code: count for party, count in zip(report.parties, pair, strict=True)}
