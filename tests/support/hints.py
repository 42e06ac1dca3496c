"""What officers of each kind of case know better than the declarations of its types say."""

from __future__ import annotations

from random import Random
from typing import Any

from parley.domain import case as cases
from parley.domain.act import ActType
from parley.domain.case import Case
from parley.domain.catalogue import CATALOGUE
from parley.domain.shape import CodeKind, Scope
from tests.domain import (
    proposal_style,
    test_meeting_machine,
    test_understanding_machine,
    words_play,
)
from tests.support.officers import Codes, Hint


def _words(_state: Case, _member: int, type_: str, _random: Random) -> Codes:
    return dict(words_play.CODES.get(type_, {}))


def _contacts(state: Case, _member: int, type_: str, random: Random) -> Codes:
    """New contacts stand at the first office, which the opening names."""
    if type_ != ActType.CONTACT_NOMINATION:
        rules = {rule.name: rule.kind for rule in CATALOGUE[type_].codes if rule.required}
        return {"contacts": ((1, 1),)} if rules.get("contacts") == CodeKind.RANGES else {}
    first = cases.fill(state, type_).get("first", 1)
    named: Codes = {"first": first, "contacts": random.randint(1, 4), "at": ((first, 1),)}
    return named if state.openers else {**named, "offices": ((1, "technical"),)}


def _styled(header: Any) -> Hint:
    return lambda state, member, type_, random: header(state, member, type_, random)[0]


HINTS: dict[Scope, Hint] = {
    Scope.WORKING_GROUP: _styled(proposal_style.group),
    Scope.MEETING: _styled(test_meeting_machine.header),
    Scope.UNDERSTANDING: _styled(test_understanding_machine.header),
    Scope.CONTACTS: _contacts,
    Scope.POSITION: _words,
    Scope.NOTICE: _words,
    Scope.CASE_SHARE: _words,
}
