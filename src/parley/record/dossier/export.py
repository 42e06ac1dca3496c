"""Writing a dossier, as one stream from one snapshot of the desk's database.

Whoever exports sees to it before that its own newest checkpoint exists and is cosigned as far as
can be: what the record does not hold, a dossier cannot show.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

from sqlalchemy import Connection

from parley.crypto import checkpoint
from parley.crypto.keys import LogKey
from parley.kernel import limits
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record import body as bodies
from parley.record import standing
from parley.record.channel import Channel
from parley.record.dossier import format as fmt
from parley.record.dossier import proofs
from parley.record.dossier.format import (
    CheckpointItem,
    EndItem,
    Header,
    KeysItem,
    LetterItem,
    NotUsItem,
    ReceiptItem,
    WitnessItem,
)
from parley.record.dossier.withholding import Withholding, parse
from parley.store import channels, log, witnesses
from parley.store.files import written
from parley.store.log import Entry
from parley.store.vault import Vault

_BLOCK: Final = 64
"""Statements whose bodies are in memory at once."""

Progress = Callable[[int], None]
"""Called with the number of statements written so far."""


class Exported(NamedTuple):
    """What was written: statements, items, bytes, and SHA-256 over all but the last item.

    ``withheld`` fields are left out, of ``of_statements`` statements; ``elsewhere`` texts among
    them stand in fields that are shown.
    """

    statements: int
    items: int
    size: int
    digest: bytes
    withheld: int = 0
    of_statements: int = 0
    elsewhere: int = 0


class Source(NamedTuple):
    """What a dossier is made from. ``connection`` is one snapshot; ``now`` the desk's clock."""

    connection: Connection
    channel: Channel
    vault: Vault
    log_key: LogKey
    now: int


def export(
    source: Source,
    target: Path,
    *,
    case: bytes | None = None,
    withhold: Sequence[str] = (),
    progress: Progress | None = None,
) -> Exported:
    """Write the dossier of a channel, or of one ``case``, to ``target``: whole or not at all.

    :param withhold: patterns of paths (``facts``, ``questions/*/text@ru``, ``7be0a1:remarks``):
        fields whose values are left out; the statement still verifies, and the reader sees how many
        there are. See :func:`parley.record.dossier.withholding.parse`.
    :raises ParleyError: ``case-unknown``; ``withhold-unknown``; ``dossier-backlog``;
        ``vault-damaged``, ``body-unreadable``.
    """
    with written(target, buffering=1 << 20) as file:
        return _Export(source, file, withhold, progress).run(case)


