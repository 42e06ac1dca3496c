"""The substance of a meeting: what each side has said, in facts that it alone wrote.

No text of a body is here. A date is as exact as its author gave it: a year, a month or a day.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Status(StrEnum):
    """Where a meeting stands. It never says more than what sides have declared."""

    PROPOSED = "proposed"
    SCHEDULED = "scheduled"
    POSTPONED = "postponed"
    CANCELLED = "cancelled"
    DECLARED_BY_ONE = "declared-by-one"
    DECLARED_BY_ALL = "declared-by-all"
    INFORMAL_BY_ONE = "informal-by-one"
    INFORMAL_BY_ALL = "informal-by-all"
    MINUTES_DRAFTED = "minutes-drafted"
    MINUTES_AGREED = "minutes-agreed"
    MINUTES_RESERVED = "minutes-agreed-with-reservations"
    MINUTES_NOT_AGREED = "minutes-not-agreed"


class Minutes(StrEnum):
    """Where the minutes stand."""

    NONE = "none"
    DRAFTED = "drafted"
    AGREED = "agreed"
    RESERVED = "agreed-with-reservations"
    NOT_AGREED = "not-agreed"


class ItemStatus(StrEnum):
    """Where an item of the agenda stands: on it only by consent of all."""

    OPEN = "open"
    AGREED = "agreed"
    DECLINED = "declined"


class Terms(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, gc=False):
    """Dates that a side put forward: from ``first_day`` to ``last_day``, or none for now."""

    id: bytes
    seq: int
    first_day: str | None
    last_day: str | None


class Acceptance(
    msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, gc=False
):
    """A side's consent to another's ``terms``, by the id of the act that put them forward."""

    id: bytes
    seq: int
    terms: bytes


class Roster(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, gc=False):
    """The latest act that named a side's delegation or programme, and how many entries it has."""

    id: bytes
    seq: int
    count: int


class Items(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, gc=False):
    """Items that an act brought to the agenda, numbered from 1 within the act."""

    id: bytes
    seq: int
    count: int


class Word(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, gc=False):
    """A side's latest word on item ``number`` of those that the act ``items`` brought."""

    items: bytes
    number: int
    accepted: bool


class Declaration(
    msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, gc=False
):
    """A side's word that the meeting took place, and when by its account."""

    id: bytes
    seq: int
    held: str


class Draft(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, gc=False):
    """Minutes that a side put forward."""

    id: bytes
    seq: int


class Reply(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, gc=False):
    """A side's word on another's minutes ``draft``: corrections, agreement, or none.

    ``reservations`` counts those of an agreement. ``version`` is true where one that does not
    agree gave its own version in the same act.
    """

    id: bytes
    seq: int
    type: str
    draft: bytes
    reservations: int = 0
    version: bool = False


class Side(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, gc=False):
    """All that one member has said about a meeting, in its own order.

    ``cancelled`` is its ``seq`` where it said that it will not meet.
    """

    terms: tuple[Terms, ...] = ()
    acceptances: tuple[Acceptance, ...] = ()
    cancelled: int | None = None
    delegation: Roster | None = None
    programme: Roster | None = None
    items: tuple[Items, ...] = ()
    words: tuple[Word, ...] = ()
    declarations: tuple[Declaration, ...] = ()
    drafts: tuple[Draft, ...] = ()
    replies: tuple[Reply, ...] = ()

    def word_on(self, items: bytes, number: int) -> bool | None:
        """What this side last said to an item: consent, refusal, or nothing."""
        for word in self.words:
            if (word.items, word.number) == (items, number):
                return word.accepted
        return None


class Meeting(
    msgspec.Struct,
    frozen=True,
    array_like=True,
    forbid_unknown_fields=True,
    gc=False,
    tag="meeting",
):
    """A meeting or an informal contact. ``sides`` has what each member said, by index."""

    form: str
    level: str
    opener: int
    sides: tuple[Side, ...]

    @property
    def declared(self) -> tuple[int, ...]:
        """The members that have declared that it took place."""
        return tuple(m for m, side in enumerate(self.sides) if side.declarations)


def changed(meeting: Meeting, member: int, side: Side) -> Meeting:
    """``meeting`` with ``side`` in the place of what ``member`` had said."""
    sides = (*meeting.sides[:member], side, *meeting.sides[member + 1 :])
    return msgspec.structs.replace(meeting, sides=sides)
