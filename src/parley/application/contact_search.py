"""Finding contacts by what their records say: place, language, or a list of whoever is meant.

Names and addresses stand in sealed bodies and in no index; what is looked through is opened for
that, one directory at a time, for an officer who may read it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from parley.application import contacts
from parley.application.contacts import Contact, Directory, Place
from parley.application.desk import Desk
from parley.domain import ranges
from parley.domain.ranges import Ranges
from parley.kernel import limits

LINES: Final = limits.CONTACTS_IN_DIRECTORY
"""So many lines of a list are read; a directory has no more contacts."""

_TAGS: Final = re.compile(r"[^\W\d_]+(?:-[^\W_]+)*")
_IDENTIFYING: Final = ("name", "latin", "email", "telephone", "key")
_PLACES: Final = ("name", "latin", "post")
_LANGUAGES: Final = "languages"


class Sought(NamedTuple):
    """What is asked for. ``text``: in a name, a post, or the office's name or address.

    ``language``: a word or a tag as records write it, such as ``ru``; of the contact, else of its
    office.
    """

    text: str = ""
    language: str = ""


class Listed(NamedTuple):
    """The contacts that a list means, and the lines that mean none or more than one."""

    found: Ranges
    unknown: tuple[str, ...]
    unclear: tuple[str, ...]


def matching(desk: Desk, directory: Directory, within: Ranges, sought: Sought) -> Ranges:
    """Those of the contacts ``within`` whose records fit; all of them where nothing is asked for.

    One whose text was erased fits nothing.
    """
    if not (sought.text.strip() or sought.language.strip()):
        return within
    text, language = sought.text.strip().casefold(), sought.language.strip().casefold()
    places = contacts.places(desk, directory)
    at = {place.manned.office.number for place in places if not text or _is_at(place, text)}
    speak = {
        place.manned.office.number: language in _languages(place.about.get("languages", ""))
        for place in places
    }
    return ranges.of_numbers(
        one.number
        for one in contacts.contacts(desk, directory, within, (*_PLACES, _LANGUAGES))
        if one.record is not None
        and (one.standing.office in at or _is_named(one.record, text))
        and (not language or _speaks(one, language, speak))
    )


def listed(desk: Desk, directory: Directory, text: str) -> Listed:
    """The contacts that a list means, one a line.

    A line is a number, or numbers such as ``1-755``; or what the record of just one contact says:
    its name in either script, its e-mail address, telephone or key.
    """
    found: set[int] = set()
    unknown: list[str] = []
    unclear: list[str] = []
    words: Mapping[str, set[int]] | None = None
    for line in _lines(text):
        numbers = ranges.parse(line)
        if numbers and numbers[-1][1] <= directory.contacts.count:
            found.update(ranges.numbers(numbers))
            continue
        if words is None:
            words = _words(desk, directory)
        meant = words.get(_key(line), set())
        if len(meant) == 1:
            found |= meant
        else:
            (unclear if meant else unknown).append(line)
    return Listed(ranges.of_numbers(found), tuple(unknown), tuple(unclear))


def _lines(text: str) -> Sequence[str]:
    stripped = (line.strip() for line in text.lstrip("\ufeff").splitlines())
    return [line for line in stripped if line][:LINES]


def _words(desk: Desk, directory: Directory) -> Mapping[str, set[int]]:
    """What names a contact, and which it names."""
    found: defaultdict[str, set[int]] = defaultdict(set)
    for one in contacts.contacts(desk, directory, directory.contacts.all):
        for name in _IDENTIFYING:
            said = (one.record or {}).get(name)
            if said:
                found[_key(said)].add(one.number)
    return found


def _key(text: str) -> str:
    return " ".join(text.split()).casefold()


def _is_at(place: Place, text: str) -> bool:
    said = [*place.names.values(), place.about.get("address", "")]
    return any(text in one.casefold() for one in said)


def _is_named(record: Mapping[str, str], text: str) -> bool:
    return any(text in record[name].casefold() for name in _PLACES if name in record)


def _speaks(contact: Contact, language: str, offices: Mapping[int, bool]) -> bool:
    """Whether a contact speaks it, by its record, or else by what is said of its office."""
    own = (contact.record or {}).get(_LANGUAGES)
    return offices[contact.standing.office] if own is None else language in _languages(own)


def _languages(said: str) -> set[str]:
    return {tag.casefold() for tag in _TAGS.findall(said)}
