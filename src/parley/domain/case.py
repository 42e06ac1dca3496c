"""Cases of every kind: judge each act in its author's past, then evolve.

:func:`decide` judges a command of this house, ``folding`` the acts of all sides, by one and the
same function, :func:`judge`: nobody's acts are measured by another rule. A kind of case gives its
rules (``kind``); they commute for acts that crossed. All of it is pure.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final

import msgspec

from parley.domain import causality
from parley.domain.act import Act, Code
from parley.domain.catalogue import CATALOGUE, check_act, spec_of
from parley.domain.causality import Horizon
from parley.domain.clocks import NO_OVERRIDES, Obligation, Overrides
from parley.domain.crossing import OPENED_TWICE, RANK, Crossing, Standing, lower
from parley.domain.frame import Case as Frame
from parley.domain.frame import CrossedPair, Entry
from parley.domain.kind import NO_DAYS, Days, Kind
from parley.domain.kinds import KINDS, Substance
from parley.domain.shape import CodeKind, Opens, Scope, TypeSpec
from parley.kernel import cbor, limits
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason

Case = Frame[Substance]
"""A case of any kind."""

VOID: Final = "void"
"""The status of a case that counts for nothing."""

_KIND_OF: Final[Mapping[str, Kind[Any]]] = {
    type_: KINDS[spec.scope] for type_, spec in CATALOGUE.items() if spec.scope in KINDS
}
"""The kind to which each type belongs; not in it are types that stand in no case."""

_replace = msgspec.structs.replace


class Stands(msgspec.Struct, frozen=True, gc=False):
    """An act that its author was free to make, knowing what it knew."""

    act: Act


class Void(msgspec.Struct, frozen=True, gc=False):
    """An act that the rules forbid: on record, without effect, for ``reason`` (a reason code).

    ``placed`` is false where the act has no place in the causal order.
    """

    act: Act
    reason: str
    placed: bool = True


class Covered(msgspec.Struct, frozen=True, gc=False):
    """The members are known to have seen this much, from statements outside the case too."""

    horizon: Horizon


Event = Stands | Void | Covered


def empty(members: int) -> Case:
    """A case that nobody has opened, in a channel of ``members``."""
    return Frame(members, ((),) * members, causality.no_horizon(members))


# --- judging -------------------------------------------------------------------------------------


def judge(case: Case, act: Act) -> None:
    """Check that ``act`` may be made by one who knows ``case``, and exactly that.

    :raises ParleyError: with the reason that makes the act void.
    """
    spec = check_act(act)
    _judge_place(case, act, spec)
    if case.substance is None:
        _KIND_OF[act.type].judge_opening(case.members, act)
    else:
        _KIND_OF[act.type].judge(case, case.substance, act)


def foresee(case: Case, act: Act) -> None:
    """Check that one who knows ``case`` may say something of the type of ``act``, whatever it is.

    The codes of ``act`` are those that follow from the case. Where others can be chosen, the choice
    is judged once it is made.

    :raises ParleyError: with the reason for which every act of the type would be void now.
    """
    spec = spec_of(act.type)
    _judge_place(case, act, spec)
    chosen = (rule for rule in spec.codes if rule.required or rule.kind != CodeKind.COUNT)
    if all(rule.name in act.codes for rule in chosen):
        judge(case, act)


def _judge_place(case: Case, act: Act, spec: TypeSpec) -> None:
    """Whether an act of the type may come in the case now, and from its author."""
    kind = _KIND_OF.get(act.type)
    if kind is None:
        raise ParleyError(Reason.ACT_OUT_OF_PLACE, type=act.type)
    if len(case.openers) > 1:
        raise ParleyError(Reason.CASE_OPENED_TWICE)
    if len(case.chains[act.author]) >= case.room:
        raise ParleyError(Reason.CASE_FULL, limit=case.room)
    substance = case.substance
    if substance is None:
        if spec.opens == Opens.NEVER:
            raise ParleyError(Reason.CASE_NOT_OPEN)
        return
    if case.kind != kind.scope:
        raise ParleyError(Reason.ACT_OUT_OF_PLACE, type=act.type)
    if spec.opens == Opens.ALWAYS:
        raise ParleyError(Reason.CASE_ALREADY_OPEN)
    kind.judge_sender(case, substance, act, spec)
    reason = kind.ended(case, substance)
    if reason is not None:
        raise ParleyError(reason)
    _judge_reference(case, act, spec)


def _judge_reference(case: Case, act: Act, spec: TypeSpec) -> None:
    if not spec.reference:
        return
    if act.reference is None:
        if spec.reference_optional:
            return
        raise ParleyError(Reason.REFERENCE_MISSING, type=act.type)
    target = case.find(act.reference)
    if target is None or target.void is not None:
        raise ParleyError(Reason.REFERENCE_UNKNOWN, type=act.type)
    if target.type not in spec.reference:
        raise ParleyError(Reason.REFERENCE_WRONG, type=act.type, target=target.type)
    if spec.reference_other and target.author == act.author:
        raise ParleyError(Reason.OWN_STATEMENT, type=act.type)


def observe(case: Case, act: Act) -> Stands | Void:
    """What ``act`` amounts to, where ``case`` is the fold of exactly what its author had seen."""
    if act.verdict is not None:
        return Void(act, act.verdict)
    try:
        judge(case, act)
    except ParleyError as error:
        return Void(act, error.reason.value)
    return Stands(act)


def decide(case: Case, act: Act, now: int) -> tuple[Event, ...]:
    """The events of a command of this house, where ``case`` is all that its desk holds.

    ``now`` (seconds since the epoch) serves only to stop slips of the pen: what the two sides'
    states amount to never depends on a clock.

    :raises ParleyError: the act is forbidden; the reason says why.
    """
    if act.verdict is not None:
        raise ParleyError(Reason(act.verdict), type=act.type)
    judge(case, act)
    _KIND_OF[act.type].check_command(case, case.substance, act, now)
    return (Stands(act),)


# --- evolving ------------------------------------------------------------------------------------


def evolve(case: Case, event: Event) -> Case:
    """The case after ``event``.

    Each act comes after all that it had seen; two that crossed may come in either order and give
    the same case. Never raises.
    """
    if isinstance(event, Stands):
        return _with_act(case, event.act)
    if isinstance(event, Void):
        return _with_void(case, event.act, event.reason, event.placed)
    return _replace(case, horizon=causality.join(case.horizon, event.horizon))


def _with_act(case: Case, act: Act) -> Case:
    kind = _KIND_OF[act.type]
    item = kind.item(act)
    entry = Entry(act.id, act.author, act.seq, act.seen, act.type, None, Standing.STANDS, item)
    # One who knew the case to be open does not open it.
    openings = _openings(case)
    opens = not any(causality.precedes(opening, act) for opening in openings)
    chains = _crossed(case.chains, entry, openings, opens=opens)
    horizon = causality.widen(case.horizon, act)
    if not opens:
        substance = case.substance
        if substance is not None:
            substance = kind.write(case, substance, act)
        return _replace(case, chains=chains, horizon=horizon, substance=substance)
    if case.openers:
        return _replace(
            case,
            chains=chains,
            horizon=horizon,
            openers=tuple(sorted((*case.openers, act.author))),
            kind=case.kind if case.kind == kind.scope else None,
            about=None,
            substance=None,
        )
    about = act.codes.get("about")
    return _replace(
        case,
        chains=chains,
        horizon=horizon,
        openers=(act.author,),
        kind=kind.scope.value,
        about=bytes.fromhex(about) if isinstance(about, str) else None,
        substance=kind.begin(case.members, act),
    )


def _openings(case: Case) -> tuple[Entry, ...]:
    """The acts that opened the case: of each of its openers the first that stands."""
    return tuple(
        next(entry for entry in case.chains[opener] if entry.void is None)
        for opener in case.openers
    )


def _with_void(case: Case, act: Act, reason: str, placed: bool) -> Case:
    """List an act that does nothing, unless its author's list is full: then it is only counted."""
    horizon = causality.widen(case.horizon, act) if placed else case.horizon
    full = placed and len(case.chains[act.author]) >= case.room
    if full or len(case.strays) >= limits.STATEMENTS_IN_CASE:
        return _replace(case, horizon=horizon, overflow=case.overflow + 1)
    entry = Entry(act.id, act.author, act.seq, act.seen, act.type, reason, Standing.STANDS)
    if placed:
        return _replace(case, chains=_appended(case.chains, entry), horizon=horizon)
    strays = sorted((*case.strays, entry), key=lambda stray: (stray.author, stray.seq, stray.id))
    return _replace(case, strays=tuple(strays))


