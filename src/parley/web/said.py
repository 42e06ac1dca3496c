"""The words of one act for pages that set two sides beside each other: each text with its label."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from parley.presentation import fields
from parley.presentation.kinds.common import numbered
from parley.web import wording

if TYPE_CHECKING:
    from parley.application.acts import ActView
    from parley.application.cases import CaseView
    from parley.presentation.output import Output
    from parley.web.wording import Wording


class Said(NamedTuple):
    """One act: its number on the page of its case, its type, when it was signed, its texts.

    ``void``: its reason, where nothing in it counts. ``erased``: the text is not here any more.
    """

    number: int
    type: str
    author: int
    signed_at: int
    void: str | None
    erased: bool
    texts: list[tuple[str, Wording]]


def every(words: Output, view: CaseView, *wanted: str) -> list[Said]:
    """The acts of a case in its order; of each text the fields ``wanted``, in that order."""
    numbers = numbered(view)
    return [_said(words, act, numbers[act.entry.leaf], wanted) for act in view.acts]


def _said(words: Output, act: ActView, number: int, wanted: tuple[str, ...]) -> Said:
    values = act.body.values if act.body is not None else {}
    found = ((name, wording.field(values, name, words.language)) for name in wanted)
    return Said(
        number,
        act.statement.act.type,
        act.entry.author,
        act.entry.iat,
        act.void,
        act.body is None,
        [(words.text(fields.LABELS[name]), text) for name, text in found if text is not None],
    )
