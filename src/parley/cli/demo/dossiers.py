"""Each side's dossiers, and forged copies of them."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Final, NamedTuple

from parley.application import dossiers
from parley.cli.demo.replay import Played
from parley.cli.demo.stage import DUTY, Side, Stage
from parley.record.dossier import tamper
from parley.wire.courier import Courier

FOLDER: Final = "dossiers"
FORGED_FOLDER: Final = "forged"

_DROPPED: Final = "preliminary-answer"
_SWAPPED: Final = ("preliminary-answer", "detailed-answer")


class Kind(StrEnum):
    """What a dossier is of."""

    CHANNEL = "channel"
    CASE = "case"


class Forgery(StrEnum):
    """What was done to a copy of a dossier."""

    BYTE_FLIPPED = "byte-flipped"
    STATEMENT_DROPPED = "statement-dropped"
    STATEMENTS_SWAPPED = "statements-swapped"


class Dossier(NamedTuple):
    """A side's dossier of the channel or of the case, or a forged copy of one."""

    file: Path
    side: str
    kind: Kind
    forgery: Forgery | None = None


class _NoMeter:
    """The demonstration counts nothing."""

    def attempt(self, outcome: str) -> None:
        """Take no notice."""


def export_all(stage: Stage, case: bytes) -> list[Dossier]:
    """Let each side export its dossier of the channel and that of the case.

    Before, each asks the other for a post-quantum cosignature of its record as it stands.

    :raises ParleyError: what a delivery or an export raises.
    """
    folder = stage.base / FOLDER
    folder.mkdir()
    for side in stage.sides.values():
        _cosign(side)
    found: list[Dossier] = []
    for side in stage.sides.values():
        for kind in Kind:
            file = folder / name(side.code, kind)
            dossiers.export(
                side.desk, DUTY, side.channel, file, case=case if kind is Kind.CASE else None
            )
            found.append(Dossier(file, side.code, kind))
    return found


def name(side: str, kind: Kind = Kind.CHANNEL) -> str:
    """What the file of a side's dossier is called."""
    return f"{side}-{kind.value}.dossier"


def _cosign(side: Side) -> None:
    courier = Courier(side.desk, _NoMeter(), lambda: time.time_ns() // 1_000_000)
    try:
        courier.deliver(side.channel.id, side.channel.peer.text.endpoints, urgent=True)
    finally:
        courier.close()


def forge(stage: Stage, dossiers: Sequence[Dossier], played: Sequence[Played]) -> list[Dossier]:
    """Forged copies of each side's dossier of the channel, one for each forgery."""
    folder = stage.base / FORGED_FOLDER
    folder.mkdir()
    found: list[Dossier] = []
    for dossier in dossiers:
        if dossier.kind is not Kind.CHANNEL:
            continue
        places = _places(dossier.side, played)
        data = dossier.file.read_bytes()
        for forgery in Forgery:
            file = folder / f"{dossier.side}-{forgery.value}.dossier"
            file.write_bytes(_forged(data, forgery, places))
            found.append(Dossier(file, dossier.side, dossier.kind, forgery))
    return found


def _places(side: str, played: Sequence[Played]) -> Mapping[str, int]:
    """Where each type of act stands in the record, and so in the dossier, of ``side``."""
    return {
        one.act.type: (one.sent if one.author.code == side else one.opened).entry.position
        for one in played
    }


def _forged(data: bytes, forgery: Forgery, places: Mapping[str, int]) -> bytes:
    match forgery:
        case Forgery.BYTE_FLIPPED:
            return tamper.flip_byte(data)
        case Forgery.STATEMENT_DROPPED:
            return tamper.drop_statement(data, places[_DROPPED])
        case Forgery.STATEMENTS_SWAPPED:
            first, second = _SWAPPED
            return tamper.swap_statements(data, places[first], places[second])
