"""The watch over deadlines: each reminder and each escalation is raised once, whatever happens.

A step is marked in the transaction that raises it, under the lock of its channel: a desk that is
killed has done both or neither, and several processes over one database take turns. What came due
while the desk was off is told once for each deadline: its latest step, for all before it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Final, NamedTuple

from sqlalchemy import Connection

from parley.application import alerting, deadlines, house, offices
from parley.application.alerting import Occasion
from parley.application.desk import Desk
from parley.application.house import Acting
from parley.application.offices import Watching
from parley.application.places import Places
from parley.domain import clocks, escalation, posts
from parley.domain.access import Standing
from parley.domain.act import Precedence
from parley.domain.alerts import AlertKind
from parley.domain.escalation import Rung, Step, Term, Turn
from parley.domain.housekeeping import HouseAct
from parley.domain.shape import ClockKind
from parley.store import deadlines as rows
from parley.store import house as house_rows
from parley.store.deadlines import DeadlineRow, RaisedRow

_KINDS: Final[Mapping[Rung, AlertKind]] = {
    Rung.REMINDER: AlertKind.DEADLINE_NEAR,
    Rung.DUE: AlertKind.DEADLINE_PASSED,
    Rung.DEPUTY: AlertKind.ESCALATED,
    Rung.HEAD: AlertKind.ESCALATED,
    Rung.NEXT_CHANNEL: AlertKind.ESCALATED,
}


class Ticked(NamedTuple):
    """What one look brought: what was raised now, and when to look again, if anything waits."""

    raised: tuple[RaisedRow, ...]
    next_at: int | None


def tick(desk: Desk, going: Callable[[], bool] = lambda: True) -> Ticked:
    """Raise every step whose time has come; it stops between two parts where ``going`` says no.

    The desk itself does it: whose turn it is follows from the house's offices and the access rule.
    """
    deadlines.catch_up(desk, going)
    raised: list[RaisedRow] = []
    while True:
        now = desk.clock()
        with desk.database.read() as connection:
            waiting = rows.to_wake(connection, now)
            next_at = rows.next_wake(connection)
        if not waiting or not going():
            return Ticked(tuple(raised), next_at)
        for channel in waiting:
            with house.acting(desk, None, channel) as acting:
                raised += _Round(desk, acting, now).take(channel)


def _lower(connection: Connection, raised: Collection[RaisedRow], now: int) -> None:
    for row in raised:
        alerting.lower_alert(connection, row.key, now)


class _Round:
    """The deadlines of one channel whose time has come, in one transaction."""

    def __init__(self, desk: Desk, acting: Acting, now: int) -> None:
        self._desk = desk
        self._acting = acting
        self._connection = acting.connection
        self._now = now
        self._watching: Watching = offices.watching(self._connection)
        self._standings = in_service(self._connection)
        self._places = places_of_all(self._connection, self._standings)

    def take(self, channel: bytes) -> list[RaisedRow]:
        """Raise what is due, and note when to look again."""
        # Another process may have been quicker: only what still waits is taken.
        waiting = rows.waking(self._connection, channel, self._now)
        known = rows.raised(self._connection, channel, {row.case_id for row in waiting})
        raised: list[RaisedRow] = []
        asleep: list[DeadlineRow] = []
        for row in waiting:
            before = known.get(row.term, [])
            turn = turn_of(row, self._watching, [one.token for one in before], self._now)
            if turn.step is not None:
                _lower(self._connection, before, self._now)
                raised.append(self._raise(row, turn.step, len(turn.passed)))
            asleep.append(row._replace(wake_at=turn.next_at))
        rows.add_raised(self._connection, raised)
        rows.sleep(self._connection, asleep)
        return raised

    def _raise(self, row: DeadlineRow, step: Step, passed: int) -> RaisedRow:
        place = self._places.at(row.channel, row.case_id, row.case_kind, None)
        office = self._watching.office(row.office)
        following = self._watching.office(office.following)
        told = posts.told(step.rung, office, following, self._standings, place)
        occasion = Occasion(
            key=step.key,
            occasion=_KINDS[step.rung],
            channel=row.channel,
            case=row.case_id,
            precedence=row.precedence,
            officers=told,
            at=self._now,
            deadline=row.due_at,
        )
        alerting.raise_alert(self._connection, occasion)
        if _KINDS[step.rung] is AlertKind.ESCALATED:
            self._acting.at(place)
            for name in told:
                self._acting.note(
                    HouseAct.DEADLINE_ESCALATED, about=name, facts=(step.rung.value, row.kind)
                )
        return RaisedRow(
            key=step.key,
            channel=row.channel,
            case_id=row.case_id,
            term=row.term,
            token=step.token,
            at=self._now,
            due_at=row.due_at,
            passed=passed,
            officers=" ".join(told),
        )


def turn_of(row: DeadlineRow, watching: Watching, raised: Collection[str], now: int) -> Turn:
    """What is to be done about a deadline now, where the steps ``raised`` were."""
    term = Term(
        key=row.term,
        began_at=row.began_at,
        due_at=row.due_at,
        reminded=bool(row.ours),
        ends=ClockKind(row.kind) in clocks.ENDING,
    )
    plan = watching.plans[Precedence(row.precedence)]
    return escalation.turn(escalation.steps(term, plan, watching.calendar(row.office)), raised, now)


def in_service(connection: Connection) -> dict[str, Standing]:
    """All officers in service, by name."""
    return {
        row.name: house.standing(connection, row.name)
        for row in house_rows.officers(connection)
        if row.active
    }


def places_of_all(connection: Connection, standings: Mapping[str, Standing]) -> Places:
    """Places with what cases are about, if anybody's recusal follows that."""
    recusals = tuple(one for standing in standings.values() for one in standing.recusals)
    return Places(connection, Standing("", frozenset(), (), recusals))
