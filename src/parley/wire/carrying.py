"""Pouches that an officer packs and brings: by whoever may, and as the house record keeps it."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Final, NamedTuple

from parley.application import carriage, house
from parley.application.carriage import Packed
from parley.application.desk import Desk
from parley.application.message import Refusal
from parley.domain import access
from parley.domain.access import Place
from parley.domain.housekeeping import HouseAct
from parley.domain.roles import Duty
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record.channel import Channel
from parley.wire import pouch
from parley.wire.pouch import Found, Written

REFUSALS: Final = 8
"""A message has room for so many."""


class Wish(NamedTuple):
    """How a pouch is to be packed.

    ``unconfirmed``: the officer vouches that this desk was not set back. ``attachments``: with
    their bytes. ``refusals`` say what was kept out of the other side's last pouch.
    """

    unconfirmed: bool = False
    attachments: bool = False
    refusals: tuple[Refusal, ...] = ()


def pack(desk: Desk, officer: str, channel: Channel, folder: Path, wish: Wish) -> list[Written]:
    """Write what the other desk may lack into files below ``folder``, which exists.

    :raises ParleyError: ``officer-unknown``, ``role-forbids``; as :func:`parley.wire.pouch.pack`.
    """
    if not wish.unconfirmed:
        carriage.check_confirmed(desk, channel.id)
    with house.acting(desk, officer, channel.id) as acting:
        acting.at(Place(channel.id))
        access.require(acting.officer, Duty.CARRY, acting.place)
        acting.note(HouseAct.POUCH_PACKED, facts=("unconfirmed",) if wish.unconfirmed else ())
    return pouch.pack(
        desk,
        channel,
        folder,
        refusals=wish.refusals[:REFUSALS],
        unconfirmed=wish.unconfirmed,
        attachments=wish.attachments,
    )


def bring(desk: Desk, officer: str, paths: Sequence[Path]) -> list[Found]:
    """Take in what was carried here, whatever its order.

    :raises ParleyError: ``officer-unknown``, ``role-forbids``; ``file-missing`` where nothing was
        brought. What is wrong with one file stands beside it.
    """
    if not paths:
        raise ParleyError(Reason.FILE_MISSING, path="")
    digests = [sha256(path.read_bytes()).digest() for path in paths]
    with house.acting(desk, officer) as acting:
        access.require_somewhere(acting.officer, Duty.CARRY)
        for digest in digests:
            acting.note(HouseAct.POUCH_OPENED, digest=digest)
    return pouch.open_all(desk, paths)


def require(desk: Desk, officer: str) -> None:
    """Refuse whoever packs and brings no pouches anywhere.

    :raises ParleyError: ``officer-unknown``, ``role-forbids``.
    """
    with house.reading(desk, officer) as acting:
        access.require_somewhere(acting.officer, Duty.CARRY)


def clear(desk: Desk, officer: str) -> tuple[list[Packed], list[Packed]]:
    """Delete packed files whose statements have been receipted; returns what is gone, and left.

    :raises ParleyError: ``officer-unknown``, ``role-forbids``; ``file-unwritable``.
    """
    require(desk, officer)
    gone, left = pouch.clear(desk)
    if gone:
        with house.acting(desk, officer) as acting:
            acting.note(HouseAct.POUCHES_CLEARED, number=len(gone))
    return gone, left
