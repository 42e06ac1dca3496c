"""Which fields of a dossier's bodies are left out, and whether that hides them.

A field that is left out leaves its digest, which covers a random salt of 16 bytes that stands
nowhere else: whoever tries every likely value against it finds nothing. What a field says may still
stand in another one that is shown; :attr:`Withholding.elsewhere` counts such fields. Header codes
are signed as they are, and cannot be withheld.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from hashlib import blake2b
from typing import Final, NamedTuple

from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record.body import Body, Value

_NAMED: Final = re.compile(r"([0-9a-f]{6,64}):(.+)", re.ASCII)
_LEAST_TEXT: Final = 4
"""A text that is shorter stands in many places without being told by them."""
_MARK_BYTES: Final = 12


class Wanted(NamedTuple):
    """Fields to leave out: those at paths like ``pattern``; of one statement, or of all."""

    statement: str | None
    pattern: str

    def fits(self, leaf: str, path: str) -> bool:
        """Whether it names the field. Without a language it names the field in all of them."""
        if self.statement is not None and not leaf.startswith(self.statement):
            return False
        return fnmatchcase(path, self.pattern) or fnmatchcase(path.split("@", 1)[0], self.pattern)


def parse(texts: Iterable[str]) -> list[Wanted]:
    """Each text names ``PATH``, or ``STATEMENT:PATH`` with the start of a leaf hash.

    A path may be a pattern, such as ``questions/*/text``.
    """
    wanted: list[Wanted] = []
    for text in texts:
        found = _NAMED.fullmatch(text.strip())
        wanted.append(Wanted(found[1], found[2]) if found else Wanted(None, text.strip()))
    return wanted


def listed(data: bytes) -> list[str]:
    """The entries of a file: one a line; empty lines and those that begin with ``#`` are passed.

    :raises ParleyError: ``text-not-utf8``, ``withhold-malformed``.
    """
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise ParleyError(Reason.TEXT_NOT_UTF8) from error
    found: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        entry = line.strip()
        if not entry or entry.startswith("#"):
            continue
        if any(character.isspace() for character in entry) or not entry.isprintable():
            raise ParleyError(Reason.WITHHOLD_MALFORMED, line=number)
        found.append(entry)
    return found


class Withholding:
    """Leaves fields out of bodies, in one export. ``fields`` and ``statements`` count them."""

    def __init__(self, wanted: Sequence[Wanted]) -> None:
        self._wanted = wanted
        self._met: set[Wanted] = set()
        self._shown: set[bytes] = set()
        self._hidden: set[bytes] = set()
        self.fields = 0
        self.statements = 0

    def __bool__(self) -> bool:
        return bool(self._wanted)

    def shown(self, leaf: bytes, body: Body) -> Body:
        """``body`` without the fields that are withheld."""
        name = leaf.hex()
        gone: list[str] = []
        for field in body.fields:
            fitting = [one for one in self._wanted if one.fits(name, field.path)]
            self._met.update(fitting)
            (self._hidden if fitting else self._shown).update(_mark(field.value))
            if fitting:
                gone.append(field.path)
        if not gone:
            return body
        self.fields += len(gone)
        self.statements += 1
        return body.without(gone)

    @property
    def elsewhere(self) -> int:
        """How many different texts are withheld in one place and shown whole in another."""
        return len(self._hidden & self._shown)

    def check(self) -> None:
        """Refuse what named nothing: a slip of the pen would show what was to be withheld.

        :raises ParleyError: ``withhold-unknown``.
        """
        for one in self._wanted:
            if one not in self._met:
                named = f"{one.statement}:{one.pattern}" if one.statement else one.pattern
                raise ParleyError(Reason.WITHHOLD_UNKNOWN, path=named)


def _mark(value: Value) -> list[bytes]:
    """What a value is known by here, where it says anything of its own."""
    if isinstance(value, str) and len(value) >= _LEAST_TEXT:
        return [blake2b(value.encode(), digest_size=_MARK_BYTES).digest()]
    if isinstance(value, bytes):
        return [blake2b(value, digest_size=_MARK_BYTES).digest()]
    return []
