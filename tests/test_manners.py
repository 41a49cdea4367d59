"""Reading with manners: robots.txt, pauses noticed while waiting, and no page asked for twice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.pipeline.permission import ROBOTS_KEPT, ROBOTS_RETRY
from monitor.pipeline.reading import ROBOTS_MISSED
from monitor.pipeline.steps import HOST_SHARE_S, share_of
from monitor.read.workers import Workers
from monitor.records import StepCount
from tests.collect.ledger import shortest_gap_s
from tests.town import DAY, HOUR, MINUTE, NOW, Answer, Bench, open_bench

FLOOD = "The dam above the valley broke on Monday.\nSix people died in the flood, the council said on Tuesday."
ROADS = "All roads into the valley are closed until Friday.\nThe army brings water and bread by helicopter."
CLOSED = "User-agent: *\nDisallow: /private"
STATES = "SELECT state, tries, last_error FROM articles ORDER BY url"


@pytest.fixture
def bench(tmp_path: Path, workers: Workers) -> Iterator[Bench]:
    """An empty store before the town's server; robots.txt is asked for."""
    with open_bench(tmp_path, workers, robots=True) as bench:
        yield bench


def bring(bench: Bench, *names: str, **texts: str) -> None:
    """Poll a feed with these articles, and forget what that asked for."""
    bench.publish("/feed1", **dict.fromkeys(names, ""), **texts)
    bench.poll()
    bench.paths()


# robots.txt


def test_many_articles_of_a_host_ask_for_its_robots_txt_once_a_day(tmp_path: Path, workers: Workers) -> None:
    """Also those that come at the same moment; and a restart asks no more than the next round."""
    with open_bench(tmp_path, workers, robots=True, requests_per_host=4) as bench:
        bring(bench, **{f"story{number}": FLOOD for number in range(12)})
        assert bench.read().done == 12
        paths = bench.paths()
        assert paths[0] == "/robots.txt"
        assert (len(paths), paths.count("/robots.txt")) == (13, 1)
        moments = ((ROBOTS_KEPT - MINUTE, 0), (ROBOTS_KEPT, 1), (-DAY, 1))  # the last: a clock that was set back
        for number, (later, asked) in enumerate(moments, start=1):
            bench.publish("/feed1", **{f"late{number}": ROADS})
            bench.poll(NOW + number * 9 * DAY)
            with bench.store.db.conn as conn:
                conn.execute("UPDATE articles SET next_try_at = '2000-01-01T00:00:00Z'")
            bench.paths()
            bench.read(NOW + later)
            assert bench.paths().count("/robots.txt") == asked


def test_a_page_that_robots_txt_forbids_is_never_asked_for(bench: Bench) -> None:
    """The row says plainly why; another day's robots.txt changes nothing for it."""
    bring(bench, "private", flood=FLOOD)
    bench.town.answers["/robots.txt"] = Answer(CLOSED)
    assert bench.read() == StepCount("read", 1, 1)
    assert bench.paths() == ["/robots.txt", "/flood"]
    host = bench.base.removeprefix("http://")
    why = f"robots.txt of {host} asks not to fetch it"
    assert bench.rows(STATES) == [("read", 0, None), ("failed", 1, why)]
    del bench.town.answers["/robots.txt"]
    bench.read(NOW + 1000 * HOUR)
    assert bench.paths() == []


def test_robots_txt_can_be_left_unasked(tmp_path: Path, workers: Workers) -> None:
    """For somebody who reads an archive of their own."""
    with open_bench(tmp_path, workers, robots=False) as bench:
        bring(bench, private=FLOOD)
        bench.town.answers["/robots.txt"] = Answer(CLOSED)
        assert bench.read().done == 1
        assert bench.paths() == ["/private"]


def test_feeds_are_not_subject_to_robots_txt(bench: Bench) -> None:
    """A person chose them."""
    bench.town.answers["/robots.txt"] = Answer("User-agent: *\nDisallow: /")
    bench.publish("/feed1", flood=FLOOD)
    assert bench.poll().done == 1
    assert bench.paths() == ["/feed1"]


