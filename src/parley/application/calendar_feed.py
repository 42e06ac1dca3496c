"""Calendar feeds: an officer's meetings and deadlines, for a calendar program that has a token.

A token is drawn once, shown once, and kept as SHA-256 alone. What a feed shows is what its officer
may see when it is asked for; one that was revoked, and one that never was, are told apart by
nobody.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterator
from enum import StrEnum
from hashlib import sha256
from typing import Final, NamedTuple

from parley.application import cases, deadlines, house
from parley.application.alert_outbox import settings_of
from parley.application.desk import Desk
from parley.application.house import Acting
from parley.application.places import Places
from parley.domain import access, dates
from parley.domain.case import Case
from parley.domain.housekeeping import HouseAct
from parley.domain.icalendar import Status
from parley.domain.kinds import meeting_reading as reading
from parley.domain.kinds.meeting_state import Meeting, Terms
from parley.domain.roles import Duty
from parley.domain.shape import Scope
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record import replay
from parley.store import calendar_tokens as rows
from parley.store import log, views
from parley.store.calendar_tokens import TokenRow
from parley.store.deadlines import NEVER, DeadlineRow
from parley.store.views import CaseRow

_TOKEN_BYTES: Final = 32
_AT_ONCE: Final = 200
_MOST: Final = 2000
"""So many deadlines stand in one feed, the earliest first."""


class EntryKind(StrEnum):
    """What an entry of a feed is."""

    MEETING = "meeting"
    DECLARED = "declared"
    OURS = "ours"
    THEIRS = "theirs"


class FeedEntry(NamedTuple):
    """One entry, without any prose; times are seconds since the epoch, UTC.

    ``what`` is the kind of a deadline. ``subject`` is what the case is about, by language, where
    the feed shows that and its officer may read it.
    """

    kind: EntryKind
    uid: str
    case: bytes
    what: str | None
    start: int
    end: int
    status: Status
    revised_at: int
    sequence: int
    subject: dict[str, str]


class Feed(NamedTuple):
    """An officer's feed as it stands now, and the language in which the officer reads."""

    officer: str
    language: str
    entries: tuple[FeedEntry, ...]


def make(desk: Desk, officer: str, *, subjects: bool) -> tuple[TokenRow, str]:
    """Make a feed; returns it, and its token, which nothing shows again.

    :raises ParleyError: ``officer-unknown``, ``role-forbids``.
    """
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    with house.acting(desk, officer) as acting:
        access.require_somewhere(acting.officer, Duty.BE_ALERTED)
        row = TokenRow(_digest(token), officer, subjects, desk.clock(), None)
        rows.add(acting.connection, row)
        acting.note(HouseAct.CALENDAR_FEED_MADE, digest=row.digest)
    return row, token


def every(desk: Desk, officer: str) -> list[TokenRow]:
    """An officer's feeds, revoked ones too.

    :raises ParleyError: ``officer-unknown``, ``role-forbids``.
    """
    with house.reading(desk, officer) as acting:
        access.require_somewhere(acting.officer, Duty.BE_ALERTED)
        return rows.of_officer(acting.connection, officer)


def revoke(desk: Desk, officer: str, prefix: str) -> TokenRow:
    """Revoke one of an officer's own feeds by the beginning of its name.

    :raises ParleyError: ``calendar-feed-unknown``, ``role-forbids``.
    """
    wanted = prefix.lower()
    with house.acting(desk, officer) as acting:
        access.require_somewhere(acting.officer, Duty.BE_ALERTED)
        found = [
            row
            for row in rows.of_officer(acting.connection, officer)
            if wanted and row.name.startswith(wanted) and row.revoked_at is None
        ]
        if len(found) != 1:
            raise ParleyError(Reason.CALENDAR_FEED_UNKNOWN)
        rows.revoke(acting.connection, found[0].digest, desk.clock())
        acting.note(HouseAct.CALENDAR_FEED_REVOKED, digest=found[0].digest)
        return found[0]


def by_token(desk: Desk, officer: str, token: str) -> Feed | None:
    """The feed that a token opens; none where it opens none, for whatever reason."""
    wanted = _digest(token)
    with desk.database.read() as connection:
        held = rows.of_officer(connection, officer)
    opened: TokenRow | None = None
    for row in held or [TokenRow(bytes(32), officer, subjects=False, made_at=0, revoked_at=0)]:
        same = hmac.compare_digest(row.digest, wanted)
        if same and row.revoked_at is None:
            opened = row
    if opened is None:
        return None
    try:
        return read(desk, opened.officer, subjects=opened.subjects)
    except ParleyError as error:
        if error.reason in {Reason.OFFICER_UNKNOWN, Reason.ROLE_FORBIDS}:
            return None
        raise


