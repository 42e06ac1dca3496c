"""Where a page of the record goes: the reader's words, and the sinks that take what is said.

Everything that a person reads goes through the translator; texts of others go through
:mod:`parley.presentation.foreign`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from parley.language.translate import Translator
from parley.presentation import foreign, zones


class Output(ABC):
    """One reader's output.

    ``at_home``: whoever reads it sits at this desk, so that 'we' says who is meant. ``zone``: the
    time zone beside UTC; none is the system's own.
    """

    at_home = True

    def __init__(self, translator: Translator, zone: ZoneInfo | None) -> None:
        self.translator = translator
        self.zone = zone

    # --- words -------------------------------------------------------------------------------

    def text(self, msgid: str, **facts: Any) -> str:
        """A sentence in the reader's language."""
        return self.translator.text(msgid, **facts)

    def plural(self, singular: str, plural: str, n: int, **facts: Any) -> str:
        """A counted sentence in the reader's language."""
        return self.translator.plural(singular, plural, n, **facts)

    def name(self, token: str) -> str:
        """What a token of the protocol is called."""
        return self.translator.name(token)

    def names(self, tokens: Iterable[str]) -> str:
        """What several tokens are called, as a list in a sentence."""
        return self.translator.join(self.name(token) for token in tokens)

    def demonstration(self) -> str:
        """What every screen says where a letter says that this is a demonstration."""
        return self.text("Demonstration: no real party took part.")

    def time(self, timestamp: int | None) -> str:
        """A time in UTC and in the reader's zone; a dash for none."""
        if timestamp is None:
            return "\u2014"
        return self.translator.datetime(timestamp, zones.at(timestamp, self.zone))

    def foreign(self, text: str) -> str:
        """A text of others, on one line."""
        return foreign.line(text, self.translator.direction)

    def paragraphs(self, text: str) -> str:
        """A text of others, with its line ends."""
        return foreign.paragraphs(text, self.translator.direction)

    @property
    def language(self) -> str:
        """The reader's language."""
        return self.translator.language

    # --- sinks -------------------------------------------------------------------------------

    @abstractmethod
    def say(self, line: str = "", *, style: str = "", indent: int = 0) -> None:
        """A line or paragraph that is ready to be read."""

    @abstractmethod
    def title(self, line: str) -> None:
        """A heading."""

    @abstractmethod
    def facts(self, rows: Iterable[tuple[str, str]], *, indent: int = 0) -> None:
        """What is known as two columns: what it is, and how it is."""

    @abstractmethod
    def table(self, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """Rows under their headings."""

    @abstractmethod
    def marked(self, pieces: Iterable[tuple[str, bool]], *, indent: int = 0) -> None:
        """A text of others on one line, with the pieces marked that are to be seen in it."""

    @abstractmethod
    def next_steps(self, *commands: str) -> None:
        """The commands that come next, for whoever types some."""

    @abstractmethod
    def note(self, line: str, *, style: str = "") -> None:
        """A line beside the result."""
