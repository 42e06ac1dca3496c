"""Two real desks in one process: the in-memory counterpart of the wire.

Everything is real but the transport: databases on disk, keys, letters, records. ``deliver`` runs
one exchange as the courier would, through sealed frames.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from parley.application import channels, exchange, work
from parley.application.desk import Desk
from parley.crypto import words
from parley.crypto.keystore import Costs
from parley.node import config as configs
from parley.node import desk as desks
from parley.node import folder as folders
from parley.node.config import Config
from parley.node.folder import Founding
from parley.record.channel import Channel
from parley.record.freeze import Content, freeze
from parley.record.letter import Letter
from parley.record.statement import Handling, Statement
from parley.wire import post
from tests.support.engines import ENGINE

PASSPHRASE = b"correct horse"
COSTS = Costs(memory_kib=64, iterations=1, lanes=1)
OFFICERS = {
    "dora": "drafter",
    "lena": "legal-reviewer",
    "ada": "authoriser",
    "otto": "duty-officer",
    "audit": "auditor",
    "carla": "contacts-custodian",
}
START = 1_790_000_000
SIDES = ("left", "right")


@dataclass
class Clock:
    """A clock that tests move by hand, in seconds since the epoch."""

    now: int = START

    def __call__(self) -> int:
        return self.now


@dataclass
class Pair:
    """Two desks that have accepted each other's letters."""

    left: Desk
    right: Desk
    channel_id: bytes
    clock: Clock
    folders: tuple[Path, Path]
    frames: list[bytes] = field(default_factory=list)

    def peer_of(self, desk: Desk) -> Desk:
        """The other desk."""
        return self.right if desk is self.left else self.left

    def channel(self, desk: Desk) -> Channel:
        """The channel as ``desk`` knows it."""
        with desk.database.read() as connection:
            return desk.channel(connection, self.channel_id)

    def deliver(self, sender: Desk, *, post_quantum: bool = False) -> bool:
        """One exchange: a request of ``sender``, and its reply. True where anything moved on."""
        outgoing = exchange.compose(sender, self.channel_id, post_quantum=post_quantum)
        data, digest = post.request(sender, outgoing)
        self.frames.append(data)
        reply = post.answer(self.peer_of(sender), data)
        self.frames.append(reply)
        return post.settle(sender, outgoing, digest, reply).progress

    def work(self, desk: Desk) -> list[work.Work]:
        """What ``desk`` has to do within the next seconds: what can wait a minute is left out."""
        soon = (self.clock() + 10) * 1000
        return [item for item in work.pending(desk) if item.due_ms <= soon]

    def settle(self, rounds: int = 20) -> None:
        """Deliver until neither desk has anything left to do; what is due soon is waited for."""
        for _ in range(rounds):
            both = (self.left, self.right)
            due = [(desk, one.due_ms) for desk in both for one in self.work(desk)]
            if not due:
                return
            soonest = -(-min(due_ms for _desk, due_ms in due) // 1000)
            self.clock.now = max(self.clock.now, soonest)
            for desk, _due_ms in due:
                self.deliver(desk)
        raise AssertionError("the two desks do not come to rest")

    def append(self, desk: Desk, content: Content) -> Statement:
        """Release an act without the house's procedure: what a desk of other software might do."""
        channel = self.channel(desk)
        frozen = freeze(channel, content)
        with desk.database.write(channel.id) as connection:
            ledger = desk.ledger(connection, channel)
            return ledger.append_own(frozen.act_bytes, frozen.body)


def inquiry(channel: Channel, case: bytes, questions: int = 2) -> Content:
    """A plain inquiry to the other party."""
    values = {
        "subject@en": "Unusual traffic",
        "incident@en": "An incident for tests",
        "facts@en": "Facts for tests.",
    }
    for number in range(1, questions + 1):
        values[f"questions/{number}/text@en"] = f"Question {number}?"
    return Content(
        case=case,
        type="inquiry",
        from_office=channel.own.text.offices[0].id,
        to_offices=(channel.peer.text.offices[0].id,),
        reference=None,
        basis=(),
        legal_basis=None,
        precedence=1,
        handling=Handling("amber", None),
        reply_wanted=60 * 86400,
        codes={"questions": questions, "evidence": 0, "severity": "high"},
        values=values,
    )


NOWHERE = "http://127.0.0.1:1"


@contextmanager
def founded(
    folder: Path,
    endpoints: tuple[str, str] = (NOWHERE, NOWHERE),
    offices: tuple[dict[str, str], ...] = ({"en": "Duty desk"},),
) -> Iterator[tuple[Letter, Letter]]:
    """Two desks below ``folder`` that know nothing of each other; their databases last as long.

    A desk whose endpoint is empty has none in its letter.
    """
    made = []
    sides = zip(("LEFT", "RIGHT"), ("CSIRT Left", "CSIRT Right"), endpoints, strict=True)
    with ExitStack() as databases:
        for code, name, endpoint in sides:
            made.append(
                folders.found(
                    folder / code.lower(),
                    Founding(
                        code,
                        {"en": name},
                        offices,
                        (endpoint,) if endpoint else (),
                    ),
                    PASSPHRASE,
                    config=Config(desk=databases.enter_context(ENGINE.section())),
                    officers=OFFICERS,
                    now=START,
                    costs=COSTS,
                )
            )
        yield made[0], made[1]


@contextmanager
def pair(
    folder: Path,
    endpoints: tuple[str, str] = (NOWHERE, NOWHERE),
    offices: tuple[dict[str, str], ...] = ({"en": "Duty desk"},),
) -> Iterator[Pair]:
    """Two desks, ``left`` and ``right``, below ``folder``, with an open channel."""
    with founded(folder, endpoints, offices) as letters, reopened(folder, letters) as both:
        yield both


@contextmanager
def copied(template: Path, folder: Path) -> Iterator[Pair]:
    """A copy, in ``folder``, of the two desks below ``template``, which are not open."""
    shutil.copytree(template, folder)
    with ExitStack() as databases:
        for side in SIDES:
            config = configs.load(folder / side)
            section = databases.enter_context(ENGINE.copy(config.desk))
            changed = msgspec.structs.replace(config, desk=section)
            (folder / side / configs.FILE_NAME).write_text(configs.render(changed), "utf-8")
        with reopened(folder) as both:
            yield both


@contextmanager
def reopened(
    folder: Path, letters: tuple[Letter, Letter] | None = None, *, confirmed: bool = True
) -> Iterator[Pair]:
    """The two desks below ``folder``; with ``letters``, their channel is opened first.

    ``confirmed``: as if each had already heard from the other since the start.
    """
    clock = Clock()
    paths = (folder / SIDES[0], folder / SIDES[1])
    with (
        desks.opened(paths[0], PASSPHRASE, clock=clock) as left,
        desks.opened(paths[1], PASSPHRASE, clock=clock) as right,
    ):
        if letters is not None:
            channels.accept(left, letters[1].data, words.words(letters[1].party))
            channels.accept(right, letters[0].data, words.words(letters[0].party))
        made = Pair(left, right, channels.find(left, None).id, clock, paths)
        if confirmed:
            for desk in (left, right):
                desk.contacts.confirm(made.channel_id)
        yield made
