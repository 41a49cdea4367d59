"""Findings become the digest of a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.errors import StoreError
from monitor.feed_records import FailingFeed, SilentFeed
from monitor.judge.state import ClaimState, Denial, FigurePoint, Standing
from monitor.records import Manner, Stance, StoredFinding
from monitor.report.digest import (
    ClaimNews,
    Copy,
    Count,
    Digest,
    Item,
    Section,
    SilentClaim,
    from_json,
    to_json,
    totals,
)
from monitor.report.wording import figure_words, speaker, state_words
from monitor.utterances import Asserter, AsserterKind, Firmness, How, Kind, Utterance
from tests.report.flood_story import BASELINE, FAILING, NEWS, NOW, SINCE, TODAY, flood_digest, found

words = st.text(max_size=30)
moments = st.datetimes(timezones=st.just(UTC))
maybe = st.none()
copies = st.builds(Copy, words, words, words, maybe | moments)
items = st.builds(
    Item,
    finding_id=st.integers(0, 2**62),
    stance=st.sampled_from(Stance),
    manner=st.sampled_from(Manner),
    evidence=words,
    asserted_by=maybe | words,
    figure_old=maybe | words,
    figure_new=maybe | words,
    score=st.floats(0, 1),
    outlet=words,
    title=words,
    url=words | words.map(lambda w: f"https://valley.example/{w}"),
    lang=maybe | st.sampled_from(["de", "ar", "xx", "en-GB", '"']) | words,
    published_at=maybe | moments,
    copies=st.lists(copies, max_size=2).map(tuple),
)
some_items = st.lists(items, max_size=2).map(tuple)
digests = st.builds(
    Digest,
    day=st.dates(),
    since=maybe | moments,
    until=moments,
    baseline_title=words,
    baseline_lang=words,
    baseline_published=maybe | words,
    counts=st.lists(st.builds(Count, words, st.integers(0, 10**9)), max_size=2).map(tuple),
    claims=st.lists(
        st.builds(ClaimNews, words, words, words, some_items, some_items, some_items, some_items, some_items),
        max_size=2,
    ).map(tuple),
    silent=st.lists(st.builds(SilentClaim, words, words, words, maybe | moments), max_size=2).map(tuple),
    failing=st.lists(st.builds(FailingFeed, words, words, moments, st.integers(0, 10**6), words), max_size=2).map(
        tuple
    ),
    silent_feeds=st.lists(
        st.builds(SilentFeed, words, words, moments, maybe | st.timedeltas(timedelta(0))), max_size=2
    ).map(tuple),
)


def only(*news: StoredFinding) -> ClaimNews:
    """The news of the one claim that these findings are about."""
    (claim,) = flood_digest(news).claims
    return claim


@settings(deadline=None)
@given(digests)
def test_a_stored_digest_reads_back_the_same(digest: Digest) -> None:
    """The web page of an old day is made from what was stored."""
    assert from_json(to_json(digest)) == digest


UNKNOWN_MANNER = to_json(flood_digest()).replace('"denial"', '"lie"')


@pytest.mark.parametrize("body", ["", "{}", "[]", '{"format": 2}', UNKNOWN_MANNER])
def test_a_body_that_is_no_digest_is_refused_in_one_line(body: str) -> None:
    """A person learns what to remove; the program does not guess."""
    with pytest.raises(StoreError, match=r"^The stored digest cannot be read .*Remove its row[^\n]*$"):
        from_json(body)


def test_claims_stand_in_the_order_of_the_claims_file() -> None:
    """The reader finds a claim at the same place every day."""
    digest = flood_digest(tuple(reversed(NEWS)))
    assert [news.claim_id for news in digest.claims] == ["F1", "F2", "F3"]
    assert [claim.claim_id for claim in digest.silent] == ["F4", "F5"]


def test_head_says_what_is_covered() -> None:
    """Day, period and counts are the reader's measure of the rest."""
    digest = flood_digest()
    assert (digest.day, digest.since, digest.until) == (TODAY, SINCE, NOW)
    assert (digest.baseline_title, digest.baseline_published) == (BASELINE.title, "2026-10")
    assert digest.counts == (Count("articles read", 1061), Count("findings", 9))


