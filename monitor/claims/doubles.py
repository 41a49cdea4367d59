"""Two claims → whether they say the same thing: by their vectors, unless their figures differ."""

from __future__ import annotations

from monitor.claims.quantities import figures

# Tuned on the 5,010 pairs of claims in the same language of 25 training stories, and on the same claims in two
# languages, November 2026: four pairs of different claims lie above it (two of them with other figures), and 73 of
# 100 pairs of wordings in two languages. Belongs to the embedded weights: measure again when they change.
SAME_AT_LEAST = 0.80


def are_double(one: str, other: str, alike: float, langs: tuple[str | None, str | None]) -> bool:
    """Say whether two claims say the same thing. alike: the cosine of their vectors; langs: theirs, in order.

    Claims are not double, however alike they sound, where only one of them has figures, or none is in both.
    """
    if alike < SAME_AT_LEAST:
        return False
    first, second = (_values(text, lang) for text, lang in zip((one, other), langs, strict=True))
    return not first.isdisjoint(second) or not first | second


def _values(text: str, lang: str | None) -> frozenset[tuple[float, float]]:
    return frozenset((figure.low, figure.high) for figure in figures(text, lang))
