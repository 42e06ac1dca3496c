"""Recusal: on every route a recused officer is told what is told of a case that does not exist."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from parley.application import (
    audit,
    cases,
    dossiers,
    draft_keeping,
    drafts,
    evidence,
    foreign,
    house_record,
    inbox,
    officers,
    papers,
    recusals,
)
from parley.application.desk import Desk
from parley.application.recusals import Matter
from parley.application.writing import Writing
from parley.domain.access import Place
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.presentation import acts as cli_acts
from parley.presentation import case_page
from parley.record.house.format import HouseEntry
from parley.store import dialect
from parley.store.house_log import Sought
from tests.desk.test_house import INQUIRY, refused, released
from tests.support.pair import Pair

EVE = "eve"
NOWHERE = "ffffffffffff"


@pytest.fixture
def scene(desks: Pair) -> tuple[Pair, bytes, bytes]:
    """Two cases between the desks; eve has every role that works, and keeps out of the first."""
    officers.add(desks.left, EVE, ["drafter", "legal-reviewer", "authoriser", "duty-officer"])
    closed = released(desks).case
    open_ = released(desks).case
    desks.settle()
    recusals.declare(desks.left, EVE, matter(desks, closed), "ada")
    return desks, closed, open_


def matter(desks: Pair, case: bytes, *, linked: bool = False) -> Matter:
    return Matter(None, ((desks.channel(desks.left), case),), linked)


def entries(desk: Desk, **sought: Any) -> list[HouseEntry]:
    page = house_record.read(desk, "audit", Sought(**sought), 0)
    return [one.entry for one in page.entries]


@contextmanager
def counted(desk: Desk) -> Iterator[list[str]]:
    """The statements of SQL that run, by their text, however they reach the driver."""
    seen: list[str] = []

    plain = dialect.run

    def run(connection: Any, sql: str, values: Any) -> Any:
        seen.append(sql)
        return plain(connection, sql, values)

    def before(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    engine = desk.database._engine
    event.listen(engine, "before_cursor_execute", before)
    dialect.run = run
    try:
        yield seen
    finally:
        dialect.run = plain
        event.remove(engine, "before_cursor_execute", before)


def asked(desk: Desk, ask: Callable[[], object]) -> tuple[str, dict[str, Any], list[str]]:
    """How a question that must be refused is refused, and by which queries."""
    with counted(desk) as queries, pytest.raises(ParleyError) as caught:
        ask()
    return caught.value.reason.value, dict(caught.value.details), queries


def test_lists_and_counts_do_not_have_it(scene: tuple[Pair, bytes, bytes]) -> None:
    desks, closed, open_ = scene
    left = desks.left
    assert [one.row.case_id for one in cases.summaries(left, EVE)] == [open_]
    everybody = [one.row.case_id for one in cases.summaries(left, "otto")]
    assert sorted(everybody) == sorted([closed, open_])
    assert [one.case for one in draft_keeping.every(left, EVE, released=True)] == [open_]
    channel = desks.channel(left)
    assert cases.following(left, EVE, channel, closed, "supplement") == {}
    assert cases.following(left, EVE, channel, open_, "supplement") != {}


def test_what_comes_in_it_alerts_everybody_else(scene: tuple[Pair, bytes, bytes]) -> None:
    desks, closed, open_ = scene
    for case in (closed, open_):
        drafts.acknowledge(desks.right, "otto", desks.channel(desks.right), case)
    desks.settle()
    told = {view.entry.case_id for _channel, view in inbox.unopened(desks.left, EVE).waiting}
    assert told == {open_}
    assert {view.entry.case_id for _c, view in inbox.unopened(desks.left, "otto").waiting} == {
        closed,
        open_,
    }


def routes(desks: Pair, case: bytes, leaf: str, draft: str, folder: Path) -> dict[str, Any]:
    """Every way to a case, a statement or a draft, each with what names it."""
    left, channel = desks.left, desks.channel(desks.left)
    writing = Writing("withdrawal", {}, case=case)
    about = INQUIRY._replace(codes={**INQUIRY.codes, "about": case.hex()})
    target = folder / "it.dossier"
    return {
        "find": lambda: cases.find(left, EVE, case.hex()),
        "show": lambda: cases.show(left, channel, case, EVE),
        "dossier": lambda: dossiers.export(left, EVE, channel, target, case=case),
        "draft": lambda: drafts.write(left, EVE, channel, writing),
        "about": lambda: drafts.write(left, EVE, channel, about),
        "acknowledge": lambda: drafts.acknowledge(left, EVE, channel, case),
        "statement": lambda: audit.find(left, EVE, leaf),
        "paper of a case": lambda: papers.case(left, EVE, channel, case, lambda _view: b"it"),
        "paper": lambda: papers.statement(left, EVE, leaf, lambda _view: b"it"),
        "proof": lambda: audit.prove_to_others(left, EVE, leaf),
        "show a draft": lambda: draft_keeping.find(left, EVE, draft),
        "clear": lambda: drafts.clear(left, EVE, bytes.fromhex(draft), bytes(32)),
        "authorise": lambda: drafts.authorise(left, EVE, bytes.fromhex(draft), bytes(32)),
        "submit": lambda: drafts.submit(left, EVE, bytes.fromhex(draft), 1),
        "return": lambda: drafts.give_back(left, EVE, bytes.fromhex(draft), 1),
        "abandon": lambda: drafts.abandon(left, EVE, bytes.fromhex(draft), 1),
        "recuse again": lambda: recusals.declare(left, EVE, matter(desks, case), "ada"),
    }


@pytest.mark.parametrize(
    "route",
    [
        *("find", "show", "dossier", "draft", "about", "acknowledge", "statement"),
        *("proof", "show a draft", "clear", "authorise", "submit", "return", "abandon"),
        *("recuse again", "paper of a case", "paper"),
    ],
)
def test_what_is_closed_is_not_there_by_the_same_path(
    scene: tuple[Pair, bytes, bytes], route: str, tmp_path: Path
) -> None:
    desks, closed, _open = scene
    left = desks.left
    (view,) = cases.show(left, desks.channel(left), closed, "otto").acts
    (draft,) = [
        one for one in draft_keeping.every(left, "otto", released=True) if one.case == closed
    ]
    there = routes(desks, closed, view.entry.leaf.hex(), draft.id.hex(), tmp_path)
    missing = routes(desks, b"\xff" * 16, "ff" * 32, "ff" * 8, tmp_path)
    reason, details, queries = asked(left, there[route])
    assert asked(left, missing[route])[:2] == (reason, details)
    assert len(asked(left, missing[route])[2]) == len(queries)
    assert reason in {"case-unknown", "statement-unknown", "draft-unknown"}
    assert not list(tmp_path.glob("*.dossier"))
    # The house record keeps which it was: the auditor is told what the officer is not.
    last = [one for one in entries(left, officer=EVE) if one.act == "attempt-refused"]
    assert last[0].case is not None


def test_nothing_that_shows_a_record_as_a_whole_is_open(
    scene: tuple[Pair, bytes, bytes], tmp_path: Path
) -> None:
    desks, _closed, _open = scene
    left, channel = desks.left, desks.channel(desks.left)
    officers.grant(left, EVE, "auditor", Place(channel.id))
    for ask in (
        lambda: audit.lines(left, EVE, channel, 0),
        lambda: dossiers.export(left, EVE, channel, tmp_path / "it.dossier"),
        lambda: foreign.export_tiles(left, EVE, channel, tmp_path / "t", lambda *_: None),
        lambda: foreign.export_scitt(left, EVE, channel, tmp_path / "s", lambda *_: None),
        lambda: house_record.read(left, EVE, Sought(), 0),
        lambda: house_record.prove(left, EVE, tmp_path / "it.proof"),
    ):
        with refused(Reason.ROLE_FORBIDS):
            ask()
    assert evidence.every(left, EVE) == []
    assert evidence.quarantined(left, EVE) == []
    assert len(audit.lines(left, "otto", channel, 0)) == 4


def test_other_cases_stay_open(scene: tuple[Pair, bytes, bytes], tmp_path: Path) -> None:
    desks, _closed, open_ = scene
    left, channel = desks.left, desks.channel(desks.left)
    assert cases.find(left, EVE, open_.hex()[:8])[1] == open_
    assert cases.show(left, channel, open_, EVE).acts
    dossiers.export(left, EVE, channel, tmp_path / "it.dossier", case=open_)
    assert [one.act for one in entries(left, officer=EVE)][-1] == "dossier-exported"


def test_no_superior_lifts_it_and_the_attempt_is_on_record(
    scene: tuple[Pair, bytes, bytes],
) -> None:
    desks, closed, _open = scene
    left = desks.left
    place = recusals.challenge(left, "ada", 1)
    with refused(Reason.RECUSAL_STANDS):
        recusals.end(left, "ada", 1)
    with refused(Reason.RECUSAL_STANDS):
        recusals.end(left, EVE, 1)
    (kept,) = entries(left, act="recusal-challenged")
    assert (kept.officer, kept.about, kept.number) == ("ada", EVE, 1)
    page = house_record.read(left, "audit", Sought(), 0)
    assert page.entries[place].entry == kept
    (seen,) = recusals.every(left, "audit")
    assert (seen.row.officer, seen.row.ended_at, seen.challenges) == (EVE, None, 1)
    assert seen.cases == (closed,)
    with refused(Reason.CASE_UNKNOWN):
        cases.find(left, EVE, closed.hex())


def test_who_may_not_know_of_it_learns_nothing_by_guessing(
    scene: tuple[Pair, bytes, bytes],
) -> None:
    left = scene[0].left
    guessed = [
        asked(left, partial(attempt, left, "dora", number))[:2]
        for attempt in (recusals.challenge, recusals.end)
        for number in (1, 7)
    ]
    assert guessed == [(Reason.RECUSAL_UNKNOWN.value, {})] * 4
    with refused(Reason.ROLE_FORBIDS):
        recusals.name_delegate(left, "dora", 7, "ada")
    # The attempt counts all the same, as one of whoever made it.
    (kept,) = entries(left, act="recusal-challenged")
    assert (kept.officer, kept.about, kept.number) == ("dora", EVE, 1)


def test_the_house_knows_which_recusal_it_has_disclosed(scene: tuple[Pair, bytes, bytes]) -> None:
    """The other side is told of an office; which officer's recusal it is, stays in the house."""
    desks, closed, open_ = scene
    left, channel = desks.left, desks.channel(desks.left)
    values = {"subject@en": "Recusal", "office@en": "Head of the desk", "matter@en": "A case"}
    told = released(desks, Writing("recusal", values)).case
    with refused(Reason.ROLE_FORBIDS):
        recusals.note_disclosure(left, "dora", 1, (channel, told))
    with refused(Reason.RECUSAL_UNKNOWN):
        recusals.note_disclosure(left, EVE, 1, (channel, told))
    with refused(Reason.RECUSAL_UNKNOWN):
        recusals.note_disclosure(left, "lena", 7, (channel, told))
    with refused(Reason.CASE_UNKNOWN):
        recusals.note_disclosure(left, "lena", 1, (channel, b"\xff" * 16))
    with refused(Reason.RECUSAL_NOT_DISCLOSED):
        recusals.note_disclosure(left, "lena", 1, (channel, open_))
    for _ in range(2):
        recusals.note_disclosure(left, "lena", 1, (channel, told))
    (seen,) = recusals.every(left, "audit")
    assert (seen.cases, seen.disclosed) == ((closed,), (told,))
    (own,) = recusals.every(left, EVE)
    assert (own.cases, own.disclosed) == (None, ())
    kept = entries(left, act="recusal-disclosed")
    assert [(one.officer, one.about, one.number, one.case) for one in kept] == [
        ("lena", EVE, 1, told)
    ] * 2
    # One who keeps out of the disclosure's own case is not told of it.
    recusals.declare(left, "ada", matter(desks, told), "lena")
    assert [one.disclosed for one in recusals.every(left, "ada") if one.row.number == 1] == [()]


