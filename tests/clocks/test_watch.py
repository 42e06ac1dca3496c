"""Reminders and escalations on real desks: each once, and to whom it should go."""

from __future__ import annotations

import secrets

import msgspec
import pytest

from parley.application import (
    audit,
    deadlines,
    drafts,
    escalating,
    house_record,
    officers,
    offices,
    recusals,
    today,
    watch,
)
from parley.application.desk import Desk
from parley.application.recusals import Matter
from parley.domain.act import Precedence
from parley.domain.calendar import SpecialDay, Timetable
from parley.domain.escalation import Rung
from parley.domain.posts import Post
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.store import alerts, log, tables
from parley.store import deadlines as rows
from parley.store.deadlines import NEVER, RaisedRow
from parley.store.house_log import Sought
from tests.support.pair import START, Pair, inquiry

HOUR, DAY = 3600, 86_400
BOTH = pytest.mark.engines


def asked(desks: Pair, *, precedence: int = 0, delivered: bool = True) -> bytes:
    """A case in which the right desk owes an answer to the left."""
    case = secrets.token_bytes(16)
    content = inquiry(desks.channel(desks.left), case)._replace(precedence=precedence)
    desks.append(desks.left, content)
    if delivered:
        desks.settle()
    return case


def office(desk: Desk) -> bytes:
    return desk.letter.text.offices[0].id


def staffed(desk: Desk) -> None:
    for post, name in ((Post.HOLDER, "dora"), (Post.DEPUTY, "lena"), (Post.HEAD, "ada")):
        offices.put(desk, office(desk), post, name, by=None)


def at(desks: Pair, desk: Desk, seconds: int) -> list[RaisedRow]:
    """What one look raises so many seconds after the start, of acknowledgements alone."""
    desks.clock.now = START + seconds
    return [row for row in watch.tick(desk).raised if "/acknowledge/" in row.term]


def told(raised: list[RaisedRow]) -> list[tuple[str, str]]:
    return [(row.token, row.officers) for row in raised]


@BOTH
def test_a_deadline_goes_up_the_house_one_step_at_a_time(desks: Pair) -> None:
    staffed(desks.right)
    asked(desks)
    seen = [told(at(desks, desks.right, hours * HOUR)) for hours in (1, 19, 21, 25, 33, 49, 65, 90)]
    assert seen == [
        [],
        [],
        [("reminder-14400", "dora")],
        [("due", "dora")],
        [("deputy", "dora lena")],
        [("head", "ada dora lena")],
        [("next-channel", "ada dora lena")],
        [],
    ]
    with desks.right.database.read() as connection:
        known = alerts.of_officer(connection, "ada", every=True)
    assert {row.occasion for row in known} == {"escalated"}


def test_what_is_done_has_no_alert_whoever_looks_first(desks: Pair) -> None:
    staffed(desks.right)
    case = asked(desks)
    (raised,) = at(desks, desks.right, 21 * HOUR)
    drafts.acknowledge(desks.right, "otto", desks.channel(desks.right), case)
    # A reader of the list brings it up to date before the watch does.
    today.waiting(desks.right, "dora")
    with desks.right.database.read() as connection:
        (alert,) = alerts.of_key(connection, raised.key)
    assert alert.ended == "over"
    assert at(desks, desks.right, 26 * HOUR) == []


@BOTH
def test_a_desk_that_was_off_for_a_week_tells_the_latest_step_once(desks: Pair) -> None:
    staffed(desks.right)
    asked(desks)
    assert at(desks, desks.right, 0) == []
    first = at(desks, desks.right, 7 * DAY)
    assert told(first) == [("next-channel", "ada dora lena")]
    # The reminder, the deadline itself, the deputy and the head went by.
    assert first[0].passed == 4
    assert at(desks, desks.right, 7 * DAY) == []
    assert at(desks, desks.right, 8 * DAY) == []


def test_what_the_others_owe_us_is_told_when_it_is_late(desks: Pair) -> None:
    staffed(desks.left)
    asked(desks)
    assert at(desks, desks.left, 23 * HOUR) == []
    assert told(at(desks, desks.left, 25 * HOUR)) == [("due", "dora")]


