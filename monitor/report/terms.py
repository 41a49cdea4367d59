"""Score, language → words: what every page and list says in the same way."""

from __future__ import annotations

import re

from babel import Locale

# ISO 639 codes of the languages that are written from right to left and that news is published in.
_RIGHT_TO_LEFT = frozenset({"ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})


def sureness(score: float) -> str:
    """Write a score in [0, 1] as '87% sure'. It never says 100%: no model is."""
    percent = round(score * 100)
    return "over 99% sure" if percent > 99 else f"{percent}% sure"


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
