"""``parley contact check``, ``answer`` and ``checks``: signs of life, asked for and given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from parley.cli import access, options
from parley.cli import contact_naming as naming
from parley.cli.options import Acting
from parley.cli.terminal import Terminal
from parley.domain.types.contacts import SCENARIOS
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.presentation import contact_check_page, draft_page

if TYPE_CHECKING:
    from parley.application.contacts import Directory
    from parley.record.statement import Statement


def check(
    *,
    channel: naming.Named = None,
    scenario: Annotated[str, Parameter(help=", ".join(SCENARIOS))] = SCENARIOS[0],
    office: Annotated[int | None, Parameter(help="number of the office that is meant")] = None,
    schedule: Annotated[
        bool,
        naming.Flag,
        Parameter(help="only where one is due, in every channel; then say what is next"),
    ] = False,
    acting: Acting = options.ACTING,
) -> None:
    """Ask the other side's offices for a sign of life; the duty officer does it alone.

    It is due every six months, and to be answered within 24 hours. With
    --schedule it can be run every day.
    """
    from parley.application import contact_checks, contacts

    output = Terminal(acting)
    officer = options.officer_of(acting)
    if scenario not in SCENARIOS:
        raise ParleyError(
            Reason.ARGUMENT_INVALID,
            value=scenario,
            name="--scenario",
            choices=", ".join(SCENARIOS),
        )
    with access.opened(acting, output) as desk:
        if schedule:
            rows = contact_checks.by_schedule(desk, officer, scenario)
            now = desk.clock()
        else:
            directory = contacts.find(desk, officer, naming.channel_of(desk, channel), own=False)
            statement = contact_checks.check(desk, officer, directory, scenario, office)
    if schedule:
        output.emit(
            contact_check_page.plain_schedule(rows),
            lambda: contact_check_page.render_schedule(output, rows, now),
        )
        return
    _released(output, statement, directory)


def answer(*, channel: naming.Named = None, acting: Acting = options.ACTING) -> None:
    """Answer the other side's newest communication check; the duty officer does it alone."""
    from parley.application import contact_checks, contacts

    output = Terminal(acting)
    officer = options.officer_of(acting)
    with access.opened(acting, output) as desk:
        directory = contacts.find(desk, officer, naming.channel_of(desk, channel), own=True)
        statement = contact_checks.answer(desk, officer, directory)
    _released(output, statement, directory)


def checks(
    *, channel: naming.Named = None, ours: naming.Ours = False, acting: Acting = options.ACTING
) -> None:
    """List the communication checks of a directory: answered, late, failed; and count them."""
    from parley.application import contact_checks

    output = Terminal(acting)
    with access.opened(acting, output) as desk:
        directory = naming.directory_of(desk, acting, channel, ours=ours)
        found = contact_checks.checks(desk, directory)
        now = desk.clock()
    output.emit(
        contact_check_page.plain_checks(found, now),
        lambda: contact_check_page.render_checks(output, found, now),
    )


def _released(output: Terminal, statement: Statement, directory: Directory) -> None:
    code = directory.channel.peer.text.code
    output.emit(
        draft_page.plain_released(statement),
        lambda: draft_page.render_released(output, statement, code),
    )
