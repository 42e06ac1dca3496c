"""The page of a meeting: its days, its agenda, what each side declared, its minutes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from parley.domain.kinds import meeting_reading as reading
from parley.domain.kinds.meeting_state import Meeting, Minutes, Terms
from parley.domain.types.meeting import FORMAL
from parley.language.marks import N_
from parley.presentation import fields
from parley.presentation.kinds.common import Plain, member, numbered, side

if TYPE_CHECKING:
    from parley.application.cases import CaseView, Summary
    from parley.domain.case import Case
    from parley.presentation.output import Output
    from parley.record.channel import Channel

STATUSES: Final[Mapping[str, str]] = {
    "proposed": N_("proposed"),
    "scheduled": N_("days agreed"),
    "postponed": N_("postponed"),
    "cancelled": N_("cancelled"),
    "declared-by-one": N_("declared by one side"),
    "declared-by-all": N_("declared by both sides"),
    "informal-by-one": N_("informal contact, declared by one side"),
    "informal-by-all": N_("informal contact, declared by both sides"),
    "minutes-drafted": N_("declared by both sides; minutes in work"),
    "minutes-agreed": N_("minutes agreed"),
    "minutes-agreed-with-reservations": N_("minutes agreed with reservations"),
    "minutes-not-agreed": N_("minutes not agreed; each side's version is kept"),
}

MINUTES: Final[Mapping[str, str]] = {
    "none": N_("none yet"),
    "drafted": N_("in work"),
    "agreed": N_("agreed"),
    "agreed-with-reservations": N_("agreed with reservations"),
    "not-agreed": N_("not agreed; each side's version is kept"),
}

OUTCOMES: Final[Mapping[str, str]] = {
    "cannot-be-held-to": N_("nobody is made to meet; the acceptance has lapsed"),
    "each-accepted-the-other": N_("each accepted the other's; one of them has to say which holds"),
    "meeting-cancelled": N_("one side will not meet; the other statement stands as said"),
    "agreed-as-it-stood": N_("the minutes are agreed as they stood; the other came too late"),
}


# --- for programs --------------------------------------------------------------------------------


def plain(summary: Summary, substance: Meeting) -> Plain:
    """A meeting for programs, beside what every case has."""
    channel, case = summary.channel, summary.state
    agreed = reading.agreed_draft(case, substance)
    scheduled = reading.scheduled(case, substance)
    return {
        "form": substance.form,
        "level": substance.level,
        "days": [
            {
                "by": side(channel, by),
                "statement": terms.id.hex(),
                "first": terms.first_day,
                "last": terms.last_day,
                "accepted_by": [
                    side(channel, one) for one in reading.accepted_by(case, substance, terms)
                ],
            }
            for by, terms in reading.live_terms(case, substance)
        ],
        "scheduled": scheduled.id.hex() if scheduled is not None else None,
        "cancelled_by": [
            side(channel, one)
            for one, words in enumerate(substance.sides)
            if words.cancelled is not None
        ],
        "agenda": [
            {
                "statement": item.items.hex(),
                "number": item.number,
                "by": side(channel, item.owner),
                "status": item.status.value,
            }
            for item in reading.agenda(substance)
        ],
        "declared": [_plain_declarations(channel, substance, one) for one in _members(case)],
        "minutes": {
            "status": reading.minutes(case, substance).value,
            "agreed": agreed[0].hex() if agreed is not None else None,
            "reservations": agreed[1] if agreed is not None else 0,
            "versions": [
                {"by": side(channel, one), "statement": version.hex() if version else None}
                for one in _members(case)
                for version in [reading.version(case, substance, one)]
            ],
        },
    }


def _plain_declarations(channel: Channel, substance: Meeting, index: int) -> Plain:
    return {
        "by": side(channel, index),
        "statements": [
            {"statement": one.id.hex(), "held": one.held}
            for one in substance.sides[index].declarations
        ],
    }


# --- for people ----------------------------------------------------------------------------------


def head(output: Output, summary: Summary, substance: Meeting) -> list[tuple[str, str]]:
    """The lines at the head of the page."""
    channel, case = summary.channel, summary.state
    rows = planned(output, summary, substance)
    for index in _members(case):
        label = output.text("Declared by {party}", party=member(output, channel, index))
        rows.append((label, declared(output, substance, index)))
    stage = reading.minutes(case, substance)
    if stage != Minutes.NONE or (substance.form == FORMAL and substance.declared):
        rows.append((output.text("Minutes"), output.text(MINUTES[stage.value])))
    return rows


def planned(output: Output, summary: Summary, substance: Meeting) -> list[tuple[str, str]]:
    """What kind of meeting it is, its days as long as nobody declared it, who will not meet."""
    channel, case = summary.channel, summary.state
    rows = [
        (output.text("Form"), output.name(substance.form)),
        (output.text("At the level of"), output.name(substance.level)),
    ]
    if not substance.declared:
        rows += [
            (output.text("Days"), _terms(output, summary, substance, by, terms))
            for by, terms in reading.live_terms(case, substance)
        ]
    for index in _members(case):
        if substance.sides[index].cancelled is not None:
            rows.append((output.text("Cancelled by"), member(output, channel, index)))
    return rows


def declared(output: Output, substance: Meeting, index: int) -> str:
    """What a side declared of the day; where it is silent, that and nothing else."""
    held = [one.held for one in substance.sides[index].declarations]
    if not held:
        return output.text("no statement")
    if len(held) == 1:
        return held[0]
    return output.text("{day}; before: {others}", day=held[-1], others=", ".join(held[:-1]))


def _terms(output: Output, summary: Summary, substance: Meeting, by: int, terms: Terms) -> str:
    who = member(output, summary.channel, by)
    if terms.first_day is None:
        return output.text("none proposed by {party}", party=who)
    days = terms.first_day
    if terms.last_day is not None and terms.last_day != terms.first_day:
        days = output.text("{first} to {last}", first=terms.first_day, last=terms.last_day)
    scheduled = reading.scheduled(summary.state, substance)
    if scheduled is not None and scheduled.id == terms.id:
        return output.text("{days}, agreed by all", days=days)
    return output.text("{days}, proposed by {party}", days=days, party=who)


def render(output: Output, view: CaseView, substance: Meeting) -> None:
    """Print the agenda, the programmes, the delegations, and where versions of minutes stand."""
    channel, case = view.summary.channel, view.summary.state
    numbers = numbered(view)
    items = list(reading.agenda(substance))
    if items:
        texts = _texts(view, "agenda/<n>/text", output.language)
        output.say()
        output.title(output.text("Agenda"))
        output.table(
            [
                output.text("Statement"),
                output.text("Item"),
                output.text("Text"),
                output.text("From"),
                output.text("Status"),
            ],
            [
                [
                    str(numbers.get(item.items, "?")),
                    str(item.number),
                    output.foreign(texts.get((item.items, item.number), "\u2014")),
                    member(output, channel, item.owner),
                    output.name(item.status.value),
                ]
                for item in items
            ],
        )
    for title, name, pattern in (
        (output.text("Programme"), "programme", "programme/<n>/text"),
        (output.text("Delegations"), "delegation", "delegation/<n>/office"),
    ):
        _render_roster(output, view, substance, title, name, pattern)
    if reading.minutes(case, substance) == Minutes.NOT_AGREED:
        output.say()
        output.title(output.text("Versions of the minutes"))
        versions = {one: reading.version(case, substance, one) for one in _members(case)}
        output.table(
            [output.text("From"), output.text("Statement")],
            [
                [member(output, channel, one), str(numbers.get(version or b"", "\u2014"))]
                for one, version in versions.items()
            ],
        )


def _render_roster(
    output: Output, view: CaseView, substance: Meeting, title: str, name: str, pattern: str
) -> None:
    texts = _texts(view, pattern, output.language)
    rows: list[list[str]] = []
    for index, words in enumerate(substance.sides):
        roster = words.delegation if name == "delegation" else words.programme
        if roster is None:
            continue
        for number in range(1, roster.count + 1):
            text = texts.get((roster.id, number), "\u2014")
            rows.append([member(output, view.summary.channel, index), output.foreign(text)])
    if rows:
        output.say()
        output.title(title)
        output.table([output.text("From"), output.text("Text")], rows)


def _texts(view: CaseView, pattern: str, language: str) -> dict[tuple[bytes, int], str]:
    """The numbered texts of one kind by statement and number, in ``language`` if it is there."""
    found: dict[tuple[bytes, int], str] = {}
    for act in view.acts:
        if act.void is not None or act.body is None:
            continue
        for field in fields.of(act.statement.act.type, act.body.values):
            if field.pattern != pattern or field.number is None:
                continue
            key = (act.entry.leaf, field.number)
            if key not in found or field.language == language:
                found[key] = str(field.value)
    return found


def _members(case: Case) -> range:
    return range(case.members)
