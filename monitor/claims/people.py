"""Two asserters, as sentences write them → whether they are one person, in any spelling and script."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from anyascii import anyascii

from monitor.claims import seats
from monitor.claims.cues import WITHOUT_CAPITALS, Cues, cues_for

# Edits for each letter of the shorter word, up to which two words are one. Tuned on the even rows of
# tests/cases/people.yaml, November 2026.
SAME_WORD = 0.22
SHORTEST = 4  # letters of a word that may stand for a person by itself: "Kim" is a fifth of Korea
# What it costs to take a sound for its neighbour, to add or drop a vowel, and to drop what some scripts leave out.
CLOSE, VOWEL = 0.5, 0.25
WEAK: Mapping[str, float] = {"r": 0.5, "h": 0.5}

_WORD = re.compile(r"[^\W\d_]+(?:[-‑'’ʼ.]+[^\W\d_]+)*")
_KATAKANA = re.compile(r"[ァ-ヺー]{2,}(?:[・＝=][ァ-ヺー]+)*(?![のはがと])")
# Spellings of one sound, the longer ones first.
_SPELLINGS = (
    "shch=š tsch=č sch=š tch=č ch=č sh=š sz=š cz=č zh=ž kh=h ph=f th=t ts=s tz=s ck=k qu=k q=k x=ks w=v ou=u oo=u "
    "c=k y=i j=i"
)
_SOUNDS: Sequence[tuple[str, str]] = re.findall(r"(\S+)=(\S+)", _SPELLINGS)
_VOWELS = frozenset("aeiou")
_NEIGHBOURS = frozenset(
    frozenset(pair)
    for pair in (
        "bp",
        "bv",
        "pf",
        "fv",
        "pv",
        "dt",
        "gk",
        "gh",
        "hk",
        "sz",
        "šs",
        "žz",
        "žš",
        "čš",
        "čs",
        "čk",
        "ži",
    )
) | {frozenset(pair) for pair in ("zi", "čž", "lr", "mn", "hv", "tš", "td", "zt", "čt", "hf")}


@dataclass(frozen=True, slots=True)
class Name:
    """A name as far as it can be told. words: in small Latin letters, in the order of the text.

    sure: every word is part of the name; without capitals some may belong to the office.
    """

    words: tuple[str, ...]
    sure: bool


def same_person(
    one: str, other: str, *, langs: tuple[str | None, str | None] = (None, None), aliases: Mapping[str, Name]
) -> bool:
    """Tell whether two asserters are one person, or one state under names of it or of its seat.

    one, other: "António Guterres, the UN chief" and "генсек Гутерриш"; langs: their languages, None where
    unknown. aliases: see aliases_by_name(). False where either names nobody. A family name alone is taken for
    the person of that name; two different given names are two persons.
    """
    states = [seats.state_of(text, lang) for text, lang in zip((one, other), langs, strict=True)]
    if any(states):
        return states[0] == states[1]
    first, second = (
        _aliased(name_of(text, lang), aliases) for text, lang in zip((one, other), langs, strict=True)
    )
    whole = tuple("".join(name.words) for name in (first, second))
    if min(map(len, whole)) >= SHORTEST and near(*whole):
        return True
    pairs = [(a, b) for a in first.words for b in second.words if near(a, b)]
    if not any(min(len(a), len(b)) >= SHORTEST for a, b in pairs):
        return False
    left = [word for word in first.words if word not in {a for a, _ in pairs}]
    right = [word for word in second.words if word not in {b for _, b in pairs}]
    differ = first.sure and second.sure and bool(left) and bool(right)
    return not differ or any(_initial(a, b) for a in left for b in right)


def name_of(asserter: str, lang: str | None) -> Name:
    """Find the person's name among the words of an asserter; no words where none can be told."""
    cues = cues_for(asserter, lang)
    code = cues.lang if cues else lang
    if code == "ja":
        found = _KATAKANA.findall(asserter)
        return Name(_romanised(re.sub("[・＝=]", " ", " ".join(found))), sure=len(found) == 1)
    words = _WORD.findall(asserter)
    if code in WITHOUT_CAPITALS:
        kept = [word for word in words if not _is_office(word, cues)]
        return Name(_romanised(" ".join(kept)), sure=kept == words)
    runs: list[list[str]] = [
        [word for _, word in run]
        for capital, run in groupby(
            (
                (any(part[0].isupper() for part in re.split("[-‑'’]", word)) and not _is_office(word, cues), word)
                for word in words
            ),
            key=lambda pair: pair[0],
        )
        if capital
    ]
    # Of "UN spokesman Farhan Haq" the longest run is the name, of "the Ministry's Lind" the last one of equals.
    longest = sorted(runs, key=len)[-1] if runs else []
    return Name(_romanised(" ".join(longest)), sure=True)


def aliases_by_name(groups: Sequence[Sequence[str]]) -> Mapping[str, Name]:
    """Turn what a person wrote down to be one, a row of names each, into a lookup: any of them → the first."""
    return {"".join(_romanised(name)): Name(_romanised(group[0]), sure=True) for group in groups for name in group}


def near(one: str, other: str) -> bool:
    """Tell whether two romanised words sound alike: Guterres, guterrish, guteresu."""
    first, second = _sounds(one), _sounds(other)
    if not first or not second:
        return False
    return _distance(first, second) <= SAME_WORD * min(len(first), len(second))


def _aliased(name: Name, aliases: Mapping[str, Name]) -> Name:
    return aliases.get("".join(name.words), name)


def _is_office(word: str, cues: Cues | None) -> bool:
    if cues is None:
        return False
    lists = [cues.attribution[name] for name in ("persons", "bodies", "outlets")]
    if cues.lang in WITHOUT_CAPITALS:
        return any(word.endswith(m.group()) for pattern in lists[:2] for m in pattern.finditer(word))
    return any(pattern.fullmatch(word) for pattern in (*lists, cues.attribution["dets"]))


def _romanised(text: str) -> tuple[str, ...]:
    plain = anyascii(re.sub(r"[-‑'’ʼ.·]", "", text)).lower()
    return tuple(re.findall(r"[a-z]+", plain))


@lru_cache(maxsize=65536)
def _sounds(word: str) -> str:
    for spelt, sound in _SOUNDS:
        word = word.replace(spelt, sound)
    return "".join(sound for sound, _ in groupby(word))


def _initial(one: str, other: str) -> bool:
    return min(len(one), len(other)) == 1 and one[0] == other[0]


@lru_cache(maxsize=65536)
def _distance(one: str, other: str) -> float:
    """Count the edits between two words, a likely one less than a whole (Levenshtein with costs)."""
    row = [0.0]
    for sound in other:
        row.append(row[-1] + _dropped(sound))
    for a in one:
        above, row = row, [row[0] + _dropped(a)]
        for at, b in enumerate(other):
            row.append(min(above[at] + _taken(a, b), above[at + 1] + _dropped(a), row[at] + _dropped(b)))
    return row[-1]


def _dropped(sound: str) -> float:
    return VOWEL if sound in _VOWELS else WEAK.get(sound, 1.0)


def _taken(one: str, other: str) -> float:
    if one == other:
        return 0.0
    if one in _VOWELS and other in _VOWELS:
        return VOWEL
    return CLOSE if frozenset((one, other)) in _NEIGHBOURS else 1.0
