"""What every use case works on: one desk's database, keys, letter and clock."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from sqlalchemy import Connection

from parley.crypto.witnessing import WitnessKeys
from parley.domain import policy as policies
from parley.domain.policy import Policy
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record import keyring as keyrings
from parley.record import letter as letters
from parley.record.channel import Channel
from parley.record.keyring import Keyring
from parley.record.ledger import Keys, Ledger, Staged
from parley.record.letter import Letter
from parley.record.signatures import Signatures
from parley.store import channels
from parley.store import keys as key_statements
from parley.store.anchor import Anchors
from parley.store.channels import ChannelRow
from parley.store.contacts import Contacts
from parley.store.database import Database, is_locked
from parley.store.vault import Vault


class Keyholder(Protocol):
    """Keeps our private working keys, in a file outside the database."""

    @property
    def keys(self) -> Keys:
        """Those of the epoch that this process last saw."""

    def fitting(self, keyring: Keyring) -> Keys:
        """Those of the newest epoch of ``keyring``; read again where they have changed.

        :raises ParleyError: ``keys-not-of-letter``.
        """

    def stage(self, secrets: Staged) -> None:
        """Keep new keys beside those in use, durably, until a key statement names them."""

    def staged(self) -> Staged | None:
        """The new keys that wait, as they stand in the file now."""

    def settle(self, keyring: Keyring, now: int) -> Keys:
        """Take the staged keys into use if ``keyring`` names them; destroy all that is over."""


class Watcher(NamedTuple):
    """A witness to which this desk brings checkpoints: its address and its keys."""

    url: str
    keys: WitnessKeys


@dataclass(frozen=True)
class Desk:
    """A desk, as the composition root builds it. ``clock`` gives seconds since the epoch, UTC.

    ``keyholder`` has our private working keys, ``letter`` is our letter of credence. ``anchors``
    say how far each channel had come when something of it last left; ``contacts``, which peers have
    answered since the start. ``signatures`` checks those of large batches in other processes; none:
    all are checked here. ``witnesses`` are those that cosign its checkpoints. ``policy`` is what
    the house decides for itself.
    """

    database: Database
    vault: Vault
    keyholder: Keyholder
    letter: Letter
    clock: Callable[[], int]
    anchors: Anchors
    contacts: Contacts
    signatures: Signatures | None = None
    witnesses: tuple[Watcher, ...] = ()
    policy: Policy = policies.DEFAULT
    _channels: dict[bytes, Channel] = field(default_factory=dict)

    @property
    def keys(self) -> Keys:
        """Our private working keys, as this process has them."""
        return self.keyholder.keys

    def keys_for(self, keyring: Keyring) -> Keys:
        """Our private keys of the newest epoch of our ``keyring``, as the database has it.

        Another process may have changed keys since; then they are read again.

        :raises ParleyError: ``keys-not-of-letter`` where this desk does not have them.
        """
        return self.keyholder.fitting(keyring)

    def own_keyring(self, connection: Connection) -> Keyring:
        """Our own keys through time."""
        return Keyring.of(self.letter, key_statements.of_party(connection, self.letter.party))

    def channel(self, connection: Connection, channel_id: bytes) -> Channel:
        """A channel by its id.

        :raises ParleyError: ``channel-unknown``.
        """
        known = self._channels.get(channel_id)
        if known is None:
            row = channels.one(connection, channel_id)
            if row is None:
                raise ParleyError(Reason.CHANNEL_UNKNOWN)
            known = Channel.between(
                row.label,
                _letter(connection, row.own_letter),
                _letter(connection, row.peer_letter),
            )
        # Key statements come at any time, and by any process over this database.
        newest = key_statements.newest(connection, known.own.party, known.peer.party)
        channel = Channel.of(
            known.label,
            _caught_up(connection, known.own_keys, newest),
            _caught_up(connection, known.peer_keys, newest),
        )
        if channel.own_keys is known.own_keys and channel.peer_keys is known.peer_keys:
            channel = known
        # What a transaction has written itself may yet be rolled back: it is not remembered.
        if not is_locked(connection, channel_id):
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
        """Our log of a channel, whatever its state, with the keys as they are by now."""
        channel = self.channel(connection, channel.id)
        keys = self.keys_for(channel.own_keys)
        return Ledger(connection, channel, keys, self.vault, self.clock())


def _caught_up(connection: Connection, keyring: Keyring, newest: Mapping[bytes, int]) -> Keyring:
    """The keyring with what has come since; itself where nothing has."""
    party = keyring.letter.party
    if newest.get(party, 0) == keyring.number:
        return keyring
    statements = key_statements.of_party(connection, party)
    if keyring.number > len(statements):
        # An older database was put back underneath this process.
        keyring = Keyring(keyring.letter)
    for data in statements[keyring.number :]:
        keyring = keyring.extended(keyrings.read(data))
    return keyring


def _letter(connection: Connection, digest: bytes) -> Letter:
    data = channels.letter(connection, digest)
    if data is None:
        raise ParleyError(Reason.INTERNAL, fact="a channel without its letter")
    return letters.parse(data)
