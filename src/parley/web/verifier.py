"""The program that verifies a file that somebody brought, in a process with bounds of its own.

It is started by :mod:`parley.web.checking` for one file. It holds no key, opens no database, and
has the file in a place that has no name, so that nothing of it stays, however it ends. What it is
given: pieces of the file, each behind its length (4 bytes, big-endian), one of no length, and then
a :class:`Wish` as JSON. What it gives: an :class:`Outcome` as JSON.
"""

from __future__ import annotations

import contextlib
import sys
import tempfile
from typing import BinaryIO, Final

import msgspec

from parley.kernel import limits
from parley.kernel.errors import ParleyError
from parley.record.dossier import pins
from parley.record.dossier import verify as dossiers
from parley.record.dossier.place import Sought, parse
from parley.record.dossier.report import Report
from parley.record.evidence import verify as evidences
from parley.record.evidence.report import EvidenceReport

FILE_BYTES: Final = 64 * limits.MIB
SECONDS: Final = 90
LENGTH_BYTES: Final = 4

_MEMORY_BYTES: Final = 2048 * limits.MIB


class Wish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is asked of a file beside that it holds.

    ``pins`` are fingerprints of parties, or the first 20 bytes of them; ``place`` is the place of a
    paper's statement, which is to stand in it.
    """

    pins: tuple[bytes, ...] = ()
    place: str | None = None


class Outcome(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A report, or the reason for which there is none, with its facts."""

    dossier: Report | None = None
    evidence: EvidenceReport | None = None
    reason: str | None = None
    facts: dict[str, int | str] = {}


def check(file: BinaryIO, wish: Wish) -> Outcome:
    """Verify a file that can be read from its start again."""
    try:
        sought = None if wish.place is None else Sought(parse(wish.place))
        is_evidence = sought is None and evidences.recognise(file)
        file.seek(0)
        if is_evidence:
            named = evidences.whole_pins(file, wish.pins)
            file.seek(0)
            return Outcome(evidence=evidences.verify(file, pins=named))
        named = pins.whole(file, wish.pins)
        file.seek(0)
        report = dossiers.verify(
            file,
            pins=named,
            workers=0,
            on_statement=None if sought is None else sought.look,
        )
        if sought is not None:
            sought.settle()
        return Outcome(dossier=report)
    except ParleyError as error:
        facts = {
            name: value if isinstance(value, int) else str(value)
            for name, value in error.details.items()
        }
        return Outcome(reason=error.reason.value, facts=facts)


def main() -> None:
    """Verify what comes in, and say what came of it."""
    _bound()
    source = sys.stdin.buffer
    with tempfile.TemporaryFile() as file:
        while length := int.from_bytes(source.read(LENGTH_BYTES), "big"):
            file.write(source.read(length))
        wish = msgspec.json.decode(source.read(), type=Wish)
        file.seek(0)
        outcome = check(file, wish)
    sys.stdout.buffer.write(msgspec.json.encode(outcome))


def _bound() -> None:
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource  # noqa: PLC0415 - POSIX

        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_BYTES, FILE_BYTES))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main()
