"""Folding the record into views: the same statements give the same cases on both desks."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Final, NamedTuple

import msgspec
from sqlalchemy import Connection

from parley.domain import case as cases
from parley.domain import channel as channel_acts
from parley.domain import folding
from parley.domain.case import Case
from parley.domain.causality import Horizon
from parley.domain.channel import Opening
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record import acts, standing, statement
from parley.record.channel import Channel
from parley.record.statement import Statement
from parley.store import log, views
from parley.store.log import Entry
from parley.store.views import CaseRow, StandingRow

# A view is nobody's but this desk's, and is rebuilt at will: its form need only be fast, and the
# same for the same state.
_ENCODER: Final = msgspec.msgpack.Encoder(order="deterministic")
_DECODER: Final = msgspec.msgpack.Decoder(Case)


class VoidAct(NamedTuple):
    """A statement that stands in the record without effect, and why."""

    leaf: bytes
    type: str
    reason: str


def horizon(connection: Connection, channel: Channel) -> Horizon:
    """What both members are known to have seen, from all their statements that we hold."""
    chains = log.chains(connection, channel.id)
    first, second = chains[0], chains[1]
    return ((first.count, first.seen), (second.seen, second.count))


def case_of(row: CaseRow) -> Case:
    """The case in a row of the view."""
    return _DECODER.decode(row.state)


class Replay:
    """Keeps the views of one channel up to date, inside the caller's transaction.

    It holds the states that it has folded there: nobody else changes them meanwhile.
    """

    def __init__(self, connection: Connection, channel: Channel) -> None:
        self._connection = connection
        self._channel = channel
        self._states: dict[bytes, Case] = {}

    def take(self, appended: Sequence[tuple[Entry, Statement]]) -> None:
        """Bring the views up to date with statements that were just appended, in log order."""
        groups: dict[bytes, list[tuple[Entry, Statement]]] = {}
        for item in appended:
            if item[0].case_id != self._channel.standing_case:
                groups.setdefault(item[0].case_id, []).append(item)
        kept = views.some_cases(self._connection, self._channel.id, groups)
        rows: list[CaseRow] = []
        for case, items in groups.items():
            row = kept.get(case)
            state = self._advanced(case, row, items)
            self._states[case] = state
            entries = [entry for entry, _statement in items]
            fresh = _row(self._channel, case, state, entries, items[0][1].act.precedence)
            if row is not None:
                fresh = fresh._replace(
                    opened_by=row.opened_by, opened_at=row.opened_at, precedence=row.precedence
                )
            rows.append(fresh)
        views.save_cases(self._connection, rows)
        alone = [item for item in appended if item[0].case_id == self._channel.standing_case]
        if alone:
            standing.take(self._connection, self._channel, alone, self._void_reason)

    def _advanced(
        self, case: bytes, row: CaseRow | None, items: Sequence[tuple[Entry, Statement]]
    ) -> Case:
        """The case's state one act further at a time; folded anew where acts cross."""
        state = self._states.get(case)
        if state is None:
            state = case_of(row) if row is not None else cases.empty(2)
        for entry, parsed in items:
            act = acts.of_statement(parsed, entry.author, entry.verdict)
            advanced = folding.advance(state, act)
            if advanced is None:
                entries = log.in_case(self._connection, self._channel.id, case)
                return folding.fold((acts.of_entry(entry) for entry in entries), 2)
            state = advanced
        return state

    def rebuild(self) -> None:
        """Drop the views and build them from the record alone."""
        rows = list(rebuilt(self._connection, self._channel))
        views.drop(self._connection, self._channel.id)
        views.save_cases(self._connection, rows)
        self._states.clear()
        views.save_standing(self._connection, self.standing_rows())

    def standing_rows(self) -> list[StandingRow]:
        """How the acts are judged that stand in no case, as the record gives it."""
        return standing.rebuilt(self._connection, self._channel, self._void_reason)

    def void_among(self, cases: Collection[bytes], author: int, first_seq: int) -> list[VoidAct]:
        """The void acts of ``author`` from ``first_seq`` on, in order.

        Whether an act is void follows from its own past, which stands complete in our log when
        the act does; so each is found once, when it is appended.
        """
        found: list[tuple[int, VoidAct]] = []
        for case in cases:
            if case == self._channel.standing_case:
                found.extend(self._standing_void(author, first_seq))
                continue
            found.extend(
                (act.seq, VoidAct(act.id, act.type, act.void))
                for act in self.state(case).void_acts
                if act.void is not None and act.author == author and act.seq >= first_seq
            )
        return [void for _seq, void in sorted(found)]

    def _standing_void(self, author: int, first_seq: int) -> Iterator[tuple[int, VoidAct]]:
        channel = self._channel.id
        for row in views.standing_void(self._connection, channel, author, first_seq):
            leaf = log.leaf_at(self._connection, channel, author, row.seq)
            if leaf is not None and row.void is not None:
                yield row.seq, VoidAct(leaf, row.type, row.void)

    def opening(self) -> Opening:
        """The channel as its own acts make it, folded anew."""
        return standing.opening(self._connection, self._channel, self._void_reason)

    def transmission_limit(self) -> int:
        """Within how long a statement should be receipted, in seconds.

        The smaller of what the two geneses offer; our own offer until the peer's has come.
        """
        terms = standing.terms(self._connection, self._channel)
        if terms is not None:
            return terms.transmission_limit
        first = log.by_author(self._connection, self._channel.id, self._channel.own_index, 0, 1)
        return channel_acts.terms_of(acts.of_entry(first[0])).transmission_limit

    def _void_reason(self, entry: Entry) -> str | None:
        known = self.state(entry.case_id).find(entry.leaf)
        if known is not None:
            return known.void
        # A case lists all that it has room for.
        return entry.verdict or Reason.CASE_FULL.value

    def state(self, case: bytes) -> Case:
        """A case of the view.

        :raises ParleyError: ``internal`` where there is none.
        """
        state = self._states.get(case)
        if state is None:
            row = views.case(self._connection, self._channel.id, case)
            if row is None:
                raise ParleyError(Reason.INTERNAL, fact="a case without its view")
            state = self._states[case] = case_of(row)
        return state


def rebuilt(connection: Connection, channel: Channel) -> Iterator[CaseRow]:
    """The views as the record alone gives them; nothing is written."""
    for case in log.case_ids(connection, channel.id):
        if case != channel.standing_case:
            entries = log.in_case(connection, channel.id, case)
            state = folding.fold((acts.of_entry(entry) for entry in entries), 2)
            first = statement.parse(entries[0].data).act
            yield _row(channel, case, state, entries, first.precedence)


def _row(
    channel: Channel, case: bytes, state: Case, entries: list[Entry], precedence: int
) -> CaseRow:
    first_day, last_day = cases.days(state)
    return CaseRow(
        channel=channel.id,
        case_id=case,
        kind=state.kind or "",
        opened_by=entries[0].author,
        opened_at=entries[0].recorded_at,
        status=cases.status(state),
        acts=state.size,
        last_position=entries[-1].position,
        about=state.about,
        precedence=precedence,
        first_day=first_day,
        last_day=last_day,
        state=_ENCODER.encode(state),
    )
