"""What each side may do with a proposal: the one judge of this house's acts and of the peer's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from parley.domain.act import Act, ActType
from parley.domain.codes import digests, integer, named, places, token, tokens, whole_numbers
from parley.domain.kinds.proposal_state import (
    Proposal,
    agreement_of,
    hash_of,
    is_agreed,
    units,
)
from parley.kernel import limits
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason


def judge_opening(act: Act) -> None:
    """Check that ``act`` may table a text.

    :raises ParleyError: ``languages-invalid``.
    """
    _judge_languages(act)
    prevailing = act.codes.get("prevailing")
    if prevailing is not None and prevailing not in tokens(act, "authentic"):
        raise ParleyError(Reason.LANGUAGES_INVALID, type=act.type)


def judge(proposal: Proposal, act: Act) -> None:
    """Check that ``act`` may be made by one who knows ``proposal``.

    :raises ParleyError: with the reason that makes the act void.
    """
    if is_agreed(proposal) and act.type != ActType.PROPOSAL_COMMENT:
        raise ParleyError(Reason.TEXT_AGREED)
    special = _JUDGES.get(act.type)
    if special is not None:
        special(proposal, act)


def _judge_languages(act: Act) -> None:
    """Each language is worth one thing; only translations are made by machines."""
    authentic = set(tokens(act, "authentic"))
    translations = {language for language, _ in named(act, "translations")}
    if authentic & translations or not set(tokens(act, "machine")) <= translations:
        raise ParleyError(Reason.LANGUAGES_INVALID, type=act.type)


def _judge_text(proposal: Proposal, act: Act) -> None:
    """Units of the author's own text, changed or added."""
    _judge_languages(act)
    if sorted(tokens(act, "authentic")) != sorted(proposal.authentic):
        raise ParleyError(Reason.LANGUAGES_INVALID, type=act.type)
    known = proposal.numbers
    highest = max(known)
    changed = [number for number, _ in digests(act, "units")]
    left_out = whole_numbers(act, "omitted")
    for number in left_out:
        if number not in known:
            raise ParleyError(Reason.UNIT_UNKNOWN, unit=number)
    if not changed and not left_out:
        raise ParleyError(Reason.NOTHING_CHANGED)
    if set(changed) & set(left_out):
        raise ParleyError(Reason.UNIT_TWICE)
    added = {number for number in changed if number not in known}
    if added and min(added) < highest:
        raise ParleyError(Reason.UNIT_NUMBER_WRONG, unit=min(added), highest=highest)
    if len(known) + len(added) > limits.UNITS_IN_TEXT:
        raise ParleyError(Reason.UNITS_TOO_MANY, limit=limits.UNITS_IN_TEXT)
    for number, after in places(act, "after"):
        if number not in added:
            raise ParleyError(Reason.UNIT_PLACED, unit=number)
        if after and after not in known and after not in added:
            raise ParleyError(Reason.UNIT_UNKNOWN, unit=after)


def _judge_revision(proposal: Proposal, act: Act) -> None:
    expected = proposal.versions[-1].number + 1
    if integer(act, "version") != expected:
        raise ParleyError(Reason.VERSION_NUMBER_WRONG, expected=expected)
    _judge_text(proposal, act)


def _judge_comment(proposal: Proposal, act: Act) -> None:
    known = proposal.numbers
    for number in whole_numbers(act, "comments"):
        if number not in known:
            raise ParleyError(Reason.UNIT_UNKNOWN, unit=number)


def _judge_withdrawal_of_variant(proposal: Proposal, act: Act) -> None:
    for number in whole_numbers(act, "withdrawn"):
        own = proposal.variant(number, act.author)
        if own is None or not own.digest:
            raise ParleyError(Reason.VARIANT_NOT_OWN, unit=number)


def _judge_consent(proposal: Proposal, act: Act) -> None:
    known = {unit.number: unit for unit in units(proposal)}
    for number, digest in digests(act, "variants"):
        unit = known.get(number)
        if unit is None:
            raise ParleyError(Reason.UNIT_UNKNOWN, unit=number)
        if not unit.bracketed:
            raise ParleyError(Reason.UNIT_NOT_BRACKETED, unit=number)
        if all(variant.digest != digest for variant in unit.variants):
            raise ParleyError(Reason.VARIANT_UNKNOWN, unit=number)
        if unit.words[act.author] == digest:
            raise ParleyError(Reason.ALREADY_CONSENTED, unit=number)


def _judge_agreement(proposal: Proposal, act: Act) -> None:
    remaining = [unit.number for unit in units(proposal) if unit.bracketed]
    if remaining:
        raise ParleyError(Reason.BRACKETS_REMAIN, count=len(remaining), unit=remaining[0])
    if token(act, "text") != hash_of(proposal):
        raise ParleyError(Reason.TEXT_HASH_WRONG)
    given = agreement_of(proposal, act.author)
    if given is not None and (given.final or act.type == ActType.PROPOSAL_AD_REFERENDUM):
        raise ParleyError(Reason.ALREADY_AGREED)


_JUDGES: Final[Mapping[str, Callable[[Proposal, Act], None]]] = {
    ActType.PROPOSAL_REVISION: _judge_revision,
    ActType.PROPOSAL_BRACKET: _judge_text,
    ActType.PROPOSAL_COMMENT: _judge_comment,
    ActType.PROPOSAL_VARIANT_WITHDRAWAL: _judge_withdrawal_of_variant,
    ActType.PROPOSAL_CONSENT: _judge_consent,
    ActType.PROPOSAL_AD_REFERENDUM: _judge_agreement,
    ActType.PROPOSAL_AGREEMENT: _judge_agreement,
}
