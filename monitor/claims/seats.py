"""Name → the state that it stands for: "Moscow denied it", "В Варшаве заявили", la Corée du Sud, der Kreml."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import TypeVar

import yaml
from babel import Locale, UnknownLocaleError

_DECLINED = frozenset({"ru", "uk"})
_Of = TypeVar("_Of")
MIN_LETTERS = 4  # of a name that is declined
# What babel lists besides states: regions of several, private codes. EU, which speaks for itself, is in the file.
_NO_STATE = re.compile(r"\d+|EU|EZ|UN|X[AB]|QO|ZZ")
_ARTICLE = re.compile(
    r"(?:the|la|le|les|l'|der|die|das|el|los|las|il|lo|gli|i|o|a|os|as|de|het|den) ?(?=\w)", re.I
)


def state_of(name: str, lang: str | None, *, declined: bool = True) -> str | None:
    """Return the ISO 3166 code of the state that a name, perhaps with its article, stands for; None for none.

    lang: two letters; None looks the name up in every language that has seats of its own. declined: also as it
    stands after "according to" («по данным Киева»).
    """
    written = forms(name)
    for code in (lang,) if lang else _languages():
        tables = [_names(code), _declined(code)] if declined else [_names(code)]
        found = next((names[form] for names in tables for form in written if form in names), None)
        if found:
            return found
    return None


def forms(name: str) -> tuple[str, ...]:
    """Give a name as it is looked up: as written, and without its article."""
    whole = plain(name)
    article = _ARTICLE.match(whole)
    return (whole, whole[article.end() :]) if article else (whole,)


def genitives(names: Mapping[str, _Of], lang: str) -> dict[str, _Of]:
    """Decline names of one word as after "according to": Киев → Киева, Москва → Москвы, Сербия → Сербии.

    names: as plain() writes them, with what they stand for. Empty for a language that does not decline names.
    """
    return {form: of for name, of in names.items() if is_declined(name, lang) for form in _genitive(name)}


def is_declined(name: str, lang: str) -> bool:
    """Tell a name of one word, long enough, in a language that declines names: КНДР and США keep their form."""
    return lang in _DECLINED and name.isalpha() and len(name) >= MIN_LETTERS


def plain(name: str) -> str:
    """Write a name as it is looked up: in small letters, with single spaces and straight apostrophes."""
    return " ".join(name.casefold().replace("’", "'").split())


def is_state_after_in(name: str, lang: str) -> bool:
    """Tell that a name is a state's as it stands after "in": "in Moscow they denied it", in Russian."""
    return plain(name) in _listed(f"{lang}_in")


@cache
def _names(lang: str) -> Mapping[str, str]:
    try:
        territories: Mapping[str, str] = Locale(lang).territories
    except UnknownLocaleError:
        territories = {}
    states = {plain(name): code for code, name in territories.items() if not _NO_STATE.fullmatch(code)}
    return {**states, **_listed(lang), **_listed(f"{lang}_in")}


@cache
def _declined(lang: str) -> Mapping[str, str]:
    return genitives(_names(lang), lang)


def _genitive(name: str) -> tuple[str, ...]:
    if name.endswith(("а", "я")):
        return tuple(name[:-1] + ending for ending in "ыиії")
    stem, endings = (name[:-1], "яю") if name.endswith(("ь", "й")) else (name, "ау")
    return tuple(stem + ending for ending in endings)


@cache
def _listed(key: str) -> Mapping[str, str]:
    tables = (table("seats.yaml"), table("houses.yaml"))
    return {plain(name): code for table in tables for code, row in table.items() for name in row.get(key, ())}


@cache
def _languages() -> tuple[str, ...]:
    return tuple(sorted({key for row in table("seats.yaml").values() for key in row if "_" not in key}))


@cache
def table(file: str) -> Mapping[str, Mapping[str, list[str]]]:
    """Read a file of names once: by what they stand for, then by language."""
    text = resources.files("monitor.claims").joinpath(file).read_text(encoding="utf-8")
    rows: Mapping[str, Mapping[str, list[str]]] = yaml.safe_load(text)
    return rows
