"""Meetings and understandings by command: both desks show the same, and invent nothing."""

from __future__ import annotations

from typing import Any

from parley.domain.kinds import (
    meeting_crossing,
    meeting_state,
    understanding_crossing,
    understanding_state,
)
from parley.domain.shape import CodeKind
from parley.domain.types.meeting import MEETING_TYPES
from parley.domain.types.understanding import UNDERSTANDING_TYPES
from parley.presentation import codes, fields
from parley.presentation.kinds import meeting, understanding
from tests.cli.conftest import Houses

PROPOSE = (
    *("meeting", "propose", "--subject", "Talks at the summit", "--level", "heads-of-state"),
    *("--first-day", "2017-07-07", "--last-day", "2017-07-08", "--place", "Hamburg"),
    *("--agenda", "A joint unit", "--agenda", "Other matters", "--delegate", "The president"),
)
CONTACT = (
    *("meeting", "contact", "--subject", "Words at a dinner", "--level", "heads-of-state"),
    *("--held", "2017-07", "--account", "On adoption."),
)
RECORD = (
    *("understanding", "record", "--subject", "Cooperation", "--occasion", "At the summit"),
    *("--text", "Both need it.", "--level", "heads-of-state", "--owner", "all-sides"),
)


def shown(houses: Houses, desk: str, case: str) -> dict[str, Any]:
    found: dict[str, Any] = houses.json("case", "show", case, desk=desk, officer="otto")
    return found


def page(houses: Houses, desk: str, case: str, *more: str) -> str:
    result = houses.run("case", "show", case, *more, desk=desk, officer="otto")
    assert result.code == 0, result.err
    return result.out


