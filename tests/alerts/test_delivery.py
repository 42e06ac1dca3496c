"""Alerts through a real SMTP server and a real webhook: none lost, none doubled beyond the wish."""

from __future__ import annotations

import contextlib
import json
import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import pytest

from parley.application import alert_watch, alerts, recusals
from parley.application.alerting import FORBIDDEN, Occasion, lower_alert, raise_alert
from parley.application.desk import Desk
from parley.application.recusals import Matter
from parley.domain.act import Precedence
from parley.domain.alerts import REPETITIONS, AlertKind
from parley.node import desk as desks_
from parley.node.alert_config import SMTP
from parley.store import alerts as rows
from parley.store.alerts import AlertRow
from parley.store.database import Database
from parley.store.roster import ShiftRow, add_shift
from parley.wire.alert_command import Command, Program
from parley.wire.alert_mail import Mail, MailServer
from parley.wire.alert_webhook import Hook, Webhook
from parley.wire.alerter import Alerter, Routes
from tests.alerts.receivers import Hooked, MailBox
from tests.desk.test_house import released
from tests.support.pair import PASSPHRASE, Pair, inquiry

HOUR = 3600
MAIL, HOOK = ("mail", SMTP), ("webhook", "pager")


@dataclass
class Counted:
    """What came of tellings, as the node counts it."""

    outcomes: list[str] = field(default_factory=list)

    def told(self, outcome: str) -> None:
        self.outcomes.append(outcome)


def routes_to(box: MailBox, hook: Hooked) -> Routes:
    server = MailServer("127.0.0.1", box.port, "none", "desk@example.org")
    return Routes({MAIL: Mail(server), HOOK: Webhook(Hook(hook.url, b"shared"))})


def set_up(desk: Desk, officer: str = "otto", *, floor: int = 0) -> None:
    ways = frozenset({MAIL, HOOK})
    alerts.add_route(desk, officer, MAIL, f"{officer}@example.org", floor, ways)
    alerts.add_route(desk, officer, HOOK, officer, floor, ways)


def alert(
    desks: Pair, key: str, *officers: str, precedence: int = 2, case: bytes | None = None
) -> None:
    desk = desks.left
    where = None if case is None else desks.channel_id
    occasion = Occasion(
        key, AlertKind.DEADLINE_NEAR, where, case, precedence, officers, desk.clock()
    )
    with desk.database.write() as unit:
        raise_alert(unit, occasion)


def every(desk: Desk) -> list[AlertRow]:
    with desk.database.read() as unit:
        return [
            row
            for name in ("otto", "ada", "dora")
            for row in rows.of_officer(unit, name, every=True)
        ]


@contextlib.contextmanager
def opened_twice(desks: Pair) -> Iterator[Desk]:
    """The left desk as another process has it."""
    folder = desks.folders[0]
    with desks_.opened(folder, PASSPHRASE, clock=desks.clock) as desk:
        yield desk


def test_an_hour_without_receivers_loses_nothing_and_doubles_nothing(desks: Pair) -> None:
    desk, clock = desks.left, desks.clock
    set_up(desk)
    box, hook = MailBox(), Hooked()
    alerter = Alerter(desk, routes_to(box, hook), Counted())
    alert(desks, "urgent", "otto", precedence=Precedence.IMMEDIATE)
    alert(desks, "plain", "otto", precedence=Precedence.ROUTINE)
    began = clock.now
    told: dict[str, list[tuple[str, int]]] = {"mail": [], "hook": []}

    def note() -> None:
        for way, names in (("mail", box.names()), ("hook", hook.names())):
            told[way] += [(name, clock.now) for name in names[len(told[way]) :]]

    while clock.now < began + HOUR:
        alerter.work()
        clock.now += 301
    assert not box.taken
    assert not hook.taken
    with box.running(), hook.running():
        while clock.now < began + 3 * HOUR:
            alerter.work()
            note()
            clock.now += 150
    identifiers = {row.key: row.id.hex() for row in every(desk) if row.officer == "otto"}
    for way in told.values():
        names = [name for name, _at in way]
        assert len(set(names)) == len(names)
        for key, precedence in (("urgent", Precedence.IMMEDIATE), ("plain", Precedence.ROUTINE)):
            repetition = REPETITIONS[precedence]
            times = [at for name, at in way if name.startswith(identifiers[key])]
            assert times, "lost"
            assert times[0] <= began + HOUR + 700
            assert all(b - a >= repetition.every for a, b in pairwise(times))
            expected = (began + 3 * HOUR - times[0]) // repetition.every + 1
            assert abs(len(times) - min(expected, repetition.most)) <= 1


