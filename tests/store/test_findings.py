"""Claims, judgements and findings: what is pending, what stands, and what is news."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from monitor.records import Baseline, Claim, Manner, Stance, Version
from monitor.store import Store, open_store
from monitor.store.migrations import migrations
from monitor.utterances import Asserter, AsserterKind, Firmness, How, Kind, Utterance
from tests.store.filling import (
    DAM,
    DAY,
    DEAD,
    HOUR,
    JUDGE,
    MAYOR,
    NOW,
    Found,
    baseline,
    finding,
    judge,
    judge_all,
    known_article,
    read,
    revision_of,
)

OTHER_JUDGE = ("tiny-2", "rules-1")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store that watches two claims."""
    with open_store(tmp_path / "monitor.db") as opened:
        opened.claims.sync(baseline(DAM, DEAD), now=NOW - DAY)
        yield opened


@pytest.fixture
def version(store: Store) -> Version:
    """An article of two sentences, read."""
    return read(store, known_article(store, "https://g.example/1"), "The dam broke.", "Nine people died.")


def pending(
    store: Store, judge_as: tuple[str, str] = JUDGE, *, retry_before: datetime = NOW - DAY, limit: int = 99
) -> dict[int, list[str]]:
    """Ask what a judge has to do, by the names of the claims."""
    number = store.findings.judge_id(*judge_as, now=NOW)
    names = {row["id"]: row["claim_id"] for row in store.db.query("SELECT id, claim_id FROM claim_revisions")}
    work = store.findings.pending(number, retry_before=retry_before, limit=limit)
    return {version: [names[revision] for revision in revisions] for version, revisions in work.items()}


def news(store: Store, since: datetime | None, until: datetime = NOW) -> list[tuple[str, str]]:
    """Ask what was new, as (claim, stance)."""
    return [(f.finding.claim_id, f.finding.stance) for f in store.findings.found_between(since, until)]


def stands(store: Store) -> list[tuple[str, str, str]]:
    """Ask what stands, as (claim, stance, evidence)."""
    return [(f.finding.claim_id, f.finding.stance, f.finding.evidence) for f in store.findings.current()]


# Claims ----------------------------------------------------------------------------------------


def test_before_the_first_baseline_there_is_none(tmp_path: Path) -> None:
    """None is what the command line turns into 'No baseline yet'."""
    with open_store(tmp_path / "monitor.db") as store:
        assert store.claims.baseline() is None
        assert store.claims.watched() == []


def test_the_baseline_comes_back_as_it_was_written(store: Store) -> None:
    """Order and every field of the file are kept, and a later file replaces an earlier one."""
    first = baseline(MAYOR, replace(DAM, watch=False))
    store.claims.sync(first, now=NOW)
    assert store.claims.baseline() == first
    second = replace(baseline(DAM), title="The flood, revised", url="https://g.example/0", published=None)
    store.claims.sync(second, now=NOW)
    assert store.claims.baseline() == second
    assert [revision.claim for revision in store.claims.watched()] == [DAM]


def test_syncing_twice_changes_nothing(store: Store) -> None:
    """Every start syncs; an unchanged file makes no revision."""
    before = store.claims.watched()
    store.claims.sync(baseline(DAM, DEAD), now=NOW + DAY)
    assert store.claims.watched() == before
    assert store.count("claim_revisions") == 2


# What is pending -------------------------------------------------------------------------------


def test_every_article_is_pending_for_every_watched_claim(store: Store, version: Version) -> None:
    """Judging takes them away, claim by claim, also when nothing was found."""
    assert pending(store) == {version.id: ["C1", "C2"]}
    judge(store, version, claim=DAM)
    assert pending(store) == {version.id: ["C2"]}
    judge(store, version, claim=DEAD)
    assert pending(store) == {}


def test_a_new_claim_is_pending_alone(store: Store, version: Version) -> None:
    """Adding a claim looks at old articles again for that claim only."""
    judge_all(store, version, claims=(DAM, DEAD))
    store.claims.sync(baseline(DAM, DEAD, MAYOR), now=NOW)
    assert pending(store) == {version.id: ["C3"]}


def test_a_new_wording_is_pending_alone_and_the_old_one_needs_no_work(store: Store, version: Version) -> None:
    """A correction is judged afresh; taking it back finds the old judgement again."""
    judge_all(store, version, claims=(DAM, DEAD))
    store.claims.sync(baseline(DAM, replace(DEAD, text="Nine people died in the flood.")), now=NOW)
    assert pending(store) == {version.id: ["C2"]}
    store.claims.sync(baseline(DAM, DEAD), now=NOW)
    assert pending(store) == {}


