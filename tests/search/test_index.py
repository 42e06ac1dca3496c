"""The index is a view: it follows from the record, whatever happens to it."""

from __future__ import annotations

import contextlib
import random
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from parley.application import audit, indexing
from parley.kernel.reasons import Reason
from parley.node import backup
from parley.record import index
from parley.store import log, search, tables
from parley.store.index_keys import RANGE
from parley.store.search import Span
from tests.search.said import find, leaves, say
from tests.support.pair import Pair


def covered(desks: Pair) -> list[tuple[int, int]]:
    with desks.left.database.read() as connection:
        spans = search.spans(connection, desks.channel_id)
    return [(one.first, one.upto) for one in spans]


def faults(desks: Pair) -> list[str]:
    every = [fault.place for fault in audit.fsck(desks.left).faults]
    return [place for place in every if place.startswith("search")]


def test_however_it_was_taken_in_the_index_is_one(desks: Pair) -> None:
    rng = random.Random(1)
    said = []
    for number in range(25):
        said.append(say(desks, f"common unique{number}").leaf)
        if rng.random() < 0.5:
            indexing.catch_up(desks.left)
    before = find(desks.left, "common", limit=100)
    assert sorted(leaves(before)) == sorted(said)
    assert len(covered(desks)) <= 5
    assert faults(desks) == []
    indexing.rebuild(desks.left)
    assert len(covered(desks)) == 1
    after = find(desks.left, "common", limit=100)
    assert [(hit.entry.leaf, hit.score) for hit in after.hits] == [
        (hit.entry.leaf, hit.score) for hit in before.hits
    ]
    assert indexing.waiting(desks.left) == 0


@given(st.lists(st.integers(1, 700), min_size=1, max_size=40))
def test_blocks_cover_everything_once_and_are_few(grown: list[int]) -> None:
    spans: list[Span] = []
    size = work = 0
    for more in grown:
        size += more
        while (piece := indexing.planned(spans, size)) is not None:
            gone = {one.id for one in piece.absorbed}
            spans = [one for one in spans if one.id not in gone]
            spans.append(Span(len(spans) + work + 1, piece.first, piece.upto, b""))
            spans.sort(key=lambda one: one.first)
            work += piece.upto - piece.first
            assert piece.first // RANGE == (piece.upto - 1) // RANGE
    ends = [one.first for one in spans] + [size]
    assert [one.upto for one in spans] == ends[1:]
    assert ends[0] == 0
    assert len(spans) <= size // RANGE + 11
    assert work <= 12 * size


def test_what_is_forgotten_is_in_no_copy_of_the_database(desks: Pair, tmp_path: Path) -> None:
    left = desks.left
    kept = say(desks, "kappa lambda")
    gone = say(desks, "kappa mystery")
    assert find(left, "kappa").statements == 2
    with left.database.read() as connection:
        old = search.blocks(connection, desks.channel_id)
        entry = log.by_leaf(connection, desks.channel_id, gone.leaf)
    assert entry is not None
    with left.database.write(desks.channel_id) as connection:
        connection.execute(
            tables.bodies.delete().where(
                tables.bodies.c.channel == desks.channel_id,
                tables.bodies.c.position == entry.position,
            )
        )
        indexing.forget(left, connection, desks.channel_id, [entry.position])
    assert find(left, "mystery").statements == 0
    assert find(left, "myst*").statements == 0
    assert leaves(find(left, "kappa")) == [kept.leaf]
    # Rows of before, as an older backup or the log of the database has them, say nothing any more.
    assert [indexing.opened(left, row) for row in old] == [None] * len(old)
    assert faults(desks) == []


def test_an_erasure_that_was_cut_short_leaves_everything_to_be_found(desks: Pair) -> None:
    left = desks.left
    said = say(desks, "kappa lambda")
    assert find(left, "kappa").statements == 1

    with contextlib.suppress(ZeroDivisionError), left.database.write(desks.channel_id) as open_:
        indexing.forget(left, open_, desks.channel_id, [0])
        raise ZeroDivisionError
    assert leaves(find(left, "kappa")) == [said.leaf]
    assert faults(desks) == []


