"""The body of a statement that replays an act: field paths and values, in three languages.

The paths are those of ``parley.domain.catalogue``. No version has a status: a text that was made
for a demonstration is authentic in no language.
"""

from __future__ import annotations

from parley.story.events import Event, Story
from parley.story.illustration import Act, Illustration
from parley.story.texts import Text

Value = str | bytes


def of_act(story: Story, illustration: Illustration, act: Act) -> dict[str, Value]:
    """All fields of the statement that replays ``act``."""
    fields = {**_texts(act), **_registry(illustration, act)}
    fields |= _localised("story/illustration", illustration.note(act))
    if act.event is not None:
        fields |= _told(story, story.event(act.event))
    return fields


def _texts(act: Act) -> dict[str, Value]:
    """The wording: illustration, each text with its mark."""
    texts: dict[str, Text | None] = {
        "subject": act.subject,
        "incident": act.incident,
        "facts": act.facts,
        "next-step": act.next_step,
        "remarks": act.remarks,
    }
    for number, question in enumerate(act.questions, 1):
        texts[f"questions/{number}/text"] = question
    for answer in act.answers:
        texts[f"answers/{answer.question}/text"] = answer.text
    fields: dict[str, Value] = {}
    for path, text in texts.items():
        if text is not None:
            fields |= _localised(path, text)
    for number, item in enumerate(act.evidence, 1):
        fields |= _localised(f"evidence/{number}/description", item.description)
        fields[f"evidence/{number}/sha256"] = item.sha256
    return fields


def _registry(illustration: Illustration, act: Act) -> dict[str, Value]:
    """Synthetic registry numbers. Who opens the case does not know the other side's yet."""
    fields: dict[str, Value] = {"registry/own": illustration.registry[act.by]}
    if act.type != "inquiry":
        fields["registry/peer"] = next(
            number for party, number in illustration.registry.items() if party != act.by
        )
    return fields


def _told(story: Story, event: Event) -> dict[str, Value]:
    """What the documents tell: the claim, whose it is, and how exact its day is."""
    return {
        "story/id": event.id,
        "story/date": event.date,
        **_localised("story/source", story.source_of(event)),
        **_localised("story/claimant", event.claimant),
        **_localised("story/facts", event.facts),
        **_localised("story/date-is", event.date_is),
    }


def _localised(path: str, text: Text) -> dict[str, Value]:
    return {f"{path}@{language}": version for language, version in text.versions()}
