"""The facts of a joint erasure. Every fact has one writer."""

from __future__ import annotations

import msgspec


class Claim(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, gc=False):
    """One member's claim that it has deleted the bodies: the act, and when, by its own clock."""

    id: bytes
    deleted_at: int


class Refused(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, gc=False):
    """One member's refusal, and its ground."""

    id: bytes
    ground: str


class Erasure(
    msgspec.Struct,
    frozen=True,
    array_like=True,
    forbid_unknown_fields=True,
    gc=False,
    tag="erasure",
):
    """A joint erasure: which bodies (leaf hashes, in the proposer's order), and who said what.

    ``consents``, ``refusals`` and ``claims`` have one place a member, written by that member alone;
    ``withdrawn`` and ``confirmed`` are acts of the proposer.
    """

    proposal: bytes
    bodies: tuple[bytes, ...]
    ground: str
    consents: tuple[bytes | None, ...]
    refusals: tuple[Refused | None, ...]
    claims: tuple[Claim | None, ...]
    withdrawn: bytes | None = None
    confirmed: bytes | None = None

    @property
    def is_joint(self) -> bool:
        """Whether every member's consent was seen by the proposer, and it has said so.

        From then on no act that crossed any of these can turn up.
        """
        return self.confirmed is not None

    @property
    def is_refused(self) -> bool:
        """Whether some member has refused."""
        return any(refusal is not None for refusal in self.refusals)
