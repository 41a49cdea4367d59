"""What trains the weights: nothing that tests them, and no trap that gives itself away."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest

from training.examples import LICENSED, Example, inference_example, inference_pairs, read_rows
from training.names import pairs as name_pairs
from training.names import read_names
from training.patterns import KINDS, OFTEN, QUIET, TEST_FACTS, Trap, read_patterns, traps, traps_that_train
from training.stories import (
    Story,
    after,
    beside_claims,
    foreign,
    joined,
    one_round,
    read_story,
    split,
    texts_of,
    training_stories,
)

ROOT = Path(__file__).parents[2]
PATTERNS, OWN = ROOT / "training/data/patterns", ROOT / "training/data/stories"
NAMES_OF = ROOT / "training/data/names"
SHARED = ROOT.parent / "shared"
LANGUAGES = {"en", "fr", "de", "es", "it", "pt", "ru", "uk", "ko", "ja"}
NAMES = sorted(path.name for path in OWN.glob("*/"))

needs_shared = pytest.mark.skipif(
    not SHARED.is_dir(), reason="the labelled stories and data sets are not part of this repository"
)


def drawn(*, test: bool, each: int = 500) -> list[Trap]:
    return list(traps(read_patterns(PATTERNS, test=test), each, random.Random(1)))


@pytest.fixture(scope="module")
def stories() -> list[Story]:
    """Every story of this repository, whichever side of the split it is on."""
    return [read_story(OWN / name, whole=True) for name in NAMES]


@pytest.mark.parametrize("name", NAMES)
def test_labels_stand_in_their_articles(name: str) -> None:
    """A label whose sentence is not there, or whose claim is not, teaches nothing or the wrong thing."""
    texts = {str(row["id"]): str(row["text"]) for row in read_rows(OWN / name / "articles.jsonl")}
    claims = {claim.id for claim in read_story(OWN / name).claims}
    for label in read_rows(OWN / name / "labels.jsonl"):
        assert str(label["evidence"]) in texts[str(label["article_id"])], label
        assert label["claim_id"] in claims, label
        assert label["verdict"] in ("confirms", "contradicts", "updates", "mentions"), label
        assert label["asserted_by"], label


def test_there_are_articles_in_every_language_and_many_that_bear_on_no_claim(stories: list[Story]) -> None:
    """Hard negatives are what real news is made of."""
    articles = [article for story in stories for article in story.articles]
    assert {article.lang for article in articles} >= LANGUAGES
    untouched = sum(not article.labels and not article.unsure for article in articles)
    assert 0.2 < untouched / len(articles) < 0.5


def test_nearly_every_label_finds_its_sentence(stories: list[Story]) -> None:
    """The product's own sentences are what is trained on: a label that falls between two of them is lost."""
    for story in stories:
        labels = [row for row in read_rows(OWN / story.name / "labels.jsonl") if not row["ambiguous"]]
        wanted = {(row["article_id"], row["claim_id"]) for row in labels}
        found = {(article.id, claim) for article in story.articles for _, claim in article.labels}
        assert len(wanted & found) >= 0.98 * len(wanted), story.name


def test_rivals_of_a_sentence_carry_no_label(stories: list[Story]) -> None:
    """An unlabelled mention among what is shown as unrelated would teach the network to miss it."""
    rivals = 0
    for story in stories:
        claims = {text: claim.id for claim in story.claims for text in claim.wordings.values()}
        for article in story.articles:
            for place in range(len(article.sentences)):
                for example in beside_claims(story, article, place, random.Random(1)):
                    claim = claims[example.hypothesis]
                    labelled = article.labels.get((place, claim))
                    assert example.verdicts == (labelled or {"unrelated"})
                    assert labelled or claim not in article.unsure
                    rivals += labelled is None
    assert rivals > 10_000


def test_a_round_shows_every_labelled_sentence_beside_its_claim_and_rivals(stories: list[Story]) -> None:
    """Claims compete for a sentence in the product, and so they should while the network learns."""
    for story in stories[:20]:
        drawn = [beside for beside in one_round(story, random.Random(1)) if len(beside) > 1]
        shown = {beside[0].premise for beside in drawn if "unrelated" not in beside[0].verdicts}
        labelled = {article.sentences[place] for article in story.articles for place in article.by_sentence}
        assert len(shown & labelled) > 0.9 * len(labelled), story.name
        for beside in drawn:
            assert len({example.premise for example in beside}) == len({e.context for e in beside}) == 1


