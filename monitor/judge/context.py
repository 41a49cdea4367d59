"""Article × sentence, claims → what stands around each: the words a reader needs to know what "he" denied."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from monitor.claims.standalone import points_back
from monitor.records import UNRELATED, Claim, Pair, PairScores, Stance, Version

# What yields pairs to be scored, takes their scores, and ends with a result.
Result = TypeVar("Result")
Asking = Generator[Sequence[Pair], Sequence[PairScores], Result]

STOPS = " .。"
CHECKED = (Stance.CONFIRMS, Stance.UPDATES)  # not contradictions: a denial often needs the sentence before
DOUBTED = 0.3  # what is less likely than this decides nothing, so it is not asked about again


def context_of_sentence(version: Version, index: int) -> str:
    """Return what a pair model may see beside the sentence at `index`: the sentence before it, "" for the first.

    Measured on the stories that choose, as macro-F1 less what false flags cost: nothing 0.39, the sentence before
    0.44, headline and sentence before 0.42, both and the day 0.44. The day is left out because it misleads: late
    in a year, anything looked like an update.
    """
    return version.sentences[index - 1].text if index else ""


def hypotheses(claims: Sequence[Claim]) -> Mapping[str, str]:
    """Return each claim as a pair model reads it, by its id. claims: all of the baseline, in its order.

    "The Kremlin denied these reports" says nothing by itself: a claim that points back is read with the claim
    before it in brackets. Of a claim that stands alone, the words are its own.
    """
    before = ("", *(claim.text for claim in claims))
    return {claim.id: _with(claim, earlier) for claim, earlier in zip(claims, before, strict=False)}


def _with(claim: Claim, before: str) -> str:
    if not before or points_back(claim.text, claim.lang) is None:
        return claim.text
    return f"{claim.text.rstrip(STOPS)} ({before.rstrip(STOPS)})."


def score_in_context(pairs: Sequence[Pair], lang: str | None) -> Asking[list[PairScores]]:
    """Score sentences of one language with what stands before them, without taking that for what they say.

    "Ukraine says it shot down 18 drones" after a sentence that bears on the claim was called a confirmation. So a
    sentence that stands alone is asked about once more without the one before, and confirming and updating get the
    lower of both probabilities. One that points back ("The ministry confirmed this report") needs the one before.
    Yields what to ask at once, and takes the scores.
    """
    scores = list((yield pairs))
    again = [place for place, pair in enumerate(pairs) if _in_doubt(pair, lang, scores[place])]
    if again:
        alone = yield [replace(pairs[place], context="") for place in again]
        for place, score in zip(again, alone, strict=True):
            scores[place] = _lower(scores[place], score)
    return scores


def _in_doubt(pair: Pair, lang: str | None, scores: PairScores) -> bool:
    likely = any(scores.stances.get(flag, 0.0) >= DOUBTED for flag in CHECKED)
    return likely and bool(pair.context) and points_back(pair.premise, lang) is None


def _lower(scores: PairScores, alone: PairScores) -> PairScores:
    kept = {flag.value: min(scores.stances[flag], alone.stances[flag]) for flag in CHECKED}
    lost = sum(scores.stances[flag] - kept[flag] for flag in CHECKED)
    return replace(scores, stances={**scores.stances, **kept, UNRELATED: scores.stances[UNRELATED] + lost})
