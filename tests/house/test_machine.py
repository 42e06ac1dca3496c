"""Officers of one house do whatever they like: separation, decisions and recusals hold.

A state machine over a real desk. Whatever is tried, what leaves the house has passed the hands that
it must pass, and nobody who is recused has found, read or touched anything of the matter since.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from parley.application import audit, cases, draft_keeping, drafts, house_record, officers, recusals
from parley.application.recusals import Matter
from parley.application.writing import Writing
from parley.domain.access import Place
from parley.domain.catalogue import CATALOGUE
from parley.domain.draft import DECIDERS, Verdict
from parley.domain.policy import Policy
from parley.domain.roles import Role
from parley.kernel.errors import ParleyError
from parley.record.house import format as fmt
from parley.record.house.format import HouseEntry
from parley.store import house_log
from tests.desk.test_house import INQUIRY
from tests.support.pair import copied, founded, reopened

HANDS = {
    "dora": "drafter",
    "dirk": "drafter legal-reviewer",
    "lena": "legal-reviewer",
    "leo": "legal-reviewer authoriser",
    "ada": "authoriser",
    "amir": "authoriser",
    "boss": "authoriser administrator",
}
WHO = st.sampled_from(sorted(HANDS))
WHICH = st.integers(0, 3)
ATTRIBUTION = Writing(
    "attribution",
    {"subject@en": "Scans of May", "object@en": "Scans.", "basis@en": "Logs."},
    {"said-by": "sender", "confidence": "moderate", "publicity": "private"},
)
POLICY = Policy(decide_types=frozenset({"inquiry"}))


class OneHouse(RuleBasedStateMachine):
    """See the module."""

    template: Path

    @initialize()
    def begin(self) -> None:
        self.stack = ExitStack()
        folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        self.desks = self.stack.enter_context(copied(self.template, folder / "pair"))
        self.left = replace(self.desks.left, policy=POLICY)
        self.channel = self.desks.channel(self.left)
        self.drafts: list[bytes] = []
        self.cases: dict[bytes, bytes] = {}
        self.out: set[tuple[str, bytes]] = set()
        self.sent: set[bytes] = set()

    def teardown(self) -> None:
        if hasattr(self, "left"):
            assert house_record.faults(self.left) == []
        if hasattr(self, "stack"):
            self.stack.close()

    # --- what officers try -----------------------------------------------------------------------

    def attempt(self, officer: str, draft: bytes | None, act: Callable[[], Any]) -> Any:
        """What came of it; whoever is recused from the draft's case never gets anything."""
        try:
            made = act()
        except ParleyError:
            return None
        if draft is not None:
            assert (officer, self.cases[draft]) not in self.out
        return made

    def draft(self, which: int) -> bytes:
        return self.drafts[which % len(self.drafts)] if self.drafts else bytes(8)

    def digest(self, draft: bytes) -> bytes:
        for released in (False, True):
            for view in draft_keeping.every(self.left, "watch", released=released):
                if view.id == draft:
                    return view.sha256 or bytes(32)
        return bytes(32)

    @rule(officer=WHO, attribution=st.booleans())
    def write(self, officer: str, attribution: bool) -> None:
        writing = ATTRIBUTION if attribution else INQUIRY
        view = self.attempt(
            officer, None, lambda: drafts.write(self.left, officer, self.channel, writing)
        )
        if view is not None:
            self.drafts.append(view.id)
            self.cases[view.id] = view.case

    @rule(officer=WHO, which=WHICH)
    def submit(self, officer: str, which: int) -> None:
        draft = self.draft(which)
        found = self.attempt(
            officer, draft, lambda: draft_keeping.find(self.left, officer, draft.hex())
        )
        if found is not None:
            revision = found.revision
            self.attempt(officer, draft, lambda: drafts.submit(self.left, officer, draft, revision))

    @rule(officer=WHO, which=WHICH)
    def clear(self, officer: str, which: int) -> None:
        draft, digest = self.draft(which), self.digest(self.draft(which))
        self.attempt(officer, draft, lambda: drafts.clear(self.left, officer, draft, digest))

    @rule(officer=WHO, which=WHICH, verdict=st.sampled_from([Verdict.MAY_GO, Verdict.REFUSE]))
    def decide(self, officer: str, which: int, verdict: Verdict) -> None:
        draft, digest = self.draft(which), self.digest(self.draft(which))
        self.attempt(
            officer,
            draft,
            lambda: drafts.decide(self.left, officer, draft, digest, verdict, "Read it"),
        )

    @rule(officer=WHO, which=WHICH)
    def authorise(self, officer: str, which: int) -> None:
        draft, digest = self.draft(which), self.digest(self.draft(which))
        made = self.attempt(
            officer, draft, lambda: drafts.authorise(self.left, officer, draft, digest)
        )
        if made is not None:
            self.sent.add(draft)

    @rule(which=WHICH)
    def all_hands(self, which: int) -> None:
        """The way as it should be, so that something is ever sent."""
        self.submit("dora", which)
        self.clear("lena", which)
        for officer in ("lena", "leo"):
            self.decide(officer, which, Verdict.MAY_GO)
        for officer in ("ada", "amir"):
            self.authorise(officer, which)

    @rule(officer=WHO, by=WHO, which=WHICH)
    def recuse(self, officer: str, by: str, which: int) -> None:
        draft = self.draft(which)
        if draft not in self.sent:
            return
        case = self.cases[draft]
        matter = Matter(None, ((self.channel, case),))
        delegate = "ada" if officer != "ada" else "amir"
        act = (
            (lambda: recusals.declare(self.left, officer, matter, delegate))
            if by == officer
            else (lambda: recusals.record(self.left, by, officer, matter, delegate))
        )
        if self.attempt(by, draft, act) is not None:
            self.out.add((officer, case))

    @rule(officer=WHO, number=st.integers(1, 3))
    def lift(self, officer: str, number: int) -> None:
        self.attempt(officer, None, lambda: recusals.challenge(self.left, officer, number))
        self.attempt(officer, None, lambda: recusals.end(self.left, officer, number))

    @rule(officer=WHO, which=WHICH, role=st.sampled_from(sorted(Role)))
    def grant(self, officer: str, which: int, role: str) -> None:
        place = Place(self.channel.id, self.cases.get(self.draft(which)))
        self.attempt(
            "boss", None, lambda: officers.grant(self.left, officer, role, place, by="boss")
        )

    @rule(officer=WHO)
    def leave_and_come_back(self, officer: str) -> None:
        self.attempt("boss", None, lambda: officers.retire(self.left, officer, by="boss"))
        roles = HANDS[officer].split()
        self.attempt("boss", None, lambda: officers.add(self.left, officer, roles, by="boss"))

    # --- what holds ------------------------------------------------------------------------------

    @invariant()
    def whoever_is_recused_sees_nothing(self) -> None:
        for officer, case in getattr(self, "out", ()):
            left = self.left
            try:
                listed = {one.row.case_id for one in cases.summaries(left, officer)}
                written = {
                    one.case
                    for released in (False, True)
                    for one in draft_keeping.every(left, officer, released=released)
                }
            except ParleyError:
                continue  # out of service
            assert case not in listed | written
            with pytest.raises(ParleyError) as caught:
                cases.find(left, officer, case.hex())
            assert caught.value.reason in {"case-unknown", "role-forbids"}

    @invariant()
    def what_was_sent_has_passed_all_hands(self) -> None:
        for draft in getattr(self, "sent", ()):
            (view,) = [
                one
                for one in draft_keeping.every(self.left, "watch", released=True)
                if one.id == draft
            ]
            drafted, decided = set(view.drafted_by), set(view.decided_by)
            cleared, authorised = {view.cleared_by}, set(view.authorised_by)
            assert not drafted & (cleared | decided | authorised)
            assert not authorised & (cleared | decided)
            assert len(authorised) == CATALOGUE[view.type].authorisers
            assert len(decided) == (DECIDERS if view.type == "inquiry" else 0)
            # The house record tells the same story of the bytes that went.
            told = self.told(draft, view.sha256)
            assert told["draft-authorised"] >= authorised
            assert told["draft-cleared"] >= cleared
            assert told.get("release-allowed", set()) >= decided

    def told(self, draft: bytes, digest: bytes | None) -> dict[str, set[str | None]]:
        found: dict[str, set[str | None]] = {}
        for entry in self.entries():
            if entry.draft == draft and entry.digest == digest:
                found.setdefault(entry.act, set()).add(entry.officer)
        return found

    def entries(self) -> Iterator[HouseEntry]:
        with self.left.database.read() as connection:
            rows = list(house_log.in_order(connection))
        return (fmt.read(row.data) for row in rows)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("house") / "template"
    with founded(folder) as letters:
        with reopened(folder, letters) as made:
            made.settle()
            for name, roles in HANDS.items():
                if "administrator" not in roles:
                    officers.add(made.left, name, roles.split())
            officers.add(made.left, "watch", ["drafter"])
            officers.add(made.left, "boss", HANDS["boss"].split())
        yield folder
    shutil.rmtree(folder)


def run(template: Path, examples: int, steps: int) -> None:
    OneHouse.template = template
    chosen = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(OneHouse, settings=chosen)


def test_officers_of_one_house(template: Path) -> None:
    run(template, 2, 8)


@pytest.mark.campaign
def test_officers_of_one_house_for_long(template: Path) -> None:
    run(template, 150, 40)


def test_the_record_of_the_channel_holds_too(template: Path) -> None:
    with copied(template, template.parent / "again") as made:
        assert audit.fsck(made.left).faults == ()
