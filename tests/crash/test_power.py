"""The power goes: what was not synced is gone, and what was acknowledged is there."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from parley.store import dialect
from tests.conftest import lacking
from tests.crash import sqlite_io, table
from tests.crash.carried import CARRIED
from tests.crash.operations import OPERATIONS, Operation
from tests.crash.stages import Stages
from tests.crash.table import Bench
from tests.crash.upkeep import UPKEEP

EVERY = (*OPERATIONS, *UPKEEP, *CARRIED)
NAMES = (
    "found a desk",
    "write a draft, new segment",
    "authorise: sign and append",
    "take a request in",
    "rotate keys",
)
SOME = pytest.mark.parametrize(
    "operation", [one for one in EVERY if one.name in NAMES], ids=lambda operation: operation.name
)
ALL = pytest.mark.parametrize("operation", EVERY, ids=lambda operation: operation.name)
SIGN = next(one for one in OPERATIONS if one.name == "authorise: sign and append")
SIGNING = pytest.mark.parametrize("operation", [SIGN], ids=lambda operation: operation.name)


@pytest.fixture(autouse=True)
def _reachable() -> None:
    if not sqlite_io.installed():
        lacking("a SQLite whose functions can be reached")


@pytest.fixture
def bench(operation: Operation, stages: Stages, place: Path) -> Iterator[Bench]:
    """The operation, ready to be run."""
    with table.bench(operation, stages, place) as made:
        yield made


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@SOME
def test_what_was_acknowledged_survives_a_power_cut(bench: Bench, engine: str) -> None:
    states, after = table.cut_power(bench, random.Random(7), share=0.05)
    assert states > after > 0


@pytest.mark.campaign
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@ALL
def test_every_power_cut(bench: Bench, engine: str, capsys: pytest.CaptureFixture[str]) -> None:
    total = sum(table.cut_power(bench, random.Random(seed), share=1)[0] for seed in range(5))
    assert total
    with capsys.disabled():
        print(f"\n{bench.operation.name}: {total} power cuts; anomalies 0")  # noqa: T201


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@SIGNING
def test_a_commit_that_is_not_synced_would_be_found(
    bench: Bench, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    relaxed = tuple(
        pragma.replace("synchronous=FULL", "synchronous=NORMAL")
        for pragma in dialect._SQLITE_PRAGMAS
    )
    monkeypatch.setattr(dialect, "_SQLITE_PRAGMAS", relaxed)
    with pytest.raises(table.AnomalyError, match="acknowledged and lost"):
        table.cut_power(bench, random.Random(7), share=0)
