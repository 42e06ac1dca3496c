"""What an officer writes, before anything is fixed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from parley.domain.act import Code
from parley.record.body import Value


class Writing(NamedTuple):
    """The text and the codes of an act.

    Left out: ``case`` begins a new one; offices are the first of each letter; ``reference`` is
    the newest act in the case that the type may refer to; header codes that only count what the
    text holds are counted. ``reply_wanted`` is seconds. ``values`` are the fields by path.
    """

    type: str
    values: Mapping[str, Value]
    codes: Mapping[str, Code] = {}
    case: bytes | None = None
    from_office: bytes | None = None
    to_offices: tuple[bytes, ...] = ()
    reference: bytes | None = None
    legal_basis: str | None = None
    precedence: int = 0
    tlp: str = "amber"
    pap: str | None = None
    reply_wanted: int | None = None
