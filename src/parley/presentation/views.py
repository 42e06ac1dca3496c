"""Results as plain values: what ``--json`` prints. ``docs/commands.md`` lists the names.

Times are seconds since the epoch (UTC), durations are seconds, identifiers and hashes are
lower-case hexadecimal, tokens are those of the protocol. A name, once given, keeps its meaning.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from parley.crypto import words
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason

if TYPE_CHECKING:
    from parley.application.channels import Standing
    from parley.application.officers import Officer
    from parley.record.channel import Channel
    from parley.record.letter import Letter

Plain = dict[str, Any]


def fingerprint(party: bytes) -> Plain:
    """A fingerprint in both its forms."""
    return {"words": words.words(party), "hex": party.hex()}


def letter(given: Letter) -> Plain:
    """A letter of credence."""
    content = given.text
    return {
        "party": given.party.hex(),
        "fingerprint": fingerprint(given.party),
        "digest": given.digest.hex(),
        "code": content.code,
        "names": content.names,
        "offices": [{"id": office.id.hex(), "names": office.names} for office in content.offices],
        "endpoints": list(content.endpoints),
        "demonstration": content.demonstration,
        "protocols": list(content.protocols),
        "suites": list(content.suites),
        "serial": content.serial,
        "issued_at": content.issued_at,
        "expires_at": content.expires_at,
    }


def party(given: Letter) -> Plain:
    """A party, in brief."""
    return {
        "party": given.party.hex(),
        "code": given.text.code,
        "names": given.text.names,
    }


def channel(given: Channel) -> Plain:
    """A channel, by what both sides know of it."""
    return {
        "id": given.id.hex(),
        "label": given.label,
        "own": party(given.own),
        "peer": party(given.peer),
        "demonstration": given.demonstration,
    }


def standing(given: Standing) -> Plain:
    """How a channel stands."""
    return {
        "channel": channel(given.channel),
        "state": given.state,
        "reason": given.reason,
        "opened_at": given.opened_at,
        "statements": {"own": given.own, "peer": given.peer},
        "receipted": given.receipted,
        "under_way": given.own - given.receipted,
        "agreed": {"own": given.agreed_own, "peer": given.agreed_peer},
        "post_quantum_size": given.post_quantum_size,
        "attempts": given.attempts,
        "last_failure": given.last_reason,
        "last_contact_at": given.last_contact_at,
        "evidence": given.evidence,
        "quarantined": given.quarantined,
        "reopened_at": given.reopened_at,
        "witnesses": [
            {"name": one.witness, "at": one.at, "failure": one.reason} for one in given.witnesses
        ],
        "epochs": {"own": given.own_epoch, "peer": given.peer_epoch},
        "epoch_waiting": given.epoch_waiting,
        "letter_expired": given.letter_expired,
    }


def officer(given: Officer) -> Plain:
    """An officer."""
    return {
        "name": given.name,
        "roles": sorted(role.value for role in given.roles),
        "active": given.active,
        "granted": [
            {
                "role": one.role.value,
                "channel": one.channel.hex(),
                "case": one.case.hex() if one.case else None,
            }
            for one in given.granted
        ],
    }


def office_of(letter: Letter, name: str, language: str) -> bytes:
    """An office of a letter by its number there, its name in any language, or its identifier.

    :raises ParleyError: ``office-unknown``.
    """
    wanted = name.strip().casefold()
    for number, office in enumerate(letter.text.offices, 1):
        known = {str(number), office.id.hex(), *(n.casefold() for n in office.names.values())}
        if wanted in known:
            return office.id
    raise ParleyError(Reason.OFFICE_UNKNOWN, party=letter.name(language), name=name)
