"""Verifying a dossier: needs the file and nothing else. No desk, no network, no configuration.

One process reads, hashes and folds; signatures and bodies are checked in others beside it. Nothing
that was read is true before :func:`verify` returns: the last item signs all the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, NamedTuple

from parley.domain import catalogue
from parley.domain import channel as standing
from parley.domain.act import ActType
from parley.kernel import cbor, limits, text
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record import acts, incoming, statement
from parley.record import body as bodies
from parley.record import keyring as keyrings_
from parley.record import letter as letters
from parley.record.body import Body
from parley.record.channel import Channel
from parley.record.dossier import format as fmt
from parley.record.dossier import report as reports
from parley.record.dossier.case import CaseFold
from parley.record.dossier.channel import ChannelFold
from parley.record.dossier.check import Disowned, StatementFacts
from parley.record.dossier.format import (
    EndItem,
    Header,
    KeysItem,
    LetterItem,
    NotUsItem,
    Reader,
)
from parley.record.dossier.pipeline import Fold, Pipeline, placed
from parley.record.dossier.report import KeyChange, Outcome, Party, Report
from parley.record.keyring import Epoch, KeyKind, Keyring
from parley.record.letter import Letter
from parley.record.statement import Statement

Progress = Callable[[int, int | None], None]
"""Called with the bytes read so far, and those of the file where that is known."""


class Shown(NamedTuple):
    """A statement as it is read, for a transcript. Not proved before the whole dossier is.

    ``body`` is null where it was erased.
    """

    channel: Channel
    author: int
    statement: Statement
    body: Body | None
    void: str | None
    disowned: bool


OnStatement = Callable[[Shown], None]


def verify(
    source: Path | BinaryIO,
    *,
    pins: Sequence[bytes] = (),
    workers: int | None = None,
    progress: Progress | None = None,
    on_statement: OnStatement | None = None,
) -> Report:
    """Check a dossier from the first byte to the last.

    :param pins: fingerprints (32 bytes) that must be among the parties.
    :param workers: processes beside this one; 0 for none; by default one for each processor as
        soon as the file shows itself to be large.
    :param on_statement: called for each statement in its place; nothing is proved yet by then.
    :raises ParleyError: the first fault: its reason, with ``item`` (the item's number in the file,
        from 0) and, for a statement, ``author`` (the member's index) and ``seq``.
    """
    if isinstance(source, Path):
        with source.open("rb") as stream:
            return _verify(stream, source.stat().st_size, pins, workers, progress, on_statement)
    return _verify(source, None, pins, workers, progress, on_statement)


def _verify(
    stream: BinaryIO,
    size: int | None,
    pins: Sequence[bytes],
    workers: int | None,
    progress: Progress | None,
    on_statement: OnStatement | None,
) -> Report:
    reader = Reader(stream)
    items = iter(reader)
    try:
        header = _header(next(items))
        members = [_letter(next(items)) for _ in range(2)]
        channel = _channel(header, members, pins)
        channel = _with_keys(header, channel, items)
        disowned = _disowned(header, channel, items)
    except ParleyError as error:
        raise placed(error, max(reader.number, 0)) from error
    exporter = 0 if header.exporter == channel.letters[0].party else 1
    keyrings = (channel.keyring(0), channel.keyring(1))
    fold: Fold = (
        ChannelFold(keyrings, exporter, header.created_at)
        if header.case is None
        else CaseFold(keyrings, header.case, header.created_at)
    )

    def on_facts(facts: StatementFacts, item: bytes) -> None:
        if on_statement is not None:
            on_statement(_shown(channel, facts, item))

    def on_batch() -> None:
        if progress is not None:
            progress(reader.offset, size)

    with Pipeline(channel, disowned, fold, workers, on_facts if on_statement else None) as pipeline:
        end = pipeline.run(reader, size or 0, on_batch)
    try:
        digest = _end(reader, end, channel.keyring(exporter))
        reader.expect_end()
    except ParleyError as error:
        raise placed(error, reader.number) from error
    if progress is not None:
        progress(reader.offset, reader.offset)
    return _report(header, channel, fold.finish(), pins, (reader.number + 1, reader.offset, digest))


def _header(item: bytes) -> Header:
    if fmt.kind_of(item) != fmt.HEADER_KIND:
        raise fmt.malformed("header")
    header = cbor.decode_as(item, Header, limit=fmt.SMALL_ITEM_BYTES)
    if not fmt.is_headed((header.magic, header.version), (fmt.MAGIC, fmt.VERSION)):
        raise fmt.malformed("header")
    if header.mode != (fmt.CHANNEL if header.case is None else fmt.CASE):
        raise fmt.malformed("mode")
    text.check(header.label, limits.LINE_CHARACTERS, line=True)
    return header


def _letter(item: bytes) -> Letter:
    if fmt.kind_of(item) != fmt.LETTER_KIND:
        raise fmt.malformed("letter")
    return letters.parse(cbor.decode_as(item, LetterItem, limit=fmt.SMALL_ITEM_BYTES).data)


def _channel(header: Header, members: list[Letter], pins: Sequence[bytes]) -> Channel:
    """The channel that the letters make, if it is the one of the header."""
    parties = [letter.party for letter in members]
    channel = Channel.between(header.label, *members)
    if (
        parties != sorted(parties)
        or channel.id != header.channel
        or header.exporter not in parties
        or header.demonstration != channel.demonstration
    ):
        raise ParleyError(Reason.DOSSIER_LETTERS)
    if any(pin not in parties for pin in pins):
        raise ParleyError(Reason.DOSSIER_PIN)
    return channel


def _with_keys(header: Header, channel: Channel, items: Iterator[bytes]) -> Channel:
    """The channel with the keys that its members have by now."""
    rings = [channel.keyring(member) for member in range(2)]
    for member, count in enumerate(header.keys):
        for _ in range(count):
            item = next(items)
            if fmt.kind_of(item) != fmt.KEYS_KIND:
                raise fmt.malformed("keys")
            read = cbor.decode_as(item, KeysItem, limit=fmt.SMALL_ITEM_BYTES)
            if read.member != member:
                raise fmt.malformed("keys")
            rings[member] = rings[member].extended(keyrings_.read(read.data))
    return Channel.of(header.label, *rings)


def _disowned(header: Header, channel: Channel, items: Iterator[bytes]) -> Disowned:
    """The leaves that each member has disowned, by statements of keys that stand."""
    found: tuple[set[bytes], set[bytes]] = (set(), set())
    for _ in range(header.not_us):
        item = next(items)
        if fmt.kind_of(item) != fmt.NOT_US_KIND:
            raise fmt.malformed("not-us")
        read = cbor.decode_as(item, NotUsItem, limit=fmt.SMALL_ITEM_BYTES)
        if read.author >= len(found):
            raise fmt.malformed("not-us")
        parsed = incoming.check_signed(channel, read.author, read.data)
        act = acts.of_statement(parsed, read.author, None)
        if act.type != ActType.NOT_US or parsed.act.case != channel.standing_case:
            raise fmt.malformed("not-us")
        catalogue.check_act(act)
        found[read.author].update(standing.leaves_named(act))
    return frozenset(found[0]), frozenset(found[1])


def _end(reader: Reader, item: bytes, exporter: Keyring) -> bytes:
    """The end's hash, which the exporter signed."""
    end = cbor.decode_as(item, EndItem, limit=fmt.SMALL_ITEM_BYTES)
    digest = reader.digest()
    if end.items != reader.number or end.digest != digest:
        raise ParleyError(Reason.DOSSIER_DAMAGED)
    log_key = exporter.current.log
    if end.kid != log_key.kid:
        raise ParleyError(Reason.KEY_MISMATCH)
    log_key.ed25519.verify(end.signature, fmt.END_CONTEXT + digest)
    return digest


def _shown(channel: Channel, facts: StatementFacts, item: bytes) -> Shown:
    author, data, encoded = fmt.read_statement(item)
    body = None if encoded is None else bodies.parse(encoded)
    return Shown(channel, author, statement.parse(data), body, facts.void, facts.disowned)


def _report(
    header: Header,
    channel: Channel,
    outcome: Outcome,
    pins: Sequence[bytes],
    file: tuple[int, int, bytes],
) -> Report:
    parties = tuple(
        _party(channel.keyring(member), letter.party in pins, letter.party == header.exporter)
        for member, letter in enumerate(channel.letters)
    )
    items, size, digest = file
    return Report(
        mode=header.mode,
        channel=channel.id.hex(),
        case=None if header.case is None else header.case.hex(),
        label=header.label,
        exporter=header.exporter.hex(),
        created_at=header.created_at,
        demonstration=channel.demonstration,
        halted=header.halted,
        parties=parties,
        authors=tuple(
            tally.author(letter.party)
            for tally, letter in zip(outcome.tallies, channel.letters, strict=True)
        ),
        agreement=outcome.agreement,
        agreement_post_quantum=outcome.agreement_post_quantum,
        voids=tuple(outcome.voids),
        withheld=tuple(outcome.withheld),
        claims_unchecked=outcome.claims_unchecked,
        items=items,
        size=size,
        digest=digest.hex(),
        witnessed=tuple(outcome.witnessed),
        not_proved=reports.not_proved(
            outcome,
            pinned=all(party.pinned for party in parties),
            case=header.case is not None,
        ),
    )


def _party(keyring: Keyring, pinned: bool, exporter: bool) -> Party:
    letter = keyring.letter
    content = letter.text
    return Party(
        fingerprint=letter.party.hex(),
        code=content.code,
        names=content.names,
        demonstration=content.demonstration,
        pinned=pinned,
        exporter=exporter,
        letter=letter.digest.hex(),
        serial=content.serial,
        issued_at=content.issued_at,
        expires_at=content.expires_at,
        statement_key=keyring.current.statement.kid.hex(),
        log_key=keyring.current.log.ed25519.kid.hex(),
        log_key_post_quantum=keyring.current.log.mldsa44.kid.hex(),
        key_history=_history(keyring),
    )


def _history(keyring: Keyring) -> tuple[KeyChange, ...]:
    """The letter, then every key statement."""
    letter, first = keyring.letter, keyring.epochs[0]
    changes = [_change(keyring, first, 0, letter.digest, None, letter.text.issued_at)]
    epoch = 0
    for number, stated_keys in enumerate(keyring.statements, 1):
        content = stated_keys.text
        epoch += content.kind is not KeyKind.SEALING
        stated = (content.kind.value, content.reason)
        changes.append(
            _change(
                keyring,
                keyring.epochs[epoch],
                number,
                stated_keys.digest,
                stated,
                content.issued_at,
            )
        )
    return tuple(changes)


def _change(
    keyring: Keyring,
    epoch: Epoch,
    number: int,
    digest: bytes,
    stated: tuple[str, str] | None,
    issued_at: int,
) -> KeyChange:
    return KeyChange(
        number=number,
        digest=digest.hex(),
        kind=stated[0] if stated else None,
        reason=stated[1] if stated else None,
        issued_at=issued_at,
        epoch=epoch.number,
        statement_key=epoch.statement.kid.hex(),
        log_key=epoch.log.kid.hex(),
        revoked=keyring.revoked(epoch.number),
    )
