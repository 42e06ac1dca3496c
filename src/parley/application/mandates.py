"""What a working group of ours rests on: a text that all have agreed, by our own record."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection

from parley.domain.act import ActType
from parley.domain.kinds import proposal_state as states
from parley.domain.kinds.proposal_state import Proposal
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record import replay
from parley.record.channel import Channel
from parley.record.statement import ActHeader
from parley.store import views

SIGNING: Final = (ActType.WORKING_GROUP, ActType.WORKING_GROUP_MANDATE)


def check(connection: Connection, channel: Channel, header: ActHeader) -> None:
    """Refuse an act of ours under a mandate that is not the agreed text of the case it names.

    What the other side signs is its own word: cases fold apart, and a group has a mandate only
    where both have signed the same one.

    :raises ParleyError: ``mandate-not-agreed``.
    """
    if header.type not in SIGNING:
        return
    named = bytes.fromhex(str(header.codes["proposal"]))
    row = views.case(connection, channel.id, named)
    proposal = replay.case_of(row).substance if row else None
    text = None
    if isinstance(proposal, Proposal) and states.is_agreed(proposal):
        text = states.hash_of(proposal)
    if text is None or text != header.codes["mandate"]:
        raise ParleyError(Reason.MANDATE_NOT_AGREED)
