"""The illustration: what a replay needs and the documents lack, marked as what it is.

The loader puts the mark ('Illustration') in front of every text, so that no screen, print or
signed statement shows one without it.
"""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Iterator
from hashlib import sha256
from importlib import resources
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from parley.story.events import EventId, PartyCode, TypeToken
from parley.story.texts import Text

FILE: Final = "illustration.toml"

Days = Annotated[int, Meta(ge=1, le=365)]
Label = Annotated[str, Meta(pattern=r"\A[a-z0-9]+(?:-[a-z0-9]+)*\Z", max_length=40)]
FieldPath = Annotated[str, Meta(pattern=r"\A[a-z]+(?:-[a-z]+)*(?:/[a-z0-9]+(?:-[a-z0-9]+)*)*\Z")]
Code = int | str | tuple[int | str | tuple[int | str, ...], ...]


class Evidence(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An item of evidence: a synthetic file and what is said about it."""

    file: Annotated[str, Meta(pattern=r"\Asynthetic-[0-9]+\.txt\Z")]
    content: str
    description: Text

    @property
    def sha256(self) -> bytes:
        """SHA-256 of the file's bytes."""
        return sha256(self.content.encode()).digest()


class Act(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One act of a replay. ``event`` is the story's event; None: procedure, as illustration.

    ``case`` names the case among the acts; ``label`` names the act, for a later one's
    ``reference``. ``texts`` and ``told`` are the fields of the body that have a version in each
    language: made up, and in words of the documents; ``plain`` those that have none. ``codes`` are
    the header codes that do not follow from the text; ``in_days`` those that are times, in days
    from the act, ``links`` those that name another case. ``contacts`` is how many synthetic contact
    records the act brings. What happens ``inside`` one house is no statement: ``case`` is the
    matter.
    """

    type: TypeToken
    by: PartyCode
    case: Label
    event: EventId | None = None
    label: Label | None = None
    reference: Label | None = None
    precedence: TypeToken = "routine"
    reply_wanted_days: Days | None = None
    codes: dict[TypeToken, Code] = {}
    in_days: dict[TypeToken, Days] = {}
    links: dict[TypeToken, Label] = {}
    texts: dict[FieldPath, Text] = {}
    told: dict[FieldPath, Text] = {}
    plain: dict[FieldPath, str | int] = {}
    evidence: tuple[Evidence, ...] = ()
    contacts: Annotated[int, Meta(ge=1, le=1000)] | None = None
    inside: bool = False

    def marked(self, mark: Text) -> Act:
        """The same act with ``mark`` in front of each text that was made up."""
        return msgspec.structs.replace(
            self,
            texts={path: text.after(mark) for path, text in self.texts.items()},
            evidence=tuple(
                msgspec.structs.replace(item, description=item.description.after(mark))
                for item in self.evidence
            ),
        )

    def wording(self) -> Iterator[Text]:
        """All texts that were made up."""
        yield from self.texts.values()
        for item in self.evidence:
            yield item.description


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
    :raises KeyError: an act names a case or an act that does not come before it.
    """
    data = resources.files("parley.story").joinpath(FILE).read_text("utf-8")
    found = msgspec.convert(tomllib.loads(data), Illustration)
    for text in (found.mark, found.wording, found.procedure, *found.offices.values()):
        text.check()
    acts = tuple(act.marked(found.mark) for act in found.acts)
    _check(acts)
    return msgspec.structs.replace(
        found,
        wording=found.wording.after(found.mark),
        procedure=found.procedure.after(found.mark),
        acts=acts,
    )


def _check(acts: tuple[Act, ...]) -> None:
    cases: set[str] = set()
    labels: set[str] = set()
    for act in acts:
        for text in (*act.wording(), *act.told.values()):
            text.check()
        if act.reference is not None and act.reference not in labels:
            raise KeyError(act.reference)
        for linked in act.links.values():
            if linked not in cases:
                raise KeyError(linked)
        cases.add(act.case)
        if act.label is not None:
            labels.add(act.label)
