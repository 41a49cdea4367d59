"""Page → article, its language and its sentences: the work of one worker call."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.read.extract import extract_article
from monitor.read.language import detect_language
from monitor.read.sentences import split_sentences
from monitor.records import Extract, Sentence


@dataclass(frozen=True, slots=True)
class ReadPage:
    """What was read from one page. lang: None if it could not be told."""

    extract: Extract
    lang: str | None
    sentences: tuple[Sentence, ...]


def read_page(body: bytes, *, url: str, content_type: str | None, hint: str | None = None) -> ReadPage:
    """Read a page as far as one can without knowing the claims.

    hint: the language its feed is said to be in; it decides for texts too short to tell.
    Raises ReadError if the page holds no article.
    """
    extract = extract_article(body, url=url, content_type=content_type)
    lang = detect_language(extract.text, hint=hint)
    return ReadPage(extract, lang, split_sentences(extract.text, lang))
