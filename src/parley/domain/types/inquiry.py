"""The statement types of an inquiry."""

from __future__ import annotations

from typing import Final

from parley.domain.act import ActType
from parley.domain.shape import (
    Clock,
    ClockKind,
    CodeKind,
    CodeRule,
    FieldKind,
    FieldRule,
    Opens,
    Scope,
    Sender,
    TypeSpec,
)
from parley.domain.types.common import (
    DAY,
    EVIDENCE,
    EVIDENCE_COUNT,
    EVIDENCE_OPTIONAL,
    HOUR,
    REMARKS,
    SUBJECT,
    SUBJECT_OPTIONAL,
    by_duty_officer,
    by_officers,
)
from parley.kernel import limits

ANSWERED: Final = "answered"
PARTLY: Final = "partly"
DECLINED: Final = "declined"
UNKNOWN: Final = "unknown"
ANSWER_STATUSES: Final = (ANSWERED, PARTLY, DECLINED, UNKNOWN)

SEVERITIES: Final = ("low", "moderate", "high", "critical")

# Why a state or a company does not answer: the grounds that treaties on legal assistance know
# (Budapest Convention, articles 27 and 29), and those that CSIRTs use among themselves.
GROUNDS: Final = (
    "sovereignty-or-security",
    "political-offence",
    "law-forbids",
    "not-competent",
    "ongoing-investigation",
    "source-protection",
    "confidentiality",
    "no-information",
    "insufficient-facts",
    "undue-burden",
    "reciprocity",
    "other",
)

RESULTS: Final = ("satisfied", "partly-satisfied", "not-satisfied")

CONDITIONS: Final = 64

NEXT_STEP: Final = FieldRule("next-step", FieldKind.LINE)
NEXT_STEP_AT: Final = CodeRule("next-step", CodeKind.TIME)
NEXT_STEP_OPTIONAL: Final = CodeRule("next-step", CodeKind.TIME, required=False)


def _answers(*, required: bool) -> CodeRule:
    return CodeRule(
        "answers",
        CodeKind.PAIRS,
        required=required,
        choices=ANSWER_STATUSES,
        least=1,
        most=limits.QUESTIONS,
        highest=limits.QUESTIONS,
        entries=("question", "status"),
    )


ANSWER_TEXT: Final = FieldRule("answers/<n>/text", FieldKind.TEXT, required=True, per="answers")

# --- clocks (process.md) ---------------------------------------------------------------------

ACKNOWLEDGE: Final = Clock(ClockKind.ACKNOWLEDGE, 24 * HOUR, urgent=HOUR)
PRELIMINARY: Final = Clock(ClockKind.PRELIMINARY, 24 * HOUR)
DETAILED: Final = Clock(ClockKind.DETAILED, 60 * DAY)
RESPOND: Final = Clock(ClockKind.RESPOND, 10 * DAY)

ASKINGS: Final = (ActType.INQUIRY, ActType.SUPPLEMENT)
ANSWERS: Final = (
    ActType.PRELIMINARY_ANSWER,
    ActType.HOLDING_ANSWER,
    ActType.DETAILED_ANSWER,
    ActType.REFUSAL,
    ActType.CONDITIONAL_ANSWER,
)
IN_INQUIRY: Final = (*ASKINGS, ActType.ACKNOWLEDGEMENT, *ANSWERS)


