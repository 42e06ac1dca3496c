"""Papers by command: what stands on them, who may have one made, and how it is verified."""

from __future__ import annotations

import re
from hashlib import sha256
from html import unescape
from pathlib import Path

import pypdfium2
import zxingcpp

from parley.application import cases, drafts, house_record, inbox
from parley.record.dossier.tamper import flip_byte
from parley.store.house_log import Sought
from tests.cli.conftest import Houses
from tests.support.pair import inquiry

MARKING = "Секретно"


def page_of(houses: Houses, *arguments: str, name: str = "it.html", officer: str = "otto") -> str:
    result = houses.run("paper", *arguments, "-o", name, desk="left", officer=officer)
    assert result.code == 0, result.err
    made = Path(name).read_text("utf-8")
    Path(name).unlink()
    return unescape(re.sub(r"[\u2066-\u2069]", "", re.sub(r"<[^>]*>", "|", made)))


def acts(houses: Houses, case: str) -> list[str]:
    found = houses.json("case", "show", case, desk="left")["acts"]
    return [act["id"] for act in found]


def test_a_note_is_read_printed_and_found_again_in_a_dossier(houses: Houses) -> None:
    case = houses.ask()
    (leaf,) = acts(houses, case)
    made = houses.json("paper", "statement", leaf[:12], "-o", "note.pdf", desk="left")
    data = Path("note.pdf").read_bytes()
    assert made["sha256"] == sha256(data).hexdigest()
    assert (made["format"], made["language"], made["bytes"]) == ("pdf", "en", len(data))
    pages = pypdfium2.PdfDocument(data)
    codes = [
        found.text
        for one in pages
        for found in zxingcpp.read_barcodes(one.render(scale=2).to_pil())
    ]
    assert len(codes) == 1
    houses.json("dossier", "export", case, "-o", "it.dossier", desk="left")
    report = houses.json("dossier", "verify", "it.dossier", "--place", codes[0])
    assert report["place"]["statement"] == leaf
    assert report["place"]["seq"] == 1
    shown = houses.run("dossier", "verify", "it.dossier", "--place", codes[0])
    assert f"stands in it, at this place: number 1, {leaf}" in shown.out
    other = codes[0][:-1] + ("0" if codes[0][-1] != "0" else "1")
    refused = houses.run("dossier", "verify", "it.dossier", "--place", other, "--json")
    assert (refused.code, refused.error["reason"]) == (3, "place-taken")
    assert houses.run("dossier", "verify", "it.dossier", "--place", "PARLEY").code != 0
    # The same record, the same paper; nothing is written over.
    assert houses.run("paper", "statement", leaf[:12], "-o", "note.pdf", desk="left").code == 1
    houses.json("paper", "statement", leaf[:12], "-o", "again.pdf", desk="left")
    assert Path("again.pdf").read_bytes() == data


def test_a_note_says_who_what_when_and_by_whose_clock(houses: Houses) -> None:
    case = houses.ask()
    (leaf,) = acts(houses, case)
    text = page_of(houses, "statement", leaf)
    for said in (
        "CSIRT Left",
        "Unusual traffic",
        "Is the host yours?",
        "TLP:AMBER",
        "by the clock of LEFT",
        "by the clock of RIGHT",
        "signed by RIGHT",
        "A receipt says that something arrived, and never that it was agreed to.",
        "A paper proves nothing by itself.",
        " ".join(leaf[at : at + 4] for at in range(0, 64, 4)),
    ):
        assert said in text
    assert "us (LEFT)" not in text
    arabic = page_of(houses, "statement", leaf, "--language", "ar")
    assert "Unusual traffic" in arabic
    assert "الموضع في السجل" in arabic
    assert "Как проверить" in page_of(houses, "case", case, "--language", "ru")


def test_the_houses_own_number_and_marking_stand_at_the_head_and_its_labels_nowhere(
    houses: Houses,
) -> None:
    case = houses.ask()
    config = Path("left") / "parley.toml"
    scheme = config.read_text("utf-8").replace(
        "classifications = []", f'classifications = ["{MARKING}"]'
    )
    config.write_text(scheme, "utf-8")
    assert houses.run("case", "number", case, "AB 17/2026", desk="left").code == 0
    assert houses.run("case", "label", case, "--add", "embarrassing", desk="left").code == 0
    marked = houses.run("case", "classify", case, MARKING, desk="left", officer="ada")
    assert marked.code == 0, marked.err
    (leaf,) = acts(houses, case)
    for text in (page_of(houses, "statement", leaf), page_of(houses, "case", case)):
        assert f"|TLP:AMBER|{' '}|{MARKING}|" in text
        assert "Register of LEFT: AB 17/2026" in text
        assert "embarrassing" not in text


