"""The models in `models/`, checked by SPIN: the protocol holds, planted faults are found.

`docs/model.md` says what is modelled and what each property means.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import Require

ROOT = Path(__file__).resolve().parents[2]
MODELS = ROOT / "models"
PAGE = (ROOT / "docs/model.md").read_text("utf-8")


@dataclass(frozen=True)
class Run:
    """One check: a model, its bounds, and what is to be found (nothing, or a property's name).

    A ``liveness`` run checks the model's LTL property under weak fairness. ``states`` is how many
    states there are to see at the least: a model that has shrunk would prove nothing. ``hashed``:
    of each state only a hash of 64 bits is kept.
    """

    model: str
    bounds: str
    liveness: bool = False
    finds: str | None = None
    states: int = 0
    hashed: bool = False

    @property
    def name(self) -> str:
        """As it stands in the page."""
        return f"{self.model} {self.bounds}"

    @property
    def defines(self) -> list[str]:
        return [f"-D{word}" for word in self.bounds.split()]


HOLDS = [
    Run("delivery", "N0=2 N1=1", states=800_000),
    Run("delivery", "N0=2 N1=1 FRAME=1", states=800_000),
    Run("delivery", "N0=2 N1=1 POUCH", states=3_000_000),
    Run("delivery", "N0=2 N1=2", states=20_000_000, hashed=True),
    Run("delivery", "N0=2 N1=1 FAIR", liveness=True, states=10_000),
    Run("delivery", "N0=2 N1=1 FAIR SLOTS=3 LOSSES=2", liveness=True, states=100_000),
    Run("hostile", "N0=2 N1=2", states=600_000),
    Run("hostile", "N0=2 N1=1 STATEMENTS=1 CLOCK", liveness=True, states=50_000),
    Run("setback", "N0=1 N1=1", states=1_000_000),
    Run("setback", "N0=1 N1=1 ANCHOR_BACK NOTHING_FLIES", states=700_000),
    Run("setback", "N0=1 N1=1 FAIR", liveness=True, states=50_000),
    Run("setback", "N0=1 N1=1 FAIR ANCHOR_BACK NOTHING_FLIES", liveness=True, states=40_000),
    Run("revocation", "N=5", states=50_000),
    Run("revocation", "N=5 FAIR", liveness=True, states=50_000),
]

FAULTS = [
    Run("delivery", "N0=2 N1=1 FAULT_TWICE", finds="applied_once"),
    Run("delivery", "N0=2 N1=1 FAULT_RECEIPT_BEFORE_COMMIT", finds="receipt_means_held"),
    Run("delivery", "N0=2 N1=1 FRAME=1 FAULT_COSIGNS_UNREBUILT", finds="cosignature_means_held"),
    Run("delivery", "N0=1 N1=1 FAULT_OLD_HEAD_CONVICTS", finds="nobody_is_convicted"),
    Run("delivery", "N0=1 N1=1 FAIR FAULT_REPEAT_UNANSWERED", liveness=True, finds="all_arrives"),
    Run("hostile", "N0=1 N1=2 FAULT_TWICE", finds="applied_once"),
    Run("hostile", "N0=1 N1=2 FAULT_GAP_TAKEN", finds="chain_is_true"),
    Run("hostile", "N0=1 N1=2 FAULT_SEEN_FALLS", finds="chain_is_true"),
    Run("hostile", "N0=1 N1=2 FAULT_FORK_UNSEEN", finds="equivocation_is_found"),
    Run("hostile", "N0=1 N1=2 FAULT_ROOT_UNCHECKED", finds="roots_are_true"),
    Run("hostile", "N0=1 N1=2 FAULT_MIRROR_POISONED", finds="word_is_kept"),
    Run("hostile", "N0=1 N1=2 FAULT_RECEIPT_FREE", finds="word_is_kept"),
    Run("hostile", "N0=1 N1=2 FAULT_RECEIPT_UNCHECKED", finds="word_is_kept"),
    Run("hostile", "N0=2 N1=2 FAULT_RECEIPT_FOR_ALL", finds="receipt_is_signed"),
    Run(
        "hostile",
        "N0=2 N1=1 STATEMENTS=1 CLOCK FAULT_CONTACT_RESETS",
        liveness=True,
        finds="non_delivery_is_stated",
    ),
    Run("setback", "N0=1 N1=1 FAULT_ANCHOR_UNREAD", finds="no_fork_is_signed"),
    Run("setback", "N0=1 N1=1 FAULT_ANCHOR_LATE", finds="no_fork_is_signed"),
    Run("setback", "N0=1 N1=1 FAULT_ANCHOR_COUNTS_OWN", finds="no_fork_is_signed"),
    Run(
        "setback",
        "N0=1 N1=1 ANCHOR_BACK NOTHING_FLIES FAULT_HEADS_UNASKED",
        finds="receipt_means_held",
    ),
    Run(
        "setback",
        "N0=1 N1=1 ANCHOR_BACK NOTHING_FLIES FAULT_HEADS_OWN_ONLY",
        finds="receipt_means_held",
    ),
    Run(
        "setback",
        "N0=1 N1=1 ANCHOR_BACK NOTHING_FLIES FAULT_HEADS_RECEIPTS_ONLY",
        finds="mirror_is_true",
    ),
    Run("revocation", "N=4 FAULT_OLD_KEY_TAKEN", finds="thief_is_shut_out"),
    Run("revocation", "N=4 FAULT_OPENED_AT_ONCE", finds="receipted_stands"),
    Run("revocation", "N=4 FAULT_STALE_WORD", finds="receipted_stands"),
    Run("revocation", "N=4 FAIR FAULT_WAITS_SILENTLY", liveness=True, finds="epoch_opens"),
]

LIMITS = [Run("setback", "N0=1 N1=1 ANCHOR_BACK", finds="logs_agree")]
"""What no rule of the protocol can see: found, so that nobody believes otherwise."""


@dataclass(frozen=True)
class Verdict:
    """What the verifier says: errors, states, and what it found."""

    errors: int
    states: int
    text: str


def verify(run: Run, folder: Path, require: Require) -> Verdict:
    """Generate the verifier of a run, compile it, and let it search all states."""
    spin, compiler = require.program("spin"), require.program("cc")
    for source in MODELS.glob("*.pml"):
        shutil.copy(source, folder)
    command = [spin, "-a", *run.defines, f"{run.model}.pml"]
    made = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    assert "Error" not in made.stdout, made.stdout
    # Without partial order reduction: every step of these models touches what all share.
    kind = ["-DNFAIR=3"] if run.liveness else ["-DSAFETY"]
    kind += ["-DHC4"] if run.hashed else []
    built = [compiler, "-O2", "-w", "-DNOREDUCE", "-DMEMLIM=4096", *kind, "-o", "pan", "pan.c"]
    subprocess.run(built, cwd=folder, check=True)
    search = ["./pan", "-m1000000", "-w26" if run.hashed else "-w22"]
    search += ["-a", "-f"] if run.liveness else []
    text = subprocess.run(search, cwd=folder, capture_output=True, text=True, check=False).stdout
    errors = re.search(r"errors: (\d+)", text)
    states = re.search(r"(\d+(?:\.\d+)?(?:e\+\d+)?) states, stored", text)
    depth = re.search(r"depth reached (\d+)", text)
    seconds = re.search(r"elapsed time (\S+)", text)
    assert errors, text
    assert states, text
    assert depth, text
    assert seconds, text
    assert "max search depth too small" not in text, text
    assert "out of memory" not in text, text
    row = (f"`{run.name}`", f"{float(states[1]):,.0f}", depth[1], f"{float(seconds[1]):.0f}")
    sys.stdout.write(f"\n| {' | '.join(row)} |\n")
    return Verdict(int(errors[1]), int(float(states[1])), text)


@pytest.mark.campaign
@pytest.mark.timeout(900)
@pytest.mark.parametrize("run", HOLDS, ids=lambda run: run.name)
def test_the_protocol_holds(run: Run, tmp_path: Path, require: Require) -> None:
    verdict = verify(run, tmp_path, require)
    assert verdict.errors == 0, verdict.text
    assert verdict.states >= run.states


@pytest.mark.campaign
@pytest.mark.timeout(900)
@pytest.mark.parametrize("run", FAULTS + LIMITS, ids=lambda run: run.name)
def test_a_planted_fault_is_found(run: Run, tmp_path: Path, require: Require) -> None:
    verdict = verify(run, tmp_path, require)
    assert verdict.errors == 1, verdict.text
    if run.liveness:
        assert "acceptance cycle" in verdict.text
        assert f"ltl {run.finds} " in (MODELS / f"{run.model}.pml").read_text("utf-8")
    else:
        assert f"assertion violated {run.finds}" in verdict.text


def test_the_page_tells_of_every_run() -> None:
    for run in HOLDS:
        assert f"| `{run.name}` |" in PAGE
    for run in FAULTS + LIMITS:
        assert f"| `{run.name}` | `{run.finds}` |" in PAGE


def test_every_property_is_described_and_found_by_a_planted_fault() -> None:
    sources = [path.read_text("utf-8") for path in sorted(MODELS.glob("*.pml"))]
    asserted = {name for text in sources for name in re.findall(r"assert\((\w+)\)", text)}
    asserted |= {name for text in sources for name in re.findall(r"^ltl (\w+)", text, re.MULTILINE)}
    planted = {fault for text in sources for fault in re.findall(r"ifn?def (FAULT_\w+)", text)}
    assert asserted == {run.finds for run in FAULTS + LIMITS}
    assert planted == {word for run in FAULTS for word in run.bounds.split() if "FAULT" in word}
    for name in asserted:
        assert f"| `{name}` |" in PAGE
