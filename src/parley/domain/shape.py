"""What the declaration of a statement type consists of, and the check of headers against it.

The declarations themselves are data in ``catalogue``; the check of bodies is in ``body``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Final, Protocol, cast

import msgspec

from parley.domain.act import Act, Code, Precedence
from parley.domain.dates import is_date
from parley.domain.roles import NOBODY, Role
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason

SLUG: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)
HEX: Final = re.compile(r"(?:[0-9a-f]{2})+", re.ASCII)

SLUG_CHARACTERS: Final = 40
DIGEST_DIGITS: Final = 64
LATEST_TIME: Final = 1 << 40
LONGEST_REPLY_SECONDS: Final = 10 * 366 * 86_400


class Scope(StrEnum):
    """Where acts of a type count: in a case of one kind, or in the channel as a whole."""

    INQUIRY = "inquiry"
    PROPOSAL = "proposal"
    WORKING_GROUP = "working-group"
    MEETING = "meeting"
    UNDERSTANDING = "understanding"
    CONTACTS = "contacts"
    POSITION = "position"
    NOTICE = "notice"
    CASE_SHARE = "case-share"
    RECUSAL = "recusal"
    CHANNEL = "channel"


class Sender(StrEnum):
    """Which side of a case sends a type. ``DESK``: either, made by the desk itself."""

    ASKER = "asker"
    REPLIER = "replier"
    OPENER = "opener"
    OTHER = "other"
    EITHER = "either"
    DESK = "desk"


class Opens(StrEnum):
    """Whether an act of a type opens a case: never, always, or where it comes first in one."""

    NEVER = "never"
    MAY = "may"
    ALWAYS = "always"


class CodeKind(StrEnum):
    """The kinds of header codes. Tuples hold ``least`` to ``most`` items, none of them twice.

    Those that fields can stand for (``FieldRule.per``) announce numbers: a count those from 1 or
    from its ``start``; numbers, ranges and pairs those that they name; tokens and named ones the
    places in the tuple, from 1.
    """

    COUNT = "count"  # how many numbered items the body has
    NUMBER = "number"  # a number from 1
    INTEGER = "integer"  # an integer from 0
    TIME = "time"  # seconds since the epoch
    DATE = "date"  # ISO 8601 calendar date, to the year, month or day
    TOKEN = "token"  # one of the choices, or any short token where there are none
    ID = "id"  # bytes in lower-case hexadecimal, ``least`` to ``most`` digits
    IDS = "ids"  # a tuple of these
    NUMBERS = "numbers"  # a tuple of numbers up to ``highest``, ascending
    RANGES = "ranges"  # a tuple of (first, last), ascending and apart; ``most`` numbers in all
    TOKENS = "tokens"  # a tuple of tokens
    DURATION = "duration"  # a length of time in seconds
    PAIRS = "pairs"  # a tuple of (number up to ``highest``, token), numbers ascending
    DIGESTS = "digests"  # as pairs, of (number, 32 bytes in hexadecimal or one of the choices)
    PLACES = "places"  # as pairs, of (number, smaller number or 0)
    LINKS = "links"  # a tuple of (number, number), both up to ``highest``, first ones ascending
    NAMED = "named"  # a tuple of (token, token of the choices or a number), first ones ascending


class CodeRule(msgspec.Struct, frozen=True):
    """One header code: its name, kind, and bounds.

    ``most`` bounds integers and the length of tuples, ``highest`` the numbers in them; ``start``
    names the code that has the first number of the items that a COUNT counts (1 where there is
    none). ``entries`` is what the parts of an item are called where officers write it, ``remark``
    what an empty file says of the code. What ``follows`` from the case or the text is asked of
    nobody.
    """

    name: str
    kind: CodeKind
    required: bool = True
    choices: tuple[str, ...] = ()
    most: int = LATEST_TIME
    least: int = 0
    start: str | None = None
    highest: int = LATEST_TIME
    entries: tuple[str, str] = ("number", "value")
    remark: str = ""
    follows: bool = False


class FieldKind(StrEnum):
    """The kinds of values in a body."""

    TEXT = "text"
    LINE = "line"
    DIGEST = "digest"  # 32 bytes
    DATE = "date"  # ISO 8601 calendar date, to the year, month or day
    TIME = "time"  # seconds since the epoch
    NUMBER = "number"  # an integer from 0
    TOKEN = "token"


class FieldRule(msgspec.Struct, frozen=True):
    """One field of a body.

    ``path`` may hold ``<n>`` for a number, as its second part; ``per`` then names the header code
    that says which numbers there are, one code for all fields of the group. ``localised`` fields
    have a version per language: ``path@en``, and optionally ``path@en/status``. ``choices`` bounds
    a token.
    that says which numbers there are. ``localised`` fields have a version per language:
    ``path@en``, and optionally ``path@en/status``. ``choices`` bounds a token.
    ``in_languages`` names the code with the languages in which each such field must stand.
    """

    path: str
    kind: FieldKind
    required: bool = False
    localised: bool = True
    per: str | None = None
    choices: tuple[str, ...] = ()
    in_languages: str | None = None


class ClockKind(StrEnum):
    """What is due, and from which side."""

    ACKNOWLEDGE = "acknowledge"
    PRELIMINARY = "preliminary"
    DETAILED = "detailed"
    NEXT_STEP = "next-step"
    RESPOND = "respond"
    MEETING_NOTICE = "meeting-notice"
    MINUTES = "minutes"
    REVIEW = "review"
    FULFILMENT = "fulfilment"
    STUDY = "study"
    PRESERVE = "preserve"
    RETENTION = "retention"
    ANSWER_CHECK = "answer-check"
    CHECK = "check"
    RECONFIRM = "reconfirm"


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
    reference is required, unless the act opens a case or ``reference_optional`` says otherwise.
    ``reference_other``: it is a word on what another member said, never on its author's own.
    ``authorisers`` is how many officers must authorise it.
    """

    type: str
    scope: Scope
    sender: Sender
    purpose: str
    opens: Opens = Opens.NEVER
    reference: tuple[str, ...] = ()
    reference_optional: bool = False
    reference_other: bool = False
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
    needed = spec.reference and spec.opens == Opens.NEVER and not spec.reference_optional
    if act.reference is None and needed:
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


