"""What belongs to the channel as a whole: genesis, notices of void acts and of non-delivery."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from sqlalchemy import Connection

from parley.domain import channel as standing
from parley.domain.act import ActType
from parley.domain.channel import Judged, Opening, Terms
from parley.domain.codes import integer
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record import acts
from parley.record import letter as letters
from parley.record.channel import Channel
from parley.record.statement import Statement
from parley.store import log, views
from parley.store.log import Entry
from parley.store.views import StandingRow

TRANSMISSION_LIMIT_SECONDS = 72 * 3600
"""Our own offer: within how long a statement should be receipted."""


def expected_terms(channel: Channel) -> Terms:
    """The terms to which the members' letters lead.

    :raises ParleyError: ``suite-unsupported``.
    """
    offers = [letter.text for letter in channel.letters]
    return Terms(
        version=_best([letters.PROTOCOL], *(offer.protocols for offer in offers)),
        suite=_best([letters.SUITE], *(offer.suites for offer in offers)),
        members=tuple(letter.party.hex() for letter in channel.letters),
        letters=tuple(letter.digest.hex() for letter in channel.letters),
        transmission_limit=TRANSMISSION_LIMIT_SECONDS,
    )


def _best(*offers: Sequence[int]) -> int:
    """The greatest number in all of ``offers``, the first of which is what this release knows."""
    common = set.intersection(*map(set, offers))
    if not common:
        raise ParleyError(Reason.SUITE_UNSUPPORTED)
    return max(common)


VoidReason = Callable[[Entry], str | None]
"""Tells why a statement of a case is void, or that it is not."""


class Kept:
    """What stands in the channel, as the record and its views have it: for one judgement more."""

    def __init__(self, connection: Connection, channel: Channel, void_reason: VoidReason) -> None:
        self._connection = connection
        self._channel = channel
        self._void_reason = void_reason

    def act(self, id_: bytes) -> Judged | None:
        """An act of the channel; none where it has not been judged yet."""
        entry = log.by_leaf(self._connection, self._channel.id, id_)
        if entry is None:
            return None
        if entry.case_id != self._channel.standing_case:
            return standing.judged(acts.of_entry(entry), self._void_reason(entry))
        row = views.standing_act(self._connection, self._channel.id, entry.author, entry.seq)
        return standing.judged(acts.of_entry(entry), row.void) if row is not None else None

    def told(self, author: int, of: bytes) -> bool:
        """Whether a notice of ``author`` stands that tells of an act."""
        rows = views.standing_about(self._connection, self._channel.id, author, of)
        return any(row.type == ActType.VOID_NOTICE and row.void is None for row in rows)

    def openings(self, author: int) -> list[tuple[int, Judged]]:
        """The epochs that ``author`` has opened, by number."""
        found: list[tuple[int, Judged]] = []
        for row in views.standing_of_type(self._connection, self._channel.id, ActType.KEYS):
            if row.author == author:
                act = acts.of_entry(_entry(self._connection, row))
                found.append((integer(act, "epoch"), standing.judged(act, None)))
        return sorted(found, key=lambda opening: opening[0])


def take(
    connection: Connection,
    channel: Channel,
    appended: Iterable[tuple[Entry, Statement]],
    void_reason: VoidReason,
) -> None:
    """Judge acts that were just appended and stand in no case, in the order of our log.

    What one costs does not rise with how many there are: the peer decides how many come.
    """
    before, expected = Kept(connection, channel, void_reason), expected_terms(channel)
    for entry, parsed in appended:
        act = acts.of_statement(parsed, entry.author, entry.verdict)
        void = standing.judge(act, before, expected)
        row = StandingRow(channel.id, act.author, act.seq, act.type, void, act.reference)
        views.save_standing(connection, [row])


def opening(connection: Connection, channel: Channel, void_reason: VoidReason) -> Opening:
    """The channel as its own acts make it, folded anew from the record alone."""

    def lookup(leaf: bytes) -> Judged | None:
        entry = log.by_leaf(connection, channel.id, leaf)
        if entry is None or entry.case_id == channel.standing_case:
            return None
        return standing.judged(acts.of_entry(entry), void_reason(entry))

    entries = log.in_case(connection, channel.id, channel.standing_case)
    return standing.fold(
        (acts.of_entry(entry) for entry in entries), lookup, expected_terms(channel)
    )


def rebuilt(connection: Connection, channel: Channel, void_reason: VoidReason) -> list[StandingRow]:
    """The view of :func:`take` as the record alone gives it; nothing is written."""
    rows = [
        StandingRow(channel.id, act.author, act.seq, act.type, act.void, act.reference)
        for act in opening(connection, channel, void_reason).acts
    ]
    return sorted(rows, key=lambda row: (row.author, row.seq))


def terms(connection: Connection, channel: Channel) -> Terms | None:
    """The terms that all members have stated, or none as long as one has not."""
    rows = views.standing_of_type(connection, channel.id, ActType.GENESIS)
    stated = {row.author: standing.terms_of(acts.of_entry(_entry(connection, row))) for row in rows}
    return standing.common(stated, 2)


def genesis_fault(connection: Connection, channel: Channel) -> Reason | None:
    """Why a member's genesis does not fit the letters, where one does not."""
    row = views.first_void_of_type(connection, channel.id, ActType.GENESIS)
    return Reason(row.void) if row is not None and row.void is not None else None


def disowned(connection: Connection, channel: Channel) -> frozenset[bytes]:
    """The leaves that members have stated not to be their own."""
    return frozenset(
        leaf
        for entry in disowning(connection, channel)
        for leaf in standing.leaves_named(acts.of_entry(entry))
    )


def disowning(connection: Connection, channel: Channel) -> list[Entry]:
    """The statements, not void, by which members disown others, in the order of our log."""
    rows = views.standing_of_type(connection, channel.id, ActType.NOT_US)
    entries = [_entry(connection, row) for row in rows]
    return sorted(entries, key=lambda entry: entry.position)


def _entry(connection: Connection, row: StandingRow) -> Entry:
    return log.by_author(connection, row.channel, row.author, row.seq, 1)[0]
