"""Figure in its text → Comparator: at least, about, up to, and what values that leaves open."""

from __future__ import annotations

import re
from decimal import Decimal

from monitor.claims.lexicon import common, grammar, sign_grammar
from monitor.records import Comparator, Figure

_OPENING = re.compile(r"(?:\b(?:r|us|a)\$|[\s€$£¥«„“\"('’])+$")
_ARTICLE = re.compile(rf"(?<!\w)(?:{'|'.join(sorted(common('articles')))})$")
UNSPACED = ("ja", "zh")
_BEHIND_SIGNS = r"[가-힣一-龥ァ-ヴー%㎞]{0,8}?[ を이가은는을를]{0,2}"
_BEHIND_WORDS = r"\W*(?:[^\W\d_]+\W+){0,2}?"


def comparator(text: str, figure: Figure, lang: str | None) -> Comparator:
    """Say how firmly a text puts one of its figures: at least, about, up to …; EXACTLY if nothing is said."""
    signs = sign_grammar(lang) if lang else None
    phrases = signs.phrases if signs else grammar(lang).phrases
    lead = _OPENING.sub("", text[max(0, figure.start - 60) : figure.start].lower().replace("ё", "е"))
    for place in (lead, _OPENING.sub("", _ARTICLE.sub("", lead))):
        for phrase, kind in phrases.before:
            rest = place.removesuffix(phrase)
            if place.endswith(phrase) and (lang in UNSPACED or not re.search(r"[^\W\d_]$", rest)):
                return Comparator.EXACTLY if kind is Comparator.UP_TO and _is_change(rest, lang) else kind
    rest = text[figure.end : figure.end + 50].lower()
    words, end = (_BEHIND_SIGNS, "") if signs else (_BEHIND_WORDS, r"(?![^\W\d_])")
    for phrase, kind in phrases.behind:
        if re.match(words + re.escape(phrase) + end, rest):
            return kind
    return Comparator.EXACTLY


def _is_change(lead: str, lang: str | None) -> bool:
    """Tell "rose to 40", where the word for "up to" leads to the new value: вырос до, subió hasta."""
    words = re.findall(r"[^\W\d_]+", lead)[-4:]
    return any(word.startswith(beginning) for word in words for beginning in grammar(lang).words["changes"])


def values_left_open(figure: Figure, put: Comparator) -> tuple[float, float]:
    """Return the least and the greatest value that a figure with its comparator still allows.

    A round number is taken as round: "more than 10,000" reaches to 20,000, "more than 34" to 35.
    """
    step = place_of_last_digit(figure.low)
    match put:
        case Comparator.AT_LEAST | Comparator.MORE_THAN:
            return figure.low, figure.high + step
        case Comparator.ABOUT:
            return figure.low - step / 2, figure.high + step / 2
        case Comparator.UP_TO | Comparator.NEARLY | Comparator.FEWER_THAN:
            return figure.low - step, figure.high
        case _:
            return figure.low, figure.high


def place_of_last_digit(value: float) -> float:
    """Return the place of the last digit that is not 0: 10,000 for 30,000, 1 for 34, 0.1 for 2.5."""
    exponent = Decimal(repr(value)).normalize().as_tuple().exponent
    return float(10 ** Decimal(exponent)) if value and isinstance(exponent, int) else 1.0
