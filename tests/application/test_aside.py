"""What is done aside is done once, by whoever comes first; an error is raised where it counts."""

from __future__ import annotations

import threading
import time
from contextlib import closing

import pytest

from parley.application.aside import RESTS, Aside, Later


def test_the_other_thread_does_it() -> None:
    here = threading.get_ident()
    with closing(Aside()) as aside:
        done = threading.Event()
        later = Later(lambda: (done.set(), threading.get_ident())[1])
        aside.begin(later)
        assert done.wait(30)
        assert later.result() != here


def test_whoever_asks_first_does_it_and_it_is_done_once() -> None:
    """The thread is held up by the first; the second is done here, and not again."""
    held, count = threading.Event(), 0

    def work() -> int:
        nonlocal count
        count += 1
        return threading.get_ident()

    with closing(Aside()) as aside:
        first, second = Later(lambda: held.wait(30)), Later(work)
        aside.begin(first)
        aside.begin(second)
        assert second.result() == threading.get_ident()
        held.set()
        assert first.result()
    assert count == 1


def test_an_error_is_raised_where_the_result_is_asked_for() -> None:
    def fail() -> None:
        raise KeyError("missing")

    with closing(Aside()) as aside:
        later = Later(fail)
        aside.begin(later)
        with pytest.raises(KeyError):
            later.result()
        after = Later(lambda: 1)
        aside.begin(after)
        assert after.result() == 1


def _late(aside: Aside) -> None:
    """Have something waited for, as the thread is at something else meanwhile."""
    held = threading.Event()
    first, second = Later(lambda: held.wait(30)), Later(lambda: 2)
    aside.begin(first)
    aside.begin(second)
    assert aside.result(second) == 2
    held.set()
    assert first.result()


def _rested(aside: Aside) -> int:
    """How many things are done here until the thread is given one again, which is done in time."""
    for count in range(RESTS + 1):
        over = threading.Event()
        later = Later(lambda: (threading.get_ident(), over.set())[0])  # noqa: B023 - run at once
        aside.begin(later)
        if later.given:
            assert over.wait(30)
            while later._over.locked():
                time.sleep(0.001)
        if aside.result(later) != threading.get_ident():
            return count
    return RESTS + 1


def test_a_thread_that_had_to_be_waited_for_is_left_alone_for_a_while() -> None:
    with closing(Aside()) as aside:
        _late(aside)
        assert _rested(aside) == 1
        # What came in time meanwhile makes it the first delay again.
        _late(aside)
        assert _rested(aside) == 1


def test_it_is_left_alone_longer_each_time_in_a_row() -> None:
    with closing(Aside()) as aside:
        for expected in (1, 2, 4, 8, 16, RESTS, RESTS):
            _late(aside)
            here = [Later(threading.get_ident) for _ in range(expected)]
            for later in here:
                aside.begin(later)
                assert not later.given
                assert aside.result(later) == threading.get_ident()
        assert _rested(aside) == 0


def test_nothing_was_begun() -> None:
    Aside().close()
    assert Later(lambda: 2).result() == 2