@pytest.mark.parametrize("left", [baseline(DAM), baseline(DAM, replace(DEAD, watch=False))])
def test_a_dropped_or_unwatched_claim_is_not_pending(store: Store, version: Version, left: Baseline) -> None:
    """What nobody looks for costs no work, and comes back when it is watched again."""
    assert pending(store) == {version.id: ["C1", "C2"]}
    store.claims.sync(
        baseline(DAM) if left == baseline(DAM) else baseline(DAM, replace(DEAD, watch=False)), now=NOW
    )
    assert pending(store) == {version.id: ["C1"]}
    store.claims.sync(baseline(DAM, DEAD), now=NOW)
    assert pending(store) == {version.id: ["C1", "C2"]}


def test_moving_a_claim_in_the_file_makes_nothing_pending(store: Store, version: Version) -> None:
    """Order is for the reader of the digest."""
    judge_all(store, version, claims=(DAM, DEAD))
    store.claims.sync(baseline(DEAD, DAM), now=NOW)
    assert pending(store) == {}


def test_another_judge_has_everything_to_do(store: Store, version: Version) -> None:
    """A new model or new rules judge again; the old judge's work stays done."""
    judge_all(store, version, claims=(DAM, DEAD))
    assert pending(store, OTHER_JUDGE) == {version.id: ["C1", "C2"]}
    assert pending(store, (JUDGE[0], "rules-2")) == {version.id: ["C1", "C2"]}
    assert pending(store) == {}


def test_only_the_newest_version_is_pending(store: Store, version: Version) -> None:
    """An older text is history."""
    article = known_article(store, "https://g.example/2")
    read(store, article, "The dam held.")
    newest = read(store, article, "The dam broke.")
    assert list(pending(store)) == [newest.id, version.id]
    assert list(pending(store, limit=1)) == [newest.id]


def test_a_judgement_that_failed_is_pending_again_later(store: Store, version: Version) -> None:
    """A model that gave no usable answer is asked again, but not at once and for ever."""
    judge(store, version, claim=DAM, error="no JSON in the answer")
    judge(store, version, claim=DEAD)
    assert pending(store, retry_before=NOW) == {}
    assert pending(store, retry_before=NOW + HOUR) == {version.id: ["C1"]}
    judge(store, version, claim=DAM)
    assert pending(store, retry_before=NOW + HOUR) == {}


@settings(max_examples=25, deadline=None)
@given(order=st.permutations([(v, c) for v in range(3) for c in range(3)]), limit=st.integers(1, 4))
def test_work_shrinks_to_nothing_in_any_order(order: list[tuple[int, int]], limit: int) -> None:
    """Each judgement takes exactly one pair away, whichever comes first, and none comes back."""
    claims = (DAM, DEAD, MAYOR)
    with open_store(":memory:") as store:
        store.claims.sync(baseline(*claims), now=NOW)
        versions = [read(store, known_article(store, f"https://g.example/{n}"), f"Text {n}.") for n in range(3)]
        left = {(versions[v].id, claims[c].id) for v, c in order}
        for v, c in order:
            work = {(number, name) for number, names in pending(store).items() for name in names}
            assert work == left
            assert len(pending(store, limit=limit)) == min(limit, len({number for number, _ in left}))
            judge(store, versions[v], claim=claims[c])
            left.remove((versions[v].id, claims[c].id))
        assert pending(store) == {}


# What is stored --------------------------------------------------------------------------------


def test_a_finding_comes_back_as_it_was_decided(store: Store, version: Version) -> None:
    """Every field is kept, scores and rules included."""
    found = Found(DEAD, 1, Stance.UPDATES, Manner.HEDGE, "the mayor", ("Six people", "Nine people"))
    judge(store, version, found, claim=DEAD)
    (stored,) = store.findings.current()
    assert stored.finding == finding(version, found)
    assert (stored.claim_text, stored.url, stored.outlet) == (DEAD.text, version.url, "g.example")
    assert (stored.model, stored.rules_version, stored.found_at, stored.published_at) == (*JUDGE, NOW, None)
    assert (stored.article_id, stored.title, stored.lang) == (version.article_id, "Flood", "en")