def test_a_list_asks_no_more_for_what_is_hidden_in_it(scene: tuple[Pair, bytes, bytes]) -> None:
    """How long a page takes does not tell how many cases stand in it that are not shown."""
    desks, closed, _open = scene
    left = desks.left

    def asked_for_a_page() -> list[str]:
        with counted(left) as queries:
            page, more = cases.page(left, EVE, count=1)
        assert (len(page), more) == (1, True)
        return queries

    released(desks)
    before = asked_for_a_page()
    for _ in range(3):
        hidden = released(desks, INQUIRY._replace(codes={**INQUIRY.codes, "about": closed.hex()}))
        recusals.extend(left, "lena", 1, (desks.channel(left), hidden.case))
    assert len(asked_for_a_page()) == len(before)


def test_the_recused_one_sees_at_most_that_it_stands(scene: tuple[Pair, bytes, bytes]) -> None:
    desks, _closed, _open = scene
    (own,) = recusals.every(desks.left, EVE)
    assert (own.row.delegate, own.cases, own.challenges) == ("ada", None, 0)


def test_new_roles_and_another_name_in_service_do_not_lift_it(
    scene: tuple[Pair, bytes, bytes],
) -> None:
    desks, closed, _open = scene
    left = desks.left
    officers.retire(left, EVE)
    officers.add(left, EVE, ["authoriser", "auditor"])
    officers.grant(left, EVE, "drafter", Place(desks.channel_id, closed))
    with refused(Reason.CASE_UNKNOWN):
        cases.find(left, EVE, closed.hex())


