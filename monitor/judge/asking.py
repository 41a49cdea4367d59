"""Candidates of a claim, a few at a time → scores: which sentences a pair model is asked about, in which order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from monitor.judge.candidates import Candidate
from monitor.judge.context import Asking, Result, score_in_context
from monitor.judge.stance import by_stance
from monitor.records import UNRELATED, Pair, PairScores

# Chosen on the stories under `choose` of training/split.yaml, November 2026: macro-F1 stays where it was (0.481).
# Of a page of 30 sentences on something else 21 pairs with twelve claims are scored, not 48.
FIRST, THEN = 4, 2  # sentences asked about at once: the nearest, then the next ones
BEARS = 0.15  # probability in [0, 1] of having anything to do with the claim, from which on there may be more


def ask(
    candidates: Sequence[Candidate], pairs: Mapping[int, Pair], lang: str | None
) -> Asking[dict[int, PairScores]]:
    """Ask about a claim's candidates, the nearest first, until the last few have nothing to do with it.

    pairs: what is asked about each sentence, by its place. lang: of the article. Yields what to ask at once, and
    takes the scores. Reports come in runs, and "The ministry rejected that account" shares no word with the claim:
    so the candidates beside a sentence that bears on it are asked about in any case, however far they are.
    Returns scores by the sentence's place, in the order of the article.
    """
    waiting = sorted(candidates, key=lambda candidate: (-candidate.similarity, candidate.sentence))
    scores: dict[int, PairScores] = {}

    def ask_about(some: Sequence[Candidate]) -> Asking[bool]:
        answers = yield from score_in_context([pairs[candidate.sentence] for candidate in some], lang)
        scores.update(zip((candidate.sentence for candidate in some), answers, strict=True))
        return any(map(bears, answers))

    size = FIRST
    while waiting:
        some, waiting, size = waiting[:size], waiting[size:], THEN
        if not (yield from ask_about(some)):
            break
    while beside := [candidate for candidate in waiting if _beside(candidate.sentence, scores)]:
        waiting = [candidate for candidate in waiting if candidate not in beside]
        yield from ask_about(beside)
    return dict(sorted(scores.items()))


def answered(
    asking: Sequence[Asking[Result]], score: Callable[[Sequence[Pair]], Sequence[PairScores]]
) -> list[Result]:
    """Let several ask a model in rounds, each round in one call, until each has what it wants; in their order.

    A model has several threads, and the two or four sentences of one claim would leave most of them idle.
    """
    results: dict[int, Result] = {}
    waiting: dict[int, Sequence[Pair]] = {}

    def go_on(number: int, answers: Sequence[PairScores] | None) -> None:
        try:
            waiting[number] = next(asking[number]) if answers is None else asking[number].send(answers)
        except StopIteration as end:
            results[number] = end.value

    for number in range(len(asking)):
        go_on(number, None)
    while waiting:
        asked, waiting = dict(waiting), {}
        scores = iter(score([pair for pairs in asked.values() for pair in pairs]))
        for number, pairs in asked.items():
            go_on(number, [next(scores) for _ in pairs])
    return [results[number] for number in range(len(asking))]


def bears(scores: PairScores) -> bool:
    """Tell whether a sentence may have anything to do with the claim."""
    return 1 - by_stance(scores)[UNRELATED] >= BEARS


def _beside(sentence: int, scores: dict[int, PairScores]) -> bool:
    return any(place in scores and bears(scores[place]) for place in (sentence - 1, sentence + 1))
