"""What goes wrong between a poller and the servers it asks (FAILURES, cases 29 to 36)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from monitor.collect.schedule import LONGEST_WAIT
from monitor.config import FeedSettings
from monitor.read.workers import Workers
from tests.town import DAY, HOUR, MINUTE, NOW, Answer, Bench, open_bench

FLOOD = "The dam above the valley broke on Monday.\nSix people died in the flood, the council said on Tuesday."
ROADS = "All roads into the valley are closed until Friday.\nThe army brings water and bread by helicopter."
QUARTER = 15 * MINUTE


@pytest.fixture
def bench(tmp_path: Path, workers: Workers) -> Iterator[Bench]:
    """An empty store before the town's server."""
    with open_bench(tmp_path, workers) as bench:
        yield bench


def poll_for(bench: Bench, time: timedelta, *, since: datetime = NOW) -> datetime:
    """Do a round each quarter of an hour for a while, as a daemon does; return when it ends."""
    rounds = int(time / QUARTER)
    for number in range(rounds):
        bench.poll(since + number * QUARTER)
    return since + rounds * QUARTER


def test_case_29_a_wall_that_says_403_is_not_stormed(bench: Bench) -> None:
    """Cloudflare stands before all feeds of a site, and does not say for how long: back off, and come back."""
    for number in range(5):
        bench.publish(f"/feed{number}", **{f"story{number}": ""})
    good = dict(bench.town.answers)
    for path in good:
        bench.town.answers[path] = Answer("<html>Checking your browser</html>", status=403)
    assert bench.poll().failed == 1
    assert len(bench.paths()) == 1  # the four others are not even asked
    end = poll_for(bench, 3 * DAY, since=NOW + QUARTER)
    first_days = bench.paths()
    assert len(first_days) < 5 * 3 * 10  # unstopped, five feeds make 5 * 3 * 48 requests
    poll_for(bench, 2 * DAY, since=end)
    assert len(bench.paths()) <= 5 * 3
    [*failing] = bench.store.feeds.failing()
    assert {feed.error for feed in failing} == {"answered 403 Forbidden"} and len(failing) == 5
    bench.town.answers.update(good)
    poll_for(bench, 2 * DAY, since=end + 2 * DAY)
    assert bench.store.feeds.failing() == []
    assert bench.store.count("articles") == 5


@pytest.mark.parametrize("as_date", [False, True])
def test_case_30_a_pause_that_was_asked_for_holds_for_feeds_and_pages(bench: Bench, as_date: bool) -> None:
    """429 with Retry-After, as seconds or as a date; also when it is an article that is refused."""
    bench.publish("/feed1", flood=FLOOD, roads=ROADS)
    bench.publish("/feed2", bridge="")
    bench.poll()
    feed = bench.town.answers["/feed1"]
    wish = format_datetime(NOW + 2 * HOUR, usegmt=True) if as_date else "7200"
    busy = Answer(status=429, headers={"Retry-After": wish, "Date": format_datetime(NOW, usegmt=True)})
    pages = {path: bench.town.answers.pop(path) for path in ("/flood", "/roads")}
    bench.town.answers |= dict.fromkeys(("/flood", "/roads", "/bridge"), busy)
    bench.paths()
    bench.read()
    assert len(bench.paths()) == 1
    poll_for(bench, 2 * HOUR)  # feeds are due meanwhile, and the host is left alone
    bench.read(NOW + 2 * HOUR - MINUTE)
    assert bench.paths() == []
    assert bench.rows("SELECT count(*), sum(tries) FROM articles WHERE state = 'pending'") == [(3, 0)]
    bench.town.answers |= pages | {"/bridge": Answer(status=404)}
    later = NOW + 2 * HOUR + MINUTE
    assert bench.read(later).done == 2
    bench.town.answers["/feed1"] = replace(busy, headers={"Retry-After": "31536000"})
    bench.poll(later + HOUR)
    [failing] = bench.store.feeds.failing()
    assert failing.error == "answered 429 Too Many Requests; asks for 365 days, and is asked again after one"
    bench.paths()
    bench.poll(later + HOUR + DAY - MINUTE)
    assert bench.paths() == []
    bench.town.answers["/feed1"] = feed
    bench.poll(later + HOUR + DAY)
    assert sorted(bench.paths()) == ["/feed1", "/feed2"]
    assert bench.store.feeds.failing() == []


