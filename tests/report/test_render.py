"""A digest in text, Markdown and JSON. The page has its own tests, in a browser."""

from __future__ import annotations

import io
import json
import re
import unicodedata
from dataclasses import replace
from datetime import timedelta
from typing import Literal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml.html import fromstring
from markdown_it import MarkdownIt
from rich.cells import cell_len
from rich.console import Console

from monitor.records import Manner, Stance
from monitor.report import terms, wording
from monitor.report.digest import Digest, from_json
from monitor.report.digest_markdown import escape
from monitor.report.printable import safe_text
from monitor.report.render import print_digest, render
from tests.report.flood_story import FAILING, NEWS, NOW, SILENT_FEEDS, ZONE, flood_digest, found
from tests.report.test_digest import digests

Shown = Literal["text", "html", "md"]
FORMATS: tuple[Shown, ...] = ("text", "html", "md")
HOSTILE = (
    found(
        1,
        "F1",
        Stance.CONFIRMS,
        "\x1b]0;owned\x07The <b>wall</b> [broke](https://evil.example) *now* \u202eon 3 October.",
        by="<script>alert(1)</script>",
        outlet='Post"><img src=x>',
        title="]( javascript:alert(1) ) # <h1>",
        url="javascript:alert(1)",
        lang='"><script>',
    ),
)


def text(digest: Digest) -> str:
    return render(digest, format="text", zone=ZONE)


def test_text_shows_a_whole_digest() -> None:
    """The order is the reader's: what is new by claim, then silence, then the feeds."""
    shown = text(flood_digest())
    steps = [
        "Sunday 22 November 2026",
        "Compared with: What broke the Oberau dam? (2026-10)",
        "2 confirmations, 2 contradictions, 1 changed figure, 1 update and 1 mention, on 3 of 5",
        "21 Nov 2026, 07:00 CET to 22 Nov 2026, 07:00 CET. Times: Europe/Berlin.",
        "Articles read: 1,061 · Findings: 9",
        "F1 · The Oberau dam broke on 3 October 2026.",
        "  Confirmed (2, by 1 independent source)",
        "    River authority\n    “The dam at Oberau gave way on 3 October.”\n"
        "      The Valley Post · 21 Nov 2026, 22:00 · English · over 99% sure\n      Article 1\n"
        "      https://valley.example/news/1\n      also in 2 others: Copy Courier, Weekly Copy\n",
        "  Mentioned without taking a side (1)\n    川の新聞 · 21 Nov 2026, 22:00: 北のダム\n",
        "F2 · About 1,200 households had to leave their homes.",
        "  Changed figures (1)\n\n    About 1,200 → 1.750 Haushalte\n    Talrat\n    “Inzwischen mussten",
        "  Other updates (1)\n\n    The Valley Post, naming nobody\n    “Les foyers évacués",
        "undated · French · 87% sure",
        "  Contradicted (2)\n\n    управление реки · a denial\n    “«Мы ничего",
        "No news on 2 claims\nSilence says nothing about whether a claim is true.",
        "      last heard: Thursday 19 November 2026\n",
        "      nothing found yet\n",
        "Feeds that fail",
        "  Old Ledger: since 13 Nov 2026, 07:00 CET (1 failed try)\n      no answer within 30 s\n",
        "  Valley Radio: since 18 Nov 2026, 07:00 CET (97 failed tries)\n      HTTP 503\n",
        "A percentage says how sure the program is",
    ]
    places = [shown.find(step) for step in steps]
    assert -1 not in places, steps[places.index(-1)]
    assert places == sorted(places)


@pytest.mark.parametrize("format", FORMATS)
def test_a_day_without_news_says_so(format: Shown) -> None:
    """An empty page would leave the reader wondering whether anything ran."""
    shown = render(flood_digest(()), format=format, zone=ZONE)
    assert "Nothing new since 21 Nov 2026, 07:00 CET." in shown
    assert "No news on 5 claims" in shown
    assert wording.SURENESS not in shown


@pytest.mark.parametrize("format", FORMATS)
def test_silent_feeds_are_named_and_counted_in_the_head_beside_those_that_fail(format: Shown) -> None:
    """A feed that answers and brings nothing looks like a quiet day; the reader sees which are dead."""
    digest = flood_digest(silent_feeds=SILENT_FEEDS)
    shown = " ".join(re.sub(r"<[^>]+>", " ", render(digest, format=format, zone=ZONE)).split())
    head, _, rest = shown.partition("Feeds that fail")
    assert "2 feeds fail" in head and "2 feeds are silent" in head
    rest = rest.replace("\\", "")
    assert "silent since 19 Nov 2026, 05:00 CET (before: 26 hours at most)" in rest
    assert rest.index("Marsh Weekly") < rest.index("silent since 7 Nov 2026, 07:00 CET") < rest.index("Hill Notes")
    assert "silent" not in text(flood_digest()).replace("Silence", "")


