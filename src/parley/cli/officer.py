"""``parley officer``: who works at the desk, and in which roles."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Final

from cyclopts import App, Parameter

from parley.cli import access, examples, options
from parley.cli.options import Acting, Opening
from parley.cli.terminal import Terminal
from parley.domain.access import Place
from parley.domain.roles import Role
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.presentation import acts, views

if TYPE_CHECKING:
    from parley.application.desk import Desk
    from parley.application.officers import Officer

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
