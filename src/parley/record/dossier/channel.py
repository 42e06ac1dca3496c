"""Folding a dossier of a whole channel: both chains, both trees, what each side signed of them."""

from __future__ import annotations

from typing import Final

from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record.dossier import chains
from parley.record.dossier import format as fmt
from parley.record.dossier.chains import CaseChains, Chain, IssuerClock
from parley.record.dossier.check import (
    CheckpointFacts,
    Facts,
    MarkFacts,
    ReceiptFacts,
    Signed,
    StatementFacts,
    WitnessFacts,
)
from parley.record.dossier.rebuild import Log
from parley.record.dossier.report import (
    WITNESSED_LISTED,
    Outcome,
    Tally,
    VoidStatement,
    WithheldFields,
    Witnessed,
)
from parley.record.keyring import Keyring

MARKS: Final = 1 << 16
"""So many roots are kept that later statements may still name."""


class Roots:
    """Roots of one log at sizes that the other member's statements may name, ascending."""

    __slots__ = ("_roots",)

    def __init__(self) -> None:
        self._roots: dict[int, bytes] = {}

    def note(self, size: int, root: bytes) -> None:
        """Keep a root; the oldest gives way where there are too many."""
        self._roots[size] = root
        if len(self._roots) > MARKS:
            del self._roots[next(iter(self._roots))]

    def claimed(self, size: int, root: bytes | None, *, misled: bool = False) -> bool:
        """Compare what a statement claims to have verified; false where we cannot tell.

        What is smaller is dropped: a desk names the greatest checkpoint that it knows. ``misled``:
        another root is no fault of the author's.

        :raises ParleyError: ``seen-wrong``.
        """
        if size == 0 or root is None:
            if size or root is not None:
                raise ParleyError(Reason.SEEN_WRONG)
            return True
        known = self._roots.get(size)
        if known is None:
            return False
        if known != root:
            if misled:
                return False
            raise ParleyError(Reason.SEEN_WRONG)
        while (first := next(iter(self._roots))) < size:
            del self._roots[first]
        return True


class ChannelFold:
    """Takes facts in the order of the file. Memory does not grow with the number of statements.

    ``keyrings`` has the members' keys. ``exporter`` is the member in whose order they stand,
    ``created_at`` its clock.
    ``signed`` collects signatures of receipts that wait to be checked against rebuilt roots; the
    reader takes them from there.
    """

    def __init__(
        self,
        keyrings: tuple[Keyring, Keyring],
        exporter: int,
        created_at: int,
        *,
        backlog: int = fmt.BACKLOG_STATEMENTS,
    ) -> None:
        self._created_at = created_at
        self._keyrings = keyrings
        self._chains = (Chain(keyrings[0]), Chain(keyrings[1]))
        self._cases = CaseChains()
        self._logs = tuple(Log(follows=member == exporter, backlog=backlog) for member in range(2))
        self._roots = (Roots(), Roots())
        self._clocks = (IssuerClock(), IssuerClock())
        self._tallies = (Tally(), Tally())
        self._voids: list[VoidStatement] = []
        self._withheld: list[WithheldFields] = []
        self._unchecked = 0
        # For each log: how many statements of each member stand below the greatest checkpoint that
        # the other member has cosigned.
        self._cosigned = [(0, 0), (0, 0)]
        self._cosigned_pq = [(0, 0), (0, 0)]
        # The tree head of each log that stood last in the file.
        self._signed_heads: dict[int, tuple[int, bytes]] = {}
        self._witnessed: list[Witnessed] = []
        self.signed: list[Signed] = []

    def take(self, facts: Facts) -> None:
        """Take the facts of the next item in.

        :raises ParleyError: the item does not fit those before.
        """
        match facts:
            case StatementFacts():
                self._statement(facts)
            case ReceiptFacts():
                self._receipt(facts)
            case MarkFacts():
                self._at(facts.owner, facts.size, facts.own)
            case CheckpointFacts():
                self._checkpoint(facts)
            case WitnessFacts():
                self._witness(facts)
            case _:
                raise ParleyError(Reason.DOSSIER_OUT_OF_PLACE)

    def finish(self) -> Outcome:
        """The file has ended."""
        for issuer, clock in enumerate(self._clocks):
            clock.signed(self._created_at)
            self._tallies[1 - issuer].odd_clocks = clock.odd
        return Outcome(
            list(self._tallies),
            _agreed(self._cosigned),
            _agreed(self._cosigned_pq),
            self._voids,
            self._withheld,
            self._unchecked,
            self._witnessed,
        )

    def _statement(self, facts: StatementFacts) -> None:
        author = facts.author
        self._chains[author].follow(facts)
        self._cases.follow(facts)
        # A thief may have shown it a root that the revoked party's own log never had.
        misled = self._chains[1 - author].revoked_at(facts.seen)
        roots = self._roots[1 - author]
        if not roots.claimed(facts.claim_size, facts.claim_root, misled=misled):
            self._unchecked += 1
        self._logs[author].add_own(facts.leaf, facts.seen, facts.seen_leaf)
        self._logs[1 - author].add_other(facts.leaf, facts.iat)
        self._clocks[author].signed(facts.iat)
        revoked = self._keyrings[author].revoked(facts.epoch)
        chains.count(self._tallies[author], self._voids, self._withheld, facts, revoked=revoked)

    def _receipt(self, facts: ReceiptFacts) -> None:
        root = self._at(facts.issuer, facts.size, facts.own)
        log = self._logs[facts.issuer]
        tally = self._tallies[1 - facts.issuer]
        tally.receipted = log.others
        tally.receipts += 1
        self._clocks[facts.issuer].receipted(facts.iat, log.other_iat)
        self.signed.append(
            Signed(facts.issuer, facts.epoch, facts.protected, facts.signature, root)
        )

    def _checkpoint(self, facts: CheckpointFacts) -> None:
        if facts.own is None:
            raise ParleyError(Reason.DOSSIER_MALFORMED, fact="checkpoint")
        owner = facts.owner
        if self._at(owner, facts.size, facts.own) != facts.root:
            raise ParleyError(Reason.ROOT_WRONG, size=facts.size)
        self._signed_heads[owner] = (facts.size, facts.root)
        own, others = facts.own, facts.size - facts.own
        held = (own, others) if owner == 0 else (others, own)
        if facts.cosigned:
            self._cosigned[owner] = held
        if facts.cosigned_pq:
            self._cosigned_pq[owner] = held

    def _witness(self, facts: WitnessFacts) -> None:
        signed = self._signed_heads.get(facts.owner)
        full = len(self._witnessed) >= WITNESSED_LISTED
        if full or signed != (facts.size, facts.root):
            raise ParleyError(Reason.DOSSIER_OUT_OF_PLACE)
        self._witnessed.append(facts.reported())

    def _at(self, owner: int, size: int, own: int) -> bytes:
        root = self._logs[owner].at(size, own)
        self._roots[owner].note(size, root)
        return root


def _agreed(held: list[tuple[int, int]]) -> tuple[int, int]:
    """Up to where both logs hold both chains."""
    (first_in_first, second_in_first), (first_in_second, second_in_second) = held
    return min(first_in_first, first_in_second), min(second_in_first, second_in_second)