_Chains = tuple[tuple[Entry, ...], ...]


def _appended(chains: _Chains, entry: Entry) -> _Chains:
    author = entry.author
    return (*chains[:author], (*chains[author], entry), *chains[author + 1 :])


def _crossed(chains: _Chains, entry: Entry, openings: Sequence[Entry], *, opens: bool) -> _Chains:
    """``chains`` with an act that stands; the crossing tables say what becomes of whom."""
    standing = Standing.STANDS
    for author, chain in enumerate(chains):
        if author == entry.author or not chain or chain[-1].seq < entry.seen[author]:
            continue  # all of this member's acts were seen: nothing crosses
        changed = list(chain)
        for at in range(len(chain) - 1, -1, -1):
            other = chain[at]
            if other.seq < entry.seen[author]:
                break
            if other.void is None:
                found = _crossing(entry, other, opened_twice=opens or other in openings)
                standing = lower(standing, found.first)
                if RANK[found.second] > RANK[other.standing]:
                    changed[at] = _replace(other, standing=found.second)
        chains = (*chains[:author], tuple(changed), *chains[author + 1 :])
    if standing != Standing.STANDS:
        entry = _replace(entry, standing=standing)
    return _appended(chains, entry)


def _crossing(first: Entry, second: Entry, *, opened_twice: bool) -> Crossing:
    """What holds where two acts crossed.

    Whatever crosses an act that opened the case stands in a case that was opened twice.
    """
    kind = _KIND_OF[first.type]
    if opened_twice or _KIND_OF[second.type] is not kind:
        return OPENED_TWICE
    return kind.crossing(first, second)


