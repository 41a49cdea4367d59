"""Figures of a claim × figures of a sentence → FigureMove: which count the same thing, and how they differ."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from monitor.claims.comparators import values_left_open
from monitor.claims.dates import day_named
from monitor.claims.figure_scope import is_fate, is_people
from monitor.claims.lexicon import grammar, sign_grammar
from monitor.claims.scope_words import YEAR, beside
from monitor.records import Figure

WEAK = 0.5  # the score of a pair of which one figure stands without a unit
VAGUE = 0.4  # the score of a pair of which one counts "people" and leaves open what became of them
THOUSAND, MILLION = 1e3, 1e6
# Counts that only grow: the dead do not come back to life. A lower one is a correction.
GROWING = frozenset({"dead", "wounded", "delivered", "destroyed", "produced", "launched"})
ONLY_WITH_ITS_LIKE = "capacity"  # what a hall holds is never what is in it


class Relation(StrEnum):
    """How the new figure stands to the old one.

    COMPATIBLE: other values that can both hold, as written. CORRECTION: lower, where the count only grows, and
    not of an unknown day where the old one's is known.
    HISTORY: another value, of an earlier day than the old one. DIFFERENT_SCOPE: of the same thing, but not the
    same count: killed and wounded, delivered and promised; the values say nothing about each other.
    """

    SAME = "same"
    HIGHER = "higher"
    LOWER = "lower"
    CORRECTION = "correction"
    COMPATIBLE = "compatible"
    HISTORY = "history"
    DIFFERENT_SCOPE = "different scope"


MOVED = frozenset({Relation.HIGHER, Relation.LOWER, Relation.CORRECTION})


@dataclass(frozen=True, slots=True)
class FigureMove:
    """Two figures that count the same thing, and how the new one stands to the old."""

    old: Figure
    new: Figure
    relation: Relation


@dataclass(frozen=True, slots=True)
class FigureText:
    """A text with its figures, as quantities.figures finds them. lang: as it was read; day: of its article."""

    text: str
    lang: str | None
    figures: tuple[Figure, ...]
    day: date | None = None


def changed(old: FigureText, new: FigureText) -> FigureMove | None:
    """Pair the figure of a claim with the figure of a sentence that counts the same thing.

    Like is compared with like only: the same unit, or the same thing in another language, and for people
    the same fate (killed, wounded, missing …), of one period and stage. Where all figures of the same thing are
    other counts of it, the nearest of them give DIFFERENT_SCOPE; None if nothing counts the same thing.
    A sentence that repeats the claim's figure gives SAME, unless it sets another one against it
    ("not 40 but 28"). Days are those that the sentences name ("as of 14 March"), else those of the texts.
    Swapping the texts swaps HIGHER with LOWER or CORRECTION, where no day makes one of them HISTORY.
    """
    every = [_of_one_scale(o, n) for o in _comparable(old) for n in _comparable(new)]
    pairs = [(score, o, n) for o, n in every if (score := _score(o, n))]
    best = max((score for score, _, _ in pairs), default=0)
    top = [(o, n) for score, o, n in pairs if score == best]
    same = [pair for pair in top if _relation(old, pair[0], new, pair[1]) is Relation.SAME]
    repeated = {figure for pair in same for figure in pair}
    moved = [pair for pair in top if not repeated & set(pair)]
    loose = [(o, n) for score, o, n in pairs if score >= WEAK]
    extra = [pair for pair in loose if not repeated.issuperset(pair)]
    aside = [(o, n) for o, n in extra if _sets_apart(old, o, same) and _sets_apart(new, n, same)]
    unnamed = [(o, n) for o, n in every if _may_be_alike(o, n) and not repeated.issuperset((o, n))]
    against = [(o, n) for o, n in unnamed if _sets_against(old, o, same) and _sets_against(new, n, same)]
    chosen = moved or aside or against or same
    if chosen:
        o, n = _closest(chosen)
        return FigureMove(o, n, _relation(old, o, new, n))
    others = list(_of_other_scope(old, new))
    return FigureMove(*_closest(others), Relation.DIFFERENT_SCOPE) if others else None


def _closest(pairs: Sequence[tuple[Figure, Figure]]) -> tuple[Figure, Figure]:
    return min(pairs, key=lambda pair: (_distance(*pair), pair[0].start + pair[1].start))


def _comparable(source: FigureText) -> list[Figure]:
    """Leave out additions: "three more dead" is no count of the dead."""
    return [figure for figure in source.figures if figure.scope.period != "more"]


def _of_other_scope(old: FigureText, new: FigureText) -> Iterator[tuple[Figure, Figure]]:
    """Yield the figures of one thing in two scopes; that of nothing known is one with that of nothing known."""
    for o in old.figures:
        for n in new.figures:
            known = o.counted and o.counted != "percent"
            if (known and (o.counted == n.counted or _both_people(o, n))) or (_fate(o) and _fate(n)):
                yield o, n


def _fate(figure: Figure) -> str | None:
    """Return what became of the people counted; a share is of anything."""
    state = figure.scope.state
    return state if is_fate(state) and figure.counted != "percent" else None


def _both_people(o: Figure, n: Figure) -> bool:
    return is_people(o.counted) and is_people(n.counted) and "people" in (o.counted, n.counted)


def _of_one_scale(o: Figure, n: Figure) -> tuple[Figure, Figure]:
    """Lend a bare number the million of the other text: "of 340 million, 58 have come"."""
    return (_lent(o, n), n) if o.high < n.low else (o, _lent(n, o))


def _lent(bare: Figure, full: Figure) -> Figure:
    scale = 1000.0 ** (math.floor(math.log10(full.low)) // 3) if full.low >= MILLION else 1.0
    lacks = bare.unit is None and bare.low > 0 and bare.high < THOUSAND and not full.text.isdigit()
    grown = replace(bare, low=bare.low * scale, high=bare.high * scale)
    return grown if lacks and _is_near(grown, full, within=20) else bare


def _score(o: Figure, n: Figure) -> float:
    """Say how surely two figures count the same thing: 0 for not at all."""
    fates = _fate(o), _fate(n)
    if fates[0] == fates[1] and _scopes_differ(o, n):
        return 0
    if not (o.unit or fates[0]) or not (n.unit or fates[1]):
        return WEAK if _is_near(o, n, within=20) else 0
    if fates[0] != fates[1]:
        untold = o if fates[0] is None else n
        vague = untold.scope.state is None and untold.counted == "people"
        return VAGUE if vague and _is_near(o, n, within=4) else 0
    return _score_of_things(o, n)


def _score_of_things(o: Figure, n: Figure) -> float:
    if o.counted and n.counted and o.counted == n.counted:
        return 3
    if o.counted and n.counted:
        return 2 if _both_people(o, n) else 0
    if _fate(o) and (is_people(o.counted) or is_people(n.counted) or not (o.counted or n.counted)):
        return 2
    return 2 if o.unit and n.unit and _stem(o.unit) == _stem(n.unit) else 0


def _may_be_alike(o: Figure, n: Figure) -> bool:
    """Say whether two figures could count the same: what one leaves unnamed does not speak against it."""
    things_agree = None in (o.counted, n.counted) or o.counted == n.counted or _both_people(o, n)
    fates_agree = None in (_fate(o), _fate(n)) or _fate(o) == _fate(n)
    return things_agree and fates_agree and not _scopes_differ(o, n) and _is_near(o, n, within=20)


def _scopes_differ(o: Figure, n: Figure) -> bool:
    """Say whether two figures of one thing are two counts: promised and delivered, a day and a year."""
    states, periods = (o.scope.state, n.scope.state), (o.scope.period, n.scope.period)
    if states[0] != states[1] and (None not in states or ONLY_WITH_ITS_LIKE in states):
        return True
    if periods[0] == periods[1]:
        return False
    if not beside().isdisjoint(periods):
        return None not in periods
    return all(_in_years(period) for period in periods) and bool(_year(periods[0])) == bool(_year(periods[1]))


def _in_years(period: str | None) -> bool:
    return period in ("this year", "last year") or _year(period) is not None


def _year(period: str | None) -> str | None:
    found = re.search(YEAR, period or "")
    return found[0] if found else None


def _is_near(o: Figure, n: Figure, *, within: float) -> bool:
    """Where the unit does not tell, only numbers within a factor of each other can be the same count."""
    return o.low > 0 and n.low > 0 and 1 / within <= n.low / o.low <= within


def _stem(unit: str) -> str:
    unit = unit.lower().replace("ё", "е")
    return unit if re.search(r"[\u3040-\u9fff\uac00-\ud7af]", unit) else unit[: max(4, len(unit) - 3)]


def _percent(figure: Figure) -> Figure:
    """Write a share as per cent: a half is 50."""
    return replace(figure, low=figure.low * 100, high=figure.high * 100) if figure.unit == "share" else figure


def _relation(old: FigureText, o: Figure, new: FigureText, n: Figure) -> Relation:
    first, second = _percent(o), _percent(n)
    if (first.low, first.high) == (second.low, second.high):
        return Relation.SAME
    a, b = values_left_open(first, o.comparator), values_left_open(second, n.comparator)
    if a[0] <= b[1] and b[0] <= a[1]:
        return Relation.COMPATIBLE
    before, after = _day(old, o), _day(new, n)
    if before and after and after < before:
        return Relation.HISTORY
    if b[0] > a[1]:
        return Relation.HIGHER
    # What may be older than a figure of a known day corrects nothing.
    told_later = after is not None or before is None
    return Relation.CORRECTION if _only_grows(o, n) and told_later else Relation.LOWER


def _day(source: FigureText, figure: Figure) -> date | None:
    named = figure.scope.as_of and day_named(figure.scope.as_of, source.lang, near=source.day)
    return named or source.day


def _only_grows(o: Figure, n: Figure) -> bool:
    rates = {o.scope.period, n.scope.period} & beside()
    return (o.scope.state or n.scope.state) in GROWING and not rates and o.counted != "percent"


def _distance(o: Figure, n: Figure) -> float:
    """How far apart two values are, as a factor; the same in both directions."""
    first, second = _percent(o), _percent(n)
    middle = [(figure.low + figure.high) / 2 for figure in (first, second)]
    return abs(math.log(middle[0] / middle[1])) if min(middle) > 0 else abs(middle[0] - middle[1])


def _sets_apart(source: FigureText, figure: Figure, same: Sequence[tuple[Figure, Figure]]) -> bool:
    """Say whether a text sets a figure against the one that both texts share, and does not list it beside that."""
    shared = [f for pair in same for f in pair if f in source.figures]
    return figure in shared or any(_opposed(source, *sorted((f, figure), key=lambda x: x.start)) for f in shared)


def _sets_against(source: FigureText, figure: Figure, same: Sequence[tuple[Figure, Figure]]) -> bool:
    """Say whether a text says in so many words that a figure is not the one that both texts share."""
    shared = [f for pair in same for f in pair if f in source.figures]
    return figure in shared or any(_denied(source, *sorted((f, figure), key=lambda x: x.start)) for f in shared)


def _denied(source: FigureText, a: Figure, b: Figure) -> bool:
    """Tell "not 40 but 28" and "28 instead of 40" by their words."""
    between = source.text[a.end : b.start].lower().replace("ё", "е")
    signs = sign_grammar(source.lang) if source.lang else None
    if signs:
        return any(word in between for word in signs.lists["not_but"])
    lead = source.text[max(0, a.start - 25) : a.start].lower()
    return any(grammar(source.lang).has("not_but", word) for word in re.findall(r"[^\W\d_]+", f"{between} {lead}"))


def _opposed(source: FigureText, a: Figure, b: Figure) -> bool:
    """Tell "not 40 but 28", "40, now 28" from "28 of 40" and "28 and 40"."""
    if _denied(source, a, b):
        return True
    between = source.text[a.end : b.start].lower().replace("ё", "е")
    signs = sign_grammar(source.lang) if source.lang else None
    if signs:
        return not any(word in between for word in signs.lists["among"])
    words = re.findall(r"[^\W\d_]+", between)
    words += re.findall(r"^\W+([^\W\d_]+)", source.text[b.end :].lower())  # 61 of them
    return not any(grammar(source.lang).has("among", word) for word in words)
