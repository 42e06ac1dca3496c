"""Signatures of small messages, checked by another process: the same verdicts, whatever it does."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parley.crypto.keys import Claim, Ed25519Public, StatementKey
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record import ahead as module
from parley.record.ahead import SOON, Ahead, Lane, UnconfirmedError
from parley.record.signatures import WORTH, Signatures, Signed

KEY = StatementKey.generate()
OTHER = StatementKey.generate()
HERE = Signatures(0)


def claim(number: int, *, forged: bool = False) -> Claim:
    text = f"note {number}".encode()
    return Claim(KEY.public, (OTHER if forged else KEY).sign(text), text)


def started() -> Lane:
    lane = Lane()
    deadline = time.monotonic() + 30
    while not lane._ready:
        with lane.ahead(HERE):
            pass
        assert time.monotonic() < deadline, "the other process does not start"
        time.sleep(0.01)
    return lane


@contextmanager
def at_work(lane: Lane) -> Iterator[Ahead]:
    """For one message, when the answers to those before have come."""
    deadline = time.monotonic() + 30
    while True:
        with lane.ahead(HERE) as ahead:
            if ahead.at_work:
                yield ahead
                return
        assert time.monotonic() < deadline, "the other process does not answer"
        time.sleep(0.001)


def holds(ahead: Ahead, one: Claim) -> bool:
    try:
        ahead.verify(one)
        ahead.confirm()
    except UnconfirmedError:
        with pytest.raises(ParleyError, match=Reason.SIGNATURE_INVALID.value):
            ahead.verify(one)
        return False
    except ParleyError as error:
        return error.reason is not Reason.SIGNATURE_INVALID
    return True


@pytest.fixture(scope="module")
def lane() -> Iterator[Lane]:
    with closing(started()) as lane:
        yield lane


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """What this process has verified itself."""
    done: list[bytes] = []
    verify = Ed25519Public.verify

    def noting(self: Ed25519Public, signature: bytes, data: bytes) -> None:
        done.append(data)
        verify(self, signature, data)

    monkeypatch.setattr(Ed25519Public, "verify", noting)
    return done


@settings(deadline=None, max_examples=40)
@given(st.lists(st.booleans(), max_size=6), st.lists(st.booleans(), max_size=6))
def test_the_other_process_finds_what_this_one_finds(
    lane: Lane, forged: list[bool], statements: list[bool]
) -> None:
    claims = [claim(number, forged=wrong) for number, wrong in enumerate(forged)]
    signed = [
        Signed((OTHER if wrong else KEY).sign(bytes([number])), bytes([number]))
        for number, wrong in enumerate(statements)
    ]
    with at_work(lane) as ahead:
        for one in claims:
            ahead.collect(one)
        pending = ahead.check(KEY.public, signed, of=len(signed))
        assert [holds(ahead, one) for one in claims] == [not wrong for wrong in forged]
        assert pending() == (statements.index(True) if True in statements else None)


def test_what_was_handed_over_is_not_verified_here(
    monkeypatch: pytest.MonkeyPatch, lane: Lane, here: list[bytes]
) -> None:
    monkeypatch.setattr(module, "LATE_SECONDS", 30)
    with at_work(lane) as ahead:
        ahead.collect(claim(1))
        ahead.begin()
        assert holds(ahead, claim(1))
        assert here == []


def test_what_passes_until_it_is_confirmed_does_not_pass_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of several the forged one is found, whatever stands before and behind it."""
    monkeypatch.setattr(module, "LATE_SECONDS", 30)
    claims = [claim(0), claim(1, forged=True), claim(2)]
    with closing(started()) as lane, at_work(lane) as ahead:
        assert lane._program is not None
        process = lane._program._process
        process.send_signal(signal.SIGSTOP)
        for one in claims:
            ahead.collect(one)
        ahead.begin()
        for one in claims:
            ahead.verify(one)
        process.send_signal(signal.SIGCONT)
        with pytest.raises(UnconfirmedError):
            ahead.confirm()
        assert [holds(ahead, one) for one in claims] == [True, False, True]
        ahead.confirm()


