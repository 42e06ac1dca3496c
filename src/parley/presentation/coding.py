"""Header codes as officers write them in a file: how each kind is read, written and asked for.

=========  ========================================================================================
kind       in a file
=========  ========================================================================================
token      ``ground = "law-forbids"``
duration   ``retention = "90d"``
time       ``next-step-at = "14d"``, a day, or a time in UTC
date       ``held = "2017-07"``: a year, a month or a day
number     ``serial = 3``; an integer alike
id         ``contact = "00ff"``
ids        ``digests = ["00ff", "11ee"]``; tokens alike
numbers    ``units = [1, 3]``, or ``"1, 3-5"``
ranges     ``contacts = "1-755, 800"``, or a list of numbers
links      ``deputies = [{office = 1, deputy = 2}]``, with the names that the type gives
pairs      ``votes = [{number = 1, value = "yes"}]``, with the names that the type gives; so named,
           digests and places
=========  ========================================================================================

A code that announces the items of a group in the text is not written: the items say it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, cast

from parley.domain.act import Code
from parley.domain.codes import spread
from parley.domain.dates import is_date
from parley.domain.kinds.proposal_text import PENDING
from parley.domain.shape import CodeKind, CodeRule, TypeSpec
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.presentation import times

_RANGE: Final = re.compile(r"\s*([0-9]{1,12})(?:\s*[-\u2013]\s*([0-9]{1,12}))?\s*", re.ASCII)
_MOST_NUMBERS: Final = 100_000


BY_NUMBER: Final = frozenset(
    {CodeKind.NUMBERS, CodeKind.RANGES, CodeKind.PAIRS, CodeKind.DIGESTS}
    | {CodeKind.PLACES, CodeKind.LINKS}
)
PAIRED: Final = frozenset(
    {CodeKind.PAIRS, CodeKind.NAMED, CodeKind.DIGESTS, CodeKind.PLACES, CodeKind.LINKS}
)

Key = tuple[int | str, str | int | None]
"""What an item of a group goes by: its number or name, and for pairs what goes with it."""


def entry_of(rule: CodeRule) -> str:
    """The entry of a header code; a text about a time may have the code's own name."""
    return f"{rule.name}-at" if rule.kind == CodeKind.TIME else rule.name


def written(spec: TypeSpec) -> dict[str, CodeRule]:
    """The codes that officers write, by their entries; the others follow from text and case."""
    announced = {rule.per for rule in spec.fields} | {rule.start for rule in spec.codes}
    return {
        entry_of(rule): rule
        for rule in spec.codes
        if rule.name not in announced and rule.kind != CodeKind.COUNT
    }


# --- reading -------------------------------------------------------------------------------------


def read(rule: CodeRule, value: object, now: int) -> Code:
    """The code that an entry comes to.

    :raises ParleyError: ``manuscript-entry-invalid``, ``argument-invalid``, ``time-invalid``.
    """
    name = entry_of(rule)
    match rule.kind:
        case CodeKind.TIME:
            return placed(name, lambda: times.moment(str(value), now))
        case CodeKind.DURATION:
            return placed(name, lambda: times.duration(_string(value, name)))
        case CodeKind.DATE:
            return _date(value, name)
        case CodeKind.TOKEN:
            return _token(rule, value, name)
        case CodeKind.ID:
            return _string(value, name).lower()
        case CodeKind.NUMBERS | CodeKind.RANGES:
            numbers = _numbers(value, name)
            return ranges_of(numbers) if rule.kind == CodeKind.RANGES else numbers
        case CodeKind.NUMBER | CodeKind.INTEGER | CodeKind.COUNT:
            if type(value) is not int:
                raise invalid(name)
            return value
    return tuple(_read_items(rule, _list(value, name), name))


def _read_items(rule: CodeRule, items: list[Any], name: str) -> list[Any]:
    match rule.kind:
        case CodeKind.IDS:
            return [_string(item, name).lower() for item in items]
        case CodeKind.TOKENS:
            return [_token(rule, item, name) for item in items]
        case _:
            return sorted((_pair(rule, item, name) for item in items), key=lambda pair: pair[0])


