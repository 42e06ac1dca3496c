"""Making evidence from what a desk keeps, in the most compact form that convicts by itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from msgspec import Struct
from sqlalchemy import Connection

from parley.crypto import checkpoint, merkle, receipt, witnessing
from parley.crypto.witnessing import WitnessKeys
from parley.kernel import cbor, limits
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record import order, statement
from parley.record.channel import Channel
from parley.record.dossier.format import LetterItem
from parley.record.evidence import format as fmt
from parley.record.evidence.format import (
    Claim,
    HeadsItem,
    KeysItem,
    NoteItem,
    ProofItem,
    ReceiptItem,
    SignerItem,
    StatementItem,
)
from parley.record.keyring import Keyring
from parley.record.mirror import Mirror
from parley.store import log, proofs
from parley.store.files import written
from parley.store.log import Entry
from parley.store.proofs import CheckpointRow, EvidenceRow

KEPT_BYTES = 256 * limits.KIB
"""Greatest length of what the store keeps as one proof: two notes, or two (key) statements."""


class Made(NamedTuple):
    """A proof ready to be written: how it convicts, and its items."""

    claim: Claim
    items: Iterable[Struct]


class Written(NamedTuple):
    """What was written."""

    claim: Claim
    size: int


def make(connection: Connection, channel: Channel, row: EvidenceRow) -> Made:
    """The proof that ``row`` keeps, with all that somebody else needs to check it.

    :raises ParleyError: ``evidence-proves-nothing`` where what we hold convicts nobody in others'
        eyes: a root that only statements of ours contradict which the peer has not acknowledged.
    """
    claim = claim_of(connection, channel, row)
    parts: list[bytes] = cbor.decode(row.data, limit=KEPT_BYTES)
    peer = vouched(channel.peer_keys)
    match claim:
        case Claim.KEYS:
            pair = [KeysItem(fmt.STATEMENT_KIND, part) for part in parts]
            return Made(claim, [LetterItem(fmt.LETTER_KIND, channel.peer.data), *pair])
        case Claim.HEADS:
            said = HeadsItem(fmt.HEADS_KIND, parts[0], parts[1])
            return Made(claim, [*peer, said, StatementItem(fmt.STATEMENT_KIND, parts[2])])
        case Claim.STATEMENTS:
            statements = [StatementItem(fmt.STATEMENT_KIND, part) for part in parts]
            return Made(claim, [*peer, *statements])
        case Claim.PLACE:
            return Made(claim, [*peer, *_place(connection, channel, *parts)])
        case Claim.ROOTS:
            return Made(claim, [*peer, *(_note(part) for part in parts)])
        case Claim.HISTORY:
            return Made(claim, [*peer, *_history(connection, channel, parts[0])])
        case Claim.RECEIPT:
            given = receipt.parse(parts[0])
            first = StatementItem(fmt.STATEMENT_KIND, parts[2])
            signed = ReceiptItem(fmt.RECEIPT_KIND, given.protected, given.signature)
            below = log.authors_below(connection, channel.id, channel.peer_index, given.size)
            counts = _Needed(below[channel.peer_index], below[channel.own_index])
            leaves = _in_order(connection, channel, counts)
            return Made(claim, chain([*peer, first, signed], leaves))
    letters = [*vouched(channel.keyring(0)), *vouched(channel.keyring(1))]
    items = _rebuilt(connection, channel, _size(parts[0]))
    return Made(claim, chain(letters, [_note(parts[0])], items))


def cosigned(notes: tuple[bytes, bytes], cosigner: WitnessKeys) -> Made:
    """What convicts a witness, or a party: its lines over two roots of one log at one size.

    ``notes`` are checkpoints with signature lines, as a witness gives them out.

    :raises ParleyError: ``evidence-proves-nothing`` where the two do not contradict each other;
        ``signature-missing`` where it has not cosigned both, ``signature-invalid``,
        ``checkpoint-malformed``, ``too-large``; ``key-invalid`` without its key for ML-DSA-44.
    """
    if cosigner.mldsa44 is None:
        raise ParleyError(Reason.KEY_INVALID, fact="ML-DSA-44")
    read = [checkpoint.parse_note(note, limit=limits.NOTE_BYTES) for note in notes]
    (one, _), (two, _) = read
    if (one.origin, one.size) != (two.origin, two.size) or one.root == two.root:
        raise ParleyError(Reason.EVIDENCE_PROVES_NOTHING)
    items: list[Struct] = [
        SignerItem(fmt.SIGNER_KIND, cosigner.name, cosigner.ed25519.raw, cosigner.mldsa44.raw)
    ]
    for signed, lines in read:
        line = witnessing.accept("".join(lines).encode(), signed, cosigner)[0].line
        items.append(_note(f"{signed.body()}\n{line}".encode()))
    return Made(Claim.COSIGNED, items)


def claim_of(connection: Connection, channel: Channel, row: EvidenceRow) -> Claim:
    """How the proof that ``row`` keeps convicts.

    :raises ParleyError: ``evidence-proves-nothing``.
    """
    parts: list[bytes] = cbor.decode(row.data, limit=KEPT_BYTES)
    match row.kind:
        case Reason.FORK_STATEMENT.value:
            return Claim.STATEMENTS
        case Reason.FORK_CHECKPOINT.value:
            return Claim.PLACE
        case Reason.FORK_KEYS.value if len(parts) == 2:
            return Claim.KEYS
        case Reason.HEAD_WITHHELD.value if len(parts) == 3:
            return Claim.HEADS
        case Reason.FORK_RECEIPT.value:
            return Claim.RECEIPT
        case Reason.FORK_ROOT.value if len(parts) == 2:
            return Claim.ROOTS
        case Reason.FORK_ROOT.value:
            size = _size(parts[0])
            if _continued(connection, channel, size) is not None:
                return Claim.HISTORY
            _needed(connection, channel, size)
            return Claim.REBUILT
    raise ParleyError(Reason.EVIDENCE_PROVES_NOTHING)


def write(made: Made, target: Path) -> Written:
    """Write evidence to ``target``: whole or not at all."""
    with written(target, buffering=1 << 20) as file:
        size = sum(file.write(piece) for piece in fmt.assembled(made.claim, made.items))
    return Written(made.claim, size)


def vouched(ring: Keyring) -> list[Struct]:
    """A party's letter and the key statements after it."""
    keys = [KeysItem(fmt.KEYS_KIND, one.data) for one in ring.statements]
    return [LetterItem(fmt.LETTER_KIND, ring.letter.data), *keys]


