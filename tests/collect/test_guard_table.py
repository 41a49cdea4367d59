"""Addresses that must not be reached: each is refused by the guard, and reached once the guard allows it."""

from __future__ import annotations

import re

import pytest

from tests.collect.one_net import EVERYTHING, PUBLIC, travel

# What stands in the address → the words in which the guard refuses it.
ADDRESSES = {
    # this machine
    "127.0.0.1": "127.0.0.1 is a loopback",
    "127.255.255.254": "loopback",
    "[::1]": "::1 is a loopback",
    "0.0.0.0": "unspecified",  # noqa: S104 - an address to refuse, not to listen on
    "[::]": "unspecified",
    "0.1.2.3": "private",
    # … in other spellings
    "2130706433": "127.0.0.1 is a loopback",
    "0x7f000001": "127.0.0.1 is a loopback",
    "0X7F.1": "127.0.0.1 is a loopback",
    "0x7f.0x0.0x0.0x1": "127.0.0.1 is a loopback",
    "017700000001": "127.0.0.1 is a loopback",
    "0177.0.0.1": "127.0.0.1 is a loopback",
    "0177.0.1": "127.0.0.1 is a loopback",
    "127.1": "127.0.0.1 is a loopback",
    "127.0.1": "127.0.0.1 is a loopback",
    "127.65535": "127.0.255.255 is a loopback",
    "127.0.0.1.": "127.0.0.1 is a loopback",
    "127.1.": "127.0.0.1 is a loopback",
    "0": "0.0.0.0 is an unspecified",
    "0x": "0.0.0.0 is an unspecified",
    "00.0.0": "0.0.0.0 is an unspecified",
    "１２７.0.0.1": "127.0.0.1 is a loopback",
    "①②⑦.⓪.⓪.①": "127.0.0.1 is a loopback",
    "127。0。0。1": "127.0.0.1 is a loopback",
    "１２７｡１": "127.0.0.1 is a loopback",
    "𝟏𝟐𝟕.𝟎.𝟎.𝟏": "127.0.0.1 is a loopback",
    "²¹³⁰⁷⁰⁶⁴³³": "127.0.0.1 is a loopback",
    # private networks
    "10.0.0.1": "private",
    "10.255.255.255": "private",
    "172.16.0.1": "private",
    "172.31.255.255": "private",
    "192.168.0.1": "private",
    "192.168.1": "192.168.0.1 is a private",
    "167772161": "10.0.0.1 is a private",
    "0xC0A80001": "192.168.0.1 is a private",
    "0300.0250.1": "192.168.0.1 is a private",
    "[fc00::1]": "private",
    "[fdff:ffff::1]": "private",
    "[fec0::1]": "private",
    # cloud metadata, link-local
    "169.254.169.254": "metadata",
    "2852039166": "169.254.169.254 is a cloud metadata",
    "0xa9fea9fe": "169.254.169.254 is a cloud metadata",
    "0251.0376.0251.0376": "169.254.169.254 is a cloud metadata",
    "[fd00:ec2::254]": "metadata",
    "168.63.129.16": "metadata",
    "100.100.100.200": "metadata",
    "192.0.0.192": "metadata",
    "169.254.0.1": "link-local",
    "169.254.170.2": "link-local",
    "[fe80::1]": "link-local",
    "[febf::1]": "link-local",
    # carriers, multicast, what is set aside
    "100.64.0.1": "shared",
    "100.127.255.255": "shared",
    "224.0.0.1": "multicast",
    "239.255.255.250": "multicast",
    "[ff02::1]": "multicast",
    "[ff0e::1]": "multicast",
    "192.0.2.1": "documentation",
    "198.51.100.1": "documentation",
    "203.0.113.1": "documentation",
    "[2001:db8::1]": "documentation",
    "[3fff::1]": "documentation",
    "198.18.0.1": "benchmarking",
    "198.19.255.255": "benchmarking",
    "[2001:2::1]": "benchmarking",
    "192.0.0.1": "reserved",
    "192.88.99.1": "reserved",
    "240.0.0.1": "reserved",
    "255.255.255.255": "reserved",
    "[100::1]": "reserved",
    "[2001:10::1]": "reserved",
    "[2001:20::1]": "reserved",
    "[4000::1]": "reserved",
    "[5f00::1]": "reserved",
    "[::2]": "reserved",
    # IPv4 inside IPv6
    "[::ffff:127.0.0.1]": "127.0.0.1 is a loopback",
    "[::ffff:7f00:1]": "127.0.0.1 is a loopback",
    "[::ffff:10.0.0.1]": "10.0.0.1 is a private",
    "[::ffff:169.254.169.254]": "169.254.169.254 is a cloud metadata",
    "[::ffff:a9fe:a9fe]": "169.254.169.254 is a cloud metadata",
    "[0:0:0:0:0:ffff:127.0.0.1]": "127.0.0.1 is a loopback",
    "[::127.0.0.1]": "reserved",
    "[::a00:1]": "reserved",
    "[::ffff:0:127.0.0.1]": "reserved",
    "[64:ff9b::127.0.0.1]": "127.0.0.1 is a loopback",
    "[64:ff9b::a9fe:a9fe]": "169.254.169.254 is a cloud metadata",
    "[64:ff9b:1::1]": "reserved",
    "[64:ff9b:1::8.8.8.8]": "reserved",
    "[2002:7f00:1::]": "127.0.0.1 is a loopback",
    "[2002:a9fe:a9fe::1]": "169.254.169.254 is a cloud metadata",
    "[2002:c0a8:101::1]": "192.168.1.1 is a private",
    "[2001:0:7f00:1::]": "127.0.0.1 is a loopback",
    "[2001:0:808:808::f5ff:fffe]": "10.0.0.1 is a private",
    "[2606:4700::5efe:127.0.0.1]": "127.0.0.1 is a loopback",
    "[2606:4700::200:5efe:10.0.0.1]": "10.0.0.1 is a private",
    "[2606:4700::5efe:a9fe:a9fe]": "169.254.169.254 is a cloud metadata",
    "[fe80::5efe:8.8.8.8]": "link-local",
    # names
    "inside.example": "10.0.0.7 is a private",
    "INSIDE.example": "10.0.0.7 is a private",
    "all-inside.example": "10.0.0.7 is a private .*; ::1 is a loopback",
    "wrapped.example": "127.0.0.1 is a loopback",
}  # fmt: skip
NAMES = {
    "inside.example": [["10.0.0.7"]],
    "all-inside.example": [["10.0.0.7", "::1"]],
    "wrapped.example": [["2606:4700::5efe:7f00:1"]],
    "news.example": [[PUBLIC]],
    "mixed.example": [["10.0.0.7", PUBLIC]],
}

