"""What a meeting amounts to: where it stands, whose move it is, what is due."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from parley.domain import clocks, dates
from parley.domain.act import ActType, Precedence
from parley.domain.causality import precedes
from parley.domain.clocks import Obligation, Overrides
from parley.domain.kind import Held
from parley.domain.kinds.meeting_state import (
    Draft,
    ItemStatus,
    Meeting,
    Minutes,
    Status,
    Terms,
)
from parley.domain.shape import ClockKind
from parley.domain.types.meeting import INFORMAL

SETTLED = frozenset(
    {
        Status.CANCELLED,
        Status.INFORMAL_BY_ONE,
        Status.INFORMAL_BY_ALL,
        Status.MINUTES_AGREED,
        Status.MINUTES_RESERVED,
        Status.MINUTES_NOT_AGREED,
    }
)


class Item(NamedTuple):
    """An item of the agenda: the act that brought it, its number there, whose it is.

    ``words`` has each member's last word; the owner's is consent unless it said otherwise.
    """

    items: bytes
    number: int
    owner: int
    words: tuple[bool | None, ...]

    @property
    def status(self) -> ItemStatus:
        """On the agenda where all consent."""
        if False in self.words:
            return ItemStatus.DECLINED
        return ItemStatus.AGREED if all(self.words) else ItemStatus.OPEN


# --- preparing -----------------------------------------------------------------------------------


def live_terms(case: Held, meeting: Meeting) -> list[tuple[int, Terms]]:
    """The dates that wait for consent or have it, with who put them forward.

    Of each side they are its latest, unless another side has since spoken of other dates, knowing
    of these.
    """
    found: list[tuple[int, Terms]] = []
    for member, side in enumerate(meeting.sides):
        terms = next((one for one in reversed(side.terms) if case.holds(member, one.seq)), None)
        if terms is not None and not _is_overtaken(case, meeting, member, terms):
            found.append((member, terms))
    return found


def _is_overtaken(case: Held, meeting: Meeting, member: int, terms: Terms) -> bool:
    """What one side has seen, its later acts have seen too: its last word on other dates tells."""
    entry = case.entry(member, terms.seq)
    for other, side in enumerate(meeting.sides):
        last = side.terms[-1].seq if side.terms and side.terms[-1].id != terms.id else -1
        for one in reversed(side.acceptances):
            if one.terms != terms.id and case.holds(other, one.seq):
                last = max(last, one.seq)
                break
        later = case.entry(other, last) if last >= 0 else None
        if entry is None or (later is not None and precedes(entry, later)):
            return True
    return False


def accepted_by(case: Held, meeting: Meeting, terms: Terms) -> tuple[int, ...]:
    """The members whose consent to ``terms`` stands."""
    return tuple(
        member
        for member, side in enumerate(meeting.sides)
        if any(one.terms == terms.id and case.holds(member, one.seq) for one in side.acceptances)
    )


def scheduled(case: Held, meeting: Meeting) -> Terms | None:
    """The dates to which all sides have consented."""
    for member, terms in live_terms(case, meeting):
        if len(set(accepted_by(case, meeting, terms)) - {member}) == case.members - 1:
            return terms
    return None


def is_cancelled(meeting: Meeting) -> bool:
    """Whether a side has said that it will not meet."""
    return any(side.cancelled is not None for side in meeting.sides)


def agenda(meeting: Meeting) -> Iterator[Item]:
    """All items that were brought to the agenda, the opener's first, each side's in its order."""
    members = range(len(meeting.sides))
    for owner in sorted(members, key=lambda member: (member != meeting.opener, member)):
        for items in meeting.sides[owner].items:
            for number in range(1, items.count + 1):
                words = [side.word_on(items.id, number) for side in meeting.sides]
                if words[owner] is None:
                    words[owner] = True
                yield Item(items.id, number, owner, tuple(words))


# --- minutes -------------------------------------------------------------------------------------


def latest_draft(case: Held, meeting: Meeting, member: int) -> Draft | None:
    """The minutes that a side now puts forward."""
    for draft in reversed(meeting.sides[member].drafts):
        if case.holds(member, draft.seq):
            return draft
    return None


def agreed_draft(case: Held, meeting: Meeting) -> tuple[bytes, int] | None:
    """The minutes that all sides have agreed to, and how many reservations they made."""
    consents: dict[bytes, dict[int, int]] = {}
    for member, side in enumerate(meeting.sides):
        for reply in side.replies:
            if reply.type == ActType.MINUTES_AGREEMENT and case.holds(member, reply.seq):
                consents.setdefault(reply.draft, {})[member] = reply.reservations
    # Nobody agrees to its own: with the author's draft, all have.
    for draft, given in consents.items():
        if len(given) == case.members - 1:
            return draft, sum(given.values())
    return None


def minutes(case: Held, meeting: Meeting) -> Minutes:
    """Where the minutes stand."""
    agreed = agreed_draft(case, meeting)
    if agreed is not None:
        return Minutes.RESERVED if agreed[1] else Minutes.AGREED
    if any(_ends_without(case, meeting, m, seq) for m, seq in _refusals(case, meeting)):
        return Minutes.NOT_AGREED
    return Minutes.DRAFTED if any(side.drafts for side in meeting.sides) else Minutes.NONE


def version(case: Held, meeting: Meeting, member: int) -> bytes | None:
    """The act that holds a side's own version of the minutes, the latest one."""
    draft = latest_draft(case, meeting, member)
    found = [] if draft is None else [(draft.seq, draft.id)]
    found += [
        (reply.seq, reply.id)
        for reply in meeting.sides[member].replies
        if reply.version and case.holds(member, reply.seq)
    ]
    return max(found)[1] if found else None


