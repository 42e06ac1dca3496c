"""Two desks with an open channel, and a witness of both their logs."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import httpx2
import pytest

from parley.application.desk import Desk, Watcher
from parley.crypto import checkpoint, merkle, witnessing
from parley.crypto.checkpoint import Checkpoint
from parley.crypto.keys import LogKey
from parley.crypto.witnessing import Submission
from parley.store import log
from parley.wire.witnesses import Submitter
from parley.witness.endpoint import Bounds, Endpoint
from parley.witness.state import WatchedLog, log_id
from parley.witness.witness import Witness
from tests.support.pair import Pair, pair

NAME = "witness.example/parley"


@dataclass
class Third:
    """A witness beside two desks, reached over its real endpoint."""

    desks: Pair
    folder: Path
    key: LogKey
    witness: Witness
    asked: list[tuple[str, int]] = field(default_factory=list)

    def reopen(self) -> None:
        """The witness after a start: what it knows stands in its files."""
        self.witness = Witness(self.folder, NAME, self.key, self.desks.clock)

    @property
    def watcher(self) -> Watcher:
        return Watcher("http://witness", witnessing.parse_vkeys(self.witness.vkeys))

    def desk(self, desk: Desk) -> Desk:
        """The same desk, with this witness in its configuration."""
        return replace(desk, witnesses=(self.watcher,))

    def submit(self, desk: Desk) -> None:
        """What the desk's background thread does when it is due."""
        submitter = Submitter(self.desk(desk), transport=httpx2.MockTransport(self.answer))
        submitter.submit_due()
        submitter.close()

    def answer(self, request: httpx2.Request) -> httpx2.Response:
        """One request, through the ASGI application."""

        async def run() -> httpx2.Response:
            endpoint = Endpoint(self.witness, lambda: 0.0, Bounds())
            transport = httpx2.ASGITransport(app=endpoint.app())
            async with httpx2.AsyncClient(transport=transport, base_url="http://witness") as http:
                return await http.request(request.method, request.url.path, content=request.content)

        response = asyncio.run(run())
        self.asked.append((request.url.path, response.status_code))
        return httpx2.Response(
            response.status_code,
            headers={"content-type": response.headers.get("content-type", "")},
            stream=httpx2.ByteStream(response.content),
        )

    def post(self, data: bytes) -> httpx2.Response:
        """A request of anybody."""
        return self.ask("POST", "/add-checkpoint", data)

    def ask(self, method: str, path: str, data: bytes = b"") -> httpx2.Response:
        """Any request, with the answer read."""
        response = self.answer(httpx2.Request(method, f"http://witness{path}", content=data))
        response.read()
        return response

    def origin(self, desk: Desk) -> str:
        channel = self.desks.channel(desk)
        return channel.origin(channel.own_index, 0)

    def watched(self, desk: Desk) -> WatchedLog:
        """What the witness has of ``desk``'s log, read from its files."""
        return WatchedLog.open(self.folder / log_id(self.origin(desk)))

    def leaves(self, desk: Desk) -> list[bytes]:
        with desk.database.read() as connection:
            return log.leaves(connection, self.desks.channel_id, 1 << 40)

    def request(
        self,
        desk: Desk,
        leaves: list[bytes],
        old: int = 0,
        *,
        proof: list[bytes] | None = None,
        epoch: int = 0,
        key: LogKey | None = None,
    ) -> bytes:
        """A submission of a log of ``leaves``, signed with ``desk``'s log key, or with another."""
        channel = self.desks.channel(desk)
        origin = channel.origin(channel.own_index, epoch)
        signed = Checkpoint(origin, len(leaves), merkle.root(leaves))
        note = checkpoint.sign_note(signed, key or desk.keys.log).encode()
        path = merkle.consistency_path(leaves, old) if proof is None else proof
        return witnessing.render(Submission(old, tuple(path), note))


@pytest.fixture
def third(tmp_path: Path) -> Iterator[Third]:
    """The witness watches both logs, and has seen nothing of them."""
    with pair(tmp_path / "desks") as desks:
        desks.settle()
        key = LogKey.generate()
        folder = tmp_path / "witness"
        witness = Witness(folder, NAME, key, desks.clock)
        for desk in (desks.left, desks.right):
            witness.add_log(desk.letter, desks.channel_id)
        yield Third(desks, folder, key, witness)
