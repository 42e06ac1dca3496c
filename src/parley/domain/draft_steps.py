"""The steps of a draft: what officers and the desk do to it, and what has happened then.

:mod:`parley.domain.drafting` decides and evolves.
"""

from __future__ import annotations

import msgspec

from parley.domain.draft import (
    Officer,
    Verdict,
)


class Begin(msgspec.Struct, frozen=True):
    """Open a draft of a type."""

    officer: Officer
    type: str


class Revise(msgspec.Struct, frozen=True):
    """Change the text; all approvals fall."""

    officer: Officer
    revision: int


class Freeze(msgspec.Struct, frozen=True):
    """Fix the act's exact bytes, whose SHA-256 is ``digest``.

    ``gated``: the house asks for a decision on their release.
    """

    officer: Officer
    revision: int
    digest: bytes
    gated: bool = False


class Return(msgspec.Struct, frozen=True):
    """Give a frozen draft back to the drafters."""

    officer: Officer
    revision: int


class Clear(msgspec.Struct, frozen=True):
    """Legal review finds nothing against exactly these bytes."""

    officer: Officer
    revision: int
    digest: bytes


class Decide(msgspec.Struct, frozen=True):
    """Decide on the release of exactly these bytes."""

    officer: Officer
    revision: int
    digest: bytes
    verdict: Verdict


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


Command = Begin | Revise | Freeze | Return | Clear | Decide | Authorise | Abandon | OfDesk


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
    gated: bool


class Returned(msgspec.Struct, frozen=True, tag=True, tag_field="event"):
    """It went back to the drafters."""

    officer: str
    at: int


class Cleared(msgspec.Struct, frozen=True, tag=True, tag_field="event"):
    """Legal review passed it."""

    officer: str
    at: int


class Decided(msgspec.Struct, frozen=True, tag=True, tag_field="event"):
    """A reviewer decided on its release."""

    officer: str
    verdict: Verdict
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


OfficerEvent = Revised | Frozen | Returned | Cleared | Decided | Authorised | Abandoned


OfDeskEvent = Overtaken | Released | Undone


Event = Begun | OfficerEvent | OfDeskEvent
