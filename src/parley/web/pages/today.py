"""Today: what waits for me, what waits for them, and how each channel stands; nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.responses import Response

from parley.application import audit, channels, draft_doing, inbox
from parley.application import today as days
from parley.application.draft_doing import Which
from parley.domain.shape import ClockKind
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.presentation import acts, channel_page, clock_page, draft_page
from parley.store.deadlines import NEVER
from parley.web import clock
from parley.web.page import Page
from parley.web.visit import Visit

if TYPE_CHECKING:
    from parley.application.channels import Standing
    from parley.application.today import Waiting

_SHOWN: Final = 50
_UNOPENED: Final = 20
_DRAFTS: Final = 20


def today(visit: Visit) -> Response:
    """The first page."""
    return visit.page(
        "today.html",
        unopened=_unopened(visit),
        drafts=[
            (view, draft_page.stage(visit.words, view))
            for view in draft_doing.under_way(
                visit.desk, visit.officer, Which.WAITING, count=_DRAFTS
            ).views
        ],
        ours=_waiting(visit, ours=True),
        theirs=_waiting(visit, ours=False),
        logs=audit.readable(visit.desk, visit.officer) or frozenset(),
        channels=[Band(visit, one) for one in channels.standings(visit.desk)],
    )


def _unopened(visit: Visit) -> tuple[list[inbox.Waiting], bool]:
    """What came and nobody has opened, the most urgent first, as far as the officer receives."""
    try:
        page = inbox.unopened(visit.desk, visit.officer, count=_UNOPENED)
    except ParleyError as error:
        if error.reason is not Reason.ROLE_FORBIDS:
            raise
        return [], False
    urgent = sorted(page.waiting, key=lambda one: -one.view.statement.act.precedence)
    return urgent, page.more


def _waiting(visit: Visit, *, ours: bool) -> tuple[list[Row], bool] | None:
    """What waits, the first deadline first; none for whoever sees no case."""
    try:
        page = days.waiting(visit.desk, visit.officer, ours=ours, count=_SHOWN)
    except ParleyError as error:
        if error.reason is not Reason.ROLE_FORBIDS:
            raise
        return None
    return [Row(visit, one) for one in page.waiting], page.more


class Row:
    """One thing that waits, as the page shows it."""

    def __init__(self, visit: Visit, waiting: Waiting) -> None:
        words, row = visit.words, waiting.row
        self.waiting = waiting
        self.row = row
        self.subject = next(
            (
                (tag, waiting.subject[tag])
                for tag in (words.language, "en", *waiting.subject)
                if tag in waiting.subject
            ),
            None,
        )
        ending = ClockKind(row.kind)
        self.due = (
            None if row.due_at == NEVER else clock.of(words, row.due_at, ending, now=visit.now)
        )
        self.clock = words.text(clock_page.CLOCKS[row.clock])
        self.precedence = acts.precedence(row.precedence)
        self.office_works = waiting.closed is None


class Band:
    """How one channel stands, as the page shows it."""

    def __init__(self, visit: Visit, standing: Standing) -> None:
        peer, sheet = standing.channel.peer, visit.sheet()
        self.standing = standing
        self.name = f"{peer.name(visit.words.language)} ({peer.text.code})"
        self.state = channel_page.state(visit.words, standing.state)
        self.under_way = standing.own - standing.receipted
        channel_page.render_trouble(sheet, standing)
        self.trouble = sheet.blocks


PAGES: Final = (Page("/", today),)
