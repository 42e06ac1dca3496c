"""Secrets at rest: damage, a wrong passphrase and a hostile file are told apart or refused."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parley.crypto import keystore
from parley.kernel import cbor
from parley.kernel.reasons import Reason
from tests.crypto.helpers import flipped, refused

CHEAP = keystore.Costs(memory_kib=8, iterations=1, lanes=1)
SECRETS = {"log": b"\x02" * 64, "statement": b"\x01" * 32}
FILE = keystore.lock(SECRETS, b"open sesame", CHEAP)


def test_the_passphrase_opens() -> None:
    assert keystore.unlock(FILE, b"open sesame") == SECRETS


def test_the_default_costs_open_too() -> None:
    assert keystore.unlock(keystore.lock(SECRETS, b"x"), b"x") == SECRETS
    assert keystore.Costs(65_536, 3, 4) == keystore.DEFAULT_COSTS


@pytest.mark.parametrize("secrets", [{}, {"": b""}, {"\u043a\u043b\u044e\u0447": bytes(5000)}])
def test_names_and_lengths_are_free(secrets: dict[str, bytes]) -> None:
    assert keystore.unlock(keystore.lock(secrets, b"x", CHEAP), b"x") == secrets


def test_the_same_secrets_never_give_the_same_file() -> None:
    again = keystore.lock(SECRETS, b"open sesame", CHEAP)
    assert again != FILE
    assert not any(secret in FILE for secret in SECRETS.values())


@pytest.mark.parametrize("passphrase", [b"open sesamE", b"open sesame ", b"", b"\x00"])
def test_another_passphrase_is_wrong(passphrase: bytes) -> None:
    with refused(Reason.PASSPHRASE_WRONG):
        keystore.unlock(FILE, passphrase)


def test_an_empty_passphrase_locks_nothing() -> None:
    with refused(Reason.PASSPHRASE_EMPTY):
        keystore.lock(SECRETS, b"", CHEAP)


@settings(max_examples=300)
@given(st.integers(0, len(FILE) * 8 - 1))
def test_any_changed_bit_is_damage(bit: int) -> None:
    with refused(Reason.KEYSTORE_DAMAGED):
        keystore.unlock(flipped(FILE, bit), b"open sesame")


@given(st.integers(0, len(FILE) - 1))
def test_any_missing_end_is_damage(length: int) -> None:
    with refused(Reason.KEYSTORE_DAMAGED):
        keystore.unlock(FILE[:length], b"open sesame")


@given(st.binary(max_size=200))
def test_arbitrary_bytes_are_no_keystore(data: bytes) -> None:
    with refused(Reason.KEYSTORE_DAMAGED):
        keystore.unlock(data, b"open sesame")


def forged(header: list, ciphertext: bytes | None = None) -> bytes:
    """A file whose checksum is right."""
    if ciphertext is None:
        ciphertext = cbor.decode(FILE, limit=10_000)[1]
    checksum = hashlib.sha256(cbor.encode(header) + ciphertext).digest()
    return cbor.encode([header, ciphertext, checksum])


@pytest.mark.parametrize(
    "costs",
    [
        [100 * 1024 * 1024, 1, 1],
        [1024 * 1024 + 1, 1, 1],
        [1024 * 1024, 9, 1],
        [8, 1 << 40, 1],
        [8, 0, 1],
        [8, -1, 1],
        [7, 1, 1],
        [0, 1, 0],
        [1024, 1, 17],
        [1024, 1, True],
        [1024, 1],
        [1024, 1, 1, 1],
        [1 << 63, 1, 1],
    ],
    ids=str,
)
def test_costs_beyond_bounds_are_never_spent(
    costs: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(keystore, "Argon2id")
    header = cbor.decode(FILE, limit=10_000)[0]
    header[1] = costs
    with refused(Reason.KEYSTORE_DAMAGED):
        keystore.unlock(forged(header), b"open sesame")


@pytest.mark.parametrize(
    ("place", "value"),
    [(0, "parley/keystore/2"), (2, bytes(15)), (2, bytes(17)), (3, bytes(11)), (3, bytes(13))],
)
def test_another_format_or_length_is_no_keystore(place: int, value: object) -> None:
    header = cbor.decode(FILE, limit=10_000)[0]
    header[place] = value
    with refused(Reason.KEYSTORE_DAMAGED):
        keystore.unlock(forged(header), b"open sesame")


def test_a_header_altered_with_care_does_not_open() -> None:
    header = cbor.decode(FILE, limit=10_000)[0]
    header[3] = bytes(12)
    with refused(Reason.PASSPHRASE_WRONG):
        keystore.unlock(forged(header), b"open sesame")
    with refused(Reason.PASSPHRASE_WRONG):
        keystore.unlock(forged(cbor.decode(FILE, limit=10_000)[0], b""), b"open sesame")


def test_what_opens_but_holds_no_secrets_is_damage() -> None:
    odd = keystore.lock({"number": 7}, b"x", CHEAP)  # type: ignore[dict-item]
    with refused(Reason.KEYSTORE_DAMAGED):
        keystore.unlock(odd, b"x")


def test_more_secrets_than_fit_are_refused() -> None:
    with refused(Reason.TOO_LARGE):
        keystore.lock({"large": bytes(keystore.KEYSTORE_BYTES)}, b"x", CHEAP)


def test_two_derivations_at_once_do_not_wait_for_each_other_for_ever() -> None:
    """OpenSSL's threads for several lanes are one pool for the process."""
    costs = keystore.Costs(memory_kib=1024, iterations=1, lanes=4)
    with ThreadPoolExecutor(4) as pool:
        calls = [pool.submit(keystore.lock, {"a": b"b"}, b"pass", costs) for _ in range(8)]
        assert [keystore.unlock(call.result(timeout=30), b"pass") for call in calls] == [
            {"a": b"b"}
        ] * 8
