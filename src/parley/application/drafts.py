"""Writing: a draft's way through the house, up to the signed statement.

Each call is one transaction and one step of :mod:`parley.domain.drafting`. What officers write is
sealed at rest like a body; the table shows who did what, never the text.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection

from parley.application import officers, preparing
from parley.application.desk import Desk
from parley.application.overtaking import workflow
from parley.application.writing import Writing
from parley.domain import drafting
from parley.domain.delivery import DeliveryEvent
from parley.domain.drafting import Command, Draft
from parley.kernel import cbor, ids, limits
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record import body as bodies
from parley.record.body import Value
from parley.record.channel import Channel
from parley.record.freeze import Frozen
from parley.record.statement import Statement
from parley.store import house, outbox
from parley.store.house import DraftRow
from parley.store.outbox import DeliveryRow
from parley.store.vault import Slot

_ID_BYTES = 8
_QUEUED = DeliveryEvent.SUBMISSION_ACCEPTANCE.value


class DraftView(NamedTuple):
    """A draft as officers see it. ``sha256`` is of the frozen act, none before."""

    id: bytes
    channel: Channel
    case: bytes
    type: str
    stage: str
    revision: int
    sha256: bytes | None
    drafted_by: tuple[str, ...]
    cleared_by: str | None
    authorised_by: tuple[str, ...]
    changed_at: int
    writing: Writing
    void_reason: str | None
    released: bytes | None


class _Content(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """What is sealed: the writing, and the frozen bytes where there are any."""

    writing: list[Any]
    act: bytes | None
    body: bytes | None


def write(desk: Desk, officer: str, channel: Channel, writing: Writing) -> DraftView:
    """Open a draft.

    :raises ParleyError: ``officer-unknown``, ``role-forbids``, ``type-unknown``, ``case-unknown``,
        the rules of the type and of text (nothing is kept that could never be sent).
    """
    now = desk.clock()
    with desk.database.write(channel.id) as connection:
        actor = _officer(connection, officer)
        draft = _apply(None, drafting.Begin(actor, writing.type), now)
        prepared = preparing.prepare(connection, channel, writing)
        row = DraftRow(
            id=secrets.token_bytes(_ID_BYTES),
            channel=channel.id,
            case_id=prepared.case or ids.new_case_id(),
            type=writing.type,
            stage=draft.stage.value,
            revision=draft.revision,
            changed_at=now,
            workflow=cbor.encode_model(draft),
            segment=0,
            slot=0,
            sealed=b"",
            released_leaf=None,
        )
        slot = next(desk.vault.take(connection, 1))
        row = row._replace(segment=slot.segment, slot=slot.slot)
        row = _sealed(desk, row, prepared._replace(case=row.case_id), None)
        house.add_draft(connection, row)
        return _view(desk, connection, row)


def revise(desk: Desk, officer: str, draft_id: bytes, writing: Writing, revision: int) -> DraftView:
    """Change the text of a draft; all approvals fall.

    :raises ParleyError: as :func:`write`; ``draft-changed`` where somebody was quicker.
    """
    with _writing(desk, draft_id) as (connection, row):
        draft = workflow(row.workflow)
        actor = _officer(connection, officer)
        channel = desk.channel(connection, row.channel)
        if writing.type != row.type:
            raise ParleyError(Reason.ACT_OUT_OF_PLACE, type=writing.type)
        draft = _apply(draft, drafting.Revise(actor, revision), desk.clock())
        prepared = preparing.prepare(connection, channel, writing._replace(case=row.case_id))
        return _save(desk, connection, row, draft, prepared._replace(case=row.case_id), None)


def submit(desk: Desk, officer: str, draft_id: bytes, revision: int) -> DraftView:
    """Freeze a draft: salts are drawn, and the exact bytes stand that others clear and authorise.

    :raises ParleyError: ``draft-changed``, ``draft-stage``, ``role-forbids``, and every reason for
        which the case's rules would make the act void.
    """
    now = desk.clock()
    with _writing(desk, draft_id) as (connection, row):
        draft = workflow(row.workflow)
        actor = _officer(connection, officer)
        channel = desk.channel(connection, row.channel)
        writing = _content(desk, row)[0]
        frozen = preparing.freeze(connection, channel, writing)
        preparing.check(connection, channel, frozen, now)
        digest = sha256(frozen.act_bytes).digest()
        draft = _apply(draft, drafting.Freeze(actor, revision, digest), now)
        return _save(desk, connection, row, draft, writing, frozen)


def give_back(desk: Desk, officer: str, draft_id: bytes, revision: int) -> DraftView:
    """Give a frozen draft back to the drafters.

    :raises ParleyError: ``draft-changed``, ``draft-stage``, ``role-forbids``.
    """
    with _writing(desk, draft_id) as (connection, row):
        draft = workflow(row.workflow)
        actor = _officer(connection, officer)
        draft = _apply(draft, drafting.Return(actor, revision), desk.clock())
        return _save(desk, connection, row, draft, _content(desk, row)[0], None)


def abandon(desk: Desk, officer: str, draft_id: bytes, revision: int) -> DraftView:
    """Give a draft up; who wrote what stays on record.

    :raises ParleyError: ``draft-changed``, ``draft-stage``, ``role-forbids``.
    """
    with _writing(desk, draft_id) as (connection, row):
        draft = workflow(row.workflow)
        actor = _officer(connection, officer)
        draft = _apply(draft, drafting.Abandon(actor, revision), desk.clock())
        writing, frozen = _content(desk, row)
        return _save(desk, connection, row, draft, writing, frozen)


def clear(desk: Desk, officer: str, draft_id: bytes, digest: bytes) -> DraftView:
    """Legal review finds nothing against exactly the act with this SHA-256.

    :raises ParleyError: ``draft-hash-mismatch``, ``draft-stage``, ``role-forbids``,
        ``officer-separation``.
    """
    with _writing(desk, draft_id) as (connection, row):
        draft = workflow(row.workflow)
        actor = _officer(connection, officer)
        draft = _apply(draft, drafting.Clear(actor, draft.revision, digest), desk.clock())
        writing, frozen = _content(desk, row)
        return _save(desk, connection, row, draft, writing, frozen)


def authorise(
    desk: Desk,
    officer: str,
    draft_id: bytes,
    digest: bytes,
    *,
    stands_regardless: bool = False,
) -> Statement | None:
    """Let exactly the act with this SHA-256 go. Signs and queues it once nothing is missing.

    ``stands_regardless``: the authorisation holds even if the peer says something new before.

    :raises ParleyError: ``draft-hash-mismatch``, ``draft-stage``, ``role-forbids``,
        ``officer-separation``, ``authorised-already``, and every reason for which the case's
        rules would make the act void now. Nothing is changed then.
    """
    now = desk.clock()
    with _writing(desk, draft_id) as (connection, row):
        draft = workflow(row.workflow)
        actor = _officer(connection, officer)
        command = drafting.Authorise(actor, draft.revision, digest, stands_regardless)
        draft = _apply(draft, command, now)
        writing, frozen = _content(desk, row)
        if draft.stage != drafting.Stage.AUTHORISED or frozen is None:
            _save(desk, connection, row, draft, writing, frozen)
            return None
        channel = desk.channel(connection, row.channel)
        statement = _release(desk, connection, channel, frozen, now)
        draft = _apply(draft, drafting.Release(digest, statement.leaf), now)
        _save(desk, connection, row, draft, writing, frozen)
        return statement


def acknowledge(
    desk: Desk, officer: str, channel: Channel, case: bytes, values: Mapping[str, Value] = {}
) -> Statement:
    """Say when the peer's newest asking arrived; the duty officer does that alone.

    ``values`` are further fields, such as our registry number.

    :raises ParleyError: ``role-forbids``, ``already-acknowledged``, ``nothing-asked``,
        ``case-unknown``, and the rules of the case.
    """
    now = desk.clock()
    with desk.database.write(channel.id) as connection:
        actor = _officer(connection, officer)
        writing = preparing.acknowledgement(connection, channel, case, values)
        draft = _apply(None, drafting.Begin(actor, writing.type), now)
        frozen = preparing.freeze(connection, channel, writing)
        digest = sha256(frozen.act_bytes).digest()
        draft = _apply(draft, drafting.Freeze(actor, draft.revision, digest), now)
        statement = _release(desk, connection, channel, frozen, now)
        draft = _apply(draft, drafting.Release(digest, statement.leaf), now)
        slot = next(desk.vault.take(connection, 1))
        row = DraftRow(
            id=secrets.token_bytes(_ID_BYTES),
            channel=channel.id,
            case_id=case,
            type=writing.type,
            stage=draft.stage.value,
            revision=draft.revision,
            changed_at=now,
            workflow=cbor.encode_model(draft),
            segment=slot.segment,
            slot=slot.slot,
            sealed=b"",
            released_leaf=statement.leaf,
        )
        house.add_draft(connection, _sealed(desk, row, writing, frozen))
        return statement


def every(desk: Desk, *, released: bool = False) -> list[DraftView]:
    """Drafts that have not left the house (or those that have), the oldest first."""
    with desk.database.read() as connection:
        return [_view(desk, connection, row) for row in house.drafts(connection, released=released)]


def find(desk: Desk, prefix: str) -> DraftView:
    """The draft whose identifier starts with ``prefix`` (hexadecimal).

    :raises ParleyError: ``draft-unknown``, ``draft-ambiguous``.
    """
    wanted = prefix.lower()
    with desk.database.read() as connection:
        rows = [*house.drafts(connection), *house.drafts(connection, released=True)]
        matching = [row for row in rows if wanted and row.id.hex().startswith(wanted)]
        if not matching:
            raise ParleyError(Reason.DRAFT_UNKNOWN)
        if len(matching) > 1:
            raise ParleyError(Reason.DRAFT_AMBIGUOUS, count=len(matching))
        return _view(desk, connection, matching[0])


def _officer(connection: Connection, name: str) -> drafting.Officer:
    officer = officers.require(connection, name)
    return drafting.Officer(officer.name, officer.roles)


def _apply(draft: Draft | None, command: Command, now: int) -> Draft:
    for event in drafting.decide(draft, command, now):
        draft = drafting.evolve(draft, event)
    if draft is None:
        raise ParleyError(Reason.INTERNAL, fact="a command without its draft")
    return draft


@contextmanager
def _writing(desk: Desk, draft_id: bytes) -> Iterator[tuple[Connection, DraftRow]]:
    """A transaction with a draft in it, under the lock of the draft's channel."""
    with desk.database.read() as connection:
        channel_id = _row(connection, draft_id).channel
    with desk.database.write(channel_id) as connection:
        yield connection, _row(connection, draft_id)


