"""Name → kind of a well-known organisation or company: "Boeing denied it", "die Lufthansa", 유엔."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache

from monitor.claims import seats
from monitor.utterances import AsserterKind

_ALL = "all"  # written so in every language of Latin letters
_SIDE = re.compile(r"\s?측$|側$")  # "the Spanish side", in Korean and Japanese
_QUOTES = "«»„“”\"'"


@lru_cache(maxsize=4096)
def kind_of_name(name: str, lang: str, *, declined: bool = True) -> AsserterKind | None:
    """Tell a state, a well-known organisation or company by its name, perhaps with an article or in quotes.

    lang: two letters. declined: in Russian and Ukrainian also as it stands after "according to". None for others.
    """
    name = _SIDE.sub("", name)
    if seats.state_of(name, lang, declined=declined):
        return AsserterKind.STATE_BODY
    known = _known(lang, declined=declined)
    return next((known[form] for form in seats.forms(name.strip(_QUOTES)) if form in known), None)


def is_after_in(name: str, lang: str) -> bool:
    """Tell that a name stands as after "in", where they say it: "в Кремле", "у «Нафтогазі»"."""
    return seats.is_state_after_in(name, lang) or seats.plain(name.strip(_QUOTES)) in _after_in(lang)


@cache
def _known(lang: str, *, declined: bool) -> Mapping[str, AsserterKind]:
    plain = _written(lang)
    return {**seats.genitives(plain, lang), **_after_in(lang), **plain} if declined else plain


@cache
def _after_in(lang: str) -> Mapping[str, AsserterKind]:
    """Decline names of one word as after "in": Газпром → Газпроме, Роснефть → Роснефти."""
    ends = {"а": "еі", "я": "їиі", "ь": "и", "й": "еї"}
    names = {name: kind for name, kind in _written(lang).items() if seats.is_declined(name, lang)}
    stems = ((name[:-1] if name[-1] in ends else name, ends.get(name[-1], "еі"), names[name]) for name in names)
    return {stem + end: kind for stem, endings, kind in stems for end in endings}


@cache
def _written(lang: str) -> Mapping[str, AsserterKind]:
    return {
        seats.plain(name): AsserterKind(kind)
        for kind, row in seats.table("institutions.yaml").items()
        for key in (_ALL, lang)
        for name in row.get(key, ())
    }
