"""Sentences for reason codes: evidence, halted channels."""

from __future__ import annotations

from typing import Final

from parley.kernel.reasons import Reason

TEXTS: Final[dict[Reason, tuple[str, str]]] = {
    # Evidence, and channels that were halted
    Reason.EVIDENCE_MALFORMED: (
        "This is no evidence, or it is damaged ({fact}).",
        "Ask for the file again, and compare its SHA-256 with the sender's.",
    ),
    Reason.EVIDENCE_DAMAGED: (
        "The evidence was changed after it was written.",
        "Ask for the file again; as it is, it convicts nobody.",
    ),
    Reason.EVIDENCE_PROVES_NOTHING: (
        "What was signed here does not contradict itself: it convicts nobody.",
        "Do not accuse anybody on it. A root alone convicts once its signer has acknowledged the statements below it.",
    ),
    Reason.EVIDENCE_UNKNOWN: (
        "There is no evidence with this number.",
        "Look it up with parley evidence list.",
    ),
    Reason.EVIDENCE_AMBIGUOUS: (
        "{count} items start with these digits.",
        "Give more digits.",
    ),
    Reason.QUARANTINE_UNKNOWN: (
        "Nothing with this number stands in quarantine.",
        "Look it up with parley quarantine list.",
    ),
    Reason.CHANNEL_NOT_HALTED: (
        "The channel is not halted.",
        "Nothing needs to be decided; parley status shows how it stands.",
    ),
    Reason.REOPENING_FORBIDDEN: (
        "A channel that was halted for this reason ({why}) cannot be opened again by a decision.",
        "See what the reason asks for: a desk that was set back must recover, wrong terms need a new channel.",
    ),
    Reason.REOPENING_SEPARATION: (
        "This officer has already asked for it; another one has to agree.",
        "Have an authoriser and a legal reviewer, two persons, decide.",
    ),
    Reason.TILES_DIFFER: (
        "The folder holds files of another record.",
        "Name a new folder, or the one into which this record was exported before.",
    ),
    # Witness
    Reason.SUBMISSION_MALFORMED: (
        "What was sent to the witness is not in the form of C2SP tlog-witness.",
        "Send an old size, a proof and a checkpoint, as the specification says.",
    ),
    Reason.SUBMISSION_STALE: (
        "The witness has cosigned this record up to size {size}.",
        "Nothing needs to be done: the desk goes on from there.",
    ),
    Reason.LOG_UNKNOWN: (
        "The witness does not watch this record.",
        "Have its keeper add it: parley witness add-log.",
    ),
    Reason.LOG_KNOWN: (
        "The witness watches this record already.",
        "Nothing needs to be done; parley witness status shows it.",
    ),
    Reason.LOG_FORKED: (
        "Another record of {size:number} statements was signed with the same key.",
        "One of the two is false. The witness keeps both: parley witness status.",
    ),
    Reason.WITNESS_MISSING: (
        "There is no witness in {folder}.",
        "Name the folder of a witness, or make one with parley witness init.",
    ),
    Reason.WITNESS_RUNNING: (
        "Another process serves this witness.",
        "Stop it first: two that do not know of each other could cosign a fork.",
    ),
    Reason.WITNESS_STATE_DAMAGED: (
        "A file in which the witness keeps what it has cosigned is damaged.",
        "Do not set it back to an older copy: retire this witness, and begin a new one with another name.",
    ),
    Reason.WITNESS_UNREACHABLE: (
        "The witness does not answer.",
        "Nothing needs to be done: the desk tries again. Check the address in parley.toml if it stays so.",
    ),
    Reason.WITNESS_REFUSED: (
        "The witness refused the checkpoint (status {status}).",
        "Ask its keeper whether it watches this channel's records.",
    ),
    Reason.WITNESS_AHEAD: (
        "The witness has cosigned a larger record of ours than this desk has.",
        "This desk was set back, or somebody else signs with its keys: stop it, and find out which.",
    ),
    Reason.WITNESS_WRONG: (
        "The answer of the witness does not fit what it was asked, or is not signed by its keys.",
        "Do not rely on this witness; ask its keeper.",
    ),
    Reason.OWN_LOG_FORKED: (
        "The witness holds another record of ours, signed with our own key.",
        "Somebody else has our keys, or this desk was set back: stop it, and revoke the keys if it was not.",
    ),
}
