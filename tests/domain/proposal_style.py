"""Plausible headers of proposals and working groups, for games of two sides."""

from __future__ import annotations

from random import Random

from parley.domain.act import ActType
from parley.domain.case import Case
from parley.domain.kinds import proposal_state as state
from parley.domain.kinds.proposal_state import Proposal
from parley.domain.kinds.proposal_text import PENDING
from parley.domain.types.proposal import PROPOSAL_TYPES
from parley.domain.types.working_group import CHAIRS, JOINT, WORKING_GROUP_TYPES
from tests.domain.games import Header, Style
from tests.domain.play import NOW, Codes

ENGLISH: Codes = {"authentic": ("en",)}


def _proposal(case: Case, member: int, type_: str, random: Random) -> Header:
    substance = case.substance
    if type_ == ActType.PROPOSAL or not isinstance(substance, Proposal):
        return {**ENGLISH, "units": ((1, PENDING), (2, PENDING))}, None
    units = state.units(substance)
    number = random.choice(sorted(substance.numbers))
    bracketed = [unit for unit in units if unit.bracketed and unit.variants]
    codes: Codes = {}
    match type_:
        case ActType.PROPOSAL_REVISION | ActType.PROPOSAL_BRACKET:
            if random.random() < 0.2:
                codes = {**ENGLISH, "omitted": (number,)}
            else:
                added = max(substance.numbers) + 1
                written = added if random.random() < 0.2 else number
                codes = {**ENGLISH, "units": ((written, PENDING),)}
            if type_ == ActType.PROPOSAL_REVISION:
                codes["version"] = substance.versions[-1].number + 1
        case ActType.PROPOSAL_COMMENT:
            codes = {"comments": (number,)}
        case ActType.PROPOSAL_VARIANT_WITHDRAWAL:
            codes = {"withdrawn": (number,)}
        case ActType.PROPOSAL_CONSENT:
            codes = {"variants": ((number, "omitted"),)}
            if bracketed:
                unit = random.choice(bracketed)
                codes = {"variants": ((unit.number, random.choice(unit.variants).digest),)}
        case ActType.PROPOSAL_AD_REFERENDUM | ActType.PROPOSAL_AGREEMENT:
            codes = {"text": state.hash_of(substance) or PENDING}
        case ActType.PROPOSAL_STUDY:
            codes = {"next-step": NOW * 2}
        case ActType.PROPOSAL_SUPERSESSION:
            codes = {"by": "0a" * 16}
    return codes, substance.opening


PROPOSAL = Style(PROPOSAL_TYPES, ActType.PROPOSAL, _proposal)


MANDATES = [("1a" * 32, "0a" * 16), ("2b" * 32, "0a" * 16)]
"""Texts and their cases. Real desks sign only what they have agreed: they put theirs here."""


def group(case: Case, member: int, type_: str, random: Random) -> Header:
    opening = next((chain[0].id for chain in case.chains if chain), None)
    codes: Codes = {}
    match type_:
        case ActType.WORKING_GROUP | ActType.WORKING_GROUP_MANDATE:
            text, proposal = random.choice((MANDATES[0], *MANDATES))
            codes = {"mandate": text, "proposal": proposal}
        case ActType.WORKING_GROUP_MEMBERS:
            codes = {"members": random.randrange(3)}
        case ActType.WORKING_GROUP_CHAIR:
            codes = {"chair": random.choice(CHAIRS)}
            if codes["chair"] != JOINT:
                codes["first"] = random.randrange(3)
        case ActType.WORKING_GROUP_SESSION:
            codes = {"meeting": random.choice(["0c", "0d", "0e"]) * 16}
    return codes, None if type_ == ActType.WORKING_GROUP else opening


GROUP = Style(WORKING_GROUP_TYPES, ActType.WORKING_GROUP, group)
