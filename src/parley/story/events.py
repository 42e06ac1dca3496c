"""The story: what two public documents of 2017 tell, with who says so and how exact each date is.

The facts are data (``story.toml``). A claim stays a claim of its claimant; nothing here judges it.
"""

from __future__ import annotations

import functools
import tomllib
from importlib import resources
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from parley.story.texts import Text, join

FILE: Final = "story.toml"

PartyCode = Annotated[str, Meta(pattern=r"\A[A-Z]{2}\Z")]
EventId = Annotated[str, Meta(pattern=r"\A[a-z0-9]+(?:-[a-z0-9]+)*\Z", max_length=40)]
TypeToken = Annotated[str, Meta(pattern=r"\A[a-z]+(?:-[a-z]+)*\Z")]
StoryDate = Annotated[str, Meta(pattern=r"\A[0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2})?)?\Z")]


class Event(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"by": "from"}):
    """One event as the documents tell it.

    ``source`` names the documents; ``claimant`` is who says so; ``date`` is a year, month or day
    (ISO 8601) and ``date_is`` says how exact it is. ``by`` and ``to`` are parties; an event inside
    one house has no ``to``. ``refers_to`` is an earlier event; ``count`` a number that the facts
    state.
    """

    id: EventId
    date: StoryDate
    source: Annotated[tuple[str, ...], Meta(min_length=1)]
    type: TypeToken
    by: PartyCode
    date_is: Text
    claimant: Text
    facts: Text
    to: PartyCode | None = None
    refers_to: EventId | None = None
    count: Annotated[int, Meta(ge=1)] | None = None


class Story(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"events": "event"}):
    """The whole story: the parties, the documents, and the events in the order of their telling."""

    parties: dict[PartyCode, Text]
    sources: dict[str, Text]
    events: tuple[Event, ...]

    def event(self, event_id: str) -> Event:
        """The event ``event_id``.

        :raises KeyError: there is none.
        """
        for event in self.events:
            if event.id == event_id:
                return event
        raise KeyError(event_id)

    def source_of(self, event: Event) -> Text:
        """The documents that tell ``event``, described."""
        return join(tuple(self.sources[name] for name in event.source))


@functools.cache
def load() -> Story:
    """The story that ships with the product.

    :raises msgspec.ValidationError: the file was edited and lacks something.
    :raises ParleyError: a text breaks the rules of text.
    :raises KeyError: an event names a party, a document or an event that there is not.
    """
    data = resources.files("parley.story").joinpath(FILE).read_text("utf-8")
    story = msgspec.convert(tomllib.loads(data), Story)
    for text in (*story.parties.values(), *story.sources.values()):
        text.check()
    known: set[str] = set()
    for event in story.events:
        _check(story, event, known)
        known.add(event.id)
    return story


def _check(story: Story, event: Event, known: set[str]) -> None:
    for text in (event.date_is, event.claimant, event.facts):
        text.check()
    for party in (event.by, event.to):
        if party is not None:
            _ = story.parties[party]
    story.source_of(event).check()
    if event.id in known or (event.refers_to is not None and event.refers_to not in known):
        raise KeyError(event.id)
