"""Attachments in a pouch: any order, repeated, in part; the answer makes the next one smaller."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from parley.application import carriage
from parley.application.attachments import State
from parley.application.desk import Desk
from parley.kernel.reasons import Reason
from parley.wire import pouch
from tests.attachments.carrying import CHUNK, Carrying, Label, content


def packed(both: Carrying, desk: Desk, folder: str, *, attachments: bool = True) -> list[Path]:
    target = both.folder / folder
    target.mkdir()
    channel = both.pair.channel(desk)
    made = pouch.pack(desk, channel, target, unconfirmed=True, attachments=attachments)
    return [one.path for one in made]


def announced(both: Carrying, data: bytes) -> None:
    draft = both.attach(both.draft(), data, Label("large.bin", "none-known"))
    both.release(draft)


def test_parts_in_any_order_repeated_and_lost(
    both: Carrying, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("parley.application.parcels.ROOM", 6 * CHUNK)
    data = content(50 * CHUNK + 9)
    announced(both, data)
    files = packed(both, both.left, "one")
    assert len(files) == 10
    first, *parts = files
    # Before the statement nothing is taken, and nothing is lost by having tried.
    (found,) = pouch.open_all(both.right, [parts[3]])
    assert found.error is not None
    assert found.error.reason is Reason.ATTACHMENT_UNKNOWN
    some = [first, *parts[5:], *parts[5:7], parts[1]]
    random.Random(3).shuffle(some)
    results = pouch.open_all(both.right, list(dict.fromkeys(some)))
    assert all(one.error is None for one in results)
    assert pouch.open_all(both.right, parts[5:6])[0].taken.chunks == 0  # type: ignore[union-attr]
    view = both.only(both.right)
    assert view.state == State.ARRIVING
    assert not any(one.arrived for one in carriage.packed(both.left) if not one.row.upto)
    # Its answer says what it lacks, and the next pouch has that and no more.
    pouch.open_all(both.left, packed(both, both.right, "back"))
    assert (both.only(both.left).state, both.only(both.left).held) == (State.ARRIVING, view.held)
    again = packed(both, both.left, "two")
    assert len(again) - 1 == -(-(view.chunks - view.held) // 6)
    pouch.open_all(both.right, again)
    assert both.taken_out(both.right) == data
    pouch.open_all(both.left, packed(both, both.right, "back2"))
    assert both.only(both.left).state == State.WHOLE
    assert all(one.arrived for one in carriage.packed(both.left) if not one.row.upto)
    gone, _left = pouch.clear(both.left)
    assert {one.row.path for one in gone} >= {str(path) for path in (*parts, *again[1:])}


def test_a_pouch_without_bytes_and_one_file_have_none(both: Carrying) -> None:
    announced(both, content(3 * CHUNK))
    assert len(packed(both, both.left, "none", attachments=False)) == 1
    channel = both.pair.channel(both.left)
    target = both.folder / "single.pouch"
    assert len(pouch.pack(both.left, channel, target, unconfirmed=True)) == 1


def test_what_was_altered_on_the_way_is_not_taken(both: Carrying) -> None:
    announced(both, content(3 * CHUNK))
    first, part = packed(both, both.left, "one")
    broken = bytearray(part.read_bytes())
    broken[len(broken) // 2] ^= 1
    part.write_bytes(broken)
    results = pouch.open_all(both.right, [first, part])
    assert results[1].error is not None
    assert both.only(both.right).state == State.ANNOUNCED
