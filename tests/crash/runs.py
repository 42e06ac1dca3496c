"""Groups of runs: two desks at work, killed at random moments, and what has to hold after."""

from __future__ import annotations

import gc
import os
import random
import signal
import socket
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NamedTuple

from parley.application import audit, draft_keeping
from parley.application.desk import Desk
from parley.domain.act import ActType
from parley.record import statement
from parley.store import log, outbox
from tests.crash import seams, table
from tests.crash.faults import Child, Fault, Mode, Say, child
from tests.crash.operations import Facts, Stage, opened
from tests.crash.streams import Begun, Bring, Counted, Ended, Failed, Line, Stands, Stream, directly
from tests.support.pair import SIDES

GROUP: Final = 10
"""Runs with the same two desks."""
BOTH, ONE, FAULTY, OPENING = "both desks", "one of two", "both, after an error", "while opening"
MODES: Final = {BOTH: 4, ONE: 3, FAULTY: 2, OPENING: 1}
NOTHING: Final = "nothing: all was done"
_STEPS_AFTER: Final = 3
"""How far the desk that was not killed goes on."""
_FAULTS: Final = (Mode.ERROR, Mode.ERROR_AFTER, Mode.HALF, Mode.FULL)
_FAULTY_WRITES: Final = 25
"""An error comes at one of the first so many writes."""
_OPENINGS: Final = 0.7
"""How long desks work at most before they are killed, in times of what it takes to start them."""
_BETWEEN: Final = "between two steps"
_STARTING: Final = "desks that start"
_BY_THE_DESK: Final = frozenset({ActType.GENESIS, ActType.VOID_NOTICE, ActType.NON_DELIVERY})


class Run(NamedTuple):
    """What chance has decided for one run. ``moment``: between 0 and 1."""

    mode: str
    moment: float
    victim: str
    seeds: tuple[float, float]

    @classmethod
    def drawn(cls, chance: random.Random) -> Run:
        """The next run."""
        (mode,) = chance.choices(list(MODES), list(MODES.values()))
        seeds = chance.random(), chance.random()
        return cls(mode, chance.random(), chance.choice(SIDES), seeds)


class Sound(NamedTuple):
    """Everything that was acknowledged before is there, and the desks agree."""


