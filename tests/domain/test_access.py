"""The access rule: every role, every duty, every relation, written down a second time."""

from __future__ import annotations

import pytest

from parley.domain import access
from parley.domain.access import Grant, Place, Recusal, Relation, Standing
from parley.domain.roles import Duty, Role
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from tests.domain.test_roles import ALLOWED

MORE_WHEN_GRANTED = {"auditor": "see-case read-content export take-out"}

SOUTH, EAST = b"s" * 32, b"e" * 32
CASE, ABOUT_IT, FURTHER, OTHER = b"c" * 16, b"a" * 16, b"f" * 16, b"o" * 16
HERE = Place(SOUTH, CASE, frozenset(), "contacts")


def expected(role: Role, duty: Duty, relation: Relation) -> bool:
    words = ALLOWED[role].split()
    if relation is Relation.GRANTED:
        words = words + MORE_WHEN_GRANTED.get(role, "").split()
    return relation is not Relation.RECUSED and duty in words


def standing(role: Role, relation: Relation) -> Standing:
    """Somebody with one role, who stands in one relation to the case."""
    granted = (Grant(role, SOUTH, CASE),) if relation is Relation.GRANTED else ()
    roles = frozenset() if granted else frozenset({role})
    recusal = Recusal(1, None, frozenset({CASE}), False, "deputy")
    return Standing("eve", roles, granted, (recusal,) if relation is Relation.RECUSED else ())


@pytest.mark.parametrize("relation", Relation)
@pytest.mark.parametrize("duty", Duty)
@pytest.mark.parametrize("role", Role)
def test_the_whole_matrix(role: Role, duty: Duty, relation: Relation) -> None:
    allowed = expected(role, duty, relation)
    assert access.allowed(role, duty, relation) is allowed
    who = standing(role, relation)
    assert access.may(who, duty, HERE) is allowed
    assert access.roles_at(who, HERE) == (
        frozenset() if relation is Relation.RECUSED else frozenset({role})
    )
    if allowed:
        access.require(who, duty, HERE)
        return
    with pytest.raises(ParleyError) as caught:
        access.require(who, duty, HERE)
    assert caught.value.reason is Reason.ROLE_FORBIDS
    assert caught.value.details == {"duty": duty}


@pytest.mark.parametrize("duty", Duty)
@pytest.mark.parametrize("role", Role)
def test_a_recusal_is_stronger_than_all_that_is_held(role: Role, duty: Duty) -> None:
    everything = Standing(
        "eve",
        frozenset(Role),
        (Grant(role, SOUTH, CASE), Grant(role, SOUTH, None)),
        (Recusal(1, SOUTH, frozenset(), False, "deputy"),),
    )
    assert not access.may(everything, duty, HERE)


@pytest.mark.parametrize("role", Role)
def test_a_role_given_in_one_place_is_held_nowhere_else(role: Role) -> None:
    in_case = Standing("eve", frozenset(), (Grant(role, SOUTH, CASE),))
    in_channel = Standing("eve", frozenset(), (Grant(role, SOUTH, None),))
    elsewhere = [HERE._replace(case=OTHER), HERE._replace(channel=EAST), Place(), Place(SOUTH)]
    assert access.roles_at(in_case, HERE) == {role}
    assert not any(access.roles_at(in_case, place) for place in elsewhere)
    assert access.roles_at(in_channel, HERE) == {role}
    assert access.roles_at(in_channel, HERE._replace(case=OTHER)) == {role}
    assert not access.roles_at(in_channel, HERE._replace(channel=EAST))


@pytest.mark.parametrize(
    ("linked", "covered"), [(False, {CASE}), (True, {CASE, ABOUT_IT, FURTHER})]
)
def test_a_matter_takes_in_what_is_about_it_if_it_says_so(
    linked: bool, covered: set[bytes]
) -> None:
    recusal = Recusal(1, None, frozenset({CASE}), linked, "deputy")
    lines = {
        CASE: frozenset(),
        ABOUT_IT: frozenset({CASE}),
        FURTHER: frozenset({ABOUT_IT, CASE}),
        OTHER: frozenset({EAST[:16]}),
    }
    found = {case for case, line in lines.items() if recusal.covers(Place(SOUTH, case, line))}
    assert found == covered


@pytest.mark.parametrize("duty", sorted(access.WHOLESALE))
def test_whoever_is_recused_from_anything_sees_no_log_as_a_whole(duty: Duty) -> None:
    recusal = Recusal(1, None, frozenset({OTHER}), False, "deputy")
    free, out = (Standing("eve", frozenset(Role), (), made) for made in ((), (recusal,)))
    for place in (Place(), Place(SOUTH), Place(EAST)):
        assert access.may(free, duty, place)
        assert not access.may(out, duty, place)


@pytest.mark.parametrize("kind", ["inquiry", "meeting", "position", ""])
def test_the_contacts_custodian_reads_contacts_alone(kind: str) -> None:
    custodian = Standing("cora", frozenset({Role.CONTACTS_CUSTODIAN}))
    assert access.may(custodian, Duty.READ_CONTENT, HERE)
    assert not access.may(custodian, Duty.READ_CONTENT, HERE._replace(kind=kind))


def test_one_who_reads_somewhere_is_told_apart_from_one_who_never_does() -> None:
    guest = Standing("eve", frozenset(), (Grant(Role.AUDITOR, SOUTH, CASE),))
    access.require_somewhere(guest, Duty.READ_CONTENT)
    for nobody in (
        Standing("eve", frozenset({Role.ADMINISTRATOR, Role.AUDITOR})),
        Standing("eve", frozenset()),
    ):
        with pytest.raises(ParleyError):
            access.require_somewhere(nobody, Duty.READ_CONTENT)
