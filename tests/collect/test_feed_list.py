"""The feeds that ship: config/feeds.yaml as a newcomer finds it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from monitor.collect.urls import clean_url, host_of
from monitor.config import CollectSettings, load_settings

CONFIG = Path(__file__).parents[2] / "config" / "feeds.yaml"


def test_the_shipped_list_covers_nine_languages() -> None:
    """A story is told differently in each; fewer than four feeds is no coverage."""
    feeds = load_settings(CONFIG).feeds
    languages = Counter(feed.lang for feed in feeds)
    assert len(feeds) >= 45
    assert set(languages) == {"en", "fr", "de", "es", "it", "ru", "uk", "ko", "ja"}
    assert min(languages.values()) >= 4


def test_no_feed_stands_there_twice() -> None:
    """Two spellings of one address would be polled twice; two equal names cannot be told apart in a digest."""
    feeds = load_settings(CONFIG).feeds
    addresses = Counter((clean_url(feed.url) or "").replace("http://", "https://") for feed in feeds)
    assert addresses[""] == 0
    assert max(addresses.values()) == 1
    assert max(Counter(feed.name for feed in feeds).values()) == 1
    assert all("." in host_of(feed.url) for feed in feeds)


def test_the_shipped_settings_refuse_private_networks_and_say_nothing_else_than_the_defaults() -> None:
    """A newcomer's file shows the values; it must not change them by accident."""
    settings = load_settings(CONFIG)
    assert settings.collect == CollectSettings()
    assert settings.collect.allow_networks == ()
