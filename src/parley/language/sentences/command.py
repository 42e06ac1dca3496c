"""Sentences for reason codes: the command line."""

from __future__ import annotations

from typing import Final

from parley.kernel.reasons import Reason

TEXTS: Final[dict[Reason, tuple[str, str]]] = {
    # How a command was written
    Reason.COMMAND_UNKNOWN: (
        "There is no command {name}.",
        "See the commands with {help}.",
    ),
    Reason.COMMAND_LINE_INVALID: (
        "The command cannot be understood: {fact}.",
        "See how it is written with {help}.",
    ),
    Reason.OPTION_UNKNOWN: (
        "The command has no option {name}.",
        "See its options with {help}.",
    ),
    Reason.ARGUMENT_MISSING: (
        "{name} is missing, or has no value.",
        "Give it; see how with {help}.",
    ),
    Reason.ARGUMENT_SURPLUS: (
        "The command does not take {name}.",
        "Leave it out, or put a text with spaces in quotes; see {help}.",
    ),
    Reason.ARGUMENT_INVALID: (
        "{value} is not a value for {name}.",
        "Give one of these: {choices}.",
    ),
    Reason.ARGUMENT_REPEATED: (
        "{name} is given twice.",
        "Give it once.",
    ),
    # What a command needs to know
    Reason.DESK_NOT_NAMED: (
        "It is not said which desk is meant, and this folder is none.",
        "Name its folder with --desk or in PARLEY_DESK, or make a desk with parley init.",
    ),
    Reason.OFFICER_NOT_NAMED: (
        "It is not said which officer acts.",
        "Name the officer with --officer or in PARLEY_OFFICER.",
    ),
    Reason.ZONE_UNKNOWN: (
        "There is no time zone {zone}.",
        "Give a name such as Europe/Vienna, or UTC.",
    ),
    Reason.DURATION_INVALID: (
        "{value} is not a length of time.",
        "Write a number with s, m, h, d or w, for instance 24h or 60d.",
    ),
    Reason.TIME_INVALID: (
        "{value} is not a time.",
        "Write a day such as 2027-03-31, a time such as 2027-03-31T12:00Z, or a length of time from now such as 14d.",
    ),
    Reason.PASSPHRASE_NOT_GIVEN: (
        "The keys of the desk need their passphrase, and there is no terminal to ask at.",
        "Put it into a file and name that with --passphrase-file or in PARLEY_PASSPHRASE_FILE, or set PARLEY_PASSPHRASE.",
    ),
    Reason.PASSPHRASES_DIFFER: (
        "The two entries of the passphrase differ.",
        "Start again; nothing was made.",
    ),
    Reason.FINGERPRINT_NOT_GIVEN: (
        "A letter is accepted only with its fingerprint.",
        "Ask the other side for it by telephone or in person, and give it with --fingerprint.",
    ),
    Reason.HASH_NOT_GIVEN: (
        "A text is cleared or authorised only with the hash of what was read.",
        "Read the text with parley draft show, and give its hash with --sha256.",
    ),
    Reason.HASH_MALFORMED: (
        "This is not a hash: neither ten words of five letters nor 64 hexadecimal digits.",
        "Copy it whole from parley draft show.",
    ),
    Reason.OFFICE_UNKNOWN: (
        "The letter of {party} lists no office {name}.",
        "See its offices with parley letter show; name one by its number, its name or its identifier.",
    ),
    # Texts from a file
    Reason.MANUSCRIPT_INVALID: (
        "The file of the text is not valid TOML: {place}.",
        "Correct it there; --template prints a file to start from.",
    ),
    Reason.MANUSCRIPT_ENTRY_UNKNOWN: (
        "A text of type {type:name} has no entry {place}.",
        "Leave it out; --template prints the entries that there are.",
    ),
    Reason.MANUSCRIPT_ENTRY_INVALID: (
        "The entry {place} does not have a value of the right kind.",
        "Write it as --template shows.",
    ),
    Reason.MANUSCRIPT_EMPTY: (
        "There is no text yet.",
        "Give it with options, or in a file with --from; --template prints one to start from.",
    ),
    # Files
    Reason.FILE_MISSING: (
        "There is no file {path}.",
        "Check its name and folder.",
    ),
    Reason.FILE_EXISTS: (
        "The file {path} exists already.",
        "Name another one, or remove it; nothing is overwritten.",
    ),
    Reason.FILE_UNREADABLE: (
        "The file {path} cannot be read ({fact}).",
        "Check its name and who may read it.",
    ),
    Reason.FILE_UNWRITABLE: (
        "The file {path} cannot be written ({fact}).",
        "Check the folder, who may write there, and the space left.",
    ),
    Reason.TERMINAL_NOT_FOR_BYTES: (
        "The output is not text, and a terminal would garble it.",
        "Name a file, or send the output to another program.",
    ),
    Reason.QUICKSTART_FAILED: (
        "The quickstart stopped at this command: {command}.",
        "See its message above, mend the cause, and start again with a new folder.",
    ),
}
