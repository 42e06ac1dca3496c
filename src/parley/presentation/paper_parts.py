"""Parts of papers about one statement: its text, its delivery, its signature, its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from parley.crypto import words
from parley.domain.act import ActType
from parley.domain.delivery import DeliveryEvent
from parley.kernel.ids import DESK_OFFICE
from parley.paper import model
from parley.paper.model import Mark
from parley.presentation import acts, case_page, fields
from parley.presentation.sheet import Sheet
from parley.record.dossier.place import Place

if TYPE_CHECKING:
    from parley.application.acts import ActView
    from parley.application.cases import CaseView
    from parley.record.body import Body
    from parley.record.channel import Channel
    from parley.record.statement import Statement

_WITHDRAWING: Final = frozenset(
    {
        ActType.WITHDRAWAL,
        ActType.PROPOSAL_WITHDRAWAL,
        ActType.ATTRIBUTION_WITHDRAWN,
        ActType.DENIAL_WITHDRAWN,
        ActType.SHARE_WITHDRAWN,
        ActType.MEETING_CANCELLATION,
        ActType.NOTICE_END,
        ActType.RECUSAL_END,
    }
)


class Said(NamedTuple):
    """A statement as it stands on a paper, wherever it was read."""

    channel: Channel
    author: int
    statement: Statement
    body: Body | None
    void: str | None
    disowned: bool


def of_act(channel: Channel, act: ActView) -> Said:
    """A statement as it stands in a desk's record."""
    return Said(channel, act.entry.author, act.statement, act.body, act.void, act.disowned)


def number(sheet: Sheet, said: Said) -> str:
    """Which statement it is: its number, its author, its channel."""
    return sheet.text(
        "No. {seq} of {code} in the channel {label}",
        seq=said.statement.envelope.seq,
        code=said.channel.letter(said.author).text.code,
        label=said.channel.label,
    )


def effect(sheet: Sheet, act: ActView) -> None:
    """What is not as the statement itself would have it."""
    if act.void is None and act.standing != "stands":
        sheet.warn(sheet.text(acts.STANDINGS[act.standing]))


def marks(sheet: Sheet, said: Said, *, unread: bool = False) -> None:
    """Whatever keeps a statement from being taken at its word: void, disowned, erased, withheld.

    ``unread``: its text is there, and was not read.
    """
    if said.void is not None:
        why = acts.said(sheet, said.void)
        sheet.warn(sheet.text("This statement is void, and has no effect:") + " " + why)
    if said.disowned:
        sheet.warn(acts.disowned(sheet, said.channel, said.author))
    if said.channel.keyring(said.author).revoked(said.statement.envelope.epoch):
        sheet.warn(sheet.text("The key that signed this statement was revoked later."))
    if said.body is None and unread:
        return
    if said.body is None:
        sheet.warn(
            sheet.text(
                "The text of this statement was erased; its place in the record still stands."
            )
        )
    elif said.body.absent:
        sheet.warn(
            sheet.plural(
                "{n} field of this statement is withheld or erased.",
                "{n} fields of this statement are withheld or erased.",
                len(said.body.absent),
            )
        )


def later(view: CaseView, act: ActView) -> list[ActView]:
    """What was said later about this very one; a withdrawal that names none is of the first."""
    opener = view.acts[0].entry.leaf
    found = []
    for other in view.acts:
        header = other.statement.act
        about = header.reference or (opener if header.type in _WITHDRAWING else None)
        if other.void is None and about == act.entry.leaf != other.entry.leaf:
            found.append(other)
    return found


def taken_back(sheet: Sheet, channel: Channel, act: ActView, later: ActView) -> None:
    """Warn where the statement ``later`` takes ``act`` back."""
    type_ = later.statement.act.type
    if type_ in _WITHDRAWING and later.entry.author == act.entry.author:
        sheet.warn(
            sheet.text(
                "{code} took this back later: {type:name}, {time}.",
                code=channel.letter(act.entry.author).text.code,
                type=type_,
                time=sheet.time(later.entry.iat),
            )
        )


def references(
    sheet: Sheet, channel: Channel, later: Sequence[ActView], numbers: Mapping[bytes, int]
) -> None:
    """What was said later about a statement, as a table."""
    if not later:
        return
    sheet.title(sheet.text("Later statements about this one"))
    sheet.table(
        [sheet.text("No."), sheet.text("Statement"), sheet.text("By"), sheet.text("Signed")],
        [
            [
                str(numbers[one.entry.leaf]),
                sheet.name(one.statement.act.type),
                sheet.foreign(channel.letter(one.entry.author).text.code),
                sheet.time(one.entry.iat),
            ]
            for one in later
        ],
    )


def body(sheet: Sheet, said: Said, numbers: Mapping[bytes, int], *, titled: bool = False) -> None:
    """From whom to whom, under which marks, and the text: each language by itself."""
    act = said.statement.act
    rows = acts.said_rows(sheet, act, said.channel, said.author, numbers, void=None)
    marks(sheet, said)
    sheet.facts(rows)
    if said.body is None:
        return
    found = fields.of(act.type, said.body.values)
    plain = [one for one in found if one.language is None]
    sheet.facts((fields.label(sheet, one), fields.shown(sheet, act.type, one)) for one in plain)
    if titled:
        sheet.title(sheet.text("Text"))
    for language in _languages(found, sheet.language):
        _version(sheet, language, [one for one in found if one.language == language])


def _languages(found: Sequence[fields.Field], first: str) -> list[str]:
    """The languages of a text: the paper's own first, then as their author wrote them."""
    there = list(dict.fromkeys(one.language for one in found if one.language is not None))
    return sorted(there, key=lambda language: language != first)


