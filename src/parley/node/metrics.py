"""Metrics for Prometheus: counts of what happened, never of whom it concerned."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Gauge, generate_latest
from prometheus_client.core import CounterMetricFamily
from prometheus_client.registry import Collector

from parley.application import work
from parley.application.desk import Desk
from parley.domain.act import Precedence
from parley.node import tally as tallies
from parley.node.tally import Tally
from parley.store import alerts as rows
from parley.store import log


class WebMeter:
    """Counts into ``tally`` what the door to the web desk closes."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally

    def closed(self, why: str) -> None:
        """Count a connection that was closed: ``crowded``, ``slow``, ``malformed``."""
        self._tally.count(tallies.WEB_CLOSED, why)


class Metrics(Collector):
    """The desk's meters; endpoint, door and courier count into it.

    ``tally`` has the counts, of this process and of all others that serve the desk.
    """

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self.registry = CollectorRegistry()
        self.registry.register(self)
        self._channels = Gauge("parley_channels", "Channels", ["state"], registry=self.registry)
        self._waiting = Gauge(
            "parley_channels_waiting",
            "Channels in which a contact with the peer is due",
            registry=self.registry,
        )
        self._statements = Gauge(
            "parley_statements", "Statements in all logs together", registry=self.registry
        )

        self._epochs_waiting = Gauge(
            "parley_epochs_waiting",
            "Channels in which our newest keys sign nothing yet",
            registry=self.registry,
        )
        self._sealing_until = Gauge(
            "parley_sealing_keys_until_seconds",
            "When our last sealing key ends, seconds since the epoch; 0: no end is set",
            registry=self.registry,
        )

        self._alerts = Gauge(
            "parley_alerts_open",
            "Alerts that nobody has acknowledged",
            ["precedence"],
            registry=self.registry,
        )
        self._alerts_failing = Gauge(
            "parley_alerts_failing",
            "Routes of open alerts that have failed since they last told of one",
            registry=self.registry,
        )

    def collect(self) -> Iterator[CounterMetricFamily]:
        """The counts, as Prometheus takes them."""
        for what, name, said, label in (
            (tallies.FRAMES, "parley_frames", "Frames that peers sent", "outcome"),
            (
                tallies.CLOSED,
                "parley_connections_closed",
                "Connections of peers that were closed for crowding, slowness or form",
                "why",
            ),
            (
                tallies.WEB_CLOSED,
                "parley_web_connections_closed",
                "Connections of browsers that were closed for crowding, slowness or form",
                "why",
            ),
            (tallies.ATTEMPTS, "parley_deliveries", "Attempts to reach a peer", "outcome"),
            (tallies.TOLD, "parley_alerts_told", "Attempts to tell officers of alerts", "outcome"),
            (
                tallies.RESTARTS,
                "parley_restarts",
                "Processes that ended by themselves and were started again",
                "what",
            ),
        ):
            family = CounterMetricFamily(name, said, labels=[label])
            for outcome, total in self._tally.sums(what):
                family.add_metric([outcome], total)
            yield family

    def frame(self, outcome: str) -> None:
        """Count a request: ``accepted``, ``not-found``, ``disconnected``, or a reason code."""
        self._tally.count(tallies.FRAMES, outcome)

    def closed(self, why: str) -> None:
        """Count a connection that was closed: ``crowded``, ``slow``, ``malformed``."""
        self._tally.count(tallies.CLOSED, why)

    @property
    def web(self) -> WebMeter:
        """The meter of the door to the web desk."""
        return WebMeter(self._tally)

    def attempt(self, outcome: str) -> None:
        """Count an attempt to deliver: ``settled``, or a reason code."""
        self._tally.count(tallies.ATTEMPTS, outcome)

    def told(self, outcome: str) -> None:
        """Count an attempt to tell an officer of an alert: ``told``, or a reason code."""
        self._tally.count(tallies.TOLD, outcome)

    def render(self, desk: Desk) -> bytes:
        """All metrics as text (Prometheus exposition format)."""
        states: dict[str, int] = {"open": 0, "recovering": 0, "halted": 0}
        total = waiting = 0
        with desk.database.read() as connection:
            for channel, row in desk.channels(connection):
                states[row.state] = states.get(row.state, 0) + 1
                chains = log.chains(connection, channel.id)
                total += sum(chain.count for chain in chains.values())
                own = chains[channel.own_index].epoch
                waiting += own != channel.own_keys.current.number
            ring = desk.own_keyring(connection)
            alerts, failing = rows.open_count(connection), rows.failing(connection)
        for precedence in Precedence:
            self._alerts.labels(precedence.name.lower()).set(alerts.get(precedence, 0))
        self._alerts_failing.set(failing)
        newest = ring.statements[-1].text.sealing if ring.statements else ()
        self._sealing_until.set(max((window.not_after for window in newest), default=0))
        self._epochs_waiting.set(waiting)
        for state, count in states.items():
            self._channels.labels(state).set(count)
        self._statements.set(total)
        now_ms = desk.clock() * 1000
        self._waiting.set(sum(item.due_ms <= now_ms for item in work.pending(desk)))
        return generate_latest(self.registry)
