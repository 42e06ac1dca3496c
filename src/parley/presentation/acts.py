"""One statement as a person reads it, and as a program does: said, sent, received, opened."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from parley.domain.act import Precedence
from parley.domain.delivery import DeliveryEvent
from parley.kernel.errors import ParleyError
from parley.kernel.ids import DESK_OFFICE
from parley.kernel.reasons import Reason
from parley.language.marks import N_
from parley.presentation import codes, fields

if TYPE_CHECKING:
    from parley.application.acts import ActView
    from parley.presentation.output import Output
    from parley.record.body import Body, Value
    from parley.record.channel import Channel
    from parley.record.statement import ActHeader

Plain = dict[str, Any]

SHORT: Final = 12
"""Digits of an identifier that are enough to type, and few enough to read."""

STANDINGS: Final[Mapping[str, str]] = {
    "stands": N_("It stands."),
    "crossed": N_("It crossed a statement of the other side: it stands as said, nothing follows."),
    "lapsed": N_("It has lapsed: what it was made for had gone."),
}


def short(identifier: bytes) -> str:
    """The start of an identifier."""
    return identifier.hex()[:SHORT]


# --- for programs --------------------------------------------------------------------------------


def plain(view: ActView, channel: Channel) -> Plain:
    """An act of a record as a plain value."""
    entry, statement = view.entry, view.statement
    own = entry.author == channel.own_index
    issuer = channel.peer if own else channel.own
    return {
        "id": entry.leaf.hex(),
        "author": "own" if own else "peer",
        "code": channel.letter(entry.author).text.code,
        "position": entry.position,
        "seq": entry.seq,
        "signed_at": entry.iat,
        "recorded_at": entry.recorded_at,
        **header(statement.act),
        "fields": None if view.body is None else values(view.body.values),
        "fields_long": view.long,
        "fields_absent": None if view.body is None else len(view.body.absent),
        "void": view.void,
        "standing": view.standing,
        "epoch": entry.epoch,
        "disowned": view.disowned,
        "receipt": (
            {
                "by": issuer.text.code,
                "at": view.receipt.iat,
                "arrived_at": view.receipt.arrived_at,
                "size": view.receipt.size,
            }
            if view.receipt
            else None
        ),
        "deliveries": [
            {"event": event.event, "reason": event.reason, "at": event.at}
            for event in view.deliveries
        ],
        "opened": {"by": view.opened[0], "at": view.opened[1]} if view.opened else None,
    }


def header(act: ActHeader) -> Plain:
    """The header of an act as a plain value."""
    return {
        "type": act.type,
        "case": act.case.hex(),
        "from_office": act.from_office.hex(),
        "to_offices": [office.hex() for office in act.to_offices],
        "reference": act.reference.hex() if act.reference else None,
        "basis": [leaf.hex() for leaf in act.basis],
        "legal_basis": act.legal_basis,
        "precedence": precedence(act.precedence),
        "tlp": act.handling.tlp,
        "pap": act.handling.pap,
        "reply_wanted": act.reply_wanted,
        "codes": dict(act.codes),
    }


def values(given: Mapping[str, Value]) -> Plain:
    """The fields of a text; bytes in hexadecimal."""
    return {
        path: value.hex() if isinstance(value, bytes) else value for path, value in given.items()
    }


def precedence(level: int) -> str:
    """The token of a level of precedence."""
    try:
        return Precedence(level).name.lower()
    except ValueError:
        return str(level)


# --- for people ----------------------------------------------------------------------------------


def render(
    output: Output,
    view: ActView,
    channel: Channel,
    *,
    numbers: Mapping[bytes, int],
    proofs: bool = False,
    every_language: bool = False,
    marking: str | None = None,
) -> None:
    """Print an act: its heading, its text, and how far it has come.

    ``numbers`` are those under which the acts of the page stand, by leaf hash. ``marking`` is the
    house's own of the case.
    """
    author, number = view.entry.author, numbers[view.entry.leaf]
    rows = said_rows(output, view.statement.act, channel, author, numbers, void=view.void)
    if marking is not None:
        at = next(at for at, row in enumerate(rows) if row[0] == output.text("Handling"))
        ours = output.text(
            "{marks}; our classification: {marking}", marks=rows[at][1], marking=marking
        )
        rows[at] = (rows[at][0], ours)
    if view.void is None and view.standing != "stands":
        rows.insert(0, (output.text("Effect"), output.text(STANDINGS[view.standing])))
    if view.disowned:
        rows.insert(0, (output.text("Disowned"), disowned(output, channel, author)))
    language = None if every_language else output.language
    if view.long:
        rows.append((output.text("Text"), output.text("long; it is shown with --whole")))
    else:
        rows += text_rows(output, view.statement.act.type, view.body, language)
    rows += _seal_rows(output, view, channel)
    if proofs:
        rows += _proof_rows(output, view)
    output.say()
    output.title(heading(output, view.statement.act, channel, author, number))
    output.facts(rows, indent=4)


def heading(output: Output, act: ActHeader, channel: Channel, author: int, number: int) -> str:
    """Which act, whose, and to whom."""
    return output.text(
        "{number}. {type:name}, {author} to {reader}",
        number=number,
        type=act.type,
        author=channel.letter(author).text.code,
        reader=channel.letter(1 - author).text.code,
    )


def said_rows(
    output: Output,
    act: ActHeader,
    channel: Channel,
    author: int,
    numbers: Mapping[bytes, int],
    *,
    void: str | None,
) -> list[tuple[str, str]]:
    """What the header of an act says to a person."""
    rows: list[tuple[str, str]] = []
    if void is not None:
        rows.append((output.text("Void"), said(output, void)))
    if act.from_office != DESK_OFFICE:
        rows.append((output.text("From"), _office(output, channel, author, act.from_office)))
    to = [
        _office(output, channel, 1 - author, office)
        for office in act.to_offices
        if office != DESK_OFFICE
    ]
    if to:
        rows.append((output.text("To"), " / ".join(to)))
    if act.reference is not None:
        rows.append((output.text("Refers to"), _reference(act.reference, numbers)))
    rows.append((output.text("Precedence"), output.name(precedence(act.precedence))))
    marks = handling(act.handling.tlp, act.handling.pap)
    rows.append((output.text("Handling"), output.foreign(marks)))
    if act.legal_basis is not None:
        rows.append((output.text("Legal basis"), output.foreign(act.legal_basis)))
    if act.reply_wanted is not None:
        wanted = output.translator.duration(act.reply_wanted)
        rows.append((output.text("Answer wanted within"), wanted))
    return rows + code_rows(output, act.type, act.codes)


def _reference(leaf: bytes, numbers: Mapping[bytes, int]) -> str:
    """A statement by its number on the page, where it stands there, and by its identifier."""
    number = numbers.get(leaf)
    return short(leaf) if number is None else f"{number} ({short(leaf)})"


def text_rows(
    output: Output, type_: str, body: Body | None, language: str | None
) -> list[tuple[str, str]]:
    """The text of an act; with ``language`` only that version where there is one."""
    if body is None:
        gone = output.text("erased; its place in the record still stands")
        return [(output.text("Text"), gone)]
    rows = fields.rows(output, type_, body.values, language)
    if body.absent:
        withheld = output.plural(
            "[withheld]: {n} field", "[withheld]: {n} fields", len(body.absent)
        )
        rows.append((output.text("Text"), withheld))
    return rows


def handling(tlp: str, pap: str | None) -> str:
    """The marks of handling as TLP 2.0 and PAP write them."""
    marks = f"TLP:{tlp.replace('-', '+').upper()}"
    return marks if pap is None else f"{marks}, PAP:{pap.upper()}"


def code_rows(output: Output, type_: str, given: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Header codes that say something to a person."""
    rows = codes.rows(output, type_, given)
    if isinstance(given.get("reason"), str):
        rows.append((output.text("Why void"), said(output, given["reason"])))
    answers = given.get("answers")
    if isinstance(answers, tuple):
        rows += [
            (output.text("Question {number}", number=pair[0]), output.name(str(pair[1])))
            for pair in answers
            if isinstance(pair, tuple) and len(pair) == 2
        ]
    return rows


