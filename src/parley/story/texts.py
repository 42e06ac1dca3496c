"""A text in the three languages of the product."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from parley.kernel import limits, text


class Text(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One text in English, Russian and Arabic; none of them is optional."""

    en: str
    ru: str
    ar: str

    def in_language(self, language: str) -> str:
        """The version in ``language`` (``en``, ``ru`` or ``ar``)."""
        return dict(self.versions())[language]

    def versions(self) -> Iterator[tuple[str, str]]:
        """Pairs of language and text."""
        yield "en", self.en
        yield "ru", self.ru
        yield "ar", self.ar

    def after(self, mark: Text) -> Text:
        """This text with ``mark`` and a colon in front, in each language."""
        return Text(*(f"{mark.in_language(code)}: {version}" for code, version in self.versions()))

    def check(self) -> None:
        """Check that each version is one line that a statement takes.

        :raises ParleyError: the errors of the rules of text.
        """
        for _, version in self.versions():
            text.check(version, limits.TEXT_CHARACTERS, line=True)


def join(texts: tuple[Text, ...]) -> Text:
    """Several texts as one, with semicolons between."""
    return Text(
        "; ".join(text.en for text in texts),
        "; ".join(text.ru for text in texts),
        "؛ ".join(text.ar for text in texts),
    )
