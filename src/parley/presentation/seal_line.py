"""How far one statement has come: signed, sent, received, opened; each with what it rests on.

What somebody has signed is proved; what a desk noted for itself is its own word; what nobody told
us is not known here. None of it says what the statement comes to.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple

from parley.crypto import words
from parley.domain.delivery import DeliveryEvent
from parley.language.marks import N_
from parley.presentation import acts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from parley.application.acts import ActView
    from parley.presentation.output import Output
    from parley.record.channel import Channel


class Basis(StrEnum):
    """What a step rests on."""

    PROVED = "proved"
    NOTED = "noted"
    NOT_YET = "not-yet"
    UNKNOWN = "unknown"


BASES: Final[Mapping[Basis, str]] = {
    Basis.PROVED: N_("proved by a signature"),
    Basis.NOTED: N_("by our own note"),
    Basis.NOT_YET: N_("not yet"),
    Basis.UNKNOWN: N_("not known here"),
}

EVENTS: Final[Mapping[str, str]] = {
    DeliveryEvent.SUBMISSION_ACCEPTANCE: N_("Queued"),
    DeliveryEvent.RELAY_ACCEPTANCE: N_("Taken by the other side's desk"),
    DeliveryEvent.RELAY_TO_NON_ERDS: N_("Packed into a pouch"),
    DeliveryEvent.RELAY_FAILURE: N_("An attempt failed"),
    DeliveryEvent.RELAY_REJECTION: N_("Refused by the other side's desk"),
    DeliveryEvent.CONTENT_CONSIGNMENT_FAILURE: N_("No receipt came in time"),
}
"""The events that our own desk notes."""


class Step(NamedTuple):
    """A step of a statement's way: what it is called, when it was, how that is known.

    ``when`` is empty where nothing is known. ``how`` are sentences, ``rows`` the evidence, in
    hashes, numbers and times.
    """

    name: str
    basis: Basis
    when: str
    how: tuple[str, ...]
    rows: tuple[tuple[str, str], ...] = ()


def steps(output: Output, view: ActView, channel: Channel) -> list[Step]:
    """The four steps of a statement, in their order."""
    own = view.entry.author == channel.own_index
    return [
        _signed(output, view, channel),
        _sent(output, view) if own else _sent_by_peer(output),
        _received(output, view, channel) if own else _received_here(output, view, channel),
        _opened_by_peer(output) if own else _opened(output, view),
    ]


def basis(output: Output, step: Step) -> str:
    """What a step rests on, in words."""
    return output.text(BASES[step.basis])


def _signed(output: Output, view: ActView, channel: Channel) -> Step:
    entry, author = view.entry, view.entry.author
    code = channel.letter(author).text.code
    how = [
        output.text(
            "The statement carries the signature of {code}, checked against the key that its "
            "letter names. The time is that of its own clock.",
            code=code,
        )
    ]
    if channel.keyring(author).revoked(entry.epoch):
        how.append(output.text("The key that signed this statement was revoked later."))
    rows = (
        (output.text("Statement"), words.grouped_hex(entry.leaf)),
        (output.text("Signing key"), words.grouped_hex(view.statement.kid)),
        (output.text("Place in its author's chain"), str(entry.seq)),
    )
    return Step(output.text("Signed"), Basis.PROVED, output.time(entry.iat), tuple(how), rows)


def _sent(output: Output, view: ActView) -> Step:
    name = output.text("Sent")
    failed = [one for one in view.deliveries if one.reason is not None]
    rows = tuple(
        (output.text(EVENTS[one.event]), output.time(one.at))
        for one in view.deliveries
        if one.event in EVENTS
    )
    for event, how in (
        (
            DeliveryEvent.RELAY_ACCEPTANCE,
            N_("Our desk noted that the other side's desk took it. Nobody else signed that."),
        ),
        (
            DeliveryEvent.RELAY_TO_NON_ERDS,
            N_("Our desk noted that it was packed into a pouch. Nobody else signed that."),
        ),
    ):
        at = next((one.at for one in view.deliveries if one.event == event), None)
        if at is not None:
            return Step(name, Basis.NOTED, output.time(at), (output.text(how),), rows)
    if failed:
        why = acts.said(output, failed[-1].reason or "")
        said = output.text("Not received yet. The last attempt failed: {why}", why=why)
    else:
        said = output.text("Waits for its delivery.")
    return Step(name, Basis.NOT_YET, "", (said,), rows)


def _sent_by_peer(output: Output) -> Step:
    how = output.text(
        "When it left the other side's desk, that desk alone knows. When it was signed and when it "
        "came here stand beside this."
    )
    return Step(output.text("Sent"), Basis.UNKNOWN, "", (how,))


def _received(output: Output, view: ActView, channel: Channel) -> Step:
    name, receipt, code = output.text("Received"), view.receipt, channel.peer.text.code
    if receipt is None:
        how = output.text("{code} has signed no receipt for it that we have.", code=code)
        return Step(name, Basis.NOT_YET, "", (how,))
    sentences = (
        output.text(
            "{code} signed a receipt over the first {size:number} statements of its record, and "
            "this is one of them. The time is that of its clock.",
            code=code,
            size=receipt.size,
        ),
        output.text("A receipt says that something arrived, and never that it was agreed to."),
    )
    rows = ((output.text("Its receipt arrived"), output.time(receipt.arrived_at)),)
    return Step(name, Basis.PROVED, output.time(receipt.iat), sentences, rows)


def _received_here(output: Output, view: ActView, channel: Channel) -> Step:
    name, entry, receipt = output.text("Received"), view.entry, view.receipt
    how = [
        output.text(
            "It stands in our record at place {position:number} since then, by our clock.",
            position=entry.position,
        )
    ]
    rows = [(output.text("In our record since"), output.time(entry.recorded_at))]
    if receipt is None:
        how.append(output.text("We have signed no receipt for it yet."))
        return Step(name, Basis.NOTED, output.time(entry.recorded_at), tuple(how), tuple(rows))
    how.append(
        output.text(
            "We signed a receipt for it, which {code} can show to anybody.",
            code=channel.peer.text.code,
        )
    )
    rows.append((output.text("Our receipt says"), output.time(receipt.iat)))
    return Step(name, Basis.PROVED, output.time(receipt.iat), tuple(how), tuple(rows))


def _opened(output: Output, view: ActView) -> Step:
    name = output.text("Opened")
    if view.opened is None:
        how = output.text("No officer of ours has opened it.")
        return Step(name, Basis.NOT_YET, "", (how,))
    officer, at = view.opened
    sentences = (
        output.text(
            "{officer} was the first of ours to whom it was shown. The house record keeps it; the "
            "other side is not told.",
            officer=officer,
        ),
    )
    return Step(name, Basis.NOTED, output.time(at), sentences)


def _opened_by_peer(output: Output) -> Step:
    how = output.text("Who reads it on the other side, and when, the other side does not tell.")
    return Step(output.text("Opened"), Basis.UNKNOWN, "", (how,))
