"""Commands that are shown before they are run, so that a person can repeat them by hand."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self

from parley.cli.demo.processes import environment, is_healthy, program
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason

if TYPE_CHECKING:
    from parley.cli.terminal import Terminal

_START_SECONDS: Final = 30.0
_END_SECONDS: Final = 10.0
_LOOK_SECONDS: Final = 0.05
_WIDTH: Final = 78


class Shell:
    """Runs ``parley`` in ``folder``, for as long as the block runs; desks served in it end with it.

    ``settings`` are environment variables that stand at the top as ``export`` lines.
    """

    def __init__(
        self,
        output: Terminal,
        folder: Path,
        settings: Mapping[str, str],
        interrupts: Interrupts,
    ) -> None:
        self._output = output
        self._interrupts = interrupts
        self._folder = folder
        self._settings = dict(settings)
        self._environment = {**environment(), **settings}
        self._served: list[subprocess.Popen[bytes]] = []
        self.lines: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def begin(self) -> None:
        """Show what a shell needs before the first command."""
        if shutil.which("parley") is None:
            self._show(f"export PATH={shlex.quote(str(Path(sys.executable).parent))}:$PATH")
        self._show(f"cd {shlex.quote(str(self._folder))}")
        for name, value in self._settings.items():
            self._show(f"export {name}={shlex.quote(value)}")

    def explain(self, why: str) -> None:
        """Say why the next commands are run."""
        if not self._output.json:
            self._output.say()
            self._output.say(f"# {why}", style="bold")

    def run(self, *arguments: str) -> None:
        """Show a command of parley and run it to its end.

        :raises ParleyError: ``quickstart-failed`` where its exit code is not 0.
        """
        self._show(_joined(["parley", *arguments]))
        done = subprocess.run(  # noqa: S603 - our own program, no shell
            program(*arguments),
            cwd=self._folder,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=None,
            check=False,
        )
        if not self._output.json:
            for line in done.stdout.decode("utf-8", "replace").splitlines():
                self._output.say(line, indent=4)
        if done.returncode != 0:
            command = " ".join(["parley", *arguments[:2]])
            raise ParleyError(Reason.QUICKSTART_FAILED, command=command)

    def serve(self, desk: str, operations_port: int) -> None:
        """Serve a desk in the background, and wait until it answers.

        :raises ParleyError: ``quickstart-failed`` where it does not.
        """
        self._show(f"parley serve --desk {shlex.quote(desk)} > {shlex.quote(desk)}.log 2>&1 &")
        with (self._folder / f"{desk}.log").open("ab") as log, self._interrupts.held():
            process = subprocess.Popen(  # noqa: S603 - our own program, no shell
                program("serve", "--desk", desk),
                cwd=self._folder,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # Ctrl-C at the terminal reaches us alone; we end the desks in order.
                start_new_session=True,
            )
            self._served.append(process)
        deadline = time.monotonic() + _START_SECONDS
        while not is_healthy(operations_port):
            if process.poll() is not None or time.monotonic() > deadline:
                raise ParleyError(Reason.QUICKSTART_FAILED, command=f"parley serve --desk {desk}")
            time.sleep(_LOOK_SECONDS)

    def stop(self) -> None:
        """End the desks that are served, in order, and wait for them, however impatient one is."""
        with self._interrupts.held():
            for process in self._served:
                process.terminate()
            for process in self._served:
                try:
                    process.wait(_END_SECONDS)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
            self._served.clear()

    def _show(self, line: str) -> None:
        self.lines.append(line)
        if not self._output.json:
            self._output.say(f"$ {line}", style="cyan")


def _joined(arguments: Sequence[str]) -> str:
    """A command as a shell takes it; a long one on several lines, each option with its value."""
    parts: list[str] = []
    for argument in arguments:
        if parts and parts[-1].startswith("--") and " " not in parts[-1] and argument[0] != "-":
            parts[-1] += f" {shlex.quote(argument)}"
        else:
            parts.append(shlex.quote(argument))
    lines = [""]
    for part in parts:
        if lines[-1] and len(lines[-1]) + len(part) > _WIDTH and part.startswith("--"):
            lines[-1] += " \\"
            lines.append(f"    {part}")
        else:
            lines[-1] += f" {part}" if lines[-1] else part
    return "\n".join(lines)


class Interrupts:
    """Turns whatever tells this process to end into KeyboardInterrupt, for as long as it lasts.

    Inside :meth:`held` it comes only afterwards: what was started must be noted before it.
    """

    def __init__(self) -> None:
        self._holding = False
        self._pending = False
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Self:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            self._before[number] = signal.signal(number, self._interrupt)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Let nothing come in between."""
        self._holding = True
        try:
            yield
        finally:
            self._holding = False
        if self._pending:
            raise KeyboardInterrupt

    def _interrupt(self, _number: int, _frame: object) -> None:
        self._pending = True
        if not self._holding:
            raise KeyboardInterrupt


def keep_secret(path: Path, secret: str) -> None:
    """Write a secret into a new file that its owner alone may read."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(f"{secret}\n")