def test_judging_twice_changes_nothing(store: Store, version: Version) -> None:
    """A round that was killed after its transaction repeats it without harm."""
    for later in (timedelta(), HOUR):
        judge(store, version, Found(DAM, 0), claim=DAM, now=NOW + later)
    assert (store.count("judgements"), store.count("findings")) == (1, 1)
    assert store.findings.current()[0].found_at == NOW


def test_one_article_may_confirm_and_contradict(store: Store, version: Version) -> None:
    """The deaths and the denial stand in the same article."""
    judge(store, version, Found(DAM, 0), Found(DAM, 1, Stance.CONTRADICTS, Manner.DENIAL), claim=DAM)
    assert len(stands(store)) == 2


def test_one_sentence_may_be_said_by_several(store: Store, version: Version) -> None:
    """Each of those who deny it is kept once, also where the judgement is repeated; so is who is not named."""
    said = [Found(DAM, 0, Stance.CONTRADICTS, Manner.DENIAL, name) for name in ("Minsk", "Hanoi", None)]
    for _ in range(2):
        judge(store, version, *said, claim=DAM)
    assert [found.finding.asserted_by for found in store.findings.current()] == ["Minsk", "Hanoi", None]


def test_m008_and_m009_keep_what_was_found(tmp_path: Path) -> None:
    """Tables are made anew, with every column of every finding, its number, its judge and the view on it."""
    path = tmp_path / "monitor.db"
    with open_store(path) as store:
        store.claims.sync(baseline(DAM, DEAD), now=NOW)
        version = read(store, known_article(store, "https://g.example/1"), "The dam broke.", "Nine people died.")
        judge(store, version, Found(DAM, 0, Stance.CONTRADICTS, Manner.DENIAL, "Minsk"), claim=DAM)
        judge(store, version, Found(DEAD, 1), claim=DEAD)
        before = [
            replace(found, finding=replace(found.finding, about=None, rival=None))  # nobody told claims apart then
            for found in store.findings.current()
        ]
    db = Database(path)
    db.conn.executescript(
        """
        DELETE FROM _sqlite_migrations WHERE name > 'm008';
        DROP INDEX findings_said;
        DROP VIEW current_findings;
        CREATE VIEW current_findings AS SELECT 1 AS a;
        ALTER TABLE findings DROP COLUMN about;
        ALTER TABLE findings DROP COLUMN rival;
        DROP TABLE scores;
        """
    )
    db.close()
    with open_store(path) as store:
        assert store.findings.current() == before
        assert list(store.db.query("PRAGMA foreign_key_check")) == []
        judge(store, version, Found(DAM, 0, Stance.CONTRADICTS, Manner.DENIAL, "Hanoi"), claim=DAM)
        judge(store, version, Found(DEAD, 1), claim=DEAD)
        assert len(store.findings.current()) == 2
        assert (
            store.count("judges") == 2
        )  # the one before, who is not known to have known these claims, and this one


@pytest.mark.parametrize(
    ("start", "end", "evidence"),
    [
        (0, 14, "The dam burst."),
        (0, 14, "the dam broke."),
        (1, 14, "The dam broke."),
        (0, 13, "The dam broke."),
        (15, 29, "The dam broke."),
    ],
)
def test_evidence_that_is_not_verbatim_is_refused(
    store: Store, version: Version, start: int, end: int, evidence: str
) -> None:
    """A quote is checked character for character, or it is not stored, and neither is its judgement."""
    number = store.findings.judge_id(*JUDGE, now=NOW)
    wrong = replace(finding(version, Found(DAM, 0)), start=start, end=end, evidence=evidence)
    with pytest.raises(ValueError, match="evidence of C1 is not verbatim"):
        store.findings.add_judgement(version, revision_of(store, DAM), number, [wrong], candidates=1, now=NOW)
    assert (store.count("judgements"), store.count("findings")) == (0, 0)


def test_a_finding_on_another_claim_is_refused(store: Store, version: Version) -> None:
    """A mix-up of claims would file a denial under the wrong heading."""
    with pytest.raises(ValueError, match="C2 was handed in for C1"):
        judge(store, version, Found(DEAD, 1), claim=DAM)
    assert store.count("judgements") == 0


def test_a_score_out_of_range_takes_the_judgement_back(store: Store, version: Version) -> None:
    """The database's own checks hold, and the transaction is whole."""
    number = store.findings.judge_id(*JUDGE, now=NOW)
    wrong = replace(finding(version, Found(DAM, 0)), score=1.5)
    with pytest.raises(sqlite3.IntegrityError):
        store.findings.add_judgement(version, revision_of(store, DAM), number, [wrong], candidates=1, now=NOW)
    assert (store.count("judgements"), store.count("findings")) == (0, 0)


