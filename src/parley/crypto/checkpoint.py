"""Checkpoints of a log as C2SP notes: tlog-checkpoint, signed-note, tlog-cosignature.

A note is text: the checkpoint's three lines, an empty line, and signature lines. A line here is a
string with its line feed, so a note grows by appending lines to it.

Signature types: 0x01 the log's own (Ed25519 over the text), 0x04 a cosignature with time
(Ed25519), 0x06 the same with ML-DSA-44. All three are made with a party's log key. The first line
of what each covers keeps them apart from one another and from COSE structures.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final

import msgspec

from parley.crypto import merkle
from parley.crypto.keys import (
    ED25519_SIGNATURE_BYTES,
    MLDSA44_SIGNATURE_BYTES,
    Claim,
    Ed25519Public,
    LogKey,
    LogPublic,
    MlDsa44Public,
)
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason

NOTE_BYTES: Final = 96 * 1024
"""Greatest length of a note that is read: 16 signature lines of ML-DSA-44, and room."""

LINES_MAX: Final = 16
NAME_BYTES: Final = 255
TIME_MAX: Final = (1 << 63) - 1

ED25519_NOTE: Final = 0x01
ED25519_COSIGNATURE: Final = 0x04
ML_DSA_44_COSIGNATURE: Final = 0x06
COSIGNATURES: Final = (ED25519_COSIGNATURE, ML_DSA_44_COSIGNATURE)

PREFIX: Final = "parley/v1/"
_DASH: Final = "\N{EM DASH} "
_SIZE: Final = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)
_CONTROL: Final = re.compile(r"[\x00-\x09\x0b-\x1f]")
_NAME: Final = re.compile(r"[^\s+\x00-\x1f\ud800-\udfff]+")
_ORIGIN: Final = re.compile(
    PREFIX + r"([0-9a-f]{64})/([0-9a-f]{64})/(0|[1-9][0-9]{0,15})", re.ASCII
)
_TIME_FIELD: Final = 8

Verify = Callable[[Claim], None]
"""Checks an Ed25519 signature, or knows that it was checked; raises ``signature-invalid``."""


class Checkpoint(msgspec.Struct, frozen=True):
    """A tree head: the log's ``origin``, its ``size`` in leaves, and its ``root`` (32 bytes)."""

    origin: str
    size: int
    root: bytes

    def body(self) -> str:
        """The note's text, as signed (tlog-checkpoint, 'Note text')."""
        return f"{self.origin}\n{self.size}\n{_base64(self.root)}\n"


@lru_cache(maxsize=1024)
def origin(party: bytes, channel: bytes, epoch: int) -> str:
    """Name of a party's log of a channel: ``parley/v1/<party>/<channel>/<epoch>``.

    :param party: the party's fingerprint, 32 bytes; written in hexadecimal.
    :param channel: the channel's identifier, 32 bytes; written in hexadecimal.
    :param epoch: count of the log's keys, from 0.
    """
    return f"{PREFIX}{party.hex()}/{channel.hex()}/{epoch}"


def parse_origin(name: str) -> tuple[bytes, bytes, int]:
    """Party, channel and epoch in an origin, as :func:`origin` writes it.

    :raises ParleyError: ``checkpoint-malformed``.
    """
    found = _ORIGIN.fullmatch(name)
    if found is None:
        raise _malformed("origin")
    return bytes.fromhex(found[1]), bytes.fromhex(found[2]), int(found[3])


@lru_cache(maxsize=1024)
def cosigner(party: bytes) -> str:
    """Name under which a party cosigns: ``parley/v1/<party>``; ``party`` as in :func:`origin`."""
    return f"{PREFIX}{party.hex()}"


def sign_note(checkpoint: Checkpoint, key: LogKey) -> str:
    """The checkpoint as a note with the log's own signature (type 0x01); key name = origin.

    :raises ParleyError: ``checkpoint-malformed`` if the checkpoint cannot be written as one.
    """
    _check(checkpoint)
    body = checkpoint.body()
    key_id = _key_id(checkpoint.origin, ED25519_NOTE, key.public.ed25519.raw)
    line = _line(checkpoint.origin, key_id, key.sign(body.encode()))
    return f"{body}\n{line}"


