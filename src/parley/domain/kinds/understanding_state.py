"""The substance of an understanding: what each side has said of it, in facts that it alone wrote.

No text of a body is here. Whether an understanding is joint, unilateral or disputed is nowhere
written: it follows from the acts (``understanding_reading``).
"""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Status(StrEnum):
    """What the sides' acts amount to; no act can say it."""

    UNILATERAL = "unilateral"
    """One side has given its version; the other has given none and confirmed none."""
    TWO_VERSIONS = "two-versions"
    """Several sides have versions of their own, and no text has been confirmed by all."""
    JOINT = "joint"
    """There is a text that all sides have given or confirmed."""
    DISPUTED = "disputed"
    """A side disputes what another holds, or has stepped back from it."""
    GIVEN_UP = "given-up"
    """All that held it have stepped back."""
    LAPSED = "lapsed"
    """All that hold it have said that it binds them no longer."""


class Version(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, gc=False):
    """A side's own version. ``owner`` says who is to act, seen from that side."""

    id: bytes
    seq: int
    owner: str
    due: str | None


class Word(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, gc=False):
    """A side's word on where it stands.

    ``type`` is that of the act; ``version`` the version that it gives, confirms or disputes, None
    where it steps back or says that the understanding has lapsed.
    """

    id: bytes
    seq: int
    type: str
    version: bytes | None


class Report(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, gc=False):
    """What a side says that it has done about the understanding."""

    id: bytes
    seq: int
    progress: str


class Assessment(
    msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, gc=False
):
    """A side's word on another's ``report``."""

    id: bytes
    seq: int
    report: bytes
    assessment: str


class Recall(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, gc=False):
    """A reminder; ``meeting`` is the case of the meeting in which it was given, where named."""

    id: bytes
    seq: int
    meeting: bytes | None


class Side(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, gc=False):
    """All that one member has said about an understanding, in its own order."""

    versions: tuple[Version, ...] = ()
    words: tuple[Word, ...] = ()
    reports: tuple[Report, ...] = ()
    assessments: tuple[Assessment, ...] = ()
    recalls: tuple[Recall, ...] = ()


class Understanding(
    msgspec.Struct,
    frozen=True,
    array_like=True,
    forbid_unknown_fields=True,
    gc=False,
    tag="understanding",
):
    """An understanding. ``level`` is as the opener has it; ``sides`` stand by member."""

    level: str
    sides: tuple[Side, ...]


def changed(understanding: Understanding, member: int, side: Side) -> Understanding:
    """``understanding`` with ``side`` in the place of what ``member`` had said."""
    sides = (*understanding.sides[:member], side, *understanding.sides[member + 1 :])
    return msgspec.structs.replace(understanding, sides=sides)
