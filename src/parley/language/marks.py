"""Marks for texts that are translated elsewhere than where they stand.

``scripts/catalogues.py`` finds them by these names.
"""

from __future__ import annotations


def N_(msgid: str) -> str:  # noqa: N802 - the usual name of a mark for extraction
    """Mark a sentence for translation where it stands; it is translated where it is shown."""
    return msgid


def NN_(singular: str, plural: str) -> tuple[str, str]:  # noqa: N802 - as above
    """Mark both forms of a counted sentence for translation; ``{n}`` is the count."""
    return singular, plural
