"""Attachments in backups and under fsck."""

from __future__ import annotations

from pathlib import Path

from parley.application import audit, blob_care
from parley.application.attachments import State
from parley.node import backup
from tests.attachments.carrying import CHUNK, Carrying, content
from tests.support.pair import START


def test_fsck_reads_every_byte(both: Carrying) -> None:
    both.send(content(10 * CHUNK))
    both.send(content(10 * CHUNK, 2), "part.bin")
    first, second = both.views(both.right)
    both.take(both.chunks(first.root))
    both.take(both.chunks(second.root)[3:7])
    assert audit.fsck(both.right).faults == ()
    for path in both.right.chunks.folder.glob("*.sealed"):
        broken = bytearray(path.read_bytes())
        broken[5 * (CHUNK + 16) + 9] ^= 1
        path.write_bytes(broken)
    faults = [(one.place[:5], one.reason.value) for one in audit.fsck(both.right).faults]
    assert faults == [("blobs", "attachment-damaged")] * 2


def test_a_backup_has_the_bytes_where_it_is_asked_for(both: Carrying, tmp_path: Path) -> None:
    data = content(10 * CHUNK)
    both.send(data)
    both.fetch()
    folder = both.pair.folders[1]
    bare = backup.back_up(folder, tmp_path / "bare", now=START)
    whole = backup.back_up(folder, tmp_path / "whole", now=START, attachments=True)
    assert set(whole.files) - set(bare.files) == {
        f"attachments/{path.name}" for path in both.right.chunks.folder.glob("*.sealed")
    }
    for path in both.right.chunks.folder.glob("*.sealed"):
        path.unlink()
    backup._put_attachments(tmp_path / "whole", both.right.chunks.folder)
    assert audit.fsck(both.right).faults == ()
    assert both.taken_out(both.right) == data
    # Without them, what the other side still has comes again.
    for path in both.right.chunks.folder.glob("*.sealed"):
        path.unlink()
    blob_care.look_after(both.right)
    assert both.only(both.right).state == State.ANNOUNCED
    both.fetch()
    assert both.taken_out(both.right) == data
