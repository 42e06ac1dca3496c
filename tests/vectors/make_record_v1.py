"""A small channel from fixed seeds, whole: record-v1.json, and the example in docs/protocol.md.

    python -m tests.vectors.make_record_v1 vectors    writes record-v1.json
    python -m tests.vectors.make_record_v1 page       puts its values into docs/protocol.md

North and South open a channel, North sends an inquiry, South acknowledges it. ML-DSA-44 and HPKE
draw randomness, so ``vectors`` gives other letters each time, and with them other statements; it is
run once for each version of the formats. ``page`` only copies.
"""

from __future__ import annotations

import hashlib
import json
import sys
from functools import cache
from typing import Any, NamedTuple

from parley.application.message import Message, Sent, SentCosignature, SentReceipt
from parley.crypto import checkpoint, cose, merkle, receipt, sealing, words
from parley.crypto.checkpoint import Checkpoint
from parley.crypto.keys import IdentityKey, LogKey, SealingKey, StatementKey
from parley.kernel import cbor, ids
from parley.record import heads, keyring, statement
from parley.record import letter as letters
from parley.record.body import Body, Field, Value
from parley.record.channel import Channel
from parley.record.heads import Head, Heads, Held
from parley.record.keyring import KeyKind, KeyText, SealingWindow, SigningKeys
from parley.record.letter import Identity, Letter, LetterText, Office, WorkingKeys
from parley.record.statement import ActHeader, Envelope, Handling, Seen
from parley.wire.frame import Frame, Header
from tests.vectors import record_page

LABEL = "standing"
START = 1_480_000_000
CASE = bytes(range(16))
LIMIT = 259_200


class Desk(NamedTuple):
    """A party with its keys and its letter."""

    name: str
    seeds: dict[str, bytes]
    statement: StatementKey
    log: LogKey
    sealing: SealingKey
    letter: Letter


def make_desk(name: str, first: int) -> Desk:
    """Keys from seeds of one repeated byte: ``first`` and those after it."""
    seeds = {
        "identity": bytes((first,)) * 64,
        "statement": bytes((first + 1,)) * 32,
        "log": bytes((first + 2,)) * 64,
        "sealing": bytes((first + 3,)) * 32,
    }
    identity = IdentityKey.from_seed(seeds["identity"])
    signing = StatementKey.from_seed(seeds["statement"])
    log = LogKey.from_seed(seeds["log"])
    opening = SealingKey.from_seed(seeds["sealing"])
    content = LetterText(
        version=letters.LETTER_VERSION,
        protocols=(letters.PROTOCOL,),
        suites=(letters.SUITE,),
        identity=Identity(1, identity.public.ed25519.raw, identity.public.mldsa44.raw),
        keys=WorkingKeys(
            statement=signing.public.raw,
            log_ed25519=log.public.ed25519.raw,
            log_mldsa44=log.public.mldsa44.raw,
            sealing=opening.public.raw,
        ),
        code=name.upper(),
        names={"en": f"CSIRT {name}"},
        offices=(Office(bytes((first,)) * 8, {"en": "Duty desk"}),),
        endpoints=(f"http://{name.lower()}.example:8470",),
        demonstration=True,
        serial=0,
        issued_at=START,
        expires_at=None,
    )
    return Desk(name.lower(), seeds, signing, log, opening, letters.sign(content, identity))


class Entry(NamedTuple):
    """A statement of the example."""

    author: Desk
    body: Body
    data: bytes

    @property
    def parsed(self) -> statement.Statement:
        return statement.parse(self.data)


