"""All tables, area by area; who reads this module knows every one of them.

``record_tables`` has the record, facts that are never changed, and the views folded from it;
``courier_tables`` what is to be delivered; ``house_tables`` what officers do; ``trouble_tables``
what peers did wrong; ``alert_tables`` whom to tell of what, and who is on duty; ``clock_tables``
what is due, and what was raised of it; ``erasure_tables`` what is gone, and what may not go;
``search_tables`` the index for searching; ``attachment_tables`` which attachments there are;
``sign_in_tables`` how officers come in. No column holds the plaintext of a body: bodies and drafts
are sealed under keys that lie outside the database (``parley.store.vault``).

Identifiers are raw bytes, times are seconds since the epoch (UTC).
"""

from __future__ import annotations

from parley.store.alert_tables import (
    alert_cursors,
    alert_routes,
    alert_settings,
    alert_tellings,
    alerts,
    calendar_tokens,
    duty_shifts,
    handovers,
)
from parley.store.attachment_tables import attached, attached_upto, blobs, pouched
from parley.store.clock_tables import (
    clock_cursors,
    deadlines,
    escalation_plans,
    office_posts,
    offices,
    raised_steps,
    unsettled_cases,
)
from parley.store.courier_tables import WIDE, deliveries, outbox, pouches
from parley.store.erasure_tables import doomed_slots, erased_bodies, holds
from parley.store.house_tables import (
    draft_writers,
    drafts,
    grants,
    house_head,
    house_log,
    officers,
    openings,
    recusal_cases,
    recusals,
    vault,
    waiting,
    waiting_upto,
)
from parley.store.metadata import metadata
from parley.store.record_tables import (
    bodies,
    cases,
    chains,
    channels,
    checkpoints,
    cosignatures,
    epochs,
    key_statements,
    letters,
    receipts,
    standing_acts,
    statements,
    trees,
    witness_contacts,
    witnessings,
)
from parley.store.register_tables import filters, labels, register
from parley.store.search_tables import search_blocks, search_rows
from parley.store.sign_in_tables import (
    passkey_challenges,
    passkeys,
    passwords,
    preferences,
    sessions,
    sign_in_failures,
    sign_in_links,
)
from parley.store.trouble_tables import evidence, quarantine, reopenings, words

__all__ = [
    "WIDE",
    "alert_cursors",
    "alert_routes",
    "alert_settings",
    "alert_tellings",
    "alerts",
    "attached",
    "attached_upto",
    "blobs",
    "bodies",
    "calendar_tokens",
    "cases",
    "chains",
    "channels",
    "checkpoints",
    "clock_cursors",
    "cosignatures",
    "deadlines",
    "deliveries",
    "doomed_slots",
    "draft_writers",
    "drafts",
    "duty_shifts",
    "epochs",
    "erased_bodies",
    "escalation_plans",
    "evidence",
    "filters",
    "grants",
    "handovers",
    "holds",
    "house_head",
    "house_log",
    "key_statements",
    "labels",
    "letters",
    "metadata",
    "office_posts",
    "officers",
    "offices",
    "openings",
    "outbox",
    "passkey_challenges",
    "passkeys",
    "passwords",
    "pouched",
    "pouches",
    "preferences",
    "quarantine",
    "raised_steps",
    "receipts",
    "recusal_cases",
    "recusals",
    "register",
    "reopenings",
    "search_blocks",
    "search_rows",
    "sessions",
    "sign_in_failures",
    "sign_in_links",
    "standing_acts",
    "statements",
    "trees",
    "unsettled_cases",
    "vault",
    "waiting",
    "waiting_upto",
    "witness_contacts",
    "witnessings",
    "words",
]
