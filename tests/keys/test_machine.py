"""Two real desks whose keys change at any time, over a network that keeps every frame for ever."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from parley.application.desk import Desk
from parley.application.writing import Writing
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record.keyring import KeyKind
from tests.exchange.test_machine import TwoDesks, run
from tests.support.keys import changed
from tests.support.pair import founded, reopened

CHANGES = 4
EXPECTED = (Reason.KEY_RETIRED, Reason.EPOCH_NOT_OPEN)


@contextmanager
def while_keys_change() -> Iterator[None]:
    """What an officer or the courier is told meanwhile; both try again."""
    try:
        yield
    except ParleyError as error:
        if error.reason not in EXPECTED:
            raise


class ChangingKeys(TwoDesks):
    """The same officers and network; and whoever keeps the keys."""

    changes = 0

    @precondition(lambda self: self.changes < CHANGES)
    @rule(left=st.booleans(), kind=st.sampled_from(KeyKind))
    def change_keys(self, left: bool, kind: KeyKind) -> None:
        self.changes += 1
        changed(self.pair, self.desk(left), kind)

    def honest(self, desk: Desk, writing: Writing) -> None:
        with while_keys_change():
            super().honest(desk, writing)

    @precondition(lambda self: self.cases)
    @rule(
        left=st.booleans(), which=st.integers(0, 2), type_=st.sampled_from(("refusal", "closing"))
    )
    def break_rules(self, left: bool, which: int, type_: str) -> None:
        with while_keys_change():
            super().break_rules(left, which, type_)

    @precondition(lambda self: self.requests)
    @rule(which=st.integers(0, 1000))
    def deliver_request(self, which: int) -> None:
        with while_keys_change():
            super().deliver_request(which)

    @precondition(lambda self: self.replies)
    @rule(which=st.integers(0, 1000))
    def deliver_reply(self, which: int) -> None:
        with while_keys_change():
            super().deliver_reply(which)

    def check(self) -> None:
        super().check()
        for desk in (self.pair.left, self.pair.right):
            channel = self.pair.channel(desk)
            peer = self.pair.channel(self.pair.peer_of(desk))
            assert channel.peer_keys.digest == peer.own_keys.digest
            assert desk.keys.statement.public == channel.own_keys.current.statement


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A pair of desks with an open channel, made once and copied for each run."""
    folder = tmp_path_factory.mktemp("template")
    with founded(folder) as letters:
        with reopened(folder, letters):
            pass
        yield folder


def machine(template: Path) -> Any:
    return type("ChangingKeysHere", (ChangingKeys,), {"template": template})


def test_keys_change_and_two_desks_end_up_agreeing(template: Path) -> None:
    run(machine(template), examples=8, steps=25)


@pytest.mark.campaign
def test_keys_change_and_two_desks_end_up_agreeing_for_long(template: Path) -> None:
    run(machine(template), examples=1000, steps=60)
