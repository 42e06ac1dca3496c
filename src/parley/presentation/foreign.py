"""Texts of others on a terminal: whatever a peer, a file or an officer wrote is hostile there.

No character of such a text moves the cursor, colours the screen, or turns the direction of what
stands around it. Nothing in it is read as markup.
"""

from __future__ import annotations

import json
import re
from typing import Final

from parley.language.isolate import isolate, tame

_LINES: Final = re.compile("\r\n|[\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029]")
_TAB: Final = "    "

# What json.dumps leaves as it is and a terminal, or a reader of a log, would stumble over: C1
# controls and DEL, separators of lines, marks and overrides of direction, lone surrogates.
_UNSAFE: Final = re.compile(
    "[\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)


def line(text: str, direction: str) -> str:
    """``text`` on one line, kept apart from a line of ``direction`` (``ltr`` or ``rtl``)."""
    return isolate(text, direction=direction)


def paragraphs(text: str, direction: str) -> str:
    """``text`` with its line ends, each of its lines kept apart by itself."""
    return "\n".join(
        isolate(part.replace("\t", _TAB), direction=direction) if part else ""
        for part in _LINES.split(text)
    )


def bare(text: str) -> str:
    """``text`` on one line without what steers a terminal, and with no mark added: to be copied."""
    return tame(text)


def json_text(value: object) -> str:
    """``value`` as JSON that is readable in any script and harmless on a terminal."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    return _UNSAFE.sub(lambda found: f"\\u{ord(found.group()):04x}", text)
