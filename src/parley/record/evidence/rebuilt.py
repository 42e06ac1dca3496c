"""Rebuilding a log from its owner's own word, to hold it against a root that the owner signed.

The owner's statements say where they stand, and by ``prev`` and ``seen`` they name every statement
below them by its hash. A statement of the other member that the owner has not acknowledged in this
way counts for nothing: the other one might have made it up afterwards.
"""

from __future__ import annotations

from collections import deque

from parley.crypto.merkle import Frontier
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record.dossier.format import BACKLOG_STATEMENTS
from parley.record.statement import Statement


class Rebuilding:
    """Takes statements in the order of the owner's log, beyond ``size`` as far as needed.

    Each author's stand in the order of their numbers from 0 on; memory grows only with those of
    the other member that the owner has not acknowledged yet.
    """

    def __init__(self, owner: bytes, channel: bytes, size: int) -> None:
        self._owner = owner
        self._channel = channel
        self._size = size
        self._tree = Frontier()
        self._heads: dict[bool, bytes | None] = {True: None, False: None}
        self._counts = {True: 0, False: 0}
        self._others_below = 0
        # Leaves of the other member from number ``acknowledged`` on.
        self._acknowledged = 0
        self._last_acknowledged: bytes | None = None
        self._waiting: deque[bytes] = deque()

    @property
    def taken(self) -> int:
        """How many statements were taken."""
        return self._counts[True] + self._counts[False]

    def take(self, parsed: Statement, author: bytes) -> None:
        """Take the next statement, whose signature is verified.

        :raises ParleyError: ``wrong-audience``, ``chain-gap``, ``chain-broken``, ``seen-ahead``,
            ``seen-wrong``, ``evidence-malformed``.
        """
        own = author == self._owner
        envelope = parsed.envelope
        if parsed.act.channel != self._channel:
            raise ParleyError(Reason.WRONG_AUDIENCE)
        if envelope.seq != self._counts[own]:
            raise ParleyError(Reason.CHAIN_GAP, expected=self._counts[own], found=envelope.seq)
        if envelope.prev != self._heads[own]:
            raise ParleyError(Reason.CHAIN_BROKEN, seq=envelope.seq)
        below = self._tree.size < self._size
        if own:
            self._acknowledge(parsed)
            # Beyond the size, one that claims a place below it would show that another leaf was put
            # there to make up a contradiction.
            wrong = envelope.index != self._tree.size if below else envelope.index < self._size
            if wrong:
                raise ParleyError(Reason.DOSSIER_OUT_OF_PLACE)
        else:
            self._waiting.append(parsed.leaf)
            if len(self._waiting) > BACKLOG_STATEMENTS:
                raise ParleyError(Reason.DOSSIER_BACKLOG, limit=BACKLOG_STATEMENTS)
        if below:
            self._tree.append(parsed.leaf)
            self._others_below += not own
        self._counts[own] += 1
        self._heads[own] = parsed.leaf

    def finish(self) -> bytes:
        """The root at ``size``, every leaf of which the owner has acknowledged.

        :raises ParleyError: ``dossier-statement-missing``; ``evidence-proves-nothing`` where leaves
            rest on the other member's word.
        """
        if self._tree.size != self._size or self._size == 0:
            raise ParleyError(Reason.DOSSIER_STATEMENT_MISSING)
        if self._acknowledged < self._others_below:
            raise ParleyError(Reason.EVIDENCE_PROVES_NOTHING)
        return self._tree.root()

    def _acknowledge(self, parsed: Statement) -> None:
        """What the owner has seen is what stands here."""
        seen = parsed.envelope.seen
        if len(seen) != 1:
            raise ParleyError(Reason.SEEN_WRONG)
        count, leaf = seen[0].count, seen[0].leaf
        if count > self._counts[False]:
            raise ParleyError(Reason.SEEN_AHEAD, claimed=count, held=self._counts[False])
        if count < self._acknowledged:
            raise ParleyError(Reason.SEEN_WRONG)
        last = None
        while self._acknowledged < count:
            last = self._waiting.popleft()
            self._acknowledged += 1
        if last is not None:
            self._last_acknowledged = last
        if leaf != (self._last_acknowledged if count else None):
            raise ParleyError(Reason.SEEN_WRONG)
