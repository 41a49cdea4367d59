"""Address → shown address: leave out the passwords and tokens that an address may hold."""

from __future__ import annotations

import re

_USER = re.compile(r"(?<=://)[^/?#\s@]+(?:@[^/?#\s@]*)*(?=@)")
# In a query or fragment, also of an address that stands in another one. Short words count alone or after a sign
# ("my-key", not "monkey" or "author"), long ones at the end of any name ("accessToken").
_SECRET = re.compile(
    r"""([?&;\#](?:amp;)?(?:(?:[\w.\[\]-]*[-_.\[])?(?:api-?key|key|auth|sig|pass|pwd|sid|jwt)
    |[\w.\[\]-]*(?:token|secret|passw(?:or)?d|signature|credentials?|apikey|authorization))\]?=)[^&\#;\s"'<>]+""",
    re.IGNORECASE | re.VERBOSE,
)
MASK = "…"


def shown_address(text: str) -> str:
    """Return an address, or a text with addresses in it, without user names, passwords and tokens.

    "https://a.example/feed?lang=fr&token=5f3a" becomes "https://a.example/feed?lang=fr&token=…".
    Showing what is shown already changes nothing.
    """
    return _SECRET.sub(rf"\1{MASK}", _USER.sub(MASK, text))
