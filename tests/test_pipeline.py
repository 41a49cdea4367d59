"""Poll and read on a real server: what is asked, what is stored, and what trouble leaves behind."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest

from monitor import pipeline
from monitor.collect.fetch import HttpFetcher
from monitor.collect.hosts import Hosts
from monitor.config import CollectSettings, FeedSettings, Settings, load_baseline
from monitor.newsroom import BASELINE, Newsroom
from monitor.pipeline import Models, World
from monitor.pipeline.steps import HOST_PAUSE
from monitor.read.workers import Workers
from monitor.records import StepCount
from monitor.store import open_store
from tests.judge.fake_model import FakeModel
from tests.town import DAY, HOUR, MINUTE, NOW, Answer, Bench, open_bench

FLOOD = "The dam above the valley broke on Monday.\nSix people died in the flood, the council said on Tuesday."
ROADS = "All roads into the valley are closed until Friday.\nThe army brings water and bread by helicopter."


@pytest.fixture
def bench(tmp_path: Path, workers: Workers) -> Iterator[Bench]:
    """An empty store before the town's server."""
    with open_bench(tmp_path, workers) as bench:
        yield bench


def test_the_sample_newsroom_is_read_once_and_a_second_round_finds_nothing_new(
    tmp_path: Path, workers: Workers
) -> None:
    """The whole newsroom through the whole line: 304s, a 429, broken feeds, twins, with nothing stored twice."""

    tables = ("articles", "entries", "versions", "judgements")

    async def follow() -> None:
        collect = CollectSettings(pause_s=0, allow_networks=(ip_network("127.0.0.0/8"),))
        async with Newsroom(port=0) as room, HttpFetcher(collect) as fetcher:
            settings, world = Settings(collect=collect, feeds=room.feeds), World(fetcher, workers)
            models = Models(FakeModel(), FakeModel())
            with open_store(tmp_path / "monitor.db") as store:
                store.feeds.sync(room.feeds, now=NOW)
                store.claims.sync(load_baseline(BASELINE), now=NOW)
                first = await pipeline.poll(store, world, settings, now=NOW)
                assert (first.done, first.failed) == (len(room.feeds) - 1, 1)  # one is busy at first
                later = NOW + HOUR
                second = await pipeline.poll(store, world, settings, now=later)
                assert (second.done, second.failed) == (len(room.feeds), 0)
                new = int(first.note.split()[0]) + int(second.note.split()[0])
                assert new == store.count("articles") == room.pages + 2  # a gallery, and a page that is gone
                done = await pipeline.read(store, world, settings, now=later)
                assert (done.done, done.failed) == (room.pages, 2)
                assert store.count("versions") == room.pages
                pipeline.embed(store, models)
                assert pipeline.judge(store, models, now=later).done == room.pages
                before = [store.count(table) for table in tables]
                asked = room.requests.copy()
                again = NOW + 2 * HOUR
                assert (await pipeline.poll(store, world, settings, now=again)).note == "0 new articles"
                await pipeline.read(store, world, settings, now=again)
                assert pipeline.embed(store, models).done == 0
                assert pipeline.judge(store, models, now=again).done == 0
                assert [store.count(table) for table in tables] == before
                asked_again = {url for url, _ in room.requests - asked}
                feeds = {feed.url for feed in room.feeds}
                assert feeds <= asked_again
                assert [url.rpartition("/")[2] for url in asked_again - feeds] == ["pictures"]  # once more

    asyncio.run(follow())


def test_two_feeds_that_bring_one_article_store_it_once(bench: Bench) -> None:
    """An article is its address, however many feeds bring it and however they count their readers."""
    bench.publish("/feed1", flood=FLOOD, roads=ROADS)
    bench.publish("/feed2", **{"flood?utm_source=rss": "", "bridge": ""})
    assert bench.poll() == StepCount("poll", 2, 0, "3 new articles")
    assert bench.store.count("entries") == 4
    assert sorted(url for (url,) in bench.rows("SELECT url FROM articles")) == [
        f"{bench.base}/{name}" for name in ("bridge", "flood", "roads")
    ]


def test_every_new_article_is_counted_while_feeds_answer_side_by_side(tmp_path: Path, workers: Workers) -> None:
    """The count is what the log and the demo show."""
    with open_bench(tmp_path, workers, requests_per_host=6) as bench:
        for number in range(6):
            bench.publish(f"/feed{number}", **{f"story{number}": "", f"other{number}": ""})
        count = bench.poll()
    assert count.note == "12 new articles"


def test_an_unchanged_feed_costs_no_parsing(tmp_path: Path, workers: Workers) -> None:
    """A 304 moves the next check forward, keeps the validators, and needs no worker."""
    with open_bench(tmp_path, workers) as bench:
        bench.publish("/feed1", flood=FLOOD)
        bench.town.answers["/feed1"] = Answer(bench.town.answers["/feed1"].body, etag='"a"')
        bench.poll()
        closed = Workers(workers=1, deadline_s=1)
        closed.close()  # whoever asks it for anything fails
        settings = bench.settings
        count = bench.runner.run(
            pipeline.poll(bench.store, World(bench.world.fetcher, closed), settings, now=NOW + HOUR)
        )
        assert (count.done, count.failed) == (1, 0)
        assert [status for _, status in bench.town.asked] == [200, 304]
        assert bench.rows("SELECT etag, failures, next_check_at > '2026-11-22T07:04:20Z' FROM feeds") == [
            ('"a"', 0, 1)
        ]


