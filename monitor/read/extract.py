"""Page → Extract: find the main text of a news page, and what the page says about it."""

# Runs in a worker process (see workers.py): hostile markup can keep any parser busy. Nothing asks the network.

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy

from lxml import html
from lxml.etree import LxmlError, iterwalk
from trafilatura import bare_extraction
from trafilatura.settings import Document, use_config

from monitor.errors import ReadError
from monitor.read.boilerplate import find_container, is_teaser, remove_surroundings, text_chars
from monitor.read.credits import find_credits
from monitor.read.instead import what_instead
from monitor.read.markup import Tree, clean_line, parse_markup
from monitor.read.page_facts import PageFacts, find_facts
from monitor.records import Extract

# A report can be complete in one sentence of this length; a shorter text is a slogan or a button.
# Where the page does not mark its article, what is found must read like one: a sentence, this long.
MIN_CHARS = 20
MIN_CHARS_UNMARKED = 60
# Of an article with this much text, less than this share is too little.
# Tuned on 181 news pages, November 2026: re-run benchmarks/bench_read.py.
MUCH_CHARS, ENOUGH_SHARE = 1_000, 0.6
# What lxml, trafilatura and htmldate raise on markup that nobody foresaw. It is the page's fault as far as the
# reader is concerned: it must neither stop the daemon nor be tried for ever.
PARSERS_GIVE_UP = (ArithmeticError, AttributeError, LookupError, LxmlError, RecursionError, TypeError, ValueError)
INLINE = frozenset(
    "a abbr b bdi cite code data dfn em font i ins kbd mark q s small span strong sub sup u var wbr".split()  # noqa: SIM905
)
SENTENCE_END = re.compile(r"[.!?…。！？｡।؟۔][\"'»”’）)\]」』]*(\s|$)|[。！？]|다\.")


def extract_article(body: bytes, *, url: str, content_type: str | None = None) -> Extract:
    """Find the article on a page: its text without surroundings, headline, author, site, dates, address.

    body: the page as it came; content_type: the HTTP header, for its charset. url: where the page
    stands; its own address is taken only on the same registered domain.
    The text is final: one paragraph a line ("\\n" between them), lines as clean_line leaves them.
    Offsets count in this text, and nobody changes it later.
    Raises ReadError if the page has no article text, or is none of a kind that can be read.
    """
    try:
        return _extract(body, url=url, content_type=content_type)
    except PARSERS_GIVE_UP as error:
        raise ReadError(f"the markup broke a parser ({type(error).__name__}: {error}); it is left out") from error


def _extract(body: bytes, *, url: str, content_type: str | None) -> Extract:
    tree = parse_markup(body, content_type=content_type)
    facts = find_facts(tree, url=url)
    titles = [clean_line(element.text_content()) for element in tree.iter("title", "h1")]
    bylines = remove_surroundings(tree)
    container = find_container(tree)
    lines = _find_lines(tree, container, facts)
    if not lines and facts.body:
        lines = _without_surroundings([clean_line(line) for line in facts.body.split("\n")], facts)
    text = "\n".join(lines)
    readable = _reads_like_an_article(text, marked=container is not None or bool(facts.body))
    instead = what_instead(
        [*filter(None, [facts.headline]), *titles],
        lines if readable else [*filter(None, _block_lines(tree))],
        site=facts.site,
        dated=facts.published_at is not None,
    )
    if instead:
        raise ReadError(f"{instead}, not the article")
    if not readable:
        raise ReadError("no article text found on the page; open it to see whether it needs a script or a login")
    return Extract(
        title=facts.headline or lines[0][:200],
        text=text,
        author=facts.author,
        site=facts.site,
        published_at=facts.published_at,
        modified_at=facts.modified_at,
        canonical_url=facts.canonical_url,
        credits=find_credits(text, bylines=[*filter(None, [facts.stated_author]), *bylines]),
    )


