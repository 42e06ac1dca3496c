"""The sample data: the story in three languages, and the illustration, each text marked."""

from __future__ import annotations

import unicodedata

import pytest

from parley.domain.act import Precedence
from parley.domain.body import parse_path
from parley.domain.catalogue import CATALOGUE
from parley.domain.dates import is_date
from parley.kernel import limits
from parley.language.catalogue import LANGUAGES
from parley.story import bodies, events, illustration
from parley.story.texts import Text

STORY = events.load()
ILLUSTRATION = illustration.load()
ACTS = ILLUSTRATION.acts

# In the order in which the story is told.
IDS = [
    "inquiry-2016",
    "preliminary-2016",
    "accusation-2016",
    "sanctions-2016",
    "denial-2016",
    "detailed-2017",
    "promise-2017",
    "hamburg-2017",
    "hamburg-understanding",
    "dinner-2017",
    "step-back-2017",
    "secret-denial-2017",
    "working-group-2017",
    "citadel-2017",
    "recusal-2017",
    "recusal-reproach-2017",
    "senate-2017",
    "expulsion-2017",
    "law-2017",
    "manila-2017",
    "recall-2017",
    "ministry-contact-2017",
]

# Names of software and of agencies stand in every language as they are.
LATIN_ALLOWED = {"A", "B", "Citadel", "Sputnik", "Anadolu", "synthetic", "txt"}


def scripts(text: str) -> set[str]:
    """The scripts of the words in ``text``, without the Latin words that may stand anywhere."""
    bare = "".join(character if character.isalpha() else " " for character in text)
    words = [word for word in bare.split() if word not in LATIN_ALLOWED]
    return {unicodedata.name(character).split()[0] for word in words for character in word}


def texts_of_story() -> list[tuple[str, Text]]:
    found = [(f"party {code}", name) for code, name in STORY.parties.items()]
    found += [(f"source {name}", text) for name, text in STORY.sources.items()]
    for event in STORY.events:
        found += [
            (f"{event.id} facts", event.facts),
            (f"{event.id} claimant", event.claimant),
            (f"{event.id} date_is", event.date_is),
        ]
    return found


def texts_of_illustration() -> list[tuple[str, Text]]:
    return [
        (f"{number} {act.type} {place}", text)
        for number, act in enumerate(ACTS, 1)
        for place, text in enumerate((*act.wording(), ILLUSTRATION.note(act)))
    ]


def texts_in_words_of_the_documents() -> list[tuple[str, Text]]:
    return [
        (f"{number} {act.type} {path}", text)
        for number, act in enumerate(ACTS, 1)
        for path, text in act.told.items()
    ]


def test_the_story_is_whole() -> None:
    assert [event.id for event in STORY.events] == IDS


@pytest.mark.parametrize("event", STORY.events, ids=lambda event: event.id)
def test_an_event_has_a_day_a_claimant_and_a_source(event: events.Event) -> None:
    assert is_date(event.date)
    assert STORY.source_of(event).en.startswith("Document ")
    for text in (event.claimant, event.date_is, STORY.source_of(event)):
        for _, version in text.versions():
            assert len(version) <= limits.LINE_CHARACTERS


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(text, id=name)
        for name, text in [
            *texts_of_story(),
            *texts_of_illustration(),
            *texts_in_words_of_the_documents(),
        ]
    ],
)
def test_a_text_is_in_the_script_of_its_language(text: Text) -> None:
    assert [language for language, _ in text.versions()] == list(LANGUAGES)
    assert scripts(text.en) == {"LATIN"}
    assert scripts(text.ru) <= {"CYRILLIC"}
    assert scripts(text.ar) <= {"ARABIC"}


def test_events_hold_the_fields_of_the_story_and_no_others() -> None:
    """No field could hold a private person's name: whoever claims something is an office."""
    assert set(events.Event.__struct_fields__) == {
        "id", "date", "source", "type", "by", "date_is", "claimant", "facts", "to", "refers_to",
        "count",
    }  # fmt: skip


def test_every_event_is_replayed_in_its_order_with_the_type_that_it_names() -> None:
    first: dict[str, illustration.Act] = {}
    for act in ACTS:
        if act.event is not None:
            first.setdefault(act.event, act)
    assert list(first) == IDS
    for event_id, act in first.items():
        event = STORY.event(event_id)
        assert (event.type, event.by) == (act.type, act.by)
        assert act.inside == (event.to is None)


def test_no_act_of_the_story_is_made_for_a_side_that_the_documents_leave_silent() -> None:
    """An event has acts of both where both make proposals, and where one visits a cemetery."""
    both = {act.event for act in ACTS if act.event and act.by != STORY.event(act.event).by}
    assert both == {"working-group-2017", "manila-2017"}


@pytest.mark.parametrize(
    "text", [pytest.param(text, id=name) for name, text in texts_of_illustration()]
)
def test_every_text_of_the_illustration_is_marked(text: Text) -> None:
    for language, version in text.versions():
        assert version.startswith(f"{ILLUSTRATION.mark.in_language(language)}: ")


def test_words_of_the_documents_stand_in_acts_that_they_tell() -> None:
    for act in ACTS:
        assert not act.told or act.event is not None


def test_offices_say_that_they_are_illustration() -> None:
    assert set(ILLUSTRATION.offices) == set(STORY.parties)
    for office in ILLUSTRATION.offices.values():
        for language, name in office.versions():
            assert ILLUSTRATION.mark.in_language(language).lower() in name.lower()


def test_both_sides_have_the_same_office() -> None:
    assert ILLUSTRATION.offices["US"] == ILLUSTRATION.offices["RU"]


@pytest.mark.parametrize(
    "act", [act for act in ACTS if "answers" in act.codes], ids=lambda act: act.type
)
def test_no_answer_is_given_a_content(act: illustration.Act) -> None:
    answers = [text for path, text in act.texts.items() if path.startswith("answers/")]
    assert answers
    assert all("do not tell its content" in text.en for text in answers)


@pytest.mark.parametrize("act", [act for act in ACTS if not act.inside], ids=lambda act: act.type)
def test_the_bodies_have_fields_of_their_types(act: illustration.Act) -> None:
    assert act.type in CATALOGUE
    assert act.precedence.upper() in Precedence.__members__
    values = bodies.of_act(STORY, ILLUSTRATION, act)
    for path in values:
        parse_path(act.type, path)
    for language in LANGUAGES:
        assert f"story/illustration@{language}" in values
        assert (f"story/claimant@{language}" in values) == (act.event is not None)


def test_the_evidence_is_synthetic_and_says_so() -> None:
    items = [item for act in ACTS for item in act.evidence]
    assert len({item.sha256 for item in items}) == len(items) == 2
    for item in items:
        assert "describes nothing that happened" in item.content
        assert item.file in item.description.ar