def test_the_delegate_takes_no_orders(scene: tuple[Pair, bytes, bytes]) -> None:
    desks, _closed, _open = scene
    left = desks.left
    officers.add(left, EVE, ["administrator", "authoriser"])
    with refused(Reason.ROLE_FORBIDS):
        officers.add(left, "ada", ["drafter"], by=EVE)
    with refused(Reason.ROLE_FORBIDS):
        officers.retire(left, "ada", by=EVE)
    with refused(Reason.ROLE_FORBIDS):
        recusals.name_delegate(left, EVE, 1, "lena")
    recusals.name_delegate(left, "lena", 1, "lena")
    assert [one.row.delegate for one in recusals.every(left, "audit")] == ["lena"]


@pytest.mark.parametrize("delegate", [EVE, "nobody", "out"])
def test_a_delegate_is_somebody_else_who_may_act(desks: Pair, delegate: str) -> None:
    left = desks.left
    case = released(desks).case
    for name in (EVE, "out"):
        officers.add(left, name, ["authoriser"])
    recusals.declare(left, "out", matter(desks, case), "ada")
    with refused(Reason.DELEGATE_UNFIT):
        recusals.declare(left, EVE, matter(desks, case), delegate)


def test_a_matter_takes_in_what_is_opened_about_it_later(desks: Pair) -> None:
    left = desks.left
    officers.add(left, EVE, ["authoriser"])
    first = released(desks).case
    recusals.record(left, "lena", EVE, matter(desks, first, linked=True), "ada")
    about = INQUIRY._replace(codes={**INQUIRY.codes, "about": first.hex()})
    later = released(desks, about).case
    assert later != first
    assert cases.summaries(left, EVE) == []
    with refused(Reason.CASE_UNKNOWN):
        cases.find(left, EVE, later.hex())
    assert draft_keeping.every(left, EVE, released=True) == []


