"""The crash table: an operation is run with one fault, and what is left has to be in order.

What is right is told by two things: by what was there before and what was acknowledged, of which
nothing may be missing; and by an undisturbed run, whose end the disturbed one has to reach, with
nothing more and nothing less, after the desks were opened again and had talked.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from parley.application import audit, channels, draft_keeping, officers
from parley.application.desk import Desk
from parley.domain.delivery import DeliveryEvent
from parley.kernel.errors import ParleyError
from parley.record import statement
from parley.store import attachments, log, outbox, proofs
from parley.store import channels as letters
from tests.crash import power, seams
from tests.crash.faults import KILLS, Ended, Fault, Mode, child
from tests.crash.operations import HARMLESS, Facts, Operation, Stage, opened, set_up
from tests.crash.seams import Write
from tests.crash.stages import Stages, copied

SQL_AND_FILES: Final = frozenset({"sql", "file"})
FILES_AND_DISK: Final = frozenset({"file", "disk"})
_ENDS: Final = 3
_BY_CHANCE: Final = ("-wal", "-shm", ".wrap", ".sealed")
"""A wrapping key or an attachment of which no row came has a random name, and opens nothing."""


class AnomalyError(AssertionError):
    """Something is lost, doubled or in need of help."""


@dataclass
class Bench:
    """One operation made ready to be run many times: its stage, and how an undisturbed run ends."""

    operation: Operation
    template: Path
    folder: Path
    facts: Facts
    before: dict[str, list[bytes]]
    expected: dict[str, Any]

    @contextmanager
    def copy(self) -> Iterator[tuple[Path, Facts]]:
        """A copy of the stage of one's own, and its facts."""
        with copied(self.template, self.facts, self.folder) as facts:
            yield self.folder, facts

    def writes(self, layers: frozenset[str]) -> list[Write]:
        """The writes of an undisturbed run. No file is opened for writing past the doors."""
        fault = Fault(layers)
        with (
            self.copy() as (folder, facts),
            opened(folder, facts, only=self.operation.only) as stage,
            seams.opened_for_writing() as found,
            seams.watching(fault),
        ):
            self.operation.run(stage)
        assert found == {one.place for one in fault.writes if one.layer + one.kind == "fileopen"}
        return fault.writes


@contextmanager
def bench(operation: Operation, stages: Stages, folder: Path) -> Iterator[Bench]:
    """Make an operation ready, with its files below ``folder``."""
    template = folder / "template"
    with copied(*stages.of(operation.stage), template) as facts:
        set_up(operation, template, facts)
        with opened(template, facts, only=operation.only) as stage:
            before = {name: _history(desk) for name, desk in stage.desks.items()}
            assert operation.repeated == HARMLESS or not operation.done(stage)
        made = Bench(operation, template, folder / "run", facts, before, {})
        with made.copy() as (run, given):
            with opened(run, given, only=operation.only) as stage:
                said = operation.run(stage)
            made.expected = _end(made, run, given, [said])
        yield made


# --- errors --------------------------------------------------------------------------------------


def fail(made: Bench, layers: frozenset[str], at: int, mode: Mode) -> Fault:
    """One run with an error at write ``at``: the same process goes on, and later a new one."""
    with made.copy() as (folder, facts):
        fault = Fault(layers, at, mode)
        with opened(folder, facts, only=made.operation.only) as stage:
            said = _attempt(made.operation, stage, fault)
            _go_on(made.operation, stage, acknowledged=bool(said))
        check(made, folder, facts, said)
    return fault


def telling(writes: Sequence[Write]) -> list[int]:
    """The numbers, from 1, of the writes that stand for all: of a long row of the same, the ends.

    The same are writes of one kind to the files of one folder, or to one table.
    """
    numbers: dict[tuple[str, ...], list[int]] = {}
    for number, one in enumerate(writes, 1):
        where = str(Path(one.place).parent) if one.layer == "file" else one.place
        numbers.setdefault((one.layer, one.kind, where), []).append(number)
    ends = (same[:_ENDS] + same[_ENDS:][-_ENDS:] for same in numbers.values())
    return sorted(number for some in ends for number in some)


