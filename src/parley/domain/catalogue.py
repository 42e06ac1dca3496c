"""The table of statement types: the one place that says what each type is made of.

Checks of headers and bodies, roles, default clocks, the command line's options and the tables of
``docs/inquiry.md`` are all driven by it. A new kind of case adds its types here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from parley.domain.act import Act, ActType
from parley.domain.roles import AUTHORISING, CLEARING, DRAFTING, ON_DUTY
from parley.domain.shape import (
    Clock,
    ClockKind,
    CodeKind,
    CodeRule,
    FieldKind,
    FieldRule,
    Scope,
    Sender,
    TypeSpec,
    check_header,
)
from parley.kernel import limits
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason

HOUR: Final = 3600
DAY: Final = 24 * HOUR

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

ROTATION: Final = "rotation"
REVOCATION: Final = "revocation"
DISOWNED: Final = 64

EVIDENCE_ITEMS: Final = 256
CONDITIONS: Final = 64

# --- fields that several types share ---------------------------------------------------------

SUBJECT: Final = FieldRule("subject", FieldKind.LINE, required=True)
REMARKS: Final = FieldRule("remarks", FieldKind.TEXT)
NEXT_STEP: Final = FieldRule("next-step", FieldKind.LINE)

EVIDENCE: Final = (
    FieldRule("evidence/<n>/description", FieldKind.LINE, required=True, per="evidence"),
    FieldRule("evidence/<n>/sha256", FieldKind.DIGEST, localised=False, per="evidence"),
)

REGISTRY: Final = (
    FieldRule("registry/own", FieldKind.LINE, localised=False),
    FieldRule("registry/peer", FieldKind.LINE, localised=False),
)

# Who says so, when, and what is only an illustration: for acts that replay what a document tells.
STORY: Final = (
    FieldRule("story/id", FieldKind.TOKEN, localised=False),
    FieldRule("story/source", FieldKind.LINE),
    FieldRule("story/claimant", FieldKind.LINE),
    FieldRule("story/facts", FieldKind.TEXT),
    FieldRule("story/date", FieldKind.DATE, localised=False),
    FieldRule("story/date-is", FieldKind.LINE),
    FieldRule("story/illustration", FieldKind.LINE),
)

COMMON: Final = (*REGISTRY, *STORY)

# --- header codes that several types share ---------------------------------------------------

EVIDENCE_COUNT: Final = CodeRule("evidence", CodeKind.COUNT, most=EVIDENCE_ITEMS)
EVIDENCE_OPTIONAL: Final = CodeRule("evidence", CodeKind.COUNT, required=False, most=EVIDENCE_ITEMS)
NEXT_STEP_AT: Final = CodeRule("next-step", CodeKind.TIME)
NEXT_STEP_OPTIONAL: Final = CodeRule("next-step", CodeKind.TIME, required=False)


def _answers(*, required: bool) -> CodeRule:
    return CodeRule(
        "answers",
        CodeKind.ANSWERS,
        required=required,
        choices=ANSWER_STATUSES,
        least=1,
        most=limits.QUESTIONS,
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


def _by_officers(spec: TypeSpec) -> TypeSpec:
    """An act that a drafter drafts, legal clears and another officer authorises."""
    return msgspec.structs.replace(
        spec,
        fields=(*spec.fields, *COMMON),
        drafted_by=DRAFTING,
        cleared_by=CLEARING,
        authorised_by=AUTHORISING,
        authorisers=1,
    )


INQUIRY_TYPES: Final = (
    _by_officers(
        TypeSpec(
            type=ActType.INQUIRY,
            scope=Scope.INQUIRY,
            sender=Sender.ASKER,
            purpose="asks about an incident and opens the case",
            opens=True,
            codes=(
                CodeRule("questions", CodeKind.COUNT, least=1, most=limits.QUESTIONS),
                EVIDENCE_COUNT,
                CodeRule("severity", CodeKind.TOKEN, choices=SEVERITIES),
                CodeRule("addressee", CodeKind.INTEGER, required=False, most=limits.MEMBERS - 1),
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
    _by_officers(
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
                FieldRule("subject", FieldKind.LINE),
                FieldRule("facts", FieldKind.TEXT),
                FieldRule("questions/<n>/text", FieldKind.TEXT, required=True, per="questions"),
                *EVIDENCE,
            ),
            clocks=(ACKNOWLEDGE, DETAILED),
        )
    ),
    _by_officers(
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
    _by_officers(
        TypeSpec(
            type=ActType.WITHDRAWAL,
            scope=Scope.INQUIRY,
            sender=Sender.ASKER,
            purpose="withdraws the inquiry; nothing further is owed",
            reference=IN_INQUIRY,
            fields=(REMARKS,),
        )
    ),
    _by_officers(
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
        # No free text: the duty officer does not answer the substance.
        fields=(FieldRule("handling-office", FieldKind.LINE), *COMMON),
        drafted_by=ON_DUTY,
    ),
    _by_officers(
        TypeSpec(
            type=ActType.PRELIMINARY_ANSWER,
            scope=Scope.INQUIRY,
            sender=Sender.REPLIER,
            purpose="gives a first answer to one question or more, and the date of the next step",
            reference=ASKINGS,
            codes=(_answers(required=True), NEXT_STEP_AT, EVIDENCE_OPTIONAL),
            fields=(
                FieldRule("subject", FieldKind.LINE),
                ANSWER_TEXT,
                NEXT_STEP,
                REMARKS,
                *EVIDENCE,
            ),
        )
    ),
    _by_officers(
        TypeSpec(
            type=ActType.HOLDING_ANSWER,
            scope=Scope.INQUIRY,
            sender=Sender.REPLIER,
            purpose="says that the answer takes longer, and the date of the next step",
            reference=ASKINGS,
            codes=(_answers(required=False), NEXT_STEP_AT, EVIDENCE_OPTIONAL),
            fields=(
                FieldRule("subject", FieldKind.LINE),
                ANSWER_TEXT,
                NEXT_STEP,
                REMARKS,
                *EVIDENCE,
            ),
        )
    ),
    _by_officers(
        TypeSpec(
            type=ActType.DETAILED_ANSWER,
            scope=Scope.INQUIRY,
            sender=Sender.REPLIER,
            purpose="answers every open question, each with its status",
            reference=ASKINGS,
            codes=(_answers(required=True), NEXT_STEP_OPTIONAL, EVIDENCE_OPTIONAL),
            fields=(
                FieldRule("subject", FieldKind.LINE),
                ANSWER_TEXT,
                NEXT_STEP,
                REMARKS,
                *EVIDENCE,
            ),
        )
    ),
    _by_officers(
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
    _by_officers(
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

CHANNEL_TYPES: Final = (
    TypeSpec(
        type=ActType.GENESIS,
        scope=Scope.CHANNEL,
        sender=Sender.DESK,
        purpose="opens the channel on its terms: members, letters, suite, version, limit",
        codes=(
            CodeRule("version", CodeKind.NUMBER, least=1, most=65_535),
            CodeRule("suite", CodeKind.NUMBER, least=1, most=65_535),
            CodeRule("members", CodeKind.IDS, least=2, most=limits.MEMBERS),
            CodeRule("letters", CodeKind.IDS, least=2, most=limits.MEMBERS),
            CodeRule("transmission-limit", CodeKind.INTEGER, least=HOUR, most=366 * DAY),
        ),
        fields=(FieldRule("label", FieldKind.LINE, localised=False), *STORY),
    ),
    TypeSpec(
        type=ActType.VOID_NOTICE,
        scope=Scope.CHANNEL,
        sender=Sender.DESK,
        purpose="tells the other side that its statement is void, and why",
        codes=(CodeRule("reason", CodeKind.TOKEN),),
    ),
    TypeSpec(
        type=ActType.NON_DELIVERY,
        scope=Scope.CHANNEL,
        sender=Sender.DESK,
        purpose="states that no receipt for a statement came within the agreed limit",
        codes=(
            CodeRule("transmitted-at", CodeKind.TIME),
            CodeRule("limit", CodeKind.INTEGER, least=1, most=366 * DAY),
        ),
    ),
    TypeSpec(
        type=ActType.KEYS,
        scope=Scope.CHANNEL,
        sender=Sender.DESK,
        purpose="opens an epoch: the first statement that its author's new keys sign",
        codes=(
            CodeRule("epoch", CodeKind.NUMBER, least=1),
            CodeRule("kind", CodeKind.TOKEN, choices=(ROTATION, REVOCATION)),
            CodeRule("keys", CodeKind.ID, most=64),
        ),
    ),
    TypeSpec(
        type=ActType.NOT_US,
        scope=Scope.CHANNEL,
        sender=Sender.DESK,
        purpose="disowns statements that a key signed in its author's name and that was revoked",
        codes=(CodeRule("statements", CodeKind.IDS, least=1, most=DISOWNED),),
    ),
)

CATALOGUE: Final[Mapping[str, TypeSpec]] = {
    spec.type: spec for spec in (*INQUIRY_TYPES, *CHANNEL_TYPES)
}


def spec_of(type_: str) -> TypeSpec:
    """The declaration of a statement type.

    :raises ParleyError: ``type-unknown``.
    """
    spec = CATALOGUE.get(type_)
    if spec is None:
        raise ParleyError(Reason.TYPE_UNKNOWN)
    return spec


def check_act(act: Act) -> TypeSpec:
    """Check all of a header that needs no other act, and return the declaration of its type.

    :raises ParleyError: ``type-unknown``, ``code-invalid``, ``code-missing``, ``code-unknown``,
        ``reference-missing``.
    """
    spec = spec_of(act.type)
    check_header(spec, act)
    return spec
