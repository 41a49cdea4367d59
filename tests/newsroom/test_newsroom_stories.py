"""Which outlet publishes what, in which paragraphs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.newsroom.articles import SampleArticle, load_articles
from monitor.newsroom.outlets import OUTLETS
from monitor.newsroom.stories import MAX_PARAGRAPHS, publish, split_paragraphs

BASES = [f"http://127.0.0.1:{8800 + index}" for index in range(len(OUTLETS))]


@pytest.mark.parametrize(
    ("text", "paragraphs"),
    [
        ("One sentence only.", ("One sentence only.",)),
        ("First here. Second there.", ("First here.", "Second there.")),
        ("This is plan B. It is new. It is old.", ("This is plan B. It is new.", "It is old.")),
        ("Aaa bb. Bbb cc. Ccc dd. Ddd ee.", ("Aaa bb. Bbb cc.", "Ccc dd. Ddd ee.")),
        ("Wysłano 6,7 tys. kontenerów. Tak podano.", ("Wysłano 6,7 tys. kontenerów.", "Tak podano.")),
        ("The U.S. Army left. It rained.", ("The U.S. Army left.", "It rained.")),
        ("雨が降った。風も吹いた。", ("雨が降った。風も吹いた。",)),
    ],
)
def test_paragraphs_hold_whole_sentences(text: str, paragraphs: tuple[str, ...]) -> None:
    """A sentence that is cut in two could never be quoted."""
    assert split_paragraphs(text) == paragraphs


@given(st.text(alphabet="aB .!।é한1", max_size=200))
def test_paragraphs_joined_by_a_space_are_the_text(text: str) -> None:
    """What a reader extracts must be comparable with what was published, to the character."""
    paragraphs = split_paragraphs(text)
    assert " ".join(paragraphs) == text
    assert 1 <= len(paragraphs) <= MAX_PARAGRAPHS


def test_every_article_is_published_once_and_keeps_its_address() -> None:
    """A second run of the demo finds nothing new only if addresses do not move."""
    stories = [story for own in publish(load_articles(), OUTLETS, BASES) for story in own]
    assert sorted(story.article.id for story in stories) == sorted(article.id for article in load_articles())
    assert len({story.url for story in stories}) == len(stories)
    assert stories == [story for own in publish(load_articles(), OUTLETS, BASES) for story in own]


def test_a_language_that_nobody_takes_is_refused() -> None:
    """An article that silently disappears would be missed by nobody."""
    article = SampleArticle("x1", None, None, "fi", "Otsikko", "Teksti.")
    with pytest.raises(ValueError, match="no outlet takes fi, the language of x1"):
        publish([article], OUTLETS, BASES)
