"""The newsroom's server, asked over real connections and run as a real process."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import aiohttp
import feedparser
import pytest

from monitor.config import load_settings
from monitor.errors import MonitorError
from monitor.newsroom.__main__ import READY, main, serve
from monitor.newsroom.articles import load_articles
from monitor.newsroom.outlets import OUTLETS
from monitor.newsroom.server import Newsroom
from monitor.newsroom.site import plain_address

T = TypeVar("T")
BY_TITLE = {article.title: article for article in load_articles()}
LOOSE_ENDS = {"Pictures", "Live"}


@dataclass(frozen=True)
class Reply:
    """What came back; redirects are not followed."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Visit:
    """Every feed of a newsroom, by address, and every page that feeds link to, by title, asked for once."""

    feeds: dict[str, Reply] = field(default_factory=dict)
    links: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    pages: dict[str, Reply] = field(default_factory=dict)
    room: Newsroom = field(default_factory=lambda: Newsroom(0))


class Reader:
    """Somebody who asks the newsroom."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    async def get(self, url: str, **headers: str) -> Reply:
        sent = {key.replace("_", "-"): value for key, value in headers.items()}
        async with self._session.get(url, headers=sent, allow_redirects=False) as response:
            return Reply(response.status, response.headers, await response.read())


def in_newsroom(scenario: Callable[[Newsroom, Reader], Awaitable[T]]) -> T:
    async def play() -> T:
        async with Newsroom(port=0) as room, aiohttp.ClientSession() as session:
            return await scenario(room, Reader(session))

    return asyncio.run(play())


def links_of(feed: Reply) -> list[tuple[str, str]]:
    """(title, link) of each entry, from the bytes: what the header says about them may be wrong."""
    if "json" in feed.headers["Content-Type"]:
        return [(item["title"], item["url"]) for item in json.loads(feed.body)["items"]]
    return [(entry.title, entry.link) for entry in feedparser.parse(feed.body).entries]


@pytest.fixture(scope="module")
def visit() -> Visit:
    async def read_all(room: Newsroom, reader: Reader) -> Visit:
        seen = Visit(room=room)
        for feed in room.feeds:
            reply = await reader.get(feed.url)
            seen.feeds[feed.url] = reply if reply.status == 200 else await reader.get(feed.url)
            seen.links[feed.url] = links_of(seen.feeds[feed.url])
            for title, link in seen.links[feed.url]:
                seen.pages[title] = await reader.get(link)
        return seen

    return in_newsroom(read_all)


def url_of(visit: Visit, name: str, end: str = "") -> str:
    return next(feed.url for feed in visit.room.feeds if feed.name == name and feed.url.endswith(end))


def test_feeds_bring_every_article(visit: Visit) -> None:
    """An article that no feed brings is never seen."""
    titles = {title for links in visit.links.values() for title, _ in links}
    assert titles == BY_TITLE.keys() | LOOSE_ENDS
    assert visit.room.pages == len(BY_TITLE)
    assert len(visit.feeds) >= 8


def test_feeds_name_their_articles_correctly_although_some_are_faulty(visit: Visit) -> None:
    """Broken XML and a wrong character set are the feed's fault and not the reader's."""
    for links in visit.links.values():
        assert links
        assert {title for title, _ in links} <= BY_TITLE.keys() | LOOSE_ENDS


def test_pages_answer_as_pages_do(visit: Visit) -> None:
    """At least 60 pages in 8 languages are there; one has moved, one is gone."""
    statuses = {title: reply.status for title, reply in visit.pages.items() if reply.status != 200}
    assert statuses == {"Live": 404, "Nordkorea stellt fast die Hälfte der Granaten": 301}
    complete = [title for title, reply in visit.pages.items() if reply.body.rstrip().endswith(b"</html>")]
    assert len(complete) >= 60
    assert len({BY_TITLE[title].lang for title in complete if title in BY_TITLE}) >= 8


def test_a_redirect_leads_to_the_article() -> None:
    """An old address in a feed must not lose the article."""

    async def follow(room: Newsroom, reader: Reader) -> Reply:
        feed = await reader.get(next(feed.url for feed in room.feeds if feed.url.endswith("/feed/atom")))
        old = dict(links_of(feed))["Nordkorea stellt fast die Hälfte der Granaten"]
        return await reader.get((await reader.get(old)).headers["Location"])

    assert "15.800 Container" in in_newsroom(follow).body.decode()


def test_the_same_article_comes_by_several_feeds_and_addresses(visit: Visit) -> None:
    """De-duplication has work only if there are copies, and marks of campaigns that hide them."""
    links = [link for found in visit.links.values() for _, link in found]
    assert sum("utm_source=" in link for link in links) >= 20
    assert len(links) - len({plain_address(link) for link in links}) >= 20


def test_some_items_have_no_guid(visit: Visit) -> None:
    """A sixth of the items of real feeds have none."""
    feed = feedparser.parse(visit.feeds[url_of(visit, "El Cuaderno de Valdesirga")].body)
    assert not any("id" in entry for entry in feed.entries)


def test_the_broken_feed_is_broken(visit: Visit) -> None:
    """A fault that is not there tests nothing."""
    feed = feedparser.parse(visit.feeds[url_of(visit, "El Cuaderno de Valdesirga")].body)
    assert feed.bozo
    assert len(feed.entries) == 6


def test_who_believes_the_header_reads_garbage(visit: Visit) -> None:
    """The header of one feed names a character set that its bytes are not in."""
    reply = visit.feeds[url_of(visit, "Заречинский листок")]
    believed = reply.body.decode("windows-1251", "replace")
    assert "windows-1251" in reply.headers["Content-Type"]
    assert "Песков" in reply.body.decode()
    assert "Песков" not in believed


def test_an_undated_item_stays_undated(visit: Visit) -> None:
    """A feed that knows no day, or only the month, tells none."""
    feed = feedparser.parse(visit.feeds[url_of(visit, "Le Courrier de Valbrune")].body)
    dated = {entry.title for entry in feed.entries if "published" in entry}
    assert dated == {entry.title for entry in feed.entries if BY_TITLE[entry.title].day}
    assert 0 < len(dated) < len(feed.entries)


def test_an_unchanged_feed_answers_304() -> None:
    """RFC 9110: the tag decides where it is sent, the date where it is not."""

    async def ask(room: Newsroom, reader: Reader) -> list[int]:
        url = room.feeds[0].url
        first = await reader.get(url)
        tag, date = first.headers["ETag"], first.headers["Last-Modified"]
        replies = [
            first,
            await reader.get(url, If_None_Match=tag, If_Modified_Since=date),
            await reader.get(url, If_Modified_Since=date),
            await reader.get(url, If_None_Match='"other"', If_Modified_Since=date),
            await reader.get(url, If_Modified_Since="Mon, 01 Jan 2024 00:00:00 GMT"),
        ]
        assert replies[1].body == b""
        assert replies[1].headers["ETag"] == tag
        return [reply.status for reply in replies]

    assert in_newsroom(ask) == [200, 304, 304, 200, 200]


def test_a_busy_feed_answers_429_once_and_says_when_to_come_back() -> None:
    """The daemon has to wait and ask again."""

    async def ask(room: Newsroom, reader: Reader) -> tuple[list[int], str]:
        url = next(feed.url for feed in room.feeds if feed.name == "Le Courrier de Valbrune")
        first, second, third = [await reader.get(url) for _ in range(3)]
        assert (room.requests[url, 429], room.requests[url, 200]) == (1, 2)
        return [first.status, second.status, third.status], first.headers["Retry-After"]

    assert in_newsroom(ask) == ([429, 200, 200], "1")


def test_a_front_page_names_its_feeds() -> None:
    """Feeds are found from the front page of an outlet."""

    async def ask(room: Newsroom, reader: Reader) -> str:
        url = room.feeds[0].url
        return (await reader.get(url.replace("/feeds/all.xml", "/"))).body.decode()

    assert '<link rel="alternate" type="application/rss+xml"' in in_newsroom(ask)


def behind_a_free_port() -> socket.socket:
    """Take a port; the one before it is free."""
    while True:
        taken = socket.create_server(("127.0.0.1", 0))
        with suppress(OSError):
            socket.create_server(("127.0.0.1", taken.getsockname()[1] - 1)).close()
            return taken
        taken.close()


def test_a_taken_port_is_one_clear_line_and_gives_the_others_back() -> None:
    """The person starts two demos, or runs another server there."""

    async def enter(port: int) -> None:
        async with Newsroom(port):
            pass

    with behind_a_free_port() as taken:
        port = taken.getsockname()[1]
        with pytest.raises(
            MonitorError, match=rf"^127\.0\.0\.1:{port}: the port cannot be used .*--port N"
        ) as caught:
            asyncio.run(enter(port - 1))
        assert "\n" not in str(caught.value)
        socket.create_server(("127.0.0.1", port - 1)).close()


@pytest.mark.parametrize("port", [-1, 65535, 65536])
def test_ports_that_do_not_exist_are_one_clear_line(port: int) -> None:
    """Ports end at 65535, and the outlets need several in a row."""

    async def enter() -> None:
        async with Newsroom(port):
            pass

    with pytest.raises(MonitorError, match=rf"^127\.0\.0\.1:{port}: no \d+ ports begin there.*--port N"):
        asyncio.run(enter())


def start_process(port: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "monitor.newsroom", "--port", str(port)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8")


def test_as_a_process_it_prints_its_settings_and_ends_on_sigterm(tmp_path: Path) -> None:
    """A monitor in another process is pointed at it with what it prints."""
    with start_process(0) as process:
        assert process.stdout
        assert process.stderr
        lines: list[str] = []
        while not lines or lines[-1].strip() != READY:
            lines.append(process.stdout.readline())
            assert lines[-1], process.stderr.read()
        config = tmp_path / "feeds.yaml"
        config.write_text("".join(lines), encoding="utf-8")
        settings = load_settings(config)
        with socket.create_connection(("127.0.0.1", int(settings.feeds[0].url.split(":")[2].split("/")[0]))):
            pass
        os.kill(process.pid, signal.SIGTERM)
        assert process.wait(timeout=10) == 0
    assert len(settings.feeds) == sum(len(outlet.feeds) for outlet in OUTLETS)
    assert [str(network) for network in settings.collect.allow_networks] == ["127.0.0.0/8"]


def test_it_serves_until_it_is_told_to_end(capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever started it ends it with a signal; nothing stays open."""

    async def play() -> None:
        serving = asyncio.create_task(serve(0))
        while READY not in capsys.readouterr().out:
            assert not serving.done()
            await asyncio.sleep(0)
        os.kill(os.getpid(), signal.SIGTERM)
        await serving

    asyncio.run(asyncio.wait_for(play(), timeout=20))


def test_a_taken_port_ends_the_program_with_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 1, and no traceback."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert main(["--port", str(taken.getsockname()[1])]) == 1
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert "cannot be used" in err
