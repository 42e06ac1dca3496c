"""A small channel stays what it is: read by ours, by a second reader, and by foreign tools."""

from __future__ import annotations

import re

import pytest

from parley.application.message import Message
from parley.crypto import checkpoint, merkle, receipt, words
from parley.crypto.keys import IdentityKey, SealingKey, StatementKey
from parley.domain import channel as standing
from parley.domain.act import Act
from parley.kernel import cbor, ids, limits
from parley.record import acts, incoming, statement, verdict
from parley.record import body as bodies
from parley.record.channel import Channel
from parley.record.standing import expected_terms
from parley.wire import frame as frames
from tests.conftest import Require
from tests.crypto.helpers import public_pem
from tests.record import second
from tests.record.golden import (
    CHANNEL,
    CHECKPOINTS,
    GOLDEN,
    LETTERS,
    LOG_KEYS,
    OTHER,
    PARTIES,
    RECEIPTS,
    SOUTH_KEYS,
    STATEMENTS,
    index_of,
    leaves,
    raw,
)
from tests.vectors import record_page

# --- Ours ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PARTIES)
def test_a_party_is_what_its_seeds_make(name: str) -> None:
    seeds = f"parties.{name}.seeds"
    read = LETTERS[name]
    identity = IdentityKey.from_seed(raw(f"{seeds}.identity"))
    assert identity.public.fingerprint == read.party == raw(f"parties.{name}.fingerprint")
    assert words.words(read.party) == GOLDEN["parties"][name]["words"]
    assert read.digest == raw(f"parties.{name}.letter_digest")
    signing = StatementKey.from_seed(raw(f"{seeds}.statement")).public
    opening = SealingKey.from_seed(raw(f"{seeds}.sealing")).public
    assert (signing.raw, signing.kid) == (read.statement_key.raw, read.statement_key.kid)
    assert signing.raw == raw(f"parties.{name}.statement_public")
    assert signing.kid == raw(f"parties.{name}.statement_kid")
    assert LOG_KEYS[name].public == read.log_key
    assert read.log_key.to_bytes() == raw(f"parties.{name}.log_public")
    assert read.log_key.kid == raw(f"parties.{name}.log_kid")
    assert (opening.raw, opening.kid) == (read.sealing_key.raw, read.sealing_key.kid)
    assert opening.raw == raw(f"parties.{name}.sealing_public")
    assert opening.kid == raw(f"parties.{name}.sealing_kid")
    assert index_of(name) == GOLDEN["parties"][name]["index"]


def test_the_channel() -> None:
    assert CHANNEL.id == raw("channel.id")
    assert CHANNEL.standing_case == raw("channel.standing_case")


@pytest.mark.parametrize("name", STATEMENTS)
def test_a_statement(name: str) -> None:
    values = GOLDEN["statements"][name]
    author, place = values["author"], f"statements.{name}"
    body = bodies.parse(raw(f"{place}.body"))
    checked = incoming.check_body(
        incoming.check_signed(CHANNEL, index_of(author), raw(f"{place}.statement")),
        raw(f"{place}.body"),
    )
    parsed = checked.statement
    assert parsed.leaf == raw(f"{place}.leaf")
    assert parsed.act_bytes == raw(f"{place}.act")
    assert second.h(parsed.act_bytes) == raw(f"{place}.act_sha256")
    assert parsed.act.digest == body.digest() == raw(f"{place}.digest")
    assert [field.digest().hex() for field in body.fields] == values["field_digests"]
    assert (parsed.envelope.index, parsed.iat) == (values["index"], values["iat"])
    assert verdict.of(parsed.act, body) is None
    again = statement.sign(
        parsed.act_bytes,
        parsed.envelope,
        party=LETTERS[author].party,
        key=StatementKey.from_seed(raw(f"parties.{author}.seeds.statement")),
        iat=parsed.iat,
    )
    assert again == raw(f"{place}.statement")


