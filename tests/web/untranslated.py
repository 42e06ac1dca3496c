"""English that was left on a page in another language."""

from __future__ import annotations

import functools
import re
from pathlib import Path

from babel.messages.pofile import read_po
from playwright.sync_api import Page

import parley.language
from parley.cli.demo.stage import OFFICERS
from tests.web.looking import texts

_LOCALE = Path(parley.language.__file__).parent / "locale"
_PHRASE = re.compile(r"(?<![\w@./:-])[A-Za-z][a-z]+(?:,? [a-z]{2,}){1,}(?![\w@/:-])")
_COMMAND = re.compile(r"\bparley(?: [a-z-]+)+")
_MARKS = dict.fromkeys(map(ord, "\u2066\u2067\u2068\u2069\u200e\u200f"))


@functools.cache
def english(language: str) -> frozenset[str]:
    """What the catalogue of ``language`` says otherwise than in English."""
    path = _LOCALE / language / "LC_MESSAGES" / "parley.po"
    with path.open("rb") as file:
        catalogue = read_po(file, language)
    return frozenset(
        message.id
        for message in catalogue
        if isinstance(message.id, str)
        and message.id
        and message.id != message.string
        # Officers of these tests are called by what they do.
        and message.id not in OFFICERS
    )


def untranslated(page: Page) -> None:
    """Nothing on a page in Russian or Arabic is said in English.

    Amiss are texts of the catalogue as they are in English, and any two English words in a row
    outside of what is kept apart: names, codes and what others wrote stand in elements that say so.
    """
    language = page.locator("html").get_attribute("lang") or ""
    assert language in {"ru", "ar"}, language
    known = english(language)
    found = [text for text in _bare(texts(page)) if text in known]
    found += [text for text in _bare(texts(page, names=False)) if _PHRASE.search(text)]
    assert not found, f"{page.url} ({language}): {found}"


def _bare(found: list[str]) -> list[str]:
    return [_COMMAND.sub("", text.translate(_MARKS)) for text in found]
