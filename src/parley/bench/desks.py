"""Two desks for measurements, with a record as large as is wanted, made by the real code."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from parley.application import channels, exchange
from parley.application.desk import Desk
from parley.crypto import words
from parley.crypto.keystore import Costs
from parley.kernel import ids
from parley.node import desk as desks
from parley.node import folder as folders
from parley.node.config import Config
from parley.node.folder import Founding
from parley.record import freeze
from parley.record.channel import Channel
from parley.record.freeze import Content
from parley.record.letter import Letter

PASSPHRASE: Final = b"measurement"
CODES: Final = ("left", "right")
PER_CASE: Final = 8
"""Statements of one case in a made record."""

_COSTS: Final = Costs(memory_kib=64, iterations=1, lanes=1)
_NO_ANSWER: Final = bytes(32)

_FACTS: Final = (
    "Since the morning of the day named above, hosts in our network have been scanned and then "
    "entered through a service that faces the outside. Connections lead to addresses that are "
    "assigned to your constituency; times, addresses and hashes are listed as evidence."
)
_ANSWER: Final = (
    "The addresses belong to a provider in our constituency. It was asked to preserve its records "
    "and has confirmed that the machine was rented and has been taken off the network."
)


class Pair(NamedTuple):
    """Two desks that have accepted each other's letters, and their channel."""

    left: Desk
    right: Desk
    channel_id: bytes

    def channel(self, desk: Desk) -> Channel:
        """The channel as ``desk`` knows it."""
        with desk.database.read() as connection:
            return desk.channel(connection, self.channel_id)


def found(folder: Path, code: str, config: Config) -> Letter:
    """Make a new desk below ``folder``; returns its letter."""
    endpoint = f"http://{config.peer.host}:{config.peer.port}"
    return folders.found(
        folder,
        Founding(code, {"en": f"CSIRT {code}"}, ({"en": "Duty desk"},), (endpoint,)),
        PASSPHRASE,
        config=config,
        officers={},
        now=int(time.time()),
        costs=_COSTS,
    )


def introduce(left: Desk, right: Desk, letters: Sequence[Letter]) -> None:
    """Let both desks accept each other's letters."""
    for desk, peer in ((left, letters[1]), (right, letters[0])):
        channels.accept(desk, peer.data, words.words(peer.party))


@contextmanager
def opened(folder: Path) -> Iterator[Pair]:
    """Two new desks below ``folder``, on real databases, for as long as the block runs."""
    letters = [found(folder / code, code, Config()) for code in CODES]
    with (
        desks.opened(folder / CODES[0], PASSPHRASE) as left,
        desks.opened(folder / CODES[1], PASSPHRASE) as right,
    ):
        introduce(left, right, letters)
        pair = Pair(left, right, channels.find(left, None).id)
        # Both ask first what the other holds; then the geneses go.
        for desk in (left, right, left, right):
            deliver(pair, desk)
        yield pair


def deliver(pair: Pair, sender: Desk, *, post_quantum: bool = False) -> None:
    """One exchange between the two desks, without frames: a request and its reply."""
    receiver = pair.right if sender is pair.left else pair.left
    outgoing = exchange.compose(sender, pair.channel_id, post_quantum=post_quantum)
    reply = exchange.handle(receiver, outgoing.message, bytes(32), epoch=0)
    exchange.settle(sender, outgoing, reply.message, epoch=0)


def append(pair: Pair, desk: Desk, contents: Sequence[Content]) -> list[bytes]:
    """Release acts of ``desk`` in one transaction; returns their leaves."""
    channel = pair.channel(desk)
    frozen = [freeze.freeze(channel, content) for content in contents]
    with desk.database.write(channel.id) as connection:
        ledger = desk.ledger(connection, channel)
        appended = ledger.append_all([(one.act_bytes, one.body) for one in frozen])
        return [parsed.leaf for parsed in appended]


