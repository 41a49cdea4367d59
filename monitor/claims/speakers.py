"""Sentence → Speakers: find subjects of saying, in languages that put spaces between words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from monitor.claims.cues import Cues

# Tuned on 18 of the 25 training stories, November 2026: longer subjects are nearly always half a clause.
MAX_WORDS = 12
MAX_APPOSITION_WORDS = 16
MAX_NAME_IN_QUOTES = 4  # words of a company's or ship's name in quotation marks
_COMMON = ("persons", "bodies", "pronouns", "dets", "skips", "preps", "links")  # no proper names
NO_ARTICLES = frozenset({"ru", "uk"})
MAX_ADJECTIVES = 3  # words we do not know, between what we know

_ELIDED = r"(?<!\w)(?:[ldnsjcmt]|qu|dell|all|dall|nell|sull|un|lorsqu|jusqu|puisqu)['’](?=\w)"
_TOKEN = re.compile(rf"{_ELIDED}|\w+(?:[-‑'’ʼ]\w+)*(?:['’](?=\s\w))?|[^\w\s]", re.IGNORECASE)
_QUOTED = re.compile(r"«[^«»]*»|“[^“”]*”|„[^„“”]*[“”]|»[^«»]*«|\"[^\"]*\"|‘[^‘’]{12,}’(?!\w)")
_NAME_PUNCTUATION = frozenset("&/")


@dataclass(frozen=True, slots=True)
class Speaker:
    """Somebody who may be the one who says it; start, end: where the words stand in the sentence.

    verb, after: where the verb of saying starts and ends; None for "according to".
    relays: passes on what others say. bare: a pronoun or "the minister". named: a person's name, with a role.
    cited: the source somebody else names ("citing the ministry").
    """

    start: int
    end: int
    verb: int | None
    after: int | None
    relays: bool = False
    bare: bool = False
    named: bool = False
    cited: bool = False


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    start: int
    end: int
    word: bool  # False: a mark that ends a clause, or a whole quotation
    first: bool = False  # the first word of the sentence


def speakers(sentence: str, cues: Cues) -> list[Speaker]:
    """List who may be saying what the sentence says, in no order; words inside quotations do not count."""
    return list(_Finder(sentence, cues).all())


class _Finder:
    """One sentence, cut into words, held against the cues of its language."""

    def __init__(self, sentence: str, cues: Cues) -> None:
        self.sentence, self.lists, self.cues = sentence, cues.attribution, cues
        self.speech = [m.span() for m in _QUOTED.finditer(sentence) if not _is_name(m.group())]
        self.tokens = list(self._tokens())
        self.verbs = [m.span() for m in self.lists["says"].finditer(sentence) if not self._spoken(m.start())]

    def all(self) -> Iterator[Speaker]:
        for start, end in self.verbs:
            if speaker := self._subject(start, end):
                yield speaker
        for kind in ("before", "citing"):
            for m in self.lists[kind].finditer(self.sentence):
                words = None if self._spoken(m.start()) else self._right(self._index(m.end()))
                if words and (speaker := self._speaker(words, cited=kind == "citing")):
                    yield speaker
        for m in self.lists["after"].finditer(self.sentence):
            words = None if self._spoken(m.start()) else self._last_noun(self._left(self._index(m.start())))
            if words and (speaker := self._speaker(words)):
                yield speaker

    def _tokens(self) -> Iterator[_Token]:
        first = True
        for m in _TOKEN.finditer(self.sentence):
            start, end = m.span()
            if self._spoken(start):
                if any(start == s for s, _ in self.speech):
                    yield _Token('"', start, end, word=False)
                continue
            word = m.group()[0].isalnum() or m.group() in _NAME_PUNCTUATION
            if not word and self._in_name(start):
                continue
            yield _Token(m.group(), start, end, word=word, first=first and word)
            first = first and not word

    def _spoken(self, at: int) -> bool:
        return any(s <= at < e for s, e in self.speech)

    def _in_name(self, at: int) -> bool:
        return any(m.start() <= at < m.end() and _is_name(m.group()) for m in _QUOTED.finditer(self.sentence))

    def _index(self, at: int) -> int:
        """Give the index of the first token at or after a place in the sentence."""
        return next((i for i, t in enumerate(self.tokens) if t.start >= at), len(self.tokens))

    def _is(self, kind: str, token: _Token) -> bool:
        return bool(self.lists[kind].fullmatch(token.text))

    def _is_skip(self, i: int) -> bool:
        token = self.tokens[i]
        if not token.word:
            return False
        return (
            self._is("skips", token)
            or token.text.isdigit()
            or (self.cues.lang == "en" and token.text.endswith("ly"))
        )

    # Where the subject stands

    def _subject(self, start: int, end: int) -> Speaker | None:
        verb, after = self._index(start), self._index(end)
        before = verb
        while before > 0 and self._is_skip(before - 1):
            before -= 1
        mark = "" if before == 0 or self.tokens[before - 1].word else self.tokens[before - 1].text
        if mark == ",":
            places = [self._left(verb), self._right(after), self._inside(verb, after)]
        elif mark or before == 0:
            places = [self._right(after), self._inside(verb, after), self._left(verb)]
        else:
            places = [self._left(verb)]
            if self.cues.inverted:
                places += [self._inside(verb, after), self._right(after)]
        judged = [self._speaker(words, verb=start, after=end) for words in places if words]
        found = [speaker for speaker in judged if speaker]
        # In "the police said it was over", "it" may look like a speaker too.
        return next((speaker for speaker in found if not speaker.bare), found[0] if found else None)

    def _inside(self, verb: int, after: int) -> Sequence[_Token] | None:
        """Look between the two parts of a verb: "hat das Ministerium bestritten"."""
        return self._right(verb + 1, stop=after - 1) if self.cues.inverted and after - verb > 2 else None

    def _left(self, end: int) -> Sequence[_Token] | None:
        while end > 0 and self._is_skip(end - 1):
            end -= 1
            if self._is("ands", self.tokens[end]):  # "denied it and said": the subject stands further off
                return None
        if end > 0 and self.tokens[end - 1].text == ")":
            end = max((i for i in range(end) if self.tokens[i].text == "("), default=end)
        if end > 1 and self._is("relatives", self.tokens[end - 1]) and self.tokens[end - 2].text == ",":
            return self._grown_left(end - 2)
        if end > 0 and self.tokens[end - 1].text in {",", "–", "—"}:
            return self._around_apposition(end - 1)
        return self._grown_left(end)

    def _last_noun(self, words: Sequence[_Token] | None) -> Sequence[_Token] | None:
        """Cut off what stands before the last "the" or "a"."""
        starts = [i for i, t in enumerate(words or ()) if self._is("dets", t) and not self._is("links", t)]
        return words[starts[-1] :] if words and starts else words

    def _around_apposition(self, comma: int) -> Sequence[_Token] | None:
        mark = self.tokens[comma].text
        start = max(0, comma - MAX_APPOSITION_WORDS)
        opening = max((i for i in range(start, comma) if self.tokens[i].text == mark), default=None)
        if opening is None or opening + 1 >= comma:
            return None
        outer, inner = self._grown_left(opening), self.tokens[opening + 1 : comma]
        plain = all(t.word and not self._is("breaks", t) and not self._is("relatives", t) for t in inner)
        named = plain and any(self._is_proper(inner, i) for i in range(len(inner)))
        if outer is None or self._fault(outer):
            return inner if named and all(t.text[0].isupper() for t in inner) else None
        full_name = len(inner) > 1 and all(t.text[0].isupper() or self._is("links", t) for t in inner)
        person = any(self._is("persons", t) for t in outer)
        return [*outer, *inner] if (full_name and person) or (named and not self._names(outer)) else outer

    def _grown_left(self, end: int) -> Sequence[_Token] | None:
        start = end
        while start > 0 and end - start <= MAX_WORDS:
            token = self.tokens[start - 1]
            inner = self._is("links", token) or self._is("dets", token)
            said = any(s <= token.start < e for s, e in self.verbs) and not self._is_known(token)
            if said or not token.word or self._is("breaks", token) or (self._is_skip(start - 1) and not inner):
                break
            start -= 1
        if start > 0 and (self._is("preps", self.tokens[start - 1]) or self.tokens[start - 1].text.isdigit()):
            return None
        words = list(self.tokens[start:end])
        while (
            len(words) > 1
            and self._names(words[:-1])
            and not self._is_known(words[-1])
            and words[-1].text.islower()
        ):
            words.pop()
        return self._trimmed(words)

    def _is_known(self, token: _Token) -> bool:
        return any(self._is(kind, token) for kind in ("persons", "bodies", "outlets"))

    def _right(self, start: int, *, stop: int | None = None) -> Sequence[_Token] | None:
        stop = len(self.tokens) if stop is None else stop
        while start < stop and self._is_skip(start) and not self._is("dets", self.tokens[start]):
            start += 1
        end, unknown, head, proper = start, 0, False, False
        while end < stop and end - start <= MAX_WORDS:
            token = self.tokens[end]
            linked = end > start and self._is("links", self.tokens[end - 1])
            link, det = self._is("links", token), self._is("dets", token)
            role = self._is("persons", token) or self._is("bodies", token)
            named = token.text[0].isupper()
            if (
                not token.word
                or (self._is("breaks", token) and not link)
                or (self._is_skip(end) and not link and not det)
            ):
                break
            if det and (head or proper) and not link and not linked:
                break
            if head and self.cues.manner["hedge"].fullmatch(token.text):
                break
            if not (role or named or link or det):
                unknown += 1
                if (
                    (proper and not linked)
                    or unknown > MAX_ADJECTIVES
                    or (head and not self.cues.adjectives_follow)
                ):
                    break
            head, proper = head or role, proper or (named and not role)
            end += 1
        words = list(self.tokens[start:end])
        while (
            words
            and (self._is("links", words[-1]) or self._is("dets", words[-1]))
            and not words[-1].text[0].isupper()
        ):
            words.pop()
        return self._trimmed([*words, *self._name_after_comma(words, end, stop)])

    def _name_after_comma(self, words: Sequence[_Token], end: int, stop: int) -> Sequence[_Token]:
        """Give the name in "said the minister, Ana Lopes."."""
        if not words or end >= stop or self.tokens[end].text != ",":
            return ()
        role = any(self._is("persons", t) for t in words)
        if self._is_proper(words, len(words) - 1) and not (role and self._is("links", words[-2])):
            return ()
        run = []
        for token in self.tokens[end + 1 : end + 5]:
            if not token.word or not (token.text[0].isupper() or self._is("links", token)):
                break
            run.append(token)
        return run if len(run) > 1 or end + 2 == stop else ()

    def _trimmed(self, words: Sequence[_Token]) -> Sequence[_Token] | None:
        words = list(words)
        within = bool(words) and self._is("within", words[0])
        while (
            words
            and (self._is("skips", words[0]) or self._is("within", words[0]))
            and not self._is("dets", words[0])
        ):
            words.pop(0)
        if not words or len(words) > MAX_WORDS + MAX_APPOSITION_WORDS:
            return None
        if within and not any(self._is("bodies", t) for t in words):
            return None
        if (
            self._is("links", words[0])
            and not self._is("dets", words[0])
            and (words[0].first or words[0].text.islower())
        ):
            return None
        return words

    # Whether it is one

    def _names(self, words: Sequence[_Token]) -> bool:
        return any(self._is_proper(words, i) for i in range(len(words)))

    def _is_proper(self, words: Sequence[_Token], i: int) -> bool:
        """Tell a proper name by its capital, with care where every noun or every sentence has one."""
        token = words[i]
        if not token.text[0].isupper() or any(self._is(k, token) for k in _COMMON):
            return False
        if self.cues.lang != "de":
            return not (token.first and len(words) > 1 and not words[1].text[0].isupper())
        neighbour = i + 1 < len(words) and words[i + 1].text[0].isupper()
        after_name = i > 0 and words[i - 1].text[0].isupper() and not self._is("dets", words[i - 1])
        return neighbour or after_name or len(words) == 1

    def _fault(self, words: Sequence[_Token]) -> bool:
        """Tell that these words are no speaker: half a clause, a date, a number, nobody in particular."""
        inside = any(words[0].start <= s < words[-1].end for s, _ in self.verbs)
        nobody = self._is("nobody", words[0])
        number = any(t.text[0].isdigit() for t in words)
        lead = self._is("pronouns", words[0]) and len(words) > 1 and not self._is("dets", words[0])
        known = any(self._is_known(t) for t in words)
        owns = words[-1].text.endswith(("'s", "’s"))
        return inside or nobody or number or lead or owns or self._two(words) or not (known or self._names(words))

    def _two(self, words: Sequence[_Token]) -> bool:
        """Tell half a clause by a second "the" or "a" that nothing links to the first words."""
        inside = (a for a, b in pairwise(words) if self._is("dets", b) and not self._is("links", b))
        joined = (self._is("dets", a) or self._is("links", a) or self._before_comma(a, words) for a in inside)
        return not all(joined)

    def _before_comma(self, token: _Token, words: Sequence[_Token]) -> bool:
        return "," in self.sentence[token.end : words[-1].end]

    def _bare(self, words: Sequence[_Token]) -> bool:
        if len(words) == 1 and self._is("pronouns", words[0]):
            return True
        plain = [t for t in words if not self._is("definite", t)]
        definite = len(plain) < len(words) or (self.cues.lang in NO_ARTICLES and words[0].text[-1] not in "иыії")
        return definite and len(plain) == 1 and self._is("persons", plain[0])

    def _speaker(
        self, words: Sequence[_Token], *, verb: int | None = None, after: int | None = None, cited: bool = False
    ) -> Speaker | None:
        # "According to the firefighters" introduces them; "the minister said" points back.
        bare = self._bare(words) and (verb is not None or len(words) == 1)
        if not bare and self._fault(words):
            return None
        outlet = any(self._is("outlets", t) for t in words)
        passes_on = verb is not None and bool(self.lists["relays"].match(self.sentence, verb))
        start, end = words[0].start, words[-1].end
        for m in _QUOTED.finditer(self.sentence):
            if m.start() <= start < m.end() or m.start() < end <= m.end():
                start, end = min(start, m.start()), max(end, m.end())
        named = not bare and self._names(words) and any(self._is("persons", t) for t in words)
        return Speaker(start, end, verb, after, outlet or passes_on, bare, named, cited)


def _is_name(quoted: str) -> bool:
    inner = quoted[1:-1].strip()
    short = len(inner.split()) <= MAX_NAME_IN_QUOTES
    return short and inner[:1].isupper() and inner[-1:].isalnum() and quoted[0] not in '"“„‘'
