"""Key life: new keys drawn, named by the identity key, taken into use, and old ones destroyed.

The desk draws keys and asks (:func:`request`); whoever has the identity key signs what was asked
(:func:`signed`), on this machine or on one that never meets a network; the desk takes the key
statement in (:func:`install`). Key statements of peers come with their frames (:func:`learn`) or
as files (:func:`accept`).
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import Annotated, Final, NamedTuple

import msgspec
from msgspec import Meta
from sqlalchemy import Connection

from parley.application.desk import Desk
from parley.application.epochs import waits_for_peer
from parley.crypto.keys import IdentityKey, LogKey, SealingKey, StatementKey
from parley.domain.act import ActType
from parley.kernel import cbor, limits
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record import freeze
from parley.record import keyring as keyrings
from parley.record.channel import Channel
from parley.record.keyring import (
    KEYS_VERSION,
    KeyKind,
    KeyReason,
    Keyring,
    KeyStatement,
    KeyText,
    SealingWindow,
    SigningKeys,
)
from parley.record.ledger import Staged
from parley.record.letter import Letter
from parley.record.statement import Statement
from parley.store import channels, log, proofs
from parley.store import keys as key_statements

REQUEST_MAGIC: Final = "parley-key-request"
MONTHS: Final = 12
OVERLAP_SECONDS: Final = 7 * 86_400
"""So long a sealing key may still be used after the next one has begun."""


class Request(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """What a desk asks the identity key to sign: the text as it shall be."""

    magic: Annotated[str, Meta(pattern=rf"\A{REQUEST_MAGIC}\Z")]
    text: KeyText


class Installed(NamedTuple):
    """What came of a key statement of ours: in how many channels its epoch is open, or waits.

    ``waiting``: the peer has to say first what it held when it learned of the revocation.
    """

    statement: KeyStatement
    opened: int
    waiting: int


# --- our own keys --------------------------------------------------------------------------------


def request(
    desk: Desk, kind: KeyKind, reason: KeyReason, *, months: int = MONTHS
) -> tuple[bytes, KeyText]:
    """Draw new keys, keep the private ones aside, and say what the identity key is to sign.

    A year of sealing keys, one a month, are drawn in one session: the identity key is then needed
    once a year. What was drawn before and never signed is destroyed.

    :raises ParleyError: ``keys-too-many`` for more months than a statement can hold.
    """
    if not 1 <= months <= limits.SEALING_KEYS:
        raise ParleyError(Reason.KEYS_TOO_MANY, limit=limits.SEALING_KEYS)
    now = desk.clock()
    with desk.database.read() as connection:
        ring = desk.own_keyring(connection)
    current = ring.current
    signing = None if kind is KeyKind.SEALING else (StatementKey.generate(), LogKey.generate())
    statement = signing[0].public if signing else current.statement
    log_key = signing[1].public if signing else current.log
    sealing = [SealingKey.generate() for _ in range(months)]
    text = KeyText(
        version=KEYS_VERSION,
        party=desk.letter.party,
        number=ring.number + 1,
        previous=ring.digest,
        kind=kind,
        keys=SigningKeys(statement.raw, log_key.ed25519.raw, log_key.mldsa44.raw),
        sealing=tuple(
            SealingWindow(key.public.raw, *window)
            for key, window in zip(sealing, _months(now, months), strict=True)
        ),
        issued_at=now,
        reason=reason.value,
    )
    desk.keyholder.stage(Staged(signing, {key.public.kid: key for key in sealing}))
    return cbor.encode_model(Request(REQUEST_MAGIC, text)), text


def _months(now: int, months: int) -> list[tuple[int, int]]:
    """From when to when each of a row of monthly keys is to be used."""
    month = limits.SEALING_MONTH_SECONDS
    return [
        (now + number * month, now + (number + 1) * month + OVERLAP_SECONDS)
        for number in range(months)
    ]


def read_request(data: bytes) -> KeyText:
    """What a desk asks for. Nothing about it is proved: whoever signs looks at it.

    :raises ParleyError: the errors of the encoding.
    """
    return cbor.decode_as(data, Request, limit=limits.KEY_STATEMENT_BYTES).text


def signed(text: KeyText, identity: IdentityKey) -> KeyStatement:
    """Sign what a desk asked for. Needs no desk.

    :raises ParleyError: ``identity-wrong`` where the request is of another party; as
        :func:`parley.record.keyring.read`.
    """
    if identity.public.fingerprint != text.party:
        raise ParleyError(Reason.IDENTITY_WRONG)
    return keyrings.sign(text, identity)


def install(desk: Desk, data: bytes, *, without_keys: bool = False) -> Installed:
    """Take our own key statement into use: everywhere at once, or not at all.

    The private keys that it names must be those drawn last. A rotation opens its epoch in every
    open channel now; a revocation when the peer has answered. The same statement again finishes
    what was interrupted. At the end no old signing key is left. ``without_keys``: the private keys
    were lost with a disk; the statement is kept, nothing is signed, and a revocation can follow it.

    :raises ParleyError: ``keys-not-ours``, ``keys-not-pending``, ``fork-keys`` for another
        statement with a number that we used, the errors of a key statement.
    """
    statement = keyrings.read(data)
    if statement.text.party != desk.letter.party:
        raise ParleyError(Reason.KEYS_NOT_OURS)
    now = desk.clock()
    with desk.database.write(*_channel_ids(desk)) as connection:
        ring = desk.own_keyring(connection)
        if ring.conflicts(statement) is not None:
            raise ParleyError(Reason.FORK_KEYS, number=statement.text.number)
        if statement.text.number > ring.number:
            ring = ring.extended(statement)
            if not without_keys:
                _expect_staged(desk, ring)
            _keep(connection, ring, now)
        if without_keys:
            return Installed(statement, 0, 0)
        opened, waiting = _open_everywhere(desk, connection)
    _remember(desk)
    desk.keyholder.settle(ring, now)
    return Installed(statement, opened, waiting)


def own_statement(desk: Desk, number: int) -> KeyStatement:
    """Our own key statement ``number``.

    :raises ParleyError: ``keys-gap`` where there is none yet.
    """
    with desk.database.read() as connection:
        ring = desk.own_keyring(connection)
    if not 1 <= number <= ring.number:
        raise ParleyError(Reason.KEYS_GAP, expected=ring.number + 1, found=number)
    return ring.statements[number - 1]


def _expect_staged(desk: Desk, ring: Keyring) -> None:
    """The private half of everything new must be here, or the desk would lock itself out.

    :raises ParleyError: ``keys-not-pending``.
    """
    staged, keys, text = desk.keyholder.staged(), desk.keys, ring.statements[-1].text
    signing = staged.signing if staged else None
    statement = signing[0] if signing else keys.statement
    log_key = signing[1] if signing else keys.log
    have = set(keys.sealing) | (set(staged.sealing) if staged else set())
    fits = (statement.public, log_key.public) == (ring.current.statement, ring.current.log)
    if not fits or not {window.kid for window in text.sealing} <= have:
        raise ParleyError(Reason.KEYS_NOT_PENDING)


def _keep(connection: Connection, ring: Keyring, now: int) -> None:
    """Keep the last statement of a keyring."""
    statement = ring.statements[-1]
    key_statements.add(
        connection,
        party=ring.letter.party,
        number=ring.number,
        digest=statement.digest,
        data=statement.data,
        now=now,
    )


def _open_everywhere(desk: Desk, connection: Connection) -> tuple[int, int]:
    opened = waiting = 0
    for channel, row in desk.channels(connection):
        if row.state != "open":
            continue
        ledger = desk.ledger(connection, channel)
        if ledger.is_open:
            continue
        if waits_for_peer(ledger):
            waiting += 1
        else:
            ledger.open_epoch()
            opened += 1
    return opened, waiting


# --- peers' keys ---------------------------------------------------------------------------------


def learn(desk: Desk, known: Keyring) -> None:
    """Keep the key statements in a peer's verified keyring that we lack.

    A revocation acts from here on: what we hold of the peer by now stands.
    """
    party = known.letter.party
    with desk.database.write(*_channel_ids(desk, party)) as connection:
        held = len(key_statements.of_party(connection, party))
        for number in range(held + 1, known.number + 1):
            statement = known.statements[number - 1]
            key_statements.add(
                connection,
                party=party,
                number=number,
                digest=statement.digest,
                data=statement.data,
                now=desk.clock(),
            )
        opening = [
            epoch.number
            for epoch in known.epochs
            if epoch.opened_by in {one.digest for one in known.statements[held:]}
        ]
        for channel in _with_party(desk, connection, party):
            count = log.chains(connection, channel.id)[channel.peer_index].count
            for epoch in opening:
                key_statements.mark_epoch(connection, channel.id, channel.peer_index, epoch, count)
    _remember(desk)


def accept(desk: Desk, items: Sequence[bytes]) -> Keyring:
    """Take in key statements of a peer that came as files, in the order of their numbers.

    :raises ParleyError: ``keys-not-ours`` where no channel is with that party; ``fork-keys``, after
        the proof was kept; the errors of a key statement.
    """
    statements = sorted((keyrings.read(data) for data in items), key=lambda one: one.text.number)
    party = statements[0].text.party
    with desk.database.read() as connection:
        found = _with_party(desk, connection, party)
    if not found:
        raise ParleyError(Reason.KEYS_NOT_OURS)
    ring = found[0].peer_keys
    for statement in statements:
        if statement.text.number > ring.number:
            ring = ring.extended(statement)
            continue
        held = ring.conflicts(statement)
        if held is not None:
            convict(desk, party, held, statement)
            raise ParleyError(Reason.FORK_KEYS, number=held.text.number)
    learn(desk, ring)
    return ring


def convict(desk: Desk, party: bytes, held: KeyStatement, found: KeyStatement) -> None:
    """Keep the proof that an identity signed two key statements with one number; halt its channels.

    Whoever has the identity key does as it likes with all other keys, so no channel is safe.
    """
    data = cbor.encode([held.data, found.data])
    with desk.database.write(*_channel_ids(desk, party)) as connection:
        for channel in _with_party(desk, connection, party):
            proofs.add_evidence(
                connection,
                channel=channel.id,
                digest=sha256(channel.id + data).digest(),
                kind=Reason.FORK_KEYS.value,
                data=data,
                now=desk.clock(),
            )
            channels.halt(connection, channel.id, Reason.FORK_KEYS.value)


def _channel_ids(desk: Desk, party: bytes | None = None) -> list[bytes]:
    """All channels, or those with ``party``: who changes keys writes to each of them."""
    with desk.database.read() as connection:
        every = [channel for channel, _row in desk.channels(connection)]
    return [channel.id for channel in every if party in (None, channel.peer.party)]


def _remember(desk: Desk) -> None:
    """Have this process know channels with the keys that were just committed."""
    with desk.database.read() as connection:
        desk.channels(connection)


def _with_party(desk: Desk, connection: Connection, party: bytes) -> list[Channel]:
    return [channel for channel, _row in desk.channels(connection) if channel.peer.party == party]


# --- 'not us' ------------------------------------------------------------------------------------


def disown(desk: Desk, channel: Channel, leaves: Sequence[bytes]) -> Statement:
    """State that statements signed in our name, in an epoch since revoked, are not ours.

    It changes no case: what was receipted stands, and this stands beside it.

    :raises ParleyError: ``statement-unknown``, ``nothing-disowned`` (not in our name, or its key
        was not revoked), ``epoch-not-open``.
    """
    with desk.database.write(channel.id) as connection:
        ledger = desk.ledger(connection, channel)
        fresh = ledger.channel
        for leaf in leaves:
            entry = log.by_leaf(connection, channel.id, leaf)
            if entry is None:
                raise ParleyError(Reason.STATEMENT_UNKNOWN)
            if entry.author != fresh.own_index or not fresh.own_keys.revoked(entry.epoch):
                raise ParleyError(Reason.NOTHING_DISOWNED)
        frozen = freeze.by_desk(
            fresh, ActType.NOT_US, codes={"statements": tuple(leaf.hex() for leaf in leaves)}
        )
        return ledger.append_own(frozen.act_bytes, frozen.body)


# --- showing -------------------------------------------------------------------------------------


class KeyState(NamedTuple):
    """One party's keys. ``sealing_until`` is when the last sealing key is last to be used.

    ``open_in`` counts the channels whose chain stands in the newest epoch, of ``channels``.
    """

    letter: Letter
    keyring: Keyring
    sealing_until: int | None
    channels: int
    open_in: int


def states(desk: Desk) -> list[KeyState]:
    """Our own keys, then each peer's."""
    with desk.database.read() as connection:
        own = desk.own_keyring(connection)
        every = [channel for channel, _row in desk.channels(connection)]
        chains = {channel.id: log.chains(connection, channel.id) for channel in every}
    found = [_state(own, [chains[c.id][c.own_index].epoch for c in every])]
    for party in dict.fromkeys(channel.peer.party for channel in every):
        theirs = [channel for channel in every if channel.peer.party == party]
        epochs = [chains[c.id][c.peer_index].epoch for c in theirs]
        found.append(_state(theirs[0].peer_keys, epochs))
    return found


def _state(ring: Keyring, epochs: Sequence[int]) -> KeyState:
    ends = [window.not_after for window in ring.statements[-1].text.sealing] if ring.number else []
    return KeyState(
        letter=ring.letter,
        keyring=ring,
        sealing_until=max(ends, default=None),
        channels=len(epochs),
        open_in=sum(epoch == ring.current.number for epoch in epochs),
    )
