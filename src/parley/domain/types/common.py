"""What the declarations of several statement types share: fields, codes, who makes them."""

from __future__ import annotations

from typing import Final

import msgspec

from parley.domain.roles import AUTHORISING, CLEARING, DRAFTING, ON_DUTY
from parley.domain.shape import (
    CASE_DIGITS,
    CodeKind,
    CodeRule,
    FieldKind,
    FieldRule,
    Opens,
    TypeSpec,
)
from parley.kernel import limits

HOUR: Final = 3600
DAY: Final = 24 * HOUR

EVIDENCE_ITEMS: Final = 256

# --- fields --------------------------------------------------------------------------------------

SUBJECT: Final = FieldRule("subject", FieldKind.LINE, required=True)
SUBJECT_OPTIONAL: Final = FieldRule("subject", FieldKind.LINE)
REMARKS: Final = FieldRule("remarks", FieldKind.TEXT)

EVIDENCE: Final = (
    FieldRule("evidence/<n>/description", FieldKind.LINE, required=True, per="evidence"),
    FieldRule("evidence/<n>/sha256", FieldKind.DIGEST, localised=False, per="evidence"),
)

# What may be inside, by the word of whoever attaches it. It is never looked at here.
HAZARDS: Final = ("none-known", "suspected", "malware")
MALWARE: Final = "malware"

ATTACHED: Final = (
    FieldRule(
        "attachments/<n>/content",
        FieldKind.ATTACHMENT,
        required=True,
        localised=False,
        per="attachments",
    ),
    FieldRule(
        "attachments/<n>/name", FieldKind.LINE, required=True, localised=False, per="attachments"
    ),
    FieldRule(
        "attachments/<n>/hazard",
        FieldKind.TOKEN,
        required=True,
        localised=False,
        per="attachments",
        choices=HAZARDS,
    ),
    FieldRule("attachments/<n>/description", FieldKind.LINE, per="attachments"),
)

REGISTRY: Final = (
    FieldRule("registry/own", FieldKind.LINE, localised=False),
    FieldRule("registry/peer", FieldKind.LINE, localised=False),
)

ILLUSTRATION: Final = FieldRule("story/illustration", FieldKind.LINE)

# Who says so, when, and what is only an illustration: for acts that replay what a document tells.
STORY: Final = (
    FieldRule("story/id", FieldKind.TOKEN, localised=False),
    FieldRule("story/source", FieldKind.LINE),
    FieldRule("story/claimant", FieldKind.LINE),
    FieldRule("story/facts", FieldKind.TEXT),
    FieldRule("story/date", FieldKind.DATE, localised=False),
    FieldRule("story/date-is", FieldKind.LINE),
    ILLUSTRATION,
)

COMMON: Final = (*REGISTRY, *STORY)

TRANSLATED_BY: Final = FieldRule("translated-by", FieldKind.LINE)
"""Who made the translation into the language of each version of this field."""

# --- header codes --------------------------------------------------------------------------------

EVIDENCE_COUNT: Final = CodeRule("evidence", CodeKind.COUNT, most=EVIDENCE_ITEMS)
EVIDENCE_OPTIONAL: Final = CodeRule("evidence", CodeKind.COUNT, required=False, most=EVIDENCE_ITEMS)

ATTACHMENT_COUNT: Final = CodeRule(
    "attachments", CodeKind.COUNT, required=False, least=1, most=limits.ATTACHMENTS_IN_ACT
)

ABOUT: Final = CodeRule(
    "about",
    CodeKind.ID,
    required=False,
    least=CASE_DIGITS,
    most=CASE_DIGITS,
    remark="start of the number of a case that this one is about",
)
"""Another case of the same channel, by its identifier, that the one who opens a case names."""


# --- who makes them ------------------------------------------------------------------------------


def in_case(spec: TypeSpec, common: tuple[FieldRule, ...] = COMMON) -> TypeSpec:
    """A type of a case, with the fields and codes that all such types have."""
    about = () if spec.opens == Opens.NEVER else (ABOUT,)
    return msgspec.structs.replace(
        spec, fields=(*spec.fields, *common), codes=(*spec.codes, *about)
    )


def by_duty_officer(spec: TypeSpec) -> TypeSpec:
    """An act that the duty officer makes alone: no text in it could answer the substance."""
    return msgspec.structs.replace(in_case(spec, (*REGISTRY, ILLUSTRATION)), drafted_by=ON_DUTY)


def by_officers(spec: TypeSpec, authorisers: int = 1) -> TypeSpec:
    """An act that a drafter drafts, legal clears and other officers authorise.

    It may carry attachments.
    """
    spec = in_case(spec)
    return msgspec.structs.replace(
        spec,
        fields=(*spec.fields, TRANSLATED_BY, *ATTACHED),
        codes=(*spec.codes, ATTACHMENT_COUNT),
        drafted_by=DRAFTING,
        cleared_by=CLEARING,
        authorised_by=AUTHORISING,
        authorisers=authorisers,
    )
