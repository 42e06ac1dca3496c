"""Header codes, read as what their checked form promises: a code that is absent is nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, Protocol, cast

from parley.domain.act import Code
from parley.domain.shape import CASE_DIGITS, CodeKind, TypeSpec

_CASE: Final = re.compile(f"[0-9a-f]{{{CASE_DIGITS}}}", re.ASCII)


def numbers(spec: TypeSpec, codes: Mapping[str, Code], name: str) -> Sequence[int]:
    """The numbers of the items that the header code ``name`` announces; ``codes`` are checked."""
    rule = spec.code(name)
    value = codes.get(name)
    if value is None:
        return ()
    if isinstance(value, int):
        first = codes.get(rule.start, 1) if rule.start else 1
        return range(first, first + value) if isinstance(first, int) else ()
    match rule.kind:
        case CodeKind.NUMBERS:
            return cast("tuple[int, ...]", value)
        case CodeKind.RANGES:
            return tuple(spread(cast("tuple[tuple[int, int], ...]", value)))
        case CodeKind.PAIRS | CodeKind.DIGESTS | CodeKind.LINKS:
            return tuple(number for number, _ in cast("tuple[tuple[int, str], ...]", value))
        case _:
            return range(1, len(value) + 1)


def spread(ranges: Iterable[tuple[int, int]]) -> Iterator[int]:
    """All numbers of ``ranges``, which are (first, last)."""
    for first, last in ranges:
        yield from range(first, last + 1)


def cases_named(spec: TypeSpec | None, codes: Mapping[str, Code]) -> dict[str, frozenset[str]]:
    """Which of ``codes`` name other cases, and which cases, in hexadecimal.

    ``codes`` may be those of a void act: in a code that the type does not have (or in any, where
    ``spec`` is null) every text counts that could be the number of a case.
    """
    rules = {} if spec is None else {rule.name: rule for rule in spec.codes}
    found: dict[str, frozenset[str]] = {}
    for name, value in codes.items():
        rule = rules.get(name)
        if rule is None or rule.names_case:
            texts = (text.lower() for text in _texts(value))
            named = frozenset(text for text in texts if _CASE.fullmatch(text))
            if named:
                found[name] = named
    return found


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _texts(item)


class Coded(Protocol):
    """Whatever has header codes: an act, or the header of one."""

    @property
    def codes(self) -> Mapping[str, Code]:
        """The codes, checked."""
        ...


def integer(act: Coded, name: str) -> int:
    """A checked count, number or time among the codes of ``act``; 0 where it is absent."""
    value = act.codes.get(name, 0)
    return value if isinstance(value, int) else 0


def token(act: Coded, name: str) -> str:
    """A checked token or identifier; empty where it is absent."""
    value = act.codes.get(name, "")
    return value if isinstance(value, str) else ""


def tokens(act: Coded, name: str) -> tuple[str, ...]:
    """A checked code of kind TOKENS or IDS; none where it is absent."""
    return cast("tuple[str, ...]", act.codes.get(name, ()))


def whole_numbers(act: Coded, name: str) -> tuple[int, ...]:
    """A checked code of kind NUMBERS; none where it is absent."""
    return cast("tuple[int, ...]", act.codes.get(name, ()))


def ranges(act: Coded, name: str) -> tuple[tuple[int, int], ...]:
    """A checked code of kind RANGES; none where it is absent."""
    return cast("tuple[tuple[int, int], ...]", act.codes.get(name, ()))


def pairs(act: Coded, name: str) -> tuple[tuple[int, str], ...]:
    """A checked code of kind PAIRS; none where it is absent."""
    return cast("tuple[tuple[int, str], ...]", act.codes.get(name, ()))


def digests(act: Coded, name: str) -> tuple[tuple[int, str], ...]:
    """A checked code of kind DIGESTS; none where it is absent."""
    return cast("tuple[tuple[int, str], ...]", act.codes.get(name, ()))


def places(act: Coded, name: str) -> tuple[tuple[int, int], ...]:
    """A checked code of kind PLACES; none where it is absent."""
    return cast("tuple[tuple[int, int], ...]", act.codes.get(name, ()))


def links(act: Coded, name: str) -> tuple[tuple[int, int], ...]:
    """A checked code of kind LINKS; none where it is absent."""
    return cast("tuple[tuple[int, int], ...]", act.codes.get(name, ()))


def named(act: Coded, name: str) -> tuple[tuple[str, str | int], ...]:
    """A checked code of kind NAMED; none where it is absent."""
    return cast("tuple[tuple[str, str | int], ...]", act.codes.get(name, ()))
