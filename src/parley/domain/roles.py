"""Roles of the officers of one house, and what each may do (process.md, roles in one organisation).

An officer may hold several roles; :func:`require` grants what any of them grants. Who may not be
one and the same person for one draft is the matter of ``drafting``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Final

from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason


class Role(StrEnum):
    """A role inside one party's house."""

    DUTY_OFFICER = "duty-officer"
    DRAFTER = "drafter"
    TECHNICAL_ANALYST = "technical-analyst"
    LEGAL_REVIEWER = "legal-reviewer"
    AUTHORISER = "authoriser"
    CONTACTS_CUSTODIAN = "contacts-custodian"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


class Duty(StrEnum):
    """Something that an officer does inside the house."""

    RECEIVE = "receive"
    ACKNOWLEDGE = "acknowledge"
    CHECK_COMMUNICATION = "check-communication"
    ESCALATE = "escalate"
    DRAFT = "draft"
    TRANSLATE = "translate"
    PREPARE_SAMPLES = "prepare-samples"
    CLEAR = "clear"
    AUTHORISE = "authorise"
    NOMINATE_CONTACT = "nominate-contact"
    REVOKE_CONTACT = "revoke-contact"
    SEE_CASE = "see-case"
    REGISTER = "register"
    CLASSIFY = "classify"
    READ_CONTENT = "read-content"
    EXPORT = "export"
    TAKE_OUT = "take-out"
    CARRY = "carry"
    DECIDE_RELEASE = "decide-release"
    RECORD_RECUSAL = "record-recusal"
    READ_HOUSE = "read-house"
    READ_LOG = "read-log"
    VERIFY_RECORD = "verify-record"
    REOPEN_CHANNEL = "reopen-channel"
    HOLD_CASE = "hold-case"
    ADMINISTER = "administer"
    PLAN_ROSTER = "plan-roster"
    STAND_DUTY = "stand-duty"
    BE_ALERTED = "be-alerted"
    SIGN_IN = "sign-in"


_OWN: Final = frozenset({Duty.BE_ALERTED, Duty.SIGN_IN})
_READING: Final = _OWN | {Duty.SEE_CASE, Duty.READ_CONTENT, Duty.READ_LOG}

DUTIES: Final[Mapping[Role, frozenset[Duty]]] = {
    Role.DUTY_OFFICER: _READING
    | {
        Duty.RECEIVE,
        Duty.ACKNOWLEDGE,
        Duty.REGISTER,
        Duty.CHECK_COMMUNICATION,
        Duty.ESCALATE,
        Duty.EXPORT,
        Duty.STAND_DUTY,
        Duty.TAKE_OUT,
        Duty.CARRY,
    },
    Role.DRAFTER: _READING
    | {
        Duty.RECEIVE,
        Duty.DRAFT,
        Duty.TRANSLATE,
        Duty.PREPARE_SAMPLES,
        Duty.EXPORT,
        Duty.REGISTER,
        Duty.TAKE_OUT,
    },
    # Whoever examines samples takes them out of the desk, to where that is safe, and attaches
    # what others may have to a draft.
    Role.TECHNICAL_ANALYST: _READING | {Duty.RECEIVE, Duty.PREPARE_SAMPLES, Duty.TAKE_OUT},
    Role.LEGAL_REVIEWER: _READING
    | {
        Duty.RECEIVE,
        Duty.CLEAR,
        Duty.CLASSIFY,
        Duty.DECIDE_RELEASE,
        Duty.EXPORT,
        Duty.TAKE_OUT,
        Duty.RECORD_RECUSAL,
        Duty.REOPEN_CHANNEL,
        Duty.HOLD_CASE,
    },
    Role.AUTHORISER: _READING
    | {
        Duty.RECEIVE,
        Duty.AUTHORISE,
        Duty.CLASSIFY,
        Duty.DECIDE_RELEASE,
        Duty.EXPORT,
        Duty.TAKE_OUT,
        Duty.RECORD_RECUSAL,
        Duty.REOPEN_CHANNEL,
        Duty.PLAN_ROSTER,
        Duty.CARRY,
    },
    # In cases about contacts alone: see parley.domain.access.
    Role.CONTACTS_CUSTODIAN: _OWN
    | {
        Duty.SEE_CASE,
        Duty.READ_CONTENT,
        Duty.RECEIVE,
        Duty.NOMINATE_CONTACT,
        Duty.REVOKE_CONTACT,
    },
    # The auditor proves that everything is in order without reading what was said.
    Role.AUDITOR: _OWN | {Duty.READ_LOG, Duty.READ_HOUSE, Duty.VERIFY_RECORD},
    # Whoever runs the machines reads neither the cases nor who did what in them.
    Role.ADMINISTRATOR: _OWN | {Duty.ADMINISTER, Duty.VERIFY_RECORD, Duty.PLAN_ROSTER, Duty.CARRY},
}

DRAFTING: Final = frozenset({Role.DRAFTER})
PREPARING: Final = frozenset({Role.TECHNICAL_ANALYST})
CLEARING: Final = frozenset({Role.LEGAL_REVIEWER})
AUTHORISING: Final = frozenset({Role.AUTHORISER})
ON_DUTY: Final = frozenset({Role.DUTY_OFFICER})
NOBODY: Final[frozenset[Role]] = frozenset()


def may(roles: Collection[Role], duty: Duty) -> bool:
    """Whether one who holds ``roles`` may do ``duty``."""
    return any(duty in DUTIES[role] for role in roles)


def require(roles: Collection[Role], duty: Duty) -> None:
    """Refuse whoever holds none of the roles that ``duty`` asks for.

    :raises ParleyError: ``role-forbids``.
    """
    if not may(roles, duty):
        raise ParleyError(Reason.ROLE_FORBIDS, duty=duty.value)


def require_one_of(roles: Collection[Role], wanted: frozenset[Role], duty: Duty) -> None:
    """Refuse whoever may not do ``duty`` in the matter at hand, where its type names who may.

    :raises ParleyError: ``role-forbids``.
    """
    if wanted.isdisjoint(roles):
        raise ParleyError(Reason.ROLE_FORBIDS, duty=duty.value)
