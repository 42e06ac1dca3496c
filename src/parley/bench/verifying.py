"""Verifying a dossier beside a bare loop of the same Ed25519 verifications, and its memory."""

from __future__ import annotations

import json
import multiprocessing
import subprocess
import sys
import time
from collections.abc import Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NamedTuple, Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from parley.bench import measure
from parley.bench.measure import Ratio
from parley.crypto import cose
from parley.kernel import cbor, limits
from parley.record import letter as letters
from parley.record.beside import processors
from parley.record.dossier import format as fmt
from parley.record.dossier.format import LetterItem, Reader, ReceiptItem
from parley.record.dossier.verify import verify

Signed = tuple[bytes, bytes, bytes]
"""A raw public key, a signature, and a message of the length of what it covers."""


class VerifyResult(NamedTuple):
    """One dossier: how many statements and Ed25519 signatures, and the comparison in seconds."""

    statements: int
    signatures: int
    workers: int
    ratio: Ratio


def run(path: Path, rounds: int, workers: int | None = None) -> VerifyResult:
    """Verify the dossier at ``path``, and its signatures alone, one after the other by rounds."""
    count = processors() if workers is None else workers
    signed = list(_signed(path))
    with _Bare(signed, count) as bare:
        measured = [(measure.timed(lambda: verify(path)), bare.run()) for _ in range(rounds)]
    return VerifyResult(verify(path).statements, len(signed), count, measure.compared(measured))


def peak_memory(path: Path) -> int:
    """The peak memory, in bytes, of a new process (and those that it starts) that verifies."""
    command = [sys.executable, "-P", "-m", "parley.bench.verifying", str(path)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - ours
    return int(json.loads(done.stdout)["peak"])


def _signed(path: Path) -> list[Signed]:
    """What the dossier's statements and receipts are signed with.

    A receipt covers 32 bytes of a root that is rebuilt; here its place is taken by zeros and its
    signature by that of a statement, which costs a verifier the same.
    """
    with path.open("rb") as file:
        items = iter(Reader(file))
        next(items)
        members = [
            letters.parse(cbor.decode_as(next(items), LetterItem, limit=fmt.SMALL_ITEM_BYTES).data)
            for _ in range(2)
        ]
        keys = [letter.statement_key.raw for letter in members]
        found: list[Signed] = []
        for item in items:
            kind = fmt.kind_of(item)
            if kind == fmt.STATEMENT_KIND:
                author, data, _ = fmt.read_statement(item)
                parsed = cose.parse_sign1(data, limit=limits.STATEMENT_BYTES)
                message = cose.to_be_signed(parsed.protected, parsed.payload or b"")
                found.append((keys[author], parsed.signature, message))
            elif kind == fmt.RECEIPT_KIND:
                cbor.decode_as(item, ReceiptItem, limit=fmt.SMALL_ITEM_BYTES)
                found.append(found[-1])
    return found


class _Bare:
    """Processes that hold their share of the signatures and verify it when they are told to."""

    def __init__(self, signed: Sequence[Signed], workers: int) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipes: list[Connection] = []
        self._processes = []
        for number in range(workers):
            ours, theirs = context.Pipe()
            process = context.Process(target=_verify_share, args=(theirs,), daemon=True)
            process.start()
            ours.send(signed[number::workers])
            self._pipes.append(ours)
            self._processes.append(process)
        for pipe in self._pipes:
            pipe.recv()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for pipe in self._pipes:
            pipe.send(False)
        for process in self._processes:
            process.join()

    def run(self) -> float:
        """Seconds for all of them."""
        start = time.perf_counter()
        for pipe in self._pipes:
            pipe.send(True)
        for pipe in self._pipes:
            pipe.recv()
        return time.perf_counter() - start


def _verify_share(pipe: Connection) -> None:
    share: list[Signed] = pipe.recv()
    keys = {raw: Ed25519PublicKey.from_public_bytes(raw) for raw, _, _ in share}
    loaded = [(keys[raw], signature, message) for raw, signature, message in share]
    pipe.send(True)
    while pipe.recv():
        for key, signature, message in loaded:
            key.verify(signature, message)
        pipe.send(True)


def main() -> None:
    """Verify the dossier named on the command line, and print the peak memory as JSON."""
    with measure.PeakMemory() as memory:
        report = verify(Path(sys.argv[1]))
    sys.stdout.write(json.dumps({"peak": memory.bytes, "statements": report.statements}))


if __name__ == "__main__":
    main()
