"""Reading: cases, their acts, and the proof of each."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import partial
from typing import Final, NamedTuple

from sqlalchemy import Connection

from parley.application import acts, house, register
from parley.application.acts import ActView, act_views
from parley.application.desk import Desk
from parley.application.dues import DueView, dues_of
from parley.application.house import Acting
from parley.application.places import Places
from parley.application.register import Registered
from parley.domain import access, folding
from parley.domain import case as folds
from parley.domain.act import Code
from parley.domain.case import Case
from parley.domain.causality import Horizon
from parley.domain.housekeeping import HouseAct
from parley.domain.roles import Duty
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record import body as bodies
from parley.record import replay
from parley.record.channel import Channel
from parley.store import case_lists, house_log, log, views
from parley.store.case_lists import ANY, Dated, Wanted
from parley.store.views import CaseRow

DIGITS = 4
"""So many digits of a case's identifier are enough to look for it."""

_HEXADECIMAL = frozenset("0123456789abcdef")

PAGE: Final = 50
"""Cases on a page of a list."""

_AT_ONCE: Final = 1000
"""So many rows are looked through at once for cases that an index outside of the database names."""


class Summary(NamedTuple):
    """A case in a list. ``subject`` is from the first act's body, by language.

    ``registered`` is what the house has of it.
    """

    channel: Channel
    row: CaseRow
    state: Case
    subject: dict[str, str]
    dues: tuple[DueView, ...]
    registered: Registered = register.NOTHING


class Related(NamedTuple):
    """A case that another is about, or that is about it, and the type of the act that opened it."""

    row: CaseRow
    state: Case
    subject: dict[str, str]
    type: str


class CaseView(NamedTuple):
    """A case, whole, with its acts in causal order.

    ``about`` is the case that its opener related it to, ``related`` are those that were related to
    it, the oldest first; only such as the officer may see.
    """

    summary: Summary
    acts: tuple[ActView, ...]
    about: Related | None
    related: tuple[Related, ...]


def are_seen(desk: Desk, officer: str) -> bool:
    """Whether a role of the officer's sees cases anywhere.

    :raises ParleyError: ``officer-unknown``.
    """
    with house.reading(desk, officer) as acting:
        try:
            access.require_somewhere(acting.officer, Duty.SEE_CASE)
        except ParleyError:
            return False
        return True


def summaries(desk: Desk, officer: str, channel: Channel | None = None) -> list[Summary]:
    """All cases of one channel or of all that the officer may see, the oldest first.

    :raises ParleyError: ``officer-unknown``; ``role-forbids`` where no role of the officer's sees
        cases anywhere.
    """
    with house.reading(desk, officer) as acting:
        access.require_somewhere(acting.officer, Duty.SEE_CASE)
        reader = _Reader(desk, acting)
        rows = views.cases(acting.connection, channel.id if channel else None)
        return [reader.summary(row) for row in rows if reader.places.sees(row)]


def page(
    desk: Desk,
    officer: str,
    channel: Channel | None = None,
    *,
    before: bytes | None = None,
    still_open: bool = False,
    kind: str | None = None,
    status: str | None = None,
    wanted: Wanted = ANY,
    among: Collection[tuple[bytes, bytes]] | None = None,
    count: int = PAGE,
) -> tuple[list[Summary], bool]:
    """The newest cases that the officer may see, the oldest first, and whether there are older.

    ``before``: those that are older than this case; ``kind``, ``status``, ``wanted``: only
    those; ``among``: only of these, by channel and case. How many cases there are makes little
    difference to the time that it takes: no more are read than are shown.

    :raises ParleyError: ``case-unknown``; as :func:`summaries`.
    """
    wanted = wanted._replace(
        channel=channel.id if channel else None,
        kind=kind,
        status=status,
        without=folds.ENDED if still_open else (),
    )
    at_once = count + 1 if among is None else _AT_ONCE
    with house.reading(desk, officer) as acting:
        access.require_somewhere(acting.officer, Duty.SEE_CASE)
        connection, reader = acting.connection, _Reader(desk, acting)
        last = None if before is None else case_lists.brief(connection, before)
        if before is not None and (last is None or not reader.places.sees(last)):
            raise ParleyError(Reason.CASE_UNKNOWN)
        found: list[Summary] = []
        hidden = reader.places.hidden
        while len(found) <= count:
            part = case_lists.briefs(connection, last, at_once, wanted, hidden=hidden)
            for one in part:
                key = (one.channel, one.case_id)
                if (among is not None and key not in among) or not reader.places.sees(one):
                    continue
                read = map(reader.summary, views.some_of(connection, [key]))
                # What the other side is known to have seen may have ended a case meanwhile.
                found += [one for one in read if not still_open or folds.is_open(one.state)]
                if len(found) > count:
                    break
            if len(part) < at_once:
                break
            last = part[-1]
        return found[:count][::-1], len(found) > count


