"""Text → Sentences: cut an article into sentences that know where they stand."""

# Candidates for an end are found by one pattern and judged one by one; no rule looks across a line, so a paragraph
# break always ends a sentence. For languages without a table in abbreviations.py the sentencex library, which
# knows abbreviations of many, has the last word on full stops.

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import pairwise

from sentencex import get_sentence_boundaries

from monitor.read.abbreviations import EN, EVERYWHERE, HABITS, NUMBERS_EVERYWHERE, UNITS, Habits
from monitor.records import Sentence

CLOSERS = "\"'»«”“’‘›‹)\\]}」』）】》〉"
WIDE = "。！？｡"  # these need no space after them
END = re.compile(
    rf"(?P<stop>[{WIDE}]+|[.!?…؟۔।‼⁇⁈⁉]+)(?P<closers>[{CLOSERS}]*)(?:[ \t\u00a0\u202f]+[»”](?=\s|$|[,.;]))?"
)
OPENERS = "\"'«»„“”‘’‚‹›([{「『（【《〈¿¡—–-•* \u00a0\u202f\t"

# Nobody splits a quotation of two sentences that stands in a third one; a speech quoted over half a page is split.
QUOTE_CHARS = 300
_BRACKETS = (
    r"「[^「」]*」|『[^『』]*』|《[^《》]*》|\([^()]*\)|（[^（）]*）|„[^„“”]*[“”]|“[^“”]*”|"
    r"(?<![^\s(\[«„“—–-])\"[^\"]*\"(?![^\W가-힣ぁ-ヿ一-龯])|"
)
QUOTATION = re.compile(_BRACKETS + "«[^«»]*»")
GERMAN_QUOTATION = re.compile(_BRACKETS + "»[^«»]*«")
# "Is he right?" Smith asked. The words that follow a quotation are part of its sentence.
SAID = re.compile(
    r"(?:[A-Z][\w'’.-]*\s+){1,3}(?:said|says|asked|asks|told|added|replied|wrote|tweeted|shouted|warned|answered)\b"
)
KOREAN_SAID = re.compile(r"(?:이?라고|이?라는|이?라며|이?라면서|고|며|하고|라|는|란)(?:\s|$)")
PARTICLES = "とのはがをにもでやへかだなって"
KOREAN_ENDINGS = "다요까죠음임함"
# A capital alone is an initial, but not in these: "Plan B", "vitamin C", "World War I".
LETTERED = re.compile(
    r"(?:plan|group|grupp[eo]|groupe|grupo|vitamin[ea]?|type?|tipo|class|klasse|classe|clase|hepatitis|war|serie|"
    r"план|групп[аыеу]|груп[аиіу]|витамин|вітамін|класс?|гепатит)\s+$",
    re.IGNORECASE,
)
INITIAL = re.compile(r"(?:^|[\s(«„“\"'’.-])([^\W\d_]|Дж|Ch|Th|Ph)$")
DOTTED = re.compile(r"(?:^|[\s(«„“\"'’-])((?:[^\W\d_]{1,3}\. ?)+[^\W\d_]{1,3})$")
LAST_WORD = re.compile(r"[\w§№º°'’-]+$")
FIRST_WORD = re.compile(r"[\w'’]+")
NUMBER = re.compile(r"(?:(\w+)\s+)?\d{1,3}$")
DATE_GOES_ON = re.compile(r"\d{1,2}\.|\d{4}\b")
AFTER_NUMBER = re.compile(r"\d\s*\w+$")
ROMAN = re.compile(r"(?:^|\s)[IVX]+$")
# So early, an abbreviation that may end a sentence hardly does: "В 2024 г. Москва …", "The U.S. Senate …".
EARLY_CHARS, EARLY_YEAR_CHARS = 20, 35
# How far a rule looks back and ahead; it keeps a line of a megabyte linear.
# Sentencex takes 13 s for a line of 330,000 characters.
SENTENCEX_CHARS = 20_000
BACK_CHARS, AHEAD_CHARS = 60, 60


def split_sentences(text: str, lang: str | None) -> tuple[Sentence, ...]:
    """Cut text into sentences, in order.

    lang: ISO 639-1, or None if unknown (then English habits count).
    Every sentence satisfies text[s.start:s.end] == s.text, has no space at its ends and no line break
    inside; together they cover every character that is no space.
    """
    spans = [span for line in _lines(text) for span in _split_line(text, *line, lang)]
    return tuple(Sentence(index, start, end, text[start:end]) for index, (start, end) in enumerate(spans))


