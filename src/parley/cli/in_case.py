"""What commands have in common that draft an act in a case, or that open one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final

from cyclopts import App, Parameter

from parley.cli import drafting, examples, options
from parley.cli.drafting import WORDING, Wording
from parley.cli.options import Acting
from parley.domain.act import ActType

CaseArgument = Annotated[
    str | None, Parameter(name="CASE", help="start of its number: 4 digits or more")
]
Many = Parameter(negative="", show_default=False)


@Parameter(name="*")
@dataclass(frozen=True)
class Opened:
    """Where a case is opened, and what other case it relates to."""

    channel: Annotated[
        str | None, Parameter(help="label, the other's code, or identifier; if several")
    ] = None
    about: Annotated[str | None, Parameter(help="case that it relates to")] = None


OPENED: Final = Opened()


def remarked(app: App, type_: ActType, name: str, purpose: str) -> None:
    """Add the command ``name``, which drafts an act with no more than remarks in it."""

    def command(
        case: CaseArgument = None,
        /,
        *,
        remarks: str | None = None,
        wording: Wording = WORDING,
        acting: Acting = options.ACTING,
    ) -> None:
        drafting.in_case(acting, type_, wording, {"remarks": remarks}, case)

    command.__doc__ = purpose
    app.command(command, name=name, help_epilogue=examples.of(f"{app.name[0]} {name}"))
