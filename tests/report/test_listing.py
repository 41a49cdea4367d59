"""What `monitor findings`, `status` and `search` print."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from monitor.feed_records import FailingFeed, SilentFeed
from monitor.records import Finding, Manner, PairScores, Stance, StepCount, StoredFinding
from monitor.report.listing import (
    COLUMNS,
    Hit,
    Status,
    findings_csv,
    findings_json,
    findings_text,
    hits,
    search_json,
    search_text,
    status_json,
    status_text,
)
from monitor.utterances import Asserter, AsserterKind, Firmness, How, Kind, Utterance

NOW = datetime(2026, 11, 22, 6, 4, 20, tzinfo=UTC)
DENIAL = StoredFinding(
    id=7,
    finding=Finding(
        claim_id="C1",
        stance=Stance.CONTRADICTS,
        manner=Manner.DENIAL,
        sentence=3,
        start=120,
        end=160,
        evidence="La société du barrage dément toute rupture.",
        asserted_by="La société du barrage",
        figure_old=None,
        figure_new=None,
        score=0.87654,
        similarity=0.71,
        scores=PairScores(0.02, 0.08, 0.9, {"contradicts": 0.9}),
        rules=("contradicts", "denial-verb"),
        kind=Kind.DENIAL,
        utterance=Utterance(
            chain=(
                Asserter("l'AFP", AsserterKind.MEDIUM),
                Asserter("La société du barrage", AsserterKind.COMPANY),
            ),
            how=How.DENIES,
            firmness=Firmness.FACT,
            earliest=date(2026, 11, 19),
            day=date(2026, 11, 20),
            dated=True,
        ),
        about=0.61718,
        rival="C4",
    ),
    claim_text="The dam above the valley broke.",
    article_id=2,
    url="https://courrier.example/2",
    outlet="Le Courrier",
    title="Crue : la société dément",
    lang="fr",
    published_at=NOW - timedelta(days=1),
    found_at=NOW,
    model="tiny-1",
    rules_version="rules-1",
)
FIGURE = replace(
    DENIAL,
    id=8,
    finding=replace(
        DENIAL.finding,
        claim_id="C2",
        stance=Stance.UPDATES,
        manner=Manner.STATEMENT,
        asserted_by=None,
        figure_old="Six people",
        figure_new="nine people",
        evidence="At least nine people died.",
        kind=None,  # stored before kinds and utterances were
        utterance=None,
    ),
    claim_text="Six people died.",
    lang=None,
    published_at=None,
)
STATUS = Status(
    articles={"pending": 1, "read": 40, "failed": 2},
    findings=6,
    feeds=2,
    failing=[FailingFeed("Courrier", "https://courrier.example/rss", NOW - timedelta(days=2), 9, "answered 503")],
    silent=[SilentFeed("Hill Notes", "https://hill.example/feed", NOW - timedelta(days=4), timedelta(hours=26))],
    rounds=[(StepCount("poll", 2, 1, seconds=0.52), NOW), (StepCount("read", 4, 0, "1 page had no text"), NOW)],
    next_due=NOW + timedelta(minutes=30),
    last_digest=date(2026, 11, 21),
    polls={"not modified": 75, "news": 20, "404": 5},
    waiting={"read": NOW - timedelta(hours=3)},
    file_bytes=12_340_000,
    log_bytes=400_000,
)
MOMENT = "2026-11-22T06:04:20Z"
HIT = Hit("https://g.example/1", "Gazette", "The dam", "en", None, NOW, "The dam broke at dawn.")
ESCAPE = "\x1b[2J\u202egnp.exe\x07"  # clears the terminal, and turns the direction of what follows


def with_evidence(text: str) -> StoredFinding:
    """Make a finding whose every foreign field is this text."""
    how = replace(DENIAL.finding.utterance, chain=(Asserter(text, AsserterKind.MEDIUM),) * 2)  # type: ignore[type-var]
    said = replace(
        DENIAL.finding, evidence=text, asserted_by=text, figure_old=text, figure_new=text, utterance=how
    )
    return replace(DENIAL, finding=said, outlet=text, title=text, claim_text=text, url=f"https://g.example/{text}")


def rows(text: str) -> list[dict[str, str]]:
    """Read CSV back as a spreadsheet does."""
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_findings_are_told_with_their_sentence_and_source() -> None:
    """Who says what, word for word, and where; then the wording of the claims."""
    assert findings_text([DENIAL, FIGURE], zone="Europe/Zurich") == (
        "C1 CONTRADICTS (denial) · 88% sure · finding 7\n"
        "  La société du barrage, through l'AFP, on 19 Nov 2026 to 20 Nov 2026:\n"
        "  “La société du barrage dément toute rupture.”\n"
        "  Le Courrier · 21 Nov 2026, 07:04 · French\n"
        "  https://courrier.example/2\n"
        "\n"
        "C2 UPDATES · 88% sure · finding 8\n"
        "  Six people → nine people\n"
        "  Le Courrier, naming nobody:\n"
        "  “At least nine people died.”\n"
        "  Le Courrier · undated · language unknown\n"
        "  https://courrier.example/2\n"
        "\n"
        "C1: The dam above the valley broke.\n"
        "C2: Six people died.\n"
        "\n"
        "2 findings. Times: Europe/Zurich.\n"
    )


@pytest.mark.parametrize(
    ("speaker", "firmness", "who"),
    [
        (None, Firmness.FACT, "Le Courrier itself"),
        (None, Firmness.CONDITIONAL, "Le Courrier, naming nobody"),
        ("He", Firmness.FACT, "“He” in Le Courrier"),
        ("", Firmness.FACT, "Le Courrier, naming nobody"),
    ],
)
def test_who_printed_it_stands_for_who_said_it(speaker: str | None, firmness: Firmness, who: str) -> None:
    """A fact in a paper's own voice is the paper's; of what it only heard, nobody is named. What "he" says who may
    be two people, or a subject that is left out, is not the paper's."""
    chain = () if speaker is None else (Asserter(speaker, AsserterKind.PERSON),)
    said = Utterance(chain, How.SAYS, firmness, earliest=None, day=None, dated=False)
    unnamed = replace(FIGURE, finding=replace(FIGURE.finding, utterance=said))
    assert f"  {who}:\n  “At least nine" in findings_text([unnamed], zone="Europe/Zurich")


