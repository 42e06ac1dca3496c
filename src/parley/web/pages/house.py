"""The house: what its officers did, and who is on duty."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Final

from starlette.responses import Response

from parley.application import house_record, offers, roster
from parley.domain.housekeeping import HouseAct
from parley.domain.roles import Duty
from parley.kernel import ids
from parley.presentation import house_page, roster_page, times
from parley.store.house_log import Sought
from parley.web.download import attachment
from parley.web.page import Page, posted
from parley.web.visit import Visit

_HANDOVERS: Final = 30
_NEWEST: Final = 50
_CASE_BYTES: Final = 16
_DRAFT_BYTES: Final = 8


def house(visit: Visit) -> Response:
    """What there is of the house."""
    return visit.page("house.html")


def log(visit: Visit) -> Response:
    """The house record: who did what, when, in which roles; its reading stands in it as well."""
    acts = [(act.value, visit.words.name(act.value)) for act in HouseAct]
    wanted = {name: visit.asked(name) for name in ("officer", "act", "case", "draft")}
    if visit.asked("shown") is None:
        # Looking at the form is not yet reading what is kept.
        return visit.page("house_record.html", wanted=wanted, acts=acts, blocks=None, size=0)
    sought = Sought(
        officer=wanted["officer"],
        act=wanted["act"],
        case=_identifier(wanted["case"], _CASE_BYTES),
        draft=_identifier(wanted["draft"], _DRAFT_BYTES),
    )
    found = house_record.read(visit.desk, visit.officer, sought, _NEWEST)
    sheet = visit.sheet()
    house_page.table(sheet, [(one.position, one.leaf, one.entry) for one in found.entries])
    return visit.page(
        "house_record.html", wanted=wanted, acts=acts, blocks=sheet.blocks, size=found.size
    )


def _identifier(text: str | None, size: int) -> bytes | None:
    return None if text is None else ids.parse_hex(text.strip(), size)


def on_duty(visit: Visit) -> Response:
    """Who is on duty now and later, and how duty is handed over."""
    names = {one.id: one.names for one in visit.desk.letter.text.offices}
    sheet = visit.sheet()
    shifts = roster.shifts(visit.desk, visit.officer, visit.now)
    roster_page.render_shifts(sheet, shifts, names)
    before = visit.number("before")
    handovers = roster.handovers(visit.desk, visit.officer, before=before, count=_HANDOVERS + 1)
    return visit.page(
        "roster.html",
        blocks=sheet.blocks,
        shifts=shifts,
        handovers=handovers[:_HANDOVERS],
        older=handovers[_HANDOVERS - 1].number if len(handovers) > _HANDOVERS else None,
        plans=offers.may(visit.desk, visit.officer, Duty.PLAN_ROSTER),
    )


def plan(visit: Visit) -> Response:
    """Put an officer on duty for a time."""
    form, now = visit.form, visit.now
    start = form.line("from")
    roster.plan(
        visit.desk,
        visit.officer,
        form.value("name").strip(),
        now if start is None else times.moment(start, now),
        times.moment(form.value("until").strip(), now),
        rank=form.number("rank"),
    )
    return visit.go("/roster")


def unplan(visit: Visit) -> Response:
    """Take a shift off the roster."""
    roster.remove(visit.desk, visit.officer, visit.ordinal())
    return visit.go("/roster")


def prove(visit: Visit) -> Response:
    """The whole house record, or entries of it, as a file that anybody verifies."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "house.proof")
        named = visit.form.value("entries").split()
        house_record.prove(visit.desk, visit.officer, file, named)
        return attachment(file.read_bytes(), file.name)


def hand_over(visit: Visit) -> Response:
    """Offer one's duty to another, with a note."""
    taking, note = visit.form.value("name").strip(), visit.form.value("note")
    roster.hand_over(visit.desk, visit.officer, taking, note)
    return visit.go("/roster")


def handover(visit: Visit) -> Response:
    """The note of a handover that one left or took, and what was open."""
    sheet = visit.sheet()
    roster_page.render_handover(sheet, roster.read(visit.desk, visit.officer, visit.ordinal()))
    return visit.page("handover.html", blocks=sheet.blocks)


def take_over(visit: Visit) -> Response:
    """Take the duty that another has offered."""
    number = visit.ordinal()
    roster.take_over(visit.desk, visit.officer, number)
    return visit.go(f"/roster/{number}")


PAGES: Final = (
    Page("/house", house),
    Page("/house/record", log),
    posted("/house/record/prove", prove),
    Page("/roster", on_duty),
    posted("/roster/plan", plan),
    posted("/roster/shifts/{number:ordinal}/remove", unplan),
    posted("/roster/hand-over", hand_over),
    Page("/roster/{number:ordinal}", handover),
    posted("/roster/{number:ordinal}/take", take_over),
)