def _row(connection: Connection, draft_id: bytes) -> DraftRow:
    row = house.draft(connection, draft_id)
    if row is None:
        raise ParleyError(Reason.DRAFT_UNKNOWN)
    return row


def _save(
    desk: Desk,
    connection: Connection,
    row: DraftRow,
    draft: Draft,
    writing: Writing,
    frozen: Frozen | None,
) -> DraftView:
    changed = _sealed(
        desk,
        row._replace(
            stage=draft.stage.value,
            revision=draft.revision,
            changed_at=desk.clock(),
            workflow=cbor.encode_model(draft),
            released_leaf=draft.statement,
        ),
        writing,
        frozen,
    )
    if not house.save_draft(connection, changed, revision=row.revision):
        raise ParleyError(Reason.DRAFT_CHANGED, current=row.revision)
    return _view(desk, connection, changed)


def _sealed(desk: Desk, row: DraftRow, writing: Writing, frozen: Frozen | None) -> DraftRow:
    content = cbor.encode_model(
        _Content(
            writing=list(writing),
            act=frozen.act_bytes if frozen else None,
            body=frozen.body.encode() if frozen else None,
        )
    )
    return row._replace(sealed=desk.vault.seal(Slot(row.segment, row.slot), content, row.id))


def _content(desk: Desk, row: DraftRow) -> tuple[Writing, Frozen | None]:
    opened = desk.vault.open(Slot(row.segment, row.slot), row.sealed, row.id)
    content = cbor.decode_as(opened, _Content, limit=4 * limits.BODY_BYTES)
    type_, values, codes, *rest = content.writing
    writing = Writing(type_, values, {name: _tuples(code) for name, code in codes.items()}, *rest)
    writing = writing._replace(to_offices=tuple(writing.to_offices))
    if content.act is None or content.body is None:
        return writing, None
    return writing, Frozen(content.act, bodies.parse(content.body))


