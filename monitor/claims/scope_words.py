"""Word lists → ScopeWords: the phrases that say which count a figure gives, language by language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml

from monitor.claims.cues import compile_phrases
from monitor.claims.lexicon import grammar, sign_grammar

YEAR = r"(?:19|20)\d\d"
_NEVER = re.compile(r"(?!)")
_NAME = r"[A-ZÀ-ÝА-ЯЁІЇЄҐ][\w'’-]+(?: [A-ZÀ-ÝА-ЯЁІЇЄҐ][\w'’-]+)*"
_SIGN_DAY = r"\d{1,2} ?[月월] ?\d{1,2} ?[日일]"


@dataclass(frozen=True, slots=True)
class ScopeWords:
    """The phrases of one language that say which count a figure gives. The fields are explained in scopes.yaml.

    day: a day and its month, perhaps with a year. places: group "name" is the place.
    """

    states: Mapping[str, re.Pattern[str]]
    periods: Mapping[str, re.Pattern[str]]
    as_of: re.Pattern[str]
    places: re.Pattern[str]
    parts: re.Pattern[str]
    day: re.Pattern[str]


@cache
def scope_words(lang: str | None) -> ScopeWords:
    """Return the scope words of a language; of a language that we do not know, none."""
    row = _rows().get(lang or "")
    if not isinstance(row, dict):
        return ScopeWords({}, {}, _NEVER, _NEVER, _NEVER, _NEVER)
    spaced = sign_grammar(lang or "") is None
    day = _day(lang) if spaced else _SIGN_DAY

    def compiled(phrases: str) -> re.Pattern[str]:
        found = compile_phrases(phrases, words=spaced)
        return re.compile(found.pattern.replace("YEAR", YEAR).replace("DATE", day), found.flags)

    beginning = compile_phrases(row["places"], words=spaced).pattern
    return ScopeWords(
        states={name: compiled(phrases) for name, phrases in row["states"].items()},
        periods={name: compiled(phrases) for name, phrases in row["periods"].items()},
        as_of=compiled(row["as_of"]),
        places=re.compile(rf"(?i:{beginning}) (?P<name>{_NAME})") if row["places"] else _NEVER,
        parts=compiled(row["parts"]),
        day=re.compile(day, re.IGNORECASE),
    )


@cache
def beside() -> frozenset[str]:
    """Return the periods that hold only for the figure that they stand next to."""
    return frozenset(name.strip() for name in _rows()["beside"].split(","))


def _day(lang: str | None) -> str:
    months = "|".join(sorted(grammar(lang).words["months"], key=len, reverse=True))
    year = rf"(?: (?:de )?{YEAR})?"
    return rf"(?:\d{{1,2}}(?:er|\.|º)? (?:de )?(?:{months}){year}|(?:{months}) \d{{1,2}}(?!\d))"


@cache
def _rows() -> dict[str, Any]:  # as YAML gives it; scope_words makes the record
    text = resources.files("monitor.claims").joinpath("scopes.yaml").read_text(encoding="utf-8")
    return dict(yaml.safe_load(text))