# --- reading checked codes -----------------------------------------------------------------------


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


# --- checking codes ------------------------------------------------------------------------------


def _code_holds(rule: CodeRule, value: Code) -> bool:
    match rule.kind:
        case CodeKind.TOKEN:
            return _is_token(rule, value)
        case CodeKind.DATE:
            return isinstance(value, str) and is_date(value)
        case CodeKind.ID:
            return _is_hex(value, rule.least, rule.most)
        case (
            CodeKind.COUNT | CodeKind.NUMBER | CodeKind.INTEGER | CodeKind.TIME | CodeKind.DURATION
        ):
            return type(value) is int and rule.least <= value <= rule.most
    return isinstance(value, tuple) and _items_hold(rule, value)


def _items_hold(rule: CodeRule, items: Sequence[object]) -> bool:
    if rule.kind == CodeKind.RANGES:
        return _ranges_hold(rule, items)
    if not rule.least <= len(items) <= rule.most:
        return False
    match rule.kind:
        case CodeKind.IDS:
            return all(_is_hex(item, 2, 64) for item in items) and len(set(items)) == len(items)
        case CodeKind.NUMBERS:
            return _ascend(rule, items)
        case CodeKind.TOKENS:
            return all(_is_token(rule, item) for item in items) and len(set(items)) == len(items)
    return _pairs_hold(rule, items)


def _pairs_hold(rule: CodeRule, items: Sequence[object]) -> bool:
    split = [item for item in items if isinstance(item, tuple) and len(item) == 2]
    if len(split) < len(items):
        return False
    firsts, seconds = [pair[0] for pair in split], [pair[1] for pair in split]
    match rule.kind:
        case CodeKind.PAIRS:
            return _ascend(rule, firsts) and all(_is_token(rule, item) for item in seconds)
        case CodeKind.DIGESTS:
            return _ascend(rule, firsts) and all(
                item in rule.choices or is_digest(item) for item in seconds
            )
        case CodeKind.PLACES:
            smaller = (type(b) is int and 0 <= b < a for a, b in split)
            return _ascend(rule, firsts) and all(smaller)
        case CodeKind.LINKS:
            return _ascend(rule, firsts) and all(
                type(item) is int and 0 <= item <= rule.highest for item in seconds
            )
    return _names_ascend(firsts) and all(_is_named(rule, item) for item in seconds)


def _ascend(rule: CodeRule, items: Sequence[object]) -> bool:
    last = 0
    for number in items:
        if type(number) is not int or not last < number <= rule.highest:
            return False
        last = number
    return True


def _names_ascend(items: Sequence[object]) -> bool:
    last = ""
    for name in items:
        if not isinstance(name, str) or not is_slug(name) or name <= last:
            return False
        last = name
    return True


def _ranges_hold(rule: CodeRule, value: Sequence[object]) -> bool:
    """Ranges that ascend and neither touch nor overlap: one set of numbers has one form."""
    last, count = -1, 0
    for pair in value:
        if not isinstance(pair, tuple) or len(pair) != 2:
            return False
        start, end = pair
        if type(start) is not int or type(end) is not int:
            return False
        if start < 1 or start <= last + 1 or not start <= end <= rule.highest:
            return False
        last, count = end, count + end - start + 1
    return rule.least <= count <= rule.most


def _is_token(rule: CodeRule, value: object) -> bool:
    return isinstance(value, str) and (value in rule.choices if rule.choices else is_slug(value))


def _is_named(rule: CodeRule, value: object) -> bool:
    return _is_token(rule, value) or (type(value) is int and 0 <= value <= rule.highest)


def is_slug(value: str) -> bool:
    """Whether ``value`` is a short token."""
    return len(value) <= SLUG_CHARACTERS and SLUG.fullmatch(value) is not None


def is_digest(value: object) -> bool:
    """Whether ``value`` is a digest of 32 bytes in lower-case hexadecimal."""
    return _is_hex(value, DIGEST_DIGITS, DIGEST_DIGITS)


def _is_hex(value: object, least: int, most: int) -> bool:
    return (
        isinstance(value, str) and least <= len(value) <= most and HEX.fullmatch(value) is not None
    )
