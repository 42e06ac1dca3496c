"""The third party: a process of its own that sees a copy of one dossier and nothing else.

It gets no folder of a desk, no key, no configuration and no address: an empty working folder with
the copy in it, an environment without settings, and the fingerprints that the parties published.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final, NamedTuple

from parley.cli import errors
from parley.cli.demo.dossiers import Dossier
from parley.cli.demo.processes import environment, program

_AT_ONCE: Final = 2
_SECONDS: Final = 120

_KEPT: Final = frozenset({"PATH", "PYTHONPATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"})
"""What a Python needs to find itself; no more of the environment is handed on."""


Report = dict[str, Any]
"""What a dossier proves, as ``parley dossier verify --json`` prints it."""


class Verdict(NamedTuple):
    """What the third party says of a dossier.

    ``report`` is what it proves, as ``parley dossier verify --json`` prints it; where it was
    refused, ``reason`` is the reason code and ``what`` the sentence, in the reader's language.
    """

    dossier: Dossier
    report: Report | None
    reason: str | None
    what: str | None

    @property
    def as_expected(self) -> bool:
        """Whether a true dossier was verified, or a forged one refused with a reason."""
        if self.dossier.forgery is None:
            return self.report is not None
        return self.report is None and self.reason is not None


def verify_all(dossiers: Sequence[Dossier], pins: Sequence[bytes], language: str) -> list[Verdict]:
    """Have each of ``dossiers`` verified by a process of its own; ``pins`` are fingerprints."""
    pool = ThreadPoolExecutor(_AT_ONCE)
    try:
        return list(pool.map(lambda dossier: _verify(dossier, pins, language), dossiers))
    finally:
        # Whoever interrupts us waits for what runs, not for what has not begun.
        pool.shutdown(cancel_futures=True)


def _verify(dossier: Dossier, pins: Sequence[bytes], language: str) -> Verdict:
    with tempfile.TemporaryDirectory(prefix="parley-third-") as folder:
        copy = Path(folder) / "copy.dossier"
        shutil.copyfile(dossier.file, copy)
        command = program("dossier", "verify", copy.name)
        for pin in pins:
            command += ["--pin", pin.hex()]
        done = subprocess.run(  # noqa: S603 - our own program, no shell
            [*command, "--json", "--language", language],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            cwd=folder,
            env={**environment(_KEPT), "HOME": folder},
            check=False,
            timeout=_SECONDS,
        )
    if done.returncode == 0:
        return Verdict(dossier, json.loads(done.stdout), None, None)
    return _refused(dossier, done.returncode, done.stderr)


def _refused(dossier: Dossier, code: int, said: bytes) -> Verdict:
    """The reason that the process gave; none where it failed otherwise."""
    words = said.decode("utf-8", "replace").strip() or None
    if code != errors.UNVERIFIED:
        return Verdict(dossier, None, None, words)
    try:
        error = json.loads(said)["error"]
        return Verdict(dossier, None, str(error["reason"]), str(error["what"]))
    except (ValueError, KeyError, TypeError):
        return Verdict(dossier, None, None, words)


def agreement(report: Report) -> list[tuple[str, int]]:
    """How far both records agree: each party's code, and how many of its statements."""
    return [
        (party["code"], count)
        for party, count in zip(report["parties"], report["agreement"], strict=True)
    ]
