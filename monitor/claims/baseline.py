"""Baseline article → Proposals → the claims file that a person corrects."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import yaml

from monitor.claims.quantities import figures
from monitor.read.sentences import split_sentences
from monitor.records import Sentence

# Weights of what a reader can point at. Set by hand in November 2026 on sentences of CheckThat! 2024 (English
# train and dev, Spanish dev) and on one baseline; benchmarks/RESULTS.md has the figures. A model may replace them.
FIGURE = 1.0  # the first figure; each more, up to three, counts half
NAME = 0.35  # each name after the first word, up to three
DATE = 0.5  # a year or a day
SAYS = 0.6  # somebody is said to have said it
DEED = 0.6  # somebody did or suffered what news reports: signed, sent, killed, denied
EARLY = (
    0.5  # for the first sentence of an article, falling to nothing at its end: news tells the most important first
)
LENGTH = 0.25  # for each 10 words, up to 30: short sentences seldom hold a whole fact
OPINION = -0.7  # each word of the writer's own view, up to two
QUESTION = -2.0

MAX_CLAIM_CHARS = 1000  # as monitor/config.py allows
MIN_CLAIM_CHARS = 30
CAPTION_CHARS = 400  # a longer line that names a photo is a paragraph about one
HEADING_WORDS = 9  # a line without a full stop and with fewer words is a heading or a byline

_HEADER = """\
# The claims of this article, as proposed: please correct them.
#  - One fact to a claim, in words that stand alone: names instead of "he", a date instead of "yesterday".
#  - Edit a text, split it in two, or delete it. An id may be any short name; keep it once articles were judged.
#  - watch: false keeps a claim without looking for it.
#  - quote, start and end say where the sentence stands in the article. They may be left out.
"""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A sentence that is worth checking: text[start:end] of the article. score: higher is worthier."""

    text: str
    start: int
    end: int
    score: float


def propose_claims(extract_text: str, lang: str | None, title: str, *, at_most: int = 20) -> tuple[Proposal, ...]:
    """Propose the check-worthy sentences of an article, the worthiest first; ties in the order of the text.

    Left out: questions, captions, credits, related-story lines, headings, the title, sentences said twice, and
    what is too short or too long to be a claim.
    """
    seen = {_plain(title)}
    found = []
    for sentence in split_sentences(extract_text, lang):
        plain = _plain(sentence.text)
        if plain not in seen and not _is_note(extract_text, sentence):
            score = checkworthiness(sentence.text, lang)
            if score > 0:
                score += EARLY * (1 - sentence.start / len(extract_text))
                found.append(Proposal(sentence.text, sentence.start, sentence.end, round(score, 2)))
        seen.add(plain)
    return tuple(sorted(found, key=lambda proposal: (-proposal.score, proposal.start))[:at_most])


def checkworthiness(text: str, lang: str | None) -> float:
    """Score a sentence: figures, names, dates and sources make it worth checking; views and questions do not."""
    words = re.findall(r"[^\W_]+(?:['’-][^\W_]+)*", text)
    spaced = lang not in ("ja", "ko", "zh")
    length = len(words) if spaced else len(text) / 3
    numbers = min(3, len(figures(text, lang)))
    score = LENGTH * min(length, 30) / 10
    score += FIGURE * (numbers > 0) + FIGURE / 2 * max(0, numbers - 1)
    score += NAME * min(3, _names(text, lang))
    score += DATE * bool(re.search(r"(?<!\d)(?:19|20)\d\d(?!\d)|\d{1,2} ?[月월]", text))
    score += SAYS * bool(_hits("says", text, lang))
    score += DEED * bool(_hits("deeds", text, lang))
    score += OPINION * min(2, len(_hits("opinion", text, lang)))
    return score + QUESTION * bool(re.search(r"[?？؟]\W*$", text))