def cosign(
    checkpoint: Checkpoint, name: str, key: LogKey, timestamp: int, post_quantum: bool
) -> str:
    """A cosignature of ``checkpoint`` as a signature line (tlog-cosignature).

    :param name: the cosigner's name, from :func:`cosigner` for a party.
    :param timestamp: when, in seconds since the epoch, UTC; inside the signature.
    :param post_quantum: ML-DSA-44 (type 0x06) instead of Ed25519 (type 0x04).
    :raises ParleyError: ``checkpoint-malformed`` for a name, time or checkpoint that cannot be
        written.
    """
    _check(checkpoint)
    _check_name(name)
    if not 0 <= timestamp <= TIME_MAX:
        raise _malformed("time")
    if post_quantum:
        key_id = _key_id(name, ML_DSA_44_COSIGNATURE, key.public.mldsa44.raw)
        signature = key.sign_mldsa44(_mldsa44_message(checkpoint, name, timestamp))
    else:
        key_id = _key_id(name, ED25519_COSIGNATURE, key.public.ed25519.raw)
        signature = key.sign(_ed25519_message(checkpoint, timestamp))
    return _line(name, key_id, timestamp.to_bytes(_TIME_FIELD, "big") + signature)


def parse_note(note: bytes, *, limit: int = NOTE_BYTES) -> tuple[Checkpoint, tuple[str, ...]]:
    """Read a checkpoint and its signature lines, without verifying any.

    Extension lines are refused: nobody cosigns their meaning.

    :param limit: greatest length of ``note``, bytes.
    :raises ParleyError: ``too-large``, ``checkpoint-malformed``.
    """
    if len(note) > limit:
        raise ParleyError(Reason.TOO_LARGE, size=len(note), limit=limit)
    try:
        text = note.decode("utf-8")
    except UnicodeDecodeError:
        raise _malformed("text") from None
    if _CONTROL.search(text):
        raise _malformed("text")
    head, separator, tail = text.partition("\n\n")
    fields = head.split("\n")
    if not separator or len(fields) != 3 or not _SIZE.fullmatch(fields[1]):
        raise _malformed("lines")
    checkpoint = Checkpoint(fields[0], int(fields[1]), _unbase64(fields[2]))
    _check(checkpoint)
    lines = tuple(_split(tail))
    if not 1 <= len(lines) <= LINES_MAX:
        raise _malformed("lines")
    keys = [_parse_line(line)[:2] for line in lines]
    if len(set(keys)) != len(keys):
        raise _malformed("line-repeated")
    return checkpoint, lines


def verify_note(
    note: bytes,
    expected_origin: str,
    public: LogPublic,
    *,
    limit: int = NOTE_BYTES,
    alone: bool = False,
) -> Checkpoint:
    """Check the log's own signature (type 0x01) on a note; other lines are left aside.

    :param alone: whether there must not be any other.
    :raises ParleyError: as :func:`note_claim`; ``signature-invalid``.
    """
    checkpoint, claim = note_claim(note, expected_origin, public, limit=limit, alone=alone)
    claim.verify()
    return checkpoint


@lru_cache(maxsize=16)
def note_claim(
    note: bytes,
    expected_origin: str,
    public: LogPublic,
    *,
    limit: int = NOTE_BYTES,
    alone: bool = False,
) -> tuple[Checkpoint, Claim]:
    """What a note says, and the log's own signature that is still to be checked.

    :raises ParleyError: as :func:`parse_note`; ``origin-mismatch``; ``signature-missing`` if no
        line is by this key under this name.
    """
    checkpoint, lines = parse_note(note, limit=limit)
    if alone and len(lines) != 1:
        raise _malformed("lines")
    if checkpoint.origin != expected_origin:
        raise ParleyError(Reason.ORIGIN_MISMATCH)
    key_id = _key_id(expected_origin, ED25519_NOTE, public.ed25519.raw)
    for line in lines:
        name, line_id, signature = _parse_line(line)
        if (name, line_id) == (expected_origin, key_id):
            return checkpoint, Claim(public.ed25519, signature, checkpoint.body().encode())
    raise ParleyError(Reason.SIGNATURE_MISSING)


