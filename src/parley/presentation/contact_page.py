"""Contacts as a person reads them, and as a program does."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from parley.domain.kinds.contacts_state import ContactStatus
from parley.domain.types.contacts import RECORD
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.language.marks import N_
from parley.presentation import foreign, zones
from parley.presentation.kinds import contacts as kind_page
from parley.presentation.kinds.common import Plain, member, side

if TYPE_CHECKING:
    from parley.application.contact_import import Planned
    from parley.application.contact_lines import Read
    from parley.application.contacts import Contact, Directory, Place
    from parley.presentation.output import Output

ENTRIES: Final[Mapping[str, str]] = {
    "name": N_("Name"),
    "latin": N_("In Latin letters"),
    "post": N_("Post"),
    "languages": N_("Languages"),
    "hours": N_("Hours"),
    "email": N_("E-mail"),
    "telephone": N_("Telephone"),
    "key": N_("Key"),
    "valid-until": N_("Valid until"),
}

_TAG: Final = re.compile(r"[a-z]{2,3}(?:-[A-Z]{2})?", re.ASCII)
_ZONE: Final = re.compile(r"\bUTC\b|\b[A-Z][A-Za-z_]+(?:/[A-Z][A-Za-z_-]+){1,2}\b", re.ASCII)


# --- lists ---------------------------------------------------------------------------------------


def plain_list(directory: Directory, shown: Sequence[Contact], total: int, page: int) -> Plain:
    """A page of contacts for programs."""
    return {
        "case": directory.case_id.hex(),
        "channel": directory.channel.id.hex(),
        "owner": side(directory.channel, directory.contacts.owner),
        "total": total,
        "page": page,
        "contacts": [plain_contact(directory, one) for one in shown],
    }


def plain_contact(directory: Directory, contact: Contact) -> Plain:
    """One contact for programs; ``record`` is null where its text was erased."""
    standing = contact.standing
    return {
        "number": contact.number,
        "status": standing.status.value,
        "office": standing.office,
        "revoked_by": [side(directory.channel, one) for one in standing.revoked_by],
        "suspended_by": [side(directory.channel, one) for one in standing.suspended_by],
        "record": None if contact.record is None else dict(contact.record),
    }


def render_list(
    output: Output,
    directory: Directory,
    shown: Sequence[Contact],
    places: Sequence[Place],
    total: int,
    page: int,
    today: str,
) -> None:
    """Print a page of contacts; ``today`` is the day by which records are valid or not."""
    if not shown:
        output.say(output.text("No contact is so."))
        return
    names = {place.manned.office.number: place.names for place in places}
    output.table(
        [
            output.text("No."),
            output.text("Name"),
            output.text("Office"),
            output.text("Status"),
            output.text("Languages"),
            output.text("Hours"),
            output.text("Reached by"),
        ],
        [
            [
                str(one.number),
                _name(output, one),
                kind_page.name_of(output, names.get(one.standing.office, {})),
                status(output, directory, one, today),
                _entry(output, one, "languages"),
                _entry(output, one, "hours"),
                _reach(output, one),
            ]
            for one in shown
        ],
    )
    output.say(
        output.text(
            "Contacts {first:number} to {last:number} of {total:number}, page {page:number}.",
            first=shown[0].number,
            last=shown[-1].number,
            total=total,
            page=page,
        )
    )


def status(output: Output, directory: Directory, contact: Contact, today: str) -> str:
    """Where a contact stands, by whom, and whether its record is still valid."""
    standing = contact.standing
    word = output.name(standing.status.value)
    by = {
        ContactStatus.REVOKED: standing.revoked_by,
        ContactStatus.SUSPENDED: standing.suspended_by,
    }.get(standing.status)
    if by:
        who = output.translator.join(member(output, directory.channel, one) for one in by)
        word = output.text("{what} by {who}", what=word, who=who)
    if expired(contact, today):
        word = output.text("{status}; its record has expired", status=word)
    return word


def expired(contact: Contact, today: str) -> bool:
    """Whether the last day of a contact's record is over."""
    until = (contact.record or {}).get("valid-until", "")
    return bool(until) and until < today[: len(until)]


def languages(output: Output, said: str) -> str:
    """Languages as a record gives them: by their names where they are tags, else as written."""
    tags = [tag for tag in re.split(r"[\s,;/]+", said) if tag]
    if tags and all(_TAG.fullmatch(tag) for tag in tags):
        return output.translator.join(output.translator.language_name(tag) for tag in tags)
    return output.foreign(said)


def there(output: Output, hours: str, now: int) -> str | None:
    """What the clock shows where hours name a time zone (IANA); none where they name none."""
    for found in _ZONE.finditer(hours):
        try:
            zone = zones.of(found[0])
        except ParleyError:
            continue
        local = dt.datetime.fromtimestamp(now, zone)
        return output.text("there it is {clock} now", clock=f"{local:%H:%M}")
    return None


