"""The house: two officers for what leaves it, one for an acknowledgement, nothing typed is lost."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import select

from parley.application import cases, draft_keeping, drafts, officers
from parley.application.draft_keeping import DraftView
from parley.application.overtaking import workflow
from parley.application.writing import Writing
from parley.domain.catalogue import CATALOGUE
from parley.domain.draft import Authorisation
from parley.domain.roles import ON_DUTY
from parley.domain.shape import FieldKind
from parley.kernel import cbor
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.store import house, log, tables
from tests.support.pair import Pair, pair

TEXT = {
    "subject@en": "Unusual traffic",
    "incident@en": "Incident 7",
    "facts@en": "What was seen.",
    "questions/1/text@en": "Is the host yours?",
    "questions/2/text@en": "Who looks after it?",
}
INQUIRY = Writing("inquiry", TEXT, {"severity": "high"}, reply_wanted=86_400, precedence=2)


def refused(reason: Reason) -> pytest.RaisesExc[ParleyError]:
    return pytest.RaisesExc(ParleyError, check=lambda error: error.reason is reason)


def released(desks: Pair, writing: Writing = INQUIRY) -> DraftView:
    """An act of the left desk, through all hands."""
    left = desks.left
    draft = drafts.write(left, "dora", desks.channel(left), writing)
    draft = drafts.submit(left, "dora", draft.id, draft.revision)
    assert draft.sha256 is not None
    drafts.clear(left, "lena", draft.id, draft.sha256)
    assert drafts.authorise(left, "ada", draft.id, draft.sha256) is not None
    return draft


def submitted(desks: Pair) -> DraftView:
    left = desks.left
    draft = drafts.write(left, "dora", desks.channel(left), INQUIRY)
    return drafts.submit(left, "dora", draft.id, draft.revision)


def digest(draft: DraftView) -> bytes:
    assert draft.sha256 is not None
    return draft.sha256


def test_the_bytes_that_are_signed_are_those_that_were_authorised(desks: Pair) -> None:
    draft = submitted(desks)
    drafts.clear(desks.left, "lena", draft.id, digest(draft))
    signed = drafts.authorise(desks.left, "ada", draft.id, digest(draft))
    assert signed is not None
    assert sha256(signed.act_bytes).digest() == digest(draft)
    (view,) = draft_keeping.every(desks.left, "dora", released=True)
    assert (view.stage, view.released) == ("released", signed.leaf)
    assert (view.drafted_by, view.cleared_by, view.authorised_by) == (("dora",), "lena", ("ada",))
    assert signed.act.codes == {"severity": "high", "questions": 2, "evidence": 0}


@pytest.mark.parametrize(
    ("officer", "step", "reason"),
    [
        ("otto", "write", Reason.ROLE_FORBIDS),
        ("audit", "write", Reason.ROLE_FORBIDS),
        ("nobody", "write", Reason.OFFICER_UNKNOWN),
        ("dora", "clear", Reason.ROLE_FORBIDS),
        ("ada", "clear", Reason.ROLE_FORBIDS),
        ("lena", "authorise", Reason.ROLE_FORBIDS),
        ("dora", "authorise", Reason.ROLE_FORBIDS),
    ],
)
def test_each_step_asks_for_its_role(desks: Pair, officer: str, step: str, reason: Reason) -> None:
    left = desks.left
    draft = submitted(desks)
    if step == "authorise":
        drafts.clear(left, "lena", draft.id, digest(draft))
    steps = {
        "write": lambda: drafts.write(left, officer, desks.channel(left), INQUIRY),
        "clear": lambda: drafts.clear(left, officer, draft.id, digest(draft)),
        "authorise": lambda: drafts.authorise(left, officer, draft.id, digest(draft)),
    }
    with refused(reason):
        steps[step]()


def test_nobody_approves_their_own_text_whatever_roles_they_hold(desks: Pair) -> None:
    left = desks.left
    everything = ("drafter", "legal-reviewer", "authoriser")
    officers.add(left, "solo", everything)
    draft = drafts.write(left, "solo", desks.channel(left), INQUIRY)
    draft = drafts.submit(left, "solo", draft.id, draft.revision)
    with refused(Reason.OFFICER_SEPARATION):
        drafts.clear(left, "solo", draft.id, digest(draft))
    drafts.clear(left, "lena", draft.id, digest(draft))
    with refused(Reason.OFFICER_SEPARATION):
        drafts.authorise(left, "solo", draft.id, digest(draft))
    officers.retire(left, "ada")
    with refused(Reason.OFFICER_UNKNOWN):
        drafts.authorise(left, "ada", draft.id, digest(draft))


def test_another_hash_is_not_authorised(desks: Pair) -> None:
    draft = submitted(desks)
    with refused(Reason.DRAFT_HASH_MISMATCH):
        drafts.clear(desks.left, "lena", draft.id, bytes(32))
    drafts.clear(desks.left, "lena", draft.id, digest(draft))
    with refused(Reason.DRAFT_HASH_MISMATCH):
        drafts.authorise(desks.left, "ada", draft.id, bytes(32))


def test_a_revision_voids_every_approval(desks: Pair) -> None:
    left = desks.left
    draft = submitted(desks)
    draft = drafts.clear(left, "lena", draft.id, digest(draft))
    other = INQUIRY._replace(values={**TEXT, "facts@en": "Something else."})
    draft = drafts.revise(left, "dora", draft.id, other, draft.revision)
    assert (draft.stage, draft.sha256, draft.cleared_by) == ("drafted", None, None)
    assert draft.writing.values["facts@en"] == "Something else."


def test_who_is_second_to_save_is_told_and_loses_nothing(desks: Pair) -> None:
    left = desks.left
    officers.add(left, "dina", ("drafter",))
    draft = drafts.write(left, "dora", desks.channel(left), INQUIRY)
    first = INQUIRY._replace(values={**TEXT, "facts@en": "First."})
    drafts.revise(left, "dina", draft.id, first, draft.revision)
    with refused(Reason.DRAFT_CHANGED):
        drafts.revise(left, "dora", draft.id, INQUIRY, draft.revision)
    assert draft_keeping.find(left, "dora", draft.id.hex()).writing.values["facts@en"] == "First."


@pytest.mark.parametrize(("regardless", "stands"), [(False, False), (True, True)])
def test_news_from_the_peer_voids_an_authorisation_that_is_pending(
    desks: Pair, regardless: bool, stands: bool
) -> None:
    """Types with two authorisers wait between them; here the waiting is put into the table."""
    left = desks.left
    inquiry = released(desks)
    desks.settle()
    texts = {"questions/3/text@en": "And since when?"}
    writing = Writing("supplement", texts, case=inquiry.case)
    draft = drafts.write(left, "dora", desks.channel(left), writing)
    draft = drafts.submit(left, "dora", draft.id, draft.revision)
    drafts.clear(left, "lena", draft.id, digest(draft))
    with left.database.write() as connection:
        row = house.draft(connection, draft.id)
        assert row is not None
        given = Authorisation("ada", regardless, left.clock())
        waiting = msgspec.structs.replace(workflow(row.workflow), authorisations=(given,))
        changed = row._replace(workflow=cbor.encode_model(waiting), stage="authorised")
        assert house.save_draft(connection, changed, revision=row.revision)
    drafts.acknowledge(desks.right, "otto", desks.channel(desks.right), inquiry.case)
    desks.settle()
    after = draft_keeping.find(left, "dora", draft.id.hex())
    assert (after.stage == "authorised") is stands
    assert after.void_reason == (None if stands else "authorisation-overtaken")


def test_an_act_that_the_case_forbids_never_leaves_the_house(desks: Pair) -> None:
    left = desks.left
    inquiry = released(desks)
    draft = drafts.write(
        left, "dora", desks.channel(left), Writing("closing", {}, case=inquiry.case)
    )
    with refused(Reason.ANSWER_NOT_SEEN):
        drafts.submit(left, "dora", draft.id, draft.revision)
    with desks.left.database.read() as connection:
        assert log.chains(connection, desks.channel_id)[desks.channel(left).own_index].count == 2


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"subject@en": "a\u202eb"}, Reason.TEXT_DIRECTION_OVERRIDE),
        ({"subject@en": "   "}, Reason.TEXT_EMPTY),
        ({"subject@en": "x" * 400}, Reason.TEXT_TOO_LONG),
        ({"no-such-field@en": "x"}, Reason.FIELD_UNKNOWN),
        ({"evidence/1/description@en": "x", "evidence/1/sha256": b"short"}, Reason.FIELD_INVALID),
    ],
)
def test_bad_text_is_refused_before_anything_is_kept(
    desks: Pair, changes: dict[str, str | bytes], reason: Reason
) -> None:
    with refused(reason):
        drafts.write(
            desks.left,
            "dora",
            desks.channel(desks.left),
            INQUIRY._replace(values={**TEXT, **changes}),
        )
    assert draft_keeping.every(desks.left, "dora") == []


def test_what_is_typed_is_put_into_normal_form(desks: Pair) -> None:
    typed = {**TEXT, "subject@ru": "  Ё из двух знаков: Е\u0308  ", "facts@en": "one\r\ntwo"}
    draft = drafts.write(
        desks.left, "dora", desks.channel(desks.left), INQUIRY._replace(values=typed)
    )
    assert draft.writing.values["subject@ru"] == "Ё из двух знаков: Ё"
    assert draft.writing.values["facts@en"] == "one\ntwo"


def test_the_duty_officer_alone_acknowledges(desks: Pair) -> None:
    inquiry = released(desks)
    desks.settle()
    right = desks.right
    with refused(Reason.ROLE_FORBIDS):
        drafts.acknowledge(right, "ada", desks.channel(right), inquiry.case)
    signed = drafts.acknowledge(right, "otto", desks.channel(right), inquiry.case)
    view = cases.show(right, desks.channel(right), inquiry.case, "otto")
    receipt = view.acts[0].receipt
    assert receipt is not None
    assert signed.act.codes["received-at"] == receipt.iat
    with refused(Reason.ALREADY_ACKNOWLEDGED):
        drafts.acknowledge(right, "otto", desks.channel(right), inquiry.case)


def test_the_duty_officer_has_no_words_for_the_substance(desks: Pair) -> None:
    """What stands beside an act as its source tells it could answer what was asked."""
    inquiry = released(desks)
    desks.settle()
    right = desks.right
    for values in ({"remarks@en": "Yes."}, {"story/facts@en": "The host is ours."}):
        with refused(Reason.FIELD_UNKNOWN):
            drafts.acknowledge(right, "otto", desks.channel(right), inquiry.case, values)
    for spec in CATALOGUE.values():
        if spec.drafted_by == ON_DUTY:
            assert not [rule.path for rule in spec.fields if rule.kind == FieldKind.TEXT]


def test_no_group_is_founded_under_a_text_that_nobody_has_agreed(desks: Pair) -> None:
    """Whoever asks the desk, and whatever they typed: its own record tells what was agreed."""
    left, text = desks.left, "5e" * 32
    inquiry = released(desks)
    for case in (inquiry.case.hex(), "ff" * 16):
        codes = {"mandate": text, "proposal": case}
        founding = Writing("working-group", {"subject@en": "A group"}, codes)
        draft = drafts.write(left, "dora", desks.channel(left), founding)
        with refused(Reason.MANDATE_NOT_AGREED):
            drafts.submit(left, "dora", draft.id, draft.revision)


@pytest.mark.parametrize("marks", [{"tlp": "amberr"}, {"pap": "blue"}, {"tlp": ""}])
def test_marks_of_handling_are_those_that_there_are(desks: Pair, marks: dict[str, str]) -> None:
    with refused(Reason.CODE_INVALID):
        drafts.write(desks.left, "dora", desks.channel(desks.left), INQUIRY._replace(**marks))


def test_a_reply_goes_from_the_office_that_was_asked_to_the_one_that_asked(tmp_path: Path) -> None:
    """Nobody types an address: what an act refers to says where it goes."""
    names = ({"en": "Duty desk"}, {"en": "Legal desk"}, {"en": "Expert desk"})
    with pair(tmp_path, offices=names) as desks:
        left, right = desks.channel(desks.left), desks.channel(desks.right)
        (_, legal, _), (_, _, expert) = left.own.text.offices, left.peer.text.offices
        asked = released(desks, INQUIRY._replace(from_office=legal.id, to_offices=(expert.id,)))
        desks.settle()
        signed = drafts.acknowledge(desks.right, "otto", right, asked.case)
        assert (signed.act.from_office, signed.act.to_offices) == (expert.id, (legal.id,))
        assert signed.act.codes["handling-office"] == expert.id.hex()
        # What the side that asked adds goes the way that its inquiry went.
        desks.settle()
        more = Writing("supplement", {"facts@en": "More was seen."}, case=asked.case)
        draft = drafts.write(desks.left, "dora", left, more)
        assert (draft.writing.from_office, draft.writing.to_offices) == (legal.id, (expert.id,))
        # Whoever has somebody else answer says so.
        answer = {"answers/1/text@en": "It is."}
        holding = Writing(
            "holding-answer",
            answer,
            {"answers": ((1, "partly"),), "next-step": desks.clock.now + 86_400},
            case=asked.case,
            from_office=right.own.text.offices[0].id,
        )
        draft = drafts.write(desks.right, "dora", right, holding)
        assert draft.writing.from_office == right.own.text.offices[0].id
        assert draft.writing.to_offices == (legal.id,)


def test_bodies_and_drafts_are_sealed_at_rest(desks: Pair) -> None:
    """No text of a body stands in any file of either desk, and in no table."""
    secret = "Zwischenfall-Kennwort"
    values = {**TEXT, "facts@en": secret}
    released(desks, INQUIRY._replace(values=values))
    drafts.write(desks.left, "dora", desks.channel(desks.left), INQUIRY._replace(values=values))
    desks.settle()
    looked_at = 0
    for folder in desks.folders:
        for file in folder.rglob("*"):
            if file.is_file():
                looked_at += 1
                assert secret.encode() not in file.read_bytes(), file.name
    assert looked_at >= 8
    rows = 0
    for desk in (desks.left, desks.right):
        with desk.database.read() as connection:
            for table in tables.metadata.sorted_tables:
                for row in connection.execute(select(table)):
                    rows += 1
                    kept = [one if isinstance(one, bytes) else str(one).encode() for one in row]
                    assert not any(secret.encode() in one for one in kept), table.name
    assert rows >= 40


def test_files_are_their_owners_alone(desks: Pair) -> None:
    for folder in desks.folders:
        assert folder.stat().st_mode & 0o077 == 0
        for file in folder.rglob("*"):
            if file.suffix in (".keys", ".toml", ".db"):
                assert file.stat().st_mode & 0o177 == 0, file.name
