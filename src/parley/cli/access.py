"""Getting at a desk: its passphrase, from wherever it is kept, and the desk opened with it."""

from __future__ import annotations

import getpass
import os
import sys
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from parley.cli import files, options
from parley.cli.options import Opening
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason

if TYPE_CHECKING:
    from parley.application.desk import Desk
    from parley.cli.terminal import Terminal

PASSPHRASE_VARIABLE: Final = "PARLEY_PASSPHRASE"
PASSPHRASE_FILE_VARIABLE: Final = "PARLEY_PASSPHRASE_FILE"
IDENTITY_VARIABLE: Final = "PARLEY_IDENTITY_PASSPHRASE"
IDENTITY_FILE_VARIABLE: Final = "PARLEY_IDENTITY_PASSPHRASE_FILE"
PASSPHRASE_BYTES: Final = 4096


def given(opening: Opening, environment: Mapping[str, str] = os.environ) -> bytes | None:
    """The passphrase where it is not to be asked for: option, file, environment, in this order.

    :raises ParleyError: the errors of a file; ``text-not-utf8``.
    """
    named = opening.passphrase_file
    if named is None and environment.get(PASSPHRASE_FILE_VARIABLE):
        named = Path(environment[PASSPHRASE_FILE_VARIABLE])
    if named is not None:
        return _normal(_first_line(files.read(named, PASSPHRASE_BYTES)))
    if PASSPHRASE_VARIABLE in environment:
        return _normal(environment[PASSPHRASE_VARIABLE])
    return None


def passphrase(opening: Opening, output: Terminal) -> bytes:
    """The passphrase of a desk that exists; asked for at a terminal where it is given nowhere.

    :raises ParleyError: ``passphrase-not-given``.
    """
    kept = given(opening)
    return kept if kept is not None else _asked(output.text("Passphrase of the desk: "))


def identity_passphrase(
    file: Path | None,
    output: Terminal,
    opening: Opening | None = None,
    environment: Mapping[str, str] = os.environ,
) -> bytes:
    """The passphrase of the identity key: its own, or (with ``opening``) that of the desk.

    :raises ParleyError: ``passphrase-not-given``, the errors of a file.
    """
    named = file
    if named is None and environment.get(IDENTITY_FILE_VARIABLE):
        named = Path(environment[IDENTITY_FILE_VARIABLE])
    if named is not None:
        return _normal(_first_line(files.read(named, PASSPHRASE_BYTES)))
    if IDENTITY_VARIABLE in environment:
        return _normal(environment[IDENTITY_VARIABLE])
    kept = given(opening, environment) if opening is not None else None
    return kept if kept is not None else _asked(output.text("Passphrase of the identity key: "))


def new_passphrase(opening: Opening, output: Terminal) -> bytes:
    """The passphrase for a new desk; typed twice at a terminal.

    :raises ParleyError: ``passphrase-not-given``, ``passphrases-differ``.
    """
    kept = given(opening)
    if kept is not None:
        return kept
    first = _asked(output.text("A passphrase for the new desk (several random words): "))
    if first != _asked(output.text("The same once more: ")):
        raise ParleyError(Reason.PASSPHRASES_DIFFER)
    return first


@contextmanager
def opened(opening: Opening, output: Terminal, *, newer_keys: bool = False) -> Iterator[Desk]:
    """The desk that the options name, open for as long as the block runs.

    ``newer_keys``: also where its keys are newer than its database.

    :raises ParleyError: ``desk-not-named``, and what opening a desk raises.
    """
    from parley.node import config
    from parley.node import desk as desks

    folder = options.folder_of(opening)
    # Whoever names the wrong folder should learn it before typing a passphrase.
    config.load(folder)
    given = passphrase(opening, output)
    with desks.opened(folder, given, newer_keys=newer_keys) as desk:
        yield desk


def _asked(prompt: str) -> bytes:
    if not sys.stdin.isatty():
        raise ParleyError(Reason.PASSPHRASE_NOT_GIVEN)
    return _normal(getpass.getpass(prompt, stream=sys.stderr))


def _normal(text: str) -> bytes:
    """One passphrase is one sequence of bytes, however a keyboard composes its letters."""
    return unicodedata.normalize("NFC", text).encode("utf-8", "surrogateescape")


def _first_line(data: bytes) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ParleyError(Reason.TEXT_NOT_UTF8) from error
    return text.partition("\n")[0].rstrip("\r")
