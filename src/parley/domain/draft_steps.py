"""The steps of a draft: what officers and the desk do to it, and what has happened then.

:mod:`parley.domain.drafting` decides and evolves.
"""

from __future__ import annotations

import msgspec

from parley.domain.draft import Officer, Verdict


class Begin(msgspec.Struct, frozen=True):
    """Open a draft of a type."""

    officer: Officer
    type: str


class _OnRevision(msgspec.Struct, frozen=True):
    """What an officer does with the revision that they have read."""

    officer: Officer
    revision: int


class _OnBytes(_OnRevision, frozen=True):
    """What an officer says of exactly these bytes, by their SHA-256."""

    digest: bytes


class Revise(_OnRevision, frozen=True):
    """Change the text; all approvals fall."""


class Attach(_OnRevision, frozen=True):
    """Add an attachment or take one off, and change nothing else; all approvals fall."""


class Freeze(_OnBytes, frozen=True):
    """Fix the act's exact bytes.

    ``gated``: the house asks for a decision on their release.
    """

    gated: bool = False


class Return(_OnRevision, frozen=True):
    """Give a frozen draft back to the drafters."""


class Clear(_OnBytes, frozen=True):
    """Legal review finds nothing against exactly these bytes."""


class Decide(_OnBytes, frozen=True):
    """Decide on the release of exactly these bytes."""

    verdict: Verdict


class Authorise(_OnBytes, frozen=True):
    """Let exactly these bytes go; ``regardless`` of what the peer may say in the meantime."""

    regardless: bool = False


class Abandon(_OnRevision, frozen=True):
    """Give the draft up; it stays on the house record."""


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


OfOfficer = Revise | Attach | Freeze | Return | Clear | Decide | Authorise | Abandon
OfDesk = Overtake | Release | Recognise | Undo
Command = Begin | OfOfficer | OfDesk


class _Done(msgspec.Struct, frozen=True):
    """What an officer, by name, has done, and when: seconds since the epoch."""

    officer: str
    at: int


class Begun(_Done, frozen=True):
    """A draft of a type was opened."""

    type: str


class Revised(_Done, frozen=True):
    """Its text was changed."""


class Frozen(_Done, frozen=True):
    """Its bytes were fixed."""

    digest: bytes
    gated: bool


class Returned(_Done, frozen=True):
    """It went back to the drafters."""


class Cleared(_Done, frozen=True):
    """Legal review passed it."""


class Decided(_Done, frozen=True):
    """A reviewer decided on its release."""

    verdict: Verdict


class Authorised(_Done, frozen=True):
    """An authoriser let it go."""

    regardless: bool


class Abandoned(_Done, frozen=True):
    """It was given up."""


class Overtaken(msgspec.Struct, frozen=True):
    """The peer spoke first, and authorisations that did not foresee it fell."""

    statement: bytes
    at: int


class Released(msgspec.Struct, frozen=True):
    """The desk signed it."""

    statement: bytes
    at: int


class Undone(msgspec.Struct, frozen=True):
    """Its release was undone: it is open again, and nothing of its approvals stands."""

    at: int


OfficerEvent = Revised | Frozen | Returned | Cleared | Decided | Authorised | Abandoned
OfDeskEvent = Overtaken | Released | Undone
Event = Begun | OfficerEvent | OfDeskEvent
