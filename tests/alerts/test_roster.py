"""Who is on duty, and duty handed over: offered, taken, with what the taker may see."""

from __future__ import annotations

import pytest

from parley.application import alert_watch, alerts, house_record, officers, recusals, roster
from parley.application.recusals import Matter
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.store.house_log import Sought
from tests.support.pair import Pair, inquiry

HOUR = 3600


def refused(act: object) -> Reason:
    with pytest.raises(ParleyError) as caught:
        act()  # type: ignore[operator]
    return caught.value.reason


@pytest.mark.engines
def test_duty_is_handed_over_with_what_is_open(desks: Pair) -> None:
    desk, now = desks.left, desks.clock()
    officers.add(desk, "nora", ["duty-officer"])
    for case in (b"c" * 16, b"d" * 16):
        desks.append(desks.right, inquiry(desks.channel(desks.right), case))
    desks.settle()
    now = desks.clock()
    roster.plan(desk, "ada", "otto", now, now + 8 * HOUR)
    alert_watch.watch(desk)
    assert [view.row.officer for view in alerts.every(desk, "otto")] == ["otto", "otto"]
    assert alerts.every(desk, "nora") == []
    recusals.declare(desk, "nora", Matter(None, ((desks.channel(desk), b"d" * 16),)), "otto")
    given = roster.hand_over(desk, "otto", "nora", "The other side promised an answer.")
    assert [row.officer for row in roster.shifts(desk, "dora", now, now + 1)] == ["otto"]
    assert b"promised" not in given.sealed
    assert refused(lambda: roster.take_over(desk, "otto", given.number)) is Reason.HANDOVER_UNKNOWN
    assert refused(lambda: roster.read(desk, "dora", given.number)) is Reason.HANDOVER_UNKNOWN
    desks.clock.now += 60
    taken = roster.take_over(desk, "nora", given.number)
    assert taken.note == "The other side promised an answer."
    assert {one.case for one in taken.alerts} == {b"c" * 16}
    assert {one.case for one in taken.dues} == {b"c" * 16}
    whole = roster.read(desk, "otto", given.number)
    assert {one.case for one in whole.dues} == {b"c" * 16, b"d" * 16}
    assert {view.row.case_id for view in alerts.every(desk, "nora")} == {b"c" * 16}
    later = desks.clock()
    (shift,) = roster.shifts(desk, "dora", later, later + 1)
    assert (shift.officer, shift.ends_at) == ("nora", now + 8 * HOUR)
    assert refused(lambda: roster.take_over(desk, "nora", given.number)) is Reason.HANDOVER_UNKNOWN
    page = house_record.read(desk, "audit", Sought(), 0)
    kept = [(one.entry.act, one.entry.officer, one.entry.about) for one in page.entries]
    assert ("shift-planned", "ada", "otto") in kept
    assert ("duty-handed-over", "otto", "nora") in kept
    assert ("duty-taken-over", "nora", "otto") in kept


def test_who_may_plan_and_who_may_be_on_duty(desks: Pair) -> None:
    desk, now = desks.left, desks.clock()
    assert refused(lambda: roster.plan(desk, "dora", "otto", now, now + 1)) is Reason.ROLE_FORBIDS
    unfit = Reason.OFFICER_UNFIT_FOR_DUTY
    assert refused(lambda: roster.plan(desk, "ada", "dora", now, now + 1)) is unfit
    assert refused(lambda: roster.plan(desk, "ada", "nobody", now, now + 1)) is unfit
    for start, end in ((now, now), (now, now - 1), (now, now + roster.YEAR + 1)):
        wrong = refused(lambda s=start, e=end: roster.plan(desk, "ada", "otto", s, e))
        assert wrong is Reason.SHIFT_TIMES_INVALID
    row = roster.plan(desk, "ada", "otto", now, now + HOUR, rank=2)
    assert refused(lambda: roster.hand_over(desk, "otto", "otto", "x")) is unfit
    assert refused(lambda: roster.hand_over(desk, "otto", "dora", "x")) is unfit
    roster.remove(desk, "ada", row.number)
    assert refused(lambda: roster.remove(desk, "ada", row.number)) is Reason.SHIFT_UNKNOWN
    assert refused(lambda: roster.hand_over(desk, "otto", "otto", "x")) is Reason.NOT_ON_DUTY
