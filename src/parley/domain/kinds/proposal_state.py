"""The facts of a proposal, and the text that follows from them.

Every fact has one writer. Of each unit each party has a **variant**, its own text, which only it
writes and withdraws, and a **word**: the text of the unit that it wants, its own or another
party's. A unit to which a party other than the opener has said anything is in brackets until the
words of all parties name one variant that still stands. So no bracket goes without all, and no
order of acts that crossed decides what a unit says. No text of a body is here, only digests.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from itertools import groupby
from typing import NamedTuple

import msgspec

from parley.domain.act import ActType
from parley.domain.kinds.proposal_text import text_digest
from parley.domain.types.proposal import OMITTED

Vector = tuple[int, ...]


class Status(StrEnum):
    """Where a proposal stands in substance."""

    TABLED = "tabled"
    UNDER_STUDY = "under-study"
    COMMENTED = "commented"
    BRACKETED = "bracketed"
    AGREED_AD_REFERENDUM = "agreed-ad-referendum"
    AGREED = "agreed"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"


class Version(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, gc=False):
    """A version of the opener's own text: its number from 1, and the act that tabled it."""

    number: int
    act: bytes


class Variant(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, gc=False):
    """A party's own text of a unit.

    ``digest`` is hexadecimal, ``omitted`` where the party wants the unit left out, or empty where
    it has withdrawn its text. ``act`` is where the text stands. A unit that was added stands
    behind the unit ``after``, which has a smaller number, or at the end (0).
    """

    unit: int
    owner: int
    act: bytes
    digest: str
    after: int


class Word(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, gc=False):
    """The latest word of a party on a unit: the digest that it wants; empty where it wants none."""

    unit: int
    member: int
    digest: str


class News(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, gc=False):
    """The latest act of a party that the others have to study."""

    act: bytes
    seq: int
    type: str
    precedence: int


class Study(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, gc=False):
    """A party's latest word that it studies the text; ``next_step`` is seconds since the epoch."""

    act: bytes
    next_step: int | None


class Agreement(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, gc=False):
    """A party's latest agreement to a text, ad referendum or ``final``; ``text`` is its hash."""

    act: bytes
    seq: int
    seen: Vector
    final: bool
    text: str


class Ended(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, gc=False):
    """The act by which the opener ended the case; ``by`` is the case that took its place.

    ``by`` is null where none did, and for a reader for whom that case is not there.
    """

    act: bytes
    type: str
    by: str | None

    @property
    def superseded(self) -> bool:
        """Whether another proposal took the place of this one."""
        return self.type == ActType.PROPOSAL_SUPERSESSION


class Proposal(
    msgspec.Struct,
    frozen=True,
    array_like=True,
    forbid_unknown_fields=True,
    tag="proposal",
    gc=False,
):
    """A proposal. What is a tuple by member has an entry for each member of the channel.

    ``opening`` is the act that opened it. ``touched`` counts each member's statements up to its
    last one that bore on the text; ``heard`` has what each had seen when it last said something
    of substance.
    """

    opening: bytes
    opener: int
    authentic: tuple[str, ...]
    prevailing: str | None
    versions: tuple[Version, ...]
    variants: tuple[Variant, ...]
    words: tuple[Word, ...]
    touched: Vector
    heard: tuple[Vector, ...]
    news: tuple[News | None, ...]
    studies: tuple[Study | None, ...]
    comments: Vector
    agreements: tuple[Agreement | None, ...]
    ended: Ended | None = None

    @property
    def members(self) -> int:
        """How many members the channel has."""
        return len(self.touched)

    def variant(self, unit: int, owner: int) -> Variant | None:
        """A party's own text of a unit, withdrawn or not."""
        return next((v for v in self.variants if (v.unit, v.owner) == (unit, owner)), None)

    def word(self, unit: int, member: int) -> str | None:
        """The text of a unit that a party wants; None where it has said nothing of the unit."""
        return next((w.digest for w in self.words if (w.unit, w.member) == (unit, member)), None)

    @property
    def numbers(self) -> frozenset[int]:
        """The numbers of all units that there are or ever were."""
        return frozenset(variant.unit for variant in self.variants)


