"""Bytes as a server sends them → what the product makes of them, beside a feed and an article that are well."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from monitor import pipeline
from monitor.config import FeedSettings
from monitor.pipeline import World
from monitor.records import StepCount
from tests.collect.local_server import Script, fetcher, talking
from tests.town import NOW, Answer, Bench

GOOD = "The dam above the valley broke on Monday.\nSix people died in the flood, the council said on Tuesday."


@dataclass(frozen=True, slots=True)
class FeedAfter:
    """A feed after its poll. error: what its row says. entries: title, address, date of each."""

    step: StepCount
    error: str | None
    failures: int
    entries: list[tuple[Any, ...]]

    @property
    def titles(self) -> list[str]:
        """The titles of its entries."""
        return [title for title, _, _ in self.entries]


def sends(body: bytes, *headers: str, announced: int | None = None) -> Script:
    """Make a server that sends a body, and announces its length or another, and hangs up."""
    length = len(body) if announced is None else announced
    lines = ["HTTP/1.1 200 OK", "Connection: close", f"Content-Length: {length}", *headers]

    async def script(_: Any, writer: Any) -> None:
        writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        await writer.drain()

    return script


def poll_feed(bench: Bench, script: Script, *, deadline_s: float = 20, max_body_mb: float = 10) -> FeedAfter:
    """Poll a feed that such a server sends, and one that is well, which must be read all the same."""
    bench.publish("/feed-good", good=GOOD)

    async def poll(base: str, world: World) -> StepCount:
        listed = [
            FeedSettings(url=f"{base}/feed.xml", name="bad"),
            FeedSettings(url=bench.base + "/feed-good", name="good"),
        ]
        bench.store.feeds.sync(listed, now=NOW)
        return await pipeline.poll(bench.store, world, bench.settings, now=NOW)

    step = _beside(bench, script, poll, deadline_s=deadline_s, max_body_mb=max_body_mb)
    assert bench.rows("SELECT last_error, failures FROM feeds WHERE name = 'good'") == [(None, 0)]
    assert step.done + step.failed == 2
    [(error, failures)] = bench.rows("SELECT last_error, failures FROM feeds WHERE name = 'bad'")
    entries = bench.rows(
        "SELECT e.title, a.url, e.published_at FROM articles a JOIN entries e ON e.article_id = a.id"
        " JOIN feeds f ON f.id = e.feed_id WHERE f.name = 'bad' ORDER BY a.id"
    )
    return FeedAfter(step, error, failures, entries)


def read_page(
    bench: Bench, script: Script, *, deadline_s: float = 20, workers: Any = None
) -> tuple[str | None, str, str]:
    """Read an article whose page such a server sends, and one that is well, which must be read all the same.

    Returns what the bad article's row says, its state and its text.
    """

    async def read(base: str, world: World) -> StepCount:
        items = f'{{"url": "{base}/story", "title": "bad"}}, {{"url": "{bench.base}/good", "title": "good"}}'
        bench.publish("/feed", good=GOOD)
        bench.town.answers["/feed"] = Answer(
            f'{{"version": "https://jsonfeed.org/version/1.1", "items": [{items}]}}'
        )
        await pipeline.poll(bench.store, world, bench.settings, now=NOW)
        return await pipeline.read(bench.store, world, bench.settings, now=NOW)

    step = _beside(bench, script, read, deadline_s=deadline_s, max_body_mb=20, workers=workers)
    assert step.done >= 1
    sql = (
        "SELECT a.last_error, a.state, coalesce(v.text, '') FROM articles a"
        " LEFT JOIN versions v ON v.article_id = a.id WHERE a.url {} ORDER BY a.id"
    )
    [(error, state, text)] = bench.rows(sql.format("LIKE '%/story'"))
    assert bench.rows(sql.format("LIKE '%/good'")) == [(None, "read", GOOD)]
    return error, state, text


def _beside(
    bench: Bench,
    script: Script,
    step: Callable[[str, World], Awaitable[StepCount]],
    *,
    deadline_s: float,
    max_body_mb: float,
    workers: Any = None,
) -> StepCount:
    async def run() -> StepCount:
        limits = fetcher(deadline_s=deadline_s, max_body_mb=max_body_mb)
        async with talking(script) as base, limits as fetch:
            return await step(base, World(fetch, workers or bench.world.workers))

    return bench.runner.run(run())
