"""The watcher: finds, after the fact, of what officers are to be told.

It reads the record and the house from where its cursors stand, in transactions of its own, so that
taking a statement in waits for none of it. Several processes may watch: whoever holds the lock
reads on from where the last one stopped, and the same occasion has the same key for all.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Final

from sqlalchemy import Connection

from parley.application import alert_drafts
from parley.application.alert_recipients import recipients
from parley.application.alerting import Learners, Occasion, lower_alert
from parley.application.desk import Desk
from parley.application.dues import dues_of
from parley.domain import alerts as rules
from parley.domain import folding
from parley.domain.act import ActType, Precedence
from parley.domain.alerts import AlertKind
from parley.domain.case import Case
from parley.domain.housekeeping import HouseAct
from parley.domain.shape import ClockKind, Scope
from parley.record import replay
from parley.record import statement as statements
from parley.record.channel import Channel
from parley.record.statement import ActHeader
from parley.store import alerts as rows
from parley.store import channels as channel_rows
from parley.store import house_log, log, proofs, views
from parley.store.channels import ChannelRow
from parley.store.log import Entry

LOCK: Final = sha256(b"parley/alerts/watch").digest()
"""In the place of a channel: who holds it watches."""

_PART: Final = 200
"""So many statements are read in one transaction."""

_SLACK: Final = 300
"""Seconds: what is found by its time is looked at again that long, as clocks are set and others'
transactions take their time. Keys see to it that nothing is told twice."""

_BACK: Final = 1000
"""So many statements are read again where our log's end is another than it was."""

_STATEMENTS: Final = "statements"
_DRAFTS: Final = "drafts"
_EVIDENCE: Final = "evidence"
_HOUSE: Final = "house"
_STATE: Final = "state"
_SET_BACK: Final = "set-back"
_BEGINNING: Final = (0, "")


def step(desk: Desk) -> bool:
    """Raise some of what has come up since the last time; whether there was anything.

    What it takes to find out happens in a snapshot, and only what was found is written under the
    lock: nobody who writes waits for the rest.
    """
    with desk.database.read() as connection:
        if not _behind(connection):
            return False
        found = _Look(desk, connection)
        found.run()
    with desk.database.write(LOCK) as unit:
        found.write(unit)
    return True


def watch(desk: Desk) -> None:
    """Raise all that has come up since the last time."""
    while step(desk):
        pass


def watch_time(desk: Desk) -> None:
    """Raise what has come up by nothing but time: communication checks that are due."""
    with desk.database.read() as connection:
        found = _Look(desk, connection)
        for row in views.cases_of_kind(connection, Scope.CONTACTS.value):
            found.check_due(row.channel, row.case_id, replay.case_of(row))
    if found.has_news:
        with desk.database.write(LOCK) as unit:
            found.write(unit)


def _behind(connection: Connection) -> bool:
    """Whether there is anything that was not looked at."""
    seen = rows.cursors(connection)

    def at(source: str, channel: bytes = rows.HOUSE) -> tuple[int, str]:
        return seen.get((source, channel), (0, ""))

    if any(at(_STATEMENTS, one)[0] != size for one, size in log.sizes(connection).items()):
        return True
    head = house_log.head(connection)
    if at(_HOUSE)[0] != (head.size if head else 0):
        return True
    if at(_EVIDENCE)[0] != proofs.evidence_count(connection):
        return True
    every = channel_rows.every(connection)
    return any(at(_STATE, row.id)[1] != _state(row) for row in every)


def _state(row: ChannelRow) -> str:
    return f"{row.state}|{row.reason or ''}"


