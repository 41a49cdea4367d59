"""robots.txt → rules: which addresses of a host we may ask for, and how slowly (RFC 9309)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from protego import Protego

OUR_NAME = "monitor"  # what we are called in a robots.txt; the User-Agent header begins with it
MOST_BYTES = 500 * 1024  # RFC 9309, 2.5: at least so much must be read

_FIELD = re.compile(r"\s*(user[- ]?agent|sitemaps?|site-map|host)\b\s*:?\s*([^#]*)", re.IGNORECASE)
_PRODUCT = re.compile(r"[A-Za-z_-]+|\*")


@dataclass(frozen=True, slots=True)
class RobotsFile:
    """What a host's robots.txt was found to be. rules: its text; None: there is none, and all is allowed.

    blocked: the server was not able to answer, and nothing is known of what it allows.
    """

    fetched_at: datetime
    rules: str | None
    blocked: bool


@dataclass(frozen=True, slots=True)
class RobotsRules:
    """What a robots.txt says to us. crawl_delay_s: from one request to the next; 0 where it says nothing."""

    _parsed: Protego
    crawl_delay_s: float

    def allow(self, url: str) -> bool:
        """Tell whether an address of this host may be asked for."""
        return bool(self._parsed.can_fetch(url, OUR_NAME))


def decode_robots(body: bytes) -> str:
    """Read the bytes of a robots.txt as text: UTF-8, up to the last whole line within MOST_BYTES."""
    if len(body) > MOST_BYTES:  # half a line could forbid what the whole one does not
        body = body[: max(body.rfind(b"\n", 0, MOST_BYTES), body.rfind(b"\r", 0, MOST_BYTES), 0)]
    return body.decode("utf-8-sig", "replace")


def parse_robots(text: str) -> RobotsRules:
    """Read what a robots.txt says to us: in groups with our name or, without one, in those for everybody.

    Whatever is not understood forbids nothing.
    """
    parsed = Protego.parse(_ours(text))
    return RobotsRules(parsed, float(parsed.crawl_delay(OUR_NAME) or 0))


def _ours(text: str) -> str:
    """Leave out the groups of other robots.

    protego pairs every name of a group with every rule in it, which takes minutes for a file made to that end;
    and it takes a group for "mon" for ours too.
    """
    kept: list[str] = []
    ours, in_rules = False, False
    for line in text.splitlines():
        field = _FIELD.match(line)
        if field is None:
            in_rules = in_rules or bool(line.partition("#")[0].strip())
            if ours:
                kept.append(line)
        elif field[1].lower().startswith("user"):
            ours, in_rules = ours and not in_rules, False
            name = _PRODUCT.match(field[2])
            if name and name[0].lower() in (OUR_NAME, "*"):
                ours = True
                kept.append(f"User-agent: {name[0]}")
    return "\n".join(kept)
