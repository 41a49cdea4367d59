"""Sentence → Figures: find the numbers that count something, what they count, and how firmly."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from monitor.claims.attribution import asserted_by
from monitor.claims.figure_scope import scoped
from monitor.claims.lexicon import Grammar, common, grammar, sign_grammar, things
from monitor.claims.number_signs import sign_figures
from monitor.claims.number_words import Number, Token, read_number, scaled, tokens
from monitor.records import Figure

_CURRENCY = frozenset("€$£¥₽₴₩")
_SIGNS = _CURRENCY | {"%", "％", "‰"}
_NO_FIGURE = re.compile(
    r"[A-Za-zА-яЁёІіЇїЄє][-‐‑–]?\d[\d.,]*"  # KN-23, G7, Т-72
    r"|\b\d{1,2}[:]\d{2}(?::\d{2})?\b"  # 14:30
    r"|\b\d{1,4}[./-]\d{1,2}[./-]\d{2,4}\b|\b(?:19|20)\d\d[-–/]\d{2,4}\b"  # 10.10.2024, 2024/25
    r"|\b\d+(?:st|nd|rd|th|er|ère|re|e|ème|ᵉ|º|ª|°|o|a)\b(?! ?[CcFf]\b)"  # 3rd, 2e, 4º
    r"|\b\d+[-‐‑]?(?:й|я|е|го|му|м|ю|ої|ій|ий|а|у|летн\w*|річн\w*|jährige\w*)\b"  # 3-й
    r"|\b9/11\b|#\d+|\b\d{1,2}\.\d{1,2}\.(?!\d)"
)
SMALL = 1000  # a number below it may leave its thousands or millions to the one that it is compared with
FAR = 100  # times as much: no change goes as far ("between 900 and 1.2 million people")
OLDEST = 110  # years of a person whose age stands behind the name: "John Smith, 45, said"
_RATIO = re.compile(r"(?<![\d:])(\d{1,3}):(\d)(?![\d:])")


@dataclass(frozen=True, slots=True)
class _Found:
    """A number that counts, the unit that was found for it, and whether that was its own."""

    number: Number
    unit: str | None
    own: bool


def figures(text: str, lang: str | None) -> tuple[Figure, ...]:
    """Find the numbers of a sentence that count something, in the order of the text.

    text: a sentence or more. lang: two letters; None or an unknown language reads digits alone.
    Read: digits in any grouping, number words, multipliers, ranges, shares of one (unit "share"),
    ratios such as 3:1 (unit "times"). Not read: dates, years, times of day, ordinals, names that hold
    digits, and words for 1 that are more often an article.
    Each figure covers the number and its multiplier: text[start:end] == figure.text. claimant stays None;
    claimed names it.
    """
    return scoped(text, lang, _read(text, lang))


def claimed(text: str, lang: str | None, *, context: Sequence[str] = ()) -> tuple[Figure, ...]:
    """Find the figures of a sentence, and who gives them. context: the sentences before, as for asserted_by."""
    by = asserted_by(text, lang, context=context)
    return tuple(replace(figure, claimant=by) for figure in figures(text, lang))


def _read(text: str, lang: str | None) -> tuple[Figure, ...]:
    signs = sign_grammar(lang) if lang else None
    if lang and signs:
        return sign_figures(text, lang, signs)
    rules = grammar(lang)
    toks = tokens(text, rules)
    barred = [hit.span() for pattern in (_NO_FIGURE, rules.clock) for hit in pattern.finditer(text)]
    spoken = list(_spoken(text, rules))
    barred += [(figure.start, figure.end) for figure in spoken]
    found = [
        _Found(number, *_unit(toks, number, rules))
        for number in _numbers(toks, rules)
        if not any(a < toks[number.last - 1].end and toks[number.first].start < b for a, b in barred)
        and _counts(toks, number, rules)
    ]
    return tuple(sorted([*spoken, *_ratios(text), *_figures(text, toks, found, rules)], key=lambda f: f.start))


def _numbers(toks: Sequence[Token], rules: Grammar) -> Iterator[Number]:
    at = 0
    while at < len(toks):
        number = read_number(toks, at, rules)
        if number:
            yield number
        at = number.last if number else at + 1


def _ratios(text: str) -> Iterator[Figure]:
    for hit in _RATIO.finditer(text):
        value = int(hit[1]) / int(hit[2]) if int(hit[2]) else 0
        if value:
            yield Figure(value, value, "times", hit.start(), hit.end(), hit.group())


def _spoken(text: str, rules: Grammar) -> Iterator[Figure]:
    """Read shares and factors that no number word stands for alone: one in three, втрое."""
    taken: list[Figure] = []
    for unit, table in (("share", rules.each), ("times", rules.multiples)):
        for value, pattern in table.items():
            for hit in pattern.finditer(text):
                if not any(hit.start() < other.end and other.start < hit.end() for other in taken):
                    taken.append(Figure(value, value, unit, hit.start(), hit.end(), hit.group()))
    yield from taken


def _word(toks: Sequence[Token], at: int) -> str:
    return toks[at].word if 0 <= at < len(toks) else ""


def _counts(toks: Sequence[Token], number: Number, rules: Grammar) -> bool:
    """Say whether a number counts something: no date, year, name, ordinal or half of a ratio."""
    before, after = _word(toks, number.first - 1), _word(toks, number.last)
    if number.share and number.last - number.first > 1 and not _is_share(toks, number, rules):
        return False
    if ":" in (before, after) and _is_half_of_a_ratio(toks, number):
        return False
    if number.last < len(toks) and toks[number.first].value is not None and _is_compound(toks, number, rules):
        return False
    if number.plain and number.high <= OLDEST and before == after == "," and _ends_a_name(toks, number.first - 1):
        return False
    named = before if before not in (".", "°") else _word(toks, number.first - 2)
    if number.plain and (rules.has("naming", named) or _is_date(toks, number, rules) or _is_name(toks, number)):
        return False
    return not (number.plain and _is_year(toks, number, rules))


def _ends_a_name(toks: Sequence[Token], at: int) -> bool:
    """Tell that two words with capitals stand before a place, as names of people do."""
    return at > 1 and all(toks[i].upper and toks[i].word.isalpha() for i in (at - 1, at - 2))


def _is_half_of_a_ratio(toks: Sequence[Token], number: Number) -> bool:
    """Recognise each half of 7:0; the ratios that can be reckoned are read elsewhere."""
    before, after = toks[: number.first], toks[number.last :]
    glued = toks[number.first].glued
    second = glued and len(before) > 1 and before[-1].word == ":" and before[-2].value is not None
    return second or (len(after) > 1 and after[0].word == ":" and after[1].value is not None)


def _is_share(toks: Sequence[Token], number: Number, rules: Grammar) -> bool:
    """Tell a third (of them) from a third baby: no noun may follow directly."""
    word = _word(toks, number.last)
    counted = toks[number.first].word in rules.values
    return counted or not word.isalpha() or rules.has("small", word) or rules.has("of", word) or word == "parte"


def _is_compound(toks: Sequence[Token], number: Number, rules: Grammar) -> bool:
    """Tell 30-day and 28k from 5G: letters glued to digits belong to a name unless they are a unit."""
    after = toks[number.last]
    if after.word == "-" and after.glued and number.last + 1 < len(toks) and toks[number.last + 1].glued:
        word = toks[number.last + 1].word
        known = (
            word in common("inflected")
            or (word.isascii() and len(word) > 2)
            or toks[number.last + 1].value is not None
        )
        return word.isalpha() and not known
    return after.glued and after.word.isalpha() and after.word not in common("glued_units") | rules.times.keys()


def _is_date(toks: Sequence[Token], number: Number, rules: Grammar) -> bool:
    """Recognise 10 October, October 10, le 3 octobre, 3. Oktober, 10 de octubre, and ordinals like 3. Liga."""
    after = number.last
    if number.high > 31:
        return rules.has("years", _word(toks, after)) and number.high >= 1900
    following = _word(toks, after)
    if following in common("date_glue"):
        nearby = [_word(toks, i) for i in range(after, min(after + 4, len(toks)))]
        if any(rules.has("months", word) for word in nearby):
            return True
    if following == "." and toks[after].glued and rules.has("of", "von") and after + 1 < len(toks):
        lead = _word(toks, number.first - 1)
        return not toks[after + 1].upper or lead in common("ordinal_leads")
    if _is_beside_a_short_month(toks, number, rules) or _ends_days_of_a_month(toks, number, rules):
        return True
    month_before = rules.has("months", _word(toks, number.first - 1)) and toks[number.first - 1].upper
    return rules.has("months", following) or (month_before and _thing_after(toks, number, rules) is None)


def _is_beside_a_short_month(toks: Sequence[Token], number: Number, rules: Grammar) -> bool:
    """Recognise Oct. 10, 10 окт. and 10 ott 2024: a month cut short has a full stop, or the year behind it."""
    before, after = number.first - 1, number.last + (_word(toks, number.last) == "de")
    if _word(toks, before) == "." and toks[before].glued and rules.has("short_months", _word(toks, before - 1)):
        return toks[before - 1].upper
    ends = _word(toks, after + 1 + (_word(toks, after + 1) == "de"))
    stopped = ends == "." or (ends.isdigit() and len(ends) == len("2024"))
    return stopped and rules.has("short_months", _word(toks, after))


def _ends_days_of_a_month(toks: Sequence[Token], number: Number, rules: Grammar) -> bool:
    """Recognise the 12 of "October 10-12" and "from Oct. 10 to 12"."""
    joint, day, month = (number.first - back for back in (1, 2, 3))
    if month < 0 or toks[day].value is None or not (rules.has("to", toks[joint].word) or toks[joint].word in "-–"):
        return False
    written = rules.has("months", toks[month].word)
    return written or (toks[month].word == "." and rules.has("short_months", _word(toks, month - 1)))


def _is_year(toks: Sequence[Token], number: Number, rules: Grammar) -> bool:
    """Take 1900 to 2099 for a year unless a comparator stands before it or a counted thing behind it."""
    if not (1900 <= number.low <= 2099):
        return False
    after = _word(toks, number.last)
    if rules.has("years", after) or rules.has("months", _word(toks, number.first - 1)):
        return True
    lead = {p for p, _ in rules.phrases.before if " " not in p} - {
        "over",
        "under",
        "hasta",
        "до",
        "за",
        "até",
        "above",
    }
    counted = after in _SIGNS or _word(toks, number.first - 1) in _CURRENCY | lead or rules.has("percent", after)
    return not counted and _thing_after(toks, number, rules) is None


def _thing_after(toks: Sequence[Token], number: Number, rules: Grammar) -> str | None:
    """Return the known thing right behind a number, if there is one."""
    for word in (_word(toks, number.last), _word(toks, number.last + 1)):
        if not word.isalpha() or (rules.has("small", word) and not rules.has("of", word)):
            return None
        if _is_thing(word):
            return word
    return None


def _is_name(toks: Sequence[Token], number: Number) -> bool:
    """Tell Windows 11 and Meridia 4 from a count: a name before the number and no word behind it."""
    at = number.first - 1
    if at < 1 or not toks[at].upper or not toks[at].word.isalpha() or toks[at - 1].word in ".:!?":
        return False
    return number.last >= len(toks) or _word(toks, number.last) in (",", ".", ")", ";", "’", "'", "?")


def _unit(toks: Sequence[Token], number: Number, rules: Grammar) -> tuple[str | None, bool]:
    """Name what a number counts, as written, and whether it stands with the number itself."""
    if number.share:
        return "share", True
    at = number.last
    if _word(toks, at) == "." and number.scale > 1 and toks[at].glued:
        at += 1
    if _word(toks, at) in _SIGNS:
        return toks[at].text, True
    if _word(toks, number.first - 1) in _CURRENCY:
        of_brazil = _word(toks, number.first - 2) == "r" and toks[number.first - 1].glued
        return ("R$" if of_brazil else toks[number.first - 1].text), True
    if rules.has("percent", f"{_word(toks, at)}-{_word(toks, at + 1)}"):
        return f"{toks[at].text} {toks[at + 1].text}", True
    own = _noun(_words_after(toks, at, rules), rules)
    return (own, True) if own else (_thing_before(toks, number), False)


def _noun(words: Sequence[Token], rules: Grammar) -> str | None:
    """Choose the noun among the words behind a number: two words that are one thing, a known thing, or a guess."""
    if len(words) > 1 and not _is_thing(words[0].word) and _is_thing(f"{words[0].word} {words[1].word}", "things"):
        return f"{words[0].text} {words[1].text}"
    chosen = next((t for t in words if _is_thing(t.word, "people", "persons", "things")), None)
    chosen = chosen or next((t for t in words if _is_thing(t.word, "fates")), None) or _likely_noun(words, rules)
    return chosen.text if chosen else None


def _words_after(toks: Sequence[Token], at: int, rules: Grammar) -> list[Token]:
    """Return up to four words behind a number, as far as one noun phrase may go."""
    words: list[Token] = []
    while at < len(toks) and len(words) < 4:
        at += _designation(toks, at)
        if at >= len(toks):
            break
        tok = toks[at]
        opens = rules.has("of", tok.word) or tok.word in ("-", "'", "’") or rules.has("more", tok.word)
        article = at > 0 and rules.has("of", toks[at - 1].word) and rules.has("small", tok.word)
        skip = not words and (opens or article)
        if not skip:
            if not tok.word.isalpha() and "'" not in tok.word[1:]:
                break
            if rules.has("small", tok.word) or read_number(toks, at, rules):
                break
            words.append(tok)
        at += 1
    return words


def _designation(toks: Sequence[Token], at: int) -> int:
    """Return how many tokens the name of a make takes, which is not what is counted: two *KN-23* missiles."""
    name, joint, digits = (toks[i] if i < len(toks) else None for i in (at, at + 1, at + 2))
    if name is None or joint is None or digits is None or not (name.upper and name.word.isalpha()):
        return 0
    made = joint.word in "-‐‑–" and joint.glued and digits.glued and digits.value is not None
    if not made:
        return 0
    return 4 if at + 3 < len(toks) and toks[at + 3].glued and toks[at + 3].word.isalpha() else 3


def _likely_noun(words: Sequence[Token], rules: Grammar) -> Token | None:
    """Guess the noun: German writes it with a capital, Slavic adjectives have endings of their own."""
    if rules.has("of", "von"):
        return next((t for t in words if t.upper), None)
    adjective = r"(?:(?<=[a-z])ed|ых|их|ые|ие|ого|его|ому|ими|ыми|ої|ій)$"
    return next((t for t in words if not re.search(adjective, t.word)), None)


def _thing_before(toks: Sequence[Token], number: Number) -> str | None:
    """Return the nearest known thing before a number: "the number of dead rose to 41"."""
    first = number.first
    while first > max(0, number.first - 14) and toks[first - 1].word not in common("clause_ends"):
        first -= 1
    words = [tok for tok in reversed(toks[first : number.first]) if tok.word.isalpha() or tok.word in _SIGNS]
    fate = next((tok.text for tok in words if _is_thing(tok.word, "fates")), None)
    return fate or next((tok.text for tok in words if _is_thing(tok.word)), None)


@lru_cache(maxsize=8192)
def _is_thing(word: str, *groups: str) -> bool:
    return any(things().find(group, word) for group in groups or ("fates", "persons", "people", "things"))


def _figures(text: str, toks: Sequence[Token], found: Sequence[_Found], rules: Grammar) -> Iterator[Figure]:
    """Make figures of numbers: join the ends of ranges, and lend a unit to a number that left it to the next."""
    lent = list(found)
    for i in range(len(lent) - 2, -1, -1):
        lent[i] = _borrow(toks, lent[i], lent[i + 1], rules)
    i = 0
    while i < len(lent):
        here, last = lent[i], lent[i]
        if i + 1 < len(lent) and _is_range(toks, here.number, lent[i + 1].number, rules):
            i += 1
            last = lent[i]
        start, end = toks[here.number.first].start, toks[last.number.last - 1].end
        unit = last.unit or here.unit
        yield Figure(here.number.low, last.number.high, unit, start, end, text[start:end])
        i += 1


def _between(toks: Sequence[Token], a: Number, b: Number) -> list[str]:
    return [tok.word for tok in toks[a.last : b.first]]


def _is_range(toks: Sequence[Token], a: Number, b: Number, rules: Grammar) -> bool:
    """Tell 3 to 5 and "between 3 and 5" from a change "from 3 to 5"; a range rises."""
    words = [word for word in _between(toks, a, b) if word not in _CURRENCY | common("articles")]
    if a.low >= b.low or len(words) != 1 or a.share != b.share:
        return False
    opened = [word for i in (1, 2, 3) if (word := _word(toks, a.first - i)) not in common("articles")][:2]
    if words[0] in ("-", "–", "—", "~", "∼"):
        return True
    if rules.has("to", words[0]):
        return words[0] == "bis" or not any(rules.has("from", word) for word in opened[:1])
    joins = rules.has("and", words[0]) or words[0] in common("between_and")
    return joins and any(rules.has("between", word) for word in opened)


def _borrow(toks: Sequence[Token], a: _Found, b: _Found, rules: Grammar) -> _Found:
    """Give "not 28 but 16 million euros" its euros and millions twice."""
    words = _between(toks, a.number, b.number)
    glue = ("small", "not_but", "to", "and", "more", "from", "of")
    loose = {w for p, _ in rules.phrases.before for w in p.split()}
    joined = len(words) <= 6 and all(
        w in (",", "-", "–", "«", "»", "'") or w in loose or w in _CURRENCY or any(rules.has(k, w) for k in glue)
        for w in words
    )
    if not joined or a.own or a.number.share or b.number.share or not words:
        return a
    number, scale = a.number, b.number.scale
    rises = number.high * scale <= b.number.high  # "entre 1.200 y 1.500 millones", but not "900 to 1.2 million"
    falls = number.high < SMALL and number.high * scale <= FAR * b.number.high
    if number.scale == 1 and scale >= SMALL and (rises or falls):
        number = scaled(number, scale)
    return _Found(number, b.unit or a.unit, a.own)
