"""Whatever a peer wrote, it cannot steer the terminal of whoever reads it."""

from __future__ import annotations

import json
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.cli.options import Reader
from parley.cli.terminal import Terminal
from parley.domain.act import ActType
from parley.kernel import ids
from parley.presentation import acts, foreign
from tests.cli.conftest import Houses
from tests.support.pair import inquiry

RED = "\x1b[31mred\x1b[0m"
TITLE = "\x1b]0;owned\x07"
CLEAR = "\x1b[2J\x1b[H"
C1 = "\x9b31m"
OVERRIDE = "\u202egnp.exe"
UNCLOSED = "\u2067open"
CLOSES_OURS = "\u2069\u2069 after"
RETURN = "safe\rowned"
MARKUP = "[bold red]markup[/bold red] [link=http://x]y[/link]"
LINES = "one\u2028two\x85three\nfour"
TRICKS = (RED, TITLE, CLEAR, C1, OVERRIDE, UNCLOSED, CLOSES_OURS, RETURN, MARKUP, LINES)
HOSTILE = " ".join(TRICKS)

STEERING = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e]")


def assert_harmless(text: str) -> None:
    """No character steers a terminal, and every line closes the isolates that it opens."""
    assert not STEERING.search(text), STEERING.search(text)
    for line in text.split("\n"):
        depth = 0
        for character in line:
            depth += (character in "\u2066\u2067\u2068") - (character == "\u2069")
            assert depth >= 0, line
        assert depth == 0, line


def attacked(houses: Houses) -> str:
    """Let the right desk receive, from software without rules, a hostile inquiry."""
    case = ids.new_case_id()
    with houses.pair() as both:
        channel = both.channel(both.left)
        content = inquiry(channel, case)
        values = dict.fromkeys(content.values, HOSTILE)
        values[f"{TITLE}@x{OVERRIDE}"] = HOSTILE
        both.append(both.left, content._replace(values=values))
        both.settle()
    return case.hex()


@pytest.mark.parametrize("language", ["en", "ru", "ar"])
def test_a_hostile_statement_is_shown_and_does_nothing(houses: Houses, language: str) -> None:
    case = attacked(houses)
    for arguments in (
        ("case", "show", case, "--proofs", "--all-languages"),
        ("case", "show", case),
        ("case", "list"),
        ("inbox",),
        ("record", "show"),
        ("status",),
        ("inquiry", "answer", case, "--detailed", "--template"),
    ):
        command = (*arguments, "--language", language)
        actors = {"case show": "otto", "inbox": "otto", "inquiry answer": "dora"}
        officer = actors.get(" ".join(arguments[:2])) or actors.get(arguments[0])
        result = houses.run(*command, desk="right", officer=officer)
        assert result.code == 0, result.err
        assert_harmless(result.out)
        assert result.err == ""
    shown = houses.run("case", "show", case, desk="right", officer="otto")
    # Nothing is hidden: what was dangerous is legible, and markup is text.
    assert "[bold red]markup[/bold red]" in shown.out
    assert "[31mred" in shown.out
    assert re.search(r"\[(text|field)-[a-z-]+\]", shown.out)


def test_a_hostile_dossier_is_shown_and_does_nothing(houses: Houses) -> None:
    case = attacked(houses)
    written = houses.run("dossier", "export", case, "-o", "bad.dossier", desk="right")
    assert written.code == 0
    result = houses.run("dossier", "verify", "bad.dossier", "--transcript", "--language", "ar")
    assert result.code == 0
    assert_harmless(result.out)
    assert "[bold red]markup[/bold red]" in result.out


def test_json_keeps_every_character_and_is_harmless(houses: Houses) -> None:
    case = attacked(houses)
    result = houses.run("case", "show", case, "--json", desk="right", officer="otto")
    assert_harmless(result.out)
    fields = json.loads(result.out)["acts"][0]["fields"]
    assert fields["facts@en"] == HOSTILE


def test_a_hostile_file_name_is_shown_and_does_nothing(houses: Houses) -> None:
    name = f"no{RED}{OVERRIDE}.letter"
    for language in ("en", "ru", "ar"):
        result = houses.run("letter", "show", name, "--language", language)
        assert result.code == 1
        assert_harmless(result.err)


@pytest.mark.parametrize("language", ["en", "ru", "ar"])
def test_what_this_release_does_not_know_is_shown_as_it_is(language: str) -> None:
    output = Terminal(Reader(language=language))
    assert "ultimatum" in output.name("ultimatum")
    assert "new-reason" in acts.said(output, "new-reason")
    assert_harmless(output.name(HOSTILE))
    assert_harmless(acts.said(output, HOSTILE))


@given(st.text())
def test_any_text_is_harmless(text: str) -> None:
    for direction in ("ltr", "rtl"):
        assert_harmless(foreign.line(text, direction))
        assert_harmless(foreign.paragraphs(text, direction))
    assert_harmless(foreign.bare(text))
    assert "\n" not in foreign.line(text, "ltr")


@given(st.recursive(st.text() | st.integers() | st.none(), st.lists, max_leaves=5))
def test_any_value_comes_back_from_its_json(value: object) -> None:
    shown = foreign.json_text(value)
    assert_harmless(shown)
    assert json.loads(shown) == value


def test_legible_text_stays_as_it_is() -> None:
    text = "Привет, مرحبا, 192.0.2.7"
    assert foreign.bare(text) == text
    assert unicodedata.is_normalized("NFC", foreign.line(text, "ltr"))
    assert foreign.paragraphs("one\n\ttwo", "ltr") == "one\n    two"
    assert ActType.INQUIRY in foreign.bare("inquiry")
