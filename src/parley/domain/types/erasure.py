"""Types of a joint erasure: bodies that both sides agree to delete, and their claims that they did.

All that these acts say stands in their headers: what is about to be erased is named by leaf hash,
and the ground is a code. Their own bodies hold nothing that anybody would have to erase.
"""

from __future__ import annotations

from typing import Final

from parley.domain.act import ActType
from parley.domain.shape import CodeKind, CodeRule, Opens, Scope, Sender, TypeSpec
from parley.domain.types.common import by_officers

BODIES: Final = 128
"""So many bodies are named by one proposal: a statement has room for no more."""

LEAF_DIGITS: Final = 64

RETENTION_EXPIRED: Final = "retention-expired"
ERASURE_GROUNDS: Final = (
    RETENTION_EXPIRED,
    "data-protection",
    "court-order",
    "sent-by-mistake",
    "purpose-ended",
)
REFUSAL_GROUNDS: Final = (
    "legal-hold",
    "evidence-needed",
    "law-requires-keeping",
    "retention-runs",
    "not-agreed",
)

_TWO: Final = 2
"""How many officers authorise what can never be undone."""

ERASURE_TYPES: Final = (
    by_officers(
        TypeSpec(
            type=ActType.ERASURE_PROPOSAL,
            scope=Scope.ERASURE,
            sender=Sender.OPENER,
            purpose="proposes that both sides erase the bodies of the statements that it names",
            opens=Opens.ALWAYS,
            codes=(
                CodeRule(
                    "bodies",
                    CodeKind.IDS,
                    least=1,
                    most=BODIES,
                    remark="leaf hashes of the statements, 64 digits each",
                ),
                CodeRule("ground", CodeKind.TOKEN, choices=ERASURE_GROUNDS),
            ),
        ),
        authorisers=_TWO,
    ),
    by_officers(
        TypeSpec(
            type=ActType.ERASURE_CONSENT,
            scope=Scope.ERASURE,
            sender=Sender.OTHER,
            purpose="consents to the erasure of exactly these bodies",
            reference=(ActType.ERASURE_PROPOSAL,),
        ),
        authorisers=_TWO,
    ),
    by_officers(
        TypeSpec(
            type=ActType.ERASURE_REFUSAL,
            scope=Scope.ERASURE,
            sender=Sender.OTHER,
            purpose="refuses the erasure, with a ground; nothing is erased",
            reference=(ActType.ERASURE_PROPOSAL,),
            codes=(CodeRule("ground", CodeKind.TOKEN, choices=REFUSAL_GROUNDS),),
        )
    ),
    by_officers(
        TypeSpec(
            type=ActType.ERASURE_WITHDRAWAL,
            scope=Scope.ERASURE,
            sender=Sender.OPENER,
            purpose="takes the proposal back, as long as no consent has been seen",
            reference=(ActType.ERASURE_PROPOSAL,),
        )
    ),
    TypeSpec(
        type=ActType.ERASURE_CONFIRMATION,
        scope=Scope.ERASURE,
        sender=Sender.OPENER,
        purpose="shows that the proposer has seen the consent: from here on the erasure is joint",
        reference=(ActType.ERASURE_CONSENT,),
    ),
    TypeSpec(
        type=ActType.ERASURE_CLAIM,
        scope=Scope.ERASURE,
        sender=Sender.EITHER,
        purpose="claims that its author has deleted the bodies, and when; a claim, not a proof",
        reference=(ActType.ERASURE_CONFIRMATION,),
        codes=(CodeRule("deleted-at", CodeKind.TIME),),
    ),
)
