"""The tree: known roots and proofs of others, and what must hold for every size."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.crypto import merkle
from parley.kernel.reasons import Reason
from tests.crypto.helpers import load, refused

KNOWN = load("merkle-rfc6962.json")
LEAVES = [merkle.leaf_hash(bytes.fromhex(leaf)) for leaf in KNOWN["leaves"]]
ROOTS = [bytes.fromhex(root) for root in KNOWN["roots"]]
RANDOM_HASH = bytes.fromhex("abacaba000000000000000000000000000000000000000000060061e00123456")
GARBAGE = b""

hashes = st.binary(min_size=32, max_size=32)
logs = st.integers(0, 130).map(
    lambda size: [merkle.leaf_hash(number.to_bytes(2, "big")) for number in range(size)]
)


def nodes(texts: list[str]) -> list[bytes]:
    return [bytes.fromhex(text) for text in texts]


def check_inclusion(leaf: bytes, index: int, size: int, path: list[bytes], root: bytes) -> None:
    """What a user of the module does: rebuild the root and compare."""
    if merkle.root_from_inclusion(leaf, index, size, path) != root:
        raise merkle._invalid("root")


# --- What others computed ----------------------------------------------------------------------


@pytest.mark.parametrize("size", range(9))
def test_roots_and_peaks_are_the_known_ones(size: int) -> None:
    frontier = merkle.Frontier()
    frontier.extend(LEAVES[:size])
    assert frontier.root() == merkle.root(LEAVES[:size]) == ROOTS[size]
    assert frontier.to_bytes() == size.to_bytes(8, "big") + b"".join(nodes(KNOWN["peaks"][size]))


def test_the_empty_root_is_the_hash_of_nothing() -> None:
    assert merkle.EMPTY_ROOT == hashlib.sha256().digest() == ROOTS[0]


@pytest.mark.parametrize("proof", KNOWN["inclusion"], ids=str)
def test_known_inclusion_proofs_are_made_and_accepted(proof: dict) -> None:
    index, size, path = proof["index"], proof["size"], nodes(proof["path"])
    assert merkle.inclusion_path(LEAVES[:size], index) == path
    check_inclusion(LEAVES[index], index, size, path, ROOTS[size])


@pytest.mark.parametrize("proof", KNOWN["consistency"], ids=str)
def test_known_consistency_proofs_are_made_and_accepted(proof: dict) -> None:
    old, new, path = proof["old"], proof["new"], nodes(proof["path"])
    assert merkle.consistency_path(LEAVES[:new], old) == path
    merkle.verify_consistency(old, new, ROOTS[old], ROOTS[new], path)


# --- The failure classes of transparency-dev/merkle --------------------------------------------


def corrupt_inclusions(index: int, size: int, path: list[bytes]) -> Iterator[tuple]:
    leaf, root = LEAVES[index], ROOTS[size]
    yield "index - 1", leaf, index - 1, size, path, root
    yield "index + 1", leaf, index + 1, size, path, root
    yield "index ^ 2", leaf, index ^ 2, size, path, root
    yield "size * 2", leaf, index, size * 2, path, root
    yield "size / 2", leaf, index, size // 2, path, root
    yield "wrong leaf", b"WrongLeaf", index, size, path, root
    yield "empty root", leaf, index, size, path, merkle.EMPTY_ROOT
    yield "random root", leaf, index, size, path, RANDOM_HASH
    yield "trailing garbage", leaf, index, size, [*path, GARBAGE], root
    yield "trailing root", leaf, index, size, [*path, root], root
    yield "preceding garbage", leaf, index, size, [GARBAGE, *path], root
    yield "preceding root", leaf, index, size, [root, *path], root
    for place, node in enumerate(path):
        changed = bytes((node[0] ^ 8,)) + node[1:]
        modified = [*path[:place], changed, *path[place + 1 :]]
        yield "modified proof", leaf, index, size, modified, root
    if path:
        yield "removed component", leaf, index, size, path[:-1], root
    if len(path) > 1:
        yield "inserted component", leaf, index, size, [path[0], RANDOM_HASH, *path[1:]], root


def corrupt_consistencies(old: int, new: int, path: list[bytes]) -> Iterator[tuple]:
    first, second = ROOTS[old], ROOTS[new]
    yield "old - 1", old - 1, new, first, second, path
    yield "old + 1", old + 1, new, first, second, path
    yield "old ^ 2", old ^ 2, new, first, second, path
    yield "new * 2", old, new * 2, first, second, path
    yield "new / 2", old, new // 2, first, second, path
    yield "wrong old root", old, new, b"WrongRoot", second, path
    yield "wrong new root", old, new, first, b"WrongRoot", path
    yield "swapped roots", old, new, second, first, path
    yield "empty proof", old, new, first, second, []
    yield "trailing garbage", old, new, first, second, [*path, GARBAGE]
    yield "trailing old root", old, new, first, second, [*path, first]
    yield "trailing new root", old, new, first, second, [*path, second]
    yield "preceding garbage", old, new, first, second, [GARBAGE, *path]
    yield "preceding old root", old, new, first, second, [first, *path]
    yield "preceding new root", old, new, first, second, [second, *path]
    yield "preceding first", old, new, first, second, [path[0], *path]
    yield "truncated proof", old, new, first, second, path[:-1]
    for place, node in enumerate(path):
        changed = bytes((node[0] ^ 16,)) + node[1:]
        yield (
            "modified proof", old, new, first, second,
            [*path[:place], changed, *path[place + 1 :]],
        )  # fmt: skip


def test_corrupt_inclusion_proofs_are_refused() -> None:
    seen = set()
    for proof in KNOWN["inclusion"]:
        for name, *arguments in corrupt_inclusions(
            proof["index"], proof["size"], nodes(proof["path"])
        ):
            seen.add(name)
            with refused(Reason.PROOF_INVALID):
                check_inclusion(*arguments)
    assert seen == set(KNOWN["corruptions"]["inclusion"])


def test_corrupt_consistency_proofs_are_refused() -> None:
    seen = set()
    for proof in KNOWN["consistency"]:
        if not proof["path"]:
            continue
        for name, *arguments in corrupt_consistencies(
            proof["old"], proof["new"], nodes(proof["path"])
        ):
            seen.add(name)
            with refused(Reason.PROOF_INVALID):
                merkle.verify_consistency(*arguments)
    assert seen == set(KNOWN["corruptions"]["consistency"])


@pytest.mark.parametrize(("index", "size"), [(0, 0), (1, 0), (1, 1), (2, 1), (-1, 1), (0, -1)])
def test_a_leaf_outside_the_tree_has_no_root(index: int, size: int) -> None:
    for leaf in (RANDOM_HASH, GARBAGE, merkle.EMPTY_ROOT):
        with refused(Reason.PROOF_INVALID):
            merkle.root_from_inclusion(leaf, index, size, [])


def test_the_only_leaf_is_its_own_root() -> None:
    assert merkle.root_from_inclusion(RANDOM_HASH, 0, 1, []) == RANDOM_HASH
    with refused(Reason.PROOF_INVALID):
        merkle.root_from_inclusion(GARBAGE, 0, 1, [])


@pytest.mark.parametrize(
    ("old", "new", "old_root", "new_root", "path"),
    [
        (0, 0, ROOTS[0], ROOTS[1], []),
        (1, 1, ROOTS[1], ROOTS[0], []),
        (1, 0, ROOTS[1], ROOTS[0], []),
        (2, 1, ROOTS[2], ROOTS[1], []),
        (-1, 1, ROOTS[0], ROOTS[1], []),
        (1, 2, ROOTS[1], ROOTS[2], []),
        (0, 0, ROOTS[0], ROOTS[0], [ROOTS[0]]),
        (0, 1, ROOTS[0], ROOTS[1], [ROOTS[0]]),
        (1, 1, ROOTS[1], ROOTS[1], [ROOTS[0]]),
        # Stricter than the source, which takes any root for the empty tree.
        (0, 1, ROOTS[1], ROOTS[1], []),
        (0, 0, GARBAGE, GARBAGE, []),
    ],
)
def test_trivial_consistency_is_not_a_way_in(
    old: int, new: int, old_root: bytes, new_root: bytes, path: list[bytes]
) -> None:
    with refused(Reason.PROOF_INVALID):
        merkle.verify_consistency(old, new, old_root, new_root, path)


# --- What must hold for every size -------------------------------------------------------------


def rfc_root(leaves: list[bytes]) -> bytes:
    """The definition of RFC 9162, section 2.1.1, as it stands there."""
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    left, right = rfc_root(leaves[:split]), rfc_root(leaves[split:])
    return hashlib.sha256(b"\x01" + left + right).digest()


@given(logs)
def test_frontier_root_and_definition_agree(leaves: list[bytes]) -> None:
    frontier = merkle.Frontier()
    for leaf in leaves:
        frontier.append(leaf)
    assert frontier.root() == merkle.root(leaves) == rfc_root(leaves)
    assert frontier.size == len(leaves)


@given(logs, st.data())
def test_a_frontier_grows_the_same_in_pieces_and_across_bytes(
    leaves: list[bytes], data: st.DataObject
) -> None:
    cut = data.draw(st.integers(0, len(leaves)))
    whole, parts = merkle.Frontier(), merkle.Frontier()
    whole.extend(leaves)
    parts.extend(iter(leaves[:cut]))
    before = parts.to_bytes()
    twin = parts.copy()
    resumed = merkle.Frontier.from_bytes(before)
    assert resumed == parts
    for frontier in (twin, resumed):
        frontier.extend(leaves[cut:])
        assert frontier == whole
        assert frontier.root() == whole.root()
    assert parts.to_bytes() == before


@given(logs.filter(bool), st.data())
def test_paths_verify_and_any_changed_bit_fails(leaves: list[bytes], data: st.DataObject) -> None:
    size = len(leaves)
    index = data.draw(st.integers(0, size - 1))
    path, root = merkle.inclusion_path(leaves, index), merkle.root(leaves)
    check_inclusion(leaves[index], index, size, path, root)
    if path:
        place, bit = data.draw(st.integers(0, len(path) - 1)), data.draw(st.integers(0, 255))
        node = bytearray(path[place])
        node[bit // 8] ^= 1 << bit % 8
        path[place] = bytes(node)
        with refused(Reason.PROOF_INVALID):
            check_inclusion(leaves[index], index, size, path, root)


@given(logs.filter(bool), st.data())
def test_a_path_proves_one_place_only(leaves: list[bytes], data: st.DataObject) -> None:
    size = len(leaves)
    index = data.draw(st.integers(0, size - 1))
    other = data.draw(st.integers(0, size + 3))
    path, root = merkle.inclusion_path(leaves, index), merkle.root(leaves)
    if other != index:
        with refused(Reason.PROOF_INVALID):
            check_inclusion(leaves[index], other, size, path, root)


@given(logs, st.data())
def test_many_paths_in_one_pass_are_the_paths_one_by_one(
    leaves: list[bytes], data: st.DataObject
) -> None:
    indices = data.draw(st.sets(st.sampled_from(range(len(leaves))))) if leaves else set()
    paths = merkle.inclusion_paths(leaves, indices)
    assert paths.keys() == indices
    for index, path in paths.items():
        assert path == merkle.inclusion_path(leaves, index)


@given(logs, st.data())
def test_every_prefix_is_consistent_and_no_other_root_is(
    leaves: list[bytes], data: st.DataObject
) -> None:
    new = len(leaves)
    old = data.draw(st.integers(0, new))
    path = merkle.consistency_path(leaves, old)
    old_root, new_root = merkle.root(leaves[:old]), merkle.root(leaves)
    merkle.verify_consistency(old, new, old_root, new_root, path)
    forged = data.draw(hashes)
    with refused(Reason.PROOF_INVALID):
        merkle.verify_consistency(old, new, forged, new_root, path)
    if old:
        with refused(Reason.PROOF_INVALID):
            merkle.verify_consistency(old, new, old_root, forged, path)
    with refused(Reason.PROOF_INVALID):
        merkle.verify_consistency(old, new, old_root, new_root, [*path, forged])


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_hash_of_another_length_is_refused_everywhere(length: int) -> None:
    odd = bytes(length)
    frontier = merkle.Frontier()
    frontier.append(RANDOM_HASH)
    with refused(Reason.PROOF_INVALID):
        frontier.extend([RANDOM_HASH, odd])
    assert frontier.size == 1
    assert frontier.root() == RANDOM_HASH
    with refused(Reason.PROOF_INVALID):
        merkle.root([RANDOM_HASH, odd])
    with refused(Reason.PROOF_INVALID):
        merkle.inclusion_path([RANDOM_HASH, odd], 0)
    with refused(Reason.PROOF_INVALID):
        merkle.root_from_inclusion(odd, 0, 2, [RANDOM_HASH])
    with refused(Reason.PROOF_INVALID):
        merkle.root_from_inclusion(RANDOM_HASH, 0, 2, [odd])
    with refused(Reason.PROOF_INVALID):
        merkle.verify_consistency(1, 2, RANDOM_HASH, ROOTS[2], [odd])


@pytest.mark.parametrize(
    "state",
    [b"", bytes(7), bytes(9), (1).to_bytes(8, "big"), (3).to_bytes(8, "big") + bytes(63),
     bytes(8) + bytes(32), b"\x80" + bytes(39)],
)  # fmt: skip
def test_a_frontier_of_the_wrong_length_is_refused(state: bytes) -> None:
    with refused(Reason.PROOF_INVALID):
        merkle.Frontier.from_bytes(state)


@pytest.mark.parametrize(("size", "index"), [(0, 0), (3, 3), (3, -1)])
def test_no_path_to_a_leaf_that_is_not_there(size: int, index: int) -> None:
    with refused(Reason.PROOF_INVALID):
        merkle.inclusion_path(LEAVES[:size], index)


@pytest.mark.parametrize("old", [-1, 4])
def test_no_consistency_with_a_size_that_never_was(old: int) -> None:
    with refused(Reason.PROOF_INVALID):
        merkle.consistency_path(LEAVES[:3], old)


def test_a_huge_size_costs_nothing() -> None:
    with refused(Reason.PROOF_INVALID):
        merkle.root_from_inclusion(RANDOM_HASH, 0, 1 << 200, [RANDOM_HASH] * 200)
    with refused(Reason.PROOF_INVALID):
        merkle.verify_consistency(1, 1 << 200, RANDOM_HASH, RANDOM_HASH, [RANDOM_HASH] * 200)
