"""Key statements of all parties, and where in each channel an epoch of a peer began."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, bindparam, func, insert, select

from parley.store import dialect, tables
from parley.store.statements import Prepared, given

_K = tables.key_statements.c
_OF_PARTY: Final = Prepared(select(_K.data).where(given(_K.party)).order_by(_K.number))
# Of two parties: this is asked whenever a channel is looked at.
_NEWEST: Final = Prepared(
    select(_K.party, func.max(_K.number))
    .where((_K.party == bindparam("first")) | (_K.party == bindparam("second")))
    .group_by(_K.party)
)
_E = tables.epochs.c


def add(
    connection: Connection, *, party: bytes, number: int, digest: bytes, data: bytes, now: int
) -> None:
    """Keep the next key statement of a party."""
    connection.execute(
        insert(tables.key_statements).values(
            party=party, number=number, digest=digest, data=data, added_at=now
        )
    )


def of_party(connection: Connection, party: bytes) -> list[bytes]:
    """A party's key statements, in order."""
    return [row[0] for row in _OF_PARTY.rows(connection, {"party_": party})]


def newest(connection: Connection, first: bytes, second: bytes) -> dict[bytes, int]:
    """The number of the newest key statement of each of two parties that has one."""
    return dict(_NEWEST.rows(connection, {"first": first, "second": second}))


def mark_epoch(connection: Connection, channel: bytes, member: int, epoch: int, count: int) -> None:
    """Note that ``count`` statements of a member stood in our log when its ``epoch`` began."""
    connection.execute(
        dialect.insert_ignore(connection, tables.epochs).values(
            channel=channel, member=member, epoch=epoch, count=count
        )
    )


def held_when_opened(connection: Connection, channel: bytes, member: int, epoch: int) -> int | None:
    """What :func:`mark_epoch` noted."""
    query = select(_E["count"]).where(_E.channel == channel, _E.member == member, _E.epoch == epoch)
    return connection.execute(query).scalar_one_or_none()
