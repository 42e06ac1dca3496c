"""Roles: the whole matrix, written down a second time."""

from __future__ import annotations

import itertools

import pytest

from parley.domain.catalogue import CATALOGUE
from parley.domain.roles import DUTIES, Duty, Role, may, require, require_one_of
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason

RELEASES = "decide-release export record-recusal reopen-channel classify"
READS = "see-case read-content read-log receive be-alerted sign-in"
PLANS = "plan-roster take-out carry"
TAKES = "take-out"
READS_CONTACTS = "see-case read-content"
ALLOWED = {
    "duty-officer": (
        f"{READS} acknowledge check-communication escalate export stand-duty {TAKES} register carry"
    ),
    "drafter": f"{READS} draft translate prepare-samples export take-out register",
    "technical-analyst": f"{READS} prepare-samples take-out",
    "legal-reviewer": f"{READS} clear hold-case {RELEASES} {TAKES}",
    "authoriser": f"{READS} authorise {RELEASES} {PLANS}",
    "contacts-custodian": (
        f"{READS_CONTACTS} receive nominate-contact revoke-contact be-alerted sign-in"
    ),
    "auditor": "read-log read-house verify-record be-alerted sign-in",
    "administrator": "administer verify-record plan-roster carry be-alerted sign-in",
}


@pytest.mark.parametrize("duty", Duty)
@pytest.mark.parametrize("role", Role)
def test_a_role_may_do_its_duties_and_nothing_else(role: Role, duty: Duty) -> None:
    allowed = duty in ALLOWED[role].split()
    assert may({role}, duty) is allowed
    if allowed:
        require({role}, duty)
        return
    with pytest.raises(ParleyError) as caught:
        require({role}, duty)
    assert caught.value.reason == Reason.ROLE_FORBIDS
    assert caught.value.details == {"duty": duty}


def test_every_role_and_every_duty_is_somebodys() -> None:
    assert set(DUTIES) == set(Role)
    assert set().union(*DUTIES.values()) == set(Duty)


def test_several_roles_allow_what_each_of_them_allows() -> None:
    require({Role.DRAFTER, Role.AUDITOR}, Duty.DRAFT)
    require({Role.DRAFTER, Role.AUDITOR}, Duty.READ_LOG)


@pytest.mark.parametrize("duty", Duty)
def test_one_without_a_role_may_do_nothing(duty: Duty) -> None:
    assert not may((), duty)


# Types that the duty officer or the custodian of contacts makes, by their first word.
_DRAFTING = {
    "acknowledgement": Duty.ACKNOWLEDGE,
    "communication": Duty.CHECK_COMMUNICATION,
    "contact": Duty.NOMINATE_CONTACT,
}


@pytest.mark.parametrize("type_", CATALOGUE)
def test_the_catalogue_names_officers_by_their_duties(type_: str) -> None:
    spec = CATALOGUE[type_]
    drafts = _DRAFTING.get(type_.partition("-")[0], Duty.DRAFT)
    duties = (
        (spec.drafted_by, drafts),
        (spec.cleared_by, Duty.CLEAR),
        (spec.authorised_by, Duty.AUTHORISE),
    )
    for role, (named, duty) in itertools.product(Role, duties):
        assert (role in named) is (bool(named) and may({role}, duty)), role
        if role in named:
            require_one_of({role}, named, duty)
        else:
            with pytest.raises(ParleyError):
                require_one_of({role}, named, duty)
