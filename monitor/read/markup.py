"""Bytes → Markup: turn the body of a web page into a tree of elements, in the right charset."""

from __future__ import annotations

import codecs
import re
import sys
import unicodedata
from html import unescape
from typing import Any

from charset_normalizer import from_bytes
from lxml import html
from lxml.etree import LxmlError

from monitor.errors import ReadError

Tree = Any  # lxml ships no types: an HtmlElement

# The largest of 181 news pages (benchmarks/bench_read.py, November 2026) has 1.5 MB and 1,709 elements.
# 200,000 paragraphs keep trafilatura busy for over 10 s (adbar/trafilatura#704).
MAX_BYTES = 20_000_000
MAX_ELEMENTS = 60_000
SNIFFED_BYTES = 4_096  # browsers look for <meta charset> in the first kilobyte; some pages put it later
GUESSED_BYTES = 65_536  # enough for charset detection, which is slow on more

BINARY = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"%PDF", b"PK\x03\x04", b"\x1f\x8b", b"RIFF", b"OggS", b"ID3")
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
CHARSET = re.compile(
    rb"""charset\s*=\s*["']?\s*([A-Za-z0-9_.:-]+)|encoding\s*=\s*["']([A-Za-z0-9_.:-]+)""", re.IGNORECASE
)

# What browsers make of the names (https://encoding.spec.whatwg.org/#names-and-labels): a page that says
# latin-1 is windows-1252, and the old names of the Asian charsets stand for their larger successors.
BROWSER_NAMES = {
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
}
# Format characters that no reader sees: they would cut words in two for search and the model.
# Joiners (U+200C, U+200D) stay: Persian and Indian scripts are misspelt without them.
INVISIBLE = re.compile(
    "[\u00ad\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb]"
)
# C0 and C1 controls but tab and line ends, lone surrogates, and what XML forbids.
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
REFERENCE = re.compile(r"&#(\d{1,9}|[xX][0-9a-fA-F]{1,8});?")


def parse_markup(body: bytes, *, content_type: str | None) -> Tree:
    """Parse a page into an lxml tree; its charset comes from the bytes, then HTTP, then the page itself.

    Raises ReadError if body is empty, larger than MAX_BYTES, no text, nested beyond what can be
    parsed (2,048 levels), or has more than MAX_ELEMENTS elements.
    """
    if len(body) > MAX_BYTES:
        raise ReadError(f"the page has {len(body):,} bytes, more than {MAX_BYTES:,}; it is left out")
    if not body.strip():
        raise ReadError("the page is empty; the site may be down")
    if body.startswith(BINARY):
        raise ReadError("the page is a picture, a document or an archive, not a web page")
    text = FORBIDDEN.sub("", decode_page(body, content_type=content_type))
    return _parse(REFERENCE.sub(_without_forbidden, text))


def _without_forbidden(reference: re.Match[str]) -> str:
    """Drop a reference such as &#1; to a character that may not stand in a tree; read &#150; as browsers do."""
    digits = reference[1].lower()
    code = int(digits[1:], 16) if digits.startswith("x") else int(digits)
    if code > sys.maxunicode or FORBIDDEN.match(chr(code)):
        return FORBIDDEN.sub("", unescape(reference[0])) if 0x80 <= code <= 0x9F else ""
    return reference[0]


def _parse(text: str) -> Tree:
    parser = html.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        tree = html.document_fromstring(text.encode(), parser=parser)
    except LxmlError:
        raise ReadError("the page holds no markup that can be read") from None
    if any("depth" in entry.message.lower() for entry in parser.error_log):
        raise ReadError("the page is nested too deeply to be read")
    elements = sum(1 for _ in tree.iter())
    if elements > MAX_ELEMENTS:
        raise ReadError(f"the page has {elements:,} elements, more than {MAX_ELEMENTS:,}; it is left out")
    return tree


def decode_page(body: bytes, *, content_type: str | None) -> str:
    """Decode a page: byte order mark, UTF-8 if it is that, the charset named by HTTP or page, a guess.

    UTF-8 goes before the names because text in another charset is hardly ever valid UTF-8, while
    pages that name the wrong charset are common. Bytes that fit nothing become U+FFFD.
    """
    for mark, charset in BYTE_ORDER_MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(charset, errors="replace")
    wide = _utf_16_without_mark(body)
    if wide:
        return body.decode(wide, errors="replace")
    names = [
        *_named_charsets((content_type or "").encode("ascii", "ignore")),
        *_named_charsets(body[:SNIFFED_BYTES]),
    ]
    seven_bit = [name for name in names if name.startswith(("iso2022", "hz"))]  # these look like UTF-8
    for charset in (*seven_bit, "utf-8", *names):
        if _fits(body, charset):
            return body.decode(charset, errors="ignore")
    best = from_bytes(body[:GUESSED_BYTES]).best() if not names else None
    charset = names[0] if names else (best.encoding if best else "utf-8")
    return body.decode(charset, errors="replace")


def _named_charsets(head: bytes) -> list[str]:
    found: list[str] = []
    for match in CHARSET.finditer(head):
        name = (match[1] or match[2]).decode("ascii")
        try:
            b"a".decode(name)
        except (LookupError, UnicodeError):
            continue  # no charset, or a codec that is none, as "hex"
        known = codecs.lookup(name).name
        charset = BROWSER_NAMES.get(known, known)
        if not charset.startswith(("utf-16", "utf-32")):
            found.append(charset)  # a page that can be read as ASCII up to its <meta> is neither
    return found


def _fits(body: bytes, charset: str) -> bool:
    """Tell whether the bytes are this charset; a character cut off at the very end does not count."""
    try:
        codecs.getincrementaldecoder(charset)("strict").decode(body, final=False)
    except UnicodeError:
        return False
    return True


def _utf_16_without_mark(body: bytes) -> str | None:
    """Markup in UTF-16 has a zero in every other byte of its tags."""
    head = body[:64]
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if len(head) < 20 or max(even, odd) < len(head) // 4:
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def clean_line(text: str) -> str:
    """Bring one line of text into the form that is stored, for good: offsets count in it.

    NFC; controls and invisible characters gone; every kind of space, no-break ones included, one
    plain space; none at the ends.
    """
    visible = INVISIBLE.sub("", FORBIDDEN.sub("", text))
    return " ".join(unicodedata.normalize("NFC", visible).split())
