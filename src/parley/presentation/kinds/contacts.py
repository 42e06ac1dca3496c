"""The page of a directory of contacts: whose it is, its offices, how many stand how, its checks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from parley.domain.kinds import contacts_state
from parley.domain.kinds.contacts_state import Contacts, ContactStatus, Manned
from parley.domain.types.contacts import CHANGE_SECONDS
from parley.language.marks import N_
from parley.presentation.kinds.common import Plain, member, numbered, side

if TYPE_CHECKING:
    from parley.application.cases import CaseView, Summary
    from parley.presentation.output import Output

STATUSES: Final[Mapping[str, str]] = {
    "nominated": N_("nominations wait for acceptance"),
    "active": N_("contacts active"),
    "vacant": N_("no contact active"),
}

OUTCOMES: Final[Mapping[str, str]] = {
    "revocation-holds": N_(
        "the revocation holds; only a nomination that had seen it names the contact again"
    ),
    "suspension-holds": N_("the suspension holds until the side that said it lifts it"),
    "unseen-not-accepted": N_(
        "the acceptance is for what its author had seen; what came meanwhile waits"
    ),
}


def plain(summary: Summary, substance: Contacts) -> Plain:
    """A directory for programs, beside what every case has."""
    state = summary.state
    return {
        "owner": side(summary.channel, substance.owner),
        "contacts": substance.count,
        **plain_counts(contacts_state.counts(state, substance)),
        "offices": [plain_office(one) for one in contacts_state.manning(state, substance)],
        "checks": len(substance.checks),
        "checks_answered": len(substance.answers),
    }


def plain_counts(counts: Mapping[ContactStatus, int]) -> Plain:
    """How many contacts stand how, for programs."""
    return {"counts": {status.value: count for status, count in counts.items()}}


def plain_office(manned: Manned) -> Plain:
    """An office for programs; ``answers`` is the number of the office that answers for it."""
    office = manned.office
    return {
        "number": office.number,
        "level": office.level,
        "deputy": office.deputy or None,
        **plain_counts(manned.counts),
        "answers": manned.answers,
    }


def head(output: Output, summary: Summary, substance: Contacts) -> list[tuple[str, str]]:
    """The lines at the head of the page."""
    counts = contacts_state.counts(summary.state, substance)
    return [
        (output.text("Directory of"), member(output, summary.channel, substance.owner)),
        (output.text("Contacts"), count_line(output, counts)),
        (
            output.text("Communication checks"),
            output.text(
                "{answered:number} of {checks:number} answered",
                answered=len(substance.answers),
                checks=len(substance.checks),
            ),
        ),
    ]


def count_line(output: Output, counts: Mapping[ContactStatus, int]) -> str:
    """How many contacts stand how, in one line."""
    found = [
        output.text("{status:name}: {count:number}", status=status.value, count=count)
        for status, count in counts.items()
        if count
    ]
    return "; ".join(found) if found else output.text("none")


def render(output: Output, view: CaseView, substance: Contacts) -> None:
    """Print the offices, and who answers for each."""
    manned = contacts_state.manning(view.summary.state, substance)
    if manned:
        output.say()
        output.title(output.text("Offices"))
        render_offices(output, manned, _names(view, substance))
    _render_late(output, view, substance)


def _render_late(output: Output, view: CaseView, substance: Contacts) -> None:
    """Name the changes that were notified later than they should have been."""
    numbers = numbered(view)
    signed = {act.entry.leaf: act.entry.iat for act in view.acts}
    for change in substance.changes:
        passed = signed[change.id] - change.changed_at
        if passed > CHANGE_SECONDS:
            output.say(
                output.text(
                    "Statement {number} notifies a change {length} after it happened.",
                    number=numbers[change.id],
                    length=output.translator.duration(passed),
                )
            )


def _names(view: CaseView, substance: Contacts) -> dict[int, Mapping[str, str]]:
    """The names of the offices by language, as far as the acts on the page say."""
    written = {act.entry.seq: act for act in view.acts if act.entry.author == substance.owner}
    found: dict[int, Mapping[str, str]] = {}
    for office in substance.offices:
        act = written.get(office.written)
        prefix = f"offices/{office.number}/name@"
        fields: Iterable[tuple[str, Any]] = (
            act.body.values.items() if act is not None and act.body is not None else ()
        )
        found[office.number] = {
            path.removeprefix(prefix): value
            for path, value in fields
            if path.startswith(prefix) and isinstance(value, str) and path.count("/") == 2
        }
    return found


def name_of(output: Output, names: Mapping[str, str]) -> str:
    """A name of an office in the reader's language if it has one."""
    text = names.get(output.language) or names.get("en") or next(iter(names.values()), "")
    return output.foreign(text) if text else "\u2014"


def render_offices(
    output: Output, manned: Iterable[Manned], names: Mapping[int, Mapping[str, str]]
) -> None:
    """Print offices: their deputies, their contacts, and who answers for them."""
    output.table(
        [
            output.text("No."),
            output.text("Office"),
            output.text("Level"),
            output.text("Deputy"),
            output.text("Contacts"),
            output.text("Answered by"),
        ],
        [
            [
                str(one.office.number),
                name_of(output, names.get(one.office.number, {})),
                output.name(one.office.level),
                str(one.office.deputy or "\u2014"),
                count_line(output, one.counts),
                _answered_by(output, one),
            ]
            for one in manned
        ],
    )


def _answered_by(output: Output, manned: Manned) -> str:
    if manned.answers is None:
        return output.text("nobody; the office stands vacant")
    if manned.answers == manned.office.number:
        return output.text("itself")
    return output.text("its deputy, office {number}", number=manned.answers)
