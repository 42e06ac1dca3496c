"""Acts of the channel as a whole: its opening, notices of void acts, reports of non-delivery.

They stand outside every case and change none. Both sides judge them alike, each act by what its
author had seen, as in a case.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import NamedTuple, Protocol

import msgspec

from parley.domain import causality
from parley.domain.act import NO_CODES, Act, ActType, Code
from parley.domain.catalogue import check_act
from parley.domain.codes import integer
from parley.domain.shape import Scope
from parley.domain.types.channel import REVOCATION
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason


class Terms(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """What a genesis says.

    ``members`` and ``letters`` are fingerprints and digests in hexadecimal, by member index;
    ``transmission_limit`` is seconds.
    """

    version: int
    suite: int
    members: tuple[str, ...]
    letters: tuple[str, ...]
    transmission_limit: int


class Judged(NamedTuple):
    """An act of the channel, in a case or not, and what became of it."""

    id: bytes
    author: int
    seq: int
    seen: tuple[int, ...]
    type: str
    void: str | None
    reference: bytes | None = None
    codes: Mapping[str, Code] = NO_CODES


LEAF_DIGITS = 64

Lookup = Callable[[bytes], Judged | None]
"""Finds an act of the channel's cases by its id."""


class Opening(NamedTuple):
    """The channel as its acts make it.

    ``terms`` are those that all members have stated, or None as long as one has not.
    """

    acts: tuple[Judged, ...]
    terms: Terms | None


def terms_of(act: Act) -> Terms:
    """The terms in the checked codes of a genesis."""
    return Terms(
        version=integer(act, "version"),
        suite=integer(act, "suite"),
        members=_hexes(act.codes["members"]),
        letters=_hexes(act.codes["letters"]),
        transmission_limit=integer(act, "transmission-limit"),
    )


def _hexes(value: Code) -> tuple[str, ...]:
    return (
        tuple(item for item in value if isinstance(item, str)) if isinstance(value, tuple) else ()
    )


def check_terms(stated: Terms, expected: Terms) -> None:
    """Check the terms that a member stated against those that the letters lead to.

    The limit of a delivery is each side's own offer; the smaller of the two holds.

    :raises ParleyError: ``genesis-mismatch``, ``downgrade-refused``.
    """
    if stated.members != expected.members:
        raise ParleyError(Reason.GENESIS_MISMATCH, fact="members")
    if stated.letters != expected.letters:
        raise ParleyError(Reason.GENESIS_MISMATCH, fact="letters")
    if stated.suite < expected.suite or stated.version < expected.version:
        raise ParleyError(Reason.DOWNGRADE_REFUSED)
    if stated.suite != expected.suite:
        raise ParleyError(Reason.GENESIS_MISMATCH, fact="suite")
    if stated.version != expected.version:
        raise ParleyError(Reason.GENESIS_MISMATCH, fact="version")


def agree(stated: Collection[Terms]) -> Terms:
    """The terms that hold where every member has stated some.

    :raises ParleyError: ``genesis-mismatch``, ``downgrade-refused``.
    """
    first, *others = stated
    best = msgspec.structs.replace(
        first,
        version=max(terms.version for terms in stated),
        suite=max(terms.suite for terms in stated),
        transmission_limit=min(terms.transmission_limit for terms in stated),
    )
    for terms in (first, *others):
        check_terms(terms, best)
    return best


class Before(Protocol):
    """What stood in the channel when an act came: a judgement depends on nothing else."""

    def act(self, id_: bytes) -> Judged | None:
        """An act of the channel, in a case or not."""

    def told(self, author: int, of: bytes) -> bool:
        """Whether a notice of ``author`` stands that tells of an act."""

    def openings(self, author: int) -> list[tuple[int, Judged]]:
        """The epochs that ``author`` has opened, by number."""


def judge(act: Act, before: Before, expected: Terms | None) -> str | None:
    """The reason for which one act of the channel is void, or none.

    It follows from what its author had seen, so it never changes; acts are judged in any order in
    which each comes after its causes. Never raises.
    """
    if act.verdict is not None:
        return act.verdict
    try:
        _judge(act, before, expected)
    except ParleyError as error:
        return error.reason.value
    return None


# --- the fold ------------------------------------------------------------------------------------


def fold(
    acts: Iterable[Act],
    lookup: Lookup,
    expected: Terms | None = None,
    members: int = 2,
) -> Opening:
    """Judge all acts of the channel that stand in no case. Never raises.

    ``lookup`` finds the acts of its cases. ``expected`` are the terms to which the members'
    letters lead; without them (a reader who has no letters) the statements of the members are
    compared with each other alone. The result does not depend on the order of ``acts``.
    """
    arranged = causality.arrange(acts, members)
    folded = _Folded(lookup)
    stated: dict[int, Terms] = {}
    for act in arranged.order:
        reason = judge(act, folded, expected)
        if reason is None and act.type == ActType.GENESIS:
            stated[act.author] = terms_of(act)
        folded.add(judged(act, reason))
    strays = tuple(judged(act, reason.value) for act, reason in arranged.strays)
    return Opening((*folded.acts.values(), *strays), common(stated, members))


class _Folded:
    """What has been folded so far."""

    def __init__(self, lookup: Lookup) -> None:
        self._lookup = lookup
        self._told: set[tuple[int, bytes]] = set()
        self._openings: list[tuple[int, Judged]] = []
        self.acts: dict[bytes, Judged] = {}

    def add(self, act: Judged) -> None:
        self.acts[act.id] = act
        if act.void is None and act.type == ActType.VOID_NOTICE and act.reference is not None:
            self._told.add((act.author, act.reference))
        epoch = act.codes.get("epoch")
        if act.void is None and act.type == ActType.KEYS and isinstance(epoch, int):
            self._openings.append((epoch, act))

    def act(self, id_: bytes) -> Judged | None:
        return self.acts.get(id_) or self._lookup(id_)

    def told(self, author: int, of: bytes) -> bool:
        return (author, of) in self._told

    def openings(self, author: int) -> list[tuple[int, Judged]]:
        found = [opening for opening in self._openings if opening[1].author == author]
        return sorted(found, key=lambda opening: opening[0])


