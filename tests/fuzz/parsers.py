"""Every parser that faces a peer or a file, with valid samples: one line each in ``PARSERS``.

A parser takes bytes and returns, or raises ``ParleyError``; nothing else may come out of it. It
takes a sample without an error, or the search would start nowhere. To add one, add its line:
the tests, the search of the campaign and its table take it from there.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import NamedTuple

import h11
import msgspec

from parley.application import (
    contact_csv,
    contact_vcard,
    evidence,
    holidays,
    house_record,
    keys,
    parcels,
    passkey_reading,
)
from parley.application.parcel import Chunk, Refused, Standing, Wish
from parley.crypto import checkpoint, cose, hybrid, keystore, merkle, receipt, witnessing, words
from parley.domain import channel as channel_acts
from parley.domain import folding, query
from parley.kernel import cbor, ids, limits, text
from parley.kernel.errors import ParleyError
from parley.node import backup, config
from parley.node import witness as witnesses
from parley.presentation import manuscript, times
from parley.record import acts, attachment, capsule, heads, keyring, letter, statement, verdict
from parley.record import body as bodies
from parley.record.attachment import Commitment, Shape
from parley.record.dossier import export, place, withholding
from parley.record.dossier import format as dossiers
from parley.record.dossier.verify import verify as verify_dossier
from parley.record.evidence.verify import verify as verify_evidence
from parley.record.house.verify import verify as verify_house
from parley.store import wrapping
from parley.web import brought, multipart
from parley.wire import calendar_feed, door, frame
from parley.wire.posting import stated_reason
from tests.exchange.test_hostile import Hostile
from tests.record.golden import (
    CHECKPOINTS,
    GOLDEN,
    LETTERS,
    RECEIPTS,
    STATEMENTS,
    raw,
)
from tests.support.authenticator import EDDSA, ES256, Authenticator, encoded
from tests.support.pair import Pair, pair
from tests.support.pair import inquiry as an_inquiry


class Parser(NamedTuple):
    """``parse`` and what it takes. ``seconds`` is the longest that one input may take."""

    parse: Callable[[bytes], object]
    samples: Callable[[], list[bytes]]
    seconds: float = 2.0


def of(*places: str) -> Callable[[], list[bytes]]:
    """Samples that stand in the golden vectors."""
    return lambda: [raw(place) for place in places]


def texts(*samples: str) -> Callable[[], list[bytes]]:
    """Samples that are texts."""
    return lambda: [sample.encode() for sample in samples]


def each(part: str) -> Callable[[], list[bytes]]:
    """A part of every statement of the golden vectors."""
    return of(*(f"statements.{name}.{part}" for name in STATEMENTS))


# --- what some of them need ----------------------------------------------------------------------


@cache
def dossier() -> list[bytes]:
    """A small dossier of two real desks."""
    with tempfile.TemporaryDirectory() as folder, pair(Path(folder)) as made:
        made.settle()
        made.append(made.left, an_inquiry(made.channel(made.left), ids.new_case_id()))
        made.settle()
        target = Path(folder) / "dossier"
        _export(made, target)
        return [target.read_bytes()]


def _export(made: Pair, target: Path) -> None:
    desk = made.left
    with desk.database.read() as connection:
        source = export.Source(
            connection, made.channel(desk), desk.vault, desk.keys.log, made.clock.now
        )
        export.export(source, target)


@cache
def house_proofs() -> list[bytes]:
    """A whole house record, and one entry of it."""
    with tempfile.TemporaryDirectory() as folder, pair(Path(folder)) as made:
        found = []
        for named in ((), ("1",)):
            target = Path(folder) / f"house-{len(named)}.proof"
            house_record.prove(made.left, "audit", target, named)
            found.append(target.read_bytes())
        return found


@cache
def evidence_file() -> list[bytes]:
    """The proof of a fork between two real desks."""
    with tempfile.TemporaryDirectory() as folder, pair(Path(folder)) as made:
        made.settle()
        hostile = Hostile(made)
        for sent in (hostile.sign(), hostile.sign()):
            hostile.refused(hostile.message(statements=(sent,), checkpoint=None))
        (kept,) = evidence.every(made.left, "audit")
        return [evidence.as_bytes(made.left, kept)]


_ITEMS = {
    dossiers.HEADER_KIND: dossiers.Header,
    dossiers.LETTER_KIND: dossiers.LetterItem,
    dossiers.KEYS_KIND: dossiers.KeysItem,
    dossiers.NOT_US_KIND: dossiers.NotUsItem,
    dossiers.RECEIPT_KIND: dossiers.ReceiptItem,
    dossiers.CHECKPOINT_KIND: dossiers.CheckpointItem,
    dossiers.PROOF_KIND: dossiers.ProofItem,
    dossiers.FULL_RECEIPT_KIND: dossiers.FullReceiptItem,
    dossiers.WITNESS_KIND: dossiers.WitnessItem,
    dossiers.MARK_KIND: dossiers.MarkItem,
    dossiers.END_KIND: dossiers.EndItem,
}


def _dossier_item(item: bytes) -> object:
    """An item of a dossier, whatever the signatures in it are worth."""
    kind = dossiers.kind_of(item)
    if kind != dossiers.STATEMENT_KIND:
        return cbor.decode_as(item, _ITEMS[kind], limit=dossiers.SMALL_ITEM_BYTES)
    _author, signed, body = dossiers.read_statement(item)
    return statement.parse(signed), body is None or bodies.opened(body)


def _dossier_items(data: bytes) -> object:
    return [_dossier_item(item) for item in dossiers.Reader(io.BytesIO(data))]


def _small_dossier() -> list[bytes]:
    """Items of a real dossier without its letters, which have a parser of their own."""
    (whole,) = dossier()
    items = list(dossiers.Reader(io.BytesIO(whole)))
    small = [one for one in items if dossiers.kind_of(one) != dossiers.LETTER_KIND]
    return [b"".join(dossiers.frame(one) for one in small)]


def _items() -> list[bytes]:
    (whole,) = dossier()
    found = {dossiers.kind_of(one): one for one in dossiers.Reader(io.BytesIO(whole))}
    return list(found.values())


def _submission(data: bytes) -> object:
    """What is brought to a witness, without its log's signature."""
    return checkpoint.parse_note(witnessing.parse(data).note, limit=witnessing.NOTE_BYTES)


