"""``parley case number``, ``label`` and ``classify``: what the house has of a case for itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, Parameter

from parley.cli import access, examples, options
from parley.cli.options import Acting
from parley.cli.terminal import Terminal
from parley.presentation import registered

if TYPE_CHECKING:
    from parley.application.desk import Desk
    from parley.record.channel import Channel

CaseArgument = Annotated[str, Parameter(name="CASE", help="start of its number, or the house's")]
_Texts = Annotated[tuple[str, ...], Parameter(negative="", show_default=False)]


def add_to(app: App) -> None:
    """Give the commands to ``parley case``."""
    app.command(number, help_epilogue=examples.of("case number"))
    app.command(label, help_epilogue=examples.of("case label"))
    app.command(classify, help_epilogue=examples.of("case classify"))


def number(
    case: CaseArgument,
    text: Annotated[
        str | None, Parameter(name="NUMBER", help="as the house writes it; none takes it away")
    ] = None,
    /,
    *,
    acting: Acting = options.ACTING,
) -> None:
    """Give a case the number that it has in the register of the house.

    It is shown wherever the case is, names the case in every command, and is
    never sent. What one's statements are called is another thing: --registry-own
    of a draft is sent with it.
    """
    from parley.application import register

    def change(desk: Desk, officer: str, channel: Channel, identifier: bytes) -> None:
        register.number(desk, officer, channel, identifier, text)

    _changed(case, acting, change)


def label(
    case: CaseArgument,
    /,
    *,
    add: Annotated[_Texts, Parameter(help="a label to give")] = (),
    remove: Annotated[_Texts, Parameter(help="a label to take away")] = (),
    acting: Acting = options.ACTING,
) -> None:
    """Give a case labels of the house, and take labels away. They are never sent."""
    from parley.application import register

    def change(desk: Desk, officer: str, channel: Channel, identifier: bytes) -> None:
        register.label(desk, officer, channel, identifier, add=add, remove=remove)

    _changed(case, acting, change)


def classify(
    case: CaseArgument,
    marking: Annotated[
        str | None, Parameter(name="MARKING", help="of the house's scheme; none takes it away")
    ] = None,
    /,
    *,
    acting: Acting = options.ACTING,
) -> None:
    """Mark a case by the house's own scheme, beside the TLP of its statements.

    The scheme stands in parley.toml (house.classifications). A marking is never
    sent, and opens or closes nothing by itself.
    """
    from parley.application import register

    def change(desk: Desk, officer: str, channel: Channel, identifier: bytes) -> None:
        register.classify(desk, officer, channel, identifier, marking)

    _changed(case, acting, change)


def _changed(case: str, acting: Acting, change: Any) -> None:
    from parley.application import cases

    output = Terminal(acting)
    officer = options.officer_of(acting)
    with access.opened(acting, output) as desk:
        channel, identifier = cases.find(desk, officer, case)
        change(desk, officer, channel, identifier)
        (summary,) = cases.some(desk, officer, [(channel.id, identifier)])
    found = summary.registered
    output.emit(
        {"case": identifier.hex(), **registered.plain(found)},
        lambda: output.facts(
            registered.rows(output, found) or [(output.text("Register"), "\u2014")]
        ),
    )
