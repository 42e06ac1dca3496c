"""``parley officer``: who works at the desk, and in which roles."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any, Final

from cyclopts import App, Parameter

from parley.cli import access, examples, options
from parley.cli.options import Acting, Opening
from parley.cli.terminal import Terminal
from parley.domain.access import Place
from parley.domain.roles import Role
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.presentation import acts, browsers, views

if TYPE_CHECKING:
    from parley.application.desk import Desk
    from parley.application.officers import Officer
    from parley.application.sessions import Session
    from parley.application.sign_in import Link

# As parley.application.officers has it: a new desk checks its officers before it exists.
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}", re.ASCII)

app = App(
    name="officer",
    help="The officers of the house and their roles.",
    help_epilogue="Roles: " + ", ".join(role.value for role in Role) + ".",
)


@app.command(help_epilogue=examples.of("officer add"))
def add(
    name: Annotated[str, Parameter(help="sign-in name: small letters and digits")],
    roles: Annotated[str, Parameter(help="roles, separated by commas")],
    /,
    *,
    acting: Acting = options.ACTING,
) -> None:
    """Add an officer, or give one other roles in the whole house.

    Roles: duty-officer (acknowledges), drafter, technical-analyst,
    legal-reviewer (clears), authoriser, contacts-custodian, auditor,
    administrator. Nobody clears or authorises a text of their own, so a house
    needs three persons: a drafter, a legal reviewer and an authoriser. Once there
    is an administrator, an administrator does this, and names themselves.
    """
    from parley.application import officers

    output = Terminal(acting)
    wanted = _split(roles)
    with access.opened(acting, output) as desk:
        officer = officers.add(desk, name, wanted, by=options.officer_if_named(acting))
    output.emit(
        views.officer(officer),
        lambda: output.say(
            output.text(
                "{name} is in service as {roles}.",
                name=officer.name,
                roles=output.names(sorted(officer.roles)),
            )
        ),
    )


@app.command(name="list", help_epilogue=examples.of("officer list"))
def list_(*, opening: Opening = options.OPENING) -> None:
    """List all officers, retired ones too."""
    from parley.application import officers

    output = Terminal(opening)
    with access.opened(opening, output) as desk:
        every = officers.every(desk)
    output.emit([views.officer(one) for one in every], lambda: _render(output, every))


@app.command(help_epilogue=examples.of("officer retire"))
def retire(
    name: Annotated[str, Parameter(help="sign-in name")],
    /,
    *,
    acting: Acting = options.ACTING,
) -> None:
    """Take all rights from an officer; what was done stays on record."""
    from parley.application import officers

    output = Terminal(acting)
    with access.opened(acting, output) as desk:
        officers.retire(desk, name, by=options.officer_if_named(acting))
    output.emit(
        {"name": name, "active": False},
        lambda: output.say(output.text("{name} is no longer in service.", name=name)),
    )


@app.command(help_epilogue=examples.of("officer grant"))
def grant(
    name: Annotated[str, Parameter(help="sign-in name")],
    role: Annotated[str, Parameter(help="one role")],
    /,
    *,
    channel: Annotated[str | None, Parameter(help="label, the other's code, or identifier")] = None,
    case: Annotated[str | None, Parameter(help="only in this case: its whole number")] = None,
    acting: Acting = options.ACTING,
) -> None:
    """Give an officer a role in one channel, or in one case of it, and nowhere else.

    An auditor to whom a case is given this way may read it.
    """
    from parley.application import officers

    output = Terminal(acting)
    with access.opened(acting, output) as desk:
        place = _place(desk, channel, case)
        by = options.officer_if_named(acting)
        officer = officers.grant(desk, name, role, place, by=by)
    _show_grant(output, officer)


@app.command(help_epilogue=examples.of("officer withdraw"))
def withdraw(
    name: Annotated[str, Parameter(help="sign-in name")],
    role: Annotated[str, Parameter(help="one role")],
    /,
    *,
    channel: Annotated[str | None, Parameter(help="label, the other's code, or identifier")] = None,
    case: Annotated[str | None, Parameter(help="only in this case: its whole number")] = None,
    acting: Acting = options.ACTING,
) -> None:
    """Take a role away that an officer was given in one channel or case."""
    from parley.application import officers

    output = Terminal(acting)
    with access.opened(acting, output) as desk:
        place = _place(desk, channel, case)
        by = options.officer_if_named(acting)
        officer = officers.withdraw(desk, name, role, place, by=by)
    _show_grant(output, officer)


@app.command(help_epilogue=examples.of("officer link"))
def link(
    name: Annotated[str, Parameter(help="sign-in name")],
    /,
    *,
    only_once: Annotated[
        bool,
        Parameter(
            name="--sign-in",
            negative="",
            show_default=False,
            help="only to come in this once, not to set up a password or passkey",
        ),
    ] = False,
    acting: Acting = options.ACTING,
) -> None:
    """Make a one-time link with which an officer comes in through a browser.

    It is shown once, opens for a day, and takes the place of an earlier one. Give
    it to that officer alone: whoever opens it first is that officer to the desk.
    The house record keeps who made it.
    """
    from parley.application import sign_in
    from parley.domain.sign_in import Purpose

    output = Terminal(acting)
    purpose = Purpose.SIGN_IN if only_once else Purpose.SET_UP
    with access.opened(acting, output) as desk:
        made = sign_in.link(desk, name, purpose, by=options.officer_if_named(acting))
    origin = _web_origin(acting)
    url = None if origin is None else made.url(origin)
    plain = {
        "officer": made.officer,
        "purpose": made.purpose.value,
        "link": url,
        "token": made.token,
        "expires_at": made.expires_at,
    }
    output.emit(plain, lambda: _show_link(output, made, url))


def _web_origin(acting: Acting) -> str | None:
    """Where browsers reach the desk, if that is known while it is not served."""
    from parley.node import config

    section = config.load(options.folder_of(acting)).web
    if section is None or (section.origin is None and not section.port):
        return None
    return section.origin_at(section.port)


def _show_link(output: Terminal, made: Link, url: str | None) -> None:
    output.say(
        output.text(
            "{name} comes in once with this link, until {time}:",
            name=made.officer,
            time=output.time(made.expires_at),
        )
    )
    if url is not None:
        output.say(url, indent=4)
        return
    from parley.application import sign_in

    output.say(made.token, indent=4)
    output.say(
        output.text(
            "It is typed where the web desk asks for it, at {path}: the configuration does not say "
            "where browsers reach the desk.",
            path=sign_in.LINK_PATH,
        )
    )


@app.command(name="sessions", help_epilogue=examples.of("officer sessions"))
def sessions_(
    name: Annotated[str, Parameter(help="sign-in name")],
    /,
    *,
    acting: Acting = options.ACTING,
) -> None:
    """List where an officer is signed in at a browser."""
    from parley.application import sessions

    output = Terminal(acting)
    with access.opened(acting, output) as desk:
        found = sessions.every(desk, name, by=options.officer_if_named(acting))
    output.emit([_plain_session(one) for one in found], lambda: _sessions(output, name, found))


def _plain_session(one: Session) -> dict[str, Any]:
    return {
        "session": one.name,
        "way": one.way.value,
        "browser": one.agent,
        "made_at": one.made_at,
        "seen_at": one.seen_at,
        "confirmed_at": one.confirmed_at,
        "ends_at": one.ends_at,
    }


def _sessions(output: Terminal, name: str, found: list[Session]) -> None:
    if not found:
        output.say(output.text("{name} is not signed in at any browser.", name=name))
        return
    output.table(
        [
            output.text("Session"),
            output.text("Signed in with"),
            output.text("Since"),
            output.text("Last used"),
            output.text("Browser"),
        ],
        [
            [
                one.name,
                output.name(one.way),
                output.time(one.made_at),
                output.time(one.seen_at),
                browsers.short(one.agent),
            ]
            for one in found
        ],
    )


@app.command(name="sign-out", help_epilogue=examples.of("officer sign-out"))
def sign_out(
    name: Annotated[str, Parameter(help="sign-in name")],
    /,
    *,
    acting: Acting = options.ACTING,
) -> None:
    """End all sessions of an officer at browsers."""
    from parley.application import sessions

    output = Terminal(acting)
    with access.opened(acting, output) as desk:
        count = sessions.revoke_all(desk, name, by=options.officer_if_named(acting))
    output.emit(
        {"name": name, "ended": count},
        lambda: output.say(
            output.plural("{n} session has ended.", "{n} sessions have ended.", count)
        ),
    )


def _place(desk: Desk, channel: str | None, case: str | None) -> Place:
    """Where a role is given. Nothing is looked up about the case: an administrator reads none."""
    from parley.application import channels
    from parley.kernel import ids

    number = None if case is None else ids.parse_hex(case, 16)
    return Place(channels.find(desk, channel).id, number)


def _show_grant(output: Terminal, officer: Officer) -> None:
    output.emit(
        views.officer(officer),
        lambda: output.say(
            output.text("{name}: {roles}.", name=officer.name, roles=_roles(output, officer))
        ),
    )


def _roles(output: Terminal, officer: Officer) -> str:
    """All roles of an officer, with the places of those that are not held everywhere."""
    parts = [output.name(role) for role in sorted(officer.roles)]
    for one in officer.granted:
        role, channel = output.name(one.role), acts.short(one.channel)
        if one.case is None:
            parts.append(output.text("{role} in channel {channel}", role=role, channel=channel))
        else:
            parts.append(output.text("{role} in case {case}", role=role, case=acts.short(one.case)))
    return output.translator.join(parts)


def parse_officer(given: str) -> tuple[str, str]:
    """A name and its roles (separated by spaces) from ``NAME:ROLE[,ROLE]``.

    :raises ParleyError: ``officer-name-invalid``, ``role-unknown``.
    """
    from parley.application import officers

    name, _, roles = given.partition(":")
    if not _NAME.fullmatch(name):
        raise ParleyError(Reason.OFFICER_NAME_INVALID)
    return name, " ".join(sorted(officers.parse_roles(_split(roles))))


def _split(roles: str) -> list[str]:
    """The roles in ``a,b``.

    :raises ParleyError: ``role-unknown`` where there is none.
    """
    found = [role.strip() for role in roles.split(",") if role.strip()]
    if not found:
        raise ParleyError(Reason.ROLE_UNKNOWN)
    return found


def _render(output: Terminal, every: list[Officer]) -> None:
    if not every:
        output.say(output.text("No officer has been added yet."))
        output.next_steps("parley officer add anna drafter")
        return
    output.table(
        [output.text("Officer"), output.text("Roles"), output.text("In service")],
        [
            [
                officer.name,
                _roles(output, officer),
                output.text("yes") if officer.active else output.text("no"),
            ]
            for officer in every
        ],
    )
