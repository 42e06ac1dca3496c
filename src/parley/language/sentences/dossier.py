"""Sentences for reason codes: dossiers."""

from __future__ import annotations

from typing import Final

from parley.kernel.reasons import Reason

TEXTS: Final[dict[Reason, tuple[str, str]]] = {
    # Dossiers
    Reason.DOSSIER_MALFORMED: (
        "This is no dossier, or it is damaged ({fact}).",
        "Ask for the file again, and compare its SHA-256 with the sender's.",
    ),
    Reason.DOSSIER_TRUNCATED: (
        "The dossier ends too early.",
        "Ask for the file again, and compare its SHA-256 with the sender's.",
    ),
    Reason.DOSSIER_TRAILING: (
        "Something stands behind the end of the dossier.",
        "Ask for the file again; nothing behind the end was signed.",
    ),
    Reason.DOSSIER_DAMAGED: (
        "The dossier is not the one that its exporter signed.",
        "Ask for the file again; it was changed after the export.",
    ),
    Reason.DOSSIER_LETTERS: (
        "The letters in the dossier do not make the channel that it names.",
        "Do not rely on it; ask the exporter for a new one.",
    ),
    Reason.DOSSIER_PIN: (
        "A fingerprint that you named is none of the parties'.",
        "Compare the fingerprint with the party by telephone; this may be somebody else's dossier.",
    ),
    Reason.DOSSIER_STATEMENT_MISSING: (
        "The dossier leaves out a statement that the signatures in it cover.",
        "Do not rely on it; ask for the dossier again, and keep this one as evidence.",
    ),
    Reason.DOSSIER_OUT_OF_PLACE: (
        "An item of the dossier stands where it cannot.",
        "Do not rely on it; ask the exporter for a new one.",
    ),
    Reason.DOSSIER_BACKLOG: (
        "More than {limit:number} statements of one side stand there without a sign that the other has any of them.",
        "Export one case, or wait until the other side has caught up.",
    ),
    Reason.DOSSIER_CASES: (
        "The dossier has more than {limit:number} cases.",
        "Export the cases one by one.",
    ),
    Reason.CASE_WRONG: (
        "A statement of another case stands in the dossier.",
        "Do not rely on it; ask the exporter for a new one.",
    ),
    Reason.ROOT_WRONG: (
        "A signed tree head (of {size:number} statements) is not the one that the statements give.",
        "Do not rely on it: a statement was added, left out or changed. Keep the file as evidence.",
    ),
    # Papers
    Reason.PLACE_MALFORMED: (
        "This is not what the code on a paper says.",
        "Scan the QR code again, or type the line beside it: it begins with PARLEY/V1/.",
    ),
    Reason.PLACE_ABSENT: (
        "The dossier holds, and the statement that the paper names does not stand in it.",
        "Ask for a dossier of that case or of the whole channel; as long as nobody shows one, the paper proves nothing.",
    ),
    Reason.PLACE_TAKEN: (
        "The dossier holds, and another statement stands where the paper puts its own (number {seq}).",
        "Do not rely on the paper. If both came from one party, keep both: a record has one statement in each place.",
    ),
    Reason.PAPER_FAILED: (
        "The paper could not be typeset.",
        "Ask for it as a page: --format html. The record itself is whole.",
    ),
    Reason.PDF_MISSING: (
        "What makes PDF is not installed here.",
        "Install it with: pip install 'parley-desk[pdf]'. As a page it needs nothing: --format html.",
    ),
}
