"""Roots of the whole blocks of a log, kept while a desk is open, so that proofs are quick.

A path needs the leaves of one block and a hash for each other one, not the whole log.
"""

from __future__ import annotations

from threading import Lock
from typing import Final

from parley.crypto import merkle
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record.mirror import Mirror

BLOCK: Final = 256
"""Leaves of a block: a power of two, so that each is a subtree of every larger tree."""

_BLOCKS_AT_ONCE: Final = 32


class Subtrees:
    """The roots of the blocks that were hashed, by channel and owner; 32 bytes for each block.

    A block never changes once its owner has signed a root above it, and no path is asked for
    below any other. What a path proves is judged by that signature, not by what is kept here.
    """

    def __init__(self) -> None:
        self._roots: dict[tuple[bytes, int], list[bytes]] = {}
        self._lock = Lock()

    def path(self, mirror: Mirror, owner: int, index: int, size: int) -> list[bytes]:
        """The inclusion path of leaf ``index`` in the first ``size`` of ``owner``'s log.

        ``size`` is one that the owner has signed (RFC 9162, section 2.1.3.1).

        :raises ParleyError: ``mirror-incomplete`` where we lack statements below that size.
        """
        if not 0 <= index < size:
            raise ParleyError(Reason.MIRROR_INCOMPLETE, size=size)
        block, whole = index // BLOCK, size // BLOCK
        roots = self._whole(mirror, owner, whole)
        start = block * BLOCK
        inside = mirror.leaves(owner, min(size, start + BLOCK), start)
        lower = merkle.inclusion_path(inside, index - start)
        if size % BLOCK:
            last = inside if block == whole else mirror.leaves(owner, size, whole * BLOCK)
            roots.append(merkle.root(last))
        return lower + merkle.inclusion_path(roots, block)

    def prepare(self, mirror: Mirror, owner: int, size: int) -> None:
        """Hash what paths below ``size`` will need; whoever asks for one meanwhile hardly waits.

        :raises ParleyError: as :meth:`path`.
        """
        for count in range(_BLOCKS_AT_ONCE, size // BLOCK + _BLOCKS_AT_ONCE, _BLOCKS_AT_ONCE):
            self._whole(mirror, owner, min(count, size // BLOCK))

    def _whole(self, mirror: Mirror, owner: int, count: int) -> list[bytes]:
        """The roots of the first ``count`` blocks."""
        with self._lock:
            roots = self._roots.setdefault((mirror.channel.id, owner), [])
            while len(roots) < count:
                start = len(roots) * BLOCK
                leaves = mirror.leaves(
                    owner, min(count, len(roots) + _BLOCKS_AT_ONCE) * BLOCK, start
                )
                roots += [
                    merkle.root(leaves[at : at + BLOCK]) for at in range(0, len(leaves), BLOCK)
                ]
            return roots[:count]
