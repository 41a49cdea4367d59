"""Which sentences of an article are worth checking, and the file that a person corrects."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.claims.baseline import Proposal, baseline_yaml, checkworthiness, propose_claims
from monitor.config import load_baseline

CHECKTHAT = Path(__file__).parents[2] / "../shared/data/checkworthy.jsonl.gz"

ARTICLE = """The dam above Bellmouth failed on 3 May 2024 and flooded 1,200 houses, the county said.

Photo: County office. The lake seen from the air.

By Our Correspondent

I think we should all be worried about what comes next.

Who knew about the cracks in the wall of the Bellmouth dam?

The minister denied that engineers had warned her office in March about the state of the wall.

The dam above Bellmouth failed on 3 May 2024 and flooded 1,200 houses, the county said.

Read more: Five dams that failed in the last ten years, and what the reports said.
"""


def proposed(text: str = ARTICLE, lang: str | None = "en") -> list[str]:
    return [proposal.text for proposal in propose_claims(text, lang, "Dam fails")]


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
        propose_claims(f"{title}\n\nThe fire brigade counted 12 injured people in Bellmouth.", "en", title)[
            0
        ].start
        > 10
    )


def test_a_person_gets_no_more_than_asked_for() -> None:
    """Two hundred proposals would not be read."""
    text = " ".join(f"The county of Bellmouth lost {n} houses to the flood of {n + 1} May." for n in range(2, 30))
    assert len(propose_claims(text, "en", "Flood")) == 20
    assert len(propose_claims(text, "en", "Flood", at_most=3)) == 3


def test_a_text_too_long_to_be_a_claim_is_left_out() -> None:
    """The claims file takes 1,000 characters; a list without full stops is longer."""
    assert proposed("The county lost 12 houses, " + "and a barn in Bellmouth, " * 60 + "it said.") == []


@pytest.mark.parametrize(
    ("lang", "fact", "view"),
    [
        ("en", "The ministry said 40 people died in Bellmouth.", "We must never let this happen to our children."),
        (
            "fr",
            "Le ministère affirme que 40 personnes sont mortes.",
            "Nous devons peut-être espérer que notre pays change.",
        ),
        (
            "de",
            "Laut Ministerium starben am 3. Mai 2024 40 Menschen.",
            "Wir sollten vielleicht hoffen, dass es besser wird.",
        ),
        ("es", "El ministerio confirmó que murieron 40 personas.", "Quizá debemos creer en nuestro futuro común."),
        ("ru", "Министерство сообщило о гибели 40 человек.", "Мы должны надеяться, что наше время придёт."),
        ("ko", "국방부는 병사 40명이 숨졌다고 밝혔다.", "우리는 아마 서로를 더 믿어야 할 것이다."),
        ("ja", "政府は2024年5月に四十人が死亡したと発表した。", "私たちはもっと話し合うべきだろうと思う。"),
        ("pl", "W Bellmouth zginęło 40 osób, podał Jan Kowal.", "Trudno powiedzieć, co dalej?"),
        (None, "In Bellmouth 40.", "In Bellmouth?"),
    ],
)
def test_a_fact_is_worthier_than_a_view(lang: str | None, fact: str, view: str) -> None:
    """Figures, sources and deeds can be checked; hopes and questions cannot."""
    assert checkworthiness(fact, lang) > checkworthiness(view, lang)


@settings(max_examples=50)
@given(
    st.lists(st.sampled_from([*ARTICLE.split("\n"), "", " ", "国は5人が死亡したと発表した。"]), max_size=12).map(
        "\n".join
    )
)
def test_offsets_rebuild_the_sentence(text: str) -> None:
    """The page shows the claim in its article, so the place must be exact; worthier comes first."""
    proposals = propose_claims(text, "en", "Dam fails")
    assert all(text[p.start : p.end] == p.text for p in proposals)
    assert [p.score for p in proposals] == sorted((p.score for p in proposals), reverse=True)


TEXTS = st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=8, max_size=300).filter(
    lambda text: len(" ".join(text.split())) >= 8
)


@settings(max_examples=60)
@given(st.lists(TEXTS, min_size=1, max_size=4), TEXTS)
def test_the_file_is_read_back_as_it_was_meant(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str], title: str
) -> None:
    """Colons, quotes, dashes and other signs of YAML stand in sentences; no claim may be lost to them."""
    proposals = [Proposal(text, 0, len(text), 1.0) for text in texts]
    path = tmp_path_factory.getbasetemp() / "roundtrip.yaml"
    path.write_text(baseline_yaml(title, "fr", "2024-10", None, proposals), encoding="utf-8")
    baseline = load_baseline(path)
    assert [claim.text for claim in baseline.claims] == [" ".join(text.split()) for text in texts]
    assert baseline.title == " ".join(title.split())


def test_the_file_tells_a_person_what_to_do(tmp_path: Path) -> None:
    """It is opened in an editor by someone who has not read the manual."""
    text = baseline_yaml(
        "", None, "2024-10-09", "https://example.org/a", propose_claims(ARTICLE, "en", "Dam fails")
    )
    path = tmp_path / "baseline.yaml"
    path.write_text(text, encoding="utf-8")
    baseline = load_baseline(path)
    assert (baseline.title, baseline.lang, baseline.published) == ("Untitled", "en", "2024-10-09")
    assert [claim.id for claim in baseline.claims] == ["C1", "C2"]
    assert "watch: false" in text.split("baseline:")[0]
    assert max(map(len, text.splitlines())) <= 120


def test_ranks_far_better_than_chance_and_length() -> None:
    """Floor under the average precision on CheckThat! 2024, English dev (November 2026: 0.80; length 0.44)."""
    if not CHECKTHAT.is_file():
        pytest.skip(f"needs {CHECKTHAT}")
    with gzip.open(CHECKTHAT, "rt", encoding="utf-8") as lines:
        rows = [row for row in map(json.loads, lines) if (row["lang"], row["split"]) == ("en", "dev")]
    ranked = sorted(rows, key=lambda row: -checkworthiness(row["text"], "en"))
    hits, total = 0, 0.0
    for place, row in enumerate(ranked, start=1):
        hits += row["checkworthy"]
        total += hits / place if row["checkworthy"] else 0
    assert total / hits >= 0.75
