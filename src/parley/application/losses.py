"""What a desk gives up of its own record when it was set back, and what becomes of the drafts.

Only what never left can be given up: the caller knows that from the anchor.
"""

from __future__ import annotations

from collections.abc import Collection
from hashlib import sha256

from sqlalchemy import Connection

from parley.application.desk import Desk
from parley.application.overtaking import workflow
from parley.domain import draft_steps, drafting
from parley.domain.draft_steps import Command
from parley.kernel import cbor
from parley.record.channel import Channel
from parley.record.incoming import Incoming
from parley.record.replay import Replay
from parley.store import house, log, rewind
from parley.store.house import DraftLife


def drop(desk: Desk, connection: Connection, channel: Channel, size: int) -> None:
    """Cut our log of a channel down to ``size``; drafts that were released after it are open again.

    None of what goes has ever left this desk.
    """
    gone = {
        entry.leaf
        for entry in log.in_order(connection, channel.id, size)
        if entry.author == channel.own_index
    }
    rewind.truncate(connection, channel.id, channel.own_index, size)
    Replay(connection, channel).rebuild()
    for row in house.released_drafts(connection, channel.id):
        if row.released_leaf in gone:
            _apply(connection, row, draft_steps.Undo(), desk.clock())


def recognise(
    connection: Connection, channel: Channel, returned: Collection[Incoming], now: int
) -> None:
    """Mark drafts as released whose very act came back from the peer: they must not go twice."""
    leaves = {sha256(item.statement.act_bytes).digest(): item.statement.leaf for item in returned}
    for row in house.pending_drafts(connection, channel.id):
        digest = workflow(row.workflow).digest
        if digest is not None and digest in leaves:
            _apply(connection, row, draft_steps.Recognise(digest, leaves[digest]), now)


def _apply(connection: Connection, row: DraftLife, command: Command, now: int) -> None:
    draft = workflow(row.workflow)
    for event in drafting.decide(draft, command, now):
        draft = drafting.evolve(draft, event)
    changed = row._replace(
        workflow=cbor.encode_model(draft),
        stage=draft.stage.value,
        revision=draft.revision,
        changed_at=now,
        released_leaf=draft.statement,
    )
    house.save_draft(connection, changed, revision=row.revision)
