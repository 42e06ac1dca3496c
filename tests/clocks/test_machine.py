"""Two desks at work for months, now and then off for weeks: each step is raised once.

A state machine over real desks. What is due is worked out anew from the folded cases each time, and
not from the view that the watch uses: whatever the time has come for was raised, nothing twice,
nothing out of turn, nothing for what is not due, and never to anybody who is recused.
"""

from __future__ import annotations

import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

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

from parley.application import audit, cases, deadlines, drafts, offices, recusals, watch
from parley.application.desk import Desk
from parley.application.recusals import Matter
from parley.domain import escalation
from parley.domain.act import Precedence
from parley.domain.calendar import SpecialDay, Timetable
from parley.domain.escalation import DEFAULTS, Plan
from parley.domain.posts import Post
from parley.kernel.errors import ParleyError
from parley.store import deadlines as rows
from parley.store import tables
from parley.store.deadlines import RaisedRow
from tests.support.pair import Clock, copied, founded, inquiry, reopened

HOUR, DAY = 3600, 86_400
WEEK = (((540, 1020),),) * 5 + ((), ())
ZONES = ("Asia/Riyadh", "Asia/Kathmandu", "Europe/Vienna", "Pacific/Chatham", "America/St_Johns")
PLANS = (DEFAULTS[Precedence.PRIORITY], Plan((2 * HOUR,), HOUR, None, 3 * HOUR, any_hour=True))
SIDE = st.booleans()
WHICH = st.integers(0, 5)


