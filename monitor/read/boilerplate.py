"""Markup → Markup: take away what surrounds an article, and choose the element that holds it."""

from __future__ import annotations

import re
from itertools import pairwise

from lxml.etree import iterwalk

from monitor.read.markup import Tree

# Names that publishers give in class, id and data-component attributes. They are matched as whole words of a
# name, so that "share-bar" and "ShareBar" count and "shareholders" does not.
SURROUNDINGS = frozenset(
    """cookie cookies consent gdpr cmp onetrust didomi banner navbar breadcrumb breadcrumbs menu share sharing
    social socials sharebar addthis related relateds recommended
    recommendations readmore readalso newsletter subscribe
    subscription promo promos promotion advert advertisement ads sponsored outbrain taboola comments
    comment disqus caption figcaption byline bylines timestamp dateline teaser teasers mostread trending popular
    tags taglist skiplink sidebar toolbar copyright""".split()  # noqa: SIM905  # a list of words reads best as words
)
# Two words in a row mean what one alone does not.
PAIRS = frozenset(
    """read-also read-more see-also more-stories more-news most-read top-stories also-read also-like skip-link
    article-meta post-meta entry-meta meta-info author-bio author-box wire-credit agency-credit photo-credit
    image-credit social-media next-article prev-article article-tags article-footer article-credit
    up-next on-topic""".split()  # noqa: SIM905  # a list of words reads best as words
)
# Of these, the ones that may name the agency a text comes from; not where they belong to a picture or other story.
BYLINES = frozenset({"byline", "bylines", "dateline"})
CREDIT_PAIRS = frozenset({"wire-credit", "agency-credit", "article-credit"})
OTHERS = frozenset({"related", "relateds", "recommended", "teaser", "teasers", "mostread", "trending", "popular"})
ELSEWHERE = "ancestor::figure | ancestor::footer | ancestor::aside | ancestor::nav"
BYLINE_CHARS = 200
WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
BLOCKS = "//nav | //footer | //aside | //form | //dialog | //figure | //iframe | //noscript | //button | //svg"
ROLES = (
    '//*[@role="navigation" or @role="dialog" or @role="alertdialog" or @role="complementary" or @hidden '
    'or @role="contentinfo" or @role="banner" or @role="search" or @aria-hidden="true"]'
)
# A block that holds the headline, or this much of a page's text, is no surrounding, whatever it is called.
LARGE_SHARE, LARGE_CHARS = 0.5, 500
# The element marked as the article must hold this share of the text that is left: some pages mark only teasers.
CONTAINER_SHARE = 0.4
APART = frozenset(("a", "h1", "h2", "h3", "title"))  # what these hold is no running text

# What a line that only points to another story starts with. Whole lines of up to TEASER_CHARS characters go, and
# only if they end without the stop of a sentence or hold a link.
TEASER_CHARS = 220
TEASER = re.compile(
    r"""^\W*(
    read\ (also|more|next)|also\ read|see\ also|related(\ (stories|articles|news))?\s*:|more\ on\ this|watch\s*:|
    lire\ (aussi|également)|à\ lire(\ aussi)?|voir\ aussi|sur\ le\ même\ sujet|
    lesen\ sie\ (auch|mehr)|mehr\ zum\ thema|siehe\ auch|auch\ interessant|
    le[ae]\ (también|además)|le\ puede\ interesar|te\ puede\ interesar|más\ información\s*:|vea\ también|
    leggi\ (anche|di\ più)|guarda\ anche|potrebbe\ interessarti|
    leia\ (também|mais)|veja\ também|saiba\ mais|
    читайте\ также|читать\ также|смотрите\ также|по\ теме\s*:|читайте\ также\ по\ теме|
    читайте\ також|дивіться\ також|за\ темою\s*:|
    관련\ ?기사|관련\ ?뉴스|함께\ ?보기|
    関連記事|あわせて読みたい|こちらもおすすめ|
    相关(阅读|新闻|报道|文章)|延伸阅读|推荐阅读|相關(閱讀|新聞|報導)|延伸閱讀
    )""",
    re.IGNORECASE | re.VERBOSE,
)


def is_teaser(line: str, *, linked: bool) -> bool:
    """Tell whether a line only points to another story. linked: it holds a link."""
    if len(line) > TEASER_CHARS or not TEASER.match(line):
        return False
    return linked or ":" in line[:40] or "：" in line[:40] or not line.rstrip().endswith((".", "。", "!", "?"))


