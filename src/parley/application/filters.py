"""Filters of a list of cases that officers keep under names, each for themselves."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final, NamedTuple

import msgspec

from parley.application import house, register, search
from parley.application.desk import Desk
from parley.application.search import Sought
from parley.kernel import cbor, limits
from parley.kernel import text as texts
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.store import register as rows
from parley.store.case_lists import FEW, Wanted

NAME_CHARACTERS: Final = 60
FILTERS: Final = 100
"""So many filters an officer may keep."""

_BYTES: Final = 16 * limits.KIB


class Filter(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a list of cases is to have; null and false ask for nothing.

    ``party`` names a channel as :func:`parley.application.channels.find` takes it. ``precedence``
    is the least of what opened the case, ``level`` the least of the house's marking. ``due``: in
    which something is due, the first deadline first; ``overdue``: past it. ``words`` as
    :func:`parley.domain.query.parse` reads them.
    """

    kind: str | None = None
    status: str | None = None
    party: str | None = None
    still_open: bool = False
    label: str | None = None
    precedence: int | None = None
    level: int | None = None
    due: bool = False
    overdue: bool = False
    words: str | None = None

    def narrowed(self, asked: Filter) -> Filter:
        """This filter with what ``asked`` asks for in place of what it asks for itself."""
        given = {name: getattr(asked, name) for name in asked.__struct_fields__}
        changed = {name: value for name, value in given.items() if value not in {None, False}}
        return msgspec.structs.replace(self, **changed)


class Saved(NamedTuple):
    """A filter under its name."""

    name: str
    filter: Filter


class _Kept(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    name: str
    filter: Filter


def save(desk: Desk, officer: str, name: str, wanted: Filter) -> None:
    """Keep a filter, in place of one of this name.

    :raises ParleyError: ``officer-unknown``, ``too-many-filters``, the errors of a text.
    """
    name = texts.clean_entry(name, NAME_CHARACTERS, line=True)
    with house.acting(desk, officer) as acting:
        tag = desk.house_texts.tag(_as_name(name))
        known = rows.filters(acting.connection, acting.officer.name)
        if tag not in known and len(known) >= FILTERS:
            raise ParleyError(Reason.TOO_MANY_FILTERS, limit=FILTERS)
        data = desk.house_texts.seal(cbor.encode_model(_Kept(name, wanted)), officer.encode())
        rows.save_filter(acting.connection, officer, tag, data)


def remove(desk: Desk, officer: str, name: str) -> None:
    """Drop a filter.

    :raises ParleyError: ``officer-unknown``, ``filter-unknown``.
    """
    with house.acting(desk, officer) as acting:
        tag = desk.house_texts.tag(_as_name(name))
        if tag not in rows.filters(acting.connection, officer):
            raise ParleyError(Reason.FILTER_UNKNOWN, name=name)
        rows.drop_filter(acting.connection, officer, tag)


def every(desk: Desk, officer: str) -> list[Saved]:
    """The officer's filters, by name.

    :raises ParleyError: ``officer-unknown``.
    """
    with house.reading(desk, officer) as acting:
        kept = rows.filters(acting.connection, officer)
    return sorted(_opened(desk, officer, data) for data in kept.values())


def named(desk: Desk, officer: str, name: str) -> Filter:
    """The officer's filter of this name.

    :raises ParleyError: ``officer-unknown``, ``filter-unknown``.
    """
    with house.reading(desk, officer) as acting:
        kept = rows.filters(acting.connection, officer)
    data = kept.get(desk.house_texts.tag(_as_name(name)))
    if data is None:
        raise ParleyError(Reason.FILTER_UNKNOWN, name=name)
    return _opened(desk, officer, data).filter


class Chosen(NamedTuple):
    """Cases as a filter has them: by what the database knows of each, and as texts name them."""

    wanted: Wanted
    among: Collection[tuple[bytes, bytes]] | None


def chosen(desk: Desk, officer: str, asked: Filter) -> Chosen:
    """Which cases ``asked`` has by precedence, by the house's register and by their texts.

    The rest of it is the list's own.

    :raises ParleyError: as :func:`parley.application.search.cases`.
    """
    wanted = Wanted(
        precedence=asked.precedence,
        label=None if asked.label is None else register.label_tag(desk, asked.label),
        marking=asked.level,
    )
    if asked.words is None:
        return Chosen(wanted, None)
    among = search.cases(desk, officer, Sought(asked.words))
    if len(among) <= FEW:
        wanted = wanted._replace(cases=[case for _channel, case in among])
    return Chosen(wanted, among)


def _opened(desk: Desk, officer: str, data: bytes) -> Saved:
    opened = desk.house_texts.open(data, officer.encode())
    kept = cbor.decode_as(opened, _Kept, limit=_BYTES)
    return Saved(kept.name, kept.filter)


def _as_name(name: str) -> str:
    return "filter:" + " ".join(name.casefold().split())
