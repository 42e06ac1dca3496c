"""An output that is a sheet: what pages say, kept as blocks of a document."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final
from zoneinfo import ZoneInfo

from parley.language.translate import Translator
from parley.paper.model import Block, Facts, Heading, Paragraph, Table, command
from parley.presentation.output import Output

_ZONE: Final = ZoneInfo("UTC")


class Sheet(Output):
    """Takes what the pages of cases and dossiers say, in one language, and keeps it.

    Times are in UTC unless a zone is asked for, and no clock of now is looked at: the same record
    makes the same paper. Unless it is read ``at_home``, its reader sits at no desk: nobody is 'we'.
    """

    def __init__(
        self, translator: Translator, zone: ZoneInfo | None = None, *, at_home: bool = False
    ) -> None:
        super().__init__(translator, zone or _ZONE)
        self.at_home = at_home
        self.blocks: list[Block] = []

    def add(self, *blocks: Block) -> None:
        """Put blocks below what there is."""
        self.blocks.extend(blocks)

    def say(self, line: str = "", *, style: str = "", indent: int = 0) -> None:  # noqa: ARG002
        """A paragraph; the empty lines of a terminal are none."""
        if line:
            self.add(Paragraph(line, "strong" if "bold" in style else "plain"))

    def title(self, line: str) -> None:
        """A heading."""
        self.add(Heading(2, line))

    def section(self, line: str) -> None:
        """A heading below a heading."""
        self.add(Heading(3, line))

    def facts(self, rows: Iterable[tuple[str, str]], *, indent: int = 0) -> None:  # noqa: ARG002
        """What is known, in two columns."""
        kept = tuple(rows)
        if kept:
            self.add(Facts(kept))

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """Rows under their headings."""
        kept = tuple(tuple(row) for row in rows)
        if kept:
            self.add(Table(tuple(columns), kept))

    def warn(self, line: str) -> None:
        """What no reader may overlook."""
        self.add(Paragraph(line, "warning"))

    def next_steps(self, *commands: str) -> None:
        """Commands are for whoever sits at a desk."""
        if self.at_home:
            self.add(*map(command, commands))

    def marked(self, pieces: Iterable[tuple[str, bool]], *, indent: int = 0) -> None:  # noqa: ARG002
        """A text of others on one line; what is to be seen in it stands in brackets."""
        said = self.foreign("".join(f"[{text}]" if seen else text for text, seen in pieces))
        self.add(Paragraph(said))

    def note(self, line: str, *, style: str = "") -> None:  # noqa: ARG002
        """A line beside the result."""
        self.add(Paragraph(line))
