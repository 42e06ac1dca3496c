"""The page of an inquiry: who asked whom, its questions, its conditions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from parley.domain.kinds import inquiry_reading
from parley.domain.kinds.inquiry_state import Inquiry
from parley.language.marks import N_
from parley.presentation import fields
from parley.presentation.kinds.common import Plain, member, numbered, side

if TYPE_CHECKING:
    from parley.application.cases import CaseView, Summary
    from parley.presentation.output import Output

STATUSES: Final[Mapping[str, str]] = {
    "asked": N_("asked"),
    "acknowledged": N_("receipt acknowledged"),
    "preliminary-answered": N_("preliminary answer given"),
    "conditions-set": N_("conditions set"),
    "conditions-accepted": N_("conditions accepted"),
    "reopened": N_("new questions open"),
    "answered": N_("all questions answered"),
    "refused": N_("refused"),
    "withdrawn": N_("withdrawn"),
    "closed": N_("closed"),
}

LEVELS: Final[Mapping[str, str]] = {
    "none": "\u2014",
    "preliminary": N_("preliminary"),
    "final": N_("final"),
}

OUTCOMES: Final[Mapping[str, str]] = {
    "new-questions-open": N_(
        "the answer stands for what its author had seen; new questions are open"
    ),
    "binds-all-the-same": N_("the acceptance binds all the same"),
    "earlier-terms-bind": N_("the earlier terms bind"),
    "acceptance-lapses": N_("the acceptance has lapsed"),
    "ended-reply-crossed": N_("the case has ended; the reply stands as said, nothing follows"),
    "ended-offer-lapses": N_("the case has ended; the offer has lapsed"),
    "no-reply-unseen": N_("what one has not seen one has not answered"),
}


def plain(summary: Summary, substance: Inquiry) -> Plain:
    """An inquiry for programs, beside what every case has."""
    channel = summary.channel
    return {
        "asker": side(channel, substance.asker),
        "replier": side(channel, substance.replier),
        "severity": substance.severity,
        "questions": [
            {
                "number": question.number,
                "status": question.status,
                "level": question.level.value,
                "by": question.by.hex() if question.by else None,
            }
            for question in substance.questions
        ],
        "conditions": [
            {
                "offer": bound.offer.hex(),
                "acceptance": bound.acceptance.hex(),
                "count": bound.conditions,
                "joint": bound.joint,
            }
            for bound in inquiry_reading.bound(summary.state, substance)
        ],
    }


def head(output: Output, summary: Summary, substance: Inquiry) -> list[tuple[str, str]]:
    """The lines at the head of the page."""
    channel = summary.channel
    return [
        (output.text("Asked by"), member(output, channel, substance.asker)),
        (output.text("Asked of"), member(output, channel, substance.replier)),
        (output.text("Severity"), output.name(substance.severity)),
    ]


def render(output: Output, view: CaseView, substance: Inquiry) -> None:
    """Print the questions, and how far each is answered."""
    texts = fields.questions(view.acts, output.language)
    numbers = numbered(view)
    output.say()
    output.title(output.text("Questions"))
    output.table(
        [
            output.text("No."),
            output.text("Question"),
            output.text("Answer"),
            output.text("Level"),
            output.text("By statement"),
        ],
        [
            [
                str(question.number),
                output.foreign(texts.get(question.number, "\u2014")),
                output.text("none yet") if question.by is None else output.name(question.status),
                output.text(LEVELS[question.level.value]),
                str(numbers.get(question.by, "?")) if question.by else "\u2014",
            ]
            for question in substance.questions
        ],
    )
