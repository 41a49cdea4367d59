"""Hand-written patterns → Examples: denials, hedges, plans and figures, balanced so that no shortcut works.

A pattern file holds one language: facts, the same in every language, each put in a dozen ways or more, and frames
such as "{who} denied that {that}." Facts and frames are split: what tests is never seen in training.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from training.examples import Example

TEST_FACTS = frozenset(f"f{number:02}" for number in (*range(21, 27), *range(57, 61)))
TEST_FRAMES = 3  # the last ones of each kind

SAME_LANGUAGE = 0.4  # how often the claim stands in the language of the sentence
QUIET = frozenset({"mentions", "unrelated"})


@dataclass(frozen=True, slots=True)
class Trap:
    """An example with the kind of trap it is and the languages of the sentence and of the claim."""

    kind: str
    lang: str
    claim_lang: str
    example: Example

    @property
    def accepted(self) -> frozenset[str]:
        """The verdicts that are right. What is unrelated may as well be called a mention: neither is a flag."""
        return self.example.verdicts | (QUIET if "unrelated" in self.example.verdicts else frozenset())


@dataclass(frozen=True, slots=True)
class Language:
    """What may be used of a pattern file on one side of the split."""

    lang: str
    who: Sequence[str]
    facts: Mapping[str, Mapping[str, Any]]
    frames: Mapping[str, Sequence[Any]]


def read_patterns(folder: Path, *, test: bool) -> list[Language]:
    """Read the pattern files of a folder: the part that trains, or the part that tests."""
    return [
        _language(yaml.safe_load(path.read_text(encoding="utf-8")), test=test)
        for path in sorted(folder.glob("*.yaml"))
    ]


def _language(raw: Mapping[str, Any], *, test: bool) -> Language:
    facts = {fact["id"]: fact for fact in raw["facts"] if (fact["id"] in TEST_FACTS) == test}
    cut = {kind: _side(kind, frames, test=test) for kind, frames in raw["frames"].items()}
    return Language(raw["language"], raw["who"], facts, cut)


def _side(kind: str, frames: Sequence[Any], *, test: bool) -> Sequence[Any]:
    if kind == "two_step":  # both what is denied and what is confirmed must stand on both sides
        last = [[step for step in frames if step["kind"] == wanted][-1:] for wanted in ("deny", "assert")]
        tested = [step for steps in last for step in steps]
        return tested if test else [step for step in frames if step not in tested]
    return frames[-TEST_FRAMES:] if test else frames[:-TEST_FRAMES]


def traps(languages: Sequence[Language], count: int, rng: random.Random) -> Iterator[Trap]:
    """Draw `count` traps for each language, each kind as often as another."""
    by_lang = {language.lang: language for language in languages}
    for language in languages:
        for at in range(count):
            kind = tuple(KINDS)[at % len(KINDS)]
            if trap := _drawn(kind, language, by_lang, rng):
                yield trap


def traps_that_train(languages: Sequence[Language], count: int, rng: random.Random) -> Iterator[Example]:
    """Draw `count` different traps of all languages, each kind as often as OFTEN says."""
    by_lang, kinds = {language.lang: language for language in languages}, tuple(KINDS)
    shown: set[tuple[str, str]] = set()
    while len(shown) < count:
        language = rng.choice(languages)
        kind = rng.choices(kinds, [OFTEN.get(kind, 1) for kind in kinds])[0]
        trap = _drawn(kind, language, by_lang, rng)
        if trap and (pair := (trap.example.premise, trap.example.hypothesis)) not in shown:
            shown.add(pair)
            yield trap.example


def _drawn(kind: str, language: Language, by_lang: Mapping[str, Language], rng: random.Random) -> Trap | None:
    fact = rng.choice(sorted(language.facts))
    claim_lang = language.lang if rng.random() < SAME_LANGUAGE else rng.choice(sorted(by_lang))
    made: _Made | None = KINDS[kind](language, by_lang[claim_lang], fact, rng)
    if made is None:
        return None
    return Trap(kind, language.lang, claim_lang if made.cross else language.lang, made.example)


@dataclass(frozen=True, slots=True)
class _Made:
    example: Example
    cross: bool = True


def _pair(sentence: str, claim: str, verdicts: set[str], *, context: str = "", cross: bool = True) -> _Made:
    scores = {
        "confirms": {"entailment"},
        "contradicts": {"contradiction"},
        "mentions": {"neutral"},
        "unrelated": {"neutral"},
        "updates": set(),
    }
    labels = frozenset().union(*(scores[verdict] for verdict in verdicts))
    return _Made(Example(_tidy(sentence), _tidy(claim), context, labels, frozenset(verdicts)), cross)


def _tidy(text: str) -> str:
    text = " ".join(text.split()).replace(" ,", ",").replace(",,", ",").replace(",.", ".").replace("..", ".")
    return text[:1].upper() + text[1:]


def _frame(language: Language, kind: str, fact: str, rng: random.Random) -> str:
    frame: str = rng.choice(language.frames[kind])
    words = language.facts[fact]
    return frame.format(who=rng.choice(language.who), that=words["that"], about=words["about"])


def _neighbour(fact: str) -> str:
    number = int(fact[1:])
    return f"f{number + 1 if number % 2 else number - 1:02}"


def _framed(kind: str, verdicts: set[str]) -> Any:
    def make(said: Language, claimed: Language, fact: str, rng: random.Random) -> _Made:
        return _pair(_frame(said, kind, fact, rng), claimed.facts[fact]["plain"], verdicts)

    return make


def _said(form: str, verdicts: set[str], *, foreign: bool = False) -> Any:
    def make(said: Language, claimed: Language, fact: str, rng: random.Random) -> _Made | None:
        text = said.facts[fact].get(form)
        if not text:
            return None
        sentence = text if isinstance(text, str) else rng.choice(text)
        return _pair(sentence, claimed.facts[fact]["plain"], verdicts)

    return make


def _general_denial(wide_of: Callable[[str], str], form: str, verdicts: set[str]) -> Any:
    """Deny all that a fact is a case of, by a frame ("reports about arms deliveries") or a sentence of its own."""

    def make(said: Language, claimed: Language, fact: str, rng: random.Random) -> _Made | None:
        wide, texts = said.facts[wide_of(fact)].get("wide"), said.facts[fact].get(form, ())
        frames = [frame for frame in said.frames["deny"] if "{about}" in frame and "{that}" not in frame]
        if wide and frames and (not texts or rng.random() < 0.5):
            sentence = rng.choice(frames).format(who=rng.choice(said.who), about=wide)
        elif texts:
            sentence = rng.choice(texts)
        else:
            return None
        return _pair(sentence, claimed.facts[fact]["plain"], verdicts)

    return make


def _denial_of_other(said: Language, claimed: Language, fact: str, rng: random.Random) -> _Made:
    return _pair(_frame(said, "deny", _neighbour(fact), rng), claimed.facts[fact]["plain"], {"unrelated"})


def _assertion_of_other(said: Language, claimed: Language, fact: str, rng: random.Random) -> _Made:
    return _pair(_frame(said, "assert", _neighbour(fact), rng), claimed.facts[fact]["plain"], {"unrelated"})


def _claimed_denial(verdict: str, sentence_kind: str, *, other: bool = False) -> Any:
    def make(said: Language, claimed: Language, fact: str, rng: random.Random) -> _Made:
        who = rng.choice(said.who)
        spoken = _neighbour(fact) if other else fact
        sentence = rng.choice(said.frames[sentence_kind]).format(
            who=who, that=said.facts[spoken]["that"], about=said.facts[spoken]["about"]
        )
        claim = rng.choice(said.frames["denied_claim"]).format(
            who=who, that=said.facts[fact]["that"], about=said.facts[fact]["about"]
        )
        return _pair(sentence, claim, {verdict}, cross=False)

    return make


def _two_step(kind: str, verdict: str) -> Any:
    def make(said: Language, claimed: Language, fact: str, rng: random.Random) -> _Made | None:
        choices = [step for step in said.frames["two_step"] if step["kind"] == kind]
        if not choices:
            return None
        step, forms = rng.choice(choices), said.facts[fact]
        filled = {"who": rng.choice(said.who), "that": forms["that"], "about": forms["about"]}
        return _pair(
            step["second"].format(**filled),
            claimed.facts[fact]["plain"],
            {verdict},
            context=_tidy(step["first"].format(**filled)),
        )

    return make


KINDS = {
    "denial": _framed("deny", {"contradicts"}),
    "denial of something else": _denial_of_other,
    "general denial": _general_denial(lambda fact: fact, "general", {"contradicts"}),
    "denial beside it": _general_denial(_neighbour, "beside", {"unrelated"}),
    "assertion": _framed("assert", {"confirms"}),
    "assertion of something else": _assertion_of_other,
    "did not deny": _framed("not_deny", {"mentions"}),
    "neither": _framed("neither", {"mentions"}),
    "unverified": _framed("unverified", {"mentions"}),
    "possible": _framed("maybe", {"mentions"}),
    "denial taken back": _framed("question_denied", {"confirms", "updates", "mentions"}),
    "claim is a denial": _claimed_denial("confirms", "deny"),
    "claim is a denial of something else": _claimed_denial("unrelated", "deny", other=True),
    "claim is a denial, not denied": _claimed_denial("contradicts", "assert"),
    "denied in the next sentence": _two_step("deny", "contradicts"),
    "confirmed in the next sentence": _two_step("assert", "confirms"),
    "negated": _said("neg", {"contradicts"}),
    "conditional mood": _said("cond", {"mentions"}),
    "plan": _said("plan", {"mentions"}),
    "other words": _said("para", {"confirms"}),
    "decisive part": _said("part", {"confirms"}),
    "setting alone": _said("setting", {"unrelated"}),
    "other event": _said("other", {"unrelated"}),
    "contrary account": _said("contrary", {"contradicts"}),
    "same figure": _said("same_figure", {"confirms"}),
    "later figure": _said("later_figure", {"updates"}),
    "figure of another scope": _said("scope", {"unrelated"}),
}

# How often a kind trains, where not once: those that were learnt last, and what they are easily taken for.
OFTEN = {
    **dict.fromkeys(("general denial", "contrary account", "other words", "decisive part"), 5),
    **dict.fromkeys(("denial beside it", "other event", "setting alone", "figure of another scope"), 3),
    **dict.fromkeys(
        ("denial", "negated", "denial taken back", "claim is a denial, not denied", "later figure"), 3
    ),
}
