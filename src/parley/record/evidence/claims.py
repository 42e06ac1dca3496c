"""How evidence convicts: one function for each claim, from its items to what they prove.

Each raises ``evidence-proves-nothing`` where all signatures hold and contradict nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from parley.crypto import checkpoint, merkle, receipt
from parley.crypto.checkpoint import Checkpoint
from parley.crypto.keys import LogPublic
from parley.kernel import cbor, ids, limits
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record import heads, statement
from parley.record import keyring as keyrings
from parley.record.evidence import format as fmt
from parley.record.evidence.format import (
    Claim,
    HeadsItem,
    KeysItem,
    NoteItem,
    ProofItem,
    ReceiptItem,
    StatementItem,
)
from parley.record.evidence.rebuilt import Rebuilding
from parley.record.evidence.report import SignedRoot, SignedStatement
from parley.record.evidence.signers import Signers
from parley.record.keyring import Keyring
from parley.record.statement import Statement


class Finding(NamedTuple):
    """What the items prove, before it is put into words."""

    party: bytes | None
    name: str | None
    key: bytes
    channel: bytes | None
    epoch: int | None
    statements: tuple[SignedStatement, ...] = ()
    roots: tuple[SignedRoot, ...] = ()
    shown: int = 0


class _Note(NamedTuple):
    """A checkpoint whose own signature is verified."""

    signed: Checkpoint
    key: LogPublic


class Rest:
    """The items behind the signers, up to the end."""

    def __init__(self, first: bytes, items: Iterator[bytes]) -> None:
        self._next = first
        self._items = items

    def __iter__(self) -> Iterator[bytes]:
        while fmt.kind_of(self._next) != fmt.END_KIND:
            yield self._next
            self._next = next(self._items)

    def all(self) -> list[bytes]:
        """All of them, where a proof has few."""
        found: list[bytes] = []
        for item in self:
            found.append(item)
            if len(found) > fmt.ITEMS_OF_A_PROOF:
                raise fmt.malformed("items")
        return found

    def end(self) -> bytes:
        """The last item."""
        if fmt.kind_of(self._next) != fmt.END_KIND:
            raise fmt.malformed("items")
        return self._next


def prove(claim: Claim, signers: Signers, rest: Rest) -> Finding:
    """What the items behind the signers prove.

    :raises ParleyError: ``evidence-proves-nothing``, ``evidence-malformed``; the errors of what
        they hold and of its signatures.
    """
    if claim in _STREAMED:
        return _STREAMED[claim](signers, rest)
    return _SMALL[claim](signers, rest.all())


def _parts(items: list[bytes], *kinds: int) -> None:
    if [fmt.kind_of(item) if item else None for item in items] != list(kinds):
        raise fmt.malformed("items")


def _statement(signers: Signers, item: bytes) -> tuple[Statement, Keyring]:
    read = cbor.decode_as(item, StatementItem, limit=fmt.SMALL_ITEM_BYTES)
    parsed = statement.parse(read.data)
    return parsed, signers.author(parsed)


def _note(signers: Signers, item: bytes) -> _Note:
    note = cbor.decode_as(item, NoteItem, limit=fmt.SMALL_ITEM_BYTES).note.encode()
    origin = checkpoint.parse_note(note, limit=limits.NOTE_BYTES)[0].origin
    key = signers.log_key(origin)
    return _Note(checkpoint.verify_note(note, origin, key, limit=limits.NOTE_BYTES), key)


def _proof(item: bytes) -> ProofItem:
    return cbor.decode_as(item, ProofItem, limit=fmt.SMALL_ITEM_BYTES)


def _nothing() -> ParleyError:
    return ParleyError(Reason.EVIDENCE_PROVES_NOTHING)


def _two_statements(signers: Signers, items: list[bytes]) -> Finding:
    _parts(items, fmt.STATEMENT_KIND, fmt.STATEMENT_KIND)
    (first, author), (second, other) = (_statement(signers, item) for item in items)
    same = [
        (ring.letter.party, one.act.channel, one.envelope.epoch, one.envelope.seq)
        for one, ring in ((first, author), (second, other))
    ]
    if same[0] != same[1] or first.leaf == second.leaf:
        raise _nothing()
    return Finding(
        author.letter.party,
        None,
        first.kid,
        first.act.channel,
        first.envelope.epoch,
        statements=(_shown(first), _shown(second)),
    )


def _two_roots(signers: Signers, items: list[bytes]) -> Finding:
    _parts(items, fmt.NOTE_KIND, fmt.NOTE_KIND)
    first, second = (_note(signers, item) for item in items)
    one, two = first.signed, second.signed
    if (one.origin, one.size) != (two.origin, two.size) or one.root == two.root:
        raise _nothing()
    return _against_log(first, roots=(_root(one), _root(two)))


def _place(signers: Signers, items: list[bytes]) -> Finding:
    """The tree has another leaf where the statement says that it stands."""
    _parts(items, fmt.NOTE_KIND, fmt.STATEMENT_KIND, fmt.PROOF_KIND)
    note = _note(signers, items[0])
    parsed, author = _statement(signers, items[1])
    proof = _proof(items[2])
    party, channel, epoch = checkpoint.parse_origin(note.signed.origin)
    if (party, channel, epoch) != (author.letter.party, parsed.act.channel, parsed.envelope.epoch):
        raise _nothing()
    if proof.number != parsed.envelope.index or proof.node == parsed.leaf:
        raise _nothing()
    size = note.signed.size
    if merkle.root_from_inclusion(proof.node, proof.number, size, proof.path) != note.signed.root:
        raise ParleyError(Reason.PROOF_INVALID)
    return _against_log(note, statements=(_shown(parsed),), roots=(_root(note.signed),))


def _history(signers: Signers, items: list[bytes]) -> Finding:
    """The greater tree had another root at the smaller one's size."""
    _parts(items, fmt.NOTE_KIND, fmt.NOTE_KIND, fmt.PROOF_KIND)
    old, new = (_note(signers, item) for item in items[:2])
    proof = _proof(items[2])
    if old.signed.origin != new.signed.origin or not 0 < old.signed.size < new.signed.size:
        raise _nothing()
    if proof.number != old.signed.size or proof.node == old.signed.root:
        raise _nothing()
    merkle.verify_consistency(
        proof.number, new.signed.size, proof.node, new.signed.root, proof.path
    )
    return _against_log(old, roots=(_root(old.signed, proof.node), _root(new.signed)))


