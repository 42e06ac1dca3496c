"""Contacts: directories of both sides, who answers now, records, and communication checks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from starlette.responses import Response

from parley.application import channels, contact_checks, contact_search, contacts, offers
from parley.application.contact_checks import Outcome
from parley.application.contact_search import Sought
from parley.domain import ranges
from parley.domain.act import ActType
from parley.domain.kinds.contacts_state import ContactStatus
from parley.domain.ranges import numbers
from parley.domain.types.contacts import LEVELS, RECORD, SCENARIOS
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.presentation import contact_page
from parley.presentation.kinds import contacts as kind_page
from parley.web import contact_chart, directories, paging, wording
from parley.web.page import Page, posted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from parley.application.contacts import Contact, Directory, Place
    from parley.record.channel import Channel
    from parley.web.visit import Visit
    from parley.web.wording import Wording

PAGE: Final = 50
_NEWEST: Final = 60
_PEOPLE: Final = 3
_OFFICES: Final = 12
_IN_OFFICE: Final = (ContactStatus.ACCEPTED, ContactStatus.ACTIVE)


class Person(NamedTuple):
    """A contact: how it stands, its languages by name, and what its clock shows now."""

    contact: Contact
    office: Wording | None
    status: str
    languages: str
    there: str | None
    expired: bool


class Answering(NamedTuple):
    """An office: its name, who answers for it now, in which language, on which clock.

    ``people`` are the first of those who answer, of itself or of its deputy; ``more`` counts the
    others.
    """

    place: Place
    name: Wording | None
    deputy: str
    vacant: bool
    languages: str
    hours: str
    there: str | None
    people: list[Person]
    more: int


class Shown(NamedTuple):
    """A directory as the list of them shows it; ``left`` counts the offices that it does not."""

    directory: Directory
    counts: str
    offices: list[Answering]
    left: int
    chart: contact_chart.Chart
    waiting: bool


class Between(NamedTuple):
    """The directories of a channel; ours first, each side's in their order."""

    channel: Channel
    ours: list[Shown]
    theirs: list[Shown]


# --- all directories -----------------------------------------------------------------------------


def every(visit: Visit) -> Response:
    """All directories, ours beside theirs."""
    known = channels.every(visit.desk)
    found = directories.every(visit)
    shown = [] if found is None else [_shown(visit, one) for one in found]
    return visit.page(
        "contacts.html",
        sees=found is not None,
        between=[
            Between(
                one,
                [of for of in shown if _is(of, one) and of.directory.own],
                [of for of in shown if _is(of, one) and not of.directory.own],
            )
            for one in known
        ],
        nominates=directories.nominates(visit),
        checks=directories.checks(visit),
        scenarios=SCENARIOS,
    )


def _is(shown: Shown, channel: Channel) -> bool:
    return shown.directory.channel.id == channel.id


def _shown(visit: Visit, directory: Directory) -> Shown:
    checked = contact_checks.checks(visit.desk, directory)
    offices = _offices(visit, directory)
    return Shown(
        directory,
        kind_page.count_line(visit.words, directories.counts(directory)),
        offices[:_OFFICES],
        max(len(offices) - _OFFICES, 0),
        contact_chart.of(visit.words, checked[-_NEWEST:]),
        bool(checked) and checked[-1].outcome in (Outcome.WAITING, Outcome.FAILED),
    )


def _offices(visit: Visit, directory: Directory) -> list[Answering]:
    words = visit.words
    places = contacts.places(visit.desk, directory)
    names = {
        place.manned.office.number: wording.chosen(place.names, words.language) for place in places
    }
    answering = {place.manned.answers: place.manned for place in places if place.manned.answers}
    free = {
        number: contacts.select(directory, _IN_OFFICE, number) for number in answering if number
    }
    first = {number: ranges.part(found, 0, _PEOPLE) for number, found in free.items()}
    read = contacts.contacts(
        visit.desk, directory, ranges.of_numbers(n for of in first.values() for n in numbers(of))
    )
    people = {one.number: _person(visit, directory, names, one) for one in read}
    found: list[Answering] = []
    for place in places:
        number, answers = place.manned.office.number, place.manned.answers
        deputy = names.get(answers) if answers not in (None, number) else None
        about = place.about
        found.append(
            Answering(
                place,
                names[number],
                "" if deputy is None else deputy.text,
                answers is None,
                contact_page.languages(words, about["languages"]) if "languages" in about else "",
                about.get("hours", ""),
                contact_page.there(words, about.get("hours", ""), visit.now),
                [people[one] for one in numbers(first.get(answers or 0, ()))],
                max(ranges.size(free.get(answers or 0, ())) - _PEOPLE, 0),
            )
        )
    return found


# --- one directory -------------------------------------------------------------------------------


