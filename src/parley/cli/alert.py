"""``parley alert``: what an officer is told of, by which routes, and that it has been seen."""

from __future__ import annotations

from typing import Annotated, Literal

from cyclopts import App, Parameter

from parley.cli import access, examples, options
from parley.cli.options import Acting
from parley.cli.terminal import Terminal
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.presentation import alert_page
from parley.presentation.manuscript import PRECEDENCES

app = App(name="alert", help="What one is told of, how, and that one has seen it.")
route = App(name="route", help="The routes by which alerts come to an officer.")
app.command(route)

_ACKNOWLEDGE = "parley alert acknowledge --help"

_Every = Annotated[
    bool, Parameter(name="--all", negative="", show_default=False, help="those that ended, too")
]


@app.command(name="list", help_epilogue=examples.of("alert list"))
def list_(*, every: _Every = False, acting: Acting = options.ACTING) -> None:
    """List one's alerts that nobody has acknowledged, the oldest first.

    An alert names the occasion, how urgent it is and until when; what it is about
    is seen in the case itself. Whoever has been recused sees nothing of it.
    """
    from parley.application import alerts

    output = Terminal(acting)
    officer = options.officer_of(acting)
    with access.opened(acting, output) as desk:
        found = alerts.every(desk, officer, closed=every)
    output.emit(
        [alert_page.plain(view) for view in found], lambda: alert_page.render(output, found)
    )


@app.command(help_epilogue=examples.of("alert acknowledge"))
def acknowledge(
    alerts_: Annotated[
        tuple[str, ...], Parameter(name="ALERT", negative="", help="start of an identifier")
    ] = (),
    /,
    *,
    every: Annotated[
        bool, Parameter(name="--all", negative="", show_default=False, help="all open ones")
    ] = False,
    acting: Acting = options.ACTING,
) -> None:
    """Say that one has seen to it: it is told no more, to nobody.

    That one did stands in the house record. It changes nothing in the case.
    """
    from parley.application import alerts

    output = Terminal(acting)
    officer = options.officer_of(acting)
    if every and alerts_:
        raise ParleyError(Reason.ARGUMENT_SURPLUS, name=alerts_[0], help=_ACKNOWLEDGE)
    if not every and not alerts_:
        raise ParleyError(Reason.ARGUMENT_MISSING, name="ALERT", help=_ACKNOWLEDGE)
    with access.opened(acting, output) as desk:
        done = alerts.acknowledge(desk, officer, alerts_)
    output.emit(
        [row.id.hex() for row in done],
        lambda: output.say(
            output.plural("{n} alert is acknowledged.", "{n} alerts are acknowledged.", len(done))
        ),
    )


@app.command(name="test", help_epilogue=examples.of("alert test"))
def trial(*, acting: Acting = options.ACTING) -> int:
    """Tell oneself something by each of one's routes, now, whatever the hour.

    It ends with 1 where a route does not work.
    """
    from parley.node import config as configs
    from parley.wire import alert_trial

    output = Terminal(acting)
    officer = options.officer_of(acting)
    folder = options.folder_of(acting)
    with access.opened(acting, output) as desk:
        routes = configs.load(folder).alerts.routes(folder)
        tried = alert_trial.attempt(desk, routes, officer)
    output.emit(
        [alert_page.plain_tried(one) for one in tried],
        lambda: alert_page.render_tried(output, tried),
    )
    return int(any(one.wrong is not None for one in tried))


@app.command(help_epilogue=examples.of("alert settings"))
def settings(
    *,
    speech: Annotated[
        str | None, Parameter(name="--in", help="language of one's alerts: en, ru or ar")
    ] = None,
    home: Annotated[
        str | None, Parameter(name="--home", help="one's time zone, such as Asia/Riyadh")
    ] = None,
    quiet: Annotated[
        str | None, Parameter(name="--quiet", help="hours such as 22:00-07:00, or none")
    ] = None,
    name_parties: Annotated[
        bool | None,
        Parameter(
            name="--name-parties",
            negative="--no-name-parties",
            show_default=False,
            help="whether an alert may name the other party",
        ),
    ] = None,
    acting: Acting = options.ACTING,
) -> None:
    """Show how one is alerted, or change it.

    Immediate and flash come at any hour; what is less urgent waits until the quiet
    hours are over.
    """
    from parley.application import alerts

    output = Terminal(acting)
    officer = options.officer_of(acting)
    with access.opened(acting, output) as desk:
        if any(value is not None for value in (speech, home, quiet, name_parties)):
            found = alerts.change_settings(
                desk, officer, language=speech, zone=home, quiet=quiet, parties=name_parties
            )
        else:
            found = alerts.settings(desk, officer)
    output.emit(alert_page.plain_settings(found), lambda: alert_page.render_settings(output, found))


@route.command(name="add", help_epilogue=examples.of("alert route add"))
def add(
    way: Annotated[str, Parameter(help="mail, webhook:NAME or command:NAME")],
    address: Annotated[
        str, Parameter(help="mail address; else a word by which the receiver knows whom to tell")
    ] = "",
    /,
    *,
    floor: Annotated[
        Literal["routine", "priority", "immediate", "flash"],
        Parameter(name="--from", help="how urgent at least"),
    ] = "routine",
    acting: Acting = options.ACTING,
) -> None:
    """Be told by one more route.

    Servers, webhooks and commands stand in parley.toml alone; here one chooses
    among them. Alerts hold no text of a case, whichever way they go.
    """
    from parley.application import alerts
    from parley.node import config as configs
    from parley.node.alert_config import SMTP

    output = Terminal(acting)
    officer = options.officer_of(acting)
    kind, _, name = way.partition(":")
    chosen = (kind, SMTP) if way == alerts.MAIL else (kind, name)
    with access.opened(acting, output) as desk:
        ways = configs.load(options.folder_of(acting)).alerts.ways()
        row = alerts.add_route(desk, officer, chosen, address, PRECEDENCES.index(floor), ways)
    output.emit(alert_page.plain_route(row), lambda: alert_page.render_routes(output, [row]))


@route.command(name="list", help_epilogue=examples.of("alert route list"))
def list_routes(*, acting: Acting = options.ACTING) -> None:
    """List one's routes."""
    from parley.application import alerts

    output = Terminal(acting)
    officer = options.officer_of(acting)
    with access.opened(acting, output) as desk:
        found = alerts.routes(desk, officer)
    output.emit(
        [alert_page.plain_route(row) for row in found],
        lambda: alert_page.render_routes(output, found),
    )


@route.command(name="remove", help_epilogue=examples.of("alert route remove"))
def remove(
    number: Annotated[int, Parameter(help="its number: parley alert route list")],
    /,
    *,
    acting: Acting = options.ACTING,
) -> None:
    """Remove a route; what it was still to tell is not told by it."""
    from parley.application import alerts

    output = Terminal(acting)
    officer = options.officer_of(acting)
    with access.opened(acting, output) as desk:
        alerts.remove_route(desk, officer, number)
    output.emit(
        {"route": number, "removed": True},
        lambda: output.say(output.text("Route {number} is removed.", number=number)),
    )
