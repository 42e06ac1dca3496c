"""Two desks, exchanges and lost frames, and either desk set back again and again: never a fork.

Hypothesis sets a desk back to any copy of it, with its anchors, without, or with the anchors as
they are. Frames that were lost stay lost: one that comes after its statement was given up is what
operators are warned of. In the end both records are one, and nobody holds evidence.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from parley.application import audit, exchange, recovery
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.wire import post
from tests.restore.test_recovery import assert_whole, record, say, standing
from tests.support.setback import SetBack, set_back

SIDES = st.sampled_from(["left", "right"])
REFUSED = {Reason.CHANNEL_RECOVERING}


class Desks(RuleBasedStateMachine):
    """Both desks, and all copies of either."""

    @initialize()
    def open(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="parley-setback-"))
        self.context = set_back(self.folder)
        self.house: SetBack = self.context.__enter__()
        self.copies: dict[str, list[Path]] = {"left": [], "right": []}

    @rule(side=SIDES)
    def speak(self, side: str) -> None:
        try:
            say(self.house.pair, self.house.desk(side))
        except ParleyError as error:
            assert error.reason in REFUSED  # noqa: PT017 - what is refused is the point

    @rule(side=SIDES)
    def contact(self, side: str) -> None:
        self.house.pair.deliver(self.house.desk(side))

    @rule(side=SIDES, reply=st.booleans())
    def lose(self, side: str, reply: bool) -> None:
        """A request that never arrives, or whose reply does not."""
        pair, desk = self.house.pair, self.house.desk(side)
        data, _ = post.request(desk, exchange.compose(desk, pair.channel_id))
        if reply:
            post.answer(pair.peer_of(desk), data)

    @rule(side=SIDES)
    def copy(self, side: str) -> None:
        self.copies[side].append(self.house.copy(side))

    @precondition(lambda self: any(self.copies.values()))
    @rule(side=SIDES, which=st.integers(0, 100), anchors=st.sampled_from(["kept", "back", "lost"]))
    def back(self, side: str, which: int, anchors: str) -> None:
        if not self.copies[side]:
            return
        # A copy that is older than what the desk has gone on from says nothing of later ones.
        chosen = which % len(self.copies[side])
        self.house.back(side, self.copies[side][chosen], anchors=anchors)
        del self.copies[side][chosen + 1 :]

    @rule(side=SIDES)
    def restart(self, side: str) -> None:
        self.house.stop(side)
        self.house.start(side)

    def teardown(self) -> None:
        if not hasattr(self, "house"):
            return
        try:
            self.finish()
        finally:
            self.context.__exit__(None, None, None)
            shutil.rmtree(self.folder)

    def finish(self) -> None:
        """Contacts, and where only people can decide, their decision."""
        pair = self.house.pair
        for _ in range(6):
            for side in ("left", "right"):
                for _ in range(3):
                    pair.deliver(self.house.desk(side))
            for desk in (pair.left, pair.right):
                assert standing(desk).evidence == 0
                assert standing(desk).state != "halted", standing(desk).reason
                if standing(desk).reason in ("restore-unaccepted", "return-short"):
                    recovery.accept(desk, pair.channel(desk))
        pair.settle()
        assert_whole(pair)
        assert sorted(record(pair, pair.left)) == sorted(record(pair, pair.right))
        for desk in (pair.left, pair.right):
            say(pair, desk)
        pair.settle()
        assert_whole(pair)
        assert audit.fsck(pair.left).faults == ()


def run(examples: int, steps: int) -> None:
    Desks.TestCase.settings = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    Desks.TestCase().runTest()


def test_whoever_is_set_back_never_forks_and_recovers() -> None:
    run(examples=4, steps=20)


@pytest.mark.campaign
def test_whoever_is_set_back_never_forks_and_recovers_for_long() -> None:
    run(examples=300, steps=40)