@pytest.mark.parametrize(
    "answer",
    [
        *(Answer(status=status) for status in (400, 401, 403, 404, 410)),
        Answer(status=302, headers={"Location": "/robots.txt"}),
        Answer(status=302, headers={"Location": "ftp://127.0.0.1/robots.txt"}),
        Answer(status=302, headers={"Location": "http://10.0.0.1/robots.txt"}),
        Answer("<html>Nothing here</html>"),
    ],
)
def test_without_a_robots_txt_all_is_allowed(bench: Bench, answer: Answer) -> None:
    """RFC 9309, 2.3.1.3: "unavailable" is not "forbidden"; the guard holds on its redirects too."""
    bench.town.answers["/robots.txt"] = answer
    bring(bench, flood=FLOOD)
    assert bench.read().done == 1
    assert bench.store.robots.of(bench.base.removeprefix("http://")) is not None


def test_a_robots_txt_that_has_moved_counts_for_the_host_that_was_asked(bench: Bench) -> None:
    """RFC 9309, 2.3.1.2."""
    bench.town.answers["/robots.txt"] = Answer(status=301, headers={"Location": "/static/robots"})
    bench.town.answers["/static/robots"] = Answer(CLOSED)
    bring(bench, "private")
    assert bench.read() == StepCount("read", 0, 1)
    assert bench.paths() == ["/robots.txt", "/static/robots"]


def test_articles_wait_while_a_server_in_trouble_cannot_say_what_it_allows(bench: Bench) -> None:
    """RFC 9309, 2.3.1.4: nothing is asked for. That is no failure of the articles, and it has an end."""
    bring(bench, flood=FLOOD, roads=ROADS)
    bench.town.answers["/robots.txt"] = Answer(status=500)
    assert bench.read() == StepCount("read", 0, 0)
    assert bench.paths() == ["/robots.txt"]
    why = f"robots.txt of {bench.base.removeprefix('http://')} cannot be had"
    assert bench.rows(STATES) == [("pending", 0, why)] * 2
    bench.read(NOW + ROBOTS_RETRY - MINUTE)
    assert bench.paths() == []
    bench.read(NOW + ROBOTS_RETRY)
    assert bench.paths() == ["/robots.txt"]
    bench.town.answers["/robots.txt"] = Answer(CLOSED)
    assert bench.read(NOW + 2 * ROBOTS_RETRY).done == 2
    assert bench.rows(STATES) == [("read", 0, None)] * 2


def test_patience_with_a_robots_txt_that_cannot_be_had_ends_after_a_month(bench: Bench) -> None:
    """Else a server that never had one, and answers 500 for it, would never be read."""
    bring(bench, flood=FLOOD)
    bench.town.answers["/robots.txt"] = Answer(status=503)
    last = NOW + ROBOTS_MISSED - MINUTE
    assert bench.read(last) == StepCount("read", 0, 0)
    assert bench.read(last + ROBOTS_RETRY).done == 1


def test_what_a_server_said_before_its_trouble_holds(bench: Bench) -> None:
    """RFC 9309, 2.4: a copy that is too old is better than none."""
    bench.town.answers["/robots.txt"] = Answer(CLOSED)
    bring(bench, flood=FLOOD)
    bench.read()
    bench.town.answers["/robots.txt"] = Answer(status=500)
    bring(bench, "private", "flood", roads=ROADS)
    bench.publish("/feed2", private="", roads=ROADS)
    bench.poll(NOW + 2 * DAY)
    assert bench.read(NOW + 2 * DAY) == StepCount("read", 1, 1)


