"""Entries of a house record, and what a proof of them proves: as sentences and as plain values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from parley.crypto import words
from parley.language.marks import N_
from parley.presentation import acts
from parley.record.house.format import HouseEntry
from parley.record.house.verify import HouseReport, NotProved

if TYPE_CHECKING:
    from parley.presentation.output import Output

NOT_PROVED: Final[Mapping[NotProved, str]] = {
    NotProved.IDENTITY: N_(
        "That the key is that of the party named: compare its fingerprint by another way, and "
        "name it with --pin."
    ),
    NotProved.OFFICERS: N_(
        "That the officers did it: the desk says so, and signs it; officers have no keys of their "
        "own."
    ),
    NotProved.TIME: N_("When it was done: the times are those of the desk's clock."),
    NotProved.OTHER_COPY: N_(
        "That the house keeps no other record: compare this head with one that it signed before."
    ),
    NotProved.COMPLETE: N_("That nothing else was done: other entries are not shown here."),
    NotProved.REVOKED: N_(
        "That it was signed before the key was revoked: the party has given this key up, and who "
        "had it then may have signed."
    ),
}


def plain(position: int, leaf: bytes, entry: HouseEntry) -> dict[str, Any]:
    """An entry as a plain value."""
    return {
        "position": position,
        "id": leaf.hex(),
        "at": entry.at,
        "officer": entry.officer,
        "roles": list(entry.roles),
        "act": entry.act,
        "channel": _hex(entry.channel),
        "case": _hex(entry.case),
        "draft": _hex(entry.draft),
        "digest": _hex(entry.digest),
        "about": entry.about,
        "number": entry.number,
        "facts": list(entry.facts),
    }


def table(output: Output, entries: Iterable[tuple[int, bytes, HouseEntry]]) -> None:
    """Print entries, one a line."""
    output.table(
        [
            output.text("Place"),
            output.text("Entry"),
            output.text("When"),
            output.text("Officer"),
            output.text("What was done"),
            output.text("Case"),
            output.text("Draft"),
            output.text("Hash"),
            output.text("Concerns"),
            output.text("More"),
        ],
        [
            [
                str(position),
                acts.short(leaf),
                output.time(entry.at),
                entry.officer or output.text("the desk"),
                output.name(entry.act),
                _short(entry.case),
                _short(entry.draft),
                _short(entry.digest),
                entry.about or "",
                _more(output, entry),
            ]
            for position, leaf, entry in entries
        ],
    )


def plain_report(report: HouseReport) -> dict[str, Any]:
    """A report as a plain value."""
    return {
        "verified": True,
        "mode": "house",
        "party": report.party.hex(),
        "code": report.code,
        "names": report.names,
        "pinned": report.pinned,
        "generation": report.generation,
        "size": report.size,
        "root": report.root.hex(),
        "epoch": report.epoch,
        "whole": report.whole,
        "losses": [one.index for one in report.losses],
        "entries": [plain(one.index, one.leaf, one.entry) for one in report.entries],
        "not_proved": list(report.not_proved),
    }


def render(output: Output, report: HouseReport) -> None:
    """Print what is proved, and what is not."""
    name = report.names.get(output.language) or report.names.get("en") or report.code
    output.title(
        output.text(
            "The proof holds: {party} has signed a house record in which these entries stand.",
            party=output.foreign(name),
        )
    )
    output.facts(
        [
            (output.text("Fingerprint, words"), words.words(report.party)),
            (output.text("Fingerprint, digits"), words.grouped_hex(report.party)),
            (
                output.text("Its identity"),
                output.text("as you named it with --pin")
                if report.pinned
                else output.text("only what its own letter says"),
            ),
            (output.text("Size"), str(report.size)),
            (output.text("Root that was signed"), report.root.hex()),
            (output.text("Whole"), output.text("yes") if report.whole else output.text("no")),
        ],
        indent=4,
    )
    if report.generation:
        output.say(set_back(output, report.generation), style="bold red")
    output.say()
    table(output, [(one.index, one.leaf, one.entry) for one in report.entries])
    output.say()
    output.title(output.text("What it does not prove:"))
    for point in report.not_proved:
        output.say(f"- {output.text(NOT_PROVED[point])}", indent=4)


def set_back(output: Output, generation: int) -> str:
    """The sentence for a house record that was set back so many times."""
    return output.plural(
        "The house record was set back {n} time; what it had beyond that is lost.",
        "The house record was set back {n} times; what it had beyond that is lost.",
        generation,
    )


def _more(output: Output, entry: HouseEntry) -> str:
    parts = [output.name(fact) for fact in entry.facts]
    if entry.number is not None:
        parts.insert(0, str(entry.number))
    return output.translator.join(parts) if parts else ""


def _hex(data: bytes | None) -> str | None:
    return None if data is None else data.hex()


def _short(data: bytes | None) -> str:
    return "" if data is None else acts.short(data)
