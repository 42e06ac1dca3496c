"""Sentences for reason codes: attachments."""

from __future__ import annotations

from typing import Final

from parley.kernel.reasons import Reason

TEXTS: Final[dict[Reason, tuple[str, str]]] = {
    Reason.ATTACHMENT_UNKNOWN: (
        "No statement of this channel that is here refers to such an attachment.",
        "A pouch may have to be opened again once the statement has come.",
    ),
    Reason.ATTACHMENT_TOO_LARGE: (
        "The attachment is larger than this desk allows.",
        "Raise largest under [attachments] in parley.toml, or send it in parts.",
    ),
    Reason.ATTACHMENT_QUOTA: (
        "The other side has attached more in this channel than this desk allows.",
        "Raise of-one-channel under [attachments] in parley.toml.",
    ),
    Reason.ATTACHMENT_REFUSED: (
        "Nothing came of a part of an attachment: {why}.",
        "Wait: it is asked for again. See parley attachment list.",
    ),
    Reason.ATTACHMENT_EMPTY: (
        "The file has no bytes.",
        "Attach a file that is not empty.",
    ),
    Reason.ATTACHMENT_CHANGED: (
        "The file changed while it was read.",
        "Attach a copy that nobody writes to.",
    ),
    Reason.ATTACHMENT_ERASED: (
        "The attachment was erased: its key is destroyed.",
        "Nothing brings it back. The record still shows that it was there.",
    ),
    Reason.ATTACHMENT_INCOMPLETE: (
        "The attachment is not whole yet.",
        "Wait until all of it has come: parley attachment list shows how far it is.",
    ),
    Reason.ATTACHMENT_DAMAGED: (
        "The bytes of an attachment are missing here or damaged.",
        "They are asked for again by themselves; see parley attachment list.",
    ),
    Reason.ATTACHMENT_UNWRITABLE: (
        "The bytes of attachments cannot be written: {fact}.",
        "See to the folder that [attachments] in parley.toml names.",
    ),
    Reason.ATTACHMENT_NAME: (
        "The name of an attachment must be one line, without a slash.",
        "Give another one with --name.",
    ),
    Reason.ATTACHMENT_SEALED_ONLY: (
        "An attachment that may be malware leaves this desk only in a capsule.",
        "Take it out as a capsule, and unpack that on a machine that may be lost.",
    ),
    Reason.ATTACHMENTS_NOT_ALLOWED: (
        "A statement of type {type:name} carries no attachments, or has as many as it may.",
        "Attach the file to another statement.",
    ),
    Reason.CHUNK_WRONG: (
        "What came is no part of the attachment that the statement commits to ({fact}).",
        "Nothing of it was kept. Ask the other side to look into its desk.",
    ),
    Reason.CAPSULE_MALFORMED: (
        "The file is no capsule with an attachment.",
        "Give the file that parley attachment get wrote.",
    ),
    Reason.CAPSULE_FOREIGN: (
        "No statement in the dossier commits to what {path} holds.",
        "Find the dossier of the case that the attachment belongs to.",
    ),
    Reason.CAPSULE_DAMAGED: (
        "The capsule is damaged, or does not hold what it says.",
        "Have it written again.",
    ),
}
