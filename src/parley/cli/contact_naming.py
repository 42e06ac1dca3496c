"""What the commands of contacts are told alike: a channel, a directory in it, numbers."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Annotated, Final

from cyclopts import Parameter

from parley.cli import options
from parley.cli.options import Acting
from parley.domain.types.contacts import GROUNDS, LEVELS
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason

if TYPE_CHECKING:
    from parley.application.contacts import Directory
    from parley.application.desk import Desk
    from parley.domain.kinds.contacts_state import ContactStatus
    from parley.domain.ranges import Ranges
    from parley.record.channel import Channel

PAGE: Final = 50
"""Contacts on a page of a list."""

Flag = Parameter(negative="", show_default=False)
Named = Annotated[str | None, Parameter(name="--channel", help="label, code, or identifier")]
Numbers = Annotated[str | None, Parameter(name="NUMBERS", help="such as 1-755,760; or all")]
Ours = Annotated[bool, Flag, Parameter(help="in our directory, not in the other side's")]
Level = Annotated[str | None, Parameter(help=", ".join(LEVELS))]
Ground = Annotated[str | None, Parameter(help=", ".join(GROUNDS))]


@Parameter(name="*")
@dataclass(frozen=True)
class Record:
    """What a contact's record says."""

    name: Annotated[str | None, Parameter(help="in its own script")] = None
    latin: Annotated[str | None, Parameter(help="the name in Latin letters")] = None
    post: str | None = None
    languages: str | None = None
    hours: str | None = None
    email: str | None = None
    telephone: str | None = None
    key: Annotated[str | None, Parameter(help="fingerprint of a key of the contact's own")] = None
    valid_until: Annotated[str | None, Parameter(help="a day, a month or a year")] = None

    def given(self) -> dict[str, str]:
        """The entries that were given, by their names in a record."""
        return {
            name.replace("_", "-"): value
            for name, value in asdict(self).items()
            if value is not None
        }


RECORD: Final = Record()


def channel_of(desk: Desk, named: str | None) -> Channel:
    """The channel that is named, or the only one."""
    from parley.application import channels

    return channels.find(desk, named)


def directory_of(desk: Desk, acting: Acting, named: str | None, *, ours: bool) -> Directory:
    """Our directory in a channel, or the other side's.

    :raises ParleyError: ``directory-unknown``.
    """
    from parley.application import contacts

    officer = options.officer_of(acting)
    return contacts.find(desk, officer, channel_of(desk, named), own=ours)


def numbers_of(text: str, directory: Directory | None, type_: str | None = None) -> Ranges:
    """Numbers of contacts from ``1-755,760``; ``all`` are those that an act may still name.

    :raises ParleyError: ``contact-numbers-invalid``.
    """
    from parley.application import contacts
    from parley.domain import ranges

    if text.strip().casefold() == "all" and directory is not None:
        return contacts.open_to(directory, type_)
    found = ranges.parse(text)
    if not found:
        raise ParleyError(Reason.CONTACT_NUMBERS_INVALID, value=text)
    return found


def status_of(name: str) -> ContactStatus:
    """The status that is named.

    :raises ParleyError: ``argument-invalid``.
    """
    from parley.domain.kinds.contacts_state import ContactStatus

    try:
        return ContactStatus(name)
    except ValueError as error:
        raise ParleyError(
            Reason.ARGUMENT_INVALID,
            value=name,
            name="--status",
            choices=", ".join(ContactStatus),
        ) from error
