"""Claims → Remarks: which are vague, say two facts or the same as another, or cannot be checked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from monitor.claims.attribution import asserted_by
from monitor.claims.cues import WITHOUT_CAPITALS
from monitor.claims.dates import stated_dates
from monitor.claims.doubles import are_double
from monitor.claims.manner import manner_of
from monitor.claims.quantities import figures
from monitor.claims.standalone import ANY_MONTH, points_back, relative_time, split_facts
from monitor.claims.worth import count_names, hits, is_question
from monitor.records import Claim, Manner

_CAPITALISED = re.compile(r"(?<=\w\W)\W?([A-ZÀ-ÖØ-ÞА-ЯЁІЇЄҐ]\w+)")


class Fault(StrEnum):
    """What is wrong with a claim."""

    VAGUE = "vague"
    DOUBLE = "double"
    UNCHECKABLE = "not checkable"


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing to mend: in which claim, what is wrong, and what to do about it, in a sentence or two."""

    claim_id: str
    fault: Fault
    advice: str


def review(claims: Sequence[Claim], vectors: NDArray[np.float32]) -> tuple[Remark, ...]:
    """Point at what a person should mend, in the order of the claims; doubles at the second of the two.

    vectors: one a claim, of length 1, made from its text.
    """
    names = frozenset(name for claim in claims for name in _CAPITALISED.findall(claim.text))
    found = [(place, remark) for place, claim in enumerate(claims) for remark in _remarks(claim, names)]
    for first, second in combinations(range(len(claims)), 2):
        one, other = claims[first], claims[second]
        if are_double(one.text, other.text, float(vectors[first] @ vectors[second]), (one.lang, other.lang)):
            advice = f"says the same as {one.id}. Keep one, or write what is different."
            found.append((second, Remark(other.id, Fault.DOUBLE, advice)))
    return tuple(remark for _, remark in sorted(found, key=lambda row: row[0]))


def _remarks(claim: Claim, names: Set[str]) -> Iterator[Remark]:
    text, lang = claim.text, claim.lang
    for fault, advice in (*_vague(text, lang, names), *_twofold(text, lang), *_uncheckable(text, lang)):
        yield Remark(claim.id, fault, advice)


def _vague(text: str, lang: str, names: Set[str]) -> Iterator[tuple[Fault, str]]:
    pointer, time = points_back(text, lang), relative_time(text, lang)
    if pointer:
        yield Fault.VAGUE, f"“{pointer}” points at something said before. Write what or who it is."
    if time:
        yield Fault.VAGUE, f"“{time}” is no date. Write the day, month or year."
    known = _names_somebody(text, lang, names) or figures(text, lang) or _has_date(text, lang)
    if not (pointer or time or known):
        yield Fault.VAGUE, "names no actor, no figure and no date. Say who did what, how many, or when."


def _names_somebody(text: str, lang: str, names: Set[str]) -> bool:
    # Each sentence begins with a capital, so that its first word is a name only if it is one in another claim too.
    first = next(iter(re.findall(r"\w+", text)), "")
    return (
        lang in WITHOUT_CAPITALS
        or first in names
        or (lang == "de" and count_names(text, lang) > 0)
        or (lang != "de" and bool(_CAPITALISED.search(text)))
        or asserted_by(text, lang) is not None
    )


def _has_date(text: str, lang: str) -> bool:
    return bool(stated_dates(text, lang, near=ANY_MONTH))


def _twofold(text: str, lang: str) -> Iterator[tuple[Fault, str]]:
    parts = split_facts(text, lang)
    if len(parts) > 1:
        start, end = parts[1]
        yield Fault.DOUBLE, f"says {len(parts)} facts. Make a claim of its own of “{_shown(text[start:end])}”."


def _uncheckable(text: str, lang: str) -> Iterator[tuple[Fault, str]]:
    if is_question(text):
        yield Fault.UNCHECKABLE, "is a question. Write the answer that you want to watch."
    elif views := hits("views", text, lang):
        yield Fault.UNCHECKABLE, f"“{views[0]}” is a view. Write what somebody did or said."
    if manner_of(text, lang).manner is Manner.PLAN and not _has_date(text, lang):
        yield Fault.UNCHECKABLE, "foretells something without a date. Write by when, or who announced it and when."


def _shown(text: str, at_most: int = 50) -> str:
    return text if len(text) <= at_most else text[: at_most - 1].rstrip() + "…"