def test_a_host_that_is_busy_when_asked_for_its_robots_txt_gets_its_pause(bench: Bench) -> None:
    """The whole host: nothing else is asked for meanwhile, and nothing is taken for allowed."""
    bench.town.answers["/robots.txt"] = Answer(status=429, headers={"Retry-After": "600"})
    bring(bench, flood=FLOOD, roads=ROADS)
    bench.read()
    bench.read(NOW + 9 * MINUTE)
    assert bench.paths() == ["/robots.txt"]
    assert bench.rows("SELECT DISTINCT state, tries, next_try_at FROM articles") == [
        ("pending", 0, "2026-11-22T06:14:20Z")
    ]
    bench.town.answers["/robots.txt"] = Answer(CLOSED)
    assert bench.read(NOW + 10 * MINUTE).done == 2


def test_a_redirect_is_subject_to_the_robots_txt_of_the_host_it_leads_to(bench: Bench) -> None:
    """A link that counts its readers must not lead around what the outlet asks for."""
    other = bench.base.replace("127.0.0.1", "localhost")  # the same server under another name
    bring(bench, "away", "here")
    bench.town.answers["/robots.txt"] = Answer(CLOSED)
    bench.town.answers["/away"] = Answer(status=302, headers={"Location": f"{other}/private/a"})
    bench.town.answers["/here"] = Answer(status=302, headers={"Location": "/private/b"})
    assert bench.read() == StepCount("read", 0, 2)
    assert sorted(bench.paths()) == ["/away", "/here", "/robots.txt", "/robots.txt"]
    hosts = [host.removeprefix("http://") for host in (other, bench.base)]
    assert bench.rows(STATES) == [("failed", 1, f"robots.txt of {host} asks not to fetch it") for host in hosts]


def test_a_crawl_delay_lengthens_the_pause_for_all_requests_to_the_host(bench: Bench) -> None:
    """Its feeds too: the ledger is the host's, not the article's."""
    bench.town.answers["/robots.txt"] = Answer("User-agent: *\nCrawl-delay: 0.1")
    bring(bench, flood=FLOOD, roads=ROADS)
    bench.asked.clear()
    bench.read()
    bench.publish("/feed2", more=FLOOD)
    bench.poll()
    assert bench.paths() == ["/robots.txt", "/flood", "/roads", "/feed2"]
    assert shortest_gap_s(bench.asked[1:]) >= 0.1


def test_a_round_gives_each_host_what_fits_into_a_minute() -> None:
    """A host that wants a minute between two pages gives one page a round; the others stay pending."""
    assert [share_of(pause_s) for pause_s in (1, 7.5, HOST_SHARE_S, 7 * HOST_SHARE_S)] == [HOST_SHARE_S, 8, 1, 1]
    assert share_of(0) is None


# Who waits still hears


def test_a_request_that_waited_for_the_pause_hears_that_the_host_wants_a_longer_one(
    tmp_path: Path, workers: Workers
) -> None:
    """Both had been let through; the first comes back with 429 while the second waits for its turn."""
    with open_bench(tmp_path, workers, requests_per_host=2, pause_s=0.1) as bench:
        bring(bench, a=FLOOD, b=ROADS, c=FLOOD)
        for name in "abc":
            bench.town.answers[f"/{name}"] = Answer(status=429, headers={"Retry-After": "600"})
        assert bench.read().failed == 1
        assert len(bench.paths()) == 1
        assert bench.rows("SELECT DISTINCT state, tries, next_try_at FROM articles") == [
            ("pending", 0, "2026-11-22T06:14:20Z")
        ]
        for number in range(3):
            bench.publish(f"/feed{number}", **{f"x{number}": ""})
            bench.town.answers[f"/feed{number}"] = Answer(status=429)
        assert bench.poll(NOW + DAY).failed == 1
        assert len(bench.paths()) == 1


def test_a_request_that_waited_for_the_pause_sees_that_the_step_is_over(tmp_path: Path, workers: Workers) -> None:
    """Else it would be made after the end, by somebody who no longer wants it."""
    with open_bench(tmp_path, workers, requests_per_host=2, pause_s=0.1) as bench:
        bring(bench, a=FLOOD, b=ROADS, c=FLOOD)
        assert bench.read(stop=lambda: bool(bench.town.asked)).done == 1
        assert len(bench.paths()) == 1
        assert (
            bench.rows("SELECT state, last_error FROM articles WHERE state <> 'read'") == [("pending", None)] * 2
        )


