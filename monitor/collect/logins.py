"""Feeds, environment → Logins: what is sent to feeds that ask who reads them."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from monitor.collect.urls import host_of
from monitor.config import FeedSettings
from monitor.errors import ConfigError

_USER_AND_PASSWORD = re.compile(r"[^:\x00-\x1f\x7f]+:[^\x00-\x1f\x7f]+")
_TOKEN = re.compile(r"Bearer [A-Za-z0-9._~+/-]+=*")


@dataclass(frozen=True, slots=True)
class Login:
    """What is sent to one origin (scheme, host and port) and to nobody else. authorization: the header, secret."""

    origin: str
    authorization: str = field(repr=False)


def read_logins(feeds: Iterable[FeedSettings], environment: Mapping[str, str]) -> dict[str, Login]:
    """Find the logins of the feeds that name one; by the feed's address in the config.

    The variable MONITOR_LOGIN_NAME holds "user:password" or "Bearer TOKEN".
    Raises ConfigError that names the variable if it is missing or holds neither; it never shows what it holds.
    """
    return {
        feed.url: Login(origin_of(feed.url), _authorization(feed, environment)) for feed in feeds if feed.login
    }


def variable_of(login: str) -> str:
    """Return the name of the environment variable for a login: "my-paper" is in MONITOR_LOGIN_MY_PAPER."""
    return "MONITOR_LOGIN_" + re.sub(r"[^A-Z0-9]", "_", login.upper())


def origin_of(url: str) -> str:
    """Return scheme, host and port of an address, in the one form that origins are compared in."""
    return f"{urlsplit(url).scheme}://{host_of(url)}"


def _authorization(feed: FeedSettings, environment: Mapping[str, str]) -> str:
    variable = variable_of(feed.login or "")
    secret = environment.get(variable, "").strip()
    if not secret:
        raise ConfigError(
            f"{variable}: not set, and the feed {feed.name} needs it. Set it to user:password or to Bearer TOKEN."
        )
    if _TOKEN.fullmatch(secret):
        return secret
    if secret.startswith("Bearer ") or not _USER_AND_PASSWORD.fullmatch(secret):
        raise ConfigError(f"{variable}: holds neither user:password nor Bearer TOKEN. Set it to one of them.")
    return f"Basic {b64encode(secret.encode()).decode()}"
