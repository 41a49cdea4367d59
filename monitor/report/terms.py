"""Score, language → words: what every page and list says in the same way."""

from __future__ import annotations

import re
from collections.abc import Sequence

from babel import Locale

from monitor.utterances import Firmness, Utterance

# ISO 639 codes of the languages that are written from right to left and that news is published in.
_RIGHT_TO_LEFT = frozenset({"ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})


def sureness(score: float) -> str:
    """Write a score in [0, 1] as '87% sure'. It never says 100%: no model is."""
    percent = round(score * 100)
    return "over 99% sure" if percent > 99 else f"{percent}% sure"


def passed_on(utterance: Utterance | None) -> str:
    """Say through whom it came and when it was said, 'through AFP, on 19 Nov 2026'; empty where no word tells."""
    if utterance is None:
        return ""
    through = utterance.through()
    days = [day for day in (utterance.earliest, utterance.day) if day and utterance.dated]
    said = " to ".join(f"{day.day} {day:%b %Y}" for day in dict.fromkeys(days))
    return ", ".join(filter(None, (through and f"through {through}", said and f"on {said}")))


def who_says(speaker: str | None, outlet: str, utterance: Utterance | None, *, beside: Sequence[str] = ()) -> str:
    """Name who says it; then through whom, and when, where the sentence tells. As for asserter_name().

    beside: who says it together with the speaker.
    """
    *names, last = (asserter_name(speaker, outlet, utterance), *beside)
    together = " and ".join(filter(None, (", ".join(names), last)))
    return ", ".join(filter(None, (together, passed_on(utterance))))


def asserter_name(speaker: str | None, outlet: str, utterance: Utterance | None) -> str:
    """Name who says it. Where the sentence names nobody, that is who printed it, for a fact in their own voice.

    speaker: None where nobody is named. outlet: who printed the sentence. "He" who could be two people is shown as
    written, for it is not the outlet that says it.
    """
    if speaker is not None:
        return speaker
    stays_open = utterance.speaker if utterance else None
    if stays_open is not None and stays_open.name:
        return f"“{stays_open.name}” in {outlet}"
    own = utterance is not None and utterance.firmness is Firmness.FACT and stays_open is None
    return f"{outlet} itself" if own else f"{outlet}, naming nobody"


def language_name(lang: str | None) -> str:
    """Name a language in English; an unknown code stands for itself."""
    if lang is None:
        return "language unknown"
    return str(Locale("en", "GB").languages.get(lang, lang))


def language_tag(lang: str | None) -> str | None:
    """Return the code if a browser can use it, else None."""
    return lang if lang and re.fullmatch(r"[a-z]{2,3}", lang) else None


def direction(lang: str | None) -> str:
    """Return the writing direction as HTML names it: rtl, ltr, or auto for an unknown language."""
    if language_tag(lang) is None:
        return "auto"
    return "rtl" if lang in _RIGHT_TO_LEFT else "ltr"
