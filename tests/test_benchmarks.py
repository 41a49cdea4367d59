"""The benchmark page: tables go to their places, written text stays, what is missing is said in one line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks import evaluate, run
from benchmarks.evaluation import figures, headlines, proposals, stories
from monitor.claims.baseline import Proposal
from monitor.judge.model import EmbeddedModel
from monitor.records import ClaimKind
from training.stories import split

ROOT = Path(__file__).parents[1]
PAGE = "# Results\n\nWhy.\n\n<!-- bench_x: begins -->\nold\n<!-- bench_x: ends -->\n\nWhat was tried.\n"


def test_a_table_takes_its_place_and_leaves_the_prose() -> None:
    """What a person wrote about a table must survive the next measurement, and a second one must add nothing."""
    page = run.put(PAGE, "bench_x", "| new \\1 |\n")
    assert page == PAGE.replace("\nold\n", "\n\n| new \\1 |\n\n")
    assert run.put(page, "bench_x", "| new \\1 |") == page


@pytest.mark.parametrize("page", ["# Results\n", PAGE * 2, PAGE.replace("begins", "starts")])
def test_a_page_without_one_place_for_a_table_is_refused(page: str) -> None:
    """A table that is put nowhere, or twice, would be lost or contradict itself."""
    with pytest.raises(ValueError, match="bench_x"):
        run.put(page, "bench_x", "new")


@pytest.mark.parametrize("script", run.SCRIPTS)
def test_the_page_has_a_place_for_each_script(script: str) -> None:
    """`make bench` must not find that out after minutes of measuring."""
    page = run.RESULTS.read_text(encoding="utf-8")
    assert "| new |" in run.put(page, Path(script).stem, "| new |")


def test_each_figure_is_shown_beside_the_one_before() -> None:
    """Figures without anything to hold them against say little."""
    lines = evaluate.table({"macro F1": "0.99", "new": "1"}, {"macro F1": "0.17", "gone": "2"}).splitlines()
    assert lines == [
        "| measure | before | now |",
        "| --- | --- | --- |",
        "| macro F1 | 0.17 | 0.99 |",
        "| new | – | 1 |",
    ]


def test_a_score_that_is_right_as_often_as_it_says_is_calibrated() -> None:
    """Eight of ten at 0.8 cost nothing; all of ten cost the two tenths that were not said."""
    ten = range(10)
    assert stories.calibration_error([(0.8, n < 8) for n in ten]) == pytest.approx(0)
    assert stories.calibration_error([(0.8, True) for _ in ten]) == pytest.approx(0.2)
    assert stories.calibration_error([(0.8, n < 8) for n in ten] + [(0.3, True) for n in ten]) == pytest.approx(
        0.35
    )
    assert stories.calibration_error([(1.0, True)]) == 0
    assert stories.calibration_error([]) == 0


def test_findings_on_ambiguous_pairs_say_nothing_about_scores() -> None:
    """As in score_story.py: neither right nor wrong."""
    label = {"article_id": "a", "claim_id": "C1", "verdict": "confirms", "ambiguous": False}
    labels = [label, {**label, "claim_id": "C2", "ambiguous": True}]
    found = [{**label, "claim_id": claim, "score": 0.5} for claim in ("C1", "C2", "C3")]
    assert list(stories.outcomes(labels, found)) == [(0.5, True), (0.5, False)]


def test_stories_that_measure_are_those_that_never_train() -> None:
    """The list of the table and the list of the training are one."""
    if not (shared := ROOT.parent / "shared").is_dir():
        pytest.skip("the labelled stories are not part of this repository")
    assert set(stories.folders(shared)) == {"story"}.union(*split())


def test_the_challenge_scores_related_first_and_stance_second() -> None:
    """The rule of the Fake News Challenge: 0.25 for related or not, 0.75 more for the right stance."""
    right = ["unrelated", "agree", "agree", "disagree"]
    assert headlines.weighted_score(right, right) == 1
    assert headlines.weighted_score(right, ["unrelated", "discuss", "unrelated", "disagree"]) == pytest.approx(
        1.5 / 3.25
    )
    assert headlines.f1_of(right, ["unrelated", "agree", "discuss", "agree"], "agree") == pytest.approx(0.5)
    assert headlines.f1_of(right, right, "discuss") == 0


def test_a_classifier_is_never_asked_about_a_body_it_learnt_from() -> None:
    """Otherwise it would know the answer: a feature that names the body is of no use."""
    groups = [number // 4 for number in range(200)]
    stances = [headlines.STANCES[group % 4] for group in groups]
    features = np.array([[float(group * 7919 % 1000)] for group in groups], dtype=np.float32)
    guessed = headlines.cross_validated(features, stances, groups)
    assert sum(a == b for a, b in zip(guessed, stances, strict=True)) < 0.5 * len(stances)


def test_missing_stories_are_told_in_one_line(tmp_path: Path) -> None:
    """The labelled stories are not part of the repository: whoever has none must learn what to pass."""
    command = [sys.executable, "benchmarks/evaluate.py", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stdout == "" and done.stderr.count("\n") == 1
    assert f"{tmp_path}/tools/score_story.py: no such file" in done.stderr


def test_a_missing_script_is_skipped_loudly() -> None:
    """Else a table of long ago would look like one of today."""
    command = [sys.executable, "benchmarks/run.py", "bench_nothing.py"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "bench_nothing.py SKIPPED" in done.stderr


def test_a_listed_claim_is_found_where_a_proposal_holds_its_decisive_words() -> None:
    """Half of the decisive words do not make the claim; the first proposal that holds them all counts."""
    held = [Proposal("", "", start, end, 0.5, ClaimKind.EVENT, None, (), ()) for start, end in ((0, 9), (5, 30))]
    places = {"C1": [[6, 12]], "C2": [[8, 40], [0, 9]], "C3": [[25, 31]]}
    assert proposals.first_places(held, places) == {"C1": 2, "C2": 1, "C3": None}


def test_most_listed_claims_of_the_story_are_proposed_first() -> None:
    """The bar of the project: 10 of the 12 claims that a person listed, among the first 20 (November 2026: 11)."""
    if not (shared := ROOT.parent / "shared").is_dir():
        pytest.skip("the labelled stories are not part of this repository")
    rows = dict(proposals.listed_claims(shared, EmbeddedModel(threads=1)))
    found, _, listed = rows["`story`: listed claims among the first 20 proposals"].split()
    assert int(found) >= 10 and int(listed) == 12


@pytest.mark.parametrize(
    ("figure", "low", "high"),
    [
        ({"new": "20,000", "unit": "containers"}, 20_000, 20_000),
        ({"new": "2.6 billion", "unit": "euros"}, 2.6e9, 2.6e9),
        ({"new": "about", "unit": "40 million euros"}, 40e6, 40e6),
        ({"new": "4000-5000", "unit": "tonnes"}, 4000, 5000),
        ({"new": "1/4", "unit": "trains"}, 25, 25),
    ],
)
def test_the_value_of_a_label_is_read_with_its_unit(figure: dict[str, str], low: float, high: float) -> None:
    """Some labels put half of the value into the unit."""
    value = figures.value_of(figure, "new")
    assert value is not None
    assert (value.low, value.high) == (low, high)


@pytest.mark.parametrize(
    "figure",
    [None, {"new": "", "unit": "euros"}, {"new": "15 March", "unit": "date"}, {"new": "full", "unit": ""}],
)
def test_dates_and_words_are_no_values(figure: dict[str, str] | None) -> None:
    """They are left out of the count, and the page says so."""
    assert figures.value_of(figure, "new") is None