def test_what_is_met_wakes_nobody_and_ends_its_alerts(desks: Pair) -> None:
    staffed(desks.right)
    case = asked(desks)
    assert told(at(desks, desks.right, 21 * HOUR)) == [("reminder-14400", "dora")]
    assert open_alerts(desks.right, "dora")
    drafts.acknowledge(desks.right, "otto", desks.channel(desks.right), case)
    desks.settle()
    assert at(desks, desks.right, 7 * DAY) == []
    assert not [one for one in open_alerts(desks.right, "dora") if "/acknowledge/" in one]


def open_alerts(desk: Desk, officer: str) -> list[str]:
    with desk.database.read() as connection:
        a = tables.alerts.c
        found = connection.execute(
            tables.alerts.select().where(a.officer == officer, a.ended_at.is_(None))
        )
        return [row.key for row in found]


def test_a_case_that_was_withdrawn_wakes_nobody(desks: Pair) -> None:
    staffed(desks.right)
    case = asked(desks)
    channel = desks.channel(desks.left)
    with desks.left.database.read() as connection:
        opener = log.in_case(connection, channel.id, case)[0].leaf
    content = inquiry(channel, case)._replace(
        type="withdrawal", reference=opener, codes={}, values={}, reply_wanted=None
    )
    desks.append(desks.left, content)
    desks.settle()
    desks.clock.now = START + 90 * DAY
    assert watch.tick(desks.right).raised == ()
    assert watch.tick(desks.left).raised == ()


def test_the_recused_officer_is_not_told_but_the_delegate(desks: Pair) -> None:
    staffed(desks.right)
    case = asked(desks)
    matter = Matter(None, ((desks.channel(desks.right), case),))
    recusals.declare(desks.right, "dora", matter, "otto")
    assert told(at(desks, desks.right, 21 * HOUR)) == [("reminder-14400", "otto")]
    assert told(at(desks, desks.right, 33 * HOUR)) == [("deputy", "lena otto")]
    assert not open_alerts(desks.right, "dora")
    assert today.waiting(desks.right, "dora").waiting == []
    assert len(today.waiting(desks.right, "otto").waiting) == 3


def test_the_duty_officer_escalates_by_hand(desks: Pair) -> None:
    """At once and at any hour, to those whom the deadline would wake; no deadline moves."""
    right = desks.right
    staffed(right)
    case = asked(desks)
    channel = desks.channel(right)
    before = today.waiting(right, "otto").waiting
    assert escalating.escalate(right, "otto", channel, case, Rung.DEPUTY) == ("dora", "lena")
    assert escalating.escalate(right, "otto", channel, case, Rung.HEAD) == ("ada", "dora", "lena")
    assert [key.split("/")[0] for key in open_alerts(right, "ada")] == ["by-hand"]
    assert today.waiting(right, "otto").waiting == before
    with pytest.raises(ParleyError) as caught:
        escalating.escalate(right, "dora", channel, case, Rung.HEAD)
    assert caught.value.reason is Reason.ROLE_FORBIDS
    page = house_record.read(right, "audit", Sought(act="case-escalated"), 0)
    kept = [(one.entry.officer, one.entry.about, one.entry.facts) for one in page.entries]
    assert sorted(kept) == [
        ("otto", "ada", ("head",)),
        *(("otto", name, (to,)) for name in ("dora", "lena") for to in ("deputy", "head")),
    ]


def test_what_is_escalated_reaches_no_recused_officer(desks: Pair) -> None:
    right = desks.right
    staffed(right)
    case = asked(desks)
    channel = desks.channel(right)
    recusals.declare(right, "ada", Matter(None, ((channel, case),)), "dora")
    assert escalating.escalate(right, "otto", channel, case, Rung.HEAD) == ("dora", "lena")
    assert not open_alerts(right, "ada")
    # To one who keeps out, it is not there to be escalated either.
    officers.add(right, "ada", ["duty-officer"])
    for named in (case, bytes(16)):
        with pytest.raises(ParleyError) as caught:
            escalating.escalate(right, "ada", channel, named, Rung.DEPUTY)
        assert caught.value.reason is Reason.CASE_UNKNOWN
    for name in ("dora", "lena"):
        officers.retire(right, name)
    with pytest.raises(ParleyError) as caught:
        escalating.escalate(right, "otto", channel, case, Rung.HEAD)
    assert caught.value.reason is Reason.NOBODY_TO_TELL


