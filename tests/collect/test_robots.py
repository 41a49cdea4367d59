"""What a robots.txt says to us: RFC 9309, as files in the wild write it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.collect.robots import MOST_BYTES, decode_robots, parse_robots

SITE = "https://g.example"
LINES = st.sampled_from(
    [
        *("User-agent: *", "User-agent: monitor", "user agent: Bot", "User-agent:", "Disallow: /", "Allow: /a"),
        *("Disallow: /*a*b$", "Crawl-delay: 3", "Crawl-delay: nan", "Sitemap: x", "", "# x", "Disallow", "\ufeff"),
    ]
)


@pytest.mark.parametrize(
    ("text", "path", "allowed"),
    [
        ("", "/a", True),
        ("User-agent: *\nDisallow: /", "/a", False),
        ("User-agent: *\nDisallow: /", "/robots.txt", True),
        ("User-agent: *\nDisallow:", "/a", True),
        ("User-agent: GPTBot\nDisallow: /", "/a", True),
        ("user-agent: MONITOR\ndisallow: /a", "/a", False),
        ("User-agent: monitor/1.0 (x)\nDisallow: /a", "/a", False),
        ("User-agent: mon\nDisallow: /", "/a", True),
        ("User-agent: monitoring\nDisallow: /", "/a", True),
        ("User-agent: uptime-monitor\nDisallow: /", "/a", True),
        ("User-agent: *\nDisallow: /\n\nUser-agent: monitor\nAllow: /", "/a", True),
        ("User-agent: monitor\nDisallow: /a\n\nUser-agent: monitor\nDisallow: /b", "/b", False),
        ("User-agent: Bot\nUser-agent: monitor\nDisallow: /a", "/a", False),
        ("User-agent: monitor\nUser-agent: Bot\nDisallow: /a", "/a", False),
        ("User-agent: monitor\nSitemap: https://g.example/s.xml\nUser-agent: Bot\nDisallow: /a", "/a", False),
        ("User-agent: monitor\nDisallow: /x\nUser-agent: Bot\nDisallow: /a", "/a", True),
        ("User-agent: *\nDisallow: /a\nAllow: /a/b", "/a/b/c", True),
        ("User-agent: *\nAllow: /a\nDisallow: /a", "/a", True),
        ("User-agent: *\nDisallow: /*.pdf$", "/a.pdf", False),
        ("User-agent: *\nDisallow: /*.pdf$", "/a.pdf?x", True),
        ("User-agent: *\nDisallow: /*?print=", "/a?print=1", False),
        ("User-agent: *\nDisallow: /caf%C3%A9", "/café", False),
        ("User-agent: *\nDisallow: /café", "/caf%C3%A9", False),
        ("User-agent: * # all\rDisallow: /a # not this\r", "/a", False),
        ("Disallow: /", "/a", True),
        ("<!doctype html><html><body>Not here: Disallow: /</body></html>", "/a", True),
        ("User-agent * \nDisallow /a", "/a", False),
    ],
)
def test_what_may_be_asked_for(text: str, path: str, allowed: bool) -> None:
    """Our own group before that for all, the longest match, and nothing forbidden by what is not understood."""
    assert parse_robots(text).allow(SITE + path) is allowed


@pytest.mark.parametrize(
    ("text", "delay_s"),
    [
        ("User-agent: *\nCrawl-delay: 10", 10),
        ("User-agent: *\nCrawl-delay: 0.5\n\nUser-agent: Bot\nCrawl-delay: 90", 0.5),
        ("User-agent: *\nCrawl-delay: 10\n\nUser-agent: monitor\nDisallow: /a", 0),
        ("User-agent: *\nCrawl-delay: soon\nCrawl-delay: -1\nCrawl-delay: inf\nCrawl-delay: nan", 0),
        ("", 0),
    ],
)
def test_how_slowly_a_host_wants_to_be_asked(text: str, delay_s: float) -> None:
    """No part of the RFC, and yet what webmasters write who cannot bear more."""
    assert parse_robots(text).crawl_delay_s == delay_s


def test_a_file_is_read_as_utf_8_up_to_half_a_megabyte() -> None:
    """RFC 9309, 2.5; the last line is left out where it was cut, for the half of "/a" forbids everything."""
    head = "\ufeffUser-agent: *\nDisallow: /é\n".encode()
    filling = b"#" * (MOST_BYTES - len(head) - len("\nDisallow: /")) + b"\nDisallow: /abc\n"
    rules = parse_robots(decode_robots(head + filling))
    assert not rules.allow(SITE + "/é")
    assert rules.allow(SITE + "/abc")
    assert rules.allow(SITE + "/x")
    assert decode_robots(b"\xff\n\xfe") == "\ufffd\n\ufffd"
    assert decode_robots(b"x" * (MOST_BYTES + 1)) == ""


def test_a_file_made_to_be_slow_is_read_all_the_same() -> None:
    """Sixteen thousand names with sixteen thousand rules each would keep the daemon busy for minutes."""
    names = "".join(f"User-agent: b{n}\n" for n in range(16_000))
    rules = "".join(f"Disallow: /{n}\n" for n in range(16_000))
    assert parse_robots(f"{names}User-agent: *\n{rules}").allow(SITE + "/x")
    stars = "Disallow: /" + "*a" * 200 + "*b\n"
    assert parse_robots("User-agent: *\n" + stars * 50).allow(SITE + "/" + "a" * 3_000)


@given(st.one_of(st.text(), st.lists(LINES, max_size=12).map("\n".join)), st.text(max_size=20))
def test_no_file_and_no_address_is_too_strange(text: str, path: str) -> None:
    """Whatever a server sends, the article is either asked for or not."""
    rules = parse_robots(decode_robots(text.encode("utf-8", "replace")))
    assert rules.allow(f"{SITE}/{path.encode('utf-8', 'replace').decode()}") in (True, False)
    assert 0 <= rules.crawl_delay_s < float("inf")
    assert rules.allow(f"{SITE}/robots.txt")
