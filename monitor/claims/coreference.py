"""Words that point back, and the sentences before → whom they mean, where exactly one fits."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from monitor.claims import speakers, topics
from monitor.claims.asserters import is_institution, is_word, personal_name, roles
from monitor.claims.cues import Cues
from monitor.claims.people import same_person
from monitor.claims.speakers import Speaker

SHARED_STEM = 5  # letters of an office in two endings: министр, министру
ROLE_WITHIN_WORDS = 7  # "the minister of the interior, Ana Lopes"

_WORD = re.compile(r"[ldLD]['’](?=\w)|\w+(?:[-‑'’ʼ.]\w+)*|[^\w\s]")
_NEVER_NAMES = ("persons", "bodies", "outlets", "dets", "pronouns", "skips", "breaks", "preps", "ands", "unnamed")


@dataclass(frozen=True, slots=True)
class Known:
    """A person of the sentences before. text: as written, with the office. spoke: a sentence quotes them."""

    text: str
    name: str
    roles: frozenset[str]
    spoke: bool


def who(words: str, context: Sequence[str], cues: Cues) -> str | None:
    """Name whom a pronoun, a left-out subject or "the minister" means, as written before.

    words: "" for a left-out subject. context: the sentences before, in order. A pronoun is the one person who
    spoke or, where nobody did, the one person there is; an office is the one person who holds it. "It", and "elle"
    where no person is spoken of, is the one institution that spoke, just before. None where nobody fits, or more.
    """
    if roles(words, cues):
        return who_described(words, context, cues)
    if words and cues.words and not is_word("personal", words, cues):
        return _only_body(context, cues) if words.lower() == "it" else None  # "they" may be anybody
    known = _known(context, cues)
    pool = [person for person in known if person.spoke] or known
    if not known and cues.lang != "en":  # where the language has other pronouns for things than "it"
        return _only_body(context, cues)
    return pool[0].text if len(pool) == 1 else None


def _only_body(context: Sequence[str], cues: Cues) -> str | None:
    """Name the one institution that spoke in the sentences before, if the last of them is its own."""
    found = [[text for text in _speaking(s, cues) if is_institution(text, cues)] for s in context]
    names = {text for spoke in found for text in spoke}
    return next(iter(names)) if len(names) == 1 and found[-1] else None


def who_described(words: str, context: Sequence[str], cues: Cues) -> str | None:
    """Name whom "the minister" or "the Brook minister" means, as for who(); None for words without an office."""
    wanted = roles(words, cues)
    known = _known(context, cues) if wanted else []
    if any(is_word("unnamed", role, cues) for role in wanted):
        return None
    fits = [p for p in known if _shares(wanted, p.roles) and _fits(words, p, cues)]
    if len(fits) == 1:
        return fits[0].text
    fresh = known[0].spoke or _is_definite(words, cues) if known else False
    only = len(known) == 1 and fresh and not known[0].roles and not fits
    return known[0].text if only and not is_word("indefinite", words.split(maxsplit=1)[0], cues) else None


def who_named(surname: str, context: Sequence[str], cues: Cues) -> str | None:
    """Name in full whom a surname alone means: the one person of the sentences before who bears it."""
    people = [person for sentence in context for person in _people(sentence, cues)]
    bearers = [person for person in people if surname in _surnames(person.name)]
    names = {person.name for person in bearers}
    return max((person.text for person in bearers), key=len) if len(names) == 1 else None


def _surnames(name: str) -> list[str]:
    """List what may be the surname: all but the first word, and that one too in "Kim Yong-hyun"."""
    first, *others = name.split()
    return [first, *others] if others and "-" in others[-1] else others


def which_body(words: str, context: Sequence[str], cues: Cues) -> str | None:
    """Name the body that "the ministry" means: the one such body that spoke before, in more words."""
    parts = words.split()
    if not cues.words or len(parts) != 2 or not _is_definite(words, cues) or not is_word("bodies", parts[1], cues):
        return None
    noun = parts[1].lower()
    found = {
        text.lower().removeprefix(parts[0].lower()).strip(): text
        for sentence in context
        for text in _speaking(sentence, cues)
        if not personal_name(text, cues) and any(word.endswith(noun) for word in text.lower().split())
    }
    longer = {key: text for key, text in found.items() if key != noun}
    return next(iter(longer.values())) if len(longer) == 1 else None


def _known(context: Sequence[str], cues: Cues) -> list[Known]:
    return _merged([person for sentence in context for person in _people(sentence, cues)], cues)


def _people(sentence: str, cues: Cues) -> Iterator[Known]:
    speaking = _speaking(sentence, cues)
    mentioned = [] if not cues.words else list(_mentioned(sentence, cues))
    others = topics.people(sentence, cues) if not cues.words else []
    for text in (*speaking, *others):
        if name := personal_name(text, cues):
            yield Known(text, name, roles(text, cues), text in speaking)
    yield from mentioned


def speakers_of(sentence: str, cues: Cues) -> list[Speaker]:
    """List who may be saying what a sentence says, in a language with or without spaces between words."""
    return speakers.speakers(sentence, cues) if cues.words else topics.speakers(sentence, cues)


def _speaking(sentence: str, cues: Cues) -> list[str]:
    named = [s for s in speakers_of(sentence, cues) if not s.bare]
    return [sentence[start:end] for s in named for start, end in ((s.start, s.end), *s.beside)]


def _mentioned(sentence: str, cues: Cues) -> Iterator[Known]:
    """Find names beside an office, and a full name that opens the sentence."""
    tokens = list(_WORD.finditer(sentence))
    at = 0
    while at < len(tokens):
        end = at
        while end < len(tokens) and _may_name(tokens[end].group(), cues):
            end += 1
        if end > at:
            left = _office_before(tokens, at, cues)
            right = None if left is not None else _office_after(tokens, end, cues)
            linked = at > 0 and is_word("links", tokens[at - 1].group(), cues)
            place = end < len(tokens) and is_word("bodies", tokens[end].group(), cues)
            opens = at == 0 and end - at in (2, 3)
            if (
                not linked
                and not place
                and (opens or left == at - 1 or (end - at > 1 and (left, right) != (None, None)))
            ):
                name = sentence[tokens[at].start() : tokens[end - 1].end()]
                start = tokens[left].start() if left is not None else tokens[at].start()
                office = tokens[left].group() if left is not None else tokens[right].group() if right else ""
                yield Known(
                    sentence[start : tokens[end - 1].end()],
                    name,
                    frozenset({office.lower()} - {""}),
                    spoke=False,
                )
        at = max(end, at + 1)


def _office_before(tokens: Sequence[re.Match[str]], at: int, cues: Cues) -> int | None:
    for i in range(at - 1, max(-1, at - 1 - ROLE_WITHIN_WORDS), -1):
        word = tokens[i].group()
        if is_word("persons", word, cues):
            return i
        if is_word("breaks", word, cues) or is_word("says", word, cues) or not (word[0].isalnum() or word == ","):
            return None
    return None


def _office_after(tokens: Sequence[re.Match[str]], end: int, cues: Cues) -> int | None:
    if end >= len(tokens) or tokens[end].group() != ",":
        return None
    for i in range(end + 1, min(len(tokens), end + 1 + ROLE_WITHIN_WORDS)):
        word = tokens[i].group()
        if is_word("persons", word, cues):
            return i
        if is_word("breaks", word, cues) or is_word("relatives", word, cues) or not word[0].isalnum():
            return None
    return None


def _may_name(word: str, cues: Cues) -> bool:
    return word[:1].isupper() and word[-1] not in "'’" and not any(is_word(k, word, cues) for k in _NEVER_NAMES)


def _merged(people: Sequence[Known], cues: Cues) -> list[Known]:
    """Take the mentions of one person together: the longest wording, every office."""
    found: list[Known] = []
    for person in people:
        same = next((k for k in found if _is_same(k, person, cues)), None)
        if same:
            longer = max(same, person, key=lambda k: (len(k.name.split()), len(k.text)))
            merged = Known(longer.text, longer.name, same.roles | person.roles, same.spoke or person.spoke)
            found[found.index(same)] = merged
        else:
            found.append(person)
    return found


def _is_same(one: Known, other: Known, cues: Cues) -> bool:
    shared = {word.lower() for word in one.name.split()} & {word.lower() for word in other.name.split()}
    return bool(shared) or same_person(one.name, other.name, langs=(cues.lang, cues.lang), aliases={})


def _shares(wanted: frozenset[str], held: frozenset[str]) -> bool:
    return any(_is_same_office(a, b) for a in wanted for b in held)


def _is_same_office(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    whole = one == other or (len(short) >= SHARED_STEM and long.endswith(short))
    return whole or (len(short) >= SHARED_STEM and long[: max(SHARED_STEM, len(short) - 2)] in short)


def _fits(words: str, person: Known, cues: Cues) -> bool:
    """Tell that nothing in "the Estonian minister" speaks against the person."""
    plain = ("definite", "dets", "links", "persons", "unnamed", "speaks_for")
    more = [w.lower() for w in _WORD.findall(words) if w.isalpha() and not any(is_word(k, w, cues) for k in plain)]
    return not cues.words or not more or any(word[:SHARED_STEM] in person.text.lower() for word in more)


def _is_definite(words: str, cues: Cues) -> bool:
    first = _WORD.match(words)
    return first is not None and is_word("definite", first.group(), cues)