class World:
    """Both desks and both logs."""

    def __init__(self) -> None:
        self.north, self.south = make_desk("North", 1), make_desk("South", 33)
        self.channel = Channel.between(LABEL, self.north.letter, self.south.letter)
        self.entries: dict[str, Entry] = {}
        self.logs: dict[str, list[str]] = {"north": [], "south": []}

    def index(self, desk: Desk) -> int:
        """The member's place."""
        return 0 if self.channel.letters[0] is desk.letter else 1

    def say(
        self,
        name: str,
        author: Desk,
        act: dict[str, Any],
        values: dict[str, Value],
        *,
        at: int,
        verified: int = 0,
    ) -> None:
        """Sign a statement and put it into its author's log.

        ``verified``: size of the other's last checkpoint that the author has verified.
        """
        salts = (hashlib.sha256(f"{name} {n}".encode()).digest()[:16] for n in range(100))
        fields = tuple(Field(next(salts), path, value) for path, value in values.items())
        body = Body((), fields)
        own = [entry for entry in self.log(author) if entry.author is author]
        header = ActHeader(
            version=1,
            channel=self.channel.id,
            digest=body.digest(),
            **{**DESK_ACT, "case": self.channel.standing_case, **act},
        )
        in_case = [entry for entry in own if entry.parsed.act.case == header.case]
        envelope = Envelope(
            epoch=0,
            seq=len(own),
            prev=own[-1].parsed.leaf if own else None,
            seen=(self.seen(author, verified),),
            case_seq=len(in_case),
            case_prev=in_case[-1].parsed.leaf if in_case else None,
        )
        data = statement.sign(
            cbor.encode_model(header),
            envelope,
            party=author.letter.party,
            key=author.statement,
            iat=at,
        )
        self.entries[name] = Entry(author, body, data)
        self.logs[author.name].append(name)

    def seen(self, author: Desk, verified: int) -> Seen:
        """What ``author`` has of the other: its statements, and that checkpoint."""
        theirs = [entry for entry in self.log(author) if entry.author is not author]
        if not theirs:
            return Seen(0, None, 0, None)
        root = self.root(theirs[-1].author, verified)
        return Seen(len(theirs), theirs[-1].parsed.leaf, verified, root)

    def log(self, desk: Desk) -> list[Entry]:
        return [self.entries[name] for name in self.logs[desk.name]]

    def leaves(self, desk: Desk, size: int) -> list[bytes]:
        return [entry.parsed.leaf for entry in self.log(desk)[:size]]

    def root(self, desk: Desk, size: int) -> bytes:
        return merkle.root(self.leaves(desk, size))


DESK_ACT: dict[str, Any] = {
    "from_office": bytes(8),
    "to_offices": (bytes(8),),
    "reference": None,
    "basis": (),
    "legal_basis": None,
    "precedence": 0,
    "handling": Handling("amber", None),
    "reply_wanted": None,
}


def play() -> World:
    """The history: two geneses, an inquiry, its acknowledgement."""
    world = World()
    north, south = world.north, world.south
    terms = {
        "version": 1,
        "suite": 1,
        "members": tuple(letter.party.hex() for letter in world.channel.letters),
        "letters": tuple(letter.digest.hex() for letter in world.channel.letters),
        "transmission-limit": LIMIT,
    }
    for at, desk in enumerate((north, south)):
        act = {"type": "genesis", "codes": terms}
        world.say(f"genesis-{desk.name}", desk, act, {"label": LABEL}, at=START + 10 * at)
    world.logs["north"].append("genesis-south")
    world.logs["south"].append("genesis-north")
    offices = {desk.name: desk.letter.text.offices[0].id for desk in (north, south)}
    world.say(
        "inquiry",
        north,
        {
            "case": CASE,
            "type": "inquiry",
            "from_office": offices["north"],
            "to_offices": (offices["south"],),
            "precedence": 1,
            "reply_wanted": 5_184_000,
            "codes": {"questions": 1, "evidence": 0, "severity": "high"},
        },
        {
            "subject@en": "Unusual traffic",
            "incident@en": "Example 1",
            "facts@en": "Scans from one address.",
            "questions/1/text@en": "Whose address is it?",
        },
        at=START + 60,
        verified=2,
    )
    world.logs["south"].append("inquiry")
    asked = world.entries["inquiry"].parsed.leaf
    world.say(
        "acknowledgement",
        south,
        {
            "case": CASE,
            "type": "acknowledgement",
            "from_office": offices["south"],
            "to_offices": (offices["north"],),
            "reference": asked,
            "basis": (asked,),
            "precedence": 1,
            "codes": {"received-at": START + 61, "handling-office": offices["south"].hex()},
        },
        {},
        at=START + 120,
        verified=3,
    )
    world.logs["north"].append("acknowledgement")
    return world


# --- the values ----------------------------------------------------------------------------------


