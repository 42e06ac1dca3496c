"""Bounds on everything that a peer, a file or an officer can make large.

Sizes are bytes, times are seconds. A bound here is part of the protocol where
``docs/protocol.md`` names it; changing such a bound needs a new protocol version.
"""

from __future__ import annotations

from typing import Final

KIB: Final = 1024
MIB: Final = 1024 * KIB

CBOR_DEPTH: Final = 12
CBOR_ITEMS: Final = 65_536

# Protocol
LETTER_BYTES: Final = 64 * KIB
STATEMENT_BYTES: Final = 16 * KIB
BODY_BYTES: Final = 1 * MIB
BODY_FIELDS: Final = 4096
PATH_CHARACTERS: Final = 120
TEXT_CHARACTERS: Final = 100_000
LINE_CHARACTERS: Final = 300
BASIS_STATEMENTS: Final = 64
QUESTIONS: Final = 256
UNITS_IN_ACT: Final = 128
UNITS_IN_TEXT: Final = 256
UNIT_NUMBER: Final = 9999
LANGUAGES_OF_TEXT: Final = 8
OFFICES_IN_LETTER: Final = 256
OFFICES_ADDRESSED: Final = 32
STATEMENTS_IN_CASE: Final = 4096
CONTACTS_IN_DIRECTORY: Final = 16_384
OFFICES_IN_DIRECTORY: Final = 256
FRAME_BYTES: Final = 8 * MIB
STATEMENTS_IN_FRAME: Final = 1000
MEMBERS: Final = 16
ATTACHMENTS_IN_ACT: Final = 32
ATTACHMENT_BYTES: Final = 1 << 40
CHUNK_BITS_LEAST: Final = 12
CHUNK_BITS_MOST: Final = 20
CHUNKS_IN_ATTACHMENT: Final = 1 << 20
NOTE_BYTES: Final = 16 * KIB
KEY_STATEMENT_BYTES: Final = 64 * KIB
SEALING_KEYS: Final = 24
KEY_STATEMENTS_IN_FRAME: Final = 64
KEY_STATEMENTS_BYTES: Final = 1 * MIB

# Time
CLOCK_SKEW_SECONDS: Final = 300
POST_QUANTUM_INTERVAL_SECONDS: Final = 60
SEALING_MONTH_SECONDS: Final = 31 * 86_400
POUCH_SECONDS: Final = 30 * 86_400
"""The longest that a sealed message may be on its way; then its key is destroyed."""
