"""The checks that need no other item: each runs wherever there is a processor to spare.

A batch of items goes in, and facts come out, as small as they can be made: the reader's own
process has only to see that they fit together. They are msgspec structs, to travel as MessagePack
between processes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import msgspec

from parley.crypto import checkpoint, cose, receipt
from parley.crypto.checkpoint import Checkpoint
from parley.crypto.keys import Ed25519Public, MlDsa44Public
from parley.domain.act import ActType
from parley.kernel import cbor, ids, limits
from parley.kernel.errors import Detail, ParleyError
from parley.kernel.reasons import Reason
from parley.record import body as bodies
from parley.record import incoming, verdict
from parley.record import letter as letters
from parley.record.channel import Channel
from parley.record.dossier import format as fmt
from parley.record.dossier.report import Witnessed
from parley.record.keyring import Keyring
from parley.record.statement import Statement


class StatementFacts(msgspec.Struct, frozen=True, array_like=True, tag=2, gc=False):
    """A statement whose signature, audience and body are right.

    ``opening`` is the kind of the epoch that it opens, where it opens one. ``claim_size`` and
    ``claim_root``: the checkpoint of the other's log that its author says it had verified.
    ``withheld`` counts absent fields; ``erased``: there is no body at all. ``void`` is the reason
    code for which its body makes it void. ``disowned``: its author says that it is not its own, and
    its key was revoked.
    """

    author: int
    leaf: bytes
    epoch: int
    seq: int
    prev: bytes | None
    seen: int
    seen_leaf: bytes | None
    claim_size: int
    claim_root: bytes | None
    case: bytes
    case_seq: int
    case_prev: bytes | None
    iat: int
    withheld: int
    erased: bool
    void: str | None
    opening: str | None
    disowned: bool


class ReceiptFacts(msgspec.Struct, frozen=True, array_like=True, tag=3, gc=False):
    """A receipt whose header is right; its signature waits for the root."""

    issuer: int
    epoch: int
    size: int
    own: int
    iat: int
    protected: bytes
    signature: bytes


class CheckpointFacts(msgspec.Struct, frozen=True, array_like=True, tag=4, gc=False):
    """A checkpoint with its owner's signature verified.

    ``cosigned``, ``cosigned_pq``: whether the other member's cosignature stands there (Ed25519,
    ML-DSA-44), verified as well.
    """

    owner: int
    own: int | None
    size: int
    root: bytes
    cosigned: bool
    cosigned_pq: bool


class ProofFacts(msgspec.Struct, frozen=True, array_like=True, tag=5, gc=False):
    """A proof of inclusion; nothing is known of it yet."""

    owner: int
    size: int
    index: int
    path: tuple[bytes, ...]


class FullReceiptFacts(msgspec.Struct, frozen=True, array_like=True, tag=6, gc=False):
    """A receipt with its path; its header is right, its signature waits for the root."""

    issuer: int
    epoch: int
    size: int
    index: int
    path: tuple[bytes, ...]
    iat: int
    protected: bytes
    signature: bytes


class MarkFacts(msgspec.Struct, frozen=True, array_like=True, tag=8, gc=False):
    """The size of a log at this place."""

    owner: int
    size: int
    own: int


class WitnessFacts(msgspec.Struct, frozen=True, array_like=True, tag=11, gc=False):
    """A verified cosignature of a witness over a checkpoint that is still to be compared.

    ``key`` identifies the witness' key, ``at`` is its clock.
    """

    owner: int
    size: int
    root: bytes
    name: str
    key: bytes
    at: int
    post_quantum: bool

    def reported(self) -> Witnessed:
        """The same as the report says it."""
        return Witnessed(
            self.owner, self.size, self.name, self.key.hex(), self.at, self.post_quantum
        )


Facts = (
    StatementFacts
    | ReceiptFacts
    | CheckpointFacts
    | ProofFacts
    | FullReceiptFacts
    | MarkFacts
    | WitnessFacts
)


class Fault(msgspec.Struct, frozen=True):
    """The first item of a batch that was refused: its place in the batch, and why."""

    place: int
    reason: str
    details: dict[str, Detail]

    @classmethod
    def of(cls, place: int, error: ParleyError) -> Fault:
        """The fault that ``error`` makes of the item at ``place``."""
        return cls(place, error.reason.value, error.details)

    def error(self, **position: Detail) -> ParleyError:
        """The error again, with its position in the file."""
        return ParleyError(Reason(self.reason), **{**position, **self.details})


class Checked(msgspec.Struct, frozen=True):
    """What a batch came to: the facts of its items up to the first that was refused."""

    facts: list[Facts]
    fault: Fault | None


class Signed(NamedTuple):
    """A receipt's signature and the root that it has to fit."""

    issuer: int
    epoch: int
    protected: bytes
    signature: bytes
    root: bytes


