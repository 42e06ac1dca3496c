"""The tables of ``docs/proposal.md`` as the code has them.

``python -m tests.domain.proposal_tables`` writes them anew.
"""

from __future__ import annotations

from collections.abc import Callable

from parley.domain.kinds.proposal_crossing import CROSSINGS
from parley.domain.kinds.working_group import CROSSINGS as GROUP_CROSSINGS
from parley.domain.types.proposal import PROPOSAL_TYPES
from parley.domain.types.working_group import WORKING_GROUP_TYPES
from tests.domain import tables

PAGE = tables.PAGE.with_name("proposal.md")

TYPES = (*PROPOSAL_TYPES, *WORKING_GROUP_TYPES)


def crossings() -> str:
    return tables.table(
        ("one act", "the other", "outcome", "the one", "the other", "why"),
        (
            (
                tables.code(first),
                tables.code(second),
                entry.outcome,
                entry.first,
                entry.second,
                entry.why,
            )
            for (first, second), entry in (*CROSSINGS.items(), *GROUP_CROSSINGS.items())
        ),
    )


TABLES: dict[str, Callable[[], str]] = {
    "types": lambda: tables.types(TYPES),
    "codes": lambda: tables.codes(TYPES),
    "fields": lambda: tables.fields(TYPES),
    "crossings": crossings,
}


if __name__ == "__main__":
    PAGE.write_text(tables.filled(PAGE.read_text("utf-8"), TABLES), "utf-8")
