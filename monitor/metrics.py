"""The store → metrics: let Prometheus, or whoever reads its format, ask how the work goes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

from prometheus_client import CollectorRegistry, ProcessCollector, start_http_server
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from monitor.clock import utc_now
from monitor.config import HealthSettings
from monitor.errors import ConfigError, StoreError
from monitor.report.listing import Status
from monitor.status import status_of
from monitor.store import open_readonly

Stand = Callable[[], Status]


class StatusCollector(Collector):
    """Turns a status into metrics whenever somebody asks for them: what is told is what is stored."""

    def __init__(self, stand: Stand, *, clock: Callable[[], datetime]) -> None:
        """stand: looks up how things stand; may raise StoreError. clock: for the ages of what waits."""
        self._stand, self._clock = stand, clock

    def describe(self) -> Iterator[Metric]:
        """Name no metric ahead: that would look things up before anybody asks."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        """Yield every metric; monitor_up is 0 when the store cannot be read, and stands alone then."""
        up = GaugeMetricFamily("monitor_up", "1: the database can be read.")
        try:
            status = self._stand()
        except StoreError:
            up.add_metric([], 0)
            yield up
            return
        up.add_metric([], 1)
        yield up
        yield from metrics_of(status, now=self._clock())


def metrics_of(status: Status, *, now: datetime) -> Iterator[Metric]:
    """Write a status as metrics; units are seconds and bytes, as the format's conventions ask."""
    polls = CounterMetricFamily("monitor_polls", "Polls of feeds, by how they ended.", labels=["outcome"])
    for outcome, n in status.polls.items():
        polls.add_metric([outcome], n)
    yield polls
    yield _gauge("monitor_articles", "Articles, by state.", "state", status.articles)
    yield _gauge("monitor_feeds", "Feeds of the config.", "state", _feeds(status))
    yield _gauge("monitor_findings", "Findings that stand.", None, {"": status.findings})
    steps = {count.step: (count, at) for count, at in status.rounds}
    seconds = {step: count.seconds for step, (count, _) in steps.items() if count.seconds is not None}
    yield _gauge("monitor_step_seconds", "How long the last run of a step took.", "step", seconds)
    ended = {step: at.timestamp() for step, (_, at) in steps.items()}
    yield _gauge("monitor_step_finished_timestamp_seconds", "When a step last ended.", "step", ended)
    done = {step: count.done for step, (count, _) in steps.items()}
    yield _gauge("monitor_step_done", "What the last run of a step did.", "step", done)
    failed = {step: count.failed for step, (count, _) in steps.items()}
    yield _gauge("monitor_step_failed", "What failed in the last run of a step.", "step", failed)
    waits = {step: (now - since).total_seconds() for step, since in status.waiting.items()}
    waits = dict.fromkeys(("poll", "read", "judge"), 0.0) | waits
    yield _gauge("monitor_oldest_pending_seconds", "How long the oldest pending row waits.", "step", waits)
    sizes = {"database": status.file_bytes, "write-ahead log": status.log_bytes}
    yield _gauge("monitor_file_bytes", "Size of the database's files.", "file", sizes)


@contextmanager
def metrics_at(settings: HealthSettings, db: Path) -> Iterator[None]:
    """Answer http://HOST:PORT/metrics while the block runs, if the settings name a port.

    db: the database, opened for reading whenever somebody asks. Raises ConfigError if the port is taken.
    """
    if settings.metrics_port is None:
        yield
        return

    def stand() -> Status:
        with open_readonly(db) as store:
            return status_of(store, now=utc_now(), polls_since=date.min)  # a counter never falls

    registry = CollectorRegistry()
    registry.register(StatusCollector(stand, clock=utc_now))
    ProcessCollector(registry=registry)
    where = f"{settings.metrics_host}:{settings.metrics_port}"
    try:
        server, thread = start_http_server(settings.metrics_port, settings.metrics_host, registry)
    except OSError as error:
        raise ConfigError(
            f"health.metrics_port: {where} cannot be used ({error.strerror}); choose another."
        ) from error
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _feeds(status: Status) -> dict[str, int]:
    return {"listed": status.feeds, "failing": len(status.failing), "silent": len(status.silent)}


def _gauge(name: str, text: str, label: str | None, values: Mapping[str, float]) -> GaugeMetricFamily:
    gauge = GaugeMetricFamily(name, text, labels=[label] if label else None)
    for key, value in values.items():
        gauge.add_metric([key] if label else [], value)
    return gauge
