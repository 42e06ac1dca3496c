"""``parley officer``: who works at the desk, and in which roles."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Final

from cyclopts import App, Parameter

from parley.cli import access, examples, options, views
from parley.cli.options import Opening
from parley.cli.output import Output
from parley.domain.roles import Role
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason

if TYPE_CHECKING:
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
    opening: Opening = options.OPENING,
) -> None:
    """Add an officer, or give one other roles.

    Roles: duty-officer (acknowledges), drafter, technical-analyst,
    legal-reviewer (clears), authoriser, contacts-custodian, auditor,
    administrator. Nobody clears or authorises a text of their own, so a house
    needs three persons: a drafter, a legal reviewer and an authoriser.
    """
    from parley.application import officers

    output = Output(opening)
    wanted = _split(roles)
    with access.opened(opening, output) as desk:
        officer = officers.add(desk, name, wanted)
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

    output = Output(opening)
    with access.opened(opening, output) as desk:
        every = officers.every(desk)
    output.emit([views.officer(one) for one in every], lambda: _render(output, every))


@app.command(help_epilogue=examples.of("officer retire"))
def retire(
    name: Annotated[str, Parameter(help="sign-in name")],
    /,
    *,
    opening: Opening = options.OPENING,
) -> None:
    """Take all rights from an officer; what was done stays on record."""
    from parley.application import officers

    output = Output(opening)
    with access.opened(opening, output) as desk:
        officers.retire(desk, name)
    output.emit(
        {"name": name, "active": False},
        lambda: output.say(output.text("{name} is no longer in service.", name=name)),
    )


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


def _render(output: Output, every: list[Officer]) -> None:
    if not every:
        output.say(output.text("No officer has been added yet."))
        output.next_steps("parley officer add anna drafter")
        return
    output.table(
        [output.text("Officer"), output.text("Roles"), output.text("In service")],
        [
            [
                officer.name,
                output.names(sorted(officer.roles)),
                output.text("yes") if officer.active else output.text("no"),
            ]
            for officer in every
        ],
    )