def test_asking_for_a_judge_twice_gives_one_number(store: Store) -> None:
    """The number is the judge's name in every row; the last use decides whose findings stand."""
    first = store.findings.judge_id(*JUDGE, now=NOW)
    assert store.findings.judge_id(*JUDGE, now=NOW + HOUR) == first
    assert store.findings.judge_id(*OTHER_JUDGE, now=NOW) != first
    assert store.findings.judge_id(*JUDGE, ["a", "b"], now=NOW) != first
    assert store.findings.judge_id(*JUDGE, ["a", "b"], now=NOW) == store.findings.judge_id(
        *JUDGE, ["b", "a"], now=NOW
    )
    assert next(store.db.query("SELECT last_used_at FROM judges WHERE id = ?", [first])) == {
        "last_used_at": "2026-11-22T07:04:20Z"
    }


# What stands -----------------------------------------------------------------------------------


def test_only_findings_in_the_newest_version_stand(store: Store) -> None:
    """What a publisher took back is not shown as said; the row stays for comparison."""
    article = known_article(store, "https://g.example/1")
    judge(store, read(store, article, "The dam broke."), Found(DAM, 0), claim=DAM)
    newest = read(store, article, "The dam did not break.")
    assert stands(store) == []
    judge(store, newest, Found(DAM, 0, Stance.CONTRADICTS), claim=DAM)
    assert stands(store) == [("C1", "contradicts", "The dam did not break.")]
    assert store.count("findings") == 2


def test_only_findings_on_the_wording_of_now_stand(store: Store, version: Version) -> None:
    """A corrected claim starts afresh, and finds its findings again when the correction is taken back."""
    judge(store, version, Found(DEAD, 1), claim=DEAD)
    store.claims.sync(baseline(DAM, replace(DEAD, text="Nine people died in the flood.")), now=NOW)
    assert stands(store) == []
    store.claims.sync(baseline(DAM, DEAD), now=NOW)
    assert len(stands(store)) == 1


def test_findings_of_a_dropped_claim_do_not_stand_those_of_an_unwatched_one_do(
    store: Store, version: Version
) -> None:
    """Dropping hides; not watching only stops looking."""
    judge(store, version, Found(DEAD, 1), claim=DEAD)
    store.claims.sync(baseline(DAM, replace(DEAD, watch=False)), now=NOW)
    assert len(stands(store)) == 1
    store.claims.sync(baseline(DAM), now=NOW)
    assert stands(store) == []


def test_the_judge_used_last_decides_what_stands(store: Store, version: Version) -> None:
    """One article is never counted twice because two models read it; going back is possible."""
    judge(store, version, Found(DAM, 0), claim=DAM)
    assert stands(store) == [("C1", "confirms", "The dam broke.")]
    judge(store, version, Found(DAM, 0, Stance.MENTIONS), claim=DAM, judge_as=OTHER_JUDGE, now=NOW + HOUR)
    assert stands(store) == [("C1", "mentions", "The dam broke.")]
    store.findings.judge_id(*JUDGE, now=NOW + 2 * HOUR)
    assert stands(store) == [("C1", "confirms", "The dam broke.")]


def test_a_judge_stands_aside_where_it_has_not_judged_or_could_not(store: Store, version: Version) -> None:
    """While a new model works through the archive, and where its server was down, the old findings stand."""
    judge(store, version, Found(DAM, 0), claim=DAM)
    store.findings.judge_id(*OTHER_JUDGE, now=NOW + HOUR)
    assert len(stands(store)) == 1
    judge(store, version, claim=DAM, judge_as=OTHER_JUDGE, now=NOW + HOUR, error="no JSON in the answer")
    assert len(stands(store)) == 1
    judge(store, version, claim=DAM, judge_as=OTHER_JUDGE, now=NOW + HOUR)
    assert stands(store) == []


