"""The house's register: a number, a marking and labels of its own for each case.

None of it is ever sent. Who may see a case sees what the house has of it; what is closed takes the
path of what does not exist.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection
from typing import Final, NamedTuple

from sqlalchemy import Connection

from parley.application import house
from parley.application.desk import Desk
from parley.application.house import Acting
from parley.application.places import Places
from parley.domain import access
from parley.domain.housekeeping import HouseAct
from parley.domain.roles import Duty
from parley.kernel import text as texts
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record.channel import Channel
from parley.store import register, views
from parley.store.register import RegisterRow
from parley.store.views import CaseRow

TEXT_CHARACTERS: Final = 120
LABELS: Final = 32
"""So many labels a case may have."""


class Registered(NamedTuple):
    """What the house has of a case. ``marking`` is the name of its marking, ``level`` its place."""

    number: str | None
    level: int | None
    marking: str | None
    labels: tuple[str, ...]


NOTHING: Final = Registered(None, None, None, ())


def of(desk: Desk, connection: Connection, channel: bytes, case: bytes) -> Registered:
    """What the house has of a case; the caller has asked whether the officer sees it."""
    return of_all(desk, connection, [(channel, case)])[channel, case]


def of_all(
    desk: Desk, connection: Connection, cases: Collection[tuple[bytes, bytes]]
) -> dict[tuple[bytes, bytes], Registered]:
    """What the house has of each case, by channel and case; the caller has asked as for one."""
    rows = register.entries(connection, cases)
    labels = register.all_labels(connection, cases)
    return {one: _registered(desk, rows.get(one), labels.get(one, ()), one) for one in cases}


def numbered(desk: Desk, connection: Connection, text: str) -> list[CaseRow]:
    """The cases with this number in the house's register; the caller asks which are to be seen."""
    return register.numbered(connection, desk.house_texts.tag(as_number(text)))


def with_label(desk: Desk, officer: str, text: str) -> set[tuple[bytes, bytes]]:
    """Channel and identifier of the cases that have a label, whoever may see them.

    :raises ParleyError: ``officer-unknown``.
    """
    with house.reading(desk, officer) as acting:
        return register.labelled(acting.connection, label_tag(desk, text))


def label_tag(desk: Desk, text: str) -> bytes:
    """The keyed hash by which a label is found."""
    return desk.house_texts.tag(as_label(text))


def number(desk: Desk, officer: str, channel: Channel, case: bytes, text: str | None) -> None:
    """Give a case the house's own number, in place of any that it has; null takes it away.

    Two cases may have one number: a file of the house may be about several.

    :raises ParleyError: ``case-unknown``, ``role-forbids``, the errors of a text.
    """
    with house.acting(desk, officer, channel.id) as acting:
        row = _entry(acting, channel, case, Duty.REGISTER)
        sealed = tag = None
        if text is not None:
            text = texts.clean_entry(text, TEXT_CHARACTERS, line=True)
            tag = desk.house_texts.tag(as_number(text))
            sealed = desk.house_texts.seal(text.encode(), channel.id + case)
        register.save(acting.connection, row._replace(number_tag=tag, number=sealed))
        acting.note(HouseAct.CASE_NUMBERED)


def classify(desk: Desk, officer: str, channel: Channel, case: bytes, name: str | None) -> None:
    """Mark a case by the house's own scheme; null takes the marking away.

    :raises ParleyError: ``case-unknown``, ``role-forbids``, ``marking-unknown``.
    """
    with house.acting(desk, officer, channel.id) as acting:
        row = _entry(acting, channel, case, Duty.CLASSIFY)
        level = None if name is None else level_of(desk, name)
        register.save(acting.connection, row._replace(marking=level))
        acting.note(HouseAct.CASE_CLASSIFIED, number=level or 0)


def label(
    desk: Desk,
    officer: str,
    channel: Channel,
    case: bytes,
    *,
    add: Collection[str] = (),
    remove: Collection[str] = (),
) -> None:
    """Give a case labels, and take labels away.

    :raises ParleyError: ``case-unknown``, ``role-forbids``, ``too-many-labels``, the errors of a
        text.
    """
    with house.acting(desk, officer, channel.id) as acting:
        _entry(acting, channel, case, Duty.REGISTER)
        connection = acting.connection
        for text in remove:
            register.drop_label(connection, channel.id, case, desk.house_texts.tag(as_label(text)))
        for text in add:
            clean = " ".join(texts.clean_entry(text, TEXT_CHARACTERS, line=True).split())
            sealed = desk.house_texts.seal(clean.encode(), channel.id + case)
            tag = desk.house_texts.tag(as_label(clean))
            register.add_label(connection, channel.id, case, tag, sealed)
        if len(register.labels(connection, channel.id, case)) > LABELS:
            raise ParleyError(Reason.TOO_MANY_LABELS, limit=LABELS)
        acting.note(HouseAct.CASE_LABELLED, number=len(add) + len(remove))


def level_of(desk: Desk, name: str) -> int:
    """The place of a marking in the house's scheme, from 1, by its name or by that number.

    :raises ParleyError: ``marking-unknown``.
    """
    scheme = desk.policy.classifications
    for level, known in enumerate(scheme, start=1):
        if name.casefold() == known.casefold() or name == str(level):
            return level
    raise ParleyError(Reason.MARKING_UNKNOWN, value=name, choices=", ".join(scheme))


def as_number(text: str) -> str:
    """What a number is found by: without spaces and case."""
    return "number:" + "".join(unicodedata.normalize("NFKC", text).casefold().split())


def as_label(text: str) -> str:
    """What a label is found by: without case."""
    return "label:" + " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _marking(desk: Desk, level: int | None) -> str | None:
    """The name of a level; the level itself where the scheme has fewer by now."""
    scheme = desk.policy.classifications
    if level is None:
        return None
    return scheme[level - 1] if level <= len(scheme) else str(level)


def _registered(
    desk: Desk, row: RegisterRow | None, labels: Collection[bytes], case: tuple[bytes, bytes]
) -> Registered:
    if row is None and not labels:
        return NOTHING
    bound = b"".join(case)
    number = desk.house_texts.open(row.number, bound).decode() if row and row.number else None
    level = row.marking if row else None
    return Registered(
        number,
        level,
        _marking(desk, level),
        tuple(sorted(desk.house_texts.open(one, bound).decode() for one in labels)),
    )


def _entry(acting: Acting, channel: Channel, case: bytes, duty: Duty) -> RegisterRow:
    """The register's row of a case in which the officer may do ``duty``."""
    access.require_somewhere(acting.officer, duty)
    row = views.case(acting.connection, channel.id, case)
    places = Places(acting.connection, acting.officer)
    acting.at(places.at(channel.id, case, row.kind if row else None, None))
    if row is None or not places.sees(row):
        raise ParleyError(Reason.CASE_UNKNOWN)
    access.require(acting.officer, duty, acting.place)
    return register.entry(acting.connection, channel.id, case)