def _refusals(case: Held, meeting: Meeting) -> list[tuple[int, int]]:
    return [
        (member, reply.seq)
        for member, side in enumerate(meeting.sides)
        for reply in side.replies
        if reply.type == ActType.MINUTES_NOT_AGREED and case.holds(member, reply.seq)
    ]


def _ends_without(case: Held, meeting: Meeting, member: int, seq: int) -> bool:
    """Whether nobody has put new minutes forward since a side did not agree."""
    refusal = case.entry(member, seq)
    if refusal is None:
        return False
    return all(
        side.drafts[-1].seq < (seq if owner == member else refusal.seen[owner])
        for owner, side in enumerate(meeting.sides)
        if side.drafts
    )


# --- where it stands -----------------------------------------------------------------------------


_ENDED = {
    Minutes.AGREED: Status.MINUTES_AGREED,
    Minutes.RESERVED: Status.MINUTES_RESERVED,
    Minutes.NOT_AGREED: Status.MINUTES_NOT_AGREED,
}


def status(case: Held, meeting: Meeting) -> Status:
    """Where the meeting stands: what was declared counts before what was planned."""
    stage = minutes(case, meeting)
    if stage in _ENDED:
        return _ENDED[stage]
    declared = len(meeting.declared)
    if declared:
        by_all = declared == case.members
        if meeting.form == INFORMAL:
            return Status.INFORMAL_BY_ALL if by_all else Status.INFORMAL_BY_ONE
        if not by_all:
            return Status.DECLARED_BY_ONE
        return Status.MINUTES_DRAFTED if stage == Minutes.DRAFTED else Status.DECLARED_BY_ALL
    if is_cancelled(meeting):
        return Status.CANCELLED
    if scheduled(case, meeting) is not None:
        return Status.SCHEDULED
    words = sum(len(side.terms) for side in meeting.sides)
    return Status.POSTPONED if words > 1 else Status.PROPOSED


def next_actors(case: Held, meeting: Meeting) -> tuple[int, ...]:
    """The members whose move it is."""
    if status(case, meeting) in SETTLED:
        return ()
    everybody = set(range(case.members))
    actors: set[int] = set()
    if not meeting.declared:
        for member, terms in live_terms(case, meeting):
            if terms.first_day is None:
                actors |= everybody
            else:
                actors |= everybody - {member, *accepted_by(case, meeting, terms)}
        for item in agenda(meeting):
            if item.status == ItemStatus.OPEN:
                actors |= {member for member, word in enumerate(item.words) if word is None}
    actors |= {owner for owner, _ in _awaited(case, meeting)}
    return tuple(sorted(actors))


# --- what is due ---------------------------------------------------------------------------------


def obligations(case: Held, meeting: Meeting, overrides: Overrides) -> tuple[Obligation, ...]:
    """What is due: a word on dates before they come, minutes after a formal meeting."""
    if status(case, meeting) in SETTLED:
        return ()
    if meeting.declared:
        return tuple(_minutes_due(case, meeting, overrides))
    return tuple(_notice(case, meeting, overrides))


def _notice(case: Held, meeting: Meeting, overrides: Overrides) -> Iterator[Obligation]:
    """Consent or other dates, so long before the first day; without a day, since receipt."""
    for member, terms in live_terms(case, meeting):
        seconds = _duration(case, member, terms.seq, ClockKind.MEETING_NOTICE, overrides)
        for owner in range(case.members):
            if owner == member or owner in accepted_by(case, meeting, terms):
                continue
            kind = ClockKind.MEETING_NOTICE
            if terms.first_day is None:
                yield Obligation(kind, owner, terms.id, seconds)
            else:
                at = dates.start(terms.first_day) - seconds
                yield Obligation(kind, owner, terms.id, None, max(at, 0))


def _minutes_due(case: Held, meeting: Meeting, overrides: Overrides) -> Iterator[Obligation]:
    if any(side.drafts for side in meeting.sides):
        for owner, (member, seq, act_id) in _awaited(case, meeting):
            seconds = _duration(case, member, seq, ClockKind.MINUTES, overrides)
            yield Obligation(ClockKind.MINUTES, owner, act_id, seconds)
        return
    for member, side in enumerate(meeting.sides):
        for first in side.declarations[:1]:
            seconds = _duration(case, member, first.seq, ClockKind.MINUTES, overrides)
            for owner in range(case.members):
                if owner != member:
                    yield Obligation(ClockKind.MINUTES, owner, first.id, seconds)


def _awaited(case: Held, meeting: Meeting) -> Iterator[tuple[int, tuple[int, int, bytes]]]:
    """Who owes a word on minutes or corrections: the owner, and the act it is owed to.

    The act as (its author, its number, its id).
    """
    for member in range(case.members):
        draft = latest_draft(case, meeting, member)
        if draft is None:
            continue
        for owner, side in enumerate(meeting.sides):
            if owner == member:
                continue
            replies = [
                reply
                for reply in side.replies
                if reply.draft == draft.id and case.holds(owner, reply.seq)
            ]
            if not replies:
                yield owner, (member, draft.seq, draft.id)
            elif replies[-1].type == ActType.MINUTES_CORRECTION:
                yield member, (owner, replies[-1].seq, replies[-1].id)


def _duration(case: Held, member: int, seq: int, kind: ClockKind, overrides: Overrides) -> int:
    entry = case.entry(member, seq)
    type_ = ActType.MEETING if entry is None else entry.type
    return clocks.duration(type_, kind, Precedence.ROUTINE, None, overrides) or 0
