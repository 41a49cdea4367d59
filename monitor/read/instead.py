"""Page → what stands in an article's place: a consent page, a robot check, a paywall, a gone page, an error."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import yaml

# A report of this length is a report, whatever it speaks of; what stands in its place is shorter.
LONG_CHARS = 1_200
WORDS_OF_A_LINE = 2  # so many words of a kind make a line speak of it

# Who quotes a banner does not show one.
_QUOTED = re.compile(
    r'"[^"]{1,300}"|“[^”]{1,300}”|„[^“”]{1,300}[“”]|«[^»]{1,300}»|「[^」]{1,300}」|\'[^\']{20,300}\'(?!\w)'
)
_CJK = re.compile(r"[぀-ヿ㐀-䶿一-鿿가-힣]")
_BETWEEN_PARTS = re.compile(r"\s[|\-–—•·»:]\s|[|｜]|\s::\s")
_NO_WORD = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class _Kind:
    """What can stand in an article's place. least_share: see instead.yaml."""

    name: str
    least_share: float
    titles: frozenset[str]
    phrases: re.Pattern[str]
    words: re.Pattern[str]


def what_instead(titles: Sequence[str], lines: Sequence[str], *, site: str | None, dated: bool) -> str | None:
    """Name what a page is, if it is no article: "a consent page" and the like; None if it may be one.

    titles: what the page calls itself, in <title>, <h1> and elsewhere. lines: its text. site: the outlet's name.
    dated: whether it says when it was published; a page that does is believed to be an article if only its title
    speaks against it.
    """
    is_long = sum(map(len, lines)) >= LONG_CHARS
    if is_long and dated:
        return None
    plain = [] if is_long else [_QUOTED.sub(" ", _plain(line)) for line in lines]
    for kind in _kinds():
        speaks = any(kind.phrases.search(line) for line in plain)
        titled = any(_is_called(title, kind, site) for title in titles)
        if speaks and (titled or _share(plain, kind) >= kind.least_share):
            return kind.name
        if titled and not dated:
            return kind.name
    return None


def _share(plain: Sequence[str], kind: _Kind) -> float:
    """The share of the text's letters in lines that speak of nothing else."""
    own = (line for line in plain if kind.phrases.search(line) or _words(line, kind) >= WORDS_OF_A_LINE)
    return sum(map(len, own)) / max(1, sum(map(len, plain)))


def _words(line: str, kind: _Kind) -> int:
    return len({hit.group() for hit in kind.words.finditer(line)})


def _is_called(title: str, kind: _Kind, site: str | None) -> bool:
    """Tell whether a title says so in all its parts but the outlet's name."""
    outlet = _letters(site or "")
    parts = [letters for part in _BETWEEN_PARTS.split(title) if (letters := _letters(part))]
    told = [letters in kind.titles for letters in parts]
    return any(told) and all(is_told or part == outlet for is_told, part in zip(told, parts, strict=True))


def _plain(line: str) -> str:
    return " ".join(line.casefold().replace("’", "'").split())


def _letters(text: str) -> str:
    return _NO_WORD.sub(" ", _plain(text)).strip()


@cache
def _kinds() -> tuple[_Kind, ...]:
    data = yaml.safe_load(resources.files("monitor.read").joinpath("instead.yaml").read_text(encoding="utf-8"))
    return tuple(
        _Kind(
            name=row["name"],
            least_share=row["least_share"],
            titles=frozenset(map(_letters, _all_of(row["titles"]))),
            phrases=_any_of(_all_of(row["phrases"])),
            words=_any_of(_all_of(row["words"])),
        )
        for row in data.values()
    )


def _all_of(by_language: Mapping[str, Sequence[str]]) -> list[str]:
    return [form for forms in by_language.values() for form in forms]


def _any_of(forms: Iterable[str]) -> re.Pattern[str]:
    """A pattern for any of the forms, the longest first, at the beginning of a word where a script has words."""
    ordered = sorted({_plain(form) for form in forms}, key=len, reverse=True)
    return re.compile("|".join(("" if _CJK.search(form) else r"(?<!\w)") + re.escape(form) for form in ordered))
