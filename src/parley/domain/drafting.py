"""A draft inside the house: from its first line to the release of its exact bytes.

drafted -> frozen (the SHA-256 of the act) -> cleared by a legal reviewer -> decided for release by
two reviewers, where the house asks for it -> authorised by another officer, exactly that hash ->
released. Which of these steps a type needs stands in the catalogue; an acknowledgement needs its
duty officer alone. Nobody clears, decides on or authorises what they drafted, nor authorises what
they cleared or decided on.

A decision on release fails closed: one word against it opens the text again, a word for it is for
these bytes alone and only for so long. Whether it is asked for is fixed when the bytes are.

Every command of an officer names the revision that they have read, so that nobody approves what has
changed under their eyes.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final, assert_never

import msgspec

from parley.domain.catalogue import spec_of
from parley.domain.draft import (
    DECIDERS,
    DECISION_SECONDS,
    Authorisation,
    Decision,
    Draft,
    Stage,
)
from parley.domain.draft_steps import (
    Abandon,
    Abandoned,
    Attach,
    Authorise,
    Authorised,
    Begin,
    Begun,
    Clear,
    Cleared,
    Command,
    Decide,
    Decided,
    Event,
    Freeze,
    Frozen,
    OfDesk,
    OfDeskEvent,
    OfficerEvent,
    OfOfficer,
    Overtake,
    Overtaken,
    Recognise,
    Release,
    Released,
    Return,
    Returned,
    Revise,
    Revised,
    Undo,
    Undone,
)
from parley.domain.roles import PREPARING, Duty, require, require_one_of
from parley.domain.shape import TypeSpec
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason

_APPROVING: Final = (Stage.FROZEN, Stage.CLEARED, Stage.DECIDED, Stage.AUTHORISED)


# --- decide --------------------------------------------------------------------------------------


def decide(draft: Draft | None, command: Command, now: int) -> tuple[Event, ...]:
    """The events of a command; none where it changes nothing.

    :raises ParleyError: ``role-forbids``, ``officer-separation``, ``draft-changed``,
        ``draft-stage``, ``draft-hash-mismatch``, ``authorised-already``,
        ``authorisation-overtaken``, ``decided-already``, ``release-decision-expired``,
        ``type-unknown``.
    """
    if isinstance(command, Begin):
        spec = spec_of(command.type)
        require_one_of(command.officer.roles, spec.drafted_by, Duty.DRAFT)
        return (Begun(command.officer.name, now, command.type),)
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
    command: OfOfficer,
    spec: TypeSpec,
    now: int,
) -> Event:
    name, roles = command.officer.name, command.officer.roles
    match command:
        case Revise():
            _expect(draft, Stage.DRAFTED, *_APPROVING)
            require_one_of(roles, spec.drafted_by, Duty.DRAFT)
            return Revised(name, now)
        case Attach():
            _expect(draft, Stage.DRAFTED, *_APPROVING)
            require_one_of(roles, spec.drafted_by | PREPARING, Duty.PREPARE_SAMPLES)
            return Revised(name, now)
        case Freeze(digest=digest, gated=gated):
            _expect(draft, Stage.DRAFTED)
            require_one_of(roles, spec.drafted_by, Duty.DRAFT)
            return Frozen(name, now, digest, gated and spec.authorisers > 0)
        case Return():
            _expect(draft, *_APPROVING)
            readers = spec.drafted_by | spec.cleared_by | spec.authorised_by
            require_one_of(roles, readers, Duty.DRAFT)
            return Returned(name, now)
        case Clear():
            require_one_of(roles, spec.cleared_by, Duty.CLEAR)
            _expect(draft, Stage.FROZEN)
            _check_hash(draft, command.digest)
            _check_separation(name, draft.drafters)
            return Cleared(name, now)
        case Decide():
            return _decide_release_of(draft, command, now)
        case Authorise():
            return _decide_authorise(draft, command, spec, now)
        case Abandon():
            _expect(draft, Stage.DRAFTED, *_APPROVING)
            require_one_of(roles, spec.drafted_by | spec.authorised_by, Duty.DRAFT)
            return Abandoned(name, now)
        case _:
            assert_never(command)


def _decide_release_of(draft: Draft, command: Decide, now: int) -> Event:
    name = command.officer.name
    require(command.officer.roles, Duty.DECIDE_RELEASE)
    if not draft.gated:
        raise ParleyError(Reason.DRAFT_STAGE, stage=draft.stage.value)
    _expect(draft, Stage.CLEARED, Stage.DECIDED)
    _check_hash(draft, command.digest)
    _check_separation(name, draft.drafters)
    standing = [one for one in draft.decisions if now <= one.until]
    if command.verdict.allows and any(one.officer == name for one in standing):
        raise ParleyError(Reason.DECIDED_ALREADY)
    if command.verdict.allows and len(standing) >= DECIDERS:
        raise ParleyError(Reason.DRAFT_STAGE, stage=draft.stage.value)
    return Decided(name, now, command.verdict)


def _check_decisions(draft: Draft, now: int) -> None:
    """Let nothing go on decisions that are too old.

    :raises ParleyError: ``release-decision-expired``.
    """
    if draft.gated and any(now > one.until for one in draft.decisions):
        raise ParleyError(Reason.RELEASE_DECISION_EXPIRED)


def _decide_authorise(draft: Draft, command: Authorise, spec: TypeSpec, now: int) -> Event:
    name = command.officer.name
    require_one_of(command.officer.roles, spec.authorised_by, Duty.AUTHORISE)
    if any(given.officer == name for given in draft.authorisations):
        raise ParleyError(Reason.AUTHORISED_ALREADY)
    _expect(draft, Stage.DECIDED if draft.gated else Stage.CLEARED)
    _check_hash(draft, command.digest)
    _check_decisions(draft, now)
    cleared = () if draft.cleared_by is None else (draft.cleared_by,)
    deciders = [one.officer for one in draft.decisions]
    _check_separation(name, (*draft.drafters, *cleared, *deciders))
    return Authorised(name, now, command.regardless)


def _decide_overtake(draft: Draft, command: Overtake, now: int) -> tuple[Event, ...]:
    """Only an authorisation that did not foresee it is voided by what the peer says."""
    open_still = draft.statement is None and draft.abandoned_by is None
    if open_still and any(not given.regardless for given in draft.authorisations):
        return (Overtaken(command.statement, now),)
    return ()


def _decide_release(draft: Draft, command: Release, now: int) -> tuple[Event, ...]:
    unauthorised = draft.stage in {Stage.CLEARED, Stage.DECIDED}
    if unauthorised and draft.voided == Reason.AUTHORISATION_OVERTAKEN:
        raise ParleyError(Reason.AUTHORISATION_OVERTAKEN)
    _expect(draft, Stage.AUTHORISED)
    _check_hash(draft, command.digest)
    _check_decisions(draft, now)
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
    changes = (
        _of_desk(draft, event) if isinstance(event, OfDeskEvent) else _of_officer(draft, event)
    )
    return msgspec.structs.replace(draft, revision=draft.revision + 1, **changes)


def _of_officer(draft: Draft, event: OfficerEvent) -> dict[str, Any]:
    match event:
        case Revised(officer=officer):
            changes = _unapproved(draft) | {"drafters": _with(draft.drafters, officer)}
        case Frozen(officer=officer, digest=digest, gated=gated):
            # Whoever fixes the bytes has written them too: they choose what is frozen.
            drafters = _with(draft.drafters, officer)
            changes = {"digest": digest, "drafters": drafters, "voided": None, "gated": gated}
        case Returned():
            changes = _unapproved(draft)
        case Cleared(officer=officer):
            changes = {"cleared_by": officer}
        case Decided():
            changes = _after_decision(draft, event)
        case Authorised(officer=officer, regardless=regardless, at=at):
            given = (*draft.authorisations, Authorisation(officer, regardless, at))
            changes = {"authorisations": given, "voided": None, "overtaken_by": None}
        case Abandoned(officer=officer):
            changes = {"abandoned_by": officer}
        case _:
            assert_never(event)
    return changes


def _of_desk(draft: Draft, event: OfDeskEvent) -> dict[str, Any]:
    match event:
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
        case _:
            assert_never(event)
    return changes


def _after_decision(draft: Draft, event: Decided) -> dict[str, Any]:
    """A word against the release opens the text again; one for it takes the place of old ones."""
    if not event.verdict.allows:
        return _unapproved(draft) | {"voided": Reason.RELEASE_REFUSED.value}
    standing = [
        one for one in draft.decisions if event.at <= one.until and one.officer != event.officer
    ]
    word = Decision(event.officer, event.verdict, event.at, event.at + DECISION_SECONDS)
    return {"decisions": (*standing, word), "voided": None}


def _with(drafters: tuple[str, ...], officer: str) -> tuple[str, ...]:
    return drafters if officer in drafters else (*drafters, officer)


def _unapproved(draft: Draft) -> dict[str, Any]:
    """What falls when the text is open again."""
    approved = draft.cleared_by is not None or bool(draft.decisions or draft.authorisations)
    return {
        "digest": None,
        "cleared_by": None,
        "authorisations": (),
        "decisions": (),
        "gated": False,
        "voided": Reason.DRAFT_CHANGED.value if approved else None,
        "overtaken_by": None,
    }
