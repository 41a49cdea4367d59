"""When feeds are asked and what is kept of it, on a real server with moved time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from monitor import pipeline
from monitor.config import CollectSettings, FeedSettings
from monitor.pipeline import World
from monitor.read.workers import Workers
from tests.town import DAY, HOUR, MINUTE, NOW, Answer, Bench, open_bench

QUARTER = 15 * MINUTE


@pytest.fixture
def bench(tmp_path: Path, workers: Workers) -> Iterator[Bench]:
    """An empty store before the town's server."""
    with open_bench(tmp_path, workers) as bench:
        yield bench


def tallies(bench: Bench) -> dict[str, int]:
    """Return how polls ended."""
    return dict(bench.rows("SELECT outcome, sum(polls) FROM tallies GROUP BY outcome"))


def test_the_same_body_is_not_read_again(bench: Bench) -> None:
    """A server without validators sends it whole each time; what was wrong with it stays written down."""
    body = b'<?xml version="1.0"?><rss><channel><item><link>http://g.example/1</link></item></rss>'.decode()
    bench.publish("/feed1")
    bench.town.answers["/feed1"] = Answer(body)
    bench.poll()
    trouble = bench.rows("SELECT last_error FROM feeds")
    assert trouble[0][0].startswith("not well-formed")
    closed = Workers(workers=1, deadline_s=1)
    closed.close()  # whoever asks it for anything fails
    world = World(bench.world.fetcher, closed)
    poll = pipeline.poll(bench.store, world, bench.settings, now=NOW + HOUR)
    assert bench.runner.run(poll).failed == 0
    assert [status for _, status in bench.town.asked] == [200, 200]
    assert bench.rows("SELECT last_error FROM feeds") == trouble
    assert tallies(bench) == {"news": 1, "same body": 1}


def test_each_poll_is_counted_under_how_it_ended(bench: Bench) -> None:
    """By day (UTC), with a few words for what failed: what `monitor status` and Prometheus show."""
    names = ["news", "nothing", "html", "missing", "late", "circle"]
    for name in names:
        bench.publish(f"/feed-{name}", **({name: ""} if name in names[:1] else {}))
    bench.town.answers |= {
        "/feed-html": Answer("<html></html>"),
        "/feed-missing": Answer(status=404),
        "/feed-late": Answer(status=503),
        "/feed-circle": Answer(status=302, headers={"Location": "/feed-circle"}),
    }
    bench.town.answers["/feed-news"] = replace(bench.town.answers["/feed-news"], etag='"a"')
    closed = FeedSettings(url="http://127.0.0.1:19009/feed", name="nobody there")
    refused = FeedSettings(url="http://10.0.0.1/feed", name="inside")
    listed = [FeedSettings(url=f"{bench.base}/feed-{name}", name=name) for name in names]
    bench.store.feeds.sync([*listed, closed, refused], now=NOW)
    bench.poll()
    failed = {"no feed": 1, "404": 1, "503": 1, "redirects": 1, "no connection": 1, "refused": 1}
    assert tallies(bench) == failed | {"news": 1, "nothing new": 1}
    bench.store.feeds.sync(listed[:1], now=NOW)
    bench.poll(NOW + DAY)
    days = bench.rows("SELECT day, sum(polls) FROM tallies GROUP BY day ORDER BY day")
    assert days == [("2026-11-22", 8), ("2026-11-23", 1)]
    assert tallies(bench)["not modified"] == 1


def test_a_wish_of_the_server_keeps_a_feed_waiting_within_the_limits(bench: Bench) -> None:
    """Three hours are waited for; a week counts as the longest wait of the config."""
    bench.publish("/feed1", flood="")
    plain = bench.town.answers["/feed1"]
    waits = []
    for number, age in enumerate((3 * 3600, 7 * 86400, 60)):
        headers = {"Cache-Control": f"max-age={age}", "X": str(number)}
        bench.town.answers["/feed1"] = replace(plain, body=plain.body + " " * number, headers=headers)
        now = NOW + number * 2 * DAY
        bench.poll(now)
        [feed] = bench.store.feeds.details(now=now)
        waits.append(feed.next_check_at - now)
        assert feed.wish == timedelta(seconds=age)
    assert 3 * HOUR <= waits[0] <= 3.3 * HOUR
    assert waits[1] == DAY
    assert waits[2] < HOUR


