"""Rules of text: what an officer types is put in order, what a peer sends is only checked.

Text is Unicode in normal form C. Characters that override the direction of writing
(U+202A..U+202E) are refused, as are isolates (U+2066..U+2069) that a paragraph does not close or
did not open: with either, a reader sees another text than the one that was signed (CVE-2021-42574
shows the trick in source code). So are controls other than line feed and tab, surrogates, and code
points that are no characters. Marks of direction (U+200E, U+200F, U+061C) and joiners stay: Arabic
and Persian need them.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from parley.kernel import limits
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason

_OVERRIDES: Final = "\u202a-\u202e"
# Line and paragraph separator are ends of lines that no rule here would count as such.
_CONTROLS: Final = "\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029"
_NONCHARACTERS: Final = "\ufdd0-\ufdef" + "".join(
    f"{chr(plane * 0x10000 + 0xFFFE)}{chr(plane * 0x10000 + 0xFFFF)}" for plane in range(17)
)
_SURROGATES: Final = "\ud800-\udfff"

_BAD: Final = re.compile(f"[{_OVERRIDES}{_CONTROLS}{_NONCHARACTERS}{_SURROGATES}]")
_OVERRIDE: Final = re.compile(f"[{_OVERRIDES}]")
_ISOLATES: Final = re.compile("[\u2066-\u2069\n]")
_LINE_ENDS: Final = re.compile("\r\n|[\r\x85\u2028\u2029]")

_OPENERS: Final = "\u2066\u2067\u2068"
_CLOSER: Final = "\u2069"
_BYTE_ORDER_MARK: Final = "\ufeff"


def check(text: str, limit: int = limits.TEXT_CHARACTERS, *, line: bool = False) -> None:
    """Check a text that is not empty against the rules; ``line`` forbids line feeds and tabs.

    ``limit`` counts code points.

    :raises ParleyError: ``text-empty``, ``text-too-long``, ``text-control-character``,
        ``text-direction-override``, ``text-not-nfc``, ``text-isolate-unbalanced``.
    """
    if len(text) > limit:
        raise ParleyError(Reason.TEXT_TOO_LONG, size=len(text), limit=limit)
    if not text or text.isspace():
        raise ParleyError(Reason.TEXT_EMPTY)
    if line and ("\n" in text or "\t" in text):
        raise ParleyError(Reason.TEXT_CONTROL_CHARACTER)
    # isprintable() knows no format character, control, surrogate or unassigned code point, and is
    # some ten times faster than any pattern: what it passes needs no closer look.
    plain = text.isprintable() or text.replace("\n", "").replace("\t", "").isprintable()
    if not plain:
        _check_characters(text)
    if not unicodedata.is_normalized("NFC", text):
        raise ParleyError(Reason.TEXT_NOT_NFC)
    if not plain:
        _check_isolates(text)


def clean_entry(text: str, limit: int = limits.TEXT_CHARACTERS, *, line: bool = False) -> str:
    """What an officer typed or pasted, in order: one kind of line end, NFC, no byte order mark.

    Space at the ends is dropped; nothing else that a reader could see is changed.

    :raises ParleyError: as :func:`check`, for what cannot be put in order without a guess.
    """
    text = _LINE_ENDS.sub("\n", text.removeprefix(_BYTE_ORDER_MARK))
    if len(text) > 2 * limit:
        # Composition never halves a text that is to be accepted; do not normalise a flood.
        raise ParleyError(Reason.TEXT_TOO_LONG, size=len(text), limit=limit)
    cleaned = unicodedata.normalize("NFC", text).strip()
    check(cleaned, limit, line=line)
    return cleaned


def decode(data: bytes) -> str:
    """The text in ``data``.

    :raises ParleyError: ``text-not-utf8``.
    """
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ParleyError(Reason.TEXT_NOT_UTF8) from error


def _check_characters(text: str) -> None:
    """Check that no single character is one of those that are refused anywhere."""
    found = _BAD.search(text)
    if found is None:
        return
    if _OVERRIDE.match(found.group()):
        raise ParleyError(Reason.TEXT_DIRECTION_OVERRIDE)
    raise ParleyError(Reason.TEXT_CONTROL_CHARACTER)


def _check_isolates(text: str) -> None:
    """Check that each paragraph closes what it opens and nothing more."""
    depth = 0
    for found in _ISOLATES.finditer(text):
        mark = found.group()
        if mark in _OPENERS:
            depth += 1
        elif mark == _CLOSER:
            depth -= 1
        elif depth:
            break
        if depth < 0:
            break
    if depth:
        raise ParleyError(Reason.TEXT_ISOLATE_UNBALANCED)
