"""The chains that one author's statements form: in the channel, and in each case."""

from __future__ import annotations

from typing import Final

from parley.kernel import limits
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record.dossier import format as fmt
from parley.record.dossier.check import StatementFacts
from parley.record.dossier.report import (
    VOIDS_LISTED,
    WITHHELD_LISTED,
    Tally,
    VoidStatement,
    WithheldFields,
)
from parley.record.keyring import KeyKind, Keyring

_COUNT_BYTES: Final = 8


class Chain:
    """One author's statements in the channel, each next to the one before.

    ``keyring`` has the author's keys. ``begun`` has for each epoch that stands in the chain its
    first number.
    """

    __slots__ = ("_keyring", "begun", "count", "leaf")

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring
        self.begun: list[tuple[int, int]] = []
        self.count = 0
        self.leaf: bytes | None = None

    def follow(self, facts: StatementFacts) -> None:
        """Take the next one in.

        :raises ParleyError: ``chain-gap``, ``chain-broken``, ``epoch-closed``, ``epoch-wrong``.
        """
        if facts.seq != self.count:
            raise ParleyError(Reason.CHAIN_GAP, expected=self.count, found=facts.seq)
        if facts.prev != self.leaf:
            raise ParleyError(Reason.CHAIN_BROKEN, seq=facts.seq)
        if not self.begun or facts.epoch != self.begun[-1][1]:
            self._begin(facts)
        self.count = facts.seq + 1
        self.leaf = facts.leaf

    def _begin(self, facts: StatementFacts) -> None:
        """A chain goes on in a later epoch only by the statement that opens it."""
        if self.begun:
            before = self.begun[-1][1]
            if facts.epoch < before:
                raise ParleyError(Reason.EPOCH_CLOSED, epoch=facts.epoch)
            revoked = any(self._keyring.revoked(n) for n in range(before, facts.epoch))
            kind = KeyKind.REVOCATION if revoked else KeyKind.ROTATION
            if facts.opening != kind.value:
                raise ParleyError(Reason.EPOCH_WRONG, epoch=facts.epoch)
        self.begun.append((facts.seq, facts.epoch))

    def revoked_at(self, count: int) -> bool:
        """Whether the key of the last of the first ``count`` statements was revoked later."""
        at = [epoch for first, epoch in self.begun if first < count]
        return bool(at) and self._keyring.revoked(at[-1])


class CaseChains:
    """Every author's statements in every case. A head is packed: it is kept to the end."""

    def __init__(self, limit: int = fmt.CASES) -> None:
        self._heads: dict[bytes, bytes] = {}
        self._limit = limit

    def follow(self, facts: StatementFacts) -> None:
        """Take the next one in.

        :raises ParleyError: ``chain-broken``; ``dossier-cases`` where there are too many to follow.
        """
        key = facts.case + facts.author.to_bytes(1, "big")
        head = self._heads.get(key)
        if head is None:
            if facts.case_seq != 0 or facts.case_prev is not None:
                raise ParleyError(Reason.CHAIN_BROKEN, seq=facts.seq)
            if len(self._heads) >= self._limit:
                raise ParleyError(Reason.DOSSIER_CASES, limit=self._limit)
        elif facts.case_prev is None or head != _head(facts.case_seq, facts.case_prev):
            raise ParleyError(Reason.CHAIN_BROKEN, seq=facts.seq)
        self._heads[key] = _head(facts.case_seq + 1, facts.leaf)


def _head(count: int, leaf: bytes) -> bytes:
    """How many statements there are, and the last one's leaf."""
    return count.to_bytes(_COUNT_BYTES, "big") + leaf


def count(
    tally: Tally,
    voids: list[VoidStatement],
    withheld: list[WithheldFields],
    facts: StatementFacts,
    *,
    revoked: bool,
) -> None:
    """Count a statement that was found in its place. ``revoked``: its key was revoked later."""
    tally.statements += 1
    tally.last_seq = facts.seq
    tally.withheld += facts.withheld
    tally.erased += facts.erased
    tally.disowned += facts.disowned
    tally.revoked += revoked
    if facts.withheld and len(withheld) < WITHHELD_LISTED:
        listed = WithheldFields(facts.author, facts.seq, facts.leaf.hex(), facts.withheld)
        withheld.append(listed)
    if facts.void is not None:
        tally.voids += 1
        if len(voids) < VOIDS_LISTED:
            voids.append(VoidStatement(facts.author, facts.seq, facts.void))


class IssuerClock:
    """One member's clock, as its own signatures show it in the order of its log.

    A difference of :data:`parley.kernel.limits.CLOCK_SKEW_SECONDS` is nothing odd.
    """

    __slots__ = ("_receipt", "odd")

    def __init__(self) -> None:
        self._receipt = 0
        self.odd = 0

    def receipted(self, iat: int, newest_statement: int) -> None:
        """Take in a receipt of ``iat`` that covers a statement made at ``newest_statement``.

        A receipt that names an earlier time is odd.
        """
        self.signed(iat)
        if iat + limits.CLOCK_SKEW_SECONDS < newest_statement:
            self.odd += 1
            return
        self._receipt = iat

    def signed(self, iat: int) -> None:
        """Take in that the member signed something at ``iat``.

        A receipt right before it that names a later time is odd.
        """
        if self._receipt > iat + limits.CLOCK_SKEW_SECONDS:
            self.odd += 1
        self._receipt = 0