def test_the_interval_follows_the_news_between_the_bounds_of_the_config(bench: Bench) -> None:
    """Both begin as configured; after a day one is asked each quarter of an hour, the other every few hours."""
    bench.publish("/feed-quiet", flood="")
    bench.publish("/feed-lively")
    rounds, live = 0, bench.town.answers["/feed-lively"]

    def with_news() -> Answer:
        item = f'{{"id": "{rounds}", "url": "{bench.base}/n{rounds}", "title": "news"}}'
        return replace(live, body=live.body.replace("[]", f"[{item}]"))

    bench.town.scripts["/feed-lively"] = with_news
    bench.poll()
    assert [feed.every for feed in bench.store.feeds.details(now=NOW)] == [2 * QUARTER] * 2
    bench.paths()
    for rounds in range(1, 24 * 12):
        bench.poll(NOW + rounds * 5 * MINUTE)
    paths = bench.paths()
    assert 60 < paths.count("/feed-lively") <= 96
    assert 5 < paths.count("/feed-quiet") < 15
    [quiet, lively] = bench.store.feeds.details(now=NOW)
    assert lively.every == QUARTER and quiet.every and quiet.every > 4 * HOUR
    settings = bench.settings.model_copy(update={"collect": CollectSettings(poll_minutes=5, poll_minutes_max=60)})
    later = NOW + 2 * DAY
    bench.runner.run(pipeline.poll(bench.store, bench.world, settings, now=later))
    [quiet, _] = bench.store.feeds.details(now=NOW)
    assert quiet.every == HOUR


def test_what_another_feed_brought_first_is_news_all_the_same(bench: Bench) -> None:
    """A feed is lively or silent by what it brings itself; an article with another guid is not news."""
    bench.publish("/feed1", flood="")
    bench.poll()
    bench.publish("/feed2", flood="")
    bench.poll(NOW + MINUTE)
    assert tallies(bench) == {"news": 2}
    again = bench.town.answers["/feed2"]
    bench.town.answers["/feed2"] = replace(again, body=again.body.replace("/feed2-flood", "another guid"))
    bench.poll(NOW + HOUR)
    assert tallies(bench) == {"news": 2, "same body": 1, "nothing new": 1}
    assert bench.store.count("articles") == 1


def test_a_feed_that_falls_silent_is_reported_until_it_speaks(bench: Bench) -> None:
    """It answers well, so nothing fails; only its own habits tell that it is dead."""
    bench.publish("/feed1", first="")
    now = NOW
    for number in range(4):  # news each twelve hours
        bench.publish("/feed1", **{f"story{number}": ""})
        bench.poll(now)
        now += 12 * HOUR
    last = now - 12 * HOUR
    assert bench.store.feeds.silent() == []
    while now < last + 3 * DAY:
        bench.poll(now)
        now += QUARTER
    assert bench.store.feeds.silent() == []
    bench.poll(now + DAY)
    [silent] = bench.store.feeds.silent()
    assert (silent.url, silent.since, silent.longest) == (f"{bench.base}/feed1", last, 12 * HOUR)
    bench.publish("/feed1", story9="")
    bench.poll(now + 2 * DAY)
    assert bench.store.feeds.silent() == []
    [feed] = bench.store.feeds.details(now=now)
    assert feed.longest_silence == now + 2 * DAY - last


def test_a_missing_feed_is_asked_once_a_day_from_the_second_time_on(bench: Bench) -> None:
    """A 404 seldom heals, and a hiccup of an hour is not slept through."""
    bench.publish("/feed1")
    bench.town.answers["/feed1"] = Answer(status=404)
    waits, now = [], NOW
    for _ in range(3):
        bench.poll(now)
        [feed] = bench.store.feeds.details(now=now)
        waits.append(feed.next_check_at - now)
        now = feed.next_check_at
    assert waits[0] <= timedelta(minutes=30)
    assert all(0.9 * DAY <= wait <= DAY for wait in waits[1:])
