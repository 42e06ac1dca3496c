"""The verdict on a statement's body: whether it obeys the rules of its type and of text.

It is taken once, when the statement is appended, from bytes that both sides hold, and kept beside
the statement: an act folds the same after its body was erased.
"""

from __future__ import annotations

from parley.domain.body import check_body
from parley.kernel.errors import ParleyError
from parley.record.body import Body
from parley.record.statement import ActHeader


def of(act: ActHeader, body: Body) -> str | None:
    """The reason code for which the act is void, or none. ``body`` is complete."""
    try:
        check_body(act.type, act.codes, body.values)
    except ParleyError as error:
        return error.reason.value
    return None
