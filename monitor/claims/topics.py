"""Sentence → Speakers, in Korean and Japanese: find the topic of a verb of saying by its particle."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from monitor.claims.asserters import is_institution
from monitor.claims.cues import Cues
from monitor.claims.institutions import kind_of_name
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
# "On ...", "from ...", "as for ...": these take the topic particle too.
_NO_SUBJECT = re.compile(r"(?:에|서|으로|로|까지|부터|다만|또|に|で|と|へ|ついて|から|まで|対して)$")
_KATAKANA_NAME = re.compile(r"[ァ-ヺー・A-Za-z&Ａ-Ｚａ-ｚ]{3,}")


@dataclass(frozen=True, slots=True)
class _Topic:
    start: int
    end: int
    particle: str
    after: int
    bare: bool
    role: bool


def speakers(sentence: str, cues: Cues) -> list[Speaker]:
    """List who may be saying what the sentence says; words inside quotations do not count."""
    masked = _QUOTED.sub(lambda m: _SPEECH * len(m.group()), sentence)
    kinds = ("after", "citing")
    sources = [(kind, m) for kind in kinds for m in cues.attribution[kind].finditer(masked)]
    found = [_source(masked, m.start(), m.end(), cues, cited=kind == "citing") for kind, m in sources]
    said = [m.span() for m in cues.attribution["says"].finditer(masked)]
    # "By a count of the ministry": counting is a verb of saying elsewhere.
    verbs = [verb for verb in said if not any(m.start() <= verb[0] < m.end() for _, m in sources)]
    verb = max(verbs, default=None)
    if verb:
        topic = _topic(masked[: verb[0]], cues)
        outer = _said(masked, topic, verb, cues) if topic else None
        inner = _nested(masked, topic, verbs[:-1], cues) if topic and outer and outer.relays else None
        found += [outer or _left_out(masked, verb, cues), inner]
    for m in cues.attribution["theirs"].finditer(masked):
        found.append(Speaker(m.start(), m.end(), None, None, bare=True))
    return [s for s in found if s] or _acting(masked, cues)


def _acting(masked: str, cues: Cues) -> list[Speaker]:
    """Find an institution whose deed it is: "the court sentenced"."""
    verb = max((m.span() for m in cues.attribution["acts"].finditer(masked)), default=None)
    topic = next(_topics(masked[: verb[0]], cues), None) if verb else None
    if verb and topic and not topic.bare and is_institution(masked[topic.start : topic.end], cues):
        return [Speaker(topic.start, topic.end, *verb, acts=True)]
    return []


def told(sentence: str, speaker: Speaker, cues: Cues) -> Speaker | None:
    """Find the medium that a speaker told it; words inside quotations do not count."""
    masked = _QUOTED.sub(lambda m: _SPEECH * len(m.group()), sentence)
    for m in cues.attribution["told"].finditer(masked, speaker.end):
        found = _source(masked, m.start(), m.end(), cues)
        if found and found.relays and found.start >= speaker.end:
            return found
    return None


def people(sentence: str, cues: Cues) -> list[str]:
    """List the subjects of a sentence that end in a role, as written."""
    masked = _QUOTED.sub(lambda m: _SPEECH * len(m.group()), sentence)
    return [sentence[topic.start : topic.end] for topic in _topics(masked, cues) if topic.role and not topic.bare]


def _said(masked: str, topic: _Topic, verb: tuple[int, int], cues: Cues) -> Speaker:
    relays = bool(cues.attribution["relays"].match(masked, verb[0])) or _ends(masked, topic, cues, "outlets")
    return Speaker(topic.start, topic.end, *verb, relays, topic.bare)


def _nested(masked: str, outer: _Topic, verbs: list[tuple[int, int]], cues: Cues) -> Speaker | None:
    """Find whose words a medium passes on: the last other subject of a verb before."""
    for verb in reversed(verbs):
        inside = [t for t in _topics(masked[: verb[0]], cues) if t.start >= outer.after and t.role]
        if inside:
            return _said(masked, inside[0], verb, cues)
    return None


def _left_out(masked: str, verb: tuple[int, int], cues: Cues) -> Speaker | None:
    """Give the subject that is understood, where no other subject stands before the verb."""
    quoted = _SPEECH in masked[: verb[0]]
    found = (m for m in _PARTICLE[cues.lang].finditer(masked[: verb[0]]) if m["p"].endswith(("은", "는", "は")))
    nobody = all(_NO_SUBJECT.search(m["np"]) for m in found)
    return Speaker(verb[0], verb[0], *verb, bare=True) if cues.drops and (quoted or nobody) else None


def _source(masked: str, at: int, end: int, cues: Cues, *, cited: bool = False) -> Speaker | None:
    """Read "according to": the words just before, if they name somebody."""
    topic = _judged(masked, (_start(masked[:at], cues), at), particle="", after=end, cues=cues)
    if topic is None:
        return None
    bare = topic.bare and not _at_end(masked[topic.start : topic.end], cues, "unnamed")
    return Speaker(topic.start, topic.end, None, None, _ends(masked, topic, cues, "outlets"), bare, cited)


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
    role = any(_at_end(last, cues, kind) for kind in ("persons", "bodies", "outlets", "unnamed"))
    alone = bool(cues.attribution["persons"].fullmatch(words)) and not cues.attribution["unnamed"].fullmatch(words)
    if cues.attribution["pronouns"].fullmatch(last) and not pronoun:
        return None
    known = kind_of_name(words, cues.lang) is not None
    name = role or pronoun or known or _looks_named(last, start, particle, cues)
    return _Topic(start, start + len(words), particle, after, pronoun or alone, role) if name else None


def _looks_named(last: str, start: int, particle: str, cues: Cues) -> bool:
    if cues.lang == "ja":
        return bool(_KATAKANA_NAME.fullmatch(last))
    opens = start == 0 and particle.endswith(("는", "은"))
    return opens and len(last) >= 3 and not last[-1].isdigit() and not _at_end(last, cues, "verb_ends")


def _at_end(word: str, cues: Cues, kind: str) -> bool:
    return any(m.end() == len(word) for i in range(len(word)) if (m := cues.attribution[kind].match(word, i)))


def _ends(text: str, topic: _Topic, cues: Cues, kind: str) -> bool:
    return _at_end(text[topic.start : topic.end], cues, kind)
