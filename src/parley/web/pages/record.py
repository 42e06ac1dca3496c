"""The record: the logs of both sides, their trees and heads, keys, and what convicts somebody."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from starlette.responses import Response

from parley.application import (
    audit,
    cases,
    channels,
    dossiers,
    evidence,
    heads,
    house_record,
    keys,
    offers,
    reopening,
    witnessing,
)
from parley.domain.roles import Duty
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.presentation import acts, channel_page, evidence_page, house_page, key_page
from parley.record.evidence import verify as verifier
from parley.web import tree
from parley.web.download import attachment
from parley.web.page import Page, posted
from parley.web.visit import Visit

if TYPE_CHECKING:
    from parley.application.channels import Standing
    from parley.application.heads import Head
    from parley.record.channel import Channel

_LINES: Final = 50


def record(visit: Visit) -> Response:
    """All channels, with how far both records agree."""
    extent = house_record.extent(visit.desk)
    logs = audit.readable(visit.desk, visit.officer)
    return visit.page(
        "record.html",
        channels=[_Row(visit, one) for one in channels.standings(visit.desk)],
        house=extent,
        logs=logs,
        carries=offers.may(visit.desk, visit.officer, Duty.CARRY),
        set_back=house_page.set_back(visit.words, extent.generation) if extent.generation else None,
    )


class _Row:
    """A channel in the list."""

    def __init__(self, visit: Visit, standing: Standing) -> None:
        peer = standing.channel.peer
        self.standing = standing
        self.name = f"{peer.name(visit.words.language)} ({peer.text.code})"
        self.state = channel_page.state(visit.words, standing.state)


def channel(visit: Visit) -> Response:
    """The log of one channel: its newest statements, its trees, and what was signed of them."""
    return log(visit, channel_of(visit))


def reopen(visit: Visit) -> Response:
    """Ask that a halted channel be opened again; it is with the second officer's word."""
    found = channel_of(visit)
    try:
        reopening.reopen(visit.desk, visit.officer, found, visit.form.value("reason"))
    except ParleyError as error:
        return log(visit, found, error)
    return visit.go(f"/record/{found.id.hex()}")


def log(visit: Visit, found: Channel, error: ParleyError | None = None) -> Response:
    """The page of a channel's log; ``error``: what was asked for there, and could not be done."""
    before = visit.number("before")
    lines = audit.lines(visit.desk, visit.officer, found, _LINES, before=before)
    first = lines[0].entry.position if lines else 0
    standing = next(one for one in channels.standings(visit.desk) if one.channel.id == found.id)
    sheet = visit.sheet()
    channel_page.render_trouble(sheet, standing)
    return visit.page(
        "record_channel.html",
        status=200 if error is None else 422,
        error=None if error is None else visit.translator.reason(error),
        reason=visit.form.value("reason"),
        reopens=standing.state == "halted"
        and offers.may(visit.desk, visit.officer, Duty.REOPEN_CHANNEL),
        reopenings=reopening.history(visit.desk, found),
        channel=found,
        row=_Row(visit, standing),
        lines=lines,
        cases_seen=cases.are_seen(visit.desk, visit.officer),
        older=first or None,
        before=before,
        heads=[_Side(found, one) for one in heads.of_channel(visit.desk, visit.officer, found)],
        trouble=sheet.blocks,
        evidence=evidence.every(visit.desk, visit.officer, found),
        exports=dossiers.may_export(visit.desk, visit.officer, found),
    )


class _Side:
    """One member's log, as a tree with its head."""

    def __init__(self, channel: Channel, head: Head) -> None:
        self.head = head
        self.own = head.owner == channel.own_index
        self.size = 0 if head.newest is None else head.newest.size
        self.agreed = 0 if head.agreed is None else head.agreed.size
        self.picture = tree.picture(self.size, self.agreed)


def all_keys(visit: Visit) -> Response:
    """Everybody's keys through time, ours first."""
    sheet = visit.sheet()
    key_page.render(sheet, keys.states(visit.desk), visit.now)
    return visit.page("keys.html", blocks=sheet.blocks)


def witnesses(visit: Visit) -> Response:
    """Who cosigns our logs as a third party: up to where, when, and what was wrong."""
    logs = audit.readable(visit.desk, visit.officer)
    shown = [
        one.channel for one in channels.standings(visit.desk) if one.channel.id in (logs or ())
    ]
    return visit.page(
        "witnesses.html",
        sees=logs is not None,
        found=[
            (one, None if one.reason is None else acts.said(visit.words, one.reason, advise=True))
            for one in witnessing.standings(visit.desk, visit.officer)
        ],
        asked=visit.desk.witnesses,
        evidence=[
            kept for channel in shown for kept in evidence.every(visit.desk, visit.officer, channel)
        ],
        claims=evidence_page.CLAIMS,
    )


def all_evidence(visit: Visit) -> Response:
    """What is kept of what others signed and cannot both be honest, and what was refused."""
    return visit.page(
        "evidence.html",
        kept=evidence.every(visit.desk, visit.officer),
        refused=evidence.quarantined(visit.desk, visit.officer),
        claims=evidence_page.CLAIMS,
    )


def one_evidence(visit: Visit) -> Response:
    """One proof: who is convicted of what, by which two signatures, and what it leaves open."""
    kept = evidence.find(visit.desk, visit.officer, visit.part("digest"))
    sheet = visit.sheet()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "evidence")
        file.write_bytes(evidence.as_bytes(visit.desk, kept))
        evidence_page.render(sheet, verifier.verify(file))
    return visit.page("evidence_one.html", kept=kept, blocks=sheet.blocks)


def export_evidence(visit: Visit) -> Response:
    """One proof as a file for anybody; the house record keeps who took it."""
    kept = evidence.find(visit.desk, visit.officer, visit.part("digest"))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "evidence")
        evidence.export(visit.desk, visit.officer, kept, file)
        return attachment(file.read_bytes(), f"{kept.row.digest.hex()[:12]}.evidence")


def channel_of(visit: Visit) -> Channel:
    """The channel of the address.

    :raises ParleyError: ``channel-unknown``.
    """
    wanted = visit.identifier("channel")
    for one in channels.every(visit.desk):
        if one.id == wanted:
            return one
    raise ParleyError(Reason.CHANNEL_UNKNOWN)


PAGES: Final = (
    Page("/record", record),
    Page("/record/{channel}", channel),
    posted("/record/{channel}/reopen", reopen),
    Page("/keys", all_keys),
    Page("/witnesses", witnesses),
    Page("/evidence", all_evidence),
    Page("/evidence/{digest}", one_evidence),
    posted("/evidence/{digest}/file", export_evidence),
)
