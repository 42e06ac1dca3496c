"""Communication checks: who asked whom for a sign of life, when it came, and what is due next.

A check is answered, answered late, or failed, by the clock that starts at its receipt: an answer
is there when it is received, as the receipts on both desks say alike. Until then nothing has
failed that may still come in time.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from enum import StrEnum
from statistics import median
from typing import Final, NamedTuple

from sqlalchemy import Connection

from parley.application import contacts, drafts, dues
from parley.application.contacts import Directory
from parley.application.desk import Desk
from parley.application.dues import DueView
from parley.application.received import received
from parley.application.writing import Writing
from parley.domain import clocks
from parley.domain.act import ActType, Code
from parley.domain.kinds.contacts_state import Answer, Check
from parley.domain.shape import ClockKind
from parley.domain.types.common import DAY
from parley.domain.types.contacts import NONCE_CHARACTERS
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record.statement import Statement
from parley.store import log


class Outcome(StrEnum):
    """What became of a check."""

    WAITING = "waiting"
    ANSWERED = "answered"
    LATE = "late"
    FAILED = "failed"


class Checked(NamedTuple):
    """A check and what became of it; times are seconds since the epoch, None where unknown.

    ``sent_at`` is its author's clock; ``due_at`` by the receipt, or by transmission where there
    is no receipt.
    """

    check: Check
    sent_at: int
    received_at: int | None
    due_at: int
    answered_at: int | None
    outcome: Outcome

    @property
    def seconds(self) -> int | None:
        """From receipt to answer."""
        if self.answered_at is None or self.received_at is None:
            return None
        return max(0, self.answered_at - self.received_at)


class Statistics(NamedTuple):
    """Checks counted by what became of them; ``median_seconds`` of those that were answered."""

    checks: int
    answered: int
    late: int
    failed: int
    waiting: int
    median_seconds: int | None


YEAR: Final = 365 * DAY


def check(
    desk: Desk, officer: str, directory: Directory, scenario: str, office: int | None = None
) -> Statement:
    """Ask the other side's offices for a sign of life; the duty officer does it alone.

    :raises ParleyError: ``role-forbids``, and the rules of the case.
    """
    codes: dict[str, Code] = {
        "nonce": secrets.token_hex(NONCE_CHARACTERS // 2),
        "scenario": scenario,
    }
    if office is not None:
        codes["office"] = office
    writing = Writing(ActType.COMMUNICATION_CHECK.value, {}, codes, directory.case_id)
    return drafts.alone(desk, officer, directory.channel, writing)


def answer(desk: Desk, officer: str, directory: Directory) -> Statement:
    """Answer the newest check of our directory; the duty officer does it alone.

    :raises ParleyError: ``check-unknown``, ``check-answered``, ``role-forbids``.
    """
    if not directory.contacts.checks:
        raise ParleyError(Reason.CHECK_UNKNOWN)
    newest = directory.contacts.checks[-1]
    writing = Writing(
        ActType.COMMUNICATION_ANSWER.value,
        {},
        {"nonce": newest.nonce},
        directory.case_id,
        reference=newest.id,
    )
    return drafts.alone(desk, officer, directory.channel, writing)


def checks(desk: Desk, directory: Directory) -> list[Checked]:
    """The checks of a directory, the oldest first, as they stand now."""
    answers = directory.contacts.answered()
    now = desk.clock()
    with desk.database.read() as connection:
        return [
            _checked(connection, directory, one, answers.get(one.id), now)
            for one in directory.contacts.checks
        ]


def _checked(
    connection: Connection, directory: Directory, one: Check, answered: Answer | None, now: int
) -> Checked:
    sent_at, received_at = _times(connection, directory, one.id)
    answered_at = None if answered is None else _received(connection, directory, answered.id)
    seconds = clocks.duration(ActType.COMMUNICATION_CHECK, ClockKind.ANSWER_CHECK, 0) or 0
    due_at = (sent_at if received_at is None else received_at) + seconds
    if answered_at is not None:
        outcome = Outcome.ANSWERED if answered_at <= due_at else Outcome.LATE
    else:
        outcome = Outcome.WAITING if now <= due_at else Outcome.FAILED
    return Checked(one, sent_at, received_at, due_at, answered_at, outcome)


def _times(connection: Connection, directory: Directory, leaf: bytes) -> tuple[int, int | None]:
    """When a statement was signed, by its author's clock, and when it counts as received."""
    entry = log.by_leaf(connection, directory.channel.id, leaf)
    if entry is None:
        raise ParleyError(Reason.INTERNAL, fact="a check without its statement")
    found = received(connection, directory.channel, entry)
    return entry.iat, found.at if found else None


def _received(connection: Connection, directory: Directory, leaf: bytes) -> int:
    """When an answer counts as received; without a receipt as yet, its own time."""
    signed_at, received_at = _times(connection, directory, leaf)
    return signed_at if received_at is None else received_at


def statistics(checked: Sequence[Checked], since: int = 0) -> Statistics:
    """Checks sent from ``since`` on, counted."""
    counted = [one for one in checked if one.sent_at >= since]
    outcomes = [one.outcome for one in counted]
    times = [one.seconds for one in counted if one.seconds is not None]
    return Statistics(
        len(counted),
        outcomes.count(Outcome.ANSWERED),
        outcomes.count(Outcome.LATE),
        outcomes.count(Outcome.FAILED),
        outcomes.count(Outcome.WAITING),
        round(median(times)) if times else None,
    )


def next_check(desk: Desk, directory: Directory) -> DueView | None:
    """When we are to check the other side's directory next; None where it has no contact yet."""
    with desk.database.read() as connection:
        for due in dues.dues_of(connection, directory.channel, directory.state):
            ours = due.obligation.owner == directory.channel.own_index
            if ours and due.obligation.kind == ClockKind.CHECK:
                return due
    return None


class Scheduled(NamedTuple):
    """A directory of another side by the schedule: what is due next, and what was sent now."""

    directory: Directory
    next_at: int | None
    overdue: bool
    sent: bytes | None


def by_schedule(desk: Desk, officer: str, scenario: str) -> list[Scheduled]:
    """Check every directory of the other sides whose check is due, and say what is due next.

    :raises ParleyError: as :func:`check`.
    """
    found: list[Scheduled] = []
    for directory in contacts.directories(desk, officer):
        if directory.own:
            continue
        due = next_check(desk, directory)
        times = [] if due is None else [at for at in due.due if at is not None]
        next_at = min(times) if times else None
        overdue = next_at is not None and next_at <= desk.clock()
        sent = check(desk, officer, directory, scenario).leaf if overdue else None
        found.append(Scheduled(directory, next_at, overdue, sent))
    return found