def test_the_channel_is_opened_on_the_terms_of_the_letters() -> None:
    def act(name: str) -> Act:
        parsed = statement.parse(raw(f"statements.{name}.statement"))
        return acts.of_statement(parsed, index_of(GOLDEN["statements"][name]["author"]), None)

    geneses = [act("genesis-north"), act("genesis-south")]
    opened = standing.fold(geneses, lambda _leaf: None, expected_terms(CHANNEL))
    assert [judged.void for judged in opened.acts] == [None, None]
    assert opened.terms == expected_terms(CHANNEL)


@pytest.mark.parametrize("name", PARTIES)
def test_a_log(name: str) -> None:
    for size in range(1, len(STATEMENTS) + 1):
        assert merkle.root(leaves(name, size)) == raw(f"logs.{name}.roots.{size - 1}")


@pytest.mark.parametrize("name", RECEIPTS)
def test_a_receipt(name: str) -> None:
    values, place = GOLDEN["receipts"][name], f"receipts.{name}"
    issuer, size, index = values["issuer"], values["size"], values["index"]
    leaf, key = raw(f"statements.{name}.leaf"), LETTERS[issuer].log_key
    read = receipt.verify(raw(f"{place}.receipt"), leaf, key)
    assert (read.size, read.index, read.header.iat) == (size, index, values["iat"])
    assert read.header.iss == ids.party_uri(LETTERS[issuer].party)
    assert read.header.sub == ids.channel_uri(CHANNEL.id)
    assert [node.hex() for node in read.path] == values["path"]
    assert merkle.root(leaves(issuer, size)) == raw(f"{place}.root")
    header = receipt.protected(key.kid, read.header.iss, read.header.sub, values["iat"])
    signature = receipt.sign_root(header, raw(f"{place}.root"), LOG_KEYS[issuer])
    assert (header, signature) == (raw(f"{place}.protected"), raw(f"{place}.signature"))
    again = receipt.assemble(header, signature, size, index, read.path)
    assert again == raw(f"{place}.receipt")


@pytest.mark.parametrize("name", CHECKPOINTS)
def test_a_checkpoint(name: str) -> None:
    values = GOLDEN["checkpoints"][name]
    owner = values["owner"]
    cosigner = OTHER[owner]
    assert values["origin"] == CHANNEL.origin(index_of(owner), 0)
    head = checkpoint.verify_note(values["note"].encode(), values["origin"], LETTERS[owner].log_key)
    assert head.root == raw(f"logs.{owner}.roots.{values['size'] - 1}")
    assert checkpoint.sign_note(head, LOG_KEYS[owner]) == values["note"]
    at, named = values["cosigned_at"], values["cosigner"]
    assert named == checkpoint.cosigner(LETTERS[cosigner].party)
    again = checkpoint.cosign(head, named, LOG_KEYS[cosigner], at, False)
    assert again == values["cosignature_ed25519"]
    for kind in ("ed25519", "mldsa44"):
        line = values[f"cosignature_{kind}"]
        assert checkpoint.verify_cosignature(line, head, named, LETTERS[cosigner].log_key) == at


def test_the_frame() -> None:
    south = Channel.between(CHANNEL.label, LETTERS["south"], LETTERS["north"])
    frame = frames.parse(raw("frame.frame"))
    assert frame.header_bytes == raw("frame.header")
    assert frame.digest == raw("frame.digest")
    known = frames.verify(frame, frame.header(), south, SOUTH_KEYS)
    assert [one.data for one in known.statements] == [raw("keys.statement")]
    assert known.sealing_key(known.statements[0].text.issued_at).kid == raw("keys.sealing_kid")
    message = frames.open_message(frame, frame.header(), SOUTH_KEYS)
    assert cbor.encode_model(message) == raw("frame.message")
    assert [sent.data for sent in message.statements] == [raw("statements.inquiry.statement")]
    assert message == cbor.decode_as(raw("frame.message"), Message, limit=limits.FRAME_BYTES)


# --- A second reader, from the page alone --------------------------------------------------------


