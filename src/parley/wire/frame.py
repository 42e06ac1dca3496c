"""A frame: one message, sealed to its recipient and signed by its sender.

``[header, sealed, signature]`` in deterministic CBOR. The header names sender and recipient; its
SHA-256 is HPKE's ``info``; the signature (Ed25519, the sender's statement key) covers header and
sealed bytes under a context of its own and is checked before anything is opened. A proxy sees
parties, channel, key identifiers, counter, size and time, and no more.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from parley.application.message import Message
from parley.crypto import cose, sealing
from parley.crypto.keys import SealingKey, StatementKey
from parley.kernel import cbor, limits
from parley.kernel.errors import ParleyError
from parley.kernel.ids import Bytes32, Bytes64, Count
from parley.kernel.reasons import Reason
from parley.record.channel import Channel

FRAME_VERSION: Final = 1
MEDIA_TYPE: Final = "application/vnd.parley.frame+cbor"
PATH: Final = "/parley/frames"

_CONTEXT: Final = b"parley/frame/1\n"
_HEADER_BYTES: Final = 512
_SIGNATURE_BYTES: Final = 64
_ARRAY_OF_THREE: Final = b"\x83"


class Header(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """What stands outside the seal."""

    version: Annotated[int, Meta(ge=FRAME_VERSION, le=FRAME_VERSION)]
    suite: Count
    channel: Bytes32
    sender: Bytes32
    recipient: Bytes32
    statement_kid: Bytes32
    sealing_kid: Bytes32
    counter: Count


class Frame(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """A frame taken apart; nothing about it has been verified."""

    header_bytes: Annotated[bytes, Meta(max_length=_HEADER_BYTES)]
    sealed: bytes
    signature: Bytes64

    def header(self) -> Header:
        """The header.

        :raises ParleyError: ``version-unsupported`` and the errors of the encoding.
        """
        value = cbor.decode(self.header_bytes, limit=_HEADER_BYTES)
        version = value[0] if isinstance(value, list) and value else None
        if type(version) is int and version != FRAME_VERSION:
            raise ParleyError(Reason.VERSION_UNSUPPORTED, version=version)
        return cbor.convert(value, Header)

    @property
    def digest(self) -> bytes:
        """SHA-256 of the header: HPKE's ``info``."""
        return sha256(self.header_bytes).digest()

    @property
    def signed_digest(self) -> bytes:
        """SHA-256 of header and sealed bytes: what a reply names. No two frames have the same."""
        return sha256(self.header_bytes + self.sealed).digest()


def seal(
    message: Message, channel: Channel, key: StatementKey, counter: int
) -> tuple[bytes, bytes]:
    """Seal and sign a message to the channel's peer.

    Returns the frame's bytes and its signed digest.
    """
    header = cbor.encode_model(
        Header(
            version=FRAME_VERSION,
            suite=channel.peer.text.identity.suite,
            channel=channel.id,
            sender=channel.own.party,
            recipient=channel.peer.party,
            statement_kid=key.public.kid,
            sealing_kid=channel.peer.sealing_key.kid,
            counter=counter,
        )
    )
    digest = sha256(header).digest()
    sealed = sealing.seal(cbor.encode_model(message), digest, channel.peer.sealing_key)
    frame = Frame(header, sealed, key.sign(_CONTEXT + header + sealed))
    return cbor.encode_model(frame), frame.signed_digest


HEAD_BYTES: Final = 1 + 3 + _HEADER_BYTES
"""So many bytes of a frame have all of its header."""


def head(data: bytes) -> Header:
    """The header of a frame of which perhaps only the first :data:`HEAD_BYTES` have come.

    :raises ParleyError: ``shape-invalid`` and the errors of :meth:`Frame.header`.
    """
    if data[:1] != _ARRAY_OF_THREE:
        raise ParleyError(Reason.SHAPE_INVALID, shape="Frame", place="$")
    try:
        header, _at = cose.read_bstr(data[:HEAD_BYTES], 1)
    except (IndexError, ValueError) as error:
        raise ParleyError(Reason.SHAPE_INVALID, shape="Frame", place="$[0]") from error
    return Frame(header, b"", b"").header()


def parse(data: bytes) -> Frame:
    """Take a frame apart; nothing is verified, and nothing built but three slices.

    Whatever else a stranger sends costs no more than it is long.

    :raises ParleyError: ``too-large``, ``shape-invalid``.
    """
    if len(data) > limits.FRAME_BYTES:
        raise ParleyError(Reason.TOO_LARGE, size=len(data), limit=limits.FRAME_BYTES)
    if data[:1] != _ARRAY_OF_THREE:
        raise ParleyError(Reason.SHAPE_INVALID, shape="Frame", place="$")
    try:
        header, at = cose.read_bstr(data, 1)
        sealed, at = cose.read_bstr(data, at)
        signature, at = cose.read_bstr(data, at)
    except (IndexError, ValueError) as error:
        raise ParleyError(Reason.SHAPE_INVALID, shape="Frame", place="$") from error
    if len(data) != at or len(header) > _HEADER_BYTES or len(signature) != _SIGNATURE_BYTES:
        raise ParleyError(Reason.SHAPE_INVALID, shape="Frame", place="$")
    return Frame(header, sealed, signature)


def check_audience(header: Header, channel: Channel) -> None:
    """Check that a header names the members of ``channel`` in their parts.

    :raises ParleyError: ``wrong-audience``.
    """
    expected = (channel.id, channel.peer.party, channel.own.party)
    if (header.channel, header.sender, header.recipient) != expected:
        raise ParleyError(Reason.WRONG_AUDIENCE)


def verify(frame: Frame, header: Header, channel: Channel) -> None:
    """Check that the peer of ``channel`` made this frame for us: one signature check.

    :raises ParleyError: ``wrong-audience``, ``key-unknown``, ``signature-invalid``.
    """
    check_audience(header, channel)
    key = channel.statement_key(channel.peer_index, header.statement_kid)
    key.verify(frame.signature, _CONTEXT + frame.header_bytes + frame.sealed)


def open_message(frame: Frame, header: Header, key: SealingKey) -> Message:
    """Open a verified frame.

    :raises ParleyError: ``key-unknown``, ``unsealing-failed``, ``wrong-audience`` (the message
        inside is of another channel), the errors of the encoding.
    """
    if header.sealing_kid != key.public.kid:
        raise ParleyError(Reason.KEY_UNKNOWN)
    plaintext = sealing.open(frame.sealed, frame.digest, key)
    message = cbor.decode_as(plaintext, Message, limit=limits.FRAME_BYTES)
    if message.channel != header.channel:
        raise ParleyError(Reason.WRONG_AUDIENCE)
    return message