def test_sentences_taken_as_one_bear_on_no_claim(stories: list[Story]) -> None:
    """Without them, many sentences at once were called a confirmation of anything."""
    rng, masses = random.Random(1), 0
    for story in stories:
        for article in story.articles:
            claims = {text: claim.id for claim in story.claims for text in claim.wordings.values()}
            for example in joined(story, article, rng):
                assert claims[example.hypothesis] not in {claim for _, claim in article.labels} | article.unsure
                assert example.verdicts == {"unrelated"}
                masses += sum(example.premise.count(text) for text in set(article.sentences)) > 1
    assert masses > 1000


def test_the_sentence_after_a_labelled_one_is_unrelated_beside_it(stories: list[Story]) -> None:
    """What the sentence before says is not said by this one."""
    rng, drawn = random.Random(1), 0
    for story in stories:
        for article in story.articles:
            claims = {text: claim.id for claim in story.claims for text in claim.wordings.values()}
            for example in after(story, article, rng):
                claim, place = claims[example.hypothesis], article.sentences.index(example.premise)
                labelled = {at for at, labelled in article.labels if labelled == claim}
                assert place not in labelled and place - 1 in labelled
                assert example.context == article.sentences[place - 1] and example.verdicts == {"unrelated"}
                drawn += 1
    assert drawn > 1000


def test_foreign_pairs_are_of_two_stories_and_near(stories: list[Story]) -> None:
    """A model that meets claims of its own story alone calls much of the world's news a confirmation."""

    def shared_words(one: str, other: str) -> float:
        return len(set(one.split()) & set(other.split()))

    few = [replace(story, articles=story.articles[:3]) for story in stories[:20]]
    wordings = {text: story.name for story in few for claim in story.claims for text in claim.wordings.values()}
    places = {text: story.name for story in few for article in story.articles for text in article.sentences}
    drawn = list(foreign(few, shared_words, random.Random(1)))
    assert len(drawn) == sum(len(story.articles) for story in few)
    assert all(e.verdicts == {"unrelated"} and places[e.premise] != wordings[e.hypothesis] for e in drawn)
    by_chance = [shared_words(e.premise, random.Random(e.premise).choice(sorted(wordings))) for e in drawn]
    assert sum(shared_words(e.premise, e.hypothesis) for e in drawn) > 2 * sum(by_chance)


def test_a_round_is_the_same_with_the_same_seed(stories: list[Story]) -> None:
    """One seed, one set of weights."""
    assert list(one_round(stories[0], random.Random(7))) == list(one_round(stories[0], random.Random(7)))
    assert list(one_round(stories[0], random.Random(7))) != list(one_round(stories[0], random.Random(8)))


def test_stories_that_choose_or_test_never_train() -> None:
    """Thresholds tuned on what is measured afterwards would flatter."""
    choose, test = split()
    assert choose and test and not choose & test
    if not SHARED.is_dir():
        pytest.skip("the labelled stories are not part of this repository")
    trained = {story.name for story in training_stories(SHARED)}
    assert not trained & (choose | test)
    known = {path.name for path in (SHARED / "stories").glob("*/")} | set(NAMES)
    assert trained == known - choose - test and choose | test <= known


@needs_shared
def test_no_text_that_measures_is_trained_on() -> None:
    """Split by story is not enough: a sentence that stands in two stories would leak."""
    trained = {text for story in training_stories(SHARED) for text in texts_of(story)}
    choose, test = split()
    places = [
        SHARED / "story",
        *(SHARED / "stories" / n for n in choose | test),
        *(OWN / n for n in choose | test),
    ]
    for folder in (place for place in places if place.is_dir()):
        measured = set(texts_of(read_story(folder)))
        assert not {text for text in trained & measured if len(text) > 40}, folder.name


@needs_shared
def test_no_inference_pair_that_measures_is_trained_on() -> None:
    """XNLI comes from the same writers as MultiNLI; the pairs must be others."""
    trained = {(e.premise, e.hypothesis) for e in inference_pairs(SHARED, random.Random(1))}
    measured = {(row["premise"], row["hypothesis"]) for row in read_rows(SHARED / "data/nli-dev.jsonl.gz")}
    assert len(trained) > 40_000
    assert not trained & measured


def test_sets_without_a_licence_do_not_train() -> None:
    """Weights that ship are made from what may be shipped."""
    assert not set(LICENSED) & {"lingnli", "healthver", "covidfact", "climate_fever", "xnli"}


@pytest.mark.parametrize(
    ("label", "scores", "verdicts"),
    [
        ("entailment", {"entailment"}, {"confirms"}),
        ("contradiction", {"contradiction"}, {"contradicts"}),
        ("neutral", {"neutral"}, {"mentions", "unrelated", "updates"}),
        ("not_entailment", {"neutral", "contradiction"}, {"mentions", "unrelated", "updates", "contradicts"}),
    ],
)
def test_an_inference_label_says_no_more_than_it_knows(label: str, scores: set[str], verdicts: set[str]) -> None:
    """A set with two labels must not teach that what does not follow is false."""
    example = inference_example("a", "b", label)
    assert (set(example.scores), set(example.verdicts)) == (scores, verdicts)


