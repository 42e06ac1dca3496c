"""The verdict on a statement's body: whether it obeys the rules of its type and of text.

It is taken once, when the statement is appended, from bytes that both sides hold, and kept beside
the statement: an act folds the same after its body was erased.
"""

from __future__ import annotations

from collections.abc import Mapping

from parley.domain.act import Code
from parley.domain.body import check_body
from parley.kernel.errors import ParleyError
from parley.record import units
from parley.record.body import Body
from parley.record.statement import ActHeader


def of(act: ActHeader, body: Body) -> str | None:
    """The reason code for which the act is void, or none. ``body`` is complete."""
    try:
        check(act.type, act.codes, body)
    except ParleyError as error:
        return error.reason.value
    return None


def check(type_: str, codes: Mapping[str, Code], body: Body) -> None:
    """Check that a body, which is complete, obeys the rules of its type, text and header.

    :raises ParleyError: as ``check_body``, and ``unit-digest-wrong``.
    """
    check_body(type_, codes, body.values)
    units.check(type_, codes, body)
