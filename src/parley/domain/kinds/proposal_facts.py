"""What follows from the acts of a proposal: which facts each of them writes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

import msgspec

from parley.domain.act import Act, ActType
from parley.domain.codes import digests, integer, places, token, tokens, whole_numbers
from parley.domain.kinds.proposal_state import (
    Agreement,
    Ended,
    News,
    Proposal,
    Study,
    Variant,
    Version,
    Word,
)
from parley.domain.kinds.proposal_text import written

T = TypeVar("T")
Facts = dict[str, Any]

_replace = msgspec.structs.replace


def begin(members: int, act: Act) -> Proposal:
    """What the act that tables a text writes."""
    nothing = (None,) * members
    prevailing = act.codes.get("prevailing")
    return Proposal(
        opening=act.id,
        opener=act.author,
        authentic=tokens(act, "authentic"),
        prevailing=prevailing if isinstance(prevailing, str) else None,
        versions=(Version(1, act.id),),
        variants=_variants((), act),
        words=_words((), act.author, written(act)),
        touched=_at((0,) * members, act.author, act.seq + 1),
        heard=_at(((0,) * members,) * members, act.author, act.seen),
        news=_at(nothing, act.author, _news(act)),
        studies=nothing,
        comments=(0,) * members,
        agreements=nothing,
    )


def write(proposal: Proposal, act: Act) -> Proposal:
    """What any other act writes: facts that are its author's alone. Never raises."""
    facts = _WRITERS[act.type](proposal, act)
    author = act.author
    if act.type in _ON_TEXT:
        facts["touched"] = _at(proposal.touched, author, act.seq + 1)
    if act.type in _TO_STUDY:
        facts["news"] = _at(proposal.news, author, _news(act))
    if act.type in _OF_SUBSTANCE:
        facts["heard"] = _at(proposal.heard, author, act.seen)
        facts["studies"] = _at(proposal.studies, author, None)
    return _replace(proposal, **facts)


def _at(items: tuple[T, ...], member: int, item: T) -> tuple[T, ...]:
    """``items`` with another one for ``member``."""
    return (*items[:member], item, *items[member + 1 :])


def _news(act: Act) -> News:
    return News(act.id, act.seq, act.type, act.precedence)


def _variants(variants: tuple[Variant, ...], act: Act) -> tuple[Variant, ...]:
    """``variants`` with the units of ``act`` as its author's own text."""
    kept = {(variant.unit, variant.owner): variant for variant in variants}
    after = dict(places(act, "after"))
    for number, digest in written(act).items():
        key = (number, act.author)
        place = kept[key].after if key in kept else after.get(number, 0)
        kept[key] = Variant(number, act.author, act.id, digest, place)
    return tuple(kept[key] for key in sorted(kept))


def _words(words: tuple[Word, ...], member: int, wanted: Mapping[int, str]) -> tuple[Word, ...]:
    """``words`` with what ``member`` now wants of some units."""
    kept = {(word.unit, word.member): word for word in words}
    kept |= {(unit, member): Word(unit, member, digest) for unit, digest in wanted.items()}
    return tuple(kept[key] for key in sorted(kept))


def _text(proposal: Proposal, act: Act) -> Facts:
    return {
        "variants": _variants(proposal.variants, act),
        "words": _words(proposal.words, act.author, written(act)),
    }


def _revision(proposal: Proposal, act: Act) -> Facts:
    version = Version(integer(act, "version"), act.id)
    return _text(proposal, act) | {"versions": (*proposal.versions, version)}


def _variant_withdrawal(proposal: Proposal, act: Act) -> Facts:
    """The author's own texts go; its word goes with them where it was for its own text."""
    gone = set(whole_numbers(act, "withdrawn"))
    own = {v.unit: v.digest for v in proposal.variants if v.owner == act.author}
    wanted = {w.unit: w.digest for w in proposal.words if w.member == act.author}
    return {
        "variants": tuple(
            _replace(variant, digest="")
            if variant.owner == act.author and variant.unit in gone
            else variant
            for variant in proposal.variants
        ),
        "words": _words(
            proposal.words,
            act.author,
            {unit: "" for unit in gone if wanted.get(unit) == own.get(unit)},
        ),
    }


def _consent(proposal: Proposal, act: Act) -> Facts:
    return {"words": _words(proposal.words, act.author, dict(digests(act, "variants")))}


def _study(proposal: Proposal, act: Act) -> Facts:
    at = act.codes.get("next-step")
    study = Study(act.id, at if isinstance(at, int) else None)
    return {"studies": _at(proposal.studies, act.author, study)}


def _comment(proposal: Proposal, act: Act) -> Facts:
    count = proposal.comments[act.author] + 1
    return {"comments": _at(proposal.comments, act.author, count)}


def _agreement(proposal: Proposal, act: Act) -> Facts:
    final = act.type == ActType.PROPOSAL_AGREEMENT
    given = Agreement(act.id, act.seq, act.seen, final, token(act, "text"))
    return {"agreements": _at(proposal.agreements, act.author, given)}


def _end(_proposal: Proposal, act: Act) -> Facts:
    by = act.codes.get("by")
    return {"ended": Ended(act.id, act.type, by if isinstance(by, str) else None)}


_TABLING: Final = frozenset({ActType.PROPOSAL_REVISION, ActType.PROPOSAL_BRACKET})
_AGREEING: Final = frozenset({ActType.PROPOSAL_AD_REFERENDUM, ActType.PROPOSAL_AGREEMENT})
_ON_TEXT: Final = _TABLING | {ActType.PROPOSAL_VARIANT_WITHDRAWAL, ActType.PROPOSAL_CONSENT}
_TO_STUDY: Final = _TABLING | _AGREEING
_OF_SUBSTANCE: Final = _ON_TEXT | _AGREEING | {ActType.PROPOSAL_COMMENT}

_WRITERS: Final[Mapping[str, Callable[[Proposal, Act], Facts]]] = {
    ActType.PROPOSAL_REVISION: _revision,
    ActType.PROPOSAL_BRACKET: _text,
    ActType.PROPOSAL_STUDY: _study,
    ActType.PROPOSAL_COMMENT: _comment,
    ActType.PROPOSAL_VARIANT_WITHDRAWAL: _variant_withdrawal,
    ActType.PROPOSAL_CONSENT: _consent,
    ActType.PROPOSAL_AD_REFERENDUM: _agreement,
    ActType.PROPOSAL_AGREEMENT: _agreement,
    ActType.PROPOSAL_WITHDRAWAL: _end,
    ActType.PROPOSAL_SUPERSESSION: _end,
}