def baseline_yaml(
    title: str, lang: str | None, published: str | None, url: str | None, proposals: Sequence[Proposal]
) -> str:
    """Write the claims file that monitor.config.load_baseline reads, with a word to the person who corrects it.

    published: a year, month or day, as precise as it is known. Claims are numbered C1, C2 … as they come.
    """
    head: dict[str, object] = {"title": " ".join(title.split()) or "Untitled", "language": lang or "en"}
    head |= {key: value for key, value in (("published", published), ("url", url)) if value}
    claims = [
        {
            "id": f"C{number}",
            "text": " ".join(proposal.text.split()),
            "watch": True,
            "start": proposal.start,
            "end": proposal.end,
            "quote": proposal.text,
        }
        for number, proposal in enumerate(proposals, start=1)
    ]
    blocks = [yaml.safe_dump({"baseline": head}, allow_unicode=True, sort_keys=False, width=100), "claims:\n"]
    blocks += [yaml.safe_dump([claim], allow_unicode=True, sort_keys=False, width=100) for claim in claims]
    return _HEADER + "\n" + "\n".join(blocks)


def _is_note(article: str, sentence: Sentence) -> bool:
    """Recognise captions, credits, related-story lines, headings and sentences of no usable length.

    A caption may be several sentences, and only its last names the photographer: its whole line goes.
    """
    text = sentence.text
    line_end = article.find("\n", sentence.end)
    line = article[
        article.rfind("\n", 0, sentence.start) + 1 : line_end if line_end >= 0 else len(article)
    ].lower()
    ended = bool(re.search(r"[.!?…。！？؟]['\"”’»)」』\]]*\s*$", text))
    heading = not ended and len(text.split()) < HEADING_WORDS and len(text) < 60
    dense = re.search(r"[\u3040-\u9fff\uac00-\ud7af]{8}", text)
    usable = (len(text) >= MIN_CLAIM_CHARS or dense) and len(text) <= MAX_CLAIM_CHARS
    noted = line if len(line) <= CAPTION_CHARS else text.lower()
    return heading or not usable or any(note in noted for note in _notes())


def _names(text: str, lang: str | None) -> int:
    """Count runs of capitalised words after the first word; German nouns are all capitalised and count a third."""
    if lang in ("ja", "ko", "zh"):
        return len(re.findall(r"[ァ-ヴー]{3,}|[A-Z][A-Za-z]+", text))
    runs = len(re.findall(r"(?<=[^\W_][ ,«\"'’(-])\s*(?:[A-ZÀ-ÖØ-ÞА-ЯЁІЇЄҐ][^\W\d_]+[ -]?)+", text))
    return runs // 3 if lang == "de" else runs


def _hits(table: str, text: str, lang: str | None) -> list[str]:
    pattern = _patterns(table).get(lang or "")
    return pattern.findall(text.lower()) if pattern else []


def _plain(text: str) -> str:
    return re.sub(r"\W+", " ", text).strip().lower()


@cache
def _rows() -> Mapping[str, Mapping[str, str] | str]:
    text = resources.files("monitor.claims").joinpath("checkworthy.yaml").read_text(encoding="utf-8")
    rows: Mapping[str, Mapping[str, str] | str] = yaml.safe_load(text)
    return rows


@cache
def _notes() -> tuple[str, ...]:
    notes = _rows()["notes"]
    return tuple(note.strip() for note in str(notes).split("|") if note.strip())


@cache
def _patterns(table: str) -> Mapping[str, re.Pattern[str]]:
    rows = _rows()[table]
    return {lang: _pattern(words, lang) for lang, words in rows.items()} if isinstance(rows, Mapping) else {}


def _pattern(words: str, lang: str) -> re.Pattern[str]:
    return re.compile("|".join(_alternatives(words.split(), whole=lang not in ("ja", "ko"))))


def _alternatives(words: Sequence[str], *, whole: bool) -> Iterator[str]:
    for word in words:
        plain = re.escape(word.rstrip("*").replace("_", " "))
        end = r"[^\W_]*" if word.endswith("*") else r"(?![^\W_])"
        yield rf"(?<![^\W_]){plain}{end}" if whole else plain
