"""Feeds without news are written in groups: all of them, also the last few, and also when the round breaks."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.pipeline import poll
from monitor.read.workers import Workers
from monitor.store.feeds import WRITTEN_TOGETHER
from tests.town import HOUR, NOW, Answer, Bench, open_bench

FEEDS = WRITTEN_TOGETHER + 1
WAITING = "SELECT count(*) FROM feeds WHERE next_check_at <= '2026-11-22T07:04:20Z'"


def unchanged(bench: Bench) -> None:
    """List feeds that answered once and have no news now."""
    for number in range(FEEDS):
        bench.town.answers[f"/feed{number}"] = Answer(
            '{"version": "https://jsonfeed.org/version/1", "items": []}', etag='"a"'
        )
    bench.publish("/feed-last")
    bench.poll()
    bench.town.asked.clear()


def test_every_feed_without_news_is_written(tmp_path: Path) -> None:
    """One more than a group holds; and outside a round each is written at once."""
    with Workers(workers=1, deadline_s=60) as workers, open_bench(tmp_path, workers) as bench:
        unchanged(bench)
        assert bench.poll(NOW + HOUR).done == FEEDS + 1
        assert [status for _, status in bench.town.asked].count(304) == FEEDS
        assert bench.rows(WAITING) == [(0,)]


def test_what_was_asked_before_a_round_broke_is_written(tmp_path: Path) -> None:
    """A bug in the middle must not make the rest be asked twice."""
    with Workers(workers=1, deadline_s=60) as workers, open_bench(tmp_path, workers) as bench:
        unchanged(bench)
        finished = 0

        def break_down(_: str, done: int, __: int) -> None:
            nonlocal finished
            finished = done
            if done == 7:
                raise ZeroDivisionError("a bug")

        with pytest.raises(ZeroDivisionError):
            bench.runner.run(poll(bench.store, bench.world, bench.settings, now=NOW + HOUR, progress=break_down))
        assert finished == 7
        assert bench.rows(WAITING) == [(FEEDS + 1 - finished,)]
