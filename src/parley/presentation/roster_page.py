"""Who is on duty, and how duty was handed over: as pages and plain values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from parley.presentation import acts

if TYPE_CHECKING:
    from parley.application.roster import Handover
    from parley.presentation.output import Output
    from parley.store.roster import HandoverRow, ShiftRow


def plain_shift(row: ShiftRow) -> dict[str, Any]:
    """A shift as a plain value."""
    return {
        "shift": row.number,
        "office": row.office.hex() or None,
        "officer": row.officer,
        "rank": row.rank,
        "starts_at": row.starts_at,
        "ends_at": row.ends_at,
        "planned_by": row.planned_by,
    }


def plain_handover(row: HandoverRow) -> dict[str, Any]:
    """A handover as a plain value, without its note."""
    return {
        "handover": row.number,
        "office": row.office.hex() or None,
        "leaving": row.leaving,
        "taking": row.taking,
        "at": row.at,
        "taken_at": row.taken_at,
    }


def plain_whole(found: Handover) -> dict[str, Any]:
    """A handover as a plain value, with its note and what was open."""
    return {
        **plain_handover(found.row),
        "note": found.note,
        "alerts": [
            {
                "alert": one.id.hex(),
                "occasion": one.occasion,
                "precedence": acts.precedence(one.precedence),
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


def render_shifts(
    output: Output, found: list[ShiftRow], names: dict[bytes, dict[str, str]]
) -> None:
    """Print shifts; ``names`` are those of the offices, by language."""
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


def render_handovers(output: Output, found: list[HandoverRow]) -> None:
    """Print handovers, without their notes."""
    if not found:
        output.say(output.text("There is no handover."))
    for row in found:
        _head(output, row)


def _head(output: Output, row: HandoverRow) -> None:
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


def render_handover(output: Output, found: Handover) -> None:
    """Print a handover, its note, and what was open."""
    _head(output, found.row)
    output.say(output.text("Note"), style="bold")
    output.say(output.paragraphs(found.note), indent=2)
    for heading, lines in (
        (
            output.text("Alerts that nobody has acknowledged"),
            [
                f"{one.id.hex()}  {output.name(acts.precedence(one.precedence))}"
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
