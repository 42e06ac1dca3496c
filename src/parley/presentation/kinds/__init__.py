"""Pages of cases: what each kind shows beside what every case has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, Protocol

from parley.domain.shape import Scope
from parley.presentation.kinds import (
    contacts,
    erasure,
    inquiry,
    meeting,
    notice,
    position,
    proposal,
    recusal,
    share,
    understanding,
    working_group,
)

if TYPE_CHECKING:
    from parley.application.cases import CaseView, Summary
    from parley.presentation.kinds.common import Plain
    from parley.presentation.output import Output


class Page(Protocol):
    """What a module of a kind has to have. Its substance is the kind's own type."""

    @property
    def STATUSES(self) -> Mapping[str, str]:  # noqa: N802
        """Where a case of this kind stands, in words, by the token of the status."""

    @property
    def OUTCOMES(self) -> Mapping[str, str]:  # noqa: N802
        """What holds where two acts of this kind crossed, in words, by the token."""

    def plain(self, summary: Summary, substance: Any) -> Plain:
        """The names that ``--json`` has for this kind, beside those of every case."""

    def head(self, output: Output, summary: Summary, substance: Any) -> list[tuple[str, str]]:
        """Lines at the head of the page, beside those of every case."""

    def render(self, output: Output, view: CaseView, substance: Any) -> None:
        """Print what stands between the head and what is due."""


PAGES: Final[Mapping[str, Page]] = {
    Scope.INQUIRY: inquiry,
    Scope.CONTACTS: contacts,
    Scope.PROPOSAL: proposal,
    Scope.WORKING_GROUP: working_group,
    Scope.MEETING: meeting,
    Scope.UNDERSTANDING: understanding,
    Scope.POSITION: position,
    Scope.NOTICE: notice,
    Scope.CASE_SHARE: share,
    Scope.RECUSAL: recusal,
    Scope.ERASURE: erasure,
}


def page_of(kind: str | None) -> Page | None:
    """The page of a kind; none for a case that is void."""
    return None if kind is None else PAGES.get(kind)