class Unit(NamedTuple):
    """A unit as it stands.

    ``variants`` are those that stand, by owner; ``words`` what each party wants, by member, None
    where it has said nothing. ``chosen`` is the variant that is its text; None while the unit is
    ``bracketed``, and where it is left out.
    """

    number: int
    variants: tuple[Variant, ...]
    words: tuple[str | None, ...]
    bracketed: bool
    chosen: Variant | None


def units(proposal: Proposal) -> tuple[Unit, ...]:
    """All units in the order of the text, those that are left out too."""
    words: dict[int, list[str | None]] = {}
    for word in proposal.words:
        words.setdefault(word.unit, [None] * proposal.members)[word.member] = word.digest
    found: list[Unit] = []
    places: dict[int, tuple[int, ...]] = {0: ()}
    for number, group in groupby(proposal.variants, key=lambda variant: variant.unit):
        variants = tuple(group)
        # Several parties may have added a unit of one number: the first by index says where.
        after = variants[0].after
        places[number] = (*places.get(after, ()), number)
        standing = tuple(variant for variant in variants if variant.digest)
        found.append(_unit(proposal, number, standing, tuple(words[number])))
    return tuple(sorted(found, key=lambda unit: places[unit.number]))


def _unit(
    proposal: Proposal, number: int, standing: tuple[Variant, ...], words: tuple[str | None, ...]
) -> Unit:
    speakers = [member for member, word in enumerate(words) if word is not None]
    if speakers == [proposal.opener] or (len(speakers) == 1 and not standing):
        # Tabled and put in brackets by nobody, or added and taken back.
        return Unit(number, standing, words, False, _text_of(standing[0] if standing else None))
    wanted = set(words)
    agreed = next((v for v in standing if wanted == {v.digest}), None)
    return Unit(number, standing, words, agreed is None, _text_of(agreed))


def _text_of(variant: Variant | None) -> Variant | None:
    return None if variant is None or variant.digest == OMITTED else variant


def text(proposal: Proposal) -> tuple[Unit, ...] | None:
    """The units that make up the text without brackets; None as long as there are any."""
    found = units(proposal)
    if any(unit.bracketed for unit in found):
        return None
    return tuple(unit for unit in found if unit.chosen is not None)


def hash_of(proposal: Proposal) -> str | None:
    """The hash of the text without brackets; None as long as there are any, or no text at all."""
    found = text(proposal)
    if not found:
        return None
    return text_digest(
        proposal.opening,
        proposal.authentic,
        proposal.prevailing,
        [(unit.number, unit.chosen.digest) for unit in found if unit.chosen is not None],
    )


# --- agreement -----------------------------------------------------------------------------------


def agreement_of(proposal: Proposal, member: int) -> Agreement | None:
    """A member's agreement to the text as it stands.

    None where a word on the text came after it or crossed it: nobody is bound to a text that
    others had changed without its knowledge, or that it has itself changed since.
    """
    given = proposal.agreements[member]
    if given is None or any(
        count > seen for count, seen in zip(proposal.touched, given.seen, strict=True)
    ):
        return None
    return given


def agreements(proposal: Proposal) -> Iterator[Agreement | None]:
    """Of each member its agreement to the text as it stands."""
    return (agreement_of(proposal, member) for member in range(proposal.members))


def is_agreed(proposal: Proposal) -> bool:
    """Whether all have agreed for good to the text as it stands."""
    return all(given is not None and given.final for given in agreements(proposal))


def status(proposal: Proposal) -> Status:
    """Where a proposal stands."""
    if proposal.ended is not None:
        return Status.SUPERSEDED if proposal.ended.superseded else Status.WITHDRAWN
    if is_agreed(proposal):
        return Status.AGREED
    if all(given is not None for given in agreements(proposal)):
        return Status.AGREED_AD_REFERENDUM
    if any(unit.bracketed for unit in units(proposal)):
        return Status.BRACKETED
    if any(proposal.comments):
        return Status.COMMENTED
    return Status.TABLED if not any(proposal.studies) else Status.UNDER_STUDY
