"""What an understanding amounts to: joint, unilateral or disputed, who holds it, what is due."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from parley.domain import clocks, dates
from parley.domain.act import ActType, Precedence
from parley.domain.clocks import Obligation, Overrides
from parley.domain.kind import Held
from parley.domain.kinds.understanding_state import (
    Report,
    Side,
    Status,
    Understanding,
    Version,
    Word,
)
from parley.domain.shape import ClockKind
from parley.domain.types.understanding import ALL, AUTHOR, CONTESTED, DONE

SETTLED = frozenset({Status.GIVEN_UP, Status.LAPSED})


class Stance(StrEnum):
    """Where one side stands."""

    SILENT = "no-statement"
    VERSION = "own-version"
    CONFIRMED = "confirmed"
    DISPUTED = "disputed"
    STEPPED_BACK = "stepped-back"
    LAPSED = "lapsed"


class Place(NamedTuple):
    """Where a side stands, by its words in their order.

    Of the versions that sides now give, ``held`` has those that it has given or confirmed and not
    left since, ``disputed`` those of others that it disputes; ``by`` is the act that says so, None
    where it is silent.
    """

    stance: Stance
    by: bytes | None
    held: frozenset[bytes]
    disputed: frozenset[bytes]

    @property
    def holds(self) -> bool:
        """Whether the side holds some version of the understanding."""
        return bool(self.held)


_STANCES = {
    ActType.UNDERSTANDING: Stance.VERSION,
    ActType.UNDERSTANDING_CONFIRMATION: Stance.CONFIRMED,
    ActType.UNDERSTANDING_DISPUTE: Stance.DISPUTED,
    ActType.UNDERSTANDING_STEP_BACK: Stance.STEPPED_BACK,
    ActType.UNDERSTANDING_LAPSE: Stance.LAPSED,
}


def place(case: Held, understanding: Understanding, member: int) -> Place:
    """Where ``member`` stands: its last word on each version that a side now gives."""
    side = understanding.sides[member]
    current = {
        version.id
        for author in range(case.members)
        if (version := version_of(case, understanding, author)) is not None
    }
    last: Word | None = None
    stepped_back = False
    held: set[bytes] = set()
    disputed: set[bytes] = set()
    for word in reversed(side.words):
        leaves = word.type == ActType.UNDERSTANDING_STEP_BACK and not stepped_back
        if not (last is None or leaves or word.version in current):
            continue
        if not case.holds(member, word.seq):
            continue
        last = last or word
        stepped_back = stepped_back or leaves
        if word.version in current and word.version is not None:
            current.remove(word.version)
            if word.type == ActType.UNDERSTANDING_DISPUTE:
                disputed.add(word.version)
            elif not stepped_back:
                held.add(word.version)
    stance = Stance.SILENT if last is None else _STANCES[ActType(last.type)]
    return Place(stance, last.id if last else None, frozenset(held), frozenset(disputed))


def places(case: Held, understanding: Understanding) -> tuple[Place, ...]:
    """Where each member stands."""
    return tuple(place(case, understanding, member) for member in range(case.members))


def version_of(case: Held, understanding: Understanding, member: int) -> Version | None:
    """The version that a side now gives; None where it has given none."""
    for version in reversed(understanding.sides[member].versions):
        if case.holds(member, version.seq):
            return version
    return None


def joint_version(case: Held, understanding: Understanding) -> bytes | None:
    """A text that all sides have given or confirmed and none has left.

    Where each has confirmed the other's, the opener's is named.
    """
    common = frozenset.intersection(*(one.held for one in places(case, understanding)))
    if not common:
        return None
    for member in (*case.openers, *case.others):
        for version in understanding.sides[member].versions:
            if version.id in common:
                return version.id
    return None


# --- where it stands -----------------------------------------------------------------------------


def status(case: Held, understanding: Understanding) -> Status:
    """What the acts of all sides amount to."""
    found = places(case, understanding)
    holding = [one for one in found if one.holds]
    if holding and all(one.stance == Stance.LAPSED for one in holding):
        return Status.LAPSED
    if joint_version(case, understanding) is not None:
        return Status.JOINT
    if not holding:
        return Status.GIVEN_UP
    if any(one.stance == Stance.STEPPED_BACK for one in found) or _is_contested(
        case, understanding, found
    ):
        return Status.DISPUTED
    return Status.UNILATERAL if len(holding) == 1 else Status.TWO_VERSIONS


def _is_contested(case: Held, understanding: Understanding, found: tuple[Place, ...]) -> bool:
    """Whether a side disputes a version that its author still gives."""
    given = {
        version.id
        for member, one in enumerate(found)
        if (version := version_of(case, understanding, member)) is not None
        and version.id in one.held
    }
    return any(one.disputed & given for one in found)


def awaiting(understanding: Understanding) -> Iterator[tuple[int, Report]]:
    """The latest report of each side, as long as another has not said what it thinks of it."""
    for member, side in enumerate(understanding.sides):
        if not side.reports:
            continue
        report = side.reports[-1]
        if assessment_of(understanding, report.id) is None:
            yield member, report


def assessment_of(understanding: Understanding, report: bytes) -> str | None:
    """What the other side last said of a report."""
    found = [
        one.assessment
        for side in understanding.sides
        for one in side.assessments
        if one.report == report
    ]
    # With two members one side alone assesses a report, in its own order.
    return found[-1] if found else None


def next_actors(case: Held, understanding: Understanding) -> tuple[int, ...]:
    """Whose move it is: who has said nothing to what it is to do, or to a report."""
    stands = status(case, understanding)
    if stands in SETTLED:
        return ()
    everybody = set(range(case.members))
    actors: set[int] = set()
    for reporter, _ in awaiting(understanding):
        actors |= everybody - {reporter}
    if stands in (Status.UNILATERAL, Status.TWO_VERSIONS):
        found = places(case, understanding)
        for member in everybody:
            version = version_of(case, understanding, member)
            if version is None or version.id not in found[member].held:
                continue
            actors |= {
                other
                for other in everybody - {member}
                if owes(version, member, other)
                and version.id not in found[other].held | found[other].disputed
            }
    return tuple(sorted(actors))


# --- what is due ---------------------------------------------------------------------------------


def obligations(
    case: Held, understanding: Understanding, overrides: Overrides
) -> tuple[Obligation, ...]:
    """A review of what a side has bound itself to do, and the thing itself by its day."""
    if status(case, understanding) in SETTLED:
        return ()
    return tuple(_obligations(case, understanding, overrides))


def owes(version: Version, author: int, member: int) -> bool:
    """Whether by a version of ``author`` it is for ``member`` to act."""
    return version.owner == ALL or (version.owner == AUTHOR) == (member == author)


def _obligations(
    case: Held, understanding: Understanding, overrides: Overrides
) -> Iterator[Obligation]:
    """Nobody owes what it has neither given nor confirmed, whatever another side says."""
    found = places(case, understanding)
    for author in range(case.members):
        version = version_of(case, understanding, author)
        for owner, one in enumerate(found):
            if version is None or version.id not in one.held or one.stance == Stance.LAPSED:
                continue
            side = understanding.sides[owner]
            if not owes(version, author, owner) or _is_done(understanding, side):
                continue
            yield _review(version, side, owner, overrides)
            if version.due is not None:
                at = max(dates.end(version.due), 0)
                yield Obligation(ClockKind.FULFILMENT, owner, version.id, None, at)


def _is_done(understanding: Understanding, side: Side) -> bool:
    """Whether the side reports that it has done it, and nobody contests that."""
    return bool(
        side.reports
        and side.reports[-1].progress == DONE
        and assessment_of(understanding, side.reports[-1].id) != CONTESTED
    )


def _review(version: Version, side: Side, owner: int, overrides: Overrides) -> Obligation:
    """Due since the version, or since the owner's latest report."""
    since, type_ = version.id, ActType.UNDERSTANDING
    if side.reports:
        since, type_ = side.reports[-1].id, ActType.UNDERSTANDING_PROGRESS
    seconds = clocks.duration(type_, ClockKind.REVIEW, Precedence.ROUTINE, None, overrides)
    return Obligation(ClockKind.REVIEW, owner, since, seconds)
