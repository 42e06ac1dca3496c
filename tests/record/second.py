"""The record a second time, from docs/protocol.md alone: nothing of Parley is imported here.

It takes apart what Parley made, with a decoder of CBOR, hashes and signatures, and refuses with an
``AssertionError`` or the error of a library. Numbers are sections of the page.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Sequence
from hashlib import sha3_256, sha256, shake_256
from typing import Any, NamedTuple

import cbor2
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM


def h(data: bytes) -> bytes:
    """1: SHA-256."""
    return sha256(data).digest()


def encode(value: Any) -> bytes:
    """1.1: deterministic CBOR."""
    return cbor2.dumps(value, canonical=True)


def decode(data: bytes) -> Any:
    """1.1: one item, and the only encoding of it."""
    value = cbor2.loads(data)
    assert encode(value) == data
    return value


def ed25519(key: bytes, signature: bytes, data: bytes) -> None:
    """1.4."""
    Ed25519PublicKey.from_public_bytes(key).verify(signature, data)


def kid(key: bytes) -> bytes:
    """2: of an Ed25519 key."""
    return h(encode({1: 1, -1: 6, -2: key}))


# --- 3 and 4: letter and channel -----------------------------------------------------------------


class Letter(NamedTuple):
    """What the record needs of a letter."""

    party: bytes
    digest: bytes
    identity_ed25519: bytes
    identity_mldsa44: bytes
    statement_key: bytes
    log_key: bytes
    log_mldsa44: bytes
    sealing_key: bytes


def letter(data: bytes) -> Letter:
    """3: verify a letter by the identity in its own payload."""
    text = decode(decode(data).value[2])
    suite, classic, quantum = text[3]
    _by_identity(data, "application/vnd.parley.letter+cbor", classic, quantum)
    party = h(encode([suite, classic, quantum]))
    return Letter(party, h(data), classic, quantum, *text[4])


def _by_identity(data: bytes, typ: str, classic: bytes, quantum: bytes) -> list[Any]:
    """3: the payload of a COSE_Sign by both keys of an identity."""
    message = decode(data)
    assert message.tag == 98
    body, unprotected, payload, (first, second) = message.value
    assert decode(body) == {16: typ}
    assert unprotected == first[1] == second[1] == {}
    assert decode(first[0]) == {1: -8, 4: kid(classic)}
    assert decode(second[0]) == {1: -48, 4: h(encode({1: 7, 3: -48, -1: quantum}))}
    ed25519(classic, first[2], encode(["Signature", body, first[0], b"", payload]))
    MLDSA44PublicKey.from_public_bytes(quantum).verify(
        second[2], encode(["Signature", body, second[0], b"", payload])
    )
    text = decode(payload)
    assert isinstance(text, list)
    return text


def key_statement(data: bytes, author: Letter, number: int, previous: bytes) -> list[Any]:
    """3.1: verify the next key statement of a party; its text."""
    typ = "application/vnd.parley.keys+cbor"
    text = _by_identity(data, typ, author.identity_ed25519, author.identity_mldsa44)
    assert text[:4] == [1, author.party, number, previous]
    return text


def words(fingerprint: bytes) -> str:
    """3: the first 160 bits, spoken."""
    consonants, vowels = "bdfghjklmnprstvz", "aiou"
    spoken = []
    for at in range(0, 20, 2):
        n = int.from_bytes(fingerprint[at : at + 2], "big")
        letters = ((consonants, 12, 15), (vowels, 10, 3), (consonants, 6, 15), (vowels, 4, 3))
        word = "".join(alphabet[n >> shift & mask] for alphabet, shift, mask in letters)
        spoken.append(word + consonants[n & 15])
    return "-".join(spoken)


def channel_id(label: str, members: Sequence[Letter]) -> bytes:
    """4."""
    return h(encode(["parley/channel/1", label, sorted(one.party for one in members)]))


# --- 5: statement --------------------------------------------------------------------------------


def body_digest(body: bytes) -> bytes:
    """5.1."""
    absent, fields = decode(body)
    assert isinstance(absent, list)
    assert isinstance(fields, list)
    digests = [*absent, *(h(encode(list(field))) for field in fields)]
    assert len(set(digests)) == len(digests) <= 4096
    assert len({field[1] for field in fields}) == len(fields)
    return h(encode(sorted(digests)))


class Statement(NamedTuple):
    """A verified statement: its leaf, its act and envelope as arrays, and the author's time."""

    leaf: bytes
    act: list[Any]
    envelope: list[Any]
    iat: int

    @property
    def place(self) -> int:
        """6: its index in its author's log."""
        return int(self.envelope[1] + sum(seen[0] for seen in self.envelope[3]))


