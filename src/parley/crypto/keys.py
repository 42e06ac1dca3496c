"""Keys of suite 1, with raw bytes going in and coming out.

Suite 1: statements Ed25519; log and identity Ed25519 and ML-DSA-44 side by side; sealing
MLKEM768_X25519 with HKDF-SHA256 and AES-256-GCM.

Public keys keep the library's loaded object, so that verifying costs what the library costs.
Secret keys show nothing of themselves in ``repr``.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import MLKEM768X25519PrivateKey, MLKEM768X25519PublicKey

from parley.crypto import curve
from parley.kernel import cbor
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason

SUITE: Final = 1
"""Number of the suite that this module implements, as it stands in letters."""

SEED_BYTES: Final = 32
HYBRID_SEED_BYTES: Final = 64
ED25519_PUBLIC_BYTES: Final = 32
ED25519_SIGNATURE_BYTES: Final = 64
MLDSA44_PUBLIC_BYTES: Final = 1312
MLDSA44_SIGNATURE_BYTES: Final = 2420
SEALING_PUBLIC_BYTES: Final = 1216
FINGERPRINT_BYTES: Final = 32

_MLKEM_PUBLIC_BYTES: Final = 1184


@dataclass(frozen=True, slots=True)
class Ed25519Public:
    """An Ed25519 public key (RFC 8032).

    :param raw: the 32 bytes of the encoded point.
    :raises ParleyError: ``key-invalid`` for a wrong length, an encoding that is not canonical or
        of no point, or a point that is not of prime order (see :mod:`parley.crypto.curve`).
    """

    raw: bytes
    kid: bytes = field(init=False, repr=False, compare=False)
    """Key identifier: :func:`thumbprint`, 32 bytes."""
    _key: Ed25519PublicKey = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        curve.check_point(self.raw)
        object.__setattr__(self, "kid", thumbprint(self.raw))
        object.__setattr__(self, "_key", Ed25519PublicKey.from_public_bytes(self.raw))

    def verify(self, signature: bytes, data: bytes) -> None:
        """Check ``signature`` (64 bytes) over ``data``.

        Stricter than RFC 8032 in one point: a signature whose first half is the neutral point is
        refused, as some verifiers do. With the checks of the key, what holds here holds for all.

        :raises ParleyError: ``signature-invalid``.
        """
        try:
            self._key.verify(signature, data)
        except InvalidSignature:
            raise ParleyError(Reason.SIGNATURE_INVALID) from None
        if signature.startswith(curve.IDENTITY):
            raise ParleyError(Reason.SIGNATURE_INVALID)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.raw,)


class Claim(NamedTuple):
    """A signature (64 bytes) that ``key`` is said to have made over ``data``."""

    key: Ed25519Public
    signature: bytes
    data: bytes

    def verify(self) -> None:
        """Check it here and now.

        :raises ParleyError: ``signature-invalid``.
        """
        self.key.verify(self.signature, self.data)


@dataclass(frozen=True, slots=True)
class MlDsa44Public:
    """An ML-DSA-44 public key (FIPS 204); the context string is empty.

    :param raw: its 1,312 bytes.
    :raises ParleyError: ``key-invalid`` for another length. (Every string of this length is a key.)
    """

    raw: bytes
    kid: bytes = field(init=False, repr=False, compare=False)
    """Key identifier: :func:`thumbprint_mldsa44`, 32 bytes."""
    _key: MLDSA44PublicKey = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if len(self.raw) != MLDSA44_PUBLIC_BYTES:
            raise _key_invalid("length")
        object.__setattr__(self, "kid", thumbprint_mldsa44(self.raw))
        object.__setattr__(self, "_key", MLDSA44PublicKey.from_public_bytes(self.raw))

    def verify(self, signature: bytes, data: bytes) -> None:
        """Check ``signature`` (2,420 bytes) over ``data``.

        :raises ParleyError: ``signature-invalid``.
        """
        try:
            self._key.verify(signature, data)
        except InvalidSignature:
            raise ParleyError(Reason.SIGNATURE_INVALID) from None

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.raw,)


class StatementPublic(Ed25519Public):
    """The key that a party's statements are verified with."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class _HybridPublic:
    """An Ed25519 and an ML-DSA-44 public key of one owner and purpose."""

    ed25519: Ed25519Public
    mldsa44: MlDsa44Public

    @classmethod
    def from_parts(cls, ed25519: bytes, mldsa44: bytes) -> Self:
        """From the two raw keys (32 and 1,312 bytes).

        :raises ParleyError: ``key-invalid``.
        """
        return cls(Ed25519Public(ed25519), MlDsa44Public(mldsa44))

    @classmethod
    def from_bytes(cls, raw: bytes) -> Self:
        """Read what :meth:`to_bytes` wrote (1,344 bytes).

        :raises ParleyError: ``key-invalid``.
        """
        return cls.from_parts(raw[:ED25519_PUBLIC_BYTES], raw[ED25519_PUBLIC_BYTES:])

    def to_bytes(self) -> bytes:
        """The Ed25519 key followed by the ML-DSA-44 key."""
        return self.ed25519.raw + self.mldsa44.raw

    @property
    def kid(self) -> bytes:
        """Key identifier of the Ed25519 key, 32 bytes."""
        return self.ed25519.kid


