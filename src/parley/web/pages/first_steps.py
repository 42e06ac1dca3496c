"""The first quarter of an hour: letters, fingerprints by telephone, a channel, a first check."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING, Final

from starlette.responses import Response

from parley.application import audit, channels, contact_checks, contacts
from parley.crypto import words
from parley.kernel import limits
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.presentation import channel_page
from parley.web import brought, confirming
from parley.web.download import headers
from parley.web.page import Page, posted

if TYPE_CHECKING:
    from parley.application.channels import Standing
    from parley.record.letter import Letter
    from parley.web.visit import Visit

_LETTER: Final = "letter"
CHECKLIST: Final = ("called", "heard", "read")
"""What somebody ticks who has compared: called on a known number, heard theirs, read ours out."""


class Row:
    """A channel as these steps see it."""

    def __init__(self, visit: Visit, standing: Standing) -> None:
        peer = standing.channel.peer
        self.id = standing.channel.id
        self.name = f"{peer.name(visit.words.language)} ({peer.text.code})"
        self.state = channel_page.state(visit.words, standing.state)
        self.answered = standing.peer > 0
        self.last_contact_at = standing.last_contact_at


def steps(visit: Visit) -> Response:
    """The steps, and how far each has come."""
    return _steps(visit, None)


def _steps(visit: Visit, error: ParleyError | None) -> Response:
    letter = visit.desk.letter
    return visit.page(
        "first_steps.html",
        status=200 if error is None else 422,
        letter=letter,
        words=words.words(letter.party),
        digits=words.grouped_hex(letter.party),
        rows=[Row(visit, one) for one in channels.standings(visit.desk)],
        logs=audit.readable(visit.desk, visit.officer) or frozenset(),
        checked=_checked(visit),
        error=None if error is None else visit.translator.reason(error),
    )


def _checked(visit: Visit) -> bool | None:
    """Whether a communication check was ever sent; none for whoever sees no directory."""
    try:
        found = contacts.directories(visit.desk, visit.officer)
    except ParleyError as error:
        if error.reason is not Reason.ROLE_FORBIDS:
            raise
        return None
    return any(contact_checks.checks(visit.desk, one) for one in found)


def own_letter(visit: Visit) -> Response:
    """Our letter as a file. It is no secret: what makes it ours is its fingerprint."""
    letter = visit.desk.letter
    return Response(
        letter.data,
        media_type="application/octet-stream",
        headers=headers(f"{letter.text.code}.letter"),
    )


def look(visit: Visit) -> Response:
    """What a letter that was brought says; nothing is accepted yet."""
    try:
        letter = channels.inspect(brought.file_in(visit.form, _LETTER))
    except ParleyError as error:
        return _steps(visit, error)
    return _compare(visit, letter, None)


def _compare(visit: Visit, letter: Letter, error: ParleyError | None) -> Response:
    language = visit.words.language
    offices = [letter.office_name(one.id, language) for one in letter.text.offices]
    return visit.page(
        "first_steps_compare.html",
        status=200 if error is None else 422,
        letter=letter,
        carried=b64encode(letter.data).decode(),
        offices=offices,
        ours=words.words(visit.desk.letter.party),
        given=visit.form.value("fingerprint"),
        label=visit.form.line("label") or channels.DEFAULT_LABEL,
        ticked=frozenset(name for name in CHECKLIST if name in visit.form),
        error=None if error is None else visit.translator.reason(error),
    )


def accept(visit: Visit) -> Response:
    """Accept a letter that was compared, and open the channel."""
    form = visit.form
    confirming.surely(visit)
    letter = channels.inspect(brought.file_in(form, _LETTER))
    if not all(name in form for name in CHECKLIST):
        return _compare(visit, letter, ParleyError(Reason.FINGERPRINT_NOT_GIVEN))
    try:
        channels.accept(
            visit.desk,
            letter.data,
            form.value("fingerprint"),
            label=form.line("label") or channels.DEFAULT_LABEL,
            by=visit.officer,
        )
    except ParleyError as error:
        return _compare(visit, letter, error)
    return visit.go("/first-steps")


PAGES: Final = (
    Page("/first-steps", steps),
    Page("/first-steps/letter", own_letter),
    Page("/first-steps/look", look, ("POST",), reader=brought.reader(limits.LETTER_BYTES)),
    posted("/first-steps/accept", accept),
)
