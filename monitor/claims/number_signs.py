"""Text → Figures: read the numbers of Korean, Japanese and Chinese, which stand before a counter."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from monitor.claims.comparators import place_of_last_digit
from monitor.claims.lexicon import SignGrammar, common, things
from monitor.records import Figure


@dataclass(frozen=True, slots=True)
class _Run:
    """The signs of one number in a text, its range, and the counter behind it, if any."""

    start: int
    end: int
    low: float
    high: float
    counter: str
    tail: int


def sign_figures(text: str, lang: str, rules: SignGrammar) -> tuple[Figure, ...]:
    """Find the figures of a Korean, Japanese or Chinese text, in order; shares such as 절반 or 3分の1 too."""
    shares = list(_shares(text, lang, rules))
    runs = [run for run in _runs(text, lang, rules) if not any(s.start <= run.start < s.end for s in shares)]
    found = [*shares, *(_figure(text, run, lang, rules) for run in _joined(text, runs))]
    return tuple(sorted(found, key=lambda figure: figure.start))


def _runs(text: str, lang: str, rules: SignGrammar) -> Iterator[_Run]:
    for hit in rules.run.finditer(text):
        low, high = _value(hit.group(), lang, rules)
        odd = next((o for o in rules.lists["odd"] if text.startswith(o, hit.end()) and o not in hit.group()), "")
        end = hit.end() + len(odd)
        if odd and low == high:
            high = low + place_of_last_digit(low) - 1
        counter, tail = _counter(text, end, rules)
        run = _Run(hit.start(), end, low, high, counter, tail)
        if _counts(text, hit.group(), run, lang, rules):
            yield run


def _value(raw: str, lang: str, rules: SignGrammar) -> tuple[float, float]:
    """Add up the signs of a number: 3만3천 is 33,000; a sign for "some" makes it a range."""
    total = section = 0.0
    pending: float | None = None
    several = ""
    for hit in rules.sign.finditer(raw):
        sign = hit.group()
        if hit.group("western"):
            pending = float(re.sub("[,，]", "", sign).replace("．", "."))
        elif sign in rules.digits:
            digit = rules.digits[sign]
            tens = pending is not None and pending >= 10 and pending % 10 == 0 and lang == "ko"
            pending = digit if pending is None else pending + digit if tens else pending * 10 + digit
        elif sign in rules.places:
            section += (1 if pending is None else pending) * rules.places[sign]
            pending = None
        elif sign in rules.myriads:
            total += ((section + (pending or 0)) or 1) * rules.myriads[sign]
            section, pending = 0, None
        else:
            several = sign
    value = total + section + (pending or 0)
    if several and raw.startswith(several):
        return 2 * value, 10 * value - 1
    return (value + 1, value + 9) if several else (value, value)


def _counter(text: str, end: int, rules: SignGrammar) -> tuple[str, int]:
    """Return the longest counter, measure or date word behind a number, and where it ends."""
    at = end + 1 if text[end : end + 1] in (" ", "\u00a0") else end
    names = (*rules.lists["counters"], *rules.lists["measures"], *rules.lists["dates"])
    found = max((name for name in names if text.startswith(name, at)), key=len, default="")
    return found, at + len(found) if found else end


_NAME_BEFORE = re.compile(r"[A-Za-z][-‐‑–]?$|[.:/][0-9]*$|第$|(?<![가-힣])제 ?$|[0-9][-:/]$")
_NAME_BEHIND = re.compile(r"[:/][0-9]|[A-Za-z-]+[0-9]")
_DAYS_LONG = re.compile(r" ?(?:동안|만에|넘|이내|째|以内|ぶり)")


def _counts(text: str, raw: str, run: _Run, lang: str, rules: SignGrammar) -> bool:
    """Say whether the signs count something: no date, no ordinal, no part of a word or a name."""
    before, behind = text[: run.start], text[run.tail :]
    if _NAME_BEFORE.search(before) or _NAME_BEHIND.match(text[run.end :]):
        return False
    if run.counter in rules.lists["numbered"] and re.fullmatch(r"[0-9０-９]{3,}", raw):
        return False
    if run.counter in rules.lists["dates"]:
        return run.counter in ("일", "日") and bool(_DAYS_LONG.match(behind))
    if run.counter in ("년", "年", "") and 1900 <= run.low <= 2100 and len(raw) == 4:
        return False
    if re.search(r"[0-9０-９]", raw):
        return run.counter != "年" or not re.search(r"(?:令和|平成|昭和)$", before)
    return _korean_word(before, behind, raw, run, rules) if lang == "ko" else _kanji_word(text, raw, run, rules)


def _kanji_word(text: str, raw: str, run: _Run, rules: SignGrammar) -> bool:
    """Tell 六人 and 四十八から from the numbers inside words such as 一部 and 十分."""
    before = text[: run.start]
    if run.counter:
        return (
            len(raw) > 1
            or not re.search(r"[一-龥]$", before)
            or bool(re.search(r"[計約者員数人客兵民士官師手生児徒日]$", before))
        )
    signs = set(raw)
    whole = len(raw) > 1 and not signs.isdisjoint(rules.places) and not signs.isdisjoint(rules.digits)
    return whole and bool(re.match(r"[からにとでをはのへ、。]", text[run.end :]))


def _korean_word(before: str, behind: str, raw: str, run: _Run, rules: SignGrammar) -> bool:
    """Hangul numbers are read only before a counter that ends there; a single 이 or 일 is another word."""
    if re.search(r"[가-힣]$", before) or not run.counter or raw.strip() in "일 이 삼 사 오 육 칠 팔 구 조 억":
        return False
    particle = "|".join(
        map(re.escape, (*rules.lists["particles"], "씩", "안팎", "정도", "이상", "가량", "분", "짜리"))
    )
    return bool(re.match(rf"$|[^가-힣]|(?:{particle})", behind))


def _joined(text: str, runs: Sequence[_Run]) -> Iterator[_Run]:
    """Make one run of the two ends of a range: 3〜5人, 7~9천 명."""
    skip = False
    for i, run in enumerate(runs):
        if skip:
            skip = False
            continue
        after = runs[i + 1] if i + 1 < len(runs) else None
        if after and re.fullmatch(r" ?[〜～~∼\-–―] ?", text[run.tail : after.start]) and run.low < after.high:
            grow = 10 ** (len(str(int(after.high))) - 1) if run.high * 1000 <= after.low else 1
            factor = grow if run.counter == "" and grow >= 1000 else 1
            yield _Run(run.start, after.end, run.low * factor, after.high, after.counter, after.tail)
            skip = True
        else:
            yield run


def _shares(text: str, lang: str, rules: SignGrammar) -> Iterator[Figure]:
    for word, value in rules.shares.items():
        for hit in re.finditer(re.escape(word), text):
            yield Figure(value, value, "share", hit.start(), hit.end(), hit.group())
    number = rules.run.pattern
    for hit in re.finditer(rf"({number}) ?(?:{'|'.join(rules.lists['part_of'])}) ?({number})", text):
        whole, part = _value(hit.group(1), lang, rules)[0], _value(hit.group(2), lang, rules)[0]
        if whole > part > 0:
            yield Figure(part / whole, part / whole, "share", hit.start(), hit.end(), hit.group())


def _figure(text: str, run: _Run, lang: str, rules: SignGrammar) -> Figure:
    unit = _unit(text, run, lang, rules)
    return Figure(run.low, run.high, unit, run.start, run.end, text[run.start : run.end])


def _unit(text: str, run: _Run, lang: str, rules: SignGrammar) -> str | None:
    """Name what is counted: a measure, the noun after 의/の, the noun before the number, or the counter."""
    if run.counter in rules.lists["measures"]:
        return run.counter
    behind = re.match(r"(?:의|の|的) ?([가-힣]+|[一-龥々ァ-ヴー]+)", text[run.tail :])
    if behind and run.counter:
        return _bare(behind.group(1), rules) if lang == "ko" else behind.group(1)
    noun = text[run.tail : run.tail + 2]
    if lang == "zh" and run.counter and any(things().find(group, noun) for group in ("persons", "things")):
        return noun
    nouns = _nouns_before(text[: run.start], lang, rules)
    known = next((noun for noun in nouns if _is_thing(noun)), None)
    if known or not run.counter:
        return known or next(iter(nouns), None)
    return next(iter(nouns), run.counter) if run.counter in common("generic_counters") else run.counter


def _nouns_before(before: str, lang: str, rules: SignGrammar) -> list[str]:
    """Return the one or two nouns that stand right before the number, without their particles."""
    if lang == "ko":
        return [
            _bare(word, rules)
            for word in reversed(re.findall(r"(?<![0-9가-힣])[가-힣A-Za-z]+", before[-30:])[-3:])
            if not re.search("(?:고|며|면서|지만)$", word)
        ]
    for _ in range(4):
        particle = next((p for p in rules.lists["particles"] if before.endswith(p)), None)
        if particle is None:
            break
        before = before.removesuffix(particle)
    noun = re.search(r"[一-龥々ァ-ヴー]+$", before)
    name = re.split(f"[{''.join([*rules.digits, *rules.places])}]", noun.group())[0] if noun else ""
    return [name] if name else []


def _bare(word: str, rules: SignGrammar) -> str:
    for particle in rules.lists["particles"]:
        if len(word) > len(particle) + 1 and word.endswith(particle):
            return word.removesuffix(particle)
    return word


def _is_thing(noun: str) -> bool:
    return any(things().find(group, noun) for group in ("fates", "persons", "people", "things"))
