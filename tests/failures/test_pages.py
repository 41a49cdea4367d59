"""The worst pages, as a server sends them: fetched, read in a worker, and written on the article's row."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from typing import Any, Never, TypeVar

import pytest

from benchmarks.bench_read import DEFAULT, load_pages
from monitor.errors import ReadError
from monitor.read.page import read_page as read_in_worker
from monitor.read.workers import Workers
from tests.failures.wire import read_page, sends
from tests.read.news_pages import PARAGRAPHS, news_page
from tests.town import Bench

T = TypeVar("T")
HTML = "Content-Type: text/html; charset=utf-8"
TEXT = "\n".join(PARAGRAPHS)
REAL_PAGES_EACH = 30  # one of so many; all 181 were read so once, in November 2026: no connection was tried


def page(title: str, *lines: str, site: str = "The Valley Post") -> bytes:
    """Build a page as such servers send it: hardly any markup, and no date."""
    inside = "".join(f"<p>{line}</p>" for line in lines)
    meta = f'<meta property="og:site_name" content="{site}">'
    return f"<!doctype html><html><head><title>{title}</title>{meta}</head><body>{inside}</body></html>".encode()


def read(bench: Bench, body: bytes, **more: Any) -> tuple[str | None, str, str]:
    """Read a page that is sent whole; returns the row's error, its state, and the text."""
    return read_page(bench, sends(body, HTML), **more)


INSTEAD = {
    "a consent page": page(
        "Before you continue",
        "We and our partners use cookies and process personal data for personalised advertising.",
        "You can accept or reject this, and change your choices in the settings at any time.",
    ),
    "a robot check": page("Just a moment...", "Verifying you are human. This may take a few seconds."),
    "a paywall or login page": page(
        "Council approves bridge",
        "The council approved a new bridge over the river on Tuesday by nine votes to four.",
        "This article is for subscribers only. Already a subscriber? Log in",
    ),
}


@pytest.mark.parametrize("what", INSTEAD)
def test_case_27_a_banner_in_the_articles_place(reading_bench: Bench, what: str) -> None:
    """With status 200: nothing of it is stored as the article, and the row says what it was."""
    assert read(reading_bench, INSTEAD[what]) == (f"{what}, not the article", "pending", "")


@pytest.mark.parametrize("title", ["Page not found | The Valley Post", "Bridge closed"])
def test_case_28_a_page_that_is_gone_with_status_200(reading_bench: Bench, title: str) -> None:
    """By its title or by what it says to its reader; it is tried again, as some come back."""
    body = page(
        title,
        "Sorry, the page you are looking for no longer exists.",
        "Try searching, or go back to the home page.",
    )
    error, state, text = read(reading_bench, body)
    assert (error, state, text) == ("a page that says the article is gone, not the article", "pending", "")


def test_case_40_deep_nesting(reading_bench: Bench) -> None:
    """A hundred thousand levels are refused in one line; three hundred are read."""
    deep = b"<html><body>" + b"<div>" * 100_000 + b"<p>Deep down.</p>"
    assert read(reading_bench, deep)[:2] == ("the page is nested too deeply to be read", "pending")


@pytest.fixture(scope="module")
def strict_workers() -> Iterator[Workers]:
    """Workers that end a page after two seconds."""
    with Workers(workers=2, deadline_s=2) as workers:
        yield workers


SIBLINGS = b"<html><body><article>" + b"<p>All the same here, again and again.</p>" * 50_000


def test_case_41_masses_of_siblings(reading_bench: Bench, strict_workers: Workers) -> None:
    """What passes the limits and keeps the parser busy is ended with its worker; the next page is read."""
    error, state, _ = read(reading_bench, SIBLINGS, workers=_Patient(strict_workers, reading_bench.world.workers))
    assert (error, state) == ("took longer than 2 s to read; its worker was ended", "pending")
    more = b"<html><body><article>" + b"<p>All the same here.</p>" * 200_000
    with pytest.raises(ReadError, match="elements, more than 60,000"):
        read_in_worker(more, url="https://news.example/a", content_type=None)


