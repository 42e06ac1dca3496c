"""The command ``parley``: which commands there are, and how each of them ends.

Modules of commands are loaded when they are called, so that ``parley --help`` answers at once.
"""

from __future__ import annotations

import gc
import io
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from cyclopts import App, Group
from cyclopts.exceptions import CycloptsError

from parley import __version__
from parley.cli import examples, options
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason

if TYPE_CHECKING:
    from parley.cli.terminal import Terminal

DEBUG_VARIABLE: Final = "PARLEY_DEBUG"
PRIVATE: Final = 0o077
_HELP_FLAGS: Final = ("--help", "-h")

_TRY: Final = Group("Try it", sort_key=1)
_SET_UP: Final = Group("Set up and run a desk", sort_key=2)
_WORK: Final = Group("Work on cases", sort_key=3)
_PROVE: Final = Group("Prove and check", sort_key=4)
_HELP: Final = Group("Help", sort_key=5)

_COMMANDS: Final = (
    ("quickstart", "quickstart:quickstart", _TRY, "Two desks of one's own, in five minutes."),
    ("demo", "demo:demo", _TRY, "Two desks replay the story of 2016 and 2017."),
    ("init", "init:init", _SET_UP, "Make a new desk."),
    ("letter", "letter:app", _SET_UP, "Letters of credence: ours out, theirs in."),
    ("key", "key:app", _SET_UP, "New keys, revoked keys, and the other parties' keys."),
    ("officer", "officer:app", _SET_UP, "The officers of the house and their roles."),
    ("office", "office:app", _SET_UP, "Who holds each office, its deputies and heads."),
    ("calendar", "calendar:app", _SET_UP, "When each office works: zone, hours, holidays."),
    ("serve", "serve:serve", _SET_UP, "Serve the desk: receive, deliver, collect receipts."),
    ("backup", "backup:backup", _SET_UP, "Copy the desk while it runs."),
    ("restore", "restore:app", _SET_UP, "Put a backup in place, and go on from it."),
    ("upgrade", "upgrade:upgrade", _SET_UP, "Bring the database to this release."),
    ("status", "status:status", _SET_UP, "How every channel stands."),
    ("pouch", "pouch:app", _SET_UP, "Frames as files, for desks that never meet on a network."),
    ("channel", "channel:app", _SET_UP, "One channel, and going on after a fork."),
    ("inbox", "case:inbox", _WORK, "What the other side said and nobody has opened."),
    ("case", "case:app", _WORK, "Cases: a list, and one with all its acts."),
    ("filter", "filter:app", _WORK, "Filters of the list of cases, each officer's own."),
    ("search", "search:app", _WORK, "Search all that was said, in three languages."),
    ("clock", "clock:app", _WORK, "What waits, for whom, until when; reminders."),
    ("inquiry", "inquiry:app", _WORK, "Ask, answer, refuse, close."),
    (
        "meeting",
        "meeting:app",
        _WORK,
        "Propose, prepare, declare a meeting; minutes; the register.",
    ),
    ("understanding", "understanding:app", _WORK, "Versions of an understanding, and its fate."),
    (
        "attribution",
        "attribution:app",
        _WORK,
        "Attribute something, maintain or withdraw it, answer it.",
    ),
    ("denial", "denial:app", _WORK, "Deny, maintain a denial, withdraw it."),
    ("notice", "notice:app", _WORK, "Laws and measures, and what was in force when."),
    ("share", "share:app", _WORK, "A criminal case and its samples; preservation of data."),
    ("contact", "contact:app", _WORK, "Directories of contacts, and communication checks."),
    ("proposal", "proposal:app", _WORK, "Table a text, study it, settle its brackets, agree."),
    ("group", "group:app", _WORK, "A working group: mandate, members, chair, sessions."),
    ("draft", "draft:app", _WORK, "Drafts on their way to two officers and out."),
    ("attachment", "attachment:app", _WORK, "Files that go with statements."),
    (
        "calendar-feed",
        "calendar_feed:app",
        _WORK,
        "One's meetings and deadlines for a calendar program.",
    ),
    ("roster", "roster:app", _WORK, "Who is on duty, and handing duty over."),
    ("alert", "alert:app", _WORK, "What one is told of, how, and that one has seen it."),
    ("recusal", "recusal:app", _WORK, "Keeping out of a matter; nobody lifts a recusal."),
    ("erasure", "erasure:app", _WORK, "Erase texts on both sides, by agreement."),
    ("retention", "retention:app", _WORK, "What is kept until when, and legal holds."),
    ("record", "record:app", _PROVE, "The record of a channel, and proofs from it."),
    ("dossier", "dossier:app", _PROVE, "Dossiers: what anybody verifies without a desk."),
    ("paper", "paper:app", _PROVE, "A statement, a case or a dossier, to be printed."),
    ("evidence", "evidence:app", _PROVE, "Proofs that the other side contradicts itself."),
    ("quarantine", "quarantine:app", _PROVE, "What was refused, kept as it came."),
    ("house", "house:app", _PROVE, "What the officers did inside the house, and proofs of it."),
    ("witness", "witness:app", _PROVE, "A witness of other people's records."),
    ("fsck", "fsck:fsck", _PROVE, "Verify the whole record and rebuild every view."),
    ("bench", "bench:bench", _PROVE, "Measure against bare loops."),
)

