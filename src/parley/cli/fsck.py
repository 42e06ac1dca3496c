"""``parley fsck``: every byte of the record verified again, every view built anew and compared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from parley.cli import access, errors, options
from parley.cli.options import Opening
from parley.cli.progress import Bar
from parley.cli.terminal import Terminal
from parley.presentation import acts

if TYPE_CHECKING:
    from parley.application.audit import Checked


def fsck(
    *,
    rebuild: Annotated[
        bool,
        Parameter(
            negative="", show_default=False, help="first build all views from the record anew"
        ),
    ] = False,
    opening: Opening = options.OPENING,
) -> int:
    """Check the whole record: signatures, chains, trees, proofs, bodies, views.

    Nothing is repaired but views, and those with --rebuild only: they follow
    from the record. The exit code is 3 where anything does not hold.
    """
    from parley.application import audit

    output = Terminal(opening)
    with access.opened(opening, output) as desk:
        if rebuild:
            audit.rebuild(desk)
        with Bar(output.text("Checking"), audit.size(desk)) as bar:
            checked = audit.fsck(desk, bar.step)
    plain = {
        "ok": not checked.faults,
        "channels": checked.channels,
        "statements": checked.statements,
        "rebuilt": rebuild,
        "faults": [
            {"channel": fault.channel.hex(), "place": fault.place, "reason": fault.reason.value}
            for fault in checked.faults
        ],
    }
    output.emit(plain, lambda: _render(output, checked))
    return errors.UNVERIFIED if checked.faults else errors.DONE


def _render(output: Terminal, checked: Checked) -> None:
    output.say(
        output.plural(
            "{n} statement was checked.", "{n} statements were checked.", checked.statements
        )
    )
    if not checked.faults:
        output.say(output.text("The record holds, and every view follows from it."), style="green")
        return
    output.say(
        output.plural("{n} fault was found:", "{n} faults were found:", len(checked.faults)),
        style="bold red",
    )
    output.table(
        [output.text("Channel"), output.text("Place"), output.text("What is wrong")],
        [
            [acts.short(fault.channel), fault.place, acts.said(output, fault.reason.value)]
            for fault in checked.faults
        ],
    )
    output.say(
        output.text("Views are mended by parley fsck --rebuild; for all else, restore a backup.")
    )