class _Writer:
    """Writes items and hashes what it has written."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._hash = sha256()
        self.items = 0
        self.size = 0

    def item(self, item: bytes) -> None:
        framed = fmt.frame(item)
        self._file.write(framed)
        self._hash.update(framed)
        self.items += 1
        self.size += len(framed)

    def end(self, key: LogKey) -> bytes:
        """Write the end; returns the hash that it signs."""
        digest = self._hash.digest()
        signature = key.sign(fmt.END_CONTEXT + digest)
        self.item(fmt.encode(EndItem(fmt.END_KIND, self.items, digest, key.public.kid, signature)))
        return digest


class _Export:
    """One export. Owns the file for as long as :meth:`run` lasts."""

    def __init__(
        self, source: Source, file: BinaryIO, withhold: Sequence[str], progress: Progress | None
    ) -> None:
        self._source = source
        self._connection = source.connection
        self._channel = source.channel
        self._writer = _Writer(file)
        self._withholding = Withholding(parse(withhold))
        self._progress = progress
        self._statements = 0
        self._backlog = fmt.BACKLOG_STATEMENTS

    def run(self, case: bytes | None) -> Exported:
        """Write everything."""
        self._begin(case)
        if case is None:
            self._whole_channel()
        else:
            self._one_case(case)
        self._withholding.check()
        digest = self._writer.end(self._source.log_key)
        return Exported(
            self._statements,
            self._writer.items,
            self._writer.size,
            digest,
            self._withholding.fields,
            self._withholding.statements,
            self._withholding.elsewhere,
        )

    def _begin(self, case: bytes | None) -> None:
        channel = self._channel
        not_us = standing.disowning(self._connection, channel)[: fmt.NOT_US_STATEMENTS]
        row = channels.one(self._connection, channel.id)
        header = Header(
            kind=fmt.HEADER_KIND,
            magic=fmt.MAGIC,
            version=fmt.VERSION,
            mode=fmt.CHANNEL if case is None else fmt.CASE,
            channel=channel.id,
            case=case,
            label=channel.label,
            exporter=channel.own.party,
            created_at=self._source.now,
            demonstration=channel.demonstration,
            keys=(channel.keyring(0).number, channel.keyring(1).number),
            not_us=len(not_us),
            halted=row.reason if row is not None and row.state == "halted" else None,
        )
        self._writer.item(fmt.encode(header))
        for letter in channel.letters:
            self._writer.item(fmt.encode(LetterItem(fmt.LETTER_KIND, letter.data)))
        for member in range(2):
            for statement in channel.keyring(member).statements:
                item = KeysItem(fmt.KEYS_KIND, member, statement.data)
                self._writer.item(fmt.encode(item))
        for entry in not_us:
            disowning = NotUsItem(fmt.NOT_US_KIND, entry.author, entry.data)
            self._writer.item(fmt.encode(disowning))

    def _whole_channel(self) -> None:
        """Statements in the order of our log; what is signed stands where it can be checked."""
        streams = [proofs.Stream(self._connection, self._channel, owner) for owner in range(2)]
        own, peer = self._channel.own_index, self._channel.peer_index
        counts, placed = [0, 0], 0
        for entry, item in self._in_blocks(log.in_order(self._connection, self._channel.id)):
            self._statement(item)
            counts[entry.author] += 1
            if entry.author == peer:
                placed = entry.author_index - entry.seq
            for stream in streams:
                for sighted in stream.ready(counts):
                    self._sighted(sighted)
                    if sighted.owner == peer:
                        placed = sighted.size - sighted.own
            # What a reader has to keep, because the peer is not known to have any of it.
            if counts[own] - placed > self._backlog:
                raise ParleyError(Reason.DOSSIER_BACKLOG, limit=self._backlog)
        if any(stream.waiting for stream in streams):
            raise ParleyError(Reason.INTERNAL, fact="a proof beyond the end of the log")

    def _sighted(self, sighted: proofs.Sighted) -> None:
        owner, size, own = sighted.owner, sighted.size, sighted.own
        row = sighted.receipt
        if row is not None:
            receipt = ReceiptItem(fmt.RECEIPT_KIND, owner, size, own, row.protected, row.signature)
            self._writer.item(fmt.encode(receipt))
        if sighted.note is not None:
            note = CheckpointItem(fmt.CHECKPOINT_KIND, owner, own, sighted.note)
            self._writer.item(fmt.encode(note))
            self._witnesses(owner, sighted.note)
        if row is None and sighted.note is None:
            self._writer.item(fmt.encode(fmt.MarkItem(fmt.MARK_KIND, owner, size, own)))

    def _witnesses(self, owner: int, note: str) -> None:
        """Which witnesses have cosigned the checkpoint before."""
        signed = checkpoint.parse_note(note.encode(), limit=limits.NOTE_BYTES)[0]
        epoch = checkpoint.parse_origin(signed.origin)[2]
        rows = witnesses.at(self._connection, self._channel.id, owner, signed.size)
        for row in rows[: fmt.WITNESS_LINES]:
            item = WitnessItem(
                fmt.WITNESS_KIND,
                owner,
                epoch,
                signed.size,
                signed.root,
                row.witness,
                row.kind,
                row.key,
                row.line,
            )
            self._writer.item(fmt.encode(item))

    def _one_case(self, case: bytes) -> None:
        """The checkpoints, then each statement with its proofs."""
        places = proofs.CasePlaces(self._connection, self._channel, case)
        if not places.any:
            raise ParleyError(Reason.CASE_UNKNOWN)
        for owner, note in places.notes:
            item = CheckpointItem(fmt.CHECKPOINT_KIND, owner, None, note)
            self._writer.item(fmt.encode(item))
            self._witnesses(owner, note)
        entries = proofs.case_entries(self._connection, self._channel, case)
        for entry, statement in self._in_blocks(entries):
            self._statement(statement)
            for extra in places.items(entry):
                self._writer.item(fmt.encode(extra))

    def _statement(self, item: bytes) -> None:
        self._writer.item(item)
        self._statements += 1
        if self._progress is not None:
            self._progress(self._statements)

    def _in_blocks(self, entries: Iterator[Entry]) -> Iterator[tuple[Entry, bytes]]:
        """Each statement with its item; bodies are fetched for some statements at once."""
        connection, channel, vault = self._connection, self._channel, self._source.vault
        while block := list(islice(entries, _BLOCK)):
            sealed = log.bodies(connection, channel.id, [entry.position for entry in block])
            for entry in block:
                kept = sealed.get(entry.position)
                body = None if kept is None else vault.open(kept.slot, kept.sealed, entry.leaf)
                yield (
                    entry,
                    fmt.statement_item(entry.author, entry.data, self._shown(entry.leaf, body)),
                )

    def _shown(self, leaf: bytes, body: bytes | None) -> bytes | None:
        """The body without the fields that are withheld."""
        if body is None or not self._withholding:
            return body
        parsed = bodies.parse(body)
        shown = self._withholding.shown(leaf, parsed)
        return body if shown is parsed else shown.encode()
