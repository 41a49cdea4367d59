"""Name → whether it is a state's: "Moscow denied it", "В Варшаве заявили"."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib import resources

import yaml
from babel import Locale, UnknownLocaleError

_NO_STATE = re.compile(r"\d+|EZ|UN|XA|XB|QO|ZZ")  # regions of several states, and codes for none


def is_state(name: str, lang: str) -> bool:
    """Tell that a name is a state's or that of its seat of government. lang: two letters."""
    return _plain(name) in _names(lang)


def is_state_after_in(name: str, lang: str) -> bool:
    """Tell the same of a name as it stands after "in", in a language that says "in Moscow they denied it"."""
    return _plain(name) in _listed(f"{lang}_in")


@cache
def _names(lang: str) -> frozenset[str]:
    try:
        territories: Mapping[str, str] = Locale(lang).territories
    except UnknownLocaleError:
        territories = {}
    states = (_plain(name) for code, name in territories.items() if not _NO_STATE.fullmatch(code))
    return _listed(lang).union(states)


@cache
def _listed(key: str) -> frozenset[str]:
    return frozenset(map(_plain, _lists().get(key, ())))


@cache
def _lists() -> Mapping[str, list[str]]:
    text = resources.files("monitor.claims").joinpath("seats.yaml").read_text(encoding="utf-8")
    rows: Mapping[str, list[str]] = yaml.safe_load(text)
    return rows


def _plain(name: str) -> str:
    return " ".join(name.casefold().replace("’", "'").split())
