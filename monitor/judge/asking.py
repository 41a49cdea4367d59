"""Candidates of a claim, a few at a time → scores: which sentences a pair model is asked about, in which order."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from monitor.judge.candidates import Candidate
from monitor.judge.stance import by_stance
from monitor.records import UNRELATED, PairScores

# Chosen on the stories under `choose` of training/split.yaml, November 2026: macro-F1 stays where it was (0.481).
# Of a page of 30 sentences on something else 21 pairs with twelve claims are scored, not 48.
FIRST, THEN = 4, 2  # sentences asked about at once: the nearest, then the next ones
BEARS = 0.15  # probability in [0, 1] of having anything to do with the claim, from which on there may be more


def ask(
    candidates: Sequence[Candidate], score: Callable[[Sequence[Candidate]], list[PairScores]]
) -> dict[int, PairScores]:
    """Ask about a claim's candidates, the nearest first, until the last few have nothing to do with it.

    Reports come in runs, and "The ministry rejected that account" shares no word with the claim: so the candidates
    beside a sentence that bears on it are asked about in any case, however far they are. Returns scores by the
    sentence's place, in the order of the article.
    """
    waiting = sorted(candidates, key=lambda candidate: (-candidate.similarity, candidate.sentence))
    scores: dict[int, PairScores] = {}

    def ask_about(some: Sequence[Candidate]) -> bool:
        answers = dict(zip((candidate.sentence for candidate in some), score(some), strict=True))
        scores.update(answers)
        return any(map(bears, answers.values()))

    size = FIRST
    while waiting:
        some, waiting, size = waiting[:size], waiting[size:], THEN
        if not ask_about(some):
            break
    while beside := [candidate for candidate in waiting if _beside(candidate.sentence, scores)]:
        waiting = [candidate for candidate in waiting if candidate not in beside]
        ask_about(beside)
    return dict(sorted(scores.items()))


def bears(scores: PairScores) -> bool:
    """Tell whether a sentence may have anything to do with the claim."""
    return 1 - by_stance(scores)[UNRELATED] >= BEARS


def _beside(sentence: int, scores: dict[int, PairScores]) -> bool:
    return any(place in scores and bears(scores[place]) for place in (sentence - 1, sentence + 1))
