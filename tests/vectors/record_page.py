"""The worked example in docs/protocol.md: its blocks, and the values that belong there.

A block is fenced text behind a comment that names a value of record-v1.json: ``vector`` shows it as
it stands there, ``diagnostic`` as CBOR that people read.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from tests.vectors.diagnostic import Each, Inside, Shape, Table, diagnostic, row

PAGE = Path(__file__).resolve().parents[2] / "docs" / "protocol.md"
VECTORS = Path(__file__).with_name("record-v1.json")

HANDLING = row("tlp", "pap")
ACT = row(
    "version", "channel", "case", "type", "from office", "to offices", "reference", "basis",
    "legal basis", "precedence", ("handling", HANDLING), "reply wanted", "codes", "digest",
)  # fmt: skip
SEEN = row("count", "leaf", "size", "root")
ENVELOPE = row("epoch", "seq", "prev", ("seen", Each(SEEN)), "case seq", "case prev")
COMMON = {1: ("alg", None), 4: ("kid", None)}
CLAIMS = {1: ("iss", None), 2: ("sub", None), 6: ("iat", None)}
PROTECTED = Table(
    {
        **COMMON,
        15: (
            "claims",
            Table({**CLAIMS, -70001: ("act", Inside(ACT)), -70002: ("envelope", ENVELOPE)}),
        ),
        16: ("typ", None),
        258: ("payload hash alg", None),
        259: ("preimage content type", None),
    }
)
BODY = row("absent", ("fields", Each(row("salt", "path", "value"))))
STATEMENT = row(("protected", Inside(PROTECTED)), "unprotected", "payload", "signature")
PROOF = Inside(row("size", "index", "path"))
RECEIPT = row(
    ("protected", Inside(Table({**COMMON, 15: ("claims", Table(CLAIMS)), 395: ("vds", None)}))),
    ("unprotected", Table({396: ("vdp", Table({-1: ("inclusion", Each(PROOF))}))})),
    "payload",
    "signature",
)
KEYS = row("statement", "log ed25519", "log ml-dsa-44", "sealing")
LETTER_TEXT = row(
    "version", "protocols", "suites", ("identity", row("suite", "ed25519", "ml-dsa-44")),
    ("keys", KEYS), "code", "names", ("offices", Each(row("id", "names"))), "endpoints",
    "demonstration", "serial", "issued at", "expires at",
)  # fmt: skip
SIGNER = row(("protected", Inside(Table(COMMON))), "unprotected", "signature")
LETTER = row(
    ("protected", Inside(Table({16: ("typ", None)}))),
    "unprotected",
    ("payload", Inside(LETTER_TEXT)),
    ("signatures", Each(SIGNER)),
)
HEADER = row(
    "version", "suite", "channel", "sender", "recipient", "statement kid", "sealing kid", "counter"
)
SHAPES: dict[str, Shape] = {
    "letter": LETTER,
    "body": BODY,
    "statement": STATEMENT,
    "receipt": RECEIPT,
    "header": HEADER,
}

_BLOCK = re.compile(
    r"<!-- (vector|diagnostic): ([a-z0-9_.-]+) -->\n```[a-z]*\n(.*?)```\n", re.DOTALL
)
_HEX_WIDTH = 96


def value_at(vectors: dict[str, Any], place: str) -> Any:
    """The value at a place such as ``statements.inquiry.leaf``."""
    value: Any = vectors
    for name in place.split("."):
        value = value[int(name)] if isinstance(value, list) else value[name]
    return value


def shown(kind: str, place: str, vectors: dict[str, Any]) -> str:
    """What stands in the block for a value."""
    value = value_at(vectors, place)
    if kind == "diagnostic":
        return diagnostic(bytes.fromhex(value), SHAPES[place.rpartition(".")[2]]) + "\n"
    if not re.fullmatch(r"(?:[0-9a-f]{2})+", value):
        return f"{value.rstrip()}\n"
    return "".join(f"{value[at : at + _HEX_WIDTH]}\n" for at in range(0, len(value), _HEX_WIDTH))


def filled(page: str, vectors: dict[str, Any]) -> str:
    """The page with the values of ``vectors`` in its blocks."""

    def block(found: re.Match[str]) -> str:
        kind, place = found[1], found[2]
        return f"<!-- {kind}: {place} -->\n```\n{shown(kind, place, vectors)}```\n"

    return _BLOCK.sub(block, page)


def load() -> dict[str, Any]:
    """The vectors as they stand in the file: byte strings in hexadecimal."""
    vectors: dict[str, Any] = json.loads(VECTORS.read_text("utf-8"))
    return vectors