def test_words_are_forgotten_under_the_channels_lock_alone(desks: Pair) -> None:
    with (
        pytest.raises(Exception, match="internal"),
        desks.left.database.write() as connection,
    ):
        indexing.forget(desks.left, connection, desks.channel_id, [0])


def test_lost_keys_are_drawn_again(desks: Pair) -> None:
    said = say(desks, "sigma")
    assert find(desks.left, "sigma").statements == 1
    for path in (desks.folders[0] / "index").rglob("*.key"):
        path.unlink()
    fresh = replace(
        desks.left, index_keys=type(desks.left.index_keys)(desks.folders[0] / "index", bytes(32))
    )
    assert leaves(find(fresh, "sigma")) == [said.leaf]


def test_a_log_that_was_cut_back_is_noticed(desks: Pair) -> None:
    say(desks, "upsilon")
    indexing.catch_up(desks.left)
    say(desks, "upsilon")
    indexing.catch_up(desks.left)
    with desks.left.database.write(desks.channel_id) as connection:
        connection.execute(update(tables.search_blocks).values(leaf=bytes(32)))
    assert len(faults(desks)) == len(covered(desks)) == 2
    assert find(desks.left, "upsilon").statements == 2
    assert faults(desks) == []


def test_fsck_compares_every_row_and_rebuilding_mends(desks: Pair) -> None:
    say(desks, "tau rho")
    indexing.catch_up(desks.left)
    with desks.left.database.write() as connection:
        row = connection.execute(select(tables.search_rows).limit(1)).one()
        connection.execute(tables.search_rows.delete().where(tables.search_rows.c.name == row.name))
    (fault,) = audit.fsck(desks.left).faults
    assert (fault.place, fault.reason) == ("search_blocks[0]", Reason.VIEW_DIFFERS)
    audit.rebuild(desks.left)
    assert faults(desks) == []


def test_phrases_of_frequent_words_are_the_same_without_rows_of_their_own(
    desks: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    say(desks, "alpha beta " * index.FREQUENT)
    say(desks, "beta beta and alpha")
    say(desks, "مسؤول بيان مسئول بيان مسوول كتاب " * (index.FREQUENT // 2))
    asked = ("alpha beta", "beta alpha", "beta beta", "alpha alpha", "مسئول بيان", "بيان مسؤول")

    def answers() -> list[list[tuple[bytes, float]]]:
        found = [find(desks.left, f'"{one}"') for one in (*asked, "alpha beta alpha", "alpha be*")]
        return [[(hit.entry.leaf, hit.score) for hit in one.hits] for one in found]

    before = answers()
    assert [len(one) for one in before] == [1, 1, 1, 0, 1, 1, 1, 1]
    assert faults(desks) == []
    monkeypatch.setattr(index, "FREQUENT", 1 << 20)
    indexing.rebuild(desks.left)
    assert answers() == before


def test_no_word_and_no_number_of_times_stands_in_the_database(desks: Pair) -> None:
    for number in range(4):
        say(desks, f"confidential confidential matter{number}")
    indexing.catch_up(desks.left)
    with desks.left.database.read() as connection:
        rows = connection.execute(select(tables.search_rows)).all()
        blocks = search.blocks(connection)
    everything = b"".join(row.name + row.sealed for row in rows) + blocks[0].header
    for word in ("confidential", "matter1", "subject", "inquiry"):
        assert word.encode() not in everything
    assert {len(row.sealed) - 16 for row in rows} <= {1 << n for n in range(4, 12)}


def test_a_backup_has_neither_index_nor_keys(desks: Pair, tmp_path: Path) -> None:
    say(desks, "omicron")
    indexing.catch_up(desks.left)
    made = backup.back_up(desks.folders[0], tmp_path / "copy", now=desks.clock(), vault=True)
    assert not [name for name in made.files if "index" in name]
    with backup.Database.at(tmp_path / "copy" / "desk.db").read() as connection:
        assert search.blocks(connection) == []
