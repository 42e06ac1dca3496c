"""Lists and pages of a desk in the application layer, in a small channel and in a large one."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Final, NamedTuple

from parley.application import acts, cases, contacts, deadlines, inbox, officers
from parley.application.desk import Desk
from parley.bench import desks
from parley.bench.desks import Pair
from parley.domain import ranges
from parley.domain.act import Code
from parley.domain.roles import Role
from parley.kernel import ids
from parley.record import freeze
from parley.record.channel import Channel
from parley.record.freeze import Content
from parley.store import log

SIZES: Final = ((1_000, 1_000), (100_000, 10_000))
"""Statements in the channel, and contacts in the other side's directory."""

_PER_OPEN: Final = 100
"""Of so many statements one is an inquiry that waits for its answers."""

OFFICER: Final = "olga"

MOST_SECONDS: Final = 0.05
_DAY: Final = 86_400
_OFFICES: Final = 20
AT_ONCE: Final = 1_000
"""So many contacts are nominated in one statement."""

_OPENED: Final = 10


class ListsResult(NamedTuple):
    """Median seconds of each list and page, by its name, in a channel of this size."""

    statements: int
    contacts: int
    seconds: dict[str, float]

    @property
    def slow(self) -> list[str]:
        """What takes longer than it may."""
        return [name for name, spent in self.seconds.items() if spent > MOST_SECONDS]


def run(folder: Path, rounds: int, making: Callable[[int], None]) -> list[ListsResult]:
    """Measure at both sizes; ``making`` is told how many statements are being made."""
    found: list[ListsResult] = []
    directory = ids.new_case_id()
    named = asked = 0
    with desks.opened(folder) as pair:
        officers.add(pair.left, OFFICER, [Role.DRAFTER.value])
        for statements, count in SIZES:
            making(statements)
            while named < count:
                nominate(pair, directory, named)
                named += AT_ONCE
            desks.grow(pair, statements)
            while asked < statements // _PER_OPEN:
                _ask(pair)
                asked += _OPENED
            found.append(_measured(pair, directory, statements, count, rounds))
    return found


def nominate(pair: Pair, case: bytes, named: int) -> None:
    """The right desk names contacts, and the left one accepts them."""
    first = named + 1
    codes: dict[str, Code] = {"first": first, "contacts": AT_ONCE}
    values: dict[str, str] = {}
    if not named:
        codes["offices"] = tuple((n, "technical") for n in range(1, _OFFICES + 1))
        codes["deputies"] = tuple((n, n % _OFFICES + 1) for n in range(1, _OFFICES + 1))
        values = {f"offices/{n}/name@en": f"Office {n}" for n in range(1, _OFFICES + 1)}
    step = AT_ONCE // _OFFICES
    codes["at"] = tuple((first + n * step, n + 1) for n in range(_OFFICES))
    for number in range(first, first + AT_ONCE):
        record = {
            "name": f"Test contact {number}",
            "languages": "en ru",
            "hours": "24/7",
            "key": f"{number:040x}",
        }
        values |= {f"contacts/{number}/{name}": value for name, value in record.items()}
    leaf = _append(pair, pair.right, case, "contact-nomination", None, codes, values)
    desks.deliver(pair, pair.right)
    accepted: dict[str, Code] = {"contacts": ((first, named + AT_ONCE),)}
    _append(pair, pair.left, case, "contact-acceptance", leaf, accepted, {})
    desks.deliver(pair, pair.left)


def _ask(pair: Pair) -> None:
    """The right desk asks, and the left one has to answer."""
    channel = pair.channel(pair.right)
    opening = [desks.inquiry(channel, ids.new_case_id()) for _ in range(_OPENED)]
    desks.append(pair, pair.right, opening)
    desks.deliver(pair, pair.right)


def _append(
    pair: Pair,
    author: Desk,
    case: bytes,
    type_: str,
    reference: bytes | None,
    codes: dict[str, Code],
    values: dict[str, str],
) -> bytes:
    channel = pair.channel(author)
    content = Content(
        case=case,
        type=type_,
        from_office=channel.own.text.offices[0].id,
        to_offices=(channel.peer.text.offices[0].id,),
        reference=reference,
        basis=(),
        legal_basis=None,
        precedence=0,
        handling=freeze.AMBER,
        reply_wanted=None,
        codes=codes,
        values=values,
    )
    return desks.append(pair, author, [content])[0]


def _measured(
    pair: Pair, directory: bytes, statements: int, count: int, rounds: int
) -> ListsResult:
    desk, channel = pair.left, pair.channel(pair.left)
    newest, _more = cases.page(desk, OFFICER)
    case = newest[0].row.case_id
    theirs = contacts.find(desk, OFFICER, channel, own=False)
    _open_all(desk, channel)
    now = desk.clock()
    middle = ranges.part(contacts.select(theirs), count // 2, 50)
    work: dict[str, Callable[[], object]] = {
        "cases": lambda: cases.page(desk, OFFICER),
        "cases-older": lambda: cases.page(desk, OFFICER, before=case),
        "cases-open": lambda: cases.page(desk, OFFICER, still_open=True),
        "case-find": lambda: cases.find(desk, OFFICER, case.hex()[:12]),
        "case": lambda: cases.show(desk, channel, case, OFFICER, whole=False),
        "directory": lambda: cases.show(desk, channel, directory, OFFICER, whole=False),
        "contacts": lambda: contacts.contacts(
            desk, contacts.find(desk, OFFICER, channel, own=False), middle
        ),
        "deadlines": lambda: deadlines.listed(desk, OFFICER),
        "deadlines-ours": lambda: deadlines.listed(desk, OFFICER, ours=True, before=now + _DAY),
        "inbox": lambda: inbox.unopened(desk, OFFICER),
        "offices": lambda: contacts.places(desk, contacts.find(desk, OFFICER, channel, own=False)),
    }
    # The first reader waits for what is new; what is measured is the list.
    deadlines.catch_up(desk)
    return ListsResult(
        statements,
        count,
        {name: _median(one, rounds) for name, one in work.items()},
    )


def _open_all(desk: Desk, channel: Channel) -> None:
    """Somebody has read everything: what is in the inbox is looked for behind all of it."""
    with desk.database.write(channel.id) as connection:
        every = log.in_order(connection, channel.id)
        acts.note_opened(connection, channel, list(every), OFFICER, desk.clock())


def _median(work: Callable[[], object], rounds: int) -> float:
    spent: list[float] = []
    for _ in range(max(rounds, 3)):
        began = time.perf_counter()
        work()
        spent.append(time.perf_counter() - began)
    return median(spent)
