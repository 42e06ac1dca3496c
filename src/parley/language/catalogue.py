"""Finding and loading the catalogues of translated texts."""

from __future__ import annotations

import functools
import gettext
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason

SOURCE_LANGUAGE: Final = "en"
LANGUAGES: Final = ("en", "ru", "ar")
NAMES: Final = {"en": "English", "ru": "Русский", "ar": "العربية"}
"""What each language calls itself."""
DOMAIN: Final = "parley"
LOCALE_FOLDER: Final = Path(__file__).parent / "locale"


def choose(requested: str | None, environment: Mapping[str, str]) -> str:
    """The language to speak: ``en``, ``ru`` or ``ar``.

    ``requested`` (the option ``--language``) goes first, then ``PARLEY_LANGUAGE``; these are
    taken at their word. Then ``LC_ALL``, ``LC_MESSAGES`` and ``LANG`` in the order of POSIX: the
    first that is set counts, and English stands in where it names a language that Parley lacks.

    :raises ParleyError: ``language-unknown``.
    """
    for explicit in (requested, environment.get("PARLEY_LANGUAGE")):
        if explicit:
            language = _primary(explicit)
            if language not in LANGUAGES:
                known = ", ".join(LANGUAGES)
                raise ParleyError(Reason.LANGUAGE_UNKNOWN, language=explicit, known=known)
            return language
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if environment.get(variable):
            language = _primary(environment[variable])
            return language if language in LANGUAGES else SOURCE_LANGUAGE
    return SOURCE_LANGUAGE


@functools.cache
def load(language: str) -> gettext.NullTranslations:
    """The catalogue of ``language``; for English one that returns what it is given.

    A compiled catalogue that is missing, or older than its source, is compiled in memory, so that
    English never stands in for a translation that exists.

    :raises FileNotFoundError: the installation has neither.
    """
    if language == SOURCE_LANGUAGE:
        return gettext.NullTranslations()
    source = LOCALE_FOLDER / language / "LC_MESSAGES" / f"{DOMAIN}.po"
    compiled = source.with_suffix(".mo")
    if not compiled.exists() or (
        source.exists() and source.stat().st_mtime_ns > compiled.stat().st_mtime_ns
    ):
        return gettext.GNUTranslations(io.BytesIO(compile_source(source)))
    with compiled.open("rb") as file:
        return gettext.GNUTranslations(file)


def compile_source(source: Path) -> bytes:
    """The ``.mo`` bytes of the catalogue ``source`` (a ``.po`` file)."""
    with source.open("rb") as file:
        catalogue = read_po(file, domain=DOMAIN)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    return compiled.getvalue()


def _primary(name: str) -> str:
    """The language of a locale's name: ``ru`` of ``ru_RU.UTF-8`` or of ``ru-RU``."""
    return name.strip().lower().replace("-", "_").partition(".")[0].partition("_")[0]