@pytest.mark.parametrize(
    ("wait", "words"),
    [
        (timedelta(0), "0 minutes"),
        (timedelta(minutes=1), "1 minute"),
        (timedelta(minutes=95), "95 minutes"),
        (timedelta(hours=26), "26 hours"),
        (timedelta(days=3, hours=2), "3 days"),
        (timedelta(days=400), "400 days"),
    ],
)
def test_a_wait_is_written_in_its_largest_unit(wait: timedelta, words: str) -> None:
    """Nobody counts in seconds."""
    assert wording.wait_words(wait) == words


def test_one_feed_is_one_feed() -> None:
    """The head counts in good English."""
    digest = flood_digest(failing=FAILING[:1], silent_feeds=SILENT_FEEDS[:1])
    assert wording.feeds_words(digest) == ["1 feed fails", "1 feed is silent"]
    assert wording.feeds_words(flood_digest(failing=())) == []


def test_the_first_digest_has_no_beginning() -> None:
    """Before the first digest there is no period to name."""
    assert "Nothing found yet.\nUp to 22 Nov 2026, 07:00 CET." in text(flood_digest((), since=None))


def test_sections_without_content_are_left_out() -> None:
    """A heading over nothing is noise."""
    full = tuple(found(n, f"F{n}", Stance.CONFIRMS, f"Sentence {n}.") for n in range(1, 6))
    for shown in (
        text(flood_digest(full, failing=())),
        render(flood_digest(full, failing=()), format="md", zone=ZONE),
    ):
        assert "No news" not in shown
        assert "Feeds that fail" not in shown
        assert "on 5 of 5 claims" in shown


@settings(deadline=None, max_examples=40)
@given(digests, st.sampled_from(FORMATS))
def test_every_digest_can_be_shown_and_commands_nothing(digest: Digest, format: Shown) -> None:
    """Whatever the pages held, no control code or override gets through, and lines fit."""
    shown = render(digest, format=format, zone=ZONE)
    assert shown.endswith("\n")
    assert not [c for c in shown if unicodedata.category(c) in ("Cc", "Cs") and c != "\n"]
    if format == "text":
        assert [line for line in shown.split("\n") if cell_len(line) > 90 and "http" not in line] == []
    if format == "html":
        page = fromstring(shown)
        assert page.xpath("//script | //img | //iframe | //@onerror | //@style") == []
        assert [a for a in page.xpath("//a/@href") if not a.startswith(("#", "http://", "https://"))] == []


def test_foreign_text_cannot_command_the_terminal_or_the_page() -> None:
    """Titles and sentences are written by others."""
    digest = flood_digest(HOSTILE)
    for format in FORMATS:
        shown = render(digest, format=format, zone=ZONE)
        assert "\x1b" not in shown
        assert "\x07" not in shown
        assert "\u202e" not in shown
    page = fromstring(render(digest, format="html", zone=ZONE))
    assert page.xpath("//script | //img | //h1[not(text()='Sunday 22 November 2026')]") == []
    assert page.xpath("//a[contains(@href, 'javascript')]") == []
    (quote,) = page.xpath("//blockquote")
    assert quote.text == "]0;owned" + "The <b>wall</b> [broke](https://evil.example) *now* on 3 October."
    assert (quote.get("lang"), quote.get("dir")) == (None, "auto")


def markdown_page(source: str) -> str:
    return str(MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(source))


def test_foreign_text_stays_text_in_markdown() -> None:
    """A digest is pasted into wikis and mails, where a link or a heading would be taken for ours."""
    page = fromstring(markdown_page(render(flood_digest(HOSTILE), format="md", zone=ZONE)))
    assert (
        page.xpath("//script | //img | //b | //h4 | //a[contains(@href, 'evil') or contains(@href, 'java')]") == []
    )
    assert page.xpath("//blockquote/p/text()") == [
        "]0;ownedThe <b>wall</b> [broke](https://evil.example) *now* on 3 October."
    ]
    assert [h.text for h in page.xpath("//h1")] == ["Sunday 22 November 2026"]


markup = st.text(r"-+=.()0123456789#>~`*_|<&[]\! a:/w", min_size=1, max_size=12)


@given(st.text() | markup)
@example("&lt;b&gt; &amp; &#60;")
def test_escaped_text_reads_back_the_same_in_markdown(foreign: str) -> None:
    """Every sign is seen as written, also at the start of a line."""
    page = fromstring("<div>" + markdown_page(escape(foreign)) + "</div>")
    assert {element.tag for element in page.iter()} <= {"div", "p"}
    assert page.text_content().strip() == safe_text(foreign).strip()