def test_a_busy_host_behind_a_redirect_gets_the_pause_and_not_the_one_before_it(bench: Bench) -> None:
    """Whoever answers 429 is the one who asks."""
    other = bench.base.replace("127.0.0.1", "localhost")
    bring(bench, "away", flood=FLOOD)
    bench.town.answers["/away"] = Answer(status=302, headers={"Location": f"{other}/busy"})
    bench.town.answers["/busy"] = Answer(status=429, headers={"Retry-After": "600"})
    assert bench.read() == StepCount("read", 1, 1)
    assert list(bench.store.feeds.blocked_hosts(now=NOW)) == [other.removeprefix("http://")]
    assert bench.rows("SELECT state, tries, next_try_at FROM articles WHERE url LIKE '%/away'") == [
        ("pending", 0, "2026-11-22T06:14:20Z")
    ]


# Nothing twice


def test_an_address_that_redirects_to_a_known_article_is_not_followed(bench: Bench) -> None:
    """Read before, waiting for its turn, or read in this round: the page is asked for once in all."""
    bring(bench, flood=FLOOD)
    bench.read()
    bench.publish("/feed2", old="", gone="", roads=ROADS, counted="")
    bench.town.answers["/old"] = Answer(status=301, headers={"Location": "/flood?utm_source=x#top"})
    bench.town.answers["/counted"] = Answer(status=302, headers={"Location": "/roads"})
    bench.town.answers["/gone"] = Answer(status=302, headers={"Location": "/flood"})
    bench.poll()
    bench.paths()
    assert bench.read().done == 4
    assert sorted(bench.paths()) == ["/counted", "/gone", "/old", "/roads"]
    assert bench.rows("SELECT state, count(*) FROM articles GROUP BY state") == [("read", 2), ("same", 3)]
    assert bench.store.count("versions") == 2


@pytest.mark.parametrize("per_host", [1, 4])
def test_two_links_to_one_page_that_no_feed_names_fetch_it_once(
    tmp_path: Path, workers: Workers, per_host: int
) -> None:
    """Two readers' counters in two feeds; the second waits for the round in which the page is known."""
    with open_bench(tmp_path, workers, requests_per_host=per_host) as bench:
        bring(bench, "one", "two", "three", story=FLOOD)
        bench.town.answers["/the-story"] = bench.town.answers.pop("/story")
        for name in ("one", "two", "three", "story"):
            bench.town.answers[f"/{name}"] = Answer(status=302, headers={"Location": "/the-story"})
        bench.read()
        bench.read(NOW + MINUTE)
        assert bench.paths().count("/the-story") == 1
        assert bench.rows("SELECT state, count(*) FROM articles GROUP BY state") == [("read", 1), ("same", 3)]


def test_an_entry_at_the_address_of_a_page_that_was_read_in_this_round_is_not_fetched(bench: Bench) -> None:
    """Once the server has led to it; what only the page says of itself would not be enough."""
    bring(bench, "one", "two", story=FLOOD)
    for name in ("one", "two"):
        bench.town.answers[f"/{name}"] = Answer(status=302, headers={"Location": "/story"})
    bench.read()
    assert sorted(bench.paths()) == ["/one", "/robots.txt", "/story", "/two"]
    assert bench.rows("SELECT state, count(*) FROM articles GROUP BY state") == [("read", 1), ("same", 2)]


def test_two_entries_that_redirect_to_each_other_do_not_vanish_into_each_other(bench: Bench) -> None:
    """One is the same as the other, and the other says that it leads round in a circle."""
    bring(bench, "a", "b")
    bench.town.answers["/a"] = Answer(status=302, headers={"Location": "/b"})
    bench.town.answers["/b"] = Answer(status=302, headers={"Location": "/a"})
    bench.read()
    rows = bench.rows("SELECT state, last_error FROM articles ORDER BY state")
    assert [state for state, _ in rows] == ["pending", "same"]
    assert "round in a circle" in str(rows[0][1])
