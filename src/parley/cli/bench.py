"""``parley bench``: this machine measured, ours beside bare loops."""

from __future__ import annotations

from typing import Annotated, Literal

from cyclopts import Parameter

from parley.cli import options
from parley.cli.options import Reader

Part = Literal[
    "dossier", "append", "delivery", "processes", "lists", "search", "attachments", "web"
]


def bench(
    *,
    full: Annotated[
        bool, Parameter(negative="", show_default=False, help="at full size, which takes longer")
    ] = False,
    only: Annotated[
        tuple[Part, ...],
        Parameter(
            negative="",
            show_default=False,
            help="only this part; all if absent (those after delivery: with --full)",
        ),
    ] = (),
    reader: Reader = options.READER,
) -> int:
    """Measure dossiers, appending and delivery against bare loops, in one run.

    Ratios say more than times: both sides of each are measured on this machine,
    in the same run. The exit code is 1 where a bound is not held.
    """
    from parley.bench import main
    from parley.cli.terminal import Terminal

    output = Terminal(reader)
    return main.run(output.translator, full=full, as_json=output.json, only=only)
