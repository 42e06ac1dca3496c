"""Who decides that a halted channel goes on, and after which faults it can.

A fork is proved by the other side's own signatures, but what it means is not for a program to say:
a thief, a machine that was set back, or a lie. So two persons of the house decide, an authoriser,
who speaks for it, and a legal reviewer, who has looked at the evidence.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final, NamedTuple

from parley.domain.roles import Duty, Role, require
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason

REOPENABLE: Final = frozenset(
    {
        Reason.FORK_STATEMENT,
        Reason.FORK_CHECKPOINT,
        Reason.FORK_ROOT,
        Reason.FORK_RECEIPT,
        Reason.HELD_CONTRADICTS,
    }
)
"""Faults of the other side. A desk that was itself set back must recover before it signs, and a
channel that never was opened on the terms of the letters is no channel."""


class Word(NamedTuple):
    """One officer's word that the channel be opened again."""

    officer: str
    roles: frozenset[Role]


def decide(halted: str, words: Sequence[Word], officer: str, roles: Collection[Role]) -> bool:
    """Take one more officer's word: whether the channel is open with it.

    :param halted: the reason code for which the channel is halted.
    :param words: those given since it was halted.
    :raises ParleyError: ``role-forbids``; ``reopening-forbidden`` for another fault;
        ``reopening-separation`` if this officer has spoken already.
    """
    require(roles, Duty.REOPEN_CHANNEL)
    if halted not in REOPENABLE:
        raise ParleyError(Reason.REOPENING_FORBIDDEN, why=halted)
    if any(word.officer == officer for word in words):
        raise ParleyError(Reason.REOPENING_SEPARATION)
    held = frozenset(roles)
    return any(
        (Role.AUTHORISER in one and Role.LEGAL_REVIEWER in other)
        for word in words
        for one, other in ((word.roles, held), (held, word.roles))
    )