def dated(
    desk: Desk, officer: str, wanted: Dated, skip: int, count: int
) -> tuple[list[tuple[bytes, bytes]], bool]:
    """Channel and case of those that may be about days of a time, by the first of their days.

    ``skip``: without so many of the first. Whether there are more is the second of the pair.

    :raises ParleyError: as :func:`summaries`.
    """
    with house.reading(desk, officer) as acting:
        access.require_somewhere(acting.officer, Duty.SEE_CASE)
        hidden = Places(acting.connection, acting.officer).hidden
        keys = case_lists.dated_page(acting.connection, wanted, hidden, skip, count + 1)
    return keys[:count], len(keys) > count


def some(desk: Desk, officer: str, keys: Sequence[tuple[bytes, bytes]]) -> list[Summary]:
    """The cases with these channels and identifiers, in that order, that the officer may see.

    :raises ParleyError: as :func:`summaries`.
    """
    with house.reading(desk, officer) as acting:
        access.require_somewhere(acting.officer, Duty.SEE_CASE)
        reader = _Reader(desk, acting)
        rows = views.some_of(acting.connection, keys)
        return [reader.summary(row) for row in rows if reader.places.sees(row)]


def find(desk: Desk, officer: str, prefix: str) -> tuple[Channel, bytes]:
    """The case whose identifier starts with ``prefix`` (hexadecimal, four digits or more).

    Or the one that has it as its number in the house's register, whole.

    A case that the officer may not see is not there, by the same queries.

    :raises ParleyError: ``case-unknown``, ``case-ambiguous``; as :func:`summaries`.
    """
    wanted = prefix.lower().replace("-", "")
    if len(wanted) < DIGITS or any(digit not in _HEXADECIMAL for digit in wanted):
        wanted = ""
    with house.reading(desk, officer) as acting:
        connection = acting.connection
        access.require_somewhere(acting.officer, Duty.SEE_CASE)
        places = Places(connection, acting.officer)
        rows = views.with_prefix(connection, wanted) if wanted else []
        numbered = register.numbered(desk, connection, prefix)
        rows += [row for row in numbered if row not in rows]
        matching = [row for row in rows if places.sees(row)]
        if not matching:
            for row in rows[:1]:
                acting.at(places.of_case(row))
            raise ParleyError(Reason.CASE_UNKNOWN)
        if len(matching) > 1:
            raise ParleyError(Reason.CASE_AMBIGUOUS, count=len(matching))
        return desk.channel(connection, matching[0].channel), matching[0].case_id


def show(
    desk: Desk, channel: Channel, case: bytes, officer: str, *, whole: bool = True
) -> CaseView:
    """A case with all its acts; the peer's statements count as opened by the officer.

    Without ``whole``, with as much text as a page has room for.

    That the officer read it stands in the house record, once for each state of the case.

    :raises ParleyError: ``case-unknown``, ``officer-unknown``, ``role-forbids``.
    """
    with house.reading(desk, officer) as acting:
        row = _readable(acting, channel, case)
        known = house_log.last_read(acting.connection, officer, case) == row.acts
    if not known:
        _open(desk, channel, case, officer)
    return glance(desk, officer, channel, case, whole=whole)


def glance(
    desk: Desk, officer: str, channel: Channel, case: bytes, *, whole: bool = True
) -> CaseView:
    """A case with all its acts, for a register of many: none of them counts as opened by that.

    :raises ParleyError: ``case-unknown``, ``officer-unknown``, ``role-forbids``.
    """
    with house.reading(desk, officer) as acting:
        connection = acting.connection
        row = _readable(acting, channel, case)
        reader = _Reader(desk, acting)
        places, summary = reader.places, reader.summary(row)
        entries = {e.leaf: e for e in log.in_case(connection, channel.id, case)}
        ordered = [entries[known.id] for known in summary.state.acts]
        about = summary.state.about
        linked = [] if about is None else [views.case(connection, channel.id, about)]
        return CaseView(
            summary,
            tuple(
                act_views(
                    desk,
                    connection,
                    places,
                    channel,
                    ordered,
                    lambda _entry: summary.state,
                    whole=whole,
                )
            ),
            next((_related(desk, connection, places, one) for one in linked if one), None),
            tuple(
                _related(desk, connection, places, one)
                for one in views.cases_about(connection, channel.id, case)
                if places.sees(one)
            ),
        )


