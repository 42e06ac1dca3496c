"""A party's keys through time: its letter, and the key statements that followed it.

A key statement is a COSE_Sign (RFC 9052) by the identity key alone, as the letter is. Each names
the one before by its digest, so that they form one chain; the same bytes go into every channel.
A rotation or a revocation names new working keys and opens the next *epoch*; a statement of kind
``sealing`` replaces the keys that frames are sealed to, and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from functools import cached_property
from hashlib import sha256
from typing import Annotated, Final, NamedTuple

import msgspec
from msgspec import Meta

from parley.crypto import checkpoint, hybrid
from parley.crypto.checkpoint import Checkpoint, Verify
from parley.crypto.keys import (
    Claim,
    IdentityKey,
    IdentityPublic,
    LogPublic,
    SealingPublic,
    StatementPublic,
)
from parley.kernel import cbor, limits
from parley.kernel.errors import ParleyError
from parley.kernel.ids import Bytes32, Count, Token
from parley.kernel.reasons import Reason
from parley.record.letter import Letter

KEYS_VERSION: Final = 1
TYP: Final = "application/vnd.parley.keys+cbor"


class KeyKind(StrEnum):
    """What a key statement does.

    ``rotation``: new working keys, as planned; what the old ones signed stands. ``revocation``:
    the same after a theft or a loss; what the old ones sign from now on counts for nothing.
    ``sealing``: new keys to seal to, the working keys stay.
    """

    ROTATION = "rotation"
    REVOCATION = "revocation"
    SEALING = "sealing"


class KeyReason(StrEnum):
    """Why keys changed, as the party states it."""

    ROUTINE = "routine"
    COMPROMISED = "compromised"
    LOST = "lost"
    STAFF_CHANGED = "staff-changed"
    SUPERSEDED = "superseded"


class SealingWindow(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """A key to seal to, and from when to when (seconds, both inclusive) it is to be used."""

    key: Annotated[bytes, Meta(min_length=1216, max_length=1216)]
    not_before: Count
    not_after: Count

    @property
    def kid(self) -> bytes:
        """The key's identifier: SHA-256 of the raw key."""
        return sha256(self.key).digest()