@pytest.mark.parametrize(
    "foreign", ["www.evil.example", "https://evil.example", "a@evil.example", ":bomb:", "#12"]
)
def test_markdown_of_github_makes_no_link_of_foreign_text(foreign: str) -> None:
    """GitHub's Markdown links bare addresses, names and numbers; an escape in the middle prevents it."""
    assert re.search(r"(www|https?|a)?\\[.:@#]", escape(foreign))


def test_markdown_shows_what_is_new() -> None:
    """Headings by claim and section, the sentence as a quotation, the source as a link."""
    shown = render(flood_digest(), format="md", zone=ZONE)
    assert "## F3 The river authority knew of cracks in the wall.\n\n### Contradicted (2)\n" in shown
    assert "- **Talrat** · About 1,200 → 1.750 Haushalte\n\n  > Inzwischen mussten 1.750 Haushalte" in shown
    assert "  [Article 4](<https://valley.example/news/4>) · Talbote · 21 Nov 2026, 22:00 · German" in shown
    assert "· also in 2 others: Copy Courier, Weekly Copy\n" in shown
    assert "- [Valley Radio](<https://radio.example/feed>) since 18 Nov 2026, 07:00 CET (97 failed tries)" in shown


def test_json_is_the_stored_digest_and_printable() -> None:
    """For machines: every sign is kept, none of them commands a terminal."""
    digest = flood_digest((*HOSTILE, *NEWS))
    shown = render(digest, format="json", zone=ZONE)
    assert from_json(shown) == digest
    assert json.loads(shown)["until"] == "2026-11-22T06:00:00Z"
    assert "\u202e" not in shown


def test_a_narrow_console_gets_narrow_lines() -> None:
    """A split terminal is the usual one."""
    out = io.StringIO()
    print_digest(flood_digest(), Console(file=out, width=52), zone=ZONE)
    lines = out.getvalue().split("\n")
    assert max(cell_len(line) for line in lines if "http" not in line) <= 52
    assert lines[0] == "═" * 52


@pytest.mark.parametrize(("width", "used"), [(10, 40), (300, 100)])
def test_lines_keep_a_readable_length(width: int, used: int) -> None:
    """Neither a sliver nor a whole wide screen reads well."""
    out = io.StringIO()
    print_digest(flood_digest(), Console(file=out, width=width), zone=ZONE)
    assert out.getvalue().split("\n")[0] == "═" * used


def test_colours_only_repeat_what_words_say() -> None:
    """Without its colour codes the console's text is the plain text; foreign brackets are no markup."""
    out = io.StringIO()
    digest = flood_digest((*NEWS, found(20, "F4", Stance.CONFIRMS, "The [bold]court[/bold] opened a case.")))
    print_digest(digest, Console(file=out, width=90, force_terminal=True, color_system="standard"), zone=ZONE)
    assert "\x1b[1;32m" in out.getvalue()
    assert re.sub(r"\x1b\[[\d;]*m", "", out.getvalue()) == text(digest)


@pytest.mark.parametrize(
    ("score", "words"), [(0.0, "0% sure"), (0.874, "87% sure"), (0.994, "99% sure"), (1.0, "over 99% sure")]
)
def test_no_score_claims_certainty(score: float, words: str) -> None:
    """A model is never 100% sure, whatever rounding makes of it."""
    assert terms.sureness(score) == words


@pytest.mark.parametrize(
    ("lang", "name", "direction"),
    [
        ("fa", "Persian", "rtl"),
        ("ko", "Korean", "ltr"),
        ("qqq", "qqq", "ltr"),
        ("not a code", "not a code", "auto"),
        (None, "language unknown", "auto"),
    ],
)
def test_languages_have_names_and_directions(lang: str | None, name: str, direction: str) -> None:
    """A reader knows Persian, not fa; a browser must set it from the right."""
    assert (terms.language_name(lang), terms.direction(lang)) == (name, direction)


@pytest.mark.parametrize("manner", Manner)
def test_each_manner_but_a_plain_statement_is_named(manner: Manner) -> None:
    """'No comment' among the confirmations would mislead."""
    (claim,) = flood_digest((found(1, "F1", Stance.MENTIONS, "No word.", manner=manner),)).claims
    assert bool(wording.manner_words(claim.mentions[0])) is (manner is not Manner.STATEMENT)


def test_figures_without_an_old_one_show_the_new_one() -> None:
    """The claim may name no figure."""
    (claim,) = flood_digest((found(1, "F1", Stance.UPDATES, "Now 900.", new="900"),)).claims
    assert wording.figure_words(claim.figures[0]) == "900"


def test_a_baseline_without_a_date_is_named_by_its_title() -> None:
    """Not every article states one."""
    digest = replace(flood_digest(), baseline_published=None, failing=FAILING[:1], until=NOW)
    assert wording.baseline_words(digest) == "Compared with: What broke the Oberau dam?"