def test_a_channel_is_closed_whole(desks: Pair) -> None:
    left = desks.left
    officers.add(left, EVE, ["authoriser", "drafter"])
    released(desks)
    recusals.declare(left, EVE, Matter(desks.channel(left)), "ada")
    assert cases.summaries(left, EVE) == []
    with refused(Reason.ROLE_FORBIDS):
        drafts.write(left, EVE, desks.channel(left), INQUIRY)


def test_a_link_to_what_is_closed_is_not_shown(desks: Pair) -> None:
    left, channel = desks.left, desks.channel(desks.left)
    officers.add(left, EVE, ["authoriser"])
    first = released(desks).case
    about = INQUIRY._replace(codes={**INQUIRY.codes, "about": first.hex()})
    later = released(desks, about).case
    recusals.declare(left, EVE, matter(desks, first), "ada")
    assert cases.show(left, channel, later, "otto").summary.state.about == first
    assert cases.show(left, channel, later, EVE).summary.state.about is None


def test_only_some_record_a_recusal_and_none_of_it_is_of_nothing(desks: Pair) -> None:
    left = desks.left
    case = released(desks).case
    with refused(Reason.ROLE_FORBIDS):
        recusals.record(left, "dora", "ada", matter(desks, case), "lena")
    for nothing in (Matter(None), matter(desks, case)._replace(channel=desks.channel(left))):
        with refused(Reason.RECUSAL_OF_NOTHING):
            recusals.declare(left, "ada", nothing, "lena")
    with refused(Reason.RECUSAL_UNKNOWN):
        recusals.challenge(left, "ada", 7)


def test_an_auditor_reads_a_case_only_where_it_was_given(desks: Pair) -> None:
    left, channel = desks.left, desks.channel(desks.left)
    first, second = released(desks).case, released(desks).case
    with refused(Reason.ROLE_FORBIDS):
        cases.find(left, "audit", first.hex())
    officers.grant(left, "audit", "auditor", Place(channel.id, first))
    assert cases.show(left, channel, first, "audit").acts
    assert [one.row.case_id for one in cases.summaries(left, "audit")] == [first]
    with refused(Reason.CASE_UNKNOWN):
        cases.find(left, "audit", second.hex())


