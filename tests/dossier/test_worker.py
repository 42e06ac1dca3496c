"""Checks in other processes: the same facts, and a plain end where one of them dies."""

from __future__ import annotations

import io
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest

from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record import beside
from parley.record import letter as letters
from parley.record.beside import ProgramEndedError
from parley.record.channel import Channel
from parley.record.dossier import format as fmt
from parley.record.dossier import worker as workers
from parley.record.dossier.check import Checker
from parley.record.dossier.tamper import items_of
from parley.record.dossier.verify import verify
from parley.record.dossier.worker import Request, Worker
from tests.dossier.conftest import Made
from tests.dossier.forge import decoded, places


def channel_of(made: Made) -> Channel:
    items = items_of(made.left)
    first, second = (letters.parse(decoded(items[at])[1]) for at in places(items, fmt.LETTER_KIND))
    return Channel.between(decoded(items[0])[6], first, second)


def test_another_process_finds_what_this_one_finds(made: Made) -> None:
    channel, items = channel_of(made), items_of(made.left)[3:-1]
    worker = Worker(channel)
    try:
        for batch in (items, items[:2], [*items[:2], b"\x81\x02"], []):
            answer = worker.ask(Request(batch, []))
            assert answer.checked == Checker(channel).batch(batch)
            assert answer.fault is None
    finally:
        worker.close()


def test_a_process_that_is_gone_says_so(made: Made) -> None:
    worker = Worker(channel_of(made))
    worker.kill()
    try:
        with pytest.raises(ProgramEndedError):
            worker.ask(Request([bytes(1 << 20)], []))
    finally:
        worker.close()


def test_a_verification_does_not_outlive_its_processes(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(_self: Worker, _request: Request) -> None:
        raise ProgramEndedError

    monkeypatch.setattr(Worker, "ask", dies)
    monkeypatch.setattr("parley.record.dossier.pool.Beside._ready", lambda _self: True)
    with pytest.raises(ParleyError) as caught:
        verify(BytesIO(made.left), workers=1)
    assert caught.value.reason is Reason.INTERNAL


def test_a_worker_ends_with_the_one_that_it_works_for() -> None:
    done = subprocess.run(
        [sys.executable, "-m", workers.__name__], input=b"", capture_output=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_a_worker_takes_no_module_from_the_current_folder(
    made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("msgspec.py", "parley.py", "hashlib.py"):
        (tmp_path / name).write_text("raise SystemExit('from the current folder')\n")
    monkeypatch.chdir(tmp_path)
    worker = Worker(channel_of(made))
    worker.close()


@pytest.mark.parametrize("data", [b"", b"\x00\x00", b"\x00\x00\x00\x05abc"])
def test_half_a_message_is_none(data: bytes) -> None:
    assert beside._read(io.BytesIO(data)) is None
