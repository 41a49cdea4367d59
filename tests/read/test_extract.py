"""Extract: the article and nothing else, from pages as they are made and as they are broken."""

from __future__ import annotations

import json
import socket
import time
from datetime import UTC, datetime
from typing import Never

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.errors import ReadError
from monitor.read.extract import extract_article
from monitor.read.markup import MAX_BYTES, clean_line, decode_page
from monitor.records import Extract
from tests.read.news_pages import HEADLINE, PARAGRAPHS, news_page

URL = "https://www.valley-post.com/2024/10/bridge"
SHORT = {
    "en": ("The mayor denied on Monday that the bridge was unsafe.",),
    "fr": ("Le maire a démenti lundi que le pont soit dangereux.", "Selon lui, « tout est en ordre »."),
    "de": ("Der Bürgermeister wies am 3. Oktober zurück, dass die Brücke unsicher sei.",),
    "es": ("El alcalde negó el lunes que el puente sea inseguro.",),
    "it": ("Il sindaco ha negato lunedì che il ponte sia insicuro.",),
    "pt": ("O autarca negou na segunda-feira que a ponte seja insegura.",),
    "ru": ("Мэр опроверг сообщения о том, что мост опасен.",),
    "uk": ("Мер заперечив повідомлення про те, що міст небезпечний.",),
    "ko": ("시장은 다리가 위험하다는 보도를 부인했다.",),
    "ja": ("市長は橋が危険だとの報道を否定した。",),
    "zh": ("市长否认大桥存在危险。", "他说，大桥将于十月重新开放，费用为一千万元。"),
    "bg": ("Кметът отрече мостът да е опасен.",),
}


def read(page: str | bytes, *, url: str = URL, content_type: str | None = None) -> Extract:
    """Extract a page given as text or bytes."""
    return extract_article(page.encode() if isinstance(page, str) else page, url=url, content_type=content_type)


@pytest.mark.parametrize("wrap", ["article", "div", 'section itemprop="articleBody"'])
@pytest.mark.parametrize("lang", SHORT)
def test_a_short_report_is_read_exactly(lang: str, wrap: str) -> None:
    """Many reports are one sentence; all that stands around them would become false evidence."""
    assert read(news_page(*SHORT[lang], lang=lang, wrap=wrap)).text == "\n".join(SHORT[lang])


def test_a_page_says_who_wrote_it_and_when() -> None:
    """Headline without the outlet's name, byline without "By", the time in UTC."""
    found = read(news_page(*PARAGRAPHS))
    assert found == Extract(
        title=HEADLINE,
        text="\n".join(PARAGRAPHS),
        author="Ann Wood",
        site="The Valley Post",
        published_at=datetime(2024, 10, 8, 16, 30, tzinfo=UTC),
        modified_at=None,
        canonical_url=None,
    )


def json_ld(**facts: object) -> str:
    return f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle", **facts})}</script>'


@pytest.mark.parametrize(
    ("head", "published", "modified"),
    [
        (json_ld(datePublished="2024-10-09T23:30:00-05:00"), "2024-10-10T04:30", None),
        (
            json_ld(datePublished="2024-10-09", dateModified="2024-10-10"),
            "2024-10-09T00:00",
            "2024-10-10T00:00",
        ),
        (
            '<meta property="article:published_time" content="2024-10-09T10:00:00+0200">'
            '<meta property="article:modified_time" content="2024-10-09T12:00:00Z">',
            "2024-10-09T08:00",
            "2024-10-09T12:00",
        ),
        (json_ld(datePublished="1824-01-01", dateModified="soon"), "2024-10-08T16:30", None),
        (
            f"<script type='application/ld+json'>{{'broken: [{'[' * 500}</script>",
            "2024-10-08T16:30",
            None,
        ),
        (json_ld(**{"@type": "WebPage", "datePublished": "2020-01-01"}), "2024-10-08T16:30", None),
    ],
)
def test_dates_of_publication_and_change_are_kept_apart(head: str, published: str, modified: str | None) -> None:
    """A correction of today does not make a report of last week new; a day alone is midnight UTC."""
    found = read(news_page(*PARAGRAPHS, head=head))
    assert found.published_at == datetime.fromisoformat(f"{published}Z")
    assert found.modified_at == (datetime.fromisoformat(f"{modified}Z") if modified else None)


