"""Pouches packed, lost, repeated, reordered, copied in part, corrupted, months late, beside a wire.

Hypothesis plays officers, couriers and carriers. Every file that was ever packed is kept, and may
be opened by either desk at any time. Then the last pouches go to and fro, and both desks agree.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from parley.application.desk import Desk
from parley.wire import pouch
from tests.exchange.test_machine import TwoDesks, chains, folds, run
from tests.support.pouches import carry, check_agreement, open_, pack, reason, small_frames

DAY = 86_400


class Carried(TwoDesks):
    """``stick`` holds (who packed it, the file's bytes): of both desks, in the order of packing.

    A frame takes two statements, so that backlogs are several files.
    """

    @initialize()
    def open(self) -> None:
        super().open()
        self.stick: list[tuple[Desk, bytes]] = []
        self.patch = pytest.MonkeyPatch()
        small_frames(self.patch, 2)

    def place(self) -> Path:
        """A folder where nothing is yet."""
        return Path(tempfile.mkdtemp(dir=self.folder))

    @rule(left=st.booleans())
    def pack(self, left: bool) -> None:
        desk = self.desk(left)
        self.stick += [(desk, path.read_bytes()) for path in pack(self.pair, desk, self.place())]

    @precondition(lambda self: self.stick)
    @rule(left=st.booleans(), data=st.data())
    def open_some(self, left: bool, data: st.DataObject) -> None:
        """Any files, in any order, some twice, ours among them."""
        indexes = st.lists(st.integers(0, len(self.stick) - 1), min_size=1, max_size=5)
        folder, desk = self.place(), self.desk(left)
        written: list[tuple[Path, Desk]] = []
        for number, index in enumerate(data.draw(indexes)):
            packer, content = self.stick[index]
            written.append((folder / f"{number}.pouch", packer))
            written[-1][0].write_bytes(content)
        found = open_(desk, *(path for path, _ in written))
        for one, (_, packer) in zip(found, written, strict=True):
            if packer is desk:
                assert reason(one) == "pouch-own"
            else:
                assert reason(one) in (None, "pouch-early")
                assert one.taken is None or one.taken.refusals == ()

    @precondition(lambda self: self.stick)
    @rule(index=st.integers(0, 1000))
    def open_with_those_before(self, index: int) -> None:
        """A file that comes with all that was packed before it is always taken in."""
        packer, _ = self.stick[index % len(self.stick)]
        before = [data for who, data in self.stick[: index % len(self.stick) + 1] if who is packer]
        folder = self.place()
        for number, content in enumerate(reversed(before)):
            (folder / f"{number}.pouch").write_bytes(content)
        found = open_(self.pair.peer_of(packer), folder)
        assert [reason(one) for one in found] == [None] * len(before)

    @precondition(lambda self: self.stick)
    @rule(index=st.integers(0, 1000), cut=st.booleans(), at=st.floats(0, 0.999))
    def open_what_is_damaged(self, index: int, cut: bool, at: float) -> None:
        packer, content = self.stick[index % len(self.stick)]
        place = int(at * len(content))
        damaged = content[:place] + bytes((content[place] ^ 1,)) + content[place + 1 :]
        desk = self.pair.peer_of(packer)
        before = self.known(desk)
        path = self.place() / "damaged.pouch"
        path.write_bytes(content[:place] if cut else damaged)
        (found,) = open_(desk, path)
        assert found.taken is None
        assert self.known(desk) == before

    @rule(left=st.booleans(), every=st.booleans())
    def clear(self, left: bool, every: bool) -> None:
        pouch.clear(self.desk(left), every=every)

    @rule(days=st.integers(1, 120))
    def months_pass(self, days: int) -> None:
        self.pair.clock.now += days * DAY

    def known(self, desk: Desk) -> Any:
        """Everything that a file could have changed."""
        return folds(self.pair, desk), chains(self.pair, desk)

    def teardown(self) -> None:
        if not hasattr(self, "stick"):
            return
        try:
            carry(self.pair, self.place())
            check_agreement(self.pair)
            self.pair.settle()
            self.check()
        finally:
            self.patch.undo()
            self.context.__exit__(None, None, None)
            shutil.rmtree(self.folder)


def test_whatever_happens_to_pouches_both_end_up_agreeing(template: Path) -> None:
    run(type("CarriedHere", (Carried,), {"template": template}), examples=10, steps=25)


@pytest.mark.campaign
@pytest.mark.timeout(7200)
def test_whatever_happens_to_pouches_both_end_up_agreeing_for_long(template: Path) -> None:
    run(type("CarriedHere", (Carried,), {"template": template}), examples=1500, steps=60)
