"""Why an officer keeps out of a matter, as a code: the house record has no prose."""

from __future__ import annotations

from enum import StrEnum


class Ground(StrEnum):
    """The ground of a recusal inside the house."""

    PERSONAL_INTEREST = "personal-interest"
    FORMER_PART = "former-part"
    RELATIONSHIP = "relationship"
    APPEARANCE = "appearance"
    OTHER = "other"
