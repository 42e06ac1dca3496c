"""Raising alerts: once for each officer, for those alone who may learn of the occasion."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from parley.application import alerting, officers, recusals
from parley.application.alerting import Occasion, lower_alert, may_still_learn, raise_alert
from parley.application.recusals import Matter
from parley.domain import alerts as rules
from parley.domain.alerts import AlertKind, Quiet
from parley.store import alerts as rows
from parley.store.alerts import RouteRow, SettingsRow
from tests.desk.test_house import released
from tests.support.pair import Pair


def occasion(desks: Pair, case: bytes | None, *officers: str, precedence: int = 1) -> Occasion:
    return Occasion(
        "test/1",
        AlertKind.DEADLINE_NEAR,
        desks.channel_id,
        case,
        precedence,
        officers,
        desks.clock(),
        desks.clock() + 3600,
    )


@pytest.mark.engines
def test_an_alert_is_raised_once_for_each_officer_who_may_learn_of_it(desks: Pair) -> None:
    desk, case = desks.left, released(desks).case
    recusals.declare(desk, "otto", Matter(None, ((desks.channel(desk), case),)), "ada")
    raised = occasion(desks, case, "dora", "otto", "audit", "nobody", "ada")
    with desk.database.write() as unit:
        assert raise_alert(unit, raised) == ("dora", "ada")
        assert raise_alert(unit, raised) == ()
        assert raise_alert(unit, raised._replace(officers=("lena", "dora"))) == ("lena",)
    with desk.database.read() as unit:
        (row,) = rows.of_officer(unit, "dora")
        assert (row.occasion, row.case_id, row.deadline) == ("deadline-near", case, raised.deadline)
        assert not rows.of_officer(unit, "otto")
        assert not rows.of_officer(unit, "audit")


def test_what_the_caller_does_not_commit_was_not_raised(desks: Pair) -> None:
    raised = occasion(desks, None, "dora")

    def broken_off() -> None:
        with desks.left.database.write() as unit:
            assert raise_alert(unit, raised) == ("dora",)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        broken_off()
    with desks.left.database.read() as unit:
        assert not rows.of_officer(unit, "dora")


def test_whoever_is_recused_or_retired_since_learns_nothing_more(desks: Pair) -> None:
    desk, case = desks.left, released(desks).case
    with desk.database.write() as unit:
        assert raise_alert(unit, occasion(desks, case, "dora", "lena", "ada")) != ()
    recusals.declare(desk, "dora", Matter(None, ((desks.channel(desk), case),)), "ada")
    officers.retire(desk, "lena")
    with desk.database.read() as unit:
        learns = {row.officer: may_still_learn(unit, row) for row in rows.of_key(unit, "test/1")}
    assert learns == {"dora": False, "lena": False, "ada": True}


def test_what_is_over_is_told_no_more(desks: Pair) -> None:
    with desks.left.database.write() as unit:
        raise_alert(unit, occasion(desks, None, "dora", "ada"))
        assert lower_alert(unit, "test/1", desks.clock()) == 2
        assert lower_alert(unit, "test/1", desks.clock()) == 0
        (row,) = rows.of_officer(unit, "ada", every=True)
        assert (row.ended, row.ended_by) == (alerting.OVER, None)
        assert not rows.of_officer(unit, "ada")


def test_routes_tell_of_what_is_urgent_enough_and_after_quiet_hours(desks: Pair) -> None:
    desk = desks.left
    with desk.database.write() as unit:
        for number, floor in ((1, 0), (2, 2)):
            rows.add_route(unit, RouteRow(number, "dora", "command", "bell", "", floor, 0))
        rows.save_settings(unit, SettingsRow("dora", "en", "UTC", 14 * 60, 15 * 60, parties=False))
        raise_alert(unit, occasion(desks, None, "dora"))
        (row,) = rows.of_officer(unit, "dora")
        assert row.wakes_at > desks.clock()
        assert [(t.route, t.next_ms) for t in rows.tellings(unit, [row.id])] == [
            (1, row.wakes_at * 1000)
        ]
        urgent = occasion(desks, None, "dora", precedence=3)._replace(key="test/2")
        raise_alert(unit, urgent)
        (row,) = [row for row in rows.of_officer(unit, "dora") if row.key == "test/2"]
        assert row.wakes_at == desks.clock()
        assert [t.route for t in rows.tellings(unit, [row.id])] == [1, 2]


@pytest.mark.parametrize(
    ("hour", "woken"),
    [(21, None), (22, (2, 7)), (23, (2, 7)), (3, (1, 7)), (6, (1, 7)), (7, None), (12, None)],
)
def test_quiet_hours_over_midnight_end_in_the_morning(
    hour: int, woken: tuple[int, int] | None
) -> None:
    zone = ZoneInfo("Asia/Riyadh")
    quiet = Quiet(22 * 60, 7 * 60)
    at = int(dt.datetime(2026, 3, 1, hour, tzinfo=zone).timestamp())
    expected = at
    if woken is not None:
        expected = int(dt.datetime(2026, 3, woken[0], woken[1], tzinfo=zone).timestamp())
    assert rules.wakes_at(at, 1, quiet, zone) == expected
    assert rules.wakes_at(at, 2, quiet, zone) == at


def test_quiet_hours_in_the_night_in_which_clocks_go_forward() -> None:
    zone = ZoneInfo("Europe/Berlin")
    at = int(dt.datetime(2026, 3, 29, 1, 0, tzinfo=zone).timestamp())
    woken = rules.wakes_at(at, 0, Quiet(0, 2 * 60 + 30), zone)
    assert at < woken <= at + 2 * 3600
    again = int(dt.datetime(2026, 10, 25, 2, 15, tzinfo=zone).timestamp())
    assert again <= rules.wakes_at(again, 0, Quiet(0, 2 * 60 + 30), zone) <= again + 2 * 3600


def test_waiting_between_attempts_grows_to_a_bound() -> None:
    waits = [rules.backoff_ms(attempt, 1, 1.0) for attempt in range(1, 20)]
    assert waits == sorted(waits)
    assert waits[0] == 2000
    assert waits[-1] == 300_000
    assert rules.backoff_ms(50, 3, 0.0) == 30_000
