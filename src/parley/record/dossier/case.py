"""Folding a dossier of one case: its chains, and each statement's place in both logs."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

from parley.crypto import merkle
from parley.kernel import limits
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record.dossier import chains
from parley.record.dossier.chains import CaseChains
from parley.record.dossier.check import (
    CheckpointFacts,
    Facts,
    FullReceiptFacts,
    ProofFacts,
    Signed,
    StatementFacts,
    WitnessFacts,
)
from parley.record.dossier.report import (
    WITNESSED_LISTED,
    Outcome,
    Tally,
    VoidStatement,
    WithheldFields,
    Witnessed,
)
from parley.record.keyring import Keyring

_CHECKPOINTS: Final = 8
_LEAVES: Final = 4096
"""So many of the latest statements can be named by ``seen``."""


class _Standing:
    """One member's statements of the case. ``index``: its last one's place in each log."""

    def __init__(self) -> None:
        self.seq = -1
        self.epoch = 0
        self.seen = 0
        self.index = [-1, -1]
        self.agreed = 0
        self.agreed_pq = 0
        self.leaves: OrderedDict[int, bytes] = OrderedDict()

    def note(self, seq: int, leaf: bytes) -> None:
        self.leaves[seq] = leaf
        if len(self.leaves) > _LEAVES:
            self.leaves.popitem(last=False)


class _Current:
    """The statement to which proofs and receipts belong, and what they have proved of it."""

    def __init__(self, facts: StatementFacts) -> None:
        self.facts = facts
        self.index: list[int | None] = [None, None]
        self.cosigned = [False, False]
        self.cosigned_pq = [False, False]
        self.receipted = False


class CaseFold:
    """Takes facts in the order of the file; as ``ChannelFold``, for one case.

    ``created_at`` is the exporter's clock: a receipt that names a later time is odd.
    """

    def __init__(self, keyrings: tuple[Keyring, Keyring], case: bytes, created_at: int) -> None:
        self._keyrings = keyrings
        self._case = case
        self._created_at = created_at
        self._cases = CaseChains()
        self._standing = (_Standing(), _Standing())
        self._tallies = (Tally(), Tally())
        self._voids: list[VoidStatement] = []
        self._withheld: list[WithheldFields] = []
        self._checkpoints: dict[tuple[int, int], CheckpointFacts] = {}
        self._current: _Current | None = None
        self._witnessed: list[Witnessed] = []
        self.signed: list[Signed] = []

    def take(self, facts: Facts) -> None:
        """Take the facts of the next item in.

        :raises ParleyError: the item does not fit those before.
        """
        match facts:
            case StatementFacts():
                self._statement(facts)
            case ProofFacts():
                self._proof(facts)
            case FullReceiptFacts():
                self._receipt(facts)
            case CheckpointFacts():
                self._checkpoint(facts)
            case WitnessFacts():
                self._witness(facts)
            case _:
                raise ParleyError(Reason.DOSSIER_OUT_OF_PLACE)

    def finish(self) -> Outcome:
        """The file has ended."""
        self._settle()
        first, second = self._standing
        return Outcome(
            list(self._tallies),
            (first.agreed, second.agreed),
            (first.agreed_pq, second.agreed_pq),
            self._voids,
            self._withheld,
            witnessed=self._witnessed,
        )

    def _checkpoint(self, facts: CheckpointFacts) -> None:
        key = (facts.owner, facts.size)
        full = len(self._checkpoints) >= _CHECKPOINTS
        if self._current is not None or full or key in self._checkpoints:
            raise ParleyError(Reason.DOSSIER_OUT_OF_PLACE)
        if facts.own is not None:
            raise ParleyError(Reason.DOSSIER_MALFORMED, fact="checkpoint")
        self._checkpoints[key] = facts

    def _witness(self, facts: WitnessFacts) -> None:
        signed = self._checkpoints.get((facts.owner, facts.size))
        if signed is None or signed.root != facts.root or len(self._witnessed) >= WITNESSED_LISTED:
            raise ParleyError(Reason.DOSSIER_OUT_OF_PLACE)
        self._witnessed.append(facts.reported())

    def _statement(self, facts: StatementFacts) -> None:
        self._settle()
        if facts.case != self._case:
            raise ParleyError(Reason.CASE_WRONG)
        self._cases.follow(facts)
        standing, other = self._standing[facts.author], self._standing[1 - facts.author]
        if facts.epoch < standing.epoch:
            raise ParleyError(Reason.EPOCH_CLOSED, epoch=facts.epoch)
        if facts.seq <= standing.seq or (facts.seq == 0) != (facts.prev is None):
            raise ParleyError(Reason.CHAIN_BROKEN, seq=facts.seq)
        before = standing.leaves.get(facts.seq - 1)
        if before is not None and facts.prev != before:
            raise ParleyError(Reason.CHAIN_BROKEN, seq=facts.seq)
        known = other.leaves.get(facts.seen - 1)
        if facts.seen < standing.seen or (known is not None and facts.seen_leaf != known):
            raise ParleyError(Reason.SEEN_WRONG)
        standing.seq, standing.seen, standing.epoch = facts.seq, facts.seen, facts.epoch
        standing.note(facts.seq, facts.leaf)
        revoked = self._keyrings[facts.author].revoked(facts.epoch)
        chains.count(
            self._tallies[facts.author], self._voids, self._withheld, facts, revoked=revoked
        )
        self._current = _Current(facts)

    def _proof(self, facts: ProofFacts) -> None:
        current = self._statement_before()
        signed = self._checkpoints.get((facts.owner, facts.size))
        if signed is None:
            raise ParleyError(Reason.DOSSIER_OUT_OF_PLACE)
        leaf = current.facts.leaf
        if merkle.root_from_inclusion(leaf, facts.index, facts.size, facts.path) != signed.root:
            raise ParleyError(Reason.ROOT_WRONG, size=facts.size)
        self._place(current, facts.owner, facts.index)
        current.cosigned[facts.owner] |= signed.cosigned
        current.cosigned_pq[facts.owner] |= signed.cosigned_pq

    def _receipt(self, facts: FullReceiptFacts) -> None:
        current = self._statement_before()
        author = current.facts.author
        if facts.issuer == author or current.receipted:
            raise ParleyError(Reason.DOSSIER_OUT_OF_PLACE)
        root = merkle.root_from_inclusion(current.facts.leaf, facts.index, facts.size, facts.path)
        self._place(current, facts.issuer, facts.index)
        current.receipted = True
        tally = self._tallies[author]
        tally.receipts += 1
        tally.receipted += 1
        early = facts.iat + limits.CLOCK_SKEW_SECONDS < current.facts.iat
        late = facts.iat > self._created_at + limits.CLOCK_SKEW_SECONDS
        tally.odd_clocks += early or late
        self.signed.append(
            Signed(facts.issuer, facts.epoch, facts.protected, facts.signature, root)
        )

    def _place(self, current: _Current, owner: int, index: int) -> None:
        """The statement stands at ``index`` of ``owner``'s log: once, and after those before it."""
        facts = current.facts
        known = current.index[owner]
        if known is not None:
            if known != index:
                raise ParleyError(Reason.PROOF_INVALID, fact="index")
            return
        right = index == facts.seq + facts.seen if facts.author == owner else index >= facts.seq
        if not right or index <= self._standing[facts.author].index[owner]:
            raise ParleyError(Reason.PROOF_INVALID, fact="index")
        current.index[owner] = index
        self._standing[facts.author].index[owner] = index

    def _statement_before(self) -> _Current:
        if self._current is None:
            raise ParleyError(Reason.DOSSIER_OUT_OF_PLACE)
        return self._current

    def _settle(self) -> None:
        """The statement's proofs are all there: see how far the case is agreed."""
        current = self._current
        if current is None:
            return
        standing = self._standing[current.facts.author]
        before = current.facts.case_seq
        if all(current.cosigned) and standing.agreed == before:
            standing.agreed = before + 1
        if all(current.cosigned_pq) and standing.agreed_pq == before:
            standing.agreed_pq = before + 1
