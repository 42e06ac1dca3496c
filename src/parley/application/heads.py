"""The heads of both records of a channel: what was signed, cosigned and witnessed last."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection

from parley.application import house
from parley.application.desk import Desk
from parley.domain import access
from parley.domain.access import Place
from parley.domain.roles import Duty
from parley.record.channel import Channel
from parley.store import proofs, witnesses
from parley.store.proofs import CheckpointRow, CosignatureRow
from parley.store.witnesses import WitnessingRow


class Head(NamedTuple):
    """How far one member's log has come, by what was signed of it.

    ``newest`` is its greatest checkpoint that we hold, ``agreed`` the greatest that the other
    member has cosigned, by ``cosignatures``; ``witnessed`` are the newest of each witness.
    """

    owner: int
    newest: CheckpointRow | None
    agreed: CheckpointRow | None
    cosignatures: tuple[CosignatureRow, ...]
    witnessed: tuple[WitnessingRow, ...]


def of_channel(desk: Desk, officer: str, channel: Channel) -> tuple[Head, Head]:
    """Our own head, and the peer's.

    :raises ParleyError: ``officer-unknown``, ``role-forbids``, as for the log itself.
    """
    with house.reading(desk, officer) as acting:
        access.require(acting.officer, Duty.READ_LOG, Place(channel.id))
        connection = acting.connection
        return (
            _head(connection, channel, channel.own_index),
            _head(connection, channel, channel.peer_index),
        )


def _head(connection: Connection, channel: Channel, owner: int) -> Head:
    cosigned = proofs.greatest_cosigned(connection, channel.id, owner)
    agreed = None
    lines: tuple[CosignatureRow, ...] = ()
    if cosigned is not None:
        agreed = proofs.checkpoint(connection, channel.id, owner, cosigned.size)
        lines = tuple(proofs.cosignatures(connection, channel.id, owner, cosigned.size))
    return Head(
        owner,
        proofs.checkpoint(connection, channel.id, owner),
        agreed,
        lines,
        tuple(witnesses.newest(connection, channel.id, owner)),
    )