def read_twice() -> tuple[dict[str, second.Letter], dict[str, second.Statement]]:
    parties = {name: second.letter(raw(f"parties.{name}.letter")) for name in PARTIES}
    said = {
        name: second.statement(
            raw(f"statements.{name}.statement"),
            parties[values["author"]],
            raw(f"statements.{name}.body"),
        )
        for name, values in GOLDEN["statements"].items()
    }
    return parties, said


def test_a_second_reader_finds_the_same() -> None:
    parties, said = read_twice()
    for name, read in parties.items():
        assert read.party == raw(f"parties.{name}.fingerprint")
        assert read.digest == raw(f"parties.{name}.letter_digest")
        assert second.words(read.party) == GOLDEN["parties"][name]["words"]
    channel = second.channel_id(GOLDEN["channel"]["label"], list(parties.values()))
    assert channel == raw("channel.id")
    for name, one in said.items():
        values = GOLDEN["statements"][name]
        assert (one.leaf, one.place) == (raw(f"statements.{name}.leaf"), values["index"])
        assert one.act[1] == channel
        assert one.iat == values["iat"]
    for name, values in GOLDEN["receipts"].items():
        found = second.receipt(
            raw(f"receipts.{name}.receipt"), said[name].leaf, parties[values["issuer"]], channel
        )
        assert found == (values["size"], values["index"], values["iat"])
    for values in GOLDEN["checkpoints"].values():
        owner = values["owner"]
        head = second.note(values["note"], parties[owner], channel)
        assert head == (values["size"], raw(f"logs.{owner}.roots.{values['size'] - 1}"))
        for kind in ("ed25519", "mldsa44"):
            line = values[f"cosignature_{kind}"]
            at = second.cosignature(line, values["note"], parties[OTHER[owner]])
            assert at == values["cosigned_at"]


def test_a_second_reader_rebuilds_both_logs_from_the_statements() -> None:
    _, said = read_twice()
    chains: dict[str, list[second.Statement]] = {name: [] for name in PARTIES}
    for name, one in said.items():
        chains[GOLDEN["statements"][name]["author"]].append(one)
    for name in PARTIES:
        for size in range(1, len(STATEMENTS) + 1):
            rebuilt = second.log(chains[name], chains[OTHER[name]], size)
            assert rebuilt == leaves(name, size)
            assert second.root(rebuilt) == raw(f"logs.{name}.roots.{size - 1}")


def test_a_second_reader_opens_the_frame() -> None:
    parties, said = read_twice()
    header, keys, message = second.frame(
        raw("frame.frame"),
        parties["north"],
        parties["south"],
        raw("parties.south.seeds.sealing"),
    )
    assert (header[0], header[1], header[7]) == (1, 1, 2)
    parts = second.decode(message)
    version, channel, _nonce, answers, held, sent, note, receipts, cosigned = parts[:9]
    assert (version, channel, answers) == (1, raw("channel.id"), None)
    assert held == [0, 1, said["genesis-south"].leaf, 1]
    own, returned, returned_receipts, _word = parts[13:]
    assert own == [0, 2, said["inquiry"].leaf]
    assert (returned, returned_receipts) == ([], [])
    heads = second.heads(parts, parties["north"], parties["south"])
    assert second.encode(heads) == raw("frame.heads")
    ((data, body),) = sent
    assert data == raw("statements.inquiry.statement")
    assert body == raw("statements.inquiry.body")
    assert note == GOLDEN["checkpoints"]["north-3"]["note"]
    ((size, protected, signature),) = receipts
    assert (size, protected) == (2, raw("receipts.genesis-south.protected"))
    assert signature == raw("receipts.genesis-south.signature")
    assert cosigned == [[2, GOLDEN["checkpoints"]["south-2"]["cosignature_ed25519"]]]
    refusals, wishes, keys_held, receipts_held = parts[9:13]
    assert (refusals, wishes, keys_held, receipts_held) == ([], 0, 0, 1)
    assert keys == [raw("keys.statement")]
    text = second.key_statement(keys[0], parties["north"], 1, parties["north"].digest)
    assert text[4] == "sealing"
    ((sealing_key, begins, ends),) = text[6]
    assert second.h(sealing_key) == raw("keys.sealing_kid")
    assert text[7] == begins < ends


