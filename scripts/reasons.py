#!/usr/bin/env python3
"""The table of all reason codes: ``scripts/reasons.py write|check`` for ``docs/reasons.md``."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from parley.kernel.reasons import Reason
from parley.language.reasons import TEXTS

PAGE = Path(__file__).resolve().parent.parent / "docs" / "reasons.md"

INTRODUCTION = """\
# Reason codes

Whatever Parley refuses, it refuses with one of these codes. A code is never renamed or used for
something else: it stands in records, logs and scripts. The sentences are shown in the language of
the reader (`--language en|ru|ar`); words in italics are facts of the case at hand. With `--json`
the code stands in `reason`.

This page is written by `make reasons` from the source; a test fails when it is out of date.

| code | what happened | what to do |
|---|---|---|
"""


def page() -> str:
    """The text of the page."""
    rows = (
        f"| `{reason.value}` | {cell(TEXTS[reason][0])} | {cell(TEXTS[reason][1])} |\n"
        for reason in sorted(Reason)
    )
    return INTRODUCTION + "".join(rows)


def cell(sentence: str) -> str:
    """``sentence`` for a cell of a Markdown table, its placeholders as names in italics."""
    escaped = sentence.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")
    return re.sub(r"\{(\w+)(:\w+)?\}", lambda match: f"*{match[1].replace('_', ' ')}*", escaped)


def faults() -> list[str]:
    """What is wrong with the texts and the page."""
    problems = [f"no text for {reason.value}" for reason in Reason if reason not in TEXTS]
    if not problems and (not PAGE.exists() or PAGE.read_text("utf-8") != page()):
        problems.append("docs/reasons.md is out of date: run `make reasons`")
    return problems


def main(arguments: list[str]) -> int:
    """Write the page or check it."""
    if arguments == ["write"]:
        PAGE.parent.mkdir(exist_ok=True)
        PAGE.write_text(page(), "utf-8")
        return 0
    if arguments == ["check"]:
        problems = faults()
        for problem in problems:
            print(problem)
        return 1 if problems else 0
    print("usage: scripts/reasons.py write|check", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
