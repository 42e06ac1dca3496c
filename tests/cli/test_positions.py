"""Attributions, denials, notices, case shares, recusals by command: both desks show the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Houses

ATTRIBUTE = (
    *("attribution", "make", "--subject", "Interference", "--object", "It, to SOUTH"),
    *("--basis", "Not stated", "--confidence", "not-stated", "--publicity", "public"),
)
NOTICE = ("notice", "give", "--subject", "Sanctions", "--effect", "Forbids dealings")
OFFER = (
    *("share", "offer", "--subject", "A banking trojan", "--facts", "Sold since 2011."),
    *("--court", "A district court", "--court-reference", "12-345", "--case-status", "sentenced"),
    *("--figure", "about 11000000 infected computers; likely; prosecutors"),
    *("--figure", "more than 500,000,000 US dollars lost; stated; prosecutors"),
    *("--limit", "Not as evidence in court.", "--retention", "90d", "--tlp", "red"),
    *("--iep-permitted-actions", "none", "--encapsulation", "encrypted-archive"),
)
PRESERVE = (
    *("share", "preserve", "--subject", "Logs of May", "--authority", "A prosecutor"),
    *("--offence", "Intrusion", "--data", "Logs", "--necessity", "Kept for a month"),
    *("--intent", "A request for assistance"),
)


def shown(houses: Houses, desk: str, case: str) -> dict[str, Any]:
    found: dict[str, Any] = houses.json("case", "show", case, desk=desk, officer="otto")
    return found


def page(houses: Houses, desk: str, case: str, *more: str) -> str:
    result = houses.run("case", "show", case, *more, desk=desk, officer="otto")
    assert result.code == 0, result.err
    return result.out


def accuse(houses: Houses, desk: str, *arguments: str) -> str:
    """Draft what two officers have to authorise, and take it through their hands."""
    draft = houses.json(*arguments, "--submit", desk=desk, officer="dora")
    approved = (draft["draft"], "--sha256", draft["sha256"])
    houses.json("draft", "clear", *approved, desk=desk, officer="lena")
    halfway = houses.json("draft", "authorise", *approved, desk=desk, officer="ada")
    assert halfway["statement"] is None
    again = houses.run("draft", "authorise", *approved, "--json", desk=desk, officer="ada")
    assert again.error["reason"] == "authorised-already"
    released = houses.json("draft", "authorise", *approved, desk=desk, officer="berta")
    assert released["statement"] is not None
    houses.settle()
    return str(released["case"])


@pytest.fixture
def accusing(houses: Houses) -> Houses:
    """Two houses of which the left has a second authoriser."""
    houses.json("officer", "add", "berta", "authoriser", desk="left")
    return houses


def test_an_attribution_needs_two_authorisers_and_stands_beside_its_denial(
    accusing: Houses,
) -> None:
    houses = accusing
    case = accuse(houses, "left", *ATTRIBUTE, "--claimant-not-named")
    found = shown(houses, "right", case)
    assert (found["kind"], found["status"]) == ("position", "asserted")
    assert found["attribution"]["said_by"] == "not-named"
    assert found["next"] == ["own"]
    denial = ("denial", "make", case, "--subject", "Not us", "--object", "The interference")
    houses.release("right", *denial)
    houses.release("right", "denial", "maintain", case, "--statement", "We say it again.")
    for desk, own in (("left", "peer"), ("right", "own")):
        found = shown(houses, desk, case)
        assert found["status"] == "denied"
        words = {word["by"]: word["type"] for word in found["words"]}
        assert words[own] == "denial-maintained"
    text = page(houses, "left", case)
    assert "not named in the source" in text
    assert "Parley resolves nothing" in text
    assert "none invoked" in text
    accuse(houses, "left", "attribution", "maintain", case)
    assert shown(houses, "right", case)["status"] == "maintained"
    accuse(houses, "left", "attribution", "withdraw", case)
    assert shown(houses, "right", case)["status"] == "withdrawn"
    houses.release("right", "attribution", "no-comment", case)
    assert shown(houses, "left", case)["status"] == "withdrawn"


def test_claimants_are_named_or_said_not_to_be(accusing: Houses) -> None:
    houses = accusing
    both = (*ATTRIBUTE, "--claimant", "A minister", "--claimant-not-named", "--json")
    result = houses.run(*both, desk="left", officer="dora")
    assert result.error["reason"] == "argument-repeated"
    named = (*ATTRIBUTE, "--claimant", "A minister", "--claimant", "A news agency")
    case = accuse(houses, "left", *named, "--law", "The Charter, article 2")
    text = page(houses, "right", case)
    assert "A minister; A news agency" in text
    assert "The Charter, article 2" in text
    houses.release("right", "attribution", "admit", case)
    assert shown(houses, "left", case)["status"] == "admitted"


def test_a_denial_opens_a_case_about_a_report_and_names_a_meeting(houses: Houses) -> None:
    contact = ("meeting", "contact", "--subject", "Words at a dinner", "--level", "heads-of-state")
    dinner = str(houses.release("left", *contact, "--held", "2017-07")["case"])
    denial = ("denial", "make", "--subject", "No secret meeting", "--object", "A press report")
    case = str(houses.release("left", *denial, "--about", dinner[:6])["case"])
    for desk in ("left", "right"):
        found = shown(houses, desk, case)
        assert (found["status"], found["attribution"]) == ("denied", None)
        (opening,) = found["acts"]
        assert opening["codes"]["about"] == dinner
    houses.release("left", "denial", "withdraw", case)
    assert shown(houses, "right", case)["status"] == "denial-withdrawn"


def test_which_notice_was_in_force_on_a_day(houses: Houses) -> None:
    houses.release("left", *NOTICE, "--nature", "sanctions", "--in-force-from", "2016-12")
    bill = ("--nature", "bill", "--not-yet-in-force")
    case = str(houses.release("left", *NOTICE, *bill)["case"])
    assert shown(houses, "right", case)["status"] == "not-yet-in-force"
    law = ("notice", "give", case, "--subject", "The law", "--effect", "Forbids more")
    sectors = ("--sector", "defence", "--sector", "banking")
    houses.release("left", *law, "--nature", "law", "--in-force-from", "2017-08-02", *sectors)

    def on(day: str) -> list[tuple[str, bool]]:
        found = houses.json("notice", "in-force", day, desk="right")
        assert found["day"] == day
        return [(one["since"], one["surely"]) for one in found["notices"]]

    assert on("2016-11-30") == []
    assert on("2016-12-10") == [("2016-12", False)]
    assert on("2017-08-01") == [("2016-12", True)]
    assert on("2017-08-02") == [("2016-12", True), ("2017-08-02", True)]
    houses.release("left", "notice", "end", case, "--until", "2017-12-31")
    assert on("2018-01-01") == [("2016-12", True)]
    text = houses.run("notice", "in-force", "2016-12-10", desk="right").out
    assert "perhaps" in text
    assert "defence and banking" in page(houses, "right", case)
    wrong = houses.run("notice", "in-force", "2017-08", "--json", desk="right")
    assert wrong.error["reason"] == "time-invalid"


def test_a_share_from_its_offer_to_the_claim_of_deletion(houses: Houses) -> None:
    sample = Path("trojan.zip")
    sample.write_bytes(b"not opened")
    case = str(houses.release("left", *OFFER, "--sample-file", str(sample))["case"])
    text = page(houses, "right", case)
    assert "about 11,000,000 infected computers" in text
    assert "more than 500,000,000 US dollars lost" in text
    assert "thought likely" in text
    assert "TLP:RED" in text
    houses.release("right", "share", "accept", case)
    found = shown(houses, "left", case)
    assert (found["status"], found["giver"]) == ("accepted", "own")
    assert [one["by"] for one in found["bound"]] == ["peer"]
    sending = ("share", "send", case, "--sample-file", str(sample), "--conveyed-by", "A courier")
    houses.release("left", *sending)
    found = shown(houses, "right", case)
    assert [due["kind"] for due in found["due"]] == ["retention"]
    houses.release("left", "share", "update", case, "--case-status", "on-appeal")
    houses.release("right", "share", "report", case, "--use", "protection", "--text", "Blocked.")
    houses.release("right", "share", "deleted", case)
    for desk in ("left", "right"):
        found = shown(houses, desk, case)
        assert (found["status"], found["case_status"]) == ("deleted", "on-appeal")
        assert not found["open"]
    assert "it proves nothing more" in page(houses, "left", case)


@pytest.mark.parametrize(
    "figure",
    ["11000000", "about many computers; likely; X", "about 1 computer; sure; X", "1 a; likely"],
)
def test_a_figure_without_its_claimant_is_no_figure(houses: Houses, figure: str) -> None:
    result = houses.run(*OFFER, "--figure", figure, "--json", desk="left", officer="dora")
    assert result.error["reason"] == "argument-invalid"
    assert result.error["details"]["name"] == "--figure"


def test_a_request_to_preserve_runs_for_sixty_days_and_longer(houses: Houses) -> None:
    case = str(houses.release("right", *PRESERVE)["case"])
    found = shown(houses, "left", case)
    assert [(due["kind"], due["from"]) for due in found["due"]] == [
        ("respond", "own"),
        ("preserve", "own"),
    ]
    houses.release("left", "share", "preserved", case, "--result", "preserved")
    more = ("share", "extend", case, "--period", "30d", "--necessity", "The request is ready")
    houses.release("right", *more)
    (one,) = shown(houses, "left", case)["preservations"]
    assert (one["seconds"], one["result"]) == (90 * 86_400, "preserved")
    assert "Preservation" in page(houses, "left", case)


def test_a_recusal_is_disclosed_and_ended_by_its_own_side(houses: Houses) -> None:
    disclose = ("recusal", "disclose", "--subject", "Recusal", "--office", "Head of the desk")
    matter = ("--matter", "An investigation", "--delegate", "Deputy head")
    case = str(houses.release("left", *disclose, *matter)["case"])
    text = page(houses, "right", case)
    assert "Deputy head" in text
    refused = houses.run("recusal", "end", case, "--submit", "--json", desk="right", officer="dora")
    assert refused.error["reason"] == "not-the-opener"
    houses.release("left", "recusal", "end", case)
    assert shown(houses, "right", case)["status"] == "recusal-ended"


@pytest.mark.parametrize("language", ["ru", "ar"])
def test_the_pages_speak_every_language(houses: Houses, language: str) -> None:
    cases = [
        str(houses.release("left", *OFFER)["case"]),
        str(houses.release("left", *NOTICE, "--nature", "law", "--in-force-from", "2017")["case"]),
    ]
    for case in cases:
        text = page(houses, "right", case, "--language", language)
        assert "thought likely" not in text
        assert "In force" not in text