class LogPublic(_HybridPublic):
    """The keys that checkpoints, cosignatures and receipts of a party are verified with."""

    __slots__ = ()


class IdentityPublic(_HybridPublic):
    """The keys that a party's letter and its statements about keys are verified with."""

    __slots__ = ()

    @property
    def fingerprint(self) -> bytes:
        """The party's fingerprint: SHA-256 over the CBOR array [suite, Ed25519, ML-DSA-44]."""
        parts = [SUITE, self.ed25519.raw, self.mldsa44.raw]
        return hashlib.sha256(cbor.encode(parts)).digest()


@dataclass(frozen=True, slots=True)
class SealingPublic:
    """A public key to seal to: ML-KEM-768 (1,184 bytes) followed by X25519 (32 bytes).

    :raises ParleyError: ``key-invalid`` for a wrong length, an ML-KEM key whose coefficients are
        not reduced, or an X25519 point of small order.
    """

    raw: bytes
    _key: MLKEM768X25519PublicKey = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if len(self.raw) != SEALING_PUBLIC_BYTES:
            raise _key_invalid("length")
        try:
            mlkem = MLKEM768PublicKey.from_public_bytes(self.raw[:_MLKEM_PUBLIC_BYTES])
            x25519 = X25519PublicKey.from_public_bytes(self.raw[_MLKEM_PUBLIC_BYTES:])
            # The library refuses an exchange whose result is zero, as every small order gives.
            X25519PrivateKey.generate().exchange(x25519)
        except ValueError:
            raise _key_invalid("encoding") from None
        object.__setattr__(self, "_key", MLKEM768X25519PublicKey(mlkem, x25519))

    @property
    def kid(self) -> bytes:
        """Key identifier: SHA-256 of the raw key, 32 bytes."""
        return hashlib.sha256(self.raw).digest()

    def hpke_key(self) -> MLKEM768X25519PublicKey:
        """The library's object, for :mod:`parley.crypto.sealing`."""
        return self._key

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.raw,)


class _SecretKey:
    """A secret key made from a seed; ``seed`` is what a keystore holds."""

    __slots__ = ("seed",)

    def __init__(self, seed: bytes, length: int) -> None:
        if len(seed) != length:
            raise _key_invalid("length")
        self.seed = bytes(seed)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    def __reduce__(self) -> tuple[Any, ...]:
        raise TypeError("a secret key is not pickled")


class StatementKey(_SecretKey):
    """Signs a party's statements (Ed25519)."""

    __slots__ = ("_key", "public")

    def __init__(self, seed: bytes) -> None:
        super().__init__(seed, SEED_BYTES)
        self._key = Ed25519PrivateKey.from_private_bytes(self.seed)
        self.public = StatementPublic(self._key.public_key().public_bytes_raw())

    @classmethod
    def generate(cls) -> Self:
        """A new key from the system's random source."""
        return cls(secrets.token_bytes(SEED_BYTES))

    @classmethod
    def from_seed(cls, seed: bytes) -> Self:
        """The key of a seed of 32 bytes (RFC 8032's private key).

        :raises ParleyError: ``key-invalid`` for another length.
        """
        return cls(seed)

    def sign(self, data: bytes) -> bytes:
        """Ed25519 signature over ``data``, 64 bytes."""
        return self._key.sign(data)


