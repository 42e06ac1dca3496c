"""A statement's place in the record, as one line of text: what a paper's QR code carries.

The line names the log (its C2SP origin: party, channel, epoch), the statement's number and index
in it, and its leaf hash. It proves nothing; it is enough to find the statement in a dossier, and
to see whether what stands there is that statement.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from parley.crypto import checkpoint
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record.dossier.verify import Shown

_TYPED_MAX: Final = 600
_IGNORED: Final = re.compile("[\\s\u200b\u2066-\u2069]+")
# Upper case throughout is the alphabet of QR codes that takes the least room (ISO/IEC 18004, 7.4).
_TEXT: Final = re.compile(
    r"(PARLEY/V1/[0-9A-F]{64}/[0-9A-F]{64}/(?:0|[1-9][0-9]{0,9}))"
    r"/(0|[1-9][0-9]{0,15})/(0|[1-9][0-9]{0,15})/([0-9A-F]{64})",
    re.ASCII,
)


@dataclass(frozen=True)
class Place:
    """Where a statement stands: the ``origin`` of its author's log, ``seq``, ``index``, ``leaf``.

    ``seq`` is the author's count of statements in the channel, ``index`` the leaf's in its log.
    """

    origin: str
    seq: int
    index: int
    leaf: bytes

    def __str__(self) -> str:
        """As one line: ``PARLEY/V1/<party>/<channel>/<epoch>/<seq>/<index>/<leaf>``."""
        return f"{self.origin}/{self.seq}/{self.index}/{self.leaf.hex()}".upper()


def parse(typed: str) -> Place:
    """Read a place back. Case, spaces and line ends do not matter.

    :raises ParleyError: ``place-malformed``.
    """
    found = None
    if len(typed) <= _TYPED_MAX:
        found = _TEXT.fullmatch(_IGNORED.sub("", typed).upper())
    if found is None:
        raise ParleyError(Reason.PLACE_MALFORMED)
    return Place(found[1].lower(), int(found[2]), int(found[3]), bytes.fromhex(found[4]))


class Sought:
    """Looks for a place among the statements of a dossier, as they are read."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self._party, self._channel, self._epoch = checkpoint.parse_origin(place.origin)
        self._stands = False
        self._taken = False

    def look(self, shown: Shown) -> None:
        """Compare the next statement."""
        channel, statement, place = shown.channel, shown.statement, self.place
        envelope = statement.envelope
        if channel.id != self._channel or channel.letter(shown.author).party != self._party:
            return
        if (envelope.epoch, envelope.seq) == (self._epoch, place.seq):
            if (envelope.index, statement.leaf) == (place.index, place.leaf):
                self._stands = True
            else:
                self._taken = True

    def settle(self) -> None:
        """The dossier has ended, and holds.

        :raises ParleyError: ``place-taken`` where another statement stands there; ``place-absent``
            where none does.
        """
        if self._taken:
            raise ParleyError(Reason.PLACE_TAKEN, seq=self.place.seq)
        if not self._stands:
            raise ParleyError(Reason.PLACE_ABSENT)