def statement(data: bytes, author: Letter, body: bytes) -> Statement:
    """5.4 and 5.5."""
    assert len(data) <= 16_384
    message = decode(data)
    assert message.tag == 18
    protected, unprotected, payload, signature = message.value
    header = decode(protected)
    assert unprotected == {}
    assert set(header) == {1, 4, 15, 16, 258, 259}
    assert (header[1], header[4]) == (-8, kid(author.statement_key))
    assert header[16] == "application/vnd.parley.statement+cbor"
    assert (header[258], header[259]) == (-16, "application/vnd.parley.body+cbor")
    claims = header[15]
    assert set(claims) == {1, 2, 6, -70001, -70002}
    act = decode(claims[-70001])
    assert claims[1] == f"parley:party:{author.party.hex()}"
    assert claims[2] == f"parley:case:{act[2].hex()}"
    assert payload == act[13] == body_digest(body)
    signed = encode(["Signature1", protected, b"", payload])
    ed25519(author.statement_key, signature, signed)
    return Statement(h(b"\x00" + data), act, list(claims[-70002]), claims[6])


# --- 6: logs -------------------------------------------------------------------------------------


def node(left: bytes, right: bytes) -> bytes:
    return h(b"\x01" + left + right)


def root(leaves: Sequence[bytes]) -> bytes:
    """6: as RFC 9162, section 2.1.1, says it."""
    if len(leaves) < 2:
        return leaves[0] if leaves else h(b"")
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return node(root(leaves[:half]), root(leaves[half:]))


def log(own: Sequence[Statement], other: Sequence[Statement], size: int) -> list[bytes]:
    """6: the leaves of a member's log at a size, from the statements alone."""
    leaves: list[bytes] = []
    rest = iter(other)
    for one in own:
        if one.place >= size:
            break
        while len(leaves) < one.place:
            leaves.append(next(rest).leaf)
        leaves.append(one.leaf)
    while len(leaves) < size:
        leaves.append(next(rest).leaf)
    return leaves


# --- 8 and 9: receipt, checkpoint ----------------------------------------------------------------


