"""Addresses are shown without the secrets that they hold."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import FeedError, FetchError
from monitor.masking import shown_address


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://a.example/feed?lang=fr&page=2", None),
        ("https://a.example/feed?author=1&monkey=2&keyword=3&design=4&passage=5", None),
        ("https://a.example/@user/feed", None),
        ("write to desk@example.org", None),
        ("https://u:p@a.example/feed", "https://…@a.example/feed"),
        ("https://u@a.example/feed", "https://…@a.example/feed"),
        ("https://u:p@ss@a.example/feed", "https://…@a.example/feed"),
        ("https://a.example/feed?token=5f3a", "https://a.example/feed?token=…"),
        ("https://a.example/feed?lang=fr&token=5f3a&page=2", "https://a.example/feed?lang=fr&token=…&page=2"),
        ("https://a.example/feed?key=5f3a#top", "https://a.example/feed?key=…#top"),
        ("https://a.example/feed?KEY=5f3a", "https://a.example/feed?KEY=…"),
        ("https://a.example/feed?apikey=1&api_key=2&api-key=3", "https://a.example/feed?apikey=…&api_key=…&api-key=…"),
        ("https://a.example/feed?auth=1;sig=2", "https://a.example/feed?auth=…;sig=…"),
        ("https://a.example/feed?access_token=1&accessToken=2", "https://a.example/feed?access_token=…&accessToken=…"),
        ("https://a.example/?X-Amz-Signature=1&X-Amz-Credential=2", "https://a.example/?X-Amz-Signature=…&X-Amz-Credential=…"),
        ("https://a.example/?user[password]=1&amp;secret=2", "https://a.example/?user[password]=…&amp;secret=…"),
        ("https://a.example/#access_token=1", "https://a.example/#access_token=…"),
        ("https://a.example/?token=", None),
        ('got "https://a.example/?token=1", then (http://u:p@b.example/)', 'got "https://a.example/?token=…", then (http://…@b.example/)'),
    ],
)  # fmt: skip
def test_passwords_and_tokens_are_left_out_and_the_rest_stays(address: str, shown: str | None) -> None:
    """None: shown as it is. A person must still see which feed is meant."""
    assert shown_address(address) == (address if shown is None else shown)


@given(
    st.from_regex(r"[A-Za-z0-9%._~+/=-]{1,30}", fullmatch=True),
    st.sampled_from(["token", "key", "apikey", "auth", "sig"]),
)
def test_no_value_of_a_secret_key_is_shown_and_masking_twice_changes_nothing(value: str, key: str) -> None:
    """Whatever the token is made of."""
    shown = shown_address(f"https://a.example/feed?x=1&{key}={value}")
    assert shown == f"https://a.example/feed?x=1&{key}=…"
    assert shown_address(shown) == shown


def test_errors_mask_the_addresses_in_them() -> None:
    """They go to rows, logs, the terminal and the digest; the feed's own address stays for the program."""
    url = "https://a.example/feed?token=5f3a"
    crossed = pickle.loads(pickle.dumps(FeedError(f"{url}: not a feed")))  # noqa: S301 - our own
    for error in (FetchError(url, f"redirects to {url}"), FeedError(f"{url}: not a feed"), crossed):
        assert "5f3a" not in str(error) + repr(error) + error.why
    assert FetchError(url, "x").url == url
