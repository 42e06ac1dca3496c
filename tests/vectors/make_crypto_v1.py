"""Write crypto-v1.json: one of everything that the protocol signs or seals, from fixed seeds.

Run once for each version of the formats, by hand:

    python tests/vectors/make_crypto_v1.py

Ed25519 and the tree come out the same each time. ML-DSA-44, HPKE and the keystore draw randomness,
so their bytes change; whoever runs this again replaces vectors that others may hold.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from parley.crypto import checkpoint, cose, hybrid, keystore, merkle, receipt, sealing, words
from parley.crypto.keys import IdentityKey, LogKey, SealingKey, StatementKey
from parley.kernel import cbor

TIME = 1_480_000_000
SIZE, INDEX = 7, 5
TYP = "application/vnd.parley.letter+cose"
PASSPHRASE = b"correct horse battery staple"


def main() -> None:
    statement_key = StatementKey.from_seed(b"\x01" * 32)
    log_key = LogKey.from_seed(b"\x02" * 64)
    identity_key = IdentityKey.from_seed(b"\x03" * 64)
    sealing_key = SealingKey.from_seed(b"\x04" * 32)
    party, channel = identity_key.public.fingerprint, hashlib.sha256(b"a channel").digest()

    protected = cbor.encode(
        {
            cose.ALG: cose.EDDSA,
            cose.KID: statement_key.public.kid,
            cose.CWT_CLAIMS: {
                cose.ISS: checkpoint.cosigner(party),
                cose.SUB: channel.hex(),
                cose.IAT: TIME,
                -70001: b"the act",
                -70002: b"the envelope",
            },
            cose.TYP: "application/vnd.parley.statement+cose",
            cose.PAYLOAD_HASH_ALG: cose.SHA_256,
            cose.PREIMAGE_CONTENT_TYPE: "application/vnd.parley.body+cbor",
        }
    )
    payload = hashlib.sha256(b"a body").digest()
    statement = cose.sign1(protected, payload, statement_key.sign)

    leaves = [merkle.leaf_hash(bytes((number,))) for number in range(SIZE)]
    leaves[INDEX] = merkle.leaf_hash(statement)
    frontier = merkle.Frontier()
    frontier.extend(leaves)
    root, path = frontier.root(), merkle.inclusion_path(leaves, INDEX)

    origin = checkpoint.origin(party, channel, 0)
    header = receipt.protected(log_key.public.kid, origin, channel.hex(), TIME)
    signature = receipt.sign_root(header, root, log_key)

    head, name = checkpoint.Checkpoint(origin, SIZE, root), checkpoint.cosigner(party)
    lines = [checkpoint.cosign(head, name, log_key, TIME, quantum) for quantum in (False, True)]

    vectors = {
        "about": "Golden vectors of Parley's formats, version 1; made by make_crypto_v1.py.",
        "time": TIME,
        "keys": {
            "statement_seed": statement_key.seed,
            "statement_public": statement_key.public.raw,
            "statement_kid": statement_key.public.kid,
            "log_seed": log_key.seed,
            "log_public": log_key.public.to_bytes(),
            "log_kid": log_key.public.kid,
            "log_mldsa44_kid": log_key.public.mldsa44.kid,
            "identity_seed": identity_key.seed,
            "identity_public": identity_key.public.to_bytes(),
            "sealing_seed": sealing_key.seed,
            "sealing_public": sealing_key.public.raw,
        },
        "fingerprint": {
            "bytes": party,
            "words": words.words(party),
            "hex": words.grouped_hex(party),
        },
        "statement": {
            "protected": protected,
            "payload": payload,
            "to_be_signed": cose.to_be_signed(protected, payload),
            "message": statement,
        },
        "tree": {
            "leaf_hashes": leaves,
            "frontier": frontier.to_bytes(),
            "root": root,
            "index": INDEX,
            "path": path,
            "root_of_3": merkle.root(leaves[:3]),
            "consistency_from_3": merkle.consistency_path(leaves, 3),
        },
        "receipt": {
            "protected": header,
            "signature": signature,
            "message": receipt.assemble(header, signature, SIZE, INDEX, path),
        },
        "checkpoint": {
            "origin": origin,
            "cosigner": name,
            "note": checkpoint.sign_note(head, log_key),
            "cosignature_ed25519": lines[0],
            "cosignature_mldsa44": lines[1],
            "log_vkey": checkpoint.log_vkey(origin, log_key.public),
            "cosigner_vkey_ed25519": checkpoint.cosigner_vkey(name, log_key.public, False),
            "cosigner_vkey_mldsa44": checkpoint.cosigner_vkey(name, log_key.public, True),
        },
        "letter": {
            "typ": TYP,
            "payload": b"a letter",
            "message": hybrid.sign_hybrid(b"a letter", identity_key, typ=TYP),
        },
        "sealed": {
            "info": b"a header's hash",
            "plaintext": b"a frame",
            "message": sealing.seal(b"a frame", b"a header's hash", sealing_key.public),
        },
        "keystore": {
            "passphrase": PASSPHRASE,
            "secrets": {"log": log_key.seed, "statement": statement_key.seed},
            "file": keystore.lock(
                {"log": log_key.seed, "statement": statement_key.seed},
                PASSPHRASE,
                keystore.Costs(memory_kib=64, iterations=1, lanes=1),
            ),
        },
    }
    target = Path(__file__).with_name("crypto-v1.json")
    target.write_text(json.dumps(vectors, indent=1, default=bytes.hex) + "\n", "utf-8")


if __name__ == "__main__":
    main()
