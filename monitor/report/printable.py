"""Foreign text → text that can be shown: no control codes, no tricks with direction, lines that fit."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlsplit

from rich.cells import cell_len

from monitor.feed_records import FailingFeed, SilentFeed
from monitor.masking import shown_address

# C0, DEL and C1 hold ESC and CSI, which command a terminal; U+202A-E and U+2066-9 turn the direction of
# everything behind them; U+2028-9 are line ends to some readers; surrogates cannot be encoded. Directional
# marks and joiners stay: Arabic, Hebrew and Hindi need them.
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_BLANKS = re.compile("[ \t-\r\x1c-\x1f\x85\u2028\u2029]+")  # not the no-break spaces, which hold figures together

# Scripts without spaces: a line may end after each sign, but not before a closing or behind an opening one.
_NO_SPACES = "\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_OPENING = "「『（〈《【［｛〔〝"
_CLOSING = "、。，．・：；？！」』）〉》】］｝〕〟ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ"
_PIECE = re.compile(
    rf"[{_OPENING}]*[{_NO_SPACES}][{_CLOSING}]*|[{_OPENING}]*[^{_NO_SPACES}{_OPENING}]+|[{_OPENING}]+"
)
_BREAK = re.compile(r"(?<!«) (?![»?!:;%](?: |$))")  # French sets a space here at which no line may end


def safe_text(text: str) -> str:
    """Put foreign text on one line, without control codes and direction overrides; blanks become one space."""
    return _BLANKS.sub(" ", _UNSAFE.sub("", _BLANKS.sub(" ", text))).strip()


def safe_json(text: str) -> str:
    """Escape in JSON what `safe_text` would drop, so that it can be printed and still reads back the same."""
    return _UNSAFE.sub(lambda m: m[0] if m[0] == "\n" else f"\\u{ord(m[0]):04x}", text)


def json_text(value: object) -> str:
    """Write a value as JSON that can be printed, with its line end."""
    return safe_json(json.dumps(value, ensure_ascii=False, indent=2)) + "\n"


def utc_text(moment: datetime | None) -> str | None:
    """Write a moment in UTC as JSON and CSV have it, '2026-11-22T06:04:20Z'."""
    return moment.isoformat().replace("+00:00", "Z") if moment else None


def safe_url(url: str) -> str | None:
    """Return the address if it leads to the web (http or https) and holds no blanks, else None."""
    if _UNSAFE.search(url) or any(sign.isspace() for sign in url):
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.netloc else None


def shown_feed(feed: FailingFeed) -> FailingFeed:
    """Return a feed as it is shown to people: without the passwords and tokens of its address."""
    return replace(feed, url=shown_address(feed.url), error=shown_address(feed.error))


def shown_silent(feed: SilentFeed) -> SilentFeed:
    """Return a feed as it is shown to people, as shown_feed does."""
    return replace(feed, url=shown_address(feed.url))


def wrap(text: str, width: int) -> list[str]:
    """Break safe text into lines of at most `width` terminal cells (2 or more; wide signs take two).

    Lines end at spaces, in Chinese and Japanese between signs, and inside a word only if it is longer
    than a line. The lines without their ends are the text.
    """
    lines, line, used = [], "", 0
    for gap, piece in _pieces(text, width):
        size = cell_len(piece)
        if line and used + len(gap) + size > width:
            lines.append(line)
            line, used = piece, size
        else:
            line, used = line + gap + piece, used + len(gap) + size
    return [*lines, line] if line else lines


def _pieces(text: str, width: int) -> Iterator[tuple[str, str]]:
    """Yield what must stay together, each with the space before it."""
    gap = ""
    for word in _BREAK.split(text):
        for piece in _PIECE.findall(word):
            for part in _chopped(piece, width):
                yield gap, part
                gap = ""
        gap = " "


def _chopped(piece: str, width: int) -> Iterator[str]:
    if cell_len(piece) <= width:
        yield piece
        return
    part = ""
    for sign in piece:
        if part and cell_len(sign) and cell_len(part + sign) > width:
            yield part
            part = ""
        part += sign
    yield part
