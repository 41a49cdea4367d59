"""Figures in their sentence → Figures with comparator, thing and scope: which count each of them gives."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise

from monitor.claims.comparators import comparator
from monitor.claims.lexicon import SignGrammar, grammar, sign_grammar, things
from monitor.claims.scope_words import YEAR, ScopeWords, beside, scope_words
from monitor.records import Figure, Scope

# Characters from a figure to the word that says what became of what it counts, and what a comma or another
# figure between them adds. Chosen on the labelled stories, November 2026.
WORD_WITHIN = 120
CLAUSE_COSTS = 40  # of a comma, on the way to a period
BEFORE_COSTS = 20  # of going back, in Korean and Japanese, where the verb follows
COMMA_COSTS = 15
FIGURE_COSTS = 40
BESIDE_WITHIN = 25
PLACE_WITHIN = 60
PART_WITHIN = 25  # from a part to the word behind it that makes it one: "3.000 Soldaten davon"

AGO = "ago"  # "a year ago" is no period
HELD = ("prisoners", "hostages")
DURATIONS = frozenset({"years", "months", "weeks", "days", "hours", "minutes"})

_CLAUSE_END = re.compile(r"[,;，、](?!\d)|[.](?:\s|$)")

Hit = tuple[int, int, str]  # from, to, and the name of what stands there


def scoped(text: str, lang: str | None, figures: Sequence[Figure]) -> tuple[Figure, ...]:
    """Say of each figure of a text how firmly it is put, what it counts, and which count it is.

    figures: all of the text, in order. The words that tell are the nearest; commas and other figures between
    make the way longer. What a text does not say stays None, and a length of time has no scope.
    """
    sentence = _Sentence(text, lang, tuple(figures))
    return tuple(sentence.scoped(figure) for figure in figures)


def is_people(thing: str | None) -> bool:
    """Say whether a thing of things.yaml is persons of any kind."""
    return thing == "people" or thing in things().groups["persons"]


def is_fate(state: str | None) -> bool:
    """Say whether a state is one of people, such as dead or missing."""
    return state in things().groups["fates"]


class _Sentence:
    """A text with its figures, and all the words in it that tell which count they give."""

    def __init__(self, text: str, lang: str | None, figures: tuple[Figure, ...]) -> None:
        self.text, self.lang, self.figures = text, lang, figures
        self.lower, self.words = text.lower().replace("ё", "е"), scope_words(lang)
        self.signs = sign_grammar(lang) if lang else None
        self.fates = [(at, at, name) for at, name in things().all("fates", self.lower)]
        states = self.words.states.items()
        self.stages = [(*hit.span(), name) for name, pattern in states for hit in pattern.finditer(self.lower)]
        self.periods = list(_periods(self.lower, self.words))
        day = next((self.words.day.search(hit.group()) for hit in self.words.as_of.finditer(text)), None)
        self.as_of = day.group() if day else None
        self.asides = {figure.start: self._told_of_a_part(figure) for figure in figures}

    def scoped(self, figure: Figure) -> Figure:
        thing, fate = _named((figure.unit or "").lower().replace("ё", "е"))
        figure = replace(figure, counted=thing, comparator=comparator(self.text, figure, self.lang))
        if thing in DURATIONS:
            return figure
        state = self._state(figure, fate)
        period = "more" if self._adds(figure) else self._period(figure)
        return replace(figure, scope=Scope(state, period, _place(self.text, figure, self.words), self.as_of))

    def _state(self, figure: Figure, fate: str | None) -> str | None:
        if (
            figure.counted in HELD and fate == "captured"
        ):  # by their name; the sentence says what else became of them
            return self._nearest(figure, [*(hit for hit in self.fates if hit[2] != fate), *self.stages])
        of_people = figure.counted is None or is_people(figure.counted) or figure.counted == "percent"
        return fate or self._nearest(figure, [*self.fates, *self.stages] if of_people else self.stages)

    def _period(self, figure: Figure) -> str | None:
        close = [hit for hit in self.periods if hit[2] in beside()]
        rest = [hit for hit in self.periods if hit[2] not in beside()]
        found = self._nearest(figure, close, within=BESIDE_WITHIN) or self._nearest(
            figure, rest, comma=CLAUSE_COSTS
        )
        return None if found == AGO else found

    def _nearest(
        self, figure: Figure, hits: Sequence[Hit], *, within: int = WORD_WITHIN, comma: int = COMMA_COSTS
    ) -> str | None:
        """Return the name of the nearest words; commas and other figures between count as a way to go."""
        aside = self.asides[figure.start]
        own = (hit for hit in hits if not aside[0] <= hit[0] < aside[1])
        ways = [(self._way(figure, start, end, aside, comma=comma), name) for start, end, name in own]
        ways = [way for way in ways if way[0] <= within]
        return min(ways)[1] if ways else None

    def _told_of_a_part(self, figure: Figure) -> tuple[int, int]:
        """Say where a part of this figure is told of: "11,000, of whom 3,000 are wounded, have been sent"."""
        part = next((f for f in self.figures if f.start >= figure.end), None)
        mark = self.words.parts.search(self.lower, figure.end) if part else None
        if part is None or mark is None or mark.start() > part.end + PART_WITHIN:
            return 0, 0
        end = _CLAUSE_END.search(self.lower, max(mark.end(), part.end))
        return min(mark.start(), part.start), end.start() if end else len(self.text)

    def _way(self, figure: Figure, start: int, end: int, aside: tuple[int, int], *, comma: int) -> int:
        before = start < figure.end
        a, b = (end, figure.start) if before else (figure.end, start)
        cut = aside if a <= aside[0] and aside[1] <= b else (a, a)  # what is told of a part is no way to go
        way = self.lower[a : cut[0]] + self.lower[cut[1] : b]
        if len(way) > WORD_WITHIN:
            return len(way)
        between = [f for f in self.figures if a <= f.start < b and not cut[0] <= f.start < cut[1]]
        others = sum(f.unit != "share" for f in between)
        cost = len(way) + comma * len(re.findall("[,;:、，—]", way)) + FIGURE_COSTS * others
        return cost + BEFORE_COSTS if before and self.signs else cost

    def _adds(self, figure: Figure) -> bool:
        """Say whether a figure adds to another: "three more dead" is no count of the dead."""
        if figure.counted == "times":
            return False
        if self.signs:
            return _adds_in_signs(self.text, figure, self.signs)
        rules = grammar(self.lang)
        words = re.findall(r"[^\W\d_]+", self.lower[max(0, figure.start - 20) : figure.start])[-1:]
        behind = re.findall(r"[^\W\d_]+", self.lower[figure.end : figure.end + 40])[:3]
        words += [*behind[:2], *("_".join(pair) for pair in pairwise(behind))]
        first = not any(f.end < figure.start and f.unit != "share" for f in self.figures)
        return any(rules.has("more", word) or (first and rules.has("others", word)) for word in words)


def _adds_in_signs(text: str, figure: Figure, signs: SignGrammar) -> bool:
    more = signs.lists["more"]
    behind = rf"\w{{0,3}} ?(?:{'|'.join(more)})"
    lead = text[max(0, figure.start - 6) : figure.start].rstrip()
    return bool(more) and (lead.endswith(more) or re.match(behind, text[figure.end :]) is not None)


@lru_cache(maxsize=8192)
def _named(unit: str) -> tuple[str | None, str | None]:
    """Return what a unit names: a thing, in any language, and what became of it."""
    thing, fate = things().longest(unit, "persons", "people", "things"), things().find("fates", unit)
    return "percent" if thing == "share" else thing, fate[0] if fate else None


def _periods(lower: str, words: ScopeWords) -> Iterator[Hit]:
    for name, pattern in words.periods.items():
        for hit in pattern.finditer(lower):
            year = re.search(YEAR, hit.group())
            yield (*hit.span(), {"since": f"since {year[0]}", "in": year[0]}.get(name, name) if year else name)


def _place(text: str, figure: Figure, words: ScopeWords) -> str | None:
    """Return the name after "in" or "at" behind a figure, within its clause."""
    behind = text[figure.end : figure.end + PLACE_WITHIN]
    clause = re.split(r"[.,;:!?](?:\s|$)", behind, maxsplit=1)[0]
    hit = words.places.search(clause)
    return hit["name"] if hit and not words.day.search(hit[0]) else None
