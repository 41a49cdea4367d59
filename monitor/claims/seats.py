"""Name → the state that it stands for: "Moscow denied it", "В Варшаве заявили", la Corée du Sud, der Kreml."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib import resources

import yaml
from babel import Locale, UnknownLocaleError

# What babel lists besides states: regions of several, private codes. EU, which speaks for itself, is in the file.
_NO_STATE = re.compile(r"\d+|EU|EZ|UN|X[AB]|QO|ZZ")
_ARTICLE = re.compile(
    r"(?:the|la|le|les|l'|der|die|das|el|los|las|il|lo|gli|i|o|a|os|as|de|het|den) ?(?=\w)", re.I
)


def state_of(name: str, lang: str | None) -> str | None:
    """Return the ISO 3166 code of the state that a name, perhaps with its article, stands for; None for none.

    lang: two letters; None looks the name up in every language that has seats of its own.
    """
    plain = _plain(name)
    for code in (lang,) if lang else _languages():
        names = _names(code)
        article = _ARTICLE.match(plain)
        found = names.get(plain) or (names.get(plain[article.end() :]) if article else None)
        if found:
            return found
    return None


def is_state_after_in(name: str, lang: str) -> bool:
    """Tell that a name is a state's as it stands after "in": "in Moscow they denied it", in Russian."""
    return _plain(name) in _listed(f"{lang}_in")


@cache
def _names(lang: str) -> Mapping[str, str]:
    try:
        territories: Mapping[str, str] = Locale(lang).territories
    except UnknownLocaleError:
        territories = {}
    states = {_plain(name): code for code, name in territories.items() if not _NO_STATE.fullmatch(code)}
    return {**states, **_listed(lang), **_listed(f"{lang}_in")}


@cache
def _listed(key: str) -> Mapping[str, str]:
    tables = (_table("seats.yaml"), _table("houses.yaml"))
    return {_plain(name): code for table in tables for code, row in table.items() for name in row.get(key, ())}


@cache
def _languages() -> tuple[str, ...]:
    return tuple(sorted({key for row in _table("seats.yaml").values() for key in row if "_" not in key}))


@cache
def _table(file: str) -> Mapping[str, Mapping[str, list[str]]]:
    text = resources.files("monitor.claims").joinpath(file).read_text(encoding="utf-8")
    rows: Mapping[str, Mapping[str, list[str]]] = yaml.safe_load(text)
    return rows


def _plain(name: str) -> str:
    return " ".join(name.casefold().replace("’", "'").split())
