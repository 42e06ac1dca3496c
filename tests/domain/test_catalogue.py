"""The catalogue of statement types, entry by entry."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from parley.domain.act import ActType, Code
from parley.domain.catalogue import CATALOGUE, check_act, spec_of
from parley.domain.header import SLUG, check_codes
from parley.domain.kinds import KINDS
from parley.domain.roles import Role
from parley.domain.shape import CodeKind, CodeRule, Opens, Scope, Sender
from parley.domain.types.common import ABOUT
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from tests.domain.play import DAY, make
from tests.domain.test_body import CODES

RULES = [(type_, rule) for type_, spec in CATALOGUE.items() for rule in spec.codes]
NAMED = [f"{type_} {rule.name}" for type_, rule in RULES]

WRONG: dict[CodeKind, list[Any]] = {
    CodeKind.COUNT: [-1, 10_000, "1", True, (1,)],
    CodeKind.NUMBER: [0, -1, 1 << 50, "1", True],
    CodeKind.INTEGER: [-1, 1 << 50, "1", False],
    CodeKind.TIME: [-1, 1 << 41, "now", True],
    CodeKind.DATE: ["2017-13", "2017-02-30", "17", "2017-7-7", "", 2017, True, "x" * 41],
    CodeKind.DURATION: [0, -1, 1 << 41, "60d", True],
    CodeKind.TOKEN: ["Not a token", "", 1, "x" * 41],
    CodeKind.ID: ["0", "AB", "xy", "", 5, "ab" * 100],
    CodeKind.IDS: ["ab", ("ab", "x"), ("ab", 1), ("ab", "ab"), ("ab",) * 100],
    CodeKind.NUMBERS: [1, "1", (0,), (2, 1), (1, 1), (True,), ("1",), (1 << 50,)],
    CodeKind.RANGES: [
        *(1, "1", (1,), ((1,),), ((2, 1),), ((0, 1),), ((1, 2, 3),), ((1, "2"),)),
        *(((1, 2), (2, 3)), ((1, 2), (3, 4)), ((5, 6), (1, 2)), ((1, 1 << 50),), ((True, 2),)),
    ],
    CodeKind.TOKENS: ["one", ("one", "one"), ("No",), (1,), ("",), ("x" * 41,)],
    CodeKind.PAIRS: [
        *("1", (1, "one"), ((0, "one"),), ((1, "No"),), ((1, "one", 3),), ((True, "one"),)),
        *((("1", "one"),), ((1, 2),), ((1 << 50, "one"),), ((1, ""),)),
    ],
    CodeKind.DIGESTS: [
        *("1", (1, "ab" * 32), ((0, "ab" * 32),), ((1, "AB" * 32),), ((1, "ab" * 31),)),
        *(((2, "ab" * 32), (1, "ab" * 32)), ((True, "ab" * 32),), ((1, 2),), ((1, "left"),)),
    ],
    CodeKind.PLACES: [
        *("1", (2, 1), ((1, 1),), ((1, 2),), ((2, -1),), ((2, True),), ((2, "1"),)),
        *(((3, 1), (2, 1)), ((2, 1, 0),), ((1 << 50, 1),)),
    ],
    CodeKind.LINKS: [
        *("1", (1, 2), ((0, 1),), ((1, "one"),), ((1, 2, 3),), ((True, 1),), ((1, True),)),
        *((("1", 1),), ((1 << 50, 1),), ((1, 1 << 50),), ((1, -1),), ((2, 1), (1, 1))),
    ],
    CodeKind.NAMED: [
        *("a", ("a", "b"), (("b", "x"), ("a", "x")), (("a", "x"), ("a", "y")), (("A", "x"),)),
        *(((1, "x"),), (("a", "X"),), (("a", -1),), (("a", True),), (("a", "x", "y"),)),
    ],
}


def wrong(rule: CodeRule) -> list[Any]:
    """Values that the rule does not allow, by its kind and by its bounds."""
    values = list(WRONG[rule.kind])
    if rule.kind in TUPLES and rule.least:
        values.append(())
    if rule.kind == CodeKind.PAIRS:
        token = rule.choices[0] if rule.choices else "one"
        values += [((2, token), (1, token)), ((1, token), (1, token))]
        values += [((rule.highest + 1, token),)]
        values += [tuple((n, token) for n in range(1, rule.most + 2))] if rule.most < 5000 else []
    return values


ACCUSING = (
    ActType.ATTRIBUTION,
    ActType.ATTRIBUTION_MAINTAINED,
    ActType.ATTRIBUTION_WITHDRAWN,
)
"""What two officers have to authorise (process.md, roles)."""

TUPLES = (
    *(CodeKind.IDS, CodeKind.NUMBERS, CodeKind.RANGES, CodeKind.TOKENS),
    *(CodeKind.PAIRS, CodeKind.NAMED, CodeKind.DIGESTS, CodeKind.PLACES, CodeKind.LINKS),
)


def test_every_type_has_its_declaration() -> None:
    assert set(CATALOGUE) >= set(ActType)
    assert {spec.scope for spec in CATALOGUE.values()} == {*KINDS, Scope.CHANNEL}
    for type_, spec in CATALOGUE.items():
        assert spec.type == type_
        assert spec_of(type_) is spec


@pytest.mark.parametrize("type_", CATALOGUE)
def test_a_declaration_is_complete(type_: str) -> None:
    spec = CATALOGUE[type_]
    assert SLUG.fullmatch(spec.type)
    assert spec.purpose
    for names in ([code.name for code in spec.codes], [field.path for field in spec.fields]):
        assert len(names) == len(set(names))
    for code in spec.codes:
        assert SLUG.fullmatch(code.name)
        assert code.start is None or spec.code(code.start).kind == CodeKind.NUMBER
    for target in spec.reference:
        assert target in CATALOGUE


ALONE = (
    ActType.ACKNOWLEDGEMENT,
    ActType.COMMUNICATION_CHECK,
    ActType.COMMUNICATION_ANSWER,
)
"""What the duty officer makes alone."""

ERASING = (ActType.ERASURE_PROPOSAL, ActType.ERASURE_CONSENT)
CARRIED_OUT = (ActType.ERASURE_CONFIRMATION, ActType.ERASURE_CLAIM)
"""What the desk itself says of an erasure on which two officers of either side have decided."""


@pytest.mark.parametrize("type_", CATALOGUE)
def test_officers_stand_behind_every_act_of_a_case_and_none_behind_the_desks_own(
    type_: str,
) -> None:
    spec = CATALOGUE[type_]
    officers = [{*spec.drafted_by}, {*spec.cleared_by}, {*spec.authorised_by}]
    if spec.scope == Scope.CHANNEL:
        assert spec.sender == Sender.DESK
        assert not any(officers)
    elif type_ in CARRIED_OUT:
        assert not any(officers)
    elif type_ in ALONE:
        assert officers == [{Role.DUTY_OFFICER}, set(), set()]
        assert spec.authorisers == 0
        assert not any(field.kind == "text" and "story" not in field.path for field in spec.fields)
    elif spec.scope == Scope.CONTACTS:
        # A revocation is at once: nobody clears it.
        assert officers == [{Role.CONTACTS_CUSTODIAN}, set(), {Role.AUTHORISER}]
        assert spec.authorisers == 1
    else:
        assert officers == [{Role.DRAFTER}, {Role.LEGAL_REVIEWER}, {Role.AUTHORISER}]
        assert spec.authorisers == (2 if type_ in (*ACCUSING, *ERASING) else 1)


@pytest.mark.parametrize("scope", KINDS)
def test_every_kind_of_case_can_be_opened_and_may_name_another_case(scope: Scope) -> None:
    opening = [s for s in CATALOGUE.values() if s.scope == scope and s.opens != Opens.NEVER]
    assert opening
    for spec in opening:
        assert spec.code("about") == ABOUT


@pytest.mark.parametrize("type_", CATALOGUE)
def test_the_plain_codes_of_a_type_pass(type_: str) -> None:
    check_codes(CATALOGUE[type_], CODES[type_])


@pytest.mark.parametrize(("type_", "rule"), RULES, ids=NAMED)
def test_a_code_is_required_where_the_catalogue_says_so(type_: str, rule: CodeRule) -> None:
    codes = {name: value for name, value in CODES[type_].items() if name != rule.name}
    if not rule.required:
        check_codes(CATALOGUE[type_], codes)
        return
    with pytest.raises(ParleyError) as caught:
        check_codes(CATALOGUE[type_], codes)
    assert caught.value.reason == Reason.CODE_MISSING
    assert caught.value.details == {"type": type_, "code": rule.name}


@pytest.mark.parametrize(("type_", "rule"), RULES, ids=NAMED)
def test_a_code_out_of_its_bounds_is_refused(type_: str, rule: CodeRule) -> None:
    for value in wrong(rule):
        codes: dict[str, Code] = {**CODES[type_], rule.name: value}
        with pytest.raises(ParleyError) as caught:
            check_codes(CATALOGUE[type_], codes)
        assert caught.value.reason == Reason.CODE_INVALID


@pytest.mark.parametrize(("type_", "rule"), RULES, ids=NAMED)
def test_every_choice_of_a_code_passes(type_: str, rule: CodeRule) -> None:
    for choice in rule.choices:
        one: dict[CodeKind, Code] = {
            CodeKind.TOKEN: choice,
            CodeKind.TOKENS: (choice,),
            CodeKind.PAIRS: ((1, choice),),
            CodeKind.DIGESTS: ((1, choice),),
            CodeKind.NAMED: (("a", choice),),
        }
        if rule.least <= 1:
            check_codes(CATALOGUE[type_], {**CODES[type_], rule.name: one[rule.kind]})


@pytest.mark.parametrize("type_", CATALOGUE)
def test_the_rest_of_the_header_is_checked_for_every_type(type_: str) -> None:
    spec = CATALOGUE[type_]
    act = make(0, 0, (0, 0), type_, CODES[type_], reference=bytes(32), reply_wanted=DAY)
    assert check_act(act) is spec

    def refusal(**changes: Any) -> ParleyError:
        with pytest.raises(ParleyError) as caught:
            check_act(msgspec.structs.replace(act, **changes))
        return caught.value

    for precedence in (-1, 4):
        assert refusal(precedence=precedence).details["code"] == "precedence"
    for reply_wanted in (0, -5, 1 << 40):
        assert refusal(reply_wanted=reply_wanted).details["code"] == "reply-wanted"
    if spec.reference and spec.opens == Opens.NEVER and not spec.reference_optional:
        assert refusal(reference=None).reason == Reason.REFERENCE_MISSING
    if spec.reply_wanted_required:
        assert refusal(reply_wanted=None).reason == Reason.CODE_MISSING
    assert refusal(type="unheard-of").reason == Reason.TYPE_UNKNOWN