def _submissions() -> list[bytes]:
    note = GOLDEN["checkpoints"]["south-3"]["note"].encode()
    proof = (bytes(32), bytes(range(32)))
    return [
        witnessing.render(witnessing.Submission(0, (), note)),
        witnessing.render(witnessing.Submission(2, proof, note)),
    ]


def _witness_answer(data: bytes) -> object:
    """What a witness answers, in lines over a checkpoint that we hold."""
    held, _lines = checkpoint.parse_note(GOLDEN["checkpoints"]["south-3"]["note"].encode())
    keys_ = witnessing.keys_of(
        GOLDEN["checkpoints"]["south-3"]["cosigner"], LETTERS["north"].log_key
    )
    return witnessing.accept(data, held, keys_)


def _verifier_keys() -> list[bytes]:
    public = LETTERS["north"].log_key
    both = [checkpoint.cosigner_vkey("witness.example", public, pq) for pq in (False, True)]
    return [both[0].encode(), "\n".join(both).encode()]


def _wrappings() -> list[bytes]:
    key = wrapping.Wrapping(7, bytes(8), bytes(90))
    return [cbor.encode_model(wrapping.Wrappings(wrapping.FORMAT, (key, key)))]


def _manifest() -> list[bytes]:
    files = {"desk.db": "00" * 32, "parley.toml": "11" * 32, "vault/1.keys": "22" * 32}
    made = backup.Manifest(backup.FORMAT, "0.1", "33" * 32, 1_800_000_000, 1, 7, files)
    return [msgspec.json.encode(made)]


def _heads(data: bytes) -> object:
    """What convicts of a head that was withheld: the signed bytes, and the word about them."""
    half = raw("frame.heads")
    return heads.read(data[: len(half)], data[len(half) :])


def _heads_and_word() -> list[bytes]:
    return [raw("frame.heads") + cbor.encode([bytes(32), raw("frame.word")])]


def _key_request() -> list[bytes]:
    asked = keyring.read(raw("keys.statement")).text
    return [cbor.encode_model(keys.Request(keys.REQUEST_MAGIC, asked))]


