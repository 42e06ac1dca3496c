"""The tables of ``docs/contacts.md`` as the code has them.

``python -m tests.domain.contacts_tables`` writes them anew, as ``tests.domain.tables`` does those
of the inquiry.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from parley.domain.kinds.contacts_crossing import CROSSINGS
from parley.domain.shape import CodeKind, CodeRule
from parley.domain.types.common import ATTACHMENT_COUNT
from parley.domain.types.contacts import (
    CONTACTS_TYPES,
    GROUNDS,
    LEVELS,
    OFFICE_FIELDS,
    RECORD,
    SCENARIOS,
)
from tests.domain.tables import clocks, code, officers, table

PAGE = Path(__file__).resolve().parents[2] / "docs" / "contacts.md"


def types() -> str:
    return table(
        ("type", "sent by", "what it does", "who makes it", "makes due"),
        (
            (code(spec.type), spec.sender, spec.purpose, officers(spec), clocks(spec))
            for spec in CONTACTS_TYPES
        ),
    )


def bounds(rule: CodeRule) -> str:
    match rule.kind:
        case CodeKind.TOKEN:
            return code(*rule.choices)
        case CodeKind.TIME:
            return "seconds since the epoch, UTC"
        case CodeKind.ID:
            return f"hexadecimal, up to {rule.most} digits"
        case CodeKind.RANGES:
            return f"[first, last], ascending, that do not touch; up to {rule.most} contacts"
        case CodeKind.PAIRS | CodeKind.LINKS:
            return f"[{', '.join(rule.entries)}], ascending; up to {rule.most}"
        case _:
            return f"{rule.least} to {rule.most}"


def codes() -> str:
    return table(
        ("type", "code", "kind", "required", "values"),
        (
            (
                code(spec.type),
                code(rule.name),
                rule.kind,
                "yes" if rule.required else "no",
                bounds(rule),
            )
            for spec in CONTACTS_TYPES
            for rule in spec.codes
            if rule is not ATTACHMENT_COUNT
            if rule.name != "about"
        ),
    )


def words() -> str:
    return table(
        ("of what", "words"),
        (
            ("levels of offices", code(*LEVELS)),
            ("fields of an office", code(*(rule.path for rule in OFFICE_FIELDS))),
            ("entries of a contact's record", code(*RECORD)),
            ("grounds", code(*GROUNDS)),
            ("scenarios of checks", code(*SCENARIOS)),
        ),
    )


def crossings() -> str:
    return table(
        ("one side's act", "the other's", "outcome", "why"),
        (
            (code(first), code(second), entry.outcome, entry.why)
            for (first, second), entry in CROSSINGS.items()
        ),
    )


TABLES: dict[str, Callable[[], str]] = {
    maker.__name__: maker for maker in (types, codes, words, crossings)
}


def filled(page: str) -> str:
    """``page`` with every table as the code has it."""
    return re.sub(
        r"(<!-- table (\w+) -->\n\n)[^!]*<!-- end -->",
        lambda found: f"{found[1]}{TABLES[found[2]]()}\n<!-- end -->",
        page,
    )


if __name__ == "__main__":
    PAGE.write_text(filled(PAGE.read_text("utf-8")), "utf-8")
