"""A draft: how far it has come inside the house, and whose word it has."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import msgspec

from parley.domain.catalogue import spec_of
from parley.domain.roles import Role

DECIDERS: Final = 2
"""So many reviewers decide on release."""

DECISION_SECONDS: Final = 7 * 86_400
"""So long a reviewer's word counts: who and what is listed changes."""


class Stage(StrEnum):
    """How far a draft has come."""

    DRAFTED = "drafted"
    FROZEN = "frozen"
    CLEARED = "cleared"
    DECIDED = "decided"
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


class Verdict(StrEnum):
    """What a reviewer says about the release of frozen bytes. The first two let them go."""

    MAY_GO = "may-go"
    LICENSED = "licensed"
    REDACT = "redact"
    REFUSE = "refuse"

    @property
    def allows(self) -> bool:
        """Whether the bytes may go."""
        return self in {Verdict.MAY_GO, Verdict.LICENSED}


class Decision(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """A reviewer's word for the release of the frozen bytes; it counts up to ``until``."""

    officer: str
    verdict: Verdict
    at: int
    until: int


class Draft(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """The state of one draft.

    ``drafters`` has everybody who wrote in it. ``digest`` is the SHA-256 of the frozen act.
    ``gated``: the house asks for a decision on release; ``decisions`` are the words for it.
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
    gated: bool = False
    decisions: tuple[Decision, ...] = ()

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
        if self.gated and len(self.decisions) < DECIDERS:
            return Stage.CLEARED
        if len(self.authorisations) < spec.authorisers:
            return Stage.DECIDED if self.gated else Stage.CLEARED
        return Stage.AUTHORISED
