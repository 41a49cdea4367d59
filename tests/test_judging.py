"""Embed, judge and tell: what is computed once, what becomes pending again, and what a digest says of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from monitor import desk
from monitor.errors import ConfigError, ModelError, StoreError
from monitor.judge.files import read_articles
from monitor.pipeline import Models, judge_articles
from monitor.pipeline.judging import CLAIMS_AT_ONCE, EMBED_AT_ONCE, JUDGE_RETRY
from monitor.read.workers import Workers
from monitor.records import Claim, Finding, Pair, PairScores, StepCount, Version
from monitor.status import status_of
from monitor.store import open_store
from tests.judge.fake_model import FakeModel
from tests.town import DAM, DAY, DEAD, HOUR, MAYOR, MINUTE, NOW, Bench, open_bench

FLOOD = (
    "The dam above the valley broke on Monday.\n"
    "The council said that six people died in the flood.\n"
    "The army brings water and bread by helicopter to the villages."
)
DENIAL = (
    "The company never saw a danger in all the years of its work.\n"
    "The company denied that the dam above the valley broke on Monday.\n"
    "The army brings water and bread by helicopter to the villages."
)
SPORT = "The home team won the match by two goals to one on Sunday.\nThe next match is in a week's time."


class Failing(FakeModel):
    """A model that fails while it is told to."""

    fails = True

    def score(self, pairs: Sequence[Pair]) -> list[PairScores]:
        if self.fails:
            raise ModelError("127.0.0.1:9: no answer from the model's server. Is it running?")
        return super().score(pairs)


class Counting(FakeModel):
    """A model that keeps what it was asked to embed."""

    def __init__(self) -> None:
        self.embedded: list[str] = []

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.embedded += texts
        return super().embed(texts)


class Listening(FakeModel):
    """A model that keeps the claims it was asked about, as they were put to it."""

    def __init__(self) -> None:
        self.heard: set[str] = set()

    def score(self, pairs: Sequence[Pair]) -> list[PairScores]:
        self.heard |= {pair.hypothesis for pair in pairs}
        return super().score(pairs)


class Deaf(FakeModel):
    """A model that cannot embed."""

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        raise ModelError(f"weights: {len(texts)} texts cannot be read")


@pytest.fixture
def bench(tmp_path: Path, workers: Workers) -> Iterator[Bench]:
    """Three articles that were read, and two claims."""
    with open_bench(tmp_path, workers) as bench:
        bench.publish("/feed1", flood=FLOOD, denial=DENIAL, sport=SPORT)
        bench.watch(DAM, DEAD)
        bench.poll()
        assert bench.read().done == 3
        yield bench


def using(bench: Bench, model: FakeModel) -> Bench:
    return replace(bench, models=Models(model, model))


def judged(bench: Bench, since: str) -> list[tuple[str, int]]:
    """Return the claims that articles were judged for since a stored moment, each with its count."""
    return bench.rows(
        f"""
        SELECT claim_id, count(*) FROM judgements
        JOIN claim_revisions ON claim_revisions.id = judgements.revision_id
        WHERE judged_at >= '{since}' GROUP BY claim_id ORDER BY claim_id
        """  # noqa: S608  a moment from a test
    )


def findings(bench: Bench) -> list[tuple[str, Finding]]:
    return sorted(((found.url, found.finding) for found in bench.store.findings.current()), key=repr)


def test_a_text_is_embedded_once_however_often_it_is_printed(bench: Bench) -> None:
    """Ten papers print one agency's sentence; here two print the same one, and a third prints a claim."""
    model = Counting()
    assert using(bench, model).embed() == StepCount("embed", 6, 0)
    assert sorted(model.embedded) == sorted({*model.embedded})
    assert len(model.embedded) == 6 + 2  # sentences, and the two claims
    assert using(bench, model).embed() == StepCount("embed", 0, 0)
    assert len(model.embedded) == 8


