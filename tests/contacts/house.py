"""Officers who nominate, accept and revoke contacts, in the steps that their house wants."""

from __future__ import annotations

from collections.abc import Mapping

from parley.application import contact_csv, contact_import, contacts, drafts
from parley.application.contacts import Directory
from parley.application.desk import Desk
from parley.application.writing import Writing
from parley.domain.act import ActType, Code
from parley.domain.ranges import Ranges
from parley.record.statement import Statement
from tests.support.pair import Pair

CUSTODIAN, AUTHORISER, ON_DUTY = "carla", "ada", "otto"


def table(count: int, first: int = 1, offices: int = 3) -> bytes:
    """A table of contacts that nobody has ever met."""
    lines = ["office,level,deputy,name,languages,hours,key"]
    for number in range(first, first + count):
        office = number % offices + 1
        deputy = office % offices + 1
        lines.append(
            f"Office {office},technical,Office {deputy},Test contact {number},en,24/7,{number:040x}"
        )
    return "\n".join(lines).encode()


def release(desk: Desk, pair: Pair, writing: Writing) -> Statement:
    """The custodian drafts and freezes, the authoriser lets go."""
    channel = pair.channel(desk)
    view = drafts.write(desk, CUSTODIAN, channel, writing)
    view = drafts.submit(desk, CUSTODIAN, view.id, view.revision)
    assert view.sha256 is not None
    statement = drafts.authorise(desk, AUTHORISER, view.id, view.sha256)
    assert statement is not None
    return statement


def nominate(desk: Desk, pair: Pair, count: int, first: int = 1) -> Statement:
    """Nominate ``count`` contacts from a table, in our directory."""
    directory = contacts.first(desk, CUSTODIAN, pair.channel(desk), own=True)
    known = [] if directory is None else contacts.places(desk, directory)
    have = 0 if directory is None else directory.contacts.count
    planned = contact_import.plan(contact_csv.read(table(count, first)), known, have, "en")
    case = None if directory is None else directory.case_id
    return release(desk, pair, planned.writing._replace(case=case))


def tell(
    desk: Desk,
    pair: Pair,
    type_: ActType,
    named: Ranges,
    *,
    own: bool = False,
    codes: Mapping[str, Code] = {},
) -> Statement:
    """Release an act on contacts of a directory."""
    directory = found(desk, pair, own=own)
    writing = Writing(type_.value, {}, {"contacts": named, **codes}, directory.case_id)
    return release(desk, pair, writing)


def found(desk: Desk, pair: Pair, *, own: bool) -> Directory:
    """A directory as a desk has it now."""
    return contacts.find(desk, CUSTODIAN, pair.channel(desk), own=own)
