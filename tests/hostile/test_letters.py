"""Who forges a letter of credence, or shows one that is no longer good."""

from __future__ import annotations

import msgspec
import pytest

from parley.application import channels
from parley.crypto import words
from parley.crypto.keys import IdentityKey
from parley.kernel.errors import ParleyError
from parley.record import letter as letters
from parley.record.letter import Identity, Letter
from tests.support.hostile import Hostile
from tests.support.keys import identity

replace = msgspec.structs.replace
YEAR = 365 * 86_400


def refused(hostile: Hostile, data: bytes, fingerprint: bytes, why: str) -> None:
    with pytest.raises(ParleyError) as caught:
        channels.accept(hostile.desks.left, data, words.words(fingerprint), label="second")
    assert caught.value.reason.value == why
    assert len(channels.standings(hostile.desks.left)) == 1
    hostile.unharmed()


def test_a_letter_is_changed(hostile: Hostile) -> None:
    """An address, a key, a name: the identity has signed them all."""
    honest = hostile.desks.right.letter
    at = honest.data.index(b"127.0.0.1")
    changed = honest.data[:at] + b"127.0.0.2" + honest.data[at + 9 :]
    refused(hostile, changed, honest.party, "signature-invalid")


def test_a_letter_of_somebody_else_under_the_same_names(hostile: Hostile) -> None:
    """All its signatures hold; the fingerprint that was read over the telephone is another."""
    honest = hostile.desks.right.letter
    stranger = IdentityKey.generate()
    public = stranger.public
    forged = letters.sign(
        replace(honest.text, identity=Identity(1, public.ed25519.raw, public.mldsa44.raw)),
        stranger,
    )
    assert forged.text.names == honest.text.names
    refused(hostile, forged.data, honest.party, "fingerprint-mismatch")


def issued(hostile: Hostile, **changes: object) -> Letter:
    """Another letter of the right party, signed by its own identity key."""
    right = hostile.desks.right
    return letters.sign(replace(right.letter.text, **changes), identity(hostile.desks, right))


def test_a_letter_has_expired(hostile: Hostile) -> None:
    old = issued(hostile, serial=7, expires_at=hostile.desks.clock() - 1)
    refused(hostile, old.data, old.party, "letter-expired")


def test_a_letter_of_a_protocol_that_we_do_not_speak(hostile: Hostile) -> None:
    """There is nothing in common, and nothing weaker is fallen back to."""
    old = issued(hostile, serial=7, protocols=(0,))
    refused(hostile, old.data, old.party, "suite-unsupported")


def test_our_own_letter_is_brought_to_us(hostile: Hostile) -> None:
    ours = hostile.desks.left.letter
    refused(hostile, ours.data, ours.party, "letter-own")