def _seal_rows(output: Output, view: ActView, channel: Channel) -> list[tuple[str, str]]:
    """How far the statement has come, each with what it rests on."""
    entry = view.entry
    own = entry.author == channel.own_index
    rows = [(output.text("Signed"), output.time(entry.iat))]
    if own:
        rows.append((output.text("Delivery"), _delivery(output, view, channel)))
        return rows
    rows.append((output.text("In our record since"), output.time(entry.recorded_at)))
    if view.receipt is not None:
        rows.append((output.text("Our receipt says"), output.time(view.receipt.iat)))
    rows.append(
        (
            output.text("Opened"),
            output.text(
                "{time} by {officer}", time=output.time(view.opened[1]), officer=view.opened[0]
            )
            if view.opened
            else output.text("not yet"),
        )
    )
    return rows


def _delivery(output: Output, view: ActView, channel: Channel) -> str:
    """One sentence; a receipt proves more than any event."""
    code = channel.peer.text.code
    if view.receipt is not None:
        return output.text(
            "Received by {code} {time}, proved by its receipt.",
            code=code,
            time=output.time(view.receipt.iat),
        )
    sent = [e.at for e in view.deliveries if e.event == DeliveryEvent.RELAY_ACCEPTANCE]
    failed = [e.reason for e in view.deliveries if e.reason is not None]
    if failed:
        return output.text(
            "Not received yet. The last attempt failed: {why}", why=said(output, failed[-1])
        )
    if sent:
        return output.text("Sent {time}; no receipt yet.", time=output.time(sent[0]))
    packed = [e.at for e in view.deliveries if e.event == DeliveryEvent.RELAY_TO_NON_ERDS]
    if packed:
        return output.text(
            "Packed into a pouch {time}; no receipt yet.", time=output.time(packed[-1])
        )
    return output.text("Waits for its delivery.")