def _taken_in(data: bytes) -> object:
    """What a peer may sign: a statement with its body, as far as the fold of its case.

    The signature is left out: whoever signs can sign anything.
    """
    value = cbor.decode(data, limit=limits.FRAME_BYTES)
    if not (isinstance(value, list) and len(value) == 2 and all(type(x) is bytes for x in value)):
        return None
    parsed = statement.parse(value[0])
    body, _digest = bodies.opened(value[1])
    of_body = verdict.of(parsed.act, body)
    if len(parsed.envelope.seen) != 1:
        return None
    act = acts.of_statement(parsed, 0, of_body)
    folding.fold([act], 2)
    return channel_acts.fold([act], lambda _leaf: None)


def _statements_with_bodies() -> list[bytes]:
    return [
        cbor.encode([raw(f"statements.{name}.statement"), raw(f"statements.{name}.body")])
        for name in STATEMENTS
    ]


def _cosignature(data: bytes) -> object:
    """A line over a checkpoint that we hold."""
    held, _lines = checkpoint.parse_note(GOLDEN["checkpoints"]["south-3"]["note"].encode())
    name = GOLDEN["checkpoints"]["south-3"]["cosigner"]
    return checkpoint.verify_cosignature(text.decode(data), held, name, LETTERS["north"].log_key)


def _cosignatures() -> list[bytes]:
    found = GOLDEN["checkpoints"]["south-3"]
    return [found["cosignature_ed25519"].encode(), found["cosignature_mldsa44"].encode()]


def _notes() -> list[bytes]:
    found = [GOLDEN["checkpoints"][name] for name in CHECKPOINTS]
    return [one["note"].encode() for one in found] + [
        (one["note"] + one["cosignature_ed25519"]).encode() for one in found
    ]


def _request(data: bytes) -> object:
    """A request's head: h11 refuses it, or a desk answers it."""
    line = door.strict_http()
    line.receive_data(data)
    try:
        while type(event := line.next_event()) not in (h11.NEED_DATA, h11.PAUSED):
            if type(event) in (h11.EndOfMessage, h11.ConnectionClosed):
                return None
    except h11.RemoteProtocolError:
        pass
    return None


def _manuscript(data: bytes) -> object:
    entries = manuscript.parse(data)
    return manuscript.compose("inquiry", entries, manuscript.Circumstances("en", 1_800_000_000))


def _keystore() -> list[bytes]:
    costs = keystore.Costs(memory_kib=64, iterations=1, lanes=1)
    return [keystore.lock({"log": bytes(64)}, b"passphrase", costs)]


def _letter_text(data: bytes) -> object:
    content = letter.parse_text(data)
    made = letter.Letter(data, content)
    return made.statement_key, made.log_key, made.sealing_key, made.party, made.name("ru")


def _letter_texts() -> list[bytes]:
    limit = limits.LETTER_BYTES
    return [hybrid.payload_of(one.data, typ=letter.TYP, limit=limit) for one in LETTERS.values()]


INQUIRY = '''\
type = "inquiry"
precedence = "immediate"
tlp = "amber"
legal-basis = "budapest-29"
reply-wanted = "60d"
severity = "high"
language = "en"
subject = { en = "Unusual traffic", ru = "Необычный трафик" }
incident = "An incident"
facts = """
Facts.
"""

[languages]
en = "authentic"

[[questions]]
text = "Question?"
'''

HEAD = (
    f"POST {frame.PATH} HTTP/1.1\r\nhost: desk\r\ncontent-type: {frame.MEDIA_TYPE}\r\n"
    "content-length: 3\r\nexpect: 100-continue\r\nconnection: keep-alive, close\r\n\r\nabc"
)


def _parcels() -> list[bytes]:
    chunk = Chunk(bytes(32), bytes(32), 5, 12, 0, (bytes(32),), b"bytes")
    made = parcels.parcel(
        bytes(32),
        standings=[Standing(bytes(32), 3, ((0, 4), (7, 7)), "attachment-quota")],
        asked=[Wish(bytes(32), 0, 9)],
        chunks=[chunk],
        refused=[Refused(bytes(32), 0, "chunk-wrong")],
    )
    return [cbor.encode_model(made), *of("frame.message")()]


def _capsules() -> list[bytes]:
    data, salt, shape = b"bytes" * 1000, bytes(32), Shape(5000, 12)
    chunks = [data[:4096], data[4096:]]
    tree = merkle.root([merkle.leaf_hash(one) for one in chunks])
    file = io.BytesIO()
    commitment = Commitment(attachment.root_of(salt, shape, tree), shape.size)
    capsule.write(file, commitment, salt, shape, chunks)
    return [file.getvalue()]