def fail_at_each(made: Bench, layers: frozenset[str], numbers: Sequence[int] | None = None) -> None:
    """An error at the first write, then at the second ..., in processes that go on.

    ``numbers``: of these writes alone.

    Each leaves nothing behind, so that the operation comes through at last. Where it bears an
    error, or has been there already and now writes less, it goes on from a fresh copy.
    """
    waiting = list(range(1, len(made.writes(layers)) + 1) if numbers is None else numbers)
    while waiting:
        begun = len(waiting)
        with made.copy() as (folder, facts):
            with opened(folder, facts, only=made.operation.only) as stage:
                while True:
                    fault = Fault(layers, waiting[0] if waiting else None)
                    said = _attempt(made.operation, stage, fault)
                    del waiting[: fault.hit is not None]
                    if fault.hit is None or said or made.operation.done(stage):
                        break
                _go_on(made.operation, stage, acknowledged=bool(said))
            check(made, folder, facts, said)
        assert len(waiting) < begun


def _attempt(operation: Operation, stage: Stage, fault: Fault) -> list[Any]:
    """What the operation acknowledged, in a list: nothing where it failed."""
    try:
        with seams.watching(fault):
            return [operation.run(stage)]
    except (ParleyError, OSError):
        if fault.hit is None:
            raise
        return []


# --- kills ---------------------------------------------------------------------------------------


def kill(made: Bench, layers: frozenset[str], at: int, mode: Mode) -> bool:
    """One run in a process that is killed at write ``at``; false where it came to its end."""
    assert mode in KILLS
    with made.copy() as (folder, facts):

        def work(say: Callable[[Any], None]) -> None:
            only = made.operation.only
            with opened(folder, facts, only=only) as stage, seams.watching(Fault(layers, at, mode)):
                say(made.operation.run(stage))

        with child(work) as (_pid, wait):
            ended: Ended = wait()
        check(made, folder, facts, ended.said)
    return ended.killed


# --- power cuts ----------------------------------------------------------------------------------


def cut_power(made: Bench, chance: random.Random, share: float) -> tuple[int, int]:
    """One run of which a disk keeps what it must: the power goes after each write in turn.

    Of the states in which some more was kept by chance, only a ``share`` is looked at. Returns how
    many states there were, and how many of these after the operation was acknowledged.
    """
    with made.copy() as (folder, facts):
        disk = power.Disk(folder, chance)
        only = made.operation.only
        with seams.watching(disk), opened(folder, facts, only=only) as stage:
            said = [made.operation.run(stage)]
            acknowledged = len(disk.cuts)
        states = {
            (frozenset(cut.left.items()), number >= acknowledged): cut
            for number, cut in enumerate(disk.cuts)
            if number % 2 == 0 or chance.random() < share
        }
        for (_left, after), cut in states.items():
            power.restore(cut, folder)
            try:
                check(made, folder, facts, said if after else [])
            except (AnomalyError, ParleyError) as error:
                error.add_note(f"the power went after {cut.write.kind} of {cut.write.place}")
                error.add_note(f"left: {[(name, len(data)) for name, data in cut.left.items()]}")
                raise
    return len(states), sum(after for _left, after in states)


# --- what has to hold ----------------------------------------------------------------------------


def _end(made: Bench, folder: Path, facts: Facts, said: list[Any]) -> dict[str, Any]:
    """Open the desks again, see that nothing is missing, bring the operation to its end, settle."""
    operation = made.operation
    with opened(folder, facts, only=operation.only) as stage:
        if "left" in stage.desks:
            _sound(stage.left, made.before.get("left", []))
        _go_on(operation, stage, acknowledged=bool(said))
        for acknowledgement in said:
            operation.held(stage, acknowledgement)
    # Both start again: neither has heard from the other, and nothing is known but what is on disk.
    with opened(folder, facts, confirmed=False) as stage:
        settles = "channel" in facts and operation.settles
        if settles:
            stage.pair.settle()
        for name, desk in stage.desks.items():
            _sound(desk, made.before.get(name, []))
        if settles:
            agree(stage)
        return {name: picture(desk) for name, desk in stage.desks.items()} | {
            "files": sorted(
                # Named by a channel or by a party: a desk that is founded has new ones.
                str((path.with_stem("*") if path.suffix == ".anchor" else path).relative_to(folder))
                for path in folder.rglob("*")
                if path.is_file() and not path.name.endswith(_BY_CHANCE)
            )
        }


def _go_on(operation: Operation, stage: Stage, *, acknowledged: bool) -> None:
    """Run the operation where it took no effect; else see what it answers to be run again."""
    if not operation.done(stage):
        if acknowledged:
            raise AnomalyError(f"{operation.name}: acknowledged and lost")
        operation.run(stage)
        return
    if operation.repeated is not None:
        try:
            operation.run(stage)
        except ParleyError as error:
            if error.reason not in operation.repeated:
                raise
        else:
            assert not operation.repeated