class _Look:
    """One look at everything, in one snapshot: what is to be raised, ended and remembered."""

    def __init__(self, desk: Desk, connection: Connection) -> None:
        self._desk = desk
        self._connection = connection
        self._learners = Learners(connection)
        self._now = desk.clock()
        self._cursors = rows.cursors(connection)
        self._moved: dict[tuple[str, bytes], tuple[int, str]] = {}
        self._occasions: list[Occasion] = []
        self._over: list[str] = []
        self._is_partial = False

    @property
    def has_news(self) -> bool:
        """Whether there is anything to write."""
        return bool(self._occasions or self._over or self._moved)

    def write(self, unit: Connection) -> None:
        """Write what was found, unless somebody else has read on from the same place."""
        now = rows.cursors(unit)
        if any(now.get(at, _BEGINNING) != self._cursors.get(at, _BEGINNING) for at in self._moved):
            return
        for key in self._over:
            lower_alert(unit, key, self._now)
        learners = Learners(unit)
        for occasion in self._occasions:
            learners.raise_alert(occasion)
        for (source, channel), (position, mark) in self._moved.items():
            rows.move(unit, source, position, channel, mark)

    def run(self) -> None:
        """Look at all sources, each from where its cursor stands."""
        set_back = self._house_record()
        for channel, row in self._desk.channels(self._connection):
            self._statements(channel)
            set_back = self._standing(row) or set_back
        if set_back:
            count, _ = self._cursor(_SET_BACK)
            self._move(_SET_BACK, count + 1)
            self._raise(AlertKind.DESK_SET_BACK, f"set-back/{count + 1}", None, None)
        if not self._is_partial:
            self._drafts()
        self._evidence()

    # --- statements --------------------------------------------------------------------------

    def _statements(self, channel: Channel) -> None:
        connection = self._connection
        size = log.sizes(connection)[channel.id]
        first, mark = self._cursor(_STATEMENTS, channel.id)
        if not self._still(channel, first, size, mark):
            first = max(0, min(first, size) - _BACK)
        entries = list(log.in_order(connection, channel.id, first, first + _PART))
        latest: dict[tuple[bytes, AlertKind], tuple[Entry, ActHeader]] = {}
        for entry in entries:
            act = statements.parse(entry.data).act
            if entry.case_id == channel.standing_case:
                self._notice(channel, entry, act)
            elif entry.author == channel.peer_index:
                self._received(channel, entry, act, latest)
        for (case, kind), (entry, act) in latest.items():
            if not rows.stands(connection, case, kind.value, act.precedence):
                self._tell_of(channel, entry, act, kind)
        self._is_partial |= first + len(entries) < size
        end = entries[-1].leaf.hex() if entries else mark if size else ""
        self._move(_STATEMENTS, min(size, first + len(entries)), channel.id, end)

    def _still(self, channel: Channel, first: int, size: int, mark: str) -> bool:
        """Whether our log is still the one that was read up to ``first``."""
        if first == 0:
            return True
        if first > size:
            return False
        (last,) = log.in_order(self._connection, channel.id, first - 1, first)
        return last.leaf.hex() == mark

    def _received(
        self,
        channel: Channel,
        entry: Entry,
        act: ActHeader,
        latest: dict[tuple[bytes, AlertKind], tuple[Entry, ActHeader]],
    ) -> None:
        """A statement of the other side.

        What is immediate or flash is told each for itself, the rest once for a case, until somebody
        has acknowledged that.
        """
        kind = AlertKind.STATEMENT_RECEIVED
        if act.type == ActType.REFUSAL:
            kind = AlertKind.REFUSAL_RECEIVED
        if act.precedence >= Precedence.IMMEDIATE:
            self._tell_of(channel, entry, act, kind)
            return
        known = latest.get((entry.case_id, kind))
        if known is None or known[1].precedence <= act.precedence:
            latest[entry.case_id, kind] = (entry, act)

    def _tell_of(self, channel: Channel, entry: Entry, act: ActHeader, kind: AlertKind) -> None:
        row = views.case(self._connection, channel.id, entry.case_id)
        deadline: int | None = None
        if row is not None:
            state = folding.cover(replay.case_of(row), replay.horizon(self._connection, channel))
            found = state.find(entry.leaf)
            if found is not None and found.void is not None:
                # The notice that our desk has sent about it is told instead.
                return
            deadline = self._deadline(channel, state, entry.leaf)
        key = f"received/{channel.id.hex()[:16]}/{entry.leaf.hex()}"
        self._raise(
            kind,
            key,
            channel.id,
            entry.case_id,
            precedence=act.precedence,
            deadline=deadline,
            offices=act.to_offices,
        )

    def _deadline(self, channel: Channel, state: Case, leaf: bytes) -> int | None:
        """When the first thing is due from us that a statement asks for."""
        times = [
            at
            for view in dues_of(self._connection, channel, state)
            if view.obligation.owner == channel.own_index and view.obligation.since == leaf
            for at in view.due
            if at is not None
        ]
        return min(times) if times else None

    def _notice(self, channel: Channel, entry: Entry, act: ActHeader) -> None:
        """What a desk says by itself: that an act is void, that one was not receipted in time."""
        own = entry.author == channel.own_index
        if act.type == ActType.VOID_NOTICE:
            kind = AlertKind.PEER_ACT_VOID if own else AlertKind.OWN_ACT_VOID
        elif act.type == ActType.NON_DELIVERY and own:
            kind = AlertKind.NOT_DELIVERED
        else:
            return
        target = (
            None
            if act.reference is None
            else log.by_leaf(self._connection, channel.id, act.reference)
        )
        in_case = target is not None and target.case_id != channel.standing_case
        case = target.case_id if target is not None and in_case else None
        key = f"notice/{channel.id.hex()[:16]}/{entry.leaf.hex()}"
        self._raise(kind, key, channel.id, case)

    # --- the house ---------------------------------------------------------------------------

    def _house_record(self) -> bool:
        """Whether the house record has been set back since."""
        first, _ = self._cursor(_HOUSE)
        head = house_log.head(self._connection)
        size = head.size if head else 0
        if size == first:
            return False
        times = house_log.times_of(self._connection, HouseAct.LOG_SET_BACK.value, min(first, size))
        self._move(_HOUSE, size)
        return bool(times) or size < first

    def _drafts(self) -> None:
        _, mark = self._cursor(_DRAFTS)
        since = int(mark or 0) - _SLACK
        occasions, over = alert_drafts.look(
            self._desk, self._connection, self._learners, since, self._now
        )
        self._occasions += occasions
        self._over += over
        self._move(_DRAFTS, 0, mark=str(self._now))

    # --- trouble -----------------------------------------------------------------------------

    def _standing(self, row: ChannelRow) -> bool:
        """What a channel's state says; whether our own record was found to be set back."""
        count, mark = self._cursor(_STATE, row.id)
        if mark == _state(row):
            return False
        self._move(_STATE, count + 1, row.id, _state(row))
        prefix = f"channel/{row.id.hex()[:16]}/"
        for old in rows.open_with_prefix(self._connection, prefix):
            self._over.append(old.key)
        if row.state == "halted":
            self._raise(AlertKind.CHANNEL_HALTED, f"{prefix}{count + 1}", row.id, None)
        elif row.state == "recovering":
            self._raise(AlertKind.CHANNEL_READ_ONLY, f"{prefix}{count + 1}", row.id, None)
            return not mark.startswith("recovering")
        return False

    def _evidence(self) -> None:
        _, mark = self._cursor(_EVIDENCE)
        for channel, digest, _at in proofs.evidence_since(
            self._connection, int(mark or 0) - _SLACK
        ):
            self._raise(AlertKind.EVIDENCE_KEPT, f"evidence/{digest.hex()}", channel, None)
        count = proofs.evidence_count(self._connection)
        self._move(_EVIDENCE, count, mark=str(self._now))

    def check_due(self, channel_id: bytes, case: bytes, state: Case) -> None:
        """Raise that we are to check a directory; end what was said of earlier checks."""
        channel = self._desk.channel(self._connection, channel_id)
        covered = folding.cover(state, replay.horizon(self._connection, channel))
        prefix, current = f"check/{case.hex()}/", set()
        for view in dues_of(self._connection, channel, covered):
            ours = view.obligation.owner == channel.own_index
            times = [at for at in view.due if at is not None]
            if view.obligation.kind == ClockKind.CHECK and ours and times:
                key = prefix + view.obligation.since.hex()[:16]
                current.add(key)
                if min(times) <= self._now:
                    due = min(times)
                    self._raise(AlertKind.CHECK_DUE, key, channel_id, case, deadline=due)
        for old in rows.open_with_prefix(self._connection, prefix):
            if old.key not in current:
                self._over.append(old.key)

    # -----------------------------------------------------------------------------------------

    def _raise(
        self,
        kind: AlertKind,
        key: str,
        channel: bytes | None,
        case: bytes | None,
        *,
        precedence: int | None = None,
        deadline: int | None = None,
        offices: tuple[bytes, ...] = (),
    ) -> None:
        if rows.of_key(self._connection, key):
            # Told already: to whom it was given since is another matter.
            return
        told = recipients(self._connection, self._learners, kind, channel, case, self._now, offices)
        urgency = rules.URGENCY[kind] if precedence is None else precedence
        self._occasions.append(
            Occasion(key, kind, channel, case, int(urgency), told, self._now, deadline)
        )

    def _cursor(self, source: str, channel: bytes = rows.HOUSE) -> tuple[int, str]:
        return self._cursors.get((source, channel), _BEGINNING)

    def _move(
        self, source: str, position: int, channel: bytes = rows.HOUSE, mark: str = ""
    ) -> None:
        self._moved[source, channel] = (position, mark)
