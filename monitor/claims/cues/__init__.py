"""Cue files → Cues: the words that tell how a sentence puts it, and who says it.

One YAML file a language, for a person to read and edit. A list is a block of phrases, each ended by a comma or
the line:

    *      any letters of one word: `den*` finds "deny" and "denies"
    ...    up to five words in between: `did ... not comment`
    ...... up to twenty words in between
    (a|b)  one of these

Upper and lower case are the same, and so are both apostrophes. A file with `words: false` is for a language
written without spaces between words (or with endings glued on): its phrases are found inside words too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

from monitor.errors import ConfigError
from monitor.yaml_file import parse_yaml

MANNER_LISTS = (
    "denies",
    "dismisses",
    "negates",
    "not_denied",
    "undeniable",
    "no_comment",
    "unverified",
    "hedge",
    "plan",
    "admits",
    "former",
    "retracts",
    "recalls",
)
# Found anywhere in a sentence; the other attribution lists are held against one word at a time.
# auxiliaries: "has", "was": what follows a subject and is no deed.
# acts: "sentenced", "puts the toll at": what an institution does is its word for it, where nobody says anything.
# joins: two who say it together: "and", but not "but". by: "was denied by". theirs: "in her words".
# oblique: "den", "dem": what no subject begins with.
# regards: "for Ana Lopes, it is over". goes_on: "er habe". one_says: "hieß es", which says where, and not who.
PHRASE_LISTS = (
    "says",
    "acts",
    "relays",
    "before",
    "after",
    "citing",
    "by",
    "theirs",
    "regards",
    "goes_on",
    "one_says",
)
WORD_LISTS = (
    "persons",
    "bodies",
    "outlets",
    "definite",
    "dets",
    "oblique",
    "pronouns",
    "links",
    "skips",
    "breaks",
    "preps",
    "ands",
    "joins",
    "nobody",
    "relatives",
    "within",
    "topics",
    "verb_ends",
    "told",
    "personal",
    "that",
    "unnamed",
    "indefinite",
    "speaks_for",
    "state",
    "companies",
    "auxiliaries",
    "whence",
)
HOW_LISTS = ("confirms", "dismisses", "doubts", "plans")
FIRMNESS_LISTS = ("likely", "possible", "conditional")
WITHOUT_CAPITALS = frozenset({"ko", "ja", "zh"})  # languages in which no sign tells a name
ANYWHERE = "anywhere"  # `inverted: anywhere`: the speaker may follow the verb without a quotation before it
SUBJECTS = "subjects"  # `drops: subjects`: "«It is over», said on Monday." and who said it stands earlier
_NEVER = re.compile(r"(?!)")


@dataclass(frozen=True, slots=True)
class Cues:
    """The compiled lists of one language. words: found as whole words; inverted: "said X" stands anywhere;
    adjectives_follow: the noun, so that a speaker may go on after it. drops: a verb may go without its subject."""

    lang: str
    words: bool
    inverted: bool
    adjectives_follow: bool
    drops: bool
    manner: Mapping[str, re.Pattern[str]]
    attribution: Mapping[str, re.Pattern[str]]
    how: Mapping[str, re.Pattern[str]]
    firmness: Mapping[str, re.Pattern[str]]
    has_attribution: bool


def _gap(at_most: int, *, words: bool) -> str:
    # Separators and words share no character, so that no text makes the search explode.
    return rf"(?:[\s,]+[^\s,.;:!?]+){{0,{at_most}}}?[\s,]+" if words else r"[^。！？.!?]{0,12}?"


def _regex(phrase: str, *, words: bool) -> str:
    near, far = (_gap(n, words=words) for n in (5, 20))
    pieces = re.split(r"(\s*\.{3,}\s*|[()|*']|\s+)", phrase)
    special = {"(": "(?:", ")": ")", "|": "|", "*": r"\w*", "'": "['’ʼ]", "...": near, "......": far}
    found = (special.get(p.strip()) or (r"\s+" if p.isspace() else re.escape(p)) for p in pieces)
    return "".join(found)


def compile_phrases(phrases: str, *, words: bool) -> re.Pattern[str]:
    """Compile a list of phrases, each ended by a comma or the line; an empty list finds nothing.

    words: phrases stand as whole words. Longer phrases are tried first, equally long ones in the order of letters.
    Raises re.error where brackets do not match.
    """
    found = {p for part in re.split(r"[,\n]", phrases) if (p := part.strip())}
    listed = sorted(found, key=lambda phrase: (-len(phrase), phrase))
    if not listed:
        return _NEVER
    either = "|".join(_regex(p, words=words) for p in listed)
    return re.compile(rf"(?<!\w)(?:{either})(?!\w)" if words else rf"(?:{either})", re.IGNORECASE)


def parse_cues(text: str, lang: str) -> Cues:
    """Read one cue file.

    Raises ConfigError that names the language and the list where something cannot be meant.
    """
    where = f"cue file {lang}.yaml"
    data, _ = parse_yaml(text, Path(where), "Write its lists.")
    if not isinstance(data, dict) or not set(data) <= {"words", "manner", "attribution", "how", "firmness"}:
        raise ConfigError(f"{where}: expected the parts words, manner, attribution, how and firmness")
    words = data.get("words", True) is not False
    attribution = data.get("attribution") or {}
    inverted = attribution.pop("inverted", "") == ANYWHERE
    adjectives = attribution.pop("adjectives", "") == "after the noun"
    drops = attribution.pop("drops", "") == SUBJECTS
    parts = (("manner", MANNER_LISTS), ("how", HOW_LISTS), ("firmness", FIRMNESS_LISTS))
    manner, how, firmness = (
        _compiled(data.get(part) or {}, names, where=where, words=words) for part, names in parts
    )
    phrases = {k: v for k, v in attribution.items() if k not in WORD_LISTS}
    single = {k: v for k, v in attribution.items() if k in WORD_LISTS}
    known = _compiled(phrases, PHRASE_LISTS, where=where, words=words)
    known |= _compiled(single, WORD_LISTS, where=where, words=False)
    return Cues(
        lang, words, inverted, adjectives, drops, manner, known, how, firmness, has_attribution=bool(attribution)
    )


def _compiled(
    lists: Mapping[str, object], names: tuple[str, ...], *, where: str, words: bool
) -> dict[str, re.Pattern[str]]:
    compiled = {}
    for name in lists:
        if name not in names:
            raise ConfigError(f"{where}: unknown list {name!r}, expected one of {', '.join(names)}")
    for name in names:
        phrases = lists.get(name) or ""
        if not isinstance(phrases, str):
            raise ConfigError(f"{where}: list {name!r}: expected phrases with commas between")
        try:
            compiled[name] = compile_phrases(phrases, words=words)
        except re.error as error:
            raise ConfigError(f"{where}: list {name!r}: {error}; look for brackets that do not match") from error
    return compiled


@cache
def load_cues(lang: str) -> Cues | None:
    """Load the cues of a language by its two letters, once; None where there is no file."""
    file = resources.files(__name__).joinpath(f"{lang}.yaml")
    return parse_cues(file.read_text(encoding="utf-8"), lang) if lang.isalpha() and file.is_file() else None


_KANA, _HANGUL = re.compile(r"[぀-ヿ]"), re.compile(r"[가-힣]")
_UKRAINIAN, _CYRILLIC, _HAN = re.compile(r"[іїєґІЇЄҐ]"), re.compile(r"[Ѐ-ӿ]"), re.compile(r"[一-鿿]")
_SCRIPTS = ((_KANA, "ja"), (_HANGUL, "ko"), (_UKRAINIAN, "uk"), (_CYRILLIC, "ru"), (_HAN, "zh"))


def cues_for(sentence: str, lang: str | None) -> Cues | None:
    """Load the cues for a sentence: of its language or, where that is unknown, the one its script points to.

    lang: two letters, perhaps with a region ("pt-BR"). None is returned for Latin text in no known language.
    """
    if lang:
        return load_cues(lang.replace("_", "-").split("-")[0].lower())
    return next((load_cues(code) for script, code in _SCRIPTS if script.search(sentence)), None)
