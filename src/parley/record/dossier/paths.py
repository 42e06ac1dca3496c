"""Inclusion paths of many leaves under many roots of one log, in one pass over its leaves.

A path consists of perfect subtrees, and what stands to the right of the last of them is folded
from perfect subtrees too. So it is enough to note those that any wanted path needs while the tree
grows by, and to put the paths together at the end: one hash a leaf, and memory for what is wanted.
"""

from __future__ import annotations

from collections.abc import Iterable

from parley.crypto.merkle import node_hash
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason

_Node = tuple[int, int]
"""A perfect subtree: its height and its index among those of that height."""


class Paths:
    """Paths that are wanted, in one log."""

    def __init__(self) -> None:
        self._nodes: dict[_Node, bytes | None] = {}
        self._size = 0

    def want(self, index: int, size: int) -> None:
        """Ask for the path of leaf ``index`` in the tree of ``size`` leaves.

        :raises ParleyError: ``proof-invalid`` if there is no such leaf.
        """
        if not 0 <= index < size:
            raise ParleyError(Reason.PROOF_INVALID, fact="index")
        self._size = max(self._size, size)
        for sibling in _siblings(index, size):
            self._nodes.update(dict.fromkeys(sibling))

    @property
    def size(self) -> int:
        """How many leaves :meth:`build` needs."""
        return self._size

    def build(self, leaves: Iterable[bytes]) -> None:
        """Take the log's leaf hashes in order, at least :attr:`size` of them.

        :raises ParleyError: ``proof-invalid`` if there are fewer.
        """
        nodes = self._nodes
        stack: list[bytes] = []
        index = -1
        for index, leaf in enumerate(leaves):
            node, place, height = leaf, index, 0
            if (0, place) in nodes:
                nodes[0, place] = node
            while place & 1:
                node = node_hash(stack.pop(), node)
                place >>= 1
                height += 1
                if (height, place) in nodes:
                    nodes[height, place] = node
            stack.append(node)
            if index + 1 == self._size:
                return
        if index + 1 < self._size:
            raise ParleyError(Reason.PROOF_INVALID, fact="size")

    def path(self, index: int, size: int) -> list[bytes]:
        """The path that was wanted, from the leaf upwards (RFC 9162, section 2.1.3.1).

        :raises ParleyError: ``internal`` if it was not.
        """
        return [self._fold(sibling) for sibling in _siblings(index, size)]

    def _fold(self, sibling: list[_Node]) -> bytes:
        """The hash of a subtree, perfect or not, from its perfect subtrees from left to right."""
        hashes = [self._nodes.get(node) for node in sibling]
        result: bytes | None = None
        for left in reversed(hashes):
            if left is None:
                raise ParleyError(Reason.INTERNAL, fact="a path that nobody asked for")
            result = left if result is None else node_hash(left, result)
        if result is None:
            raise ParleyError(Reason.INTERNAL, fact="an empty subtree")
        return result


def _siblings(index: int, size: int) -> list[list[_Node]]:
    """For each step of a path: the perfect subtrees of which the sibling consists."""
    # Below the height at which the leaf and the last leaf part, the sibling lies on whichever side
    # the index says; above it, only the ones of the index have a (left) sibling.
    inner = (index ^ (size - 1)).bit_length()
    found: list[list[_Node]] = []
    for height in range(max(inner, index.bit_length())):
        place = index >> height
        if place & 1:
            found.append([(height, place - 1)])
        elif height < inner:
            found.append(_perfect((place + 1) << height, min((place + 2) << height, size)))
    return found


def _perfect(first: int, last: int) -> list[_Node]:
    """The leaves from ``first`` up to and without ``last`` as perfect subtrees, from the left.

    ``first`` is a multiple of a power of two that is not smaller than their number.
    """
    found: list[_Node] = []
    while first < last:
        height = (last - first).bit_length() - 1
        found.append((height, first >> height))
        first += 1 << height
    return found
