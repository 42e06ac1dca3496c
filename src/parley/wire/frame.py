"""A frame: one message, sealed to its recipient and signed by its sender.

``[header, keys, sealed, signature]`` in deterministic CBOR. The header names sender and recipient;
its SHA-256 is HPKE's ``info``; the signature (Ed25519, the sender's current statement key) covers
all before it under a context of its own and is checked before the message is opened. ``keys`` has
key statements of the sender that the recipient may lack, sealed by themselves; it is empty most
times, and opened first only where the recipient does not know the key that signs. A proxy sees
parties, channel, key identifiers, counter, sizes and time, and no more.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Annotated, Final, TypeVar

import msgspec
from msgspec import Meta

from parley.application.message import Message
from parley.application.parcel import KIND, Parcel
from parley.crypto import cose, sealing
from parley.crypto.keys import StatementKey
from parley.kernel import cbor, limits
from parley.kernel.errors import ParleyError
from parley.kernel.ids import Bytes32, Bytes64, Count
from parley.kernel.reasons import Reason
from parley.record import keyring as keyrings
from parley.record.channel import Channel
from parley.record.keyring import Keyring, KeyStatement
from parley.record.ledger import Keys
from parley.record.letter import SUITE

FRAME_VERSION: Final = 1
MEDIA_TYPE: Final = "application/vnd.parley.frame+cbor"
PATH: Final = "/parley/frames"
PARCEL_PATH: Final = "/parley/attachments"

_CONTEXT: Final = b"parley/frame/1\n"
_HEADER_BYTES: Final = 512
_SIGNATURE_BYTES: Final = 64
_ARRAY_OF_FOUR: Final = b"\x84"
_KEYS_INFO: Final = b"parley/frame/1/keys\n"
_SEALED_KEYS_BYTES: Final = limits.KEY_STATEMENTS_BYTES + 2 * limits.KIB


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
    keys: Annotated[bytes, Meta(max_length=_SEALED_KEYS_BYTES)]
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
    def signed(self) -> bytes:
        """What the sender signs."""
        return _CONTEXT + self.header_bytes + cose.bstr(self.keys) + self.sealed

    @property
    def signed_digest(self) -> bytes:
        """SHA-256 of header and sealed bytes: what a reply names. No two frames have the same."""
        digest = sha256(self.header_bytes)
        digest.update(self.sealed)
        return digest.digest()


_Statements = Annotated[
    tuple[Annotated[bytes, Meta(max_length=limits.KEY_STATEMENT_BYTES)], ...],
    Meta(min_length=1, max_length=limits.KEY_STATEMENTS_IN_FRAME),
]


def seal(
    message: Message | Parcel,
    channel: Channel,
    key: StatementKey,
    counter: int,
    *,
    now: int,
    keys: tuple[bytes, ...] = (),
) -> tuple[bytes, bytes]:
    """Seal and sign a message or a parcel to the channel's peer.

    ``keys``: key statements that go before it.
    Returns the frame's bytes and its signed digest.

    :raises ParleyError: ``sealing-key-expired``.
    """
    sealing_key = channel.peer_keys.sealing_key(now)
    header = cbor.encode_model(
        Header(
            version=FRAME_VERSION,
            suite=channel.peer.text.identity.suite,
            channel=channel.id,
            sender=channel.own.party,
            recipient=channel.peer.party,
            statement_kid=key.public.kid,
            sealing_kid=sealing_key.kid,
            counter=counter,
        )
    )
    digest = sha256(header).digest()
    sealed_keys = (
        sealing.seal(cbor.encode(list(keys)), _KEYS_INFO + digest, sealing_key) if keys else b""
    )
    sealed = sealing.seal(_encoded(message), digest, sealing_key)
    unsigned = Frame(header, sealed_keys, sealed, bytes(_SIGNATURE_BYTES))
    frame = msgspec.structs.replace(unsigned, signature=key.sign(unsigned.signed))
    return cbor.encode_bulk(cbor.plain(frame)), frame.signed_digest


def _encoded(message: Message | Parcel) -> bytes:
    """What is sealed; chunks of attachments are long."""
    bulky = isinstance(message, Parcel)
    return cbor.encode_bulk(cbor.plain(message)) if bulky else cbor.encode_model(message)


HEAD_BYTES: Final = 1 + 3 + _HEADER_BYTES
"""So many bytes of a frame have all of its header."""


def head(data: bytes) -> Header:
    """The header of a frame of which perhaps only the first :data:`HEAD_BYTES` have come.

    :raises ParleyError: ``shape-invalid`` and the errors of :meth:`Frame.header`.
    """
    if data[:1] != _ARRAY_OF_FOUR:
        raise ParleyError(Reason.SHAPE_INVALID, shape="Frame", place="$")
    try:
        header, _at = cose.read_bstr(data[:HEAD_BYTES], 1)
    except (IndexError, ValueError) as error:
        raise ParleyError(Reason.SHAPE_INVALID, shape="Frame", place="$[0]") from error
    return Frame(header, b"", b"", b"").header()


def parse(data: bytes) -> Frame:
    """Take a frame apart; nothing is verified, and nothing built but four slices.

    Whatever else a stranger sends costs no more than it is long.

    :raises ParleyError: ``too-large``, ``shape-invalid``.
    """
    if len(data) > limits.FRAME_BYTES:
        raise ParleyError(Reason.TOO_LARGE, size=len(data), limit=limits.FRAME_BYTES)
    if data[:1] != _ARRAY_OF_FOUR:
        raise ParleyError(Reason.SHAPE_INVALID, shape="Frame", place="$")
    try:
        header, at = cose.read_bstr(data, 1)
        keys, at = cose.read_bstr(data, at)
        sealed, at = cose.read_bstr(data, at)
        signature, at = cose.read_bstr(data, at)
    except (IndexError, ValueError) as error:
        raise ParleyError(Reason.SHAPE_INVALID, shape="Frame", place="$") from error
    fits = len(header) <= _HEADER_BYTES and len(keys) <= _SEALED_KEYS_BYTES
    if len(data) != at or not fits or len(signature) != _SIGNATURE_BYTES:
        raise ParleyError(Reason.SHAPE_INVALID, shape="Frame", place="$")
    return Frame(header, keys, sealed, signature)


def check_audience(header: Header, channel: Channel) -> None:
    """Check that a header names the members of ``channel`` in their parts.

    :raises ParleyError: ``wrong-audience``.
    """
    expected = (channel.id, channel.peer.party, channel.own.party)
    if (header.channel, header.sender, header.recipient) != expected:
        raise ParleyError(Reason.WRONG_AUDIENCE)


def verify(frame: Frame, header: Header, channel: Channel, keys: Keys) -> Keyring:
    """Check that the peer of ``channel`` made this frame for us.

    Only its current key signs frames. Where the frame brings key statements that we lack, the
    result is the peer's keyring with them, which nobody has kept yet; else the one that we have.
    Costs one signature check where the key is known. Where it is not, one small part is opened and
    the next key statement's signature is checked first.

    :raises ParleyError: ``wrong-audience``, ``downgrade-refused``, ``key-unknown``,
        ``key-retired``, ``signature-invalid``; the errors of a key statement; ``fork-keys``, with
        the two statements as ``held`` and ``found`` of a :class:`KeyForkError`.
    """
    check_audience(header, channel)
    if header.suite != SUITE:
        raise ParleyError(Reason.DOWNGRADE_REFUSED)
    ring = channel.peer_keys
    for epoch in ring.epochs:
        if epoch.statement.kid == header.statement_kid:
            epoch.statement.verify(frame.signature, frame.signed)
            extended = _introduced(frame, header, ring, keys) if frame.keys else ring
            if epoch.number != extended.current.number:
                raise ParleyError(Reason.KEY_RETIRED, epoch=epoch.number)
            return extended
    if not frame.keys:
        raise ParleyError(Reason.KEY_UNKNOWN)
    extended = _introduced(frame, header, ring, keys)
    if extended.current.statement.kid != header.statement_kid:
        raise ParleyError(Reason.KEY_UNKNOWN)
    extended.current.statement.verify(frame.signature, frame.signed)
    return extended


class KeyForkError(ParleyError):
    """Two key statements of one party with one number, both signed by its identity key."""

    def __init__(self, held: KeyStatement, found: KeyStatement) -> None:
        super().__init__(Reason.FORK_KEYS, number=held.text.number)
        self.held = held
        self.found = found


def _introduced(frame: Frame, header: Header, ring: Keyring, keys: Keys) -> Keyring:
    """The peer's keyring with the key statements in the frame that follow."""
    key = keys.opening(header.sealing_kid)
    plaintext = sealing.open(frame.keys, _KEYS_INFO + frame.digest, key)
    items = cbor.decode(plaintext, limit=limits.KEY_STATEMENTS_BYTES)
    for data in cbor.convert(items, _Statements):
        statement = keyrings.read(data)
        if statement.text.number > ring.number:
            ring = ring.extended(statement)
            continue
        held = ring.conflicts(statement)
        if held is not None:
            raise KeyForkError(held, statement)
    return ring


