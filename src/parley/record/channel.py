"""A channel as the record knows it: its members, their letters and keys, which one is ours."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

from parley.crypto import checkpoint
from parley.crypto.keys import StatementPublic
from parley.kernel import cbor
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record.keyring import Epoch, Keyring
from parley.record.letter import Letter


def channel_id(label: str, parties: tuple[bytes, ...]) -> bytes:
    """The identifier that all members compute alike: SHA-256 over label and members."""
    return sha256(cbor.encode(["parley/channel/1", label, sorted(parties)])).digest()


@dataclass(frozen=True)
class Channel:
    """A channel of two (the formats allow more).

    Members stand in the order of their fingerprints; a member's index is its place there.
    """

    id: bytes
    label: str
    own_keys: Keyring
    peer_keys: Keyring

    @classmethod
    def between(cls, label: str, own: Letter, peer: Letter) -> Channel:
        """The channel of two letters, before any key statement.

        :raises ParleyError: ``letter-own`` where both are of one party.
        """
        return cls.of(label, Keyring(own), Keyring(peer))

    @classmethod
    def of(cls, label: str, own: Keyring, peer: Keyring) -> Channel:
        """The channel of two parties with the keys that they have by now.

        :raises ParleyError: ``letter-own`` where both are one party.
        """
        parties = (own.letter.party, peer.letter.party)
        if parties[0] == parties[1]:
            raise ParleyError(Reason.LETTER_OWN)
        return cls(channel_id(label, parties), label, own, peer)

    @property
    def own(self) -> Letter:
        """Our letter."""
        return self.own_keys.letter

    @property
    def peer(self) -> Letter:
        """The peer's letter."""
        return self.peer_keys.letter

    @cached_property
    def own_index(self) -> int:
        """Our place among the members."""
        return 0 if self.own.party < self.peer.party else 1

    @property
    def peer_index(self) -> int:
        """The other member's place."""
        return 1 - self.own_index

    @cached_property
    def letters(self) -> tuple[Letter, Letter]:
        """The members' letters, in order."""
        return (self.own, self.peer) if self.own_index == 0 else (self.peer, self.own)

    def letter(self, member: int) -> Letter:
        """One member's letter."""
        return self.letters[member]

    def keyring(self, member: int) -> Keyring:
        """One member's keys through time."""
        return self.own_keys if member == self.own_index else self.peer_keys

    def statement_key(self, member: int, epoch: int, kid: bytes) -> StatementPublic:
        """The key with which ``member`` signs statements of ``epoch``, which ``kid`` must name.

        :raises ParleyError: ``key-unknown``.
        """
        key = self.keyring(member).epoch(epoch).statement
        if kid != key.kid:
            raise ParleyError(Reason.KEY_UNKNOWN)
        return key

    def log_epoch(self, member: int, origin: str) -> Epoch:
        """The epoch of ``member`` whose log has this C2SP origin.

        :raises ParleyError: ``origin-mismatch``.
        """
        for epoch in reversed(self.keyring(member).epochs):
            if origin == self.origin(member, epoch.number):
                return epoch
        raise ParleyError(Reason.ORIGIN_MISMATCH)

    def origin(self, member: int, epoch: int) -> str:
        """The C2SP origin of a member's log of this channel."""
        return checkpoint.origin(self.letters[member].party, self.id, epoch)

    @property
    def standing_case(self) -> bytes:
        """The case of what belongs to no case: genesis, notices."""
        return self.id[:16]

    @property
    def demonstration(self) -> bool:
        """Whether any member's letter says that this is a demonstration."""
        return any(letter.text.demonstration for letter in self.letters)
