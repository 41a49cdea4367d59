"""Two articles → CopyLink: decide whether one copies the other, in its words or told again by sentence."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from anyascii import anyascii
from numpy.typing import NDArray

from monitor.claims.quantities import figures
from monitor.records import CopyKind, CopyLink

Vectors = NDArray[np.float32]

# Tuned on tests/read/cases and on every other one of the labelled stories (November 2026); re-run
# tests/read/test_copies.py and benchmarks/evaluation/origins.py.
# Letters of a shingle: one of Chinese, Japanese or Korean says as much as two or three others.
WIDTH, WIDE_WIDTH = 16, 6
WIDE = re.compile(r"[぀-ヿ㐀-䶿一-鿿가-힣]")
MIN_SHINGLES = 60  # a shorter text is a headline, which many write alike
TIMES_LONGER = 5  # a live blog that holds a short report whole is no copy of it
# Share of the shorter text, quotations left out: other reports of an event reach 0.05. A copy may be cut, added to
# and reworded at once, so less will do where sentence after sentence has a partner too.
CONTAINED, CONTAINED_REWORDED, PARTNERS_REWORDED = 0.35, 0.15, 0.6
NUMBERS_SHARED = 0.5  # daily reports repeat their words and change their numbers
# Names are compared by their consonants, and in English weekdays look like names: a few prove nothing.
NAMES_SHARED, FEW_NAMES = 0.4, 3

# A sentence is told again above PARTNER. So must be the share ALIGNED of the shorter article, in order, and on
# average as near as RETOLD. Vectors of one language lie nearer to each other, and few sentences prove little.
# These four belong to the embedded weights.
PARTNER, ALIGNED = 0.45, 0.8
RETOLD, RETOLD_IN_ONE_LANGUAGE = 0.51, 0.7
RETOLD_BRIEFLY = {2: 0.8, 3: 0.72}  # by the number of sentences

# What a speaker said word for word is not the newsroom's: every report of a speech holds it.
_QUOTATION = re.compile(
    r'"[^"\n]{1,400}"|“[^”\n]{1,400}”|«[^»\n]{1,400}»|»[^«\n]{1,400}«|„[^“”\n]{1,400}[“”]|「[^」\n]{1,400}」'
)
QUOTED_CHARS = 20  # a shorter one is a name or a word
_DIGITS = re.compile(r"\d+(?:[.,'’   ]\d{3})*(?:[.,]\d+)?")
_NAME = re.compile(r"(?<=[\w,;:«“„\"'’(] )[^\W\d_]{4,}")
_SOUNDS = {"p": "bpvfw", "k": "ckgqx", "t": "dt", "s": "szj", "l": "lr", "n": "mn"}
_SOUND_OF = {ord(letter): sound for sound, letters in _SOUNDS.items() for letter in letters}
_NO_SOUND = re.compile(r"[^pktsln]+")
_TWICE = re.compile(r"(.)\1+")


@dataclass(frozen=True, eq=False)
class Body:
    """An article as it is compared with others.

    sentences: its texts, in order. vectors: of these, (s, d), float32, rows of length 1; None if there are none.
    """

    id: int
    lang: str | None
    text: str
    sentences: Sequence[str]
    vectors: Vectors | None = field(default=None, repr=False)

    @cached_property
    def shingles(self) -> frozenset[str]:
        """The runs of letters that its text consists of."""
        return shingles(self.text)

    @cached_property
    def digits(self) -> frozenset[str]:
        """The numbers written in digits, without what groups these."""
        return frozenset(re.sub(r"\D", "", hit) for hit in _DIGITS.findall(self.text))

    @cached_property
    def counts(self) -> frozenset[float]:
        """The numbers that count something, in words or digits, whatever the language."""
        found = (figures(sentence, self.lang) for sentence in self.sentences)
        return frozenset(round(figure.low, 6) for some in found for figure in some)

    @cached_property
    def names(self) -> frozenset[str]:
        """The consonants of words written like names, where the script has capitals."""
        words = (word for word in _NAME.findall(self.text) if word[0].isupper())
        return frozenset(sounds for word in words if len(sounds := _sounds(word)) >= 3)

    @cached_property
    def sounds(self) -> str:
        """The consonants of all its words."""
        return " ".join(_sounds(word) for word in self.text.split())


def shingles(text: str) -> frozenset[str]:
    """Cut a text into its runs of WIDTH letters and digits (WIDE_WIDTH from a wide one on), one from each place.

    Case, spaces and punctuation do not matter, so that it works for scripts without spaces. Quotations are
    left out.
    """
    own = _QUOTATION.sub(lambda hit: " " if len(hit.group()) > QUOTED_CHARS else hit.group(), text)
    folded = unicodedata.normalize("NFKC", own).casefold()
    plain = "".join(character for character in folded if character.isalnum())
    widths = (WIDE_WIDTH if WIDE.match(character) else WIDTH for character in plain)
    runs = ((plain[at : at + width], width) for at, width in enumerate(widths))
    return frozenset(run for run, width in runs if len(run) == width)


def compare(one: Body, other: Body) -> CopyLink | None:
    """Link two articles if one copies the other or both copy a third; None if each stands for itself.

    The answer does not depend on the order of the two.
    """
    a, b = sorted((one, other), key=lambda body: body.id)
    pairs, nearness = aligned(a, b)
    share = contained(a, b)
    if share >= (CONTAINED_REWORDED if pairs >= PARTNERS_REWORDED else CONTAINED):
        same_numbers = _share(a.digits, b.digits) >= NUMBERS_SHARED
        return CopyLink(a.id, b.id, CopyKind.TEXT, round(share, 3)) if same_numbers else None
    if pairs >= ALIGNED and nearness >= _wanted(a, b) and _same_facts(a, b):
        return CopyLink(a.id, b.id, CopyKind.RETOLD, round(pairs, 3))
    return None


def contained(a: Body, b: Body) -> float:
    """Return the share of the shorter text that stands in the longer, in [0, 1]; 0 if their lengths forbid it."""
    short, long = sorted((a.shingles, b.shingles), key=len)
    if len(short) < MIN_SHINGLES or len(long) > TIMES_LONGER * len(short):
        return 0.0
    return len(short & long) / len(short)


def aligned(a: Body, b: Body) -> tuple[float, float]:
    """Tell which share of the shorter article's sentences has a partner in the other, in order, and how near.

    Returns the share, in [0, 1], and the mean cosine over the sentences of the shorter, those without a partner
    counting as 0. Both are 0 if there are no vectors, or the lengths forbid it.
    """
    if a.vectors is None or b.vectors is None:
        return 0.0, 0.0
    brief, long = sorted((len(a.vectors), len(b.vectors)))
    if brief < min(RETOLD_BRIEFLY) or long > TIMES_LONGER * brief:
        return 0.0, 0.0
    partners, nearness = align(a.vectors @ b.vectors.T)
    return partners / brief, nearness / brief


def _wanted(a: Body, b: Body) -> float:
    """Return how near sentences must be to be told again: two reports of one event share their lead alone."""
    brief = min(len(a.sentences), len(b.sentences))
    return max(RETOLD_BRIEFLY.get(brief, RETOLD), RETOLD_IN_ONE_LANGUAGE if a.lang == b.lang else 0.0)


def _same_facts(a: Body, b: Body) -> bool:
    """Tell whether the numbers and names of the article that has fewer stand in the other, in any language."""
    return _share(a.counts, b.counts) >= NUMBERS_SHARED and _names_shared(a, b) >= NAMES_SHARED


def align(similar: Vectors) -> tuple[int, float]:
    """Pair sentences in order, each at most once, so that the pairs are as near to each other as possible.

    similar: (s, t), cosines. Only pairs above PARTNER count. Returns their number and the sum of their cosines.
    """
    above = [(0, 0.0)] * (similar.shape[1] + 1)
    for row in similar.tolist():
        line = [(0, 0.0)]
        for at, cosine in enumerate(row):
            pairs, nearness = above[at]
            paired = (pairs + 1, nearness + cosine) if cosine >= PARTNER else (0, 0.0)
            line.append(max(line[-1], above[at + 1], paired, key=lambda found: found[1]))
        above = line
    return above[-1]


def _share(a: frozenset[str] | frozenset[float], b: frozenset[str] | frozenset[float]) -> float:
    """Return how much of the smaller set the larger one holds; 1 if one is empty."""
    few, many = sorted((a, b), key=len)
    return len(few & many) / len(few) if few else 1.0


def _names_shared(a: Body, b: Body) -> float:
    """Return how much of the names of the article with fewer is heard in the other; 1 if there are too few."""
    named = sorted((body for body in (a, b) if body.names), key=lambda body: (len(body.names), body.id))
    if not named or len(named[0].names) < FEW_NAMES:
        return 1.0
    heard = (b if named[0] is a else a).sounds
    return sum(name in heard for name in named[0].names) / len(named[0].names)


def _sounds(word: str) -> str:
    """Reduce a word in any script to its consonants: Peskow, Песков and 페스코프 all become psk and p."""
    return _TWICE.sub(r"\1", _NO_SOUND.sub("", anyascii(word).lower().translate(_SOUND_OF)))
