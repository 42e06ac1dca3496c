"""The pages of the web desk, one module for each area; each has its ``PAGES``."""

from __future__ import annotations

from typing import Final

from parley.web.page import Page
from parley.web.pages import (
    contact_acts,
    contact_import,
    contacts,
    house,
    meetings,
    record,
    today,
)

PAGES: Final[tuple[Page, ...]] = (
    *today.PAGES,
    *record.PAGES,
    *house.PAGES,
    *meetings.PAGES,
    *contact_import.PAGES,
    *contacts.PAGES,
    *contact_acts.PAGES,
)