def _name(output: Output, contact: Contact) -> str:
    if contact.record is None:
        return output.text("erased")
    name = output.foreign(contact.record.get("name", "\u2014"))
    latin = contact.record.get("latin")
    return name if latin is None else f"{name}\n{output.foreign(latin)}"


def _entry(output: Output, contact: Contact, name: str) -> str:
    value = (contact.record or {}).get(name)
    return "\u2014" if value is None else output.foreign(value)


def _reach(output: Output, contact: Contact) -> str:
    ways = [(contact.record or {}).get(name) for name in ("telephone", "email")]
    return "\n".join(output.foreign(way) for way in ways if way) or "\u2014"


# --- offices -------------------------------------------------------------------------------------


def plain_places(directory: Directory, places: Sequence[Place]) -> Plain:
    """The offices of a directory for programs."""
    return {
        "case": directory.case_id.hex(),
        "owner": side(directory.channel, directory.contacts.owner),
        "offices": [
            {
                **kind_page.plain_office(place.manned),
                "names": dict(place.names),
                **{name: place.about.get(name) for name in ("hours", "languages", "address")},
            }
            for place in places
        ],
    }


def render_places(output: Output, places: Sequence[Place]) -> None:
    """Print the offices of a directory."""
    if not places:
        output.say(output.text("The directory has no office."))
        return
    names = {place.manned.office.number: place.names for place in places}
    kind_page.render_offices(output, [place.manned for place in places], names)


# --- keys ----------------------------------------------------------------------------------------


def plain_key(directory: Directory, found: Sequence[Contact]) -> Plain:
    """Whose key it is, for programs; and whether one of them is in office."""
    return {
        "contacts": [plain_contact(directory, one) for one in found],
        "in_office": in_office(found),
    }


def in_office(found: Sequence[Contact]) -> bool:
    """Whether one of these contacts is accepted, and neither suspended nor revoked."""
    here = (ContactStatus.ACCEPTED, ContactStatus.ACTIVE)
    return any(one.standing.status in here for one in found)


def day(now: int) -> str:
    """The day, UTC, by which records are valid or not."""
    return dt.datetime.fromtimestamp(now, dt.UTC).date().isoformat()


def render_key(output: Output, directory: Directory, found: Sequence[Contact], today: str) -> None:
    """Print whose key it is, and what that means for a message under it."""
    if not found:
        output.say(output.text("No contact of this directory has that key."))
    for one in found:
        output.facts(
            [
                (output.text("Contact"), str(one.number)),
                *(
                    (output.text(ENTRIES[name]), _entry(output, one, name))
                    for name in RECORD
                    if one.record and name in one.record
                ),
                (output.text("Status"), status(output, directory, one, today)),
            ]
        )
    if not in_office(found):
        output.say(
            output.text(
                "Do not act upon what came under this key. Keep it apart; never throw it away."
            )
        )


# --- files ---------------------------------------------------------------------------------------


def plain_planned(planned: Planned, read: Read) -> Plain:
    """What a file would come to, for programs."""
    return {
        "contacts": [
            {"line": line.number, "number": number, "office": line.office, "record": line.record}
            for line, number in planned.numbers
        ],
        "offices": [{"number": number, "name": name} for number, name in planned.offices],
        "left_out": [{"line": left.line, "name": left.name} for left in read.left],
    }


def render_planned(output: Output, planned: Planned, read: Read) -> None:
    """Print what a file would come to."""
    output.table(
        [
            output.text("Line"),
            output.text("No."),
            output.text("Name"),
            output.text("Office"),
        ],
        [
            [
                str(line.number),
                str(number),
                output.foreign(line.record["name"]),
                output.foreign(line.office),
            ]
            for line, number in planned.numbers
        ],
    )
    for number, name in planned.offices:
        output.say(
            output.text("New office {number}: {name}", number=number, name=output.foreign(name))
        )
    note_left(output, read)
    output.say(output.text("Nothing was drafted."))


def plain_faults(read: Read) -> Plain:
    """The lines of a file that cannot be taken, for programs."""
    return {
        "reason": Reason.CONTACT_FILE_FAULTY.value,
        "faults": [
            {"line": fault.line, "reason": fault.reason.value, "column": fault.column or None}
            for fault in read.faults
        ],
        "left_out": [{"line": left.line, "name": left.name} for left in read.left],
    }


def render_faults(output: Output, read: Read) -> None:
    """Name each line that cannot be taken, and why."""
    for fault in read.faults:
        what, _todo = output.translator.reason(fault.error())
        output.say(what)
    note_left(output, read)
    count = len({fault.line for fault in read.faults})
    what, todo = output.translator.reason(ParleyError(Reason.CONTACT_FILE_FAULTY, count=count))
    output.say(f"{what} {todo}")


def note_left(output: Output, read: Read) -> None:
    """Name what a record has no place for."""
    for left in read.left:
        output.note(
            output.text(
                "Line {line:number}: {name} has no place in a record and is left out.",
                line=left.line,
                name=foreign.bare(left.name),
            )
        )
