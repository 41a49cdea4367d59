"""The fetcher against real servers that behave well, badly and maliciously."""

from __future__ import annotations

import asyncio
import gzip
import tracemalloc
import zlib
from collections.abc import Callable, Coroutine
from datetime import timedelta

import brotli  # type: ignore[import-untyped]  # it ships no types
import pytest
from aiohttp import web

from monitor import __version__
from monitor.collect.fetch import user_agent
from monitor.errors import FetchError
from monitor.feed_records import Page
from tests.collect.local_server import Handler, Script, fetcher, serving, talking

TINY_S = 0.2
EVERY = "0.0.0.0"  # noqa: S104 - 127.0.0.1, 127.0.0.2 and so on are several hosts to the fetcher


def run(scenario: Coroutine[object, object, Page]) -> Page:
    """Run one scenario to its end."""
    return asyncio.run(scenario)


def fetch_from(handler: Handler, path: str = "/", **settings: object) -> Page:
    """Fetch one page from a server with this handler."""

    async def scenario() -> Page:
        async with serving(handler) as site, fetcher(**settings) as web_:  # type: ignore[arg-type]  # by name
            return await web_.fetch(site + path)

    return run(scenario())


def fetch_from_script(script: Script, **settings: object) -> Page:
    """Fetch one page from a server that sends these bytes."""

    async def scenario() -> Page:
        async with talking(script) as site, fetcher(**settings) as web_:  # type: ignore[arg-type]  # by name
            return await web_.fetch(site)

    return run(scenario())


def failure(fetch: Callable[[], Page]) -> FetchError:
    """Return the error of a fetch that must fail."""
    with pytest.raises(FetchError) as caught:
        fetch()
    return caught.value


def answering(response: Callable[[web.Request], web.StreamResponse]) -> Handler:
    """Make a handler of a function that builds a response."""

    async def handle(request: web.Request) -> web.StreamResponse:
        return response(request)

    return handle


# Good answers


def test_a_page_comes_with_its_validators_and_the_headers_say_who_asks() -> None:
    """A webmaster must be able to write to us; cookies and other traces are not sent."""
    seen: list[web.Request] = []

    def answer(request: web.Request) -> web.Response:
        seen.append(request)
        headers = {"ETag": 'W/"a-gzip"', "Last-Modified": "someday, 2041", "Set-Cookie": "id=1"}
        return web.Response(body=b"\xffx", content_type="text/xml", headers=headers)

    async def scenario() -> Page:
        async with serving(answering(answer)) as site, fetcher(contact="desk@example.org\n") as web_:
            await web_.fetch(site + "/feed#top")
            return await web_.fetch(site + "/feed#top")

    page = run(scenario())
    assert page.status == 200
    assert page.body == b"\xffx"
    assert (page.etag, page.last_modified, page.content_type) == ('W/"a-gzip"', "someday, 2041", "text/xml")
    assert page.url.endswith("/feed")
    assert [request.headers["User-Agent"] for request in seen] == [
        f"monitor/{__version__} (+desk@example.org)"
    ] * 2
    assert all("Cookie" not in request.headers for request in seen)
    assert user_agent("") == f"monitor/{__version__}"


def test_both_validators_go_back_verbatim_and_an_unchanged_page_has_no_body() -> None:
    """Servers compare text: a weak or strange validator must come back as it was (FAILURES 33-35)."""
    seen: list[tuple[str | None, str | None]] = []

    def answer(request: web.Request) -> web.Response:
        seen.append((request.headers.get("If-None-Match"), request.headers.get("If-Modified-Since")))
        return web.Response(status=304, headers={"ETag": '"b"'})

    async def scenario() -> Page:
        async with serving(answering(answer)) as site, fetcher() as web_:
            return await web_.fetch(site, etag='W/"ü-gzip"', last_modified="Thu, 01 Jan 2041")

    page = run(scenario())
    assert seen == [('W/"ü-gzip"', "Thu, 01 Jan 2041")]
    assert (page.status, page.body, page.etag, page.last_modified) == (304, b"", '"b"', None)