def test_it_ends_when_it_was_told_as_often_as_wished_or_somebody_acknowledges(desks: Pair) -> None:
    desk, clock = desks.left, desks.clock
    set_up(desk)
    set_up(desk, "ada")
    repetitions = {
        one: repetition._replace(every=60, most=3, passes_on=10**8)
        for one, repetition in REPETITIONS.items()
    }
    box, hook = MailBox(), Hooked()
    with box.running(), hook.running():
        routes = routes_to(box, hook)._replace(repetitions=repetitions)
        alerter = Alerter(desk, routes, Counted())
        alert(desks, "often", "otto")
        for _ in range(8):
            alerter.work()
            clock.now += 61
        assert [name.rpartition(".")[2] for name in hook.names()] == ["1", "2", "3"]
        hook.taken.clear()
        alert(desks, "seen", "otto", "ada")
        alerter.work()
        (seen,) = [view.row for view in alerts.every(desk, "ada")]
        assert alerts.acknowledge(desk, "ada", [seen.id.hex()[:6]]) == [seen]
        for _ in range(5):
            clock.now += 61
            alerter.work()
        assert len(hook.taken) == 2
    ended = {(row.officer, row.ended, row.ended_by) for row in every(desk) if row.key == "seen"}
    assert ended == {("otto", "acknowledged", "ada"), ("ada", "acknowledged", "ada")}


def test_what_nobody_acknowledges_goes_to_the_next_on_duty(desks: Pair) -> None:
    desk, clock = desks.left, desks.clock
    with desk.database.write() as unit:
        for rank, officer in enumerate(("otto", "ada", "dora"), 1):
            add_shift(
                unit, ShiftRow(rank, b"", officer, rank, clock.now, clock.now + 100 * HOUR, "ada")
            )
    desks.append(desks.right, inquiry(desks.channel(desks.right), b"c" * 16))
    desks.settle()
    alert_watch.watch(desk)
    alerter = Alerter(desk, Routes({}), Counted())
    patience = REPETITIONS[Precedence.PRIORITY].passes_on
    told = []
    for _ in range(5):
        told.append([row.officer for row in every(desk)])
        clock.now += patience
        alerter.work()
    assert told[0] == ["otto"]
    assert told[1] == ["otto", "ada"]
    assert told[2] == ["otto", "ada", "dora"]
    assert told[4] == told[3]


def test_whoever_is_recused_meanwhile_gets_nothing_and_the_next_does(desks: Pair) -> None:
    desk = desks.left
    case = released(desks).case
    for officer in ("otto", "ada"):
        set_up(desk, officer)
    with desk.database.write() as unit:
        for rank, officer in enumerate(("otto", "ada"), 1):
            at = desk.clock()
            add_shift(unit, ShiftRow(rank, b"", officer, rank, at, at + 10 * HOUR, "ada"))
    alert(desks, "closed", "otto", case=case)
    recusals.declare(desk, "otto", Matter(None, ((desks.channel(desk), case),)), "ada")
    box, hook = MailBox(), Hooked()
    with box.running(), hook.running():
        alerter = Alerter(desk, routes_to(box, hook), Counted())
        alerter.work()
        alerter.work()
    assert box.recipients == ["ada@example.org"]
    assert [json.loads(body)["to"] for _headers, body in hook.taken] == ["ada"]
    (row,) = [row for row in every(desk) if row.officer == "otto"]
    assert row.ended == FORBIDDEN
    assert alerts.every(desk, "otto", closed=True) == []


def test_what_is_over_is_not_told_when_the_receivers_are_back(desks: Pair) -> None:
    set_up(desks.left)
    alert(desks, "brief", "otto")
    box, hook = MailBox(), Hooked()
    alerter = Alerter(desks.left, routes_to(box, hook), Counted())
    alerter.work()
    with desks.left.database.write() as unit:
        lower_alert(unit, "brief", desks.clock())
    desks.clock.now += HOUR
    with box.running(), hook.running():
        assert alerter.work() == 0
    assert not box.taken


@pytest.mark.engines
def test_two_processes_tell_each_alert_once(desks: Pair) -> None:
    set_up(desks.left)
    for number in range(12):
        alert(desks, f"one/{number}", "otto")
    box, hook = MailBox(), Hooked()
    with box.running(), hook.running(), opened_twice(desks) as other:
        routes = routes_to(box, hook)
        alerters = [Alerter(desk, routes, Counted()) for desk in (desks.left, other)]
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda alerter: alerter.work(), alerters))
    for names in (box.names(), hook.names()):
        assert len(names) == 12
        assert len(set(names)) == 12