def read(desk: Desk, officer: str, *, subjects: bool) -> Feed:
    """An officer's meetings and deadlines as they stand now.

    :raises ParleyError: ``officer-unknown``; ``role-forbids`` where no role of the officer's sees
        cases anywhere.
    """
    due = list(_deadlines(desk, officer))
    with house.reading(desk, officer) as acting:
        access.require_somewhere(acting.officer, Duty.SEE_CASE)
        reader = _Reader(desk, acting, subjects=subjects)
        found = [*reader.meetings(), *reader.deadlines(due)]
        language = settings_of(acting.connection, officer).language
    return Feed(officer, language, tuple(sorted(found, key=lambda one: (one.start, one.uid))))


def _deadlines(desk: Desk, officer: str) -> Iterator[DeadlineRow]:
    """What is due in the cases that the officer may see, the earliest first."""
    last: DeadlineRow | None = None
    for _ in range(_MOST // _AT_ONCE):
        page = deadlines.listed(desk, officer, after=last, before=NEVER, count=_AT_ONCE)
        yield from page.rows
        if not page.more:
            return
        last = page.rows[-1]


def _digest(token: str) -> bytes:
    return sha256(token.encode("utf-8", "surrogatepass")).digest()


class _Reader:
    """Reads cases for one officer's feed, in one snapshot."""

    def __init__(self, desk: Desk, acting: Acting, *, subjects: bool) -> None:
        self._desk = desk
        self._connection = acting.connection
        self._places = Places(acting.connection, acting.officer)
        self._subjects = subjects
        self._suffix = f"@{desk.letter.party.hex()[:16]}.parley"

    def deadlines(self, due: list[DeadlineRow]) -> Iterator[FeedEntry]:
        """What is due, from whomever."""
        for one in due:
            row = views.case(self._connection, one.channel, one.case_id)
            # Asked again in this snapshot: whoever was recused since sees it no more.
            if row is None or not self._places.sees(row):
                continue
            owed = f"{one.kind}.{one.owner}.{one.since.hex()[:16]}"
            yield FeedEntry(
                EntryKind.OURS if one.ours else EntryKind.THEIRS,
                f"{one.case_id.hex()}.{owed}{self._suffix}",
                one.case_id,
                one.kind,
                one.due_at,
                one.due_at,
                Status.CONFIRMED,
                one.began_at,
                # Once there is a receipt, time counts from that: the event has moved once.
                int(one.clock == "receipt"),
                self._subject(row),
            )

    def meetings(self) -> Iterator[FeedEntry]:
        """The days that are proposed or agreed, and those that a side has declared."""
        for row in views.cases_of_kind(self._connection, Scope.MEETING.value):
            state = replay.case_of(row)
            if isinstance(state.substance, Meeting) and self._places.sees(row):
                yield from self._meeting(row, state, state.substance)

    def _meeting(self, row: CaseRow, state: Case, meeting: Meeting) -> Iterator[FeedEntry]:
        agreed = reading.scheduled(state, meeting)
        cancelled = reading.is_cancelled(meeting)
        for _member, terms in reading.live_terms(state, meeting):
            if terms.first_day is None or (agreed is not None and terms.id != agreed.id):
                continue
            status = Status.CONFIRMED if agreed is not None else Status.TENTATIVE
            if cancelled:
                status = Status.CANCELLED
            yield self._days(row, state, terms, EntryKind.MEETING, status)
        for side in meeting.sides:
            for one in side.declarations:
                held = Terms(one.id, one.seq, one.held, one.held)
                yield self._days(row, state, held, EntryKind.DECLARED, Status.CONFIRMED)

    def _days(
        self, row: CaseRow, state: Case, terms: Terms, kind: EntryKind, status: Status
    ) -> FeedEntry:
        first = terms.first_day or ""
        return FeedEntry(
            kind,
            f"{row.case_id.hex()}.{kind.value}.{terms.id.hex()[:16]}{self._suffix}",
            row.case_id,
            None,
            dates.start(first),
            dates.end(terms.last_day or first),
            status,
            self._revised_at(row),
            state.size,
            self._subject(row),
        )

    def _revised_at(self, row: CaseRow) -> int:
        """When the last act of a case was recorded here."""
        last = log.in_case(self._connection, row.channel, row.case_id, row.last_position - 1, 1)
        return last[0].recorded_at if last else row.opened_at

    def _subject(self, row: CaseRow) -> dict[str, str]:
        if not self._subjects:
            return {}
        return cases.subject_of(self._desk, self._connection, self._places, row)
