"""Kills at random moments of two desks' work, by the thousand: ``python -m tests.crash.campaign``.

A run forks a process for the desks (or one for each). It opens them and looks: nothing that was
acknowledged before may be missing, nothing may be doubled, and they have to agree. Then they work
(:mod:`tests.crash.streams`), some after an error at a random write, until they, or one of them, are
killed after a random time. Runs come in groups that go on with the same two desks, and end with a
last look. A fork is warm: this process has done once what it will do. What a group does follows
from the seed and its number, except for the moment at which the system lets a kill come through.

Results are kept in a folder, a line for each group; a campaign that was stopped goes on from there.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import signal
import subprocess
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, Final

from tests.crash.runs import GROUP, NOTHING, Group
from tests.crash.stages import Stages, copied, memory
from tests.support import postgres
from tests.support.engines import ENGINE, POSTGRESQL, SQLITE

RUNS: Final = 20_000
PROCESSES: Final = 2
_SERVER_EVERY: Final = 5
"""Every so manieth group has its desks on PostgreSQL, where there is one."""
_LOOK_SECONDS: Final = 5.0


def engine_of(number: int) -> str:
    """On which engine a group's desks stand."""
    return POSTGRESQL if number % _SERVER_EVERY == 0 and postgres.is_there() else SQLITE


# --- one process of the campaign -----------------------------------------------------------------


def work(folder: Path, seed: str, numbers: list[int], file: Path) -> None:
    """Run groups and write a line for each; an anomaly's desks are kept in ``folder``."""
    opening = {SQLITE: 0.1, POSTGRESQL: 0.2}
    with memory() as place, ExitStack() as stack, file.open("a", buffering=1) as lines:
        stack.callback(ENGINE.close)
        stages: dict[str, Stages] = {}
        warm: set[str] = set()
        for number in numbers:
            engine = engine_of(number)
            with ENGINE.using(engine):
                if engine not in stages:
                    stages[engine] = Stages(place / engine, stack)
                template, facts = stages[engine].of("channel")
                begun = time.monotonic()
                anomaly = None
                with suppress(_KeptError), copied(template, facts, place / "run") as given:
                    group = Group(place / "run", given, engine, opening[engine])
                    try:
                        if engine not in warm:
                            group.warm()
                            warm.add(engine)
                        group.run(random.Random(f"{seed}/{number}"))
                    except Exception:  # noqa: BLE001 - the campaign goes on, and says so at the end
                        anomaly = traceback.format_exc()
                        shutil.copytree(place / "run", folder / f"anomaly-{number}")
                    opening[engine] = group.opening
                counts = [[*key, count] for key, count in group.counts.items()]
                line = {
                    "group": number,
                    "seconds": round(time.monotonic() - begun, 3),
                    "counts": counts,
                    "anomaly": anomaly,
                }
                lines.write(json.dumps(line) + "\n")


class _KeptError(Exception):
    """The desks were copied for a closer look."""


# --- all of them ---------------------------------------------------------------------------------


def results(folder: Path) -> Iterator[dict[str, Any]]:
    """The lines of all groups that came to their end; one that was cut short is left out."""
    for file in sorted(folder.glob("groups-*.jsonl")):
        for line in file.read_text("utf-8").splitlines():
            with suppress(ValueError):
                yield json.loads(line)


def run(folder: Path, runs: int, processes: int, seed: str, say: Any) -> int:
    """Run a campaign, or the rest of one; returns the number of anomalies."""
    folder.mkdir(parents=True, exist_ok=True)
    done = sum(1 for _line in results(folder))
    workers = [
        subprocess.Popen(
            [
                *(sys.executable, "-m", "tests.crash.campaign", "--folder", str(folder)),
                *("--seed", seed, "--runs", str(runs)),
                *("--worker", str(which), "--processes", str(processes)),
            ]
        )
        for which in range(processes)
    ]
    begun, before = time.monotonic(), done * GROUP
    try:
        while any(worker.poll() is None for worker in workers):
            time.sleep(_LOOK_SECONDS)
            lines = list(results(folder))
            count, bad = len(lines) * GROUP, sum(line["anomaly"] is not None for line in lines)
            pace = (count - before) / (time.monotonic() - begun)
            say(f"{count} of {runs} runs, {pace:.1f} a second, anomalies {bad}")
    finally:
        for worker in workers:
            worker.terminate()
            worker.wait()
    lines = list(results(folder))
    say(summary(lines))
    broken = sum(worker.returncode not in {0, None} for worker in workers)
    return sum(line["anomaly"] is not None for line in lines) + broken


def summary(lines: list[dict[str, Any]]) -> str:
    """One table: what was hit, on which engine, in which mode, how often."""
    counts: Counter[tuple[str, str, str]] = Counter()
    for line in lines:
        for hit, engine, mode, count in line["counts"]:
            counts[hit, engine, mode] += count
    total = sum(counts.values())
    hits = total - sum(count for (hit, *_rest), count in counts.items() if hit == NOTHING)
    rows = [f"{'killed during':28} {'engine':12} {'mode':16} {'runs':>6}"]
    rows += [
        f"{hit:28} {engine:12} {mode:16} {count:6}"
        for (hit, engine, mode), count in sorted(counts.items())
    ]
    anomalies = [line for line in lines if line["anomaly"] is not None]
    rows.append(f"{total} runs, {hits} kills that hit, anomalies {len(anomalies)}")
    rows += [f"group {line['group']}: {line['anomaly'][-2000:]}" for line in anomalies[:5]]
    return "\n".join(rows)


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description="Kill desks at random moments.")
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--processes", type=int, default=PROCESSES)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--folder", type=Path, default=Path("crash-campaign"))
    parser.add_argument("--worker", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    # Told to end, a process ends its servers and removes its desks.
    signal.signal(signal.SIGTERM, lambda *_rest: sys.exit(1))
    if given.worker is not None:
        file = given.folder / f"groups-{given.worker}.jsonl"
        done = {line["group"] for line in results(given.folder)}
        mine = range(given.worker, -(-given.runs // GROUP), given.processes)
        work(given.folder, given.seed, [one for one in mine if one not in done], file)
        return 0
    say = lambda text: print(text, flush=True)  # noqa: E731, T201
    return min(1, run(given.folder, given.runs, given.processes, given.seed, say))


if __name__ == "__main__":
    sys.exit(main())