@pytest.mark.parametrize(
    ("stance", "new", "section"),
    [
        (Stance.CONFIRMS, None, Section.CONFIRMATIONS),
        (Stance.CONTRADICTS, None, Section.CONTRADICTIONS),
        (Stance.CONTRADICTS, "900", Section.CONTRADICTIONS),
        (Stance.UPDATES, "1,750", Section.FIGURES),
        (Stance.UPDATES, None, Section.UPDATES),
        (Stance.MENTIONS, None, Section.MENTIONS),
    ],
)
def test_each_finding_stands_in_one_section(stance: Stance, new: str | None, section: Section) -> None:
    """An update with a figure is a changed figure; a denied figure stays a contradiction."""
    news = only(found(1, "F2", stance, "So it is.", new=new))
    assert {s: len(news.items(s)) for s in Section if news.items(s)} == {section: 1}
    assert getattr(news, section.value) == news.items(section)


def test_silence_is_listed_with_the_day_something_was_last_heard() -> None:
    """Silence is shown as silence; a claim that is only kept is not listed."""
    assert flood_digest().silent == (
        SilentClaim("F4", BASELINE.claims[3].text, "en", datetime(2026, 11, 18, 23, 30, tzinfo=UTC)),
        SilentClaim("F5", BASELINE.claims[4].text, "de", None),
    )


def test_news_on_a_claim_that_is_no_longer_watched_is_still_news() -> None:
    """`watch: false` stops the looking, it hides nothing that was found."""
    assert only(found(1, "F6", Stance.CONFIRMS, "The bridge stands.")).claim_id == "F6"


def test_findings_on_a_dropped_claim_are_left_out() -> None:
    """The claims file rules what the digest is about."""
    assert flood_digest((found(1, "F99", Stance.CONFIRMS, "Gone."),)).claims == ()


def test_items_are_sorted_by_article_date_undated_last() -> None:
    """The first to say so stands first."""
    dates = {1: NOW - timedelta(hours=3), 2: NOW - timedelta(hours=9), 4: NOW - timedelta(hours=5)}
    news = [found(n, "F1", Stance.CONFIRMS, f"Sentence {n}.", published=at) for n, at in dates.items()]
    undated = found(3, "F1", Stance.CONFIRMS, "Sentence 3.", published=None)
    assert [item.finding_id for item in only(undated, *news).confirmations] == [2, 4, 1, 3]


def test_copied_sentences_are_folded_under_the_first() -> None:
    """Ten copies of one agency story are one origin."""
    first, *_ = flood_digest().claims[0].confirmations
    assert first.outlet == "The Valley Post"
    assert [copy.outlet for copy in first.copies] == ["Copy Courier", "Weekly Copy"]
    early = NOW - timedelta(hours=9)
    assert first.copies[0] == Copy("Copy Courier", "Article 8", "https://valley.example/news/8", early)


def traced(number: int, evidence: str, origin: int, *, credits: tuple[str, ...] = ()) -> StoredFinding:
    """A confirmation in an article whose origin is known, each outlet on a site of its own."""
    one = found(
        number, "F1", Stance.CONFIRMS, evidence, outlet=f"Outlet {number}", url=f"https://outlet{number}.example/1"
    )
    return replace(one, origin_id=origin, credits=credits)


def test_what_copies_of_an_article_say_is_folded_under_it() -> None:
    """In other words or another language; what only another report says stands for itself."""
    first = [traced(1, "The dam broke.", 1), replace(traced(2, "Water came.", 1), article_id=1)]
    copies = [traced(3, "Der Damm brach.", 1), traced(4, "Water came.", 1)]
    news = only(*first, *copies, traced(5, "It gave way.", 5))
    assert [item.evidence for item in news.confirmations] == ["The dam broke.", "Water came.", "It gave way."]
    assert [[copy.outlet for copy in item.copies] for item in news.confirmations] == [
        ["Outlet 3"],
        ["Outlet 4"],
        [],
    ]
    assert news.confirmed_by == 2