def one(visit: Visit) -> Response:
    """A directory: its offices, and its contacts, chosen by place, language and how they stand."""
    directory = directories.find(visit)
    given = {
        name: visit.asked(name) or "" for name in ("q", "language", "status", "office", "level")
    }
    chosen, error = directories.chosen(visit, directory, given)
    found = contact_search.matching(
        visit.desk, directory, chosen, Sought(given["q"], given["language"])
    )
    wanted = ranges.part(found, (paging.number(visit) - 1) * PAGE, PAGE)
    offices = _offices(visit, directory)
    names = {office.place.manned.office.number: office.name for office in offices}
    checked = contact_checks.checks(visit.desk, directory)
    key, holders = visit.asked("key"), None
    if key is not None:
        holders = contacts.with_key(visit.desk, directory, key)
    return visit.page(
        "directory.html",
        directory=directory,
        channel=directory.channel,
        counts=kind_page.count_line(visit.words, directories.counts(directory)),
        offices=offices,
        rows=[_person(visit, directory, names, one) for one in _read(visit, directory, wanted)],
        total=ranges.size(found),
        paging=paging.of(visit, ranges.size(found), PAGE),
        given=given,
        error=error,
        statuses=[status.value for status in ContactStatus],
        levels=LEVELS,
        key=key,
        holders=None if holders is None else _holders(visit, directory, holders),
        chart=contact_chart.of(visit.words, checked[-_NEWEST:]),
        checked=checked[::-1][:_NEWEST],
        statistics=contact_checks.statistics(checked, visit.now - contact_checks.YEAR),
        waiting=bool(checked) and checked[-1].answered_at is None,
        next_check=_next(visit, directory),
        acts=directories.acts(visit, directory),
        titles=directories.TITLES,
        writes=directories.nominates(visit) and directory.own,
        checks=directories.checks(visit),
        scenarios=SCENARIOS,
        offered=[
            type_
            for type_ in offers.in_case(
                visit.desk, visit.officer, directory.channel, directory.case_id
            )
            if type_ == ActType.CONTACT_CHANGE
        ],
    )


def _read(visit: Visit, directory: Directory, wanted: ranges.Ranges) -> list[Contact]:
    return contacts.contacts(visit.desk, directory, wanted) if wanted else []


def _person(
    visit: Visit, directory: Directory, names: Mapping[int, Wording | None], contact: Contact
) -> Person:
    record, today = contact.record or {}, contact_page.day(visit.now)
    return Person(
        contact,
        names.get(contact.standing.office),
        contact_page.status(visit.words, directory, contact, today),
        contact_page.languages(visit.words, record["languages"]) if "languages" in record else "",
        contact_page.there(visit.words, record.get("hours", ""), visit.now),
        contact_page.expired(contact, today),
    )


def _holders(visit: Visit, directory: Directory, found: list[Contact]) -> list[object]:
    """Whose key it is, and what that means for a message under it."""
    sheet = visit.sheet()
    contact_page.render_key(sheet, directory, found, contact_page.day(visit.now))
    return list(sheet.blocks)


def _next(visit: Visit, directory: Directory) -> int | None:
    """When we are to check the other side's directory next."""
    due = None if directory.own else contact_checks.next_check(visit.desk, directory)
    times = [] if due is None else [at for at in due.due if at is not None]
    return min(times) if times else None


def contact(visit: Visit) -> Response:
    """One contact: its whole record."""
    directory = directories.find(visit)
    number = visit.ordinal()
    if not 1 <= number <= directory.contacts.count:
        raise ParleyError(Reason.PAGE_UNKNOWN)
    found = contacts.contacts(visit.desk, directory, ((number, number),))[0]
    names = {
        office.place.manned.office.number: office.name for office in _offices(visit, directory)
    }
    return visit.page(
        "contact.html",
        directory=directory,
        channel=directory.channel,
        row=_person(visit, directory, names, found),
        entries=[
            (visit.words.text(contact_page.ENTRIES[name]), name, found.record[name])
            for name in RECORD
            if found.record is not None and name in found.record
        ],
    )


# --- checks --------------------------------------------------------------------------------------


def check(visit: Visit) -> Response:
    """Ask the other side's offices for a sign of life; the duty officer does it alone."""
    directory = directories.find(visit)
    scenario = visit.form.value("scenario")
    if scenario not in SCENARIOS:
        raise ParleyError(Reason.FORM_INVALID, name="scenario")
    office = visit.form.number("office") if visit.form.line("office") else None
    contact_checks.check(visit.desk, visit.officer, directory, scenario, office)
    return visit.go(f"/contacts/{directory.case_id.hex()}#checks")


def answer(visit: Visit) -> Response:
    """Answer the newest check of our directory; the duty officer does it alone."""
    directory = directories.find(visit)
    contact_checks.answer(visit.desk, visit.officer, directory)
    return visit.go(f"/contacts/{directory.case_id.hex()}#checks")


PAGES: Final = (
    Page("/contacts", every),
    Page("/contacts/{case}", one),
    Page("/contacts/{case}/{number:ordinal}", contact),
    posted("/contacts/{case}/check", check),
    posted("/contacts/{case}/answer", answer),
)