def _proof_rows(output: Output, view: ActView) -> list[tuple[str, str]]:
    entry = view.entry
    rows = [
        (output.text("Statement"), entry.leaf.hex()),
        (output.text("SHA-256 of the act"), sha256(view.statement.act_bytes).hexdigest()),
        (output.text("Place in its author's chain"), str(entry.seq)),
        (output.text("Place in our record"), str(entry.position)),
        (output.text("Signing key"), view.statement.kid.hex()),
    ]
    if view.receipt is not None:
        rows.append(
            (
                output.text("Receipt"),
                output.text(
                    "over the first {size} statements of the issuer's record, {time}",
                    size=view.receipt.size,
                    time=output.time(view.receipt.iat),
                ),
            )
        )
    rows.append((output.text("To hand over"), f"parley record prove {short(entry.leaf)}"))
    return rows


def _office(output: Output, channel: Channel, member: int, office: bytes) -> str:
    letter = channel.letter(member)
    name = letter.office_name(office, output.language)
    return output.text("{office}, {party}", office=name, party=letter.text.code)


def said(output: Output, code: str, *, advise: bool = False) -> str:
    """What happened, for a reason code that a record holds; ``advise``: and what to do.

    A record has no facts beside the code. A code that this release does not know is shown bare.
    """
    try:
        reason = Reason(code)
    except ValueError:
        return output.foreign(code)
    what, todo = output.translator.reason(ParleyError(reason))
    what = what.replace(" (?)", "")
    return f"{what} {todo} [{code}]" if advise and todo else f"{what} [{code}]"


def disowned(output: Output, channel: Channel, author: int) -> str:
    """What stands beside an act that its party says a thief made."""
    return output.text(
        "{code} states that this is not its own: the key that signed it was revoked later",
        code=channel.letter(author).text.code,
    )
