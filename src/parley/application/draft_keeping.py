"""Drafts as they are kept: sealed, and opened for officers who may read them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final, NamedTuple

import msgspec
from sqlalchemy import Connection

from parley.application import house
from parley.application.desk import Desk
from parley.application.overtaking import workflow
from parley.application.places import Places
from parley.application.writing import Writing
from parley.domain import draft_steps, drafting
from parley.domain.act import Code
from parley.domain.catalogue import spec_of
from parley.domain.roles import Duty
from parley.domain.shape import Scope
from parley.kernel import cbor, limits
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record import body as bodies
from parley.record import statement
from parley.record.channel import Channel
from parley.record.freeze import Frozen
from parley.store import house as rows
from parley.store.house import DraftRow
from parley.store.vault import Slot

_DIGITS: Final = 16
_HEXADECIMAL: Final = frozenset("0123456789abcdef")
_NOBODY: Final = "-"
"""In the place of an officer who gave a draft up: both sides agreed to erase its text."""


class Said(NamedTuple):
    """What a reviewer said about the release of a text, and why; of earlier texts too."""

    officer: str
    verdict: str
    at: int
    reason: str


class DraftView(NamedTuple):
    """A draft as officers see it. ``sha256`` is of the frozen act, none before.

    ``codes`` are those of the frozen act, some of which followed from the case; before, those that
    were written.

    ``gated``: two reviewers decide on its release; ``decided_by`` are those who are for it.
    """

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
    codes: Mapping[str, Code]
    void_reason: str | None
    released: bytes | None
    gated: bool
    decided_by: tuple[str, ...]
    said: tuple[Said, ...]


class Content(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """What is sealed: the writing, the frozen bytes where there are any, reviewers' reasons.

    Each of ``said`` is officer, verdict, time, reason.
    """

    writing: list[Any]
    act: bytes | None
    body: bytes | None
    said: tuple[list[Any], ...] = ()


def every(desk: Desk, officer: str, *, released: bool = False) -> list[DraftView]:
    """Drafts that have not left the house (or those that have), the oldest first.

    :raises ParleyError: ``officer-unknown``.
    """
    with house.reading(desk, officer) as acting:
        found = rows.drafts(acting.connection, released=released)
        places = Places(acting.connection, acting.officer)
        return [shown(desk, acting.connection, row) for row in found if readable(desk, places, row)]


def find(desk: Desk, officer: str, prefix: str) -> DraftView:
    """The draft whose identifier starts with ``prefix`` (hexadecimal).

    :raises ParleyError: ``officer-unknown``, ``draft-unknown``, ``draft-ambiguous``.
    """
    wanted = prefix.lower()
    with house.reading(desk, officer) as acting:
        connection = acting.connection
        places = Places(connection, acting.officer)
        is_id = bool(wanted) and len(wanted) <= _DIGITS and not set(wanted) - _HEXADECIMAL
        fitting = rows.drafts_with_prefix(connection, wanted) if is_id else []
        matching = [row for row in fitting if readable(desk, places, row)]
        if not matching:
            for row in fitting[:1]:
                acting.at(places.of_draft(row), row.id)
            raise ParleyError(Reason.DRAFT_UNKNOWN)
        if len(matching) > 1:
            raise ParleyError(Reason.DRAFT_AMBIGUOUS, count=len(matching))
        return shown(desk, connection, matching[0])


def readable(desk: Desk, places: Places, row: DraftRow) -> bool:
    """Whether the officer may read a draft: not where it names a case from which they are recused.

    Nobody approves what is not shown to them whole.
    """
    if not places.may(Duty.READ_CONTENT, places.of_draft(row)):
        return False
    if not places.recused:
        return True
    codes = _codes(*contents(desk, row))
    erases = spec_of(row.type).scope == Scope.ERASURE
    if erases and places.erases_closed(row.channel, row.case_id, codes):
        return False
    return not places.closed(row.channel, row.type, codes)


def seal(
    desk: Desk,
    row: DraftRow,
    writing: Writing,
    frozen: Frozen | None,
    said: tuple[list[Any], ...] = (),
) -> DraftRow:
    """``row`` with its content sealed: what was written, what was frozen, what reviewers said."""
    content = cbor.encode_model(
        Content(
            writing=list(writing),
            act=frozen.act_bytes if frozen else None,
            body=frozen.body.encode() if frozen else None,
            said=said,
        )
    )
    return row._replace(sealed=desk.vault.seal(Slot(row.segment, row.slot), content, row.id))


def contents(desk: Desk, row: DraftRow) -> tuple[Writing, Frozen | None]:
    """What was written in a draft, and what was frozen of it."""
    return of_content(unseal(desk, row))


def unseal(desk: Desk, row: DraftRow) -> Content:
    """All that is sealed of a draft."""
    opened = desk.vault.open(Slot(row.segment, row.slot), row.sealed, row.id)
    return cbor.decode_as(opened, Content, limit=4 * limits.BODY_BYTES)


def of_content(content: Content) -> tuple[Writing, Frozen | None]:
    """The writing and the frozen act among ``content``."""
    type_, values, codes, *rest = content.writing
    writing = Writing(type_, values, {name: _tuples(code) for name, code in codes.items()}, *rest)
    writing = writing._replace(to_offices=tuple(writing.to_offices))
    if content.act is None or content.body is None:
        return writing, None
    return writing, Frozen(content.act, bodies.parse(content.body))


def _codes(writing: Writing, frozen: Frozen | None) -> Mapping[str, Code]:
    """The header codes of a draft: as they were frozen, or else as they were written."""
    return writing.codes if frozen is None else statement.parse_act(frozen.act_bytes).codes


def _tuples(value: Any) -> Any:
    """Header codes are tuples; CBOR gives lists back."""
    return tuple(map(_tuples, value)) if isinstance(value, list) else value


def shown(desk: Desk, connection: Connection, row: DraftRow) -> DraftView:
    """A draft as its readers see it."""
    draft = workflow(row.workflow)
    content = unseal(desk, row)
    writing, frozen = of_content(content)
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
        writing=writing,
        codes=_codes(writing, frozen),
        void_reason=draft.voided,
        released=draft.statement,
        gated=draft.gated,
        decided_by=tuple(one.officer for one in draft.decisions),
        said=tuple(Said(*one) for one in content.said),
    )


def forget_texts(
    desk: Desk, connection: Connection, channel: Channel, leaves: Collection[bytes], texts: set[str]
) -> list[Slot]:
    """Take the text out of every draft of ``channel`` that became one of ``leaves``, or has a text.

    Who did what in the house stays. A draft that has not left the house is given up with it.
    Returns the slots of the keys that are to be destroyed.
    """
    gone: list[Slot] = []
    for row in rows.drafts_of_channel(connection, channel.id):
        content = unseal(desk, row)
        writing, frozen = of_content(content)
        values = {*writing.values.values(), *(frozen.body.values.values() if frozen else ())}
        if row.released_leaf not in leaves and values.isdisjoint(texts):
            continue
        draft = workflow(row.workflow)
        if draft.statement is None and draft.abandoned_by is None:
            draft = drafting.evolve(draft, draft_steps.Abandoned(_NOBODY, desk.clock()))
        slot = next(desk.vault.take(connection, 1))
        emptied = row._replace(
            stage=draft.stage.value,
            workflow=cbor.encode_model(draft),
            segment=slot.segment,
            slot=slot.slot,
        )
        rows.save_draft(
            connection,
            seal(desk, emptied, writing._replace(values={}), None),
            revision=row.revision,
        )
        gone.append(Slot(row.segment, row.slot))
    return gone
