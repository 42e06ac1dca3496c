"""The illustration: what a replay needs and the documents lack, marked as what it is.

The loader puts the mark ('Illustration') in front of every text, so that no screen, print or
signed statement shows one without it.
"""

from __future__ import annotations

import functools
import tomllib
from hashlib import sha256
from importlib import resources
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from parley.story.events import EventId, PartyCode, TypeToken
from parley.story.texts import Text

FILE: Final = "illustration.toml"

Days = Annotated[int, Meta(ge=1, le=365)]


class Evidence(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An item of evidence: a synthetic file and what is said about it."""

    file: Annotated[str, Meta(pattern=r"\Asynthetic-[0-9]+\.txt\Z")]
    content: str
    description: Text

    @property
    def sha256(self) -> bytes:
        """SHA-256 of the file's bytes."""
        return sha256(self.content.encode()).digest()


class Answer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An answer to a question: its number, the token of its status, its text."""

    question: Annotated[int, Meta(ge=1)]
    status: TypeToken
    text: Text


class Act(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    rename={"questions": "question", "answers": "answer"},
):
    """One act of a replay. ``event`` is the story's event; None: procedure, as illustration.

    ``reply_wanted_days`` and ``next_step_days`` are days from the act.
    """

    type: TypeToken
    by: PartyCode
    event: EventId | None = None
    precedence: TypeToken = "routine"
    severity: TypeToken | None = None
    reply_wanted_days: Days | None = None
    next_step_days: Days | None = None
    subject: Text | None = None
    incident: Text | None = None
    facts: Text | None = None
    next_step: Text | None = None
    remarks: Text | None = None
    questions: tuple[Text, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    answers: tuple[Answer, ...] = ()

    def marked(self, mark: Text) -> Act:
        """The same act with ``mark`` in front of each of its texts."""

        def of(text: Text | None) -> Text | None:
            return text.after(mark) if text else None

        replace = msgspec.structs.replace
        return replace(
            self,
            subject=of(self.subject),
            incident=of(self.incident),
            facts=of(self.facts),
            next_step=of(self.next_step),
            remarks=of(self.remarks),
            questions=tuple(question.after(mark) for question in self.questions),
            evidence=tuple(
                replace(item, description=item.description.after(mark)) for item in self.evidence
            ),
            answers=tuple(replace(answer, text=answer.text.after(mark)) for answer in self.answers),
        )


class Illustration(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"acts": "act"}):
    """What is made up for the demonstration: marks, offices, registry numbers, acts in order.

    ``wording`` is said in the statement of an act that the documents tell, ``procedure`` in one on
    which they are silent.
    """

    mark: Text
    wording: Text
    procedure: Text
    offices: dict[PartyCode, Text]
    registry: dict[PartyCode, str]
    acts: tuple[Act, ...]

    def note(self, act: Act) -> Text:
        """What is said about the illustration in the statement of ``act``."""
        return self.wording if act.event else self.procedure


@functools.cache
def load() -> Illustration:
    """The illustration that ships with the product, with the mark in front of every text.

    :raises msgspec.ValidationError: the file was edited and lacks something.
    :raises ParleyError: a text breaks the rules of text.
    """
    data = resources.files("parley.story").joinpath(FILE).read_text("utf-8")
    found = msgspec.convert(tomllib.loads(data), Illustration)
    for text in (found.mark, found.wording, found.procedure, *found.offices.values()):
        text.check()
    acts = tuple(act.marked(found.mark) for act in found.acts)
    for act in acts:
        for text in _texts(act):
            text.check()
    return msgspec.structs.replace(
        found,
        wording=found.wording.after(found.mark),
        procedure=found.procedure.after(found.mark),
        acts=acts,
    )


def _texts(act: Act) -> list[Text]:
    single = (act.subject, act.incident, act.facts, act.next_step, act.remarks)
    return [
        *(text for text in single if text is not None),
        *act.questions,
        *(item.description for item in act.evidence),
        *(answer.text for answer in act.answers),
    ]
