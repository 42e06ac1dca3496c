"""Identifiers: random bytes inside, and the text forms that people and claims use.

=============  =====  ==================================================================
identifier     bytes  what it is
=============  =====  ==================================================================
party          32     fingerprint of the party's identity key
channel        32     hash over label and members, the same on both sides
case           16     random
office         8      random; eight zero bytes are the desk itself
leaf           32     RFC 9162 leaf hash of a statement's exact bytes: its identifier
=============  =====  ==================================================================
"""

from __future__ import annotations

import secrets
from typing import Annotated, Final

from msgspec import Meta

from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason

Bytes8 = Annotated[bytes, Meta(min_length=8, max_length=8)]
Bytes16 = Annotated[bytes, Meta(min_length=16, max_length=16)]
Bytes32 = Annotated[bytes, Meta(min_length=32, max_length=32)]
Bytes64 = Annotated[bytes, Meta(min_length=64, max_length=64)]
Count = Annotated[int, Meta(ge=0, le=2**53 - 1)]
Token = Annotated[str, Meta(pattern=r"\A[a-z0-9][a-z0-9-]{0,39}\Z")]

DESK_OFFICE: Final = bytes(8)


def new_case_id() -> bytes:
    """16 random bytes."""
    return secrets.token_bytes(16)


def new_office_id() -> bytes:
    """8 random bytes, never those of the desk itself."""
    while (office := secrets.token_bytes(8)) == DESK_OFFICE:
        pass  # pragma: no cover - once in 2**64
    return office


def party_uri(party: bytes) -> str:
    """The issuer claim (CWT ``iss``) of a party."""
    return f"parley:party:{party.hex()}"


def channel_uri(channel: bytes) -> str:
    """The subject claim (CWT ``sub``) of receipts in a channel."""
    return f"parley:channel:{channel.hex()}"


def case_uri(case: bytes) -> str:
    """The subject claim (CWT ``sub``) of statements in a case."""
    return f"parley:case:{case.hex()}"


def parse_hex(text: str, size: int) -> bytes:
    """Read an identifier of ``size`` bytes from hexadecimal, spaces and dashes ignored.

    :raises ParleyError: ``identifier-invalid``.
    """
    try:
        data = bytes.fromhex(text.replace("-", "").replace(" ", ""))
    except ValueError as error:
        raise ParleyError(Reason.IDENTIFIER_INVALID, size=size) from error
    if len(data) != size:
        raise ParleyError(Reason.IDENTIFIER_INVALID, size=size)
    return data
