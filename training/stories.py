"""Labelled stories → Examples: sentences of articles against the claims of their story."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from monitor.read.sentences import split_sentences
from training.examples import Example, read_rows

HERE = Path(__file__).parent
SCORE_OF = {
    "confirms": "entailment",
    "contradicts": "contradiction",
    "mentions": "neutral",
    "unrelated": "neutral",
}
OWN = 2  # claims that a labelled sentence is shown beside, of those it bears on
RIVALS = 1.5  # and claims that it does not bear on, for each of those; the nearest ones likeliest
IDLE = 0.6  # how often an article shows a sentence that bears on nothing
BESIDE_IDLE = 2  # and beside how many claims
SHOWN = 0.6  # how often the sentence before is shown; pairs alone must be read too
AFTER = 0.25  # how often the sentence after a labelled one is drawn beside that one
# How often an article shows several sentences as one; of how many at most; how often it is the same one again.
JOINED, JOINED_AT_MOST, AGAIN = 0.1, 6, 0.3
CROWD = 40  # claims of other stories from which the nearest is taken
NEAR = 0.06  # softness of "likeliest", in cosine


@dataclass(frozen=True, slots=True)
class StoryClaim:
    """A claim and the same in other languages, by language; its own is among them."""

    id: str
    lang: str
    wordings: Mapping[str, str]

    @property
    def text(self) -> str:
        """The claim as it stands in the claims file."""
        return self.wordings[self.lang]


@dataclass(frozen=True, slots=True)
class StoryArticle:
    """An article as the product reads it. labels: by sentence and claim, its verdicts, without ambiguous ones."""

    id: str
    lang: str
    title: str
    date: str
    sentences: tuple[str, ...]
    labels: Mapping[tuple[int, str], frozenset[str]]
    unsure: frozenset[str]  # claims with an ambiguous label

    @property
    def touched(self) -> frozenset[str]:
        """The claims that some sentence of it bears on, or may."""
        return self.unsure.union(claim for _, claim in self.labels)

    @property
    def by_sentence(self) -> dict[int, list[str]]:
        """The claims that each labelled sentence bears on, by its place."""
        found: dict[int, list[str]] = {}
        for place, claim in sorted(self.labels):
            found.setdefault(place, []).append(claim)
        return found


@dataclass(frozen=True, slots=True)
class Story:
    """A folder of labelled articles.

    whole: every sentence that bears on a claim is labelled, not just the best one.
    near: cosine by article, sentence and claim; empty: all are taken to be as near as another.
    """

    name: str
    claims: tuple[StoryClaim, ...]
    articles: tuple[StoryArticle, ...]
    whole: bool
    near: Mapping[tuple[str, int, str], float] = field(default_factory=dict)


def read_story(folder: Path, wordings: Path | None = None, *, whole: bool = False) -> Story:
    """Read claims.yaml, articles.jsonl and labels.jsonl of a folder.

    wordings: a file with the claims in further languages, by claim and language, if there is one.
    """
    head = yaml.safe_load((folder / "claims.yaml").read_text(encoding="utf-8"))
    lang = head["baseline"]["language"]
    more = yaml.safe_load(wordings.read_text(encoding="utf-8")) if wordings and wordings.exists() else {}
    claims = tuple(
        StoryClaim(
            c["id"],
            c.get("lang", lang),
            {**more.get(c["id"], {}), c.get("lang", lang): c["text"]},
        )
        for c in head["claims"]
    )
    labels: dict[str, list[dict[str, object]]] = {}
    for row in read_rows(folder / "labels.jsonl"):
        labels.setdefault(str(row["article_id"]), []).append(row)
    articles = tuple(_article(row, labels.get(str(row["id"]), [])) for row in read_rows(folder / "articles.jsonl"))
    return Story(folder.name, claims, articles, whole)


def _article(row: Mapping[str, object], labels: Sequence[Mapping[str, object]]) -> StoryArticle:
    lang = str(row["lang"])
    sentences = tuple(sentence.text for sentence in split_sentences(str(row["text"]), lang))
    found: dict[tuple[int, str], set[str]] = {}
    unsure = set()
    for label in labels:
        if label.get("ambiguous"):
            unsure.add(str(label["claim_id"]))
            continue
        evidence = str(label["evidence"])
        for place, text in enumerate(sentences):
            if text in evidence or evidence in text:
                found.setdefault((place, str(label["claim_id"])), set()).add(str(label["verdict"]))
    return StoryArticle(
        str(row["id"]),
        lang,
        str(row.get("title") or ""),
        str(row.get("date") or "")[:10],
        sentences,
        {key: frozenset(value) for key, value in found.items()},
        frozenset(unsure),
    )


def split() -> tuple[frozenset[str], frozenset[str]]:
    """Return the names of the stories that choose and of those that test; neither trains."""
    names = yaml.safe_load((HERE / "split.yaml").read_text(encoding="utf-8"))
    return frozenset(names["choose"]), frozenset(names["test"])


def training_stories(shared: Path) -> list[Story]:
    """Read every labelled story that neither chooses nor tests: those of `shared`, then those of this folder."""
    held_out = frozenset().union(*split())
    given = [path for path in sorted((shared / "stories").glob("*/")) if path.name not in held_out]
    own = [path for path in sorted((HERE / "data/stories").glob("*/")) if path.name not in held_out]
    return [
        *(read_story(path, HERE / "data/wordings" / f"{path.name}.yaml") for path in given),
        *(read_story(path, HERE / "data/wordings" / f"{path.name}.yaml", whole=True) for path in own),
    ]


def texts_of(story: Story) -> Iterator[str]:
    """Yield every text whose vector negatives() wants."""
    for article in story.articles:
        yield from article.sentences
    for claim in story.claims:
        yield from claim.wordings.values()


def one_round(story: Story, rng: random.Random) -> Iterator[tuple[Example, ...]]:
    """Yield what a round shows of a story: a sentence beside one claim, or beside several that compete for it.

    Every labelled sentence once, sentences that bear on nothing, and claims against claims, in wordings by chance.
    """
    for article in story.articles:
        labelled = article.by_sentence
        for place in labelled:
            yield beside_claims(story, article, place, rng)
        unlabelled = (place for place in range(len(article.sentences)) if place not in labelled)
        idle = [place for place in unlabelled if free_claims(story, article, place)]
        if idle and rng.random() < IDLE:
            yield beside_claims(story, article, rng.choice(idle), rng)
        yield from ((example,) for example in after(story, article, rng))
        if rng.random() < JOINED:
            yield from ((example,) for example in joined(story, article, rng))
    yield from ((example,) for example in _between_claims(story, rng))


def beside_claims(story: Story, article: StoryArticle, place: int, rng: random.Random) -> tuple[Example, ...]:
    """Put a sentence beside claims that it bears on and beside rivals that it does not, near ones likeliest."""
    claims = {claim.id: claim for claim in story.claims}
    own = article.by_sentence.get(place, [])
    own = rng.sample(own, min(OWN, len(own)))
    most = int(RIVALS * len(own) + rng.random()) if own else BESIDE_IDLE
    # Gumbel's trick: the largest of score + noise is a draw in proportion to exp(score).
    noisy = {
        claim: story.near.get((article.id, place, claim), 0.0) / NEAR - _log(-_log(rng.random()))
        for claim in free_claims(story, article, place)
    }
    rivals = sorted(noisy, key=lambda claim: -noisy[claim])[:most]
    before = _before(article, place, rng)
    return tuple(
        _example(
            article.sentences[place],
            _wording(claims[claim], rng),
            before,
            article.labels.get((place, claim), frozenset({"unrelated"})),
        )
        for claim in (*own, *rivals)
    )


def free_claims(story: Story, article: StoryArticle, place: int) -> list[str]:
    """Return the claims that a sentence is known not to bear on.

    Where only the best sentence of an article is labelled, another one may bear on its claim as well.
    """
    touched = article.touched
    return [
        claim.id
        for claim in story.claims
        if claim.id not in touched
        or (story.whole and (place, claim.id) not in article.labels and claim.id not in article.unsure)
    ]


def foreign(stories: Sequence[Story], near: Callable[[str, str], float], rng: random.Random) -> Iterator[Example]:
    """Yield for each article a sentence beside a claim of another story: the nearest of a crowd drawn by chance.

    near: the cosine of two texts. Most of the world's news is about something else than the claims.
    """
    for story in stories:
        claims = [claim for other in stories if other is not story for claim in other.claims]
        for article in story.articles:
            if not (claims and article.sentences):
                continue
            place = rng.randrange(len(article.sentences))
            crowd = rng.sample(claims, min(CROWD, len(claims)))
            claim = max(crowd, key=lambda claim: near(article.sentences[place], claim.text))
            before = _before(article, place, rng)
            yield _example(article.sentences[place], _wording(claim, rng), before, frozenset({"unrelated"}))


def after(story: Story, article: StoryArticle, rng: random.Random) -> Iterator[Example]:
    """Yield sentences that bear on nothing, beside the one before, which does: it is not they that say it."""
    claims = {claim.id: claim for claim in story.claims}
    for place, claim in sorted(article.labels):
        next_one = (place + 1, claim)
        known = story.whole and next_one not in article.labels and claim not in article.unsure
        if known and place + 1 < len(article.sentences) and rng.random() < AFTER:
            labels = frozenset({"neutral"}), frozenset({"unrelated"})
            text, before = article.sentences[place + 1], article.sentences[place]
            yield Example(text, _wording(claims[claim], rng), before, *labels)


def joined(story: Story, article: StoryArticle, rng: random.Random) -> Iterator[Example]:
    """Yield several sentences as one, or one several times over, that bear on nothing: mass confirms nothing."""
    free = [claim for claim in story.claims if claim.id not in article.touched]
    if free and len(article.sentences) > 1:
        count, start = rng.randint(2, JOINED_AT_MOST), rng.randrange(len(article.sentences))
        again = rng.random() < AGAIN
        texts = [article.sentences[start]] * count if again else article.sentences[start : start + count]
        labels = frozenset({"neutral"}), frozenset({"unrelated"})
        yield Example(" ".join(texts), _wording(rng.choice(free), rng), "", *labels)


def _log(value: float) -> float:
    return math.log(max(value, 1e-12))


def _wording(claim: StoryClaim, rng: random.Random) -> str:
    return claim.text if rng.random() < 0.5 else rng.choice(sorted(claim.wordings.values()))


def _before(article: StoryArticle, place: int, rng: random.Random) -> str:
    """Give the sentence before, as often as it is shown."""
    return article.sentences[place - 1] if place and rng.random() < SHOWN else ""


def _example(sentence: str, claim: str, before: str, verdicts: frozenset[str]) -> Example:
    scores = frozenset(SCORE_OF[verdict] for verdict in verdicts if verdict in SCORE_OF)
    return Example(sentence, claim, before, scores, verdicts)


def _between_claims(story: Story, rng: random.Random) -> Iterator[Example]:
    for claim in story.claims:
        if len(claim.wordings) > 1:
            one, other = rng.sample(sorted(claim.wordings.values()), 2)
            yield Example(one, other, "", frozenset({"entailment"}), frozenset({"confirms"}))
            foreign = rng.choice([c for c in story.claims if c is not claim])
            yield Example(
                one, _wording(foreign, rng), "", frozenset({"neutral"}), frozenset({"unrelated", "mentions"})
            )
