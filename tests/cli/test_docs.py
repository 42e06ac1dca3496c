"""The transcripts in docs/commands.md are played, in order, and compared."""

from __future__ import annotations

import re
from pathlib import Path

from tests.cli.conftest import Houses
from tests.cli.transcript import TIME, Transcript

PAGE = Path(__file__).parents[2] / "docs" / "commands.md"

_BLOCKS = re.compile(r"^```console\n(.*?)^```$|^<!-- (@ [a-z]+) -->$", re.MULTILINE | re.DOTALL)
_WORDS = re.compile(r"\b[a-z]{5}(?:-[a-z]{5}){9}\b")
_DIGITS = re.compile(r"\b[0-9a-f]{4}(?: [0-9a-f]{4}){15}\b")
_IDENTIFIER = re.compile(r"\b(?=[0-9a-f]*[0-9])[0-9a-f]{12,64}\b")
_LEFT = re.compile(r"\d+ (?:day|hour|minute)s?(?: \d+ (?:hour|minute|second)s?)? left")


def test_the_page_is_true(tmp_path: Path) -> None:
    houses = Houses(tmp_path, ("north", "south"))
    transcript = tmp_path / "commands.txt"
    transcript.write_text(made_general(PAGE.read_text("utf-8")), "utf-8")
    Transcript(houses).play(transcript)


def made_general(page: str) -> str:
    """The transcripts of the page, with a name for all that is another each time."""
    text = "\n".join(block or step for block, step in _BLOCKS.findall(page))
    text = text.replace("\\\n    ", "")
    text = _DIGITS.sub("<*>", re.sub(TIME, "<time>", text))
    text = _LEFT.sub("<*> left", text)
    names: dict[str, str] = {}

    def name(found: re.Match[str]) -> str:
        # A whole hash and its first digits are one statement.
        short = found[0][:12] if "-" not in found[0] else found[0]
        known = names.setdefault(short, f"<n{len(names)}>")
        return known if found[0] == short else f"{known}<*>"

    return _IDENTIFIER.sub(name, _WORDS.sub(name, text))