@dataclass
class Group:
    """Some runs with one pair of desks. ``counts``: what was hit, on which engine, in which mode.

    The process of a run opens the desks that the run before has left, holds them to what was
    acknowledged and sees that they agree; then they work, until it is killed. Where it is killed
    before it has said that all is sound, the next one looks.

    ``opening``: how long it takes to start desks, in seconds; moments follow the machine's pace.
    ``owed``: what desks have acknowledged since somebody last looked.
    """

    folder: Path
    facts: Facts
    engine: str
    opening: float
    counts: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    owed: list[Any] = field(default_factory=list)

    def warm(self) -> None:
        """Have this process do once what its forks will do: then they need not begin cold."""
        with opened(self.folder, self.facts) as stage:
            chance, quiet = random.Random(0), lambda _what: None
            channel = self.facts["channel"]
            bring = directly(stage.desks)
            Stream(chance, quiet, stage.desks, channel, bring, self.folder).each()
            self._check(stage)
            for desk in stage.desks.values():
                audit.fsck(desk)
        gc.collect()
        gc.freeze()

    def run(self, chance: random.Random) -> None:
        """All runs of the group, and a last look.

        :raises AssertionError: where something is lost, doubled, or in need of help.
        """
        for _ in range(GROUP):
            run = Run.drawn(chance)
            said, hit = self._one_dies(run) if run.mode == ONE else self._both_die(run)
            sound = [number for number, one in enumerate(said) if isinstance(one, Sound)]
            self.owed = said[sound[-1] :] if sound else self.owed + said
            met = run.mode != FAULTY or any(isinstance(one, Failed) for one in said)
            self.counts[hit, self.engine, run.mode if met else BOTH] += 1

        def look(_say: Say) -> None:
            with opened(self.folder, self.facts, confirmed=False) as stage:
                self._check(stage)
                for desk in stage.desks.values():
                    if faults := audit.fsck(desk).faults:
                        raise table.AnomalyError(f"fsck: {faults}")

        with child(look) as (_pid, wait):
            wait()

    # --- kills -----------------------------------------------------------------------------------

    def _both_die(self, run: Run) -> tuple[list[Any], str]:
        ready, told = os.pipe()

        def live(say: Say) -> None:
            with opened(self.folder, self.facts, confirmed=False) as stage:
                self._check(stage)
                say(Sound())
                os.write(told, b".")
                stream = self._stream(run.seeds[0], say, stage, directly(stage.desks))
                if run.mode == FAULTY:
                    fault = _fault(run.seeds[1])
                    with seams.watching(fault):
                        stream.run(fault=fault)
                else:
                    stream.run()

        with child(live) as desks:
            os.close(told)
            said, hit = self._kill(desks, run, (ready,))
        os.close(ready)
        return said, hit

    def _one_dies(self, run: Run) -> tuple[list[Any], str]:
        """The left desk calls, the right one answers; one of them is killed, the other goes on."""
        ours, theirs = socket.socketpair()
        ready, told = os.pipe()

        def calls(say: Say) -> None:
            theirs.close()
            with opened(self.folder, self.facts, confirmed=False) as stage:
                self._check(stage)
            say(Sound())
            line = Line(ours)
            line.begin()
            with opened(self.folder, self.facts, only="left") as stage:
                os.write(told, b".")
                stream = self._stream(run.seeds[0], say, stage, line.bring)
                stream.run(None if run.victim == "left" else _STEPS_AFTER * 2)

        def answers(say: Say) -> None:
            ours.close()
            line = Line(theirs)
            line.wait()
            with opened(self.folder, self.facts, only="right") as stage:
                os.write(told, b".")
                stream = self._stream(run.seeds[1], say, stage, directly(stage.desks))
                stream.alone(_STEPS_AFTER)
                say(Begun("answer a contact"))
                line.serve(stage.right)
                say(Ended("answer a contact"))
                stream.alone(None if run.victim == "right" else _STEPS_AFTER)

        with child(calls) as left, child(answers) as right:
            for end in (ours, theirs):
                end.close()
            os.close(told)
            both = (left, right) if run.victim == "left" else (right, left)
            said, hit = self._kill(both[0], run, (ready, ready))
            rest = both[1][1]().said
        os.close(ready)
        return (said + rest if run.victim == "left" else rest + said), hit

    def _stream(self, seed: float, say: Say, stage: Stage, bring: Bring) -> Stream:
        chance, channel = random.Random(seed), self.facts["channel"]
        return Stream(chance, say, stage.desks, channel, bring, self.folder)

    def _kill(self, victim: Child, run: Run, ready: tuple[int, ...]) -> tuple[list[Any], str]:
        """Kill a process after a while; what it had said, and what it was about."""
        pid, wait = victim
        begun = time.monotonic()
        if run.mode == OPENING:
            time.sleep(run.moment * self.opening)
        else:
            for descriptor in ready:
                os.read(descriptor, 1)
            self.opening += 0.1 * (time.monotonic() - begun - self.opening)
            time.sleep(run.moment * _OPENINGS * self.opening)
        os.kill(pid, signal.SIGKILL)
        said, killed = wait()
        if not killed:
            return said, NOTHING
        steps = [one for one in said if isinstance(one, Begun | Ended)]
        if not steps:
            return said, _STARTING
        return said, steps[-1].step if isinstance(steps[-1], Begun) else _BETWEEN

    # --- what has to hold ------------------------------------------------------------------------

    def _check(self, stage: Stage) -> None:
        for name, desk in stage.desks.items():
            self._check_desk(desk, [one for one in self.owed if getattr(one, "desk", "") == name])
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
        released = sorted(
            view.released or b"" for view in draft_keeping.every(desk, "dora", released=True)
        )
        ours = sorted(
            entry.leaf
            for entry in entries
            if entry.author == own and statement.parse(entry.data).act.type not in _BY_THE_DESK
        )
        if released != ours:
            raise table.AnomalyError("what officers have released is not what the record holds")


def _fault(seed: float) -> Fault:
    chance = random.Random(seed)
    at, mode = chance.randint(1, _FAULTY_WRITES), chance.choice(_FAULTS)
    return Fault(table.SQL_AND_FILES, at, mode)
