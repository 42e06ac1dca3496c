"""What of a channel's whole record leaves the desk: as a dossier, for other tools, as it came."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from starlette.responses import Response

from parley.application import dossiers, evidence, foreign
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.web import download
from parley.web.page import Page, posted
from parley.web.pages import record
from parley.web.pages.proof import DOSSIER

if TYPE_CHECKING:
    from collections.abc import Callable

    from parley.record.channel import Channel
    from parley.web.visit import Visit

_OURS: Final = "tiles"
_THEIRS: Final = "their-tiles"
_STATEMENTS: Final = "scitt"


def dossier(visit: Visit) -> Response:
    """All that both sides said over a channel, in one file that anybody verifies."""

    def made(channel: Channel) -> Response:
        with tempfile.TemporaryDirectory() as folder:
            target = Path(folder, "channel.dossier")
            size = dossiers.export(visit.desk, visit.officer, channel, target).size
            file = target.open("rb")
        return download.streamed(file, size, f"{_named(channel)}.dossier", DOSSIER)

    return _handed_out(visit, made)


def log(visit: Visit) -> Response:
    """A log for other people's tools (C2SP tiles, SCITT statements), as one archive."""
    kind = visit.form.value("kind")

    def made(channel: Channel) -> Response:
        if kind not in (_OURS, _THEIRS, _STATEMENTS):
            raise ParleyError(Reason.FORM_INVALID, name="kind")
        desk, officer = visit.desk, visit.officer
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            if kind == _STATEMENTS:
                foreign.export_scitt(desk, officer, channel, folder, _silently)
            else:
                theirs = kind == _THEIRS
                foreign.export_tiles(desk, officer, channel, folder, _silently, theirs=theirs)
            files = (path for path in sorted(folder.rglob("*")) if path.is_file())
            inside = ((path, path.relative_to(folder).as_posix()) for path in files)
            return download.archive(inside, f"{_named(channel)}-{kind}.zip")

    return _handed_out(visit, made)


def refused(visit: Visit) -> Response:
    """What was refused, byte for byte as it came."""
    _its, row = evidence.find_quarantined(visit.desk, visit.officer, visit.part("digest"))
    return download.attachment(row.data, f"{row.digest.hex()[:12]}.refused")


def _handed_out(visit: Visit, made: Callable[[Channel], Response]) -> Response:
    """A file of the channel of the address; where there is none, its page says why."""
    channel = record.channel_of(visit)
    try:
        return made(channel)
    except ParleyError as error:
        if error.reason is Reason.ROLE_FORBIDS:
            raise
        return record.log(visit, channel, error)


def _named(channel: Channel) -> str:
    return download.named(channel.own.text.code, channel.peer.text.code)


def _silently(_count: int) -> None:
    """A browser shows for itself how far a file has come."""


PAGES: Final[tuple[Page, ...]] = (
    posted("/record/{channel}/dossier", dossier),
    posted("/record/{channel}/log", log),
    posted("/evidence/refused/{digest}/file", refused),
)
