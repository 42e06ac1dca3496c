"""Attaching, releasing and fetching between two real desks, without a network."""

from __future__ import annotations

import dataclasses
import io
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import msgspec

from parley.application import attaching, attachments, blobs, cases, drafts, parcels, taking_out
from parley.application.attaching import Label
from parley.application.attachments import AttachmentView
from parley.application.desk import Desk
from parley.application.parcel import Chunk
from parley.application.writing import Writing
from parley.domain.policy import AttachmentPolicy
from parley.record.statement import Statement
from parley.wire import parcels as wire
from parley.wire.attachments import Fetcher
from tests.support.pair import Pair

BITS = 12
CHUNK = 1 << BITS


def with_policy(desk: Desk, **values: int) -> Desk:
    """The same desk with other limits."""
    policy = AttachmentPolicy(**{"chunk_bits": BITS, **values})
    return dataclasses.replace(
        desk, policy=msgspec.structs.replace(desk.policy, attachments=policy)
    )


def small_chunks(pair: Pair) -> Pair:
    """The pair with chunks of 4 KiB."""
    pair.left, pair.right = with_policy(pair.left), with_policy(pair.right)
    for desk in (pair.left, pair.right):
        desk.chunks._keep_free = 0
    return pair


def content(size: int, seed: int = 1) -> bytes:
    """Bytes that differ from chunk to chunk."""
    return random.Random(seed).randbytes(size)


@dataclass
class Carrying:
    """Two desks, and what goes between them beside statements."""

    pair: Pair
    folder: Path
    requests: list[bytes] = field(default_factory=list)
    drop: Callable[[int], bool] = lambda _number: False

    @property
    def left(self) -> Desk:
        return self.pair.left

    @property
    def right(self) -> Desk:
        return self.pair.right

    def file(self, data: bytes) -> io.BufferedReader:
        """A file with these bytes."""
        path = self.folder / "given"
        path.write_bytes(data)
        return path.open("rb")

    def draft(self, desk: Desk | None = None) -> drafts.DraftView:
        """An inquiry that waits for attachments."""
        desk = desk or self.left
        values = {
            "subject@en": "Samples",
            "incident@en": "An incident",
            "facts@en": "Facts.",
            "questions/1/text@en": "What is it?",
        }
        writing = Writing("inquiry", values, {"severity": "high"}, reply_wanted=60 * 86_400)
        return drafts.write(desk, "dora", self.pair.channel(desk), writing)

    def attach(
        self, draft: drafts.DraftView, data: bytes, label: Label, desk: Desk | None = None
    ) -> drafts.DraftView:
        """Attach bytes to a draft."""
        with self.file(data) as file:
            return attaching.attach(desk or self.left, "dora", draft.id, file, label)[0]

    def release(self, draft: drafts.DraftView, desk: Desk | None = None) -> Statement:
        """The draft's way to a signed statement."""
        desk = desk or self.left
        frozen = drafts.submit(desk, "dora", draft.id, draft.revision)
        digest = frozen.sha256
        assert digest is not None
        drafts.clear(desk, "lena", draft.id, digest)
        released = drafts.authorise(desk, "ada", draft.id, digest)
        assert released is not None
        return released

    def send(
        self, data: bytes, name: str = "sample.bin", hazard: str = "none-known",
        desk: Desk | None = None,
    ) -> Statement:  # fmt: skip
        """A statement with one attachment, delivered; its bytes are still to come."""
        draft = self.attach(self.draft(desk), data, Label(name, hazard, {"en": "A file"}), desk)
        statement = self.release(draft, desk)
        self.pair.settle()
        return statement

    def fetcher(self, desk: Desk | None = None) -> Fetcher:
        """The fetcher of a desk (the right one), whose requests the other answers."""
        desk = desk or self.right
        other = self.pair.peer_of(desk)

        def handle(request: httpx2.Request) -> httpx2.Response:
            self.requests.append(request.content)
            if self.drop(len(self.requests)):
                raise httpx2.ConnectError("no route", request=request)
            reply = wire.answer(other, request.content)
            return httpx2.Response(200, stream=httpx2.ByteStream(reply))

        return Fetcher(desk, transport=httpx2.MockTransport(handle))

    def fetch(self, desk: Desk | None = None) -> None:
        """Fetch until nothing moves any more."""
        desk = desk or self.right
        fetcher = self.fetcher(desk)
        try:
            if self.pair.channel_id in parcels.stirring(desk):
                while fetcher.serve(self.pair.channel_id):
                    pass
        finally:
            fetcher.close()

    def views(self, desk: Desk) -> list[AttachmentView]:
        """All attachments, as the drafter sees them."""
        return attachments.every(desk, "dora")

    def only(self, desk: Desk) -> AttachmentView:
        """The one attachment that there is."""
        (view,) = self.views(desk)
        return view

    def taken_out(self, desk: Desk, view: AttachmentView | None = None) -> bytes:
        """The bytes that leave a desk."""
        folder = self.folder / f"out-{random.random()}"
        folder.mkdir()
        made = taking_out.take_out(desk, "dora", view or self.only(desk), folder, as_capsule=False)
        return made.path.read_bytes()

    def chunks(self, root: bytes, desk: Desk | None = None) -> list[Chunk]:
        """All chunks of an attachment, as they go over the wire."""
        desk = desk or self.left
        blobs.catch_up(desk)
        found: list[Chunk] = []
        while True:
            asked = [parcels.Wish(root, len(found), 1 << 20)]
            more, _refused = parcels.chunks_for(desk, self.pair.channel_id, asked)
            found.extend(more)
            if not more:
                return found

    def take(self, chunks: list[Chunk], desk: Desk | None = None) -> list[str]:
        """Give chunks to a desk (the right one); the reasons for which some were refused."""
        desk = desk or self.right
        blobs.catch_up(desk)
        taken = parcels.take(desk, self.pair.channel_id, chunks)
        blobs.keep(desk, self.pair.channel_id, taken.written)
        return [one.reason for one in taken.refused]

    def read(self, desk: Desk, officer: str = "dora") -> None:
        """Have an officer read the case of the attachment."""
        view = self.only(desk)
        cases.show(desk, view.channel, view.case, officer)
