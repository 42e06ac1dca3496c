"""Checkpoints and cosignatures: exact notes, and foreign tools that agree."""

from __future__ import annotations

import base64
import hashlib

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from parley.crypto import checkpoint
from parley.crypto.checkpoint import Checkpoint
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from tests.conftest import Require
from tests.crypto.helpers import LOG_KEY, OTHER_LOG_KEY, flipped, refused

PARTY, CHANNEL = bytes(range(32)), bytes(range(32, 64))
ORIGIN = checkpoint.origin(PARTY, CHANNEL, 3)
NAME = checkpoint.cosigner(PARTY)
TIME = 1_480_000_000
HEAD = Checkpoint(ORIGIN, 42, hashlib.sha256(b"root").digest())
NOTE = checkpoint.sign_note(HEAD, LOG_KEY)
LINES = {
    quantum: checkpoint.cosign(HEAD, NAME, LOG_KEY, TIME, quantum) for quantum in (False, True)
}
FULL = (NOTE + LINES[False] + LINES[True]).encode()
PUBLIC = LOG_KEY.public


def test_names_are_schema_less_and_tell_logs_apart() -> None:
    party, channel = PARTY.hex(), CHANNEL.hex()
    assert checkpoint.origin(PARTY, CHANNEL, 3) == f"parley/v1/{party}/{channel}/3"
    assert checkpoint.cosigner(PARTY) == f"parley/v1/{party}"
    assert len(ORIGIN) <= checkpoint.NAME_BYTES


def test_a_note_is_the_text_that_the_specification_shows() -> None:
    body, _, tail = NOTE.partition("\n\n")
    assert f"{body}\n" == HEAD.body()
    assert body.split("\n") == [ORIGIN, "42", base64.b64encode(HEAD.root).decode()]
    dash, name, blob = tail.rstrip("\n").split(" ")
    assert (dash, name) == ("\N{EM DASH}", ORIGIN)
    raw = base64.b64decode(blob)
    key_id = hashlib.sha256(ORIGIN.encode() + b"\n\x01" + PUBLIC.ed25519.raw).digest()[:4]
    assert raw == key_id + LOG_KEY.sign(HEAD.body().encode())


def test_a_note_verifies_with_and_without_further_lines() -> None:
    for note in (NOTE.encode(), FULL):
        assert checkpoint.verify_note(note, ORIGIN, PUBLIC) == HEAD
    parsed, lines = checkpoint.parse_note(FULL)
    assert (parsed, len(lines)) == (HEAD, 3)
    assert "".join((HEAD.body(), "\n", *lines)).encode() == FULL


@pytest.mark.parametrize("quantum", [False, True])
def test_a_cosignature_verifies_and_gives_its_time(quantum: bool) -> None:
    line = LINES[quantum]
    assert checkpoint.verify_cosignature(line, HEAD, NAME, PUBLIC) == TIME
    assert checkpoint.is_post_quantum(line, NAME, PUBLIC) is quantum


@pytest.mark.parametrize("quantum", [False, True])
def test_a_cosignature_covers_head_and_time(quantum: bool) -> None:
    line = LINES[quantum]
    for other in (
        Checkpoint(ORIGIN[:-1] + "4", HEAD.size, HEAD.root),
        Checkpoint(ORIGIN, 43, HEAD.root),
        Checkpoint(ORIGIN, 42, hashlib.sha256(b"fork").digest()),
    ):
        with refused(Reason.SIGNATURE_INVALID):
            checkpoint.verify_cosignature(line, other, NAME, PUBLIC)
    blob = base64.b64decode(line.split(" ")[2])
    later = blob[:4] + (TIME + 1).to_bytes(8, "big") + blob[12:]
    with refused(Reason.SIGNATURE_INVALID):
        checkpoint.verify_cosignature(relined(NAME, later), HEAD, NAME, PUBLIC)


def test_an_ml_dsa_cosignature_covers_the_name() -> None:
    """Type 0x04 does not, which is why a key cosigns under one name only."""
    blob = base64.b64decode(LINES[True].split(" ")[2])
    other = f"{NAME}/witness"
    key_id = hashlib.sha256(other.encode() + b"\n\x06" + PUBLIC.mldsa44.raw).digest()[:4]
    with refused(Reason.SIGNATURE_INVALID):
        checkpoint.verify_cosignature(relined(other, key_id + blob[4:]), HEAD, other, PUBLIC)