def test_no_findings_says_what_to_do() -> None:
    """An empty answer is an answer, and machines get an empty list."""
    assert "monitor status" in findings_text([], zone="UTC")
    assert findings_json([]) == "[]\n"
    assert rows(findings_csv([])) == []


def test_one_finding_is_one() -> None:
    """Small words are right, too; a figure that stands in no claim has a question mark."""
    said = replace(FIGURE.finding, figure_old=None)
    text = findings_text([replace(FIGURE, finding=said)], zone="UTC")
    assert "1 finding." in text
    assert "? → nine people" in text


@pytest.mark.parametrize("width", [40, 80])
@pytest.mark.parametrize(
    "text", ["The dam broke and " * 30, "댐이 무너졌다 " * 40, "堤防が決壊した。" * 40, "x" * 300]
)
def test_lines_fit_the_terminal(text: str, width: int) -> None:
    """Long evidence wraps, wide letters counted as two cells; nothing is cut off."""
    found = replace(DENIAL, finding=replace(DENIAL.finding, evidence=text))
    lines = findings_text([found], zone="UTC", width=width).split("\n")
    assert max(cell_len(line) for line in lines) <= width
    assert "".join(text.split()) in "".join("".join(lines).split())


def test_json_keeps_every_field_as_it_is() -> None:
    """Machines get offsets, scores and versions, to check a quote against the stored text."""
    (row,) = json.loads(findings_json([DENIAL]))
    assert row == {
        "id": 7,
        "claim": "C1",
        "claim_text": "The dam above the valley broke.",
        "stance": "contradicts",
        "manner": "denial",
        "kind": "denial",
        "asserted_by": "La société du barrage",
        "through": "l'AFP",
        "chain": [
            {"name": "l'AFP", "kind": "medium"},
            {"name": "La société du barrage", "kind": "company"},
        ],
        "how": "denies",
        "firmness": "fact",
        "said_from": "2026-11-19",
        "said_on": "2026-11-20",
        "dated": True,
        "evidence": "La société du barrage dément toute rupture.",
        "sentence": 3,
        "start": 120,
        "end": 160,
        "figure_old": None,
        "figure_new": None,
        "score": 0.8765,
        "similarity": 0.71,
        "scores": {"entails": 0.02, "neutral": 0.08, "contradicts": 0.9},
        "stances": {"contradicts": 0.9},
        "about": 0.6172,
        "rival": "C4",
        "rules": ["contradicts", "denial-verb"],
        "article": 2,
        "url": "https://courrier.example/2",
        "outlet": "Le Courrier",
        "title": "Crue : la société dément",
        "lang": "fr",
        "published_at": "2026-11-21T06:04:20Z",
        "found_at": "2026-11-22T06:04:20Z",
        "model": "tiny-1",
        "rules_version": "rules-1",
    }


