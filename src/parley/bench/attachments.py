"""An attachment over loopback between two served desks, beside a bare copy through the same seals.

The bare copy reads, opens and seals each part at rest and for the wire as both desks do, signs and
checks it, and writes it; in one process, with no HTTP and no database.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Final, NamedTuple

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from parley.application import attaching, blobs, channels, parcels
from parley.bench import delivery, desks, measure
from parley.bench.desks import PASSPHRASE, Pair
from parley.bench.measure import Ratio
from parley.crypto import merkle, sealing
from parley.crypto.keys import SealingKey, StatementKey
from parley.domain.act import ActType
from parley.kernel import ids, limits
from parley.node import desk as nodes
from parley.node.config import AttachmentsSection, Config, Listen
from parley.store import attachments as rows
from parley.store.attachments import WHOLE

_HOST: Final = "127.0.0.1"
_PATIENCE_SECONDS: Final = 600.0
_LOOK_SECONDS: Final = 0.02


class AttachmentsResult(NamedTuple):
    """Seconds for an attachment of so many bytes, ours and bare."""

    size: int
    ratio: Ratio


def run(folder: Path, size: int) -> AttachmentsResult:
    """Fetch ``size`` bytes once, and copy as many barely."""
    folder.mkdir(parents=True, exist_ok=True)
    given = folder / "given"
    with given.open("wb") as file:
        for _ in range(size // limits.MIB):
            file.write(os.urandom(limits.MIB))
    bare = measure.timed(lambda: _bare(given, folder / "bare"))
    return AttachmentsResult(size, measure.compared([(_ours(folder, given, size), bare)]))


def _ours(folder: Path, given: Path, size: int) -> float:
    ports = delivery.free_ports(2)
    letters = [
        desks.found(
            folder / code,
            code,
            Config(
                peer=Listen(_HOST, port),
                operations=Listen(_HOST, 0),
                attachments=AttachmentsSection(keep_free=0),
            ),
        )
        for code, port in zip(desks.CODES, ports, strict=True)
    ]
    with (
        nodes.opened(folder / desks.CODES[0], PASSPHRASE) as left,
        nodes.opened(folder / desks.CODES[1], PASSPHRASE) as right,
    ):
        desks.introduce(left, right, letters)
        pair = Pair(left, right, channels.find(left, None).id)
        with delivery.served(folder / desks.CODES[0]), delivery.served(folder / desks.CODES[1]):
            _announce(pair, given, size)
            start = time.perf_counter()
            while not _arrived(pair):
                if time.perf_counter() - start > _PATIENCE_SECONDS:
                    raise TimeoutError("the attachment did not arrive")
                time.sleep(_LOOK_SECONDS)
            return time.perf_counter() - start


def _announce(pair: Pair, given: Path, size: int) -> None:
    """Take the file in, and say so in a statement."""
    channel = pair.channel(pair.left)
    with given.open("rb") as file:
        commitment = attaching.keep(pair.left, channel, file, size)
    content = desks.inquiry(channel, ids.new_case_id())
    path = f"{blobs.CODE}/1"
    values = {
        **content.values,
        f"{path}/content": commitment.value,
        f"{path}/name": "large.bin",
        f"{path}/hazard": "none-known",
    }
    codes = {**content.codes, blobs.CODE: 1}
    made = content._replace(values=values, codes=codes, type=ActType.INQUIRY.value)
    desks.append(pair, pair.left, [made])


def _arrived(pair: Pair) -> bool:
    with pair.right.database.read() as connection:
        return any(row.state == WHOLE for row in rows.blobs(connection, pair.channel_id))


def _bare(given: Path, target: Path) -> None:
    at_rest, recipient, signer = (
        AESGCM(os.urandom(32)),
        SealingKey.generate(),
        StatementKey.generate(),
    )
    part, count = parcels.ROOM, 0
    with given.open("rb") as source, target.open("wb") as file:
        while data := source.read(part):
            nonce = count.to_bytes(12, "big")
            kept = at_rest.encrypt(nonce, data, b"")
            sealed = sealing.seal(at_rest.decrypt(nonce, kept, b""), b"info", recipient.public)
            signature = signer.sign(sealed)
            signer.public.verify(signature, sealed)
            opened = sealing.open(sealed, b"info", recipient)
            for start in range(0, len(opened), limits.MIB):
                merkle.leaf_hash(opened[start : start + limits.MIB])
            file.write(at_rest.encrypt(nonce, opened, b""))
            count += 1
        file.flush()
        os.fsync(file.fileno())