def key(rule: CodeRule, item: dict[str, Any], where: str, *, unfinished: bool = False) -> Key:
    """What an item of a group says for the code that announces it; taken out of ``item``.

    The number or name that it goes by, and for pairs what goes with it, which may be missing where
    the text is ``unfinished``.

    :raises ParleyError: ``manuscript-entry-invalid``, ``argument-invalid``.
    """
    first, second = rule.entries
    name = item.pop(first, None)
    if rule.kind in BY_NUMBER:
        if type(name) is not int or name < 1:
            raise invalid(f"{where}.{first}")
    elif not isinstance(name, str) or not name:
        raise invalid(f"{where}.{first}")
    if rule.kind not in PAIRED:
        return name, None
    value = item.pop(second, None)
    if value is None and unfinished and rule.kind != CodeKind.DIGESTS:
        return name, None
    match rule.kind:
        case CodeKind.NAMED | CodeKind.PLACES | CodeKind.LINKS if type(value) is int:
            return name, value
        case CodeKind.DIGESTS:
            # Of a text that is written here there is no digest yet: no salts are drawn.
            return name, PENDING if value is None else _string(value, f"{where}.{second}")
    return name, _token(rule, value, f"{where}.{second}")


def announced(rule: CodeRule, keys: Sequence[Key]) -> Code:
    """The code that the keys of a group's items come to; ``keys`` ascend where the kind does."""
    match rule.kind:
        case CodeKind.PAIRS | CodeKind.NAMED | CodeKind.DIGESTS | CodeKind.LINKS:
            return tuple((name, value) for name, value in keys if value is not None)
        case CodeKind.RANGES:
            return ranges_of(name for name, _ in keys if isinstance(name, int))
        case _:
            return tuple(name for name, _ in keys)


def ranges_of(numbers: Iterable[int]) -> tuple[tuple[int, int], ...]:
    """Numbers as ranges that ascend and do not touch."""
    found: list[tuple[int, int]] = []
    for number in sorted(set(numbers)):
        if found and found[-1][1] == number - 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return tuple(found)


def _numbers(value: object, name: str) -> tuple[int, ...]:
    """Numbers in a list, or in a text with ranges."""
    parts = value.split(",") if isinstance(value, str) else value
    if type(parts) is int:
        parts = [parts]
    found: set[int] = set()
    for part in _list(parts, name):
        if type(part) is int:
            found.add(part)
            continue
        match = _RANGE.fullmatch(_string(part, name))
        if match is None:
            raise invalid(name)
        first, last = int(match[1]), int(match[2] or match[1])
        if not 0 < first <= last or last - first + len(found) >= _MOST_NUMBERS:
            raise invalid(name)
        found.update(range(first, last + 1))
    return tuple(sorted(found))


def _pair(rule: CodeRule, item: object, name: str) -> tuple[Any, Any]:
    if isinstance(item, list) and len(item) == 2:
        item = dict(zip(rule.entries, item, strict=True))
    if not isinstance(item, dict) or not set(item) <= set(rule.entries):
        raise invalid(name)
    return key(rule, dict(item), name)


def _date(value: object, name: str) -> str:
    # TOML has days and numbers of its own.
    text = str(value)
    if not is_date(text):
        raise invalid(name)
    return text


def _token(rule: CodeRule, value: object, name: str) -> str:
    text = _string(value, name) if value is not None or not rule.choices else str(value)
    if rule.choices and text not in rule.choices:
        raise not_among(text, name, rule.choices)
    return text


def _string(value: object, name: str) -> str:
    if not isinstance(value, str):
        raise invalid(name)
    return value


def _list(value: object, name: str) -> list[Any]:
    if not isinstance(value, list):
        raise invalid(name)
    return value


def placed(place: str, read: Callable[[], int]) -> int:
    """What ``read`` gives; where it refuses, with the entry at which it did.

    :raises ParleyError: as ``read``.
    """
    try:
        return read()
    except ParleyError as error:
        raise ParleyError(error.reason, **{"place": place, **error.details}) from error


def invalid(place: str) -> ParleyError:
    """An entry whose value is not of its form."""
    return ParleyError(Reason.MANUSCRIPT_ENTRY_INVALID, place=place)