def following(
    desk: Desk, officer: str, channel: Channel, case: bytes | None, type_: str
) -> Mapping[str, Code]:
    """The codes that follow from a case for an act of ``type_``.

    None where it opens a case, or where the case is not there for the officer.

    :raises ParleyError: ``officer-unknown``.
    """
    if case is None:
        return {}
    with house.reading(desk, officer) as acting:
        row = views.case(acting.connection, channel.id, case)
        places = Places(acting.connection, acting.officer)
        if row is None or not places.sees(row):
            return {}
        state = folds.shown(replay.case_of(row), partial(places.shows, channel.id))
        return folds.fill(state, type_)


def _readable(acting: Acting, channel: Channel, case: bytes) -> CaseRow:
    """The row of a case that the officer may read.

    :raises ParleyError: ``case-unknown``, ``role-forbids``.
    """
    access.require_somewhere(acting.officer, Duty.READ_CONTENT)
    row = views.case(acting.connection, channel.id, case)
    places = Places(acting.connection, acting.officer)
    acting.at(places.at(channel.id, case, row.kind if row else None, None))
    if row is None or not places.sees(row):
        raise ParleyError(Reason.CASE_UNKNOWN)
    access.require(acting.officer, Duty.READ_CONTENT, acting.place)
    return row


def _open(desk: Desk, channel: Channel, case: bytes, officer: str) -> None:
    now = desk.clock()
    with house.acting(desk, officer, channel.id) as acting:
        row = _readable(acting, channel, case)
        entries = log.in_case(acting.connection, channel.id, case)
        acts.note_opened(acting.connection, channel, entries, officer, now)
        acting.note(HouseAct.CASE_READ, number=row.acts)


class _Reader:
    """Reads cases for one officer; what their channels have in common is read once."""

    def __init__(self, desk: Desk, acting: Acting) -> None:
        self._desk = desk
        self._connection = acting.connection
        self.places = Places(acting.connection, acting.officer)
        self._channels: dict[bytes, tuple[Channel, Horizon]] = {}

    def summary(self, row: CaseRow) -> Summary:
        """A case as the officer may see it: no other case in it that is not there for them."""
        connection = self._connection
        known = self._channels.get(row.channel)
        if known is None:
            channel = self._desk.channel(connection, row.channel)
            known = channel, replay.horizon(connection, channel)
            self._channels[row.channel] = known
        channel, horizon = known
        state = folding.cover(replay.case_of(row), horizon)
        state = folds.shown(state, partial(self.places.shows, channel.id))
        return Summary(
            channel,
            row,
            state,
            subject_of(self._desk, connection, self.places, row),
            dues_of(connection, channel, state),
            register.of(self._desk, connection, channel.id, row.case_id),
        )


def _related(desk: Desk, connection: Connection, places: Places, row: CaseRow) -> Related:
    state = folds.shown(replay.case_of(row), partial(places.shows, row.channel))
    said = sorted(state.acts, key=lambda entry: entry.void is not None)
    subject = subject_of(desk, connection, places, row)
    return Related(row, state, subject, said[0].type)


def subject_of(desk: Desk, connection: Connection, places: Places, row: CaseRow) -> dict[str, str]:
    """What a case is about, by language, from its first text; nothing for who may not read it."""
    if not places.may(Duty.READ_CONTENT, places.of_case(row)):
        return {}
    first = log.first_in_case(connection, row.channel, row.case_id)
    sealed = log.body(connection, row.channel, first.position) if first else None
    if first is None or sealed is None:
        return {}
    values = bodies.read(desk.vault.open(sealed.slot, sealed.sealed, first.leaf)).values
    return {
        path.removeprefix("subject@"): value
        for path, value in values.items()
        if path.startswith("subject@") and "/" not in path and isinstance(value, str)
    }
