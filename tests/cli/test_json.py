"""What ``--json`` prints has the shape that docs/commands.md promises."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path

from parley.crypto import checkpoint, merkle, receipt
from parley.domain.body import LanguageStatus
from parley.domain.catalogue import CATALOGUE
from parley.domain.crossing import Standing
from parley.domain.draft import Stage
from parley.domain.kinds import KINDS
from parley.domain.kinds.inquiry_crossing import Outcome
from parley.domain.kinds.inquiry_state import Level, Status
from parley.presentation import acts, case_page, dossier_page, draft_page, fields, kinds
from parley.record import statement
from parley.record.dossier.report import NotProved
from tests.cli.conftest import ASK, Houses

PARTY = {"party", "code", "names"}
LETTER = {
    *("party", "fingerprint", "digest", "code", "names", "offices", "endpoints"),
    *("demonstration", "protocols", "suites", "serial", "issued_at", "expires_at"),
}
CHANNEL = {"id", "label", "own", "peer", "demonstration"}
STANDING = {
    *("channel", "state", "reason", "opened_at", "statements", "receipted", "under_way"),
    *("agreed", "post_quantum_size", "attempts", "last_failure", "last_contact_at"),
    *("evidence", "quarantined", "reopened_at", "witnesses"),
    *("epochs", "epoch_waiting", "letter_expired"),
}
HEADER = {
    *("type", "case", "from_office", "to_offices", "reference", "basis", "legal_basis"),
    *("precedence", "tlp", "pap", "reply_wanted", "codes"),
}
ACT = HEADER | {
    *("id", "author", "code", "position", "seq", "signed_at", "recorded_at", "fields"),
    *(
        "fields_long",
        "fields_absent",
        "void",
        "standing",
        "epoch",
        "disowned",
        "receipt",
        "deliveries",
    ),
    "opened",
}
DRAFT = {
    *("draft", "channel", "label", "peer", "case", "type", "stage", "revision", "sha256"),
    *("sha256_words", "drafted_by", "cleared_by", "authorised_by", "missing", "approval_fell"),
    *("decided_by", "decisions"),
    *("changed_at", "statement", "precedence", "tlp", "pap", "legal_basis", "reply_wanted"),
    *("reference", "from_office", "to_offices", "codes", "fields"),
}
SUMMARY = {
    *("case", "channel", "label", "peer", "demonstration", "kind", "subject", "status", "void"),
    *("provisional", "asker", "replier", "next", "opened_at", "severity", "statements"),
    *("open", "opened_by"),
    *("questions", "conditions", "crossings", "due", "register"),
}


def test_a_new_desk(empty: Houses) -> None:
    made = empty.json("init", "north", "--party", "CSIRT North", "--officer", "anna:drafter")
    assert made.keys() == {"desk", "letter", "officers"}
    assert made["letter"].keys() == LETTER
    assert made["officers"] == [{"name": "anna", "roles": ["drafter"]}]
    assert made["letter"]["fingerprint"].keys() == {"words", "hex"}
    shown = empty.json("letter", "export", "n.letter", desk="north")
    assert shown == {"file": "n.letter", "letter": made["letter"]}
    assert empty.json("letter", "show", "n.letter") == made["letter"]
    added = {"name": "boris", "roles": ["auditor", "duty-officer"], "active": True, "granted": []}
    assert empty.json("officer", "add", "boris", "duty-officer,auditor", desk="north") == added
    gone = empty.json("officer", "retire", "boris", desk="north")
    assert gone == {"name": "boris", "active": False}
    every = empty.json("officer", "list", desk="north")
    assert [officer["active"] for officer in every] == [True, False]


def test_the_channel(houses: Houses) -> None:
    status = houses.json("status", desk="left")
    assert status.keys() == {"party", "channels", "house"}
    (standing,) = status["channels"]
    assert standing.keys() == STANDING
    assert standing["channel"].keys() == CHANNEL
    assert standing["channel"]["peer"].keys() == PARTY
    assert standing["agreed"] == standing["statements"] == {"own": 1, "peer": 1}
    third = houses.json("init", "third", "--party", "Third")
    houses.json("letter", "export", "t.letter", desk="third")
    words = third["letter"]["fingerprint"]["words"]
    opened = houses.json("letter", "accept", "t.letter", "--fingerprint", words, desk="left")
    assert opened.keys() == CHANNEL


def test_drafts_and_statements(houses: Houses) -> None:
    draft = houses.json(*ASK, desk="left", officer="dora")
    assert draft.keys() == DRAFT
    assert (draft["stage"], draft["missing"]) == ("drafted", ["submit", "clear", "authorise"])
    assert draft["fields"]["questions/2/text@en"] == "Who looks after it?"
    assert draft["codes"] == {"severity": "high", "questions": 2, "evidence": 0}
    frozen = houses.json("draft", "submit", draft["draft"], desk="left", officer="dora")
    approved = (draft["draft"], "--sha256", frozen["sha256"])
    cleared = houses.json("draft", "clear", *approved, desk="left", officer="lena")
    assert (cleared["cleared_by"], cleared["missing"]) == ("lena", ["authorise"])
    assert houses.json("draft", "list", desk="left", officer="dora") == [cleared]
    assert houses.json("draft", "show", draft["draft"], desk="left", officer="dora") == cleared
    released = houses.json("draft", "authorise", *approved, desk="left", officer="ada")
    assert released.keys() == HEADER | {"released", "statement", "seq", "signed_at", "draft"}
    assert houses.json("draft", "list", desk="left", officer="dora") == []
    (sent,) = houses.json("draft", "list", "--all", desk="left", officer="dora")
    assert (sent["stage"], sent["statement"]) == ("released", released["statement"])


def test_cases_from_both_sides(houses: Houses) -> None:
    case = houses.ask()
    (waiting,) = houses.json("inbox", desk="right", officer="otto")
    assert waiting.keys() == ACT | {"channel", "label"}
    assert waiting["opened"] is None
    (summary,) = houses.json("case", "list", desk="right")
    assert summary.keys() == SUMMARY
    assert (summary["asker"], summary["replier"], summary["next"]) == ("peer", "own", ["own"])
    assert {due["kind"] for due in summary["due"]} == {"acknowledge", "preliminary", "detailed"}
    assert summary["due"][0].keys() == {
        *("kind", "from", "statement", "since_receipt", "since_transmission"),
        "receipt_time_doubted",
    }
    view = houses.json("case", "show", case, desk="right", officer="otto")
    assert view.keys() == SUMMARY | {"acts", "about", "related", "substance", "attachments"}
    (act,) = view["acts"]
    assert act.keys() == ACT
    assert act["opened"]["by"] == "otto"
    assert act["receipt"].keys() == {"by", "at", "arrived_at", "size"}
    assert houses.json("inbox", desk="right", officer="otto") == []
    (sent,) = houses.json("case", "show", case, desk="left", officer="dora")["acts"]
    assert [event["event"] for event in sent["deliveries"]] == [
        *("SubmissionAcceptance", "RelayAcceptance", "ContentConsignment"),
    ]
    told = houses.json("inquiry", "acknowledge", case, desk="right", officer="otto")
    assert (told["type"], told["released"]) == ("acknowledgement", True)


def test_a_proof_verifies_with_what_it_brings(houses: Houses) -> None:
    houses.ask()
    record = houses.json("record", "show", desk="left")
    assert record.keys() == STANDING | {"size", "entries"}
    entry = record["entries"][-1]
    assert entry.keys() == {
        *("position", "author", "code", "seq", "id", "type", "case", "case_seq", "signed_at"),
        *("recorded_at", "receipted_at", "verdict", "bytes", "epoch", "key_revoked"),
    }
    proof = houses.json("record", "prove", entry["id"][:8], desk="left")
    signed = base64.b64decode(proof["statement_cose"])
    leaf = merkle.leaf_hash(signed)
    assert leaf.hex() == proof["statement"] == entry["id"]
    left, right = houses.letters["left"], houses.letters["right"]
    parsed = statement.parse(signed)
    parsed.verify(left.party, left.statement_key)
    assert proof["statement_key"] == left.statement_key.raw.hex()
    receipt.verify(base64.b64decode(proof["receipt_cose"]), leaf, right.log_key)
    path = [bytes.fromhex(node) for node in proof["path"]]
    root = merkle.root_from_inclusion(leaf, proof["leaf_index"], proof["size"], path)
    note, _lines = checkpoint.parse_note(proof["checkpoint"].encode())
    assert (note.size, note.root) == (proof["size"], root)
    assert len(proof["cosigner_vkeys"]) == 2


def test_a_dossier(houses: Houses, tmp_path: Path) -> None:
    case = houses.ask()
    written = houses.json("dossier", "export", case[:8], "-o", "a.dossier", desk="left")
    assert written.keys() == {
        *("file", "channel", "case", "statements", "items", "bytes", "digest"),
        *("withheld", "withheld_of", "shown_elsewhere"),
    }
    assert (tmp_path / "a.dossier").stat().st_size == written["bytes"]
    fingerprint = houses.json("letter", "export", "l.letter", desk="left")["letter"]
    pinned = fingerprint["fingerprint"]["words"]
    report = houses.json("dossier", "verify", "a.dossier", "--pin", pinned, "--transcript")
    assert report["verified"] is True
    assert report["case"] == case
    assert {party["code"]: party["pinned"] for party in report["parties"]} == {
        "LEFT": True,
        "RIGHT": False,
    }
    assert [said["fields"]["subject@en"] for said in report["transcript"]] == ["Unusual traffic"]
    result = houses.run("dossier", "verify", "l.letter", "--json")
    assert (result.code, result.out) == (3, "")
    assert set(json.loads(result.err)) == {"error"}


def test_fsck(houses: Houses) -> None:
    checked = houses.json("fsck", desk="left")
    assert checked == {"ok": True, "channels": 1, "statements": 2, "rebuilt": False, "faults": []}


def test_templates(empty: Houses) -> None:
    shown = empty.json("inquiry", "close", "--template")
    assert shown["type"] == "closing"
    assert "[languages]" in shown["template"]


def test_every_open_point_of_a_dossier_every_status_and_outcome_has_words() -> None:
    assert set(dossier_page.NOT_PROVED) == set(NotProved)
    assert set(kinds.inquiry.STATUSES) == set(Status)
    assert set(kinds.inquiry.LEVELS) == set(Level)
    assert set(kinds.inquiry.OUTCOMES) | set(case_page.OUTCOMES) >= set(Outcome)
    assert set(acts.STANDINGS) == set(Standing)
    assert set(draft_page.STAGES) == set(Stage)
    assert set(fields.STATUSES) == set(LanguageStatus)
    assert set(kinds.PAGES) == set(KINDS)
    patterns = {rule.path for spec in CATALOGUE.values() for rule in spec.fields}
    assert patterns <= set(fields.LABELS)


def test_every_name_is_documented() -> None:
    page = (Path(__file__).parents[2] / "docs" / "commands.md").read_text("utf-8")
    documented = set(re.findall(r"`([a-z0-9_]+)`", page))
    for names in (PARTY, LETTER, CHANNEL, STANDING, HEADER, ACT, DRAFT, SUMMARY):
        assert names <= documented