def parse_message(plaintext: bytes) -> Message:
    """Read what a frame says, once it is opened.

    :raises ParleyError: the errors of the encoding.
    """
    return cbor.decode_as(plaintext, Message, limit=limits.FRAME_BYTES)


def parse_content(plaintext: bytes) -> Message | Parcel:
    """Read what a frame says that may be a message or a parcel: its first part tells.

    :raises ParleyError: the errors of the encoding.
    """
    value = cbor.decode(plaintext, limit=limits.FRAME_BYTES)
    is_parcel = isinstance(value, list) and bool(value) and value[0] == KIND
    return cbor.convert(value, Parcel) if is_parcel else cbor.convert(value, Message)


def open_message(frame: Frame, header: Header, keys: Keys) -> Message:
    """Open a verified frame with a message in it.

    :raises ParleyError: ``key-unknown``, ``unsealing-failed``, ``wrong-audience`` (the message
        inside is of another channel), the errors of the encoding.
    """
    return _of_channel(parse_message(_plaintext(frame, header, keys)), header)


def open_parcel(frame: Frame, header: Header, keys: Keys) -> Parcel:
    """Open a verified frame with a parcel in it.

    :raises ParleyError: as :func:`open_message`.
    """
    plaintext = _plaintext(frame, header, keys)
    return _of_channel(cbor.decode_as(plaintext, Parcel, limit=limits.FRAME_BYTES), header)


def open_content(frame: Frame, header: Header, keys: Keys) -> Message | Parcel:
    """Open a verified frame, whatever is in it.

    :raises ParleyError: as :func:`open_message`.
    """
    return _of_channel(parse_content(_plaintext(frame, header, keys)), header)


def _plaintext(frame: Frame, header: Header, keys: Keys) -> bytes:
    return sealing.open(frame.sealed, frame.digest, keys.opening(header.sealing_kid))


_Content = TypeVar("_Content", Message, Parcel, Message | Parcel)


def _of_channel(content: _Content, header: Header) -> _Content:
    if content.channel != header.channel:
        raise ParleyError(Reason.WRONG_AUDIENCE)
    return content
