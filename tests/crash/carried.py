"""Operations around a desk, for the crash table: pouches, a backup put in place, a witness."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Final

from parley.crypto import checkpoint, merkle, witnessing
from parley.crypto.keys import LogKey
from parley.crypto.witnessing import Submission
from parley.kernel import ids
from parley.kernel.reasons import Reason
from parley.node import backup
from parley.store import log
from parley.wire import pouch
from parley.witness.state import WatchedLog, log_id
from parley.witness.witness import Witness
from tests.crash.operations import HARMLESS, Facts, Operation, Stage, statements
from tests.support.pair import inquiry

# --- pouches -------------------------------------------------------------------------------------


def _bag(stage: Stage) -> Path:
    return stage.folder / "channel.pouch"


def _something_to_say(stage: Stage) -> None:
    for desk in (stage.left, stage.right):
        content = inquiry(stage.pair.channel(desk), ids.new_case_id())
        stage.facts["said"] = stage.pair.append(desk, content).data


def _run_pack(stage: Stage) -> bytes:
    pouch.pack(stage.left, stage.channel, _bag(stage), unconfirmed=True)
    return _bag(stage).read_bytes()


def _opens(stage: Stage, data: bytes) -> None:
    """What was packed is there, and the peer can take it in."""
    assert _bag(stage).read_bytes() == data
    (found,) = pouch.open_all(stage.right, [_bag(stage)])
    assert found.error is None


def _peer_packs(stage: Stage) -> None:
    _something_to_say(stage)
    pouch.pack(stage.right, stage.pair.channel(stage.right), _bag(stage), unconfirmed=True)


def _run_open(stage: Stage) -> bytes:
    (found,) = pouch.open_all(stage.left, [_bag(stage)])
    if found.error is not None:
        raise found.error
    said: bytes = stage.facts["said"]
    return said


def _taken_out(stage: Stage) -> bool:
    return stage.facts["said"] in statements(stage.left, stage.facts["channel"])


def _stands(stage: Stage, data: bytes) -> None:
    assert data in statements(stage.left, stage.facts["channel"])


# --- a backup put in the place of a desk's database ----------------------------------------------


def _safe(stage: Stage) -> Path:
    return stage.folder / "backup"


def _database(stage: Stage) -> Path:
    return stage.folder / "left" / "desk.db"


def _back_up_and_talk(stage: Stage) -> None:
    backup.back_up(stage.folder / "left", _safe(stage), now=stage.clock())
    for desk in (stage.left, stage.right):
        stage.pair.append(desk, inquiry(stage.pair.channel(desk), ids.new_case_id()))
        stage.pair.settle()


def _newest_is_in_the_log(folder: Path, facts: Facts) -> None:
    """The database stands as a kill has left it: its newest commits are in a log beside it."""
    left = folder / "left"
    facts["kept"] = {path.name: path.read_bytes() for path in sorted(left.glob("desk.db*"))}
    (left / "desk.db-wal").write_bytes(b"the newest commits")
    facts["kept"]["desk.db-wal"] = b"the newest commits"


def _run_restore(stage: Stage) -> None:
    backup.restore(_safe(stage), stage.folder / "left")


def _restored(stage: Stage) -> bool:
    """The database is the backup's, and no log of another one stands beside it."""
    database = _database(stage)
    if not database.exists():
        return False
    found = sha256(database.read_bytes()).hexdigest()
    return found == backup.read(_safe(stage)).files["desk.db"]


def _old_one_is_whole(stage: Stage, _said: object) -> None:
    """What was replaced is kept, the database with its log."""
    kept = {
        path.name.replace(".replaced-1", ""): path.read_bytes()
        for path in (stage.folder / "left").glob("desk.db.replaced-1*")
    }
    assert kept == stage.facts["kept"]
    assert not _database(stage).with_name("desk.db-wal").exists()


# --- a witness -----------------------------------------------------------------------------------


def _third(stage: Stage) -> Witness:
    key = LogKey.from_seed(bytes(range(64)))
    return Witness(stage.folder / "witness", "witness.example/1", key, stage.clock)


def _watch(stage: Stage) -> None:
    witness = _third(stage)
    witness.add_log(stage.left.letter, stage.facts["channel"])
    witness.add_checkpoint(_submission(stage, 0))
    stage.pair.append(stage.left, inquiry(stage.channel, ids.new_case_id()))
    stage.facts["submission"] = _submission(stage, _head(stage))


def _submission(stage: Stage, old: int) -> bytes:
    with stage.left.database.read() as connection:
        leaves = log.leaves(connection, stage.facts["channel"], 1 << 40)
    origin = stage.channel.origin(stage.channel.own_index, 0)
    signed = checkpoint.Checkpoint(origin, len(leaves), merkle.root(leaves))
    note = checkpoint.sign_note(signed, stage.left.keys.log).encode()
    return witnessing.render(Submission(old, tuple(merkle.consistency_path(leaves, old)), note))


def _watched(stage: Stage) -> WatchedLog:
    origin = checkpoint.origin(stage.left.letter.party, stage.facts["channel"], 0)
    return WatchedLog.open(stage.folder / "witness" / log_id(origin))


def _head(stage: Stage) -> int:
    return _watched(stage).head()[0]


def _run_cosign(stage: Stage) -> str:
    return _third(stage).add_checkpoint(stage.facts["submission"])


def _cosigned(stage: Stage) -> bool:
    note = witnessing.parse(stage.facts["submission"]).note
    return _head(stage) == checkpoint.parse_note(note)[0].size


def _not_forgotten(stage: Stage, lines: str) -> None:
    """What left is what the witness knows that it has signed."""
    latest = _watched(stage).latest
    assert latest is not None
    assert latest.lines == lines


CARRIED: Final = (
    Operation(
        "pack a pouch",
        _run_pack,
        lambda stage: _bag(stage).exists(),
        prepare=_something_to_say,
        held=_opens,
        repeated=frozenset({Reason.FILE_EXISTS}),
    ),
    Operation(
        "open a pouch",
        _run_open,
        _taken_out,
        prepare=_peer_packs,
        held=_stands,
        repeated=HARMLESS,
    ),
    Operation(
        "restore into the desk",
        _run_restore,
        _restored,
        prepare=_back_up_and_talk,
        after=_newest_is_in_the_log,
        held=_old_one_is_whole,
        engines=("sqlite",),
        closed=True,
    ),
    Operation(
        "cosign as a witness",
        _run_cosign,
        _cosigned,
        prepare=_watch,
        held=_not_forgotten,
        repeated=frozenset({Reason.SUBMISSION_STALE}),
    ),
)
