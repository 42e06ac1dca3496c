"""Pouches between the two desks of a pair."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from parley.application import audit, channels
from parley.application.desk import Desk
from parley.application.message import Message
from parley.kernel import limits
from parley.wire import pouch
from tests.support.pair import Pair


def small_frames(patch: pytest.MonkeyPatch, statements: int) -> None:
    """Have a frame take so few statements, and be read with the bound that it really has."""
    # The shape is made when it is first needed, of the limits as they are then.
    msgspec.json.Decoder(Message)
    patch.setattr(limits, "STATEMENTS_IN_FRAME", statements)


def pack(desks: Pair, desk: Desk, folder: Path) -> list[Path]:
    """What ``desk`` has for the other, in ``folder``."""
    folder.mkdir(exist_ok=True)
    return [one.path for one in pouch.pack(desk, desks.channel(desk), folder, unconfirmed=True)]


def open_(desk: Desk, *paths: Path) -> list[pouch.Found]:
    """Take in files and folders."""
    return pouch.open_all(desk, pouch.files(paths))


def reason(found: pouch.Found) -> str | None:
    """Why a file was not taken in."""
    return found.error.reason.value if found.error else None


def carry(desks: Pair, folder: Path, rounds: int = 8, first: Desk | None = None) -> None:
    """Pouches to and fro until nothing is new; the left desk, or ``first``, begins.

    Once more after that: what a desk says it lacks is news to nobody before it comes.
    """
    first = first or desks.left
    quiet = 0
    for number in range(rounds):
        news = False
        for desk in (first, desks.peer_of(first)):
            there = folder / f"{number}-{desk.letter.text.code}"
            pack(desks, desk, there)
            found = open_(desks.peer_of(desk), there)
            assert [reason(one) for one in found] == [None] * len(found)
            news |= any(one.taken is not None and one.taken.progress for one in found)
        quiet = 0 if news else quiet + 1
        if quiet == 2:
            return
    raise AssertionError("the two desks do not come to rest")


def check_agreement(desks: Pair) -> None:
    """Both records agree to all that was said, and hold; nobody has done anything wrong."""
    for desk in (desks.left, desks.right):
        (standing,) = channels.standings(desk)
        assert standing.state == "open"
        assert (standing.agreed_own, standing.agreed_peer) == (standing.own, standing.peer)
        assert standing.receipted == standing.own
        assert standing.quarantined == standing.evidence == 0
        assert audit.fsck(desk).faults == ()
