"""What every use case works on: one desk's database, keys, letter and clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import Connection

from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record import letter as letters
from parley.record.channel import Channel
from parley.record.ledger import Keys, Ledger
from parley.record.letter import Letter
from parley.record.signatures import Signatures
from parley.store import channels
from parley.store.anchor import Anchors
from parley.store.channels import ChannelRow
from parley.store.contacts import Contacts
from parley.store.database import Database
from parley.store.vault import Vault


@dataclass(frozen=True)
class Desk:
    """A desk, as the composition root builds it. ``clock`` gives seconds since the epoch, UTC.

    ``anchors`` say how far each channel had come when something of it last left; ``contacts``,
    which peers have answered since the start. ``signatures`` checks those of large batches in other
    processes; none: all are checked here.
    """

    database: Database
    vault: Vault
    keys: Keys
    letter: Letter
    clock: Callable[[], int]
    anchors: Anchors
    contacts: Contacts
    signatures: Signatures | None = None
    _channels: dict[bytes, Channel] = field(default_factory=dict)

    def channel(self, connection: Connection, channel_id: bytes) -> Channel:
        """A channel by its id.

        :raises ParleyError: ``channel-unknown``.
        """
        known = self._channels.get(channel_id)
        if known is not None:
            return known
        row = channels.one(connection, channel_id)
        if row is None:
            raise ParleyError(Reason.CHANNEL_UNKNOWN)
        channel = Channel.between(
            row.label,
            _letter(connection, row.own_letter),
            _letter(connection, row.peer_letter),
        )
        self._channels[channel_id] = channel
        return channel

    def remembered_channel(self, channel_id: bytes) -> Channel | None:
        """A channel that was read before; None says nothing about whether there is one."""
        return self._channels.get(channel_id)

    def known_channel(self, channel_id: bytes) -> Channel:
        """A channel by its id; it is read in a transaction of its own the first time.

        :raises ParleyError: ``channel-unknown``.
        """
        known = self._channels.get(channel_id)
        if known is not None:
            return known
        with self.database.read() as connection:
            return self.channel(connection, channel_id)

    def channels(self, connection: Connection) -> list[tuple[Channel, ChannelRow]]:
        """All channels, the oldest first."""
        return [(self.channel(connection, row.id), row) for row in channels.every(connection)]

    def ledger(self, connection: Connection, channel: Channel) -> Ledger:
        """Our log of a channel, for this transaction, to sign in it.

        :raises ParleyError: ``channel-halted``, ``channel-recovering``: nothing is signed then.
        """
        row = channels.one(connection, channel.id)
        if row is None or row.state == "halted":
            raise ParleyError(Reason.CHANNEL_HALTED, why=row.reason if row else None)
        if row.state != "open":
            raise ParleyError(Reason.CHANNEL_RECOVERING, why=row.reason)
        return self.ledger_as_it_stands(connection, channel)

    def ledger_as_it_stands(self, connection: Connection, channel: Channel) -> Ledger:
        """Our log of a channel, whatever its state: for taking in, and for reading."""
        return Ledger(connection, channel, self.keys, self.vault, self.clock())


def _letter(connection: Connection, digest: bytes) -> Letter:
    data = channels.letter(connection, digest)
    if data is None:
        raise ParleyError(Reason.INTERNAL, fact="a channel without its letter")
    return letters.parse(data)