def test_only_what_was_asked_passes_for_checked(lane: Lane, here: list[bytes]) -> None:
    """The same signature over other bytes, or by another key, is verified and refused."""
    asked = claim(1)
    with at_work(lane) as ahead:
        ahead.collect(asked)
        ahead.begin()
        assert not holds(ahead, asked._replace(data=b"note 2"))
        assert not holds(ahead, asked._replace(key=OTHER.public))
        assert len(here) == 2
        assert holds(ahead, asked)


def test_answers_that_nobody_asked_for_do_not_reach_the_next_message(lane: Lane) -> None:
    with at_work(lane) as ahead:
        for number in range(3):
            ahead.collect(claim(number, forged=True))
        ahead.begin()
    with at_work(lane) as ahead:
        ahead.collect(claim(1))
        ahead.begin()
        assert holds(ahead, claim(1))


def test_who_comes_meanwhile_checks_for_itself(lane: Lane, here: list[bytes]) -> None:
    with at_work(lane), lane.ahead(HERE) as second:
        assert not second.at_work
        second.collect(claim(1))
        second.begin()
        assert holds(second, claim(1))
        assert second.check(KEY.public, [Signed(*claim(2, forged=True)[1:])], of=1)() == 0
        assert here == [b"note 1", b"note 2"]


def test_what_is_long_or_many_goes_elsewhere(lane: Lane, here: list[bytes]) -> None:
    long = bytes(module._MOST_BYTES)
    with at_work(lane) as ahead:
        assert ahead.check(KEY.public, [Signed(KEY.sign(long), long)], of=1)() is None
        one = claim(1)
        assert ahead.check(KEY.public, [Signed(*one[1:])], of=WORTH)() is None
        assert here == [long, one.data]


@pytest.mark.parametrize("how", ["killed", "nonsense"])
def test_a_process_that_fails_leaves_nobody_waiting_and_nothing_unchecked(
    monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    with closing(started()) as lane:
        program = lane._program
        assert program is not None
        with lane.ahead(HERE) as ahead:
            if how == "killed":
                program.kill()
                program._process.wait()
            else:
                monkeypatch.setattr(program, "receive", lambda _patience: b"\xc1")
            verdicts(ahead)
        with lane.ahead(HERE) as ahead:
            assert not ahead.at_work
            assert not holds(ahead, claim(2, forged=True))


def test_a_process_that_is_late_is_not_waited_for_and_used_again_when_it_has_answered() -> None:
    with closing(started()) as lane:
        assert lane._program is not None
        process = lane._program._process
        with lane.ahead(HERE) as ahead:
            process.send_signal(signal.SIGSTOP)
            verdicts(ahead)
            assert ahead.owed
        with lane.ahead(HERE) as ahead:
            assert not ahead.at_work
            verdicts(ahead)
        process.send_signal(signal.SIGCONT)
        deadline = time.monotonic() + 30
        while True:
            with lane.ahead(HERE) as ahead:
                if ahead.at_work:
                    verdicts(ahead)
                    break
            assert time.monotonic() < deadline, "its answers do not come"
            time.sleep(0.01)


def verdicts(ahead: Ahead) -> None:
    """Right and forged ones, judged rightly whoever judges them."""
    for wrong in (False, True):
        ahead.collect(claim(int(wrong), forged=wrong))
    pending = ahead.check(KEY.public, [Signed(*claim(3, forged=True)[1:])], of=1)
    assert holds(ahead, claim(0))
    assert not holds(ahead, claim(1, forged=True))
    assert pending() == 0


def test_one_message_starts_no_process() -> None:
    with closing(Lane()) as lane:
        for _ in range(SOON - 1):
            with lane.ahead(HERE) as ahead:
                assert not ahead.at_work
        assert lane._program is None


def test_who_works_for_a_process_that_was_killed_ends_in_silence() -> None:
    command = [sys.executable, "-P", "-m", "parley.record.signatures"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as worker:
        assert worker.stdin is not None
        assert worker.stdout is not None
        assert worker.stderr is not None
        worker.stdout.close()
        worker.stdin.write((0).to_bytes(4, "big"))
        worker.stdin.close()
        assert worker.stderr.read() == b""
        assert worker.wait() == 0