# --- the table -----------------------------------------------------------------------------------

CALENDAR = """BEGIN:VCALENDAR
BEGIN:VEVENT
DTSTART;VALUE=DATE:20261225
DTEND;VALUE=DATE:20261227
RRULE:FREQ=YEARLY;COUNT=3
SUMMARY:Feast\\, of
 Winter
END:VEVENT
END:VCALENDAR
"""


def _new_passkey() -> list[bytes]:
    """What browsers send of new passkeys, as their own JSON has it."""
    asked = {
        "challenge": encoded(bytes(32)),
        "rp": {"id": "desk.example"},
        "user": {"id": encoded(bytes(16))},
        "pubKeyCredParams": [{"alg": ES256}, {"alg": EDDSA}],
    }
    offered = msgspec.json.encode(asked).decode()
    return [
        Authenticator("https://desk.example", algorithm, packed).make(offered)
        for algorithm, packed in ((ES256, False), (EDDSA, True))
    ]


def _passkey_answer() -> list[bytes]:
    asked = {"challenge": encoded(bytes(32)), "rpId": "desk.example"}
    return [Authenticator("https://desk.example").sign(msgspec.json.encode(asked).decode())]


def _form(data: bytes) -> None:
    parser = multipart.Parser(b"b")
    half = len(data) // 2
    for piece in (data[:half], data[half:]):
        for _ in parser.feed(piece):
            pass
    parser.close()


