"""Verifying evidence: needs the file and nothing else, and convicts or raises.

What is checked is whether one key signed two things that no honest holder of it signs. Whoever made
the file is not believed in anything: it is not signed, and nothing in it rests on its maker's word.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, NamedTuple

from parley.crypto import checkpoint, merkle, receipt
from parley.crypto.checkpoint import Checkpoint
from parley.crypto.keys import LogPublic
from parley.kernel import cbor, ids, limits
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record import heads, statement
from parley.record import keyring as keyrings
from parley.record import letter as letters
from parley.record.dossier.format import KEY_STATEMENTS, LetterItem, Reader
from parley.record.evidence import format as fmt
from parley.record.evidence.format import (
    Claim,
    EndItem,
    Header,
    HeadsItem,
    KeysItem,
    NoteItem,
    ProofItem,
    ReceiptItem,
    SignerItem,
    StatementItem,
)
from parley.record.evidence.rebuilt import Rebuilding
from parley.record.evidence.report import (
    Convicted,
    EvidenceReport,
    NotProved,
    SignedRoot,
    SignedStatement,
)
from parley.record.keyring import Keyring
from parley.record.letter import Letter
from parley.record.statement import Statement


class Signers:
    """Whose signatures can be checked: the letters and keys that stand at the start of the file."""

    def __init__(self) -> None:
        self._rings: dict[bytes, Keyring] = {}
        self._keys: dict[str, LogPublic] = {}

    def add_letter(self, letter: Letter) -> None:
        """One letter a party: two letters with other keys are no contradiction.

        :raises ParleyError: ``evidence-malformed``.
        """
        if letter.party in self._rings or len(self._rings) >= 2:
            raise fmt.malformed("letter")
        self._rings[letter.party] = Keyring(letter)

    def add_keys(self, data: bytes) -> None:
        """The next key statement of the party whose letter was added last.

        :raises ParleyError: ``evidence-malformed``, as :meth:`Keyring.extended`.
        """
        if not self._rings:
            raise fmt.malformed("keys")
        party, ring = next(reversed(self._rings.items()))
        if ring.number >= KEY_STATEMENTS:
            raise fmt.malformed("keys")
        self._rings[party] = ring.extended(keyrings.read(data))

    def add_key(self, item: SignerItem) -> None:
        """One key a name, where there is no letter.

        :raises ParleyError: ``evidence-malformed``, ``key-invalid``.
        """
        if item.name in self._keys or len(self._keys) >= 2:
            raise fmt.malformed("signer")
        self._keys[item.name] = LogPublic.from_parts(item.ed25519, item.mldsa44)

    @property
    def parties(self) -> tuple[bytes, ...]:
        """The parties whose letters are there."""
        return tuple(self._rings)

    def ring(self, party: bytes) -> Keyring | None:
        """A party's keys, if its letter is there."""
        return self._rings.get(party)

    def author(self, parsed: Statement) -> Keyring:
        """The keys of the party that signed a statement, once the signature is verified.

        :raises ParleyError: ``key-unknown``, ``signature-invalid``, ``statement-inconsistent``.
        """
        for party, ring in self._rings.items():
            if parsed.issuer == ids.party_uri(party):
                parsed.verify(party, ring.epoch(parsed.envelope.epoch).statement)
                return ring
        raise ParleyError(Reason.KEY_UNKNOWN)

    def log_key(self, origin: str) -> LogPublic:
        """The key of the log with this origin.

        :raises ParleyError: ``key-unknown``, ``checkpoint-malformed``.
        """
        party, _channel, epoch = checkpoint.parse_origin(origin)
        ring = self._rings.get(party)
        return self._named(origin) if ring is None else ring.epoch(epoch).log

    def cosigner_key(self, name: str, line: str) -> LogPublic:
        """The key by which the cosigner with this name says that it made ``line``.

        :raises ParleyError: ``key-unknown``.
        """
        kinds = (checkpoint.ED25519_COSIGNATURE, checkpoint.ML_DSA_44_COSIGNATURE)
        for party, ring in self._rings.items():
            if name != checkpoint.cosigner(party):
                continue
            for epoch in ring.epochs:
                raw = (epoch.log.ed25519.raw, epoch.log.mldsa44.raw)
                made = zip(kinds, raw, strict=True)
                if any(checkpoint.made_by(line, name, kind, key) for kind, key in made):
                    return epoch.log
        return self._named(name)

    def _named(self, name: str) -> LogPublic:
        key = self._keys.get(name)
        if key is None:
            raise ParleyError(Reason.KEY_UNKNOWN)
        return key


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


def recognise(path: Path) -> bool:
    """Whether the file at ``path`` says that it is evidence."""
    with path.open("rb") as file:
        return fmt.recognised(file.read(64))


def whole_pins(path: Path, named: Sequence[bytes]) -> list[bytes]:
    """The fingerprints that were named, whole: ten words stand for their first 160 bits.

    The rest comes from the letter in the file that they fit; :func:`verify` verifies that.

    :raises ParleyError: ``dossier-pin`` where one fits no letter; what reading the file raises.
    """
    if not named:
        return []
    with path.open("rb") as stream:
        items = iter(Reader(stream))
        _header(next(items))
        parties = _signers(items)[0].parties
    found = [[party for party in parties if party.startswith(value)] for value in named]
    if not all(found):
        raise ParleyError(Reason.DOSSIER_PIN)
    return [fitting[0] for fitting in found]


