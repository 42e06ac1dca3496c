"""What a browser sends of a passkey, read strictly; nothing of it is verified here.

Browsers send more than is read: what stands beside these fields is let be.
"""

from __future__ import annotations

import re
from typing import Annotated, Final, NamedTuple, TypeVar

import msgspec
from msgspec import Meta, Struct
from webauthn.helpers import base64url_to_bytes

from parley.kernel import limits
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason

RESPONSE_BYTES: Final = 32 * limits.KIB
"""Greatest length of what a browser sends of a passkey."""

_CREDENTIAL_BYTES: Final = 1023
_TRANSPORT: Final = re.compile(r"[a-z-]{1,16}", re.ASCII)

Encoded = Annotated[str, Meta(max_length=RESPONSE_BYTES, pattern=r"\A[A-Za-z0-9_-]*\Z")]
Made = TypeVar("Made")


class _ClientData(Struct, frozen=True):
    """What the browser says of the ceremony (WebAuthn, section 5.8.1); more may stand there."""

    type: str
    challenge: Encoded
    origin: str
    cross_origin: bool = msgspec.field(default=False, name="crossOrigin")


class _Attestation(Struct, frozen=True):
    client_data: Encoded = msgspec.field(name="clientDataJSON")
    attestation: Encoded = msgspec.field(name="attestationObject")
    transports: Annotated[tuple[str, ...], Meta(max_length=16)] = ()


class _Assertion(Struct, frozen=True):
    client_data: Encoded = msgspec.field(name="clientDataJSON")
    authenticator_data: Encoded = msgspec.field(name="authenticatorData")
    signature: Encoded
    user_handle: Encoded | None = msgspec.field(default=None, name="userHandle")


class _Registration(Struct, frozen=True):
    id: Encoded
    raw_id: Encoded = msgspec.field(name="rawId")
    type: str
    response: _Attestation


class _Authentication(Struct, frozen=True):
    id: Encoded
    raw_id: Encoded = msgspec.field(name="rawId")
    type: str
    response: _Assertion


class NewKey(NamedTuple):
    """A browser's answer to an offer to make a passkey, as far as it can be read."""

    data: str
    challenge: bytes
    attestation: bytes
    transports: tuple[str, ...]


class Answer(NamedTuple):
    """A browser's answer to a challenge, as far as it can be read."""

    data: str
    challenge: bytes
    credential: bytes
    handle: bytes | None


def parse_new_key(data: bytes) -> NewKey:
    """Read what a browser has made (WebAuthn, section 5.1.3), in the JSON of its own.

    :raises ParleyError: ``passkey-malformed``.
    """
    read = _read(data, _Registration)
    said = _client_data(read.response.client_data)
    transports = sorted({one for one in read.response.transports if _TRANSPORT.fullmatch(one)})
    attestation = _decoded(read.response.attestation)
    return NewKey(data.decode(), _decoded(said.challenge), attestation, tuple(transports))


def parse_answer(data: bytes) -> Answer:
    """Read what a passkey has signed (WebAuthn, section 5.1.4), in the JSON of the browser.

    :raises ParleyError: ``passkey-malformed``.
    """
    read = _read(data, _Authentication)
    said = _client_data(read.response.client_data)
    credential = _decoded(read.raw_id)
    if len(credential) > _CREDENTIAL_BYTES:
        raise ParleyError(Reason.PASSKEY_MALFORMED)
    handle = read.response.user_handle
    return Answer(
        data.decode(), _decoded(said.challenge), credential, _decoded(handle) if handle else None
    )


def _read(data: bytes, shape: type[Made]) -> Made:
    try:
        if len(data) <= RESPONSE_BYTES:
            # As text: what stands in a field that is not read is not looked at otherwise.
            return msgspec.json.decode(data.decode(), type=shape)
    except (ValueError, RecursionError) as error:
        raise ParleyError(Reason.PASSKEY_MALFORMED) from error
    raise ParleyError(Reason.PASSKEY_MALFORMED)


def _client_data(encoded: str) -> _ClientData:
    said = _read(_decoded(encoded), _ClientData)
    if said.cross_origin:
        # A page of somebody else's has put ours into a frame.
        raise ParleyError(Reason.PASSKEY_REFUSED)
    return said


def _decoded(encoded: str) -> bytes:
    try:
        return base64url_to_bytes(encoded)
    except ValueError as error:
        raise ParleyError(Reason.PASSKEY_MALFORMED) from error