def _version(sheet: Sheet, language: str, found: Sequence[fields.Field]) -> None:
    """The text in one language; its heading says what it is worth where all is worth the same."""
    name = capital(sheet.translator.language_name(language))
    worth = {one.status for one in found}
    status = fields.STATUSES.get(next(iter(worth)) or "") if len(worth) == 1 else None
    if status is not None:
        name = sheet.text("{name} ({status})", name=name, status=sheet.text(status))
    sheet.section(name)
    for one in found:
        bare = one._replace(language=None, status=None) if len(worth) == 1 else one
        sheet.add(model.passage(fields.label(sheet, bare), language, str(one.value)))


def delivery(sheet: Sheet, channel: Channel, act: ActView) -> None:
    """How far it came, each time with whose clock says so."""
    entry, author = act.entry, act.entry.author
    sender, receiver = channel.letter(author).text.code, channel.letter(1 - author).text.code

    def by(code: str, at: int) -> str:
        return sheet.text("{time}, by the clock of {code}", time=sheet.time(at), code=code)

    rows = [(sheet.text("Signed"), by(sender, entry.iat))]
    own = author == channel.own_index
    sent = [one.at for one in act.deliveries if one.event == DeliveryEvent.RELAY_ACCEPTANCE]
    packed = [one.at for one in act.deliveries if one.event == DeliveryEvent.RELAY_TO_NON_ERDS]
    if sent:
        rows.append((sheet.text("Sent"), by(sender, sent[0])))
    if packed:
        rows.append((sheet.text("Packed into a pouch"), by(sender, packed[0])))
    if not own:
        rows.append((sheet.text("In the receiver's record since"), by(receiver, entry.recorded_at)))
    receipt = act.receipt
    if receipt is None:
        rows.append((sheet.text("Received"), sheet.text("no receipt is known")))
    else:
        rows.append((sheet.text("Received"), by(receiver, receipt.iat)))
        if own:
            rows.append((sheet.text("Its receipt arrived"), by(sender, receipt.arrived_at)))
    if act.opened is not None:
        rows.append((sheet.text("Opened"), by(receiver, act.opened[1])))
    sheet.facts(rows)


def substance(sheet: Sheet, view: CaseView) -> None:
    """What the case comes to, which delivery says nothing of."""
    summary = view.summary
    rows = [
        (sheet.text("Case"), case_page.subject(sheet, summary)),
        (sheet.text("Kind"), case_page.kind(sheet, summary.state)),
        (sheet.text("Status"), case_page.status(sheet, summary.state)),
    ]
    if summary.state.void_reason is not None:
        rows.append((sheet.text("Why void"), acts.said(sheet, summary.state.void_reason)))
    sheet.facts(rows)


def signature(sheet: Sheet, said: Said, act: ActView | None) -> None:
    """Who signed, for which office, with which key, and when by both sides' clocks."""
    channel, author, signed = said.channel, said.author, said.statement
    letter = channel.letter(author)
    rows = [(sheet.text("Party"), f"{sheet.foreign(letter.name(sheet.language))}")]
    if signed.act.from_office != DESK_OFFICE:
        office = letter.office_name(signed.act.from_office, sheet.language)
        rows.append((sheet.text("Office"), sheet.foreign(office)))
    rows += [
        (sheet.text("Signing key"), words.grouped_hex(signed.kid)),
        (sheet.text("Signed"), sheet.time(signed.iat)),
    ]
    if act is not None:
        rows.append(
            (
                sheet.text("Receipt"),
                sheet.text("none is known")
                if act.receipt is None
                else sheet.text(
                    "{time}, signed by {code}",
                    time=sheet.time(act.receipt.iat),
                    code=channel.letter(1 - author).text.code,
                ),
            )
        )
    sheet.facts(rows)


def place_of(said: Said) -> Place:
    """Where a statement stands: ``said`` has its channel, author and statement."""
    envelope = said.statement.envelope
    origin = said.channel.origin(said.author, envelope.epoch)
    return Place(origin, envelope.seq, envelope.index, said.statement.leaf)


def place(sheet: Sheet, said: Said, *, how: bool) -> None:
    """The fingerprints and numbers by which a statement is found again, and its QR code."""
    place = place_of(said)
    party = said.channel.letter(said.author).party
    rows = [
        (sheet.text("Statement"), words.grouped_hex(place.leaf)),
        (sheet.text("Number, index"), f"{place.seq}, {place.index}"),
        (sheet.text("Fingerprint of its party"), words.words(party)),
        (sheet.text("Channel"), words.grouped_hex(said.channel.id)),
    ]
    sheet.add(Mark(str(place), tuple(rows)))
    if how:
        verify(sheet)


def verify(sheet: Sheet) -> None:
    """How to verify what stands on a paper."""
    sheet.say(
        sheet.text(
            "A paper proves nothing by itself. Ask a party for the dossier of the case, and let "
            "this command say whether the statement stands in it, at this place, word for word as "
            "it was signed; what the QR code says, or the line beside it, goes behind --place:"
        )
    )
    sheet.add(
        model.command("parley dossier verify FILE --transcript --pin FINGERPRINT --place CODE")
    )
    sheet.say(
        sheet.text(
            "Learn the fingerprints of the parties from themselves, by another way than this paper."
        )
    )


def capital(text: str) -> str:
    """``text`` as a title begins; names of tokens stand in the middle of a sentence."""
    return text[:1].upper() + text[1:]
