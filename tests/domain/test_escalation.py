"""The steps of a deadline: in turn, in working hours, and the latest of those that went by."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.application.offices import offset_in
from parley.domain import calendar, escalation
from parley.domain.access import Place, Recusal, Standing
from parley.domain.act import Precedence
from parley.domain.calendar import Calendar, SpecialDay, Timetable
from parley.domain.escalation import DEFAULTS, Plan, Rung, Term
from parley.domain.posts import Office, Post, stand_in, told
from parley.domain.roles import Role
from parley.kernel.errors import ParleyError
from tests.domain.test_calendar import WEEK, ZONES, moment

HOUR, DAY = 3600, 86_400
MONDAY = moment("2026-09-21T09:00:00+00:00")


def place(zone: str = "UTC", special: tuple[SpecialDay, ...] = ()) -> Calendar:
    return calendar.calendar(Timetable(zone, WEEK, special), offset_in(zone))


def term(began_at: int, due_at: int, *, reminded: bool = True, ends: bool = False) -> Term:
    return Term("key", began_at, due_at, reminded, ends)


terms = st.builds(
    lambda start, length, reminded, ends: term(start, start + length, reminded=reminded, ends=ends),
    st.integers(MONDAY, MONDAY + 400 * DAY),
    st.integers(HOUR, 70 * DAY),
    st.booleans(),
    st.booleans(),
)
calendars = st.builds(
    lambda zone, days: place(zone, tuple(SpecialDay(day) for day in sorted(days))),
    st.sampled_from(ZONES),
    st.sets(st.integers(MONDAY // DAY, MONDAY // DAY + 480), max_size=120),
)


@given(terms, st.sampled_from(list(Precedence)), calendars)
def test_steps_come_in_turn_and_only_at_work(one: Term, level: Precedence, here: Calendar) -> None:
    plan = DEFAULTS[level]
    steps = escalation.steps(one, plan, here)
    assert [step.at for step in steps] == sorted(step.at for step in steps)
    ranks = [escalation.rank(step.token) for step in steps]
    assert ranks == sorted(set(ranks))
    assert len({step.key for step in steps}) == len(steps)
    rungs = [step.rung for step in steps if step.rung is not Rung.REMINDER]
    assert rungs == ([Rung.DUE] if one.ends else list(escalation.LADDER))
    for step in steps:
        late = step.rung is not Rung.REMINDER
        assert step.at >= (one.due_at if late else one.began_at)
        assert late or step.at < one.due_at
        if plan.any_hour:
            assert late or step.at == one.due_at - step.lead
        else:
            assert calendar.is_open(here, step.at)
    assert one.reminded or not any(step.rung is Rung.REMINDER for step in steps)


@given(terms, st.sampled_from(list(Precedence)), calendars, st.data())
def test_looking_often_or_seldom_raises_each_once_and_ends_alike(
    one: Term, level: Precedence, here: Calendar, data: st.DataObject
) -> None:
    steps = escalation.steps(one, DEFAULTS[level], here)
    last = steps[-1].at
    looks = data.draw(st.lists(st.integers(one.began_at, last + DAY), max_size=12).map(sorted))
    raised: list[str] = []
    passed: list[str] = []
    for now in [*looks, last]:
        if looks and now < max(looks) and now == last:
            continue
        found = escalation.turn(steps, raised, now)
        ready = [step.token for step in steps if step.at <= now]
        if found.step is not None:
            assert found.step.token == ready[-1]
            raised.append(found.step.token)
        passed += [step.token for step in found.passed]
        # Whatever the time has come for was told or is told with what was.
        assert set(ready) == {*raised, *passed}
        assert escalation.turn(steps, raised, now).step is None
        assert found.next_at == min((step.at for step in steps if step.at > now), default=None)
    assert len(raised + passed) == len(set(raised + passed))
    assert escalation.turn(steps, raised, last + DAY).step is None or looks
    assert raised == sorted(raised, key=escalation.rank)


def test_a_reminder_that_falls_on_a_weekend_comes_before_it_if_need_be() -> None:
    # Due on Monday at 9:30: a day before it is Sunday, and the office opens at 9.
    monday = moment("2026-09-28T09:30:00+00:00")
    found = escalation.steps(term(MONDAY, monday), DEFAULTS[Precedence.PRIORITY], place())
    assert [(step.token, step.at) for step in found[:3]] == [
        ("reminder-259200", moment("2026-09-25T09:30:00+00:00")),
        ("reminder-86400", moment("2026-09-28T09:00:00+00:00")),
        ("reminder-14400", moment("2026-09-28T09:00:00+00:00")),
    ]
    # Due on Sunday: told in the last hour of Friday.
    sunday = moment("2026-09-27T12:00:00+00:00")
    late = escalation.steps(term(MONDAY, sunday), DEFAULTS[Precedence.PRIORITY], place())
    friday = moment("2026-09-25T16:00:00+00:00")
    assert [step.at for step in late[:3]] == [moment("2026-09-24T12:00:00+00:00"), friday, friday]
    # And when it has passed, on Monday morning; the deputy after four hours of work.
    assert [step.at for step in late[3:5]] == [
        moment("2026-09-28T09:00:00+00:00"),
        moment("2026-09-28T13:00:00+00:00"),
    ]


def test_a_plan_that_is_changed_does_not_go_back() -> None:
    here = place()
    one = term(MONDAY, MONDAY + 30 * DAY)
    denser = Plan((14 * DAY, 7 * DAY, DAY), 0, None, HOUR, any_hour=True)
    steps = escalation.steps(one, denser, here)
    now = one.due_at + 2 * HOUR
    assert escalation.turn(steps, ["reminder-86400"], now).step == steps[-1]
    assert escalation.turn(steps, [Rung.NEXT_CHANNEL.value], now).step is None
    assert escalation.turn(steps, [Rung.HEAD.value], now).step == steps[-1]


@pytest.mark.parametrize(
    "plan",
    [
        Plan((DAY, 2 * DAY), HOUR, None, None, any_hour=False),
        Plan((DAY, DAY), HOUR, None, None, any_hour=False),
        Plan((), 2 * HOUR, HOUR, None, any_hour=False),
        Plan((), None, 2 * HOUR, HOUR, any_hour=False),
    ],
)
def test_a_plan_out_of_turn_is_refused(plan: Plan) -> None:
    with pytest.raises(ParleyError) as caught:
        escalation.check(plan)
    assert caught.value.reason.value == "plan-invalid"


def test_the_defaults_are_in_turn() -> None:
    for plan in DEFAULTS.values():
        escalation.check(plan)


# --- who is told ---------------------------------------------------------------------------------

HERE = Place(b"c" * 32, b"m" * 16, frozenset(), "inquiry")


def officer(name: str, role: Role = Role.DRAFTER, *delegates: str) -> Standing:
    matter = frozenset({HERE.case or b""})
    recusals = tuple(Recusal(1, None, matter, False, delegate) for delegate in delegates)
    return Standing(name, frozenset({role}), (), recusals)


ANNA, BORIS, CLARA = officer("anna"), officer("boris"), officer("clara", Role.AUTHORISER)
DUTY, AUDIT = officer("dana", Role.DUTY_OFFICER), officer("audit", Role.AUDITOR)
ALL = {one.name: one for one in (ANNA, BORIS, CLARA, DUTY, AUDIT)}
STAFFED = Office({Post.HOLDER: ("anna",), Post.DEPUTY: ("boris",), Post.HEAD: ("clara",)})
EMPTY = Office({})


def test_each_rung_tells_those_of_the_one_below() -> None:
    following = Office({Post.HOLDER: ("dana",), Post.HEAD: ("audit",)})
    found = [told(rung, STAFFED, following, ALL, HERE) for rung in Rung]
    assert found == [
        ("anna",),
        ("anna",),
        ("anna", "boris"),
        ("anna", "boris", "clara"),
        ("anna", "boris", "clara", "dana"),
    ]


def test_a_post_that_nobody_holds_goes_to_the_next_and_at_last_to_who_is_on_duty() -> None:
    headed = Office({Post.HOLDER: ("anna",), Post.HEAD: ("clara",)})
    assert told(Rung.DEPUTY, headed, EMPTY, ALL, HERE) == ("anna", "clara")
    only_head = Office({Post.HEAD: ("clara",)})
    assert told(Rung.REMINDER, only_head, EMPTY, ALL, HERE) == ("clara",)
    for rung in Rung:
        assert told(rung, EMPTY, EMPTY, ALL, HERE) == ("dana",)
        # The auditor sees no case, whatever post it is.
        assert told(rung, Office({Post.HOLDER: ("audit",)}), EMPTY, ALL, HERE) == ("dana",)


def test_the_recused_are_never_told_and_their_delegates_are() -> None:
    recused = officer("anna", Role.DRAFTER, "dana")
    for rung in Rung:
        found = told(rung, STAFFED, EMPTY, {**ALL, "anna": recused}, HERE)
        assert "anna" not in found
        assert "dana" in found
    circle = {**ALL, "anna": officer("anna", Role.DRAFTER, "boris")}
    circle["boris"] = officer("boris", Role.DRAFTER, "anna")
    assert stand_in("anna", circle, HERE) is None
    assert told(Rung.DUE, STAFFED, EMPTY, circle, HERE) == ("clara",)
    elsewhere = HERE._replace(case=b"o" * 16)
    assert stand_in("anna", circle, elsewhere) == "anna"
    assert stand_in("gone", circle, HERE) is None