def test_unchanged_without_a_question_is_a_failure() -> None:
    """Else an article without any text would be stored as good."""
    error = failure(lambda: fetch_from(answering(lambda _: web.Response(status=304))))
    assert (error.status, error.final) == (304, False)


def test_a_validator_that_is_no_text_is_not_kept() -> None:
    """Such bytes can be neither stored nor sent back."""

    async def script(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b'HTTP/1.1 200 OK\r\nETag: "\xff"\r\nContent-Length: 2\r\n\r\nok')
        await writer.drain()

    page = fetch_from_script(script)
    assert (page.body, page.etag) == (b"ok", None)


def test_long_headers_of_real_news_sites_are_accepted() -> None:
    """A Content-Security-Policy of 20 KB is nothing unusual."""
    page = fetch_from(answering(lambda _: web.Response(text="ok", headers={"X-Policy": "x" * 20_000})))
    assert page.body == b"ok"


@pytest.mark.parametrize(
    ("encoding", "pack"),
    [("gzip", gzip.compress), ("deflate", zlib.compress), ("br", brotli.compress), ("identity", bytes)],
)
def test_packed_bodies_are_unpacked(encoding: str, pack: Callable[[bytes], bytes]) -> None:
    """These three packings are what servers use."""
    headers = {"Content-Encoding": encoding}
    page = fetch_from(answering(lambda _: web.Response(body=pack(b"text " * 500), headers=headers)))
    assert page.body == b"text " * 500


# Limits of time and size


async def _forever(writer: asyncio.StreamWriter, start: bytes, piece: bytes) -> None:
    writer.write(start)
    while True:
        writer.write(piece)
        await writer.drain()
        await asyncio.sleep(0.01)


async def silent(_: asyncio.StreamReader, __: asyncio.StreamWriter) -> None:
    """Case 9: take the request, never answer."""
    await asyncio.Event().wait()