def verify(source: Path | BinaryIO, *, pins: Sequence[bytes] = ()) -> EvidenceReport:
    """Check evidence from the first byte to the last.

    :param pins: fingerprints (32 bytes) that must be among those of the letters.
    :raises ParleyError: the first fault, with ``item`` (its number from 0);
        ``evidence-proves-nothing`` where all signatures hold and contradict nothing.
    """
    if isinstance(source, Path):
        with source.open("rb") as stream:
            return verify(stream, pins=pins)
    reader = Reader(source)
    try:
        return _verify(reader, pins)
    except ParleyError as error:
        raise ParleyError(
            error.reason, **{"item": max(reader.number, 0), **error.details}
        ) from error


def _verify(reader: Reader, pins: Sequence[bytes]) -> EvidenceReport:
    items = iter(reader)
    claim = _header(next(items))
    signers, first = _signers(items)
    rest = _Rest(first, items)
    if claim in _STREAMED:
        finding = _STREAMED[claim](signers, rest)
    else:
        finding = _SMALL[claim](signers, rest.all())
    end = cbor.decode_as(rest.end(), EndItem, limit=fmt.SMALL_ITEM_BYTES)
    digest = reader.digest()
    if end.items != reader.number or end.digest != digest:
        raise ParleyError(Reason.EVIDENCE_DAMAGED)
    reader.expect_end()
    if any(pin not in signers.parties for pin in pins):
        raise ParleyError(Reason.DOSSIER_PIN)
    return _report(claim, finding, signers, pins, (reader.number + 1, reader.offset, digest))


def _header(item: bytes) -> Claim:
    if fmt.kind_of(item) != fmt.HEADER_KIND:
        raise fmt.malformed("header")
    header = cbor.decode_as(item, Header, limit=fmt.SMALL_ITEM_BYTES)
    if header.magic != fmt.MAGIC:
        raise fmt.malformed("header")
    if header.version != fmt.VERSION:
        raise ParleyError(Reason.VERSION_UNSUPPORTED, version=header.version)
    return header.claim


def _signers(items: Iterator[bytes]) -> tuple[Signers, bytes]:
    """The signers at the start, and the first item behind them."""
    signers = Signers()
    for item in items:
        kind = fmt.kind_of(item)
        if kind == fmt.LETTER_KIND:
            read = cbor.decode_as(item, LetterItem, limit=fmt.SMALL_ITEM_BYTES)
            signers.add_letter(letters.parse(read.data))
        elif kind == fmt.KEYS_KIND:
            keys = cbor.decode_as(item, KeysItem, limit=fmt.SMALL_ITEM_BYTES)
            signers.add_keys(keys.data)
        elif kind == fmt.SIGNER_KIND:
            signers.add_key(cbor.decode_as(item, SignerItem, limit=fmt.SMALL_ITEM_BYTES))
        else:
            return signers, item
    raise ParleyError(Reason.DOSSIER_TRUNCATED)


class _Rest:
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


_SMALL = {
    Claim.HEADS: _withheld_head,
    Claim.KEYS: _two_key_statements,
    Claim.STATEMENTS: _two_statements,
    Claim.ROOTS: _two_roots,
    Claim.PLACE: _place,
    Claim.HISTORY: _history,
    Claim.COSIGNED: _cosigned,
}


def _rebuilt(signers: Signers, rest: _Rest) -> Finding:
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


def _receipted(signers: Signers, rest: _Rest) -> Finding:
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


_STREAMED = {Claim.REBUILT: _rebuilt, Claim.RECEIPT: _receipted}


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


def _report(
    claim: Claim,
    finding: Finding,
    signers: Signers,
    pins: Sequence[bytes],
    file: tuple[int, int, bytes],
) -> EvidenceReport:
    ring = signers.ring(finding.party) if finding.party else None
    letter = ring.letter if ring else None
    revoked = ring is not None and any(
        finding.key in (epoch.statement.kid, epoch.log.kid) and ring.revoked(epoch.number)
        for epoch in ring.epochs
    )
    pinned = letter is not None and letter.party in pins
    items, size, digest = file
    open_points = {
        NotProved.IDENTITY: letter is not None and not pinned,
        NotProved.SIGNER: letter is None,
        NotProved.REVOKED: revoked,
        NotProved.CUSTODY: True,
        NotProved.INTENT: True,
        NotProved.BRANCH: True,
        NotProved.TIME: True,
        NotProved.PRESENTER: True,
    }
    return EvidenceReport(
        claim=claim,
        convicted=Convicted(
            fingerprint=finding.party.hex() if finding.party else None,
            name=finding.name,
            code=letter.text.code if letter else None,
            names=letter.text.names if letter else {},
            key=finding.key.hex(),
            pinned=pinned,
        ),
        channel=finding.channel.hex() if finding.channel else None,
        epoch=finding.epoch,
        statements=finding.statements,
        roots=finding.roots,
        statements_shown=finding.shown,
        items=items,
        size=size,
        digest=digest.hex(),
        not_proved=tuple(point for point, is_open in open_points.items() if is_open),
    )
