"""Writing: a draft's way through the house, up to the signed statement.

Each call is one transaction and one step of :mod:`parley.domain.drafting`. What officers write is
sealed at rest like a body; the table shows who did what, never the text.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection

from parley.application import blobs, house, preparing
from parley.application.desk import Desk
from parley.application.draft_keeping import (
    DraftView,
    contents,
    of_content,
    readable,
    seal,
    shown,
    unseal,
)
from parley.application.house import Acting
from parley.application.overtaking import workflow
from parley.application.places import Places
from parley.application.writing import Writing
from parley.domain import access, draft_steps, drafting
from parley.domain.act import ActType
from parley.domain.catalogue import spec_of
from parley.domain.delivery import DeliveryEvent
from parley.domain.draft import Draft, Officer, Stage, Verdict
from parley.domain.draft_steps import Command
from parley.domain.housekeeping import HouseAct
from parley.kernel import cbor, ids, limits, text
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record import attachment
from parley.record.body import Value
from parley.record.channel import Channel
from parley.record.freeze import Frozen
from parley.record.statement import Statement
from parley.store import house as rows
from parley.store import outbox, views
from parley.store.house import DraftRow
from parley.store.outbox import DeliveryRow

_ID_BYTES = 8
_QUEUED = DeliveryEvent.SUBMISSION_ACCEPTANCE.value


def write(
    desk: Desk, officer: str, channel: Channel, writing: Writing, *, unfinished: bool = False
) -> DraftView:
    """Open a draft; ``unfinished``: something may still be missing, without which it cannot go.

    :raises ParleyError: ``officer-unknown``, ``role-forbids``, ``type-unknown``, ``case-unknown``,
        the rules of the type and of text (nothing is kept that could never be sent).
    """
    now = desk.clock()
    with house.acting(desk, officer, channel.id) as acting:
        connection = acting.connection
        actor = _author(acting, channel, writing)
        draft = _apply(None, draft_steps.Begin(actor, writing.type), now)
        prepared = preparing.prepare(connection, channel, writing, unfinished=unfinished)
        row = _new_row(desk, connection, channel, prepared, draft)
        row = row._replace(case_id=prepared.case or acting.place.case or b"")
        row = seal(desk, row, prepared._replace(case=row.case_id), None)
        rows.add_draft(connection, row, actor.name)
        acting.at(acting.place, row.id)
        acting.note(HouseAct.DRAFT_OPENED, facts=(writing.type,))
        return shown(desk, connection, row)


def revise(
    desk: Desk,
    officer: str,
    draft_id: bytes,
    writing: Writing,
    revision: int,
    *,
    unfinished: bool = False,
) -> DraftView:
    """Change the text of a draft; all approvals fall. ``unfinished`` as in :func:`write`.

    :raises ParleyError: as :func:`write`; ``draft-changed`` where somebody was quicker.
    """
    with _writing(desk, officer, draft_id) as (acting, row):
        if writing.type != row.type:
            raise ParleyError(Reason.ACT_OUT_OF_PLACE, type=writing.type)
        step = draft_steps.Revise(_actor(acting), revision)
        return _revised(desk, acting, row, step, writing, unfinished=unfinished)


def attach(
    desk: Desk,
    officer: str,
    draft_id: bytes,
    number: int,
    fields: Mapping[str, Value],
    revision: int,
) -> DraftView:
    """Add attachment ``number`` to a draft, by what the body says of it; all approvals fall.

    :raises ParleyError: as :func:`revise`.
    """
    with _writing(desk, officer, draft_id) as (acting, row):
        writing = contents(desk, row)[0]
        named = {f"{blobs.CODE}/{number}/{name}": value for name, value in fields.items()}
        writing = writing._replace(
            values={**writing.values, **named}, codes={**writing.codes, blobs.CODE: number}
        )
        step = draft_steps.Attach(_actor(acting), revision)
        return _revised(desk, acting, row, step, writing, unfinished=True)


def detach(desk: Desk, officer: str, draft_id: bytes, number: int, root: bytes) -> DraftView:
    """Take attachment ``number``, which has this ``root``, off a draft; all approvals fall.

    Those after it move up. Its bytes are removed at a start after the draft has ended without them.

    :raises ParleyError: as :func:`revise`; ``attachment-unknown`` where another one has that number
        by now.
    """
    with _writing(desk, officer, draft_id) as (acting, row):
        writing = contents(desk, row)[0]
        found = attachment.in_body(writing.values).get(number)
        if found is None or found.root != root:
            raise ParleyError(Reason.ATTACHMENT_UNKNOWN)
        values = attachment.without(writing.values, number)
        codes = {name: code for name, code in writing.codes.items() if name != blobs.CODE}
        if left := len(attachment.in_body(values)):
            codes[blobs.CODE] = left
        step = draft_steps.Attach(_actor(acting), workflow(row.workflow).revision)
        acting.note(HouseAct.FILE_DETACHED, number=number)
        writing = writing._replace(values=values, codes=codes)
        return _revised(desk, acting, row, step, writing, unfinished=True)


def _revised(
    desk: Desk,
    acting: Acting,
    row: DraftRow,
    command: Command,
    writing: Writing,
    *,
    unfinished: bool,
) -> DraftView:
    draft = _apply(workflow(row.workflow), command, desk.clock())
    channel = desk.channel(acting.connection, row.channel)
    writing = writing._replace(case=row.case_id)
    prepared = preparing.prepare(acting.connection, channel, writing, unfinished=unfinished)
    rows.wrote(acting.connection, row.id, acting.officer.name)
    acting.note(HouseAct.DRAFT_REVISED, number=draft.revision)
    changed = row._replace(about=_about(writing))
    return _save(desk, acting, changed, draft, prepared._replace(case=row.case_id), None)


def submit(desk: Desk, officer: str, draft_id: bytes, revision: int) -> DraftView:
    """Freeze a draft: salts are drawn, and the exact bytes stand that others clear and authorise.

    :raises ParleyError: ``draft-changed``, ``draft-stage``, ``role-forbids``, and every reason for
        which the case's rules would make the act void.
    """
    now = desk.clock()
    with _writing(desk, officer, draft_id) as (acting, row):
        draft = workflow(row.workflow)
        channel = desk.channel(acting.connection, row.channel)
        writing = contents(desk, row)[0]
        frozen = preparing.freeze(acting.connection, channel, writing)
        preparing.check(acting.connection, channel, frozen, now)
        digest = sha256(frozen.act_bytes).digest()
        gated = _gated(desk, channel, row.type)
        draft = _apply(draft, draft_steps.Freeze(_actor(acting), revision, digest, gated), now)
        acting.note(HouseAct.DRAFT_FROZEN, digest=digest, facts=("gated",) if gated else ())
        return _save(desk, acting, row, draft, writing, frozen)


def give_back(desk: Desk, officer: str, draft_id: bytes, revision: int) -> DraftView:
    """Give a frozen draft back to the drafters.

    :raises ParleyError: ``draft-changed``, ``draft-stage``, ``role-forbids``.
    """
    with _writing(desk, officer, draft_id) as (acting, row):
        draft = workflow(row.workflow)
        draft = _apply(draft, draft_steps.Return(_actor(acting), revision), desk.clock())
        acting.note(HouseAct.DRAFT_RETURNED)
        return _save(desk, acting, row, draft, contents(desk, row)[0], None)


def abandon(desk: Desk, officer: str, draft_id: bytes, revision: int) -> DraftView:
    """Give a draft up; who wrote what stays on record.

    :raises ParleyError: ``draft-changed``, ``draft-stage``, ``role-forbids``.
    """
    with _writing(desk, officer, draft_id) as (acting, row):
        draft = workflow(row.workflow)
        draft = _apply(draft, draft_steps.Abandon(_actor(acting), revision), desk.clock())
        acting.note(HouseAct.DRAFT_ABANDONED)
        writing, frozen = contents(desk, row)
        return _save(desk, acting, row, draft, writing, frozen)


def clear(desk: Desk, officer: str, draft_id: bytes, digest: bytes) -> DraftView:
    """Legal review finds nothing against exactly the act with this SHA-256.

    :raises ParleyError: ``draft-hash-mismatch``, ``draft-stage``, ``role-forbids``,
        ``officer-separation``.
    """
    with _writing(desk, officer, draft_id) as (acting, row):
        draft = workflow(row.workflow)
        command = draft_steps.Clear(_actor(acting), draft.revision, digest)
        draft = _apply(draft, command, desk.clock())
        acting.note(HouseAct.DRAFT_CLEARED, digest=digest)
        writing, frozen = contents(desk, row)
        return _save(desk, acting, row, draft, writing, frozen)


def decide(
    desk: Desk, officer: str, draft_id: bytes, digest: bytes, verdict: Verdict, reason: str
) -> DraftView:
    """Decide on the release of exactly the act with this SHA-256, and say why.

    :param reason: one line for the house; it is sealed with the draft, and in no record.
    :raises ParleyError: ``draft-hash-mismatch``, ``draft-stage`` (also where the house asks for no
        decision), ``role-forbids``, ``officer-separation``, ``decided-already``, the rules of text.
    """
    reason = text.clean_entry(reason, limits.LINE_CHARACTERS, line=True)
    with _writing(desk, officer, draft_id) as (acting, row):
        draft = workflow(row.workflow)
        command = draft_steps.Decide(_actor(acting), draft.revision, digest, verdict)
        draft = _apply(draft, command, desk.clock())
        act = HouseAct.RELEASE_ALLOWED if verdict.allows else HouseAct.RELEASE_REFUSED
        acting.note(act, digest=digest, facts=(verdict.value,))
        content = unseal(desk, row)
        said = (*content.said, [officer, verdict.value, desk.clock(), reason])
        writing, frozen = of_content(content)
        kept = frozen if verdict.allows else None
        return _save(desk, acting, row, draft, writing, kept, said)


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
    with _writing(desk, officer, draft_id) as (acting, row):
        draft = workflow(row.workflow)
        command = draft_steps.Authorise(_actor(acting), draft.revision, digest, stands_regardless)
        draft = _apply(draft, command, now)
        facts = ("regardless",) if stands_regardless else ()
        acting.note(HouseAct.DRAFT_AUTHORISED, digest=digest, facts=facts)
        writing, frozen = contents(desk, row)
        if draft.stage != Stage.AUTHORISED or frozen is None:
            _save(desk, acting, row, draft, writing, frozen)
            return None
        channel = desk.channel(acting.connection, row.channel)
        statement = _release(desk, acting.connection, channel, frozen, now)
        draft = _apply(draft, draft_steps.Release(digest, statement.leaf), now)
        acting.note(HouseAct.STATEMENT_RELEASED, digest=statement.leaf, facts=(row.type,))
        _save(desk, acting, row, draft, writing, frozen)
        return statement


def acknowledge(
    desk: Desk, officer: str, channel: Channel, case: bytes, values: Mapping[str, Value] = {}
) -> Statement:
    """Say when the peer's newest asking arrived; the duty officer does that alone.

    ``values`` are further fields, such as our registry number.

    :raises ParleyError: ``role-forbids``, ``already-acknowledged``, ``nothing-asked``,
        ``case-unknown``, and the rules of the case.
    """
    with house.acting(desk, officer, channel.id) as acting:
        plan = Writing(ActType.ACKNOWLEDGEMENT.value, values, case=case)
        actor = _author(acting, channel, plan)
        writing = preparing.acknowledgement(acting.connection, channel, case, values)
        return _alone(desk, acting, actor, channel, writing)


def alone(desk: Desk, officer: str, channel: Channel, writing: Writing) -> Statement:
    """Write, freeze and release at once an act of a type that one officer makes alone.

    :raises ParleyError: ``role-forbids``, ``draft-stage`` where the type wants another officer
        too, the rules of the type and of the case.
    """
    with house.acting(desk, officer, channel.id) as acting:
        actor = _author(acting, channel, writing)
        prepared = preparing.prepare(acting.connection, channel, writing)
        return _alone(desk, acting, actor, channel, prepared)


def _alone(
    desk: Desk, acting: Acting, actor: Officer, channel: Channel, writing: Writing
) -> Statement:
    now, connection = desk.clock(), acting.connection
    draft = _apply(None, draft_steps.Begin(actor, writing.type), now)
    writing = writing._replace(case=writing.case or acting.place.case)
    frozen = preparing.freeze(connection, channel, writing)
    digest = sha256(frozen.act_bytes).digest()
    draft = _apply(draft, draft_steps.Freeze(actor, draft.revision, digest), now)
    statement = _release(desk, connection, channel, frozen, now)
    draft = _apply(draft, draft_steps.Release(digest, statement.leaf), now)
    row = _new_row(desk, connection, channel, writing, draft)
    row = row._replace(case_id=statement.act.case, released_leaf=statement.leaf)
    rows.add_draft(connection, seal(desk, row, writing, frozen), actor.name)
    acting.at(acting.place, row.id)
    acting.note(HouseAct.STATEMENT_RELEASED, digest=statement.leaf, facts=(row.type,))
    return statement


def _actor(acting: Acting) -> Officer:
    """The officer, with the roles held where the draft belongs."""
    return Officer(acting.officer.name, access.roles_at(acting.officer, acting.place))


def _about(writing: Writing) -> bytes | None:
    """The case that the case which is to be opened is about; a malformed one is refused later."""
    about = writing.codes.get("about")
    try:
        return bytes.fromhex(about) if isinstance(about, str) else None
    except ValueError:
        return None


def _author(acting: Acting, channel: Channel, writing: Writing) -> Officer:
    """The officer who is to write in a case, or to open one.

    :raises ParleyError: ``type-unknown``; ``case-unknown`` for a case, or one that it is to be
        about, that is not there for this officer.
    """
    connection = acting.connection
    places = Places(connection, acting.officer)
    about, kind = _about(writing), spec_of(writing.type).scope.value
    acting.at(places.at(channel.id, writing.case or ids.new_case_id(), kind, about))
    for case in (writing.case, about):
        row = None if case is None else views.case(connection, channel.id, case)
        if case is not None and (row is None or not places.sees(row)):
            raise ParleyError(Reason.CASE_UNKNOWN)
    return _actor(acting)


def _new_row(
    desk: Desk, connection: Connection, channel: Channel, writing: Writing, draft: Draft
) -> DraftRow:
    """The row of a new draft; its case is to be filled in, and its text to be sealed."""
    slot = next(desk.vault.take(connection, 1))
    return DraftRow(
        id=secrets.token_bytes(_ID_BYTES),
        channel=channel.id,
        case_id=b"",
        about=_about(writing),
        type=writing.type,
        stage=draft.stage.value,
        revision=draft.revision,
        changed_at=desk.clock(),
        workflow=cbor.encode_model(draft),
        segment=slot.segment,
        slot=slot.slot,
        sealed=b"",
        released_leaf=None,
    )


def _apply(draft: Draft | None, command: Command, now: int) -> Draft:
    for event in drafting.decide(draft, command, now):
        draft = drafting.evolve(draft, event)
    if draft is None:
        raise ParleyError(Reason.INTERNAL, fact="a command without its draft")
    return draft


@contextmanager
def _writing(desk: Desk, officer: str, draft_id: bytes) -> Iterator[tuple[Acting, DraftRow]]:
    """A transaction with a draft in it, under the lock of the draft's channel.

    :raises ParleyError: ``draft-unknown``, also for one that the officer may not read.
    """
    with desk.database.read() as connection:
        known = rows.draft(connection, draft_id)
    channels = () if known is None else (known.channel,)
    with house.acting(desk, officer, *channels) as acting:
        places = Places(acting.connection, acting.officer)
        row = rows.draft(acting.connection, draft_id)
        if row is not None:
            acting.at(places.of_draft(row), row.id)
        if row is None or not readable(desk, places, row):
            raise ParleyError(Reason.DRAFT_UNKNOWN)
        yield acting, row


def _save(
    desk: Desk,
    acting: Acting,
    row: DraftRow,
    draft: Draft,
    writing: Writing,
    frozen: Frozen | None,
    said: tuple[list[Any], ...] | None = None,
) -> DraftView:
    """Keep a draft as it is now; what reviewers have said of it stays, or becomes ``said``."""
    kept = unseal(desk, row).said if said is None else said
    changed = seal(
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
        kept,
    )
    if not rows.save_draft(acting.connection, changed, revision=row.revision):
        raise ParleyError(Reason.DRAFT_CHANGED, current=row.revision)
    return shown(desk, acting.connection, changed)


def _gated(desk: Desk, channel: Channel, type_: str) -> bool:
    """Whether two reviewers decide on the release of an act of this type in this channel."""
    names = (channel.label, channel.peer.text.code, channel.id.hex())
    return desk.policy.asks_for_decision(type_, *names)


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
