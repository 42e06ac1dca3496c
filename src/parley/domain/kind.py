"""What a kind of case gives to the frame that all cases share.

The frame has checked, before it asks a kind: the header of the act, that its type belongs to the
kind, that there is room, that the case is open and was opened once, the side that sends it, and
that its reference is a standing act of the case of an allowed type. A kind says the rest.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Final, Generic, TypeVar

from parley.domain import crossing
from parley.domain.act import Act, Code
from parley.domain.clocks import NO_OVERRIDES, Obligation, Overrides
from parley.domain.crossing import Crossing
from parley.domain.frame import Case, Entry
from parley.domain.shape import Scope, Sender, TypeSpec
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason

S = TypeVar("S")

Held = Case[Any]
"""The frame of a case, for its acts and what its members have seen."""

Days = tuple[int | None, int | None]
"""Where the first of some days begins and the last one ends, in seconds since the epoch, UTC.

The second is null where no end is stated, both where there are no days.
"""
NO_DAYS: Final[Days] = (None, None)


class Kind(ABC, Generic[S]):
    """The rules of one kind of case. All of them are pure.

    ``S`` is the type of its substance: a frozen ``msgspec.Struct``, array_like, tagged with the
    kind's token, of plain values.
    """

    scope: ClassVar[Scope]
    """The kind's token; the types that belong to it have it as their scope."""

    settled: ClassVar[frozenset[str]] = frozenset()
    """The statuses in which nobody is expected to act any more."""

    # --- judging -----------------------------------------------------------------------------

    def judge_opening(self, members: int, act: Act) -> None:
        """Check that ``act`` may open a case, in a channel of ``members``.

        :raises ParleyError: with the reason that makes the act void.
        """

    def judge_sender(self, case: Held, substance: S, act: Act, spec: TypeSpec) -> None:
        """Check that the act's author is on the side that may send its type.

        :raises ParleyError: ``not-the-opener``, ``not-the-other``.
        """
        if spec.sender == Sender.OPENER and act.author not in case.openers:
            raise ParleyError(Reason.NOT_THE_OPENER, type=act.type)
        if spec.sender == Sender.OTHER and act.author in case.openers:
            raise ParleyError(Reason.NOT_THE_OTHER, type=act.type)

    def ended(self, case: Held, substance: S) -> Reason | None:
        """Why no act may come any more; None while the case goes on."""
        return None

    @abstractmethod
    def judge(self, case: Held, substance: S, act: Act) -> None:
        """Check that ``act`` may be made by one who knows the case as it is, and exactly that.

        :raises ParleyError: with the reason that makes the act void.
        """

    def check_command(self, case: Held, substance: S | None, act: Act, now: int) -> None:
        """Stop slips of the pen of this house; ``substance`` is None where ``act`` opens the case.

        ``now`` is seconds since the epoch. What a case amounts to never depends on it: the peer's
        acts are not checked here.

        :raises ParleyError: the act is not what anybody would mean to say now.
        """

    # --- writing -----------------------------------------------------------------------------

    @abstractmethod
    def begin(self, members: int, act: Act) -> S:
        """What the act that opens the case writes."""

    @abstractmethod
    def write(self, case: Held, substance: S, act: Act) -> S:
        """What an act that stands writes. Never raises.

        It comes after all acts that its author had seen, and must commute with those that
        crossed it: give each fact one writer, or make it a set or a maximum. ``case`` is as it
        was before the act; a fact that depends on more of it than the author had seen would not
        commute.
        """

    # --- crossings ---------------------------------------------------------------------------

    def item(self, act: Act) -> str | int | None:
        """What within the case an act is about, where crossings depend on it."""
        return None

    def crossing(self, first: Entry, second: Entry) -> Crossing:
        """What holds where two acts of the kind cross. By default, both stand.

        It depends on ``type``, ``author`` and ``item`` of the two alone, and is the same, read
        from the other side, for ``(second, first)``.
        """
        return crossing.BOTH_STAND

    # --- reading -----------------------------------------------------------------------------

    @abstractmethod
    def status(self, case: Held, substance: S) -> str:
        """The token of where the case stands in substance."""

    def days(self, substance: S) -> Days:
        """The days that the case is about, by what its members have said of them."""
        return NO_DAYS

    def next_actors(self, case: Held, substance: S) -> tuple[int, ...]:
        """The members whose move it is, by index, ascending."""
        return ()

    def obligations(
        self, case: Held, substance: S, overrides: Overrides = NO_OVERRIDES
    ) -> tuple[Obligation, ...]:
        """Everything that is due, of all sides."""
        return ()

    def shown(self, substance: S, visible: Callable[[str], bool]) -> S:
        """The substance for a reader for whom no other cases are there than those ``visible``.

        ``visible`` is given the number of a case, in hexadecimal. A kind whose substance names
        other cases leaves out those that are not.
        """
        return substance

    # --- drafting ----------------------------------------------------------------------------

    def fill(self, case: Held, substance: S, type_: str) -> Mapping[str, Code]:
        """The codes that follow from the state for an act of ``type_``, where none are given."""
        return {}
