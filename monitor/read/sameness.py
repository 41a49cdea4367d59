"""Two pages → one article or two: decide by their words."""

from __future__ import annotations

from monitor.read.copies import MIN_SHINGLES, WIDE, shingles

# Shorter texts are hub pages, teasers and notices, which a site repeats under many addresses. A wide character
# (Chinese, Japanese, Korean) counts twice. 179 of 181 news articles are as long (November 2026).
SAME_TEXT_CHARS = 500

# Twins share nearly all of the shorter text; two reports of one event share 0.05 (see read.copies).
TWINS_SHARE = 0.5


def is_long_enough(text: str) -> bool:
    """Tell whether a text is so long that only copies of one article share it to the letter."""
    return len(text) + len(WIDE.findall(text)) >= SAME_TEXT_CHARS


def may_be_one(title: str, text: str, other_title: str, other_text: str) -> bool:
    """Tell whether two pages may show one article, cut or changed meanwhile; False if they are clearly two.

    Texts that are too short to compare are one only where the headlines agree and one text holds the other.
    """
    few, many = sorted((shingles(text), shingles(other_text)), key=len)
    if len(few) >= MIN_SHINGLES:
        return len(few & many) >= TWINS_SHARE * len(few)
    return title.casefold() == other_title.casefold() and (text in other_text or other_text in text)
