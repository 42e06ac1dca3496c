"""A log as C2SP tiles and its statements as SCITT statements, read by other people's tools."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from parley.application import foreign
from parley.crypto import checkpoint, merkle
from parley.crypto.checkpoint import Checkpoint
from parley.crypto.keys import LogKey
from parley.kernel.errors import ParleyError
from parley.record import scitt, tiles
from parley.store import log
from parley.store.log import Entry
from tests.conftest import Require
from tests.crypto.helpers import public_pem
from tests.support.pair import Pair, inquiry, pair

KEY = LogKey.generate()
ORIGIN = checkpoint.origin(bytes(32), bytes(32), 0)


def entry(number: int) -> Entry:
    """A leaf that only has to be told from others."""
    data = b"leaf %d" % number
    leaf = merkle.leaf_hash(data)
    return Entry(
        **{name: 0 for name in Entry._fields if name not in ("data", "leaf")}, data=data, leaf=leaf
    )


def note(entries: list[Entry], origin: str = ORIGIN) -> str:
    root = merkle.root([one.leaf for one in entries])
    return checkpoint.sign_note(Checkpoint(origin, len(entries), root), KEY)


def ignore(_count: int) -> None:
    """Nobody watches."""


def test_paths_are_those_of_the_specification() -> None:
    assert tiles.path("0", 1234067) == "tile/0/x001/x234/067"
    assert tiles.path("entries", 0, 17) == "tile/entries/000.p/17"
    assert tiles.path("2", 999, 256) == "tile/2/999"
    assert tiles.path("1", 1000) == "tile/1/x001/000"


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 511, 1000])
def test_a_foreign_tool_reads_the_tiles_of_any_size(
    tmp_path: Path, require: Require, size: int
) -> None:
    reader_module = require.module("tlog_scales.reader")
    backend = require.module("tlog_scales.backend").make_backend(str(tmp_path))
    signing = require.module("tlog_scales.signing")
    entries = [entry(number) for number in range(size)]
    exported = tiles.export(tmp_path, note(entries), entries, ignore)
    assert exported.size == size
    reader = reader_module.TilesReader(backend)
    head = reader.get_checkpoint()
    head.verify(signing.Vkey.from_string(checkpoint.log_vkey(ORIGIN, KEY.public)))
    assert reader.calculate_root_hash() == head.root_hash
    for number in {0, size // 2, size - 1}:
        assert reader.get_entry(number) == entries[number].data
        reader.get_inclusion_proof(number, size).check(entries[number].leaf, head.root_hash)
    half = (size + 1) // 2
    old = merkle.root([one.leaf for one in entries[:half]])
    reader.get_consistency_proof(half, size).check(old, head.root_hash)


def test_a_later_export_adds_to_the_folder_and_changes_nothing(tmp_path: Path) -> None:
    entries = [entry(number) for number in range(800)]
    tiles.export(tmp_path, note(entries[:300]), entries[:300], ignore)
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "tile").rglob("*")}
    again = tiles.export(tmp_path, note(entries), entries, ignore)
    assert again.kept == 2, "one full tile and its bundle"
    for path, changed_at in before.items():
        assert path.is_dir() or path.stat().st_mtime_ns == changed_at
    assert tiles.export(tmp_path, note(entries), entries, ignore).written == 0


def test_an_export_that_was_cut_short_goes_on(tmp_path: Path) -> None:
    entries = [entry(number) for number in range(700)]

    def cut() -> Iterator[Entry]:
        yield from entries[:600]
        raise OSError("the stick was pulled out")

    with pytest.raises(OSError, match="stick"):
        tiles.export(tmp_path, note(entries), cut(), ignore)
    assert not (tmp_path / "checkpoint").exists(), "nothing is promised yet"
    assert tiles.export(tmp_path, note(entries), entries, ignore).kept == 4


def test_another_log_is_not_written_into_the_folder(tmp_path: Path) -> None:
    entries = [entry(number) for number in range(300)]
    tiles.export(tmp_path, note(entries), entries, ignore)
    other = [*entries[:-1], entry(5000)]
    with pytest.raises(ParleyError, match="tiles-differ"):
        tiles.export(tmp_path, note(other), other, ignore)
    elsewhere = checkpoint.origin(bytes(32), b"\x01" * 32, 0)
    with pytest.raises(ParleyError, match="tiles-differ"):
        tiles.export(tmp_path, note(entries, elsewhere), entries, ignore)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("no log")
    with pytest.raises(ParleyError, match="folder-not-empty"):
        tiles.export(tmp_path / "mine", note(entries), entries, ignore)


def test_statements_that_do_not_give_the_root_get_no_checkpoint(tmp_path: Path) -> None:
    entries = [entry(number) for number in range(3)]
    with pytest.raises(ParleyError, match="root-wrong"):
        tiles.export(tmp_path, note(entries), entries[:2], ignore)
    assert not (tmp_path / "checkpoint").exists()


@pytest.fixture
def spoken(tmp_path: Path) -> Iterator[Pair]:
    """Two desks that have said something to each other."""
    with pair(tmp_path / "desks") as desks:
        for desk in (desks.left, desks.right, desks.left):
            desks.append(desk, inquiry(desks.channel(desk), secrets.token_bytes(16)))
        desks.settle()
        yield desks


def test_both_logs_of_a_channel_are_read_by_a_foreign_tool(
    spoken: Pair, tmp_path: Path, require: Require
) -> None:
    reader_module = require.module("tlog_scales.reader")
    make_backend = require.module("tlog_scales.backend").make_backend
    left = spoken.left
    channel = spoken.channel(left)
    for theirs in (False, True):
        folder = tmp_path / str(theirs)
        exported = foreign.export_tiles(left, "otto", channel, folder, ignore, theirs=theirs)
        reader = reader_module.TilesReader(make_backend(str(folder)))
        assert reader.get_checkpoint().size == exported.size
        assert reader.calculate_root_hash() == reader.get_checkpoint().root_hash
        with (spoken.right if theirs else left).database.read() as connection:
            leaves = log.leaves(connection, channel.id, exported.size)
        found = [merkle.leaf_hash(reader.get_entry(at)) for at in range(exported.size)]
        assert found == leaves


def test_scitt_cose_verifies_every_transparent_statement(
    spoken: Pair, tmp_path: Path, require: Require
) -> None:
    scitt_cose = require.module("scitt_cose")
    statements = require.module("scitt_cose.statement")
    left = spoken.left
    channel = spoken.channel(left)
    exported = foreign.export_scitt(left, "otto", channel, tmp_path / "scitt", ignore)
    assert (exported.statements, exported.without_receipt) == (5, 0)
    keys = json.loads((tmp_path / "scitt" / scitt.KEYS_FILE).read_text())["parties"]
    with left.database.read() as connection:
        entries = list(log.in_order(connection, channel.id))
    files = sorted((tmp_path / "scitt").rglob("*.scitt"))
    assert len(files) == 5
    for one, path in zip(entries, files, strict=True):
        data = path.read_bytes()
        (proof,) = statements.extract_receipts(data)
        assert statements.attach_receipts(one.data, [proof]) == data, "nothing else was changed"
        author, issuer = keys[one.author], keys[1 - one.author]
        parsed = statements.parse_signed_statement(
            data, public_key_pem=public_pem(bytes.fromhex(author["statement_key"]))
        )
        assert parsed["signature_verified"]
        verified = scitt_cose.verify_receipt(
            proof,
            leaf_entry_hex=one.data.hex(),
            log_public_key_pem=public_pem(bytes.fromhex(issuer["receipt_key"])),
        )
        assert verified.ok, verified.errors
    again = foreign.export_scitt(left, "otto", channel, tmp_path / "scitt", ignore)
    assert (again.statements, again.written) == (5, 0)


def test_a_statement_without_a_receipt_waits(spoken: Pair, tmp_path: Path) -> None:
    left = spoken.left
    channel = spoken.channel(left)
    spoken.append(left, inquiry(channel, secrets.token_bytes(16)))
    exported = foreign.export_scitt(left, "otto", channel, tmp_path, ignore)
    assert (exported.statements, exported.without_receipt) == (5, 1)
    spoken.settle()
    later = foreign.export_scitt(left, "otto", channel, tmp_path, ignore)
    assert (later.statements, later.written, later.without_receipt) == (6, 1, 0)
