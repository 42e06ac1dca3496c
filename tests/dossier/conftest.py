"""One small history between two desks, and the dossiers that both made of it."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from parley.application.desk import Desk
from parley.crypto.keys import LogKey
from parley.record.dossier.export import Exported, Source, export
from parley.record.freeze import Content
from parley.record.statement import Handling
from parley.store import log
from tests.support.pair import START, Pair, inquiry, pair


@dataclass(frozen=True)
class Made:
    """Dossiers of one history: of the channel by either desk, and of one case by the left one.

    ``shorter`` was exported by the left desk before the last statements. ``counts`` are the
    statements of the left and of the right desk in ``left`` (in ``shorter`` there were ``before``);
    all but the left's last one were received. Keys are those of the desks' logs.
    """

    left: bytes
    right: bytes
    case: bytes
    shorter: bytes
    case_id: bytes
    before: tuple[int, int]
    counts: tuple[int, int]
    left_key: LogKey
    right_key: LogKey


def write(
    pair_: Pair,
    desk: Desk,
    target: Path,
    *,
    case: bytes | None = None,
    withhold: Sequence[str] = (),
) -> Exported:
    """Export as the desk's use case does, without asking for cosignatures first."""
    with desk.database.read() as connection:
        source = Source(
            connection,
            desk.channel(connection, pair_.channel_id),
            desk.vault,
            desk.keys.log,
            pair_.clock.now,
        )
        return export(source, target, case=case, withhold=withhold)


def counts(pair_: Pair) -> tuple[int, int]:
    """How many statements the left desk holds: its own, the right one's."""
    with pair_.left.database.read() as connection:
        channel = pair_.left.channel(connection, pair_.channel_id)
        chains = log.chains(connection, channel.id)
        return chains[channel.own_index].count, chains[channel.peer_index].count


def reply(pair_: Pair, desk: Desk, case: bytes, type_: str = "acknowledgement") -> Content:
    """A short act in a case; nothing here asks whether the case allows it."""
    channel = pair_.channel(desk)
    return Content(
        case=case,
        type=type_,
        from_office=channel.own.text.offices[0].id,
        to_offices=(channel.peer.text.offices[0].id,),
        reference=secrets.token_bytes(32),
        basis=(),
        legal_basis=None,
        precedence=0,
        handling=Handling("amber", None),
        reply_wanted=None,
        codes={"received-at": START, "handling-office": "00" * 8},
        values={"handling-office@en": "Duty desk"},
    )


def without_field(content: Content, path: str) -> Content:
    """The same act with a body that lacks a field: void on both sides."""
    values = {name: value for name, value in content.values.items() if name != path}
    return content._replace(values=values)


def live(both: Pair) -> bytes:
    """A history with acts that cross, are void, and lie in several cases; returns one case."""
    left, right = both.left, both.right
    both.settle()
    case, other = secrets.token_bytes(16), secrets.token_bytes(16)
    both.append(left, inquiry(both.channel(left), case))
    both.append(right, inquiry(both.channel(right), other))  # crosses
    both.deliver(left)
    both.clock.now += 5
    both.append(right, reply(both, right, case))
    both.append(left, reply(both, left, other))
    both.append(
        left, without_field(inquiry(both.channel(left), secrets.token_bytes(16)), "facts@en")
    )
    both.deliver(right)
    both.clock.now += 60
    both.append(right, reply(both, right, case))
    both.settle()
    both.deliver(left, post_quantum=True)
    both.deliver(right, post_quantum=True)
    both.settle()
    return case


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """The history, written once."""
    folder = tmp_path_factory.mktemp("dossiers")
    with pair(folder) as both:
        case = live(both)
        shorter = folder / "shorter"
        write(both, both.left, shorter)
        before = counts(both)
        both.append(both.left, reply(both, both.left, case))
        both.append(both.right, reply(both, both.right, case))
        both.settle()
        both.append(both.left, reply(both, both.left, case))  # nobody has received this one
        files = {name: folder / f"{name}.dossier" for name in ("left", "right", "case")}
        write(both, both.left, files["left"])
        write(both, both.right, files["right"])
        write(both, both.left, files["case"], case=case)
        return Made(
            **{name: path.read_bytes() for name, path in files.items()},
            shorter=shorter.read_bytes(),
            case_id=case,
            before=before,
            counts=counts(both),
            left_key=both.left.keys.log,
            right_key=both.right.keys.log,
        )


@pytest.fixture
def both(tmp_path: Path) -> Iterator[Pair]:
    """Two desks with an open channel, at rest."""
    with pair(tmp_path) as made_:
        made_.settle()
        yield made_
