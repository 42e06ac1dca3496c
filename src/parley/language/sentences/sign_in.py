"""Sentences for reason codes: signing in, sessions, passwords, passkeys."""

from __future__ import annotations

from typing import Final

from parley.kernel.reasons import Reason

TEXTS: Final[dict[Reason, tuple[str, str]]] = {
    Reason.SIGN_IN_REFUSED: (
        "This name and this password do not go together.",
        "Check both and try again, or ask an administrator for a new link.",
    ),
    Reason.SIGN_IN_WAITS: (
        "There were too many failed attempts. The next one is looked at in {seconds:duration}.",
        "Wait until then. A passkey, or a link from an administrator, is not held up by failed passwords for your name.",
    ),
    Reason.SIGN_IN_LINK_OVER: (
        "This link opens nothing: it was used, replaced, or is more than a day old.",
        "Ask an administrator for a new one.",
    ),
    Reason.SESSION_OVER: (
        "You are no longer signed in.",
        "Sign in again.",
    ),
    Reason.SESSION_UNKNOWN: (
        "There is no such session.",
        "It may have ended already. Look at the list again.",
    ),
    Reason.CONFIRMATION_NEEDED: (
        "It has to be confirmed that it is you who does this.",
        "Confirm with your passkey or your password. Nothing that you have typed is lost.",
    ),
    Reason.CONFIRMATION_REFUSED: (
        "This is not your password.",
        "Try again, or use a passkey.",
    ),
    Reason.PASSWORD_SHORT: (
        "This password is too short.",
        "Use {least:number} characters or more. Several words in a row are good.",
    ),
    Reason.PASSWORD_LONG: (
        "This password is too long.",
        "Use {most:number} characters or fewer.",
    ),
    Reason.PASSWORD_PLAIN: (
        "This password would be guessed first: it is your name, or one character over and over.",
        "Choose several words that nobody would put together.",
    ),
    Reason.PASSWORDS_DIFFER: (
        "The two passwords are not the same.",
        "Type the new password twice.",
    ),
    Reason.PASSKEY_MALFORMED: (
        "What the browser sent of the passkey cannot be read.",
        "Try again. If it stays so, try another browser.",
    ),
    Reason.PASSKEY_REFUSED: (
        "This passkey was not accepted.",
        "Try again within five minutes of opening the page, or sign in another way.",
    ),
    Reason.PASSKEY_KNOWN: (
        "This passkey has been added already.",
        "Use it, or add another one.",
    ),
    Reason.PASSKEY_UNKNOWN: (
        "You have no such passkey.",
        "See your sessions and keys.",
    ),
    Reason.PASSKEYS_TOO_MANY: (
        "You have {most:number} passkeys, and that is as many as there may be.",
        "Remove one that you no longer use.",
    ),
    Reason.PASSKEYS_NEED_NAME: (
        "Passkeys work only where the desk is reached by a name, not under {origin}.",
        "Use a password, or have the desk given a name: origin in parley.toml under web.",
    ),
    Reason.PASSKEY_LAST: (
        "This is your only way in.",
        "Set a password or add another passkey first.",
    ),
    Reason.PREFERENCE_INVALID: (
        "There is no such choice.",
        "Choose one of those that the page offers.",
    ),
}