# Different readers of these mean different hosts, or what is asked is no web page: no setting opens them.
NEVER = [
    *("http://good.example@127.0.0.1/", "http://good.example:80@127.0.0.1/", "http://127.0.0.1@news.example/"),
    *("http://@127.0.0.1/", "http://:@news.example/", "http://news.example%40127.0.0.1/"),
    *("http://news.example\\@127.0.0.1/", "http://127.0.0.1\\.news.example/"),
    *("http://127.0.0.1%2f.news.example/", "http://127.0.0.1%00.news.example/", "http://127.0.0.1 .news.example/"),
    *("http://[fe80::1%25lo]/", "http://[::1%lo]/", "http://[::1]x/", "http://[127.0.0.1]/", "http://[::1/"),
    *("http://1.2.3.4.5/", "http://256.1.1.1/", "http://127.0.0.08/", "http://4294967296/", "http://127..1/"),
    *("http://0x100000000/", "http://news.example.0x7f/", f"http://{'9' * 200}/", "http://1.2.3.0xx1.1/"),
    *(f"http://news.example:{port}/" for port in (0, 1, 22, 25, 53, 110, 143, 389, 465, 587, 993, 6667)),
    *("http://news.example:65536/", "http://news.example:-1/", "http://news.example:8o/", "http://:80/", "http://"),
    *("file:///etc/passwd", "file://localhost/etc/passwd", "ftp://news.example/", "gopher://news.example:70/_x"),
    *("data:text/html,x", "javascript:alert(1)", "dict://news.example:11211/stats", "unix:/run/docker.sock"),
    *("feed://news.example/", "view-source:http://news.example/", "jar:http://news.example!/", "blob:http://a/x"),
]  # fmt: skip


