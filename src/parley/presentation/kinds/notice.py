"""The page of a notice: what it says of a law or a measure, and on which days."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from parley.domain.kinds.notice import Notice, Version
from parley.language.marks import N_
from parley.presentation.kinds.common import Plain, member, numbered

if TYPE_CHECKING:
    from parley.application.cases import CaseView, Summary
    from parley.presentation.output import Output

STATUSES: Final[Mapping[str, str]] = {
    "not-yet-in-force": N_("not yet in force"),
    "in-force-from": N_("in force from a day on"),
    "in-force-until": N_("in force until a day"),
}

OUTCOMES: Final[Mapping[str, str]] = {}


def plain(_summary: Summary, substance: Notice) -> Plain:
    """A notice for programs, beside what every case has."""
    return {"notices": [plain_version(version) for version in substance.versions]}


def plain_version(version: Version) -> dict[str, Any]:
    """One notice as it now reads."""
    return {
        "statement": version.id.hex(),
        "nature": version.nature,
        "since": version.since,
        "until": version.until,
        "sectors": list(version.sectors),
        "corrected": version.corrected,
    }


def head(output: Output, summary: Summary, substance: Notice) -> list[tuple[str, str]]:
    """Whose notice it is, and what its latest version says."""
    last = substance.versions[-1]
    rows = [
        (output.text("Notice of"), member(output, summary.channel, summary.state.opener)),
        (output.text("Nature"), output.name(last.nature)),
        (output.text("In force"), days(output, last)),
    ]
    if last.sectors:
        rows.append((output.text("Sectors"), sectors(output, last)))
    return rows


def render(output: Output, view: CaseView, substance: Notice) -> None:
    """Print the notices of the case, where there is more than one."""
    if len(substance.versions) == 1:
        return
    numbers = numbered(view)
    output.say()
    output.title(output.text("Notices, the latest last"))
    output.table(
        [
            output.text("By statement"),
            output.text("Nature"),
            output.text("In force"),
            output.text("Sectors"),
        ],
        [
            [
                str(numbers.get(version.id, "?")),
                output.name(version.nature),
                days(output, version),
                sectors(output, version),
            ]
            for version in substance.versions
        ],
    )


def days(output: Output, version: Version) -> str:
    """The days of a notice, as exact as they were given."""
    if version.since is None:
        return output.text("not yet")
    if version.until is None:
        return output.text("from {since}", since=version.since)
    return output.text("from {since} to {until}", since=version.since, until=version.until)


def sectors(output: Output, version: Version) -> str:
    """The sectors that a notice names."""
    if not version.sectors:
        return "\u2014"
    return output.names(version.sectors)
