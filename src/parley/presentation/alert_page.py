"""Alerts, the routes that tell of them, and how an officer is told: as pages and plain values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from parley.presentation import acts

if TYPE_CHECKING:
    from parley.application.alerts import AlertView
    from parley.presentation.output import Output
    from parley.store.alerts import AlertRow, RouteRow, SettingsRow, TellingRow
    from parley.wire.alert_trial import Tried


def plain(view: AlertView) -> dict[str, Any]:
    """An alert as a plain value."""
    row = view.row
    return {
        "alert": row.id.hex(),
        "occasion": row.occasion,
        "precedence": acts.precedence(row.precedence),
        "channel": row.channel.hex() if row.channel else None,
        "case": row.case_id.hex() if row.case_id else None,
        "at": row.at,
        "deadline": row.deadline,
        "wakes_at": row.wakes_at,
        "passed_at": row.passed_at,
        "ended_at": row.ended_at,
        "ended": row.ended,
        "ended_by": row.ended_by,
        "routes": [_telling(one) for one in view.tellings],
    }


def _telling(one: TellingRow) -> dict[str, Any]:
    return {
        "route": one.route,
        "told": one.told,
        "told_at": one.told_at,
        "attempts": one.attempts,
        "last_reason": one.last_reason,
    }


def plain_route(row: RouteRow) -> dict[str, Any]:
    """A route as a plain value."""
    return {
        "route": row.number,
        "kind": row.kind,
        "name": row.transport,
        "address": row.address,
        "from": acts.precedence(row.floor),
    }


def plain_tried(one: Tried) -> dict[str, Any]:
    """A route that was tried, as a plain value."""
    wrong = None if one.wrong is None else one.wrong.reason.value
    return {**plain_route(one.route), "reason": wrong}


def plain_settings(row: SettingsRow) -> dict[str, Any]:
    """How an officer is told, as a plain value."""
    return {
        "officer": row.officer,
        "language": row.language,
        "zone": row.zone,
        "quiet": _hours(row),
        "name_parties": row.parties,
    }


def _hours(row: SettingsRow) -> str | None:
    if row.quiet_from is None or row.quiet_to is None:
        return None
    start, end = (divmod(minute, 60) for minute in (row.quiet_from, row.quiet_to))
    return f"{start[0]:02}:{start[1]:02}-{end[0]:02}:{end[1]:02}"


def render(output: Output, found: list[AlertView]) -> None:
    """Print alerts, the oldest first."""
    if not found:
        output.say(output.text("There is no alert for you."))
        return
    output.table(
        [
            output.text("Alert"),
            output.text("Precedence"),
            output.text("Occasion"),
            output.text("Since"),
            output.text("Deadline"),
            output.text("Case"),
            output.text("State"),
        ],
        [
            [
                view.row.id.hex(),
                output.name(acts.precedence(view.row.precedence)),
                output.name(view.row.occasion),
                output.time(view.row.at),
                output.time(view.row.deadline),
                view.row.case_id.hex()[:12] if view.row.case_id else "\u2014",
                state(output, view),
            ]
            for view in found
        ],
    )


def state(output: Output, view: AlertView) -> str:
    """How far an alert has come."""
    row: AlertRow = view.row
    if row.ended is not None:
        if row.ended_by is None:
            return output.name(row.ended)
        return output.text("acknowledged by {officer}", officer=row.ended_by)
    told = sum(one.told for one in view.tellings)
    if any(one.attempts for one in view.tellings):
        return output.text("a route fails; told {n:number} times", n=told)
    if not view.tellings:
        return output.text("no route tells of it")
    return output.text("told {n:number} times", n=told)


def way(output: Output, row: RouteRow) -> str:
    """By which way a route tells."""
    return way_name(output, row.kind, row.transport)


def way_name(output: Output, kind: str, transport: str) -> str:
    """What a way of the house is called."""
    return output.text("{kind:name}, {name}", kind=kind, name=transport)


def render_routes(output: Output, found: list[RouteRow]) -> None:
    """Print routes."""
    if not found:
        output.say(output.text("No route tells you of anything: alerts stand in the list alone."))
        output.next_steps("parley alert route add mail anna@example.org")
        return
    output.table(
        [output.text("Route"), output.text("Way"), output.text("To"), output.text("From")],
        [
            [
                str(row.number),
                way(output, row),
                row.address or "\u2014",
                output.name(acts.precedence(row.floor)),
            ]
            for row in found
        ],
    )


def render_tried(output: Output, tried: list[Tried]) -> None:
    """Print what came of trying routes."""
    if not tried:
        render_routes(output, [])
    for one in tried:
        if one.wrong is None:
            output.say(output.text("Route {number} has told.", number=one.route.number))
        else:
            what, todo = output.translator.reason(one.wrong)
            output.say(output.text("Route {number} did not tell.", number=one.route.number))
            output.say(what, indent=4)
            output.say(todo, indent=4)


def render_settings(output: Output, row: SettingsRow) -> None:
    """Print how an officer is told."""
    output.facts(
        [
            (output.text("Language"), row.language),
            (output.text("Time zone"), row.zone),
            (output.text("Quiet hours"), _hours(row) or output.text("none")),
            (
                output.text("Names the other party"),
                output.text("yes") if row.parties else output.text("no"),
            ),
        ]
    )
