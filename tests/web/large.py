"""A desk with as many cases as a house has after years, made by the real code."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from parley.application import alert_watch, deadlines, indexing, officers
from parley.application.desk import Desk
from parley.bench import desks
from parley.bench.web import CASES
from parley.domain.roles import Role
from parley.node import desk as opening
from tests.web.desks import Served, at_loopback

MADE = desks.CODES[0]
WALLED = "walled-off"
"""A second drafter, who is to keep out of some cases."""


def build(folder: Path, cases: int = CASES) -> None:
    """Make the desk and its peer below ``folder``, which is new; an officer of each role is there.

    The desk has indexed all that it has, as one that is served does while statements come.
    """
    folder.mkdir()
    with desks.opened(folder) as pair:
        desks.grow(pair, cases * desks.PER_CASE)
        enrol(pair.left)
        indexing.catch_up(pair.left)
        deadlines.catch_up(pair.left)
        alert_watch.watch(pair.left)


def enrol(desk: Desk) -> None:
    """An officer of each role, called by it, and a second drafter."""
    officers.add(desk, WALLED, [Role.DRAFTER.value])
    # Once there is an administrator, nobody else adds officers.
    for role in sorted(Role, key=lambda one: one is Role.ADMINISTRATOR):
        officers.add(desk, role.value, [role.value])


@contextmanager
def served(folder: Path) -> Iterator[Served]:
    """The desk below ``folder``, served to browsers as it is."""
    with opening.opened(folder / MADE, desks.PASSPHRASE) as desk, at_loopback(desk, MADE) as made:
        yield made
