"""What every use case works on: one desk's database, keys, letter and clock."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from sqlalchemy import Connection

from parley.application.aside import Aside
from parley.crypto.house_texts import HouseTexts
from parley.crypto.witnessing import WitnessKeys
from parley.domain import policy as policies
from parley.domain.policy import Policy
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record import keyring as keyrings
from parley.record import letter as letters
from parley.record.ahead import Lane
from parley.record.channel import Channel
from parley.record.keyring import Keyring
from parley.record.ledger import Keys, Ledger, Staged
from parley.record.letter import Letter
from parley.record.open_index import Block
from parley.record.signatures import Signatures
from parley.record.subtrees import Subtrees
from parley.store import channels
from parley.store import keys as key_statements
from parley.store import position as positions
from parley.store.anchor import Anchors
from parley.store.channels import ChannelRow
from parley.store.chunks import Chunks
from parley.store.contacts import Contacts
from parley.store.database import Database, is_locked
from parley.store.index_keys import IndexKeys
from parley.store.position import Position
from parley.store.proofs import CheckpointRow
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
    answered since the start. ``index_keys`` has the keys of the search index, ``index_blocks`` are
    those of its blocks that this process has open, ``house_texts`` has the key of the house's
    register. ``signatures`` checks
    those of large batches in other processes, ``lane`` those of small messages in one; none: all
    are checked here. ``aside`` makes replies ready while they wait for the disk; none: afterwards.
    ``witnesses`` are those that cosign its checkpoints. ``policy`` is what the house decides for
    itself. ``last_signed`` are the newest checkpoints of ours that this process has seen, by
    channel: what a peer has most probably cosigned, and no more than that. ``chunks`` has the bytes
    of attachments. ``subtrees`` are parts of the logs' trees that this process has hashed.
    """

    database: Database
    vault: Vault
    keyholder: Keyholder
    letter: Letter
    clock: Callable[[], int]
    anchors: Anchors
    contacts: Contacts
    index_keys: IndexKeys
    chunks: Chunks
    house_texts: HouseTexts
    signatures: Signatures | None = None
    lane: Lane | None = None
    aside: Aside | None = None
    witnesses: tuple[Watcher, ...] = ()
    policy: Policy = policies.DEFAULT
    last_signed: dict[bytes, CheckpointRow] = field(default_factory=dict)
    index_blocks: dict[int, Block] = field(default_factory=dict)
    subtrees: Subtrees = field(default_factory=Subtrees)
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
        known = self._known(connection, channel_id)
        newest = key_statements.newest(connection, known.own.party, known.peer.party)
        return self._by_now(connection, known, newest)

    def position(self, connection: Connection, channel_id: bytes) -> tuple[Channel, Position]:
        """A channel that is not halted, and how it stands, in one question to the database.

        :raises ParleyError: ``channel-unknown``, ``channel-halted``.
        """
        known = self._known(connection, channel_id)
        position = positions.read(connection, channel_id, known.own.party, known.peer.party)
        if position is None or position.row.state == "halted":
            why = position.row.reason if position else None
            raise ParleyError(Reason.CHANNEL_HALTED, why=why)
        return self._by_now(connection, known, position.newest), position

    def _known(self, connection: Connection, channel_id: bytes) -> Channel:
        """A channel with keys that may have changed since."""
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
        return known

    def _by_now(
        self, connection: Connection, channel: Channel, newest: Mapping[bytes, int]
    ) -> Channel:
        """The channel with the keys up to the ``newest`` key statements of its parties.

        They come at any time, and by any process over this database.
        """
        own = _caught_up(connection, channel.own_keys, newest)
        peer = _caught_up(connection, channel.peer_keys, newest)
        if own is not channel.own_keys or peer is not channel.peer_keys:
            channel = Channel.of(channel.label, own, peer)
        # What a transaction has written itself may yet be rolled back: it is not remembered.
        if not is_locked(connection, channel.id):
            self._channels[channel.id] = channel
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
        channel, position = self.position(connection, channel.id)
        if position.row.state != "open":
            raise ParleyError(Reason.CHANNEL_RECOVERING, why=position.row.reason)
        return self.ledger_at(connection, channel, position)

    def ledger_at(self, connection: Connection, channel: Channel, position: Position) -> Ledger:
        """Our log of a channel that stands so in this transaction, whatever its state."""
        keys = self.keys_for(channel.own_keys)
        return Ledger(connection, channel, keys, self.vault, self.clock(), position.logs)


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
