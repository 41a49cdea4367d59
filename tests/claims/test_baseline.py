"""Which sentences of an article are worth checking, and the file that a person corrects."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.claims.baseline import Proposal, baseline_yaml, find_candidates, kind_of, rank
from monitor.claims.quantities import figures
from monitor.claims.worth import packaged_model
from monitor.config import load_baseline
from monitor.judge.model import EmbeddedModel
from monitor.records import ClaimKind

ARTICLE = """The dam above Bellmouth failed on 3 May 2024 and flooded 1,200 houses, the county said.

Photo: County office. The lake seen from the air.

By Our Correspondent

I think we should all be worried about what comes next.

Who knew about the cracks in the wall of the Bellmouth dam?

The minister denied that engineers had warned her office in March about the state of the wall.

The dam above Bellmouth failed on 3 May 2024 and flooded 1,200 houses, the county said.

Read more: Five dams that failed in the last ten years, and what the reports said.
"""


@cache
def embedder() -> EmbeddedModel:
    return EmbeddedModel(threads=1)


def propose(
    text: str, lang: str | None, title: str, *, at_most: int = 20, published: str | None = None
) -> tuple[Proposal, ...]:
    candidates = find_candidates(text, lang, title)
    vectors = embedder().embed([candidate.text for candidate in candidates])
    return rank(candidates, vectors, packaged_model(), lang=lang, published=published, at_most=at_most)


def proposed(text: str = ARTICLE, lang: str | None = "en") -> list[str]:
    return [proposal.text for proposal in propose(text, lang, "Dam fails")]


def test_facts_with_figures_and_sources_come_first() -> None:
    """A person who corrects the file reads from the top, and may stop early."""
    assert proposed()[0].startswith("The dam above Bellmouth failed")
    assert proposed()[1].startswith("The minister denied")


@pytest.mark.parametrize(
    "part", ["Photo:", "seen from the air", "Correspondent", "Who knew", "Read more", "I think"]
)
def test_what_is_no_claim_is_left_out(part: str) -> None:
    """Captions, bylines, questions, opinions and links to other stories would become false claims."""
    assert not any(part in text for text in proposed())


def test_a_sentence_said_twice_is_proposed_once() -> None:
    """Leads repeat themselves; a claim that is watched twice counts every finding twice."""
    assert len(proposed()) == len(set(proposed())) == 2


def test_the_title_is_not_proposed_again() -> None:
    """Extractors leave the headline in the text."""
    title = "Fire destroys 40 houses in Bellmouth."
    assert (
        propose(f"{title}\n\nThe fire brigade counted 12 injured people in Bellmouth.", "en", title)[0].start > 10
    )


def test_a_person_gets_no_more_than_asked_for() -> None:
    """Two hundred proposals would not be read."""
    text = " ".join(f"The county of Bellmouth lost {n} houses to the flood of {n + 1} May." for n in range(2, 30))
    assert len(propose(text, "en", "Flood")) == 20
    assert len(propose(text, "en", "Flood", at_most=3)) == 3


def test_a_text_too_long_to_be_a_claim_is_left_out() -> None:
    """The claims file takes 1,000 characters; a list without full stops is longer."""
    assert proposed("The county lost 12 houses, " + "and a barn in Bellmouth, " * 60 + "it said.") == []


@pytest.mark.parametrize(
    ("text", "lang", "kind"),
    [
        ("The ministry denied that 40 soldiers had died in Bellmouth.", "en", ClaimKind.ATTRIBUTION),
        ("The county said 1,200 houses were flooded.", "en", ClaimKind.FIGURE),
        ("The two counties signed a treaty in Bellmouth.", "en", ClaimKind.EVENT),
        ("The county is expected to close the dam.", "en", ClaimKind.PLAN),
        ("Minister Anna Koller called the dam unsafe, she said.", "en", ClaimKind.ATTRIBUTION),
        ("The dam stands above the town of Bellmouth.", "en", ClaimKind.BACKGROUND),
        ("Das Ministerium dementierte den Bericht.", "de", ClaimKind.ATTRIBUTION),
        ("約四十人が死亡した。", "ja", ClaimKind.FIGURE),
        ("В Бельмуте погибли 40 человек.", "ru", ClaimKind.FIGURE),
    ],
)
def test_a_claim_says_what_kind_it_is(text: str, lang: str, kind: ClaimKind) -> None:
    """A denial is watched otherwise than a number of dead."""
    assert kind_of(text, lang) is kind


def test_what_was_read_comes_along() -> None:
    """Who says it, how many, and when, as data, so that a person need not type it."""
    text = "Mayor Anna Koller said on 3 May that more than 1,200 houses had been flooded in Bellmouth."
    (only,) = propose(text, "en", "Dam fails", published="2024-10")
    assert only.asserted_by == "Mayor Anna Koller"
    assert [(figure.low, figure.unit) for figure in only.figures] == [(1200, "houses")]
    assert [date.day for date in only.dates] == ["2024-05-03"]


def test_a_sentence_that_only_names_the_source_gives_it_to_the_one_before() -> None:
    """Agencies like to end so, and nobody can watch for "the ministry reported this"."""
    text = (
        "В Бельмуте погибли 40 человек, ранены 120 местных жителей. Об этом сообщило министерство обороны Ротании."
    )
    (only,) = propose(text, "ru", "Бельмут")
    assert only.text.startswith("В Бельмуте погибли")
    assert only.asserted_by == "министерство обороны Ротании"


def test_two_wordings_of_one_fact_are_proposed_once() -> None:
    """The lead and the text say the same; the other figure is another fact."""
    lead = "Six soldiers were killed in a missile attack on the port of Bellmouth, reports say."
    again = "According to reports, six soldiers died in the missile attack on Bellmouth's port."
    other = "According to reports, nine soldiers died in the missile attack on Bellmouth's port."
    assert len(propose(f"{lead}\n\n{again}", "en", "War")) == 1
    assert len(propose(f"{lead}\n\n{other}", "en", "War")) == 2


@settings(max_examples=50, deadline=None)  # the model runs
@given(
    st.lists(st.sampled_from([*ARTICLE.split("\n"), "", " ", "国は5人が死亡したと発表した。"]), max_size=12).map(
        "\n".join
    )
)
def test_offsets_rebuild_the_sentence(text: str) -> None:
    """The page shows the claim in its article, so the place must be exact; worthier comes first."""
    proposals = propose(text, "en", "Dam fails")
    assert all(text[p.start : p.end] == p.quote for p in proposals)
    assert [p.score for p in proposals] == sorted((p.score for p in proposals), reverse=True)


TEXTS = st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=8, max_size=300).filter(
    lambda text: len(" ".join(text.split())) >= 8
)


@settings(max_examples=60, deadline=None)  # files are written
@given(st.lists(TEXTS, min_size=1, max_size=4), TEXTS)
def test_the_file_is_read_back_as_it_was_meant(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str], title: str
) -> None:
    """Colons, quotes, dashes and other signs of YAML stand in sentences; no claim may be lost to them."""
    proposals = [
        Proposal(text, text, 0, len(text), 1.0, ClaimKind.FIGURE, text, figures(text, "fr"), ()) for text in texts
    ]
    path = tmp_path_factory.getbasetemp() / "roundtrip.yaml"
    path.write_text(baseline_yaml(title, "fr", "2024-10", None, proposals), encoding="utf-8")
    baseline = load_baseline(path)
    assert [claim.text for claim in baseline.claims] == [" ".join(text.split()) for text in texts]
    assert baseline.title == " ".join(title.split())


def test_the_file_tells_a_person_what_to_do(tmp_path: Path) -> None:
    """It is opened in an editor by someone who has not read the manual."""
    text = baseline_yaml("", None, "2024-10-09", "https://example.org/a", propose(ARTICLE, "en", "Dam fails"))
    path = tmp_path / "baseline.yaml"
    path.write_text(text, encoding="utf-8")
    baseline = load_baseline(path)
    assert (baseline.title, baseline.lang, baseline.published) == ("Untitled", "en", "2024-10-09")
    assert [claim.id for claim in baseline.claims] == ["C1", "C2"]
    assert "watch: false" in text.split("baseline:")[0]
    assert max(map(len, text.splitlines())) <= 120
