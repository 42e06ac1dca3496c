"""From a file of contacts to a nomination: offices found or numbered anew, contacts placed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from parley.application.contact_lines import Line, Read
from parley.application.contacts import Place
from parley.application.writing import Writing
from parley.domain.act import ActType, Code
from parley.domain.types.contacts import LEVELS
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record.body import Value


class Planned(NamedTuple):
    """A nomination that a file comes to.

    ``numbers`` has the number that each line's contact will have; ``offices`` those that are new.
    """

    writing: Writing
    numbers: tuple[tuple[Line, int], ...]
    offices: tuple[tuple[int, str], ...]


class _Office:
    """An office as the file and the directory know it."""

    def __init__(self, number: int, level: str, *, new: bool) -> None:
        self.number = number
        self.level = level
        self.new = new
        self.deputy = ""
        self.lines: list[Line] = []


def plan(
    read: Read,
    known: Sequence[Place],
    count: int,
    language: str,
    level: str | None = None,
) -> Planned:
    """The nomination for everything that was read.

    ``known`` are the offices of the directory, which has ``count`` contacts; ``language`` is that
    of the names of new offices, ``level`` theirs where the file says nothing. Contacts are
    numbered office by office, in the order of the file.

    :raises ParleyError: ``contact-file-faulty`` (nothing is taken then), ``contact-file-empty``,
        ``contact-level-missing``, ``contact-levels-differ``.
    """
    if read.faults:
        raise ParleyError(Reason.CONTACT_FILE_FAULTY, count=len({f.line for f in read.faults}))
    if not read.lines:
        raise ParleyError(Reason.CONTACT_FILE_EMPTY)
    offices = _Offices(known, level)
    for line in read.lines:
        offices.place(line)
    new = [(name, office) for name, office in offices.named() if office.new]
    values: dict[str, Value] = {f"offices/{office.number}/name@{language}": n for n, office in new}
    numbers: list[tuple[Line, int]] = []
    at: list[tuple[int, int]] = []
    for _name, office in offices.named():
        if office.lines:
            at.append((count + len(numbers) + 1, office.number))
        for line in office.lines:
            number = count + len(numbers) + 1
            numbers.append((line, number))
            values |= {f"contacts/{number}/{name}": value for name, value in line.record.items()}
    codes: dict[str, Code] = {"first": count + 1, "contacts": len(numbers), "at": tuple(at)}
    if new:
        codes["offices"] = tuple((office.number, office.level) for _name, office in new)
    deputies = offices.deputies()
    if deputies:
        codes["deputies"] = deputies
    writing = Writing(ActType.CONTACT_NOMINATION.value, values, codes)
    return Planned(writing, tuple(numbers), tuple((o.number, name) for name, o in new))


class _Offices:
    """The offices of a directory, by name, and those that a file adds."""

    def __init__(self, known: Sequence[Place], level: str | None) -> None:
        self._level = level
        self._numbers = len(known)
        self._found: dict[str, tuple[str, _Office]] = {}
        self._deputies: dict[int, int] = {}
        for place in known:
            number = place.manned.office.number
            office = _Office(number, place.manned.office.level, new=False)
            self._deputies[number] = place.manned.office.deputy
            for name in (str(number), *place.names.values()):
                self._found.setdefault(name.casefold(), (name, office))

    def place(self, line: Line) -> None:
        """Put a contact at its office, which is new where nobody knows it."""
        office = self._office(line.office, line.level, line)
        if line.level and line.level != office.level:
            raise ParleyError(Reason.CONTACT_LEVELS_DIFFER, line=line.number, office=line.office)
        office.lines.append(line)
        if line.deputy:
            office.deputy = line.deputy

    def _office(self, name: str, level: str, line: Line) -> _Office:
        known = self._found.get(name.casefold())
        if known is not None:
            return known[1]
        level = level or self._level or ""
        if not level:
            raise ParleyError(
                Reason.CONTACT_LEVEL_MISSING,
                office=name,
                line=line.number,
                known=", ".join(LEVELS),
            )
        self._numbers += 1
        office = _Office(self._numbers, level, new=True)
        self._found[name.casefold()] = (name, office)
        return office

    def named(self) -> Iterable[tuple[str, _Office]]:
        """Each office once, by its number."""
        found = {office.number: (name, office) for name, office in self._found.values()}
        return [found[number] for number in sorted(found)]

    def deputies(self) -> tuple[tuple[int, int], ...]:
        """The deputies that the file names, where they are not deputies yet."""
        found: list[tuple[int, int]] = []
        for _name, office in self.named():
            if not office.deputy:
                continue
            known = self._found.get(office.deputy.casefold())
            if known is None:
                raise ParleyError(Reason.CONTACT_DEPUTY_UNKNOWN, office=office.deputy)
            number = known[1].number
            if number not in (office.number, self._deputies.get(office.number)):
                found.append((office.number, number))
        return tuple(found)