@pytest.mark.parametrize("quantum", [False, True])
def test_a_line_by_another_key_or_name_does_not_count(quantum: bool) -> None:
    with refused(Reason.SIGNATURE_MISSING):
        checkpoint.verify_cosignature(LINES[quantum], HEAD, f"{NAME}x", PUBLIC)
    with refused(Reason.SIGNATURE_MISSING):
        checkpoint.verify_cosignature(LINES[quantum], HEAD, NAME, OTHER_LOG_KEY.public)


def test_a_cosignature_is_no_signature_of_the_log_and_the_reverse() -> None:
    own_line = checkpoint.parse_note(NOTE.encode())[1][0]
    with refused(Reason.SIGNATURE_MISSING):
        checkpoint.verify_cosignature(own_line, HEAD, ORIGIN, PUBLIC)
    note = f"{HEAD.body()}\n{checkpoint.cosign(HEAD, ORIGIN, LOG_KEY, TIME, False)}"
    with refused(Reason.SIGNATURE_MISSING):
        checkpoint.verify_note(note.encode(), ORIGIN, PUBLIC)


def test_a_note_of_another_log_or_key_is_refused() -> None:
    with refused(Reason.ORIGIN_MISMATCH):
        checkpoint.verify_note(FULL, checkpoint.origin(PARTY, CHANNEL, 4), PUBLIC)
    with refused(Reason.SIGNATURE_MISSING):
        checkpoint.verify_note(FULL, ORIGIN, OTHER_LOG_KEY.public)
    with refused(Reason.TOO_LARGE):
        checkpoint.verify_note(FULL, ORIGIN, PUBLIC, limit=len(FULL) - 1)


@given(st.integers(0, len(NOTE.encode()) * 8 - 1))
def test_any_changed_bit_of_a_note_is_noticed(bit: int) -> None:
    with pytest.raises(ParleyError):
        checkpoint.verify_note(flipped(NOTE.encode(), bit), ORIGIN, PUBLIC)


@pytest.mark.parametrize("quantum", [False, True])
@given(st.data())
def test_any_changed_bit_of_a_cosignature_is_noticed(quantum: bool, data: st.DataObject) -> None:
    encoded = LINES[quantum].encode()
    changed = flipped(encoded, data.draw(st.integers(0, len(encoded) * 8 - 1)))
    with pytest.raises(ParleyError):
        checkpoint.verify_cosignature(changed.decode("latin-1"), HEAD, NAME, PUBLIC)


def relined(name: str, blob: bytes) -> str:
    return f"\N{EM DASH} {name} {base64.b64encode(blob).decode()}\n"


ROOT = base64.b64encode(HEAD.root).decode()
URL_SAFE = base64.urlsafe_b64encode(b"\xff" * 32).decode()
LINE = relined("witness.example/w", b"\x00\x00\x00\x00x")


