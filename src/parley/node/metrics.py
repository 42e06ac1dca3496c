"""Metrics for Prometheus: counts of what happened, never of whom it concerned."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest

from parley.application import work
from parley.application.desk import Desk
from parley.store import log


class Metrics:
    """The desk's meters; endpoint and courier count into it."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._frames = Counter(
            "parley_frames_total", "Frames that peers sent", ["outcome"], registry=self.registry
        )
        self._closed = Counter(
            "parley_connections_closed_total",
            "Connections of peers that were closed for crowding, slowness or form",
            ["why"],
            registry=self.registry,
        )
        self._attempts = Counter(
            "parley_deliveries_total",
            "Attempts to reach a peer",
            ["outcome"],
            registry=self.registry,
        )
        self._channels = Gauge("parley_channels", "Channels", ["state"], registry=self.registry)
        self._waiting = Gauge(
            "parley_channels_waiting",
            "Channels in which a contact with the peer is due",
            registry=self.registry,
        )
        self._statements = Gauge(
            "parley_statements", "Statements in all logs together", registry=self.registry
        )

    def frame(self, outcome: str) -> None:
        """Count a request: ``accepted``, ``not-found``, ``disconnected``, or a reason code."""
        self._frames.labels(outcome).inc()

    def closed(self, why: str) -> None:
        """Count a connection that was closed: ``crowded``, ``slow``, ``malformed``."""
        self._closed.labels(why).inc()

    def attempt(self, outcome: str) -> None:
        """Count an attempt to deliver: ``settled``, or a reason code."""
        self._attempts.labels(outcome).inc()

    def render(self, desk: Desk) -> bytes:
        """All metrics as text (Prometheus exposition format)."""
        states: dict[str, int] = {"open": 0, "halted": 0}
        total = 0
        with desk.database.read() as connection:
            for channel, row in desk.channels(connection):
                states[row.state] = states.get(row.state, 0) + 1
                total += sum(c.count for c in log.chains(connection, channel.id).values())
        for state, count in states.items():
            self._channels.labels(state).set(count)
        self._statements.set(total)
        now_ms = desk.clock() * 1000
        self._waiting.set(sum(item.due_ms <= now_ms for item in work.pending(desk)))
        return generate_latest(self.registry)