class SigningKeys(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """The public working keys of an epoch (suite 1)."""

    statement: Bytes32
    log_ed25519: Bytes32
    log_mldsa44: Annotated[bytes, Meta(min_length=1312, max_length=1312)]


Windows = Annotated[tuple[SealingWindow, ...], Meta(min_length=1, max_length=limits.SEALING_KEYS)]


class KeyText(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """What the identity key signs. ``previous`` is the digest of the statement (letter) before."""

    version: Annotated[int, Meta(ge=KEYS_VERSION, le=KEYS_VERSION)]
    party: Bytes32
    number: Annotated[int, Meta(ge=1, le=2**31 - 1)]
    previous: Bytes32
    kind: KeyKind
    keys: SigningKeys
    sealing: Windows
    issued_at: Count
    reason: Token


class KeyStatement:
    """A key statement: the exact bytes and what they say. :func:`read` verifies nothing."""

    def __init__(self, data: bytes, content: KeyText) -> None:
        self.data = data
        self.text = content

    @cached_property
    def digest(self) -> bytes:
        """SHA-256 over the exact bytes."""
        return sha256(self.data).digest()

    def verify(self, letter: Letter) -> None:
        """Check that the identity of ``letter`` signed this.

        :raises ParleyError: ``wrong-audience`` for another party's; ``key-mismatch``,
            ``signature-invalid``.
        """
        if self.text.party != letter.party:
            raise ParleyError(Reason.WRONG_AUDIENCE)
        hybrid.verify_hybrid(
            self.data, identity_of(letter), typ=TYP, limit=limits.KEY_STATEMENT_BYTES
        )


def identity_of(letter: Letter) -> IdentityPublic:
    """The identity key of a letter."""
    identity = letter.text.identity
    return IdentityPublic.from_parts(identity.ed25519, identity.mldsa44)


def read(data: bytes) -> KeyStatement:
    """Take a key statement apart, strictly; its signatures are not looked at.

    :raises ParleyError: ``too-large``, the errors of the encoding, ``keys-malformed``.
    """
    payload = hybrid.payload_of(data, typ=TYP, limit=limits.KEY_STATEMENT_BYTES)
    content = cbor.decode_as(payload, KeyText, limit=limits.KEY_STATEMENT_BYTES)
    kids = {window.kid for window in content.sealing}
    if len(kids) != len(content.sealing):
        raise ParleyError(Reason.KEYS_MALFORMED, fact="sealing")
    if any(window.not_after < window.not_before for window in content.sealing):
        raise ParleyError(Reason.KEYS_MALFORMED, fact="window")
    return KeyStatement(data, content)


def sign(content: KeyText, identity: IdentityKey) -> KeyStatement:
    """Sign a key statement with the identity key, which may be kept offline.

    :raises ParleyError: as :func:`read`, so that nothing is signed that a peer would refuse.
    """
    return read(hybrid.sign_hybrid(cbor.encode_model(content), identity, typ=TYP))


class Epoch(NamedTuple):
    """The working keys of one epoch, and the statement that opened it.

    ``number`` counts epochs from 0; ``opened_by`` is the digest of the letter for epoch 0, of a key
    statement for every other; ``kind`` is null for epoch 0.
    """

    number: int
    opened_by: bytes
    kind: KeyKind | None
    statement: StatementPublic
    log: LogPublic


class Keyring:
    """All keys of one party that its letter and the key statements so far vouch for. Immutable."""

    def __init__(self, letter: Letter) -> None:
        self.letter = letter
        self.statements: tuple[KeyStatement, ...] = ()
        self.epochs: tuple[Epoch, ...] = (
            Epoch(0, letter.digest, None, letter.statement_key, letter.log_key),
        )

    @classmethod
    def of(cls, letter: Letter, statements: Iterable[bytes]) -> Keyring:
        """The keyring of a letter and the key statements after it, verified.

        :raises ParleyError: as :meth:`extended`.
        """
        ring = cls(letter)
        for data in statements:
            ring = ring.extended(read(data))
        return ring

    @property
    def number(self) -> int:
        """The number of the newest key statement; 0 for the letter alone."""
        return len(self.statements)

    @property
    def digest(self) -> bytes:
        """The digest of the newest key statement, or of the letter."""
        return self.statements[-1].digest if self.statements else self.letter.digest

    @property
    def current(self) -> Epoch:
        """The newest epoch: the only one whose keys sign anything new."""
        return self.epochs[-1]

    def extended(self, statement: KeyStatement) -> Keyring:
        """This keyring with the next key statement, verified.

        :raises ParleyError: ``keys-gap`` where another number comes next; ``keys-broken`` where it
            follows another statement than ours; ``keys-malformed``; as
            :meth:`KeyStatement.verify`; ``key-invalid``.
        """
        content = statement.text
        if content.number != self.number + 1:
            raise ParleyError(Reason.KEYS_GAP, expected=self.number + 1, found=content.number)
        if content.previous != self.digest:
            raise ParleyError(Reason.KEYS_BROKEN, number=content.number)
        statement.verify(self.letter)
        for window in content.sealing:
            SealingPublic(window.key)
        ring = Keyring(self.letter)
        ring.statements = (*self.statements, statement)
        ring.epochs = (*self.epochs, *self._opened_by(statement))
        return ring

    def _opened_by(self, statement: KeyStatement) -> tuple[Epoch, ...]:
        keys, kind = statement.text.keys, statement.text.kind
        signing = StatementPublic(keys.statement)
        log = LogPublic.from_parts(keys.log_ed25519, keys.log_mldsa44)
        if kind is KeyKind.SEALING:
            if (signing, log) != (self.current.statement, self.current.log):
                raise ParleyError(Reason.KEYS_MALFORMED, fact="keys")
            return ()
        # A key that came back would make it a matter of taste which epoch it signed in.
        used = {kid for epoch in self.epochs for kid in (epoch.statement.kid, epoch.log.kid)}
        if signing.kid in used or log.kid in used or signing.kid == log.kid:
            raise ParleyError(Reason.KEYS_MALFORMED, fact="keys")
        return (Epoch(len(self.epochs), statement.digest, kind, signing, log),)

    def conflicts(self, statement: KeyStatement) -> KeyStatement | None:
        """Our statement of the same number with other bytes: with it, proof of a fork.

        :raises ParleyError: as :meth:`KeyStatement.verify`, where there is one.
        """
        if not 1 <= statement.text.number <= self.number:
            return None
        held = self.statements[statement.text.number - 1]
        if held.digest == statement.digest:
            return None
        statement.verify(self.letter)
        return held

    def epoch(self, number: int) -> Epoch:
        """An epoch by its number.

        :raises ParleyError: ``key-unknown``.
        """
        if number >= len(self.epochs):
            raise ParleyError(Reason.KEY_UNKNOWN)
        return self.epochs[number]

    def log_epoch(self, kid: bytes) -> Epoch:
        """The epoch whose log key has this identifier.

        :raises ParleyError: ``key-mismatch``.
        """
        for epoch in reversed(self.epochs):
            if epoch.log.kid == kid:
                return epoch
        raise ParleyError(Reason.KEY_MISMATCH)

    def verify_cosignature(
        self, signed: Checkpoint, line: str, verify: Verify = Claim.verify
    ) -> tuple[int, int, bool]:
        """Check a cosignature by any of the party's log keys.

        Returns the epoch of the key, the party's time, and whether it is post-quantum.

        :raises ParleyError: ``signature-missing`` where none of its keys made it;
            ``signature-invalid``, ``checkpoint-malformed``.
        """
        name = checkpoint.cosigner(self.letter.party)
        failure: ParleyError | None = None
        for epoch in reversed(self.epochs):
            try:
                timestamp = checkpoint.verify_cosignature(line, signed, name, epoch.log, verify)
            except ParleyError as error:
                # The identifier in a line has 32 bits: another key's may be the same by chance.
                if failure is None or failure.reason is Reason.SIGNATURE_MISSING:
                    failure = error
                continue
            return epoch.number, timestamp, checkpoint.is_post_quantum(line, name, epoch.log)
        raise failure or ParleyError(Reason.SIGNATURE_MISSING)

    def revoked(self, number: int) -> bool:
        """Whether the keys of epoch ``number`` were revoked (and not only rotated)."""
        following = number + 1
        return following < len(self.epochs) and self.epochs[following].kind is KeyKind.REVOCATION

    def sealing_key(self, now: int) -> SealingPublic:
        """The key to seal to at ``now``: of those of the newest statement the one begun last.

        :raises ParleyError: ``sealing-key-expired`` where none is to be used now.
        """
        if not self.statements:
            return self.letter.sealing_key
        usable = [
            window
            for window in self.statements[-1].text.sealing
            if window.not_before <= now + limits.CLOCK_SKEW_SECONDS and now <= window.not_after
        ]
        if not usable:
            raise ParleyError(Reason.SEALING_KEY_EXPIRED)
        return SealingPublic(max(usable, key=lambda window: window.not_before).key)

    def sealing_until(self) -> dict[bytes, int]:
        """When each sealing key was last to be used, by its identifier; the letter's, too.

        The letter names no end for its own: it is a month after the first key statement. Without
        one it has no end, and does not stand here.
        """
        until: dict[bytes, int] = {}
        if self.statements:
            first = self.statements[0].text.issued_at
            until[self.letter.sealing_key.kid] = first + limits.SEALING_MONTH_SECONDS
        for statement in self.statements:
            for window in statement.text.sealing:
                until[window.kid] = max(until.get(window.kid, 0), window.not_after)
        return until
