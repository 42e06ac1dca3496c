"""A text on which two houses work, from its tabling to a working group under it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from parley.record.dossier import agreed as texts
from tests.cli.conftest import Houses

FILE = """\
subject = { en = "A joint working group", ru = "Совместная рабочая группа", ar = "فريق عامل مشترك" }
authentic = ["en", "ru"]
prevailing = "en"
translations = [{ language = "ar", status = "unofficial-translation" }]
machine = ["ar"]
translated-by.ar = "قسم الترجمة"

[[units]]
heading = { en = "Purpose", ru = "Цель", ar = "الغرض" }
[units.text]
en = "The sides form a group."
ru = "Стороны образуют группу."
ar = "يشكّل الطرفان فريقاً."

[[units]]
heading = { en = "Meetings", ru = "Встречи", ar = "الاجتماعات" }
[units.text]
en = "It meets twice a year."
ru = "Она собирается дважды в год."
ar = "يجتمع مرتين في السنة."
"""

BRACKET = """\
authentic = ["en", "ru"]
after = [{ number = 3, behind = 1 }]

[[units]]
number = 2
text = { en = "It meets four times a year.", ru = "Она собирается четырежды в год." }
rationale = { en = "Twice is too seldom.", ru = "Дважды — слишком редко." }

[[units]]
number = 3
text = { en = "The chair rotates.", ru = "Председательствуют по очереди." }
"""


@pytest.fixture
def case(houses: Houses, tmp_path: Path) -> str:
    """A text that the left house has tabled."""
    (tmp_path / "text.toml").write_text(FILE, "utf-8")
    (tmp_path / "bracket.toml").write_text(BRACKET, "utf-8")
    return str(houses.release("left", "proposal", "table", "--from", "text.toml")["case"])


def text(houses: Houses, desk: str, case: str, *arguments: str) -> str:
    result = houses.run("proposal", *arguments, case, desk=desk, officer="dora")
    assert result.code == 0, result.err
    return result.out


def shown(houses: Houses, case: str) -> dict[str, Any]:
    """The case for programs: what is particular to proposals is the same on both desks."""
    found = [
        houses.json("case", "show", case, desk=desk, officer="dora") for desk in ("left", "right")
    ]
    assert [one["status"] for one in found] == [found[0]["status"]] * 2
    assert found[0]["text"] == found[1]["text"]
    assert isinstance(found[0], dict)
    return found[0]


def check_dossier(houses: Houses, case: str, agreed: str) -> None:
    """What anybody can verify with no desk."""
    houses.run("dossier", "export", case, "-o", "case.dossier", desk="left", officer="dora")
    (proved,) = houses.json("proposal", "verify", "case.dossier")
    assert (proved["status"], proved["text"]) == ("agreed", agreed)
    assert {(one["by"], one["text"]) for one in proved["signatures"]} == {
        ("LEFT", agreed),
        ("RIGHT", agreed),
    }
    assert [unit["unit"] for unit in proved["units"]] == [1, 3, 2]
    assert proved["units"][2]["words"]["ru"] == "Она собирается четырежды в год."
    less = ("dossier", "export", case, "-o", "less.dossier", "--withhold", "units/*")
    assert houses.run(*less, desk="left", officer="dora").code == 0
    (proved,) = houses.json("proposal", "verify", "less.dossier")
    assert proved["text"] == agreed
    assert [unit["words"] for unit in proved["units"]] == [None, None, None]
    page = houses.run("proposal", "verify", "case.dossier")
    assert page.code == 0
    assert agreed in page.out


def test_from_a_tabled_text_to_a_working_group(houses: Houses, case: str) -> None:
    houses.release("right", "proposal", "study", case, "--next-step", "14d")
    assert shown(houses, case)["status"] == "under-study"
    houses.release("right", "proposal", "comment", case, "--unit", "1: Who pays?")
    houses.release("right", "proposal", "bracket", case, "--from", "bracket.toml")
    plain = shown(houses, case)
    assert plain["status"] == "bracketed"
    assert plain["text"] is None
    assert [unit["unit"] for unit in plain["units"]] == [1, 3, 2]
    assert [unit["bracketed"] for unit in plain["units"]] == [False, True, True]

    page = text(houses, "left", case, "text", "--in", "ru")
    assert "Она собирается четырежды в год." in page
    assert "Дважды — слишком редко." in page
    assert "Who pays?" in page
    arabic = text(houses, "left", case, "text", "--in", "ar")
    assert "A machine made this translation." in arabic
    assert "قسم الترجمة" in arabic

    result = houses.run("proposal", "agree", case, "--submit", desk="left", officer="dora")
    assert result.code != 0
    assert "brackets" in result.err

    houses.release("left", "proposal", "consent", case, "--unit", "2", "--unit", "3")
    plain = shown(houses, case)
    agreed = plain["text"]
    assert agreed is not None
    houses.release("left", "proposal", "agree", case, "--ad-referendum")
    houses.release("right", "proposal", "agree", case, "--ad-referendum")
    assert shown(houses, case)["status"] == "agreed-ad-referendum"
    houses.release("left", "proposal", "agree", case)
    houses.release("right", "proposal", "agree", case)
    plain = shown(houses, case)
    assert (plain["status"], plain["agreed"], plain["text"]) == ("agreed", True, agreed)

    check_dossier(houses, case, agreed)

    founding = ("group", "found", "--proposal", case, "--subject", "The group")
    group = str(houses.release("left", *founding)["case"])
    houses.release("right", "group", "join", group)
    houses.release("right", "group", "members", group, "--member", "Head; speaker")
    houses.release("right", "group", "chair", group, "--manner", "joint")
    houses.release("left", "group", "chair", group, "--manner", "joint")
    found = houses.json("case", "show", group, desk="left", officer="dora")
    assert (found["status"], found["mandate"]) == ("constituted", agreed)
    assert found["chair"] == {"manner": "joint", "first": None}
    assert [one["delegates"] for one in found["members"] if one["party"] == "peer"] == [1]
    page = houses.run("case", "show", group, desk="right", officer="dora").out
    assert agreed in page
    assert "Head" in page
    again = ("group", "join", group, "--submit", "--json")
    result = houses.run(*again, desk="right", officer="dora")
    assert result.error["reason"] == "mandate-already-signed"


@pytest.mark.parametrize(("name", "limit"), [("ACTS", 1), ("CHARACTERS", 300)])
def test_of_a_hostile_dossier_only_so_much_is_kept(
    houses: Houses, case: str, monkeypatch: pytest.MonkeyPatch, name: str, limit: int
) -> None:
    houses.release("right", "proposal", "bracket", case, "--from", "bracket.toml")
    export = ("dossier", "export", case, "-o", "it.dossier")
    assert houses.run(*export, desk="left", officer="dora").code == 0
    assert houses.run("proposal", "verify", "it.dossier").code == 0
    monkeypatch.setattr(texts, name, limit)
    result = houses.run("proposal", "verify", "it.dossier", "--json")
    assert (result.code, result.error["reason"]) == (3, "too-large")
    assert result.error["details"]["limit"] == limit


def test_two_texts_stand_side_by_side_word_by_word(houses: Houses, case: str) -> None:
    houses.release("right", "proposal", "bracket", case, "--from", "bracket.toml")
    page = text(houses, "left", case, "compare")
    assert "It meets [-twice-] a year." in page
    assert "It meets {+four times+} a year." in page
    assert "Она собирается {+четырежды+} в год." in page
    plain = houses.json("proposal", "compare", case, "--in", "ru", desk="left", officer="dora")
    (row,) = [row for row in plain["units"] if row["unit"] == 2]
    changes = [piece["change"] for piece in row["pieces"]]
    assert changes == ["removed", "same", "replaced", "same"]  # the variant has no heading
    languages = text(houses, "left", case, "compare", "--languages")
    assert "يجتمع مرتين في السنة." in languages
    # A text comes in every authentic language, or not at all.
    one = ("proposal", "revise", case, "--unit", "1: The two sides form a group.", "--json")
    result = houses.run(*one, desk="left", officer="dora")
    assert result.error["reason"] == "field-missing"


def test_versions_and_proposals_are_compared(houses: Houses, case: str, tmp_path: Path) -> None:
    (tmp_path / "second.toml").write_text(
        "[[units]]\nnumber = 1\n"
        'text = { en = "The two sides form a group.", ru = "Обе стороны образуют группу." }\n',
        "utf-8",
    )
    houses.release("left", "proposal", "revise", case, "--from", "second.toml")
    page = text(houses, "right", case, "compare", "--old", "1", "--new", "2")
    assert "The {+two+} sides form a group." in page
    counter = ("proposal", "table", "--subject", "Ours", "--about", case)
    units = ("--unit", "The sides form a group.", "--unit", "It meets when it must.")
    other = str(houses.release("right", *counter, *units)["case"])
    plain = houses.json("proposal", "compare", case, "--with", other, desk="left", officer="dora")
    assert plain["right"]["by"] == "peer"
    assert {row["unit"] for row in plain["units"]} == {1, 2}
    houses.release("right", "proposal", "supersede", other, "--by", case[:8])
    assert shown(houses, other)["superseded_by"] == case


def test_what_cannot_be_shown_is_refused(houses: Houses, case: str) -> None:
    for arguments in (
        ("compare", case, "--new", "7"),
        ("text", case, "--version", "2"),
        ("comment", case, "--unit", "no number"),
        ("consent", case, "--unit", "1"),
        ("consent", case, "--unit", "9"),
        ("study",),
    ):
        assert houses.run("proposal", *arguments, desk="right", officer="dora").code != 0
    inquiry = houses.ask()
    result = houses.run("proposal", "text", inquiry, "--json", desk="left", officer="dora")
    assert result.error["reason"] == "case-of-another-kind"
    result = houses.run("group", "found", "--proposal", case, "--json", desk="left", officer="dora")
    assert result.error["reason"] == "mandate-not-agreed"
