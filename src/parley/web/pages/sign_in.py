"""Signing in: by passkey, password or one-time link; confirming who one is; signing out."""

from __future__ import annotations

import secrets
from typing import Final

from starlette.responses import RedirectResponse, Response

from parley.application import passkeys, sessions, sign_in
from parley.application.passkeys import Site
from parley.application.sessions import Signed
from parley.domain.sign_in import Purpose
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.language import catalogue
from parley.web import confirming
from parley.web.page import Page, posted
from parley.web.visit import LANGUAGE_COOKIE, Visit, local

SET_UP: Final = "/me/welcome"
"""Where one comes in with a link for setting up."""

_ASKED_SECONDS: Final = 600
_YEAR: Final = 365 * 86_400
_BINDING_BYTES: Final = 32


def page(visit: Visit) -> Response:
    """Where officers sign in."""
    if visit.session is not None:
        return visit.go(visit.asked("next") or "/")
    return _page(visit, visit.asked("next") or "/")


def _page(visit: Visit, following: str, error: ParleyError | None = None) -> Response:
    return visit.page(
        "sign_in.html",
        status=200 if error is None else 422,
        following=local(following),
        languages=catalogue.NAMES,
        error=None if error is None else visit.translator.reason(error),
        passkeys=confirming.site(visit) is not None,
        given=visit.form.value("name"),
    )


def with_password(visit: Visit) -> Response:
    """Sign in by name and password."""
    form = visit.form
    try:
        signed = sign_in.with_password(
            visit.desk,
            form.value("name"),
            form.value("password"),
            client=visit.client,
            agent=visit.agent,
        )
    except ParleyError as error:
        return _page(visit, form.value("next"), error)
    return _entered(visit, signed, form.value("next") or "/")


def passkey_options(visit: Visit) -> Response:
    """What a passkey is to sign, for the script of the page."""
    binding = secrets.token_urlsafe(_BINDING_BYTES)
    asked = passkeys.options(visit.desk, _site(visit), binding=binding, client=visit.client)
    answer = Response(asked, media_type="application/json")
    answer.set_cookie(
        _asked(visit),
        binding,
        max_age=_ASKED_SECONDS,
        path="/",
        secure=visit.site.is_secure,
        httponly=True,
        samesite="strict",
    )
    return answer


def with_passkey(visit: Visit) -> Response:
    """Sign in with what a passkey has signed."""
    form = visit.form
    try:
        signed = passkeys.sign_in_with(
            visit.desk,
            _site(visit),
            form.value("answer").encode(),
            binding=visit.request.cookies.get(_asked(visit), ""),
            client=visit.client,
            agent=visit.agent,
        )
    except ParleyError as error:
        return _page(visit, form.value("next"), error)
    answer = _entered(visit, signed, form.value("next") or "/")
    answer.delete_cookie(_asked(visit), path="/", secure=visit.site.is_secure, httponly=True)
    return answer


def _asked(visit: Visit) -> str:
    """The cookie that binds a challenge to the browser that asked for it."""
    return f"{visit.site.cookie}-asked"


def _site(visit: Visit) -> Site:
    return Site.of(visit.site.origin)


def _entered(visit: Visit, signed: Signed, following: str) -> Response:
    answer = visit.go(following)
    answer.set_cookie(
        visit.site.cookie,
        signed.token,
        path="/",
        secure=visit.site.is_secure,
        httponly=True,
        # A link in a mail leads to a page, and not to the page for signing in.
        samesite="lax",
    )
    return answer


# --- links ---------------------------------------------------------------------------------------


def link(visit: Visit) -> Response:
    """Where a one-time link leads: nothing is used up before its button is pressed."""
    return visit.page("link.html", error=None)


def with_link(visit: Visit) -> Response:
    """Sign in with the token of a one-time link."""
    token = visit.form.value("password-token").strip()
    try:
        signed = sign_in.with_link(visit.desk, token, client=visit.client, agent=visit.agent)
    except ParleyError as error:
        return visit.page("link.html", status=422, error=visit.translator.reason(error))
    return _entered(visit, signed, SET_UP if signed.purpose is Purpose.SET_UP else "/")


# --- out, and in which language ------------------------------------------------------------------


def sign_out(visit: Visit) -> Response:
    """End the session."""
    if visit.session is not None:
        sessions.sign_out(visit.desk, visit.session)
    answer = visit.go("/sign-in")
    answer.delete_cookie(visit.site.cookie, path="/", secure=visit.site.is_secure, httponly=True)
    # Nothing of this session stays in the browser (W3C, Clear Site Data).
    answer.headers["clear-site-data"] = '"cache", "storage"'
    return answer


def language(visit: Visit) -> Response:
    """Remember in which language somebody reads who is not signed in."""
    answer = visit.go(visit.form.value("next") or "/sign-in")
    chosen = visit.form.value("language")
    if chosen in catalogue.LANGUAGES:
        answer.set_cookie(
            LANGUAGE_COOKIE,
            chosen,
            max_age=_YEAR,
            path="/",
            secure=visit.site.is_secure,
            httponly=True,
            samesite="lax",
        )
    return answer


# --- confirming ----------------------------------------------------------------------------------


def confirm(visit: Visit) -> Response:
    """Confirm who one is, and go on with what was about to be done."""
    session, form = confirming.session(visit), visit.form
    answer = form.value(confirming.ANSWER)
    try:
        if answer:
            passkeys.confirm_with(
                visit.desk, _site(visit), session, answer.encode(), client=visit.client
            )
        else:
            sign_in.confirm_with_password(
                visit.desk, session, form.value("password"), client=visit.client
            )
    except ParleyError as error:
        if error.reason is Reason.SESSION_OVER:
            raise
        return confirming.again(visit, error)
    following = local(form.value(confirming.PATH))
    if form.value(confirming.METHOD) == "POST":
        # The same form once more, to where it was meant for (RFC 9110, section 15.4.8).
        return RedirectResponse(following, status_code=307)
    return visit.go(following)


def confirm_options(visit: Visit) -> Response:
    """What a passkey is to sign to confirm, for the script of the page."""
    asked = passkeys.confirm_options(
        visit.desk, _site(visit), confirming.session(visit), client=visit.client
    )
    return Response(asked, media_type="application/json")


PAGES: Final = (
    Page("/sign-in", page, is_open=True),
    posted("/sign-in/password", with_password, is_open=True),
    posted("/sign-in/passkey/options", passkey_options, is_open=True),
    posted("/sign-in/passkey", with_passkey, is_open=True),
    Page(sign_in.LINK_PATH, link, is_open=True),
    posted("/sign-in/link/use", with_link, is_open=True),
    posted("/language", language, is_open=True),
    posted("/sign-out", sign_out, is_open=True),
    posted("/confirm", confirm),
    posted("/confirm/options", confirm_options),
)
