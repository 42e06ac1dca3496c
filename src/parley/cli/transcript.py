"""The statements of a dossier that is being verified, and the parties that are to be in it."""

from __future__ import annotations

import contextlib
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self

from parley.presentation import acts
from parley.record.dossier.pins import whole as whole_pins

if TYPE_CHECKING:
    from parley.cli.terminal import Terminal
    from parley.record.dossier.verify import Shown

_SPOOL_BYTES: Final = 1 << 23


def pins(file: Path, named: Sequence[bytes]) -> list[bytes]:
    """The fingerprints that were named, whole.

    :raises ParleyError: as :func:`parley.record.dossier.pins.whole`.
    """
    with file.open("rb") as stream:
        return whole_pins(stream, named)


class Transcript:
    """The statements of a dossier, kept until the whole of it has been verified.

    Nothing of it is shown before: until then, any of it may be forged.
    """

    def __init__(self, output: Terminal) -> None:
        self._output = output
        self._numbers: dict[bytes, int] = {}
        self._spool = tempfile.SpooledTemporaryFile(  # noqa: SIM115 - closed by __exit__
            max_size=_SPOOL_BYTES, mode="w+", encoding="utf-8"
        )
        self.values: list[dict[str, Any]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._spool.close()

    def add(self, shown: Shown) -> None:
        """Take the next statement in."""
        self._numbers[shown.statement.leaf] = len(self._numbers) + 1
        if self._output.json:
            self.values.append(_plain_statement(shown))
            return
        with contextlib.redirect_stdout(self._spool):
            self._render(shown)

    def show(self) -> None:
        """Print all that was taken in."""
        self._spool.seek(0)
        shutil.copyfileobj(self._spool, sys.stdout)

    def _render(self, shown: Shown) -> None:
        output, act = self._output, shown.statement.act
        number = self._numbers[shown.statement.leaf]
        rows = acts.said_rows(
            output, act, shown.channel, shown.author, self._numbers, void=shown.void
        )
        if shown.disowned:
            said = acts.disowned(output, shown.channel, shown.author)
            rows.append((output.text("Disowned"), said))
        rows += acts.text_rows(output, act.type, shown.body, None)
        rows.append((output.text("Signed"), output.time(shown.statement.iat)))
        rows.append((output.text("Statement"), shown.statement.leaf.hex()))
        output.say()
        output.say(acts.heading(output, act, shown.channel, shown.author, number))
        output.facts(rows, indent=4)


def _plain_statement(shown: Shown) -> dict[str, Any]:
    statement = shown.statement
    return {
        "id": statement.leaf.hex(),
        "author": shown.author,
        "code": shown.channel.letter(shown.author).text.code,
        "seq": statement.envelope.seq,
        "signed_at": statement.iat,
        **acts.header(statement.act),
        "fields": None if shown.body is None else acts.values(shown.body.values),
        "fields_absent": None if shown.body is None else len(shown.body.absent),
        "void": shown.void,
        "epoch": statement.envelope.epoch,
        "disowned": shown.disowned,
    }