def _cosigned(signers: Signers, items: list[bytes]) -> Finding:
    """One party or witness has cosigned two roots at one size."""
    _parts(items, fmt.NOTE_KIND, fmt.NOTE_KIND)
    notes = [cbor.decode_as(item, NoteItem, limit=fmt.SMALL_ITEM_BYTES).note for item in items]
    read = [checkpoint.parse_note(note.encode(), limit=limits.NOTE_BYTES) for note in notes]
    if any(len(lines) != 1 for _, lines in read):
        raise fmt.malformed("lines")
    (one, (line,)), (two, (other,)) = read
    name = checkpoint.line_name(line)
    key = signers.cosigner_key(name, line)
    times = [
        checkpoint.verify_cosignature(signature, signed, name, key)
        for signed, signature in ((one, line), (two, other))
    ]
    if (one.origin, one.size) != (two.origin, two.size) or one.root == two.root:
        raise _nothing()
    _party, channel, epoch = checkpoint.parse_origin(one.origin)
    cosigner = next((p for p in signers.parties if checkpoint.cosigner(p) == name), None)
    roots = tuple(
        SignedRoot(signed.size, signed.root.hex(), cosigned_at=at)
        for signed, at in zip((one, two), times, strict=True)
    )
    return Finding(cosigner, name, key.kid, channel, epoch, roots=roots)


def _two_key_statements(signers: Signers, items: list[bytes]) -> Finding:
    """The identity key has signed two statements of one number."""
    # Not of kind 9: that is the chain of key statements that the letter begins.
    _parts(items, fmt.STATEMENT_KIND, fmt.STATEMENT_KIND)
    datas = [cbor.decode_as(one, KeysItem, limit=fmt.SMALL_ITEM_BYTES).data for one in items]
    first, second = (keyrings.read(data) for data in datas)
    ring = signers.ring(first.text.party)
    if ring is None:
        raise ParleyError(Reason.KEY_UNKNOWN)
    for one in (first, second):
        one.verify(ring.letter)
    if first.text.number != second.text.number or first.digest == second.digest:
        raise _nothing()
    identity = keyrings.identity_of(ring.letter)
    return Finding(ring.letter.party, None, identity.ed25519.kid, None, None)


def _withheld_head(signers: Signers, items: list[bytes]) -> Finding:
    """The author says that it holds fewer statements than it had seen before."""
    _parts(items, fmt.HEADS_KIND, fmt.STATEMENT_KIND)
    item = cbor.decode_as(items[0], HeadsItem, limit=fmt.SMALL_ITEM_BYTES)
    said, word = heads.read(item.heads, item.word)
    parsed, ring = _statement(signers, items[1])
    key = next((e.statement for e in ring.epochs if e.statement.kid == word.kid), None)
    if key is None:
        raise ParleyError(Reason.KEY_UNKNOWN)
    heads.verify(said, word, key)
    about = (ring.letter.party, parsed.act.channel)
    if (said.author, said.channel) != about or not heads.withheld(said, parsed):
        raise _nothing()
    return Finding(
        ring.letter.party,
        None,
        word.kid,
        said.channel,
        parsed.envelope.epoch,
        statements=(_shown(parsed),),
    )


