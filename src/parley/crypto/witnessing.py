"""What a witness is sent and answers: C2SP tlog-witness, ``add-checkpoint``; bytes in, bytes out.

A witness cosigns a log's checkpoint after it has seen that the log continues what it has cosigned
before. It is another name and key than any party's (tlog-cosignature, 'Witness').
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from parley.crypto import checkpoint
from parley.crypto.checkpoint import Checkpoint
from parley.crypto.keys import Ed25519Public, LogPublic, MlDsa44Public
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason

PROOF_LINES: Final = 63
NOTE_BYTES: Final = 16 * 1024
REQUEST_BYTES: Final = NOTE_BYTES + 64 * 64
"""Greatest length of a request: the line of the old size, the proof, an empty line, the note."""

_OLD: Final = re.compile(r"old (0|[1-9][0-9]{0,15})", re.ASCII)


class Submission(NamedTuple):
    """A request: ``note`` and the proof that its log continues its first ``old`` leaves."""

    old: int
    proof: tuple[bytes, ...]
    note: bytes


class WitnessKeys(NamedTuple):
    """A witness by its name and its keys for cosignatures; ``mldsa44`` is null if it has none."""

    name: str
    ed25519: Ed25519Public
    mldsa44: MlDsa44Public | None


class Witnessed(NamedTuple):
    """A verified cosignature of a witness: C2SP signature type, the witness' clock, the line."""

    kind: int
    timestamp: int
    line: str


def render(submission: Submission) -> bytes:
    """The body of a request (tlog-witness, 'add-checkpoint')."""
    lines = [f"old {submission.old}", *map(checkpoint.base64_of, submission.proof), "", ""]
    return "\n".join(lines).encode() + submission.note


def parse(data: bytes) -> Submission:
    """Read a request strictly; the note is not looked at.

    :raises ParleyError: ``too-large``, ``submission-malformed``.
    """
    if len(data) > REQUEST_BYTES:
        raise ParleyError(Reason.TOO_LARGE, size=len(data), limit=REQUEST_BYTES)
    head, separator, note = data.partition(b"\n\n")
    if not separator or not head.isascii():
        raise ParleyError(Reason.SUBMISSION_MALFORMED)
    first, *proof = head.decode("ascii").split("\n")
    found = _OLD.fullmatch(first)
    if found is None or len(proof) > PROOF_LINES:
        raise ParleyError(Reason.SUBMISSION_MALFORMED)
    try:
        hashes = tuple(checkpoint.bytes_of(line) for line in proof)
    except ParleyError as error:
        raise ParleyError(Reason.SUBMISSION_MALFORMED) from error
    if any(len(node) != 32 for node in hashes):
        raise ParleyError(Reason.SUBMISSION_MALFORMED)
    return Submission(int(found[1]), hashes, note)


def accept(lines: bytes, signed: Checkpoint, witness: WitnessKeys) -> tuple[Witnessed, ...]:
    """The cosignatures of ``witness`` in its answer; lines of others are left aside.

    :raises ParleyError: ``too-large``, ``checkpoint-malformed``; ``signature-missing`` where none
        is there; ``signature-invalid``.
    """
    if len(lines) > NOTE_BYTES:
        raise ParleyError(Reason.TOO_LARGE, size=len(lines), limit=NOTE_BYTES)
    _, split = checkpoint.parse_note(f"{signed.body()}\n".encode() + lines)
    found = tuple(one for line in split if (one := _accepted(line, signed, witness)) is not None)
    if not found:
        raise ParleyError(Reason.SIGNATURE_MISSING)
    return found


def _accepted(line: str, signed: Checkpoint, witness: WitnessKeys) -> Witnessed | None:
    for kind, key in (
        (checkpoint.ED25519_COSIGNATURE, witness.ed25519),
        (checkpoint.ML_DSA_44_COSIGNATURE, witness.mldsa44),
    ):
        if key is not None and checkpoint.made_by(line, witness.name, kind, key.raw):
            at = checkpoint.verify_cosignature_by(line, signed, witness.name, kind, key)
            return Witnessed(kind, at, line)
    return None


def keys_of(name: str, public: LogPublic) -> WitnessKeys:
    """The keys of a witness that is one of ours."""
    return WitnessKeys(name, public.ed25519, public.mldsa44)


def parse_vkeys(vkeys: Sequence[str]) -> WitnessKeys:
    """The keys of a witness from its verifier keys (signed-note): type 0x04, and 0x06 if it has it.

    :raises ParleyError: ``key-invalid``.
    """
    parsed = [checkpoint.parse_vkey(vkey) for vkey in vkeys]
    kinds = {kind: key for _, kind, key in parsed}
    wanted = {checkpoint.ED25519_COSIGNATURE, checkpoint.ML_DSA_44_COSIGNATURE}
    names = {name for name, _, _ in parsed}
    ed25519 = kinds.get(checkpoint.ED25519_COSIGNATURE)
    if len(names) != 1 or len(kinds) != len(parsed) or not set(kinds) <= wanted or ed25519 is None:
        raise ParleyError(Reason.KEY_INVALID, fact="verifier key")
    mldsa44 = kinds.get(checkpoint.ML_DSA_44_COSIGNATURE)
    return WitnessKeys(
        names.pop(), Ed25519Public(ed25519), None if mldsa44 is None else MlDsa44Public(mldsa44)
    )
