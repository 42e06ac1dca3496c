"""Attachments between two desks: bound, whole, resumed, once in a channel, seen by whom may."""

from __future__ import annotations

import contextlib
import io
import stat
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from parley.application import (
    attaching,
    attachments,
    blob_care,
    blobs,
    drafts,
    house,
    officers,
    parcels,
    taking_out,
)
from parley.application.attaching import Label
from parley.application.attachments import State
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record import capsule
from parley.store import attachments as rows
from parley.store import house_log
from tests.attachments.carrying import CHUNK, Carrying, content, with_policy

KIB = 1024


@pytest.mark.engines
@pytest.mark.parametrize("size", [1, CHUNK - 1, CHUNK, CHUNK + 1, 70 * KIB])
def test_bytes_arrive_whole_and_both_sides_know(both: Carrying, size: int) -> None:
    data = content(size)
    both.send(data)
    before = both.only(both.right)
    assert (before.state, before.held, before.chunks) == (State.ANNOUNCED, 0, 0)
    assert both.only(both.left).state == State.ANNOUNCED
    both.fetch()
    there, here = both.only(both.right), both.only(both.left)
    assert there.state == here.state == State.WHOLE
    assert there.held == there.chunks == here.chunks == -(-size // CHUNK)
    assert (there.name, there.hazard, there.description) == (
        "sample.bin", "none-known", {"en": "A file"},
    )  # fmt: skip
    assert there.root == here.root
    assert there.size == size
    assert both.taken_out(both.right) == data


def test_the_statement_is_receipted_before_any_byte_came(both: Carrying) -> None:
    statement = both.send(content(50 * KIB))
    with both.left.database.read() as connection:
        box = parcels.rows.attached(connection, both.pair.channel_id)
        assert len(box) == 0 or box[0].number == 1
    assert both.pair.work(both.left) == []
    assert both.only(both.right).leaf == statement.leaf
    assert both.only(both.right).state == State.ANNOUNCED


def test_what_was_fetched_once_is_not_fetched_again(both: Carrying) -> None:
    data = content(40 * CHUNK)
    both.send(data)
    root = both.only(both.right).root
    every = both.chunks(root)
    some = every[5:9] + every[30:31]
    assert both.take([*some, *some]) == []
    view = both.only(both.right)
    assert (view.state, view.held, view.chunks) == (State.ARRIVING, 5, 40)
    with both.right.database.read() as connection:
        blob = blobs.find(both.right, connection, both.pair.channel_id, root)
    assert blob is not None
    wished = [(wish.first, wish.last) for wish in parcels.wishes(blob)]
    assert wished == [(0, 4), (9, 29), (31, 39)]
    both.fetch()
    assert both.taken_out(both.right) == data


def test_chunks_in_any_order_repeated_and_partial(both: Carrying) -> None:
    data = content(30 * CHUNK + 17)
    both.send(data)
    chunks = both.chunks(both.only(both.right).root)
    for part in (chunks[20:], chunks[3:5], chunks[:10], chunks[18:25], chunks[::-1]):
        assert both.take(part) == []
    assert both.only(both.right).state == State.WHOLE
    assert both.taken_out(both.right) == data


def test_a_line_that_fails_costs_only_time(both: Carrying) -> None:
    data = content(3000 * KIB)
    both.send(data)
    both.drop = lambda number: number % 3 == 2
    for _ in range(60):
        with contextlib.suppress(ParleyError):
            both.fetch()
        if both.only(both.right).state == State.WHOLE:
            break
    assert both.taken_out(both.right) == data


def test_parts_that_came_count_where_one_of_them_failed(both: Carrying) -> None:
    """The parts behind it, which nobody has begun, are not asked for; what came is noted."""
    both.send(content(300 * KIB))
    fetcher = both.fetcher()
    assert both.pair.channel_id in parcels.stirring(both.right)
    assert fetcher.serve(both.pair.channel_id)  # how it is cut
    begun = len(both.requests)
    # A word on how far we are, a part that comes, one that fails; and others that wait.
    both.drop = lambda number: number == begun + 3
    fetcher._failures[both.pair.channel_id] = 16  # so that the parts are as small as they get
    fetcher._parts.shutdown()
    fetcher._parts = ThreadPoolExecutor(1)
    try:
        with pytest.raises(ParleyError) as caught:
            fetcher.serve(both.pair.channel_id)
    finally:
        fetcher.close()
    assert caught.value.reason == Reason.PEER_UNREACHABLE
    assert 0 < both.only(both.right).held < 300 * KIB // CHUNK


def test_the_same_bytes_are_kept_once_in_a_channel(both: Carrying) -> None:
    data = content(20 * CHUNK)
    first, second = both.send(data, "one.bin"), both.send(data, "two.bin")
    both.fetch()
    assert first.leaf != second.leaf
    views = both.views(both.right)
    assert [view.name for view in views] == ["one.bin", "two.bin"]
    assert len({view.root for view in views}) == 1
    for desk in (both.left, both.right):
        assert len(list(desk.chunks.folder.glob("*.sealed"))) == 1
    # And back to where they came from: nothing has to be fetched.
    both.send(data, "three.bin", desk=both.right)
    assert both.views(both.left)[-1].here
    assert len(list(both.right.chunks.folder.glob("*.sealed"))) == 1


def test_the_same_bytes_have_another_root_elsewhere(both: Carrying) -> None:
    """The salt is drawn for each channel anew: roots say nothing across them."""
    data = content(5 * CHUNK)
    draft = both.draft()
    both.left.chunks.check_room(len(data))
    with both.file(data) as file:
        made = attaching._taken_in(both.left, draft.channel, file, len(data), lambda _d, _t: None)
    with both.file(data) as file:
        again = attaching._taken_in(both.left, draft.channel, file, len(data), lambda _d, _t: None)
    assert made.content == again.content
    assert made.meta.root != again.meta.root
    other = draft.channel
    shape = blobs.Shape(len(data), 12)
    tags = {
        blobs.content_of(both.left, channel, bytes(32), shape) for channel in (other.id, bytes(32))
    }
    assert len(tags) == 2


def test_nothing_at_rest_shows_the_bytes_or_the_root(both: Carrying) -> None:
    data = b"a sentence that stands in the file " * 1000
    both.send(data, "readable.txt")
    both.fetch()
    root = both.only(both.left).root
    for folder in both.pair.folders:
        for path in folder.rglob("*"):
            if path.is_file():
                found = path.read_bytes()
                assert data[:30] not in found, path
                assert root not in found, path


def test_a_list_goes_on_behind_what_stands_in_it_alone(both: Carrying) -> None:
    both.send(content(9000), "a")
    view = both.only(both.left)
    elsewhere = view._replace(channel=replace(view.channel, id=bytes(32)))
    assert attachments.page(both.left, "dora", before=view, count=5).views == []
    with pytest.raises(ParleyError) as caught:
        attachments.page(both.left, "dora", before=elsewhere, count=5)
    assert caught.value.reason is Reason.ATTACHMENT_UNKNOWN


def test_what_leaves_has_a_harmless_name_and_is_noted(both: Carrying, tmp_path: Path) -> None:
    both.send(content(9000), "../..\\evil name.exe".replace("/", "").replace("\\", ""))
    both.fetch()
    view = both.only(both.right)
    made = taking_out.take_out(both.right, "dora", view, tmp_path, as_capsule=False)
    assert made.path.parent == tmp_path
    assert made.path.name.endswith(".exe.quarantined")
    assert not made.path.stat().st_mode & (stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o600
    with pytest.raises(ParleyError) as caught:
        taking_out.take_out(both.right, "dora", view, tmp_path, as_capsule=False)
    assert caught.value.reason is Reason.FILE_EXISTS
    with both.right.database.read() as connection:
        noted = [row for row in house_log.in_order(connection) if row.act == "attachment-taken-out"]
    assert [(row.officer, row.number) for row in noted] == [("dora", 1)]


def test_malware_leaves_in_a_capsule_alone(both: Carrying, tmp_path: Path) -> None:
    data = content(10 * CHUNK + 5)
    both.send(data, "dropper.exe", "malware")
    both.fetch()
    view = both.only(both.right)
    with pytest.raises(ParleyError) as caught:
        taking_out.take_out(both.right, "dora", view, tmp_path / "out", as_capsule=False)
    assert caught.value.reason is Reason.ATTACHMENT_SEALED_ONLY
    made = taking_out.take_out(both.right, "dora", view, tmp_path / "out", as_capsule=True)
    assert made.path == tmp_path / "out.capsule"
    sealed = made.path.read_bytes()
    assert data[:64] not in sealed
    with made.path.open("rb") as file:
        header = capsule.read_header(file)
        assert header.commitment == (view.root, len(data))
        assert b"".join(capsule.opened(file, header)) == data
    for at in (5, 60, len(sealed) // 2, len(sealed) - 1):
        broken = bytearray(sealed)
        broken[at] ^= 1
        with pytest.raises(ParleyError):
            capsule.verify(io.BytesIO(broken))
    for wrong in (sealed[:-1], sealed + b"\0"):
        with pytest.raises(ParleyError) as caught:
            capsule.verify(io.BytesIO(wrong))
        assert caught.value.reason is Reason.CAPSULE_DAMAGED


@pytest.mark.parametrize(
    ("officer", "sees", "takes"),
    [("dora", True, True), ("otto", True, True), ("audit", False, False)],
)
def test_who_sees_and_who_takes_out(
    both: Carrying, tmp_path: Path, officer: str, sees: bool, takes: bool
) -> None:
    both.send(content(100))
    both.fetch()
    view = both.only(both.right)
    if sees:
        assert len(attachments.every(both.right, officer)) == 1
    else:
        with pytest.raises(ParleyError) as caught:
            attachments.every(both.right, officer)
        assert caught.value.reason is Reason.ROLE_FORBIDS
    if takes:
        taking_out.take_out(both.right, officer, view, tmp_path, as_capsule=True)
    else:
        with pytest.raises(ParleyError) as caught:
            taking_out.take_out(both.right, officer, view, tmp_path, as_capsule=True)
        assert caught.value.reason is Reason.ROLE_FORBIDS


def test_only_who_drafts_attaches_and_only_what_fits(both: Carrying) -> None:
    draft = both.draft()
    label = Label("a.bin", "none-known")
    for officer, reason in (("otto", Reason.ROLE_FORBIDS), ("audit", Reason.DRAFT_UNKNOWN)):
        with both.file(b"x") as file, pytest.raises(ParleyError) as caught:
            attaching.attach(both.left, officer, draft.id, file, label)
        assert caught.value.reason is reason
    for data, name, reason in (
        (b"", "a.bin", Reason.ATTACHMENT_EMPTY),
        (b"x", "a/b", Reason.ATTACHMENT_NAME),
        (b"x", " ", Reason.TEXT_EMPTY),
        (bytes(5000), "a.bin", Reason.ATTACHMENT_TOO_LARGE),
    ):
        small = with_policy(both.left, largest=4999)
        with both.file(data) as file, pytest.raises(ParleyError) as caught:
            attaching.attach(small, "dora", draft.id, file, Label(name, "none-known"))
        assert caught.value.reason is reason
    assert list(both.left.chunks.folder.glob("*")) == []


def test_an_analyst_attaches_and_writes_nothing_else(both: Carrying) -> None:
    """Whoever attached has written in the draft: neither clears nor authorises it."""
    left = both.left
    officers.add(left, "tess", {"technical-analyst", "legal-reviewer"})
    draft = both.draft()
    with both.file(content(100)) as file:
        label = Label("a.bin", "malware", {"en": "A sample"})
        attached, number = attaching.attach(left, "tess", draft.id, file, label)
    assert number == 1
    assert attached.writing.values["attachments/1/hazard"] == "malware"
    assert {**draft.writing.values, **attached.writing.values} == attached.writing.values
    with pytest.raises(ParleyError) as caught:
        drafts.revise(left, "tess", draft.id, attached.writing, attached.revision)
    assert caught.value.reason is Reason.ROLE_FORBIDS
    with pytest.raises(ParleyError) as caught:
        drafts.submit(left, "tess", draft.id, attached.revision)
    assert caught.value.reason is Reason.ROLE_FORBIDS
    frozen = drafts.submit(left, "dora", draft.id, attached.revision)
    assert frozen.sha256 is not None
    with pytest.raises(ParleyError) as caught:
        drafts.clear(left, "tess", draft.id, frozen.sha256)
    assert caught.value.reason is Reason.OFFICER_SEPARATION


def test_what_a_given_up_draft_had_is_removed(both: Carrying) -> None:
    draft = both.attach(both.draft(), content(9000), Label("a.bin", "none-known"))
    blob_care.look_after(both.left)
    assert len(list(both.left.chunks.folder.glob("*"))) == 1
    attaching.drafts.abandon(both.left, "dora", draft.id, draft.revision)
    blob_care.look_after(both.left)
    assert list(both.left.chunks.folder.glob("*")) == []
    with both.left.database.read() as connection:
        assert rows.blobs(connection) == []


def test_what_has_just_left_is_not_taken_for_given_up(both: Carrying) -> None:
    """A desk that ends right after a release, before it has looked at its own statement."""
    draft = both.attach(both.draft(), content(9000), Label("a.bin", "none-known"))
    both.release(draft)
    blob_care.look_after(both.left)
    both.pair.settle()
    both.fetch()
    assert both.only(both.right).state == State.WHOLE


def test_bytes_that_got_lost_come_again_from_the_other_side(both: Carrying) -> None:
    """Also what we attached ourselves: the root tells whether it is the same."""
    data = content(30 * CHUNK)
    both.send(data)
    both.fetch()
    for path in both.left.chunks.folder.glob("*.sealed"):
        path.unlink()
    blob_care.look_after(both.left)
    assert not both.only(both.left).here
    with pytest.raises(ParleyError) as caught:
        both.taken_out(both.left)
    assert caught.value.reason is Reason.ATTACHMENT_INCOMPLETE
    both.fetch(both.left)
    assert both.taken_out(both.left) == data


def test_damaged_bytes_are_noticed_when_they_are_given(both: Carrying) -> None:
    data = content(30 * CHUNK)
    both.send(data)
    (path,) = both.left.chunks.folder.glob("*.sealed")
    broken = bytearray(path.read_bytes())
    broken[7 * (CHUNK + 16) + 3] ^= 1
    path.write_bytes(broken)
    with pytest.raises(ParleyError):
        both.fetch()
    assert not both.only(both.left).here
    assert both.only(both.right).state != State.WHOLE


def test_a_house_without_the_officer_reads_nothing(both: Carrying) -> None:
    both.send(content(10))
    with pytest.raises(ParleyError) as caught, house.reading(both.right, "nobody"):
        pass
    assert caught.value.reason is Reason.OFFICER_UNKNOWN
