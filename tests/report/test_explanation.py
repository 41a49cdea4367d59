"""Explanation: every step that led to a finding, computed again from what is stored."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from rich.cells import cell_len

from monitor.judge.stance import RULES_VERSION, Judged, decide
from monitor.read.sentences import split_sentences
from monitor.records import Claim, PairScores, Stance, StoredFinding, Version
from monitor.report.explanation import Explanation, explain, explanation_text
from monitor.utterances import How, Kind

CLAIM = Claim("C1", "Six people died when the dam broke.", "en")
TEXT = (
    "The dam above Oberau is a hundred years old.\n"
    "Spokeswoman Anna Lind spoke to reporters. She denied on Thursday that six people had died.\n"
    "It rained all night."
)
NOW = datetime(2026, 11, 22, 6, 4, 20, tzinfo=UTC)


VERSION = Version(3, 2, "https://a.example/2", "Dam", "en", NOW, TEXT, tuple(split_sentences(TEXT, "en")))


def explained(scores: PairScores, *, rules: str = RULES_VERSION, day: datetime | None = NOW) -> Explanation:
    """Explain what the real rules decide on the third sentence."""
    version = replace(VERSION, day=day)
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
    return explain(stored, CLAIM, version, read_as=CLAIM.text)


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
    assert (found.utterance.day, found.utterance.dated) == (date(2026, 11, 19), True)
    assert found.reading.cues == ("denied",)


def test_the_chain_is_told_with_the_kind_of_each_and_how_firmly() -> None:
    assert "Spokeswoman Anna Lind (person); denies, as fact" in explanation_text(explained(DENIED), zone="UTC")


def test_who_stays_open_is_told_as_written() -> None:
    """ "She" who may be two people is somebody, whom nobody names."""
    version = replace(
        VERSION, text=TEXT.replace("Spokeswoman Anna Lind spoke", "Anna Lind met the mayor Eva Berg, who spoke")
    )
    version = replace(version, sentences=tuple(split_sentences(version.text, "en")))
    (finding,) = decide(CLAIM, version, [Judged(version.sentences[2], 0.8, DENIED)])
    assert finding.asserted_by is None
    stored = replace(explained(DENIED).stored, finding=finding)
    text = explanation_text(explain(stored, CLAIM, version, read_as=CLAIM.text), zone="UTC")
    assert "“She”, who stays open; denies, as fact" in text


def test_figures_of_both_sides_are_told() -> None:
    text = explanation_text(explained(DENIED), zone="UTC")
    assert "claim: Six (people)" in text
    assert "sentence: six (people)" in text


def test_which_claim_the_sentence_is_about_is_told_with_its_rival() -> None:
    """Who disagrees sees that another claim took the sentence, or nearly did."""
    version, stored = VERSION, explained(DENIED).stored
    assert "about this claim" not in explanation_text(
        explained(DENIED), zone="UTC"
    )  # nobody told claims apart then
    judged = Judged(version.sentences[2], 0.8, DENIED, about=0.62, rival="C4")
    (finding,) = decide(CLAIM, version, [judged])
    found = explain(replace(stored, finding=finding), CLAIM, version, read_as=CLAIM.text)
    assert found.steps[-1].ruling is not None
    assert found.steps[-1].ruling.score == pytest.approx(0.62 * 0.94 / 0.99, abs=0.01)
    text = explanation_text(found, zone="UTC", width=200)
    assert "about this claim, not about another or nothing: 0.62; it may be about C4 instead" in text


def test_a_finding_of_older_rules_says_so() -> None:
    assert "Rules 0 decided this" in explanation_text(explained(DENIED, rules="0"), zone="UTC")
    assert "decided this" not in explanation_text(explained(DENIED), zone="UTC")


@pytest.mark.parametrize("width", [40, 80])
def test_lines_fit_the_terminal_and_nothing_is_lost(width: int) -> None:
    found = explained(DENIED)
    lines = explanation_text(found, zone="Europe/Zurich", width=width).split("\n")
    assert all(cell_len(line) <= width for line in lines)
    assert "".join(found.stored.finding.evidence.split()) in "".join("".join(lines).split())


def test_what_was_stored_is_told_and_what_is_read_otherwise_today() -> None:
    """Who decided then is answered by what was kept then."""
    plain = explained(DENIED)
    assert plain.differs == ()
    finding = plain.stored.finding
    assert finding.utterance is not None
    other = replace(finding.utterance, day=date(2026, 11, 1), dated=False, how=How.DOUBTS)
    stored = replace(plain.stored, finding=replace(finding, utterance=other, kind=Kind.REFUTATION))
    found = explain(stored, CLAIM, VERSION, read_as=CLAIM.text)
    assert (found.utterance, found.kind) == (other, Kind.REFUTATION)
    text = explanation_text(found, zone="UTC")
    assert "doubts, as fact" in text and "as news: refutation" in text
    assert "how: Spokeswoman Anna Lind (person); denies, as fact" in text
    assert "when: Thursday 19 November 2026" in text
    renamed = replace(plain.stored, finding=replace(finding, asserted_by="Karl Berg"))
    assert "who says it: Spokeswoman Anna Lind" in explanation_text(
        explain(renamed, CLAIM, VERSION, read_as=CLAIM.text), zone="UTC"
    )


def test_a_finding_of_before_utterances_were_kept_is_read_today() -> None:
    """Nothing differs from what was never written down."""
    plain = explained(DENIED)
    old = replace(plain.stored, finding=replace(plain.stored.finding, utterance=None, kind=None))
    found = explain(old, CLAIM, VERSION, read_as=CLAIM.text)
    assert (found.utterance, found.kind, found.differs) == (plain.utterance, plain.kind, ())


def test_an_article_whose_dates_contradict_each_other_has_no_day() -> None:
    """The date on the page is shown, and that nothing rests on it."""
    text = explanation_text(explained(DENIED, day=None), zone="UTC")
    assert "contradict each" in text
