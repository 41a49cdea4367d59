"""Sentence → Speakers, in Korean and Japanese: find the topic of a verb of saying by its particle."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from monitor.claims.cues import Cues
from monitor.claims.speakers import Speaker

# Tuned on 18 of the 25 training stories, November 2026.
MAX_CHARS = 45  # a speaker with all titles
NEAR_CHARS = 16  # "... said" after its subject, with a date or an adverb in between

_QUOTED = re.compile(r"「[^「」]*」|『[^『』]*』|“[^“”]*”|\"[^\"]*\"|‘[^‘’]*’|'[^']*'|«[^«»]*»")
_SPEECH = "\uffff"  # stands for each character of a quotation
_JA_NAME = r"[一-鿿々〇ァ-ヺー・A-Za-z0-9０-９Ａ-Ｚａ-ｚ（）()の]+"
_PARTICLE = {
    "ko": re.compile(r"(?P<np>[\w)]+?)(?P<p>측은|측이|측도|은|는|이|가|도)(?=\s|$)"),
    "ja": re.compile(rf"(?P<np>{_JA_NAME})(?P<p>は|が|も)"),
}
# A Korean speaker does not reach over these: a comma, a quotation, or a word with another part's ending.
_KO_EDGE = re.compile(
    r"[,，…\uffff]|\w(?:은|는|을|를|에서|에게|으로|로|고|며|면서|지만|데|에|와|과|던|한|된|된다|했다|따르면|위해|대해|관련해|둘러싸고)(?=\s)"
)
_CLAUSE_END = re.compile(r"(?:고|며|\uffff)\s*$")
_AFTER_SPEECH = re.compile(r"(?:이?라)?(?:고|며)(?:도|는)?\s")  # glued to the closing quotation mark
_KATAKANA_NAME = re.compile(r"[ァ-ヺー・A-Za-z&Ａ-Ｚａ-ｚ]{3,}")


@dataclass(frozen=True, slots=True)
class _Topic:
    start: int
    end: int
    particle: str
    after: int
    bare: bool
    named: bool
    role: bool


def speakers(sentence: str, cues: Cues) -> list[Speaker]:
    """List who may be saying what the sentence says; words inside quotations do not count."""
    masked = _QUOTED.sub(lambda m: _SPEECH * len(m.group()), sentence)
    verb = max((m.span() for m in cues.attribution["says"].finditer(masked)), default=None)
    found = [_source(masked, m.start(), m.end(), cues) for m in cues.attribution["after"].finditer(masked)]
    if verb and (topic := _topic(masked[: verb[0]], cues)):
        relays = bool(cues.attribution["relays"].match(masked, verb[0])) or _ends(masked, topic, cues, "outlets")
        found.append(Speaker(topic.start, topic.end, *verb, relays, topic.bare, topic.named))
    return [s for s in found if s]


def _source(masked: str, at: int, end: int, cues: Cues) -> Speaker | None:
    """Read "according to": the words just before, if they name somebody."""
    topic = _judged(masked, (_start(masked[:at], cues), at), particle="", after=end, cues=cues)
    if topic is None:
        return None
    return Speaker(
        topic.start, topic.end, None, None, _ends(masked, topic, cues, "outlets"), topic.bare, topic.named
    )


def _topic(before: str, cues: Cues) -> _Topic | None:
    topics = list(_topics(before, cues))
    near = [t for t in topics if len(before) - t.after <= NEAR_CHARS and _CLAUSE_END.search(before[: t.start])]
    about = [t for t in topics if t.particle.endswith(("는", "은", "は"))]
    if near and cues.lang == "ko":
        return near[-1]
    others = [t for t in topics if t.role and t not in about]
    return next(iter(about or others), None)


def _topics(before: str, cues: Cues) -> Iterator[_Topic]:
    for m in _PARTICLE[cues.lang].finditer(before):
        end = m.end("np") + (1 if m["p"].startswith("측") else 0)
        start = m.start("np") if cues.lang == "ja" else _start(before[:end], cues)
        topic = _judged(before, (start, end), particle=m["p"], after=m.end(), cues=cues)
        if topic:
            yield topic


def _start(before: str, cues: Cues) -> int:
    """Give where the words that end here start."""
    if cues.lang == "ja":
        found = re.search(rf"{_JA_NAME}$", before)
        return found.start() if found else len(before)
    edge = max((m.end() for m in _KO_EDGE.finditer(before)), default=0)
    glued = _AFTER_SPEECH.match(before, edge) if before[edge - 1 : edge] == _SPEECH else None
    edge = glued.end() if glued else edge
    return edge + len(before[edge:]) - len(before[edge:].lstrip())


def _judged(text: str, span: tuple[int, int], *, particle: str, after: int, cues: Cues) -> _Topic | None:
    start, end = span
    words = text[start:end].strip(" の")
    start += len(text[start:end]) - len(text[start:end].lstrip(" の"))
    while (skip := cues.attribution["skips"].match(words)) and (skip.end() < len(words)):
        start += len(words) - len(words[skip.end() :].lstrip())
        words = words[skip.end() :].lstrip()
    last = words.split()[-1] if words.split() else ""
    if not last or len(words) > MAX_CHARS or _SPEECH in words:
        return None
    pronoun = bool(cues.attribution["definite"].fullmatch(words))
    role = any(_at_end(last, cues, kind) for kind in ("persons", "bodies", "outlets"))
    alone = bool(cues.attribution["persons"].fullmatch(words))
    if cues.attribution["pronouns"].fullmatch(last) and not pronoun:
        return None
    name = role or pronoun or _looks_named(last, start, particle, cues)
    named = not (pronoun or alone) and _at_end(last, cues, "persons") and "의 " not in words and "の" not in words
    return _Topic(start, start + len(words), particle, after, pronoun or alone, named, role) if name else None


def _looks_named(last: str, start: int, particle: str, cues: Cues) -> bool:
    if cues.lang == "ja":
        return bool(_KATAKANA_NAME.fullmatch(last))
    opens = start == 0 and particle.endswith(("는", "은"))
    return opens and len(last) >= 3 and not last[-1].isdigit() and not _at_end(last, cues, "verb_ends")


def _at_end(word: str, cues: Cues, kind: str) -> bool:
    return any(m.end() == len(word) for i in range(len(word)) if (m := cues.attribution[kind].match(word, i)))


def _ends(text: str, topic: _Topic, cues: Cues, kind: str) -> bool:
    return _at_end(text[topic.start : topic.end], cues, kind)