EPILOGUE: Final = """\
Every command has examples: parley letter accept --help
Exit codes: 0 done, 1 refused, 2 wrongly called, 3 not verified, 130 interrupted.
"""


def build(*, listing: bool = False) -> App:
    """The command with all its commands.

    ``listing``: only to list them, from the table above and without loading any module. A text
    given here would else stand in place of what the module says of its command.
    """
    app = App(
        name="parley",
        help="A desk for parties who do not trust each other and still have to work together.",
        version=f"parley {__version__}",
        help_format="plaintext",
        help_epilogue=EPILOGUE,
        group_commands=_HELP,
        suppress_keyboard_interrupt=False,
    )
    for name, place, group, brief in _COMMANDS:
        more = {} if place.endswith(":app") else {"help_epilogue": examples.of(name)}
        text = brief if listing else None
        app.command(f"parley.cli.{place}", name=name, group=group, help=text, **more)
    return app


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line; the result is the exit code (see ``parley.cli.errors``).

    Without ``arguments`` it is this process's own, which ends with it.
    """
    if arguments is not None:
        return _run(options.arrange(arguments))
    try:
        return _run(options.arrange(sys.argv[1:]))
    finally:
        # Or the interpreter walks over all that was loaded once more before it ends, for a third
        # of the time that a short command takes.
        gc.freeze()


def _run(tokens: list[str]) -> int:
    # Whatever a command writes is for its owner alone.
    os.umask(PRIVATE)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    app = build(listing=not tokens or tokens[0] in _HELP_FLAGS)
    try:
        code = app(tokens, exit_on_error=False, print_error=False, result_action="return_value")
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except BrokenPipeError:
        # The reader has gone; the interpreter must not find that out again at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        return _interrupted(tokens)
    except Exception as error:  # noqa: BLE001 - no person ever sees a traceback
        return _failed(error, tokens)


def _failed(error: Exception, tokens: Sequence[str]) -> int:
    from parley.cli import errors

    if os.environ.get(DEBUG_VARIABLE) == "1":
        import traceback

        traceback.print_exc()
    match error:
        case ParleyError():
            ours = error
        case CycloptsError():
            ours = errors.of_command_line(error)
        case OSError():
            ours = errors.of_system(error)
        case _:
            ours = ParleyError(Reason.INTERNAL, fact=type(error).__name__)
    errors.show(ours, _output(tokens))
    return errors.exit_code(ours)


def _interrupted(tokens: Sequence[str]) -> int:
    from parley.cli import errors

    output = _output(tokens)
    if not output.json:
        output.note(output.text("Interrupted."))
    return errors.INTERRUPTED


def _output(tokens: Sequence[str]) -> Terminal:
    """Where errors go. A language that does not exist must not hide the error about it."""
    from parley.cli.options import Reader
    from parley.cli.terminal import Terminal

    reader = options.glance(tokens)
    try:
        return Terminal(reader)
    except ParleyError:
        return Terminal(Reader(language="en", json=reader.json))


if __name__ == "__main__":
    sys.exit(main())