class _HybridKey(_SecretKey):
    __slots__ = ("_ed25519", "_mldsa44")

    def __init__(self, seed: bytes) -> None:
        super().__init__(seed, HYBRID_SEED_BYTES)
        self._ed25519 = Ed25519PrivateKey.from_private_bytes(self.seed[:SEED_BYTES])
        self._mldsa44 = MLDSA44PrivateKey.from_seed_bytes(self.seed[SEED_BYTES:])

    @classmethod
    def generate(cls) -> Self:
        """A new pair of keys from the system's random source."""
        return cls(secrets.token_bytes(HYBRID_SEED_BYTES))

    @classmethod
    def from_seed(cls, seed: bytes) -> Self:
        """The pair of a seed of 64 bytes: 32 for Ed25519, then 32 for ML-DSA-44 (FIPS 204's xi).

        :raises ParleyError: ``key-invalid`` for another length.
        """
        return cls(seed)

    def _public_parts(self) -> tuple[bytes, bytes]:
        return (
            self._ed25519.public_key().public_bytes_raw(),
            self._mldsa44.public_key().public_bytes_raw(),
        )

    def sign(self, data: bytes) -> bytes:
        """Ed25519 signature over ``data``, 64 bytes."""
        return self._ed25519.sign(data)

    def sign_mldsa44(self, data: bytes) -> bytes:
        """ML-DSA-44 signature over ``data``, 2,420 bytes; hedged, so different each time."""
        return self._mldsa44.sign(data)


class LogKey(_HybridKey):
    """Signs a party's checkpoints, cosignatures and receipts."""

    __slots__ = ("public",)

    def __init__(self, seed: bytes) -> None:
        super().__init__(seed)
        self.public = LogPublic.from_parts(*self._public_parts())


class IdentityKey(_HybridKey):
    """Signs a party's letter and its statements about keys; it can be kept offline."""

    __slots__ = ("public",)

    def __init__(self, seed: bytes) -> None:
        super().__init__(seed)
        self.public = IdentityPublic.from_parts(*self._public_parts())


class SealingKey(_SecretKey):
    """Opens what was sealed to a party (MLKEM768_X25519).

    The seed of 32 bytes is stretched by SHAKE256 into ML-KEM's 64 bytes (d, z) and X25519's 32, as
    the X-Wing hybrid does.
    """

    __slots__ = ("_key", "public")

    def __init__(self, seed: bytes) -> None:
        super().__init__(seed, SEED_BYTES)
        stretched = hashlib.shake_256(self.seed).digest(96)
        mlkem = MLKEM768PrivateKey.from_seed_bytes(stretched[:64])
        x25519 = X25519PrivateKey.from_private_bytes(stretched[64:])
        self._key = MLKEM768X25519PrivateKey(mlkem, x25519)
        self.public = SealingPublic(
            mlkem.public_key().public_bytes_raw() + x25519.public_key().public_bytes_raw()
        )

    @classmethod
    def generate(cls) -> Self:
        """A new key from the system's random source."""
        return cls(secrets.token_bytes(SEED_BYTES))

    @classmethod
    def from_seed(cls, seed: bytes) -> Self:
        """The key of a seed of 32 bytes.

        :raises ParleyError: ``key-invalid`` for another length.
        """
        return cls(seed)

    def hpke_key(self) -> MLKEM768X25519PrivateKey:
        """The library's object, for :mod:`parley.crypto.sealing`."""
        return self._key


def thumbprint(ed25519_raw: bytes) -> bytes:
    """COSE key thumbprint (RFC 9679) with SHA-256 of an Ed25519 key, 32 bytes.

    The hash of the deterministic {1: 1 (OKP), -1: 6 (Ed25519), -2: x}.
    """
    return hashlib.sha256(cbor.encode({1: 1, -1: 6, -2: ed25519_raw})).digest()


def thumbprint_mldsa44(mldsa44_raw: bytes) -> bytes:
    """COSE key thumbprint (RFC 9679) with SHA-256 of an ML-DSA-44 key, 32 bytes.

    The hash of the deterministic {1: 7 (AKP), 3: -48 (ML-DSA-44), -1: public key}, the required
    parameters of key type AKP (RFC 9964).
    """
    return hashlib.sha256(cbor.encode({1: 7, 3: -48, -1: mldsa44_raw})).digest()


def _key_invalid(fact: str) -> ParleyError:
    return ParleyError(Reason.KEY_INVALID, fact=fact)
