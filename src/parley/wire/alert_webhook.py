"""Alerts to a webhook: JSON by POST, under an HMAC, to the one address that the house configured.

``Parley-Signature: t=TIME, v1=HEX``: HMAC-SHA-256 (RFC 2104) with the shared key over the decimal
``t``, a full stop, and the exact bytes of the body. ``Idempotency-Key`` names the telling: a
receiver that has seen it drops the second. No redirect is followed, no proxy of the environment is
used, and nobody but the configuration says where to.
"""

from __future__ import annotations

import hmac
import time
from hashlib import sha256
from typing import Final, NamedTuple

import httpx2

from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.wire.alert_text import Message
from parley.wire.dialling import Dialler, Timeouts

SIGNATURE: Final = "Parley-Signature"
IDEMPOTENCY_KEY: Final = "Idempotency-Key"

_REPLY_BYTES: Final = 4096
_TIMEOUTS: Final = Timeouts(connect=5.0, idle=10.0, total=30.0)


class Hook(NamedTuple):
    """Where a webhook is, and the key that it shares with us."""

    url: str
    key: bytes


def signature(key: bytes, at: int, body: bytes) -> str:
    """What stands in the header: when it was signed, and the HMAC over that and the body."""
    made = hmac.new(key, f"{at}.".encode() + body, sha256).hexdigest()
    return f"t={at}, v1={made}"


class Webhook:
    """Tells of alerts by HTTP."""

    def __init__(self, hook: Hook, timeouts: Timeouts = _TIMEOUTS) -> None:
        self._hook = hook
        self._timeouts = timeouts

    def tell(self, message: Message, now: int) -> None:
        """Post one alert; any answer of the 200s means that it was taken.

        :raises ParleyError: ``alert-unreachable``, ``alert-refused``.
        """
        headers = {
            "content-type": "application/json",
            "accept-encoding": "identity",
            SIGNATURE: signature(self._hook.key, now, message.data),
            IDEMPOTENCY_KEY: message.name,
        }
        dialler = Dialler(self._timeouts)
        try:
            with (
                httpx2.Client(follow_redirects=False, transport=dialler, trust_env=False) as client,
                client.stream(
                    "POST", self._hook.url, content=message.data, headers=headers
                ) as response,
            ):
                self._drain(response)
                status = response.status_code
        except httpx2.HTTPError as error:
            raise ParleyError(Reason.ALERT_UNREACHABLE, fact=type(error).__name__) from error
        if not 200 <= status < 300:
            raise ParleyError(Reason.ALERT_REFUSED, status=status)

    def _drain(self, response: httpx2.Response) -> None:
        """Read what little of the answer is worth reading; it says nothing that we need."""
        size = 0
        ends = time.monotonic() + self._timeouts.total
        for part in response.iter_raw():
            size += len(part)
            if size > _REPLY_BYTES or time.monotonic() > ends:
                return