def _reads_like_an_article(text: str, *, marked: bool) -> bool:
    """Tell whether a text is a sentence or more. One letter of Korean, Japanese or Chinese says as much as two."""
    wide = sum(character >= "\u1100" for character in text)
    return len(text) + wide >= (MIN_CHARS if marked else MIN_CHARS_UNMARKED) and bool(SENTENCE_END.search(text))


def _find_lines(tree: Tree, container: Tree | None, facts: PageFacts) -> list[str]:
    """Read the marked article alone; where trafilatura gives too little of it, take all its blocks.

    A page that marks none is read whole; if all its text comes as one lump, with all of trafilatura's means.
    """
    scope = tree if container is None else _page_of(container)
    lines = _article_lines(scope, facts, thorough=False)
    there = text_chars(scope)
    if there <= MUCH_CHARS:
        return lines
    if container is None:
        return lines if len(lines) > 1 else _article_lines(tree, facts, thorough=True)
    if _size(lines) >= ENOUGH_SHARE * there:
        return lines
    others = _without_surroundings(_block_lines(container), facts)
    return others if _size(others) > _size(lines) else lines


def _block_lines(element: Tree) -> list[str]:
    """All text of an element, a line for each run between the edges of blocks."""
    runs = [""]
    for event, part in iterwalk(element, events=("start", "end")):
        if part.tag not in INLINE:
            runs.append("")
        runs[-1] += (part.text if event == "start" else part.tail if part is not element else "") or ""
    return [clean_line(run) for run in runs]


def _size(lines: list[str]) -> int:
    return sum(map(len, lines))


def _page_of(container: Tree) -> Tree:
    """A page of its own for the article, so that nothing outside it is mistaken for it."""
    page = html.document_fromstring("<html><body></body></html>")
    page.body.append(deepcopy(container))
    return page


def _article_lines(tree: Tree, facts: PageFacts, *, thorough: bool) -> list[str]:
    """Ask trafilatura. thorough: with readability and justext beside, for pages whose markup says nothing."""
    config = use_config()
    if not thorough:
        # A shorter text is replaced by all that stands on the page; a short article is no reason for that.
        config.set("DEFAULT", "MIN_EXTRACTED_SIZE", "1")
    document = bare_extraction(tree, fast=not thorough, include_comments=False, config=config)
    return _without_surroundings(list(_lines(document.body)), facts) if isinstance(document, Document) else []


def _lines(body: Tree) -> Iterator[str]:
    """Turn trafilatura's tree into lines: paragraphs, headings, list items; a table row is one line."""
    for block in body:
        if block.tag == "table":
            for row in block.iter("row"):
                yield " | ".join(
                    filter(None, (clean_line(" ".join(cell.itertext())) for cell in row.iter("cell")))
                )
        elif block.tag in ("list", "quote") and len(block):
            yield clean_line(block.text or "")
            yield from _lines(block)
        else:
            yield from _split_at_breaks(block)
        yield clean_line(block.tail or "")


def _split_at_breaks(block: Tree) -> Iterator[str]:
    parts = [block.text or ""]
    for element in block.iterdescendants():
        if element.tag in ("lb", "p", "item"):
            parts.append("")
        parts[-1] += element.text or ""
        parts[-1] += element.tail or ""
    yield from (clean_line(part) for part in parts)


def _without_surroundings(lines: list[str], facts: PageFacts) -> list[str]:
    """Drop empty lines, pointers to other stories, and headline and byline where they stand before the text."""
    kept: list[str] = []
    for line in lines:
        leads = not kept and _says_the_same(line, facts)
        if line and not leads and not is_teaser(line, linked=False) and line != (kept[-1] if kept else None):
            kept.append(line)
    return kept


def _says_the_same(line: str, facts: PageFacts) -> bool:
    folded = _fold(line)
    return bool(folded) and folded in {_fold(facts.headline), _fold(facts.author), _fold(facts.site)}


def _fold(line: str | None) -> str:
    return re.sub(r"\W+", " ", (line or "").casefold()).strip()
