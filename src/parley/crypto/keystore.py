"""Secrets at rest: a file's bytes, opened by a passphrase.

The passphrase becomes a key with Argon2id (RFC 9106); AES-256-GCM seals the secrets and
authenticates the parameters. A plain SHA-256 over everything tells a damaged file from a wrong
passphrase; it protects nothing, as whoever alters the file can alter it too.
"""

from __future__ import annotations

import hashlib
import secrets as random
import threading
from collections.abc import Mapping
from typing import Annotated, Final

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from parley.kernel import cbor, limits
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason

KEYSTORE_BYTES: Final = 64 * limits.KIB
"""Greatest length of a file of secrets."""

_FORMAT: Final = "parley/keystore/1"
_KEY_BYTES: Final = 32
_SALT_BYTES: Final = 16
_NONCE_BYTES: Final = 12

# A hostile file must not cost more than a gigabyte and a minute.
_MEMORY_KIB_MAX: Final = limits.MIB
_WORK_KIB_MAX: Final = 8 * limits.MIB
_LANES_MAX: Final = 16

ONE_AT_A_TIME: Final = threading.Lock()


class Costs(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """Costs of Argon2id: memory in KiB, passes over it, and lanes.

    The defaults are the second recommendation of RFC 9106, section 4.
    """

    memory_kib: int = 64 * limits.KIB
    iterations: int = 3
    lanes: int = 4


DEFAULT_COSTS: Final = Costs()


class _Header(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    format: str
    costs: Costs
    salt: Annotated[bytes, msgspec.Meta(min_length=_SALT_BYTES, max_length=_SALT_BYTES)]
    nonce: Annotated[bytes, msgspec.Meta(min_length=_NONCE_BYTES, max_length=_NONCE_BYTES)]


class _File(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    header: _Header
    ciphertext: bytes
    checksum: bytes


def lock(secrets: Mapping[str, bytes], passphrase: bytes, costs: Costs = DEFAULT_COSTS) -> bytes:
    """Encrypt named secrets under a passphrase.

    Salt and nonce are new each time, so the same secrets never give the same bytes.

    :param passphrase: its bytes; the caller normalises text (NFC, UTF-8).
    :returns: deterministic CBOR: [[format, costs, salt, nonce], ciphertext, checksum].
    :raises ParleyError: ``passphrase-empty``; ``too-large`` for more than 64 KiB of secrets.
    """
    if not passphrase:
        raise ParleyError(Reason.PASSPHRASE_EMPTY)
    header = _Header(
        _FORMAT, costs, random.token_bytes(_SALT_BYTES), random.token_bytes(_NONCE_BYTES)
    )
    bound = cbor.encode_model(header)
    key = AESGCM(_derive(passphrase, header))
    ciphertext = key.encrypt(header.nonce, cbor.encode(dict(secrets)), bound)
    data = cbor.encode_model(_File(header, ciphertext, _checksum(bound, ciphertext)))
    if len(data) > KEYSTORE_BYTES:
        raise ParleyError(Reason.TOO_LARGE, size=len(data), limit=KEYSTORE_BYTES)
    return data


def unlock(data: bytes, passphrase: bytes) -> dict[str, bytes]:
    """Decrypt what :func:`lock` made.

    The costs stand in the file and are bounded before they are spent.

    :raises ParleyError: ``keystore-damaged`` if it is no such file, or a byte of it has changed;
        ``passphrase-wrong`` (also for a file that somebody altered with care).
    """
    header, ciphertext = _parse(data)
    key = AESGCM(_derive(passphrase, header))
    try:
        plaintext = key.decrypt(header.nonce, ciphertext, cbor.encode_model(header))
    except InvalidTag:
        raise ParleyError(Reason.PASSPHRASE_WRONG) from None
    try:
        return cbor.decode_as(plaintext, dict[str, bytes], limit=KEYSTORE_BYTES)
    except ParleyError:
        raise ParleyError(Reason.KEYSTORE_DAMAGED) from None


def costs_of(data: bytes) -> Costs:
    """The costs that :func:`lock` was given, to lock the next version of a file at the same.

    :raises ParleyError: ``keystore-damaged``.
    """
    return _parse(data)[0].costs


def _parse(data: bytes) -> tuple[_Header, bytes]:
    try:
        file = cbor.decode_as(data, _File, limit=KEYSTORE_BYTES)
    except ParleyError:
        raise ParleyError(Reason.KEYSTORE_DAMAGED) from None
    header, costs = file.header, file.header.costs
    bound = cbor.encode_model(header)
    intact = file.checksum == _checksum(bound, file.ciphertext)
    affordable = (
        1 <= costs.lanes <= _LANES_MAX
        and 8 * costs.lanes <= costs.memory_kib <= _MEMORY_KIB_MAX
        and costs.iterations >= 1
        and costs.iterations * costs.memory_kib <= _WORK_KIB_MAX
    )
    if header.format != _FORMAT or not intact or not affordable:
        raise ParleyError(Reason.KEYSTORE_DAMAGED)
    return header, file.ciphertext


def _derive(passphrase: bytes, header: _Header) -> bytes:
    # OpenSSL waits for ever where two derivations with several lanes meet in one process.
    with ONE_AT_A_TIME:
        return Argon2id(
            salt=header.salt,
            length=_KEY_BYTES,
            iterations=header.costs.iterations,
            lanes=header.costs.lanes,
            memory_cost=header.costs.memory_kib,
        ).derive(passphrase)


def _checksum(bound: bytes, ciphertext: bytes) -> bytes:
    return hashlib.sha256(bound + ciphertext).digest()
