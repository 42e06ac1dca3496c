"""Handing a log to other people's tools: C2SP tiles, SCITT transparent statements."""

from __future__ import annotations

from pathlib import Path

from parley.application import house
from parley.application.desk import Desk
from parley.domain import access
from parley.domain.access import Place
from parley.domain.housekeeping import HouseAct
from parley.domain.roles import Duty
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record import order, scitt, tiles
from parley.record.channel import Channel
from parley.record.tiles import Progress
from parley.store import channels, proofs, witnesses


def export_tiles(
    desk: Desk,
    officer: str,
    channel: Channel,
    folder: Path,
    progress: Progress,
    *,
    theirs: bool = False,
) -> tiles.Exported:
    """Write our log of a channel, or the peer's as we hold it, as C2SP tiles.

    Ours is signed as it stands before, unless the channel is halted; the peer's goes as far as its
    greatest checkpoint that we have verified.

    :raises ParleyError: ``checkpoint-unknown`` where there is none yet; ``tiles-differ``;
        ``officer-unknown``, ``role-forbids``.
    """
    _noted(desk, officer, channel, "tiles")
    owner = channel.peer_index if theirs else channel.own_index
    if not theirs:
        with desk.database.write() as connection:
            row = channels.one(connection, channel.id)
            if row is not None and row.state == "open":
                desk.ledger(connection, channel).checkpoint()
    with desk.database.read() as connection:
        signed = proofs.checkpoint(connection, channel.id, owner)
        if signed is None:
            raise ParleyError(Reason.CHECKPOINT_UNKNOWN, size=0)
        cosigned = proofs.cosignatures(connection, channel.id, owner, signed.size)
        witnessed = witnesses.at(connection, channel.id, owner, signed.size)
        lines = [row.line for row in cosigned] + [row.line for row in witnessed]
        entries = order.of_log(connection, channel, owner, signed.size)
        return tiles.export(folder, signed.note + "".join(lines), entries, progress)


def export_scitt(
    desk: Desk, officer: str, channel: Channel, folder: Path, progress: Progress
) -> scitt.Exported:
    """Write every receipted statement of a channel as a SCITT transparent statement.

    :raises ParleyError: ``officer-unknown``, ``role-forbids``.
    """
    _noted(desk, officer, channel, "scitt")
    with desk.database.read() as connection:
        return scitt.export(connection, channel, folder, progress)


def _noted(desk: Desk, officer: str, channel: Channel, form: str) -> None:
    """Check that the officer may hand over a whole log, and note that it is done."""
    with house.acting(desk, officer) as acting:
        acting.at(Place(channel.id))
        access.require(acting.officer, Duty.READ_LOG, acting.place)
        acting.note(HouseAct.RECORD_EXPORTED, facts=(form,))