def test_a_feed_is_asked_again_only_when_it_is_due(bench: Bench) -> None:
    """When a feed is due stands in the database, so a restart polls nothing twice."""
    bench.publish("/feed1", flood=FLOOD)
    bench.poll()
    assert bench.poll(NOW + MINUTE) == StepCount("poll", 0, 0, "0 new articles")
    assert bench.paths() == ["/feed1"]


def test_a_host_that_asks_for_a_pause_is_left_alone_altogether(bench: Bench) -> None:
    """Too many requests means all requests: also those that were already waiting for their turn."""
    busy = Answer(status=429, headers={"Retry-After": "3600"})
    for number in range(4):
        bench.publish(f"/feed{number}", **{f"story{number}": ""})
    bench.town.answers["/feed0"] = busy
    assert bench.poll() == StepCount("poll", 0, 1, "0 new articles")
    assert bench.paths() == ["/feed0"]
    bench.poll(NOW + 59 * MINUTE)
    assert bench.paths() == []
    assert bench.rows("SELECT failures, last_error FROM feeds WHERE failures") == [
        (1, "answered 429 Too Many Requests")
    ]
    bench.town.answers["/feed0"] = bench.town.answers["/feed1"]
    assert bench.poll(NOW + 61 * MINUTE).done == 4
    assert sorted(bench.paths()) == ["/feed0", "/feed1", "/feed2", "/feed3"]


def test_articles_of_a_busy_host_wait_and_lose_no_try(bench: Bench) -> None:
    """A server under load refuses the first of many articles; the others are not even asked for."""
    bench.publish("/feed1", a="", b="", c="")
    for name in "abc":
        bench.town.answers[f"/{name}"] = Answer(status=429)  # and no word for how long
    bench.poll()
    bench.paths()
    assert bench.read().failed == 1
    assert len(bench.paths()) == 1
    assert bench.rows("SELECT DISTINCT next_try_at FROM articles") == [("2026-11-22T06:19:20Z",)]
    bench.read(NOW + HOST_PAUSE - timedelta(seconds=1))
    assert bench.paths() == []
    assert bench.rows("SELECT DISTINCT state, tries FROM articles") == [("pending", 0)]
    bench.publish("/feed1", a=FLOOD, b=ROADS, c="")
    assert bench.read(NOW + HOST_PAUSE).done == 2


def test_a_failing_feed_backs_off_says_why_and_recovers(bench: Bench) -> None:
    """Each failure doubles the wait from the second on; one good answer makes all well."""
    bench.publish("/feed1", flood=FLOOD)
    good = bench.town.answers["/feed1"]
    bench.town.answers["/feed1"] = Answer(status=500)
    waits, now = [], NOW
    for _ in range(3):
        assert bench.poll(now).failed == 1
        feed = bench.store.feeds.due(now=now + 1000 * HOUR)[0]
        waits.append(feed.next_check_at - now)
        now = feed.next_check_at
    assert [round(wait / waits[0], 2) for wait in waits] == [1, 2, 4]
    [failing] = bench.store.feeds.failing()
    assert (failing.failures, failing.since) == (3, NOW)
    assert failing.error == "answered 500 Internal Server Error"
    bench.town.answers["/feed1"] = good
    assert bench.poll(now).done == 1
    assert bench.store.feeds.failing() == []
    assert bench.store.feeds.due(now=now + 1000 * HOUR)[0].next_check_at - now < HOUR


@pytest.mark.parametrize(
    ("body", "why"),
    [("<!doctype html><html><body>Please log in</body></html>", "web page"), ("", "empty"), ("[1, 2", "")],
)
def test_what_is_no_feed_is_written_on_the_feed(bench: Bench, body: str, why: str) -> None:
    """A log-in page in a feed's place (case 26) must not look like a feed without news."""
    bench.publish("/feed1")
    bench.town.answers["/feed1"] = Answer(body)
    assert bench.poll().failed == 1
    [failing] = bench.store.feeds.failing()
    assert why in failing.error


def test_a_page_that_cannot_be_read_is_tried_again_and_then_given_up(bench: Bench) -> None:
    """Trouble stays on the row it belongs to; the other articles are read meanwhile."""
    bench.publish("/feed1", flood=FLOOD, broken="", roads=ROADS)
    bench.town.answers["/broken"] = Answer("<html><body><img src=a.jpg></body></html>")
    bench.poll()
    assert bench.read() == StepCount("read", 2, 1)
    broken = "SELECT state, tries, last_error IS NOT NULL FROM articles WHERE url LIKE '%/broken'"
    assert bench.rows(broken) == [("pending", 1, 1)]
    bench.paths()
    assert bench.read(NOW + MINUTE) == StepCount("read", 0, 0)
    assert bench.paths() == []  # not yet
    assert bench.read(NOW + HOUR).failed == 1
    assert bench.rows(broken) == [("failed", 2, 1)]
    bench.paths()
    bench.read(NOW + 1000 * HOUR)
    assert bench.paths() == []  # given up