# --- reading -------------------------------------------------------------------------------------


def kind_of(case: Case) -> Kind[Any] | None:
    """The kind whose rules hold for a case; None where it is void."""
    return None if case.substance is None or case.kind is None else KINDS[Scope(case.kind)]


def status(case: Case) -> str:
    """The token of where a case stands in substance."""
    kind = kind_of(case)
    return VOID if kind is None else kind.status(case, case.substance)


def days(case: Case) -> Days:
    """Where the days begin and end that a case is about, as far as it says so."""
    kind = kind_of(case)
    return NO_DAYS if kind is None else kind.days(case.substance)


def is_open(case: Case) -> bool:
    """Whether anybody is still expected to act in a case."""
    kind = kind_of(case)
    if kind is None or kind.ended(case, case.substance) is not None:
        return False
    return kind.status(case, case.substance) not in kind.settled


ENDED: Final = (
    ("", VOID),
    *((scope.value, token) for scope, kind in KINDS.items() for token in (VOID, *kind.settled)),
)
"""The kinds and statuses of cases in which nobody is expected to act."""


def next_actors(case: Case) -> tuple[int, ...]:
    """The members whose move it is, by index; nobody's once the case has ended."""
    kind = kind_of(case)
    return () if kind is None else kind.next_actors(case, case.substance)


def obligations(case: Case, overrides: Overrides = NO_OVERRIDES) -> tuple[Obligation, ...]:
    """Everything due in a case, of both sides."""
    kind = kind_of(case)
    return () if kind is None else kind.obligations(case, case.substance, overrides)


def crossings(case: Case) -> Iterator[CrossedPair]:
    """Each pair of acts that crossed, member by member."""
    openings = _openings(case)
    for author, chain in enumerate(case.chains):
        for first in chain:
            if first.void is None:
                for other in case.chains[author + 1 :]:
                    yield from _crossings_with(case, first, other, openings)


def _crossings_with(
    case: Case, first: Entry, chain: tuple[Entry, ...], openings: Sequence[Entry]
) -> Iterator[CrossedPair]:
    if not chain:
        return
    start = bisect_left(chain, first.seen[chain[0].author], key=lambda entry: entry.seq)
    for second in islice(chain, start, None):
        if causality.precedes(first, second):
            return
        if second.void is None:
            twice = first in openings or second in openings
            found = _crossing(first, second, opened_twice=twice)
            settled = case.is_covered(first) and case.is_covered(second)
            yield CrossedPair(first.id, second.id, found.outcome, found.why, not settled)


def is_provisional(case: Case) -> bool:
    """Whether a case rests on a crossing that not every member is known to have seen."""
    return any(pair.provisional for pair in crossings(case))


def shown(case: Case, visible: Callable[[str], bool]) -> Case:
    """``case`` for a reader for whom no other cases are there than those that are ``visible``.

    ``visible`` is given the number of a case, in hexadecimal.
    """
    kind = kind_of(case)
    about = case.about if case.about is None or visible(case.about.hex()) else None
    substance = case.substance if kind is None else kind.shown(case.substance, visible)
    return _replace(case, about=about, substance=substance)


# --- drafting ------------------------------------------------------------------------------------


def fill(case: Case, type_: str) -> Mapping[str, Code]:
    """The codes that follow from a case for an act of ``type_``, where its officer gives none."""
    kind = kind_of(case)
    if kind is None or _KIND_OF[type_] is not kind:
        return {}
    return kind.fill(case, case.substance, type_)


# --- plain values --------------------------------------------------------------------------------


def to_plain(case: Case) -> list[object]:
    """A case as arrays, integers, strings and bytes."""
    plain: list[object] = cbor.plain(case)
    return plain


def from_plain(value: object) -> Case:
    """The case that :func:`to_plain` gave.

    :raises ParleyError: ``shape-invalid``.
    """
    return cbor.convert(value, Case)