def register(houses: Houses, desk: str, *period: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = houses.json(
        "meeting", "register", *period, desk=desk, officer="otto"
    )
    return found


def scheduled(houses: Houses) -> str:
    """A meeting whose days both have agreed to, on the way to its agenda."""
    case = str(houses.release("left", *PROPOSE)["case"])
    houses.release("right", "meeting", "accept", case)
    return case


def test_a_meeting_from_its_proposal_to_its_minutes(houses: Houses) -> None:
    case = scheduled(houses)
    found = shown(houses, "right", case)
    assert (found["kind"], found["form"], found["status"]) == ("meeting", "formal", "scheduled")
    (days,) = found["days"]
    assert (days["by"], days["first"], days["accepted_by"]) == ("peer", "2017-07-07", ["own"])
    houses.release("right", "meeting", "agenda", case, "--item", "North Korea")
    items = shown(houses, "right", case)["agenda"]
    assert [(item["by"], item["status"]) for item in items] == [
        *(("peer", "open"), ("peer", "open"), ("own", "open")),
    ]
    houses.release("left", "meeting", "consent", case, "--accept", "1")
    proposal = items[0]["statement"][:12]
    taken = ("--accept", "1", "--decline", "2", "--reference", proposal)
    houses.release("right", "meeting", "consent", case, *taken)
    items = shown(houses, "left", case)["agenda"]
    assert [item["status"] for item in items] == ["agreed", "declined", "agreed"]
    houses.release("right", "meeting", "programme", case, "--item", "Visit to a cemetery")
    for desk, day in (("left", "2017-07-07"), ("right", "2017-07")):
        houses.release(desk, "meeting", "declare", case, "--held", day)
    houses.release("left", "meeting", "minutes", case, "--item", "A unit was spoken of.")
    houses.release("right", "meeting", "agree", case, "--reservation", "It binds nobody.")
    for desk in ("left", "right"):
        found = shown(houses, desk, case)
        assert found["status"] == "minutes-agreed-with-reservations"
        assert not found["open"]
        assert (found["minutes"]["status"], found["minutes"]["reservations"]) == (
            *("agreed-with-reservations", 1),
        )
    text = page(houses, "left", case)
    for words in ("A joint unit", "Visit to a cemetery", "The president", "It binds nobody."):
        assert words in text
    assert "2017-07-07" in text


def test_minutes_that_are_not_agreed_are_shown_with_both_versions(houses: Houses) -> None:
    case = str(houses.release("left", *CONTACT)["case"])
    houses.release("left", "meeting", "minutes", case, "--item", "Our account.")
    more = ("--item", "Not so.", "--reason", "It was otherwise.")
    houses.release("right", "meeting", "disagree", case, *more)
    versions = shown(houses, "left", case)["minutes"]["versions"]
    assert {version["by"] for version in versions} == {"own", "peer"}
    assert None not in [version["statement"] for version in versions]
    text = page(houses, "right", case)
    assert "Versions of the minutes" in text
    assert "Our account." in text
    assert "Not so." in text


def test_the_register_shows_who_has_declared_what_and_who_is_silent(houses: Houses) -> None:
    talks = scheduled(houses)
    dinner = str(houses.release("left", *CONTACT)["case"])
    # Proposed and never declared: the register does not know it.
    houses.release("left", *PROPOSE)
    for desk in ("left", "right"):
        houses.release(desk, "meeting", "declare", talks, "--held", "2017-07-07")
    found = {line["case"]: line for line in register(houses, "right", "--from", "2017-07")}
    assert set(found) == {talks, dinner}
    assert [len(found[talks]["declared"][side]) for side in ("own", "peer")] == [1, 1]
    assert found[dinner]["declared"]["own"] == []
    (said,) = found[dinner]["declared"]["peer"]
    assert (said["held"], found[dinner]["form"]) == ("2017-07", "informal")
    # A month is no more exact than it was said: it lies in every period that it touches.
    assert [line["case"] for line in register(houses, "left", "--to", "2017-07-01")] == [dinner]
    assert register(houses, "left", "--from", "2017-08", "--to", "2018") == []
    result = houses.run("meeting", "register", desk="right")
    assert "no statement" in result.out
    empty = houses.run("meeting", "register", "--to", "2016", desk="right")
    assert "No side has declared" in empty.out


def test_a_denial_stands_beside_a_declaration(houses: Houses) -> None:
    dinner = str(houses.release("left", *CONTACT)["case"])
    denial = (
        *("denial", "make", "--subject", "A 'secret meeting'", "--about", dinner[:8]),
        *("--object", "That there was a secret meeting."),
    )
    case = str(houses.release("left", *denial)["case"])
    # A denial about something else stands elsewhere.
    houses.release("right", "denial", "make", "--subject", "A report", "--object", "All of it.")
    for desk, author in (("left", "own"), ("right", "peer")):
        (line,) = register(houses, desk)
        assert line["case"] == dinner
        assert [(one["by"], one["case"]) for one in line["denials"]] == [(author, case)]
        assert len(line["declared"][author]) == 1
        (related,) = shown(houses, desk, dinner)["related"]
        assert (related["case"], related["type"], related["opened_by"]) == (case, "denial", author)
        assert shown(houses, desk, case)["about"]["case"] == dinner
    assert shown(houses, "right", dinner)["status"] == "informal-by-one"
    assert case[:12] in houses.run("meeting", "register", desk="right", officer="otto").out
    assert "A 'secret meeting'" in page(houses, "right", dinner)
    assert "Words at a dinner" in page(houses, "left", case)
    # Who is recused from the denial finds no trace of it in either place.
    recused = ("recusal", "declare", "--case", case[:8], "--delegate", "ada")
    houses.json(*recused, desk="right", officer="otto")
    assert shown(houses, "right", dinner)["related"] == []
    (line,) = register(houses, "right")
    assert line["denials"] == []


def test_periods_that_are_none(houses: Houses) -> None:
    for period, reason in (
        (("--from", "july"), "argument-invalid"),
        (("--to", "2017-02-30"), "argument-invalid"),
        (("--from", "2017-08", "--to", "2017-07"), "dates-disordered"),
    ):
        command = ("meeting", "register", *period, "--json")
        assert houses.run(*command, desk="left", officer="otto").error["reason"] == reason


def test_an_understanding_in_one_sides_version_and_a_step_back(houses: Houses) -> None:
    talks = scheduled(houses)
    record = (*RECORD, "--about", talks[:8])
    case = str(houses.release("left", *record)["case"])
    found = shown(houses, "right", case)
    assert found["status"] == "unilateral"
    assert {side["by"]: side["stance"] for side in found["sides"]} == {
        "peer": "own-version",
        "own": "no-statement",
    }
    houses.release("right", "understanding", "step-back", case, "--reason", "Criticism at home.")
    houses.release("left", "understanding", "recall", case, "--meeting", talks[:8])
    for desk in ("left", "right"):
        found = shown(houses, desk, case)
        assert found["status"] == "disputed"
        assert found["joint_version"] is None
        versions = {side["stance"]: side["version"] for side in found["sides"]}
        assert versions["stepped-back"] is None
        assert versions["own-version"] is not None
        (recall,) = found["recalls"]
        assert recall["meeting"] == talks
    text = page(houses, "right", case)
    assert "absent" in text
    assert "has given no version of its own" in text
    assert "Criticism at home." in text


def test_an_understanding_that_becomes_joint_is_reported_on_and_lapses(houses: Houses) -> None:
    case = str(houses.release("left", *RECORD, "--due", "2018-03")["case"])
    houses.release("right", "understanding", "record", case, *RECORD[2:])
    assert shown(houses, "left", case)["status"] == "two-versions"
    houses.release("left", "understanding", "confirm", case)
    found = shown(houses, "left", case)
    assert found["status"] == "joint"
    versions = {side["by"]: side["version"] for side in found["sides"]}
    assert found["joint_version"] == versions["peer"]
    report = ("--state", "done", "--account", "The line stands.")
    houses.release("left", "understanding", "progress", case, *report)
    houses.release("right", "understanding", "assess", case, "--word", "contested")
    (line,) = shown(houses, "left", case)["reports"]
    assert (line["progress"], line["assessment"]) == ("done", "contested")
    assert "The line stands." in page(houses, "right", case)
    for desk in ("left", "right"):
        houses.release(desk, "understanding", "lapse", case, "--ground", "fulfilled")
    assert shown(houses, "right", case)["status"] == "lapsed"


def test_the_pages_speak_the_readers_language(houses: Houses) -> None:
    talks = scheduled(houses)
    case = str(houses.release("left", *RECORD)["case"])
    houses.release("right", "understanding", "dispute", case, "--reason", "There is none.")
    assert "оспаривает версию другой стороны" in page(houses, "left", case, "--language", "ru")
    assert "дни согласованы" in page(houses, "left", talks, "--language", "ru")
    assert "محل خلاف" in page(houses, "left", case, "--language", "ar")


def test_what_is_refused_at_once(houses: Houses) -> None:
    for command, reason in (
        (("meeting", "propose", "--subject", "S", "--level", "kings"), "argument-invalid"),
        (("meeting", "contact", "--subject", "S", "--level", "experts"), "code-missing"),
        ((*PROPOSE, "--about", "abcdef"), "case-unknown"),
        (("meeting", "accept"), "argument-missing"),
        (("understanding", "confirm"), "argument-missing"),
    ):
        result = houses.run(*command, "--json", "--submit", desk="left", officer="dora")
        assert result.error["reason"] == reason


def test_what_both_sides_hold_is_refused_before_it_is_signed(houses: Houses) -> None:
    case = scheduled(houses)
    result = houses.run(
        *("meeting", "accept", case, "--submit", "--json"), desk="right", officer="dora"
    )
    assert result.error["reason"] == "said-already"
    late = ("meeting", "declare", case, "--held", "2999", "--submit", "--json")
    assert houses.run(*late, desk="left", officer="dora").error["reason"] == "time-in-future"


def test_every_status_outcome_and_code_has_words() -> None:
    assert set(meeting.STATUSES) == set(meeting_state.Status)
    assert set(meeting.MINUTES) == set(meeting_state.Minutes)
    assert set(understanding.STATUSES) == set(understanding_state.Status)
    for page_, table in (
        (meeting, meeting_crossing.CROSSINGS),
        (understanding, understanding_crossing.CROSSINGS),
    ):
        assert set(page_.OUTCOMES) == {entry.outcome for entry in table.values()}
    for spec in (*MEETING_TYPES, *UNDERSTANDING_TYPES):
        for rule in spec.codes:
            assert rule.kind == CodeKind.COUNT or rule.name in codes.LABELS
        for field in spec.fields:
            assert field.path in fields.LABELS
