"""Sentences for reason codes: the desk, its house and the wire."""

from __future__ import annotations

from typing import Final

from parley.kernel.reasons import Reason

TEXTS: Final[dict[Reason, tuple[str, str]]] = {
    # Desk and house
    Reason.DESK_MISSING: (
        "There is no desk in {folder}.",
        "Name its folder with --desk, or make one with parley init.",
    ),
    Reason.CONFIG_INVALID: (
        "The configuration is wrong: {place}.",
        "Correct parley.toml in the desk's folder.",
    ),
    Reason.FOLDER_NOT_EMPTY: (
        "The folder {folder} is not empty.",
        "Name a new folder; an existing desk is never overwritten.",
    ),
    Reason.KEYS_NOT_OF_LETTER: (
        "The keys of this desk are not those of its letter.",
        "Restore both as of one moment. An older database: parley key install --without-keys.",
    ),
    Reason.DATABASE_MISSING: (
        "The database of this desk is missing or empty.",
        "Restore it from a backup; a desk without its record must not send.",
    ),
    Reason.DATABASE_VERSION: (
        "The database is of version {found}; this release needs {expected}.",
        "Use the release that wrote it, or upgrade the database.",
    ),
    Reason.DATABASE_UNREADABLE: (
        "The database of this desk cannot be read.",
        "Check its file and the rights on it; restore it from a backup.",
    ),
    Reason.DATABASE_BUSY: (
        "Another process kept the database for too long.",
        "Try again; if it stays so, end the process that holds it.",
    ),
    Reason.STORAGE_FULL: (
        "There is no room left where this desk keeps its record.",
        "Make room and try again; nothing is lost, and nothing was done by halves.",
    ),
    Reason.VAULT_UNWRITABLE: (
        "The folder of the vault cannot be written ({fact}).",
        "Check the folder and the rights on it, then try again; nothing is lost.",
    ),
    Reason.DATABASE_UNREACHABLE: (
        "The database server does not answer, or does not let this desk in: {place}.",
        "Check that it runs, and the address, role and password that parley.toml leads to.",
    ),
    Reason.DATABASE_NOT_DURABLE: (
        "The database server runs with fsync off: what it commits is lost with the power.",
        "Turn fsync on in the server's configuration; a receipt must not be given before that.",
    ),
    Reason.DATABASE_DRIVER_MISSING: (
        "The driver for this kind of database is not installed.",
        "Install it with pip install 'parley-desk[postgresql]'.",
    ),
    Reason.DATABASE_TAKEN: (
        "This database holds another desk.",
        "Make a new, empty database for each desk.",
    ),
    Reason.WORKERS_NEED_SERVER: (
        "This desk's database is a file, and only one process at a time can write to it.",
        "Serve the desk without --workers; several processes need a desk on PostgreSQL.",
    ),
    Reason.PORT_TAKEN: (
        "Port {port} on {host} is taken.",
        "End what uses it, or set another port in parley.toml.",
    ),
    Reason.OFFICER_UNKNOWN: (
        "There is no such officer in service.",
        "See the officers with parley officer list.",
    ),
    Reason.OFFICER_NAME_INVALID: (
        "An officer's name has 1 to 40 small Latin letters, digits, dots, dashes or underscores.",
        "Choose another name.",
    ),
    Reason.CASE_UNKNOWN: (
        "There is no such case.",
        "See the cases with parley case list; give at least four digits of its identifier.",
    ),
    Reason.CASE_AMBIGUOUS: (
        "{count:number} cases fit.",
        "Give more digits of the identifier.",
    ),
    Reason.DRAFT_UNKNOWN: (
        "There is no such draft.",
        "See the drafts with parley draft list.",
    ),
    Reason.DRAFT_AMBIGUOUS: (
        "{count:number} drafts fit.",
        "Give more digits of the identifier.",
    ),
    Reason.STATEMENT_UNKNOWN: (
        "There is no such statement in the record.",
        "See the statements with parley record show; give at least six digits.",
    ),
    Reason.STATEMENT_AMBIGUOUS: (
        "{count:number} statements fit.",
        "Give more digits of the identifier.",
    ),
    Reason.VIEW_DIFFERS: (
        "What the desk shows is not what its record gives.",
        "Run parley fsck --rebuild, and report the fault.",
    ),
    Reason.ROLE_UNKNOWN: (
        "There is no such role.",
        "See the roles with parley officer --help.",
    ),
    # Wire
    Reason.RATE_LIMITED: (
        "Too many requests came from this party or this address.",
        "Wait a moment; the courier tries again by itself.",
    ),
    Reason.TIME_LIMIT: (
        "The request took too long to arrive.",
        "Try again over a better line.",
    ),
    Reason.DESK_BUSY: (
        "The desk has too many requests at once.",
        "Wait a moment; the courier tries again by itself.",
    ),
    Reason.REPLY_MISMATCH: (
        "The reply answers another message.",
        "Nothing needs to be done: it was not taken in, and the courier tries again.",
    ),
    Reason.NOT_RECEIPTED_IN_TIME: (
        "No receipt for the statement came within the limit agreed for the channel.",
        "The desk has stated the non-delivery on the record; reach the other party another way.",
    ),
    Reason.FRAME_NOT_ACCEPTED: (
        "The desk does not take frames from this sender.",
        "Have both parties accept each other's present letters, and compare fingerprints.",
    ),
    Reason.FRAME_REPEATED: (
        "The desk has answered this very frame before.",
        "Nothing needs to be done: the courier makes a new one for each attempt. Where it happens often, somebody on the way sends recorded frames again.",
    ),
    Reason.REPLY_TOO_LARGE: (
        "The other desk's reply has more than {limit:number} bytes.",
        "Nothing needs to be done: it was not taken in, and the courier tries again.",
    ),
    Reason.PEER_UNREACHABLE: (
        "The other desk does not answer ({fact}).",
        "Nothing needs to be done: the courier tries again. Check the address in its letter if it lasts.",
    ),
    Reason.PEER_REFUSED: (
        "The other desk refused the message (status {status}).",
        "See the reason in parley status; the courier tries again.",
    ),
    Reason.ENDPOINT_NONE: (
        "The other party's letter names no address.",
        "Ask for a letter with an address, or exchange files.",
    ),
    # Pouch
    Reason.POUCH_EARLY: (
        "The statements in it begin with number {found:number}; number {expected:number} has not come yet.",
        "Keep the file, and open it again together with the one that was packed before it.",
    ),
    Reason.POUCH_LATE: (
        "It is sealed to a key that this desk does not have: as a rule one that was destroyed because the pouch was under way for too long.",
        "Ask the other party to pack it again with our present keys; their record has all of it.",
    ),
    Reason.POUCH_OWN: (
        "This desk packed it itself, for another one.",
        "Have it carried there.",
    ),
    Reason.POUCH_TOO_LARGE: (
        "What there is to pack does not fit into the single file {path}.",
        "Name a folder that exists: it takes several files.",
    ),
    Reason.POUCHES_TOO_MANY: (
        "{count:number} files are too many at once; at most {limit:number} are opened.",
        "Open them in several runs; the order does not matter.",
    ),
    # Demonstration
    Reason.DEMO_DESK_ENDED: (
        "The desk {desk} of the demonstration ended by itself and could not be kept running: {fact}.",
        "Run parley demo --keep with a new folder, and read the log of that desk there.",
    ),
    Reason.DEMO_STALLED: (
        "The demonstration waited {seconds:duration} in vain: {step}.",
        "Run parley demo --keep with a new folder, and read the logs of both desks there.",
    ),
    # Backup, restore, upgrade
    Reason.BACKUP_MISSING: (
        "There is no backup in {path}.",
        "Name a folder that parley backup made: it has a file backup.json.",
    ),
    Reason.BACKUP_DAMAGED: (
        "The backup is damaged or was changed: {file}.",
        "Use another one, or the copy from which this one was made.",
    ),
    Reason.DESK_SERVED: (
        "This desk is being served.",
        "End parley serve (SIGTERM), wait for its end, and try again.",
    ),
    Reason.KEYS_NOT_GIVEN: (
        "The backup has no keys, and without them there is no desk.",
        "Name the copy of desk.keys that you keep apart: --keys FILE.",
    ),
    Reason.UPGRADE_FAILED: (
        "The upgrade did not hold, and the database is again what it was.",
        "Go on with the release that you had. The copy that was made before is {path}.",
    ),
    Reason.UPGRADE_ON_SERVER: (
        "The database of this desk is on a server, and was not touched.",
        "Save it with the server's own tools; see docs/operating.md.",
    ),
}
