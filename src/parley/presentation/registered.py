"""What the house has of a case for itself: its number, its marking, its labels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from parley.application.register import Registered
    from parley.presentation.output import Output


def plain(found: Registered) -> dict[str, Any]:
    """What the house has of a case, for programs."""
    return {
        "number": found.number,
        "classification": found.marking,
        "level": found.level,
        "labels": list(found.labels),
    }


def rows(output: Output, found: Registered) -> list[tuple[str, str]]:
    """What the house has of a case, for its own people: on paper it stands at the head, or not."""
    if not output.at_home:
        return []
    made: list[tuple[str, str]] = []
    if found.number is not None:
        made.append((output.text("Number in our register"), output.foreign(found.number)))
    if found.marking is not None:
        made.append((output.text("Our classification"), output.foreign(found.marking)))
    if found.labels:
        labels = output.translator.join(output.foreign(one) for one in found.labels)
        made.append((output.text("Labels"), labels))
    return made
