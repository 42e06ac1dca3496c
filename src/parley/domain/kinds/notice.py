"""A notice: what its author says of a law or a measure, and on which days it is in force."""

from __future__ import annotations

import msgspec

from parley.domain import dates
from parley.domain.act import Act, ActType
from parley.domain.codes import tokens
from parley.domain.kind import NO_DAYS, Days, Held, Kind
from parley.domain.shape import Scope
from parley.domain.types.notice import IN_FORCE
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason


class Version(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, gc=False):
    """One notice as it now reads: by the act ``id``, which may be a correction of it.

    ``since`` and ``until`` are dates as they were given, to the year, month or day; ``since`` is
    None for what is not yet in force, ``until`` (the last day) where no end was stated.
    """

    id: bytes
    seq: int
    nature: str
    since: str | None
    until: str | None
    sectors: tuple[str, ...]
    corrected: bool = False


class Notice(
    msgspec.Struct,
    frozen=True,
    array_like=True,
    forbid_unknown_fields=True,
    gc=False,
    tag="notice",
):
    """The notices of one case in the order in which their author gave them."""

    versions: tuple[Version, ...]


class NoticeKind(Kind[Notice]):
    """The rules of notices. Nobody but the author speaks, so nothing in a case crosses."""

    scope = Scope.NOTICE
    settled = frozenset({"not-yet-in-force", "in-force-from", "in-force-until"})

    def judge_opening(self, members: int, act: Act) -> None:
        """A notice does not end before it begins.

        :raises ParleyError: ``notice-dates-wrong``.
        """
        _judge_dates(act, _date(act, "since"), _date(act, "until"))

    def begin(self, members: int, act: Act) -> Notice:
        """The first notice of the case."""
        return Notice((_version(act),))

    def judge(self, case: Held, substance: Notice, act: Act) -> None:
        """A notice may be corrected or ended as it now reads, and by its author alone.

        :raises ParleyError: ``notice-corrected``, ``notice-dates-wrong``.
        """
        named = [version for version in substance.versions if version.id == act.reference]
        if act.type != ActType.NOTICE and not named:
            raise ParleyError(Reason.NOTICE_CORRECTED)
        since = named[0].since if act.type == ActType.NOTICE_END else _date(act, "since")
        _judge_dates(act, since, _date(act, "until"))

    def write(self, case: Held, substance: Notice, act: Act) -> Notice:
        """A new notice comes after the others; a correction or an end changes the one it names."""
        if act.type == ActType.NOTICE:
            return Notice((*substance.versions, _version(act)))
        return Notice(
            tuple(
                _changed(version, act) if version.id == act.reference else version
                for version in substance.versions
            )
        )

    def status(self, case: Held, substance: Notice) -> str:
        """What the latest notice says; whether a day has come is for the reader's calendar."""
        last = substance.versions[-1]
        if last.since is None:
            return "not-yet-in-force"
        return "in-force-from" if last.until is None else "in-force-until"

    def days(self, substance: Notice) -> Days:
        """From the first day on which any of the notices is in force to the last."""
        begun = [one for one in substance.versions if one.since is not None]
        if not begun:
            return NO_DAYS
        ends = [dates.end(one.until) for one in begun if one.until is not None]
        return (
            min(dates.start(one.since) for one in begun if one.since is not None),
            max(ends) if len(ends) == len(begun) else None,
        )


def _version(act: Act) -> Version:
    return Version(
        id=act.id,
        seq=act.seq,
        nature=str(act.codes["nature"]),
        since=_date(act, "since"),
        until=_date(act, "until"),
        sectors=tokens(act, "sectors"),
    )


def _changed(version: Version, act: Act) -> Version:
    if act.type == ActType.NOTICE_END:
        return msgspec.structs.replace(version, until=_date(act, "until"))
    return msgspec.structs.replace(_version(act), seq=version.seq, corrected=True)


def _date(act: Act, name: str) -> str | None:
    value = act.codes.get(name)
    return value if isinstance(value, str) else None


def _judge_dates(act: Act, since: str | None, until: str | None) -> None:
    """A day is given where one is announced; what is not in force has no last day."""
    if act.type != ActType.NOTICE_END and (since is None) == (act.codes["force"] == IN_FORCE):
        raise ParleyError(Reason.CODE_INVALID, type=act.type, code="since")
    if until is not None and (since is None or dates.end(until) <= dates.start(since)):
        raise ParleyError(Reason.NOTICE_DATES_WRONG)


# --- what was in force ---------------------------------------------------------------------------


class InForce(msgspec.Struct, frozen=True):
    """A notice that was in force on a day, surely or, where its dates leave it open, perhaps."""

    version: Version
    surely: bool


def in_force(notice: Notice, day: str) -> tuple[InForce, ...]:
    """What of a case was in force on ``day`` (an ISO 8601 day), as its author says today.

    A later notice takes the place of those before it from its own first day on. A date that is
    given to the month or the year leaves open on which of its days something began or ended: then
    nothing is said to be sure.
    """
    found: list[InForce] = []
    begins, ends = dates.start(day), dates.end(day)
    for at, version in enumerate(notice.versions):
        since, until = version.since, version.until
        if since is None:
            continue
        later = [other.since for other in notice.versions[at + 1 :] if other.since is not None]
        possible = (
            dates.start(since) <= begins
            and (until is None or begins < dates.end(until))
            and all(ends < dates.end(other) for other in later)
        )
        sure = (
            dates.end(since) <= ends
            and (until is None or begins <= dates.start(until))
            and all(begins < dates.start(other) for other in later)
        )
        if possible:
            found.append(InForce(version, sure))
    return tuple(found)
