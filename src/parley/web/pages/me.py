"""You: where one is signed in, one's passkeys and password, and how one wants to read."""

from __future__ import annotations

from typing import Final

from starlette.responses import Response

from parley.application import passkeys, preferences, sessions, sign_in
from parley.application.passkeys import Site
from parley.application.preferences import Digits, Preferences, Theme
from parley.domain.sign_in import PASSKEYS_MOST, PASSWORD_LEAST
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.language import catalogue
from parley.presentation import browsers, zones
from parley.web import confirming
from parley.web.page import Page, posted
from parley.web.visit import Visit


def me(visit: Visit) -> Response:
    """One's sessions and keys."""
    own = confirming.session(visit)
    return visit.page(
        "me.html",
        own=own,
        sessions=sessions.every(visit.desk, visit.officer, by=visit.officer),
        means=sign_in.means(visit.desk, visit.officer),
        browser=browsers.short,
        sets_until=confirming.sets_until(visit),
    )


def end_session(visit: Visit) -> Response:
    """End one of one's sessions."""
    wanted = visit.form.value("session")
    sessions.revoke(visit.desk, visit.officer, visit.officer, wanted)
    return visit.go("/me")


def end_others(visit: Visit) -> Response:
    """End all of one's sessions but this one."""
    own = confirming.session(visit)
    sessions.revoke_all(visit.desk, visit.officer, by=visit.officer, but=own.digest)
    return visit.go("/me")


def welcome(visit: Visit) -> Response:
    """Where one sets up a way to come in again, after the first link."""
    means = sign_in.means(visit.desk, visit.officer)
    named = confirming.site(visit) is not None
    until = confirming.sets_until(visit)
    return visit.page("welcome.html", means=means, named=named, sets_until=until)


# --- password ------------------------------------------------------------------------------------


def password(visit: Visit) -> Response:
    """Where one sets one's password."""
    _recently(visit)
    return _password(visit, None)


def _password(visit: Visit, error: ParleyError | None) -> Response:
    means = sign_in.means(visit.desk, visit.officer)
    return visit.page(
        "password.html",
        status=200 if error is None else 422,
        means=means,
        least=PASSWORD_LEAST,
        error=None if error is None else visit.translator.reason(error),
    )


def set_password(visit: Visit) -> Response:
    """Set one's password; one's other sessions end."""
    first, second = visit.form.value("password"), visit.form.value("password-again")
    if first != second:
        return _password(visit, ParleyError(Reason.PASSWORDS_DIFFER))
    try:
        sign_in.set_password(visit.desk, confirming.session(visit), first)
    except ParleyError as error:
        if error.reason in {Reason.CONFIRMATION_NEEDED, Reason.SESSION_OVER}:
            raise
        return _password(visit, error)
    return visit.go("/me")


# --- passkeys ------------------------------------------------------------------------------------


def keys(visit: Visit) -> Response:
    """Where one adds and removes passkeys."""
    _recently(visit)
    return _keys(visit, None)


def _keys(visit: Visit, error: ParleyError | None) -> Response:
    means = sign_in.means(visit.desk, visit.officer)
    return visit.page(
        "passkeys.html",
        status=200 if error is None else 422,
        means=means,
        named=confirming.site(visit) is not None,
        full=len(means.passkeys) >= PASSKEYS_MOST,
        given=visit.form.value("name"),
        error=None if error is None else visit.translator.reason(error),
    )


def key_options(visit: Visit) -> Response:
    """What the browser is to make a passkey from, for the script of the page."""
    asked = passkeys.register_options(
        visit.desk, Site.of(visit.site.origin), confirming.session(visit), client=visit.client
    )
    return Response(asked, media_type="application/json")


def add_key(visit: Visit) -> Response:
    """Add the passkey that the browser has made."""
    form = visit.form
    try:
        passkeys.register(
            visit.desk,
            Site.of(visit.site.origin),
            confirming.session(visit),
            form.value("answer").encode(),
            form.value("name"),
            client=visit.client,
        )
    except ParleyError as error:
        if error.reason in {Reason.CONFIRMATION_NEEDED, Reason.SESSION_OVER}:
            raise
        return _keys(visit, error)
    return visit.go("/me/passkeys")


def remove_key(visit: Visit) -> Response:
    """Remove one of one's passkeys."""
    try:
        passkeys.remove(visit.desk, confirming.session(visit), visit.form.digest("key"))
    except ParleyError as error:
        if error.reason in {Reason.CONFIRMATION_NEEDED, Reason.SESSION_OVER}:
            raise
        return _keys(visit, error)
    return visit.go("/me/passkeys")


def _recently(visit: Visit) -> None:
    """Ask who one is before a form is filled in that would not be taken otherwise.

    :raises ParleyError: ``confirmation-needed``.
    """
    sessions.require_confirmed(confirming.session(visit), visit.now, confirming.FORM_SECONDS)


# --- preferences ---------------------------------------------------------------------------------


def how(visit: Visit) -> Response:
    """Where one says how one wants to read."""
    return _how(visit, confirming.session(visit).preferences, None)


def _how(visit: Visit, chosen: Preferences, error: ParleyError | None) -> Response:
    return visit.page(
        "preferences.html",
        status=200 if error is None else 422,
        chosen=chosen,
        languages=catalogue.NAMES,
        zones=zones.names(),
        digits=list(Digits),
        themes=list(Theme),
        error=None if error is None else visit.translator.reason(error),
    )


def choose(visit: Visit) -> Response:
    """Have pages shown as one wants."""
    form = visit.form
    own = confirming.session(visit).preferences
    try:
        wanted = Preferences(
            form.line("language"),
            form.line("zone"),
            preferences.digits(form.value("digits")),
            preferences.theme(form.value("theme")),
        )
        own = wanted
        preferences.choose(visit.desk, visit.officer, wanted)
    except ParleyError as error:
        return _how(visit, own, error)
    return visit.go("/me")


PAGES: Final = (
    Page("/me", me),
    posted("/me/sessions/end", end_session),
    posted("/me/sessions/end-others", end_others),
    Page("/me/welcome", welcome),
    Page("/me/password", password),
    posted("/me/password/set", set_password),
    Page("/me/passkeys", keys),
    posted("/me/passkeys/options", key_options),
    posted("/me/passkeys/add", add_key),
    posted("/me/passkeys/remove", remove_key),
    Page("/me/preferences", how),
    posted("/me/preferences/choose", choose),
)
