"""What has come in and nobody has opened."""

from __future__ import annotations

from parley.application import house
from parley.application.acts import ActView, act_views
from parley.application.desk import Desk
from parley.application.places import Places
from parley.domain import access
from parley.domain.roles import Duty
from parley.record import replay
from parley.record.channel import Channel
from parley.store import log, views
from parley.store.log import Entry


def unopened(desk: Desk, officer: str) -> list[tuple[Channel, ActView]]:
    """The peer's statements that nobody of ours has opened, the oldest first.

    Genesis statements and notices that desks make by themselves are not among them, nor what the
    officer may not see.

    :raises ParleyError: ``officer-unknown``, ``role-forbids``.
    """
    found: list[tuple[Channel, ActView]] = []
    with house.reading(desk, officer) as acting:
        connection = acting.connection
        access.require_somewhere(acting.officer, Duty.RECEIVE)
        places = Places(connection, acting.officer)
        for channel, _row in desk.channels(connection):
            unread = log.unopened(
                connection, channel.id, channel.peer_index, except_case=channel.standing_case
            )
            of_case: dict[bytes, list[Entry]] = {}
            for entry in unread:
                of_case.setdefault(entry.case_id, []).append(entry)
            rows = views.some_cases(connection, channel.id, of_case)
            for case, entries in of_case.items():
                row = rows.get(case)
                if row is None or not places.may(Duty.RECEIVE, places.of_case(row)):
                    continue
                seen = act_views(desk, connection, places, channel, entries, replay.case_of(row))
                found.extend((channel, view) for view in seen)
    return sorted(found, key=lambda item: item[1].entry.recorded_at)