def test_pattern_files_are_there_for_every_language_and_hold_the_same_facts() -> None:
    """Claims across languages are made from facts that are the same in both."""
    for test in (True, False):
        languages = read_patterns(PATTERNS, test=test)
        assert {language.lang for language in languages} == LANGUAGES
        assert len({frozenset(language.facts) for language in languages}) == 1
        assert all(
            set(language.facts) <= TEST_FACTS if test else not set(language.facts) & TEST_FACTS
            for language in languages
        )


def test_traps_that_test_share_neither_facts_nor_frames_with_those_that_train() -> None:
    """Else the table would measure memory."""
    trained, tested = read_patterns(PATTERNS, test=False), read_patterns(PATTERNS, test=True)
    for mine, theirs in zip(trained, tested, strict=True):
        for kind in mine.frames:
            assert not {str(f) for f in mine.frames[kind]} & {str(f) for f in theirs.frames[kind]}, (
                mine.lang,
                kind,
            )
    pairs = {(trap.example.premise, trap.example.hypothesis) for trap in drawn(test=False)}
    assert not pairs & {(trap.example.premise, trap.example.hypothesis) for trap in drawn(test=True)}


def test_every_kind_of_trap_comes_in_every_language_and_across_languages() -> None:
    """A kind that is missing in a language would not be measured there."""
    found = Counter((trap.kind, trap.lang) for trap in drawn(test=True))
    assert set(found) == set(product(KINDS, LANGUAGES))
    assert sum(trap.lang != trap.claim_lang for trap in drawn(test=True)) > 500


def test_no_shortcut_works() -> None:
    """The same frame stands in pairs of several verdicts, and a claim alone never tells its verdict."""
    by_claim: dict[str, list[frozenset[str]]] = defaultdict(list)
    for trap in drawn(test=False, each=2000):
        by_claim[trap.example.hypothesis].append(trap.example.verdicts)
    often = {claim: Counter(kinds) for claim, kinds in by_claim.items() if len(kinds) >= 20}
    assert len(often) > 100
    for claim, kinds in often.items():
        assert len(kinds) >= 4 and max(kinds.values()) < 0.6 * sum(kinds.values()), claim
    denying = [trap for trap in drawn(test=False) if trap.kind.startswith(("denial", "claim is a denial"))]
    assert {verdict for trap in denying for verdict in trap.example.verdicts} >= {
        "contradicts",
        "confirms",
        "unrelated",
    }


def test_no_trap_trains_twice_in_a_round_and_slow_kinds_train_more_often() -> None:
    """A pair that comes again and again is learnt by heart."""
    languages = read_patterns(PATTERNS, test=False)
    found = list(traps_that_train(languages, 8000, random.Random(1)))
    assert len({(e.premise, e.hypothesis) for e in found}) == len(found) == 8000
    general = {text for language in languages for fact in language.facts.values() for text in fact["general"]}
    assert sum(example.premise in general for example in found) > 400
    assert set(OFTEN) <= set(KINDS)


def test_a_quiet_answer_to_an_unrelated_trap_is_right() -> None:
    """Neither raises a flag."""
    trap = Trap(
        "setting alone", "en", "en", Example("a", "b", "", frozenset({"neutral"}), frozenset({"unrelated"}))
    )
    assert trap.accepted == QUIET
    assert "confirms" not in trap.accepted


def test_every_name_has_a_form_in_each_language_and_neighbours_in_its_table() -> None:
    """A name without a neighbour teaches that any two names are one."""
    tables = read_names(NAMES_OF)
    assert sum(map(len, tables)) > 400
    for table in tables:
        for named in table.values():
            assert set(named.names) == LANGUAGES, named.id
            assert all(forms and all(forms) for forms in named.names.values()), named.id
            assert named.near and set(named.near) <= set(table) - {named.id}, named.id


def test_pairs_of_names_cannot_be_told_by_their_words_alone() -> None:
    """The same frame stands in pairs that confirm and in pairs that do not, and languages mix."""
    found = list(name_pairs(NAMES_OF, 3000, random.Random(1)))
    verdicts = Counter(frozenset(e.verdicts) for e in found)
    assert all(verdicts[kind] > 200 for kind in verdicts), verdicts
    assert {frozenset({"confirms"}), frozenset({"contradicts"})} < set(verdicts)
    same_words = [e for e in found if e.premise == e.hypothesis]
    assert len(same_words) < 0.03 * len(found)