def test_nobody_is_told_who_may_not_see_the_case(desks: Pair) -> None:
    offices.put(desks.right, office(desks.right), Post.HOLDER, "audit", by=None)
    offices.put(desks.right, office(desks.right), Post.HEAD, "lena", by=None)
    asked(desks)
    # Nobody who holds the office may see it: the next post is told.
    assert told(at(desks, desks.right, 21 * HOUR)) == [("reminder-14400", "lena")]
    officers.retire(desks.right, "lena")
    # And where nobody is left, whoever is on duty.
    assert told(at(desks, desks.right, 25 * HOUR)) == [("due", "otto")]


def test_routine_waits_for_the_morning_and_flash_does_not(desks: Pair) -> None:
    # The start is a Monday, 14:13 UTC: 17:13 in Riyadh, where work has ended at 16:00.
    week = (((8 * 60, 16 * 60),),) * 5 + ((), ())
    offices.set_timetable(desks.right, office(desks.right), Timetable("Asia/Riyadh", week), by=None)
    staffed(desks.right)
    asked(desks)
    # Four hours before Tuesday 17:13 it is 13:13, in working hours.
    assert told(at(desks, desks.right, 20 * HOUR + 60)) == [("reminder-14400", "dora")]
    # The deadline passes on Tuesday at 17:13: told on Wednesday at 8:00.
    assert at(desks, desks.right, 38 * HOUR) == []
    assert told(at(desks, desks.right, 39 * HOUR)) == [("due", "dora")]
    urgent = asked(desks, precedence=3)
    found = at(desks, desks.right, 39 * HOUR + 50 * 60)
    assert told([row for row in found if row.case_id == urgent]) == [("reminder-900", "dora")]


