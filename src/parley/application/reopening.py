"""Opening a halted channel again: two officers decide, and the house keeps who and why."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection

from parley.application import house
from parley.application.desk import Desk
from parley.domain import access, reopening
from parley.domain.access import Place
from parley.domain.housekeeping import HouseAct
from parley.domain.reopening import Word
from parley.domain.roles import Role
from parley.kernel import limits, text
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record.channel import Channel
from parley.store import channels, log, outbox
from parley.store import house as rows
from parley.store.channels import ReopeningRow


class Decision(NamedTuple):
    """What a word came to: it is kept, and the channel is open if ``effective``."""

    row: ReopeningRow

    @property
    def effective(self) -> bool:
        """Whether the channel is open now."""
        return self.row.effective


def reopen(desk: Desk, officer: str, channel: Channel, reason: str) -> Decision:
    """Say that a halted channel be opened again; it is with the second officer's word.

    What goes on is the branch that our record holds. What contradicts it stays refused, and what
    convicts the other side stays kept.

    :param reason: why, one line, for the house's own record.
    :raises ParleyError: ``officer-unknown``, ``channel-not-halted``, the rules of text, and those
        of :func:`parley.domain.reopening.decide`.
    """
    text.check(reason, limits.LINE_CHARACTERS, line=True)
    with house.acting(desk, officer, channel.id) as acting:
        acting.at(Place(channel.id))
        connection, name = acting.connection, acting.officer.name
        roles = access.roles_at(acting.officer, acting.place)
        standing = channels.one(connection, channel.id)
        if standing is None or standing.state != "halted" or standing.reason is None:
            raise ParleyError(Reason.CHANNEL_NOT_HALTED)
        words = _words(connection, channel)
        effective = reopening.decide(standing.reason, words, name, roles)
        peer = channel.peer_index
        tree = log.tree(connection, channel.id, peer)
        row = ReopeningRow(
            channel=channel.id,
            halted=standing.reason,
            officer=name,
            roles=" ".join(sorted(roles)),
            reason=reason,
            at=desk.clock(),
            effective=effective,
            peer_count=log.chains(connection, channel.id)[peer].count,
            peer_size=tree.size if tree else 0,
        )
        channels.add_reopening(connection, row)
        acting.note(HouseAct.REOPENING_ASKED, facts=(standing.reason,))
        if effective:
            channels.end_halt(connection, channel.id)
            box = outbox.one(connection, channel.id)
            outbox.save(connection, box._replace(attempts=0, next_attempt_ms=0, last_reason=None))
    return Decision(row)


def history(desk: Desk, channel: Channel) -> list[ReopeningRow]:
    """All that officers have said about opening the channel again, the oldest first."""
    with desk.database.read() as connection:
        return channels.reopenings(connection, channel.id)


def _words(connection: Connection, channel: Channel) -> list[Word]:
    """Words given since the channel was halted, by officers who are still in service."""
    words: list[Word] = []
    for row in channels.reopenings(connection, channel.id):
        if row.effective:
            words = []
            continue
        known = rows.officer(connection, row.officer)
        if known is not None and known.active:
            words.append(Word(row.officer, frozenset(Role(role) for role in row.roles.split())))
    return words
