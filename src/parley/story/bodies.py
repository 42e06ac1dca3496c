"""The body of a statement that replays an act: field paths and values, in three languages.

The paths are those of ``parley.domain.catalogue``. No version has a status: a text that was made
for a demonstration is authentic in no language.
"""

from __future__ import annotations

from parley.story.events import Event, Story
from parley.story.illustration import Act, Illustration
from parley.story.texts import Text

Value = str | bytes | int


def of_act(
    story: Story, illustration: Illustration, act: Act, *, opens: bool = False
) -> dict[str, Value]:
    """All fields of the statement that replays ``act``; ``opens``: it opens its case."""
    fields = {**_texts(act), **_registry(illustration, act, opens=opens)}
    fields |= localised("story/illustration", illustration.note(act))
    if act.event is not None:
        fields |= _told(story, story.event(act.event))
    return fields


def localised(path: str, text: Text) -> dict[str, Value]:
    """A field with its version in each language."""
    return {f"{path}@{language}": version for language, version in text.versions()}


def _texts(act: Act) -> dict[str, Value]:
    """The wording: what was made up has its mark, what the documents tell has none."""
    fields: dict[str, Value] = dict(act.plain)
    for path, text in (act.texts | act.told).items():
        fields |= localised(path, text)
    for number, item in enumerate(act.evidence, 1):
        fields |= localised(f"evidence/{number}/description", item.description)
        fields[f"evidence/{number}/sha256"] = item.sha256
    return fields


def contacts(act: Act, mark: Text, first: int) -> dict[str, Value]:
    """The synthetic contact records that ``act`` brings, numbered from ``first`` on."""
    numbers = range(first, first + (act.contacts or 0))
    return {f"contacts/{number}/name": f"{mark.en}: contact {number:04d}" for number in numbers}


def _registry(illustration: Illustration, act: Act, *, opens: bool) -> dict[str, Value]:
    """Synthetic registry numbers. Who opens the case does not know the other side's yet."""
    fields: dict[str, Value] = {"registry/own": f"{illustration.registry[act.by]}-{act.case}"}
    if not opens:
        (other,) = (number for party, number in illustration.registry.items() if party != act.by)
        fields["registry/peer"] = f"{other}-{act.case}"
    return fields


def _told(story: Story, event: Event) -> dict[str, Value]:
    """What the documents tell: the claim, whose it is, and how exact its day is."""
    return {
        "story/id": event.id,
        "story/date": event.date,
        **localised("story/source", story.source_of(event)),
        **localised("story/claimant", event.claimant),
        **localised("story/facts", event.facts),
        **localised("story/date-is", event.date_is),
    }
