"""The sample newsroom's server: each outlet one host, each host one port of this machine."""

from __future__ import annotations

import asyncio
import socket
from collections import Counter
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Self

from aiohttp import web

from monitor.config import FeedSettings
from monitor.errors import MonitorError
from monitor.newsroom.articles import load_articles
from monitor.newsroom.outlets import OUTLETS
from monitor.newsroom.site import NOT_FOUND, Answer, build_site, plain_address
from monitor.newsroom.stories import publish

HOST = "127.0.0.1"
FIRST_PORT = 8800  # fixed, so that addresses are the same in the next run and nothing is new then
LAST_PORT = 65535
RETRY_AFTER_S = 1


class Newsroom:
    """All outlets of the sample, served while the context is open.

    port: the first of len(OUTLETS) ports in a row; 0 takes any that are free. feeds and pages are
    known once the context is entered. pages: how many articles are served. requests: how often each
    (address, status) was answered, addresses as asked for.
    Raises MonitorError on entry if a port is taken.
    """

    def __init__(self, port: int = FIRST_PORT) -> None:
        self._port = port
        self._site: dict[str, Answer] = {}
        self._open = AsyncExitStack()
        self.feeds: tuple[FeedSettings, ...] = ()
        self.pages = 0
        self.requests: Counter[tuple[str, int]] = Counter()

    async def __aenter__(self) -> Self:
        sockets = _listen(self._port, len(OUTLETS))
        bases = [f"http://{HOST}:{sock.getsockname()[1]}" for sock in sockets]
        stories = publish(load_articles(), OUTLETS, bases)
        self._site = build_site(OUTLETS, stories, bases)
        self.pages = sum(map(len, stories))
        self.feeds = tuple(
            FeedSettings(url=base + plan.path, name=outlet.name, lang=outlet.lang)
            for outlet, base in zip(OUTLETS, bases, strict=True)
            for plan in outlet.feeds
        )
        runner = web.ServerRunner(web.Server(self._answer, access_log=None), shutdown_timeout=1)
        await runner.setup()
        self._open.push_async_callback(runner.cleanup)
        for sock in sockets:
            await web.SockSite(runner, sock).start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._open.aclose()

    async def _answer(self, request: web.BaseRequest) -> web.Response:
        url = f"http://{request.host}{request.raw_path}"
        answer = self._site.get(plain_address(url), NOT_FOUND)
        response = self._respond(answer, request)
        self.requests[url, response.status] += 1
        await asyncio.sleep(answer.delay_s)
        return response

    def _respond(self, answer: Answer, request: web.BaseRequest) -> web.Response:
        url = f"http://{request.host}{request.raw_path}"
        if answer.busy_at_first and not self.requests[url, 429]:
            return web.Response(status=429, headers={"Retry-After": str(RETRY_AFTER_S)})
        if _is_unchanged(answer, request):
            return web.Response(status=304, headers=answer.headers)
        headers = {**answer.headers, "Content-Type": answer.content_type}
        return web.Response(body=answer.body, status=answer.status, headers=headers)


def _is_unchanged(answer: Answer, request: web.BaseRequest) -> bool:
    """RFC 9110, 13.2.2: If-None-Match decides alone where it is given."""
    if "ETag" not in answer.headers:
        return False
    if "If-None-Match" in request.headers:
        return request.headers["If-None-Match"] == answer.headers["ETag"]
    return request.headers.get("If-Modified-Since") == answer.headers["Last-Modified"]


def _listen(first: int, count: int) -> list[socket.socket]:
    advice = f"The sample newsroom needs {count} ports in a row: pass --port N with {count} free ones from N on."
    if not 0 <= first <= LAST_PORT - count + 1:
        raise MonitorError(f"{HOST}:{first}: no {count} ports begin there, the last is {LAST_PORT}. {advice}")
    sockets: list[socket.socket] = []
    for offset in range(count):
        port = first + offset if first else 0
        try:
            sockets.append(socket.create_server((HOST, port)))
        except OSError as error:
            for sock in sockets:
                sock.close()
            raise MonitorError(f"{HOST}:{port}: the port cannot be used ({error.strerror}). {advice}") from None
    return sockets