def not_among(value: object, name: str, choices: Iterable[str]) -> ParleyError:
    """A value that is none of those that there are."""
    return ParleyError(
        Reason.ARGUMENT_INVALID, value=str(value), name=name, choices=", ".join(choices)
    )


# --- writing -------------------------------------------------------------------------------------


def toml(rule: CodeRule, value: Code) -> str:
    """A checked code as the value of its entry."""
    if isinstance(value, int):
        if rule.kind == CodeKind.DURATION:
            return quoted(times.compact(value))
        return quoted(times.iso(value)) if rule.kind == CodeKind.TIME else str(value)
    if isinstance(value, str):
        return quoted(value)
    match rule.kind:
        case CodeKind.RANGES:
            return quoted(", ".join(_range(*pair) for pair in cast("Any", value)))
        case CodeKind.PAIRS | CodeKind.NAMED | CodeKind.DIGESTS | CodeKind.LINKS | CodeKind.PLACES:
            items = (
                ", ".join(
                    f"{entry} = {_plain(part)}"
                    for entry, part in zip(rule.entries, cast("Any", pair), strict=True)
                )
                for pair in value
            )
            return f"[{', '.join(f'{{ {item} }}' for item in items)}]"
        case _:
            return f"[{', '.join(_plain(item) for item in value)}]"


def key_lines(rule: CodeRule, value: Code, place: int) -> list[str]:
    """The entries by which the item at ``place`` (from 0) of a group says its code."""
    if not isinstance(value, tuple) or rule.kind == CodeKind.COUNT:
        return []
    if rule.kind == CodeKind.RANGES:
        numbers = tuple(spread(cast("tuple[tuple[int, int], ...]", value)))
        return [f"{rule.entries[0]} = {numbers[place]}"]
    item = value[place]
    parts = item if isinstance(item, tuple) else (item,)
    if rule.kind == CodeKind.DIGESTS:
        parts = parts[:1]  # the digest follows from the text
    return [f"{entry} = {_plain(part)}" for entry, part in zip(rule.entries, parts, strict=False)]


def _range(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}-{last}"


def _plain(value: object) -> str:
    return str(value) if isinstance(value, int) else quoted(str(value))


def quoted(text: str) -> str:
    """``text`` as a string of TOML on one line."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


# --- asking --------------------------------------------------------------------------------------

_SAMPLES: Final = {
    CodeKind.DURATION: ('"60d"', "a length of time: h, d, w"),
    CodeKind.TIME: ('"14d"', "a length of time, a day, or a time in UTC"),
    CodeKind.DATE: ('""', "2017-07-07, 2017-07 or 2017"),
    CodeKind.ID: ('"00ff"', "hexadecimal"),
    CodeKind.IDS: ('["00ff"]', "hexadecimal, one or more"),
    CodeKind.NUMBERS: ("[1]", "numbers"),
    CodeKind.RANGES: ('"1-3, 5"', "numbers and ranges of numbers"),
    CodeKind.TOKENS: ('["one", "two"]', "short names: a-z, 0-9, hyphens"),
    CodeKind.NUMBER: ("1", "a number"),
    CodeKind.INTEGER: ("0", "a number"),
}


def sample(rule: CodeRule) -> tuple[str, str]:
    """What stands in an empty file for a code: its value, and a remark.

    A choice is left empty on purpose: nobody should sign one that a template made.
    """
    choices = "one of: " + " ".join(rule.choices) if rule.choices else "a short name"
    match rule.kind:
        case CodeKind.TOKEN:
            return '""', choices
        case CodeKind.PAIRS | CodeKind.DIGESTS:
            first, second = rule.entries
            return f'[{{ {first} = 1, {second} = "" }}]', choices
        case CodeKind.PLACES:
            first, second = rule.entries
            return f"[{{ {first} = 2, {second} = 1 }}]", "numbers"
        case CodeKind.LINKS:
            first, second = rule.entries
            return f"[{{ {first} = 1, {second} = 2 }}]", "numbers"
        case CodeKind.NAMED:
            first, second = rule.entries
            return f'[{{ {first} = "", {second} = "" }}]', choices
        case CodeKind.TOKENS if rule.choices:
            return "[]", "some of: " + " ".join(rule.choices)
        case _:
            return _SAMPLES[rule.kind]