def test_csv_has_a_row_for_each_finding() -> None:
    """A missing value is an empty cell."""
    first, second = rows(findings_csv([DENIAL, FIGURE]))
    assert tuple(first) == COLUMNS
    assert (first["claim"], first["stance"], first["score"], first["figure_new"]) == (
        "C1",
        "contradicts",
        "0.8765",
        "",
    )
    assert (second["figure_new"], second["published_at"]) == ("nine people", "")
    assert (first["kind"], first["through"], first["said_on"]) == ("denial", "l'AFP", "2026-11-20")
    assert (second["kind"], second["through"], second["said_on"]) == ("", "", "")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r=", "\n=", " =", "＝", "＋", "－", "＠"])
def test_a_cell_never_runs_as_a_formula(start: str) -> None:
    """A headline may be =HYPERLINK(…); a spreadsheet must show it."""
    (row,) = rows(findings_csv([with_evidence(f'{start}HYPERLINK("https://evil.example")')]))
    for column in ("evidence", "title", "outlet", "asserted_by", "figure_new"):
        assert row[column].startswith(f"'{start.strip()}")


@given(st.text())
def test_csv_reads_back_in_the_same_shape(text: str) -> None:
    """Whatever stands in a text, quotes, commas and line ends included, columns do not shift."""
    table = rows(findings_csv([with_evidence(text), DENIAL]))
    assert [row["found_at"] for row in table] == ["2026-11-22T06:04:20Z"] * 2
    assert all(set(row) == set(COLUMNS) for row in table)


@given(st.text())
def test_json_reads_back_verbatim(text: str) -> None:
    """What cannot be shown is escaped, never lost."""
    (row,) = json.loads(findings_json([with_evidence(text)]))
    assert (row["evidence"], row["title"]) == (text, text)


def test_nothing_from_outside_commands_the_terminal() -> None:
    """Control sequences and direction overrides of a page reach neither the screen nor a file."""
    hostile = with_evidence(f"The dam {ESCAPE} broke")
    feed = FailingFeed(ESCAPE, f"https://g.example/{ESCAPE}", NOW, 1, ESCAPE)
    status = replace(STATUS, failing=[feed], rounds=[(StepCount("poll", 1, 0, ESCAPE), NOW)])
    hit = replace(HIT, title=ESCAPE, outlet=ESCAPE, excerpt=ESCAPE, url=f"https://g.example/{ESCAPE}")
    shown = [
        findings_text([hostile], zone="UTC"),
        findings_json([hostile]),
        findings_csv([hostile]),
        status_text(status, zone="UTC"),
        status_json(status),
        search_text([hit], zone="UTC"),
        search_json([hit]),
    ]
    for text in shown:
        assert not set("\x1b\x07\u202e") & set(text)


def test_status_tells_how_things_stand() -> None:
    """Counts, what fails and since when, what ran last and what comes next."""
    assert status_text(STATUS, zone="Europe/Zurich") == (
        "Articles: 43\n"
        "        1 waiting to be read\n"
        "       40 read\n"
        "        2 given up\n"
        "Findings that stand: 6\n"
        "Feeds: 2, 1 of them failing; the next is due 22 Nov 2026, 07:34 CET\n"
        "  Courrier: since 20 Nov 2026, 07:04 CET (9×): answered 503\n"
        "    https://courrier.example/rss\n"
        "  Hill Notes: silent since 18 Nov 2026, 07:04 CET (before: 26 hours at most)\n"
        "    https://hill.example/feed\n"
        "Last rounds:\n"
        "  poll: 2 done, 1 failed in 0.5 s · 22 Nov 2026, 07:04 CET\n"
        "  read: 4 done, 0 failed, 1 page had no text · 22 Nov 2026, 07:04 CET\n"
        "    the oldest that waits for it: since 22 Nov 2026, 04:04 CET\n"
        "Polls of seven days: 100 (not modified 75, news 20, 404 5)\n"
        "Last digest: Saturday 21 November 2026\n"
        "Database: 12.3 MB, and 0.4 MB not folded in yet\n"
    )


