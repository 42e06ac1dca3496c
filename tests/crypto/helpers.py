"""What the tests of the cryptographic parts share."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from parley.crypto.keys import IdentityKey, LogKey, SealingKey, StatementKey
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason

VECTORS = Path(__file__).parents[1] / "vectors"

# Keys of fixed seeds, as in tests/vectors/crypto-v1.json
STATEMENT_KEY = StatementKey.from_seed(b"\x01" * 32)
LOG_KEY = LogKey.from_seed(b"\x02" * 64)
OTHER_LOG_KEY = LogKey.from_seed(b"\x12" * 64)
IDENTITY_KEY = IdentityKey.from_seed(b"\x03" * 64)
SEALING_KEY = SealingKey.from_seed(b"\x04" * 32)


def load(name: str) -> dict[str, Any]:
    """A file of tests/vectors."""
    return json.loads((VECTORS / name).read_text("utf-8"))


@contextmanager
def refused(*reasons: Reason) -> Iterator[None]:
    """Expect a ParleyError with one of these reasons."""
    with pytest.raises(ParleyError) as caught:
        yield
    assert caught.value.reason in reasons


def flipped(data: bytes, bit: int) -> bytes:
    """``data`` with one bit changed."""
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def public_pem(raw: bytes) -> bytes:
    """An Ed25519 public key as other tools read it."""
    key = Ed25519PublicKey.from_public_bytes(raw)
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def private_pem(seed: bytes) -> bytes:
    """An Ed25519 private key as other tools read it."""
    key = Ed25519PrivateKey.from_private_bytes(seed)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
