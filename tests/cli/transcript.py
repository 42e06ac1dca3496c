"""Transcripts: a text of commands and of what they print is a test.

::

    # A line that explains.
    $ parley officer retire nobody --desk left
    There is no such officer in service. [officer-unknown]
    See the officers with parley officer list.
    [1]

``$`` runs a command in this process; standard output comes first, then standard error, then the
exit code in brackets where it is not 0. ``> FILE`` behind it keeps standard output in a file.

``<name>`` stands for a word: what it is the first time it has to be ever after, in commands too.
``<*>`` stands for anything on that line, ``<time>`` for a time. ``...`` alone on a line stands for
any number of lines.

``@ deliver`` lets both desks exchange what they have, ``@ ask NAME`` sends an inquiry of the left
one; the name stands for its case. ``@ write FILE`` writes the lines that begin with ``|`` into a
file, ``@ replace FILE OLD NEW`` changes one, ``@ break FILE`` turns one byte of it over.
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from parley.record.dossier import tamper

if TYPE_CHECKING:
    from tests.cli.conftest import Houses

_NAME = re.compile(r"<([a-z][a-z0-9-]*)>")
_HOLE = re.compile(r"<([a-z*][a-z0-9-]*)>")
TIME = r"[0-9]{1,2} \S+ [0-9]{4}[,،] \S+ UTC(?:[+-][0-9:]+)?\u2069?(?: \([^)]*\))?"
_SPACES = re.compile(" {2,}")
_RULE = re.compile("─+")


class Transcript:
    """Plays one transcript on two houses."""

    def __init__(self, houses: Houses) -> None:
        self._houses = houses
        self._known: dict[str, str] = {}

    def play(self, path: Path) -> None:
        """Run every command of the file, and compare."""
        steps = list(_steps(path.read_text("utf-8")))
        assert any(command.startswith("$") for _, command, _ in steps), f"{path.name} runs nothing"
        for number, written, expected in steps:
            command = _NAME.sub(lambda found: self._known[found[1]], written)
            printed = self._do(command, expected)
            if printed is not None:
                self._compare(f"{path.name}:{number}: {command}", expected, printed)

    def _do(self, command: str, block: list[str]) -> list[str] | None:
        kind, _, rest = command.partition(" ")
        if kind == "$":
            return self._run(rest)
        match shlex.split(rest):
            case ["deliver"]:
                self._houses.settle()
            case ["ask", name]:
                self._known[name] = self._houses.ask()[:12]
            case ["break", name]:
                file = self._houses.folder / name
                file.write_bytes(tamper.flip_byte(file.read_bytes()))
            case ["write", name]:
                text = "".join(f"{line[1:].removeprefix(' ')}\n" for line in block)
                (self._houses.folder / name).write_text(text, "utf-8")
            case ["replace", name, old, new]:
                file = self._houses.folder / name
                text = file.read_text("utf-8")
                assert old in text, f"{name} has no {old}"
                file.write_text(text.replace(old, new), "utf-8")
            case other:
                raise AssertionError(f"no such step: {other}")
        return None

    def _run(self, line: str) -> list[str]:
        line, _, target = line.partition(" > ")
        program, *arguments = shlex.split(line)
        assert program == "parley"
        result = self._houses.run(*arguments)
        out = result.out
        if target:
            (self._houses.folder / target.strip()).write_text(out, "utf-8")
            out = ""
        lines = [*out.splitlines(), *result.err.splitlines()]
        if result.code:
            lines.append(f"[{result.code}]")
        return [line.rstrip() for line in lines]

    def _compare(self, where: str, expected: list[str], printed: list[str]) -> None:
        shown = "\n".join(printed)
        at = 0
        for place, line in enumerate(expected):
            if line == "...":
                following = expected[place + 1] if place + 1 < len(expected) else None
                if following is None:
                    return
                while at < len(printed) and not self._fits(following, printed[at]):
                    at += 1
                continue
            assert at < len(printed), f"{where}\nmissing: {line}\n\n{shown}"
            assert self._fits(line, printed[at], bind=True), (
                f"{where}\nexpected: {line}\nprinted:  {printed[at]}\n\n{shown}"
            )
            at += 1
        assert at == len(printed), f"{where}\nmore was printed: {printed[at]}\n\n{shown}"

    def _fits(self, line: str, printed: str, *, bind: bool = False) -> bool:
        line, printed = _narrow(line), _narrow(printed)
        pattern, at = "", 0
        names: list[str] = []
        for hole in _HOLE.finditer(line):
            pattern += re.escape(line[at : hole.start()])
            at = hole.end()
            name = hole[1]
            if name == "*":
                pattern += ".*"
            elif name == "time":
                pattern += TIME
            elif name in self._known:
                pattern += re.escape(self._known[name])
            elif name in names:
                pattern += f"(?P={name.replace('-', '_')})"
            else:
                pattern += f"(?P<{name.replace('-', '_')}>\\S+?)"
                names.append(name)
        found = re.fullmatch(pattern + re.escape(line[at:]), printed)
        if found and bind:
            self._known.update({name: found[name.replace("-", "_")] for name in names})
        return found is not None


def _narrow(line: str) -> str:
    """``line`` without what depends on the width of a column."""
    start = len(line) - len(line.lstrip(" "))
    return " " * start + _RULE.sub("─", _SPACES.sub("  ", line[start:]))


def _steps(text: str) -> list[tuple[int, str, list[str]]]:
    """(line number, command, the lines below it) of each step."""
    steps: list[tuple[int, str, list[str]]] = []
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith(("$ ", "@ ")):
            steps.append((number, line, []))
        elif line.startswith("#") and not line.startswith("# |"):
            continue
        elif steps:
            steps[-1][2].append(line.rstrip())
    for _, _, block in steps:
        while block and not block[-1]:
            block.pop()
    return steps