def test_a_broken_page_that_is_mended_is_read(bench: Bench) -> None:
    """The second try is worth its request."""
    bench.publish("/feed1", flood=FLOOD)
    good = bench.town.answers["/flood"]
    bench.town.answers["/flood"] = Answer(status=503)
    bench.poll()
    bench.read()
    bench.town.answers["/flood"] = good
    assert bench.read(NOW + HOUR).done == 1
    assert bench.rows("SELECT state, last_error FROM articles") == [("read", None)]


def test_a_page_that_is_gone_is_given_up_at_once(bench: Bench) -> None:
    """A 404 does not change by asking again."""
    bench.publish("/feed1", gone="")
    bench.poll()
    bench.read()
    assert bench.rows("SELECT state, last_error FROM articles") == [("failed", "answered 404 Not Found")]


def test_a_redirect_and_a_canonical_address_lead_to_one_article(bench: Bench) -> None:
    """Three addresses, one page: judged once, counted once."""
    bench.publish("/feed1", flood=FLOOD, old="", amp="")
    page = bench.town.answers["/flood"].body
    bench.town.answers["/old"] = Answer(status=301, headers={"Location": "/flood"})
    tagged = f'<head><link rel="canonical" href="{bench.base}/flood?utm_source=amp#top">'
    bench.town.answers["/amp"] = Answer(page.replace("<head>", tagged))
    bench.poll()
    bench.read()
    assert bench.store.count("versions") == 1
    states = bench.rows("SELECT state, count(*) FROM articles GROUP BY state ORDER BY state")
    assert states == [("read", 1), ("same", 2)]
    assert bench.rows("SELECT DISTINCT canonical_url FROM articles WHERE state = 'read'") == [
        (f"{bench.base}/flood",)
    ]


def test_a_date_in_the_future_is_the_moment_it_was_read(bench: Bench) -> None:
    """A clock that is wrong, or a date that was announced, must not stand before all other news (case 24)."""
    bench.publish("/feed1", flood=FLOOD)
    tomorrow = (NOW + DAY).isoformat()
    dated = f'<head><meta property="article:published_time" content="{tomorrow}">'
    page = bench.town.answers["/flood"].body
    bench.town.answers["/flood"] = Answer(page.replace("<head>", dated))
    feed = bench.town.answers["/feed1"].body
    bench.town.answers["/feed1"] = Answer(feed.replace('"title": "flood"', f'"date_published": "{tomorrow}"'))
    bench.poll()
    bench.read()
    assert bench.rows("SELECT feed_published_at FROM articles") == [("2026-11-22T06:04:20Z",)]
    assert bench.rows("SELECT published_at FROM versions") == [("2026-11-22T06:04:20Z",)]


def test_the_language_of_the_feed_decides_for_a_text_too_short_to_tell(bench: Bench) -> None:
    """One line of names says nothing about its language."""
    bench.publish("/feed1", result="Halmstedt 2, Kingsmere 1 (Olumide 12, 58; Zassen 90).")
    url = f"{bench.base}/feed1"
    bench.store.feeds.sync([FeedSettings(url=url, name="Sport", lang="pt")], now=NOW)
    bench.poll()
    bench.read()
    assert bench.rows("SELECT lang FROM versions") == [("pt",)]


def test_what_is_not_begun_when_the_time_is_up_stays_pending(bench: Bench) -> None:
    """A host that drips must not keep the rounds of all others waiting."""
    bench.publish("/feed1", a=FLOOD, b=ROADS)
    bench.publish("/feed2", c="")
    assert bench.poll(stop=lambda: bool(bench.town.asked)).done == 1
    assert bench.paths() == ["/feed1"]
    assert bench.read(stop=lambda: True) == StepCount("read", 0, 0)
    assert bench.poll().done == 1
    assert bench.read().done == 2


def test_a_bug_comes_through_as_itself(bench: Bench) -> None:
    """Not as a group of errors, which no handler above would know."""

    class Broken:
        hosts = Hosts(per_host=2, at_once=2)

        async def fetch(self, url: str, **more: object) -> None:
            raise ZeroDivisionError(url)

    bench.publish("/feed1")
    bench.publish("/feed2")
    world = World(Broken(), bench.world.workers)  # type: ignore[arg-type]  # a fetcher with a bug
    with pytest.raises(ZeroDivisionError, match="/feed"):
        bench.runner.run(pipeline.poll(bench.store, world, bench.settings, now=NOW))


def test_progress_is_told_up_to_the_last_one(bench: Bench) -> None:
    """The bars of the demo fill."""
    bench.publish("/feed1", flood=FLOOD, gone="")
    told: list[tuple[str, int, int]] = []
    bench.poll(progress=lambda *news: told.append(news))
    bench.read(progress=lambda *news: told.append(news))
    assert told == [("poll", 1, 1), ("read", 1, 2), ("read", 2, 2)]
