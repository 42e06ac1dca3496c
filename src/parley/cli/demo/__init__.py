"""``parley demo``: two desks replay the story and prove it to a third party."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from parley.cli import options
from parley.cli.options import Reader


def demo(
    *,
    exit_at_end: Annotated[
        bool,
        Parameter(
            name="--exit",
            negative="",
            show_default=False,
            help="end by itself; do not leave the desks up",
        ),
    ] = False,
    keep: Annotated[
        Path | None, Parameter(help="new folder that everything is kept in; else nothing is")
    ] = None,
    reader: Reader = options.READER,
) -> int:
    """Two desks replay the story of 2016 and 2017 and prove it to a third party.

    Each desk is a process of its own with its own folder and keys. They
    exchange letters, open a channel over HTTP on loopback and replay every
    event of which two public documents of 2017 tell: an inquiry, attributions
    and denials, meetings, proposals, an expulsion, a recusal; what the
    documents do not tell is marked as illustration. Each side exports
    dossiers; a process with no access to either desk verifies them, and
    refuses forged copies.

    At a terminal the desks stay up until Ctrl-C. Without one, with --exit or
    with --json it ends by itself. The exit code is 3 where anything was not
    verified as it must be.
    """
    from parley.cli.demo import driver
    from parley.cli.terminal import Terminal

    stay = not exit_at_end and not reader.json and sys.stdout.isatty()
    return driver.run(Terminal(reader), keep=keep, stay=stay)