def test_a_copy_with_another_figure_stands_for_itself() -> None:
    """A desk that changes a figure says something new."""
    one, other = (
        replace(found(n, "F2", Stance.UPDATES, f"Now {figure}.", new=figure), origin_id=1)
        for n, figure in ((1, "1,700"), (2, "1,750"))
    )
    assert len(only(one, other).figures) == 2


@pytest.mark.parametrize(
    ("changes", "families", "number"),
    [
        ({}, {}, 2),
        ({"credits": ("AFP",)}, {}, 1),
        ({}, {"outlet1.example": "House", "outlet2.example": "House"}, 1),
        ({"origin_id": 9}, {}, 1),
    ],
)
def test_confirmations_are_counted_by_independent_sources(
    changes: dict[str, object], families: dict[str, str], number: int
) -> None:
    """One agency, one house or one origin is one source, though the sentences differ."""
    news = [replace(traced(n, f"Sentence {n}.", n), **changes) for n in (1, 2)]  # type: ignore[arg-type]  # a table
    digest = flood_digest(tuple(news), families=families)
    assert digest.claims[0].confirmed_by == number
    assert len(digest.claims[0].confirmations) == 2 - (number == 1 and "origin_id" in changes)


def test_an_agency_s_own_site_and_its_clients_are_one_source() -> None:
    """What others credit to it, it published."""
    own = replace(traced(1, "It broke.", 1), url="https://tass.ru/1")
    client = traced(2, "The dam is gone.", 2, credits=("TASS",))
    assert only(own, client).confirmed_by == 1


def test_only_confirmations_are_counted_by_source() -> None:
    """A claim that nobody confirms has no number of confirmations."""
    assert only(found(1, "F1", Stance.MENTIONS, "It is said.")).confirmed_by is None


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("“No cracks,” it said.", '"no cracks" it said', True),
        ("The wall – new – held.", "The wall - new - held.", True),
        ("The wall\nheld.", "The  wall held.", True),
        ("It cost 1.5 million.", "It cost 15 million.", False),
        ("It cost €5.", "It cost $5.", False),
        ("The wall held.", "The wall did not hold.", False),
    ],
)
def test_typography_does_not_make_a_copy_another_sentence(one: str, other: str, same: bool) -> None:
    """Agencies' clients change quotation marks; they do not change figures."""
    news = only(found(1, "F3", Stance.CONFIRMS, one), found(2, "F3", Stance.CONFIRMS, other))
    assert len(news.confirmations) == (1 if same else 2)


def test_a_sentence_that_an_article_repeats_is_no_copy() -> None:
    """A lead that stands again further down is no second source."""
    twice = [found(n, "F1", Stance.CONFIRMS, "It broke.", article=7) for n in (1, 2)]
    (item,) = only(*twice).confirmations
    assert item.copies == ()


def test_those_who_say_it_together_stand_in_one_entry() -> None:
    """Three findings of one sentence are one denial to read, by three; nobody is named twice."""
    text = "Minsk, Hanoi and the board denied it."
    names = ("Minsk", "Hanoi", "the board")
    news = [found(n, "F1", Stance.CONTRADICTS, text, article=7, by=by) for n, by in enumerate(names)]
    copy = found(9, "F1", Stance.CONTRADICTS, text, by="Minsk", outlet="Copy Courier")
    (item,) = only(*news, copy).contradictions
    assert (item.asserted_by, item.beside) == ("Minsk", ("Hanoi", "the board"))
    assert speaker(item) == "Minsk, Hanoi and the board"
    assert [one.outlet for one in item.copies] == ["Copy Courier"]


def test_an_article_is_named_once_among_the_copies() -> None:
    """Otherwise one outlet would look like two."""
    news = [found(n, "F1", Stance.CONFIRMS, "It broke.", article=a) for n, a in ((1, 1), (2, 2), (3, 2))]
    (item,) = only(*news).confirmations
    assert len(item.copies) == 1


def test_the_same_sentence_may_take_two_stances() -> None:
    """Stance belongs to claim, asserter and sentence; a copy has the same stance."""
    news = only(found(1, "F1", Stance.CONFIRMS, "It broke."), found(2, "F1", Stance.CONTRADICTS, "It broke."))
    assert (len(news.confirmations), len(news.contradictions)) == (1, 1)


