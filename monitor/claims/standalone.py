"""Sentence in its article → one fact each, in words that stand alone where that is safe."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import yaml

from monitor.claims import speakers
from monitor.claims.asserters import personal_name, roles
from monitor.claims.attribution import MAX_SENTENCE_CHARS
from monitor.claims.cues import Cues, compile_phrases, cues_for
from monitor.claims.dates import stated_dates
from monitor.claims.speakers import Speaker

ANY_MONTH = "2000-12"  # "10 October" is a day, whatever the year
DATE_WITHIN = 6  # characters: "on Thursday, 10 October", "am Donnerstag, dem 10. Oktober"
MIN_WORDS = 4  # of a part that may stand alone; in Japanese twice as many signs, a fact takes that much
_ENCLOSED = re.compile(
    r"«[^«»]*»|“[^“”]*”|„[^„“”]*[“”]|\"[^\"]*\"|「[^「」]*」|『[^『』]*』|\([^()]*\)|（[^（）]*）|\[[^\[\]]*\]"
)
_NOMINATIVE_ONLY = frozenset({"ru", "uk"})  # a name that is not a subject there stands in another case
_PARTICLES = frozenset(
    {"ko", "ja"}
)  # a name takes a particle there that depends on its last letter, or on the verb


@dataclass(frozen=True, slots=True)
class Pointers:
    """The words of one language that point back, link or may be cut at, as pointing.yaml explains them."""

    starts: re.Pattern[str]
    anywhere: re.Pattern[str]
    hands_on: re.Pattern[str]
    times: re.Pattern[str]
    openers: re.Pattern[str]
    adverbs: re.Pattern[str]
    joins: re.Pattern[str]
    binds: re.Pattern[str]


@cache
def pointers(lang: str | None) -> Pointers | None:
    """Return the lists of a language; None where there are none."""
    row = _rows().get(lang or "")
    if row is None:
        return None
    words = lang != "ja"
    return Pointers(**{name: compile_phrases(row[name], words=words) for name in Pointers.__dataclass_fields__})


def points_back(text: str, lang: str | None) -> str | None:
    """Return the words that only what stands before can explain, as written; None if there are none."""
    lists = pointers(lang)
    if lists is None:
        return None
    found = lists.starts.match(text.lstrip("«“„\"'「 ")) or lists.anywhere.search(text)
    return found.group() if found else None


def relative_time(text: str, lang: str | None) -> str | None:
    """Return the first words such as "yesterday" that no date stands behind, as written; else None."""
    lists = pointers(lang)
    dates = [date.start for date in stated_dates(text, lang, near=ANY_MONTH)]
    found = lists.times.finditer(text) if lists else ()
    open_ones = (hit for hit in found if not any(0 <= at - hit.end() <= DATE_WITHIN for at in dates))
    return next((hit.group() for hit in open_ones), None)


def hands_on(text: str, lang: str | None) -> str | None:
    """Return what follows "that is what" in a sentence that only says who said the one before it; else None."""
    lists = pointers(lang)
    found = lists.hands_on.match(text) if lists else None
    return text[found.end() :].strip() if found else None


def split_facts(sentence: str, lang: str | None) -> tuple[tuple[int, int], ...]:
    """Cut a sentence where each part is a main clause of its own; return where the parts stand.

    Cut are semicolons and, before a subject that names somebody or something known from the first part, a
    conjunction. Never inside quotation marks or brackets. A sentence that cannot be cut safely is one part.
    """
    closed = [hit.span() for hit in _ENCLOSED.finditer(sentence)]
    ends = [at for at in _cuts(sentence, lang) if not any(start < at[0] < end for start, end in closed)]
    starts = [0, *(after for _, after in ends)]
    parts = list(zip(starts, [*(before for before, _ in ends), len(sentence)], strict=True))
    texts = [sentence[start:end] for start, end in parts]
    long_enough = all(_is_long_enough(text, lang) for text in texts)
    open_ones = [text for text in texts[1:] if _leans_back(text, lang, before=texts[0])]
    return tuple(parts) if long_enough and not open_ones else ((0, len(sentence)),)


def _leans_back(text: str, lang: str | None, *, before: str) -> bool:
    known = points_back(_named(text, lang, [before]), lang) is None
    return not known or hands_on(text, lang) is not None


def stand_alone(sentence: str, lang: str | None, *, context: Sequence[str]) -> str:
    """Word a sentence so that it needs less of what stands before: without its link, "she said" with the name.

    context: the sentences before, in order. A pronoun or a bare title is replaced only where it is the one
    who says what the sentence says, exactly one person spoke before, and the name needs no other form there; every
    other word stays as written.
    """
    return _ended(_capital(_without_opener(_named(sentence, lang, context), lang)))


def _cuts(sentence: str, lang: str | None) -> Iterator[tuple[int, int]]:
    """Yield where a part ends and where the next begins."""
    for hit in re.finditer(r"\s*[;；]\s*", sentence):
        if hit.end() < len(sentence):
            yield hit.span()
    lists = pointers(lang)
    if lists is None or lists.binds.match(sentence):
        return
    for hit in lists.joins.finditer(sentence):
        second = sentence[hit.end() :].lstrip()
        if lists.starts.match(second):
            yield len(sentence[: hit.start()].rstrip(" ,")), len(sentence) - len(second)


def _named(sentence: str, lang: str | None, context: Sequence[str]) -> str:
    """Put the name in the place of the pronoun or the bare title that says what the sentence says."""
    cues = cues_for(sentence, lang)
    if cues is None or cues.lang in _PARTICLES or len(sentence) > MAX_SENTENCE_CHARS:
        return sentence
    bare = [speaker for speaker in _speakers(sentence, cues) if speaker.bare]
    before = _speaker_before(context, cues)
    if len(bare) != 1 or before is None:
        return sentence
    name, named_as_subject = before
    # "According to him": the words that introduce a speaker stay.
    start = bare[0].start if bare[0].verb is not None else sentence.rfind(" ", 0, bare[0].end) + 1
    words = sentence[start : bare[0].end]
    fits = cues.attribution["pronouns"].fullmatch(words) or words.split()[-1].lower() in name.lower()
    inflected = cues.lang in _NOMINATIVE_ONLY and not (named_as_subject and bare[0].verb is not None)
    if inflected or not fits:
        return sentence
    inside = start > 0 and cues.attribution["dets"].fullmatch(name.split()[0])
    return sentence[:start] + (name[0].lower() + name[1:] if inside else name) + sentence[bare[0].end :]


def _speakers(sentence: str, cues: Cues) -> list[Speaker]:
    return speakers.speakers(sentence, cues) if cues.words and cues.has_attribution else []


def _speaker_before(context: Sequence[str], cues: Cues) -> tuple[str, bool] | None:
    """Name the one person who spoke in the sentences before, and whether as a subject; None if several did."""
    said = [
        (text[s.start : s.end], s.verb is not None)
        for text in context
        for s in _speakers(text, cues)
        if not s.bare
    ]
    named = [(name, subject) for name, subject in said if personal_name(name, cues) and roles(name, cues)]
    longest = max(named, key=lambda found: len(found[0]), default=("", False))
    alone = all(name.rsplit(maxsplit=1)[-1] in longest[0] for name, _ in named)
    return longest if named and alone else None


def _without_opener(text: str, lang: str | None) -> str:
    lists = pointers(lang)
    if lists is None:
        return text
    link = re.match(
        rf"(?:{lists.openers.pattern})[,，]?\s+|(?:{lists.adverbs.pattern})[,，、]\s*", text, re.IGNORECASE
    )
    rest = text[link.end() :] if link else text
    return rest if _is_long_enough(rest, lang) else text


def _is_long_enough(text: str, lang: str | None) -> bool:
    return len(text) >= 2 * MIN_WORDS if lang in ("ja", "zh") else len(text.split()) >= MIN_WORDS


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _ended(text: str) -> str:
    """End a text that was cut out of a longer one."""
    stop = "。" if re.search(r"[\u3040-\u30ff]", text) else "."
    return text if re.search(r"[.!?…。！？؟]['\"”’»)」』\]]*$", text) else text.rstrip(" ,;:") + stop


@cache
def _rows() -> Mapping[str, Mapping[str, str]]:
    text = resources.files("monitor.claims").joinpath("pointing.yaml").read_text(encoding="utf-8")
    rows: Mapping[str, Mapping[str, str]] = yaml.safe_load(text)
    return rows
