"""Revocations of contacts, as notices read them: who revoked how many, on what ground, and when.

From headers alone: no body is opened, and nobody is named.
"""

from __future__ import annotations

from typing import NamedTuple

from parley.application import contacts
from parley.application.contacts import Directory
from parley.application.desk import Desk
from parley.domain import codes, ranges
from parley.domain.act import ActType
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record import statement
from parley.store import log


class Revoked(NamedTuple):
    """One revocation: of ``size`` contacts of a directory, by a member, signed at a time.

    ``ground`` is empty where none was given.
    """

    directory: Directory
    act: bytes
    author: int
    size: int
    ground: str
    signed_at: int


def every(desk: Desk, officer: str) -> list[Revoked]:
    """The revocations in the directories that the officer may read, the newest first.

    :raises ParleyError: as :func:`parley.application.contacts.directories`.
    """
    found: list[Revoked] = []
    directories = contacts.directories(desk, officer)
    with desk.database.read() as connection:
        for directory in directories:
            for known in directory.state.acts:
                if known.type != ActType.CONTACT_REVOCATION or known.void is not None:
                    continue
                entry = log.by_leaf(connection, directory.channel.id, known.id)
                if entry is None:
                    raise ParleyError(Reason.INTERNAL, fact="a revocation without its statement")
                header = statement.parse(entry.data).act
                size = ranges.size(codes.ranges(header, "contacts"))
                ground = str(header.codes.get("ground", ""))
                found.append(Revoked(directory, known.id, entry.author, size, ground, entry.iat))
    return sorted(found, key=lambda one: one.signed_at, reverse=True)