class _Patient:
    """Workers with a short deadline for the page under test, and time for all else on a busy machine."""

    def __init__(self, strict: Workers, others: Workers) -> None:
        self._strict, self._others = strict, others

    async def call(self, function: Callable[..., T], /, *args: Any, **kwargs: Any) -> T:
        workers = self._strict if kwargs["url"].endswith("/story") else self._others
        return await workers.call(function, *args, **kwargs)


def _hang(*_: object, **__: object) -> Never:
    """Backtrack as a bad pattern does: in C, where no signal handler of Python gets a turn."""
    import re  # noqa: PLC0415

    re.match(r"(a+)+$", "a" * 64 + "b")
    raise AssertionError("it came to an end")


class _Trapped(_Patient):
    """A pattern that never ends stands in the way of the page under test."""

    async def call(self, function: Callable[..., T], /, *args: Any, **kwargs: Any) -> T:
        return await super().call(_hang if kwargs["url"].endswith("/story") else function, *args, **kwargs)


def test_case_42_a_pattern_that_never_ends(reading_bench: Bench, strict_workers: Workers) -> None:
    """The worker is killed from outside, the article's row says so, and the next page is read."""
    trapped = _Trapped(strict_workers, reading_bench.world.workers)
    error, state, _ = read(reading_bench, news_page(*PARAGRAPHS).encode(), workers=trapped)
    assert (error, state) == ("took longer than 2 s to read; its worker was ended", "pending")


def test_half_a_page_is_not_stored_as_the_article(reading_bench: Bench) -> None:
    """As case 43 says of feeds: what was announced did not come."""
    body = news_page(*PARAGRAPHS).encode()
    half = sends(body[: len(body) // 2], HTML, announced=len(body))
    assert read_page(reading_bench, half) == ("the answer broke off or cannot be unpacked", "pending", "")


def test_a_thousand_levels_named_as_surroundings_are_read(reading_bench: Bench) -> None:
    """Found by fuzzing: for each level each text was asked for its ancestors, over a worker's deadline in all."""
    deep = "<div class='share'>" * 1_000 + "<p>Text of some length stands here.</p>" * 300
    error, state, text = read(reading_bench, news_page(*PARAGRAPHS, inside=deep).encode())
    assert (error, state) == (None, "read")
    assert text.startswith(PARAGRAPHS[0])


def _read_cut_off(bodies: list[tuple[bytes, str]]) -> list[str]:
    """Read pages in this process, which can reach nothing; return what they tried to reach, and prove the trap."""
    tried: list[str] = []

    def trap(name: str) -> Callable[..., Never]:
        def refuse(*args: object, **_: object) -> Never:
            tried.append(f"{name} {args}")
            raise OSError("no network here")

        return refuse

    for name in ("getaddrinfo", "gethostbyname", "create_connection", "socket"):
        setattr(socket, name, trap(name))
    try:
        socket.create_connection(("192.0.2.1", 80))
    except OSError:
        assert tried.pop()
    for body, url in bodies:
        try:
            read_in_worker(body, url=url, content_type=None)
        except ReadError:
            continue
    return tried


def test_case_51_the_extractor_asks_nobody(reading_bench: Bench) -> None:
    """A page that tempts it in every way reaches no server, not from C either; real pages meet traps only."""
    trap = f"{reading_bench.base}/trap"
    inside = f'<iframe src="{trap}/1"></iframe><img src="{trap}/2"><link rel="stylesheet" href="{trap}/3">'
    head = f'<link rel="canonical" href="{trap}/4"><link rel="amphtml" href="{trap}/5"><base href="{trap}/">'
    body = news_page(*PARAGRAPHS, inside=inside, head=head).replace(
        "<!doctype html>", f'<!DOCTYPE html SYSTEM "{trap}/6">'
    )
    assert read(reading_bench, body.encode()) == (None, "read", TEXT)
    assert not [path for path, _ in reading_bench.town.asked if "trap" in path]

    bodies = [(body.encode(), "http://192.0.2.1/c")]
    if DEFAULT.exists():
        bodies += [(page.body, page.url) for page in load_pages(DEFAULT)[::REAL_PAGES_EACH]]

    async def ask() -> list[str]:
        with Workers(workers=1, deadline_s=600) as own:  # its traps end with it
            return await own.call(_read_cut_off, bodies)

    assert reading_bench.runner.run(ask()) == []
