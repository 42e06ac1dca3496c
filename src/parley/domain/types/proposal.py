"""The statement types of a proposal: a text in units on which all work until it is agreed."""

from __future__ import annotations

from typing import Final

from parley.domain.act import ActType
from parley.domain.shape import (
    CASE_DIGITS,
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
    REMARKS,
    SUBJECT,
    SUBJECT_OPTIONAL,
    by_officers,
)
from parley.kernel import limits

OMITTED: Final = "omitted"
"""In the place of a digest: a variant by which the unit is left out."""

OFFICIAL: Final = "official-translation"
UNOFFICIAL: Final = "unofficial-translation"
TRANSLATIONS: Final = (OFFICIAL, UNOFFICIAL)

STUDY: Final = Clock(ClockKind.STUDY, 30 * DAY)

TEXTS: Final = (ActType.PROPOSAL, ActType.PROPOSAL_REVISION, ActType.PROPOSAL_BRACKET)
"""Types that bring text."""

WORDS: Final = (
    ActType.PROPOSAL_STUDY,
    ActType.PROPOSAL_COMMENT,
    ActType.PROPOSAL_VARIANT_WITHDRAWAL,
    ActType.PROPOSAL_CONSENT,
    ActType.PROPOSAL_AD_REFERENDUM,
    ActType.PROPOSAL_AGREEMENT,
)
IN_PROPOSAL: Final = (*TEXTS, *WORDS)

# --- header codes --------------------------------------------------------------------------------

TEXT_DIGITS: Final = 64


def _by_unit(
    name: str,
    kind: CodeKind,
    *,
    required: bool = True,
    choices: tuple[str, ...] = (),
    entries: tuple[str, str] = ("number", "digest"),
    remark: str = "",
) -> CodeRule:
    return CodeRule(
        name,
        kind,
        required=required,
        choices=choices,
        least=1,
        most=limits.UNITS_IN_ACT,
        highest=limits.UNIT_NUMBER,
        entries=entries,
        remark=remark,
    )


UNITS: Final = _by_unit("units", CodeKind.DIGESTS)
UNITS_IF_ANY: Final = _by_unit("units", CodeKind.DIGESTS, required=False)
LEFT_OUT: Final = _by_unit("omitted", CodeKind.NUMBERS, required=False)
AFTER: Final = _by_unit(
    "after",
    CodeKind.PLACES,
    required=False,
    entries=("number", "behind"),
    remark="where a new unit stands; at the end if absent",
)
LANGUAGES: Final = (
    CodeRule(
        "authentic",
        CodeKind.TOKENS,
        follows=True,
        least=1,
        most=limits.LANGUAGES_OF_TEXT,
        remark="languages in which the text is authentic, equally so if several",
    ),
    CodeRule(
        "translations",
        CodeKind.NAMED,
        required=False,
        choices=TRANSLATIONS,
        most=limits.LANGUAGES_OF_TEXT,
        entries=("language", "status"),
    ),
    CodeRule(
        "machine",
        CodeKind.TOKENS,
        required=False,
        most=limits.LANGUAGES_OF_TEXT,
        remark="languages of the translations that a machine made",
    ),
)
"""The authentic languages, equally so where there are several; what every other language is worth;
and which of those translations a machine made."""
TEXT: Final = CodeRule(
    "text",
    CodeKind.ID,
    least=TEXT_DIGITS,
    most=TEXT_DIGITS,
    remark="hash of the text; that of the text as it stands if absent",
    follows=True,
)
NEXT_STEP: Final = CodeRule("next-step", CodeKind.TIME, required=False)

# --- fields --------------------------------------------------------------------------------------

UNIT_TEXT: Final = (
    FieldRule("units/<n>/heading", FieldKind.LINE, per="units"),
    FieldRule(
        "units/<n>/text", FieldKind.TEXT, required=True, per="units", in_languages="authentic"
    ),
)
"""What a unit's digest covers, in the authentic languages."""

RATIONALE: Final = FieldRule("units/<n>/rationale", FieldKind.TEXT, per="units")
WHY_LEFT_OUT: Final = FieldRule("omitted/<n>/rationale", FieldKind.TEXT, per="omitted")

_OWN_TEXT: Final = (
    SUBJECT_OPTIONAL,
    *UNIT_TEXT,
    RATIONALE,
    WHY_LEFT_OUT,
    REMARKS,
)


