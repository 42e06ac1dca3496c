"""The tables of ``docs/inquiry.md`` as the code has them.

Each stands in the page between ``<!-- table NAME -->`` and ``<!-- end -->``;
``python -m tests.domain.tables`` writes them anew.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from parley.domain.body import LanguageStatus
from parley.domain.delivery import EVENTS
from parley.domain.kinds.inquiry_crossing import ASKER_TYPES, CROSSINGS, REPLIER_TYPES
from parley.domain.roles import DUTIES, Role
from parley.domain.shape import CodeKind, CodeRule, FieldRule, TypeSpec
from parley.domain.types.channel import CHANNEL_TYPES
from parley.domain.types.common import ATTACHED, ATTACHMENT_COUNT
from parley.domain.types.inquiry import GROUNDS, INQUIRY_TYPES

PAGE = Path(__file__).resolve().parents[2] / "docs" / "inquiry.md"

TYPES = (*INQUIRY_TYPES, *CHANNEL_TYPES)

HOUR, DAY = 3600, 86_400


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    columns = list(head)
    lines = [columns, ["---"] * len(columns), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def code(*tokens: str) -> str:
    return ", ".join(f"`{token}`" for token in tokens)


def duration(seconds: int) -> str:
    return f"{seconds // DAY} d" if seconds % DAY == 0 and seconds > DAY else f"{seconds // HOUR} h"


def officers(spec: TypeSpec) -> str:
    named = (("drafts", spec.drafted_by), ("clears", spec.cleared_by))
    steps = [f"{', '.join(sorted(roles))} {what}" for what, roles in named if roles]
    if spec.authorisers:
        steps.append(f"{', '.join(sorted(spec.authorised_by))} authorises")
    return "; ".join(steps) or "the desk itself"


def clocks(spec: TypeSpec) -> str:
    return (
        ", ".join(
            f"{clock.kind} {duration(clock.seconds)}"
            + (f" ({duration(clock.urgent)} from *immediate*)" if clock.urgent else "")
            for clock in spec.clocks
        )
        or "none"
    )


def types(of: Sequence[TypeSpec] = TYPES) -> str:
    return table(
        ("type", "sent by", "what it does", "who makes it", "makes due"),
        ((code(spec.type), spec.sender, spec.purpose, officers(spec), clocks(spec)) for spec in of),
    )


def bounds(rule: CodeRule) -> str:
    several = f"{rule.least} to {rule.most}"
    choices = " or ".join(map(code, rule.choices))
    digests = " or ".join(("64 hexadecimal digits", *map(code, rule.choices)))
    token = code(*rule.choices) if rule.choices else "a short token"
    said = {
        CodeKind.TOKEN: "one of the grounds below" if rule.name == "ground" else token,
        CodeKind.PAIRS: f"pairs [number of the question, {choices}]",
        CodeKind.DIGESTS: f"{several} pairs [number, {digests}]",
        CodeKind.PLACES: f"{several} pairs [number, smaller number or 0]",
        CodeKind.NAMED: f"up to {rule.most} pairs [name, {choices}]",
        CodeKind.TIME: "seconds since the epoch, UTC",
        CodeKind.ID: f"{several} hexadecimal digits" if rule.least else "hexadecimal",
        CodeKind.IDS: f"{several}, hexadecimal",
    }
    return said.get(rule.kind, several)


def codes(of: Sequence[TypeSpec] = TYPES) -> str:
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
            for spec in of
            for rule in spec.codes
            if rule is not ATTACHMENT_COUNT
        ),
    )


def field(rule: FieldRule) -> str:
    return code(rule.path + ("@language" if rule.localised else ""))


def fields(of: Sequence[TypeSpec] = TYPES) -> str:
    users: dict[FieldRule, list[TypeSpec]] = {}
    for spec in of:
        for rule in spec.fields:
            if rule not in ATTACHED:
                users.setdefault(rule, []).append(spec)
    who = {
        tuple(INQUIRY_TYPES): "every type of the inquiry",
        tuple(spec for spec in of if spec.fields): "every type with a body",
    }
    return table(
        ("field", "kind", "required", "in"),
        (
            (
                field(rule),
                rule.kind,
                ("yes, one for each of the code " + code(rule.per) if rule.per else "yes")
                if rule.required
                else "no",
                who.get(tuple(specs)) or code(*(spec.type for spec in specs)),
            )
            for rule, specs in users.items()
        ),
    )


def references() -> str:
    return table(
        ("type", "refers to"),
        (
            (code(spec.type), code(*spec.reference) if spec.reference else "nothing in particular")
            for spec in INQUIRY_TYPES
        ),
    )


def crossings() -> str:
    return table(
        ("asker", "replier", "outcome", "asker's act", "replier's act", "why"),
        (
            (code(asker), code(replier), entry.outcome, entry.first, entry.second, entry.why)
            for asker in ASKER_TYPES
            for replier in REPLIER_TYPES
            for entry in (CROSSINGS[asker, replier],)
        ),
    )


def roles() -> str:
    return table(
        ("role", "may"),
        ((role.value, ", ".join(sorted(DUTIES[role]))) for role in Role),
    )


def deliveries() -> str:
    return table(
        ("event", "leads to", "negative", "meaning"),
        (
            (
                code(event),
                rule.leads_to or "no change",
                "yes" if rule.negative else "no",
                rule.meaning,
            )
            for event, rule in EVENTS.items()
        ),
    )


def grounds() -> str:
    return "".join(f"- `{ground}`\n" for ground in GROUNDS)


def languages() -> str:
    return "".join(f"- `{status}`\n" for status in LanguageStatus)


TABLES: dict[str, Callable[[], str]] = {
    maker.__name__: maker
    for maker in (
        types,
        codes,
        fields,
        references,
        crossings,
        roles,
        deliveries,
        grounds,
        languages,
    )
}


def filled(page: str, tables: Mapping[str, Callable[[], str]] = TABLES) -> str:
    """``page`` with every table as the code has it."""
    return re.sub(
        r"(<!-- table (\w+) -->\n\n)[^!]*<!-- end -->",
        lambda found: f"{found[1]}{tables[found[2]]()}\n<!-- end -->",
        page,
    )


if __name__ == "__main__":
    PAGE.write_text(filled(PAGE.read_text("utf-8")), "utf-8")
