"""Text → Numbers: read the numbers of a language that writes spaces between its words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

from monitor.claims.lexicon import Grammar


@dataclass(frozen=True, slots=True)
class Token:
    """A word, a number in digits or a sign. word: in lower case, ё as е; glued: no space before it."""

    text: str
    word: str
    start: int
    end: int
    value: float | None
    glued: bool
    upper: bool


@dataclass(frozen=True, slots=True)
class Number:
    """A number in a text: its range, and the tokens [first, last) that say it.

    scale: what it was multiplied by last (a million), or 1. digits: it has no multiplier and no number words.
    share: a part of one, such as a half. plain: digits without any separator, as years are written.
    """

    low: float
    high: float
    first: int
    last: int
    scale: float = 1
    share: bool = False
    plain: bool = False


_WORD = r"[^\W\d_]+(?:(?<=[бпвмфкздтгсж])['’ʼ](?=[яюєї])[^\W\d_]+)*"
_SPACES = " \u00a0\u202f\u2009"


@cache
def _token_pattern(spaces: bool) -> re.Pattern[str]:
    part = rf"[.,'’{_SPACES if spaces else _SPACES[1:]}]"
    number = rf"\d{{1,3}}(?P<sep>{part})\d{{3}}(?:(?P=sep)\d{{3}})*(?!\d)(?:[.,]\d+(?!\d))?|\d+(?:[.,]\d+)?"
    return re.compile(rf"(?P<number>{number})|(?P<word>{_WORD})|(?P<sign>[^\w\s])")


def tokens(text: str, rules: Grammar) -> list[Token]:
    """Cut a text into words, numbers in digits and signs; offsets are those of the text."""
    found: list[Token] = []
    for hit in _token_pattern(rules.spaces).finditer(text):
        raw = hit.group()
        word = raw.lower().replace("ё", "е").replace("’", "'").replace("ʼ", "'")
        value = _digits(raw, rules.decimal) if hit.group("number") else None
        glued = bool(found) and found[-1].end == hit.start()
        found.append(Token(raw, word, hit.start(), hit.end(), value, glued, raw[0].isupper()))
    return found


def _digits(raw: str, decimal: str) -> float:
    """Read digits as the language groups them; three digits after its own decimal sign are decimals unless 000."""
    raw = re.sub(rf"[{_SPACES}'’]", "", raw)
    signs = [c for c in raw if c in ".,"]
    if len(signs) == 1 and not (signs[0] == decimal and not raw.endswith(f"{decimal}000")):
        head, _, tail = raw.partition(signs[0])
        return float(head + tail) if len(tail) == 3 and head != "0" else float(f"{head}.{tail}")
    if len(signs) > 1 and len(set(signs)) == 2:
        head, _, tail = raw.rpartition(signs[-1])
        return float(f"{re.sub('[.,]', '', head)}.{tail}")
    return float(re.sub("[.,]", "", raw)) if len(signs) > 1 else float(raw.replace(decimal, "."))


def read_number(toks: Sequence[Token], at: int, rules: Grammar) -> Number | None:
    """Read the number that begins at a token; None if none does there."""
    return (
        _one_of(toks, at, rules) or _vague(toks, at, rules) or _part(toks, at, rules) or _counted(toks, at, rules)
    )


def _one_of(toks: Sequence[Token], at: int, rules: Grammar) -> Number | None:
    """Read "около тысячи", "более миллиона": one of them, in the case that the word before asks for."""
    many = rules.one_of.get(toks[at].word)
    if many is None or at == 0:
        return None
    asked = any(toks[at - 1].word == phrase for phrase, _ in rules.phrases.before)
    goes_on = at + 1 < len(toks) and toks[at + 1].word in rules.values  # "около тысячи двухсот"
    return Number(many, many, at, at + 1, many) if asked and not goes_on else None


def _vague(toks: Sequence[Token], at: int, rules: Grammar) -> Number | None:
    """Read "dozens of", "several thousand", "une vingtaine", "десятки тысяч"."""
    word = toks[at].word
    if word in rules.roughly and word not in rules.plurals:
        base, last = _raised(toks, at + 1, rules, rules.roughly[word])
        return Number(base * 0.9, base * 1.1, at, last, base)
    if rules.has("several", word) and at + 1 < len(toks):
        many = _multiplier(toks[at + 1].word, rules)
        last = at + 2
    else:
        many, last = rules.plurals.get(word), at + 1
    if many is None or (last < len(toks) and toks[last].word in rules.values and word in rules.alone):
        return None
    base, last = _raised(toks, last, rules, many)
    return Number(2 * base, 99 if base == 12 else 10 * base - 1, at, last, base)


def _raised(toks: Sequence[Token], at: int, rules: Grammar, base: float) -> tuple[float, int]:
    """Multiply "dizaines" by the "milliers" after it."""
    after = at + 1 if at < len(toks) and rules.has("of", toks[at].word) else at
    if after < len(toks) and toks[after].word == "'":
        after += 1
    many = _multiplier(toks[after].word, rules) if after < len(toks) else None
    return (base * many, after + 1) if many is not None and many > base else (base, at)


def _multiplier(word: str, rules: Grammar) -> float | None:
    return rules.times.get(word, rules.plurals.get(word))


def _part(toks: Sequence[Token], at: int, rules: Grammar) -> Number | None:
    """Read a half, two thirds, three quarters; "half a million" is a number."""
    half = _half_of(toks, at, rules)
    if half:
        return half
    count, name = 1.0, at
    if toks[at].word in rules.values or rules.has("one", toks[at].word):
        count, name = rules.values.get(toks[at].word, 1.0), at + 1
        if name < len(toks) and toks[name].word == "-":
            name += 1
        if name >= len(toks) or toks[name].word not in {*rules.parts_after, *rules.parts} or count > 10:
            return None
    part = rules.parts.get(toks[name].word)
    if part is None and name > at:
        part = rules.parts_after.get(toks[name].word)
    if part is None:
        return None
    low = count * part
    after = name + 1
    while after < len(toks) and after < name + 3 and _leads_on(toks[after].word, rules):
        after += 1
    ahead = toks[after].word if after < len(toks) else ""
    many = rules.roughly.get(ahead, _multiplier(ahead, rules))
    if many is not None:
        return Number(low * many, low * many, at, after + 1, many)
    return Number(low, low, at, name + 1, share=True) if low < 1 else None


def _half_of(toks: Sequence[Token], at: int, rules: Grammar) -> Number | None:
    """Read the half of "demi-million" and "пів мільйона", which is none without its million."""
    joint = at + 2 if at + 1 < len(toks) and toks[at + 1].word == "-" else at + 1
    many = _multiplier(toks[joint].word, rules) if joint < len(toks) and rules.has("half", toks[at].word) else None
    return Number(many / 2, many / 2, at, joint + 1, many) if many else None


def _leads_on(word: str, rules: Grammar) -> bool:
    """Go on to the million of "half a million" and "three quarters of a million"."""
    return word == "-" or rules.has("of", word) or rules.has("one", word)


@dataclass(slots=True)
class _Sum:
    """A number being read. last: what the next hundred multiplies; scale: the last thousand or million."""

    total: float = 0
    current: float = 0
    last: float = 0
    scale: float = 0
    digits: bool = False

    def fits(self, value: float) -> bool:
        """Say whether a number word may follow: three after twenty, but not four after three."""
        if self.digits or (self.scale and value >= self.scale):
            return False
        room = self.current % 100
        if self.current == 0 or (room == 0 and value < 100):
            return True
        return (room >= 20 and room % 10 == 0 and value < 10) or (room in (60, 80) and 10 <= value < 20)

    def add(self, value: float) -> None:
        self.current += value
        self.last = value

    def multiply(self, by: float) -> None:
        if by >= 1000:
            grow = self.scale and by > self.scale
            self.total = (self.total + self.current) * by if grow else self.total + (self.current or 1) * by
            self.current, self.scale, self.digits = 0, by, False
        elif self.last == 0:
            self.current += by
        else:
            self.current += self.last * (by - 1)
            self.digits = False
        self.last = 0


def _counted(toks: Sequence[Token], at: int, rules: Grammar) -> Number | None:
    """Read digits and number words with their multipliers: 1.5 million, двести тысяч, quatre-vingt-dix."""
    number, i = _Sum(), at
    if rules.has("one", toks[at].word):
        if not _opens_million(toks, at, rules):
            return _only_one(toks, at, rules)
        number.add(1)
        i += 1
    while i < len(toks):
        step = _step(number, toks, i, rules, begun=i > at)
        if step == i:
            break
        i = step
    if i == at:
        return None
    value = number.total + number.current
    plain = i == at + 1 and toks[at].value is not None and toks[at].word.isdigit()
    return Number(value, value, at, i, number.scale or 1, plain=plain)


def _only_one(toks: Sequence[Token], at: int, rules: Grammar) -> Number | None:
    """Read the one that counts: only one, una sola."""
    beside = [toks[i].word for i in (at - 1, at + 1) if 0 <= i < len(toks)]
    return Number(1, 1, at, at + 1) if any(rules.has("only", word) for word in beside) else None


def _opens_million(toks: Sequence[Token], at: int, rules: Grammar) -> bool:
    """Say whether the 1 at a token multiplies: "un million", "a hundred" (not "un mille", "a k")."""
    if at + 1 >= len(toks):
        return False
    by = rules.times.get(toks[at + 1].word)
    return by is not None and len(toks[at + 1].word) > 2


def _step(number: _Sum, toks: Sequence[Token], i: int, rules: Grammar, *, begun: bool) -> int:
    """Take the next token or two into the number; return where to go on, or i if the number ends there."""
    tok, following = toks[i], toks[i + 1] if i + 1 < len(toks) else None
    by = _multiplier(tok.word, rules)
    if tok.value is not None:
        return i if begun else _take_digits(number, tok.value, i)
    if tok.word in rules.values and (
        _vigesimal(number, tok.word, rules) or _take_word(number, rules.values[tok.word])
    ):
        return i + 1
    if by is not None and (begun or tok.word in rules.alone) and not _is_percent(toks, i, rules):
        if 1000 <= number.scale == by:
            return i
        number.multiply(by)
        return i + 1
    return _joined(number, toks, i, rules) if begun and following is not None else i


def _take_digits(number: _Sum, value: float, i: int) -> int:
    number.add(value)
    number.digits = True
    return i + 1


def _take_word(number: _Sum, value: float) -> bool:
    fits = number.fits(value)
    if fits:
        number.add(value)
    return fits


def _vigesimal(number: _Sum, word: str, rules: Grammar) -> bool:
    """Take the second half of the French 80, four twenties, and 17, ten-seven."""
    value = rules.values[word]
    if "soixante" not in rules.values or number.digits:
        return False
    if value == 20 and number.last == 4:
        number.add(76)
        return True
    if number.last == 10 and value in (7, 8, 9):
        number.add(value)
        return True
    return False


def _joined(number: _Sum, toks: Sequence[Token], i: int, rules: Grammar) -> int:
    """Go over a hyphen or an "and" inside a number, and take the half or the one behind it."""
    joint = i
    while joint < len(toks) and (toks[joint].word == "-" or rules.has("and", toks[joint].word)):
        joint += 1
    if joint >= len(toks):
        return i
    word = toks[joint].word
    ahead = toks[joint + 1].word if joint + 1 < len(toks) else ""
    if joint > i and rules.has("one", word) and rules.has("half", ahead):
        word, joint = ahead, joint + 1
    if joint > i and rules.has("half", word):
        number.total += 0.5 * number.scale if number.scale and not number.current else 0.5
        if not (number.scale and not number.current) and joint + 1 < len(toks):
            number.current, number.total = number.current + number.total, 0
        return joint + 1
    room = number.current % 100
    if rules.has("one", word) and word not in ("a", "an") and not number.digits and room >= 20 and room % 10 == 0:
        number.add(1)
        return joint + 1
    if joint == i or number.digits or (word not in rules.values and word not in rules.alone):
        return i
    if toks[i].word == "-" and _vigesimal(number, word, rules):
        return joint + 1
    spoken = toks[i].word == "-" or not rules.tight_and or number.current % 100 == 0
    enough = number.scale > 0 or number.current >= 16
    value = rules.values.get(word, rules.times.get(word, rules.plurals.get(word, 1000.0)))
    return joint if spoken and enough and number.fits(value) and value < 1000 else i


def _is_percent(toks: Sequence[Token], i: int, rules: Grammar) -> bool:
    """The second half of "pour cent" is no hundred."""
    return i > 0 and rules.has("percent", f"{toks[i - 1].word}-{toks[i].word}")


def scaled(number: Number, scale: float) -> Number:
    """Multiply a number that leaves its million to the next one: the 4,2 of "4,2 bis 5,8 Millionen"."""
    return replace(number, low=number.low * scale, high=number.high * scale, scale=scale)
