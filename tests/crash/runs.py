"""Groups of runs: two desks at work, killed at random moments, and what has to hold after."""

from __future__ import annotations

import os
import random
import signal
import socket
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NamedTuple

from parley.application import audit, drafts
from parley.application.desk import Desk
from parley.domain.act import ActType
from parley.record import statement
from parley.store import log, outbox
from tests.crash import table
from tests.crash.faults import Child, Say, child
from tests.crash.operations import Facts, Stage, opened
from tests.crash.streams import Begun, Bring, Counted, Ended, Line, Stands, Stream, directly

GROUP: Final = 5
"""Runs with the same two desks."""
STEPS: Final = 8
BOTH, ONE, OPENING = "both desks", "one of two", "while opening"
MODES: Final = {BOTH: 5, ONE: 4, OPENING: 1}
NOTHING: Final = "nothing: all was done"
_BETWEEN: Final = "between two steps"
_STARTING: Final = "a desk that opens"
_OPENING_SECONDS: Final = 0.04
_BY_THE_DESK: Final = frozenset({ActType.GENESIS, ActType.VOID_NOTICE, ActType.NON_DELIVERY})


class Run(NamedTuple):
    """What chance has decided for one run. ``moment``: between 0 and 1."""

    mode: str
    moment: float
    victim: int
    seeds: tuple[float, float]

    @classmethod
    def drawn(cls, chance: random.Random) -> Run:
        """The next run."""
        (mode,) = chance.choices(list(MODES), list(MODES.values()))
        seeds = chance.random(), chance.random()
        return cls(mode, chance.random(), chance.randrange(2), seeds)


@dataclass
class Group:
    """Some runs with one pair of desks. ``counts``: what was hit, on which engine, in which mode.

    ``longest``: how long desks work before they are killed at the latest, in seconds.
    """

    folder: Path
    facts: Facts
    engine: str
    longest: float
    counts: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    def run(self, chance: random.Random) -> None:
        """All runs of the group.

        :raises AssertionError: where something is lost, doubled, or in need of help.
        """
        for _ in range(GROUP):
            run = Run.drawn(chance)
            said, hit = self._one_dies(run) if run.mode == ONE else self._both_die(run)
            self._check(said)
            self.counts[hit, self.engine, run.mode] += 1
        with opened(self.folder, self.facts) as stage:
            for desk in stage.desks.values():
                faults = audit.fsck(desk).faults
                if faults:
                    raise table.AnomalyError(f"fsck: {faults}")

    # --- kills -----------------------------------------------------------------------------------

    def _both_die(self, run: Run) -> tuple[list[Any], str]:
        ready, told = os.pipe()

        def live(say: Say) -> None:
            with opened(self.folder, self.facts) as stage:
                os.write(told, b".")
                self._stream(run.seeds[0], say, stage, directly(stage.desks)).run(STEPS)

        with child(live) as desks:
            os.close(told)
            if run.mode == BOTH:
                os.read(ready, 1)
            said, hit = self._kill(desks, run)
        os.close(ready)
        return said, hit

    def _one_dies(self, run: Run) -> tuple[list[Any], str]:
        """The left desk calls, the right one answers; one of them is killed, the other goes on."""
        ours, theirs = socket.socketpair()
        ready, told = os.pipe()

        def calls(say: Say) -> None:
            theirs.close()
            line = Line(ours)
            with opened(self.folder, self.facts, only="left") as stage:
                os.write(told, b".")
                self._stream(run.seeds[0], say, stage, line.bring).run(STEPS)

        def answers(say: Say) -> None:
            ours.close()
            with opened(self.folder, self.facts, only="right") as stage:
                os.write(told, b".")
                self._stream(run.seeds[1], say, stage, directly(stage.desks)).alone(STEPS // 3)
                say(Begun("answer a contact"))
                Line(theirs).serve(stage.right)

        with child(calls) as left, child(answers) as right:
            for end in (ours, theirs):
                end.close()
            os.close(told)
            for _ in range(2):
                os.read(ready, 1)
            said, hit = self._kill((left, right)[run.victim], run)
            said += (right, left)[run.victim][1]().said
        os.close(ready)
        return said, hit

    def _stream(self, seed: float, say: Say, stage: Stage, bring: Bring) -> Stream:
        chance, channel = random.Random(seed), self.facts["channel"]
        return Stream(chance, say, stage.desks, channel, bring, self.folder)

    def _kill(self, victim: Child, run: Run) -> tuple[list[Any], str]:
        """Kill a process after a while; what it had said, and what it was about."""
        pid, wait = victim
        time.sleep(run.moment * (_OPENING_SECONDS if run.mode == OPENING else self.longest))
        os.kill(pid, signal.SIGKILL)
        said, killed = wait()
        if run.mode != OPENING:
            # So that moments lie where the desks work.
            self.longest *= 1.02 if killed else 0.9
        if not killed:
            return said, NOTHING
        steps = [one for one in said if isinstance(one, Begun | Ended)]
        if not steps:
            return said, _STARTING
        return said, steps[-1].step if isinstance(steps[-1], Begun) else _BETWEEN

    # --- what has to hold ------------------------------------------------------------------------

    def _check(self, said: list[Any]) -> None:
        with opened(self.folder, self.facts, confirmed=False) as stage:
            for name, desk in stage.desks.items():
                self._check_desk(desk, [one for one in said if getattr(one, "desk", "") == name])
            stage.pair.settle()
            table.agree(stage)

    def _check_desk(self, desk: Desk, said: list[Any]) -> None:
        """What was acknowledged is there once; what has gone out, and nothing else, is released."""
        channel_id = self.facts["channel"]
        with desk.database.read() as connection:
            entries = list(log.in_order(connection, channel_id))
            box = outbox.one(connection, channel_id)
            own = desk.channel(connection, channel_id).own_index
        held = Counter(entry.data for entry in entries)
        for one in said:
            if isinstance(one, Stands) and held[one.data] != 1:
                raise table.AnomalyError(f"acknowledged, and there {held[one.data]} times")
            if isinstance(one, Counted) and (
                box.counter < one.counter or box.receipted < one.receipted
            ):
                raise table.AnomalyError(f"set back behind {one}")
        released = sorted(view.released or b"" for view in drafts.every(desk, released=True))
        ours = sorted(
            entry.leaf
            for entry in entries
            if entry.author == own and statement.parse(entry.data).act.type not in _BY_THE_DESK
        )
        if released != ours:
            raise table.AnomalyError("what officers have released is not what the record holds")
