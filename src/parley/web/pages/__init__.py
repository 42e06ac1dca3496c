"""The pages of the web desk, one module for each area; each has its ``PAGES``."""

from __future__ import annotations

from typing import Final

from parley.web.page import Page
from parley.web.pages import house, record, today

PAGES: Final[tuple[Page, ...]] = (*today.PAGES, *record.PAGES, *house.PAGES)