class TwoHouses(RuleBasedStateMachine):
    """See the module."""

    template: Path

    @initialize()
    def begin(self) -> None:
        self.stack = ExitStack()
        folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        self.desks = self.stack.enter_context(copied(self.template, folder / "pair"))
        self.clock: Clock = self.desks.clock
        self.cases: list[bytes] = []
        self.raised: dict[str, list[RaisedRow]] = {}
        self.out: dict[tuple[bool, bytes], set[str]] = {}

    def teardown(self) -> None:
        if hasattr(self, "stack"):
            self.stack.close()

    def desk(self, left: bool) -> Desk:
        return self.desks.left if left else self.desks.right

    # --- what happens ------------------------------------------------------------------------

    @rule(left=SIDE, precedence=st.integers(0, 3), delivered=st.booleans())
    def ask(self, left: bool, precedence: int, delivered: bool) -> None:
        if len(self.cases) < 6:
            desk, case = self.desk(left), secrets.token_bytes(16)
            content = inquiry(self.desks.channel(desk), case)._replace(precedence=precedence)
            self.desks.append(desk, content)
            self.cases.append(case)
            if delivered:
                self.desks.settle()

    @rule(left=SIDE, which=WHICH)
    def acknowledge(self, left: bool, which: int) -> None:
        if self.cases:
            desk, case = self.desk(left), self.cases[which % len(self.cases)]
            try:
                drafts.acknowledge(desk, "otto", self.desks.channel(desk), case)
            except ParleyError:
                return

    @rule()
    def deliver(self) -> None:
        self.desks.settle()

    @rule(left=SIDE, which=WHICH, who=st.sampled_from(["dora", "lena"]))
    def recuse(self, left: bool, which: int, who: str) -> None:
        if self.cases:
            case = self.cases[which % len(self.cases)]
            desk = self.desk(left)
            matter = Matter(None, ((self.desks.channel(desk), case),))
            try:
                recusals.declare(desk, who, matter, "ada")
            except ParleyError:
                return
            self.out.setdefault((left, case), set()).add(who)

    @rule(left=SIDE, zone=st.sampled_from(ZONES), holidays=st.sets(st.integers(0, 20), max_size=6))
    def work_elsewhere(self, left: bool, zone: str, holidays: set[int]) -> None:
        desk = self.desk(left)
        days = tuple(SpecialDay(self.clock.now // DAY + n) for n in sorted(holidays))
        office = desk.letter.text.offices[0].id
        offices.set_timetable(desk, office, Timetable(zone, WEEK, days), by=None)

    @rule(left=SIDE, level=st.sampled_from(Precedence), plan=st.sampled_from(PLANS))
    def plan(self, left: bool, level: Precedence, plan: Plan) -> None:
        offices.set_plan(self.desk(left), level, plan, by=None)

    @rule(left=SIDE)
    def rebuild(self, left: bool) -> None:
        audit.rebuild(self.desk(left))

    @rule(seconds=st.sampled_from([60, HOUR, 5 * HOUR, DAY, 8 * DAY, 61 * DAY]))
    def wait(self, seconds: int) -> None:
        self.clock.now += seconds

    @rule(left=SIDE)
    def look(self, left: bool) -> None:
        desk = self.desk(left)
        for row in watch.tick(desk).raised:
            before = self.raised.setdefault(f"{left}/{row.term}", [])
            assert row.key not in [one.key for one in before]
            assert not before or escalation.rank(before[-1].token) < escalation.rank(row.token)
            before.append(row)
            assert row.officers
            assert self.out.get((left, row.case_id), set()).isdisjoint(row.officers.split())
        assert watch.tick(desk).raised == ()
        self.check(desk, left)

    # --- what holds --------------------------------------------------------------------------

    def check(self, desk: Desk, left: bool) -> None:
        """What the watch has raised is what the cases, folded anew, make due."""
        expected = self.terms(desk)
        with desk.database.read() as connection:
            watching = offices.watching(connection)
            kept = rows.of_channel(connection, self.desks.channel_id)
            marks = connection.execute(tables.raised_steps.select()).all()
            alerts = connection.execute(tables.alerts.select()).all()
        assert {(row.term, row.due_at) for row in kept if row.clock} == expected
        assert {row.key for row in marks} == {
            one.key
            for term, raised in self.raised.items()
            if term.startswith(str(left))
            for one in raised
        }
        for row in kept:
            if row.clock:
                before = [one.token for one in self.raised.get(f"{left}/{row.term}", [])]
                turn = watch.turn_of(row, watching, before, self.clock.now)
                assert turn.step is None
                assert row.wake_at == turn.next_at
        # Only what runs has alerts that stand, and of each deadline only its last step.
        newest = {raised[-1].key for raised in self.raised.values()}
        running = {row.term for row in kept}
        for alert in alerts:
            if alert.ended_at is None:
                assert alert.key in newest
                assert alert.key.rpartition("/")[0] in running
        assert len({(alert.key, alert.officer) for alert in alerts}) == len(alerts)

    def terms(self, desk: Desk) -> set[tuple[str, int]]:
        """The deadlines that run, by the cases as anybody reads them."""
        found: set[tuple[str, int]] = set()
        for one in cases.summaries(desk, "otto"):
            for due in one.dues:
                obligation, (received, sent) = due.obligation, due.due
                clock, at = (
                    ("receipt", received) if received is not None else ("transmission", sent)
                )
                if at is not None:
                    owed = f"{obligation.kind.value}/{obligation.owner}/{obligation.since.hex()}"
                    found.add((f"{one.row.case_id.hex()}/{owed}/{clock}", at))
        return found

    @invariant()
    def views_are_sound(self) -> None:
        if not hasattr(self, "desks"):
            return
        for left in (True, False):
            desk = self.desk(left)
            deadlines.catch_up(desk)
            with desk.database.read() as connection:
                assert deadlines.faults(connection, self.desks.channel(desk)) == []


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("clocks") / "template"
    with founded(folder) as letters:
        with reopened(folder, letters) as made:
            made.settle()
            for desk in (made.left, made.right):
                office = desk.letter.text.offices[0].id
                for post, name in ((Post.HOLDER, "dora"), (Post.DEPUTY, "lena")):
                    offices.put(desk, office, post, name, by=None)
        yield folder
    shutil.rmtree(folder)


def play(template: Path, examples: int, steps: int) -> None:
    TwoHouses.template = template
    chosen = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(TwoHouses, settings=chosen)


def test_each_step_is_raised_once(template: Path) -> None:
    play(template, 6, 20)


@pytest.mark.campaign
@pytest.mark.timeout(7200)
def test_each_step_is_raised_once_in_many_months(template: Path) -> None:
    play(template, 300, 60)