def test_findings_can_be_asked_for_by_claim_stance_and_time(store: Store) -> None:
    """The questions of the command line, newest article first."""
    for age, stance in ((2, Stance.CONFIRMS), (1, Stance.CONTRADICTS)):
        article = known_article(store, f"https://g.example/{age}")
        version = read(store, article, f"The dam broke {age} days ago.", at=NOW - age * DAY)
        judge_all(
            store, version, Found(DAM, 0, stance), Found(DEAD, 0, stance), claims=(DAM, DEAD), now=NOW - age * DAY
        )
    ask = store.findings.current
    assert [f.published_at for f in ask(claim="C1")] == [NOW - DAY, NOW - 2 * DAY]
    assert {f.finding.stance for f in ask(stance=Stance.CONFIRMS)} == {Stance.CONFIRMS}
    assert len(ask(since=NOW - DAY)) == 2
    assert len(ask(since=NOW - DAY + timedelta(seconds=1))) == 0
    assert len(ask(claim="C2", stance=Stance.CONTRADICTS, since=NOW - 9 * DAY)) == 1
    assert len(ask(limit=3)) == 3
    assert ask(claim="C9") == []


def test_the_last_finding_of_each_claim_tells_who_is_silent(store: Store, version: Version) -> None:
    """A claim without a finding has no entry."""
    judge(store, version, Found(DAM, 0), claim=DAM, now=NOW - DAY)
    judge(store, version, claim=DEAD)
    assert store.findings.last_found(until=NOW) == {"C1": NOW - DAY}


# What is news ----------------------------------------------------------------------------------


def test_news_is_what_was_found_after_since_and_up_to_until(store: Store, version: Version) -> None:
    """A digest begins where the last one ended, so that nothing falls between them or comes twice."""
    judge(store, version, Found(DAM, 0), claim=DAM, now=NOW)
    second = timedelta(seconds=1)
    assert news(store, NOW - second) == [("C1", "confirms")]
    assert news(store, NOW, NOW + DAY) == []
    assert news(store, None) == [("C1", "confirms")]
    assert news(store, NOW - DAY, NOW - second) == []


def test_news_comes_in_the_order_of_the_claims_file_and_of_time(store: Store) -> None:
    """A digest reads by claim, oldest first."""
    store.claims.sync(baseline(DEAD, DAM), now=NOW)
    for age in (1, 2):
        article = known_article(store, f"https://g.example/{age}")
        version = read(store, article, f"The dam broke {age} days ago.", at=NOW - age * DAY)
        judge_all(store, version, Found(DAM, 0), Found(DEAD, 0), claims=(DAM, DEAD))
    found = [(f.finding.claim_id, f.published_at) for f in store.findings.found_between(None, NOW)]
    assert found == [("C2", NOW - 2 * DAY), ("C2", NOW - DAY), ("C1", NOW - 2 * DAY), ("C1", NOW - DAY)]


def test_what_another_judge_had_found_is_no_news(store: Store, version: Version) -> None:
    """A new model must not tell a journalist old stories again; what only it found is new."""
    judge(store, version, Found(DAM, 0), claim=DAM, now=NOW - 2 * DAY)
    again = (Found(DAM, 0), Found(DAM, 1, Stance.CONTRADICTS))
    judge(store, version, *again, claim=DAM, judge_as=OTHER_JUDGE, now=NOW)
    assert news(store, NOW - DAY) == [("C1", "contradicts")]
    assert news(store, None) == [("C1", "confirms"), ("C1", "contradicts")]


def test_a_new_version_that_says_the_same_is_no_news_but_a_new_figure_is(store: Store) -> None:
    """A corrected comma is not told again; a toll that rose in a live article is what the reader waits for."""
    article = known_article(store, "https://g.example/1")
    for text, figure, age in (("Nine died.", "Nine", 3), ("Nine died!", "Nine", 2), ("Twelve died.", "Twelve", 1)):
        found = Found(DEAD, 0, Stance.UPDATES, figures=("Six", figure))
        judge(store, read(store, article, text), found, claim=DEAD, now=NOW - age * DAY)
        told = news(store, NOW - age * DAY - HOUR)
        assert told == ([] if age == 2 else [("C2", "updates")])


def test_a_figure_another_judge_reads_differently_is_no_news(store: Store, version: Version) -> None:
    """In the same text nothing has moved but the reader of it."""
    for judge_as, figure, age in ((JUDGE, "Nine", 2), (OTHER_JUDGE, "Nine people", 0)):
        found = Found(DEAD, 1, Stance.UPDATES, figures=("Six", figure))
        judge(store, version, found, claim=DEAD, judge_as=judge_as, now=NOW - age * DAY)
    assert news(store, NOW - DAY) == []


