"""Attributions and denials: each claim with who makes it and how sure, and each answer beside it.

And shares of criminal cases and of intelligence: claims there stay as uncertain as their source.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from starlette.responses import Response

from parley.application import offers
from parley.domain.kinds.position import Position
from parley.domain.kinds.share_state import CaseShare
from parley.domain.shape import Scope
from parley.presentation import case_page
from parley.presentation.kinds import position as position_page
from parley.presentation.kinds import share as share_page
from parley.presentation.kinds.common import member
from parley.web import listing, said, wording
from parley.web.page import Page

if TYPE_CHECKING:
    from parley.application.cases import CaseView, Related
    from parley.paper.model import Block
    from parley.record.channel import Channel
    from parley.web.said import Said
    from parley.web.visit import Visit
    from parley.web.wording import Wording

_TEXTS: Final = ("object", "basis", "statement", "remarks")


class Side(NamedTuple):
    """All that one side has said, in its order; nothing where it is silent."""

    party: str
    own: bool
    acts: list[Said]


class Shown(NamedTuple):
    """A position: who opened it with what, and both sides' words, the opener's first.

    ``head`` says whose claim it is and how sure. ``beside`` are positions in other cases: what it
    is about, and what is about it.
    """

    case: bytes
    channel: Channel
    subject: Wording | None
    standing: str
    claims: bool
    head: list[tuple[str, str]]
    sides: list[Side]
    beside: list[tuple[Related, Wording | None, str]]


def every(visit: Visit) -> Response:
    """All positions, the newest first."""
    found = listing.of(visit, Scope.POSITION)
    shown = (_shown(visit, view) for view in found.views)
    return visit.page(
        "positions.html",
        sees=found.sees,
        older=found.older,
        shown=[one for one in shown if one is not None],
        write=offers.opening(visit.desk, visit.officer, Scope.POSITION),
        only=False,
    )


def one(visit: Visit) -> Response:
    """One position."""
    view = listing.one(visit)
    shown = _shown(visit, view)
    if shown is None:
        return visit.go(f"/cases/{view.summary.row.case_id.hex()}")
    return visit.page(
        "positions.html",
        sees=True,
        older=None,
        shown=[shown],
        write=offers.in_case(visit.desk, visit.officer, shown.channel, shown.case),
        only=True,
    )


def _shown(visit: Visit, view: CaseView) -> Shown | None:
    """A position for the page; none where nothing in the case counts."""
    words, summary = visit.words, view.summary
    channel, substance = summary.channel, summary.state.substance
    if not isinstance(substance, Position):
        return None
    acts = said.every(words, view, *_TEXTS)
    opener = summary.state.opener or 0
    order = sorted(range(summary.state.members), key=lambda index: index != opener)
    linked = [*view.related, *([] if view.about is None else [view.about])]
    return Shown(
        summary.row.case_id,
        channel,
        wording.chosen(summary.subject, words.language),
        case_page.status(words, summary.state),
        substance.attribution is not None,
        position_page.claim(words, view, substance),
        [
            Side(
                member(words, channel, index),
                index == channel.own_index,
                [act for act in acts if act.author == index],
            )
            for index in order
        ],
        [
            (one, wording.chosen(one.subject, words.language), case_page.status(words, one.state))
            for one in linked
        ],
    )


# --- shares --------------------------------------------------------------------------------------


class Share(NamedTuple):
    """A share of a criminal case: what its page says of it."""

    case: bytes
    channel: Channel
    subject: Wording | None
    standing: str
    head: list[tuple[str, str]]
    blocks: list[Block]


def shares(visit: Visit) -> Response:
    """All shares of criminal cases, the newest first."""
    found = listing.of(visit, Scope.CASE_SHARE)
    shown = (_share(visit, view) for view in found.views)
    return visit.page(
        "shares.html",
        sees=found.sees,
        older=found.older,
        shown=[one for one in shown if one is not None],
        write=offers.opening(visit.desk, visit.officer, Scope.CASE_SHARE),
    )


def _share(visit: Visit, view: CaseView) -> Share | None:
    words, summary = visit.words, view.summary
    substance = summary.state.substance
    if not isinstance(substance, CaseShare):
        return None
    sheet = visit.sheet()
    share_page.render(sheet, view, substance)
    return Share(
        summary.row.case_id,
        summary.channel,
        wording.chosen(summary.subject, words.language),
        case_page.status(words, summary.state),
        share_page.head(words, summary, substance),
        sheet.blocks,
    )


PAGES: Final = (
    Page("/positions", every),
    Page("/positions/{case}", one),
    Page("/shares", shares),
)