def test_embedding_ends_between_batches_when_told_to(bench: Bench) -> None:
    """At SIGTERM there are ten seconds; what is computed is kept, and the rest is pending."""
    long = "\n".join(f"Helicopter number {n} brought bread to village number {n}." for n in range(EMBED_AT_ONCE))
    bench.publish("/feed2", long=long)
    bench.poll(NOW + HOUR)
    bench.read(NOW + HOUR)
    told: list[tuple[str, int, int]] = []
    stops = iter([False, True])
    assert bench.embed(stop=lambda: next(stops), progress=lambda *n: told.append(n)).done == EMBED_AT_ONCE
    assert told == [("embed", EMBED_AT_ONCE, EMBED_AT_ONCE + 6)]
    assert bench.store.count("vectors") == 2 + EMBED_AT_ONCE
    assert bench.embed().done == 6


def test_judging_embeds_what_there_was_no_time_for(bench: Bench) -> None:
    """The first day brings more than a round can embed; the newest articles are judged all the same."""
    assert bench.embed(stop=lambda: True).done == 0
    assert bench.judge().done == 3
    assert bench.embed().done == 0
    assert findings(bench)


def test_each_article_is_judged_once_for_each_claim_also_where_nothing_is_found(bench: Bench) -> None:
    """Nothing found is a result: were it not written, it would be tried for ever."""
    bench.embed()
    told: list[tuple[str, int, int]] = []
    count = bench.judge(progress=lambda *news: told.append(news))
    assert (count.done, count.failed) == (3, 0)
    assert told == [("judge", 1, 3), ("judge", 2, 3), ("judge", 3, 3)]
    assert judged(bench, "2026") == [("C1", 3), ("C2", 3)]
    found = {(url.rpartition("/")[2], finding.claim_id, str(finding.stance)) for url, finding in findings(bench)}
    assert ("flood", "C1", "confirms") in found
    assert ("denial", "C1", "contradicts") in found
    assert not any(url == "sport" for url, _, _ in found)
    assert bench.judge(NOW + HOUR) == StepCount("judge", 0, 0, "0 findings")


def test_adding_changing_and_dropping_a_claim_judges_again_and_asks_about_that_claim_alone(bench: Bench) -> None:
    """Another claim may take a sentence from this one. What the model said of the others is known."""
    model = Listening()
    bench = using(bench, model)
    bench.judge()
    before = findings(bench)
    asked = bench.store.count("scores")

    model.heard.clear()
    bench.watch(DAM, DEAD, MAYOR, now=NOW + HOUR)
    assert bench.judge(NOW + HOUR).done == 3
    assert judged(bench, "2026-11-22T07") == [("C1", 3), ("C2", 3), ("C3", 3)]
    assert model.heard == {MAYOR.text}
    assert bench.store.count("scores") > asked

    model.heard.clear()
    reworded = replace(DEAD, text="At least six people died in the flood.")
    bench.watch(DAM, reworded, MAYOR, now=NOW + 2 * HOUR)
    assert bench.judge(NOW + 2 * HOUR).done == 3
    assert model.heard == {reworded.text}

    model.heard.clear()
    bench.watch(DAM, MAYOR, now=NOW + 3 * HOUR)
    assert bench.judge(NOW + 3 * HOUR).done == 3
    bench.watch(MAYOR, now=NOW + 3 * HOUR)
    assert bench.judge(NOW + 3 * HOUR).done == 3

    bench.watch(DAM, DEAD, now=NOW + 4 * HOUR)
    assert bench.judge(NOW + 4 * HOUR).done == 0  # back to claims that were judged already
    assert model.heard == set()
    assert findings(bench) == before


def test_two_claims_do_not_both_take_a_sentence_that_is_about_one(bench: Bench) -> None:
    """A denial of one thing looks like a denial of the next; the claim that it is about keeps it."""
    harbour = Claim("C4", "The dam above the harbour broke on Tuesday.", "en")
    bench.watch(harbour)
    bench.judge()
    alone = [finding for _, finding in findings(bench)]
    bench.watch(DAM, harbour)
    bench.judge()
    together = [finding for _, finding in findings(bench) if finding.claim_id == "C4"]
    assert alone
    assert len(together) < len(alone)


def test_what_is_found_for_a_claim_does_not_depend_on_the_others(bench: Bench, tmp_path: Path) -> None:
    """A claim that is added later must find what it would have found from the start."""
    bench.watch(DAM)
    bench.judge()
    bench.watch(DAM, DEAD)
    bench.judge()
    later = findings(bench)
    with open_store(tmp_path / "other.db") as store:
        other = replace(bench, store=store)
        other.publish("/feed1", flood=FLOOD, denial=DENIAL, sport=SPORT)
        other.watch(DAM, DEAD)
        other.poll()
        other.read()
        other.judge()
        assert findings(other) == later


