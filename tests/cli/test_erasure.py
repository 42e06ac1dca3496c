"""Erasing by agreement, holds, retention and withheld fields, as officers type them."""

from __future__ import annotations

from typing import Any

from tests.cli.conftest import Houses

SECRET = "A name that was sent by mistake."


def release(houses: Houses, desk: str, *arguments: str) -> dict[str, Any]:
    """Through the hands of a drafter, a legal reviewer and two authorisers."""
    draft = houses.json(*arguments, "--submit", desk=desk, officer="dora")
    approved = (draft["draft"], "--sha256", draft["sha256"])
    houses.json("draft", "clear", *approved, desk=desk, officer="lena")
    houses.json("draft", "authorise", *approved, desk=desk, officer="ada")
    released = houses.json("draft", "authorise", *approved, desk=desk, officer="anton")
    assert isinstance(released, dict)
    houses.settle()
    return released


def test_two_houses_erase_what_was_sent_by_mistake(houses: Houses) -> None:
    for desk in ("left", "right"):
        houses.json("officer", "add", "anton", "authoriser", desk=desk)
        houses.json("officer", "add", "ludo", "legal-reviewer", desk=desk)
    asked = houses.release("left", *ASK)
    case = str(asked["case"])
    held = houses.json("retention", "hold", case, "--ground", "audit", desk="left", officer="lena")
    propose = ("erasure", "propose", "--case", case, "--ground", "sent-by-mistake")
    refused = houses.run(*propose, "--submit", "--json", desk="left", officer="dora")
    assert refused.error["reason"] == "erasure-held"
    assert "audit" in houses.run("retention", "holds", desk="left", officer="dora").out
    lifted = houses.json("retention", "lift", str(held["hold"]), desk="left", officer="ludo")
    assert lifted["hold"] == held["hold"]
    erasure = str(release(houses, "left", *propose)["case"])
    assert "Nothing is to be carried out" in houses.run("erasure", "claim", desk="left").out
    release(houses, "right", "erasure", "consent", erasure)
    for desk in ("left", "right"):
        assert houses.json("erasure", "claim", desk=desk)["steps"] > 0
        houses.settle()
    shown = houses.json("erasure", "show", erasure, desk="left", officer="dora")
    assert [body["state"] for body in shown["bodies"]] == ["deleted"]
    assert [claim["by"] for claim in shown["claims"]] == ["own", "peer"]
    assert shown["obstacle"] is None
    assert {"database", "vault", "index", "attachments"} <= {
        one["place"] for one in shown["holders"]
    }
    page = houses.run("erasure", "show", erasure, desk="left", officer="dora").out
    assert "both sides claim their deletion" in page
    assert "which nobody can prove" in page
    (listed,) = houses.json("erasure", "list", desk="right", officer="dora")
    assert listed["ground"] == "sent-by-mistake"
    assert "both sides claim" in houses.run("erasure", "list", desk="right", officer="dora").out
    assert "erased; its place" in houses.run("case", "show", case, desk="left").out
    assert houses.json("fsck", desk="left")["ok"]
    assert houses.json("retention", "list", desk="left", officer="dora") == []


def test_a_dossier_says_what_is_withheld_and_by_whom(houses: Houses) -> None:
    case = str(houses.release("left", *ASK)["case"])
    (houses.folder / "names.txt").write_text("# names\nfacts\n", "utf-8")
    export = ("dossier", "export", case, "-o", "less.dossier", "--withhold", "subject")
    made = houses.json(*export, "--withhold-from", "names.txt", desk="left")
    assert (made["withheld"], made["withheld_of"], made["shown_elsewhere"]) == (2, 1, 0)
    page = houses.run("dossier", "verify", "less.dossier", "--transcript").out
    assert "Withheld by LEFT, who wrote this dossier:" in page
    assert "[withheld]: 2 fields" in page
    assert SECRET not in page
    wrong = houses.run(
        "dossier", "export", case, "-o", "x.dossier", "--withhold", "fact", "--json", desk="left"
    )
    assert wrong.error["reason"] == "withhold-unknown"
    assert not (houses.folder / "x.dossier").exists()


ASK = (
    *("inquiry", "ask", "--subject", "Unusual traffic", "--incident", "Incident 7"),
    *("--facts", SECRET, "--severity", "high", "--reply-wanted", "60d"),
    *("--question", "Is the host yours?"),
)
