"""The tables of ``docs/positions.md`` as the code has them.

``python -m tests.domain.positions_tables`` writes them anew, as ``tests.domain.tables`` does those
of the inquiry.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

from parley.domain.shape import CodeKind, CodeRule, FieldRule, TypeSpec
from parley.domain.types.common import ATTACHED, ATTACHMENT_COUNT, COMMON
from parley.domain.types.notice import NOTICE_TYPES
from parley.domain.types.position import POSITION_TYPES
from parley.domain.types.recusal import RECUSAL_TYPES
from parley.domain.types.share import SHARE_TYPES
from tests.domain.tables import code, duration, table

PAGE = Path(__file__).resolve().parents[2] / "docs" / "positions.md"

TYPES = {
    "position": POSITION_TYPES,
    "notice": NOTICE_TYPES,
    "case_share": SHARE_TYPES,
    "recusal": RECUSAL_TYPES,
}


def bounds(rule: CodeRule) -> str:
    match rule.kind:
        case CodeKind.TOKEN:
            return code(*rule.choices)
        case CodeKind.TOKENS:
            return f"{rule.least} to {rule.most} short tokens"
        case CodeKind.DATE:
            return "a year, a month or a day: `2016-12`"
        case CodeKind.DURATION:
            return f"seconds, {duration(rule.least)} to {duration(rule.most)}"
        case CodeKind.ID:
            return f"{rule.most} hexadecimal digits"
        case _:
            return f"{rule.least} to {rule.most}"


def codes(types: tuple[TypeSpec, ...]) -> str:
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
            for spec in types
            for rule in spec.codes
            if rule is not ATTACHMENT_COUNT
        ),
    )


def fields(types: tuple[TypeSpec, ...]) -> str:
    users: dict[FieldRule, list[str]] = {}
    for spec in types:
        for rule in spec.fields:
            if rule not in (*COMMON, *ATTACHED):
                users.setdefault(rule, []).append(spec.type)
    return table(
        ("field", "kind", "required", "in"),
        (
            (
                code(rule.path + ("@language" if rule.localised else "")),
                f"one of {code(*rule.choices)}" if rule.choices else rule.kind,
                _required(rule),
                code(*names),
            )
            for rule, names in users.items()
        ),
    )


def _required(rule: FieldRule) -> str:
    if not rule.required:
        return "no"
    return f"yes, for each of `{rule.per}`" if rule.per else "yes"


TABLES: dict[str, Callable[[], str]] = {
    **{f"codes_{kind}": partial(codes, types) for kind, types in TYPES.items()},
    **{f"fields_{kind}": partial(fields, types) for kind, types in TYPES.items()},
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
