"""``parley filter``: what an officer asks of the list of cases again and again."""

from __future__ import annotations

import shlex
from typing import Annotated

from cyclopts import App, Parameter

from parley.cli import access, examples, filtering, options
from parley.cli.filtering import ASKED, Asked
from parley.cli.options import Acting
from parley.cli.terminal import Terminal

Name = Annotated[str, Parameter(name="NAME", help="what the filter is called")]

app = App(name="filter", help="Filters of the list of cases, each officer's own.")


@app.command(help_epilogue=examples.of("filter save"))
def save(name: Name, /, *, asked: Asked = ASKED, acting: Acting = options.ACTING) -> None:
    """Keep what a list of cases is to have under a name, in place of one that has it.

    A filter is the officer's own, and stands sealed in the database.
    """
    from parley.application import filters

    output = Terminal(acting)
    officer = options.officer_of(acting)
    with access.opened(acting, output) as desk:
        made = filtering.made(desk, asked)
        filters.save(desk, officer, name, made)
        plain = {"name": name, "filter": filtering.options_of(desk, made)}
    output.emit(plain, lambda: output.next_steps(f"parley case list --filter {shlex.quote(name)}"))


@app.command(name="list", help_epilogue=examples.of("filter list"))
def list_(*, acting: Acting = options.ACTING) -> None:
    """List the officer's filters."""
    from parley.application import filters

    output = Terminal(acting)
    officer = options.officer_of(acting)
    with access.opened(acting, output) as desk:
        kept = [
            (one.name, filtering.options_of(desk, one.filter))
            for one in filters.every(desk, officer)
        ]

    def render() -> None:
        if not kept:
            output.say(output.text("There is no filter yet."))
            output.next_steps("parley filter save mine --open --due")
            return
        output.table(
            [output.text("Filter"), output.text("What it asks for")],
            [
                [
                    output.foreign(name),
                    output.foreign(
                        " ".join(
                            f"--{option}" if value is True else f"--{option} {value}"
                            for option, value in asked.items()
                        )
                    ),
                ]
                for name, asked in kept
            ],
        )

    output.emit([{"name": name, "filter": asked} for name, asked in kept], render)


@app.command(help_epilogue=examples.of("filter remove"))
def remove(name: Name, /, *, acting: Acting = options.ACTING) -> None:
    """Remove a filter of the officer's."""
    from parley.application import filters

    output = Terminal(acting)
    officer = options.officer_of(acting)
    with access.opened(acting, output) as desk:
        filters.remove(desk, officer, name)
    output.emit({"name": name}, lambda: output.say(output.text("The filter is gone.")))