def _lines(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for line in text.split("\n"):
        yield start, start + len(line)
        start += len(line) + 1


def _split_line(text: str, start: int, end: int, lang: str | None) -> Iterator[tuple[int, int]]:
    line = text[start:end]
    cuts = [0, *_ends(line, lang), len(line)]
    for left, right in pairwise(cuts):
        part = line[left:right]
        stripped = part.strip()
        if stripped:
            first = start + left + len(part) - len(part.lstrip())
            yield first, first + len(stripped)


def _ends(line: str, lang: str | None) -> list[int]:
    """Offsets right after the sentences of a line, its last one left out."""
    line = line.rstrip()
    pairs = (GERMAN_QUOTATION if lang == "de" else QUOTATION).finditer(line)
    quotes = [pair.span() for pair in pairs if pair.end() - pair.start() <= QUOTE_CHARS]
    ask = lang and lang not in HABITS and len(line) <= SENTENCEX_CHARS
    others = _sentencex_ends(line, lang) if lang and ask else None
    found = [0]
    for match in END.finditer(line):
        if match.end() == len(line) or _is_inside(quotes, match) or not _is_end(line, match, found[-1], lang):
            continue
        if others is None or match["stop"] != "." or match.end() in others:
            found.append(match.end())
    return found[1:]


def _sentencex_ends(line: str, lang: str) -> frozenset[int]:
    rows = get_sentence_boundaries(lang, line)
    return frozenset(row["start_index"] + len(row["text"].rstrip()) for row in rows)


def _is_inside(quotes: list[tuple[int, int]], match: re.Match[str]) -> bool:
    """Tell whether a stop lies in a quotation or bracket that goes on after it."""
    at = bisect_right(quotes, match.start(), key=lambda span: span[0]) - 1
    return at >= 0 and match.end() < quotes[at][1]


def _is_end(line: str, match: re.Match[str], began: int, lang: str | None) -> bool:
    after = line[match.end() : match.end() + AHEAD_CHARS]
    before = line[max(began, match.start() - BACK_CHARS) : match.start()].lstrip()
    stop, closers = match["stop"], match["closers"]
    if sum(map(str.isalpha, before)) < 2:
        return False  # "1.", "a)", "...": the number of a list, or no words yet
    if stop[0] in WIDE:
        return after[0] not in ",，、）" and not (closers and after[0] in PARTICLES)
    if not after[0].isspace():
        return not closers and _ends_without_space(before[-1], stop, after[0])
    following = after.lstrip(OPENERS)
    if following[:1].islower() and not re.match(r"[a-zа-яё]-?[A-ZА-ЯЁ]", following):
        return False
    if closers and (KOREAN_SAID.match(following) or SAID.match(following)):
        return False
    return stop != "." or bool(closers) or _full_stop_ends(before, following, match.start() - began, lang)


def _ends_without_space(previous: str, stop: str, following: str) -> bool:
    """Korean and Chinese writers leave the space out; elsewhere a stop inside a word ends nothing."""
    if stop == ".":
        return previous in KOREAN_ENDINGS and "가" <= following <= "힣"
    return stop[0] in "!?" and "\u3040" <= previous <= "\u9fff" and "\u3040" <= following <= "\u9fff"


def _full_stop_ends(before: str, following: str, length: int, lang: str | None) -> bool:
    """Decide on a full stop before a space and anything but a small letter. length: of the sentence so far."""
    habits = HABITS.get(lang or "", EN)
    names = _last_words(before, habits)
    if any(name.isdigit() for name in names):
        return _number_ends(before, following, habits)
    after_number = AFTER_NUMBER.search(before)
    if names & habits.final or (after_number and names & UNITS):
        return True
    numbered = following[:1].isdigit() and names & (habits.numbered | NUMBERS_EVERYWHERE)
    if numbered or names & (habits.never | EVERYWHERE):
        return False
    if after_number and names & habits.years:
        return length >= EARLY_YEAR_CHARS
    roman = habits.ordinals and ROMAN.search(before)
    if roman or names & (habits.perhaps | habits.years) or any("." in name for name in names):
        return length >= EARLY_CHARS and _opens(following, habits)
    return not _is_initial(before) or _opens(following, habits)


def _is_initial(before: str) -> bool:
    initial = INITIAL.search(before)
    return bool(initial and initial[1][0].isupper() and not LETTERED.search(before[: initial.start(1)]))


def _last_words(before: str, habits: Habits) -> set[str]:
    """The last word in small letters; also without its article, as the street it names, whole with its stops."""
    last = LAST_WORD.search(before)
    word = last[0].lower().replace("’", "'") if last else ""
    names = {word, word.rpartition("'")[2]}
    if habits.ordinals and word.endswith("str"):
        names.add("str")
    dotted = DOTTED.search(before)
    if dotted:
        names.add(dotted[1].replace(" ", "").lower())
    return names


def _opens(following: str, habits: Habits) -> bool:
    """Tell whether the next word is one that opens sentences, and no initial ("В. Иванов")."""
    first = FIRST_WORD.match(following)
    if not first or following[first.end() : first.end() + 1] == ".":
        return False
    word = first[0].lower().replace("’", "'")
    return word in habits.starters or word.partition("'")[0] + "'" in habits.starters


def _number_ends(before: str, following: str, habits: Habits) -> bool:
    """Decide on a stop after a number: "am 3. Oktober" and "2024. 10. 3." go on."""
    number = NUMBER.search(before)
    if DATE_GOES_ON.match(following):
        return False
    if not habits.ordinals or not number:
        return True
    first = FIRST_WORD.match(following)
    following_word = first[0].lower() if first else ""
    previous = (number[1] or "").lower()
    return previous not in habits.before_ordinal and following_word not in habits.after_ordinal
