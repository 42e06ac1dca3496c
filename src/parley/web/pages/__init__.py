"""The pages of the web desk, one module for each area; each has its ``PAGES``."""

from __future__ import annotations

from typing import Final

from parley.web.page import Page
from parley.web.pages import (
    case,
    cases,
    contact_acts,
    contact_import,
    contacts,
    drafts,
    figures,
    first_steps,
    groups,
    house,
    me,
    meetings,
    notices,
    officers,
    papers,
    positions,
    proof,
    proposals,
    record,
    recusals,
    search,
    sign_in,
    today,
    understandings,
    verify,
    writing,
)

PAGES: Final[tuple[Page, ...]] = (
    *today.PAGES,
    *cases.PAGES,
    *search.PAGES,
    *proof.PAGES,
    *papers.PAGES,
    *case.PAGES,
    *verify.PAGES,
    *record.PAGES,
    *house.PAGES,
    *meetings.PAGES,
    *contact_import.PAGES,
    *contacts.PAGES,
    *contact_acts.PAGES,
    *first_steps.PAGES,
    *sign_in.PAGES,
    *me.PAGES,
    *officers.PAGES,
    *notices.PAGES,
    *positions.PAGES,
    *recusals.PAGES,
    *writing.PAGES,
    *drafts.PAGES,
    *groups.PAGES,
    *proposals.PAGES,
    *understandings.PAGES,
    *figures.PAGES,
)