def verify_cosignature(
    line: str,
    checkpoint: Checkpoint,
    name: str,
    public: LogPublic,
    verify: Verify = Claim.verify,
) -> int:
    """Check a cosignature of either type, and return its time (seconds since the epoch, UTC).

    The time is the cosigner's word; whether to believe it is the caller's to judge.

    :raises ParleyError: ``checkpoint-malformed``; ``signature-missing`` if the line is not by this
        key under this name; ``signature-invalid``.
    """
    if made_by(line, name, ED25519_COSIGNATURE, public.ed25519.raw):
        timestamp, claim = cosignature_claim(line, checkpoint, public.ed25519)
        verify(claim)
        return timestamp
    if made_by(line, name, ML_DSA_44_COSIGNATURE, public.mldsa44.raw):
        return verify_cosignature_by(line, checkpoint, name, ML_DSA_44_COSIGNATURE, public.mldsa44)
    raise ParleyError(Reason.SIGNATURE_MISSING)


def made_by(line: str, name: str, kind: int, raw: bytes) -> bool:
    """Whether ``line`` claims to be of this type, by this raw key under this name.

    :raises ParleyError: ``checkpoint-malformed``.
    """
    named, key_id, _ = _parse_line(line)
    return (named, key_id) == (name, _key_id(name, kind, raw))


def verify_cosignature_by(
    line: str, checkpoint: Checkpoint, name: str, kind: int, key: Ed25519Public | MlDsa44Public
) -> int:
    """Check a cosignature that :func:`made_by` says is of this type and key; returns its time.

    :raises ParleyError: ``checkpoint-malformed``, ``signature-invalid``.
    """
    if kind == ED25519_COSIGNATURE and isinstance(key, Ed25519Public):
        timestamp, claim = cosignature_claim(line, checkpoint, key)
        claim.verify()
        return timestamp
    _check(checkpoint)
    timestamp, signature = _signed_at(line, MLDSA44_SIGNATURE_BYTES)
    key.verify(signature, _mldsa44_message(checkpoint, name, timestamp))
    return timestamp


def cosignature_claim(line: str, checkpoint: Checkpoint, key: Ed25519Public) -> tuple[int, Claim]:
    """The time in an Ed25519 cosignature of ``checkpoint``, and what is still to be checked.

    :raises ParleyError: ``checkpoint-malformed``; ``signature-invalid`` where it cannot be one.
    """
    _check(checkpoint)
    timestamp, signature = _signed_at(line, ED25519_SIGNATURE_BYTES)
    return timestamp, Claim(key, signature, _ed25519_message(checkpoint, timestamp))


def is_post_quantum(line: str, name: str, public: LogPublic) -> bool:
    """Whether ``line`` claims to be an ML-DSA-44 cosignature by this key under this name.

    :raises ParleyError: ``checkpoint-malformed``.
    """
    return made_by(line, name, ML_DSA_44_COSIGNATURE, public.mldsa44.raw)


def line_name(line: str) -> str:
    """The name under which a signature line was made.

    :raises ParleyError: ``checkpoint-malformed``.
    """
    return _parse_line(line)[0]


def log_vkey(log_origin: str, public: LogPublic) -> str:
    """The log's verifier key for other tools (signed-note, 'Verifier keys'), type 0x01."""
    return _vkey(log_origin, ED25519_NOTE, public.ed25519.raw)


def cosigner_vkey(name: str, public: LogPublic, post_quantum: bool) -> str:
    """A cosigner's verifier key for other tools: type 0x06 if ``post_quantum``, else 0x04."""
    if post_quantum:
        return _vkey(name, ML_DSA_44_COSIGNATURE, public.mldsa44.raw)
    return _vkey(name, ED25519_COSIGNATURE, public.ed25519.raw)


def _ed25519_message(checkpoint: Checkpoint, timestamp: int) -> bytes:
    """What type 0x04 signs (tlog-cosignature, 'Ed25519 signed message')."""
    return f"cosignature/v1\ntime {timestamp}\n{checkpoint.body()}".encode()


def _mldsa44_message(checkpoint: Checkpoint, name: str, timestamp: int) -> bytes:
    """What type 0x06 signs (tlog-cosignature, 'ML-DSA-44 signed message'); start is 0."""
    cosigner_name, log_origin = name.encode(), checkpoint.origin.encode()
    return b"".join(
        (
            b"subtree/v1\n\x00",
            bytes((len(cosigner_name),)),
            cosigner_name,
            timestamp.to_bytes(8, "big"),
            bytes((len(log_origin),)),
            log_origin,
            bytes(8),
            checkpoint.size.to_bytes(8, "big"),
            checkpoint.root,
        )
    )


