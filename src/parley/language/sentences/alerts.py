"""Sentences for reason codes: alerts, duty, calendar feeds."""

from __future__ import annotations

from typing import Final

from parley.kernel.reasons import Reason

TEXTS: Final[dict[Reason, tuple[str, str]]] = {
    Reason.ALERT_UNKNOWN: (
        "You have no such alert.",
        "See your alerts with parley alert list.",
    ),
    Reason.ALERT_AMBIGUOUS: (
        "{count:number} alerts begin like this.",
        "Give more digits of the identifier.",
    ),
    Reason.ALERT_UNREACHABLE: (
        "The server to which alerts go did not answer ({fact}).",
        "It is tried again by itself. See whether the server runs, and whether its certificate is valid.",
    ),
    Reason.ALERT_REFUSED: (
        "The server to which alerts go refused one with status {status}.",
        "It is tried again by itself. See the server's log, and the address of the route.",
    ),
    Reason.ALERT_COMMAND_FAILED: (
        "The command that brings alerts failed ({fact}).",
        "It is tried again by itself. Try the command by hand, with one line of JSON on its input.",
    ),
    Reason.ALERT_TRANSPORT_UNKNOWN: (
        "The configuration has no way for alerts of this name.",
        "Add it to parley.toml under alerts, or choose one that is there; then serve the desk anew.",
    ),
    Reason.ALERT_ROUTE_UNKNOWN: (
        "You have no such route.",
        "See your routes with parley alert route list.",
    ),
    Reason.MAIL_ADDRESS_INVALID: (
        "This is no mail address.",
        "Give one address alone, such as anna@example.org, without a name.",
    ),
    Reason.QUIET_HOURS_INVALID: (
        "These are no quiet hours.",
        "Give them as 22:00-07:00, or none to have no quiet hours.",
    ),
    Reason.SECRET_FILE_UNFIT: (
        "The file with a secret cannot be used: {place}.",
        "It has to exist, hold one line, and be readable by its owner alone: chmod 600.",
    ),
    Reason.SHIFT_UNKNOWN: (
        "There is no such shift on the roster.",
        "See the shifts with parley roster list.",
    ),
    Reason.SHIFT_TIMES_INVALID: (
        "A shift ends after it begins, and lasts a year at most.",
        "Give other times with --from and --until.",
    ),
    Reason.OFFICER_UNFIT_FOR_DUTY: (
        "This officer cannot be on duty: not in service, or no duty officer.",
        "Name another officer, or have the role given first.",
    ),
    Reason.NOT_ON_DUTY: (
        "You are not on duty, and have nothing to hand over.",
        "See who is on duty with parley roster list.",
    ),
    Reason.HANDOVER_UNKNOWN: (
        "There is no such handover that you left or take.",
        "See yours with parley roster handovers.",
    ),
    Reason.CALENDAR_FEED_UNKNOWN: (
        "You have no such calendar feed.",
        "See yours with parley calendar-feed list.",
    ),
}
