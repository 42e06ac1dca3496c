"""Header codes as a person reads them on a page: what each is called, and what it says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Final

from parley.domain.act import Code
from parley.domain.catalogue import CATALOGUE
from parley.domain.shape import CodeKind, CodeRule
from parley.language.marks import N_

if TYPE_CHECKING:
    from parley.presentation.output import Output

LABELS: Final[Mapping[str, str]] = {
    "severity": N_("Severity"),
    "ground": N_("Ground"),
    "result": N_("Result"),
    "received-at": N_("Arrived"),
    "next-step": N_("Next step by"),
    "said-by": N_("Whose claim"),
    "confidence": N_("Confidence"),
    "publicity": N_("Publicity"),
    "nature": N_("Nature"),
    "force": N_("In force"),
    "since": N_("First day"),
    "until": N_("Last day"),
    "sectors": N_("Sectors"),
    "case-status": N_("Criminal case"),
    "retention": N_("To be kept at most"),
    "use": N_("Use"),
    "period": N_("To be preserved for"),
    "form": N_("Form"),
    "level": N_("At the level of"),
    "first-day": N_("First day"),
    "last-day": N_("Last day"),
    "held": N_("Took place"),
    "accepted": N_("Items accepted"),
    "declined": N_("Items declined"),
    "owner": N_("To be done by"),
    "due": N_("Due on"),
    "progress": N_("Progress"),
    "assessment": N_("Word on the report"),
    "meeting": N_("In the meeting"),
    "about": N_("About case"),
}
"""What codes are called on a page; those without a name say nothing to a person there."""

_CASE_SHOWN: Final = 12


def rows(output: Output, type_: str, given: Mapping[str, Code]) -> list[tuple[str, str]]:
    """The codes of an act that say something to a person, in the order of its type.

    ``given`` may be those of a void act, whatever it holds.
    """
    spec = CATALOGUE.get(type_)
    found: list[tuple[str, str]] = []
    for rule in spec.codes if spec is not None else ():
        label, value = LABELS.get(rule.name), given.get(rule.name)
        if label is not None and value is not None:
            text = _shown(output, rule, value)
            if text is not None:
                found.append((output.text(label), text))
    return found


def others(output: Output, type_: str, given: Mapping[str, Code]) -> list[tuple[str, str]]:
    """The codes that :func:`rows` leaves out, by their own names: who approves sees all of them.

    What only counts the items of the text is left out here too, and answers to questions.
    """
    spec = CATALOGUE.get(type_)
    kinds = {rule.name: rule.kind for rule in spec.codes} if spec is not None else {}
    return [
        (output.text("Code {code}", code=name), output.foreign(_plainly(kinds.get(name), value)))
        for name, value in sorted(given.items())
        if name not in LABELS and name != "answers" and kinds.get(name) != CodeKind.COUNT
    ]


def _plainly(kind: CodeKind | None, value: Code) -> str:
    if not isinstance(value, tuple):
        return str(value)
    if kind == CodeKind.RANGES:
        return ", ".join(_ranges(value))
    return ", ".join(
        ": ".join(map(str, item)) if isinstance(item, tuple) else str(item) for item in value
    )


def _shown(output: Output, rule: CodeRule, value: Code) -> str | None:
    match rule.kind, value:
        case CodeKind.TOKEN, str():
            return output.name(value) if value in rule.choices else output.foreign(value)
        case CodeKind.TIME, int():
            return output.time(value)
        case CodeKind.DURATION, int():
            return output.translator.duration(value)
        case CodeKind.TOKENS, tuple():
            return output.names(map(str, value))
        case CodeKind.DATE, str():
            return output.foreign(value)
        case CodeKind.ID, str():
            return output.foreign(value[:_CASE_SHOWN])
        case CodeKind.RANGES, tuple():
            return ", ".join(_ranges(value))
    return None


def _ranges(value: Iterable[object]) -> Iterator[str]:
    for item in value:
        if isinstance(item, tuple) and len(item) == 2:
            first, last = item
            yield str(first) if first == last else f"{first}-{last}"
