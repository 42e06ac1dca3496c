"""CBOR as people read it: diagnostic notation (RFC 8949, section 8) with the names of the parts.

A shape says what the parts are called: ``Row`` for an array of named parts, ``Each`` for an array
of equal ones, ``Table`` for a map, ``Inside`` for a byte string that is CBOR itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import cbor2

WIDTH = 96
LONG = 64
"""Byte strings of more bytes are shown by their first bytes and their length."""


class Row(NamedTuple):
    """An array whose parts have names."""

    parts: tuple[tuple[str, Shape], ...]


class Each(NamedTuple):
    """An array of any number of equal parts."""

    part: Shape


class Table(NamedTuple):
    """A map: the name and shape of each key."""

    parts: Mapping[Any, tuple[str, Shape]]


class Inside(NamedTuple):
    """A byte string that holds one CBOR item."""

    content: Shape


Shape = Row | Each | Table | Inside | None


def row(*parts: str | tuple[str, Shape]) -> Row:
    """An array of named parts; a plain name has no shape of its own."""
    return Row(tuple((part, None) if isinstance(part, str) else part for part in parts))


def diagnostic(data: bytes, shape: Shape) -> str:
    """One CBOR item in diagnostic notation."""
    return "\n".join(_lines(cbor2.loads(data), shape, WIDTH))


def _lines(value: Any, shape: Shape, width: int) -> list[str]:
    """``value`` on one line where it fits, on several indented ones otherwise."""
    inline = _inline(value, shape)
    if inline is not None and (len(inline) <= width or not _has_parts(value, shape)):
        return [inline]
    opening, closing, parts = _parts(value, shape)
    lines = [opening]
    for place, (label, part, inner) in enumerate(parts):
        below = _lines(part, inner, width - 2 - len(label))
        below[-1] += "," if place + 1 < len(parts) else ""
        lines.append(f"  {label}{below[0]}")
        lines.extend(f"  {line}" for line in below[1:])
    return [*lines, closing]


def _inline(value: Any, shape: Shape) -> str | None:
    """``value`` on one line; none where a comment would make that unreadable."""
    if not _has_parts(value, shape):
        return _plain(value)
    opening, closing, parts = _parts(value, shape)
    inner = [_inline(part, inner) for label, part, inner in parts]
    if any(text is None for text in inner) or any("/" in label for label, _, _ in parts):
        return None
    return opening + ", ".join(f"{p[0]}{t}" for p, t in zip(parts, inner, strict=True)) + closing


def _has_parts(value: Any, shape: Shape) -> bool:
    return isinstance(value, list | tuple | Mapping | cbor2.CBORTag) or isinstance(shape, Inside)


def _parts(value: Any, shape: Shape) -> tuple[str, str, list[tuple[str, Any, Shape]]]:
    """What stands before and after, and the parts with the label before each."""
    if isinstance(shape, Inside):
        return "<<", ">>", [("", cbor2.loads(value), shape.content)]
    if isinstance(value, cbor2.CBORTag):
        return f"{value.tag}(", ")", [("", value.value, shape)]
    if isinstance(value, Mapping):
        known = shape.parts if isinstance(shape, Table) else {}
        return "{", "}", [_entry(key, part, known) for key, part in value.items()]
    if isinstance(value, list | tuple):
        return "[", "]", list(_elements(value, shape))
    raise ValueError("this has no parts")


def _entry(key: Any, part: Any, known: Mapping[Any, tuple[str, Shape]]) -> tuple[str, Any, Shape]:
    name, shape = known.get(key, ("", None))
    return (f"/ {name} / " if name else "") + f"{_plain(key)}: ", part, shape


def _elements(value: Iterable[Any], shape: Shape) -> Iterator[tuple[str, Any, Shape]]:
    if isinstance(shape, Row):
        for (name, inner), part in zip(shape.parts, value, strict=True):
            yield f"/ {name} / ", part, inner
    else:
        for part in value:
            yield "", part, shape.part if isinstance(shape, Each) else None


def _plain(value: Any) -> str:
    if isinstance(value, bytes):
        if len(value) > LONG:
            return f"h'{value[:8].hex()}...' / {len(value)} bytes /"
        return f"h'{value.hex()}'"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return str(value)
