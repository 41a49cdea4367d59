"""The digest's page in a real browser: it fits, it can be read, it asks nobody for anything."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, sync_playwright

from monitor.records import Stance
from monitor.report.digest import Count, Digest
from monitor.report.render import render
from tests.report.flood_story import BASELINE, NEWS, ZONE, flood_digest, found

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
LONG = "Donaudampfschifffahrtsgesellschaftskapitän" * 5
TRICKS = (
    found(
        30,
        "F4",
        Stance.CONFIRMS,
        "</blockquote><script>window.ran = 1</script><img src='http://spy.example/x' onerror='window.ran = 2'>",
        by="<script>window.ran = 3</script>",
        outlet='"><script>window.ran = 4</script>',
        title="<svg onload='window.ran = 5'>",
        url="javascript:window.ran=6",
        lang="en' onmouseover='window.ran=7",
    ),
    found(31, "F4", Stance.UPDATES, LONG, by=LONG, outlet=LONG, title=LONG, new=LONG, old=LONG),
    found(32, "F4", Stance.MENTIONS, LONG, outlet=LONG),
)

# The contrast of each visible text with what is painted behind it, as WCAG 2.2 computes it.
CONTRASTS = """() => {
  const light = c => { const [r, g, b] = c.match(/[\\d.]+/g).map(Number).slice(0, 3).map(v => v / 255)
    .map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4); return .2126 * r + .7152 * g + .0722 * b }
  const ground = e => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor
    if (!/, 0\\)$/.test(c)) return c } return 'rgb(255, 255, 255)' }
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = []
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement
    if (!texts.currentNode.data.trim() || !element.checkVisibility()) continue
    const [a, b] = [light(getComputedStyle(element).color), light(ground(element))]
    found.push([(Math.max(a, b) + .05) / (Math.min(a, b) + .05), texts.currentNode.data.trim()])
  }
  return found }"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("no chromium on the PATH: the digest's page is NOT checked; install Debian's package chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def asked() -> list[str]:
    """Addresses that a page asked for, besides its own."""
    return []


@pytest.fixture
def page(browser: Browser, asked: list[str]) -> Iterator[Page]:
    """A page whose every request but the first, for its file, is noted and refused."""
    context = browser.new_context()

    def guard(route: Route) -> None:
        if route.request.url.startswith("file:"):
            route.continue_()
        else:
            asked.append(route.request.url)
            route.abort()

    context.route("**/*", guard)
    yield context.new_page()
    context.close()


def show(page: Page, folder: Path, digest: Digest, *, width: int = 1200) -> None:
    """Open a digest's page as a reader does: from a file."""
    file = folder / "digest.html"
    file.write_text(render(digest, format="html", zone=ZONE), encoding="utf-8")
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(file.as_uri())


