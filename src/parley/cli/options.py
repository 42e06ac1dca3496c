"""Options that many commands share, and what they come to: a reader, a desk, an officer."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

from cyclopts import Group, Parameter

from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason

DESK_VARIABLE: Final = "PARLEY_DESK"
OFFICER_VARIABLE: Final = "PARLEY_OFFICER"
CONFIG_FILE: Final = "parley.toml"
"""The file that makes a folder a desk (as ``parley.node.config``, which is slow to load)."""

READER_GROUP: Final = Group("Output", sort_key=90)
DESK_GROUP: Final = Group("Desk", sort_key=80)


@Parameter(name="*")
@dataclass(frozen=True)
class Reader:
    """Who reads the output: a person in a language and a time zone, or a program."""

    language: Annotated[
        str | None,
        Parameter(group=READER_GROUP, help="en, ru or ar [env: PARLEY_LANGUAGE, LANG]"),
    ] = None
    zone: Annotated[
        str | None,
        Parameter(group=READER_GROUP, help="time zone beside UTC, such as Asia/Riyadh"),
    ] = None
    json: Annotated[
        bool,
        Parameter(group=READER_GROUP, negative="", show_default=False, help="one JSON value"),
    ] = False


@Parameter(name="*")
@dataclass(frozen=True)
class Opening(Reader):
    """A desk to open: its folder, and where its passphrase is."""

    desk: Annotated[
        Path | None,
        Parameter(group=DESK_GROUP, help="folder of the desk [env: PARLEY_DESK]"),
    ] = None
    passphrase_file: Annotated[
        Path | None,
        Parameter(
            group=DESK_GROUP,
            help="file with the passphrase [env: PARLEY_PASSPHRASE_FILE, PARLEY_PASSPHRASE]",
        ),
    ] = None


@Parameter(name="*")
@dataclass(frozen=True)
class Acting(Opening):
    """A desk at which an officer acts."""

    officer: Annotated[
        str | None,
        Parameter(group=DESK_GROUP, help="who acts [env: PARLEY_OFFICER]"),
    ] = None


READER: Final = Reader()
OPENING: Final = Opening()
ACTING: Final = Acting()

_VALUED: Final = ("--language", "--zone", "--desk", "--passphrase-file", "--officer")


def arrange(tokens: Sequence[str]) -> list[str]:
    """The command line with shared options that stand before the command put behind it.

    ``parley --desk north status`` then means the same as ``parley status --desk north``.
    """
    rest = list(tokens)
    leading: list[str] = []
    while rest:
        if rest[0] == "--json" or any(rest[0].startswith(f"{name}=") for name in _VALUED):
            leading.append(rest.pop(0))
        elif rest[0] in _VALUED and len(rest) > 1:
            leading += [rest.pop(0), rest.pop(0)]
        else:
            break
    if not rest:
        return []
    end = rest.index("--") if "--" in rest else len(rest)
    return [*rest[:end], *leading, *rest[end:]]


def glance(tokens: Sequence[str]) -> Reader:
    """The reader that a command line names, for errors that come before it is understood."""
    language: str | None = None
    as_json = False
    for at, token in enumerate(tokens):
        if token == "--":
            break
        if token == "--json":
            as_json = True
        elif token == "--language" and at + 1 < len(tokens):
            language = tokens[at + 1]
        elif token.startswith("--language="):
            language = token.partition("=")[2]
    return Reader(language=language, json=as_json)


def folder_of(opening: Opening, environment: Mapping[str, str] = os.environ) -> Path:
    """The folder of the desk: the option, PARLEY_DESK, or this folder if it is a desk.

    :raises ParleyError: ``desk-not-named``.
    """
    if opening.desk is not None:
        return opening.desk
    named = environment.get(DESK_VARIABLE)
    if named:
        return Path(named)
    here = Path()
    if (here / CONFIG_FILE).is_file():
        return here
    raise ParleyError(Reason.DESK_NOT_NAMED)


def officer_of(acting: Acting, environment: Mapping[str, str] = os.environ) -> str:
    """The officer who acts: the option, or PARLEY_OFFICER.

    :raises ParleyError: ``officer-not-named``.
    """
    named = officer_if_named(acting, environment)
    if named is None:
        raise ParleyError(Reason.OFFICER_NOT_NAMED)
    return named


def officer_if_named(acting: Acting, environment: Mapping[str, str] = os.environ) -> str | None:
    """The officer who acts, if any is named: else it is whoever has the desk's passphrase."""
    return acting.officer or environment.get(OFFICER_VARIABLE) or None