def common(stated: Mapping[int, Terms], members: int) -> Terms | None:
    """The terms that hold where all members have stated some, by member; else none."""
    if len(stated) < members:
        return None
    try:
        return agree(list(stated.values()))
    except ParleyError:
        return None


def judged(act: Act, reason: str | None) -> Judged:
    """An act with its judgement."""
    codes = act.codes if act.type in (ActType.KEYS, ActType.NOT_US) else NO_CODES
    return Judged(act.id, act.author, act.seq, act.seen, act.type, reason, act.reference, codes)


def _judge(act: Act, before: Before, expected: Terms | None) -> None:
    """Check one act of the channel.

    :raises ParleyError: with the reason that makes it void.
    """
    spec = check_act(act)
    if spec.scope != Scope.CHANNEL:
        raise ParleyError(Reason.ACT_OUT_OF_PLACE, type=act.type)
    match act.type:
        case ActType.GENESIS:
            if act.seq != 0:
                raise ParleyError(Reason.ACT_OUT_OF_PLACE, type=act.type)
            if expected is not None:
                check_terms(terms_of(act), expected)
        case ActType.VOID_NOTICE:
            _judge_notice(act, _target(act, before), before)
        case ActType.NON_DELIVERY:
            # That no receipt came is the author's claim; that the statement is its own is not.
            target = _target(act, before)
            if target.author != act.author:
                raise ParleyError(Reason.REFERENCE_WRONG, type=act.type, target=target.type)
        case ActType.KEYS:
            # Where an epoch really begins, the gate to the log has seen to.
            if any(integer(act, "epoch") <= epoch for epoch, _ in before.openings(act.author)):
                raise ParleyError(Reason.ACT_OUT_OF_PLACE, type=act.type)
        case ActType.NOT_US:
            _judge_disowned(act, before)
        case _:
            raise ParleyError(Reason.TYPE_UNKNOWN)


def _judge_disowned(act: Act, before: Before) -> None:
    """Every statement that is disowned must be its author's, from an epoch that it revoked."""
    openings = before.openings(act.author)
    starts = [0, *(opening.seq for _, opening in openings)]
    ends = [
        (start, opening.seq)
        for start, (_, opening) in zip(starts, openings, strict=False)
        if opening.codes.get("kind") == REVOCATION
    ]
    named = _hexes(act.codes["statements"])
    if len(set(named)) != len(named):
        raise ParleyError(Reason.CODE_INVALID, type=act.type, code="statements")
    for name in named:
        leaf = bytes.fromhex(name) if len(name) == LEAF_DIGITS else b""
        target = before.act(leaf)
        if target is None or target.author != act.author or target.seq >= act.seq:
            raise ParleyError(Reason.REFERENCE_UNKNOWN, type=act.type)
        if not any(start <= target.seq < end for start, end in ends):
            raise ParleyError(Reason.REFERENCE_WRONG, type=act.type, target=target.type)


def disowned(opening: Opening) -> frozenset[bytes]:
    """The statements that their author has stated not to be its own."""
    return frozenset(
        leaf
        for act in opening.acts
        if act.type == ActType.NOT_US and act.void is None
        for leaf in leaves_named(act)
    )


def leaves_named(act: Act | Judged) -> tuple[bytes, ...]:
    """The statements that a checked act of type ``not-us`` names."""
    return tuple(bytes.fromhex(leaf) for leaf in _hexes(act.codes["statements"]))


def _target(act: Act, before: Before) -> Judged:
    """The act that ``act`` refers to, which its author must have seen."""
    if act.reference is None:
        raise ParleyError(Reason.REFERENCE_MISSING, type=act.type)
    target = before.act(act.reference)
    if target is None or not 0 <= target.author < len(act.seen):
        raise ParleyError(Reason.REFERENCE_UNKNOWN, type=act.type)
    if not causality.precedes(target, act):
        raise ParleyError(Reason.REFERENCE_UNKNOWN, type=act.type)
    return target


def _judge_notice(act: Act, target: Judged, before: Before) -> None:
    if target.type == ActType.VOID_NOTICE:
        raise ParleyError(Reason.NOTICE_OF_NOTICE)
    if target.void is None or target.author == act.author:
        raise ParleyError(Reason.NOTICE_WRONG)
    if before.told(act.author, target.id):
        raise ParleyError(Reason.NOTICE_REPEATED)


# --- what a desk still owes ----------------------------------------------------------------------


def notices_owed(own: int, acts: Iterable[Judged]) -> tuple[tuple[bytes, str], ...]:
    """The peers' void acts that member ``own`` has not answered, with their reasons, in order.

    ``acts`` are all acts of the channel that are void, and this desk's own notices. Each void act
    gets exactly one notice; a notice gets none, whether it is right or wrong, or two desks would
    answer each other for ever.
    """
    known = list(acts)
    answered = {
        act.reference for act in known if act.author == own and act.type == ActType.VOID_NOTICE
    }
    owed = [
        act
        for act in known
        if act.author != own
        and act.void is not None
        and act.type != ActType.VOID_NOTICE
        and act.id not in answered
    ]
    return tuple((act.id, act.void or "") for act in causality.linear_extension(owed))
