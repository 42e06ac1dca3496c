"""The Merkle tree of RFC 9162, section 2.1, with SHA-256 (the tree of RFC 6962).

Leaves come in as leaf hashes: whoever has the statement's bytes hashes them once with
:func:`leaf_hash`. A sequence of leaf hashes is a whole log; a caller who wants an older size
passes a slice of it.

All functions that check a proof raise ``proof-invalid``; none returns a truth value.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Final, Self

from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason

HASH_BYTES: Final = 32
SIZE_MAX: Final = (1 << 63) - 1

EMPTY_ROOT: Final = sha256(b"").digest()
"""Root of the tree without leaves (RFC 9162, section 2.1.1)."""

_LEAF: Final = b"\x00"
_NODE: Final = b"\x01"
_SIZE_FIELD: Final = 8


def leaf_hash(data: bytes) -> bytes:
    """Hash of a leaf: SHA-256(0x00 || data), 32 bytes (RFC 9162, section 2.1.1)."""
    return sha256(_LEAF + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of an inner node: SHA-256(0x01 || left || right) (RFC 9162, section 2.1.1)."""
    return sha256(_NODE + left + right).digest()


class Frontier:
    """What a log keeps in order to grow: its size and the roots of its perfect subtrees.

    The subtrees ('peaks') stand from the largest on the left to the smallest on the right, one
    for each set bit of the size; so the state is at most 63 hashes, whatever the log's size.
    """

    __slots__ = ("_peaks", "_size")

    def __init__(self) -> None:
        self._size = 0
        self._peaks: list[bytes] = []

    @property
    def size(self) -> int:
        """How many leaves the tree has."""
        return self._size

    def append(self, leaf: bytes) -> None:
        """Add one leaf hash (32 bytes).

        :raises ParleyError: ``proof-invalid`` if it has another length.
        """
        self.extend((leaf,))

    def extend(self, leaves: Iterable[bytes]) -> None:
        """Add leaf hashes (32 bytes each) in order: all of them, or none.

        :raises ParleyError: ``proof-invalid`` if one has another length.
        """
        peaks = self._peaks.copy()
        push, pop = peaks.append, peaks.pop
        size = self._size
        for leaf in leaves:
            if len(leaf) != HASH_BYTES:
                raise _invalid("hash-length")
            node = leaf
            # Each trailing one of the size is a perfect subtree that this leaf completes.
            carry = size
            while carry & 1:
                node = sha256(_NODE + pop() + node).digest()
                carry >>= 1
            push(node)
            size += 1
        self._peaks, self._size = peaks, size

    def root(self) -> bytes:
        """The tree's root, 32 bytes; :data:`EMPTY_ROOT` for size 0."""
        if not self._peaks:
            return EMPTY_ROOT
        *rest, result = self._peaks
        for peak in reversed(rest):
            result = node_hash(peak, result)
        return result

    def copy(self) -> Frontier:
        """An independent copy."""
        twin = Frontier()
        twin._size, twin._peaks = self._size, self._peaks.copy()
        return twin

    def to_bytes(self) -> bytes:
        """The state: the size as 8 bytes, big-endian, then the peaks from left to right."""
        return self._size.to_bytes(_SIZE_FIELD, "big") + b"".join(self._peaks)

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Read what :meth:`to_bytes` wrote.

        :raises ParleyError: ``proof-invalid`` if the length does not fit the size.
        """
        size = int.from_bytes(data[:_SIZE_FIELD], "big")
        expected = _SIZE_FIELD + HASH_BYTES * size.bit_count()
        if len(data) != expected or size > SIZE_MAX:
            raise _invalid("frontier-length")
        frontier = cls()
        frontier._size = size
        frontier._peaks = [
            data[at : at + HASH_BYTES] for at in range(_SIZE_FIELD, expected, HASH_BYTES)
        ]
        return frontier

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Frontier):
            return NotImplemented
        return self._size == other._size and self._peaks == other._peaks

    __hash__ = None  # type: ignore[assignment]  # it changes as it grows

    def __repr__(self) -> str:
        return f"Frontier(size={self._size})"


def root(leaf_hashes: Sequence[bytes]) -> bytes:
    """Root of the tree over ``leaf_hashes`` (32 bytes each); :data:`EMPTY_ROOT` for none.

    :raises ParleyError: ``proof-invalid`` if a hash is not of 32 bytes.
    """
    if not leaf_hashes:
        return EMPTY_ROOT
    level = _checked(leaf_hashes)
    while len(level) > 1:
        level = _parents(level)
    return level[0]


def inclusion_path(leaf_hashes: Sequence[bytes], index: int) -> list[bytes]:
    """The inclusion path of leaf ``index`` in the tree over ``leaf_hashes``.

    Sibling hashes from the leaf upwards (RFC 9162, section 2.1.3.1); empty in a tree of one leaf.

    :raises ParleyError: ``proof-invalid`` if there is no such leaf.
    """
    return inclusion_paths(leaf_hashes, (index,))[index]


def inclusion_paths(leaf_hashes: Sequence[bytes], indices: Iterable[int]) -> dict[int, list[bytes]]:
    """The inclusion paths of many leaves, by index, in one pass over the tree.

    Costs one hash a node of the tree, and no hash for each path.

    :raises ParleyError: ``proof-invalid`` if there is no such leaf.
    """
    size = len(leaf_hashes)
    paths: dict[int, list[bytes]] = {index: [] for index in indices}
    if any(not 0 <= index < size for index in paths):
        raise _invalid("index")
    level = _checked(leaf_hashes)
    height = 0
    while len(level) > 1:
        last = len(level) - 1
        for index, path in paths.items():
            sibling = (index >> height) ^ 1
            if sibling <= last:
                path.append(level[sibling])
        level = _parents(level)
        height += 1
    return paths


def root_from_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """The root that ``path`` gives for the leaf hash ``leaf`` at ``index`` of ``size`` leaves.

    The caller compares it with a signed root, or verifies a signature over it; nothing is proved
    before that (RFC 9162, section 2.1.3.2).

    :raises ParleyError: ``proof-invalid`` for an index outside the tree, a path of the wrong
        length, or a hash that has not 32 bytes.
    """
    if not 0 <= index < size <= SIZE_MAX:
        raise _invalid("index")
    # Below the highest level at which the leaf and the last leaf part, the sibling lies on
    # whichever side the index says; above it, only the ones of the index have a left sibling.
    inner = (index ^ (size - 1)).bit_length()
    if len(path) != inner + (index >> inner).bit_count():
        raise _invalid("path-length")
    if len(leaf) != HASH_BYTES or any(len(sibling) != HASH_BYTES for sibling in path):
        raise _invalid("hash-length")
    result = leaf
    for height in range(inner):
        if index >> height & 1:
            result = sha256(_NODE + path[height] + result).digest()
        else:
            result = sha256(_NODE + result + path[height]).digest()
    for sibling in path[inner:]:
        result = sha256(_NODE + sibling + result).digest()
    return result


def consistency_path(leaf_hashes: Sequence[bytes], old: int) -> list[bytes]:
    """The proof that the first ``old`` leaves are a prefix of ``leaf_hashes``.

    As PROOF in RFC 9162, section 2.1.4.1; empty where there is nothing to prove (``old`` is 0 or
    the whole).

    :raises ParleyError: ``proof-invalid`` if ``old`` is negative or greater than the tree.
    """
    size = len(leaf_hashes)
    if not 0 <= old <= size:
        raise _invalid("size")
    if old in (0, size):
        return []
    upwards: list[bytes] = []
    low, high = 0, size
    # Walk down the old tree's right edge; what is passed on either side is one subtree root.
    while old != high:
        split = low + _left_size(high - low)
        if old <= split:
            upwards.append(root(leaf_hashes[split:high]))
            high = split
        else:
            upwards.append(root(leaf_hashes[low:split]))
            low = split
    # The verifier has the old root already if it is the very subtree that the walk ends in.
    if low != 0:
        upwards.append(root(leaf_hashes[low:high]))
    upwards.reverse()
    return upwards


def verify_consistency(
    old_size: int, new_size: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]
) -> None:
    """Check that the tree (``old_size``, ``old_root``) is a prefix of (``new_size``, ``new_root``).

    As RFC 9162, section 2.1.4.2. The empty tree is a prefix of every tree, and each tree of
    itself; both with an empty path. For an old size of 0 nothing is proved about ``new_root``.

    :raises ParleyError: ``proof-invalid``.
    """
    if not 0 <= old_size <= new_size <= SIZE_MAX:
        raise _invalid("size")
    if any(len(node) != HASH_BYTES for node in (old_root, new_root, *path)):
        raise _invalid("hash-length")
    if old_size in (0, new_size):
        _verify_trivial_consistency(old_size, new_size, old_root, new_root, path)
        return
    if roots_from_consistency(old_size, new_size, path, old_root) != (old_root, new_root):
        raise _invalid("root")


def roots_from_consistency(
    old_size: int, new_size: int, path: Sequence[bytes], perfect: bytes | None = None
) -> tuple[bytes, bytes]:
    """The roots at both sizes that a consistency path gives, 0 < ``old_size`` < ``new_size``.

    A path that leads to a signed new root proves which root that tree had at the old size.

    :param perfect: the old root, where the old size is a power of two: the path leaves it out then.
    :raises ParleyError: ``proof-invalid``; also where ``perfect`` is needed and not given.
    """
    if not 0 < old_size < new_size <= SIZE_MAX:
        raise _invalid("size")
    # Trailing ones of the old right edge belong to a perfect subtree, where the proof starts.
    low = old_size - 1
    start = (low ^ (low + 1)).bit_length() - 1
    old_edge, new_edge = low >> start, (new_size - 1) >> start
    if not old_edge and perfect is None:
        raise _invalid("path-length")
    nodes = list(path) if old_edge or perfect is None else [perfect, *path]
    if any(len(node) != HASH_BYTES for node in nodes):
        raise _invalid("hash-length")
    inner = (old_edge ^ new_edge).bit_length()
    if len(nodes) != 1 + inner + (old_edge >> inner).bit_count():
        raise _invalid("path-length")
    old_result = new_result = nodes[0]
    for height, node in enumerate(nodes[1 : inner + 1]):
        if old_edge >> height & 1:
            old_result = node_hash(node, old_result)
            new_result = node_hash(node, new_result)
        else:
            new_result = node_hash(new_result, node)
    for node in nodes[inner + 1 :]:
        old_result = node_hash(node, old_result)
        new_result = node_hash(node, new_result)
    return old_result, new_result


def _verify_trivial_consistency(
    old_size: int, new_size: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]
) -> None:
    if path:
        raise _invalid("path-length")
    if old_size == 0 and old_root != EMPTY_ROOT:
        raise _invalid("root")
    if old_size == new_size and old_root != new_root:
        raise _invalid("root")


def _left_size(size: int) -> int:
    """The largest power of two smaller than ``size``."""
    return 1 << ((size - 1).bit_length() - 1)


def _checked(leaf_hashes: Sequence[bytes]) -> list[bytes]:
    if any(len(leaf) != HASH_BYTES for leaf in leaf_hashes):
        raise _invalid("hash-length")
    return list(leaf_hashes)


def _parents(level: list[bytes]) -> list[bytes]:
    """The next level up; a last node without a sibling goes up as it is."""
    nodes = iter(level)
    parents = [
        sha256(_NODE + left + right).digest() for left, right in zip(nodes, nodes, strict=False)
    ]
    if len(level) & 1:
        parents.append(level[-1])
    return parents


def _invalid(fact: str) -> ParleyError:
    return ParleyError(Reason.PROOF_INVALID, fact=fact)
