"""Texts that stand in several languages: which of them a reader is shown, and in which it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from parley.record.body import Value

_SECOND: Final = "en"


class Wording(NamedTuple):
    """A text of a party, and its language (BCP 47); empty where the text names none."""

    language: str
    text: str


def preferred(tags: Iterable[str], reader: str) -> str | None:
    """Of some languages the reader's, else English, else the first; None for none."""
    found = list(tags)
    return next((tag for tag in (reader, _SECOND, *found) if tag in found), None)


def chosen(versions: Mapping[str, str], reader: str) -> Wording | None:
    """The version to show to somebody who reads ``reader``."""
    tag = preferred(versions, reader)
    return None if tag is None else Wording(tag, versions[tag])


def field(values: Mapping[str, Value], path: str, reader: str) -> Wording | None:
    """A field of a body, in the language to show."""
    if path in values:
        return Wording("", str(values[path]))
    start = f"{path}@"
    return chosen(
        {
            name.removeprefix(start): value
            for name, value in values.items()
            if name.startswith(start) and "/" not in name[len(start) :] and isinstance(value, str)
        },
        reader,
    )
