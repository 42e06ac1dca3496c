"""The measurements run, and say where a bound is not held. Their figures are not tested here."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import pytest

from parley.bench import (
    append,
    delivery,
    desks,
    lists,
    main,
    measure,
    pages,
    postgres,
    processes,
    search,
    web,
)
from parley.bench.append import AppendResult
from parley.bench.lists import ListsResult
from parley.bench.main import FULL_PARTS, Results
from parley.bench.measure import Ratio
from parley.bench.pages import PagesResult
from parley.bench.verifying import VerifyResult
from parley.cli.bench import Part
from parley.crypto import keys
from parley.language.translate import Translator
from parley.record import ahead
from parley.store import views
from tests.support.postgres import Server

SLOW, FAST = Ratio(3.0, 1.0, 0.33), Ratio(1.5, 1.0, 0.67)


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(main, "SMALL", 20)
    monkeypatch.setattr(main, "LARGE", 40)
    monkeypatch.setattr(main, "calm_collector", lambda: None)
    monkeypatch.setattr(append, "BATCHES", {1: 1, 20: 1})
    monkeypatch.setattr(append, "_WARM_UP", 1)


def test_a_made_record_is_one_of_inquiries_from_opening_to_closing(tmp_path: Path) -> None:
    with desks.opened(tmp_path) as pair:
        desks.grow(pair, 2 * desks.PER_CASE + 2, cases_at_once=2)
        for desk in (pair.left, pair.right):
            with desk.database.read() as connection:
                cases = views.cases(connection, pair.channel_id)
            assert [(case.status, case.acts) for case in cases] == [("closed", desks.PER_CASE)] * 2


@pytest.mark.parametrize("batch", [1, 3])
def test_the_bare_loop_signs_and_verifies_as_often_as_the_desk(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, batch: int
) -> None:
    done: Counter[str] = Counter()
    measured: list[Counter[str]] = []

    def counting(name: str, method: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*args: Any) -> Any:
            done[name] += 1
            return method(*args)

        return counted

    def measuring(work: Callable[..., Any]) -> Callable[..., Any]:
        def seen(*args: Any, **kwargs: Any) -> Any:
            before, place = done.copy(), len(measured)
            result = work(*args, **kwargs)
            # What is measured inside of it counts for it alone.
            measured[place:] = [done - before]
            return result

        return seen

    # All of them here, where they can be counted.
    monkeypatch.setattr(ahead, "SOON", -1)
    right = tmp_path / desks.CODES[1] / "desk.db"
    with desks.opened(tmp_path) as pair, append._bare(right, tmp_path / "bare.db") as bare:
        append._one(pair, bare, batch)
        monkeypatch.setattr(
            keys.Ed25519Public, "verify", counting("verified", keys.Ed25519Public.verify)
        )
        for kind in (keys.StatementKey, keys.LogKey):
            monkeypatch.setattr(kind, "sign", counting("signed", kind.sign))
        monkeypatch.setattr(append.exchange, "handle", measuring(append.exchange.handle))
        monkeypatch.setattr(append.post, "answer", measuring(append.post.answer))
        monkeypatch.setattr(append.measure, "timed", measuring(append.measure.timed))
        append._one(pair, bare, batch)
    record = Counter(verified=batch + 2, signed=4)
    framed = Counter(verified=batch + 3, signed=5)
    assert measured == [record, record, framed, framed]


@pytest.mark.parametrize("as_json", [True, False])
def test_everything_is_measured_and_shown(
    capsys: pytest.CaptureFixture[str], as_json: bool
) -> None:
    code = main.run(Translator("en"), full=False, as_json=as_json, only=("append", "dossier"))
    said = capsys.readouterr().out
    assert code in (0, 1)
    if as_json:
        shown = json.loads(said)
        assert shown["dossier"]["statements"] >= 40
        assert [one["batch"] for one in shown["append"]] == [1, 20]
        assert shown["sizes"]["signed"] > 500
        assert set(shown["memory"]) == {"20", "40"}
        assert bool(shown["below"]) == bool(code)
    else:
        assert "verify a dossier" in said
        assert "bytes a statement" in said


@pytest.mark.slow
@pytest.mark.parametrize("there", [pytest.param(True, marks=pytest.mark.campaign), False])
def test_several_processes_are_measured_where_there_is_a_server(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    server: Server,
    there: bool,
) -> None:
    monkeypatch.setattr(processes, "CHANNELS", (1, 2))
    monkeypatch.setattr(processes, "PROCESSES", 2)
    monkeypatch.setattr(processes, "TRANSACTIONS", 4)
    if not there:
        monkeypatch.setattr(postgres, "programs", lambda: None)
    assert main.run(Translator("en"), full=False, as_json=False, only=["processes"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert ("PostgreSQL, 2 channels: one process appends" in said) is there
    assert ("Not measured, for want of a PostgreSQL server" in said) is not there


@pytest.mark.slow
def test_delivery_is_measured_between_two_served_desks(tmp_path: Path) -> None:
    result = delivery.run(tmp_path, 3)
    assert 0 < result.p50 <= result.p99 < 10


def test_a_bound_that_is_not_held_is_named() -> None:
    results = Results(2, syncs_per_second=200.0)
    results.dossier = VerifyResult(40, 40, 2, SLOW)
    results.memory = {20: 100, 40: 200}
    results.append = [AppendResult(1, SLOW, SLOW, 1), AppendResult(100, SLOW, SLOW, 1)]
    assert results.faults() == ["dossier", "memory", "append-1", "append-100"]
    results.dossier = VerifyResult(40, 40, 2, FAST)
    results.memory = {20: 100, 40: 110}
    results.append = [AppendResult(100, FAST, SLOW, 1)]
    assert results.faults() == []
    results.lists = [ListsResult(8, 1000, {"cases": 0.049, "directory": 0.051})]
    results.pages = PagesResult(1000, {"/cases": 0.19, "/drafts": 0.21})
    assert results.faults() == ["list-directory", "page/drafts"]


@pytest.mark.slow
def test_lists_and_pages_are_measured_as_they_grow(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "SIZES", ((8, 1000), (16, 2000)))
    small, large = lists.run(tmp_path, 3, lambda _count: None)
    assert (small.contacts, large.contacts) == (1000, 2000)
    assert (
        small.seconds.keys() == large.seconds.keys() >= {"cases", "case", "contacts", "directory"}
    )
    assert all(0 < spent < 10 for one in (small, large) for spent in one.seconds.values())


@pytest.mark.campaign
def test_pages_are_measured_with_many_of_everything(tmp_path: Path) -> None:
    found = pages.run(tmp_path, 1, lambda _count: None, 40)
    assert found.each == 40
    assert {"/meetings", "/drafts/…", "/contacts/…?q="} <= found.seconds.keys()
    assert all(0 < spent < 10 for spent in found.seconds.values())


@pytest.mark.slow
def test_every_word_of_a_small_corpus_is_found(tmp_path: Path) -> None:
    small, large = search.run(tmp_path, 1, lambda _count: None, counts=(40, 160))
    assert (small.statements, large.statements) == (40, 160)
    assert small.recall == small.precision == large.recall == large.precision == 1
    assert large.same_best > 0.9
    assert 0 < small.p50 <= small.p95 < 10
    assert search.faults([small._replace(p95=0.01), large._replace(p95=0.03)]) == []
    slow = [small._replace(p95=0.01, recall=0.99), large._replace(p95=0.06)]
    assert search.faults(slow) == ["search-recall-40", "search-160", "search-growth-160"]


def test_figures() -> None:
    assert measure.compared([(2.0, 1.0), (4.0, 1.0), (3.0, 3.0)]) == Ratio(3.0, 1.0, 0.5)
    assert measure.percentile([3.0, 1.0, 2.0], 0.5) == 2.0
    assert measure.percentile([3.0, 1.0, 2.0], 0.99) == 3.0
    with measure.PeakMemory() as memory:
        pass
    assert memory.bytes > 1 << 20


def test_every_part_can_be_asked_for_alone() -> None:
    assert get_args(Part) == FULL_PARTS


@pytest.mark.slow
def test_officers_click_at_a_desk_that_is_served(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web, "OFFICERS", 3)
    monkeypatch.setattr(web, "THINK_SECONDS", 0.02)
    found = web.run(tmp_path, lambda _count: None, cases=2, clicks=4)
    assert (found.officers, found.clicks) == (3, 12)
    assert 0 < found.p50 <= found.p95
    assert found.alone["/"] > 0
    quick = found._replace(p95=0.149, alone={"/": 0.2})
    assert quick.faults == []
    assert quick._replace(p95=0.151, alone={"/": 0.2, "/cases": 0.21}).faults == [
        "web/cases",
        "web",
    ]
