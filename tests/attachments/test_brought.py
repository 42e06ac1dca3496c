"""A desk that nobody can reach brings the bytes itself, where the other side wishes for them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from parley.application import parcels
from parley.application.attachments import State
from parley.kernel.errors import ParleyError
from tests.attachments.carrying import CHUNK, Carrying, content, small_chunks, with_policy
from tests.support.pair import NOWHERE, pair


@pytest.fixture
def shy(tmp_path: Path, engine: str) -> Iterator[Carrying]:
    """Two desks, of which the left one has no address in its letter."""
    with pair(tmp_path, ("", NOWHERE)) as made:
        made.settle()
        yield Carrying(small_chunks(made), tmp_path)


def test_bytes_are_brought_and_both_sides_know(shy: Carrying) -> None:
    data = content(90 * CHUNK + 5)
    shy.send(data)
    assert shy.pair.channel_id in parcels.stirring(shy.left)
    shy.fetch()
    assert shy.requests == [], "nobody can ask a desk without an address"
    shy.fetch(shy.left)
    assert shy.only(shy.right).state == shy.only(shy.left).state == State.WHOLE
    assert shy.taken_out(shy.right) == data
    assert shy.pair.channel_id not in parcels.stirring(shy.left), "there is nothing left to bring"


def test_what_it_lacks_itself_it_asks_for(shy: Carrying) -> None:
    data = content(20 * CHUNK)
    shy.send(data, desk=shy.right)
    shy.fetch(shy.left)
    assert shy.taken_out(shy.left) == data
    assert shy.only(shy.right).state == State.WHOLE


def test_a_line_that_fails_costs_only_time(shy: Carrying) -> None:
    data = content(3000 * 1024)
    shy.send(data)
    shy.drop = lambda number: number % 3 == 2
    for _ in range(60):
        with contextlib.suppress(ParleyError):
            shy.fetch(shy.left)
        if shy.only(shy.left).state == State.WHOLE:
            break
    assert shy.taken_out(shy.right) == data


def test_what_is_refused_is_not_brought(shy: Carrying) -> None:
    shy.pair.right = with_policy(shy.right, largest=10 * CHUNK)
    shy.right.chunks._keep_free = 0
    shy.send(content(20 * CHUNK))
    shy.fetch(shy.left)
    view = shy.only(shy.left)
    assert (view.state, view.reason) == (State.REFUSED, "attachment-too-large")
    assert shy.only(shy.right).held == 0
    before = len(shy.requests)
    shy.fetch(shy.left)
    assert len(shy.requests) == before, "it was told that nothing is wanted"
