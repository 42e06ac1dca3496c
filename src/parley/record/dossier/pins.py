"""Fingerprints that a reader names, made whole by the letters of a dossier."""

from __future__ import annotations

from collections.abc import Sequence
from typing import BinaryIO

from parley.crypto import words
from parley.kernel import cbor
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record import letter as letters
from parley.record.dossier import format as fmt


def whole(stream: BinaryIO, named: Sequence[bytes]) -> list[bytes]:
    """The fingerprints that were named, whole.

    Ten words stand for the first 160 bits; the rest comes from the letter that they fit. Where all
    are whole, nothing is read; else the stream is, from where it stands.

    :raises ParleyError: ``dossier-pin`` where words fit no party; what reading a dossier raises.
    """
    found: list[bytes] = []
    parties: list[bytes] = []
    for value in named:
        if len(value) < words.FINGERPRINT_BYTES:
            parties = parties or _parties(stream)
            fitting = [party for party in parties if party.startswith(value)]
            if not fitting:
                raise ParleyError(Reason.DOSSIER_PIN)
            found.append(fitting[0])
        else:
            found.append(value)
    return found


def _parties(stream: BinaryIO) -> list[bytes]:
    """The parties whose letters stand at the start of a dossier; nothing is verified here."""
    items = iter(fmt.Reader(stream))
    next(items)
    return [
        letters.parse(
            cbor.decode_as(next(items), fmt.LetterItem, limit=fmt.SMALL_ITEM_BYTES).data
        ).party
        for _ in range(2)
    ]
