"""A working group: a standing case under a text that all have agreed.

Whoever founds it names the mandate by its hash and the case in which it was agreed; nobody is in
the group before its own act. Each member names its own delegation. Who chairs, and a new mandate,
are settled once all say the same. Every fact has one writer, so acts that cross simply both stand.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any, Final, TypeVar

import msgspec

from parley.domain.act import Act, ActType
from parley.domain.codes import integer, token
from parley.domain.crossing import BOTH_STAND, Crossing, Standing, Table, look_up
from parley.domain.frame import Entry
from parley.domain.kind import Held, Kind
from parley.domain.shape import Scope
from parley.domain.types.working_group import JOINT
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason

T = TypeVar("T")


class GroupStatus(StrEnum):
    """Where a working group stands."""

    FOUNDING = "founding"
    """Not all have joined yet."""
    CONSTITUTED = "constituted"
    MANDATE_OPEN = "mandate-open"
    """All are members, and not all name the same mandate."""
    LEFT = "left"
    DISSOLVED = "dissolved"


class Mandate(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, gc=False):
    """What a member signed as the mandate: the text's hash, and the case in which it was agreed.

    ``proposal`` is null only for a reader for whom that case is not there.
    """

    act: bytes
    seq: int
    text: str
    proposal: str | None


class Delegation(
    msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, gc=False
):
    """A member's own delegation: where it is named, and how many it has."""

    act: bytes
    count: int


class Chair(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, gc=False):
    """Who is to chair, by a member's latest word; ``first`` is the index of a member, or None."""

    act: bytes
    manner: str
    first: int | None


class Session(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, gc=False):
    """A meeting that a member named as a session of the group."""

    meeting: str
    member: int
    act: bytes


class WorkingGroup(
    msgspec.Struct,
    frozen=True,
    array_like=True,
    forbid_unknown_fields=True,
    tag="working-group",
    gc=False,
):
    """A working group; a tuple has an entry for each member of the channel.

    ``mandates`` is empty for who has not joined, or has left (``left`` is its act then).
    """

    mandates: tuple[Mandate | None, ...]
    left: tuple[bytes | None, ...]
    delegations: tuple[Delegation | None, ...]
    chairs: tuple[Chair | None, ...]
    sessions: tuple[Session, ...] = ()

    @property
    def mandate(self) -> Mandate | None:
        """The mandate, where all members name one and the same; the first one's word for it."""
        first = self.mandates[0]
        same = all(
            m is not None and first is not None and m.text == first.text for m in self.mandates
        )
        return first if same else None

    @property
    def chair(self) -> Chair | None:
        """Who chairs, where all say the same."""
        first = self.chairs[0]
        said = {None if one is None else (one.manner, one.first) for one in self.chairs}
        return first if len(said) == 1 else None


LEAVES: Final = Crossing(
    "left-as-said",
    Standing.STANDS,
    Standing.STANDS,
    "Whoever leaves is out by its own word; what the other said of its own part stands.",
)
CHAIRS: Final = Crossing(
    "chair-once-same",
    Standing.STANDS,
    Standing.STANDS,
    "Each word on the chair stands; it is settled only where both say the same.",
)
MANDATES: Final = Crossing(
    "mandate-once-same",
    Standing.STANDS,
    Standing.STANDS,
    "Each has signed what it names; the group has a mandate only where both name the same.",
)

CROSSINGS: Final[Table] = {
    (ActType.WORKING_GROUP_MANDATE, ActType.WORKING_GROUP_MANDATE): MANDATES,
    (ActType.WORKING_GROUP_CHAIR, ActType.WORKING_GROUP_CHAIR): CHAIRS,
    **{
        (ActType.WORKING_GROUP_LEAVE, other): LEAVES
        for other in (
            ActType.WORKING_GROUP_MANDATE,
            ActType.WORKING_GROUP_MEMBERS,
            ActType.WORKING_GROUP_CHAIR,
            ActType.WORKING_GROUP_SESSION,
            ActType.WORKING_GROUP_LEAVE,
        )
    },
}
"""What differs from both standing untouched."""


