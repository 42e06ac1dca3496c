"""A draft inside the house: from its first line to the release of its exact bytes.

drafted -> frozen (the SHA-256 of the act) -> cleared by a legal reviewer -> authorised by another
officer, exactly that hash -> released. Which of these steps a type needs stands in the catalogue;
an acknowledgement needs its duty officer alone. Nobody clears or authorises what they drafted, nor
authorises what they cleared.

Every command names the revision that the officer has read, so that nobody approves what has
changed under their eyes.
"""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum
from typing import Any, assert_never

import msgspec

from parley.domain.catalogue import spec_of
from parley.domain.roles import Duty, Role, require_one_of
from parley.domain.shape import TypeSpec
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason


class Stage(StrEnum):
    """How far a draft has come."""

    DRAFTED = "drafted"
    FROZEN = "frozen"
    CLEARED = "cleared"
    AUTHORISED = "authorised"
    RELEASED = "released"
    ABANDONED = "abandoned"


class Officer(msgspec.Struct, frozen=True):
    """Who gives a command: a name that is unique in the house, and the roles held now."""

    name: str
    roles: frozenset[Role]


class Authorisation(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """An authoriser's word for the frozen bytes. ``regardless``: also if the peer speaks first."""

    officer: str
    regardless: bool
    at: int


class Draft(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """The state of one draft.

    ``drafters`` has everybody who wrote in it. ``digest`` is the SHA-256 of the frozen act.
    ``voided`` is why an approval fell (a reason code), until the draft is approved again.
    ``statement`` is the leaf hash under which it was released.
    """

    type: str
    revision: int
    drafters: tuple[str, ...]
    digest: bytes | None = None
    cleared_by: str | None = None
    authorisations: tuple[Authorisation, ...] = ()
    voided: str | None = None
    overtaken_by: bytes | None = None
    statement: bytes | None = None
    abandoned_by: str | None = None

    @property
    def stage(self) -> Stage:
        """How far the draft has come; it follows from the approvals that stand."""
        spec = spec_of(self.type)
        if self.abandoned_by is not None:
            return Stage.ABANDONED
        if self.statement is not None:
            return Stage.RELEASED
        if self.digest is None:
            return Stage.DRAFTED
        if spec.cleared_by and self.cleared_by is None:
            return Stage.FROZEN
        if len(self.authorisations) < spec.authorisers:
            return Stage.CLEARED
        return Stage.AUTHORISED


# --- commands ------------------------------------------------------------------------------------


class Begin(msgspec.Struct, frozen=True):
    """Open a draft of a type."""

    officer: Officer
    type: str


class Revise(msgspec.Struct, frozen=True):
    """Change the text; all approvals fall."""

    officer: Officer
    revision: int


class Freeze(msgspec.Struct, frozen=True):
    """Fix the act's exact bytes, whose SHA-256 is ``digest``."""

    officer: Officer
    revision: int
    digest: bytes


class Return(msgspec.Struct, frozen=True):
    """Give a frozen draft back to the drafters."""

    officer: Officer
    revision: int


class Clear(msgspec.Struct, frozen=True):
    """Legal review finds nothing against exactly these bytes."""

    officer: Officer
    revision: int
    digest: bytes


class Authorise(msgspec.Struct, frozen=True):
    """Let exactly these bytes go; ``regardless`` of what the peer may say in the meantime."""

    officer: Officer
    revision: int
    digest: bytes
    regardless: bool = False


class Overtake(msgspec.Struct, frozen=True):
    """The peer has said something new in the case: the statement's leaf hash."""

    statement: bytes


class Release(msgspec.Struct, frozen=True):
    """The desk signs the frozen act: its digest, and the leaf hash of the statement."""

    digest: bytes
    statement: bytes


class Recognise(msgspec.Struct, frozen=True):
    """The frozen act with this digest turns out to be signed already, as this statement."""

    digest: bytes
    statement: bytes


class Undo(msgspec.Struct, frozen=True):
    """The statement that the draft was released as never left, and was given up."""


class Abandon(msgspec.Struct, frozen=True):
    """Give the draft up; it stays on the house record."""

    officer: Officer
    revision: int


OfDesk = Overtake | Release | Recognise | Undo
Command = Begin | Revise | Freeze | Return | Clear | Authorise | Abandon | OfDesk


# --- events --------------------------------------------------------------------------------------


class Begun(msgspec.Struct, frozen=True, tag=True, tag_field="event"):
    """A draft was opened."""

    officer: str
    type: str
    at: int


class Revised(msgspec.Struct, frozen=True, tag=True, tag_field="event"):
    """Its text was changed."""

    officer: str
    at: int


class Frozen(msgspec.Struct, frozen=True, tag=True, tag_field="event"):
    """Its bytes were fixed."""

    officer: str
    digest: bytes
    at: int


class Returned(msgspec.Struct, frozen=True, tag=True, tag_field="event"):
    """It went back to the drafters."""

    officer: str
    at: int


class Cleared(msgspec.Struct, frozen=True, tag=True, tag_field="event"):
    """Legal review passed it."""

    officer: str
    at: int


class Authorised(msgspec.Struct, frozen=True, tag=True, tag_field="event"):
    """An authoriser let it go."""

    officer: str
    regardless: bool
    at: int


class Overtaken(msgspec.Struct, frozen=True, tag=True, tag_field="event"):
    """The peer spoke first, and authorisations that did not foresee it fell."""

    statement: bytes
    at: int


class Released(msgspec.Struct, frozen=True, tag=True, tag_field="event"):
    """The desk signed it."""

    statement: bytes
    at: int


class Undone(msgspec.Struct, frozen=True, tag=True, tag_field="event"):
    """Its release was undone: it is open again, and nothing of its approvals stands."""

    at: int


class Abandoned(msgspec.Struct, frozen=True, tag=True, tag_field="event"):
    """It was given up."""

    officer: str
    at: int


Event = (
    Begun
    | Revised
    | Frozen
    | Returned
    | Cleared
    | Authorised
    | Overtaken
    | Released
    | Undone
    | Abandoned
)


# --- decide --------------------------------------------------------------------------------------


def decide(draft: Draft | None, command: Command, now: int) -> tuple[Event, ...]:
    """The events of a command; none where it changes nothing.

    :raises ParleyError: ``role-forbids``, ``officer-separation``, ``draft-changed``,
        ``draft-stage``, ``draft-hash-mismatch``, ``authorised-already``,
        ``authorisation-overtaken``, ``type-unknown``.
    """
    if isinstance(command, Begin):
        spec = spec_of(command.type)
        require_one_of(command.officer.roles, spec.drafted_by, Duty.DRAFT)
        return (Begun(command.officer.name, command.type, now),)
    if draft is None:
        raise ParleyError(Reason.DRAFT_STAGE, stage="none")
    if isinstance(command, OfDesk):
        return _decide_desk(draft, command, now)
    if command.revision != draft.revision:
        raise ParleyError(Reason.DRAFT_CHANGED, current=draft.revision)
    return (_decide_officer(draft, command, spec_of(draft.type), now),)


def _decide_desk(draft: Draft, command: OfDesk, now: int) -> tuple[Event, ...]:
    match command:
        case Overtake():
            return _decide_overtake(draft, command, now)
        case Release():
            return _decide_release(draft, command, now)
        case Recognise():
            open_still = draft.statement is None and draft.abandoned_by is None
            known = open_still and draft.digest == command.digest
            return (Released(command.statement, now),) if known else ()
        case Undo():
            return (Undone(now),) if draft.statement is not None else ()
        case _:
            assert_never(command)


def _decide_officer(
    draft: Draft,
    command: Revise | Freeze | Return | Clear | Authorise | Abandon,
    spec: TypeSpec,
    now: int,
) -> Event:
    name, roles = command.officer.name, command.officer.roles
    match command:
        case Revise():
            _expect(draft, Stage.DRAFTED, Stage.FROZEN, Stage.CLEARED, Stage.AUTHORISED)
            require_one_of(roles, spec.drafted_by, Duty.DRAFT)
            return Revised(name, now)
        case Freeze(digest=digest):
            _expect(draft, Stage.DRAFTED)
            require_one_of(roles, spec.drafted_by, Duty.DRAFT)
            return Frozen(name, digest, now)
        case Return():
            _expect(draft, Stage.FROZEN, Stage.CLEARED, Stage.AUTHORISED)
            readers = spec.drafted_by | spec.cleared_by | spec.authorised_by
            require_one_of(roles, readers, Duty.DRAFT)
            return Returned(name, now)
        case Clear():
            require_one_of(roles, spec.cleared_by, Duty.CLEAR)
            _expect(draft, Stage.FROZEN)
            _check_hash(draft, command.digest)
            _check_separation(name, draft.drafters)
            return Cleared(name, now)
        case Authorise():
            return _decide_authorise(draft, command, spec, now)
        case Abandon():
            _expect(draft, Stage.DRAFTED, Stage.FROZEN, Stage.CLEARED, Stage.AUTHORISED)
            require_one_of(roles, spec.drafted_by | spec.authorised_by, Duty.DRAFT)
            return Abandoned(name, now)
        case _:
            assert_never(command)


def _decide_authorise(draft: Draft, command: Authorise, spec: TypeSpec, now: int) -> Event:
    name = command.officer.name
    require_one_of(command.officer.roles, spec.authorised_by, Duty.AUTHORISE)
    if any(given.officer == name for given in draft.authorisations):
        raise ParleyError(Reason.AUTHORISED_ALREADY)
    _expect(draft, Stage.CLEARED)
    _check_hash(draft, command.digest)
    cleared = () if draft.cleared_by is None else (draft.cleared_by,)
    _check_separation(name, (*draft.drafters, *cleared))
    return Authorised(name, command.regardless, now)


def _decide_overtake(draft: Draft, command: Overtake, now: int) -> tuple[Event, ...]:
    """Only an authorisation that did not foresee it is voided by what the peer says."""
    open_still = draft.statement is None and draft.abandoned_by is None
    if open_still and any(not given.regardless for given in draft.authorisations):
        return (Overtaken(command.statement, now),)
    return ()


def _decide_release(draft: Draft, command: Release, now: int) -> tuple[Event, ...]:
    if draft.stage == Stage.CLEARED and draft.voided == Reason.AUTHORISATION_OVERTAKEN:
        raise ParleyError(Reason.AUTHORISATION_OVERTAKEN)
    _expect(draft, Stage.AUTHORISED)
    _check_hash(draft, command.digest)
    return (Released(command.statement, now),)


def _expect(draft: Draft, *stages: Stage) -> None:
    if draft.stage not in stages:
        raise ParleyError(Reason.DRAFT_STAGE, stage=draft.stage.value)


def _check_hash(draft: Draft, digest: bytes) -> None:
    if draft.digest != digest:
        raise ParleyError(Reason.DRAFT_HASH_MISMATCH)


def _check_separation(name: str, others: Collection[str]) -> None:
    if name in others:
        raise ParleyError(Reason.OFFICER_SEPARATION)


# --- evolve --------------------------------------------------------------------------------------


def evolve(draft: Draft | None, event: Event) -> Draft:
    """The draft after ``event``; every event is a new revision.

    :raises ParleyError: ``internal`` where there is no draft that the event could belong to.
    """
    if isinstance(event, Begun):
        return Draft(event.type, 1, (event.officer,))
    if draft is None:
        raise ParleyError(Reason.INTERNAL, fact="an event without its draft")
    match event:
        case Revised(officer=officer):
            changes = _unapproved(draft) | {"drafters": _with(draft.drafters, officer)}
        case Frozen(officer=officer, digest=digest):
            # Whoever fixes the bytes has written them too: they choose what is frozen.
            drafters = _with(draft.drafters, officer)
            changes = {"digest": digest, "drafters": drafters, "voided": None}
        case Returned():
            changes = _unapproved(draft)
        case Cleared(officer=officer):
            changes = {"cleared_by": officer}
        case Authorised(officer=officer, regardless=regardless, at=at):
            given = (*draft.authorisations, Authorisation(officer, regardless, at))
            changes = {"authorisations": given, "voided": None, "overtaken_by": None}
        case Overtaken(statement=statement):
            changes = {
                "authorisations": tuple(word for word in draft.authorisations if word.regardless),
                "voided": Reason.AUTHORISATION_OVERTAKEN.value,
                "overtaken_by": statement,
            }
        case Released(statement=statement):
            changes = {"statement": statement}
        case Undone():
            voided = Reason.RELEASE_UNDONE.value
            changes = _unapproved(draft) | {"statement": None, "voided": voided}
        case Abandoned(officer=officer):
            changes = {"abandoned_by": officer}
        case _:
            assert_never(event)
    return msgspec.structs.replace(draft, revision=draft.revision + 1, **changes)


def _with(drafters: tuple[str, ...], officer: str) -> tuple[str, ...]:
    return drafters if officer in drafters else (*drafters, officer)


def _unapproved(draft: Draft) -> dict[str, Any]:
    """What falls when the text is open again."""
    approved = draft.cleared_by is not None or bool(draft.authorisations)
    return {
        "digest": None,
        "cleared_by": None,
        "authorisations": (),
        "voided": Reason.DRAFT_CHANGED.value if approved else None,
        "overtaken_by": None,
    }
