"""What a command shows: sentences and tables for people, one JSON value for programs.

Results go to standard output, errors and progress to standard error. Everything that a person
reads goes through the translator; texts of others go through :mod:`parley.presentation.foreign`.
"""

from __future__ import annotations

import io
import os
import shlex
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import IO, Any, Final

from rich import box
from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from parley.cli.options import Opening, Reader
from parley.language import catalogue
from parley.language.isolate import FIRST_STRONG_ISOLATE, POP_DIRECTIONAL_ISOLATE
from parley.language.translate import Translator
from parley.presentation import foreign, zones
from parley.presentation.output import Output

WIDTH_OF_FILES: Final = 240
"""Columns where the output is no terminal and COLUMNS is not set."""

Json = Any


class Terminal(Output):
    """One reader's output at a command. ``json``: values for a program instead of sentences.

    :raises ParleyError: ``zone-unknown``.
    """

    def __init__(self, reader: Reader, environment: Mapping[str, str] = os.environ) -> None:
        language = catalogue.choose(reader.language, environment)
        super().__init__(Translator(language), zones.of(reader.zone))
        self.json = reader.json
        # What a command was told about its desk, the commands that it proposes are told too.
        desk = reader.desk if isinstance(reader, Opening) else None
        self._desk = "" if desk is None else f" --desk {shlex.quote(str(desk))}"

    # --- to standard output ------------------------------------------------------------------

    def emit(self, value: Json, render: Callable[[], None]) -> None:
        """Show a result: ``value`` to a program, what ``render`` prints to a person."""
        if self.json:
            self.data(value)
        else:
            render()

    def data(self, value: Json) -> None:
        """Print one JSON value."""
        sys.stdout.write(foreign.json_text(value) + "\n")
        sys.stdout.flush()

    def say(self, line: str = "", *, style: str = "", indent: int = 0) -> None:
        """Print a line or paragraph that is ready to be read."""
        _print(_console(sys.stdout), line, style, indent)

    def marked(self, pieces: Iterable[tuple[str, bool]], *, indent: int = 0) -> None:
        """Print a text of others on one line, with the pieces marked that are to be seen in it."""
        console = _console(sys.stdout)
        if not console.is_terminal:
            self.say(self.foreign("".join(f"[{t}]" if m else t for t, m in pieces)), indent=indent)
            return
        text = Text(FIRST_STRONG_ISOLATE)
        for piece, is_marked in pieces:
            text.append(foreign.bare(piece), style="bold reverse" if is_marked else "")
        text.append(POP_DIRECTIONAL_ISOLATE)
        console.print(Padding(text, (0, 0, 0, indent)))

    def raw(self, text: str) -> None:
        """Print a text of ours as it stands, to be kept in a file."""
        sys.stdout.write(text)
        sys.stdout.flush()

    def title(self, line: str) -> None:
        """Print a heading."""
        self.say(line, style="bold")

    def facts(self, rows: Iterable[tuple[str, str]], *, indent: int = 0) -> None:
        """Print what is known as two columns: what it is, and how it is."""
        grid = Table.grid(padding=(0, 2))
        grid.add_column(style="dim", no_wrap=False)
        grid.add_column(overflow="fold")
        for label, value in rows:
            grid.add_row(Text(label), Text(value))
        _render(Padding(grid, (0, 0, 0, indent)))

    def next_steps(self, *commands: str) -> None:
        """Print the commands that come next, ready to be copied."""
        self.say(self.text("Next:"))
        for command in commands:
            start, redirect, target = command.partition(" > ")
            whole = f"{start}{self._desk}{redirect}{target}"
            self.say(foreign.bare(whole), indent=4)

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """Print rows under their headings."""
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
        for column in columns:
            table.add_column(Text(column), overflow="fold")
        for row in rows:
            table.add_row(*(Text(cell) for cell in row))
        _render(table)

    # --- to standard error -------------------------------------------------------------------

    def note(self, line: str, *, style: str = "") -> None:
        """Print a line to standard error."""
        sys.stdout.flush()
        _print(_console(sys.stderr), line, style, 0)

    def fault(self, value: Json) -> None:
        """Print one JSON value to standard error."""
        sys.stdout.flush()
        sys.stderr.write(foreign.json_text(value) + "\n")
        sys.stderr.flush()


def _console(stream: IO[str]) -> Console:
    width = None
    if not stream.isatty() and not os.environ.get("COLUMNS", "").isdigit():
        width = WIDTH_OF_FILES
    return Console(file=stream, width=width, markup=False, highlight=False, emoji=False)


def _render(thing: RenderableType) -> None:
    """Print a table; to a file without the spaces that fill its lines."""
    console = _console(sys.stdout)
    if console.is_terminal:
        console.print(thing)
        return
    buffer = io.StringIO()
    Console(file=buffer, width=console.width, markup=False, highlight=False, emoji=False).print(
        thing
    )
    lines = (line.rstrip() for line in buffer.getvalue().splitlines())
    console.file.write("".join(f"{line}\n" for line in lines))
    console.file.flush()


def _print(console: Console, line: str, style: str, indent: int) -> None:
    text = Text(line, style=style)
    if not console.is_terminal:
        # Whoever reads a file or a pipe wants whole lines.
        prefix = " " * indent
        console.file.write("".join(f"{prefix}{part}".rstrip() + "\n" for part in line.split("\n")))
        console.file.flush()
    elif indent:
        console.print(Padding(text, (0, 0, 0, indent)))
    else:
        console.print(text)
