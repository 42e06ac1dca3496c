"""A disclosed recusal: its author alone says it, and its author alone ends it."""

from __future__ import annotations

import msgspec

from parley.domain.act import Act
from parley.domain.kind import Held, Kind
from parley.domain.shape import Scope
from parley.kernel.reasons import Reason


class Recusal(
    msgspec.Struct,
    frozen=True,
    array_like=True,
    forbid_unknown_fields=True,
    gc=False,
    tag="recusal",
):
    """The act that disclosed it, and the one that ended it."""

    disclosed: bytes
    ended: bytes | None = None


class RecusalKind(Kind[Recusal]):
    """The rules of disclosed recusals. Nobody but the author speaks, so nothing crosses."""

    scope = Scope.RECUSAL
    settled = frozenset({"recused", "recusal-ended"})

    def begin(self, members: int, act: Act) -> Recusal:
        """The disclosure."""
        return Recusal(act.id)

    def ended(self, case: Held, substance: Recusal) -> Reason | None:
        """One who is recused again says so in a new case."""
        return None if substance.ended is None else Reason.RECUSAL_ENDED

    def judge(self, case: Held, substance: Recusal, act: Act) -> None:
        """That the author ends its own recusal is all that there is, and the frame has seen it."""

    def write(self, case: Held, substance: Recusal, act: Act) -> Recusal:
        """The end."""
        return msgspec.structs.replace(substance, ended=act.id)

    def status(self, case: Held, substance: Recusal) -> str:
        """Whether the office still stays out."""
        return "recused" if substance.ended is None else "recusal-ended"