def test_a_date_in_the_byline_is_found_and_an_unknown_one_is_none() -> None:
    """Some pages only print the day; a page without any has no date, never today's."""
    page = "<html><body><article><p class='date'>Published: 12 October 2024</p><p>{}</p></article></body></html>"
    assert read(page.format(PARAGRAPHS[0])).published_at == datetime(2024, 10, 12, tzinfo=UTC)
    assert read(f"<html><body><article><p>{PARAGRAPHS[0]}</p></article></body></html>").published_at is None


@pytest.mark.parametrize(
    ("link", "canonical"),
    [
        (
            "https://valley-post.com/bridge?id=7&utm_source=x#top",
            "https://valley-post.com/bridge?id=7&utm_source=x",
        ),
        ("/2024/bridge", "https://www.valley-post.com/2024/bridge"),
        ("https://thief.example/bridge", None),
        ("https://www.valley-post.com/", None),
        ("javascript:alert(1)", None),
        ("http://[broken", None),
        ("", None),
    ],
)
def test_a_pages_own_address_counts_only_on_its_own_domain(link: str, canonical: str | None) -> None:
    """It decides which articles are the same, so another site must not be able to claim one."""
    assert read(news_page(*PARAGRAPHS, head=f'<link rel="canonical" href="{link}">')).canonical_url == canonical


@pytest.mark.parametrize(
    ("title", "h1", "expected"),
    [
        ("Bridge opens | The Valley Post", "", "Bridge opens"),
        ("The Valley Post - Bridge opens", "", "Bridge opens"),
        ("Ferry - what we know | The Valley Post", "", "Ferry - what we know"),
        ("Bridge opens after ten years | Valley", "Bridge opens after ten years", "Bridge opens after ten years"),
    ],
)
def test_the_headline_is_the_pages_own(title: str, h1: str, expected: str) -> None:
    """The outlet's name is no part of it, a dash inside is."""
    page = (
        f"<html><head><title>{title}</title><meta property='og:title' content='{title}'>"
        f"<meta property='og:site_name' content='The Valley Post'></head><body><article><h1>{h1}</h1>"
        f"<p>{PARAGRAPHS[0]}</p></article></body></html>"
    )
    assert read(page).title == expected


def test_names_in_json_ld_come_as_text_object_or_list() -> None:
    """Publishers use all three; a profile's address is no name."""
    author = [{"name": "Ann Wood"}, "Bo Li", {"name": None}, 7]
    head = json_ld(author=author, publisher={"name": "Valley Wire"}, headline=HEADLINE)
    found = read(news_page(*PARAGRAPHS, head=head))
    assert (found.author, found.site) == ("Ann Wood, Bo Li", "Valley Wire")
    head = '<meta name="author" content="https://social.example/ann"><meta name="byl" content="By Ann Wood">'
    assert read(news_page(*PARAGRAPHS, head=head)).author == "Ann Wood"


TEASERS = ["Read also: Mayor resigns", "Lire aussi : le maire démissionne", "Lesen Sie auch: Rücktritt",
           "Читайте также: Мэр ушёл", "Читайте також: Мер пішов", "Lea también: dimite el alcalde",
           "Leggi anche: si dimette il sindaco", "Leia também: autarca demite-se", "관련기사 시장 사퇴",
           "関連記事：市長辞任", "相关阅读：市长辞职"]  # fmt: skip


@pytest.mark.parametrize("teaser", TEASERS)
@pytest.mark.parametrize("markup", ["<p><a href='/x'>{}</a></p>", "<p><strong>{}</strong></p>", "<div>{}</div>"])
def test_pointers_to_other_stories_are_dropped(teaser: str, markup: str) -> None:
    """They stand between the paragraphs and speak of another event."""
    assert read(news_page(*PARAGRAPHS, inside=markup.format(teaser))).text == "\n".join(PARAGRAPHS)


