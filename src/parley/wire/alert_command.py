"""Alerts to a command of the house: no shell, no secrets in its environment, and not for ever."""

from __future__ import annotations

import os
import signal
import subprocess
from contextlib import suppress
from typing import Final, NamedTuple

from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.wire.alert_text import Message

ENVIRONMENT: Final = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8"}
"""All that the command finds in its environment. What it is to do stands on its input."""


class Program(NamedTuple):
    """A program with its arguments; it is given so many seconds."""

    argv: tuple[str, ...]
    seconds: int = 20


class Command:
    """Tells of alerts by running a program with the alert as JSON on its standard input."""

    def __init__(self, program: Program) -> None:
        self._program = program

    def tell(self, message: Message, now: int) -> None:  # noqa: ARG002 - the same for every route
        """Run the program once; exit code 0 means that the alert was taken.

        :raises ParleyError: ``alert-command-failed``.
        """
        try:
            process = subprocess.Popen(  # noqa: S603 - configured by whoever runs the desk
                self._program.argv,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=ENVIRONMENT,
                cwd="/",
                close_fds=True,
                start_new_session=True,
            )
        except OSError as error:
            raise ParleyError(Reason.ALERT_COMMAND_FAILED, fact=type(error).__name__) from error
        try:
            with suppress(BrokenPipeError):
                process.communicate(message.data, timeout=self._program.seconds)
        except subprocess.TimeoutExpired as error:
            raise ParleyError(Reason.ALERT_COMMAND_FAILED, fact="timeout") from error
        finally:
            # Its whole group: what it has started is not left behind.
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        if process.returncode != 0:
            raise ParleyError(Reason.ALERT_COMMAND_FAILED, fact=f"exit {process.returncode}")