def test_an_empty_status_says_how_to_begin() -> None:
    """Before the first round there is nothing but the next step."""
    empty = Status({}, 0, 0, [], [], None, None)
    assert status_text(empty, zone="UTC") == (
        "Articles: 0\n"
        "Findings that stand: 0\n"
        "Feeds: 0, 0 of them failing\n"
        "Last rounds: none yet. Begin with: monitor run --once\n"
        "Last digest: none yet\n"
    )
    assert json.loads(status_json(empty))["next_feed_due"] is None


def test_status_for_machines_has_every_state() -> None:
    """A script can rely on the keys, with 0 where nothing is."""
    assert json.loads(status_json(STATUS)) == {
        "articles": {"pending": 1, "read": 40, "failed": 2, "same": 0},
        "findings": 6,
        "feeds": 2,
        "failing_feeds": [
            {
                "name": "Courrier",
                "url": "https://courrier.example/rss",
                "since": "2026-11-20T06:04:20Z",
                "failures": 9,
                "error": "answered 503",
            }
        ],
        "silent_feeds": [
            {"name": "Hill Notes", "url": "https://hill.example/feed", "since": "2026-11-18T06:04:20Z"}
        ],
        "last_rounds": [
            {"step": "poll", "at": MOMENT, "done": 2, "failed": 1, "note": "", "seconds": 0.52},
            {"step": "read", "at": MOMENT, "done": 4, "failed": 0, "note": "1 page had no text", "seconds": None},
        ],
        "next_feed_due": "2026-11-22T06:34:20Z",
        "last_digest": "2026-11-21",
        "polls_of_seven_days": {"not modified": 75, "news": 20, "404": 5},
        "share_not_modified": 0.75,
        "oldest_pending": {"read": "2026-11-22T03:04:20Z"},
        "database_bytes": 12_340_000,
        "write_ahead_log_bytes": 400_000,
        "network_away_since": None,
    }


def test_search_shows_where_the_words_stand() -> None:
    """Headline, source, excerpt and address."""
    assert search_text([HIT, replace(HIT, url="mailto:x")], zone="UTC") == (
        "The dam\n  Gazette · undated · English\n  The dam broke at dawn.\n  https://g.example/1\n"
        "\n"
        "The dam\n  Gazette · undated · English\n  The dam broke at dawn.\n"
    )
    assert search_text([], zone="UTC") == "No article holds all these words.\n"
    assert json.loads(search_json([HIT]))[0] == {
        "url": "https://g.example/1",
        "outlet": "Gazette",
        "title": "The dam",
        "lang": "en",
        "published_at": None,
        "read_at": "2026-11-22T06:04:20Z",
        "excerpt": "The dam broke at dawn.",
    }


@pytest.mark.parametrize("published", [None, "2026-11-21T06:04:20Z"])
def test_rows_of_the_store_become_hits(published: str | None) -> None:
    """Moments are read as they are stored."""
    row = {
        "url": HIT.url,
        "outlet": HIT.outlet,
        "title": HIT.title,
        "lang": HIT.lang,
        "published_at": published,
        "read_at": "2026-11-22T06:04:20Z",
        "excerpt": HIT.excerpt,
    }
    assert hits([row]) == [replace(HIT, published_at=NOW - timedelta(days=1) if published else None)]


def test_status_says_what_keeps_the_log_from_being_folded_and_that_the_network_is_away() -> None:
    """Both come from outside, and a person can end both."""
    text = status_text(replace(STATUS, log_bytes=212_000_000, network_away_since=NOW), zone="UTC")
    assert "212.0 MB not folded in yet\nAnother program keeps the database open: end it" in text
    assert "The network seems to be away since 22 Nov 2026, 06:04 UTC." in text
    assert "Another program" not in status_text(STATUS, zone="UTC")
