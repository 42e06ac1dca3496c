"""What is done aside is done once, by whoever comes first; an error is raised where it counts."""

from __future__ import annotations

import threading
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


def test_a_thread_that_had_to_be_waited_for_is_left_alone_for_a_while() -> None:
    held = threading.Event()
    with closing(Aside()) as aside:
        first, second = Later(lambda: held.wait(30)), Later(lambda: 2)
        aside.begin(first)
        aside.begin(second)
        assert aside.result(second) == 2
        held.set()
        assert first.result()
        for _ in range(RESTS):
            later = Later(threading.get_ident)
            aside.begin(later)
            assert aside.result(later) == threading.get_ident()
        done = threading.Event()
        aside.begin(Later(done.set))
        assert done.wait(30)


def test_nothing_was_begun() -> None:
    Aside().close()
    assert Later(lambda: 2).result() == 2
