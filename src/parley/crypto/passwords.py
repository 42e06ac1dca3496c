"""Passwords of officers as they are kept: Argon2id in the PHC string format, checked one way.

A check costs the same whether there is a password to compare with or not.
"""

from __future__ import annotations

import base64
import secrets
import threading
from typing import Final

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from parley.crypto import keystore
from parley.crypto.keystore import Costs
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason

COSTS: Final = Costs(memory_kib=64 * 1024, iterations=3, lanes=1)
"""The second recommendation of RFC 9106, section 4, on one lane: several sign in at a time."""

_HASH_BYTES: Final = 32
_SALT_BYTES: Final = 16
_WAITING: Final = 8
"""So many may wait for the processor; whoever comes then is turned away at once, not queued."""

_queue: Final = threading.BoundedSemaphore(_WAITING)


def hashed(password: str, costs: Costs = COSTS) -> str:
    """A password as it is kept, with a new salt.

    :raises ParleyError: ``desk-busy``.
    """
    with _Turn():
        return _argon(secrets.token_bytes(_SALT_BYTES), costs).derive_phc_encoded(_bytes(password))


def fits(password: str, kept: str | None, costs: Costs = COSTS) -> bool:
    """Whether a password is the one that is kept; none kept: false, after as much work.

    :raises ParleyError: ``desk-busy``.
    """
    with _Turn():
        try:
            Argon2id.verify_phc_encoded(_bytes(password), kept or _none(costs))
        except InvalidKey:
            return False
    return kept is not None


def _argon(salt: bytes, costs: Costs) -> Argon2id:
    return Argon2id(
        salt=salt,
        length=_HASH_BYTES,
        iterations=costs.iterations,
        lanes=costs.lanes,
        memory_cost=costs.memory_kib,
    )


def _none(costs: Costs) -> str:
    """What no password fits: a hash that was drawn, not derived."""
    salt, drawn = (
        base64.b64encode(secrets.token_bytes(count)).decode().rstrip("=")
        for count in (_SALT_BYTES, _HASH_BYTES)
    )
    settings = f"m={costs.memory_kib},t={costs.iterations},p={costs.lanes}"
    return f"$argon2id$v=19${settings}${salt}${drawn}"


def _bytes(password: str) -> bytes:
    return password.encode("utf-8", "surrogatepass")


class _Turn:
    """One derivation after the other, and no long queue: memory and threads are bounded."""

    def __enter__(self) -> None:
        if not _queue.acquire(blocking=False):
            raise ParleyError(Reason.DESK_BUSY)
        keystore.ONE_AT_A_TIME.acquire()

    def __exit__(self, *_error: object) -> None:
        keystore.ONE_AT_A_TIME.release()
        _queue.release()
