"""Key life in tests: the identity key of a desk of a pair, and what is done with it."""

from __future__ import annotations

from parley.application import keys
from parley.application.desk import Desk
from parley.application.keys import Installed
from parley.crypto.keys import IdentityKey, LogKey, SealingKey, StatementKey
from parley.node import folder as folders
from parley.record import keyring as keyrings
from parley.record.keyring import (
    KeyKind,
    KeyReason,
    Keyring,
    KeyStatement,
    KeyText,
    SealingWindow,
    SigningKeys,
)
from parley.record.letter import Letter
from tests.record.golden import LETTERS, raw
from tests.support.pair import PASSPHRASE, START, Pair


def identity(made: Pair, desk: Desk) -> IdentityKey:
    """The identity key that the desk was founded with."""
    own = 0 if desk.letter.party == made.left.letter.party else 1
    path = made.folders[own] / folders.IDENTITY_FILE
    return folders.unlock_identity(path.read_bytes(), PASSPHRASE)


def drawn(made: Pair, desk: Desk, kind: KeyKind, months: int = 2) -> KeyStatement:
    """A key statement with new keys, signed, and not yet taken into use."""
    reason = KeyReason.COMPROMISED if kind is KeyKind.REVOCATION else KeyReason.ROUTINE
    data, _text = keys.request(desk, kind, reason, months=months)
    return keys.signed(keys.read_request(data), identity(made, desk))


def changed(made: Pair, desk: Desk, kind: KeyKind, months: int = 2) -> Installed:
    """New keys of ``desk``, in use."""
    return keys.install(desk, drawn(made, desk, kind, months).data)


def ring_of(*kinds: KeyKind, letter: Letter | None = None, issued_at: int = START) -> Keyring:
    """North's keyring of the golden vectors, with new keys of these kinds one after the other."""
    ring = Keyring(letter or LETTERS["north"])
    signer = IdentityKey.from_seed(raw("parties.north.seeds.identity"))
    for kind in kinds:
        ring = ring.extended(keyrings.sign(next_text(ring, kind, issued_at), signer))
    return ring


def next_text(ring: Keyring, kind: KeyKind, issued_at: int = START) -> KeyText:
    """A key statement that follows in ``ring``, with keys that nobody has drawn before."""
    current = ring.current
    keys_ = SigningKeys(current.statement.raw, current.log.ed25519.raw, current.log.mldsa44.raw)
    if kind is not KeyKind.SEALING:
        statement, log = StatementKey.generate().public, LogKey.generate().public
        keys_ = SigningKeys(statement.raw, log.ed25519.raw, log.mldsa44.raw)
    window = SealingWindow(SealingKey.generate().public.raw, issued_at, issued_at + 31 * 86_400)
    return KeyText(
        version=1,
        party=ring.letter.party,
        number=ring.number + 1,
        previous=ring.digest,
        kind=kind,
        keys=keys_,
        sealing=(window,),
        issued_at=issued_at,
        reason="routine",
    )
