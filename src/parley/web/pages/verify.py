"""Verifying a dossier or evidence that somebody brings: for anybody, and nothing is stored."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.responses import Response

from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.presentation import dossier_page, evidence_page
from parley.record.dossier.place import Sought, parse
from parley.web import checking, faults
from parley.web.checking import Checked
from parley.web.page import Page
from parley.web.verifier import FILE_BYTES
from parley.web.visit import Visit

if TYPE_CHECKING:
    from parley.paper.model import Block
    from parley.web.verifier import Outcome


def ask(visit: Visit) -> Response:
    """The page on which a file is dropped."""
    return _page(visit)


def verify(visit: Visit) -> Response:
    """What came of the file that was sent."""
    form = visit.form
    if not isinstance(form, Checked):
        raise ParleyError(Reason.FORM_INVALID, name="file")
    outcome = form.outcome
    if form.fault is not None:
        problem = visit.translator.reason(form.fault)
        return _page(visit, problem=problem, status=faults.status_of(form.fault))
    if outcome is None:
        return _page(visit, problem=(visit.words.text("No file was chosen."), ""), status=422)
    if outcome.reason is not None:
        return _page(visit, failed=_failed(visit, outcome), status=422)
    return _page(visit, proved=_proved(visit, outcome))


def _page(
    visit: Visit,
    *,
    status: int = 200,
    problem: tuple[str, str] | None = None,
    failed: tuple[str, str, str, list[str]] | None = None,
    proved: list[Block] | None = None,
) -> Response:
    return visit.page(
        "verify.html",
        status=status,
        problem=problem,
        failed=failed,
        proved=proved,
        pins=visit.form.value("pins"),
        place=visit.form.value("place"),
        megabytes=FILE_BYTES >> 20,
    )


def _proved(visit: Visit, outcome: Outcome) -> list[Block]:
    sheet = visit.sheet()
    if outcome.evidence is not None:
        evidence_page.render(sheet, outcome.evidence)
    if outcome.dossier is not None:
        place = visit.form.line("place")
        sought = None if place is None else Sought(parse(place))
        dossier_page.render(sheet, outcome.dossier, sought)
    return sheet.blocks


def _failed(visit: Visit, outcome: Outcome) -> tuple[str, str, str, list[str]]:
    """What does not hold, what to do, the code of the reason, and where in the file it is."""
    words, facts = visit.words, dict(outcome.facts)
    reason = Reason(outcome.reason or Reason.INTERNAL)
    what, todo = visit.translator.reason(ParleyError(reason, **facts))
    where: list[str] = []
    if isinstance(facts.get("seq"), int):
        where.append(words.text("It is about statement number {number}.", number=facts["seq"]))
    if isinstance(facts.get("item"), int):
        where.append(words.text("It stands in item {number} of the file.", number=facts["item"]))
    return what, todo, reason.value, where


PAGES: Final = (
    Page("/verify", ask, is_open=True),
    Page("/verify", verify, ("POST",), is_open=True, reader=checking.received),
)