def test_a_sentence_that_begins_like_a_teaser_stays() -> None:
    """Only lines that point elsewhere go."""
    kept = "Related costs of two million euros will be paid by the state, the mayor said on Tuesday evening."
    assert kept in read(news_page(*PARAGRAPHS, kept)).text


def test_lists_tables_quotations_and_breaks_become_lines() -> None:
    """Each is one line of its own, so no sentence runs from one into the next."""
    inside = (
        "<h2>The plan</h2><ul><li>Two lanes</li><li>One path</li></ul><blockquote><p>It is late.</p></blockquote>"
        "<table><tr><th>Year</th><th>Cost</th></tr><tr><td>2024</td><td>3 m</td></tr></table>"
        "<p>First line<br>second line, on <time>8 October</time>.</p>"
    )
    lines = read(news_page(*PARAGRAPHS, inside=inside)).text.split("\n")
    assert lines == [
        PARAGRAPHS[0], "The plan", "Two lanes", "One path", "It is late.", "Year | Cost", "2024 | 3 m",
        "First line", "second line, on 8 October.", PARAGRAPHS[1],
    ]  # fmt: skip


def test_a_long_article_in_plain_blocks_is_read_whole() -> None:
    """Some publishers write paragraphs as <div>, of which trafilatura takes the first."""
    lines = [
        f"Paragraph {n} tells at some length what the council said about the bridge that day." for n in range(30)
    ]
    blocks = "".join(f"<div class='text-block'>{line}</div>" for line in lines)
    page = f"<html><body><div itemprop='articleBody'><p>{PARAGRAPHS[0]}</p>{blocks}</div></body></html>"
    assert read(page).text.split("\n") == [PARAGRAPHS[0], *lines]


def test_a_long_marked_article_is_read_whole() -> None:
    """The usual case: forty paragraphs, and not a word of what stands around them."""
    lines = [
        f"Paragraph {n} tells at some length what the council said about the bridge that day." for n in range(40)
    ]
    assert read(news_page(*lines)).text.split("\n") == lines


def test_a_banner_with_the_headline_in_it_is_no_banner() -> None:
    """Magazines put headline and text into blocks that are called so."""
    page = f"<html><body><div class='banner'><h1>{HEADLINE}</h1><p>{PARAGRAPHS[0]}</p></div></body></html>"
    assert read(page).text == PARAGRAPHS[0]


def test_an_unmarked_page_is_read_by_its_text() -> None:
    """Old pages mark nothing: the long run of text between the link lists is the article."""
    lines = [
        f"Paragraph {n} tells at some length what the council said about the bridge that day." for n in range(30)
    ]
    links = "".join(f"<a href='/{n}'>Another headline of the day number {n}</a><br>" for n in range(20))
    page = f"<html><body><div>{links}</div><div>{'<br><br>'.join(lines)}</div><div>{links}</div></body></html>"
    text = read(page).text
    assert all(line in text for line in lines)
    assert "Another headline" not in text


def test_the_text_in_json_ld_helps_where_a_script_builds_the_page() -> None:
    """The page itself is empty then."""
    head = json_ld(headline=HEADLINE, articleBody="\n\n".join(PARAGRAPHS))
    found = read(f"<html><head>{head}</head><body><div id='root'></div></body></html>")
    assert (found.title, found.text) == (HEADLINE, "\n".join(PARAGRAPHS))


def test_hidden_characters_go_and_letters_are_composed() -> None:
    """Soft hyphens and zero-width spaces cut words in two; spaces of all kinds become plain ones."""
    found = read(
        news_page("Der Bu\u0308rger\u00admeister\u200b zahlt 10\u00a0000\u202fEuro, sagte er am Abend.", lang="de")
    )
    assert found.text == "Der Bürgermeister zahlt 10 000 Euro, sagte er am Abend."


@given(st.text())
def test_a_clean_line_stays_as_it_is(text: str) -> None:
    """Text is brought into its form once; offsets count in it for good."""
    once = clean_line(text)
    assert clean_line(once) == once == once.strip()
    assert "\n" not in once