async def dripping_headers(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Case 8: headers that never end, a few bytes at a time."""
    await _forever(writer, b"HTTP/1.1 200 OK\r\nX: ", b"y")


async def dripping_body(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Case 8: a body that never ends, a byte at a time."""
    await _forever(writer, b"HTTP/1.1 200 OK\r\nContent-Length: 900000\r\n\r\n", b"y")


@pytest.mark.parametrize("script", [silent, dripping_headers, dripping_body])
def test_a_slow_server_is_left_at_the_deadline(script: Script) -> None:
    """Cases 8 and 9: no read time-out fires while bytes drip; only a deadline over it all does."""
    loop_times: list[float] = []

    async def scenario() -> Page:
        async with talking(script) as site, fetcher(deadline_s=TINY_S) as web_:
            loop_times.append(asyncio.get_running_loop().time())
            try:
                return await web_.fetch(site)
            finally:
                loop_times.append(asyncio.get_running_loop().time())

    error = failure(lambda: run(scenario()))
    assert error.why == "no complete answer within 0.2 s"
    assert not error.final
    assert TINY_S <= loop_times[1] - loop_times[0] < TINY_S + 1


def test_the_deadline_covers_all_redirects_together() -> None:
    """Else five slow redirects would take five times as long."""

    async def slow_hop(request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(0.08)
        raise web.HTTPFound(f"/{int(request.path[1:]) + 1}")

    error = failure(lambda: fetch_from(slow_hop, "/1", deadline_s=TINY_S, max_redirects=20))
    assert "no complete answer" in error.why


def test_waiting_for_a_turn_does_not_use_up_the_deadline() -> None:
    """Else the last of many articles of one slow host would always fail."""

    async def slow(_: web.Request) -> web.StreamResponse:
        await asyncio.sleep(0.1)
        return web.Response(text="ok")

    async def scenario() -> list[Page]:
        async with serving(slow) as site, fetcher(deadline_s=0.5) as web_:
            return await asyncio.gather(*(web_.fetch(f"{site}/{n}") for n in range(14)))

    assert [page.body for page in asyncio.run(scenario())] == [b"ok"] * 14


def test_an_endless_body_is_cut_off_at_the_cap() -> None:
    """Case 7: the connection is dropped as soon as the cap is passed."""

    async def endless(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            writer.write(b"y" * 65536)
            await writer.drain()

    error = failure(lambda: fetch_from_script(endless, max_body_mb=0.5))
    assert error.why == "larger than 0.5 MB"


@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate"])
def test_a_bomb_does_not_fill_the_memory(encoding: str) -> None:
    """Case 5: 100 MB of zeros in a few kilobytes; the cap counts unpacked bytes, while they come."""
    packer = {"gzip": zlib.compressobj(wbits=31), "deflate": zlib.compressobj()}.get(encoding)
    zeros = b"\0" * 1_000_000
    if packer:
        bomb = b"".join(packer.compress(zeros) for _ in range(100)) + packer.flush()
    else:
        brotler = brotli.Compressor(quality=5)
        bomb = b"".join(brotler.process(zeros) for _ in range(100)) + brotler.finish()
    headers = {"Content-Encoding": encoding}

    async def scenario() -> Page:
        answer = answering(lambda _: web.Response(body=bomb, headers=headers))
        async with serving(answer) as site, fetcher(max_body_mb=1) as web_:
            tracemalloc.start()
            return await web_.fetch(site)

    try:
        error = failure(lambda: run(scenario()))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert error.why == "larger than 1 MB"
    assert peak < 8_000_000


def test_an_unknown_packing_is_a_failure_not_a_text() -> None:
    """Bytes nobody can read must not be stored as a page."""
    headers = {"Content-Encoding": "x-secret"}
    error = failure(lambda: fetch_from(answering(lambda _: web.Response(body=b"??", headers=headers))))
    assert error.why == "packed in a way that cannot be read: x-secret"


# Redirects


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed_and_the_page_says_where_it_stood(status: int) -> None:
    """Relative addresses are resolved against the hop they came from; fragments are dropped."""

    def answer(request: web.Request) -> web.Response:
        if request.path == "/a/old":
            return web.Response(status=status, headers={"Location": "../b/new?x=1#top"})
        return web.Response(text=request.path_qs)

    page = fetch_from(answering(answer), "/a/old")
    assert page.body == b"/b/new?x=1"
    assert page.url.endswith("/b/new?x=1")


@pytest.mark.parametrize(
    ("statuses", "moved"),
    [((), False), ((301,), True), ((308, 301), True), ((302,), False), ((301, 307), False), ((303, 308), False)],
)
def test_a_page_says_whether_it_moved_for_good(statuses: tuple[int, ...], moved: bool) -> None:
    """Case 32: one hop that is for now makes the whole way one for now."""

    async def hop(request: web.Request) -> web.Response:
        number = int(request.path[1:])
        if number == len(statuses):
            return web.Response(text="here")
        return web.Response(status=statuses[number], headers={"Location": f"/{number + 1}"})

    assert fetch_from(hop, "/0").moved is moved


def test_a_page_carries_for_how_long_it_stays_good() -> None:
    """Also with a 304, which repeats it."""

    async def answer(request: web.Request) -> web.Response:
        status = 304 if "If-None-Match" in request.headers else 200
        return web.Response(status=status, headers={"Cache-Control": f"max-age={status}"})

    async def both() -> list[timedelta | None]:
        async with serving(answer) as site, fetcher() as web_:
            return [(await web_.fetch(site, etag=etag)).fresh_for for etag in (None, '"a"')]

    assert asyncio.run(both()) == [timedelta(seconds=200), timedelta(seconds=304)]


def test_a_redirect_loop_ends_at_once() -> None:
    """Case 10: the second visit to an address is one too many."""
    asked: list[str] = []

    def answer(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response(status=302, headers={"Location": "/b" if request.path == "/a" else "/a"})

    error = failure(lambda: fetch_from(answering(answer), "/a", max_redirects=10))
    assert "round in a circle" in error.why
    assert asked == ["/a", "/b"]


@pytest.mark.parametrize(("allowed", "asked"), [(0, 1), (3, 4)])
def test_there_is_an_end_to_redirects(allowed: int, asked: int) -> None:
    """Case 10: a chain of ever new addresses stops after max_redirects."""
    paths: list[str] = []

    def answer(request: web.Request) -> web.Response:
        paths.append(request.path)
        return web.Response(status=302, headers={"Location": f"/{len(paths)}"})

    error = failure(lambda: fetch_from(answering(answer), "/0", max_redirects=allowed))
    assert error.why == f"more than {allowed} redirects"
    assert len(paths) == asked


@pytest.mark.parametrize(
    "location",
    ["file:///etc/passwd", "ftp://127.0.0.1/x", "data:text/html,x", "javascript:1", "gopher://x/"],
)
def test_a_redirect_away_from_the_web_is_refused(location: str) -> None:
    """Case 11: only http and https are followed."""
    headers = {"Location": location}
    error = failure(lambda: fetch_from(answering(lambda _: web.Response(status=302, headers=headers))))
    assert error.final
    assert error.why.startswith("no address of a web page")


def test_what_a_server_sends_is_made_fit_for_the_row_and_the_terminal() -> None:
    """Bytes that are no text stop SQLite, and escape codes play with terminals."""

    async def script(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 302 Found\r\nLocation: ftp://\xff\xc2\x9b31m/" + b"x" * 5000 + b"\r\n\r\n")
        await writer.drain()

    error = failure(lambda: fetch_from_script(script))
    assert error.why.isascii()
    assert error.why.isprintable()
    assert len(error.why) < 300


@pytest.mark.parametrize("location", ["", "http://[::1", "http://127.0.0.1:99999/"])
def test_a_redirect_to_nowhere_is_a_failure(location: str) -> None:
    """Broken Location headers end in an error of ours, not in a traceback."""
    headers = {"Location": location}
    error = failure(lambda: fetch_from(answering(lambda _: web.Response(status=301, headers=headers))))
    assert error.url.startswith("http://127.0.0.1")


# The guard


def test_a_redirect_to_a_private_address_is_refused_unless_allowed() -> None:
    """Case 12: the guard stands at each hop, not only at the first."""

    async def scenario(allow: tuple[str, ...]) -> Page:
        async with serving(answering(lambda _: web.Response(text="inside")), host="127.0.0.2") as inside:
            hop = web.Response(status=302, headers={"Location": inside})
            async with serving(answering(lambda _: hop)) as outside, fetcher(allow_networks=allow) as web_:
                return await web_.fetch(outside)

    assert run(scenario(("127.0.0.1/32", "127.0.0.2/32"))).body == b"inside"
    error = failure(lambda: run(scenario(("127.0.0.1/32",))))
    assert error.why == "refused: 127.0.0.2 is a loopback address and not in collect.allow_networks"
    assert error.final


SPELLINGS = (
    *("127.0.0.1", "127.1", "0x7f000001", "0x7f.1", "2130706433", "017700000001", "１２７.0.0.1", "①②⑦.0.0.1"),
    *("localhost", "localhost.", "0", EVERY, "[::1]", "[::]"),
    *("[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]"),
)


@pytest.mark.parametrize("host", SPELLINGS)
def test_no_spelling_of_this_machine_is_reached(host: str) -> None:
    """Case 12: the address that is connected to is checked, however it is written."""
    asked: list[str] = []

    def answer(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response(text="inside")

    async def scenario() -> Page:
        async with serving(answering(answer)) as site, fetcher(allow_networks=(), deadline_s=2) as web_:
            return await web_.fetch(f"http://{host}:{site.rpartition(':')[2]}/")

    error = failure(lambda: run(scenario()))
    assert error.why.startswith(("refused: ", "no address of a web page", "the host name is not known"))
    assert asked == []


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]"])
def test_an_allowed_network_is_reached_by_number_and_by_name(host: str) -> None:
    """The sample newsroom and a newsroom's own servers live in private networks."""

    async def scenario() -> Page:
        async with serving(answering(lambda _: web.Response(text="inside"))) as site, fetcher() as web_:
            return await web_.fetch(f"http://{host}:{site.rpartition(':')[2]}/")

    assert run(scenario()).body == b"inside"


@pytest.mark.parametrize(
    "url",
    [
        "/etc/passwd",
        "file:///etc/passwd",
        "ftp://127.0.0.1/",
        "",
        "http://",
        "http://:80/",
        "http://[::1",
        "http://u:p@a.b/",
    ],
)
def test_what_is_no_web_address_is_not_asked(url: str) -> None:
    """Case 14: a local path given as an address is refused, finally; so are passwords in addresses."""

    async def scenario() -> Page:
        async with fetcher() as web_:
            return await web_.fetch(url)

    assert failure(lambda: run(scenario())).final


# Bad answers


@pytest.mark.parametrize(
    ("status", "final"),
    [(404, True), (410, True), (403, False), (401, False), (429, False), (500, False), (503, False), (204, False)],
)
def test_other_answers_are_failures_with_their_status(status: int, final: bool) -> None:
    """Cases 29 and 31: only "not found" and "gone" are worth no other try."""
    error = failure(lambda: fetch_from(answering(lambda _: web.Response(status=status))))
    assert (error.status, error.final, error.retry_after) == (status, final, None)
    assert error.why.startswith(f"answered {status}")


@pytest.mark.parametrize(
    ("status", "header", "wish"),
    [
        (429, "120", timedelta(minutes=2)),
        (503, "Sun, 22 Nov 2026 11:00:00 GMT", timedelta(hours=1)),
        (403, "7", timedelta(seconds=7)),
        (429, "9" * 50, timedelta(days=1)),
        (429, "soon", None),
        (500, "120", None),
    ],
)
def test_the_server_s_wish_for_a_pause_is_passed_on(status: int, header: str, wish: timedelta | None) -> None:
    """Case 30: Retry-After comes as seconds or as a date."""
    headers = {"Retry-After": header, "Date": "Sun, 22 Nov 2026 10:00:00 GMT"}
    error = failure(lambda: fetch_from(answering(lambda _: web.Response(status=status, headers=headers))))
    assert error.retry_after == wish


@pytest.mark.parametrize(
    "sent",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\nhalf",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 8\r\n\r\nnot gzip",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 100\r\n\r\n"
        + gzip.compress(b"x", mtime=0)[:9],
        b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 40_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 300 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Le",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"",
    ],
)
def test_an_answer_that_breaks_off_or_is_no_http_is_a_failure(sent: bytes) -> None:
    """Case 43: half a page must not be stored as a page."""

    async def script(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(sent)
        await writer.drain()

    error = failure(lambda: fetch_from_script(script))
    assert not error.final
    assert error.why
    assert "\n" not in str(error)


def test_a_server_that_is_not_there_is_a_failure_that_may_pass() -> None:
    """An unreachable feed is tried again later."""

    async def scenario() -> Page:
        async with serving(answering(lambda _: web.Response())) as site:
            pass
        async with fetcher() as web_:
            return await web_.fetch(site)

    error = failure(lambda: run(scenario()))
    assert (error.why, error.status, error.final) == ("no connection", None, False)


def test_a_server_without_tls_is_a_failure_on_https() -> None:
    """A feed moved to https before its server was."""

    async def scenario() -> Page:
        async with serving(answering(lambda _: web.Response())) as site, fetcher() as web_:
            return await web_.fetch(site.replace("http:", "https:"))

    assert failure(lambda: run(scenario())).why.startswith("no secure connection")


# Manners


async def _most_at_once(fetches: Callable[[str], list[str]], **settings: object) -> tuple[int, list[Page]]:
    """Return how many requests ran at once on the server, and the pages."""
    running, most = 0, 0

    async def count(_: web.Request) -> web.StreamResponse:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.05)  # long enough for all that may come at once to be here
        running -= 1
        return web.Response(text="ok")

    async with serving(count, host=EVERY) as site, fetcher(**settings) as web_:  # type: ignore[arg-type]  # by name
        port = site.rpartition(":")[2]
        pages = await asyncio.gather(*map(web_.fetch, fetches(port)))
    return most, pages


def test_a_host_gets_two_requests_at_once_and_no_more() -> None:
    """More than that is what gets a newsroom's address blocked."""
    most, pages = asyncio.run(_most_at_once(lambda port: [f"http://127.0.0.1:{port}/{n}" for n in range(10)]))
    assert most == 2
    assert len(pages) == 10


def test_several_hosts_are_asked_at_the_same_time_up_to_the_limit_of_all() -> None:
    """One slow host must not hold up the others; all together stay under requests_at_once."""

    def urls(port: str) -> list[str]:
        return [f"http://127.0.0.{host}:{port}/{n}" for n in range(3) for host in range(1, 9)]

    assert asyncio.run(_most_at_once(urls))[0] == 16
    assert asyncio.run(_most_at_once(urls, requests_at_once=5))[0] == 5


def test_a_host_that_hangs_keeps_nobody_else_waiting() -> None:
    """Requests that wait for its turn must not take the places of all the others."""

    async def scenario() -> Page:
        async def hang(request: web.Request) -> web.StreamResponse:
            if request.host.startswith("127.0.0.1:"):
                await asyncio.Event().wait()
            return web.Response(text="ok")

        async with serving(hang, host=EVERY) as site, fetcher(requests_at_once=3) as web_:
            port = site.rpartition(":")[2]
            hanging = [asyncio.create_task(web_.fetch(f"http://127.0.0.1:{port}/{n}")) for n in range(6)]
            await asyncio.sleep(0.02)
            try:
                return await asyncio.wait_for(web_.fetch(f"http://127.0.0.2:{port}/"), timeout=2)
            finally:
                for task in hanging:
                    task.cancel()
                await asyncio.gather(*hanging, return_exceptions=True)

    assert run(scenario()).body == b"ok"


def test_a_redirect_gives_its_turn_back_before_it_takes_the_next() -> None:
    """Else hosts that redirect to each other would wait for each other until the deadline."""

    async def scenario() -> list[Page]:
        ports: list[str] = []

        async def bounce(request: web.Request) -> web.StreamResponse:
            if "end" in request.path:
                return web.Response(text="ok")
            other = "127.0.0.2" if request.host.startswith("127.0.0.1:") else "127.0.0.1"
            raise web.HTTPFound(f"http://{other}:{ports[0]}/end{request.path[1:]}")

        async with serving(bounce, host=EVERY) as site, fetcher(requests_per_host=1) as web_:
            ports.append(site.rpartition(":")[2])
            urls = [f"http://127.0.0.{host}:{ports[0]}/{n}" for n in range(10) for host in (1, 2)]
            return await asyncio.gather(*map(web_.fetch, urls))

    assert [page.body for page in asyncio.run(scenario())] == [b"ok"] * 20


def test_a_cancelled_fetch_gives_its_turn_back() -> None:
    """The daemon cancels what runs when it is told to stop; in tests and rounds others go on."""

    async def scenario() -> Page:
        async def hang_first(request: web.Request) -> web.StreamResponse:
            if request.path == "/hang":
                await asyncio.Event().wait()
            return web.Response(text="ok")

        async with serving(hang_first) as site, fetcher(requests_per_host=1) as web_:
            hanging = asyncio.create_task(web_.fetch(site + "/hang"))
            waiting = asyncio.create_task(web_.fetch(site + "/waits"))
            await asyncio.sleep(0.02)
            waiting.cancel()
            hanging.cancel()
            await asyncio.gather(hanging, waiting, return_exceptions=True)
            return await web_.fetch(site + "/next")

    assert run(scenario()).body == b"ok"