def _sound(desk: Desk, before: list[bytes]) -> None:
    faults = audit.fsck(desk).faults
    if faults:
        raise AnomalyError(f"fsck: {faults}")
    if _history(desk)[: len(before)] != before:
        raise AnomalyError("the record does not go on where it was")


def _history(desk: Desk) -> list[bytes]:
    """Every statement of every channel, in the order of the desk's log."""
    with desk.database.read() as connection:
        return [
            entry.data
            for channel, _row in desk.channels(connection)
            for entry in log.in_order(connection, channel.id)
        ]


def agree(stage: Stage) -> None:
    """Both records agree to (p, q), and each statement stands there once."""
    made = stage.pair
    kept = []
    for desk in (made.left, made.right):
        (standing,) = channels.standings(desk)
        agreed = (standing.agreed_own, standing.agreed_peer)
        if agreed != (standing.own, standing.peer) or standing.receipted != standing.own:
            raise AnomalyError(f"the records do not agree: {standing}")
        if (standing.state, standing.evidence) != ("open", 0):
            raise AnomalyError(f"{standing.state}, {standing.evidence} proofs of a fork")
        with desk.database.read() as connection:
            chains = [
                [one.data for one in log.by_author(connection, made.channel_id, author, 0, 10_000)]
                for author in (0, 1)
            ]
        kept.append(chains)
    if kept[0] != kept[1]:
        raise AnomalyError("the chains differ")
    acts = [statement.parse(data).act_bytes for chain in kept[0] for data in chain]
    if len(set(acts)) != len(acts):
        raise AnomalyError("an act stands twice in the record")


def picture(desk: Desk) -> dict[str, Any]:
    """What a desk has, without what chance decides: ids, salts, signatures."""
    shown: dict[str, Any] = {
        "officers": [(one.name, sorted(one.roles), one.active) for one in officers.every(desk)],
        "drafts": sorted(
            (view.type, view.stage, view.revision)
            for released in (False, True)
            for view in draft_keeping.every(desk, "dora", released=released)
        ),
    }
    with desk.database.read() as connection:
        shown["letters"] = len(letters.own_letters(connection))
        for channel, row in desk.channels(connection):
            cases = log.case_ids(connection, channel.id)
            peer = channel.peer_index
            box = outbox.one(connection, channel.id)
            last = log.size(connection, channel.id)
            shown[row.label] = {
                "state": (row.state, row.reason),
                "log": [
                    (
                        entry.author,
                        entry.seq,
                        statement.parse(entry.data).act.type,
                        cases.index(entry.case_id),
                        entry.verdict,
                    )
                    for entry in log.in_order(connection, channel.id)
                ],
                "outbox": (box.receipted, box.transmitted, box.attempts),
                "receipted": _receipted(proofs.receipts(connection, channel.id, peer)),
                "receipts": _receipted(proofs.receipts(connection, channel.id, 1 - peer)),
                "events": sorted(
                    event
                    for event in set(outbox.events(connection, channel.id, 0, last))
                    # What became of a file, each attempt: an undisturbed run has one.
                    if not event.event.startswith(DeliveryEvent.RELAY_TO_NON_ERDS.value)
                ),
                "quarantine": proofs.count_quarantined(connection, channel.id),
                "attachments": sorted(
                    (blob.state, blob.held, desk.chunks.is_there(blob.id))
                    for blob in attachments.blobs(connection, channel.id)
                ),
                "evidence": len(proofs.evidence(connection, channel.id)),
            }
    return shown


def _receipted(rows: list[proofs.ReceiptRow]) -> list[int]:
    """Which statements are receipted, one by one: a second receipt for one shows."""
    return sorted(seq for row in rows for seq in range(row.first_seq, row.last_seq + 1))


def check(made: Bench, folder: Path, facts: Facts, said: list[Any]) -> None:
    """See that desks in ``folder`` reach the end that an undisturbed run reaches.

    ``said`` is what the operation acknowledged, in a list.
    """
    _expect(made, _end(made, folder, facts, said))


def _expect(made: Bench, found: dict[str, Any]) -> None:
    for place, expected in made.expected.items():
        if found[place] != expected:
            raise AnomalyError(
                f"{made.operation.name}: {place} ends otherwise\n{found[place]}\n{expected}"
            )
