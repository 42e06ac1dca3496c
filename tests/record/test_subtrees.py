"""Paths from kept roots of blocks, beside paths from all leaves."""

from __future__ import annotations

from hashlib import sha256
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.crypto import merkle
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record.subtrees import BLOCK, Subtrees

LEAVES = [sha256(number.to_bytes(4, "big")).digest() for number in range(5 * BLOCK + 9)]


class Log:
    """A log whose leaves are in memory; ``read`` counts those that were asked for."""

    channel = SimpleNamespace(id=b"channel")
    read = 0

    def leaves(self, _owner: int, size: int, start: int = 0) -> list[bytes]:
        self.read += size - start
        return LEAVES[start:size]


@given(st.lists(st.tuples(st.integers(0, 1), st.integers(1, len(LEAVES)), st.floats(0, 0.999))))
def test_a_path_is_the_one_of_the_whole_tree(asked: list[tuple[int, int, float]]) -> None:
    kept, log = Subtrees(), Log()
    for owner, size, part in asked:
        index = int(part * size)
        path = kept.path(_as_mirror(log), owner, index, size)
        assert path == merkle.inclusion_path(LEAVES[:size], index)


def test_what_was_hashed_is_not_read_again() -> None:
    kept, log = Subtrees(), Log()
    kept.path(_as_mirror(log), 0, 3, len(LEAVES))
    log.read = 0
    kept.path(_as_mirror(log), 0, 2 * BLOCK, len(LEAVES))
    assert log.read == BLOCK + len(LEAVES) % BLOCK


@given(st.integers(0, len(LEAVES)))
def test_what_was_prepared_is_not_hashed_for_a_path(size: int) -> None:
    kept, log = Subtrees(), Log()
    kept.prepare(_as_mirror(log), 0, size)
    assert log.read == size - size % BLOCK
    if size:
        path = kept.path(_as_mirror(log), 0, size - 1, size)
        assert path == merkle.inclusion_path(LEAVES[:size], size - 1)
        assert log.read <= size + BLOCK


@pytest.mark.parametrize("index", [-1, 7, 8])
def test_what_is_not_below_the_size_has_no_path(index: int) -> None:
    with pytest.raises(ParleyError) as caught:
        Subtrees().path(_as_mirror(Log()), 0, index, 7)
    assert caught.value.reason is Reason.MIRROR_INCOMPLETE


def _as_mirror(log: Log) -> Any:
    return log
