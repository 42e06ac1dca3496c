"""What every case has, of whatever kind: its acts, its openers, and what its members have seen.

The acts of each member stand in the member's own order, void ones too. What a kind of case makes
of them is its ``substance``: a plain value of the kind's own type, without any text of a body.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import Generic, TypeVar

import msgspec

from parley.domain import causality
from parley.domain.causality import Horizon
from parley.domain.crossing import Standing
from parley.kernel import limits
from parley.kernel.reasons import Reason

S = TypeVar("S")


class Entry(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, gc=False):
    """An act in the list of the case's acts. ``void`` is its reason code where it is void.

    ``item`` is what within the case the act is about, where its kind says so: two acts about
    different items may cross otherwise than two about one.
    """

    id: bytes
    author: int
    seq: int
    seen: tuple[int, ...]
    type: str
    void: str | None
    standing: Standing
    item: str | int | None = None


class Case(
    msgspec.Struct,
    Generic[S],
    frozen=True,
    array_like=True,
    forbid_unknown_fields=True,
    gc=False,
):
    """A case, as all acts of it that are held amount to.

    ``chains`` has each member's acts in the member's own order, void ones too; ``strays`` those
    without a place in any order, ``overflow`` how many came when the case was full and are not
    listed. ``openers`` are the members that opened the case in good faith: one, or, where several
    took the same number, more, and then nothing in the case counts and ``substance`` is None.
    ``kind`` is the scope of the types that belong to it, None as long as nobody has opened it or
    where it was opened as two kinds at once. ``about`` is the case that its opener related it to.
    """

    members: int
    chains: tuple[tuple[Entry, ...], ...]
    horizon: Horizon
    strays: tuple[Entry, ...] = ()
    overflow: int = 0
    openers: tuple[int, ...] = ()
    kind: str | None = None
    about: bytes | None = None
    substance: S | None = None

    # --- the acts ----------------------------------------------------------------------------

    @property
    def acts(self) -> tuple[Entry, ...]:
        """All acts in the order that every desk shows; those without a place come last."""
        return (*self.placed, *self.strays)

    @property
    def placed(self) -> list[Entry]:
        """The acts that have a place in the causal order, in the order that every desk shows."""
        return causality.linear_extension(entry for chain in self.chains for entry in chain)

    @property
    def void_acts(self) -> tuple[Entry, ...]:
        """The acts without effect because a rule forbade them, with their reasons."""
        return tuple(entry for entry in self.acts if entry.void is not None)

    @property
    def crossed(self) -> tuple[Entry, ...]:
        """The acts that a crossing deprived of further effect, or of all effect."""
        return tuple(entry for entry in self.acts if entry.standing != Standing.STANDS)

    @property
    def unseen(self) -> tuple[Entry, ...]:
        """The acts that some member is not yet known to have seen."""
        return tuple(entry for entry in self.placed if not self.is_covered(entry))

    @property
    def size(self) -> int:
        """How many acts the case has."""
        return sum(map(len, self.chains)) + len(self.strays) + self.overflow

    @property
    def room(self) -> int:
        """How many acts each member may make: nobody can fill the case for the others."""
        return limits.STATEMENTS_IN_CASE // self.members

    def entry(self, author: int, seq: int) -> Entry | None:
        """The act that ``author`` made as its statement number ``seq``, if it is of this case."""
        chain = self.chains[author]
        at = bisect_left(chain, seq, key=lambda entry: entry.seq)
        return chain[at] if at < len(chain) and chain[at].seq == seq else None

    def find(self, act_id: bytes) -> Entry | None:
        """The act with this id, if it has a place in the case. The latest are found first."""
        for chain in self.chains:
            if chain and chain[0].id == act_id:
                return chain[0]
        for chain in self.chains:
            for entry in reversed(chain):
                if entry.id == act_id:
                    return entry
        return None

    # --- what holds --------------------------------------------------------------------------

    def is_covered(self, entry: Entry) -> bool:
        """Whether every member is known to have seen an act: all that crosses it is then known."""
        return causality.covered(self.horizon, entry)

    def holds(self, author: int, seq: int) -> bool:
        """Whether an act stands: it is not void, and no crossing has taken its effect."""
        entry = self.entry(author, seq)
        return entry is not None and entry.void is None and entry.standing == Standing.STANDS

    def is_settled(self, author: int, seq: int) -> bool:
        """Whether an act stands and no crossing can undo it any more."""
        entry = self.entry(author, seq)
        return entry is not None and self.holds(author, seq) and self.is_covered(entry)

    @property
    def opener(self) -> int | None:
        """The member that opened the case, where exactly one did."""
        return self.openers[0] if len(self.openers) == 1 else None

    @property
    def others(self) -> tuple[int, ...]:
        """The members that did not open the case; none as long as it is not open."""
        opener = self.opener
        return () if opener is None else tuple(m for m in range(self.members) if m != opener)

    @property
    def void_reason(self) -> str | None:
        """Why the whole case counts for nothing, or None."""
        if len(self.openers) > 1:
            return Reason.CASE_OPENED_TWICE.value
        return None if self.openers else Reason.CASE_NOT_OPEN.value


class CrossedPair(
    msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, gc=False
):
    """Two acts that crossed, what holds, and whether both sides are known to have seen both."""

    first: bytes
    second: bytes
    outcome: str
    why: str
    provisional: bool