class WorkingGroupKind(Kind[WorkingGroup]):
    """A standing case: mandate, delegations, chair, sessions."""

    scope = Scope.WORKING_GROUP
    settled = frozenset({GroupStatus.CONSTITUTED, GroupStatus.DISSOLVED})

    def judge(self, case: Held, substance: WorkingGroup, act: Act) -> None:
        own = substance.mandates[act.author]
        if act.type == ActType.WORKING_GROUP_MANDATE:
            if own is not None and own.text == token(act, "mandate"):
                raise ParleyError(Reason.MANDATE_ALREADY_SIGNED)
            return
        if own is None:
            raise ParleyError(Reason.NOT_IN_GROUP, type=act.type)
        if act.type == ActType.WORKING_GROUP_CHAIR:
            _judge_chair(case.members, act)
        if act.type == ActType.WORKING_GROUP_SESSION:
            meeting = token(act, "meeting")
            if any((s.meeting, s.member) == (meeting, act.author) for s in substance.sessions):
                raise ParleyError(Reason.SESSION_ALREADY_NAMED)

    def begin(self, members: int, act: Act) -> WorkingGroup:
        nothing = (None,) * members
        return WorkingGroup(_at(nothing, act.author, _mandate(act)), nothing, nothing, nothing)

    def write(self, case: Held, substance: WorkingGroup, act: Act) -> WorkingGroup:
        return msgspec.structs.replace(substance, **_facts(substance, act))

    def crossing(self, first: Entry, second: Entry) -> Crossing:
        return look_up(CROSSINGS, first.type, second.type, BOTH_STAND)

    def status(self, case: Held, substance: WorkingGroup) -> str:
        return _status(substance).value

    def next_actors(self, case: Held, substance: WorkingGroup) -> tuple[int, ...]:
        """Who has not joined; all while mandates differ."""
        status = _status(substance)
        if status == GroupStatus.FOUNDING:
            return tuple(m for m, one in enumerate(substance.mandates) if one is None)
        return tuple(range(case.members)) if status == GroupStatus.MANDATE_OPEN else ()

    def shown(self, substance: WorkingGroup, visible: Callable[[str], bool]) -> WorkingGroup:
        mandates = tuple(
            msgspec.structs.replace(one, proposal=None)
            if one is not None and one.proposal is not None and not visible(one.proposal)
            else one
            for one in substance.mandates
        )
        sessions = tuple(one for one in substance.sessions if visible(one.meeting))
        return msgspec.structs.replace(substance, mandates=mandates, sessions=sessions)


def _judge_chair(members: int, act: Act) -> None:
    """One who chairs or begins is named, and is a member; where all chair, nobody is."""
    first = act.codes.get("first")
    named = isinstance(first, int) and first < members
    if (token(act, "chair") == JOINT) is not (first is None) or (first is not None and not named):
        raise ParleyError(Reason.CHAIR_INVALID)


def _status(group: WorkingGroup) -> GroupStatus:
    if group.mandate is not None:
        return GroupStatus.CONSTITUTED
    if all(one is not None for one in group.mandates):
        return GroupStatus.MANDATE_OPEN
    if all(one is None for one in group.mandates):
        return GroupStatus.DISSOLVED
    return GroupStatus.LEFT if any(group.left) else GroupStatus.FOUNDING


def _facts(group: WorkingGroup, act: Act) -> dict[str, Any]:
    member = act.author
    match act.type:
        case ActType.WORKING_GROUP_MANDATE:
            return {
                "mandates": _at(group.mandates, member, _mandate(act)),
                "left": _at(group.left, member, None),
            }
        case ActType.WORKING_GROUP_MEMBERS:
            named = Delegation(act.id, integer(act, "members"))
            return {"delegations": _at(group.delegations, member, named)}
        case ActType.WORKING_GROUP_CHAIR:
            first = act.codes.get("first")
            chair = Chair(act.id, token(act, "chair"), first if isinstance(first, int) else None)
            return {"chairs": _at(group.chairs, member, chair)}
        case ActType.WORKING_GROUP_SESSION:
            session = Session(token(act, "meeting"), member, act.id)
            ordered = sorted((*group.sessions, session), key=lambda one: (one.meeting, one.member))
            return {"sessions": tuple(ordered)}
        case _:
            return {
                "mandates": _at(group.mandates, member, None),
                "left": _at(group.left, member, act.id),
            }


def _mandate(act: Act) -> Mandate:
    return Mandate(act.id, act.seq, token(act, "mandate"), token(act, "proposal"))


def _at(items: tuple[T, ...], member: int, item: T) -> tuple[T, ...]:
    """``items`` with another one for ``member``."""
    return (*items[:member], item, *items[member + 1 :])
