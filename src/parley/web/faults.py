"""Errors as pages: what happened, what was kept, what to do; with nothing typed lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.responses import JSONResponse

from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.web import confirming

if TYPE_CHECKING:
    from starlette.responses import Response

    from parley.web.visit import Visit

_MISSING: Final = frozenset(
    {
        Reason.CASE_UNKNOWN,
        Reason.CHANNEL_UNKNOWN,
        Reason.DRAFT_UNKNOWN,
        Reason.STATEMENT_UNKNOWN,
        Reason.PAGE_UNKNOWN,
    }
)
_LATER: Final = frozenset({Reason.VERIFYING_BUSY, Reason.VERIFYING_FAILED})
_CHANGED: Final = frozenset({Reason.DRAFT_CHANGED, Reason.DRAFT_STAGE})


def status_of(error: ParleyError) -> int:
    """The status of HTTP (RFC 9110) for a reason."""
    if error.reason in _MISSING:
        return 404
    if error.reason is Reason.ROLE_FORBIDS:
        return 403
    if error.reason is Reason.SESSION_OVER:
        return 401
    if error.reason in _CHANGED:
        return 409
    if error.reason is Reason.TOO_LARGE:
        return 413
    if error.reason in _LATER:
        return 503
    return 500 if error.reason is Reason.INTERNAL else 422


def said(visit: Visit, error: ParleyError, **more: str) -> Response:
    """An error for a script of ours: what happened, what to do, and its code."""
    what, todo = visit.translator.reason(error)
    body = {"what": what, "todo": todo, "code": error.reason.value, **more}
    return JSONResponse(body, status_code=status_of(error))


def page(visit: Visit, error: ParleyError) -> Response:
    """The page of an error; what a form had sent stands on it, to be copied or sent again."""
    if visit.by_script:
        return said(visit, error)
    if error.reason is Reason.CONFIRMATION_NEEDED:
        return confirming.ask(visit)
    what, todo = visit.translator.reason(error)
    return visit.page(
        "fault.html",
        status=status_of(error),
        what=what,
        todo=todo,
        code=error.reason.value,
        kept=visit.form.kept(),
    )
