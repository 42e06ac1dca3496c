"""What an alert says: its identifier, its occasion, how urgent, until when. Nothing of a case.

What a person reads is in the officer's language; what a program reads is JSON with the same facts
as tokens. Neither has a subject, a case's number or any text of a statement; the other party's name
only where the officer's settings allow it.
"""

from __future__ import annotations

from typing import NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from parley.application.alert_outbox import Telling
from parley.domain.act import Precedence
from parley.domain.alerts import AlertKind
from parley.language.translate import Translator


class Message(NamedTuple):
    """An alert as a route brings it. ``name`` names this telling for ever; ``data`` is JSON."""

    name: str
    language: str
    subject: str
    text: str
    data: bytes
    address: str


class _Facts(msgspec.Struct, frozen=True, omit_defaults=True):
    alert: str
    telling: str
    round: int
    occasion: str
    precedence: str
    at: int
    deadline: int | None
    language: str
    text: str
    to: str
    party: str | None = None


def compose(telling: Telling) -> Message:
    """The message of one telling, in the language and the zone of its officer."""
    alert, settings = telling.alert, telling.settings
    said = Translator(settings.language)
    zone = ZoneInfo(settings.zone)
    precedence = Precedence(alert.precedence).name.lower()
    identifier = alert.id.hex()
    subject = said.text(
        "Parley, {precedence:name}: {occasion:name}",
        precedence=precedence,
        occasion=alert.occasion,
    )
    lines = [
        said.text("Alert {id}: {occasion:name}.", id=identifier, occasion=alert.occasion),
        said.text("Precedence: {precedence:name}.", precedence=precedence),
        said.text("Known since {at}.", at=said.datetime(alert.at, zone)),
    ]
    if alert.deadline is not None:
        lines.append(said.text("To be done by {at}.", at=said.datetime(alert.deadline, zone)))
    if telling.party is not None:
        lines.append(said.text("Other party: {party}.", party=telling.party))
    if telling.round > 1:
        lines.append(said.text("Told for the {n}. time.", n=telling.round))
    if alert.occasion != AlertKind.TRIAL:
        lines.append(
            said.text(
                "It is repeated until somebody acknowledges it: {command}",
                command=f"parley alert acknowledge {identifier}",
            )
        )
    text = "\n".join(lines)
    facts = _Facts(
        alert=identifier,
        telling=telling.name,
        round=telling.round,
        occasion=alert.occasion,
        precedence=precedence,
        at=alert.at,
        deadline=alert.deadline,
        language=settings.language,
        text=text,
        to=telling.route.address,
        party=telling.party,
    )
    return Message(
        telling.name,
        settings.language,
        subject,
        text,
        msgspec.json.encode(facts),
        telling.route.address,
    )
