"""The ledger of each host, with real servers: who waits, for how long, and who does not."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from ipaddress import ip_network

import pytest
from aiohttp import web

from monitor.collect.fetch import Anything, HttpFetcher
from monitor.collect.hosts import LONGEST_PAUSE_S, SLOW_HOSTS, Asked, Hosts
from monitor.config import CollectSettings
from monitor.errors import FetchError, NotNowError
from tests.collect.ledger import by_host, most_at_once, shortest_gap_s
from tests.collect.local_server import serving

EVERY = "0.0.0.0"  # noqa: S104 - 127.0.0.1, 127.0.0.2 and so on are several hosts to the fetcher
PAUSE_S = 0.03


class Site:
    """A server on all addresses of this machine: what it was asked, in order, and how many asked at once."""

    def __init__(self, delay_s: float = 0) -> None:
        self.asked: list[str] = []
        self.most: dict[str, int] = {}
        self.moved: dict[str, str] = {}
        self._delay_s, self._now = delay_s, dict[str, int]()

    async def answer(self, request: web.Request) -> web.Response:
        """Answer after a while; redirect where something has moved."""
        host = request.host
        self.asked.append(host.partition(":")[0] + request.path)
        self._now[host] = self._now.get(host, 0) + 1
        self.most[host] = max(self.most.get(host, 0), self._now[host])
        await asyncio.sleep(self._delay_s)
        self._now[host] -= 1
        if request.path in self.moved:
            return web.Response(status=302, headers={"Location": self.moved[request.path]})
        return web.Response(text="ok")


Scenario = Callable[[HttpFetcher, str], Awaitable[None]]


def visit(site: Site, scenario: Scenario, **settings: object) -> list[Asked]:
    """Run a scenario, which gets the fetcher and the server's port; return the requests that were made."""
    asked: list[Asked] = []
    local = {"allow_networks": (ip_network("127.0.0.0/8"),), "pause_s": PAUSE_S, "deadline_s": 5}
    collect = CollectSettings.model_validate({**local, **settings})

    async def run() -> None:
        async with serving(site.answer, host=EVERY) as base, HttpFetcher(collect, told=asked.append) as fetcher:
            async with asyncio.timeout(20):
                await scenario(fetcher, base.rpartition(":")[2])

    asyncio.run(run())
    return asked


@pytest.mark.parametrize("per_host", [1, 2])
def test_no_host_is_asked_more_than_the_ledger_allows(per_host: int) -> None:
    """Slow answers fill the two places, quick ones meet the pause; the server counts too."""
    site = Site(delay_s=3 * PAUSE_S)

    async def scenario(fetcher: HttpFetcher, port: str) -> None:
        urls = [f"http://127.0.0.{host}:{port}/{n}" for n in range(5) for host in (1, 2, 3)]
        await asyncio.gather(*map(fetcher.fetch, urls))

    asked = visit(site, scenario, requests_per_host=per_host)
    assert len(asked) == len(site.asked) == 15
    assert max(site.most.values()) == per_host
    assert len(by_host(asked)) == 3
    for requests in by_host(asked).values():
        assert most_at_once(requests) <= per_host
        assert shortest_gap_s(requests) >= PAUSE_S
    assert most_at_once(asked) > per_host  # and the hosts did not wait for each other


def test_a_redirect_waits_for_the_pause_of_the_host_it_leads_to() -> None:
    """A hop is a request like any other: to its own host, and to the one that all articles are counted by."""
    site = Site()

    async def scenario(fetcher: HttpFetcher, port: str) -> None:
        site.moved = {f"/{n}": f"http://127.0.0.9:{port}/page{n}" for n in range(4)}
        site.moved["/own"] = "/new"
        urls = [f"http://127.0.0.{n + 1}:{port}/{n}" for n in range(4)]
        await asyncio.gather(*map(fetcher.fetch, [*urls, f"http://127.0.0.1:{port}/own"]))

    asked = visit(site, scenario)
    assert len(asked) == 4 + 4 + 2
    assert sorted(map(len, by_host(asked).values())) == [1, 1, 1, 3, 4]
    assert min(map(shortest_gap_s, by_host(asked).values())) >= PAUSE_S


def test_who_waits_for_a_pause_takes_nobodys_place() -> None:
    """With one place for all, a host whose pause lasts a minute would stop the world."""
    site = Site()

    async def scenario(fetcher: HttpFetcher, port: str) -> None:
        slow = f"127.0.0.1:{port}"
        fetcher.hosts.slow_down(slow, 60)
        await fetcher.fetch(f"http://{slow}/first")
        waiting = [asyncio.create_task(fetcher.fetch(f"http://{slow}/{n}")) for n in range(5)]
        await asyncio.sleep(0)
        await asyncio.gather(*(fetcher.fetch(f"http://127.0.0.{n}:{port}/") for n in range(2, 12)))
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)

    asked = visit(site, scenario, requests_at_once=1)
    assert len(asked) == 11
    assert most_at_once(asked) == 1