def test_what_is_void_is_said_first(houses: Houses) -> None:
    case = houses.ask()
    with houses.pair() as both:
        # Who was asked closes the case, which is for the one who asked.
        asked = inquiry(both.channel(both.right), bytes.fromhex(case))
        closing = asked._replace(
            type="closing", codes={"result": "satisfied"}, values={}, reply_wanted=None
        )
        both.append(both.right, closing)
        both.settle()
    void = acts(houses, case)[1]
    for text in (page_of(houses, "statement", void), page_of(houses, "case", case)):
        assert "This statement is void, and has no effect:" in text


def test_what_was_taken_back_is_said_first(houses: Houses) -> None:
    case = houses.ask()
    (leaf,) = acts(houses, case)
    houses.release("left", "inquiry", "withdraw", case)
    withdrawn = acts(houses, case)[1]
    text = page_of(houses, "statement", leaf)
    assert "LEFT took this back later: withdrawal" in text
    assert text.index("took this back") < text.index("Is the host yours?")
    whole = page_of(houses, "case", case)
    for one in (leaf, withdrawn):
        assert " ".join(one[at : at + 4] for at in range(0, 64, 4)) in whole
    assert "withdrawn" in whole


def test_who_reads_on_paper_has_read_and_the_house_record_says_so(houses: Houses) -> None:
    case = houses.ask("right")
    with houses.pair() as both:
        (view,) = cases.summaries(both.left, "otto")
        assert [one.entry.case_id for _c, one in inbox.unopened(both.left, "otto").waiting] == [
            view.row.case_id
        ]
        leaf = inbox.unopened(both.left, "otto").waiting[0].view.entry.leaf.hex()
    made = houses.json("paper", "statement", leaf[:8], "-o", "it.html", desk="left", officer="ada")
    with houses.pair() as both:
        assert inbox.unopened(both.left, "otto").waiting == []
        last = house_record.read(both.left, "audit", Sought(officer="ada"), 0).entries[-1].entry
        assert (last.act, last.case) == ("paper-exported", bytes.fromhex(case))
        assert last.digest is not None
        assert last.digest.hex() == made["sha256"]


def test_nobody_prints_what_they_may_not_read(houses: Houses) -> None:
    case = houses.ask()
    (leaf,) = acts(houses, case)
    for what in (("statement", leaf), ("case", case)):
        refused = houses.run(
            "paper", *what, "-o", "it.html", "--json", desk="left", officer="audit"
        )
        assert refused.error["reason"] == "role-forbids"
    missing = houses.run("paper", "statement", "ff" * 32, "--json", desk="left")
    assert missing.error["reason"] == "statement-unknown"
    assert not list(Path().glob("*.html"))


def test_a_dossier_is_verified_before_it_is_printed(houses: Houses) -> None:
    case = houses.ask()
    with houses.pair() as both:
        drafts.acknowledge(both.right, "otto", both.channel(both.right), bytes.fromhex(case))
        both.settle()
    houses.json("dossier", "export", case, "-o", "it.dossier", "--withhold", "facts*", desk="left")
    made = houses.run("paper", "dossier", "it.dossier", "-o", "it.html")
    assert made.code == 0, made.err
    text = unescape(re.sub(r"<[^>]*>", "|", Path("it.html").read_text("utf-8")))
    assert "The dossier holds: every signature, chain and proof in it verifies." in text
    assert "1 field of this statement is withheld or erased." in text
    assert "That what was said is true." in text
    assert "only what its own letter says" in text
    assert "What was seen." not in text
    assert "Is the host yours?" in text
    Path("forged.dossier").write_bytes(flip_byte(Path("it.dossier").read_bytes()))
    forged = houses.run("paper", "dossier", "forged.dossier", "-o", "forged.html")
    assert forged.code == 3
    assert not Path("forged.html").exists()
    assert houses.run("paper", "dossier", "missing.dossier", "-o", "missing.html").code == 1