_SMALL: Final[dict[Claim, Callable[[Signers, list[bytes]], Finding]]] = {
    Claim.HEADS: _withheld_head,
    Claim.KEYS: _two_key_statements,
    Claim.STATEMENTS: _two_statements,
    Claim.ROOTS: _two_roots,
    Claim.PLACE: _place,
    Claim.HISTORY: _history,
    Claim.COSIGNED: _cosigned,
}


def _rebuilt(signers: Signers, rest: Rest) -> Finding:
    """The statements that the owner has acknowledged give another root than it signed."""
    items = iter(rest)
    first = next(items, None)
    if first is None or fmt.kind_of(first) != fmt.NOTE_KIND:
        raise fmt.malformed("items")
    note = _note(signers, first)
    party, channel, epoch = checkpoint.parse_origin(note.signed.origin)
    rebuilding = Rebuilding(party, channel, note.signed.size)
    for item in items:
        if fmt.kind_of(item) != fmt.STATEMENT_KIND:
            raise fmt.malformed("items")
        parsed, author = _statement(signers, item)
        rebuilding.take(parsed, author.letter.party)
    root = rebuilding.finish()
    if root == note.signed.root:
        raise _nothing()
    return Finding(
        party,
        note.signed.origin,
        note.key.kid,
        channel,
        epoch,
        roots=(_root(note.signed, root),),
        shown=rebuilding.taken,
    )


def _receipted(signers: Signers, rest: Rest) -> Finding:
    """The author has signed the root of a log in which another leaf stands at the place.

    A receipt does not sign the size of its tree, and one path can stand for several places in
    trees of several sizes. So all leaves have to be there: their bytes settle the tree's shape.
    """
    items = iter(rest)
    first, second = next(items, b""), next(items, b"")
    _parts([first, second], fmt.STATEMENT_KIND, fmt.RECEIPT_KIND)
    parsed, author = _statement(signers, first)
    item = cbor.decode_as(second, ReceiptItem, limit=fmt.SMALL_ITEM_BYTES)
    tree = merkle.Frontier()
    there: bytes | None = None
    for data in items:
        if fmt.kind_of(data) != fmt.STATEMENT_KIND:
            raise fmt.malformed("items")
        read = cbor.decode_as(data, StatementItem, limit=fmt.SMALL_ITEM_BYTES)
        leaf = merkle.leaf_hash(read.data)
        there = leaf if tree.size == parsed.envelope.index else there
        tree.append(leaf)
    root = tree.root()
    key = author.epoch(parsed.envelope.epoch).log
    claims = receipt.verify_root(item.protected, item.signature, root, key)
    party, channel = author.letter.party, parsed.act.channel
    if (claims.iss, claims.sub) != (ids.party_uri(party), ids.channel_uri(channel)):
        raise _nothing()
    if there is None or there == parsed.leaf:
        raise _nothing()
    return Finding(
        party,
        None,
        key.kid,
        channel,
        parsed.envelope.epoch,
        statements=(_shown(parsed),),
        roots=(SignedRoot(tree.size, root.hex()),),
        shown=tree.size,
    )


_STREAMED: Final[dict[Claim, Callable[[Signers, Rest], Finding]]] = {
    Claim.REBUILT: _rebuilt,
    Claim.RECEIPT: _receipted,
}


def _against_log(
    note: _Note,
    *,
    statements: tuple[SignedStatement, ...] = (),
    roots: tuple[SignedRoot, ...] = (),
) -> Finding:
    """A finding against the owner of the log whose key signed ``note``."""
    party, channel, epoch = checkpoint.parse_origin(note.signed.origin)
    return Finding(party, note.signed.origin, note.key.kid, channel, epoch, statements, roots)


def _shown(parsed: Statement) -> SignedStatement:
    return SignedStatement(
        id=parsed.leaf.hex(),
        case=parsed.act.case.hex(),
        type=parsed.act.type,
        seq=parsed.envelope.seq,
        index=parsed.envelope.index,
        signed_at=parsed.iat,
        body_digest=parsed.act.digest.hex(),
    )


def _root(signed: Checkpoint, given: bytes | None = None) -> SignedRoot:
    return SignedRoot(signed.size, signed.root.hex(), given.hex() if given else None)
