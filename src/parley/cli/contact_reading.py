"""``parley contact list``, ``offices`` and ``key``: what directories say."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from parley.cli import access, options
from parley.cli import contact_naming as naming
from parley.cli.errors import UNVERIFIED
from parley.cli.options import Acting
from parley.cli.terminal import Terminal
from parley.presentation import contact_page


def contacts_list(
    numbers: naming.Numbers = None,
    /,
    *,
    channel: naming.Named = None,
    ours: naming.Ours = False,
    status: Annotated[
        tuple[str, ...],
        naming.Flag,
        Parameter(help="nominated, accepted, active, suspended, revoked"),
    ] = (),
    office: Annotated[int | None, Parameter(help="number of an office")] = None,
    level: naming.Level = None,
    page: Annotated[int, Parameter(help=f"{naming.PAGE} contacts each")] = 1,
    acting: Acting = options.ACTING,
) -> None:
    """List the contacts of a directory, a page at a time, with their records."""
    from parley.application import contacts
    from parley.domain import ranges

    output = Terminal(acting)
    statuses = tuple(naming.status_of(one) for one in status)
    with access.opened(acting, output) as desk:
        directory = naming.directory_of(desk, acting, channel, ours=ours)
        found = contacts.select(directory, statuses, office, level)
        if numbers is not None:
            found = ranges.common(found, naming.numbers_of(numbers, directory))
        wanted = ranges.part(found, (max(page, 1) - 1) * naming.PAGE, naming.PAGE)
        shown = contacts.contacts(desk, directory, wanted)
        names = contacts.places(desk, directory)
        today = contact_page.day(desk.clock())
    total = ranges.size(found)
    output.emit(
        contact_page.plain_list(directory, shown, total, page),
        lambda: contact_page.render_list(output, directory, shown, names, total, page, today),
    )


def offices(
    *, channel: naming.Named = None, ours: naming.Ours = False, acting: Acting = options.ACTING
) -> None:
    """List the offices of a directory: deputies, contacts, who answers for each."""
    from parley.application import contacts

    output = Terminal(acting)
    with access.opened(acting, output) as desk:
        directory = naming.directory_of(desk, acting, channel, ours=ours)
        found = contacts.places(desk, directory)
    output.emit(
        contact_page.plain_places(directory, found),
        lambda: contact_page.render_places(output, found),
    )


def key(
    fingerprint: Annotated[str, Parameter(name="FINGERPRINT")],
    /,
    *,
    channel: naming.Named = None,
    acting: Acting = options.ACTING,
) -> int:
    """Say whose key this is, and whether what comes under it counts.

    For messages that come outside Parley. What comes under the key of a revoked
    contact is to be kept apart and not acted upon; it is never thrown away.
    """
    from parley.application import contacts

    output = Terminal(acting)
    with access.opened(acting, output) as desk:
        directory = naming.directory_of(desk, acting, channel, ours=False)
        found = contacts.with_key(desk, directory, fingerprint)
        today = contact_page.day(desk.clock())
    output.emit(
        contact_page.plain_key(directory, found),
        lambda: contact_page.render_key(output, directory, found, today),
    )
    return 0 if contact_page.in_office(found) else UNVERIFIED