@pytest.mark.parametrize(
    "note",
    [
        "",
        "\n",
        f"a\n1\n{ROOT}\n",
        f"a\n1\n{ROOT}\n\n",
        f"a\n1\n{ROOT}\n{LINE}",
        f"a\n1\n{ROOT}\n\n{LINE[:-1]}",
        f"a\n1\n{ROOT}\n\n{LINE}\n",
        f"a\n1\n{ROOT}\n\n\n{LINE}",
        f"\na\n1\n{ROOT}\n\n{LINE}",
        # The origin
        f"\n1\n{ROOT}\n\n{LINE}",
        f"a b\n1\n{ROOT}\n\n{LINE}",
        f"a+b\n1\n{ROOT}\n\n{LINE}",
        f"a\u2028b\n1\n{ROOT}\n\n{LINE}",
        f"{'a' * 256}\n1\n{ROOT}\n\n{LINE}",
        # The size
        f"a\n\n{ROOT}\n\n{LINE}",
        f"a\n01\n{ROOT}\n\n{LINE}",
        f"a\n-1\n{ROOT}\n\n{LINE}",
        f"a\n+1\n{ROOT}\n\n{LINE}",
        f"a\n 1\n{ROOT}\n\n{LINE}",
        f"a\n1_0\n{ROOT}\n\n{LINE}",
        f"a\n\u0661\n{ROOT}\n\n{LINE}",
        f"a\n9223372036854775808\n{ROOT}\n\n{LINE}",
        f"a\n{'9' * 5000}\n{ROOT}\n\n{LINE}",
        # The root
        f"a\n1\n\n\n{LINE}",
        f"a\n1\n{ROOT[:-1]}\n\n{LINE}",
        f"a\n1\n{base64.b64encode(HEAD.root[:31]).decode()}\n\n{LINE}",
        f"a\n1\n{URL_SAFE}\n\n{LINE}",
        f"a\n1\n{ROOT[:42]}F=\n\n{LINE}",
        f"a\n1\n{ROOT} \n\n{LINE}",
        # Extension lines, control characters
        f"a\n1\n{ROOT}\nextension\n\n{LINE}",
        f"a\r\n1\r\n{ROOT}\r\n\r\n{LINE}",
        f"a\x00\n1\n{ROOT}\n\n{LINE}",
        f"a\n1\n{ROOT}\n\n{LINE[:-1]}\x85\n",
        # Signature lines
        f"a\n1\n{ROOT}\n\n- name AAAAAHg=\n",
        f"a\n1\n{ROOT}\n\n\N{EM DASH} name\n",
        f"a\n1\n{ROOT}\n\n\N{EM DASH}  AAAAAHg=\n",
        f"a\n1\n{ROOT}\n\n\N{EM DASH} na+me AAAAAHg=\n",
        f"a\n1\n{ROOT}\n\n\N{EM DASH} name AAAAAHg= \n",
        f"a\n1\n{ROOT}\n\n\N{EM DASH} name AAAAAHh=\n",
        f"a\n1\n{ROOT}\n\n\N{EM DASH} name AAAA\n",
        f"a\n1\n{ROOT}\n\n\N{EM DASH} name \u00e9\n",
        f"a\n1\n{ROOT}\n\n{LINE}{LINE}",
        f"a\n1\n{ROOT}\n\n"
        + "".join(relined(f"n{number}", b"\x00\x00\x00\x00x") for number in range(17)),
    ],
)
def test_notes_of_other_forms_are_refused(note: str) -> None:
    with refused(Reason.CHECKPOINT_MALFORMED):
        checkpoint.parse_note(note.encode())


def test_text_that_is_not_utf_8_is_refused() -> None:
    with refused(Reason.CHECKPOINT_MALFORMED):
        checkpoint.parse_note(b"\xff" + FULL)


def test_sixteen_lines_of_strangers_are_accepted() -> None:
    """As signed-note asks of verifiers."""
    strangers = "".join(relined(f"\u00fc{number}", b"\x00\x00\x00\x01x") for number in range(15))
    assert checkpoint.verify_note((NOTE + strangers).encode(), ORIGIN, PUBLIC) == HEAD


@given(st.binary(max_size=300))
def test_arbitrary_bytes_are_refused_with_a_reason(data: bytes) -> None:
    with refused(Reason.CHECKPOINT_MALFORMED):
        checkpoint.parse_note(data)


@given(st.text(max_size=100))
def test_arbitrary_lines_are_refused_with_a_reason(line: str) -> None:
    with refused(Reason.CHECKPOINT_MALFORMED):
        checkpoint.verify_cosignature(line, HEAD, NAME, PUBLIC)


@pytest.mark.parametrize(
    "head",
    [Checkpoint("", 1, HEAD.root), Checkpoint("a b", 1, HEAD.root), Checkpoint("a", -1, HEAD.root),
     Checkpoint("a", 1 << 63, HEAD.root), Checkpoint("a", 1, b""), Checkpoint("\ud800", 1, b"")],
    ids=str,
)  # fmt: skip
def test_what_cannot_be_written_is_not_signed(head: Checkpoint) -> None:
    with refused(Reason.CHECKPOINT_MALFORMED):
        checkpoint.sign_note(head, LOG_KEY)
    with refused(Reason.CHECKPOINT_MALFORMED):
        checkpoint.cosign(head, NAME, LOG_KEY, TIME, False)


@pytest.mark.parametrize(("name", "time"), [("", 1), ("a b", 1), (NAME, -1), (NAME, 1 << 63)])
def test_a_cosigner_needs_a_name_and_a_time(name: str, time: int) -> None:
    with refused(Reason.CHECKPOINT_MALFORMED):
        checkpoint.cosign(HEAD, name, LOG_KEY, time, True)


