"""Directories of contacts for the pages about them: which there are, what may be done in each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from parley.application import cases, contacts, offers
from parley.domain.act import ActType
from parley.domain.kinds import contacts_state
from parley.domain.kinds.contacts_state import ContactStatus
from parley.domain.roles import Duty
from parley.domain.shape import Scope
from parley.domain.types.contacts import LEVELS
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.language.marks import N_

if TYPE_CHECKING:
    from parley.application.contacts import Directory
    from parley.domain.ranges import Ranges
    from parley.web.visit import Visit

ACTS: Final[Mapping[str, ActType]] = {
    "accept": ActType.CONTACT_ACCEPTANCE,
    "suspend": ActType.CONTACT_SUSPENSION,
    "resume": ActType.CONTACT_RESUMPTION,
    "reconfirm": ActType.CONTACT_RECONFIRMATION,
    "revoke": ActType.CONTACT_REVOCATION,
}
"""Acts on many contacts at once, by what the address of their page says."""

TITLES: Final[Mapping[str, str]] = {
    "accept": N_("Accept contacts"),
    "suspend": N_("Suspend contacts"),
    "resume": N_("End a suspension"),
    "reconfirm": N_("Confirm that records are right"),
    "revoke": N_("Revoke contacts"),
}


def every(visit: Visit) -> list[Directory] | None:
    """All that the officer may read; None for whoever reads none anywhere."""
    try:
        return contacts.directories(visit.desk, visit.officer)
    except ParleyError as error:
        if error.reason is not Reason.ROLE_FORBIDS:
            raise
        return None


def find(visit: Visit) -> Directory:
    """The directory that the address names.

    :raises ParleyError: ``case-unknown``, ``role-forbids``.
    """
    channel, case = cases.find(visit.desk, visit.officer, visit.part("case"))
    for directory in contacts.directories(visit.desk, visit.officer, channel):
        if directory.case_id == case:
            return directory
    raise ParleyError(Reason.CASE_UNKNOWN)


def counts(directory: Directory) -> Mapping[ContactStatus, int]:
    """How many contacts stand how."""
    return contacts_state.counts(directory.state, directory.contacts)


def acts(visit: Visit, directory: Directory) -> dict[str, ActType]:
    """Those of :data:`ACTS` that the officer may draft here, and for which there is anybody."""
    free = offers.in_case(visit.desk, visit.officer, directory.channel, directory.case_id)
    return {
        name: type_
        for name, type_ in ACTS.items()
        if type_ in free and contacts.open_to(directory, type_)
    }


def nominates(visit: Visit) -> bool:
    """Whether the officer may nominate contacts."""
    free = offers.opening(visit.desk, visit.officer, Scope.CONTACTS)
    return ActType.CONTACT_NOMINATION in free


def checks(visit: Visit) -> bool:
    """Whether the officer sends and answers communication checks."""
    return offers.may(visit.desk, visit.officer, Duty.CHECK_COMMUNICATION, Scope.CONTACTS)


def chosen(
    visit: Visit, directory: Directory, given: Mapping[str, str]
) -> tuple[Ranges, tuple[str, str] | None]:
    """The contacts that stand as is asked for; and what is wrong with what was asked."""
    try:
        statuses = [ContactStatus(given["status"])] if given.get("status") else []
        level = given.get("level") or None
        office = int(given["office"]) if given.get("office") else None
    except ValueError:
        fault = ParleyError(Reason.FORM_INVALID, name="status")
        return (), visit.translator.reason(fault)
    if level is not None and level not in LEVELS:
        return (), visit.translator.reason(ParleyError(Reason.FORM_INVALID, name="level"))
    return contacts.select(directory, statuses, office, level), None


def require(visit: Visit, directory: Directory, type_: ActType) -> None:
    """Refuse whoever may not draft an act of a type in a directory.

    :raises ParleyError: ``role-forbids``.
    """
    free = offers.in_case(visit.desk, visit.officer, directory.channel, directory.case_id)
    if type_ not in free:
        raise ParleyError(Reason.ROLE_FORBIDS, duty=Duty.DRAFT.value)


def require_nominating(visit: Visit) -> None:
    """Refuse whoever may not nominate contacts.

    :raises ParleyError: ``role-forbids``.
    """
    if not nominates(visit):
        raise ParleyError(Reason.ROLE_FORBIDS, duty=Duty.NOMINATE_CONTACT.value)