def unfold(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")


def long_words(digest: Digest) -> Digest:
    """Put a word that no line can hold in every place that is not a finding's."""
    return replace(
        digest,
        baseline_title=LONG,
        counts=(Count(LONG, 10**30),),
        claims=tuple(replace(claim, text=LONG, claim_id=LONG[:30]) for claim in digest.claims),
        silent=tuple(replace(claim, text=LONG, claim_id=LONG[:30]) for claim in digest.silent),
        failing=tuple(replace(feed, name=LONG, error=LONG) for feed in digest.failing),
    )


SHOWN = {
    "flood": flood_digest(),
    "tricks": flood_digest((*NEWS, *TRICKS)),
    "long words": long_words(flood_digest()),
    "nothing": flood_digest(()),
}


@pytest.mark.parametrize("width", [320, 375, 1200])
@pytest.mark.parametrize("digest", SHOWN.values(), ids=SHOWN)
def test_nothing_has_to_be_scrolled_sideways(page: Page, tmp_path: Path, width: int, digest: Digest) -> None:
    """A press officer reads this on the way to work, long words and addresses included."""
    show(page, tmp_path, digest, width=width)
    unfold(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    wide = "[...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1)"
    assert page.evaluate(f"{wide}.map(e => e.outerHTML.slice(0, 99))") == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_can_be_read(page: Page, tmp_path: Path, scheme: str) -> None:
    """WCAG AA: a contrast of 4.5 for every text, small or large, in both schemes."""
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    show(page, tmp_path, flood_digest())
    unfold(page)
    contrasts = page.evaluate(CONTRASTS)
    assert len(contrasts) > 80
    assert [text for contrast, text in contrasts if contrast < 4.5] == []


def test_dark_scheme_darkens_the_page(page: Page, tmp_path: Path) -> None:
    """The two schemes must differ, or the test above proves one of them only."""
    grounds = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        show(page, tmp_path, flood_digest())
        grounds.append(page.evaluate("getComputedStyle(document.documentElement).backgroundColor"))
    assert grounds == ["rgb(251, 249, 244)", "rgb(24, 22, 19)"]


def test_text_of_others_runs_nothing_and_asks_for_nothing(page: Page, tmp_path: Path, asked: list[str]) -> None:
    """Sentences, titles, names and addresses are written by strangers; the page holds them as text."""
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    show(page, tmp_path, flood_digest((*NEWS, *TRICKS)))
    unfold(page)
    page.hover("#claim-F4 .items.confirms blockquote")
    assert page.evaluate("window.ran") is None
    assert asked == []
    assert complaints == []
    assert page.locator("#claim-F4 .items.confirms blockquote").inner_text() == TRICKS[0].finding.evidence
    assert page.locator("[href*='javascript'], main script, main img").count() == 0


def test_the_policy_of_the_page_forbids_scripts_and_pictures(page: Page, tmp_path: Path, asked: list[str]) -> None:
    """The second wall: should a text ever get through as markup, the browser refuses it."""
    file = tmp_path / "digest.html"
    hole = "<main><script>window.ran = 1</script><img src='http://tracker.example/x' onerror='window.ran = 2'>"
    hole += "<iframe src='http://tracker.example/y'></iframe><script src='http://tracker.example/z'></script>"
    file.write_text(render(flood_digest(), format="html", zone=ZONE).replace("<main>", hole), encoding="utf-8")
    page.goto(file.as_uri())
    assert page.locator("main img").count() == 1
    assert page.evaluate("window.ran") is None
    assert asked == []


def test_links_lead_out_without_a_trace(page: Page, tmp_path: Path) -> None:
    """An outlet must not learn which file its reader came from, nor steer the digest's window."""
    show(page, tmp_path, flood_digest())
    links = page.eval_on_selector_all("a[href^='http']", "links => links.map(l => [l.protocol, l.rel])")
    assert len(links) == 11
    assert {tuple(link) for link in links} == {("https:", "noopener noreferrer")}


def test_each_language_is_set_its_own_way(page: Page, tmp_path: Path) -> None:
    """Arabic and Hebrew run from the right; a screen reader needs to know the voice."""
    show(page, tmp_path, flood_digest())
    unfold(page)
    quotes = page.eval_on_selector_all(
        "blockquote", "all => all.map(q => [q.lang, getComputedStyle(q).direction])"
    )
    assert sorted(map(tuple, quotes)) == [
        ("ar", "rtl"),
        ("de", "ltr"),
        ("en", "ltr"),
        ("fr", "ltr"),
        ("he", "rtl"),
        ("ja", "ltr"),
        ("ru", "ltr"),
    ]


def test_contents_lead_to_each_claim_with_its_counts(page: Page, tmp_path: Path) -> None:
    """The table is the shortest digest there is."""
    show(page, tmp_path, flood_digest())
    rows = page.eval_on_selector_all("tbody tr", "rows => rows.map(r => [...r.children].map(c => c.innerText))")
    assert [row[1:] for row in rows] == [["2", "0", "0", "1"], ["0", "0", "2", "0"], ["0", "2", "0", "0"]]
    targets = page.eval_on_selector_all("a[href^='#']", "all => all.map(a => a.getAttribute('href'))")
    assert targets == ["#claim-F1", "#claim-F2", "#claim-F3", "#silent", "#failing", "#contents"]
    assert page.evaluate(
        "[...document.querySelectorAll('a[href^=\"#\"]')].every(a => document.querySelector(a.hash))"
    )


def test_stance_is_told_by_words_not_by_colour_alone(page: Page, tmp_path: Path) -> None:
    """One reader in twelve cannot tell our red from our green; a printer may have neither."""
    show(page, tmp_path, flood_digest())
    heads = page.eval_on_selector_all("#claim-F3 h3", "all => all.map(h => h.innerText.trim())")
    assert [head.split() for head in heads] == [["Contradicted", "2"]]
    bars = page.eval_on_selector_all("svg[role=img]", "all => all.map(s => s.getAttribute('aria-label'))")
    assert bars == ["2 confirmations", "1 changed figure, 1 update", "2 contradictions"]
    borders = page.eval_on_selector_all(
        ".items:not(.mentions) blockquote", "all => all.map(q => getComputedStyle(q).borderInlineStartStyle)"
    )
    assert borders == ["solid", "solid", "dashed", "dashed", "double", "double"]


def test_bar_divides_its_width_by_what_was_found(page: Page, tmp_path: Path) -> None:
    """Three parts, none of them over another, the whole width."""
    more = [found(40 + n, "F3", Stance.CONFIRMS, f"They knew, part {n}.") for n in range(5)]
    show(page, tmp_path, flood_digest((*NEWS, *more, found(50, "F3", Stance.UPDATES, "An inquiry began."))))
    parts = page.eval_on_selector_all(
        "#claim-F3 rect",
        "all => all.map(r => [r.getAttribute('class'), r.x.baseVal.value, r.width.baseVal.value])",
    )
    whole = sum(width for _, _, width in parts)
    assert [kind for kind, _, _ in parts] == ["confirms", "contradicts", "updates"]
    assert [round(8 * width / whole) for _, _, width in parts] == [5, 2, 1]
    assert [round(8 * start / whole) for _, start, _ in parts] == [0, 5, 7]
    label = page.get_attribute("#claim-F3 svg[role=img]", "aria-label")
    assert label == "5 confirmations, 2 contradictions, 1 update"


def test_copies_are_named_and_linked_under_the_first(page: Page, tmp_path: Path) -> None:
    """Who else carries the sentence, one click away."""
    show(page, tmp_path, flood_digest())
    copies = page.locator("#claim-F1 .item").first.locator(".small").nth(1)
    assert copies.inner_text() == "Also in 2 others: Copy Courier, Weekly Copy"
    assert copies.get_by_text("Weekly Copy").get_attribute("href") == "https://valley.example/news/9"


def test_headings_make_an_outline(page: Page, tmp_path: Path) -> None:
    """A screen reader's user jumps from heading to heading."""
    show(page, tmp_path, flood_digest())
    levels = page.eval_on_selector_all("h1, h2, h3", "all => all.map(h => Number(h.tagName[1]))")
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert max(b - a for a, b in pairwise(levels)) == 1
    assert page.evaluate("document.documentElement.lang") == "en-GB"


def test_print_is_black_on_white_and_shows_addresses_and_mentions(page: Page, tmp_path: Path) -> None:
    """Paper has no links, no folds and no dark scheme."""
    page.emulate_media(media="print", color_scheme="dark")
    show(page, tmp_path, flood_digest())
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(255, 255, 255)"
    address = "getComputedStyle(document.querySelector('.source a'), '::after').content"
    assert "https://valley.example/news/1" in page.evaluate(address)
    assert page.locator(".screen").count() == 2
    assert page.locator(".screen:visible").count() == 0
    assert page.locator("details blockquote").bounding_box() is not None
    assert page.evaluate(
        "document.querySelector('details blockquote').checkVisibility({contentVisibilityAuto: true})"
    )
    kept_whole = "[...document.querySelectorAll('.item')].every(i => getComputedStyle(i).breakInside === 'avoid')"
    assert page.evaluate(kept_whole)


def test_mentions_are_folded_on_the_screen(page: Page, tmp_path: Path) -> None:
    """They take no side; the eye should reach the next claim first."""
    show(page, tmp_path, flood_digest())
    assert not page.locator("details blockquote").is_visible()
    page.click("summary")
    assert page.locator("details blockquote").is_visible()


def test_ids_of_claims_with_dots_and_signs_can_be_linked(page: Page, tmp_path: Path) -> None:
    """The claims file allows dots, dashes and underscores in an id."""
    claim = replace(flood_digest().claims[0], claim_id="Flood_1.a-b")
    show(page, tmp_path, replace(flood_digest(), claims=(claim,)))
    page.click("tbody a")
    assert page.evaluate("document.querySelector(':target').innerText").startswith("Flood_1.a-b")
    assert BASELINE.claims[0].text in page.locator("main h2 >> nth=0").inner_text()
