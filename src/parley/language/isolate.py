"""Foreign text inside a sentence of ours: kept apart, and unable to disturb what stands around it.

A name or a path that a peer sent may run in the other direction, or hold characters that move a
cursor. Unicode isolates (Unicode Standard Annex 9) keep its direction to itself.
"""

from __future__ import annotations

import unicodedata
from typing import Final

FIRST_STRONG_ISOLATE: Final = "\u2068"
LEFT_TO_RIGHT_ISOLATE: Final = "\u2066"
POP_DIRECTIONAL_ISOLATE: Final = "\u2069"

_REPLACEMENT: Final = "\ufffd"
_OPENERS: Final = frozenset("\u2066\u2067\u2068")
_OVERRIDES: Final = frozenset("\u202a\u202b\u202c\u202d\u202e")
_BREAKS: Final = frozenset("\t\n\v\f\r\x1c\x1d\x1e\x85\u2028\u2029")
_RIGHT_TO_LEFT: Final = frozenset({"R", "AL", "AN"})


def tame(text: str) -> str:
    """``text`` on one line, without characters that steer a terminal or the direction of writing.

    Line breaks and tabs become spaces; control characters, overrides, lone surrogates and
    isolates that do not balance become U+FFFD. Text that follows the rules of text stays legible.
    """
    if text.isprintable():  # which no character is that could be replaced
        return text
    balanced = _isolates_balance(text)
    return "".join(_tame_character(character, balanced) for character in text)


def isolate(text: str, *, direction: str) -> str:
    """``text``, tamed, for a sentence of ``direction`` (``ltr`` or ``rtl``).

    It is wrapped in a first-strong isolate where directions can mix. Elsewhere it stays bare, so
    that a path or a hash that is copied from the screen holds no invisible characters.
    """
    tamed = tame(text)
    if direction == "ltr" and not has_right_to_left(tamed):
        return tamed
    return f"{FIRST_STRONG_ISOLATE}{tamed}{POP_DIRECTIONAL_ISOLATE}"


def left_to_right(text: str) -> str:
    """``text`` of ours (a time, an offset) as an island that always runs left to right."""
    return f"{LEFT_TO_RIGHT_ISOLATE}{text}{POP_DIRECTIONAL_ISOLATE}"


def has_right_to_left(text: str) -> bool:
    """Whether any character of ``text`` is written from right to left."""
    if text.isascii():
        return False
    return any(unicodedata.bidirectional(character) in _RIGHT_TO_LEFT for character in text)


def _tame_character(character: str, balanced: bool) -> str:
    if character in _BREAKS:
        return " "
    if character in _OVERRIDES or unicodedata.category(character) in {"Cc", "Cs"}:
        return _REPLACEMENT
    if not balanced and (character in _OPENERS or character == POP_DIRECTIONAL_ISOLATE):
        return _REPLACEMENT
    return character


def _isolates_balance(text: str) -> bool:
    depth = 0
    for character in text:
        if character in _OPENERS:
            depth += 1
        elif character == POP_DIRECTIONAL_ISOLATE:
            depth -= 1
            if depth < 0:
                return False
    return depth == 0
