"""Inclusion paths of many leaves under many roots, in one pass."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.crypto import merkle
from parley.kernel.reasons import Reason
from parley.record.dossier.paths import Paths
from tests.dossier.forge import refused

LEAVES = [sha256(bytes((n,))).digest() for n in range(70)]


def test_all_paths_of_all_small_trees() -> None:
    paths = Paths()
    wanted = [(index, size) for size in range(1, 40) for index in range(size)]
    for index, size in wanted:
        paths.want(index, size)
    paths.build(LEAVES)
    for index, size in wanted:
        assert paths.path(index, size) == merkle.inclusion_path(LEAVES[:size], index)


@given(st.data())
def test_some_paths_of_some_trees(data: st.DataObject) -> None:
    sizes = data.draw(st.lists(st.integers(1, len(LEAVES)), min_size=1, max_size=5))
    wanted = [(data.draw(st.integers(0, size - 1)), size) for size in sizes]
    paths = Paths()
    for index, size in wanted:
        paths.want(index, size)
    paths.build(iter(LEAVES[: paths.size]))
    for index, size in wanted:
        root = merkle.root_from_inclusion(LEAVES[index], index, size, paths.path(index, size))
        assert root == merkle.root(LEAVES[:size])


@pytest.mark.parametrize(("index", "size"), [(0, 0), (1, 1), (-1, 1), (5, 3)])
def test_there_is_no_path_of_a_leaf_that_is_not_there(index: int, size: int) -> None:
    with refused(Reason.PROOF_INVALID):
        Paths().want(index, size)


def test_too_few_leaves_give_no_path() -> None:
    paths = Paths()
    paths.want(3, 9)
    with refused(Reason.PROOF_INVALID):
        paths.build(LEAVES[:8])