def _act(
    type_: ActType,
    sender: Sender,
    purpose: str,
    *,
    codes: tuple[CodeRule, ...] = (),
    fields: tuple[FieldRule, ...] = (REMARKS,),
    clocks: tuple[Clock, ...] = (),
) -> TypeSpec:
    return by_officers(
        TypeSpec(
            type=type_,
            scope=Scope.PROPOSAL,
            sender=sender,
            purpose=purpose,
            reference=IN_PROPOSAL,
            codes=codes,
            fields=fields,
            clocks=clocks,
        )
    )


PROPOSAL_TYPES: Final = (
    by_officers(
        TypeSpec(
            type=ActType.PROPOSAL,
            scope=Scope.PROPOSAL,
            sender=Sender.OPENER,
            purpose="tables a text in numbered units and opens the case",
            opens=Opens.ALWAYS,
            codes=(
                UNITS,
                *LANGUAGES,
                CodeRule(
                    "prevailing",
                    CodeKind.TOKEN,
                    required=False,
                    remark="the authentic language that prevails where versions differ",
                ),
            ),
            fields=(SUBJECT, *UNIT_TEXT, RATIONALE, REMARKS),
            clocks=(STUDY,),
        )
    ),
    _act(
        ActType.PROPOSAL_REVISION,
        Sender.OPENER,
        "tables a new version: units of the opener's own text changed, added or left out",
        codes=(
            CodeRule(
                "version",
                CodeKind.NUMBER,
                least=2,
                most=limits.STATEMENTS_IN_CASE,
                remark="number of the version; the next one if absent",
                follows=True,
            ),
            UNITS_IF_ANY,
            LEFT_OUT,
            AFTER,
            *LANGUAGES,
        ),
        fields=_OWN_TEXT,
        clocks=(STUDY,),
    ),
    _act(
        ActType.PROPOSAL_BRACKET,
        Sender.OTHER,
        "puts units in brackets: its author's own variant of each, or of one more unit",
        codes=(UNITS_IF_ANY, LEFT_OUT, AFTER, *LANGUAGES),
        fields=_OWN_TEXT,
        clocks=(STUDY,),
    ),
    _act(
        ActType.PROPOSAL_STUDY,
        Sender.EITHER,
        "says that the text is under study, and when its author will be heard",
        codes=(NEXT_STEP,),
    ),
    _act(
        ActType.PROPOSAL_COMMENT,
        Sender.EITHER,
        "comments on units; it changes no text",
        codes=(_by_unit("comments", CodeKind.NUMBERS, required=False),),
        fields=(
            SUBJECT_OPTIONAL,
            FieldRule("comments/<n>/text", FieldKind.TEXT, required=True, per="comments"),
            REMARKS,
        ),
    ),
    _act(
        ActType.PROPOSAL_VARIANT_WITHDRAWAL,
        Sender.EITHER,
        "withdraws its author's own variants of units",
        codes=(_by_unit("withdrawn", CodeKind.NUMBERS),),
    ),
    _act(
        ActType.PROPOSAL_CONSENT,
        Sender.EITHER,
        "consents to one variant of each of these units; a bracket goes once all consent to one",
        codes=(
            _by_unit(
                "variants",
                CodeKind.DIGESTS,
                choices=(OMITTED,),
                remark="its digest, as parley case show --json has it, or omitted",
            ),
        ),
    ),
    _act(
        ActType.PROPOSAL_AD_REFERENDUM,
        Sender.EITHER,
        "agrees to the text by its hash, subject to confirmation at home",
        codes=(TEXT,),
        clocks=(STUDY,),
    ),
    _act(
        ActType.PROPOSAL_AGREEMENT,
        Sender.EITHER,
        "agrees to the text by its hash, for good; agreed once all have",
        codes=(TEXT,),
        clocks=(STUDY,),
    ),
    _act(
        ActType.PROPOSAL_WITHDRAWAL,
        Sender.OPENER,
        "withdraws a proposal that is not agreed",
    ),
    _act(
        ActType.PROPOSAL_SUPERSESSION,
        Sender.OPENER,
        "gives up a proposal that is not agreed for another one",
        codes=(CodeRule("by", CodeKind.ID, least=CASE_DIGITS, most=CASE_DIGITS),),
    ),
)
