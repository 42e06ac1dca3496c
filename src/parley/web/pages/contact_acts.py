"""One act on many contacts: chosen, counted, and frozen for a second officer to let it go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from starlette.responses import Response

from parley.application import contact_search, contacts, drafts
from parley.application.contact_search import Sought
from parley.application.writing import Writing
from parley.domain import ranges
from parley.domain.act import ActType
from parley.domain.kinds import contacts_state
from parley.domain.kinds.contacts_state import ContactStatus
from parley.domain.types.contacts import GROUNDS, LEVELS
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.language import catalogue
from parley.web import directories, wording
from parley.web.page import Page, posted

if TYPE_CHECKING:
    from parley.application.contacts import Contact, Directory
    from parley.domain.act import Code
    from parley.domain.ranges import Ranges
    from parley.web.visit import Visit

_ENTRIES: Final = ("way", "list", "q", "language", "status", "office", "level", "ground", "text")
_GROUNDED: Final = (ActType.CONTACT_REVOCATION, ActType.CONTACT_SUSPENSION)
_SAMPLE: Final = 20
_LIST: Final = "list"


class Choice(NamedTuple):
    """What was chosen: whom the act may name, and what of the choice it may not.

    ``size`` counts the former. ``passed`` counts those that were chosen and to whom the act has
    nothing to say, such as one that is revoked already. ``vacated`` are the offices that would
    have nobody of their own left.
    """

    numbers: Ranges
    size: int
    passed: int
    sample: list[Contact]
    vacated: list[str]

    @property
    def written(self) -> str:
        """The numbers as a form carries them."""
        return ranges.written(self.numbers)


def choose(visit: Visit) -> Response:
    """The form to choose by."""
    directory = directories.find(visit)
    return _page(visit, directory, _type(visit, directory))


def count(visit: Visit) -> Response:
    """What the choice comes to; nothing is written yet."""
    directory = directories.find(visit)
    type_ = _type(visit, directory)
    try:
        found, problem = _chosen(visit, directory)
    except ParleyError as error:
        return _page(visit, directory, type_, problem=[visit.translator.reason(error)])
    if problem:
        return _page(visit, directory, type_, problem=problem)
    choice = _choice(visit, directory, type_, found)
    if not choice.size:
        nobody = visit.words.text("Nobody fits whom this act could name.")
        return _page(visit, directory, type_, problem=[(nobody, "")])
    return _page(visit, directory, type_, choice=choice)


def prepare(visit: Visit) -> Response:
    """Write the draft and freeze it; a second officer lets it go, from its own page."""
    directory = directories.find(visit)
    type_ = _type(visit, directory)
    numbers = ranges.parse(visit.form.value("numbers"))
    if not numbers:
        raise ParleyError(Reason.FORM_INVALID, name="numbers")
    codes: dict[str, Code] = {"contacts": numbers}
    values: dict[str, str] = {}
    if type_ in _GROUNDED:
        ground, text = visit.form.line("ground"), visit.form.line("text")
        if ground is not None:
            codes["ground"] = ground
        if text is not None:
            values[f"ground/text@{visit.form.value('text-language')}"] = text
    writing = Writing(type_.value, values, codes, directory.case_id)
    draft = drafts.write(visit.desk, visit.officer, directory.channel, writing)
    frozen = drafts.submit(visit.desk, visit.officer, draft.id, draft.revision)
    return visit.go(f"/drafts/{frozen.id.hex()}")


def _type(visit: Visit, directory: Directory) -> ActType:
    """The act that the address names.

    :raises ParleyError: ``page-unknown``; ``role-forbids`` where the officer drafts none such.
    """
    type_ = directories.ACTS.get(visit.part("act"))
    if type_ is None:
        raise ParleyError(Reason.PAGE_UNKNOWN)
    directories.require(visit, directory, type_)
    return type_


def _chosen(visit: Visit, directory: Directory) -> tuple[Ranges, list[tuple[str, str]]]:
    """The contacts that the form means, and what is wrong with it."""
    given = {name: visit.form.value(name).strip() for name in _ENTRIES}
    words = visit.words
    if given["way"] == _LIST:
        listed = contact_search.listed(visit.desk, directory, given["list"])
        problem = [
            *(
                (words.text("{line}: no contact of this directory.", line=one), "")
                for one in listed.unknown[:_SAMPLE]
            ),
            *(
                (words.text("{line}: more than one contact; give the number.", line=one), "")
                for one in listed.unclear[:_SAMPLE]
            ),
        ]
        if not problem and not listed.found:
            problem = [(words.text("The list is empty."), "")]
        return listed.found, problem
    within, fault = directories.chosen(visit, directory, given)
    if fault is not None:
        return (), [fault]
    sought = Sought(given["q"], given["language"])
    return contact_search.matching(visit.desk, directory, within, sought), []


def _choice(visit: Visit, directory: Directory, type_: ActType, found: Ranges) -> Choice:
    numbers = ranges.common(found, contacts.open_to(directory, type_))
    sample = contacts.contacts(visit.desk, directory, ranges.part(numbers, 0, _SAMPLE))
    size = ranges.size(numbers)
    vacated = _vacated(visit, directory, numbers) if type_ in _GROUNDED else []
    return Choice(numbers, size, ranges.size(found) - size, sample, vacated)


def _vacated(visit: Visit, directory: Directory, numbers: Ranges) -> list[str]:
    """The offices that have somebody now, and would have nobody without these contacts."""
    here = (ContactStatus.ACCEPTED, ContactStatus.ACTIVE)
    left: dict[int, int] = {}
    for within, sign in ((directory.contacts.all, 1), (numbers, -1)):
        for one in contacts_state.stretches(directory.state, directory.contacts, within):
            if one.status in here:
                left[one.office] = left.get(one.office, 0) + sign * (one.last - one.first + 1)
    found: list[str] = []
    for place in contacts.places(visit.desk, directory):
        number = place.manned.office.number
        if left.get(number, 1) == 0:
            name = wording.chosen(place.names, visit.words.language)
            found.append(str(number) if name is None else name.text)
    return found


def _page(
    visit: Visit,
    directory: Directory,
    type_: ActType,
    *,
    choice: Choice | None = None,
    problem: list[tuple[str, str]] | None = None,
) -> Response:
    return visit.page(
        "contact_act.html",
        status=422 if problem else 200,
        directory=directory,
        channel=directory.channel,
        act=visit.part("act"),
        title=visit.words.text(directories.TITLES[visit.part("act")]),
        type=type_,
        grounded=type_ in _GROUNDED,
        grounds=GROUNDS,
        levels=LEVELS,
        statuses=[status.value for status in ContactStatus],
        offices=[
            (place.manned.office.number, wording.chosen(place.names, visit.words.language))
            for place in contacts.places(visit.desk, directory)
        ],
        languages=catalogue.LANGUAGES,
        given={
            **{name: visit.form.value(name) for name in _ENTRIES},
            "text-language": visit.form.value("text-language") or visit.words.language,
        },
        open=ranges.size(contacts.open_to(directory, type_)),
        choice=choice,
        problems=problem or [],
    )


PAGES: Final = (
    Page("/contacts/{case}/{act}", choose),
    posted("/contacts/{case}/{act}", count),
    posted("/contacts/{case}/{act}/draft", prepare),
)
