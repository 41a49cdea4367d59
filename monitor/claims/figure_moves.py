"""Figures of a claim × figures of a sentence → FigureMove: which count the same thing, and how they differ."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from monitor.claims.comparators import comparator, values_left_open
from monitor.claims.lexicon import grammar, sign_grammar, things
from monitor.records import Figure

# Characters from a figure to the word that says what became of the people it counts, and what a comma or
# another figure between them adds. Chosen on the labelled stories, November 2026.
FATE_WITHIN = 120
COMMA_COSTS = 15
FIGURE_COSTS = 40
WEAK = 0.5  # the score of a pair of which one figure stands without a unit
VAGUE = 0.4  # the score of a pair of which one counts "people" and leaves open what became of them


class Relation(StrEnum):
    """How the new figure stands to the old one. COMPATIBLE: other values that can both hold, as written."""

    SAME = "same"
    HIGHER = "higher"
    LOWER = "lower"
    COMPATIBLE = "compatible"


@dataclass(frozen=True, slots=True)
class FigureMove:
    """Two figures that count the same thing, and how the new one stands to the old."""

    old: Figure
    new: Figure
    relation: Relation


@dataclass(frozen=True, slots=True)
class FigureText:
    """A text with its figures, as quantities.figures finds them. lang: as it was read."""

    text: str
    lang: str | None
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class _Kind:
    """What a figure counts: a thing of things.yaml, what became of it, and the unit as written."""

    thing: str | None
    fate: str | None
    unit: str
    people: bool


def changed(old: FigureText, new: FigureText) -> FigureMove | None:
    """Pair the figure of a claim with the figure of a sentence that counts the same thing.

    Like is compared with like only: the same unit, or the same thing in another language, and for people
    the same fate (killed, wounded, missing …). None if no two figures count the same thing.
    A sentence that repeats the claim's figure gives SAME, unless it sets another one against it
    ("not 40 but 28"). Swapping the texts swaps HIGHER and LOWER.
    """
    pairs = [
        (score, o, n) for o in _comparable(old) for n in _comparable(new) if (score := _score(old, o, new, n))
    ]
    best = max((score for score, _, _ in pairs), default=0)
    top = [(o, n) for score, o, n in pairs if score == best]
    same = [pair for pair in top if _relation(old, pair[0], new, pair[1]) is Relation.SAME]
    repeated = {figure for pair in same for figure in pair}
    moved = [pair for pair in top if not repeated & set(pair)]
    loose = [(o, n) for score, o, n in pairs if score >= WEAK]
    extra = [pair for pair in loose if not repeated.issuperset(pair)]
    aside = [(o, n) for o, n in extra if _sets_apart(old, o, same) and _sets_apart(new, n, same)]
    chosen = moved or aside or same
    if not chosen:
        return None
    o, n = min(chosen, key=lambda pair: (_distance(*pair), pair[0].start + pair[1].start))
    return FigureMove(o, n, _relation(old, o, new, n))


def _comparable(source: FigureText) -> list[Figure]:
    """Leave out additions: "three more dead" is no count of the dead."""
    return [figure for figure in source.figures if not _is_addition(source, figure)]


def _is_addition(source: FigureText, figure: Figure) -> bool:
    signs = sign_grammar(source.lang) if source.lang else None
    if signs:
        lead = source.text[max(0, figure.start - 6) : figure.start].rstrip()
        return lead.endswith(signs.lists["more"]) if signs.lists["more"] else False
    words = re.findall(r"[^\W\d_]+", source.text[max(0, figure.start - 20) : figure.start].lower())[-1:]
    words += re.findall(r"[^\W\d_]+", source.text[figure.end : figure.end + 40].lower())[:2]
    return any(grammar(source.lang).has("more", word.replace("ё", "е")) for word in words)


def _score(old: FigureText, o: Figure, new: FigureText, n: Figure) -> float:
    """Say how surely two figures count the same thing: 0 for not at all."""
    a, b = _kind(old, o), _kind(new, n)
    if not (a.unit or a.fate) or not (b.unit or b.fate):
        return WEAK if _is_near(o, n, within=20) else 0
    if a.fate != b.fate:
        untold = a if a.fate is None else b
        return VAGUE if untold.fate is None and untold.thing == "people" and _is_near(o, n, within=4) else 0
    if a.thing and b.thing:
        if a.thing == b.thing:
            return 3
        return 2 if a.people and b.people and "people" in (a.thing, b.thing) else 0
    if a.fate and (a.people or b.people or not (a.thing or b.thing)):
        return 2
    return 2 if a.unit and b.unit and _stem(a.unit) == _stem(b.unit) else 0


def _is_near(o: Figure, n: Figure, *, within: float) -> bool:
    """Where the unit does not tell, only numbers within a factor of each other can be the same count."""
    return o.low > 0 and n.low > 0 and 1 / within <= n.low / o.low <= within


def _stem(unit: str) -> str:
    return unit if re.search(r"[\u3040-\u9fff\uac00-\ud7af]", unit) else unit[: max(4, len(unit) - 3)]


def _kind(source: FigureText, figure: Figure) -> _Kind:
    unit = (figure.unit or "").lower().replace("ё", "е")
    named = {group: things().find(group, unit) for group in ("persons", "people", "things", "fates")}
    hit = named["persons"] or named["people"] or named["things"]
    thing = hit[0] if hit else None
    people = bool(named["persons"] or named["people"])
    fate = named["fates"][0] if named["fates"] else None
    if fate is None and (people or not unit):
        fate = _fate_near(source, figure)
    if thing == "share":
        thing = "percent"
    return _Kind(thing, fate, unit, people)


def _fate_near(source: FigureText, figure: Figure) -> str | None:
    """Return what became of the people counted: the nearest such word; commas and figures between count."""
    text = source.text.lower().replace("ё", "е")
    best: tuple[float, str] | None = None
    for at, fate in things().all("fates", text):
        a, b = (figure.end, at) if at >= figure.end else (at, figure.start)
        between = text[a:b]
        others = sum(
            a <= other.start < b for other in source.figures if other is not figure and other.unit != "share"
        )
        cost = len(between) + COMMA_COSTS * len(re.findall("[,;:、，—]", between)) + FIGURE_COSTS * others
        if cost <= FATE_WITHIN and (best is None or (cost, fate) < best):
            best = (cost, fate)
    return best[1] if best else None


def _percent(figure: Figure) -> Figure:
    """Write a share as per cent: a half is 50."""
    return replace(figure, low=figure.low * 100, high=figure.high * 100) if figure.unit == "share" else figure


def _relation(old: FigureText, o: Figure, new: FigureText, n: Figure) -> Relation:
    first, second = _percent(o), _percent(n)
    if (first.low, first.high) == (second.low, second.high):
        return Relation.SAME
    a = values_left_open(first, comparator(old.text, o, old.lang))
    b = values_left_open(second, comparator(new.text, n, new.lang))
    if a[0] <= b[1] and b[0] <= a[1]:
        return Relation.COMPATIBLE
    return Relation.HIGHER if b[0] > a[1] else Relation.LOWER


def _distance(o: Figure, n: Figure) -> float:
    """How far apart two values are, as a factor; the same in both directions."""
    first, second = _percent(o), _percent(n)
    middle = [(figure.low + figure.high) / 2 for figure in (first, second)]
    return abs(math.log(middle[0] / middle[1])) if min(middle) > 0 else abs(middle[0] - middle[1])


def _sets_apart(source: FigureText, figure: Figure, same: Sequence[tuple[Figure, Figure]]) -> bool:
    """Say whether a text sets a figure against the one that both texts share, and does not list it beside that."""
    shared = [f for pair in same for f in pair if f in source.figures]
    return figure in shared or any(_opposed(source, *sorted((f, figure), key=lambda x: x.start)) for f in shared)


def _opposed(source: FigureText, a: Figure, b: Figure) -> bool:
    """Tell "not 40 but 28", "40, now 28" from "28 of 40" and "28 and 40"."""
    between = source.text[a.end : b.start].lower().replace("ё", "е")
    signs = sign_grammar(source.lang) if source.lang else None
    if signs:
        apart = any(word in between for word in signs.lists["not_but"])
        return apart or not any(word in between for word in signs.lists["among"])
    rules = grammar(source.lang)
    words = re.findall(r"[^\W\d_]+", between)
    lead = re.findall(r"[^\W\d_]+", source.text[max(0, a.start - 25) : a.start].lower())
    if any(rules.has("not_but", word) for word in words + lead):
        return True
    words += re.findall(r"^\W+([^\W\d_]+)", source.text[b.end :].lower())  # 61 of them
    return not any(rules.has("among", word) for word in words)