def test_a_model_that_fails_ends_the_step_is_written_down_and_asked_again_later(bench: Bench) -> None:
    """A model's server that is down must not be asked for each of a thousand articles. The claims of an article
    fail together: which of them a sentence is about is not known before all have an answer."""
    model = Failing()
    failing = using(bench, model)
    failing.embed()
    count = failing.judge()
    assert (count.done, count.failed) == (0, 1)
    assert "Is it running?" in count.note
    assert bench.rows("SELECT error LIKE '%Is it running?' FROM judgements") == [(1,), (1,)]
    assert findings(bench) == []
    model.fails = False
    assert failing.judge(NOW + MINUTE).failed == 0
    assert bench.rows("SELECT count(error) FROM judgements") == [(2,)]  # too early for these
    assert failing.judge(NOW + JUDGE_RETRY + MINUTE).done == 1
    assert bench.rows("SELECT count(*), count(error) FROM judgements") == [(6, 0)]


def test_a_model_that_cannot_embed_ends_both_steps_without_a_crash(bench: Bench) -> None:
    """The weights are damaged, say: one line in the log, and the daemon goes on polling."""
    deaf = using(bench, Deaf())
    assert deaf.embed() == StepCount("embed", 0, 1, "weights: 2 texts cannot be read")
    count = deaf.judge()
    assert (count.done, count.failed) == (0, 1)
    assert bench.rows("SELECT count(*) FROM judgements WHERE error IS NOT NULL") == [(2,)]


def test_judging_ends_between_some_claims_and_the_next_when_told_to(bench: Bench) -> None:
    """An article stands whole or not at all; what the model said by then is not asked again."""
    claims = [replace(DAM, id=f"D{n}", text=f"{DAM.text} It was dam {n}.") for n in range(CLAIMS_AT_ONCE)]
    bench.watch(*claims, DEAD)
    bench.embed()
    stops = iter([False, False, False, True])
    assert bench.judge(stop=lambda: next(stops)).done == 1
    assert bench.store.count("judgements") == CLAIMS_AT_ONCE + 1
    model = Listening()
    assert using(bench, model).judge(NOW + MINUTE).done == 2
    assert bench.store.count("judgements") == 3 * (CLAIMS_AT_ONCE + 1)
    assert findings(bench)


def test_a_file_of_articles_is_judged_as_the_store_judges_them(bench: Bench, tmp_path: Path) -> None:
    """`monitor judge` is how the product is measured: it has to be the product."""
    bench.embed()
    bench.judge()
    versions = [bench.store.articles.version(number) for (number,) in bench.rows("SELECT id FROM versions")]
    file = tmp_path / "articles.jsonl"
    file.write_text(
        "".join(
            json.dumps({"id": v.url, "url": v.url, "lang": v.lang, "title": v.title, "text": v.text, "date": day})
            + "\n"
            for v in versions
            for day in [v.day.date().isoformat() if v.day else None]
        )
    )
    claims = [DAM, DEAD, replace(DAM, id="C9", watch=False)]
    from_file = judge_articles(read_articles(file), claims, bench.models)
    assert len(findings(bench)) >= 3
    assert sorted(from_file, key=repr) == findings(bench)


def test_a_claim_that_points_back_is_put_to_the_model_with_the_one_before(bench: Bench) -> None:
    """Also where the one before is not watched, in the daemon and on a file of articles alike."""
    unwatched, pointing = replace(DAM, watch=False), Claim("C2", "The company denied this report.", "en")
    model = Listening()
    told = using(bench, model)
    told.watch(unwatched, pointing)
    told.judge()
    assert model.heard == {"The company denied this report (The dam above the valley broke on Monday)."}
    on_file = Listening()
    articles = [(str(number), bench.store.articles.version(number)) for number in (1, 2, 3)]
    list(judge_articles(articles, [unwatched, pointing], Models(on_file, on_file)))
    assert on_file.heard == model.heard