def test_what_an_alert_says_holds_nothing_of_the_case(desks: Pair) -> None:
    desk = desks.left
    set_up(desk)
    desks.append(desks.right, inquiry(desks.channel(desks.right), b"c" * 16))
    desks.settle()
    box, hook = MailBox(), Hooked()
    said = {}
    with box.running(), hook.running():
        for language in ("en", "ru", "ar"):
            alerts.change_settings(desk, "otto", language=language, zone="Asia/Riyadh")
            alerter = Alerter(desk, routes_to(box, hook), Counted())
            alerter.work()
            text = box.taken[-1].get_payload(decode=True).decode()
            said[language] = text
            for hidden in ("Unusual traffic", "Right", "RIGHT", (b"c" * 16).hex(), "inquiry"):
                assert hidden not in text
                assert hidden not in str(box.taken[-1])
                assert hidden not in hook.taken[-1][1].decode()
            (row,) = [view.row for view in alerts.every(desk, "otto")]
            assert row.id.hex() in text
            assert row.deadline is not None
            desks.clock.now += REPETITIONS[Precedence.PRIORITY].every
        alerts.change_settings(desk, "otto", language="en", parties=True)
        Alerter(desk, routes_to(box, hook), Counted()).work()
        assert "CSIRT Right" in box.taken[-1].get_payload(decode=True).decode()
    assert "a statement has been received" in said["en"]
    assert "заявление" in said["ru"]
    assert "بيان" in said["ar"]


def test_quiet_hours_hold_back_what_is_not_urgent_also_when_it_is_late(desks: Pair) -> None:
    desk, clock = desks.left, desks.clock
    set_up(desk)
    box, hook = MailBox(), Hooked()
    alerter = Alerter(desk, routes_to(box, hook), Counted())
    alert(desks, "plain", "otto", precedence=Precedence.PRIORITY)
    alert(desks, "urgent", "otto", precedence=Precedence.FLASH)
    alerter.work()
    # The clock of these tests begins at 14:13 UTC.
    alerts.change_settings(desk, "otto", quiet="14:00-15:30")
    clock.now += 20 * 60
    with box.running(), hook.running():
        alerter.work()
        urgent = [json.loads(body)["precedence"] for _headers, body in hook.taken]
        assert set(urgent) == {"flash"}
        clock.now += 58 * 60
        alerter.work()
        assert "priority" in {json.loads(body)["precedence"] for _headers, body in hook.taken}


def _kill_at(count: int, *, committed: bool) -> None:
    """Have this process end, as by kill -9, at its ``count``-th write, before or after it."""
    plain = Database.write
    seen = 0

    @contextlib.contextmanager
    def write(self: Database, *channels: bytes) -> Iterator[object]:
        nonlocal seen
        seen += 1
        mine = seen
        with plain(self, *channels) as connection:
            yield connection
            if mine == count and not committed:
                os.kill(os.getpid(), signal.SIGKILL)
        if mine == count and committed:
            os.kill(os.getpid(), signal.SIGKILL)

    Database.write = write  # type: ignore[method-assign,assignment]


def bell(file: Path) -> Routes:
    script = f"cat >> {file}; echo >> {file}"
    return Routes({("command", "bell"): Command(Program(("/bin/sh", "-c", script)))})


@pytest.mark.engines
@pytest.mark.parametrize("committed", [False, True], ids=["before", "after"])
def test_kill_9_at_each_write_loses_nothing(desks: Pair, committed: bool, tmp_path: Path) -> None:
    desk = desks.left
    ways = frozenset({("command", "bell")})
    alerts.add_route(desk, "otto", ("command", "bell"), "", 0, ways)
    file = tmp_path / "told"
    desks.append(desks.right, inquiry(desks.channel(desks.right), b"c" * 16))
    desks.settle()
    killed = 0
    for count in range(1, 12):
        desk.database.close()
        child = os.fork()
        if child == 0:
            with opened_twice(desks) as own:
                _kill_at(count, committed=committed)
                Alerter(own, bell(file), Counted()).work()
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status):
            break
        killed += 1
        desks.clock.now += 200
    assert killed >= 2
    desks.clock.now += 200
    Alerter(desk, bell(file), Counted()).work()
    lines = [json.loads(line) for line in file.read_text().splitlines() if line]
    (view,) = alerts.every(desk, "otto")
    rounds = [line["telling"] for line in lines]
    # What was killed between telling and writing that down is told again under the same name.
    assert set(rounds) == {f"{view.row.id.hex()}.1.1"}
    assert len(rounds) <= 2
    assert view.tellings[0].told == 1
