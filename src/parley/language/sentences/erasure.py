"""Sentences for reason codes: joint erasure, retention, withholding."""

from __future__ import annotations

from typing import Final

from parley.kernel.reasons import Reason

TEXTS: Final[dict[Reason, tuple[str, str]]] = {
    Reason.ERASURE_OVER: (
        "The erasure is over: refused, withdrawn, or claimed by both sides.",
        "To erase anything else, propose it in a new case.",
    ),
    Reason.ERASURE_CONSENTED: (
        "The consent was given, and stands.",
        "Look at the case; what is agreed on is carried out and cannot be taken back.",
    ),
    Reason.ERASURE_NOT_JOINT: (
        "The erasure is not joint: not every side's consent has been given and seen.",
        "Nothing is deleted before. Wait for the other side's word.",
    ),
    Reason.ERASURE_CLAIMED: (
        "This side has claimed its deletion already.",
        "Nothing to do: one claim is enough.",
    ),
    Reason.ERASURE_UNKNOWN_BODY: (
        "The record of the channel holds no statement {statement}.",
        "Name statements as the page of their case shows them.",
    ),
    Reason.ERASURE_NOT_RECEIPTED: (
        "The statement {statement} has no receipt yet: the other side may still lack its body.",
        "Propose its erasure once it is receipted.",
    ),
    Reason.ERASURE_OUT_OF_PLACE: (
        "The statement {statement} belongs to the channel itself, or to an erasure.",
        "Name statements of other cases: only their bodies can be erased.",
    ),
    Reason.ERASURE_VOID_BODY: (
        "The statement {statement} is void because of what its body says: the body shows why.",
        "It stays. Name other statements.",
    ),
    Reason.ERASURE_HELD: (
        "The statement {statement} stands in a case under a legal hold of this house.",
        "Nothing of it is erased until the hold is lifted: see parley retention holds.",
    ),
    Reason.ERASURE_EVIDENCE: (
        "The statement {statement} stands in a case or channel with evidence of misbehaviour.",
        "It stays: see parley evidence list.",
    ),
    Reason.ERASURE_PRESERVED: (
        "A request to preserve data, still running, covers the case of the statement {statement}.",
        "Wait until it has ended.",
    ),
    Reason.ERASURE_NOTHING: (
        "No body that is named is still there.",
        "Name statements whose bodies this desk holds.",
    ),
    Reason.BODY_ERASED: (
        "The body of this statement was erased, by both sides' agreement.",
        "Nothing brings it back. The record shows who agreed to that, and when.",
    ),
    Reason.HOLD_UNKNOWN: (
        "No legal hold of this house has this number.",
        "See parley retention holds.",
    ),
    Reason.HOLD_STANDS: (
        "The case is under a legal hold already.",
        "Nothing to do; see parley retention holds.",
    ),
    Reason.HOLD_OWN: (
        "Nobody lifts a hold of their own: two see that its reason is gone.",
        "Ask another legal reviewer.",
    ),
    Reason.RETENTION_NOTHING: (
        "Nothing whose retention has expired waits for a proposal of erasure.",
        "See parley retention list for what expires when.",
    ),
    Reason.VAULT_KEY_MISSING: (
        "A wrapping key of the vault is missing: {path}.",
        "Put back your newest copy with parley restore; without it those bodies cannot be opened.",
    ),
    Reason.VAULT_KEY_DAMAGED: (
        "This is no file of the vault's wrapping keys, or it is damaged.",
        "Use the file that parley backup --vault-key wrote.",
    ),
    Reason.VAULT_KEY_NOT_GIVEN: (
        "The vault in this backup opens only with its wrapping keys, which lie in no backup.",
        "Give your newest copy of them with --vault-key.",
    ),
    Reason.VAULT_KEY_INSIDE: (
        "The wrapping keys of the vault may not lie in the backup: it would open what is erased.",
        "Name a file in another place with --vault-key.",
    ),
    Reason.WITHHOLD_UNKNOWN: (
        "Nothing that is exported has a field {path}.",
        "Look at the paths with parley case show --json; header codes cannot be withheld.",
    ),
    Reason.WITHHOLD_MALFORMED: (
        "Line {line} of the list does not name fields to withhold.",
        "Write PATH, or STATEMENT:PATH, one to a line.",
    ),
}