@pytest.mark.parametrize("claims", [(), (replace(DAM, watch=False),), (DAM, DEAD)])
def test_nothing_to_judge_is_no_trouble(claims: tuple[Claim, ...]) -> None:
    """An empty text, no claim that is watched, no articles: nothing is found, and nothing breaks."""
    empty = Version(1, 1, "https://x.example/1", "", None, None, "", ())
    fake = FakeModel()
    assert list(judge_articles([("a", empty)], claims, Models(fake, fake))) == []
    assert list(judge_articles([], claims, Models(fake, fake))) == []


def test_the_judge_is_named_after_both_models() -> None:
    """Findings of another pair of models are other findings."""

    class Other(FakeModel):
        name = "other-2"

    assert Models(FakeModel(), FakeModel()).name == "fake-1"
    assert Models(FakeModel(), Other()).name == "other-2 after fake-1"


def test_the_first_digest_holds_everything_and_grows_on_its_day(bench: Bench) -> None:
    """Written again on the same day it is the same digest with what came in; the next day brings only news."""
    bench.judge()
    settings, store = bench.settings, bench.store
    assert desk.is_digest_due(store, settings, now=NOW + HOUR)
    assert not desk.is_digest_due(store, settings, now=NOW)  # before seven
    first = desk.write_digest(store, settings, now=NOW + HOUR)
    assert first.since is None
    assert [claim.claim_id for claim in first.claims] == ["C1", "C2"]
    assert not desk.is_digest_due(store, settings, now=NOW + 2 * HOUR)

    bench.publish("/feed2", late="The dam above the valley broke on Monday, an engineer said.")
    bench.poll(NOW + 3 * HOUR)
    bench.read(NOW + 3 * HOUR)
    bench.judge(NOW + 3 * HOUR)
    news = desk.preview_digest(store, settings, now=NOW + 4 * HOUR)
    assert news.since == first.until
    assert [item.url for claim in news.claims for item in claim.confirmations] == [f"{bench.base}/late"]
    grown = desk.write_digest(store, settings, now=NOW + 4 * HOUR)
    assert grown.since is None
    assert {item.url.rpartition("/")[2] for item in grown.claims[0].confirmations} == {"flood", "late"}
    assert store.count("digests") == 1

    next_day = desk.write_digest(store, settings, now=NOW + DAY)
    assert (next_day.since, next_day.claims) == (grown.until, ())
    assert [claim.claim_id for claim in next_day.silent] == ["C1", "C2"]
    assert desk.digest_of_day(store, settings, date(2026, 11, 22), now=NOW + DAY) == grown


def test_a_day_without_a_digest_is_put_together_from_what_was_found_on_it(bench: Bench) -> None:
    """A reader asks for the day before the first digest, or for a day on which the machine slept."""
    bench.judge()
    settings, store = bench.settings, bench.store
    found = desk.digest_of_day(store, settings, date(2026, 11, 22), now=NOW + HOUR)
    assert [claim.claim_id for claim in found.claims] == ["C1", "C2"]
    assert found.until == NOW + HOUR
    assert desk.digest_of_day(store, settings, date(2026, 11, 21), now=NOW + HOUR).claims == ()
    with pytest.raises(ConfigError, match="still to come"):
        desk.digest_of_day(store, settings, date(2026, 11, 23), now=NOW + HOUR)
    assert store.count("digests") == 0
    assert desk.preview_digest(store, settings, now=NOW + HOUR).since is None


def test_a_digest_needs_claims(tmp_path: Path) -> None:
    """An empty database is no digest without news."""
    with open_store(tmp_path / "empty.db") as store, pytest.raises(StoreError, match="run --once"):
        desk.make_digest(store, day=NOW.date(), since=None, until=NOW)


def test_the_status_counts_what_stands(bench: Bench) -> None:
    """One glance: articles, findings, feeds, the last rounds and the last digest."""
    bench.judge()
    bench.store.rounds.add([StepCount("judge", 3, 0)], now=NOW)
    desk.write_digest(bench.store, bench.settings, now=NOW)
    status = status_of(bench.store, now=NOW)
    assert status.articles == {"read": 3}
    assert status.findings == len(findings(bench))
    assert (status.feeds, status.failing, status.last_digest) == (1, [], NOW.date())
    assert status.rounds == [(StepCount("judge", 3, 0), NOW)]
    assert status.next_due is not None and NOW < status.next_due < NOW + HOUR