CYRILLIC = "Городской совет утвердил строительство нового моста через реку, сообщил мэр."
JAPANESE = "市議会は新しい橋の建設を承認したと市長が述べた。"
KOREAN = "시의회는 새 다리 건설을 승인했다고 시장이 말했다."


@pytest.mark.parametrize(
    ("text", "charset", "declared", "header"),
    [
        (CYRILLIC, "windows-1251", "windows-1251", None),
        (CYRILLIC, "koi8-r", "", "text/html; charset=KOI8-R"),
        (CYRILLIC, "utf-8", "iso-8859-1", None),  # named wrongly (case 15)
        (CYRILLIC, "windows-1251", "utf-8", "text/html; charset=windows-1251"),
        (CYRILLIC * 9, "windows-1251", "", None),  # named nowhere: guessed
        (CYRILLIC, "utf-16", "", None),
        (CYRILLIC, "utf-16-le", "", None),  # no mark (case 16)
        (CYRILLIC, "utf-16-be", "", None),
        (JAPANESE, "shift_jis", "shift_jis", None),
        (JAPANESE, "euc_jp", "euc-jp", None),
        (JAPANESE, "iso2022_jp", "iso-2022-jp", None),  # looks like ASCII
        (KOREAN, "cp949", "euc-kr", None),
        ("“Straße”, sagte die Bürgermeisterin zu dem Plan für die Brücke.", "cp1252", "iso-8859-1", None),
        (CYRILLIC, "utf-8-sig", "", None),
        (CYRILLIC, "utf-8", "hex", "text/html; charset=no-such-charset"),
    ],
)
def test_the_charset_is_found(text: str, charset: str, declared: str, header: str | None) -> None:
    """Servers, pages and bytes contradict each other all the time."""
    meta = f'<meta charset="{declared}">' if declared else ""
    page = f"<html><head>{meta}</head><body><article><p>{text}</p></article></body></html>"
    assert read(page.encode(charset), content_type=header).text == text


def test_a_page_cut_off_inside_a_character_is_still_utf_8() -> None:
    """Case 43: a byte cap falls anywhere."""
    assert decode_page("Мост закрыт".encode()[:-1], content_type=None) == "Мост закры"


def test_bytes_that_fit_no_charset_cost_single_characters() -> None:
    """One stray byte must not turn a page into another charset."""
    page = news_page(*PARAGRAPHS).encode().replace(b"river on", b"ri\xffver on")
    assert "ri\ufffdver on Tuesday" in read(page).text


CONSENT = "<html><body><main><h1>Hello</h1><p>We value your privacy, we and our partners.</p></main></body></html>"
LINKS = "".join(f"<li><a href='/{n}'>Headline number {n} of the front page</a></li>" for n in range(40))


@pytest.mark.parametrize(
    ("page", "says"),
    [
        (b"", "empty"),
        (b" \n\t", "empty"),
        (b"\x89PNG\r\n\x1a\n" + bytes(500), "picture"),
        (b"%PDF-1.7 " + bytes(100), "document"),
        (bytes(3000), "no markup|empty|no article"),
        (b"<html><body></body></html>", "no article text"),
        (b"<html><body><nav><ul>" + LINKS.encode() + b"</ul></nav></body></html>", "no article text"),
        (CONSENT.encode(), "a consent page, not the article"),
        (b"<html><body><p>Please complete the CAPTCHA to continue. Thank you for your patience.</p></body></html>",
         "a robot check, not the article"),
        (b"<html><body><article><p>Loading</p></article></body></html>", "no article text"),
        (b"<!-- only a comment -->", "no markup|no article"),
        (b"<html><body>" + b"<div>" * 3000 + b"<p>Deep down.</p>", "nested too deeply"),
        (b"x" * (MAX_BYTES + 1), "more than 20,000,000"),
        (b"<html><body><article>" + b"<p>All the same here.</p>" * 200_000, "elements, more than"),
    ],
)  # fmt: skip
def test_a_page_without_an_article_is_refused_in_one_line(page: bytes, says: str) -> None:
    """'Nothing found' is a result with a reason, in seconds (cases 27, 28, 40, 41)."""
    with pytest.raises(ReadError, match=says) as caught:
        read(page)
    assert "\n" not in str(caught.value)


