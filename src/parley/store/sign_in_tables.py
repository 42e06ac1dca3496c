"""Signing in: passwords, passkeys, sessions, one-time links, challenges, failures, preferences.

No secret stands here: of tokens, challenges and what was typed there is SHA-256 alone, of passwords
Argon2id. Times are seconds since the epoch (UTC).
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, LargeBinary, Table, Text

from parley.store.metadata import metadata

passwords: Final = Table(
    "passwords",
    metadata,
    Column("officer", Text, primary_key=True),
    # Argon2id in the PHC string format.
    Column("hash", Text, nullable=False),
    Column("set_at", BigInteger, nullable=False),
)

# ``id`` is the credential's identifier.
passkeys: Final = Table(
    "passkeys",
    metadata,
    Column("id", LargeBinary, primary_key=True),
    Column("officer", Text, nullable=False, index=True),
    Column("name", Text, nullable=False),
    # A COSE_Key.
    Column("public_key", LargeBinary, nullable=False),
    Column("sign_count", BigInteger, nullable=False),
    # Whether its maker keeps copies of it elsewhere.
    Column("synced", Boolean, nullable=False),
    Column("transports", Text, nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("used_at", BigInteger, nullable=True),
)

# ``digest`` is SHA-256 of the token in the browser's cookie.
sessions: Final = Table(
    "sessions",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("officer", Text, nullable=False, index=True),
    Column("way", Text, nullable=False),
    Column("agent", Text, nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
    Column("confirmed_at", BigInteger, nullable=False),
)

# A link that was used is gone; an officer has one at a time.
sign_in_links: Final = Table(
    "sign_in_links",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("officer", Text, nullable=False, unique=True),
    Column("purpose", Text, nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
)

# What a passkey is to sign; ``bound`` is SHA-256 of what only the same browser or session has.
passkey_challenges: Final = Table(
    "passkey_challenges",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("purpose", Text, nullable=False),
    Column("bound", LargeBinary, nullable=False),
    # Whose address asked, as in ``sign_in_failures``.
    Column("client", LargeBinary, nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Index("ix_passkey_challenges_client", "client", "made_at"),
    Index("ix_passkey_challenges_made_at", "made_at"),
)

# ``key`` is a digest of a name that was typed, or of an address.
sign_in_failures: Final = Table(
    "sign_in_failures",
    metadata,
    Column("key", LargeBinary, primary_key=True),
    Column("tries", Integer, nullable=False),
    Column("last_at", BigInteger, nullable=False),
    Index("ix_sign_in_failures_last_at", "last_at"),
)

# How an officer wants to read. Of no letters: as the browser says.
preferences: Final = Table(
    "preferences",
    metadata,
    Column("officer", Text, primary_key=True),
    Column("language", Text, nullable=False),
    Column("zone", Text, nullable=False),
    Column("digits", Text, nullable=False),
    Column("theme", Text, nullable=False),
)