def collect() -> dict[str, Any]:
    """Everything of the example, byte strings as they are."""
    world = play()
    north, south = world.north, world.south
    return {
        "about": "Golden vectors of Parley's record, version 1; made by make_record_v1.py.",
        "parties": {desk.name: of_desk(world, desk) for desk in (north, south)},
        "channel": {
            "label": LABEL,
            "id": world.channel.id,
            "standing_case": world.channel.standing_case,
        },
        "statements": {name: of_statement(world, name) for name in world.entries},
        "logs": {
            desk.name: {
                "leaves": world.logs[desk.name],
                "roots": [world.root(desk, size) for size in range(1, 5)],
            }
            for desk in (north, south)
        },
        "receipts": {
            "inquiry": of_receipt(world, "inquiry", south, 3, START + 61),
            "genesis-south": of_receipt(world, "genesis-south", north, 2, START + 11),
            "acknowledgement": of_receipt(world, "acknowledgement", north, 4, START + 121),
        },
        "checkpoints": {
            "south-2": of_checkpoint(world, south, 2, START + 11),
            "south-3": of_checkpoint(world, south, 3, START + 62),
            "north-3": of_checkpoint(world, north, 3, START + 61),
        },
        "keys": of_keys(world),
        "frame": of_frame(world),
    }


def of_desk(world: World, desk: Desk) -> dict[str, Any]:
    letter = desk.letter
    return {
        "index": world.index(desk),
        "seeds": desk.seeds,
        "fingerprint": letter.party,
        "words": words.words(letter.party),
        "statement_public": desk.statement.public.raw,
        "statement_kid": desk.statement.public.kid,
        "log_public": desk.log.public.to_bytes(),
        "log_kid": desk.log.public.kid,
        "sealing_public": desk.sealing.public.raw,
        "sealing_kid": desk.sealing.public.kid,
        "letter": letter.data,
        "letter_digest": letter.digest,
    }


def of_statement(world: World, name: str) -> dict[str, Any]:
    entry = world.entries[name]
    parsed = entry.parsed
    sign1 = cose.parse_sign1(entry.data, limit=100_000)
    return {
        "author": entry.author.name,
        "index": parsed.envelope.index,
        "iat": parsed.iat,
        "body": entry.body.encode(),
        "field_digests": [field.digest() for field in entry.body.fields],
        "digest": entry.body.digest(),
        "act": parsed.act_bytes,
        "act_sha256": hashlib.sha256(parsed.act_bytes).digest(),
        "protected": sign1.protected,
        "to_be_signed": cose.to_be_signed(sign1.protected, parsed.act.digest),
        "statement": entry.data,
        "leaf": parsed.leaf,
    }


def of_receipt(world: World, name: str, issuer: Desk, size: int, at: int) -> dict[str, Any]:
    leaves = world.leaves(issuer, size)
    index = world.logs[issuer.name].index(name)
    protected = receipt.protected(
        issuer.log.public.kid,
        ids.party_uri(issuer.letter.party),
        ids.channel_uri(world.channel.id),
        at,
    )
    signature = receipt.sign_root(protected, merkle.root(leaves), issuer.log)
    path = merkle.inclusion_path(leaves, index)
    return {
        "issuer": issuer.name,
        "size": size,
        "index": index,
        "iat": at,
        "path": path,
        "root": merkle.root(leaves),
        "protected": protected,
        "to_be_signed": cose.to_be_signed(protected, merkle.root(leaves)),
        "signature": signature,
        "receipt": receipt.assemble(protected, signature, size, index, path),
    }


def of_checkpoint(world: World, owner: Desk, size: int, at: int) -> dict[str, Any]:
    """A checkpoint and the other side's cosignatures of both kinds."""
    other = world.south if owner is world.north else world.north
    head = Checkpoint(world.channel.origin(world.index(owner), 0), size, world.root(owner, size))
    name = checkpoint.cosigner(other.letter.party)
    return {
        "owner": owner.name,
        "size": size,
        "origin": head.origin,
        "note": checkpoint.sign_note(head, owner.log),
        "log_vkey": checkpoint.log_vkey(head.origin, owner.log.public),
        "cosigner": name,
        "cosigned_at": at,
        "cosignature_ed25519": checkpoint.cosign(head, name, other.log, at, False),
        "cosignature_mldsa44": checkpoint.cosign(head, name, other.log, at, True),
        "cosigner_vkey_ed25519": checkpoint.cosigner_vkey(name, other.log.public, False),
        "cosigner_vkey_mldsa44": checkpoint.cosigner_vkey(name, other.log.public, True),
    }


