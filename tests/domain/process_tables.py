"""The tables of ``docs/process.md`` as the code has them.

``python -m tests.domain.process_tables`` writes them anew, between the same marks as those of
``docs/inquiry.md``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from parley.domain.catalogue import CATALOGUE
from parley.domain.crossing import Table
from parley.domain.kinds import (
    KINDS,
    contacts_crossing,
    erasure_crossing,
    meeting_crossing,
    position_crossing,
    proposal_crossing,
    share_crossing,
    understanding_crossing,
)
from parley.domain.roles import Role
from parley.domain.shape import ClockKind, Opens, Scope, Sender, TypeSpec
from parley.domain.types.position import OF_ATTRIBUTION, POSITION_TYPES
from parley.domain.types.share import OF_GIVER, OF_RECIPIENT
from parley.language.names import NAMES
from parley.presentation.case_page import OUTCOMES
from parley.presentation.kinds import PAGES
from tests.domain.tables import clocks, code, duration, table

PAGE = Path(__file__).resolve().parents[2] / "docs" / "process.md"

SENDERS = {
    Sender.ASKER: "who asks",
    Sender.REPLIER: "who is asked",
    Sender.OPENER: "who opened the case",
    Sender.OTHER: "the other side",
    Sender.EITHER: "either side",
    Sender.DESK: "the desk itself",
}
# Where the side follows from more than who opened the case; the kinds read the same constants.
SIDES: dict[str, str] = {
    **dict.fromkeys(OF_GIVER, "who gives"),
    **dict.fromkeys(OF_RECIPIENT, "to whom it is offered"),
    **{
        spec.type: "whoever has not attributed"
        for spec in POSITION_TYPES
        if spec.type not in OF_ATTRIBUTION
    },
}

TABLES_OF_CROSSINGS: dict[Scope, Table] = {
    Scope.PROPOSAL: proposal_crossing.CROSSINGS,
    Scope.MEETING: meeting_crossing.CROSSINGS,
    Scope.UNDERSTANDING: understanding_crossing.CROSSINGS,
    Scope.CONTACTS: contacts_crossing.CROSSINGS,
    Scope.POSITION: position_crossing.CROSSINGS,
    Scope.CASE_SHARE: share_crossing.CROSSINGS,
    Scope.ERASURE: erasure_crossing.CROSSINGS,
}


def sender(spec: TypeSpec) -> str:
    said = SIDES.get(spec.type, SENDERS[spec.sender])
    if spec.opens == Opens.ALWAYS:
        return "whoever opens the case"
    return f"{said}; may open a case" if spec.opens == Opens.MAY else said


def hands(spec: TypeSpec) -> str:
    """Through whose hands an act goes inside the house."""
    if not spec.drafted_by:
        return "the desk itself"
    names = [NAMES[role] for role in (*sorted(spec.drafted_by), *sorted(spec.cleared_by))]
    if not spec.authorisers:
        return f"{', '.join(names)} alone"
    count = "two authorisers" if spec.authorisers == 2 else NAMES[Role.AUTHORISER]
    return ", ".join((*names, count))


def acts(scope: Scope) -> str:
    return table(
        ("act", "what it does", "sent by", "made by", "makes due"),
        (
            (code(spec.type), spec.purpose, sender(spec), hands(spec), clocks(spec))
            for spec in CATALOGUE.values()
            if spec.scope == scope
        ),
    )


def statuses(scope: Scope) -> str:
    settled = KINDS[scope].settled
    return table(
        ("status", "shown as", "still open"),
        (
            (code(status), words, "no" if status in settled else "yes")
            for status, words in PAGES[scope].STATUSES.items()
        ),
    )


def crossings(scope: Scope) -> str:
    """Those pairs of which one does something to the other; the rest stand side by side."""
    outcomes = {**OUTCOMES, **PAGES[scope].OUTCOMES}
    rows: dict[tuple[str, str, str], list[str]] = {}
    for pair, entry in TABLES_OF_CROSSINGS[scope].items():
        if entry.outcome != "both-stand":
            assert entry.outcome in outcomes
            key = (entry.outcome, f"{entry.first}, {entry.second}", entry.why)
            rows.setdefault(key, []).append(" and ".join(code(type_) for type_ in pair))
    return table(
        ("what crosses", "outcome", "first, second", "why"),
        (
            ("; ".join(pairs), code(outcome), standing, why)
            for (outcome, standing, why), pairs in rows.items()
        ),
    )


def due() -> str:
    return table(
        ("clock", "what is due", "begins with the receipt of", "how long, if nothing else is said"),
        (
            (
                code(kind),
                NAMES[kind],
                code(*begun) or "no statement",
                "; ".join(lengths),
            )
            for kind, begun, lengths in _clocks()
        ),
    )


def _clocks() -> Iterator[tuple[ClockKind, list[str], list[str]]]:
    for kind in ClockKind:
        begun: list[str] = []
        lengths: dict[str, None] = {}
        for spec in CATALOGUE.values():
            for clock in spec.clocks:
                if clock.kind == kind:
                    begun.append(spec.type)
                    urgent = f", {duration(clock.urgent)} if urgent" if clock.urgent else ""
                    lengths[duration(clock.seconds) + urgent] = None
        yield kind, begun, list(lengths) or ["as said"]


def _name(maker: str, scope: Scope) -> str:
    return f"{maker}_{scope.replace('-', '_')}"


TABLES: dict[str, Callable[[], str]] = {
    "due": due,
    **{_name("acts", scope): partial(acts, scope) for scope in Scope},
    **{_name("statuses", scope): partial(statuses, scope) for scope in KINDS},
    **{_name("crossings", scope): partial(crossings, scope) for scope in TABLES_OF_CROSSINGS},
}


def filled(page: str) -> str:
    """``page`` with every table as the code has it."""
    return re.sub(
        r"(<!-- table (\w+) -->\n\n).*?<!-- end -->",
        lambda found: f"{found[1]}{TABLES[found[2]]()}\n<!-- end -->",
        page,
        flags=re.DOTALL,
    )


if __name__ == "__main__":
    PAGE.write_text(filled(PAGE.read_text("utf-8")), "utf-8")