def _note(data: bytes) -> NoteItem:
    return NoteItem(fmt.NOTE_KIND, data.decode())


def _place(
    connection: Connection, channel: Channel, note: bytes, data: bytes
) -> tuple[Struct, ...]:
    """The leaf that stands in the checkpoint's tree where the statement says it is."""
    signed = checkpoint.parse_note(note, limit=limits.NOTE_BYTES)[0]
    index = statement.parse(data).envelope.index
    leaves = Mirror(connection, channel, 0).leaves(channel.peer_index, signed.size)
    path = tuple(merkle.inclusion_path(leaves, index))
    return (
        _note(note),
        StatementItem(fmt.STATEMENT_KIND, data),
        ProofItem(fmt.PROOF_KIND, index, leaves[index], path),
    )


def _size(note: bytes) -> int:
    return checkpoint.parse_note(note, limit=limits.NOTE_BYTES)[0].size


def _continued(connection: Connection, channel: Channel, size: int) -> CheckpointRow | None:
    """A later checkpoint of the peer that we have verified, if there is one."""
    greatest = proofs.checkpoint(connection, channel.id, channel.peer_index)
    return greatest if greatest is not None and greatest.size > size > 0 else None


def _history(connection: Connection, channel: Channel, note: bytes) -> tuple[Struct, ...]:
    """The root that the peer's later checkpoint gives at the size of ``note``."""
    size = _size(note)
    greatest = _continued(connection, channel, size)
    if greatest is None:
        raise ParleyError(Reason.INTERNAL, fact="a checkpoint that is gone")
    leaves = Mirror(connection, channel, 0).leaves(channel.peer_index, greatest.size)
    path = tuple(merkle.consistency_path(leaves, size))
    proof = ProofItem(fmt.PROOF_KIND, size, merkle.root(leaves[:size]), path)
    return _note(note), _note(greatest.note.encode()), proof


def _rebuilt(connection: Connection, channel: Channel, size: int) -> Iterator[StatementItem]:
    """All statements below ``size`` of the peer's log in its order, and those that vouch for them.

    :raises ParleyError: ``evidence-proves-nothing``, before anything is given out.
    """
    return _in_order(connection, channel, _needed(connection, channel, size))


def _in_order(connection: Connection, channel: Channel, needed: _Needed) -> Iterator[StatementItem]:
    """The first statements of both members, in the order of the peer's log."""
    for entry in order.of_peer(connection, channel, needed.theirs, needed.ours):
        yield _statement(entry)


def _statement(entry: Entry) -> StatementItem:
    return StatementItem(fmt.STATEMENT_KIND, entry.data)


class _Needed(NamedTuple):
    """How many statements of either member are needed."""

    theirs: int
    ours: int


def _needed(connection: Connection, channel: Channel, size: int) -> _Needed:
    """Up to the statement by which the peer acknowledges all of ours below ``size``."""
    below = log.authors_below(connection, channel.id, channel.peer_index, size)
    ours, theirs = below[channel.own_index], below[channel.peer_index]
    if ours > log.chains(connection, channel.id)[channel.own_index].count:
        raise ParleyError(Reason.EVIDENCE_PROVES_NOTHING)
    for seq, index, _leaf in log.leaves_by_author(connection, channel.id, channel.peer_index, 0):
        if index - seq >= ours:
            return _Needed(max(theirs, seq + 1), max(ours, index - seq))
    raise ParleyError(Reason.EVIDENCE_PROVES_NOTHING)
