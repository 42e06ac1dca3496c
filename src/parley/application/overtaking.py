"""What the peer's news does to our drafts: a pending authorisation falls."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from parley.domain import drafting
from parley.domain.draft import Draft
from parley.domain.draft_steps import Overtake
from parley.kernel import cbor, limits
from parley.record.channel import Channel
from parley.record.incoming import Incoming
from parley.store import house


def overtake(connection: Connection, channel: Channel, fresh: Sequence[Incoming], now: int) -> None:
    """Void the authorisations that did not foresee what the peer has said in the same case."""
    last_in_case = {item.statement.act.case: item.statement.leaf for item in fresh}
    for row in house.pending_drafts(connection, channel.id):
        leaf = last_in_case.get(row.case_id)
        if leaf is None:
            continue
        draft = workflow(row.workflow)
        events = drafting.decide(draft, Overtake(leaf), now)
        for event in events:
            draft = drafting.evolve(draft, event)
        if events:
            changed = row._replace(
                workflow=cbor.encode_model(draft),
                stage=draft.stage.value,
                revision=draft.revision,
                changed_at=now,
            )
            house.save_draft(connection, changed, revision=row.revision)


def workflow(data: bytes) -> Draft:
    """A draft's life as it stands in the house's table."""
    return cbor.decode_as(data, Draft, limit=limits.MIB)