PARSERS: dict[str, Parser] = {
    # from a browser
    "form with a file": Parser(
        _form,
        texts(
            '--b\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n\r\nA\r\n--b--\r\n'
        ),
    ),
    # from a file outside the desk
    "capsule": Parser(lambda data: capsule.verify(io.BytesIO(data)), _capsules),
    # from a file of contacts
    "contacts, table": Parser(contact_csv.read, texts('office,name\n"Desk, night",A\n')),
    "contacts, vCards": Parser(
        contact_vcard.read,
        texts('BEGIN:VCARD\nVERSION:4.0\nFN:A\nORG:X;Y\nTEL;TYPE="w":+1\nEND:VCARD\n'),
    ),
    # from a file of holidays
    "holidays": Parser(
        lambda data: holidays.read(data, 1_790_000_000),
        texts("2027-01-01..2027-01-03 New Year\n2027-02-20 09:00-16:00 W # c\n", CALENDAR),
    ),
    # from a line or a pouch
    "search words": Parser(
        lambda data: query.parse(text.decode(data)),
        texts('infra* "telephone line" CVE-2021-44228', "البَيَانُ отчёт example[.]org"),
    ),
    "http head": Parser(_request, texts(HEAD)),
    "frame": Parser(lambda data: frame.parse(data).header(), of("frame.frame")),
    "frame head": Parser(frame.head, of("frame.frame")),
    "message": Parser(frame.parse_message, of("frame.message")),
    "message or parcel": Parser(frame.parse_content, _parcels),
    "refusal": Parser(stated_reason, texts('{"reason": "desk-busy"}')),
    # in a message
    "statement": Parser(statement.parse, each("statement")),
    "act": Parser(statement.parse_act, each("act")),
    "body": Parser(bodies.opened, each("body")),
    "act and body, folded": Parser(_taken_in, _statements_with_bodies),
    "receipt header": Parser(
        receipt.parse_protected, of(*(f"receipts.{name}.protected" for name in RECEIPTS))
    ),
    "key statement": Parser(keyring.read, of("keys.statement")),
    "heads": Parser(_heads, _heads_and_word),
    "note": Parser(checkpoint.parse_note, _notes),
    "cosignature": Parser(_cosignature, _cosignatures),
    # of a witness and to it
    "witness request": Parser(_submission, _submissions),
    "witness answer": Parser(_witness_answer, _cosignatures),
    "verifier key": Parser(
        lambda data: witnessing.parse_vkeys(text.decode(data).split()), _verifier_keys
    ),
    # files
    "letter": Parser(letter.parse, of("parties.north.letter", "parties.south.letter")),
    "letter text": Parser(_letter_text, _letter_texts),
    "dossier": Parser(lambda data: verify_dossier(io.BytesIO(data), workers=0), dossier, 10.0),
    "key request": Parser(keys.read_request, _key_request),
    "dossier items": Parser(_dossier_items, _small_dossier),
    "dossier item": Parser(_dossier_item, _items),
    "evidence": Parser(lambda data: verify_evidence(io.BytesIO(data)), evidence_file, 10.0),
    "house proof": Parser(lambda data: verify_house(io.BytesIO(data)), house_proofs),
    "cose sign1": Parser(
        lambda data: cose.parse_sign1(data, limit=limits.STATEMENT_BYTES, unprotected=True),
        lambda: [*each("statement")(), *of(*(f"receipts.{name}.receipt" for name in RECEIPTS))()],
    ),
    "receipt": Parser(receipt.parse, of(*(f"receipts.{name}.receipt" for name in RECEIPTS))),
    "keystore": Parser(lambda data: keystore.unlock(data, b"passphrase"), _keystore),
    "configuration": Parser(
        lambda data: config.parse(text.decode(data)),
        lambda: [config.render(config.Config()).encode()],
    ),
    "configuration of alerts": Parser(
        lambda data: config.parse(text.decode(data)),
        texts(
            '[alerts.smtp]\nhost = "127.0.0.1"\nsender = "a@b.example"\n[alerts.flash]\n'
            "every = 60\nmost = 3\npasses-on = 60\n",
            '[[alerts.webhook]]\nname = "p"\nurl = "https://p.example"\nkey-file = "k"\n',
        ),
    ),
    "configuration of the web desk": Parser(
        lambda data: config.parse(text.decode(data)),
        texts(
            '[web]\nhost = "192.0.2.1"\norigin = "https://desk.example"\ncertificate = "c"\n'
            'key = "k"\n',
            '[web]\nport = 0\norigin = "http://us.localhost:8473"\nbehind-proxy = "127.0.0.1"\n',
        ),
    ),
    "small form with a file": Parser(
        lambda data: brought.parse(data, 'multipart/form-data; boundary="b"', 512),
        lambda: [
            b"\r\n".join(
                (
                    b'--b\r\nContent-Disposition: form-data; name="label"\r\n\r\nstanding',
                    b'--b\r\nContent-Disposition: form-data; name="letter"; filename="x"',
                    b"Content-Type: application/octet-stream\r\n\r\n\x00\xff\r\n--b--\r\n",
                )
            )
        ],
    ),
    "new passkey": Parser(passkey_reading.parse_new_key, _new_passkey),
    "answer of a passkey": Parser(passkey_reading.parse_answer, _passkey_answer),
    "credentials of a calendar feed": Parser(
        lambda data: calendar_feed.credentials(text.decode(data)), texts("Basic b3R0bzp0b2tlbg==")
    ),
    "backup manifest": Parser(backup.parse, _manifest),
    "wrapping keys": Parser(wrapping.parse, _wrappings),
    "withheld fields": Parser(withholding.listed, lambda: [b"facts\n# no\n7be0a1:remarks@en\n"]),
    "witness configuration": Parser(
        lambda data: witnesses.parse(text.decode(data)),
        lambda: [witnesses.render(witnesses.WitnessConfig("witness.example")).encode()],
    ),
    "manuscript": Parser(_manuscript, texts(INQUIRY)),
    # typed
    "place on a paper": Parser(
        lambda data: place.parse(text.decode(data)),
        texts(str(place.Place(f"parley/v1/{'ab' * 32}/{'cd' * 32}/0", 7, 12, bytes(32)))),
    ),
    "fingerprint": Parser(
        lambda data: words.parse(text.decode(data)),
        lambda: [GOLDEN["parties"]["north"]["words"].encode()],
    ),
    "duration": Parser(lambda data: times.duration(text.decode(data)), texts("60d", "36h")),
    "moment": Parser(
        lambda data: times.moment(text.decode(data), 1_800_000_000),
        texts("2026-05-01T12:00Z", "3d"),
    ),
    "text": Parser(
        lambda data: text.check(text.decode(data)), texts("Plain\ntext", "слово \u2067و\u2069")
    ),
}


def refusal(parser: Parser, data: bytes) -> ParleyError | None:
    """Why ``data`` is refused; none where it is taken. Any other exception is a fault of ours."""
    try:
        parser.parse(data)
    except ParleyError as error:
        return error
    return None