def receipt(data: bytes, leaf: bytes, issuer: Letter, channel: bytes) -> tuple[int, int, int]:
    """8: size, index and time of a receipt that holds."""
    message = decode(data)
    assert message.tag == 18
    protected, unprotected, payload, signature = message.value
    header = decode(protected)
    assert set(header) == {1, 4, 15, 395}
    assert (header[1], header[4], header[395]) == (-8, kid(issuer.log_key), 1)
    claims = header[15]
    assert claims[1] == f"parley:party:{issuer.party.hex()}"
    assert claims[2] == f"parley:channel:{channel.hex()}"
    assert payload is None
    ((label, proofs),) = unprotected.items()
    ((kind, (proof,)),) = proofs.items()
    assert (label, kind) == (396, -1)
    size, index, path = decode(proof)
    found, at, last = leaf, index, size - 1
    # RFC 9162, section 2.1.3.2
    for sibling in path:
        assert last > 0
        if at & 1 or at == last:
            found = node(sibling, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = node(found, sibling)
        at, last = at >> 1, last >> 1
    assert last == 0
    ed25519(issuer.log_key, signature, encode(["Signature1", protected, b"", found]))
    return size, index, claims[6]


def note(text: str, owner: Letter, channel: bytes) -> tuple[int, bytes]:
    """9: size and root of a checkpoint with the log's own signature (type 0x01)."""
    body, line = text.split("\n\n")
    origin, size, encoded = body.split("\n")
    assert origin == f"parley/v1/{owner.party.hex()}/{channel.hex()}/0"
    blob = _blob(line, origin, b"\x01", owner.log_key)
    ed25519(owner.log_key, blob, f"{body}\n".encode())
    return int(size), base64.b64decode(encoded, validate=True)


def cosignature(line: str, text: str, cosigner: Letter) -> int:
    """9: the time of a cosignature of either type over the checkpoint in ``text``."""
    body = text.split("\n\n", maxsplit=1)[0] + "\n"
    name = f"parley/v1/{cosigner.party.hex()}"
    if len(line) < 1000:
        blob = _blob(line, name, b"\x04", cosigner.log_key)
        time = int.from_bytes(blob[:8], "big")
        ed25519(cosigner.log_key, blob[8:], f"cosignature/v1\ntime {time}\n{body}".encode())
        return time
    blob = _blob(line, name, b"\x06", cosigner.log_mldsa44)
    origin, size, encoded = body.rstrip("\n").split("\n")
    signed = b"".join(
        (
            b"subtree/v1\n\x00" + bytes((len(name),)) + name.encode() + blob[:8],
            bytes((len(origin),)) + origin.encode() + bytes(8) + int(size).to_bytes(8, "big"),
            base64.b64decode(encoded, validate=True),
        )
    )
    MLDSA44PublicKey.from_public_bytes(cosigner.log_mldsa44).verify(blob[8:], signed)
    return int.from_bytes(blob[:8], "big")


def _blob(line: str, name: str, kind: bytes, key: bytes) -> bytes:
    dash, named, encoded = line.removesuffix("\n").split(" ")
    assert (dash, named) == ("\N{EM DASH}", name)
    raw = base64.b64decode(encoded, validate=True)
    assert raw[:4] == h(name.encode() + b"\n" + kind + key)[:4]
    return raw[4:]


# --- 11: frame -----------------------------------------------------------------------------------


def frame(
    data: bytes, sender: Letter, recipient: Letter, seed: bytes
) -> tuple[list[Any], list[bytes], bytes]:
    """11: header, key statements and opened message; ``seed`` is of the recipient's sealing key."""
    header_bytes, keys, sealed, signature = decode(data)
    header = decode(header_bytes)
    assert header[3:5] == [sender.party, recipient.party]
    assert header[5:7] == [kid(sender.statement_key), h(recipient.sealing_key)]
    signed = b"parley/frame/1\n" + header_bytes + encode(keys) + sealed
    ed25519(sender.statement_key, signature, signed)
    info = b"parley/frame/1/keys\n" + h(header_bytes)
    brought = decode(unseal(keys, info, seed)) if keys else []
    return header, brought, unseal(sealed, h(header_bytes), seed)


def heads(message: list[Any], sender: Letter, recipient: Letter) -> list[Any]:
    """10.1: what the sender of a message says of heads, its signature checked."""
    _, channel, _, answers, held, _, _, _, _, _, wishes, _, _, own, _, _, word = message
    said = [1, channel, sender.party, recipient.party, held, own, bool(wishes & 2), answers]
    assert word[0] == kid(sender.statement_key)
    ed25519(sender.statement_key, word[1], b"parley/heads/1\n" + encode(said))
    return said


def unseal(sealed: bytes, info: bytes, seed: bytes) -> bytes:
    """2: HPKE (RFC 9180), mode base, with X-Wing, HKDF-SHA256 and AES-256-GCM."""
    stretched = shake_256(seed).digest(96)
    lattice = MLKEM768PrivateKey.from_seed_bytes(stretched[:64])
    curve = X25519PrivateKey.from_private_bytes(stretched[64:])
    ciphertext, ephemeral = sealed[:1088], sealed[1088:1120]
    parts = (
        lattice.decapsulate(ciphertext),
        curve.exchange(X25519PublicKey.from_public_bytes(ephemeral)),
        ephemeral,
        curve.public_key().public_bytes_raw(),
        bytes.fromhex("5c2e2f2f5e5c"),
    )
    shared = sha3_256(b"".join(parts)).digest()
    context = b"\x00" + _extract(b"", b"psk_id_hash", b"") + _extract(b"", b"info_hash", info)
    secret = _extract(shared, b"secret", b"")
    key, nonce = _expand(secret, b"key", context, 32), _expand(secret, b"base_nonce", context, 12)
    return AESGCM(key).decrypt(nonce, sealed[1120:], b"")


_SUITE = b"HPKE" + bytes.fromhex("647a00010002")


def _extract(salt: bytes, label: bytes, ikm: bytes) -> bytes:
    return hmac.digest(salt or bytes(32), b"HPKE-v1" + _SUITE + label + ikm, "sha256")


def _expand(secret: bytes, label: bytes, info: bytes, length: int) -> bytes:
    labelled = length.to_bytes(2, "big") + b"HPKE-v1" + _SUITE + label + info
    return hmac.digest(secret, labelled + b"\x01", "sha256")[:length]
