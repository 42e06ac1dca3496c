"""Officers, for the administrator: who is in service in which roles, and links to let them in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.responses import Response

from parley.application import channels, officers, sessions, sign_in
from parley.domain.access import Place
from parley.domain.roles import Role
from parley.domain.sign_in import Purpose
from parley.kernel import ids
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.presentation import acts
from parley.web import confirming
from parley.web.page import Page, posted
from parley.web.visit import Visit

if TYPE_CHECKING:
    from parley.application.officers import Officer


_CASE_BYTES: Final = 16


class Row:
    """An officer in the list; ``waiting`` is until when a link waits."""

    def __init__(self, visit: Visit, officer: Officer, waiting: int | None) -> None:
        words = visit.words
        self.officer = officer
        self.roles = [words.name(role) for role in sorted(officer.roles)]
        self.granted = [
            (
                words.name(one.role),
                acts.short(one.channel),
                None if one.case is None else acts.short(one.case),
                one,
            )
            for one in officer.granted
        ]
        self.own = officer.name == visit.officer
        self.waiting = waiting


def every(visit: Visit) -> Response:
    """All officers, and what an administrator does for them."""
    return _page(visit, None)


def _page(
    visit: Visit,
    error: ParleyError | None,
    made: sign_in.Link | None = None,
    field: str = "name",
) -> Response:
    # This asks whether the officer may, before anybody is listed.
    waiting = {row.officer: row.expires_at for row in sign_in.links(visit.desk, visit.officer)}
    found = officers.every(visit.desk)
    return visit.page(
        "officers.html",
        status=200 if error is None else 422,
        rows=[Row(visit, one, waiting.get(one.name)) for one in found],
        roles=[(role.value, visit.words.name(role)) for role in Role],
        made=made,
        url=None if made is None else made.url(visit.site.origin),
        given=visit.form.value("name"),
        ticked=frozenset(visit.form.every("role")),
        error=None if error is None else visit.translator.reason(error),
        field=field,
        channels=[
            (one.id, f"{one.peer.name(visit.words.language)} ({one.peer.text.code})")
            for one in channels.every(visit.desk)
        ],
        part={name: visit.form.value(name) for name in ("officer", "part", "channel", "case")},
    )


def add(visit: Visit) -> Response:
    """Take somebody into service, or give an officer other roles."""
    confirming.surely(visit)
    name, roles = visit.form.value("name").strip(), visit.form.every("role")
    if not roles:
        return _page(visit, ParleyError(Reason.ROLE_UNKNOWN))
    try:
        officers.add(visit.desk, name, roles, by=visit.officer)
    except ParleyError as error:
        return _page(visit, error)
    return visit.go("/officers")


def grant(visit: Visit) -> Response:
    """Give an officer a role in one channel, or in one case of it, and nowhere else."""
    confirming.surely(visit)
    form = visit.form
    try:
        name, role = form.value("officer"), form.value("part")
        officers.grant(visit.desk, name, role, _place(visit), by=visit.officer)
    except ParleyError as error:
        return _page(visit, error, field="granted")
    return visit.go("/officers")


def withdraw(visit: Visit) -> Response:
    """Take such a role away."""
    confirming.surely(visit)
    form = visit.form
    name, role = form.value("officer"), form.value("part")
    officers.withdraw(visit.desk, name, role, _place(visit), by=visit.officer)
    return visit.go("/officers")


def _place(visit: Visit) -> Place:
    """The channel, or the case of it, that a form names.

    :raises ParleyError: ``channel-unknown``, ``identifier-invalid``.
    """
    channel = visit.form.value("channel")
    if channel not in {one.id.hex() for one in channels.every(visit.desk)}:
        raise ParleyError(Reason.CHANNEL_UNKNOWN)
    case = visit.form.line("case")
    number = None if case is None else ids.parse_hex(case, _CASE_BYTES)
    return Place(bytes.fromhex(channel), case=number)


def link(visit: Visit) -> Response:
    """Make a one-time link, which stands on this one page and nowhere else."""
    confirming.surely(visit)
    name = visit.form.value("officer")
    try:
        made = sign_in.link(visit.desk, name, Purpose.SET_UP, by=visit.officer)
    except ParleyError as error:
        return _page(visit, error)
    return _page(visit, None, made)


def sign_out(visit: Visit) -> Response:
    """End all sessions of an officer."""
    confirming.surely(visit)
    sessions.revoke_all(visit.desk, visit.form.value("officer"), by=visit.officer)
    return visit.go("/officers")


def retire(visit: Visit) -> Response:
    """Take an officer out of service, whose sessions end at once."""
    confirming.surely(visit)
    officers.retire(visit.desk, visit.form.value("officer"), by=visit.officer)
    return visit.go("/officers")


PAGES: Final = (
    Page("/officers", every),
    posted("/officers/add", add),
    posted("/officers/grant", grant),
    posted("/officers/withdraw", withdraw),
    posted("/officers/link", link),
    posted("/officers/sign-out", sign_out),
    posted("/officers/retire", retire),
)
