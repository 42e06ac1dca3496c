"""Attachments of bodies that both sides agreed to erase: keys, files and rows are gone."""

from __future__ import annotations

from pathlib import Path

import pytest

from parley.application import blobs, erasing
from parley.application.attachments import State
from parley.application.desk import Desk
from parley.kernel.errors import ParleyError
from parley.store.vault import Slot
from tests.attachments.carrying import Carrying, content, small_chunks
from tests.erasure.conftest import template
from tests.erasure.house import Houses
from tests.support.pair import copied

__all__ = ["template"]


@pytest.fixture
def erasing_pair(template: Path, tmp_path: Path):  # type: ignore[no-untyped-def]
    with copied(template, tmp_path / "pair") as pair:
        yield Carrying(small_chunks(pair), tmp_path)


def slots(desk: Desk, channel: bytes) -> list[Slot]:
    with desk.database.read() as connection:
        return [row.key for row in blobs.rows.blobs(connection, channel)]


def test_erased_with_the_body_but_not_what_another_statement_needs(
    erasing_pair: Carrying,
) -> None:
    both = erasing_pair
    houses = Houses(both.pair)
    once, shared = content(9 * 4096, 3), content(9 * 4096, 4)
    first = both.send(once, "once.bin")
    second, third = both.send(shared, "two.bin"), both.send(shared, "three.bin")
    both.fetch()
    keys = [slots(desk, both.pair.channel_id) for desk in (both.left, both.right)]
    houses.agree([first.leaf, second.leaf])
    houses.carry_out()
    for desk in (both.left, both.right):
        views = {view.leaf: view for view in both.views(desk)}
        assert views[first.leaf].state == State.ERASED
        assert (views[first.leaf].name, views[first.leaf].root) == ("", b"")
        assert views[third.leaf].state == State.WHOLE
        assert both.taken_out(desk, views[third.leaf]) == shared
        assert len(list(desk.chunks.folder.glob("*.sealed"))) == 1
        with pytest.raises(ParleyError):
            both.taken_out(desk, views[first.leaf])
    assert [len(found) for found in keys] == [2, 2]
    # What comes of it later is unknown, and what is asked for is not there.
    both.fetch()
    assert {view.state for view in both.views(both.right)} == {State.ERASED, State.WHOLE}


def test_what_had_come_in_part_goes_as_well(erasing_pair: Carrying) -> None:
    both = erasing_pair
    houses = Houses(both.pair)
    statement = both.send(content(20 * 4096))
    both.take(both.chunks(both.only(both.right).root)[3:9])
    assert both.only(both.right).state == State.ARRIVING
    houses.agree([statement.leaf])
    houses.carry_out()
    assert both.only(both.right).state == both.only(both.left).state == State.ERASED
    for desk in (both.left, both.right):
        assert list(desk.chunks.folder.glob("*.sealed")) == []
    assert erasing.finish(both.right) == 0
