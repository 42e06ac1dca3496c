"""A passkey's authenticator and its browser, in software: honest, or wrong in one thing.

WebAuthn level 2: client data (5.8.1), authenticator data (6.1), attestation (6.5), COSE keys (RFC
9053). Attestation is none, or packed by the key itself.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

ES256, EDDSA = -7, -8
PRESENT, VERIFIED, SYNCABLE, SYNCED, KEY = 0x01, 0x04, 0x08, 0x10, 0x40


def encoded(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Wrong:
    """What an answer gets wrong; nothing by itself."""

    origin: str | None = None
    site: str | None = None
    challenge: bytes | None = None
    type: str | None = None
    flags: int | None = None
    cross_origin: bool = False
    signature: bytes | None = None
    handle: bytes | None = None


@dataclass
class Authenticator:
    """One passkey, and the browser that it is plugged into, which shows a page of ``origin``."""

    origin: str
    algorithm: int = ES256
    packed: bool = False
    counts: bool = True
    flags: int = PRESENT | VERIFIED
    count: int = 0
    identifier: bytes = b"credential-of-sixteen-bytes-or-more"
    handle: bytes = b""
    wrong: Wrong = field(default_factory=Wrong)

    def __post_init__(self) -> None:
        self.key: Any = (
            Ed25519PrivateKey.generate()
            if self.algorithm == EDDSA
            else ec.generate_private_key(ec.SECP256R1())
        )

    def make(self, options: str) -> bytes:
        """The answer to an offer to make a passkey."""
        asked = json.loads(options)
        assert self.algorithm in {one["alg"] for one in asked["pubKeyCredParams"]}
        self.handle = decoded(asked["user"]["id"])
        client = self._client("webauthn.create", decoded(asked["challenge"]))
        length = len(self.identifier).to_bytes(2, "big")
        made = bytes(16) + length + self.identifier + self.cose()
        data = self._data(asked["rp"]["id"], KEY) + made
        statement: dict[str, Any] = {}
        if self.packed:
            statement = {
                "alg": self.algorithm,
                "sig": self._sign(data + sha256(client).digest()),
            }
        attestation = cbor2.dumps(
            {"fmt": "packed" if self.packed else "none", "attStmt": statement, "authData": data}
        )
        return self._answer(
            clientDataJSON=client, attestationObject=attestation, transports=["usb", "internal"]
        )

    def sign(self, options: str) -> bytes:
        """The answer to a challenge."""
        asked = json.loads(options)
        client = self._client("webauthn.get", decoded(asked["challenge"]))
        self.count += self.counts
        data = self._data(asked["rpId"], 0)
        signature = self._sign(data + sha256(client).digest())
        return self._answer(
            clientDataJSON=client,
            authenticatorData=data,
            signature=self.wrong.signature or signature,
            userHandle=self.wrong.handle or self.handle,
        )

    def cose(self) -> bytes:
        """The public key as a COSE_Key."""
        public = self.key.public_key()
        if self.algorithm == EDDSA:
            raw = public.public_bytes(Encoding.Raw, PublicFormat.Raw)
            return cbor2.dumps({1: 1, 3: EDDSA, -1: 6, -2: raw})
        point = public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return cbor2.dumps({1: 2, 3: ES256, -1: 1, -2: point[1:33], -3: point[33:]})

    def _client(self, type_: str, challenge: bytes) -> bytes:
        wrong = self.wrong
        return json.dumps(
            {
                "type": wrong.type or type_,
                "challenge": encoded(wrong.challenge or challenge),
                "origin": wrong.origin or self.origin,
                "crossOrigin": wrong.cross_origin,
                "other_keys_can_be_added_here": "do not compare clientDataJSON with a template",
            }
        ).encode()

    def _data(self, site: str, more: int) -> bytes:
        flags = (self.flags if self.wrong.flags is None else self.wrong.flags) | more
        digest = sha256((self.wrong.site or site).encode()).digest()
        return digest + bytes([flags]) + self.count.to_bytes(4, "big")

    def _sign(self, data: bytes) -> bytes:
        if self.algorithm == EDDSA:
            return bytes(self.key.sign(data))
        return bytes(self.key.sign(data, ec.ECDSA(hashes.SHA256())))

    def _answer(self, **response: Any) -> bytes:
        """As browsers' ``toJSON`` has it."""
        said = {
            name: encoded(value) if isinstance(value, bytes) else value
            for name, value in response.items()
        }
        return json.dumps(
            {
                "id": encoded(self.identifier),
                "rawId": encoded(self.identifier),
                "type": "public-key",
                "authenticatorAttachment": "cross-platform",
                "clientExtensionResults": {},
                "response": said,
            }
        ).encode()
