"""The tree of a log as a picture: the whole subtrees of which it consists (RFC 9162, 2.1)."""

from __future__ import annotations

from typing import Final, NamedTuple

_LEVEL: Final = 14
_LEAST: Final = 12
_GAP: Final = 4
_TOP: Final = 8


class Subtree(NamedTuple):
    """A whole subtree as a triangle: ``points`` as SVG writes them.

    ``agreed``: it stands below a checkpoint that both sides signed.
    """

    leaves: int
    points: str
    agreed: bool


class Picture(NamedTuple):
    """The subtrees from the oldest to the newest statement, and the size of the picture."""

    subtrees: tuple[Subtree, ...]
    width: int
    height: int


def picture(size: int, agreed: int) -> Picture:
    """The tree of ``size`` statements, of which both sides agree to ``agreed``.

    A subtree is as high as it has levels, so that a picture has room for any number of them.
    """
    levels = [level for level in reversed(range(size.bit_length())) if size >> level & 1]
    height = _TOP + _LEVEL * (max(levels, default=0) + 1)
    left = done = 0
    found: list[Subtree] = []
    for level in levels:
        wide = _LEAST + _LEVEL * level
        top = height - _LEVEL * (level + 1)
        points = f"{left},{height} {left + wide},{height} {left + wide // 2},{top}"
        done += 1 << level
        found.append(Subtree(1 << level, points, done <= agreed))
        left += wide + _GAP
    return Picture(tuple(found), max(left, 1), height)
