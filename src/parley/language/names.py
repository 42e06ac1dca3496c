"""What the tokens of the protocol are called: types, statuses, grounds, roles, stages.

A token (``detailed-answer``) stands in headers, scripts and ``--json``; its name is what a person
reads. One list serves every screen and every sentence with a placeholder ``{...:name}``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from parley.language.marks import N_

NAMES: Final[Mapping[str, str]] = {
    # Kinds of cases; that of an inquiry is the type that opens it
    "proposal": N_("proposal"),
    "working-group": N_("working group"),
    "meeting": N_("meeting"),
    "understanding": N_("understanding"),
    "contacts": N_("contacts"),
    "position": N_("position"),
    "notice": N_("notice"),
    "case-share": N_("sharing of a criminal case"),
    "recusal": N_("recusal"),
    # Types of statements
    "inquiry": N_("inquiry"),
    "supplement": N_("supplement"),
    "conditions-accepted": N_("acceptance of conditions"),
    "withdrawal": N_("withdrawal"),
    "closing": N_("closing"),
    "acknowledgement": N_("acknowledgement"),
    "preliminary-answer": N_("preliminary answer"),
    "holding-answer": N_("holding answer"),
    "detailed-answer": N_("detailed answer"),
    "refusal": N_("refusal"),
    "conditional-answer": N_("conditional answer"),
    "genesis": N_("opening of the channel"),
    "void-notice": N_("notice of a void statement"),
    "non-delivery": N_("notice of non-delivery"),
    "keys": N_("new keys"),
    "not-us": N_("disowning of statements"),
    # Key statements: what they do, and why
    "rotation": N_("rotation of keys"),
    "revocation": N_("revocation of keys"),
    "sealing": N_("new sealing keys"),
    "compromised": N_("keys compromised"),
    "lost": N_("keys lost"),
    "staff-changed": N_("change of staff"),
    "superseded": N_("superseded"),
    # Precedence
    "routine": N_("routine"),
    "priority": N_("priority"),
    "immediate": N_("immediate"),
    "flash": N_("flash"),
    # Severity
    "low": N_("low"),
    "moderate": N_("moderate"),
    "high": N_("high"),
    "critical": N_("critical"),
    # Answers
    "answered": N_("answered"),
    "partly": N_("answered in part"),
    "declined": N_("declined"),
    "unknown": N_("not known"),
    # Grounds
    "sovereignty-or-security": N_("sovereignty or security"),
    "political-offence": N_("political offence"),
    "law-forbids": N_("forbidden by law"),
    "not-competent": N_("not competent"),
    "ongoing-investigation": N_("ongoing investigation"),
    "source-protection": N_("protection of sources"),
    "confidentiality": N_("confidentiality"),
    "no-information": N_("no information"),
    "insufficient-facts": N_("insufficient facts"),
    "undue-burden": N_("undue burden"),
    "reciprocity": N_("lack of reciprocity"),
    "other": N_("another ground"),
    # Results
    "satisfied": N_("satisfied"),
    "partly-satisfied": N_("satisfied in part"),
    "not-satisfied": N_("not satisfied"),
    # How an act that was free to be made still stands
    "stands": N_("stands"),
    "crossed": N_("crossed by another statement"),
    "lapsed": N_("lapsed"),
    # Stages of a draft
    "drafted": N_("being written"),
    "frozen": N_("frozen"),
    "cleared": N_("cleared"),
    "authorised": N_("authorised"),
    "released": N_("released"),
    "abandoned": N_("given up"),
    # Clocks
    "preliminary": N_("preliminary answer"),
    "detailed": N_("detailed answer"),
    "next-step": N_("next step"),
    "respond": N_("response"),
    # Roles
    "duty-officer": N_("duty officer"),
    "drafter": N_("drafter"),
    "technical-analyst": N_("technical analyst"),
    "legal-reviewer": N_("legal reviewer"),
    "authoriser": N_("authoriser"),
    "contacts-custodian": N_("contacts custodian"),
    "auditor": N_("auditor"),
    "administrator": N_("administrator"),
    # Duties
    "receive": N_("receiving statements"),
    "acknowledge": N_("acknowledging receipt"),
    "check-communication": N_("checking communication"),
    "escalate": N_("escalating"),
    "draft": N_("drafting"),
    "translate": N_("translating"),
    "prepare-samples": N_("preparing samples"),
    "clear": N_("legal clearance"),
    "authorise": N_("authorising"),
    "nominate-contact": N_("nominating contacts"),
    "revoke-contact": N_("revoking contacts"),
    "read-content": N_("reading content"),
    "read-log": N_("reading the log"),
    "verify-record": N_("verifying the record"),
    "reopen-channel": N_("opening a halted channel again"),
    "administer": N_("administering the desk"),
}
