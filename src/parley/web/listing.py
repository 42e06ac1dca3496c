"""A page of the cases of one kind, the newest first, each with its acts; and who may see none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from parley.application import cases
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason

if TYPE_CHECKING:
    from parley.application.cases import CaseView
    from parley.domain.shape import Scope
    from parley.web.visit import Visit

COUNT: Final = 10
"""Cases on a page: each is read with its texts."""


class Listing(NamedTuple):
    """``views`` are what the officer reads of it. ``older`` is the address of the next page.

    ``sees``: whether any role of the officer's sees cases at all.
    """

    views: list[CaseView]
    older: str | None
    sees: bool


def of(visit: Visit, kind: Scope) -> Listing:
    """The page that the address asks for: the newest, or those before a case.

    :raises ParleyError: ``case-unknown``.
    """
    given = visit.asked("before")
    before = None if given is None else _identifier(given)
    try:
        found, more = cases.page(
            visit.desk, visit.officer, before=before, kind=kind.value, count=COUNT
        )
    except ParleyError as error:
        if error.reason is not Reason.ROLE_FORBIDS:
            raise
        return Listing([], None, sees=False)
    views = [
        cases.glance(visit.desk, visit.officer, one.channel, one.row.case_id, whole=False)
        for one in reversed(found)
    ]
    last = found[0].row.case_id.hex() if more else None
    older = None if last is None else f"{visit.request.url.path}?before={last}"
    return Listing(views, older, sees=True)


def one(visit: Visit) -> CaseView:
    """The case that the address names; it counts as read by the officer.

    :raises ParleyError: ``case-unknown``, ``role-forbids``.
    """
    channel, case = cases.find(visit.desk, visit.officer, visit.part("case"))
    return cases.show(visit.desk, channel, case, visit.officer)


def _identifier(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError as error:
        raise ParleyError(Reason.CASE_UNKNOWN) from error