def grow(
    pair: Pair,
    statements: int,
    cases_at_once: int = 100,
    progress: Callable[[int], None] = lambda _: None,
) -> None:
    """Let the two desks work through inquiries until each log has ``statements``.

    ``progress`` is called with the number of statements that were added.
    """
    with pair.left.database.read() as connection:
        size = pair.left.ledger(connection, pair.channel(pair.left)).size
    while size < statements:
        count = min(cases_at_once, -(-(statements - size) // PER_CASE))
        for _ in _wave(pair, count):
            size += count
            progress(count)
    deliver(pair, pair.left, post_quantum=True)
    deliver(pair, pair.right, post_quantum=True)


def _wave(pair: Pair, count: int) -> Iterator[None]:
    """Some inquiries side by side, from opening to closing; yields after each of their acts."""
    cases = [ids.new_case_id() for _ in range(count)]
    turns: tuple[tuple[Desk, tuple[_Act, ...]], ...] = (
        (pair.left, (_inquiry,)),
        (pair.right, (_acknowledgement, _preliminary)),
        (pair.left, (_supplement,)),
        (pair.right, (_acknowledgement, _holding, _detailed)),
        (pair.left, (_closing,)),
    )
    asked = [_NO_ANSWER] * count
    for desk, acts in turns:
        channel = pair.channel(desk)
        for act in acts:
            contents = [act(channel, case, leaf) for case, leaf in zip(cases, asked, strict=True)]
            leaves = append(pair, desk, contents)
            if act in (_inquiry, _supplement):
                asked = leaves
            yield
        deliver(pair, desk)


_Act = Callable[[Channel, bytes, bytes], Content]


def _content(
    channel: Channel, case: bytes, type_: str, reference: bytes, **changes: object
) -> Content:
    content = Content(
        case=case,
        type=type_,
        from_office=channel.own.text.offices[0].id,
        to_offices=(channel.peer.text.offices[0].id,),
        reference=None if reference == _NO_ANSWER else reference,
        basis=(),
        legal_basis=None,
        precedence=1,
        handling=freeze.AMBER,
        reply_wanted=None,
        codes={},
        values={},
    )
    return content._replace(**changes)  # type: ignore[arg-type]  # fields of Content


def inquiry(channel: Channel, case: bytes) -> Content:
    """An inquiry of one question with the usual fields."""
    return _inquiry(channel, case, _NO_ANSWER)


def _inquiry(channel: Channel, case: bytes, reference: bytes) -> Content:
    return _content(
        channel,
        case,
        "inquiry",
        reference,
        reply_wanted=60 * 86_400,
        codes={"questions": 1, "evidence": 0, "severity": "high"},
        values={
            "subject@en": "Scans and an entry from addresses of yours",
            "incident@en": "Incident 2026-117",
            "facts@en": _FACTS,
            "questions/1/text@en": "Who used these addresses at the times that are listed?",
            "registry/own": "2026/117",
        },
    )


def _acknowledgement(channel: Channel, case: bytes, reference: bytes) -> Content:
    return _content(
        channel,
        case,
        "acknowledgement",
        reference,
        codes={"received-at": int(time.time()), "handling-office": "0123456789abcdef"},
        values={"handling-office@en": "Duty desk", "registry/own": "31-4"},
    )


def _preliminary(channel: Channel, case: bytes, reference: bytes) -> Content:
    return _content(
        channel,
        case,
        "preliminary-answer",
        reference,
        codes={"answers": ((1, "partly"),), "next-step": int(time.time()) + 86_400},
        values={
            "answers/1/text@en": _ANSWER,
            "next-step@en": "The provider's records are being read.",
            "registry/own": "31-5",
        },
    )


def _supplement(channel: Channel, case: bytes, reference: bytes) -> Content:
    return _content(
        channel,
        case,
        "supplement",
        reference,
        codes={"first": 2, "questions": 1, "evidence": 0},
        values={
            "questions/2/text@en": "Was the machine used against others as well?",
            "registry/own": "2026/118",
        },
    )


def _holding(channel: Channel, case: bytes, reference: bytes) -> Content:
    return _content(
        channel,
        case,
        "holding-answer",
        reference,
        codes={"next-step": int(time.time()) + 2 * 86_400},
        values={"next-step@en": "The records are longer than expected.", "registry/own": "31-6"},
    )


def _detailed(channel: Channel, case: bytes, reference: bytes) -> Content:
    return _content(
        channel,
        case,
        "detailed-answer",
        reference,
        codes={"answers": ((1, "answered"), (2, "unknown"))},
        values={
            "answers/1/text@en": _ANSWER,
            "answers/2/text@en": "That could not be established.",
            "registry/own": "31-7",
        },
    )


def _closing(channel: Channel, case: bytes, reference: bytes) -> Content:
    return _content(
        channel,
        case,
        "closing",
        reference,
        codes={"result": "partly-satisfied"},
        values={"remarks@en": "Thank you.", "registry/own": "2026/119"},
    )