def test_case_31_a_feed_that_is_gone_is_asked_no_more(bench: Bench) -> None:
    """410: the person is told what to do, the other feeds go on, and a person can have it tried again."""
    bench.publish("/feed1", flood=FLOOD)
    bench.publish("/feed2", bridge="")
    good = bench.town.answers["/feed1"]
    bench.town.answers["/feed1"] = Answer(status=410)
    assert (bench.poll().done, bench.store.count("articles")) == (1, 1)
    [gone] = bench.store.feeds.failing()
    assert gone.error.startswith("answered 410 Gone; it will not be asked again: remove it from the config")
    assert [feed.gone_at for feed in bench.store.feeds.details(now=NOW)] == [NOW, None]
    bench.paths()
    poll_for(bench, 10 * DAY, since=NOW + DAY)
    assert set(bench.paths()) == {"/feed2"}
    bench.town.answers["/feed1"] = good
    listed = [FeedSettings(url=f"{bench.base}/feed{n}", name=f"feed{n}") for n in (1, 2)]
    for paused in (True, False):
        bench.store.feeds.sync([listed[0].model_copy(update={"paused": paused}), listed[1]], now=NOW)
    bench.poll(NOW + 20 * DAY)
    assert bench.store.feeds.failing() == []
    assert bench.store.count("articles") == 2


def test_case_32_a_permanent_redirect_counts_once_good_feeds_came_from_there(bench: Bench) -> None:
    """A 301 to a maintenance page changes nothing; one to a feed does, after a day; and it is not for ever."""
    bench.publish("/feed1", flood=FLOOD)
    good = bench.town.answers["/feed1"]
    bench.town.answers["/new"] = Answer("<!doctype html><html><body>Back soon</body></html>")
    bench.town.answers["/feed1"] = Answer(status=301, headers={"Location": "/new"})
    now = poll_for(bench, 2 * DAY)
    asked_at = "SELECT url, address FROM feeds"
    assert bench.rows(asked_at) == [(f"{bench.base}/feed1", None)]
    [failing] = bench.store.feeds.failing()
    assert "a web page" in failing.error
    bench.town.answers["/new"] = good
    now = poll_for(bench, DAY, since=now)
    assert bench.store.count("articles") == 1
    assert bench.rows(asked_at) == [(f"{bench.base}/feed1", None)]  # a day is not enough
    now = poll_for(bench, 4 * DAY, since=now)
    assert bench.rows(asked_at) == [(f"{bench.base}/feed1", f"{bench.base}/new")]
    bench.paths()
    now = poll_for(bench, DAY, since=now)
    assert set(bench.paths()) == {"/new"}
    bench.town.answers |= {"/new": Answer(status=404), "/feed1": good}
    poll_for(bench, 6 * DAY, since=now)
    assert bench.rows(asked_at) == [(f"{bench.base}/feed1", None)]
    assert bench.store.feeds.failing() == []


@pytest.mark.parametrize("status", [302, 303, 307])
def test_a_redirect_for_now_changes_no_address(bench: Bench, status: int) -> None:
    """However long it lasts, and however good the feed it leads to."""
    bench.publish("/feed1", flood=FLOOD)
    bench.town.answers["/new"] = bench.town.answers["/feed1"]
    bench.town.answers["/feed1"] = Answer(status=status, headers={"Location": "/new"})
    poll_for(bench, 5 * DAY)
    assert bench.rows("SELECT address, moved_to, failures FROM feeds") == [(None, None, 0)]