def test_feeds_that_have_failed_longest_stand_first() -> None:
    """The one that a person should look after."""
    assert [feed.name for feed in flood_digest(failing=FAILING).failing] == ["Old Ledger", "Valley Radio"]


def test_totals_count_folded_items_over_all_claims() -> None:
    """Count origins, not articles."""
    assert totals(flood_digest()) == {
        Section.CONFIRMATIONS: 2,
        Section.CONTRADICTIONS: 2,
        Section.FIGURES: 1,
        Section.UPDATES: 1,
        Section.MENTIONS: 1,
    }
    assert totals(flood_digest(())) == {}


@settings(deadline=None)
@given(st.lists(st.sampled_from(NEWS), unique_by=lambda f: f.id).map(tuple))
def test_order_of_the_findings_changes_nothing_and_none_is_lost(news: tuple[StoredFinding, ...]) -> None:
    """The digest depends on what was found, not on how the store returned it."""
    digest = flood_digest(news)
    assert flood_digest(tuple(reversed(news))) == digest
    shown = [item for claim in digest.claims for section in Section for item in claim.items(section)]
    assert sum(1 + len(item.copies) for item in shown) == len(news)


def test_the_state_of_a_claim_is_told_in_one_line() -> None:
    """Who denies since when, what moved, and how many independent sources confirm."""
    denials = tuple(
        Denial(actor, "No.", day, number, repeats, None, kind)
        for number, (actor, day, repeats, kind) in enumerate(
            [
                ("Anna Lind", date(2026, 10, 10), (8,), Kind.DENIAL),
                (None, None, (), Kind.DENIAL),
                ("Karl Berg", None, (), Kind.REFUTATION),
            ]
        )
    )
    figures = (FigurePoint("12", date(2026, 10, 3), None, 5), FigurePoint("20", date(2026, 11, 1), None, 6))
    state = ClaimState(Standing.DISPUTED, date(2026, 10, 10), 2, (), denials, figures, (0, 1))
    news = ClaimNews("C1", "Six died.", "en", state=state)
    assert state_words(news) == (
        "Disputed since 10 Oct 2026 · denied by Anna Lind (10 Oct 2026, told 1 more time) and 1 other · "
        "contradicted by Karl Berg · figure: 12 (3 Oct 2026) → 20 (1 Nov 2026) · "
        "confirmed by 2 independent sources"
    )
    confirmed = replace(state, standing=Standing.CONFIRMED, denials=(), figures=())
    assert state_words(replace(news, state=confirmed)) == "Confirmed by 2 independent sources since 10 Oct 2026"
    assert state_words(replace(news, state=None)) == ""


def test_a_correction_an_undated_figure_and_a_relay_are_said_so() -> None:
    """A reader must not take an old or a corrected figure for a new one."""
    said = Utterance(
        (Asserter("AFP", AsserterKind.MEDIUM), Asserter("the mayor", AsserterKind.PERSON)),
        How.SAYS,
        Firmness.FACT,
        date(2026, 10, 2),
        date(2026, 10, 2),
        dated=True,
    )
    one = found(1, "F2", Stance.UPDATES, "18 died.", by="the mayor", old="20", new="18")
    corrected = replace(one, finding=replace(one.finding, kind=Kind.CORRECTION, utterance=said))
    undated = replace(one, finding=replace(one.finding, utterance=replace(said, day=None, dated=False)))
    (item,) = only(corrected).figures
    assert (figure_words(item), speaker(item)) == (
        "corrected from 20 to 18",
        "the mayor, through AFP, on 2 Oct 2026",
    )
    (item,) = only(undated).figures
    assert figure_words(item) == "20 → 18 (of an unknown day, perhaps an older one)"
    assert speaker(item) == "the mayor, through AFP"
    state = ClaimState(Standing.FIGURE_MOVED, None, 0, (), (), (FigurePoint("18", TODAY, None, 1, "20"),), (1,))
    assert "figure: corrected from 20 to 18 (22 Nov 2026)" in state_words(replace(only(corrected), state=state))
