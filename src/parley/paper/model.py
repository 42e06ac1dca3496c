"""What stands on a paper, in order, with the direction of each text; not how it looks.

Every text may hold Unicode isolates (:mod:`parley.language.isolate`), and nothing that steers more
than itself. No text is markup in any renderer.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Final, Literal

import msgspec

from parley.kernel import limits
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.language.isolate import tame

PAPER_BYTES: Final = 16 * limits.MIB
"""So much text may stand on one paper."""

Direction = Literal["ltr", "rtl"]
Tone = Literal["plain", "strong", "warning", "command"]

_LINES: Final = re.compile("\r\n|[\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029]")
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{1,8})*", re.ASCII)


class Line(msgspec.Struct, frozen=True):
    """One paragraph of somebody's text, and which way it runs."""

    direction: Direction
    text: str


class Heading(msgspec.Struct, frozen=True, tag="heading"):
    """A heading; ``level`` 2 or 3, for 1 is the paper's title."""

    level: int
    text: str


class Paragraph(msgspec.Struct, frozen=True, tag="paragraph"):
    """Words of ours.

    ``warning``: what no reader may overlook, such as that a statement is void. ``command``: to be
    typed; it always runs left to right.
    """

    text: str
    tone: Tone = "plain"


class Passage(msgspec.Struct, frozen=True, tag="passage"):
    """A text of a party, in its own language and direction.

    ``language`` is a tag of BCP 47, or empty where the text names none.
    """

    label: str
    language: str
    lines: tuple[Line, ...]


class Facts(msgspec.Struct, frozen=True, tag="facts"):
    """What is known, in two columns: what it is, and how it is."""

    rows: tuple[tuple[str, str], ...]


class Table(msgspec.Struct, frozen=True, tag="table"):
    """Rows under their headings; each row has as many cells as there are headings."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Rule(msgspec.Struct, frozen=True, tag="rule"):
    """A line between two statements."""


class Mark(msgspec.Struct, frozen=True, tag="mark"):
    """A place in the record, to be found again: ``code`` is what the QR code says.

    ``rows`` are hashes and numbers, which always run left to right; ``words`` say how to verify.
    """

    code: str
    rows: tuple[tuple[str, str], ...]
    words: tuple[str, ...] = ()


Block = Heading | Paragraph | Passage | Facts | Table | Rule | Mark


class Paper(msgspec.Struct, frozen=True):
    """A paper. ``dated``: seconds since the epoch, from the record, never from a clock of now.

    ``head`` runs over every page: who, which case. ``handling`` are its marks of handling,
    ``banner`` says on every page that it is a demonstration. ``paging`` is ``Page {n} of {m}`` in
    the paper's language.
    """

    language: str
    direction: Direction
    letterhead: str
    title: str
    subtitle: str
    head: tuple[str, ...]
    handling: tuple[str, ...]
    banner: str | None
    paging: str
    dated: int
    blocks: tuple[Block, ...]


def stepped(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """``blocks`` with no heading more than one level below the one before it (ISO 14289-1, 7.4)."""
    found: list[Block] = []
    level = 1
    for block in blocks:
        if isinstance(block, Heading):
            level = min(block.level, level + 1)
            found.append(Heading(level, block.text))
        else:
            found.append(block)
    return tuple(found)


def command(text: str) -> Paragraph:
    """A command to be typed."""
    return Paragraph(text, "command")


def check(paper: Paper) -> None:
    """See that a paper is not longer than anybody prints.

    :raises ParleyError: ``too-large``.
    """
    size = len(msgspec.json.encode(paper))
    if size > PAPER_BYTES:
        raise ParleyError(Reason.TOO_LARGE, size=size, limit=PAPER_BYTES)


def passage(label: str, language: str | None, text: str) -> Passage:
    """A party's text as a block: each of its lines by itself, made harmless."""
    tag = language if language and _LANGUAGE.fullmatch(language) else ""
    lines = [
        Line(direction_of(part), tame(part)) for part in _LINES.split(text.strip()) if part.strip()
    ]
    return Passage(label, tag, tuple(lines))


def direction_of(text: str) -> Direction:
    """Which way ``text`` runs: as its first letter does (Unicode Standard Annex 9, P2 and P3)."""
    for character in text:
        match unicodedata.bidirectional(character):
            case "L":
                return "ltr"
            case "R" | "AL":
                return "rtl"
    return "ltr"