def test_reading_is_noted_once_for_each_state_of_the_case(desks: Pair) -> None:
    left, channel = desks.left, desks.channel(desks.left)
    case = released(desks).case
    for _ in range(3):
        cases.show(left, channel, case, "otto")
    assert len(entries(left, act="case-read")) == 1
    desks.settle()
    drafts.acknowledge(desks.right, "otto", desks.channel(desks.right), case)
    desks.settle()
    cases.show(left, channel, case, "otto")
    cases.show(left, channel, case, "lena")
    assert [one.officer for one in entries(left, act="case-read")] == ["otto", "otto", "lena"]


def naming(desks: Pair) -> tuple[bytes, bytes]:
    """Two cases, of which the second names the first; eve keeps out of the first alone."""
    left = desks.left
    officers.add(left, EVE, ["drafter", "legal-reviewer", "authoriser", "duty-officer"])
    closed = released(desks).case
    about = INQUIRY._replace(codes={**INQUIRY.codes, "about": closed.hex()})
    later = released(desks, about).case
    desks.settle()
    recusals.declare(left, EVE, matter(desks, closed), "ada")
    return closed, later


def test_no_header_names_what_is_closed(desks: Pair) -> None:
    closed, later = naming(desks)
    left, channel = desks.left, desks.channel(desks.left)
    page: dict[str, str] = {}
    for officer in ("otto", EVE):
        view = cases.show(left, channel, later, officer)
        shown = [case_page.plain_summary(view.summary), case_page.plain_related(view)]
        shown += [case_page.plain_substance(view.summary.state)]
        shown += [cli_acts.plain(act, channel) for act in view.acts]
        page[officer] = json.dumps(shown)
    assert closed.hex() in page["otto"]
    assert closed.hex() not in page[EVE]
    assert "high" in page[EVE]


def test_what_comes_in_names_nothing_that_is_closed(desks: Pair) -> None:
    closed, _later = naming(desks)
    right = desks.right
    about = INQUIRY._replace(codes={**INQUIRY.codes, "about": closed.hex()})
    draft = drafts.write(right, "dora", desks.channel(right), about)
    draft = drafts.submit(right, "dora", draft.id, draft.revision)
    assert draft.sha256 is not None
    drafts.clear(right, "lena", draft.id, draft.sha256)
    drafts.authorise(right, "ada", draft.id, draft.sha256)
    desks.settle()
    codes = {
        officer: [
            view.statement.act.codes
            for _channel, view in inbox.unopened(desks.left, officer).waiting
        ]
        for officer in ("otto", EVE)
    }
    assert [one["about"] for one in codes["otto"]] == [closed.hex()]
    assert ["about" in one for one in codes[EVE]] == [False]


def test_a_draft_that_names_what_is_closed_is_not_there(desks: Pair) -> None:
    _closed, later = naming(desks)
    left = desks.left
    seen = {
        officer: {one.case for one in draft_keeping.every(left, officer, released=True)}
        for officer in ("otto", EVE)
    }
    assert later in seen["otto"]
    assert later not in seen[EVE]
    (draft,) = [
        one for one in draft_keeping.every(left, "otto", released=True) if one.case == later
    ]
    for ask in (
        lambda: draft_keeping.find(left, EVE, draft.id.hex()),
        lambda: drafts.clear(left, EVE, draft.id, bytes(32)),
    ):
        with refused(Reason.DRAFT_UNKNOWN):
            ask()


def test_signed_bytes_that_name_what_is_closed_do_not_leave(desks: Pair, tmp_path: Path) -> None:
    _closed, later = naming(desks)
    left, channel = desks.left, desks.channel(desks.left)
    (view,) = cases.show(left, channel, later, "otto").acts
    leaf, target = view.entry.leaf.hex(), tmp_path / "it.dossier"
    for ask in (
        lambda: dossiers.export(left, EVE, channel, target, case=later),
        lambda: audit.prove_to_others(left, EVE, leaf),
    ):
        with refused(Reason.ROLE_FORBIDS):
            ask()
    assert not target.exists()
    assert audit.prove_to_others(left, "otto", leaf).entry.leaf.hex() == leaf
    dossiers.export(left, "dora", channel, target, case=later)
