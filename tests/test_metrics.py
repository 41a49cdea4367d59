"""What Prometheus reads, over a real connection."""

from __future__ import annotations

import socket
import urllib.request
from datetime import timedelta
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from monitor.config import HealthSettings
from monitor.errors import ConfigError
from monitor.feed_records import FailingFeed
from monitor.metrics import metrics_at, metrics_of
from monitor.records import StepCount
from monitor.report.listing import Status
from monitor.store import open_store
from tests.store.filling import DAM, NOW, baseline, known_article

STATUS = Status(
    articles={"read": 40, "pending": 2},
    findings=6,
    feeds=3,
    failing=[FailingFeed("Courrier", "https://courrier.example/rss", NOW, 9, "answered 503")],
    rounds=[(StepCount("poll", 2, 1, seconds=0.5), NOW), (StepCount("read", 4, 0), NOW)],
    next_due=NOW,
    last_digest=None,
    polls={"not modified": 75, "404": 5},
    waiting={"read": NOW - timedelta(hours=1)},
    file_bytes=1000,
    log_bytes=10,
)


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


def samples(text: str) -> dict[tuple[str, str], float]:
    """Read the format back with its own reader: (name, label's value) → number."""
    return {
        (sample.name, next(iter(sample.labels.values()), "")): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_a_status_becomes_metrics() -> None:
    """Polls with their outcomes, articles, findings, seconds of each step, what waits, and sizes."""
    told = {
        (sample.name, next(iter(sample.labels.values()), "")): sample.value
        for metric in metrics_of(STATUS, now=NOW)
        for sample in metric.samples
    }
    assert told[("monitor_polls_total", "not modified")] == 75
    assert told[("monitor_polls_total", "404")] == 5
    assert told[("monitor_articles", "pending")] == 2
    assert told[("monitor_findings", "")] == 6
    assert told[("monitor_feeds", "failing")] == 1
    assert told[("monitor_step_seconds", "poll")] == 0.5
    assert ("monitor_step_seconds", "read") not in told  # not measured is not zero
    assert told[("monitor_oldest_pending_seconds", "read")] == 3600
    assert told[("monitor_oldest_pending_seconds", "judge")] == 0
    assert told[("monitor_file_bytes", "write-ahead log")] == 10


def test_whoever_asks_gets_what_is_stored_at_that_moment(tmp_path: Path) -> None:
    """A scrape reads the database while the daemon writes; a database that is gone is told as down."""
    db, port = tmp_path / "monitor.db", free_port()

    def scrape() -> dict[tuple[str, str], float]:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
            return samples(answer.read().decode())

    with metrics_at(HealthSettings(metrics_port=port), db):
        assert scrape()[("monitor_up", "")] == 0
        with open_store(db) as store:
            store.claims.sync(baseline(DAM), now=NOW)
            assert ("monitor_articles", "pending") not in scrape()
            known_article(store, "https://g.example/1")
            told = scrape()
            assert told[("monitor_articles", "pending")] == 1
            assert told[("monitor_up", "")] == 1
            assert told[("process_resident_memory_bytes", "")] > 1_000_000


def test_no_port_is_opened_unless_the_config_names_one(tmp_path: Path) -> None:
    """Nothing listens by default."""
    with metrics_at(HealthSettings(), tmp_path / "monitor.db"):
        pass


def test_a_port_that_is_taken_is_one_line(tmp_path: Path) -> None:
    """Two daemons on one machine need two ports."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        settings = HealthSettings(metrics_port=taken.getsockname()[1])
        told = r"health\.metrics_port: 127\.0\.0\.1:\d+ cannot be used"
        with pytest.raises(ConfigError, match=told), metrics_at(settings, tmp_path / "monitor.db"):
            pass