def test_text_below_300_levels_is_read() -> None:
    """Case 40: trafilatura's own parser loses it."""
    text = read("<html><body>" + "<div>" * 300 + f"<article><p>{PARAGRAPHS[0]}</p></article>").text
    assert text == PARAGRAPHS[0]


def test_two_megabytes_of_broken_json_ld_cost_no_time() -> None:
    """Case 41: read the usual way they take nine seconds."""
    bad = '<script type="application/ld+json">{"@type": "NewsArticle", "a": [' + '{"b": "c' * 250_000 + "</script>"
    before = time.process_time()
    assert read(news_page(*PARAGRAPHS, head=bad)).text == "\n".join(PARAGRAPHS)
    assert time.process_time() - before < 3


def test_references_to_controls_are_dropped_and_old_ones_read_as_browsers_do() -> None:
    """&#1; breaks the tree; &#150; means a dash on pages of the nineties."""
    page = news_page("A dash&#150;and a stop &#1;&#xC;&#x110000;&#99999999;here, &#8364;5 in all.").replace(
        "&amp;", "&"
    )
    assert read(page).text == "A dash–and a stop here, €5 in all."


def test_a_block_with_a_telling_name_stays_if_it_holds_the_text() -> None:
    """Some layouts are called "social" or "sidebar" as a whole, and states are named after what is absent."""
    lines = [
        f"Paragraph {n} tells at some length what the council said about the bridge that day." for n in range(20)
    ]
    page = (
        f"<html><body><div class='social-layout'>{''.join(f'<p>{line}</p>' for line in lines)}</div></body></html>"
    )
    assert read(page).text.split("\n") == lines
    page = f"<html><body><article><p class='no-share'>{PARAGRAPHS[0]}</p></article></body></html>"
    assert read(page).text == PARAGRAPHS[0]


def test_json_ld_may_be_a_list_or_a_graph() -> None:
    """Both are common; objects of other kinds stand beside the article."""
    article = {"@type": ["ReportageNewsArticle"], "headline": HEADLINE, "datePublished": "2024-10-09T08:00:00Z"}
    for data in ([{"@type": "Organization"}, article], {"@graph": [{"@type": "Person"}, article]}):
        head = f'<script type="application/ld+json">{json.dumps(data)}</script>'
        assert read(news_page(*PARAGRAPHS, head=head)).published_at == datetime(2024, 10, 9, 8, tzinfo=UTC)


def test_nulls_and_controls_are_no_text() -> None:
    """Case 17."""
    assert read(news_page(PARAGRAPHS[0].replace("council", "coun\x00cil\x08"))).text == PARAGRAPHS[0]


def test_extraction_never_asks_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Case 51: an extractor that connects by itself made 4,688 connections for 181 pages."""

    def refuse(*_: object) -> Never:
        raise AssertionError("a connection was tried")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    inside = '<iframe src="http://192.0.2.1/"></iframe><img src="http://192.0.2.1/x.png">'
    head = '<link rel="canonical" href="http://192.0.2.1/a"><link rel="amphtml" href="http://192.0.2.1/b">'
    assert read(news_page(*PARAGRAPHS, inside=inside, head=head), url="http://192.0.2.1/c").text


MARKUP_LIKE = st.text(st.sampled_from(list("<>/pdivarticleh1 =\"'!-ab.\n&#;x0")), max_size=300)


@settings(max_examples=60, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=300), st.text(st.sampled_from(list("<>/pdivarticleh1 =\"'!-ab.\n&#;x0")), max_size=300)
    )
)
def test_any_bytes_give_an_article_or_a_refusal(junk: bytes | str) -> None:
    """Nothing that a server sends may raise anything else."""
    body = junk if isinstance(junk, bytes) else junk.encode()
    for page in (body, b"<html><body><article><p>" + body + b"</p></article>"):
        try:
            found = read(page)
        except ReadError:
            continue
        assert found.text
        assert found.title
        assert found.text == "\n".join(clean_line(line) for line in found.text.split("\n"))
