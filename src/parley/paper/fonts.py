"""The fonts of papers: packages that are installed with the typesetter, never the system's.

What none of them has a glyph for is shown by its number: a box that stands for any character says
nothing, and a paper must not lose what was said.
"""

from __future__ import annotations

import re
import struct
import unicodedata
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

_PACKAGES: Final = ("fontpkg_noto_serif", "fontpkg_amiri")

# What shapes the text around it and needs no glyph: joiners, marks of direction, isolates.
_SHAPING: Final = frozenset("\n\u200b\u200c\u200d\u200e\u200f\u061c\u2066\u2067\u2068\u2069")
_UNBROKEN: Final = re.compile(r"[^\s\u200b]{49,}")
_STEP: Final = 24
_MARKS_IN_A_ROW: Final = 4
_PRIVATE: Final = frozenset({"Cc", "Cn", "Co", "Cs", "Cf"})


def folders() -> list[Path]:
    """Where the fonts are.

    :raises ModuleNotFoundError: they are not installed.
    """
    return [Path(str(files(name))) / "files" for name in _PACKAGES]


def printable(text: str) -> str:
    """``text`` as it can be printed whole.

    A character without a glyph becomes ``[U+4E2D]``, an endless row of marks on one letter ends,
    and a word wider than the page gets places to break.
    """
    known, marks = _characters(), 0
    shown: list[str] = []
    for character in text:
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks > _MARKS_IN_A_ROW:
            # They would be drawn over the lines above.
            shown.extend("\ufffd" * (marks == _MARKS_IN_A_ROW + 1))
        elif character in _SHAPING or (
            ord(character) in known and unicodedata.category(character) not in _PRIVATE
        ):
            shown.append(character)
        else:
            shown.append(f"[U+{ord(character):04X}]")
    return _UNBROKEN.sub(_breakable, "".join(shown))


def _breakable(found: re.Match[str]) -> str:
    word = found[0]
    return "\u200b".join(word[at : at + _STEP] for at in range(0, len(word), _STEP))


@cache
def _characters() -> frozenset[int]:
    """The characters that any of the fonts has a glyph for."""
    return frozenset(
        character
        for folder in folders()
        for file in sorted(folder.glob("*Regular.ttf")) + sorted(folder.glob("*Serif[[]*.ttf"))
        for character in _mapped(file.read_bytes())
    )


def _mapped(font: bytes) -> Iterable[int]:
    """The characters in a font's ``cmap`` (OpenType 1.9, formats 4 and 12)."""
    for at in range(struct.unpack_from(">H", font, 4)[0]):
        tag, _sum, start, _length = struct.unpack_from(">4sLLL", font, 12 + 16 * at)
        if tag == b"cmap":
            break
    else:
        return
    for at in range(struct.unpack_from(">H", font, start + 2)[0]):
        table = start + int(struct.unpack_from(">L", font, start + 8 + 8 * at)[0])
        form = struct.unpack_from(">H", font, table)[0]
        if form == 12:
            for group in range(struct.unpack_from(">L", font, table + 12)[0]):
                first, last, _glyph = struct.unpack_from(">LLL", font, table + 16 + 12 * group)
                yield from range(first, last + 1)
        elif form == 4:
            yield from _segments(font, table)


def _segments(font: bytes, table: int) -> Iterable[int]:
    count = struct.unpack_from(">H", font, table + 6)[0] // 2
    lists: list[Any] = [
        struct.unpack_from(f">{count}H", font, table + 14 + 2 * (part * count + (part > 0)))
        for part in range(4)
    ]
    for segment, (last, first, delta, offset) in enumerate(zip(*lists, strict=True)):
        for character in range(first, min(last, 0xFFFE) + 1):
            if offset == 0:
                glyph = character + delta
            else:
                place = table + 16 + 2 * (3 * count + segment) + offset + 2 * (character - first)
                glyph = struct.unpack_from(">H", font, place)[0]
            if glyph & 0xFFFF:
                yield character