@cache
def of_keys(world: World) -> dict[str, Any]:
    """North's first key statement: a key to seal to for the month after the letter's."""
    north = world.north
    sealing_key = SealingKey.from_seed(b"\x05" * 32)
    text = KeyText(
        version=1,
        party=north.letter.party,
        number=1,
        previous=north.letter.digest,
        kind=KeyKind.SEALING,
        keys=SigningKeys(
            north.statement.public.raw,
            north.log.public.ed25519.raw,
            north.log.public.mldsa44.raw,
        ),
        sealing=(SealingWindow(sealing_key.public.raw, START + 90, START + 90 + 31 * 86_400),),
        issued_at=START + 90,
        reason="routine",
    )
    named = keyring.sign(text, IdentityKey.from_seed(north.seeds["identity"]))
    return {
        "statement": named.data,
        "digest": named.digest,
        "sealing_seed": sealing_key.seed,
        "sealing_kid": sealing_key.public.kid,
    }


def of_frame(world: World) -> dict[str, Any]:
    """The frame in which North sends its inquiry."""
    north, south = world.north, world.south
    genesis = of_receipt(world, "genesis-south", north, 2, START + 11)
    cosigned = of_checkpoint(world, south, 2, START + 11)["cosignature_ed25519"]
    asked = world.entries["inquiry"]
    held = Held(0, 1, world.entries["genesis-south"].parsed.leaf, 1)
    own = Head(0, asked.parsed.envelope.seq + 1, asked.parsed.leaf)
    said = Heads(
        1, world.channel.id, north.letter.party, south.letter.party, held, own, False, None
    )
    word = heads.sign(said, north.statement)
    message = cbor.encode_model(
        Message(
            version=1,
            channel=world.channel.id,
            nonce=bytes(range(16, 32)),
            answers=None,
            held=held,
            statements=(Sent(asked.data, asked.body.encode()),),
            checkpoint=of_checkpoint(world, north, 3, START + 61)["note"],
            receipts=(SentReceipt(2, genesis["protected"], genesis["signature"]),),
            cosignatures=(SentCosignature(2, cosigned),),
            refusals=(),
            wishes=0,
            keys_held=0,
            receipts_held=1,
            own=own,
            returned=(),
            returned_receipts=(),
            word=word,
        )
    )
    header = cbor.encode_model(
        Header(
            version=1,
            suite=1,
            channel=world.channel.id,
            sender=north.letter.party,
            recipient=south.letter.party,
            statement_kid=north.statement.public.kid,
            sealing_kid=south.sealing.public.kid,
            counter=2,
        )
    )
    digest = hashlib.sha256(header).digest()
    sealed = sealing.seal(message, digest, south.sealing.public)
    named = of_keys(world)
    keys = sealing.seal(
        cbor.encode([named["statement"]]),
        b"parley/frame/1/keys\n" + digest,
        south.sealing.public,
    )
    signed = b"parley/frame/1\n" + header + cbor.encode(keys) + sealed
    signature = north.statement.sign(signed)
    return {
        "message": message,
        "heads": cbor.encode_model(said),
        "word": word.signature,
        "header": header,
        "digest": digest,
        "keys": keys,
        "sealed": sealed,
        "signature": signature,
        "frame": cbor.encode_model(Frame(header, keys, sealed, signature)),
    }


def main(arguments: list[str]) -> int:
    """Write the vectors, or put them into the page."""
    if arguments == ["vectors"]:
        text = json.dumps(collect(), indent=1, default=bytes.hex, ensure_ascii=False)
        record_page.VECTORS.write_text(text + "\n", "utf-8")
        return 0
    if arguments == ["page"]:
        page = record_page.PAGE.read_text("utf-8")
        record_page.PAGE.write_text(record_page.filled(page, record_page.load()), "utf-8")
        return 0
    sys.stderr.write("usage: python -m tests.vectors.make_record_v1 vectors|page\n")
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
