"""``parley roster``: who is on duty, and handing duty over with a note."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, Parameter

from parley.cli import access, drafting, examples, options
from parley.cli.manuscript import PRECEDENCES
from parley.cli.options import Acting
from parley.cli.terminal import Terminal
from parley.presentation import times

if TYPE_CHECKING:
    from parley.application.roster import Handover
    from parley.store.roster import HandoverRow, ShiftRow

app = App(name="roster", help="Who is on duty, and handing duty over.")

_Number = Annotated[int, Parameter(help="its number: parley roster handovers")]


@app.command(help_epilogue=examples.of("roster plan"))
def plan(
    name: Annotated[str, Parameter(help="a duty officer")],
    /,
    *,
    until: Annotated[str, Parameter(name="--until", help="time, day, or length such as 8h")],
    start: Annotated[
        str | None, Parameter(name="--from", help="time, day, or length from now; now")
    ] = None,
    rank: Annotated[int, Parameter(name="--rank", help="1 is told first, then 2")] = 1,
    office: Annotated[
        str | None, Parameter(name="--office", help="number or name in our letter; the house")
    ] = None,
    acting: Acting = options.ACTING,
) -> None:
    """Put an officer on duty for a time. Authorisers and administrators do."""
    from parley.application import roster

    output = Terminal(acting)
    by = options.officer_of(acting)
    with access.opened(acting, output) as desk:
        now = desk.clock()
        starts_at = now if start is None else times.moment(start, now)
        where = b"" if office is None else drafting.office_of(desk.letter, office, output)
        ends_at = times.moment(until, now)
        row = roster.plan(desk, by, name, starts_at, ends_at, rank=rank, office=where)
    output.emit(
        _shift(row),
        lambda: output.say(
            output.text(
                "Shift {number}: {officer} is on duty from {start} to {end}.",
                number=row.number,
                officer=row.officer,
                start=output.time(row.starts_at),
                end=output.time(row.ends_at),
            )
        ),
    )


@app.command(help_epilogue=examples.of("roster remove"))
def remove(
    number: Annotated[int, Parameter(help="its number: parley roster list")],
    /,
    *,
    acting: Acting = options.ACTING,
) -> None:
    """Take a shift off the roster."""
    from parley.application import roster

    output = Terminal(acting)
    by = options.officer_of(acting)
    with access.opened(acting, output) as desk:
        roster.remove(desk, by, number)
    output.emit(
        {"shift": number, "removed": True},
        lambda: output.say(output.text("Shift {number} is off the roster.", number=number)),
    )


@app.command(name="list", help_epilogue=examples.of("roster list"))
def list_(
    *,
    at: Annotated[
        str | None, Parameter(name="--at", help="only who is on duty then: time, day, or length")
    ] = None,
    acting: Acting = options.ACTING,
) -> None:
    """List who is on duty now and later, the first to be told first."""
    from parley.application import roster

    output = Terminal(acting)
    officer = options.officer_of(acting)
    with access.opened(acting, output) as desk:
        now = desk.clock()
        if at is None:
            found = roster.shifts(desk, officer, now)
        else:
            moment = times.moment(at, now)
            found = roster.shifts(desk, officer, moment, moment + 1)
        names = {one.id: one.names for one in desk.letter.text.offices}
    output.emit([_shift(row) for row in found], lambda: _show(output, found, names))


@app.command(name="hand-over", help_epilogue=examples.of("roster hand-over"))
def hand_over(
    name: Annotated[str, Parameter(help="the duty officer who is to take it")],
    /,
    *,
    note: Annotated[str, Parameter(name="--note", help="what the other has to know")],
    acting: Acting = options.ACTING,
) -> None:
    """Offer one's duty to another, with a note and with what is open.

    What is due, which alerts nobody has acknowledged and which drafts are open
    goes with it. One stays on duty until the other takes it.
    """
    from parley.application import roster

    output = Terminal(acting)
    officer = options.officer_of(acting)
    with access.opened(acting, output) as desk:
        row = roster.hand_over(desk, officer, name, note)
    output.emit(
        _handover(row),
        lambda: output.say(
            output.text(
                "Handover {number} waits for {officer}, who is told of it.",
                number=row.number,
                officer=row.taking,
            )
        ),
    )


@app.command(help_epilogue=examples.of("roster take"))
def take(number: _Number, /, *, acting: Acting = options.ACTING) -> None:
    """Take the duty that another has offered, and read the note."""
    from parley.application import roster

    output = Terminal(acting)
    officer = options.officer_of(acting)
    with access.opened(acting, output) as desk:
        found = roster.take_over(desk, officer, number)

    def render() -> None:
        output.say(output.text("You are on duty."))
        _show_handover(output, found)

    output.emit(_whole(found), render)


@app.command(help_epilogue=examples.of("roster note"))
def note(number: _Number, /, *, acting: Acting = options.ACTING) -> None:
    """Read the note of a handover that one left or took."""
    from parley.application import roster

    output = Terminal(acting)
    officer = options.officer_of(acting)
    with access.opened(acting, output) as desk:
        found = roster.read(desk, officer, number)
    output.emit(_whole(found), lambda: _show_handover(output, found))


@app.command(help_epilogue=examples.of("roster handovers"))
def handovers(*, acting: Acting = options.ACTING) -> None:
    """List the handovers that one left or takes, the newest first."""
    from parley.application import roster

    output = Terminal(acting)
    officer = options.officer_of(acting)
    with access.opened(acting, output) as desk:
        found = roster.handovers(desk, officer)
    output.emit([_handover(row) for row in found], lambda: _show_handovers(output, found))


# --- values and pages ----------------------------------------------------------------------------


def _shift(row: ShiftRow) -> dict[str, Any]:
    return {
        "shift": row.number,
        "office": row.office.hex() or None,
        "officer": row.officer,
        "rank": row.rank,
        "starts_at": row.starts_at,
        "ends_at": row.ends_at,
        "planned_by": row.planned_by,
    }


def _handover(row: HandoverRow) -> dict[str, Any]:
    return {
        "handover": row.number,
        "office": row.office.hex() or None,
        "leaving": row.leaving,
        "taking": row.taking,
        "at": row.at,
        "taken_at": row.taken_at,
    }


def _whole(found: Handover) -> dict[str, Any]:
    return {
        **_handover(found.row),
        "note": found.note,
        "alerts": [
            {
                "alert": one.id.hex(),
                "occasion": one.occasion,
                "precedence": PRECEDENCES[one.precedence],
                "case": one.case.hex() if one.case else None,
                "deadline": one.deadline,
            }
            for one in found.alerts
        ],
        "dues": [
            {"case": one.case.hex(), "kind": one.kind, "due_at": one.due_at} for one in found.dues
        ],
        "drafts": [
            {"draft": one.id.hex(), "type": one.type, "stage": one.stage} for one in found.drafts
        ],
    }


def _show(output: Terminal, found: list[ShiftRow], names: dict[bytes, dict[str, str]]) -> None:
    if not found:
        output.say(output.text("Nobody is on the roster for this time."))
        return

    def office(row: ShiftRow) -> str:
        if not row.office:
            return output.text("the house")
        known = names.get(row.office, {})
        return known.get(output.language) or next(iter(known.values()), row.office.hex())

    output.table(
        [
            output.text("Shift"),
            output.text("Officer"),
            output.text("Office"),
            output.text("Rank"),
            output.text("From"),
            output.text("Until"),
        ],
        [
            [
                str(row.number),
                row.officer,
                office(row),
                str(row.rank),
                output.time(row.starts_at),
                output.time(row.ends_at),
            ]
            for row in found
        ],
    )


def _show_handovers(output: Terminal, found: list[HandoverRow]) -> None:
    if not found:
        output.say(output.text("There is no handover."))
    for row in found:
        _head(output, row)


def _head(output: Terminal, row: HandoverRow) -> None:
    output.title(
        output.text(
            "Handover {number}: {leaving} to {taking}",
            number=row.number,
            leaving=row.leaving,
            taking=row.taking,
        )
    )
    taken = output.text("not yet") if row.taken_at is None else output.time(row.taken_at)
    output.facts(
        [(output.text("Handed over"), output.time(row.at)), (output.text("Taken over"), taken)],
        indent=2,
    )


def _show_handover(output: Terminal, found: Handover) -> None:
    _head(output, found.row)
    output.say(output.text("Note"), style="bold")
    output.say(output.paragraphs(found.note), indent=2)
    for heading, lines in (
        (
            output.text("Alerts that nobody has acknowledged"),
            [
                f"{one.id.hex()}  {output.name(PRECEDENCES[one.precedence])}"
                f"  {output.name(one.occasion)}  {output.time(one.deadline)}"
                for one in found.alerts
            ],
        ),
        (
            output.text("Due"),
            [
                f"{output.time(one.due_at)}  {output.name(one.kind)}  {one.case.hex()[:12]}"
                for one in found.dues
            ],
        ),
        (
            output.text("Open drafts"),
            [
                f"{one.id.hex()}  {output.name(one.type)}  {output.name(one.stage)}"
                for one in found.drafts
            ],
        ),
    ):
        output.say(heading, style="bold")
        for line in lines or [output.text("none")]:
            output.say(line, indent=2)