def test_case_33_a_new_etag_is_kept_whatever_it_comes_with(bench: Bench) -> None:
    """With a 200 and the Last-Modified of before, and with a 304: the next request says what was said last."""
    dated = {"Last-Modified": "Sun, 22 Nov 2026 06:00:00 GMT"}
    bench.publish("/feed1", flood=FLOOD)
    body = bench.town.answers["/feed1"].body
    answers = [
        Answer(body, headers=dated | {"ETag": '"1"'}),
        Answer(body.replace("flood", "water"), headers=dated | {"ETag": '"2"'}),
        Answer(status=304, headers={"ETag": '"3"'}),
        Answer(status=304),
    ]
    for number, answer in enumerate(answers):
        bench.town.answers["/feed1"] = answer
        assert bench.poll(NOW + number * 2 * HOUR).failed == 0
    assert [heard.get("If-None-Match") for heard in bench.town.heard] == [None, '"1"', '"2"', '"3"']
    assert {heard.get("If-Modified-Since") for heard in bench.town.heard[1:]} == set(dated.values())
    assert bench.store.count("articles") == 2


def test_case_34_a_validator_is_sent_back_as_it_came(bench: Bench) -> None:
    """Weak, with the suffix that Apache hangs on for gzip, or no date at all: servers compare text."""
    given = {"ETag": 'W/"5f-gzip"', "Last-Modified": "Sun 22.11.2026, 6 Uhr"}
    bench.publish("/feed1", flood=FLOOD)
    bench.town.answers["/feed1"] = Answer(bench.town.answers["/feed1"].body, etag=given["ETag"], headers=given)
    bench.poll()
    bench.poll(NOW + HOUR)
    assert [status for _, status in bench.town.asked] == [200, 304]
    heard = bench.town.heard[1]
    assert (heard["If-None-Match"], heard["If-Modified-Since"]) == (given["ETag"], given["Last-Modified"])


@pytest.mark.parametrize("stated", ["Tue, 01 Jan 2041 00:00:00 GMT", "0"])
def test_case_35_a_server_that_says_not_modified_for_ever_is_asked_for_the_whole(
    bench: Bench, stated: str
) -> None:
    """The news it hides behind a date that cannot be are there a day later."""
    bench.publish("/feed1", flood=FLOOD)
    bench.town.answers["/feed1"] = old = replace(bench.town.answers["/feed1"], headers={"Last-Modified": stated})
    new = replace(old, body=old.body.replace("flood", "water"))
    bench.poll()

    def broken() -> Answer:
        return Answer(status=304) if "If-Modified-Since" in bench.town.heard[-1] else new

    bench.town.scripts["/feed1"] = broken
    now = poll_for(bench, 12 * HOUR, since=NOW + HOUR)
    assert bench.store.count("articles") == 1
    poll_for(bench, 24 * HOUR, since=now)
    assert bench.store.count("articles") == 2
    whole = ["If-Modified-Since" not in heard for heard in bench.town.heard]
    assert sum(whole) == 2 and whole[0]


def test_case_36_a_clock_that_was_set_back_does_not_stop_the_work(bench: Bench) -> None:
    """What was put off to a year from now by a wrong clock is due again, and put off by the right one."""
    bench.publish("/feed1", flood=FLOOD)
    year = 365 * DAY
    bench.town.answers["/flood"] = replace(bench.town.answers["/flood"], status=503)
    bench.poll(NOW + year)
    bench.read(NOW + year)
    bench.store.feeds.block_host(bench.base.removeprefix("http://"), now=NOW + year, pause=HOUR, reason="busy")
    bench.publish("/feed1", flood=FLOOD, roads=ROADS)
    assert bench.poll().done == 1
    [feed] = bench.store.feeds.details(now=NOW)
    assert NOW < feed.next_check_at <= NOW + LONGEST_WAIT
    assert bench.read().done == 2
    assert bench.poll(NOW + MINUTE).done == 0  # no storm either
    assert bench.poll(NOW + HOUR).done == 1
    assert bench.store.count("articles") == 2
