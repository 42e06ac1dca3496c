"""The questions of an inquiry as a table: question, answer, status, since when."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from parley.domain.kinds.inquiry_state import Inquiry
from parley.presentation import fields
from parley.presentation.kinds import inquiry
from parley.presentation.kinds.common import numbered
from parley.web.timeline import Said, said

if TYPE_CHECKING:
    from collections.abc import Iterable

    from parley.application.acts import ActView
    from parley.application.cases import CaseView
    from parley.presentation.output import Output


class Question(NamedTuple):
    """A row of the table. ``by`` is the number of the act that answered; null for none yet."""

    number: int
    question: Said | None
    answer: Said | None
    status: str
    level: str
    by: int | None
    since: str


def table(words: Output, view: CaseView) -> list[Question] | None:
    """The questions of an inquiry; none for a case of another kind."""
    substance = view.summary.state.substance
    if not isinstance(substance, Inquiry):
        return None
    numbers = numbered(view)
    by_leaf = {act.entry.leaf: act for act in view.acts}
    asked = _texts(words, view.acts, "questions/<n>/text")
    found: list[Question] = []
    for one in substance.questions:
        answering = None if one.by is None else by_leaf.get(one.by)
        given = {} if answering is None else _texts(words, [answering], "answers/<n>/text")
        found.append(
            Question(
                one.number,
                asked.get(one.number),
                given.get(one.number),
                words.text("none yet") if one.by is None else words.name(one.status),
                words.text(inquiry.LEVELS[one.level.value]),
                None if answering is None else numbers[answering.entry.leaf],
                "" if answering is None else words.time(answering.entry.iat),
            )
        )
    return found


def _texts(words: Output, acts: Iterable[ActView], pattern: str) -> dict[int, Said]:
    """The texts at a numbered path, in the reader's language, else in their own first one."""
    found: dict[int, Said] = {}
    for act in acts:
        if act.void is not None or act.body is None:
            continue
        for field in fields.of(act.statement.act.type, act.body.values):
            number = field.number
            if field.pattern != pattern or number is None:
                continue
            if number not in found or field.language == words.language:
                found[number] = said("", field.language or "", str(field.value))
    return found
