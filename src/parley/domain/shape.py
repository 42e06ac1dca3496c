"""What the declaration of a statement type consists of.

The declarations themselves are data in ``catalogue``; the check of headers against them is in
``header``, that of bodies in ``body``.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import msgspec

from parley.domain.roles import NOBODY, Role

SLUG_CHARACTERS: Final = 40
DIGEST_DIGITS: Final = 64
CASE_DIGITS: Final = 32
LATEST_TIME: Final = 1 << 40


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
    ERASURE = "erasure"
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

    @property
    def names_case(self) -> bool:
        """Whether the code is the number of another case."""
        return self.kind == CodeKind.ID and self.least == self.most == CASE_DIGITS


class FieldKind(StrEnum):
    """The kinds of values in a body."""

    TEXT = "text"
    LINE = "line"
    DIGEST = "digest"  # 32 bytes
    DATE = "date"  # ISO 8601 calendar date, to the year, month or day
    TIME = "time"  # seconds since the epoch
    NUMBER = "number"  # an integer from 0
    TOKEN = "token"
    ATTACHMENT = "attachment"  # 32 bytes of root, then the size in 8: parley.record.attachment


class FieldRule(msgspec.Struct, frozen=True):
    """One field of a body.

    ``path`` may hold ``<n>`` for a number, as its second part; ``per`` then names the header code
    that says which numbers there are, one code for all fields of the group. ``localised`` fields
    have a version per language: ``path@en``, and optionally ``path@en/status``. ``choices`` bounds
    a token.
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