def _check(checkpoint: Checkpoint) -> None:
    _check_name(checkpoint.origin)
    if not 0 <= checkpoint.size <= merkle.SIZE_MAX:
        raise _malformed("size")
    if len(checkpoint.root) != merkle.HASH_BYTES:
        raise _malformed("root")


@lru_cache(maxsize=1024)
def _check_name(name: str) -> None:
    """Accept a key name or origin: not empty, no spaces, no plus, no control characters."""
    if not _NAME.fullmatch(name) or len(name.encode()) > NAME_BYTES:
        raise _malformed("name")


def _line(name: str, key_id: int, blob: bytes) -> str:
    return f"{_DASH}{name} {_base64(key_id.to_bytes(4, 'big') + blob)}\n"


@lru_cache(maxsize=16)
def _parse_line(line: str) -> tuple[str, int, bytes]:
    """Name, key ID and what follows it in the base64 of a signature line.

    A line is looked at several times: to tell whose it is, and to verify it.
    """
    if not line.startswith(_DASH) or not line.endswith("\n"):
        raise _malformed("line")
    name, separator, encoded = line[len(_DASH) : -1].partition(" ")
    if not separator:
        raise _malformed("line")
    _check_name(name)
    blob = _unbase64(encoded)
    if len(blob) < 5:
        raise _malformed("line")
    return name, int.from_bytes(blob[:4], "big"), blob[4:]


def _split(text: str) -> list[str]:
    """Lines at line feeds alone: ``str.splitlines`` knows more line ends than a note does."""
    lines = text.split("\n")
    if lines.pop() != "":
        raise _malformed("lines")
    return [f"{line}\n" for line in lines]


def _signed_at(line: str, length: int) -> tuple[int, bytes]:
    """Time and signature of a cosignature's line."""
    blob = _parse_line(line)[2]
    timestamp, signature = int.from_bytes(blob[:_TIME_FIELD], "big"), blob[_TIME_FIELD:]
    if timestamp > TIME_MAX or len(signature) != length:
        raise ParleyError(Reason.SIGNATURE_INVALID)
    return timestamp, signature


@lru_cache(maxsize=1024)
def _key_id(name: str, kind: int, public: bytes) -> int:
    """SHA-256(name || LF || type || key), its first 4 bytes (signed-note, 'Signatures')."""
    digest = hashlib.sha256(name.encode() + b"\n" + bytes((kind,)) + public).digest()
    return int.from_bytes(digest[:4], "big")


def parse_vkey(text: str) -> tuple[str, int, bytes]:
    """Name, signature type and raw key of a verifier key (signed-note, 'Verifier keys').

    :raises ParleyError: ``key-invalid`` where it is in another form, or its key id is not the
        key's.
    """
    try:
        name, key_id, encoded = text.split("+", 2)
        raw = _unbase64(encoded)
        _check_name(name)
    except (ValueError, ParleyError):
        raise ParleyError(Reason.KEY_INVALID, fact="verifier key") from None
    if len(raw) < 33 or key_id != f"{_key_id(name, raw[0], raw[1:]):08x}":
        raise ParleyError(Reason.KEY_INVALID, fact="verifier key")
    return name, raw[0], raw[1:]


def base64_of(data: bytes) -> str:
    """Bytes as they stand in a note (RFC 4648, section 4)."""
    return _base64(data)


def bytes_of(encoded: str) -> bytes:
    """What :func:`base64_of` wrote; only one text stands for given bytes.

    :raises ParleyError: ``checkpoint-malformed``.
    """
    return _unbase64(encoded)


def _vkey(name: str, kind: int, public: bytes) -> str:
    return f"{name}+{_key_id(name, kind, public):08x}+{_base64(bytes((kind,)) + public)}"


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _unbase64(text: str) -> bytes:
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, ValueError):
        raise _malformed("base64") from None
    # The decoder takes any value of the unused bits at the end; only one text is right.
    if _base64(data) != text:
        raise _malformed("base64")
    return data


def _malformed(fact: str) -> ParleyError:
    return ParleyError(Reason.CHECKPOINT_MALFORMED, fact=fact)
