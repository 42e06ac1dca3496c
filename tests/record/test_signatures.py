"""Signatures checked in other processes: the same verdicts, and none lost where one ends."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from contextlib import closing

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parley.crypto.keys import StatementKey
from parley.record import signatures
from parley.record.signatures import WORTH, Signatures, Signed

KEY = StatementKey.generate()
OTHER = StatementKey.generate()


def signed(count: int, forged: frozenset[int] = frozenset()) -> list[Signed]:
    texts = [f"statement {number}".encode() for number in range(count)]
    return [
        Signed((OTHER if number in forged else KEY).sign(text), text)
        for number, text in enumerate(texts)
    ]


def wait_until_ready(checks: Signatures) -> None:
    checks.check(KEY.public, signed(1), of=WORTH)
    deadline = time.monotonic() + 30
    while checks._idlest() is None:
        assert time.monotonic() < deadline, "the other processes do not start"
        time.sleep(0.01)


@pytest.fixture(scope="module")
def beside() -> Iterator[Signatures]:
    with closing(Signatures(2)) as checks:
        wait_until_ready(checks)
        yield checks


@settings(deadline=None, max_examples=40)
@given(
    st.integers(0, 40).flatmap(lambda n: st.tuples(st.just(n), st.frozensets(st.integers(0, 39))))
)
def test_other_processes_find_what_this_one_finds(
    beside: Signatures, case: tuple[int, frozenset[int]]
) -> None:
    items = signed(*case)
    expected = min((place for place in case[1] if place < case[0]), default=None)
    assert signatures.first_forged(KEY.public, items) == expected
    assert beside.check(KEY.public, items, of=WORTH)() == expected


def test_answers_belong_to_their_requests(beside: Signatures) -> None:
    """Requests of several keys and lengths, under way at once."""
    expected = [number % 5 or None for number in range(60)]
    pending = [
        beside.check(KEY.public, signed(6, frozenset({place} if place else ())), of=WORTH)
        for place in expected
    ]
    foreign = beside.check(OTHER.public, signed(3), of=WORTH)
    assert [wait() for wait in pending] == expected
    assert foreign() == 0


def test_a_process_that_ends_leaves_nobody_waiting_and_nothing_unchecked() -> None:
    with closing(Signatures(1)) as checks:
        wait_until_ready(checks)
        assert checks._verifiers is not None
        pending = [checks.check(KEY.public, signed(8, frozenset({7})), of=WORTH) for _ in range(9)]
        checks._verifiers[0]._program.kill()
        assert [wait() for wait in pending] == [7] * 9
        assert checks.check(KEY.public, signed(8, frozenset({3})), of=WORTH)() == 3


def test_a_process_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """A transaction waits for the check: it must not wait for ever."""
    monkeypatch.setattr(signatures, "PATIENCE_SECONDS", 0.2)
    with closing(Signatures(1)) as checks:
        wait_until_ready(checks)
        assert checks._verifiers is not None
        (verifier,) = checks._verifiers
        verifier._program._process.send_signal(signal.SIGSTOP)
        pending = [checks.check(KEY.public, signed(5, frozenset({4})), of=WORTH) for _ in range(3)]
        assert [wait() for wait in pending] == [4] * 3
        assert not verifier.ready
        assert checks.check(KEY.public, signed(5, frozenset({1})), of=WORTH)() == 1


@pytest.mark.parametrize("said", [b"", b"\xc1", b"\xa1x"])
def test_a_process_that_talks_nonsense_is_given_up(said: bytes) -> None:
    with closing(Signatures(1)) as checks:
        wait_until_ready(checks)
        assert checks._verifiers is not None
        (verifier,) = checks._verifiers
        receive = verifier._program.receive
        verifier._program.receive = lambda: said if receive() else b""
        checks.check(KEY.public, signed(1), of=WORTH)()
        assert checks.check(KEY.public, signed(5, frozenset({2})), of=WORTH)() == 2
        assert not verifier.ready


def test_small_batches_start_no_process() -> None:
    with closing(Signatures(2)) as checks:
        assert checks.check(KEY.public, signed(3, frozenset({1})), of=WORTH - 1)() == 1
        assert checks._verifiers is None


def test_after_the_end_signatures_are_checked_here() -> None:
    checks = Signatures(1)
    wait_until_ready(checks)
    checks.close()
    assert checks.check(KEY.public, signed(4, frozenset({2})), of=WORTH)() == 2
