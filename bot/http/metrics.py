"""What a process counts, in the text format of Prometheus. Numbers only: labels are kinds and names of ours or Slack's.

https://prometheus.io/docs/instrumenting/exposition_formats/
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from prometheus_client import CollectorRegistry, Histogram, generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from bot.listeners.rows import Heard
from store.backlog import Backlog
from store.deliveries import Kind

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0)
"""Up to the three seconds within which Slack wants an ack."""
KINDS_OF_REQUEST = frozenset(
    {"command", "event", "block_actions", "view_submission", "view_closed", "message_action", "shortcut"}
)


class Acks:
    """How long requests took until their ack left, by kind of request."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._seconds = Histogram(
            "alongside_ack_seconds",
            "How long a request took until it was answered.",
            ["request"],
            registry=self.registry,
            buckets=BUCKETS,
        )
        for heard in Heard:  # so that one that never came is seen to be zero
            self._seconds.labels(heard.value)

    def took(self, heard: Heard, seconds: float) -> None:
        """A request was answered."""
        self._seconds.labels(heard.value).observe(seconds)


@dataclass(frozen=True, eq=False)
class Counted(Collector):
    """What a process and its database have counted at one moment."""

    outcomes: Mapping[tuple[Kind, str], int]
    slowed_down: Mapping[str, int]
    unheard: Mapping[str, int]
    late_ticks: int
    seconds_since_tick: float
    writes_waiting: int
    backlog: Sequence[Backlog] | None
    """None when the database did not say."""
    at: datetime
    connected: bool | None = field(default=None)
    """Whether the socket to Slack is open; None where there is none."""

    def collect(self) -> Iterator[Metric]:
        """Every number with its name and meaning."""
        outcomes = [((kind.value, outcome), count) for (kind, outcome), count in self.outcomes.items()]
        yield _counter("alongside_deliveries", "Messages by kind and outcome.", ("kind", "outcome"), outcomes)
        yield _counter("alongside_slack_slowed_down", "HTTP 429 from Slack.", ("method",), _single(self.slowed_down))
        yield _counter(
            "alongside_unheard_requests",
            "Requests that nobody listens to.",
            ("request",),
            _single(by_kind(self.unheard)),
        )
        yield CounterMetricFamily("alongside_late_ticks", "Ticks that began too late.", self.late_ticks)
        yield GaugeMetricFamily("alongside_tick_age_seconds", "Since the last tick began.", self.seconds_since_tick)
        yield GaugeMetricFamily("alongside_writes_waiting", "Writes that wait for the database.", self.writes_waiting)
        if self.connected is not None:
            yield GaugeMetricFamily("alongside_socket_connected", "Whether the socket is open.", int(self.connected))
        if self.backlog is not None:
            yield from _backlog(self.backlog, self.at)


def exposition(acks: Acks, counted: Counted) -> bytes:
    """All of it as text."""
    now = CollectorRegistry()
    now.register(counted)
    return generate_latest(acks.registry) + generate_latest(now)


def by_kind(unheard: Mapping[str, int]) -> Mapping[str, int]:
    """What nobody listens to by the kind of request alone: how it is called in detail may be anything."""
    kinds = Counter[str]()
    for name, count in unheard.items():
        kind = "command" if name.startswith("/") else name.partition(" ")[0]
        kinds[kind if kind in KINDS_OF_REQUEST else "other"] += count
    return kinds


def _single(counts: Mapping[str, int]) -> list[tuple[Sequence[str], int]]:
    return [((name,), count) for name, count in counts.items()]


def _counter(
    name: str, meaning: str, labels: Sequence[str], counts: Iterable[tuple[Sequence[str], int]]
) -> CounterMetricFamily:
    family = CounterMetricFamily(name, meaning, labels=labels)
    for values, count in counts:
        family.add_metric(values, count)
    return family


def _backlog(backlog: Iterable[Backlog], at: datetime) -> Iterator[Metric]:
    due = GaugeMetricFamily("alongside_due_deliveries", "Due and not yet sent.", labels=["kind"])
    age = GaugeMetricFamily("alongside_oldest_due_seconds", "Since the oldest of them was due.", labels=["kind"])
    waiting = {one.kind: one for one in backlog}
    for kind in Kind:
        one = waiting.get(kind)
        due.add_metric([kind.value], one.count if one else 0)
        age.add_metric([kind.value], (at - one.oldest).total_seconds() if one else 0.0)
    yield due
    yield age