Disowned = tuple[frozenset[bytes], frozenset[bytes]]
"""Leaves that each member says are not its own."""

NONE_DISOWNED: Final[Disowned] = (frozenset(), frozenset())
_DASH: Final = "\N{EM DASH} "


class Checker:
    """Checks items of a dossier of ``channel``. ``disowned``: by member, leaves that it disowns."""

    def __init__(self, channel: Channel, disowned: Disowned = NONE_DISOWNED) -> None:
        self._channel = channel
        self._members = len(channel.letters)
        self._disowned = disowned

    @classmethod
    def of(
        cls, label: str, first: Sequence[bytes], second: Sequence[bytes], disowned: Disowned
    ) -> Checker:
        """From the exact bytes of both letters and the key statements behind each."""
        rings = (Keyring.of(letters.parse(one[0]), one[1:]) for one in (first, second))
        return cls(Channel.of(label, *rings), disowned)

    def batch(self, items: Sequence[bytes]) -> Checked:
        """Check items in order, up to the first that is refused."""
        facts: list[Facts] = []
        for place, item in enumerate(items):
            try:
                facts.append(self.item(item))
            except ParleyError as error:
                return Checked(facts, Fault.of(place, error))
        return Checked(facts, None)

    def item(self, item: bytes) -> Facts:
        """Check one item.

        :raises ParleyError: with the reason for which the dossier is refused.
        """
        kind = fmt.kind_of(item)
        if kind == fmt.STATEMENT_KIND:
            return self._statement(item)
        if kind == fmt.RECEIPT_KIND:
            return self._receipt(item)
        if kind == fmt.CHECKPOINT_KIND:
            return self._checkpoint(item)
        if kind == fmt.PROOF_KIND:
            proof = cbor.decode_as(item, fmt.ProofItem, limit=fmt.SMALL_ITEM_BYTES)
            return ProofFacts(self._member(proof.owner), proof.size, proof.index, proof.path)
        if kind == fmt.FULL_RECEIPT_KIND:
            return self._full_receipt(item)
        if kind == fmt.MARK_KIND:
            mark = cbor.decode_as(item, fmt.MarkItem, limit=fmt.SMALL_ITEM_BYTES)
            return MarkFacts(self._member(mark.owner), mark.size, mark.own)
        if kind == fmt.WITNESS_KIND:
            return self._witness(item)
        raise ParleyError(Reason.DOSSIER_OUT_OF_PLACE)

    def _witness(self, item: bytes) -> WitnessFacts:
        read = cbor.decode_as(item, fmt.WitnessItem, limit=fmt.SMALL_ITEM_BYTES)
        if read.name.startswith(checkpoint.PREFIX):
            # The name of a party or a log: whoever bears it is no witness.
            raise ParleyError(Reason.DOSSIER_MALFORMED, fact="witness")
        origin = self._channel.origin(self._member(read.owner), read.epoch)
        post_quantum = read.type == checkpoint.ML_DSA_44_COSIGNATURE
        key = MlDsa44Public(read.key) if post_quantum else Ed25519Public(read.key)
        if not checkpoint.made_by(read.line, read.name, read.type, read.key):
            raise ParleyError(Reason.SIGNATURE_MISSING)
        signed = Checkpoint(origin, read.size, read.root)
        at = checkpoint.verify_cosignature_by(read.line, signed, read.name, read.type, key)
        return WitnessFacts(read.owner, read.size, read.root, read.name, key.kid, at, post_quantum)

    def roots(self, signed: Sequence[Signed]) -> Fault | None:
        """Check the signatures of receipts over roots; the first that does not hold, if any."""
        for place, one in enumerate(signed):
            try:
                self._channel.keyring(one.issuer).epoch(one.epoch).log.ed25519.verify(
                    one.signature, cose.to_be_signed(one.protected, one.root)
                )
            except ParleyError as error:
                return Fault.of(place, error)
        return None

    def _statement(self, item: bytes) -> StatementFacts:
        author, data, encoded = fmt.read_statement(item)
        self._member(author)
        parsed = incoming.check_signed(self._channel, author, data)
        act, envelope = parsed.act, parsed.envelope
        if len(envelope.seen) != self._members - 1:
            raise ParleyError(Reason.SEEN_WRONG)
        withheld, void = 0, None
        if encoded is not None:
            body, digest = bodies.opened(encoded)
            if digest != act.digest:
                raise ParleyError(Reason.BODY_WRONG)
            withheld = len(body.absent)
            # What a withheld field says nobody can judge; the parties could, from the whole body.
            void = verdict.of(act, body) if body.complete else None
        seen = envelope.seen[0]
        return StatementFacts(
            author,
            parsed.leaf,
            envelope.epoch,
            envelope.seq,
            envelope.prev,
            seen.count,
            seen.leaf,
            seen.size,
            seen.root,
            act.case,
            envelope.case_seq,
            envelope.case_prev,
            parsed.iat,
            withheld,
            encoded is None,
            void,
            self._opening(author, parsed),
            parsed.leaf in self._disowned[author]
            and self._channel.keyring(author).revoked(envelope.epoch),
        )

    def _opening(self, author: int, parsed: Statement) -> str | None:
        """The kind of the epoch that a statement opens, if it does."""
        act, number = parsed.act, parsed.envelope.epoch
        if act.type != ActType.KEYS or act.case != self._channel.standing_case:
            return None
        epoch = self._channel.keyring(author).epoch(number)
        named = (act.codes.get("epoch"), act.codes.get("keys"))
        kind = act.codes.get("kind")
        fits = number > 0 and named == (number, epoch.opened_by.hex())
        return kind if fits and isinstance(kind, str) else None

    def _receipt(self, item: bytes) -> ReceiptFacts:
        read = cbor.decode_as(item, fmt.ReceiptItem, limit=fmt.SMALL_ITEM_BYTES)
        header = receipt.parse_protected(read.protected)
        epoch = self._check_issuer(read.issuer, header)
        return ReceiptFacts(
            read.issuer, epoch, read.size, read.own, header.iat, read.protected, read.signature
        )

    def _full_receipt(self, item: bytes) -> FullReceiptFacts:
        read = cbor.decode_as(item, fmt.FullReceiptItem, limit=fmt.SMALL_ITEM_BYTES)
        parsed = receipt.parse(read.data)
        epoch = self._check_issuer(read.issuer, parsed.header)
        return FullReceiptFacts(
            read.issuer,
            epoch,
            parsed.size,
            parsed.index,
            parsed.path,
            parsed.header.iat,
            parsed.protected,
            parsed.signature,
        )

    def _check_issuer(self, issuer: int, header: receipt.Header) -> int:
        """A receipt names its log's key, its party and this channel; the epoch of the key."""
        keyring = self._channel.keyring(self._member(issuer))
        epoch = keyring.log_epoch(header.kid)
        expected = (ids.party_uri(keyring.letter.party), ids.channel_uri(self._channel.id))
        if (header.iss, header.sub) != expected:
            raise ParleyError(Reason.WRONG_AUDIENCE)
        return epoch.number

    def _checkpoint(self, item: bytes) -> CheckpointFacts:
        read = cbor.decode_as(item, fmt.CheckpointItem, limit=fmt.SMALL_ITEM_BYTES)
        owner = self._member(read.owner)
        note = read.note.encode()
        claimed, lines = checkpoint.parse_note(note, limit=limits.NOTE_BYTES)
        epoch = self._channel.log_epoch(owner, claimed.origin)
        signed = checkpoint.verify_note(note, claimed.origin, epoch.log, limit=limits.NOTE_BYTES)
        kinds = self._cosignatures(owner, signed, lines)
        return CheckpointFacts(
            owner, read.own, signed.size, signed.root, False in kinds, True in kinds
        )

    def _cosignatures(self, owner: int, signed: Checkpoint, lines: Sequence[str]) -> set[bool]:
        """The kinds (is it post-quantum?) of the other member's cosignatures, all verified.

        :raises ParleyError: ``signature-invalid``; ``signature-missing`` for a line of somebody
            else, whose key is not here.
        """
        other = self._channel.keyring(1 - owner)
        kinds: set[bool] = set()
        theirs = [line for line in lines if not line.startswith(f"{_DASH}{signed.origin} ")]
        if len(theirs) != len(lines) - 1:
            raise ParleyError(Reason.CHECKPOINT_MALFORMED, fact="lines")
        for line in theirs:
            kinds.add(other.verify_cosignature(signed, line)[2])
        return kinds

    def _member(self, member: int) -> int:
        if member >= self._members:
            raise ParleyError(Reason.DOSSIER_MALFORMED, fact="member")
        return member
