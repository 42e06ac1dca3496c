"""What a reply needs before it leaves, done as soon as it can be: its anchor, signature and seal.

The anchor is written while the rest of the transaction is made, when the disk has nothing to do;
the reply is signed and sealed while it is committed, when the processor has nothing to do.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Generic, TypeVar

from parley.application.aside import Later
from parley.application.composing import Composed, Outgoing
from parley.application.desk import Desk
from parley.store.anchor import Head

_Finished = TypeVar("_Finished")


class Leaving(Generic[_Finished]):
    """One reply in ``channel`` on its way out. ``finish`` makes of it what is to leave."""

    def __init__(self, desk: Desk, channel: bytes, finish: Callable[[Outgoing], _Finished]) -> None:
        self._desk = desk
        self._channel = channel
        self._finish = finish
        self._head: Head | None = None
        self._early: tuple[Head, Later[bool]] | None = None
        self._finished: Later[_Finished]

    def foresee(self, head: Head) -> None:
        """Have ``head`` in the anchor although it is not committed yet.

        It may differ from what this desk has committed by statements of the peer alone, and their
        signatures hold. If this process ends before the commit, the anchor knows of more than the
        record holds, and the desk asks the peer, which sends them again: it has no receipt. A
        statement of ours nobody could give back.
        """
        if self._desk.aside is not None:
            early = Later(lambda: self._desk.anchors.advance(self._channel, head))
            self._early = head, early
            self._desk.aside.begin(early, waits=True)

    def begin(self, composed: Composed) -> None:
        """Begin with what needs no database: the commit comes next."""
        self._head = composed.head
        self._finished = Later(lambda: self._finish(composed.signed()))
        if self._desk.aside is not None:
            self._desk.aside.begin(self._finished)

    def result(self) -> _Finished:
        """What is to leave: the transaction is committed, and the anchor on disk.

        :raises ParleyError: ``anchor-missing``, ``anchor-damaged``: then nothing may leave.
        """
        foreseen = None
        if self._early is not None:
            foreseen, early = self._early
            early.result()
        if self._head is not None and self._head != foreseen:
            self._desk.anchors.advance(self._channel, self._head)
        aside = self._desk.aside
        return self._finished.result() if aside is None else aside.result(self._finished)

    def withdraw(self) -> None:
        """The transaction has failed: nothing leaves, and the anchor says what it said before."""
        if self._early is None:
            return
        (head, early), news = self._early, False
        # Where writing it has failed it may say more than there is: then the peer is asked.
        with suppress(Exception):
            news = early.result()
        if news:
            self._desk.anchors.withdraw(self._channel, head)
