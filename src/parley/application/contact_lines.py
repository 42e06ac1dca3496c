"""What a file of contacts holds, line by line: what was taken, what is wrong, what was left.

Nothing is lost on the way: every line is taken, or named as faulty, or named as left out.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from parley.domain.dates import is_date
from parley.domain.types.contacts import LEVELS, RECORD
from parley.kernel import limits, text
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason

FILE_BYTES: Final = 4 * limits.MIB

PLACE: Final = ("office", "level", "deputy")
"""Where a contact is: its office, the office's level, and the office that stands in for it."""

COLUMNS: Final = (*PLACE, *RECORD)
"""Everything that a file may say of a contact."""


class Line(NamedTuple):
    """A contact, and the line of the file on which it begins."""

    number: int
    office: str
    level: str
    deputy: str
    record: dict[str, str]


class Fault(NamedTuple):
    """Why a line cannot be taken. ``column`` is empty where the line as a whole is at fault."""

    line: int
    reason: Reason
    column: str = ""
    fact: str = ""

    def error(self) -> ParleyError:
        """The same as an error, for its sentences."""
        return ParleyError(self.reason, line=self.line, column=self.column, fact=self.fact)


class Left(NamedTuple):
    """Something in the file that a contact's record has no place for."""

    line: int
    name: str


class Read(NamedTuple):
    """A file of contacts as it was read."""

    lines: tuple[Line, ...]
    faults: tuple[Fault, ...]
    left: tuple[Left, ...]


class Reader:
    """Collects the lines of one file."""

    def __init__(self) -> None:
        self._lines: list[Line] = []
        self._faults: list[Fault] = []
        self._left: list[Left] = []
        self._known: dict[tuple[str, ...], int] = {}

    def take(self, number: int, given: dict[str, str]) -> None:
        """Take a contact as a file gives it, by column; or note what is wrong with it."""
        values: dict[str, str] = {}
        sound = True
        for name, value in given.items():
            try:
                if value.strip():
                    values[name] = _cleaned(name, value)
            except ParleyError:
                self.fault(Fault(number, Reason.CONTACT_LINE_INVALID, name))
                sound = False
        for name in ("name", "office"):
            if not given.get(name, "").strip():
                self.fault(Fault(number, Reason.CONTACT_LINE_LACKS, name))
                sound = False
        if sound:
            self._keep(number, values)

    def _keep(self, number: int, values: dict[str, str]) -> None:
        key = tuple(values.get(name, "").casefold() for name in ("office", "name", "post"))
        first = self._known.setdefault(key, number)
        if first != number:
            self.fault(Fault(number, Reason.CONTACT_LINE_REPEATED, fact=str(first)))
            return
        record: dict[str, str] = {name: values[name] for name in RECORD if name in values}
        office, level, deputy = (values.get(name, "") for name in PLACE)
        self._lines.append(Line(number, office, level, deputy, record))

    def fault(self, fault: Fault) -> None:
        """Note that a line cannot be taken."""
        self._faults.append(fault)

    def leave(self, number: int, name: str) -> None:
        """Note something that has no place in a record."""
        self._left.append(Left(number, name))

    def read(self) -> Read:
        """What was read so far."""
        return Read(tuple(self._lines), tuple(sorted(self._faults)), tuple(self._left))


def _cleaned(name: str, value: str) -> str:
    """A value in order.

    :raises ParleyError: a ``text-*`` reason, ``contact-line-invalid``.
    """
    cleaned = text.clean_entry(value, limits.LINE_CHARACTERS, line=True)
    wrong = (name == "level" and cleaned not in LEVELS) or (
        name == "valid-until" and not is_date(cleaned)
    )
    if wrong:
        raise ParleyError(Reason.CONTACT_LINE_INVALID)
    return cleaned


def decoded(data: bytes) -> str:
    """The text of a file.

    :raises ParleyError: ``text-not-utf8``.
    """
    return text.decode(data).removeprefix("\ufeff")