def test_a_time_that_no_clock_has_is_refused() -> None:
    key_id = hashlib.sha256(NAME.encode() + b"\n\x04" + PUBLIC.ed25519.raw).digest()[:4]
    line = relined(NAME, key_id + b"\xff" * 8 + bytes(64))
    with refused(Reason.SIGNATURE_INVALID):
        checkpoint.verify_cosignature(line, HEAD, NAME, PUBLIC)


# --- Beside tlog-scales ------------------------------------------------------------------------


def test_tlog_scales_verifies_ours_and_refuses_changed_ones(require: Require) -> None:
    signing = require.module("tlog_scales.signing")
    tlog = require.module("tlog_scales.tlog")
    note = tlog.Checkpoint.from_text(FULL.decode())
    assert (note.origin, note.size, note.root_hash) == (ORIGIN, 42, HEAD.root)
    assert note.serialize().encode() == FULL
    keys = [
        signing.Vkey.from_string(text)
        for text in (
            checkpoint.log_vkey(ORIGIN, PUBLIC),
            checkpoint.cosigner_vkey(NAME, PUBLIC, False),
            checkpoint.cosigner_vkey(NAME, PUBLIC, True),
        )
    ]
    assert [key.sig_type for key in keys] == [1, 4, 6]
    forged = tlog.Checkpoint(ORIGIN, 43, HEAD.root, note.signatures)
    spoilt = tlog.Checkpoint(
        ORIGIN,
        42,
        HEAD.root,
        [
            signing.NoteSignature(line.name, line.key_id, flipped(line.payload, 100))
            for line in note.signatures
        ],
    )
    for key in keys:
        note.verify(key)
        for bad in (forged, spoilt):
            with pytest.raises(InvalidSignature):
                bad.verify(key)


def test_ours_verifies_what_tlog_scales_signs(require: Require) -> None:
    signing = require.module("tlog_scales.signing")
    tlog = require.module("tlog_scales.tlog")
    note = tlog.Checkpoint.make_signed(
        ORIGIN,
        42,
        HEAD.root,
        [
            signing.PlainEd25519Signer(ORIGIN, LOG_KEY.seed[:32]),
            signing.MLDSA44CosignatureSigner(NAME, LOG_KEY.seed[32:]),
        ],
    )
    text = note.serialize().encode()
    assert checkpoint.verify_note(text, ORIGIN, PUBLIC) == HEAD
    line = checkpoint.parse_note(text)[1][1]
    assert checkpoint.verify_cosignature(line, HEAD, NAME, PUBLIC) > TIME


# --- Beside aics-tlog --------------------------------------------------------------------------


def test_aics_tlog_verifies_ours_and_refuses_changed_ones(require: Require) -> None:
    """It knows the Ed25519 types only."""
    aics = require.module("aics_tlog", python=(3, 12))
    log_key = aics.parse_vkey(checkpoint.log_vkey(ORIGIN, PUBLIC))
    witness = aics.parse_vkey(checkpoint.cosigner_vkey(NAME, PUBLIC, False))

    def verify(text: str) -> tuple[bool, bool, int]:
        result = aics.verify_checkpoint(
            aics.parse_note(text), log_key, [witness], 1, expected_origin=ORIGIN
        )
        return result.ok, result.log_ok, result.cosignature_count

    assert verify(FULL.decode()) == (True, True, 1)
    assert not verify(FULL.decode().replace("\n42\n", "\n43\n"))[0]
    other = checkpoint.cosign(HEAD, NAME, OTHER_LOG_KEY, TIME, False)
    assert verify(NOTE + other) == (False, True, 0)


def test_ours_verifies_what_aics_tlog_signs(require: Require) -> None:
    aics = require.module("aics_tlog", python=(3, 12))
    key = Ed25519PrivateKey.from_private_bytes(LOG_KEY.seed[:32])
    note = aics.sign_checkpoint(aics.Checkpoint(ORIGIN, 42, HEAD.root), key, ORIGIN)
    assert note.to_bytes() == NOTE.encode()
    _, line = aics.sign_cosignature(key, NAME, TIME, ORIGIN, 42, HEAD.root)
    both = aics.Note(text=note.text, signatures=(*note.signatures, line))
    assert checkpoint.parse_note(both.to_bytes())[1][1] == LINES[False]
