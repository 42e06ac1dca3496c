"""Asking anew who somebody is, with all that was about to be sent kept for after that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from parley.application import passkeys, sessions, sign_in
from parley.domain.sign_in import KEYS_SECONDS, is_recent
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.web.visit import local

if TYPE_CHECKING:
    from starlette.responses import Response

    from parley.application.passkeys import Site
    from parley.application.sessions import Session
    from parley.web.visit import Visit

PATH: Final = "confirm-path"
METHOD: Final = "confirm-method"
ANSWER: Final = "confirm-answer"
_OURS: Final = frozenset({PATH, METHOD, ANSWER})
FORM_SECONDS: Final = KEYS_SECONDS // 2
"""So long after signing in the form for a password is shown: there is time left to fill it in."""


def ask(visit: Visit) -> Response:
    """The page that asks who somebody is, where what was asked for needs to be sure."""
    return _page(visit, visit.path, visit.request.method, None)


def again(visit: Visit, error: ParleyError) -> Response:
    """The same page after an answer that was wrong."""
    form = visit.form
    return _page(visit, form.value(PATH), form.value(METHOD), error)


def session(visit: Visit) -> Session:
    """The session of the officer.

    :raises ParleyError: ``session-over``.
    """
    if visit.session is None:
        raise ParleyError(Reason.SESSION_OVER)
    return visit.session


def surely(visit: Visit) -> None:
    """Have whoever decides who comes in be sure to be who it is.

    :raises ParleyError: ``confirmation-needed``, ``session-over``.
    """
    sessions.require_confirmed(session(visit), visit.now, KEYS_SECONDS)


def sets_until(visit: Visit) -> int | None:
    """Until when this session may set a password or add a passkey; none where it is too late."""
    own = session(visit)
    if not is_recent(own.confirmed_at, FORM_SECONDS, visit.now):
        return None
    return own.confirmed_at + FORM_SECONDS


def site(visit: Visit) -> Site | None:
    """Where passkeys are for; none where the desk has no name for them."""
    try:
        return passkeys.Site.of(visit.site.origin)
    except ParleyError:
        return None


def _page(visit: Visit, path: str, method: str, error: ParleyError | None) -> Response:
    own = session(visit)
    means = sign_in.means(visit.desk, own.officer)
    return visit.page(
        "confirm.html",
        status=403 if error is None else 422,
        kept=[(name, value) for name, value in visit.form.kept() if name not in _OURS],
        back=local(path),
        method=method,
        error=None if error is None else visit.translator.reason(error),
        has_password=means.password_set_at is not None,
        has_passkey=bool(means.passkeys) and site(visit) is not None,
        sets_until=sets_until(visit),
    )
