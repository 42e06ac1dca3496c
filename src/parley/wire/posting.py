"""One frame to a peer by HTTP, and the frame that answers it."""

from __future__ import annotations

from typing import Final

import httpx2
import msgspec

from parley.kernel import limits
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.wire.dialling import Dialler, Timeouts
from parley.wire.frame import MEDIA_TYPE

_REFUSAL_BYTES: Final = 200


class Poster:
    """Posts frames to peers. Threads may share it."""

    def __init__(
        self, transport: httpx2.BaseTransport | None = None, timeouts: Timeouts | None = None
    ) -> None:
        self._client = httpx2.Client(
            follow_redirects=False,
            transport=transport or Dialler(timeouts or Timeouts()),
            trust_env=False,
        )

    def close(self) -> None:
        """Give the connections back."""
        self._client.close()

    def bring(self, path: str, data: bytes, endpoints: tuple[str, ...]) -> bytes:
        """Post a frame to ``path`` of the first address that answers.

        :raises ParleyError: ``peer-unreachable``, ``peer-refused``, ``reply-too-large``,
            ``endpoint-none``.
        """
        failure = ParleyError(Reason.ENDPOINT_NONE)
        for endpoint in endpoints:
            try:
                return self._post(endpoint.rstrip("/") + path, data)
            except ParleyError as error:
                failure = error
            except httpx2.HTTPError as error:
                failure = ParleyError(Reason.PEER_UNREACHABLE, fact=type(error).__name__)
        raise failure

    def _post(self, url: str, data: bytes) -> bytes:
        headers = {"content-type": MEDIA_TYPE, "accept-encoding": "identity"}
        with self._client.stream("POST", url, content=data, headers=headers) as response:
            fine = response.status_code == 200
            answer = _read(response, limits.FRAME_BYTES if fine else _REFUSAL_BYTES)
        if not fine:
            raise ParleyError(
                Reason.PEER_REFUSED, status=response.status_code, why=stated_reason(answer)
            )
        if answer is None:
            raise ParleyError(Reason.REPLY_TOO_LARGE, limit=limits.FRAME_BYTES)
        return answer


def _read(response: httpx2.Response, limit: int) -> bytes | None:
    """A response's content as it came; null where there is more than ``limit``.

    Raw: nothing that a peer sends is ever decompressed.
    """
    parts: list[bytes] = []
    size = 0
    for part in response.iter_raw():
        size += len(part)
        if size > limit:
            return None
        parts.append(part)
    return b"".join(parts)


def stated_reason(answer: bytes | None) -> str | None:
    """The reason code in a refusal, where it is one that we know."""
    try:
        stated = msgspec.json.decode(answer or b"", type=_Stated)
        return Reason(stated.reason).value
    except (msgspec.MsgspecError, ValueError):
        return None


class _Stated(msgspec.Struct, frozen=True):
    reason: str
