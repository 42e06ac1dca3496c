"""``parley init``: a new desk, with its keys, letter, database and first officers."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

from cyclopts import Group, Parameter

from parley.cli import access, options
from parley.cli.officer import parse_officer
from parley.cli.options import DESK_GROUP, Opening, Reader
from parley.cli.terminal import Terminal
from parley.kernel import limits, text
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.presentation import views

if TYPE_CHECKING:
    from parley.node.config import Config
    from parley.node.folder import Founding
    from parley.record.letter import Letter

_CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,15}", re.ASCII)
_CODE_CHARACTERS: Final = 16
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}", re.ASCII)
_LOOPBACK: Final = "127.0.0.1"

# A letter names at least one office; this one where none is given.
_DEFAULT_OFFICE: Final = "Point of contact;ru=Контактный пункт;ar=نقطة الاتصال"

_LETTER_GROUP: Final = Group("Letter", sort_key=10)
_PORTS_GROUP: Final = Group("Addresses of this machine", sort_key=20)


@Parameter(name="*")
@dataclass(frozen=True)
class LetterOptions:
    """What the new desk says of itself in its letter."""

    party: Annotated[
        str, Parameter(group=_LETTER_GROUP, help="name of the party, in English if it has one")
    ]
    code: Annotated[
        str | None,
        Parameter(group=_LETTER_GROUP, help="short code such as CERT-X; else from the name"),
    ] = None
    name_ru: Annotated[
        str | None, Parameter(group=_LETTER_GROUP, help="the party's name in Russian")
    ] = None
    name_ar: Annotated[
        str | None, Parameter(group=_LETTER_GROUP, help="the party's name in Arabic")
    ] = None
    office: Annotated[
        tuple[str, ...],
        Parameter(
            group=_LETTER_GROUP,
            negative="",
            show_default=False,
            help="post to write to: 'Duty desk' or 'Duty desk;ru=Дежурная служба'",
        ),
    ] = ()
    endpoint: Annotated[
        tuple[str, ...],
        Parameter(
            group=_LETTER_GROUP,
            negative="",
            show_default=False,
            help="URL under which peers reach this desk",
        ),
    ] = ()
    demonstration: Annotated[
        bool,
        Parameter(
            group=_LETTER_GROUP,
            negative="",
            show_default=False,
            help="say on every screen and dossier that this is a trial",
        ),
    ] = False


@Parameter(name="*")
@dataclass(frozen=True)
class PortOptions:
    """Where the new desk listens."""

    host: Annotated[str, Parameter(group=_PORTS_GROUP, help="to listen on for peers")] = _LOOPBACK
    port: Annotated[int, Parameter(group=_PORTS_GROUP, help="for peers; 0: a free one")] = 8470
    operations_port: Annotated[
        int, Parameter(group=_PORTS_GROUP, help="for health and metrics, on loopback")
    ] = 8471
    web_port: Annotated[
        int, Parameter(group=_PORTS_GROUP, help="for officers with a browser, on loopback")
    ] = 8473


_PORTS: Final = PortOptions()
_DATABASE_EXAMPLE: Final = "postgresql://role@host/name"


def init(
    folder: Annotated[Path, Parameter(name="DIR", help="new folder of the desk")],
    /,
    *,
    letter: LetterOptions,
    ports: PortOptions = _PORTS,
    officer: Annotated[
        tuple[str, ...],
        Parameter(negative="", show_default=False, help="NAME:ROLE[,ROLE], such as anna:drafter"),
    ] = (),
    database: Annotated[
        str | None,
        Parameter(
            group=DESK_GROUP,
            help="URL of an empty PostgreSQL database; a file in the folder if absent",
        ),
    ] = None,
    passphrase_file: Annotated[
        Path | None,
        Parameter(
            group=DESK_GROUP,
            help="file with the passphrase [env: PARLEY_PASSPHRASE_FILE, PARLEY_PASSPHRASE]",
        ),
    ] = None,
    reader: Reader = options.READER,
) -> None:
    """Make a new desk: keys under a passphrase, letter of credence, database.

    The folder must be new or empty; all that is put there is for its owner
    alone. Roles: see parley officer --help. A password in the URL of a database
    is seen by whoever sees this command: keep it in ~/.pgpass instead.
    """
    from parley.node import desk as desks
    from parley.node import folder as folders

    output = Terminal(reader)
    founding, config = _founding(letter), _config(ports, database)
    officers = dict(parse_officer(given) for given in officer)
    # Before a passphrase is asked for.
    folders.check_vacant(folder)
    made = folders.found(
        folder,
        founding,
        access.new_passphrase(Opening(passphrase_file=passphrase_file), output),
        config=config,
        officers=officers,
        now=desks.now(),
    )
    staff = [{"name": name, "roles": roles.split()} for name, roles in officers.items()]
    output.emit(
        {"desk": str(folder), "letter": views.letter(made), "officers": staff},
        lambda: _render(output, folder, made, next(iter(officers), None)),
    )


def _founding(given: LetterOptions) -> Founding:
    from parley.node.folder import Founding

    names = {"en": _clean(given.party)}
    for language, name in (("ru", given.name_ru), ("ar", given.name_ar)):
        if name is not None:
            names[language] = _clean(name)
    return Founding(
        code=_code(given.code, names["en"]),
        names=names,
        offices=tuple(_office(office) for office in given.office or (_DEFAULT_OFFICE,)),
        endpoints=given.endpoint,
        demonstration=given.demonstration,
    )


def _config(given: PortOptions, database: str | None) -> Config:
    from parley.node.config import Config, DeskSection, Listen
    from parley.node.web_config import WebSection

    if database is not None and not database.startswith("postgresql://"):
        # What was given may hold a password.
        raise _invalid("--database", "...", _DATABASE_EXAMPLE)
    return Config(
        desk=DeskSection() if database is None else DeskSection(database),
        peer=Listen(given.host, _port(given.port, "--port")),
        operations=Listen(_LOOPBACK, _port(given.operations_port, "--operations-port")),
        web=WebSection(_LOOPBACK, _port(given.web_port, "--web-port")),
    )


def _clean(name: str) -> str:
    return text.clean_entry(name, limits.LINE_CHARACTERS, line=True)


def _code(given: str | None, name: str) -> str:
    """The party's code: as given, or made from the letters of its name.

    :raises ParleyError: ``argument-invalid``, ``argument-missing``.
    """
    if given is not None:
        if not _CODE.fullmatch(given):
            raise _invalid("--code", given, "CERT-X (A-Z a-z 0-9 -, 1-16)")
        return given
    made = re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-")[:_CODE_CHARACTERS].rstrip("-")
    if not made:
        raise ParleyError(Reason.ARGUMENT_MISSING, name="--code", help="parley init --help")
    return made


def _office(given: str) -> dict[str, str]:
    """The names of an office from ``NAME;ru=NAME;ar=NAME``.

    :raises ParleyError: ``argument-invalid``, the rules of text.
    """
    first, *others = given.split(";")
    names = {"en": _clean(first)}
    for other in others:
        language, equals, name = other.strip().partition("=")
        if not equals or not _LANGUAGE.fullmatch(language):
            raise _invalid("--office", given, "'Duty desk', 'Duty desk;ru=Дежурная служба'")
        names[language] = _clean(name)
    return names


def _port(number: int, name: str) -> int:
    if not 0 <= number <= 65535:
        raise _invalid(name, str(number), "0-65535")
    return number


def _invalid(name: str, value: str, choices: str) -> ParleyError:
    return ParleyError(Reason.ARGUMENT_INVALID, value=value, name=name, choices=choices)


def _render(output: Terminal, folder: Path, letter: Letter, first: str | None) -> None:
    from parley.crypto import words

    name = letter.name(output.language)
    output.title(
        output.text("The desk of {party} stands in {folder}.", party=name, folder=str(folder))
    )
    output.say(output.text("Its fingerprint, to be read to other parties by telephone:"))
    output.say(words.words(letter.party), indent=4)
    output.say(words.grouped_hex(letter.party), indent=4)
    if not letter.text.endpoints:
        output.say(
            output.text("Its letter names no address: it calls others, and cannot be called.")
        )
    output.say(
        output.text(
            "Nobody opens the keys again without the passphrase. Keep a copy of {file} offline.",
            file="identity.keys",
        )
    )
    desk = f"--desk {shlex.quote(str(folder))}"
    output.next_steps(
        *([] if first else [f"parley officer add anna drafter {desk}"]),
        f"parley officer link {first or 'anna'} {desk}",
        f"parley letter export {desk}",
        f"parley serve {desk}",
    )
