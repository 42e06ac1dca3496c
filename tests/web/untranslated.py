"""English that was left on a page in another language."""

from __future__ import annotations

import functools
import re
from pathlib import Path

from babel.messages.pofile import read_po

import parley.language
from parley.cli.demo.stage import OFFICERS
from parley.domain.roles import Role
from tests.web.saying import said

_LOCALE = Path(parley.language.__file__).parent / "locale"
_PHRASE = re.compile(r"(?<![\w@./:-])[A-Za-z][a-z]+(?:,? [a-z]{2,}){1,}(?![\w@/:-])")
_KEPT = re.compile(r"\bparley(?: [a-z-]+)+|\bad referendum\b|\b[0-9a-f]{4}(?: [0-9a-f]{4}){3,}\b")
"""Commands, what diplomats say in Latin in every language, and hashes in groups."""

_MARKS = dict.fromkeys(map(ord, "\u2066\u2067\u2068\u2069\u200e\u200f"))


@functools.cache
def english(language: str) -> frozenset[str]:
    """What the catalogue of ``language`` says otherwise than in English."""
    path = _LOCALE / language / "LC_MESSAGES" / "parley.po"
    with path.open("rb") as file:
        catalogue = read_po(file, language)
    # Officers of these tests are called by what they do.
    names = {*OFFICERS, *(role.value for role in Role)}
    return frozenset(
        message.id
        for message in catalogue
        if isinstance(message.id, str)
        and message.id
        and message.id != message.string
        and message.id not in names
    )


def untranslated(page: str) -> list[str]:
    """What a page in Russian or Arabic says in English, by its source.

    These are texts of the catalogue as they are in English, and any two English words in a row
    outside of what is kept apart: names, codes and what others wrote stand in elements that say so.
    """
    language, texts = said(page)
    assert language in {"ru", "ar"}, language
    known = english(language)
    bare = [(_bare(one.text), one.named) for one in texts]
    found = [text for text, _named in bare if text in known]
    return found + [text for text, named in bare if not named and _PHRASE.search(text)]


def _bare(text: str) -> str:
    return _KEPT.sub("", text.translate(_MARKS)).strip()
