"""Logins of feeds: sent to the feed's own host alone, and shown nowhere."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable, Mapping
from ipaddress import ip_network

import pytest
from aiohttp import web

from monitor.collect.fetch import HttpFetcher
from monitor.collect.logins import Login, origin_of, read_logins, variable_of
from monitor.config import CollectSettings, FeedSettings
from monitor.errors import ConfigError, FetchError
from tests.collect.local_server import serving

SECRET = "correct horse: battery"  # noqa: S105 - of a test
FEED = FeedSettings(url="https://paper.example/feed", name="Paper", login="my-paper")
BASIC = "Basic " + base64.b64encode(f"desk:{SECRET}".encode()).decode()


@pytest.mark.parametrize(
    ("held", "sent"),
    [
        (f"desk:{SECRET}", BASIC),
        (f" desk:{SECRET}\n", BASIC),
        ("désk:пароль", "Basic " + base64.b64encode("désk:пароль".encode()).decode()),
        ("desk:", None),
        ("Bearer abc.DEF-123_~+/==", "Bearer abc.DEF-123_~+/=="),
        ("Bearer a b", None),
        ("Bearer a:b", None),
        ("bearer", None),
        (":secret", None),
        ("a:b\r\nX-Injected: 1", None),
        ("", None),
        ("  ", None),
    ],
)
def test_a_variable_holds_user_and_password_or_a_token(held: str, sent: str | None) -> None:
    """Whatever else it holds stops the start in one line that does not repeat it."""
    environment = {"MONITOR_LOGIN_MY_PAPER": held}
    if sent:
        assert read_logins([FEED], environment) == {FEED.url: Login("https://paper.example", sent)}
        return
    with pytest.raises(ConfigError, match=r"^MONITOR_LOGIN_MY_PAPER: .*user:password") as caught:
        read_logins([FEED], environment)
    assert str(caught.value).isprintable()
    assert not held.strip() or held not in str(caught.value)


def test_a_missing_variable_is_named_and_feeds_without_login_need_none() -> None:
    """A service file that forgot it must say so at the start, not at the first 401."""
    with pytest.raises(ConfigError, match=r"^MONITOR_LOGIN_MY_PAPER: not set, and the feed Paper needs it"):
        read_logins([FEED], {})
    assert read_logins([FeedSettings(url="https://a.example/feed", name="A")], {}) == {}
    assert variable_of("Süd-Kurier 2") == "MONITOR_LOGIN_S_D_KURIER_2"
    assert SECRET not in repr(Login("https://a.example", SECRET))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://Paper.example/feed", "https://paper.example:443/x", True),
        ("https://paper.example/feed", "http://paper.example/feed", False),
        ("https://paper.example/feed", "https://paper.example:8443/feed", False),
        ("https://paper.example/feed", "https://paper.example./feed", False),
        ("https://paper.example/feed", "https://www.paper.example/feed", False),
        ("https://paper.example/feed", "https://paper.example.evil.example/feed", False),
    ],
)
def test_an_origin_is_scheme_host_and_port(one: str, other: str, same: bool) -> None:
    """As browsers compare them."""
    assert (origin_of(one) == origin_of(other)) is same


def seen_by_servers(path: str, location: Callable[[str, str], str | None], **ask: object) -> list[str | None]:
    """Ask a feed that has a login; location: (path, port) → redirect. Returns what each request bore."""
    seen: list[str | None] = []

    async def scenario() -> None:
        ports: list[str] = []

        async def answer(request: web.Request) -> web.Response:
            seen.append(request.headers.get("Authorization"))
            assert not {"Cookie", "Referer"} & set(request.headers)
            to = location(request.path, ports[0])
            headers = {"Set-Cookie": "id=1; Path=/"} | ({"Location": to} if to else {})
            return web.Response(status=302 if to else 200, headers=headers)

        async with serving(answer, host="0.0.0.0") as site:  # noqa: S104 - 127.0.0.1 and .2 are two hosts
            ports.append(site.rpartition(":")[2])
            url = f"http://127.0.0.1:{ports[0]}{path}"
            logins: Mapping[str, Login] = {url: Login(origin_of(url), BASIC)}
            settings = CollectSettings(allow_networks=(ip_network("127.0.0.0/8"),), deadline_s=5)
            async with HttpFetcher(settings, logins=logins) as fetcher:
                await fetcher.fetch(url, **({"feed": url} | ask))  # type: ignore[arg-type]  # by name

    asyncio.run(scenario())
    return seen


def test_a_login_goes_with_its_feed_and_on_redirects_within_its_host() -> None:
    """A feed that moves from /feed to /feed/ still needs it."""
    assert seen_by_servers("/feed", lambda path, _: "/feed/" if path == "/feed" else None) == [BASIC, BASIC]


def test_a_login_is_not_sent_to_another_host_nor_after_it_came_back_from_there() -> None:
    """Whoever is asked in between chooses where to go next, and could have a request of its own signed."""
    away = {"/feed": "http://127.0.0.2:{}/away", "/away": "http://127.0.0.1:{}/delete-everything"}
    seen = seen_by_servers("/feed", lambda path, port: away[path].format(port) if path in away else None)
    assert seen == [BASIC, None, None]


def test_a_login_is_not_sent_with_pages_nor_for_others_feeds() -> None:
    """Else an entry in anybody's feed could point at an address that does something for whoever is logged in."""
    assert seen_by_servers("/page", lambda *_: None, feed=None) == [None]
    assert seen_by_servers("/page", lambda *_: None, feed="http://127.0.0.1/other") == [None]


def test_a_login_does_not_make_an_unasked_304_good() -> None:
    """Only validators ask for changes."""

    async def not_modified(_: web.Request) -> web.Response:
        return web.Response(status=304)

    async def scenario() -> None:
        async with serving(not_modified) as site:
            settings = CollectSettings(allow_networks=(ip_network("127.0.0.0/8"),))
            async with HttpFetcher(settings, logins={site: Login(origin_of(site), BASIC)}) as fetcher:
                await fetcher.fetch(site, feed=site)

    with pytest.raises(FetchError, match="304") as caught:
        asyncio.run(scenario())
    assert BASIC not in repr(caught.value)