def remove_surroundings(tree: Tree) -> list[str]:
    """Drop navigation, banners, related stories, share bars, captions and teasers from the tree, in place.

    Returns what the dropped bylines, datelines and credit lines said, in the order of the page.
    """
    total = text_chars(tree)
    bylines = [line for element in _named(tree) if (line := _byline(element))]
    for element in [*tree.xpath(BLOCKS), *tree.xpath(ROLES), *_named(tree)]:
        if element.getparent() is not None and not _holds_article(element, total):
            element.drop_tree()
    for paragraph in tree.xpath(
        "//p | //li | //h2 | //h3 | //h4 | //strong | //div[not(*[not(self::a or self::strong)])]"
    ):
        line = " ".join(paragraph.text_content().split())
        if paragraph.getparent() is not None and is_teaser(line, linked=paragraph.find(".//a") is not None):
            paragraph.drop_tree()
    for time in tree.xpath("//p//time"):
        time.drop_tag()  # trafilatura would drop the date inside a sentence with it
    return list(dict.fromkeys(bylines))


def _byline(element: Tree) -> str | None:
    """Return the line of an element that is named as saying who wrote; None for others, those of pictures too."""
    words = _name_words(element)
    named = not BYLINES.isdisjoint(words) or any(f"{a}-{b}" in CREDIT_PAIRS for a, b in pairwise(words))
    if not named or element.xpath(ELSEWHERE):
        return None
    if any(not OTHERS.isdisjoint(_name_words(outer)) for outer in element.iterancestors()):
        return None
    line = " ".join(element.text_content().split())
    return line if 0 < len(line) <= BYLINE_CHARS else None


def _holds_article(element: Tree, total: int) -> bool:
    if element.xpath('boolean(descendant-or-self::*[self::h1 or self::body or @itemprop="articleBody"])'):
        return True
    if len(element.text_content()) <= LARGE_CHARS:
        return False  # the cheap question first
    chars = text_chars(element)
    return chars > LARGE_CHARS and chars > LARGE_SHARE * total


def _named(tree: Tree) -> list[Tree]:
    found = []
    for element in tree.xpath("//body//*[@class or @id or @data-component]"):
        if element.tag in ("article", "main"):
            continue
        if any(_is_surrounding(name) for name in _names(element).split()):
            found.append(element)
    return found


def _name_words(element: Tree) -> list[str]:
    return [word.lower() for word in WORD.findall(_names(element))]


def _names(element: Tree) -> str:
    return " ".join(element.get(key) or "" for key in ("class", "id", "data-component"))


def _is_surrounding(name: str) -> bool:
    words = [word.lower() for word in WORD.findall(name)]
    # "has-cookie", "no-share": the state of a block, not its kind
    if not words or words[0] in ("has", "no", "with", "is", "not"):
        return False
    return not SURROUNDINGS.isdisjoint(words) or any(f"{a}-{b}" in PAIRS for a, b in pairwise(words))


def find_container(tree: Tree) -> Tree | None:
    """Return the element that the page itself marks as its article; None if it marks none, or several alike.

    An element counts with its text outside links and headings; it must have three times that of the
    next one, as teasers of other stories are often marked as articles too.
    """
    total = text_chars(tree)
    for path in (
        '//*[@itemprop="articleBody"]',
        "//article",
        '//*[@role="article"]',
        "//main",
        '//*[@role="main"]',
    ):
        marked = tree.xpath(path)
        inside = {id(element) for outer in marked for element in outer.iterdescendants()}
        sizes = sorted(((text_chars(e), i) for i, e in enumerate(marked) if id(e) not in inside), reverse=True)
        if not sizes or sizes[0][0] < CONTAINER_SHARE * total or not sizes[0][0]:
            continue
        if len(sizes) == 1 or sizes[0][0] >= 3 * sizes[1][0]:
            return marked[sizes[0][1]]
    return None


def text_chars(element: Tree) -> int:
    """Count the characters of the text outside links and headings."""
    if not APART.isdisjoint(outer.tag for outer in element.iterancestors()):
        return 0
    # A walk, not an XPath that asks each text for its ancestors: under a thousand levels that took a minute.
    chars, walker = 0, iterwalk(element, events=("start", "end"))
    for event, part in walker:
        if event == "end":
            chars += len((part.tail or "").strip()) if part is not element else 0
        elif part.tag in APART:
            walker.skip_subtree()
        else:
            chars += len((part.text or "").strip())
    return chars
