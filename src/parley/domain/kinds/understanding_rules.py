"""What each side may do about an understanding: one judge of both sides' acts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from parley.domain.act import Act, ActType
from parley.domain.kind import Held
from parley.domain.kinds import understanding_reading as reading
from parley.domain.kinds.understanding_reading import Stance
from parley.domain.kinds.understanding_state import Status, Understanding, Version
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason


def judge(case: Held, understanding: Understanding, act: Act) -> None:
    """Check that ``act`` may be made by one who knows the case as it is, and exactly that.

    :raises ParleyError: with the reason that makes the act void.
    """
    if act.type == ActType.UNDERSTANDING_RECALL:
        return
    if reading.status(case, understanding) == Status.LAPSED:
        raise ParleyError(Reason.UNDERSTANDING_LAPSED)
    _JUDGES[act.type](case, understanding, act)


def _judge_version(case: Held, understanding: Understanding, _act: Act) -> None:
    """What all have confirmed is not replaced by one side; it can step back from it."""
    if reading.joint_version(case, understanding) is not None:
        raise ParleyError(Reason.UNDERSTANDING_JOINT)


def _judge_confirmation(case: Held, understanding: Understanding, act: Act) -> None:
    version = _version(case, understanding, act)
    if version.id in reading.place(case, understanding, act.author).held:
        raise ParleyError(Reason.SAID_ALREADY)


def _judge_dispute(case: Held, understanding: Understanding, act: Act) -> None:
    version = _version(case, understanding, act)
    place = reading.place(case, understanding, act.author)
    if version.id in place.disputed:
        raise ParleyError(Reason.SAID_ALREADY)
    if version.id in place.held:
        raise ParleyError(Reason.UNDERSTANDING_HELD)


def _version(case: Held, understanding: Understanding, act: Act) -> Version:
    """The other side's version that an act refers to, as that side gives it now."""
    for member, side in enumerate(understanding.sides):
        for version in side.versions:
            if version.id != act.reference:
                continue
            if version != reading.version_of(case, understanding, member):
                raise ParleyError(Reason.REFERENCE_SUPERSEDED)
            return version
    raise ParleyError(Reason.REFERENCE_UNKNOWN, type=act.type)


def _judge_step_back(case: Held, understanding: Understanding, act: Act) -> None:
    """Also one that gave no version may step back: that gives it none."""
    if reading.place(case, understanding, act.author).stance == Stance.STEPPED_BACK:
        raise ParleyError(Reason.SAID_ALREADY)


def _judge_progress(case: Held, understanding: Understanding, act: Act) -> None:
    if not reading.place(case, understanding, act.author).holds:
        raise ParleyError(Reason.UNDERSTANDING_NOT_HELD)


def _judge_assessment(_case: Held, _understanding: Understanding, _act: Act) -> None:
    """Also one that holds nothing may say what it thinks of a report; its latest word counts."""


def _judge_lapse(case: Held, understanding: Understanding, act: Act) -> None:
    place = reading.place(case, understanding, act.author)
    if not place.holds:
        raise ParleyError(Reason.UNDERSTANDING_NOT_HELD)
    if place.stance == Stance.LAPSED:
        raise ParleyError(Reason.SAID_ALREADY)


_JUDGES: Final[Mapping[str, Callable[[Held, Understanding, Act], None]]] = {
    ActType.UNDERSTANDING: _judge_version,
    ActType.UNDERSTANDING_CONFIRMATION: _judge_confirmation,
    ActType.UNDERSTANDING_DISPUTE: _judge_dispute,
    ActType.UNDERSTANDING_STEP_BACK: _judge_step_back,
    ActType.UNDERSTANDING_PROGRESS: _judge_progress,
    ActType.UNDERSTANDING_ASSESSMENT: _judge_assessment,
    ActType.UNDERSTANDING_LAPSE: _judge_lapse,
}