# --- Foreign tools -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", STATEMENTS)
def test_scitt_cose_verifies_statements(require: Require, name: str) -> None:
    scitt_cose = require.module("scitt_cose")
    author = GOLDEN["statements"][name]["author"]
    parsed = scitt_cose.parse_signed_statement(
        raw(f"statements.{name}.statement"),
        public_key_pem=public_pem(LETTERS[author].statement_key.raw),
    )
    assert parsed["signature_verified"] is True
    assert parsed["payload"] == raw(f"statements.{name}.digest")


@pytest.mark.parametrize("name", RECEIPTS)
def test_scitt_cose_verifies_receipts(require: Require, name: str) -> None:
    scitt_cose = require.module("scitt_cose")
    values = GOLDEN["receipts"][name]
    result = scitt_cose.verify_receipt(
        raw(f"receipts.{name}.receipt"),
        leaf_entry_hex=GOLDEN["statements"][name]["statement"],
        log_public_key_pem=public_pem(LETTERS[values["issuer"]].log_key.ed25519.raw),
    )
    assert result.ok, result.errors
    assert (result.tree_size, result.leaf_index) == (values["size"], values["index"])
    assert (result.root, result.iat) == (values["root"], values["iat"])
    assert result.subject == ids.channel_uri(CHANNEL.id)


@pytest.mark.parametrize("name", CHECKPOINTS)
def test_tlog_scales_verifies_checkpoints_and_proofs(require: Require, name: str) -> None:
    signing = require.module("tlog_scales.signing")
    tlog = require.module("tlog_scales.tlog")
    values = GOLDEN["checkpoints"][name]
    note = tlog.Checkpoint.from_text(
        values["note"] + values["cosignature_ed25519"] + values["cosignature_mldsa44"]
    )
    for kind in ("log_vkey", "cosigner_vkey_ed25519", "cosigner_vkey_mldsa44"):
        note.verify(signing.Vkey.from_string(values[kind]))
    below = leaves(values["owner"], values["size"])
    for index, leaf in enumerate(below):
        path = merkle.inclusion_path(below, index)
        tlog.InclusionProof(index, len(below), path).check(leaf, note.root_hash)


# --- The page ------------------------------------------------------------------------------------


def test_the_page_shows_these_values() -> None:
    page = record_page.PAGE.read_text("utf-8")
    assert record_page.filled(page, GOLDEN) == page, "python -m tests.vectors.make_record_v1 page"
    shown = re.findall(r"<!-- (?:vector|diagnostic): (\S+) -->", page)
    for wanted in ("parties.north.letter", "statements.genesis-north.statement",
                   "statements.inquiry.statement", "statements.inquiry.body",
                   "statements.inquiry.leaf", "logs.south.roots.2", "receipts.inquiry.receipt",
                   "checkpoints.south-3.note", "frame.header"):  # fmt: skip
        assert wanted in shown


def test_the_hexadecimal_of_the_page_is_in_the_vectors() -> None:
    """Read without the code that filled the page in."""
    page = record_page.PAGE.read_text("utf-8")
    blocks = re.findall(r"<!-- vector: (\S+) -->\n```\n(.*?)\n```\n", page, re.DOTALL)
    assert len(blocks) > 20
    for place, text in blocks:
        value = record_page.value_at(GOLDEN, place)
        assert text.replace("\n", "") == value.replace("\n", ""), place


def test_the_limits_of_the_page_are_those_of_the_code() -> None:
    table = record_page.PAGE.read_text("utf-8").partition("<!-- limits -->")[2]
    rows = re.findall(r"^\| [^|]+ \| ([0-9,]+) \| `([A-Z_]+)` \|$", table, re.MULTILINE)
    stated = {name: int(value.replace(",", "")) for value, name in rows}
    units = ("KIB", "MIB")
    ours = {
        name: value for name, value in vars(limits).items() if name.isupper() and name not in units
    }
    assert stated == ours