def test_hosts_take_turns_however_much_one_of_them_is_asked() -> None:
    """Who comes with one page stands behind one page of the others, not behind all of theirs."""
    site = Site()

    async def scenario(fetcher: HttpFetcher, port: str) -> None:
        crowd = [f"http://127.0.0.1:{port}/{n}" for n in range(20)]
        await asyncio.gather(*map(fetcher.fetch, [*crowd, f"http://127.0.0.2:{port}/one"]))

    visit(site, scenario, requests_at_once=1, pause_s=0)
    assert site.asked.index("127.0.0.2/one") <= 2


def test_a_host_is_forgotten_once_its_pause_is_over() -> None:
    """A daemon meets many hosts in a year; those that are idle cost nothing."""
    site = Site()

    async def scenario(fetcher: HttpFetcher, port: str) -> None:
        await asyncio.gather(*(fetcher.fetch(f"http://127.0.0.{n}:{port}/") for n in range(1, 101)))
        last = f"127.0.0.101:{port}"
        fetcher.hosts.slow_down(last, 60)
        await fetcher.fetch(f"http://{last}/")
        while len(fetcher.hosts) > 1:  # noqa: ASYNC110 - nobody tells when a pause is over
            await asyncio.sleep(PAUSE_S)
        fetcher.hosts.slow_down(last, 0)
        await fetcher.fetch(f"http://{last}/")
        while len(fetcher.hosts):  # noqa: ASYNC110
            await asyncio.sleep(PAUSE_S)

    assert len(visit(site, scenario)) == 102


def test_the_wish_of_a_host_lengthens_its_pause_within_limits() -> None:
    """A Crawl-delay is honoured; one of a day is not, and one below our own pause changes nothing."""
    hosts = Hosts(per_host=2, at_once=2, pause_s=1)
    pauses = []
    for wish_s in (0, 0.5, 10, 86_400, 0):
        hosts.slow_down("g.example", wish_s)
        pauses.append(hosts.pause_s("g.example"))
    assert pauses == [1, 1, 10, LONGEST_PAUSE_S, 1]
    for number in range(SLOW_HOSTS + 5):
        hosts.slow_down(f"{number}.example", 10)
    kept = [number for number in range(SLOW_HOSTS + 5) if hosts.pause_s(f"{number}.example") == 10]
    assert kept == list(range(5, SLOW_HOSTS + 5))


def test_a_permit_is_asked_before_each_request_and_ends_the_fetch_without_one() -> None:
    """Once to queue, and once more when the turn has come: meanwhile the host may have asked for a pause."""
    site = Site()

    class Once(Anything):
        def __init__(self, last: str) -> None:
            self.allowed, self.confirmed, self._last = list[str](), list[str](), last

        async def allow(self, url: str) -> None:
            self.allowed.append(url[-2:])

        def confirm(self, url: str) -> None:
            self.confirmed.append(url[-2:])
            if url.endswith(self._last):
                raise NotNowError(url, "the time is up")

    async def scenario(fetcher: HttpFetcher, port: str) -> None:
        site.moved = {"/a": "/b", "/b": "/c"}
        permit = Once("/c")
        with pytest.raises(NotNowError, match="/c: the time is up"):
            await fetcher.fetch(f"http://127.0.0.1:{port}/a", permit=permit)
        assert permit.allowed == permit.confirmed == ["/a", "/b", "/c"]
        assert (await fetcher.fetch(f"http://127.0.0.1:{port}/d")).body == b"ok"  # the place was given back

    assert len(visit(site, scenario, requests_per_host=1, requests_at_once=1)) == 3
    assert site.asked == ["127.0.0.1/a", "127.0.0.1/b", "127.0.0.1/d"]


def test_a_failure_names_the_address_that_failed() -> None:
    """A pause is asked for by the host that answered, not by the one that redirected to it."""
    site = Site()

    async def scenario(fetcher: HttpFetcher, port: str) -> None:
        site.moved = {"/a": f"http://127.0.0.2:{port}/b", "/b": "ftp://x/", "/c": f"http://127.0.0.2:{port}/b"}
        with pytest.raises(FetchError) as caught:
            await fetcher.fetch(f"http://127.0.0.1:{port}/a")
        assert caught.value.url == f"http://127.0.0.1:{port}/a"
        with pytest.raises(FetchError) as refused:
            await fetcher.fetch("http://127.0.0.1:19009/")
        assert refused.value.at == "http://127.0.0.1:19009/"

    visit(site, scenario)
