"""Contacts from vCards (RFC 6350, and version 3.0 of RFC 2426), strictly, and no more than needed.

Taken are FN, ORG (its last part is the office), TITLE or ROLE, LANG, EMAIL, TEL, KEY, CATEGORIES
(a level of ours among them), and X-PARLEY-LATIN, -HOURS, -DEPUTY and -VALID-UNTIL. A key that is
given whole stands as its SHA-256. Everything else is named as left out, with its line.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from parley.application.contact_lines import Fault, Read, Reader, decoded
from parley.domain.types.contacts import LEVELS
from parley.kernel import limits
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason

VERSIONS: Final = ("3.0", "4.0")
_CARD_LINES: Final = 1000
_LINE_CHARACTERS: Final = 64 * limits.KIB

# RFC 6350, section 3.3: [group "."] name *(";" param) ":" value; a value of a parameter may be
# quoted, and then holds colons and semicolons.
_PROPERTY: Final = re.compile(
    r"(?:[A-Za-z0-9-]+\.)?(?P<name>[A-Za-z0-9-]+)"
    r'(?P<params>(?:;[A-Za-z0-9-]+(?:=(?:"[^"]*"|[^";:,]*)(?:,(?:"[^"]*"|[^";:,]*))*)?)*)'
    r":(?P<value>.*)",
    re.ASCII | re.DOTALL,
)
_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)
_SILENT: Final = frozenset({"BEGIN", "END", "VERSION", "PRODID", "UID", "REV", "N", "KIND"})
_SCHEMES: Final = ("tel:", "mailto:", "openpgp4fpr:")
_OURS: Final = {
    "X-PARLEY-LATIN": "latin",
    "X-PARLEY-HOURS": "hours",
    "X-PARLEY-DEPUTY": "deputy",
    "X-PARLEY-VALID-UNTIL": "valid-until",
    "FN": "name",
}
_SEVERAL: Final = {"EMAIL": "email", "TEL": "telephone", "LANG": "languages"}


class _Property(NamedTuple):
    line: int
    name: str
    params: str
    value: str


def read(data: bytes) -> Read:
    """The contacts of a file of vCards.

    A card with a fault is named by its line and not taken.

    :raises ParleyError: ``text-not-utf8``, ``contact-file-malformed`` (no card begins where one
        should).
    """
    reader = Reader()
    card: list[_Property] | None = None
    began = 0
    for number, content in _unfolded(decoded(data)):
        if card is None:
            if content.strip().upper() != "BEGIN:VCARD":
                raise ParleyError(Reason.CONTACT_FILE_MALFORMED, line=number)
            card, began = [], number
        elif content.strip().upper() == "END:VCARD":
            _take(reader, began, card)
            card = None
        elif len(card) == _CARD_LINES or content.strip().upper() == "BEGIN:VCARD":
            raise ParleyError(Reason.CONTACT_FILE_MALFORMED, line=number)
        else:
            card.append(_property(reader, number, content))
    if card is not None:
        reader.fault(Fault(began, Reason.CONTACT_CARD_UNFINISHED))
    return reader.read()


def _unfolded(content: str) -> Iterator[tuple[int, str]]:
    """Lines, each with those that go on from it (RFC 6350, section 3.2); empty ones are none."""
    begun: tuple[int, list[str]] | None = None
    for number, raw in enumerate(content.split("\n"), 1):
        line = raw.removesuffix("\r")
        if begun is not None and line[:1] in (" ", "\t"):
            begun[1].append(line[1:])
            continue
        if begun is not None:
            yield begun[0], "".join(begun[1])
        begun = (number, [line]) if line.strip() else None
    if begun is not None:
        yield begun[0], "".join(begun[1])


_WRONG: Final = "?"


def _property(reader: Reader, number: int, content: str) -> _Property:
    found = _PROPERTY.fullmatch(content) if len(content) <= _LINE_CHARACTERS else None
    if found is None:
        reader.fault(Fault(number, Reason.CONTACT_CARD_LINE))
        return _Property(number, _WRONG, "", "")
    return _Property(number, found["name"].upper(), found["params"].upper(), found["value"])


def _take(reader: Reader, began: int, card: list[_Property]) -> None:
    """Take one card, unless something is wrong with it."""
    versions = [item.value.strip() for item in card if item.name == "VERSION"]
    if len(versions) != 1 or versions[0] not in VERSIONS:
        fact = versions[0][:10] if versions else ""
        reader.fault(Fault(began, Reason.CONTACT_CARD_VERSION, fact=fact))
        return
    if any(item.name == _WRONG for item in card):
        return
    values: dict[str, str] = {}
    for item in card:
        if item.name not in _SILENT and not _taken(values, item):
            reader.leave(item.line, item.name)
    reader.take(began, values)


def _taken(values: dict[str, str], item: _Property) -> bool:
    """Put a property where it belongs; false where it has no place."""
    plain = _plain(item.value)
    if item.name in _OURS:
        return _first(values, _OURS[item.name], plain)
    if item.name in _SEVERAL:
        name = _SEVERAL[item.name]
        between = " " if name == "languages" else "; "
        values[name] = between.join(filter(None, (values.get(name), _without_scheme(plain))))
        return True
    match item.name:
        case "ORG":
            parts = [_plain(part) for part in re.split(r"(?<!\\);", item.value)]
            return _first(values, "office", next((p for p in reversed(parts) if p.strip()), ""))
        case "TITLE" | "ROLE":
            return _first(values, "post", plain)
        case "KEY":
            key = _key(item)
            return key is not None and _first(values, "key", key)
        case "CATEGORIES":
            levels = [one.strip().lower() for one in plain.split(",")]
            return _first(values, "level", next((one for one in levels if one in LEVELS), ""))
    return False


def _first(values: dict[str, str], name: str, value: str) -> bool:
    """Keep the first value there is; a second one has no place."""
    if not value.strip() or name in values:
        return False
    values[name] = value
    return True


def _plain(value: str) -> str:
    """A value without its escapes (RFC 6350, section 3.4); a line feed becomes a space."""
    return _ESCAPED.sub(lambda found: " " if found[1] in "nN" else found[1], value)


def _without_scheme(value: str) -> str:
    for scheme in _SCHEMES:
        if value[: len(scheme)].lower() == scheme:
            return value[len(scheme) :]
    return value


def _key(item: _Property) -> str | None:
    """The fingerprint of a key: as it is given, or of the key that is given whole."""
    value = item.value.strip()
    encoded = None
    if value[:5].lower() == "data:":
        head, _, tail = value.partition(",")
        encoded = tail if head.lower().endswith(";base64") else None
        if encoded is None:
            return None
    elif "ENCODING=B" in item.params:
        encoded = value
    if encoded is None:
        return _without_scheme(_plain(value))
    try:
        whole = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        return None
    return f"SHA256:{hashlib.sha256(whole).hexdigest()}"
