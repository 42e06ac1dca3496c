"""Rebuilding a member's log from a stream of statements, with little memory.

A statement's index in its author's log is its sequence number plus what the author had seen of the
other; the other's statements fill the gaps in their order. So whoever reads the statements in the
order of one log can build both trees, keeping of each only its compact range and those leaves that
are still to be placed. A signed root settles how far a log reaches behind its owner's last
statement.
"""

from __future__ import annotations

from typing import Final

from parley.crypto.merkle import HASH_BYTES, Frontier
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record.dossier import format as fmt

_RECORD: Final = HASH_BYTES + 8
_RUN: Final = 1024


class Backlog:
    """Leaves, with their authors' clocks, that wait for their place in the other's log."""

    __slots__ = ("_buffer", "_start", "limit")

    def __init__(self, limit: int) -> None:
        self._buffer = bytearray()
        self._start = 0
        self.limit = limit

    def __len__(self) -> int:
        return (len(self._buffer) - self._start) // _RECORD

    def push(self, leaf: bytes, iat: int) -> None:
        """Add one at the end.

        :raises ParleyError: ``dossier-backlog``.
        """
        if len(self) >= self.limit:
            raise ParleyError(Reason.DOSSIER_BACKLOG, limit=self.limit)
        self._buffer += leaf
        self._buffer += iat.to_bytes(8, "big")

    def take(self) -> tuple[bytes, int]:
        """Remove the first one."""
        at = self._start
        leaf = bytes(self._buffer[at : at + HASH_BYTES])
        iat = int.from_bytes(self._buffer[at + HASH_BYTES : at + _RECORD], "big")
        self._start = at + _RECORD
        if self._start == len(self._buffer):
            self._buffer.clear()
            self._start = 0
        elif self._start > _RUN * _RECORD and self._start * 2 > len(self._buffer):
            del self._buffer[: self._start]
            self._start = 0
        return leaf, iat


class Log:
    """One member's log, as far as it is certain.

    ``follows``: the stream comes in the order of this very log (it is the exporter's), so that
    nothing waits. ``own`` and ``others`` count what is placed; ``other_leaf`` and ``other_iat``
    are the leaf of the other's statement that was placed last, and the latest clock of all.
    """

    def __init__(self, *, follows: bool, backlog: int = fmt.BACKLOG_STATEMENTS) -> None:
        self._follows = follows
        self._frontier = Frontier()
        self._run: list[bytes] = []
        self._backlog = Backlog(backlog)
        self._root: tuple[int, bytes] | None = None
        self.own = 0
        self.others = 0
        self.other_leaf: bytes | None = None
        self.other_iat = 0

    @property
    def size(self) -> int:
        """How many leaves are placed."""
        return self.own + self.others

    def add_other(self, leaf: bytes, iat: int) -> None:
        """The other member's next statement came.

        :raises ParleyError: ``dossier-backlog``.
        """
        if self._follows:
            self._place_other(leaf, iat)
        else:
            self._backlog.push(leaf, iat)

    def add_own(self, leaf: bytes, seen: int, seen_leaf: bytes | None) -> None:
        """The owner's next statement came.

        It had seen ``seen`` of the other's, the last of which has the leaf hash ``seen_leaf``.

        :raises ParleyError: ``seen-ahead``, ``seen-wrong``.
        """
        if seen != self.others:
            self._fill(seen, Reason.SEEN_WRONG)
        if seen_leaf != self.other_leaf:
            raise ParleyError(Reason.SEEN_WRONG)
        self._append(leaf)
        self.own += 1

    def at(self, size: int, own: int) -> bytes:
        """The root at ``size``, with ``own`` statements of the owner; what follows comes later.

        :raises ParleyError: ``dossier-statement-missing`` where the statements before do not reach
            that size, ``dossier-out-of-place`` where they went past it.
        """
        if own > self.own:
            raise ParleyError(Reason.DOSSIER_STATEMENT_MISSING)
        if own != self.own or size < self.size:
            raise ParleyError(Reason.DOSSIER_OUT_OF_PLACE)
        if size > self.size:
            self._fill(size - own, Reason.DOSSIER_STATEMENT_MISSING)
        if self._root is None or self._root[0] != size:
            self._frontier.extend(self._run)
            self._run.clear()
            self._root = (size, self._frontier.root())
        return self._root[1]

    def _fill(self, others: int, fault: Reason) -> None:
        """Place the other's statements up to the number ``others``."""
        missing = others - self.others
        if missing > len(self._backlog) and fault is Reason.SEEN_WRONG:
            held = self.others + len(self._backlog)
            raise ParleyError(Reason.SEEN_AHEAD, claimed=others, held=held)
        if not 0 <= missing <= len(self._backlog):
            raise ParleyError(fault)
        for _ in range(missing):
            self._place_other(*self._backlog.take())

    def _place_other(self, leaf: bytes, iat: int) -> None:
        self._append(leaf)
        self.others += 1
        self.other_leaf = leaf
        self.other_iat = max(self.other_iat, iat)

    def _append(self, leaf: bytes) -> None:
        self._run.append(leaf)
        if len(self._run) >= _RUN:
            self._frontier.extend(self._run)
            self._run.clear()
