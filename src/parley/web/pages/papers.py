"""Print: a statement or a case as a paper, in the browser or as a PDF."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.responses import Response

from parley.application import cases, papers
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.paper import page, pdf
from parley.presentation import acts, paper_page
from parley.presentation.sheet import Sheet
from parley.web import download
from parley.web.page import Page
from parley.web.visit import Visit

if TYPE_CHECKING:
    from parley.application.cases import CaseView
    from parley.application.papers import StatementView
    from parley.paper.model import Paper

_PDF: Final = "application/pdf"


def statement(visit: Visit) -> Response:
    """A formal note of one statement."""
    press = _Press(visit)

    def make(view: StatementView) -> bytes:
        if view.act.entry.case_id.hex() != visit.part("case").lower():
            raise ParleyError(Reason.STATEMENT_UNKNOWN)
        return press.made(paper_page.statement(press.sheet(), view))

    leaf = visit.part("leaf")
    return press.answer(papers.statement(visit.desk, visit.officer, leaf, make), leaf)


def case(visit: Visit) -> Response:
    """A case with all its statements."""
    press = _Press(visit)

    def make(view: CaseView) -> bytes:
        return press.made(paper_page.case(press.sheet(), view))

    channel, identifier = cases.find(visit.desk, visit.officer, visit.part("case"))
    made = papers.case(visit.desk, visit.officer, channel, identifier, make)
    return press.answer(made, acts.short(identifier))


class _Press:
    """Makes one paper, in the language of whoever has it made."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._is_pdf = visit.asked("format") == "pdf"
        self._policy = ""
        if self._is_pdf:
            pdf.check_available()

    def sheet(self) -> Sheet:
        """An empty sheet for a reader who sits at no desk."""
        return Sheet(self._visit.translator, self._visit.zone)

    def made(self, paper: Paper) -> bytes:
        """The paper's bytes."""
        self._policy = f"{page.policy(paper.paging)}; frame-ancestors 'none'"
        return pdf.render(paper) if self._is_pdf else page.render(paper)

    def answer(self, made: bytes, name: str) -> Response:
        """The paper: a PDF to be kept, a page to be printed."""
        if self._is_pdf:
            return download.attachment(made, f"{download.named(name[: acts.SHORT])}.pdf", _PDF)
        # A paper has its style in itself, and is to be kept as one file; it loads nothing else.
        headers = {"content-security-policy": self._policy}
        return Response(made, media_type="text/html; charset=utf-8", headers=headers)


PAGES: Final = (
    Page("/cases/{case}/print", case),
    Page("/cases/{case}/acts/{leaf}/print", statement),
)
