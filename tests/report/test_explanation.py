"""Explanation: every step that led to a finding, computed again from what is stored."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from rich.cells import cell_len

from monitor.claims.utterance import Days
from monitor.judge.stance import RULES_VERSION, Judged, decide
from monitor.read.sentences import split_sentences
from monitor.records import Claim, PairScores, Stance, StoredFinding, Version
from monitor.report.explanation import Explanation, explain, explanation_text

CLAIM = Claim("C1", "Six people died when the dam broke.", "en")
TEXT = (
    "The dam above Oberau is a hundred years old.\n"
    "Spokeswoman Anna Lind spoke to reporters. She denied on Thursday that six people had died.\n"
    "It rained all night."
)
NOW = datetime(2026, 11, 22, 6, 4, 20, tzinfo=UTC)


def explained(scores: PairScores, *, rules: str = RULES_VERSION) -> Explanation:
    """Explain what the real rules decide on the third sentence."""
    version = Version(3, 2, "https://a.example/2", "Dam", "en", NOW, TEXT, tuple(split_sentences(TEXT, "en")))
    (finding,) = decide(CLAIM, version, [Judged(version.sentences[2], 0.8, scores)])
    stored = StoredFinding(
        id=7,
        finding=finding,
        claim_text=CLAIM.text,
        article_id=2,
        url=version.url,
        outlet="Courier",
        title=version.title,
        lang="en",
        published_at=NOW,
        found_at=NOW,
        model="embedded 1",
        rules_version=rules,
    )
    return explain(stored, CLAIM, version)


DENIED = PairScores(0.02, 0.03, 0.95, {"confirms": 0.02, "contradicts": 0.94, "updates": 0.01, "mentions": 0.02})


def test_the_steps_end_with_the_rule_that_decided() -> None:
    found = explained(DENIED)
    assert [step.name for step in found.steps] == list(found.stored.finding.rules)
    assert found.steps[-1].ruling is not None
    assert found.steps[-1].ruling.stance is Stance.CONTRADICTS
    assert all(step.ruling is None for step in found.steps[:-1])
    assert all(step.meaning for step in found.steps)


def test_the_sentence_stands_in_its_paragraph_who_said_it_and_when() -> None:
    found = explained(DENIED)
    assert found.paragraph[found.start : found.end] == found.stored.finding.evidence
    assert found.paragraph.startswith("Spokeswoman Anna Lind spoke")
    assert "\n" not in found.paragraph
    assert found.said == Days(date(2026, 11, 19), date(2026, 11, 19))
    assert found.reading.cues == ("denied",)


def test_the_chain_is_told_with_the_kind_of_each_and_how_firmly() -> None:
    assert "Spokeswoman Anna Lind (person); denies, as fact" in explanation_text(explained(DENIED), zone="UTC")


def test_figures_of_both_sides_are_told() -> None:
    text = explanation_text(explained(DENIED), zone="UTC")
    assert "claim: Six (people)" in text
    assert "sentence: six (people)" in text


def test_a_finding_of_older_rules_says_so() -> None:
    assert "Rules 0 decided this" in explanation_text(explained(DENIED, rules="0"), zone="UTC")
    assert "decided this" not in explanation_text(explained(DENIED), zone="UTC")


@pytest.mark.parametrize("width", [40, 80])
def test_lines_fit_the_terminal_and_nothing_is_lost(width: int) -> None:
    found = explained(DENIED)
    lines = explanation_text(found, zone="Europe/Zurich", width=width).split("\n")
    assert all(cell_len(line) <= width for line in lines)
    assert "".join(found.stored.finding.evidence.split()) in "".join("".join(lines).split())