def _tuples(value: Any) -> Any:
    """Header codes are tuples; CBOR gives lists back."""
    return tuple(map(_tuples, value)) if isinstance(value, list) else value


def _view(desk: Desk, connection: Connection, row: DraftRow) -> DraftView:
    draft = workflow(row.workflow)
    return DraftView(
        id=row.id,
        channel=desk.channel(connection, row.channel),
        case=row.case_id,
        type=row.type,
        stage=row.stage,
        revision=row.revision,
        sha256=draft.digest,
        drafted_by=draft.drafters,
        cleared_by=draft.cleared_by,
        authorised_by=tuple(given.officer for given in draft.authorisations),
        changed_at=row.changed_at,
        writing=_content(desk, row)[0],
        void_reason=draft.voided,
        released=draft.statement,
    )


def _release(
    desk: Desk, connection: Connection, channel: Channel, frozen: Frozen, now: int
) -> Statement:
    """Sign, append and queue; refused where the rules would make the act void."""
    preparing.check(connection, channel, frozen, now)
    expect_current(channel, now)
    ledger = desk.ledger(connection, channel)
    statement = ledger.append_own(frozen.act_bytes, frozen.body)
    seq = statement.envelope.seq
    outbox.add_event(connection, channel.id, DeliveryRow(seq, seq, _QUEUED, None, now))
    return statement


def expect_current(channel: Channel, now: int) -> None:
    """Refuse an officer's statement where the letter of either side has expired.

    :raises ParleyError: ``letter-expired``.
    """
    if any(letter.expired(now) for letter in channel.letters):
        raise ParleyError(Reason.LETTER_EXPIRED)
