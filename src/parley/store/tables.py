"""The tables. Records are facts that are never changed; views can be dropped and rebuilt.

Ownership: ``letters`` .. ``witnessings`` are the record; ``cases`` is a view; ``outbox``,
``deliveries`` and ``pouches`` are the courier's; ``drafts`` .. ``recusal_cases`` are the house's;
``quarantine`` and ``evidence`` keep what peers did wrong, ``reopenings`` who decided to go on all
the same. No column holds the plaintext of a body: bodies and drafts are sealed under keys that lie
outside the database (``parley.store.vault``).

Identifiers are raw bytes, times are seconds since the epoch (UTC).
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)

metadata: Final = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

letters: Final = Table(
    "letters",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("party", LargeBinary, nullable=False, index=True),
    Column("own", Boolean, nullable=False),
    Column("data", LargeBinary, nullable=False),
    Column("added_at", BigInteger, nullable=False),
)

channels: Final = Table(
    "channels",
    metadata,
    Column("id", LargeBinary, primary_key=True),
    Column("label", Text, nullable=False),
    Column("own_letter", LargeBinary, nullable=False),
    Column("peer_letter", LargeBinary, nullable=False),
    Column("state", Text, nullable=False),
    Column("reason", Text, nullable=True),
    Column("opened_at", BigInteger, nullable=False),
    # While it recovers: the size of our log when that began.
    Column("base", BigInteger, nullable=True),
)

# Key statements of every party, ours too: a chain of their own that begins at the letter.
key_statements: Final = Table(
    "key_statements",
    metadata,
    Column("party", LargeBinary, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("digest", LargeBinary, nullable=False),
    Column("data", LargeBinary, nullable=False),
    Column("added_at", BigInteger, nullable=False),
)

# How many of a peer's statements stood in our log when a key statement of its opened an epoch.
epochs: Final = Table(
    "epochs",
    metadata,
    Column("channel", LargeBinary, primary_key=True),
    Column("member", Integer, primary_key=True),
    Column("epoch", Integer, primary_key=True),
    Column("count", BigInteger, nullable=False),
)

# One row an author in a channel: how far the chain goes that stands in our log.
chains: Final = Table(
    "chains",
    metadata,
    Column("channel", LargeBinary, primary_key=True),
    Column("author", Integer, primary_key=True),
    Column("epoch", Integer, nullable=False),
    Column("count", BigInteger, nullable=False),
    Column("leaf", LargeBinary, nullable=True),
    Column("iat", BigInteger, nullable=False),
    # What the author's last statement had seen of the other member; it never falls.
    Column("seen", BigInteger, nullable=False),
)

# One row a log: the own one, and the peer's as we have rebuilt it so far.
trees: Final = Table(
    "trees",
    metadata,
    Column("channel", LargeBinary, primary_key=True),
    Column("owner", Integer, primary_key=True),
    Column("size", BigInteger, nullable=False),
    # How many of the leaves below ``size`` are the owner's own statements.
    Column("own", BigInteger, nullable=False),
    Column("frontier", LargeBinary, nullable=False),
)

statements: Final = Table(
    "statements",
    metadata,
    Column("channel", LargeBinary, primary_key=True),
    Column("position", BigInteger, primary_key=True),
    Column("author", Integer, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("leaf", LargeBinary, nullable=False),
    Column("case_id", LargeBinary, nullable=False),
    Column("case_seq", BigInteger, nullable=False),
    # Index in the author's own log (seq plus what it had seen).
    Column("author_index", BigInteger, nullable=False),
    Column("iat", BigInteger, nullable=False),
    Column("recorded_at", BigInteger, nullable=False),
    # Reason code where the body breaks the rules: the act is void on both sides.
    Column("verdict", Text, nullable=True),
    Column("data", LargeBinary, nullable=False),
    UniqueConstraint("channel", "author", "seq", "epoch"),
    UniqueConstraint("channel", "leaf"),
    Index("ix_statements_channel_case_id", "channel", "case_id", "position"),
)

bodies: Final = Table(
    "bodies",
    metadata,
    Column("channel", LargeBinary, primary_key=True),
    Column("position", BigInteger, primary_key=True),
    Column("segment", BigInteger, nullable=False),
    Column("slot", Integer, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    UniqueConstraint("segment", "slot"),
)

# One signature over the issuer's root at ``size`` receipts the other's statements
# ``first_seq`` to ``last_seq``.
receipts: Final = Table(
    "receipts",
    metadata,
    Column("channel", LargeBinary, primary_key=True),
    Column("issuer", Integer, primary_key=True),
    Column("size", BigInteger, primary_key=True),
    # The issuer's epoch: whose log key signed.
    Column("epoch", Integer, nullable=False),
    Column("first_seq", BigInteger, nullable=False),
    Column("last_seq", BigInteger, nullable=False),
    Column("iat", BigInteger, nullable=False),
    Column("arrived_at", BigInteger, nullable=False),
    Column("protected", LargeBinary, nullable=False),
    Column("signature", LargeBinary, nullable=False),
    Index("ix_receipts_channel_issuer_last_seq", "channel", "issuer", "last_seq"),
)

checkpoints: Final = Table(
    "checkpoints",
    metadata,
    Column("channel", LargeBinary, primary_key=True),
    Column("owner", Integer, primary_key=True),
    Column("size", BigInteger, primary_key=True),
    # The owner's epoch: whose log key signed; it stands in the note's origin.
    Column("epoch", Integer, nullable=False),
    Column("root", LargeBinary, nullable=False),
    Column("note", Text, nullable=False),
    Column("recorded_at", BigInteger, nullable=False),
)

cosignatures: Final = Table(
    "cosignatures",
    metadata,
    Column("channel", LargeBinary, primary_key=True),
    Column("owner", Integer, primary_key=True),
    Column("size", BigInteger, primary_key=True),
    Column("cosigner", Integer, primary_key=True),
    Column("kind", Integer, primary_key=True),
    # The cosigner's epoch.
    Column("epoch", Integer, nullable=False),
    Column("timestamp", BigInteger, nullable=False),
    Column("line", Text, nullable=False),
    Index("ix_cosignatures_channel_owner_kind", "channel", "owner", "kind", "size"),
)

# A witness is no member: it has a name and keys of its own, and sees no statement.
witnessings: Final = Table(
    "witnessings",
    metadata,
    Column("channel", LargeBinary, primary_key=True),
    Column("owner", Integer, primary_key=True),
    Column("size", BigInteger, primary_key=True),
    Column("witness", Text, primary_key=True),
    Column("kind", Integer, primary_key=True),
    Column("timestamp", BigInteger, nullable=False),
    Column("key", LargeBinary, nullable=False),
    Column("line", Text, nullable=False),
)

witness_contacts: Final = Table(
    "witness_contacts",
    metadata,
    Column("channel", LargeBinary, primary_key=True),
    Column("witness", Text, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("reason", Text, nullable=True),
)

cases: Final = Table(
    "cases",
    metadata,
    Column("channel", LargeBinary, primary_key=True),
    Column("case_id", LargeBinary, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("opened_by", Integer, nullable=False),
    Column("opened_at", BigInteger, nullable=False),
    Column("status", Text, nullable=False),
    Column("acts", BigInteger, nullable=False),
    Column("last_position", BigInteger, nullable=False),
    # The case that it is about, as its opener says.
    Column("about", LargeBinary, nullable=True),
    Column("state", LargeBinary, nullable=False),
    Index("ix_cases_kind", "kind"),
    Index("ix_cases_about", "channel", "about"),
    Index("ix_cases_case_id", "case_id"),
    # All that a list needs to choose from.
    Index("ix_cases_listed", "opened_at", "case_id", "kind", "status", "channel"),
)

# How each act was judged that stands in no case; ``void`` is the reason code.
standing_acts: Final = Table(
    "standing_acts",
    metadata,
    Column("channel", LargeBinary, primary_key=True),
    Column("author", Integer, primary_key=True),
    Column("seq", BigInteger, primary_key=True),
    Column("type", Text, nullable=False),
    Column("void", Text),
    Column("reference", LargeBinary),
    Index("ix_standing_acts_reference", "channel", "author", "reference"),
    Index("ix_standing_acts_type", "channel", "type"),
)

# One row a channel: everything of ours from ``receipted`` on is still to be delivered. References
# only: the statements themselves stand in the record.
outbox: Final = Table(
    "outbox",
    metadata,
    Column("channel", LargeBinary, primary_key=True),
    Column("receipted", BigInteger, nullable=False),
    Column("transmitted", BigInteger, nullable=False),
    # Below this our statements have stood in a reply; a peer that lacks them asks again.
    Column("offered", BigInteger, nullable=False),
    # The greatest of our receipts that the peer is known to have.
    Column("receipt_size_delivered", BigInteger, nullable=False),
    Column("counter", BigInteger, nullable=False),
    # The number of our newest key statement that the peer said it holds.
    Column("keys_held", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),
    # Milliseconds since the epoch: retries may be less than a second apart.
    Column("next_attempt_ms", BigInteger, nullable=False),
    Column("last_reason", Text, nullable=True),
    Column("last_contact_at", BigInteger, nullable=True),
    # The signed digest of the peer's last reply that we took in: our next request answers it.
    Column("last_reply", LargeBinary, nullable=True),
    # Where a peer that was set back stands: its own statements, and ours, that it still has.
    Column("lost_from", BigInteger, nullable=True),
    Column("lost_held", BigInteger, nullable=True),
)

WIDE: Final = text("last_seq - first_seq >= 1000")

# ETSI EN 319 522 events of own statements ``first_seq`` to ``last_seq``, never changed.
deliveries: Final = Table(
    "deliveries",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("channel", LargeBinary, nullable=False),
    Column("first_seq", BigInteger, nullable=False),
    Column("last_seq", BigInteger, nullable=False),
    Column("event", Text, nullable=False),
    Column("reason", Text, nullable=True),
    Column("at", BigInteger, nullable=False),
    Index("ix_deliveries_channel_last_seq", "channel", "last_seq"),
    # Few events are about more statements than a frame has: these are looked at one by one.
    Index("ix_deliveries_wide", "channel", sqlite_where=WIDE, postgresql_where=WIDE),
)

# Frames of ours that were written to files, until they are cleared: which statements are in them,
# and where a copy of their bodies lies.
pouches: Final = Table(
    "pouches",
    metadata,
    Column("channel", LargeBinary, primary_key=True),
    Column("counter", BigInteger, primary_key=True),
    Column("first_seq", BigInteger, nullable=False),
    Column("upto", BigInteger, nullable=False),
    Column("path", Text, nullable=False),
    # SHA-256 of the file: another file at that path is not ours to delete.
    Column("digest", LargeBinary, nullable=False),
    Column("packed_at", BigInteger, nullable=False),
)

# Which of the peer's statements an officer of ours has opened, and when first.
openings: Final = Table(
    "openings",
    metadata,
    Column("channel", LargeBinary, primary_key=True),
    Column("position", BigInteger, primary_key=True),
    Column("officer", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
)

drafts: Final = Table(
    "drafts",
    metadata,
    Column("id", LargeBinary, primary_key=True),
    Column("channel", LargeBinary, nullable=False),
    Column("case_id", LargeBinary, nullable=False),
    # What the case that it is to open is about.
    Column("about", LargeBinary, nullable=True),
    Column("type", Text, nullable=False),
    Column("stage", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    # The workflow (who drafted, cleared, authorised which hash): no text of the body.
    Column("workflow", LargeBinary, nullable=False),
    Column("segment", BigInteger, nullable=False),
    Column("slot", Integer, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("released_leaf", LargeBinary, nullable=True),
    UniqueConstraint("segment", "slot"),
)

officers: Final = Table(
    "officers",
    metadata,
    Column("name", Text, primary_key=True),
    Column("roles", Text, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("added_at", BigInteger, nullable=False),
)

# What officers did inside the house: the leaves of a log of its own, in order.
house_log: Final = Table(
    "house_log",
    metadata,
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("generation", BigInteger, nullable=False),
    Column("leaf", LargeBinary, nullable=False, unique=True),
    Column("at", BigInteger, nullable=False),
    Column("officer", Text, nullable=True),
    Column("act", Text, nullable=False),
    Column("channel", LargeBinary, nullable=True),
    Column("case_id", LargeBinary, nullable=True),
    Column("draft", LargeBinary, nullable=True),
    Column("number", BigInteger, nullable=True),
    # The entry's exact bytes. They name officers, identifiers and hashes, never a text.
    Column("data", LargeBinary, nullable=False),
    # The checkpoint that was signed when this entry was the last of its transaction.
    Column("note", Text, nullable=True),
    Index("ix_house_log_case_id", "case_id", "officer", "position"),
)

# One row: how far that log goes, and how often it was set back.
house_head: Final = Table(
    "house_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("generation", BigInteger, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("frontier", LargeBinary, nullable=False),
)

# Roles that an officer holds in one channel or one case alone, beside those held everywhere.
grants: Final = Table(
    "grants",
    metadata,
    Column("officer", Text, primary_key=True),
    Column("role", Text, primary_key=True),
    Column("channel", LargeBinary, primary_key=True),
    # Of no bytes: in the whole channel.
    Column("case_id", LargeBinary, primary_key=True),
    Column("at", BigInteger, nullable=False),
)

# Who keeps out of what, and who acts instead. A row stays when the recusal has ended.
recusals: Final = Table(
    "recusals",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("officer", Text, nullable=False, index=True),
    Column("delegate", Text, nullable=False),
    # A whole channel; else the cases of ``recusal_cases``, and with ``linked`` those about them.
    Column("channel", LargeBinary, nullable=True),
    Column("linked", Boolean, nullable=False),
    Column("ground", Text, nullable=False),
    Column("recorded_by", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("ended_at", BigInteger, nullable=True),
)

recusal_cases: Final = Table(
    "recusal_cases",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("case_id", LargeBinary, primary_key=True),
)

quarantine: Final = Table(
    "quarantine",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("channel", LargeBinary, nullable=False, index=True),
    Column("digest", LargeBinary, nullable=False, unique=True),
    Column("reason", Text, nullable=False),
    Column("kept_at", BigInteger, nullable=False),
    Column("data", LargeBinary, nullable=False),
)

evidence: Final = Table(
    "evidence",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("channel", LargeBinary, nullable=False, index=True),
    Column("digest", LargeBinary, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("found_at", BigInteger, nullable=False),
    # Deterministic CBOR array of the byte strings that contradict each other.
    Column("data", LargeBinary, nullable=False),
)

# What peers signed about heads when we met them first after a start, the newest of each channel.
words: Final = Table(
    "words",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("channel", LargeBinary, nullable=False, index=True),
    Column("taken_at", BigInteger, nullable=False),
    Column("heads", LargeBinary, nullable=False),
    Column("word", LargeBinary, nullable=False),
)

# Who in the house has asked that a halted channel be opened again. One officer's word decides
# nothing; the row of the second has ``effective``.
reopenings: Final = Table(
    "reopenings",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("channel", LargeBinary, nullable=False, index=True),
    # The reason code for which the channel was halted.
    Column("halted", Text, nullable=False),
    Column("officer", Text, nullable=False),
    Column("roles", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("effective", Boolean, nullable=False),
    # How many of the peer's statements, and how much of its log, we held then: what contradicts
    # them belongs to the dispute that was decided.
    Column("peer_count", BigInteger, nullable=False),
    Column("peer_size", BigInteger, nullable=False),
)

# The key slots of the vault that are taken: a slot is used once.
vault: Final = Table(
    "vault",
    metadata,
    Column("segment", BigInteger, primary_key=True),
    Column("used", Integer, nullable=False),
)
