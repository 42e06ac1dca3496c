"""What exactly is hashed where parties agree on a text (docs/protocol.md, section 15.3).

A unit's digest is over the digests of its fields in the body, which are salted: it betrays
nothing of the text, stands in the header, and remains when the body is erased. The hash of a text
is over the digests of its units. Only authentic languages count: a translation may come later and
be better than the one before, and the text stays the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Final

from parley.domain.codes import Coded, digests, whole_numbers
from parley.domain.types.proposal import OMITTED
from parley.kernel import cbor

UNIT_CONTEXT: Final = "parley/unit/1"
TEXT_CONTEXT: Final = "parley/text/1"

PENDING: Final = "0" * 64
"""In the place of a unit's digest as long as no salts are drawn."""


def unit_digest(number: int, fields: Iterable[bytes]) -> str:
    """The digest of unit ``number``, in hexadecimal.

    ``fields`` are the digests (32 bytes) of its heading and its text in the authentic languages.
    """
    return sha256(cbor.encode([UNIT_CONTEXT, number, sorted(fields)])).hexdigest()


def text_digest(
    opening: bytes,
    authentic: Sequence[str],
    prevailing: str | None,
    units: Sequence[tuple[int, str]],
) -> str:
    """The hash of a text, in hexadecimal.

    ``opening`` is the leaf hash of the act that tabled it, so that no two cases have one hash;
    ``units`` are number and digest of each, in the order of the text.
    """
    listed = [[number, bytes.fromhex(digest)] for number, digest in units]
    return sha256(
        cbor.encode([TEXT_CONTEXT, opening, sorted(authentic), prevailing, listed])
    ).hexdigest()


def written(act: Coded) -> dict[int, str]:
    """What an act makes its author's own text of units: a digest each, or that it is left out."""
    return dict(digests(act, "units")) | dict.fromkeys(whole_numbers(act, "omitted"), OMITTED)