def test_a_holiday_does_not_move_the_deadline_and_is_shown(desks: Pair) -> None:
    asked(desks)
    deadline = START + DAY
    special = (SpecialDay(deadline // DAY, (), "Day of the Archive"),)
    offices.add_days(desks.right, office(desks.right), special, by=None)
    (first, *_rest) = [
        one for one in today.waiting(desks.right, "dora").waiting if one.row.kind == "acknowledge"
    ]
    assert first.row.due_at == deadline == first.row.since_receipt
    assert first.closed is not None
    assert first.closed.day == "Day of the Archive"
    assert first.closed.opens_at == (deadline // DAY + 1) * DAY


def test_what_was_never_receipted_runs_by_the_other_clock(desks: Pair) -> None:
    asked(desks, delivered=False)
    (one,) = {row.row.clock for row in today.waiting(desks.left, "dora").waiting}
    assert one == ""
    assert {row.row.due_at for row in today.waiting(desks.left, "dora").waiting} == {NEVER}
    desks.clock.now += HOUR
    desks.settle()
    found = today.waiting(desks.left, "dora").waiting
    assert {row.row.clock for row in found} == {"receipt"}
    assert all(row.row.since_transmission is not None for row in found)


def test_whoever_keeps_receipts_back_and_speaks_stops_no_clock(desks: Pair) -> None:
    case = asked(desks)

    def due(*, kept_back: bool = True) -> tuple[str, int]:
        with desks.left.database.write(desks.channel_id) as connection:
            if kept_back:
                connection.execute(tables.receipts.delete())
            connection.execute(tables.clock_cursors.delete())
        (found,) = {
            (one.row.clock, one.row.due_at)
            for one in today.waiting(desks.left, "dora").waiting
            if (one.row.case_id, one.row.kind) == (case, "acknowledge")
        }
        with desks.left.database.read() as connection:
            assert deadlines.faults(connection, desks.channel(desks.left)) == []
        return found

    assert due(kept_back=False) == ("receipt", START + DAY)
    assert due() == ("transmission", START + DAY)
    for _ in range(3):
        desks.clock.now += HOUR
        # Elsewhere, and first in a statement that has seen ours.
        desks.append(desks.right, inquiry(desks.channel(desks.right), secrets.token_bytes(16)))
        desks.settle()
    assert due() == ("receipt", START + HOUR + DAY)


def test_a_change_of_hours_wakes_nothing_for_which_no_clock_runs(desks: Pair) -> None:
    asked(desks, delivered=False)
    assert watch.tick(desks.left).raised == ()
    offices.set_timetable(desks.left, office(desks.left), Timetable("Asia/Kathmandu"), by=None)
    offices.set_plan(desks.left, Precedence.ROUTINE, None, by=None)
    desks.clock.now += 90 * DAY
    assert watch.tick(desks.left) == ((), None)


def test_a_date_at_the_end_of_days_stops_nobody_elses_reminders(desks: Pair) -> None:
    # The last second of the year 9999, UTC: in Kathmandu it is the year 10000 already.
    announced = 253_402_300_799
    staffed(desks.left)
    offices.set_timetable(desks.left, office(desks.left), Timetable("Asia/Kathmandu"), by=None)
    case = asked(desks)
    channel = desks.channel(desks.right)
    with desks.right.database.read() as connection:
        opener = log.in_case(connection, channel.id, case)[0].leaf
    holding = inquiry(channel, case)._replace(
        type="holding-answer",
        reference=opener,
        reply_wanted=None,
        codes={"next-step": announced},
        values={"next-step@en": "It takes time."},
    )
    desks.append(desks.right, holding)
    desks.settle()
    asked(desks)
    assert told(at(desks, desks.left, 25 * HOUR))[-1] == ("due", "dora")
    found = today.waiting(desks.left, "dora", count=100).waiting
    assert max(one.row.due_at for one in found) == announced


def test_the_view_is_what_the_record_gives(desks: Pair) -> None:
    made = [asked(desks) for _ in range(3)]
    before = deadlines.listed(desks.right, "dora").rows
    assert {row.case_id for row in before} == set(made)
    assert audit.fsck(desks.right).faults == ()
    audit.rebuild(desks.right)
    assert deadlines.listed(desks.right, "dora").rows == before
    with desks.right.database.write(desks.channel_id) as connection:
        kept = rows.of_channel(connection, desks.channel_id)
        rows.sleep(connection, [kept[0]._replace(due_at=kept[0].due_at + 1)])
    (fault,) = audit.fsck(desks.right).faults
    assert (fault.place, fault.reason) == (
        f"deadlines[{kept[0].case_id.hex()}]",
        Reason.VIEW_DIFFERS,
    )


def test_only_an_administrator_settles_it_once_there_is_one(desks: Pair) -> None:
    desk, place = desks.right, office(desks.right)
    officers.add(desk, "root", ["administrator"])
    with pytest.raises(ParleyError) as caught:
        offices.put(desk, place, Post.HOLDER, "dora", by=None)
    assert caught.value.reason is Reason.OFFICER_NOT_NAMED
    with pytest.raises(ParleyError) as caught:
        offices.put(desk, place, Post.HOLDER, "dora", by="ada")
    assert caught.value.reason is Reason.ROLE_FORBIDS
    with pytest.raises(ParleyError) as caught:
        offices.put(desk, place, Post.HOLDER, "root", by="root")
    assert caught.value.reason is Reason.OWN_ROLES
    offices.put(desk, place, Post.HOLDER, "dora", by="root")
    with pytest.raises(ParleyError) as caught:
        offices.set_timetable(desk, place, Timetable("Nowhere/Land"), by="root")
    assert caught.value.reason is Reason.ZONE_UNKNOWN
    with desk.database.read() as connection:
        held = connection.execute(tables.house_log.select()).all()
    assert ("root", "post-given") in {(row.officer, row.act) for row in held}


def test_a_house_sets_its_own_plan(desks: Pair) -> None:
    plans = offices.plans(desks.right)
    plan = msgspec.structs.replace(plans[Precedence.PRIORITY], before=(2 * HOUR,), deputy=None)
    offices.set_plan(desks.right, Precedence.PRIORITY, plan, by=None)
    staffed(desks.right)
    asked(desks, precedence=1)
    seen = [told(at(desks, desks.right, hours * HOUR)) for hours in (21, 23, 25, 29, 33, 49)]
    assert [[token for token, _who in step] for step in seen] == [
        [],
        ["reminder-7200"],
        ["due"],
        [],
        ["head"],
        ["next-channel"],
    ]
