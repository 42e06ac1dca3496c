"""How a command ends: exit codes, and errors in the reader's language.

====  =========================================================================
code  meaning
====  =========================================================================
0     done
1     refused; the reason code says why
2     the command was not written as it should be, or lacks something to go on
3     a verification failed: a dossier, a transcript, a record
130   interrupted
====  =========================================================================
"""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING, Any, Final, get_args

from cyclopts import exceptions
from cyclopts.exceptions import CycloptsError

from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason

if TYPE_CHECKING:
    from parley.cli.terminal import Terminal

DONE: Final = 0
REFUSED: Final = 1
USAGE: Final = 2
UNVERIFIED: Final = 3
INTERRUPTED: Final = 130

_USAGE_REASONS: Final = frozenset(
    {
        Reason.COMMAND_UNKNOWN,
        Reason.COMMAND_LINE_INVALID,
        Reason.OPTION_UNKNOWN,
        Reason.ARGUMENT_MISSING,
        Reason.ARGUMENT_SURPLUS,
        Reason.ARGUMENT_INVALID,
        Reason.ARGUMENT_REPEATED,
        Reason.DESK_NOT_NAMED,
        Reason.OFFICER_NOT_NAMED,
        Reason.ZONE_UNKNOWN,
        Reason.DURATION_INVALID,
        Reason.TIME_INVALID,
        Reason.LANGUAGE_UNKNOWN,
        Reason.PASSPHRASE_NOT_GIVEN,
        Reason.FINGERPRINT_NOT_GIVEN,
        Reason.HASH_NOT_GIVEN,
        Reason.MANUSCRIPT_EMPTY,
        Reason.TERMINAL_NOT_FOR_BYTES,
    }
)


def exit_code(error: ParleyError) -> int:
    """The exit code for an error that ended a command."""
    return USAGE if error.reason in _USAGE_REASONS else REFUSED


def show(error: ParleyError, output: Terminal) -> None:
    """Put an error on standard error: for a person in sentences, for a program as JSON."""
    what, todo = output.translator.reason(error)
    if output.json:
        output.fault(
            {
                "error": {
                    "reason": error.reason.value,
                    "details": error.details,
                    "what": what,
                    "todo": todo,
                }
            }
        )
        return
    output.note(f"{what} [{error.reason.value}]", style="bold red")
    if todo:
        output.note(todo)


def of_command_line(error: CycloptsError) -> ParleyError:
    """What is wrong with how a command was written, as one of our reasons."""
    name = _named(error)
    help_ = " ".join(["parley", *(error.command_chain or ()), "--help"])
    match error:
        case exceptions.UnknownCommandError():
            unknown = error.unused_tokens[0] if error.unused_tokens else ""
            return ParleyError(Reason.COMMAND_UNKNOWN, name=unknown, help=help_)
        case exceptions.UnknownOptionError():
            option = error.token.keyword or error.token.value
            return ParleyError(Reason.OPTION_UNKNOWN, name=option, help=help_)
        case exceptions.MissingArgumentError():
            return ParleyError(Reason.ARGUMENT_MISSING, name=name, help=help_)
        case exceptions.RepeatArgumentError():
            return ParleyError(Reason.ARGUMENT_REPEATED, name=error.token.keyword or name)
        case exceptions.UnusedCliTokensError():
            surplus = error.unused_tokens[0] if error.unused_tokens else ""
            return ParleyError(Reason.ARGUMENT_SURPLUS, name=surplus, help=help_)
        case exceptions.CoercionError():
            value = error.token.value if error.token else ""
            return ParleyError(
                Reason.ARGUMENT_INVALID, value=value, name=name, choices=_choices(error)
            )
        case _:
            fact = type(error).__name__
            return ParleyError(Reason.COMMAND_LINE_INVALID, fact=fact, help=help_)


def of_system(error: OSError) -> ParleyError:
    """What the operating system refused."""
    path = str(error.filename) if error.filename else "?"
    fact = errno.errorcode.get(error.errno or 0, type(error).__name__)
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EROFS):
        return ParleyError(Reason.FILE_UNWRITABLE, path=path, fact=fact)
    if error.errno == errno.ENOENT:
        return ParleyError(Reason.FILE_MISSING, path=path)
    return ParleyError(Reason.FILE_UNREADABLE, path=path, fact=fact)


def _named(error: CycloptsError) -> str:
    """The option as it was typed, else the argument's name in capitals, as ``--help`` shows it."""
    keyword = getattr(error, "keyword", None) or getattr(
        getattr(error, "token", None), "keyword", None
    )
    if keyword:
        return str(keyword)
    if error.argument is None:
        return "?"
    name = error.argument.name
    return name if name.startswith("-") else name.upper()


def _choices(error: exceptions.CoercionError) -> str:
    if error.target_type is int:
        return "0, 1, 2, ..."
    return ", ".join(_literals(error.target_type)) or "?"


def _literals(hint: Any) -> list[str]:
    """The words that a (possibly nested) ``Literal`` names."""
    found: list[str] = []
    for part in get_args(hint):
        found += [part] if isinstance(part, str) else _literals(part)
    return found
