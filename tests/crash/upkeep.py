"""Operations on keys and on a record that was set back, for the crash table."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

from parley.application import audit, channels, exchange, indexing, keys
from parley.crypto.keys import IdentityKey
from parley.kernel import ids
from parley.kernel.reasons import Reason
from parley.node import backup
from parley.node import folder as folders
from parley.record.keyring import KeyKind, KeyReason
from parley.wire import post
from tests.crash.operations import HARMLESS, Facts, Operation, Stage, statements
from tests.support.pair import PASSPHRASE, inquiry

INDEXING: Final = "take statements into the index"

_MONTHS: Final = 2


def _identity(stage: Stage, side: str) -> IdentityKey:
    data = (stage.folder / side / folders.IDENTITY_FILE).read_bytes()
    return folders.unlock_identity(data, PASSPHRASE)


def _request(stage: Stage, side: str, kind: KeyKind) -> bytes:
    reason = KeyReason.COMPROMISED if kind is KeyKind.REVOCATION else KeyReason.ROUTINE
    _data, text = keys.request(stage.desks[side], kind, reason, months=_MONTHS)
    return keys.signed(text, _identity(stage, side)).data


def _run_request(stage: Stage) -> bytes:
    data, _text = keys.request(stage.left, KeyKind.ROTATION, KeyReason.ROUTINE, months=_MONTHS)
    return data


def _staged(stage: Stage) -> bool:
    return stage.left.keyholder.staged() is not None


def _private_half_is_there(stage: Stage, data: bytes) -> None:
    """What was shown for signing can be taken into use."""
    staged = stage.left.keyholder.staged()
    assert staged is not None
    assert {window.kid for window in keys.read_request(data).sealing} == staged.sealing.keys()


def _sign_rotation(stage: Stage) -> None:
    stage.facts["keys"] = _request(stage, "left", KeyKind.ROTATION)


def _sign_revocation(stage: Stage) -> None:
    stage.facts["keys"] = _request(stage, "left", KeyKind.REVOCATION)


def _run_install(stage: Stage) -> int:
    return keys.install(stage.left, stage.facts["keys"]).statement.text.number


def _installed(stage: Stage) -> bool:
    with stage.left.database.read() as connection:
        return stage.left.own_keyring(connection).number > 0


def _peer_rotates(stage: Stage) -> None:
    """A frame is on its way that brings the right desk's new keys, and an act signed with them."""
    keys.install(stage.right, _request(stage, "right", KeyKind.ROTATION))
    content = inquiry(stage.pair.channel(stage.right), ids.new_case_id())
    stage.facts["said"] = stage.pair.append(stage.right, content).data
    outgoing = exchange.compose(stage.right, stage.facts["channel"])
    stage.facts["frame"], _digest = post.request(stage.right, outgoing)


def _run_learn(stage: Stage) -> bytes:
    return post.answer(stage.left, stage.facts["frame"])


def _learnt(stage: Stage) -> bool:
    return stage.facts["said"] in statements(stage.left, stage.facts["channel"])


def _copy_and_talk(stage: Stage) -> None:
    """The left desk's database is copied, then both speak."""
    with (
        closing(sqlite3.connect(stage.folder / "left" / "desk.db")) as source,
        closing(sqlite3.connect(stage.folder / "old.db")) as copied,
    ):
        source.backup(copied)
    for desk in (stage.left, stage.right, stage.left):
        stage.pair.append(desk, inquiry(stage.pair.channel(desk), ids.new_case_id()))
        stage.pair.settle()
    stage.facts["lost"] = statements(stage.left, stage.facts["channel"])


def _set_back(folder: Path, _facts: Facts) -> None:
    """The old copy takes the database's place; the anchors stay."""
    shutil.move(folder / "old.db", folder / "left" / "desk.db")


def _run_recover(stage: Stage) -> list[bytes]:
    for _ in range(6):
        stage.pair.deliver(stage.left)
        if _recovered(stage):
            break
    return statements(stage.left, stage.facts["channel"])


def _recovered(stage: Stage) -> bool:
    (standing,) = channels.standings(stage.left)
    return standing.state == "open" and standing.own == 3


def _all_is_back(stage: Stage, said: list[bytes]) -> None:
    held = statements(stage.left, stage.facts["channel"])
    assert set(stage.facts["lost"]) == set(said) <= set(held)


def _backup(stage: Stage) -> Path:
    return stage.folder / "backup"


def _run_back_up(stage: Stage) -> str:
    folder = stage.folder / "left"
    made = backup.back_up(
        folder,
        _backup(stage),
        now=stage.clock(),
        vault=True,
        keys=True,
        vault_key=stage.folder / "vault.key",
    )
    return made.files["desk.db"]


def _backed_up(stage: Stage) -> bool:
    """The folder is there, and then it is whole."""
    if not _backup(stage).exists():
        return False
    backup.read(_backup(stage))
    return True


def _same_copy(stage: Stage, digest: str) -> None:
    assert backup.read(_backup(stage)).files["desk.db"] == digest


def _lose_the_desk(folder: Path, _facts: Facts) -> None:
    shutil.rmtree(folder / "left")


def _run_restore(stage: Stage) -> None:
    backup.restore(_backup(stage), stage.folder / "left", vault_key=stage.folder / "vault.key")


def _restored(stage: Stage) -> bool:
    return folders.is_desk(stage.folder / "left")


def _say_much(stage: Stage) -> None:
    """What was said before is in one block of the index; what is said then is in none."""
    indexing.catch_up(stage.left)
    for _ in range(4):
        stage.pair.append(stage.left, inquiry(stage.channel, ids.new_case_id()))
    stage.pair.settle()


def _run_index(stage: Stage) -> int:
    return indexing.catch_up(stage.left)


def _indexed(stage: Stage) -> bool:
    return indexing.waiting(stage.left) == 0


def _index_is_right(stage: Stage, _added: int) -> None:
    """Each statement is in it once, and every block is what the record makes it."""
    assert indexing.catch_up(stage.left) == 0
    assert not [one for one in audit.fsck(stage.left).faults if one.place.startswith("search")]


UPKEEP: Final = (
    Operation(
        INDEXING, _run_index, _indexed, prepare=_say_much, held=_index_is_right, repeated=HARMLESS
    ),
    Operation(
        "back up",
        _run_back_up,
        _backed_up,
        held=_same_copy,
        repeated=frozenset({Reason.FILE_EXISTS}),
        engines=("sqlite",),
    ),
    Operation(
        "restore into a new folder",
        _run_restore,
        _restored,
        prepare=lambda stage: _run_back_up(stage) and None,
        after=_lose_the_desk,
        engines=("sqlite",),
        settles=False,  # without its anchors it waits for an officer's word
    ),
    Operation("draw new keys", _run_request, _staged, held=_private_half_is_there),
    Operation("rotate keys", _run_install, _installed, prepare=_sign_rotation, repeated=HARMLESS),
    Operation("revoke keys", _run_install, _installed, prepare=_sign_revocation, repeated=HARMLESS),
    Operation(
        "learn a peer's new keys", _run_learn, _learnt, prepare=_peer_rotates, repeated=HARMLESS
    ),
    Operation(
        "recover what was lost",
        _run_recover,
        _recovered,
        prepare=_copy_and_talk,
        after=_set_back,
        held=_all_is_back,
        engines=("sqlite",),
    ),
)
