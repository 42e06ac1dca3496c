"""Offices, for the administrator: who holds them, when they work, how deadlines are watched."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.responses import Response

from parley.application import holidays, offers, officers, offices
from parley.domain.act import Precedence
from parley.domain.calendar import ALWAYS, SpecialDay, Timetable
from parley.domain.posts import Post
from parley.domain.roles import Duty
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.language.marks import N_
from parley.presentation import acts, clock_page, office_page
from parley.web import brought
from parley.web.page import Page, posted
from parley.web.visit import Visit

if TYPE_CHECKING:
    from collections.abc import Callable

    from parley.application.offices import Settled

_HELD: Final = {
    Post.HOLDER: N_("Holders"),
    Post.DEPUTY: N_("Deputies"),
    Post.HEAD: N_("Heads"),
}
_TYPED: Final = ("officer", "post", "week", "zone", "days", "name", "of-day")
_STEPS: Final = ("before", "deputy", "head", "next")


class _Row:
    """An office on the page. ``days`` may be taken out again: the special ones that are to come."""

    def __init__(self, visit: Visit, one: Settled) -> None:
        words = visit.words
        self.office = one
        self.name = office_page.name(words, one)
        self.rows = office_page.hours_rows(words, one, visit.now)
        self.posts = [
            (post.value, words.text(label), one.posts.posts.get(post, ()))
            for post, label in _HELD.items()
        ]
        self.week = office_page.week_lines(one.timetable.week)
        self.always = one.timetable.week == ALWAYS.week


class _Plan:
    """How deadlines of a precedence are watched, as it is typed."""

    def __init__(self, visit: Visit, precedence: Precedence) -> None:
        plan = offices.plans(visit.desk)[precedence]
        self.value = int(precedence)
        self.label = visit.words.name(acts.precedence(precedence))
        self.before = office_page.lengths(plan.before)
        self.deputy, self.head, self.next = (
            office_page.length(one) for one in (plan.deputy, plan.head, plan.next_channel)
        )
        self.any_hour = plan.any_hour


def every(visit: Visit) -> Response:
    """All offices of our letter, with what the house has settled of each."""
    return _page(visit)


def _page(visit: Visit, error: ParleyError | None = None, field: str = "") -> Response:
    if not offers.may(visit.desk, visit.officer, Duty.ADMINISTER):
        raise ParleyError(Reason.ROLE_FORBIDS, duty=Duty.ADMINISTER.value)
    rows = [_Row(visit, one) for one in offices.every(visit.desk)]
    sheet = visit.sheet()
    clock_page.render_plans(sheet, offices.plans(visit.desk))
    return visit.page(
        "offices.html",
        status=200 if error is None else 422,
        error=None if error is None else visit.translator.reason(error),
        field=field,
        given={name: visit.form.value(name) for name in (*_TYPED, *_STEPS)},
        rows=rows,
        names={row.office.id: row.name for row in rows},
        officers=[one.name for one in officers.every(visit.desk) if one.active],
        posts=[(post.value, visit.words.name(f"post-{post.value}")) for post in Post],
        blocks=sheet.blocks,
        plans=[_Plan(visit, precedence) for precedence in Precedence],
    )


def put(visit: Visit) -> Response:
    """Put an officer into a post of an office."""

    def change(office: bytes) -> None:
        offices.put(visit.desk, office, _post(visit), visit.form.value("officer"), by=visit.officer)

    return _changed(visit, "put", change)


def leave(visit: Visit) -> Response:
    """Take an officer out of a post of an office."""

    def change(office: bytes) -> None:
        name = visit.form.value("officer")
        offices.leave(visit.desk, office, _post(visit), name, by=visit.officer)

    return _changed(visit, "put", change)


def follow(visit: Visit) -> Response:
    """Name the office whose holders are told last."""

    def change(office: bytes) -> None:
        following = _known(visit, visit.form.value("next")) if visit.form.line("next") else None
        offices.set_following(visit.desk, office, following, by=visit.officer)

    return _changed(visit, "next", change)


def hours(visit: Visit) -> Response:
    """Set the time zone and the hours of a week; the special days stay."""
    form = visit.form

    def change(office: bytes) -> None:
        known = next(one for one in offices.every(visit.desk) if one.id == office).timetable
        lines = [line for line in form.value("week").splitlines() if line.strip()]
        week = ALWAYS.week if "always" in form else office_page.week(lines)
        table = Timetable(form.value("zone").strip(), week, known.special)
        offices.set_timetable(visit.desk, office, table, by=visit.officer)

    return _changed(visit, "hours", change)


def add_days(visit: Visit) -> Response:
    """Add a holiday, or days with hours of their own."""
    form = visit.form

    def change(office: bytes) -> None:
        first, last = office_page.days(form.value("days"))
        spans, name = office_page.hours(form.value("of-day").strip()), form.value("name").strip()
        wanted = [SpecialDay(day, spans, name) for day in range(first, last + 1)]
        offices.add_days(visit.desk, office, wanted, by=visit.officer)

    return _changed(visit, "days", change)


def import_days(visit: Visit) -> Response:
    """Add the holidays of a file."""

    def change(office: bytes) -> None:
        days = holidays.read(brought.file_in(visit.form, "file"), visit.now)
        offices.add_days(visit.desk, office, days, by=visit.officer)

    return _changed(visit, "file", change)


def remove_days(visit: Visit) -> Response:
    """Make special days like any other again."""

    def change(office: bytes) -> None:
        first, last = office_page.days(visit.form.value("days"))
        offices.remove_days(visit.desk, office, first, last, by=visit.officer)

    return _changed(visit, "removed", change)


def watch(visit: Visit) -> Response:
    """Settle how deadlines of one precedence are watched."""
    form = visit.form
    number = form.value("precedence")
    try:
        precedence = next(one for one in Precedence if str(int(one)) == number)
    except StopIteration as error:
        raise ParleyError(Reason.FORM_INVALID, name="precedence") from error
    try:
        wanted = None
        if "default" not in form:
            before, deputy, head, next_channel = (form.line(name) for name in _STEPS)
            wanted = office_page.plan(
                offices.plans(visit.desk)[precedence],
                before=before,
                deputy=deputy,
                head=head,
                next_channel=next_channel,
                any_hour="any-hour" in form,
            )
        offices.set_plan(visit.desk, precedence, wanted, by=visit.officer)
    except ParleyError as error:
        return _again(visit, error, f"before-{number}")
    return visit.go("/offices#plans")


def _changed(visit: Visit, field: str, change: Callable[[bytes], None]) -> Response:
    """Do it to the office that the form names; where it fails, the page with what was typed."""
    office = _known(visit, visit.form.value("office"))
    try:
        change(office)
    except ParleyError as error:
        return _again(visit, error, f"{field}-{office.hex()}")
    return visit.go(f"/offices#office-{office.hex()}")


def _again(visit: Visit, error: ParleyError, field: str) -> Response:
    if error.reason in {Reason.ROLE_FORBIDS, Reason.OFFICER_NOT_NAMED}:
        raise error
    return _page(visit, error, field)


def _known(visit: Visit, text: str) -> bytes:
    """An office of ours by its identifier.

    :raises ParleyError: ``form-invalid``.
    """
    for one in visit.desk.letter.text.offices:
        if one.id.hex() == text:
            return one.id
    raise ParleyError(Reason.FORM_INVALID, name="office")


def _post(visit: Visit) -> Post:
    try:
        return Post(visit.form.value("post"))
    except ValueError as error:
        raise ParleyError(Reason.FORM_INVALID, name="post") from error


PAGES: Final[tuple[Page, ...]] = (
    Page("/offices", every),
    posted("/offices/put", put),
    posted("/offices/leave", leave),
    posted("/offices/follow", follow),
    posted("/offices/hours", hours),
    posted("/offices/days", add_days),
    Page("/offices/days/file", import_days, ("POST",), reader=brought.reader(holidays.FILE_BYTES)),
    posted("/offices/days/remove", remove_days),
    posted("/offices/plans", watch),
)