def test_claims_keep_their_findings_apart() -> None:
    """The same sentence may bear on two claims, and is news for each."""
    other = Claim("C9", "A dam broke somewhere.", "en")
    with open_store(":memory:") as store:
        store.claims.sync(baseline(DAM, other), now=NOW)
        version = read(store, known_article(store, "https://g.example/1"), "The dam broke.")
        judge(store, version, Found(DAM, 0), claim=DAM, now=NOW - 2 * DAY)
        judge(store, version, Found(other, 0), claim=other, now=NOW)
        assert news(store, NOW - DAY) == [("C9", "confirms")]


def test_what_was_read_of_a_sentence_comes_back(store: Store, version: Version) -> None:
    """A digest of next month rests on it; nothing is read anew."""
    chain = (Asserter("Reuters", AsserterKind.MEDIUM), Asserter("прессслужба", AsserterKind.STATE_BODY))
    said = Utterance(chain, How.DENIES, Firmness.LIKELY, date(2026, 11, 2), date(2026, 11, 8), dated=True)
    kept = replace(finding(version, Found(DEAD, 1)), kind=Kind.CORRECTION, utterance=said)
    plain = Utterance((), How.SAYS, Firmness.FACT, None, None, dated=False)
    bare = replace(finding(version, Found(DEAD, 0)), utterance=plain)
    number = store.findings.judge_id(*JUDGE, now=NOW)
    store.findings.add_judgement(version, revision_of(store, DEAD), number, [kept, bare], candidates=2, now=NOW)
    assert [found.finding for found in store.findings.current()] == [kept, bare]
    (row,) = store.db.query("SELECT kind, said_from, said_on, dated FROM current_findings WHERE kind IS NOT NULL")
    assert tuple(row.values()) == ("correction", "2026-11-02", "2026-11-08", 1)


def test_a_claim_brings_the_first_day_its_baseline_may_be_of(store: Store, version: Version) -> None:
    """A figure of an older article is history."""
    judge(store, version, Found(DEAD, 1), claim=DEAD)
    stored = store.findings.one(1)
    known = store.claims.baseline()
    assert stored and known
    days = [stored[1].day, known.claims[0].day, store.claims.watched()[0].claim.day]
    assert days == [date(2026, 10, 1)] * 3


def test_findings_of_an_older_database_stay_and_say_what_was_not_read() -> None:
    """They stand until the new rules judge again."""
    db = Database(sqlite3.connect(":memory:"))
    migrations.apply(db, stop_before="m005_add_utterances")
    db.conn.executescript(OLD_ROWS)
    migrations.apply(db)
    (row,) = db.query("SELECT * FROM current_findings")
    assert row["evidence"] == "It broke."
    kept = ("kind", "chain", "how", "firmness", "said_from", "said_on", "dated")
    assert [row[name] for name in kept] == [None] * len(kept)


OLD_ROWS = """
INSERT INTO feeds (id, url, name, next_check_at) VALUES (1, 'https://g.example/feed', 'G', '2026-11-22T06:00:00Z');
INSERT INTO articles (id, url, feed_title, first_seen_at, next_try_at, state, outlet)
VALUES (1, 'https://g.example/1', 'Dam', '2026-11-22T06:00:00Z', '2026-11-22T06:00:00Z', 'read', 'G');
INSERT INTO versions (id, article_id, page_url, title, text, terms, content_hash, read_at)
VALUES (1, 1, 'https://g.example/1', 'Dam', 'It broke.', '', 'x', '2026-11-22T06:00:00Z');
INSERT INTO claims (id, text, lang, watch, listed, position) VALUES ('C1', 'It broke.', 'en', 1, 1, 0);
INSERT INTO claim_revisions (id, claim_id, text, lang, since)
VALUES (1, 'C1', 'It broke.', 'en', '2026-11-22T06:00:00Z');
INSERT INTO judges (id, model, rules, last_used_at) VALUES (1, 'm', '3', '2026-11-22T06:00:00Z');
INSERT INTO judgements (version_id, revision_id, judge_id, judged_at, candidates)
VALUES (1, 1, 1, '2026-11-22T06:00:00Z', 1);
INSERT INTO findings (version_id, revision_id, judge_id, stance, manner, sentence, start, "end", evidence, score,
                      similarity, entails, neutral, contradicts, stances, rules, found_at)
VALUES (1, 1, 1, 'confirms', 'statement', 0, 0, 9, 'It broke.', 0.9, 0.9, 1, 0, 0, '{}', '[]',
        '2026-11-22T06:00:00Z');
"""
