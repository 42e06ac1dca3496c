"""What the declaration of a statement type consists of, and the check of headers against it.

The declarations themselves are data in ``catalogue``; the check of bodies is in ``body``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final, cast

import msgspec

from parley.domain.act import Act, Code, Precedence
from parley.domain.roles import NOBODY, Role
from parley.kernel import limits
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason

SLUG: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)
HEX: Final = re.compile(r"(?:[0-9a-f]{2})+", re.ASCII)

SLUG_CHARACTERS: Final = 40
LATEST_TIME: Final = 1 << 40
LONGEST_REPLY_SECONDS: Final = 10 * 366 * 86_400


class Scope(StrEnum):
    """Where acts of a type count: in a case of one kind, or in the channel as a whole."""

    INQUIRY = "inquiry"
    CHANNEL = "channel"


class Sender(StrEnum):
    """Which side of a case sends a type. ``DESK``: either, made by the desk itself."""

    ASKER = "asker"
    REPLIER = "replier"
    EITHER = "either"
    DESK = "desk"


class CodeKind(StrEnum):
    """The kinds of header codes."""

    COUNT = "count"  # how many numbered items the body has
    NUMBER = "number"  # a number from 1
    INTEGER = "integer"  # an integer from 0
    TIME = "time"  # seconds since the epoch
    TOKEN = "token"  # one of the choices, or any short token where there are none
    ID = "id"  # bytes in lower-case hexadecimal
    IDS = "ids"  # a tuple of these
    ANSWERS = "answers"  # tuple of (question number, status), numbers ascending


class CodeRule(msgspec.Struct, frozen=True):
    """One header code: its name, kind, and bounds.

    ``most`` bounds integers and the length of tuples; ``start`` names the code that has the first
    number of the items that a COUNT counts (1 where there is none).
    """

    name: str
    kind: CodeKind
    required: bool = True
    choices: tuple[str, ...] = ()
    most: int = LATEST_TIME
    least: int = 0
    start: str | None = None


class FieldKind(StrEnum):
    """The kinds of values in a body."""

    TEXT = "text"
    LINE = "line"
    DIGEST = "digest"  # 32 bytes
    DATE = "date"  # ISO 8601 calendar date, to the year, month or day
    TOKEN = "token"


class FieldRule(msgspec.Struct, frozen=True):
    """One field of a body.

    ``path`` may hold ``<n>`` for a number; ``per`` then names the header code that says which
    numbers there are. ``localised`` fields have a version per language: ``path@en``, and
    optionally ``path@en/status``.
    """

    path: str
    kind: FieldKind
    required: bool = False
    localised: bool = True
    per: str | None = None


class ClockKind(StrEnum):
    """What is due, and from which side."""

    ACKNOWLEDGE = "acknowledge"
    PRELIMINARY = "preliminary"
    DETAILED = "detailed"
    NEXT_STEP = "next-step"
    RESPOND = "respond"


class Clock(msgspec.Struct, frozen=True):
    """What an act of a type makes due from the other side, seconds from its receipt.

    ``urgent`` holds from precedence *immediate* on.
    """

    kind: ClockKind
    seconds: int
    urgent: int | None = None


class TypeSpec(msgspec.Struct, frozen=True):
    """A statement type: who may send it, what it must have, who makes it, what it makes due.

    ``reference`` has the types that an act of this one may refer to; where it is not empty, the
    reference is required. ``authorisers`` is how many officers must authorise it.
    """

    type: str
    scope: Scope
    sender: Sender
    purpose: str
    opens: bool = False
    reference: tuple[str, ...] = ()
    codes: tuple[CodeRule, ...] = ()
    fields: tuple[FieldRule, ...] = ()
    drafted_by: frozenset[Role] = NOBODY
    cleared_by: frozenset[Role] = NOBODY
    authorised_by: frozenset[Role] = NOBODY
    authorisers: int = 0
    reply_wanted_required: bool = False
    clocks: tuple[Clock, ...] = ()

    def code(self, name: str) -> CodeRule:
        """The rule of the code ``name``, which this type has."""
        return next(rule for rule in self.codes if rule.name == name)


def check_header(spec: TypeSpec, act: Act) -> None:
    """Check everything in the header of ``act`` that needs no other act.

    :raises ParleyError: ``code-invalid``, ``code-missing``, ``code-unknown``,
        ``reference-missing``.
    """
    if not 0 <= act.precedence <= Precedence.FLASH:
        raise ParleyError(Reason.CODE_INVALID, type=spec.type, code="precedence")
    if act.reply_wanted is None:
        if spec.reply_wanted_required:
            raise ParleyError(Reason.CODE_MISSING, type=spec.type, code="reply-wanted")
    elif not 0 < act.reply_wanted <= LONGEST_REPLY_SECONDS:
        raise ParleyError(Reason.CODE_INVALID, type=spec.type, code="reply-wanted")
    if act.reference is None and spec.reference:
        raise ParleyError(Reason.REFERENCE_MISSING, type=spec.type)
    check_codes(spec, act.codes)


def check_codes(spec: TypeSpec, codes: Mapping[str, Code]) -> None:
    """Check the header codes of an act: exactly those that its type has, each in its bounds.

    :raises ParleyError: ``code-invalid``, ``code-missing``, ``code-unknown``.
    """
    known = 0
    for rule in spec.codes:
        value = codes.get(rule.name)
        if value is None:
            if rule.required:
                raise ParleyError(Reason.CODE_MISSING, type=spec.type, code=rule.name)
            continue
        known += 1
        if not _code_holds(rule, value):
            raise ParleyError(Reason.CODE_INVALID, type=spec.type, code=rule.name)
    if known != len(codes):
        raise ParleyError(Reason.CODE_UNKNOWN, type=spec.type)


def numbers(spec: TypeSpec, codes: Mapping[str, Code], name: str) -> Sequence[int]:
    """The numbers of the items that the header code ``name`` announces; ``codes`` are checked."""
    rule = spec.code(name)
    value = codes.get(name)
    if isinstance(value, int):
        first = codes.get(rule.start, 1) if rule.start else 1
        return range(first, first + value) if isinstance(first, int) else ()
    return tuple(number for number, _ in answers(value))


def answers(value: Code | None) -> tuple[tuple[int, str], ...]:
    """A checked code of kind ANSWERS: pairs of number and status; none where it is absent."""
    return () if value is None else cast("tuple[tuple[int, str], ...]", value)


def integer(act: Act, name: str) -> int:
    """A checked count, number or time among the codes of ``act``; 0 where it is absent."""
    value = act.codes.get(name, 0)
    return value if isinstance(value, int) else 0


def _code_holds(rule: CodeRule, value: Code) -> bool:
    match rule.kind:
        case CodeKind.TOKEN:
            return isinstance(value, str) and (
                value in rule.choices if rule.choices else _is_slug(value)
            )
        case CodeKind.ID:
            return _is_hex(value, rule.most)
        case CodeKind.IDS:
            return (
                isinstance(value, tuple)
                and rule.least <= len(value) <= rule.most
                and all(_is_hex(item, 64) for item in value)
            )
        case CodeKind.ANSWERS:
            return _answers_hold(rule, value)
        case _:
            return type(value) is int and rule.least <= value <= rule.most


def _answers_hold(rule: CodeRule, value: Code) -> bool:
    if not isinstance(value, tuple) or not rule.least <= len(value) <= rule.most:
        return False
    last = 0
    for pair in value:
        if not isinstance(pair, tuple) or len(pair) != 2:
            return False
        number, status = pair
        if type(number) is not int or not last < number <= limits.QUESTIONS:
            return False
        if status not in rule.choices:
            return False
        last = number
    return True


def _is_slug(value: str) -> bool:
    return len(value) <= SLUG_CHARACTERS and SLUG.fullmatch(value) is not None


def _is_hex(value: object, most: int) -> bool:
    return isinstance(value, str) and len(value) <= most and HEX.fullmatch(value) is not None
