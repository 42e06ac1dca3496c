"""Sentences for reason codes: encoding, text, keys and proofs."""

from __future__ import annotations

from typing import Final

from parley.kernel.reasons import Reason

TEXTS: Final[dict[Reason, tuple[str, str]]] = {
    # Encoding and shape
    Reason.CBOR_MALFORMED: (
        "The data is not well-formed CBOR.",
        "Ask the sender for the file or message again; it was damaged or is of another kind.",
    ),
    Reason.CBOR_NOT_CANONICAL: (
        "The data is not in its one deterministic encoding.",
        "Ask the sender to use software that follows the protocol; nothing was accepted.",
    ),
    Reason.SHAPE_INVALID: (
        "The data does not have the shape of {shape} (at {place}).",
        "Ask the sender to check its software's version; nothing was accepted.",
    ),
    Reason.TOO_LARGE: (
        "The data has {size:number} bytes; at most {limit:number} are accepted.",
        "Send less at once.",
    ),
    Reason.VERSION_UNSUPPORTED: (
        "Version {version} is not supported by this desk.",
        "Update the older of the two desks.",
    ),
    Reason.IDENTIFIER_INVALID: (
        "This is not an identifier of {size} bytes in hexadecimal.",
        "Copy it whole from the list or the page that shows it.",
    ),
    # Rules of text
    Reason.TEXT_NOT_UTF8: (
        "The text is not valid UTF-8.",
        "Save it as UTF-8 and enter it again.",
    ),
    Reason.TEXT_NOT_NFC: (
        "The text is not in Unicode normal form C.",
        "Normalise it to NFC and enter it again.",
    ),
    Reason.TEXT_DIRECTION_OVERRIDE: (
        "The text holds a character that overrides the direction of writing.",
        "Remove the characters U+202A to U+202E; use isolates where directions mix.",
    ),
    Reason.TEXT_ISOLATE_UNBALANCED: (
        "The text opens a direction isolate that it does not close, or closes one too many.",
        "Close each U+2066, U+2067 or U+2068 with U+2069 in the same paragraph.",
    ),
    Reason.TEXT_CONTROL_CHARACTER: (
        "The text holds a control character or a code point that is no character.",
        "Remove it; only line feeds and tabs are accepted.",
    ),
    Reason.TEXT_EMPTY: (
        "A required text is empty.",
        "Enter the text.",
    ),
    Reason.TEXT_TOO_LONG: (
        "The text has {size:number} characters; at most {limit:number} are accepted.",
        "Shorten it.",
    ),
    # Keys, signatures and proofs
    Reason.SIGNATURE_INVALID: (
        "A signature does not match the data and the key that it is said to be made with.",
        "Do not act on the data. Ask for it again, and compare fingerprints by telephone.",
    ),
    Reason.SIGNATURE_MISSING: (
        "The data holds no signature by the expected key.",
        "Check that the right party's letter was used; ask the sender for a signed copy.",
    ),
    Reason.KEY_INVALID: (
        "A key is damaged, of the wrong length, or of a kind that makes signatures worthless.",
        "Do not use it. Ask its owner for a new letter.",
    ),
    Reason.KEY_MISMATCH: (
        "The data names another key than the one that it was to be checked with.",
        "Check that you have the owner's current letter and key statements.",
    ),
    Reason.ALGORITHM_UNSUPPORTED: (
        "The signature's algorithm ({algorithm}) is not one that this desk accepts.",
        "Ask the sender to use a suite that both letters name.",
    ),
    Reason.HEADER_CRITICAL: (
        "The data marks a header as critical that this desk does not understand.",
        "Update the older of the two desks.",
    ),
    Reason.PROOF_INVALID: (
        "A proof does not connect the statement, or the older record, to the signed root.",
        "Do not rely on it. Ask for the proof again and keep this one as evidence.",
    ),
    Reason.CHECKPOINT_MALFORMED: (
        "The checkpoint is not in the form that the protocol prescribes.",
        "Ask the sender for it again; copying it as text may have damaged it.",
    ),
    Reason.ORIGIN_MISMATCH: (
        "The checkpoint or receipt belongs to another record.",
        "Check which channel and which party it was meant for.",
    ),
    Reason.UNSEALING_FAILED: (
        "The sealed message cannot be opened: it was altered, or sealed to another key or header.",
        "Ask the sender to seal it again to the key in your current letter.",
    ),
    Reason.PASSPHRASE_EMPTY: (
        "The passphrase is empty.",
        "Choose a passphrase; several random words make a good one.",
    ),
    Reason.PASSPHRASE_WRONG: (
        "The passphrase does not open the keys.",
        "Check the keyboard's language and capitals, and enter it again.",
    ),
    Reason.KEYSTORE_DAMAGED: (
        "The file of keys is damaged or not a file of keys.",
        "Restore it from a backup; without one, the keys in it are lost.",
    ),
    Reason.FINGERPRINT_MALFORMED: (
        "This is not a fingerprint: neither ten words of five letters nor 64 hexadecimal digits.",
        "Enter it as the letter's page shows it; spaces, dashes and capitals do not matter.",
    ),
    Reason.FINGERPRINT_MISMATCH: (
        "The fingerprints differ.",
        "Do not accept the letter. Ask the other side, by another way, which one is theirs.",
    ),
}