INQUIRY_TYPES: Final = (
    by_officers(
        TypeSpec(
            type=ActType.INQUIRY,
            scope=Scope.INQUIRY,
            sender=Sender.ASKER,
            purpose="asks about an incident and opens the case",
            opens=Opens.ALWAYS,
            codes=(
                CodeRule("questions", CodeKind.COUNT, least=1, most=limits.QUESTIONS),
                EVIDENCE_COUNT,
                CodeRule("severity", CodeKind.TOKEN, choices=SEVERITIES),
                CodeRule(
                    "addressee",
                    CodeKind.INTEGER,
                    required=False,
                    most=limits.MEMBERS - 1,
                    remark="which member is asked, where there are more than two",
                ),
            ),
            fields=(
                SUBJECT,
                FieldRule("incident", FieldKind.LINE, required=True),
                FieldRule("facts", FieldKind.TEXT, required=True),
                FieldRule("questions/<n>/text", FieldKind.TEXT, required=True, per="questions"),
                *EVIDENCE,
            ),
            reply_wanted_required=True,
            clocks=(ACKNOWLEDGE, PRELIMINARY, DETAILED),
        )
    ),
    by_officers(
        TypeSpec(
            type=ActType.SUPPLEMENT,
            scope=Scope.INQUIRY,
            sender=Sender.ASKER,
            purpose="adds questions or evidence to an inquiry",
            reference=IN_INQUIRY,
            codes=(
                CodeRule("first", CodeKind.NUMBER, least=1, most=limits.QUESTIONS + 1),
                CodeRule("questions", CodeKind.COUNT, most=limits.QUESTIONS, start="first"),
                EVIDENCE_COUNT,
            ),
            fields=(
                SUBJECT_OPTIONAL,
                FieldRule("facts", FieldKind.TEXT),
                FieldRule("questions/<n>/text", FieldKind.TEXT, required=True, per="questions"),
                *EVIDENCE,
            ),
            clocks=(ACKNOWLEDGE, DETAILED),
        )
    ),
    by_officers(
        TypeSpec(
            type=ActType.CONDITIONS_ACCEPTED,
            scope=Scope.INQUIRY,
            sender=Sender.ASKER,
            purpose="accepts all conditions of a conditional answer and is bound by them",
            reference=(ActType.CONDITIONAL_ANSWER,),
            codes=(CodeRule("conditions", CodeKind.COUNT, least=1, most=CONDITIONS),),
            fields=(REMARKS,),
            clocks=(DETAILED,),
        )
    ),
    by_officers(
        TypeSpec(
            type=ActType.WITHDRAWAL,
            scope=Scope.INQUIRY,
            sender=Sender.ASKER,
            purpose="withdraws the inquiry; nothing further is owed",
            reference=IN_INQUIRY,
            fields=(REMARKS,),
        )
    ),
    by_officers(
        TypeSpec(
            type=ActType.CLOSING,
            scope=Scope.INQUIRY,
            sender=Sender.ASKER,
            purpose="closes the inquiry after at least one answer",
            reference=IN_INQUIRY,
            codes=(CodeRule("result", CodeKind.TOKEN, required=False, choices=RESULTS),),
            fields=(REMARKS,),
        )
    ),
    by_duty_officer(
        TypeSpec(
            type=ActType.ACKNOWLEDGEMENT,
            scope=Scope.INQUIRY,
            sender=Sender.REPLIER,
            purpose="says when an asking arrived and which office handles it; no word on substance",
            reference=ASKINGS,
            codes=(
                CodeRule("received-at", CodeKind.TIME),
                CodeRule("handling-office", CodeKind.ID, most=64),
            ),
            fields=(FieldRule("handling-office", FieldKind.LINE),),
        )
    ),
    by_officers(
        TypeSpec(
            type=ActType.PRELIMINARY_ANSWER,
            scope=Scope.INQUIRY,
            sender=Sender.REPLIER,
            purpose="gives a first answer to one question or more, and the date of the next step",
            reference=ASKINGS,
            codes=(_answers(required=True), NEXT_STEP_AT, EVIDENCE_OPTIONAL),
            fields=(
                SUBJECT_OPTIONAL,
                ANSWER_TEXT,
                NEXT_STEP,
                REMARKS,
                *EVIDENCE,
            ),
        )
    ),
    by_officers(
        TypeSpec(
            type=ActType.HOLDING_ANSWER,
            scope=Scope.INQUIRY,
            sender=Sender.REPLIER,
            purpose="says that the answer takes longer, and the date of the next step",
            reference=ASKINGS,
            codes=(_answers(required=False), NEXT_STEP_AT, EVIDENCE_OPTIONAL),
            fields=(
                SUBJECT_OPTIONAL,
                ANSWER_TEXT,
                NEXT_STEP,
                REMARKS,
                *EVIDENCE,
            ),
        )
    ),
    by_officers(
        TypeSpec(
            type=ActType.DETAILED_ANSWER,
            scope=Scope.INQUIRY,
            sender=Sender.REPLIER,
            purpose="answers every open question, each with its status",
            reference=ASKINGS,
            codes=(_answers(required=True), NEXT_STEP_OPTIONAL, EVIDENCE_OPTIONAL),
            fields=(
                SUBJECT_OPTIONAL,
                ANSWER_TEXT,
                NEXT_STEP,
                REMARKS,
                *EVIDENCE,
            ),
        )
    ),
    by_officers(
        TypeSpec(
            type=ActType.REFUSAL,
            scope=Scope.INQUIRY,
            sender=Sender.REPLIER,
            purpose="declines every question that has no detailed answer, on a ground",
            reference=ASKINGS,
            codes=(CodeRule("ground", CodeKind.TOKEN, choices=GROUNDS),),
            fields=(FieldRule("ground/text", FieldKind.TEXT, required=True), REMARKS),
            clocks=(RESPOND,),
        )
    ),
    by_officers(
        TypeSpec(
            type=ActType.CONDITIONAL_ANSWER,
            scope=Scope.INQUIRY,
            sender=Sender.REPLIER,
            purpose="offers an answer on numbered conditions",
            reference=ASKINGS,
            codes=(
                CodeRule("conditions", CodeKind.COUNT, least=1, most=CONDITIONS),
                CodeRule("ground", CodeKind.TOKEN, required=False, choices=GROUNDS),
            ),
            fields=(
                FieldRule("conditions/<n>/text", FieldKind.TEXT, required=True, per="conditions"),
                FieldRule("ground/text", FieldKind.TEXT),
                REMARKS,
            ),
            clocks=(RESPOND,),
        )
    ),
)