def test_there_are_as_many_as_the_bar_asks_for() -> None:
    """Sixty at least."""
    assert len(ADDRESSES) >= 100
    assert len(NEVER) >= 45


@pytest.mark.parametrize(("host", "words"), ADDRESSES.items())
def test_an_address_is_refused_by_the_guard_and_by_nothing_else(host: str, words: str) -> None:
    """Case 12. Nobody is connected to; the same request arrives as soon as the guard allows it."""
    refused = travel(f"http://{host}/", names=NAMES)
    assert refused.error is not None
    assert refused.error.final
    assert refused.error.why.startswith("refused: ")
    assert re.search(words, refused.error.why)
    assert (refused.arrived, refused.connected) == ([], [])
    allowed = travel(f"http://{host}/", names=NAMES, allow=EVERYTHING)
    assert allowed.page is not None, allowed.error
    assert allowed.page.body == b"inside"
    assert len(allowed.connected) == 1


@pytest.mark.parametrize(("host", "words"), ADDRESSES.items())
def test_an_address_is_refused_behind_redirects_too(host: str, words: str) -> None:
    """Case 12: the guard stands at each hop. Two public hops lead inside; the third request is never made."""
    hops = {"news.example/": "//9.9.9.9/on", "9.9.9.9/on": f"http://{host}/in"}
    refused = travel("http://news.example/", names=NAMES, redirects=hops)
    assert refused.error is not None
    assert refused.error.final
    assert refused.error.why.startswith("refused: ")
    assert re.search(words, refused.error.why)
    assert refused.arrived == ["news.example/", "9.9.9.9/on"]
    assert refused.connected == [PUBLIC, PUBLIC]
    allowed = travel("http://news.example/", names=NAMES, redirects=hops, allow=EVERYTHING)
    assert allowed.page is not None, allowed.error
    assert len(allowed.arrived) == 3


@pytest.mark.parametrize("url", NEVER)
def test_what_means_different_things_to_different_readers_is_never_asked(url: str) -> None:
    """Cases 11 and 14: user names, backslashes, ports of other services, other schemes, local paths."""
    names = {**NAMES, "good.example": [[PUBLIC]]}
    straight = travel(url, names=names, allow=EVERYTHING)
    assert straight.error is not None
    assert straight.error.final
    assert straight.connected == []
    behind = travel("http://news.example/", names=names, allow=EVERYTHING, redirects={"news.example/": url})
    assert behind.error is not None
    assert behind.connected == [PUBLIC]


@pytest.mark.parametrize("port", [80, 443, 591, 3000, 8000, 8008, 8080, 8443, 8888, 49152, 65535])
def test_ports_that_serve_web_pages_are_asked(port: int) -> None:
    """News sites stand behind odd ports, too."""
    assert travel(f"http://news.example:{port}/", names=NAMES).page is not None


def test_of_a_name_with_a_private_address_the_public_one_is_used() -> None:
    """A name may lead to both; the private one is not even tried."""
    trip = travel("http://mixed.example/", names=NAMES)
    assert trip.page is not None
    assert trip.connected == [PUBLIC]


def test_a_name_that_turns_private_between_two_requests_is_refused_then() -> None:
    """Case 13: the public answer of the first hop says nothing about the second."""
    rebinding = {"rebind.example": [[PUBLIC], ["127.0.0.1"]]}
    hops = {"rebind.example/": "http://rebind.example:8080/in"}
    trip = travel("http://rebind.example/", names=rebinding, redirects=hops)
    assert trip.error is not None
    assert trip.error.why == "refused: 127.0.0.1 is a loopback address and not in collect.allow_networks"
    assert trip.connected == [PUBLIC]


def test_an_allowed_network_opens_itself_alone() -> None:
    """Allowing the office's network does not allow this machine."""
    assert travel("http://inside.example/", names=NAMES, allow=("10.0.0.0/8",)).page is not None
    assert travel("http://[2002:a00:7::1]/", names=NAMES, allow=("10.0.0.0/8",)).page is not None
    assert travel("http://127.0.0.1/", allow=("10.0.0.0/8",)).page is None
