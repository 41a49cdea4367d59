"""Sentence → Phrases: cut it into words, and find the nouns with all that belongs to them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from monitor.claims import quotations, seats
from monitor.claims.asserters import is_acronym, is_word
from monitor.claims.cues import Cues
from monitor.claims.institutions import is_after_in, kind_of_name

# Tuned on 18 of the 25 training stories, November 2026: longer subjects are nearly always half a clause.
MAX_WORDS = 12
MAX_APPOSITION_WORDS = 16
_COMMON = ("persons", "bodies", "pronouns", "dets", "skips", "preps", "links")  # no proper names
_SMALL = frozenset({"pronouns", "relatives", "breaks", "skips", "preps", "joins", "ands"})
NO_ARTICLES = frozenset({"ru", "uk"})
MAX_ADJECTIVES = 3  # words we do not know, between what we know

_ELIDED = r"(?<!\w)(?:[ldnsjcmt]|qu|dell|all|dall|nell|sull|un|lorsqu|jusqu|puisqu)['’](?=\w)"
_TOKEN = re.compile(rf"{_ELIDED}|\w+(?:[-‑'’ʼ]\w+)*(?:['’](?=\s\w))?|[^\w\s]", re.IGNORECASE)
_NAME_PUNCTUATION = frozenset("&/")


@dataclass(frozen=True, slots=True)
class Token:
    text: str
    start: int
    end: int
    word: bool  # False: a mark that ends a clause, or a whole quotation
    first: bool = False  # the first word of the sentence


class Phrases:
    """One sentence, cut into words, held against the cues of its language."""

    def __init__(self, sentence: str, cues: Cues) -> None:
        self.sentence, self.lists, self.cues = sentence, cues.attribution, cues
        self.speech = quotations.spoken(sentence, self.lists["says"])
        self.names = quotations.names(sentence)
        self.unspoken = sentence
        for start, end in self.speech:
            self.unspoken = self.unspoken[:start] + "." * (end - start) + self.unspoken[end:]
        self.tokens, self.verbs = list(self._tokens()), list[tuple[int, int]]()
        passive = [span for span in self._found("by") if self._is_passive(span[1])]
        self.passive = passive
        # "..., has she said": whom it points back to is the subject, not what stands before it.
        taken = [*passive, *self._found("theirs")]
        verbs = [self._in_one_clause(s, e) for s, e in self._found("says")]
        free = [(s, e) for s, e in verbs if not any(s < b and a < e for a, b in taken)]
        self.verbs = [(s, e) for s, e in free if not self._ends_a_state(s, e)]

    def _found(self, kind: str) -> list[tuple[int, int]]:
        return [m.span() for m in self.lists[kind].finditer(self.unspoken)]

    def _in_one_clause(self, start: int, end: int) -> tuple[int, int]:
        """Leave out the auxiliary of the clause before: "les clauses ont été violées, a expliqué"."""
        comma = self.unspoken.rfind(",", start, end)
        later = self.lists["says"].finditer(self.unspoken, comma + 1, end) if comma >= 0 else ()
        return next((m.span() for m in later if m.end() == end), (start, end))

    def _ends_a_state(self, start: int, end: int) -> bool:
        """Tell "States" in "the United States" from a verb."""
        before = self.sentence[:start].split()[-1:]
        return (
            bool(before) and seats.state_of(f"{before[0]} {self.sentence[start:end]}", self.cues.lang) is not None
        )

    def _is_person(self, words: Sequence[Token]) -> bool:
        role = any(self._is("persons", t) for t in words) and not any(self._is("unnamed", t) for t in words)
        capitals = sum(t.text[0].isupper() and not self._is_known(t) for t in words)
        body = any(self._is("bodies", t) for t in words) and not role
        return self._names(words) and not body and (capitals >= (1 if role else 2))

    def _is_passive(self, end: int) -> bool:
        """Tell "was denied by the ministry"; German has its verb behind: "wurde vom Ministerium bestritten"."""
        words = self._right(self._index(end))
        if self.cues.lang != "de" or not words:
            return bool(words)
        return bool(self.lists["says"].match(self.sentence, words[-1].end + 1))

    def _tokens(self) -> Iterator[Token]:
        first = True
        for m in _TOKEN.finditer(self.sentence):
            start, end = m.span()
            if self._spoken(start):
                if any(start == s for s, _ in self.speech):
                    yield Token('"', start, end, word=False)
                continue
            word = m.group()[0].isalnum() or m.group() in _NAME_PUNCTUATION
            if not word and self._in_name(start):
                continue
            yield Token(m.group(), start, end, word=word, first=first and word)
            first = first and not word

    def _spoken(self, at: int) -> bool:
        return any(s <= at < e for s, e in self.speech)

    def _in_name(self, at: int) -> bool:
        return any(start <= at < end for start, end in self.names)

    def _index(self, at: int) -> int:
        """Give the index of the first token at or after a place in the sentence."""
        return next((i for i, t in enumerate(self.tokens) if t.start >= at), len(self.tokens))

    def _is(self, kind: str, token: Token) -> bool:
        if kind in _SMALL and is_acronym(token.text):  # "the WHO"
            return False
        return is_word(kind, token.text, self.cues)

    def _is_skip(self, i: int) -> bool:
        token = self.tokens[i]
        if not token.word:
            return False
        return (
            self._is("skips", token)
            or token.text.isdigit()
            or (self.cues.lang == "en" and token.text.endswith("ly"))
        )

    def _left(self, end: int) -> Sequence[Token] | None:
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

    def _last_noun(self, words: Sequence[Token] | None) -> Sequence[Token] | None:
        """Cut off what stands before the last "the" or "a"."""
        starts = [i for i, t in enumerate(words or ()) if self._is("dets", t) and not self._is("links", t)]
        return words[starts[-1] :] if words and starts else words

    def _around_apposition(self, comma: int) -> Sequence[Token] | None:
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

    def _grown_left(self, end: int) -> Sequence[Token] | None:
        start = end
        while start > 0 and end - start <= MAX_WORDS:
            token = self.tokens[start - 1]
            inner = self._is("links", token) or self._is("dets", token)
            said = any(s <= token.start < e for s, e in self.verbs) and not self._is_known(token)
            skip = self._is_skip(start - 1) and not inner and not self._is_title_word(start - 1)
            breaks = self._is("breaks", token) and not (start < end and self._goes_on_with(start - 1))
            if said or not token.word or breaks or skip:
                break
            start -= 1
        if start > 0 and (self._is("preps", self.tokens[start - 1]) or self.tokens[start - 1].text.isdigit()):
            return None
        if start > 0 and self.cues.lang == "de" and self._opens_aside(start - 1):
            return None  # "Im Frühjahr hatte ...", "Nach dem Treffen mit Norwegen und Schweden sagte ..."
        words = list(self.tokens[start:end])
        if words and self._is("personal", words[-1]):
            return words[-1:]  # "documents he did not show": the object stands first
        while len(words) > 1 and self._names(words[:-1]) and self._trails(words):
            words.pop()
        return self._trimmed(words)

    def _opens_aside(self, i: int) -> bool:
        """Tell "Im" before a subject from "und" between two."""
        joined = self._is("joins", self.tokens[i]) and self._grown_left(i) is not None
        return self._is("links", self.tokens[i]) and not joined

    def _goes_on_with(self, i: int) -> bool:
        """Tell "and" in "the ministry of defence and of justice"."""
        following = self.tokens[i + 1]
        linked = self._is("links", following) and not self._is("dets", following)
        return linked and self._is("joins", self.tokens[i])

    def _is_title_word(self, i: int) -> bool:
        """Tell "Evening" in "The Evening Ledger"."""
        inside = 0 < i < len(self.tokens) - 1 and self._is("dets", self.tokens[i - 1])
        return inside and self.tokens[i].text[0].isupper() and self.tokens[i + 1].text[0].isupper()

    def _trails(self, words: Sequence[Token]) -> bool:
        """Tell that the last word no longer belongs to a name: no office, small letters, linked by nothing."""
        linked = any(self._is("links", t) for t in words[-3 if self.cues.adjectives_follow else -2 : -1])
        return words[-1].text.islower() and not linked and not self._is_known(words[-1])

    def _is_known(self, token: Token) -> bool:
        return any(self._is(kind, token) for kind in ("persons", "bodies", "outlets"))

    def _right(self, start: int, *, stop: int | None = None) -> Sequence[Token] | None:
        stop = len(self.tokens) if stop is None else stop
        while (
            start < stop
            and self._is_skip(start)
            and (not self._is("dets", self.tokens[start]) or self._is_date(start, stop))
        ):
            start += 1
        if start < stop and self._is("personal", self.tokens[start]):
            return [self.tokens[start]]
        end, unknown, head, proper = start, 0, False, False
        while end < stop and end - start <= MAX_WORDS:
            token = self.tokens[end]
            linked = end > start and self._is("links", self.tokens[end - 1])
            link, det = self._is("links", token), self._is("dets", token)
            role = self._is_known(token)
            named = token.text[0].isupper()
            if (
                not token.word
                or (self._is("breaks", token) and not link)
                or (self._is_skip(end) and not link and not det)
            ):
                break
            if det and (head or proper) and not link and not linked and not self._in_title(end):
                break
            if (proper and self._tells(end)) or (
                head and any(token.start == s for s, _ in self.verbs) and not self._is_known(token)
            ):
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

    def _is_date(self, i: int, stop: int) -> bool:
        """Tell "el" in "el martes"."""
        return i + 1 < stop and self._is_skip(i + 1) and not self._is("dets", self.tokens[i + 1])

    def _tells(self, i: int) -> bool:
        """Tell that here the medium begins that it was told to: "said Ana Lopes to the agency"."""
        after = i
        while after < len(self.tokens) and self._is("told", self.tokens[after]):
            after += 1
        told = after > i or self.cues.lang in NO_ARTICLES
        return told and after < len(self.tokens) and self._is("outlets", self.tokens[after])

    def _in_title(self, i: int) -> bool:
        """Tell "The" in "the newspaper The Beacon"."""
        return self.tokens[i].text[0].isupper() and i > 0 and self._is("outlets", self.tokens[i - 1])

    def _name_after_comma(self, words: Sequence[Token], end: int, stop: int) -> Sequence[Token]:
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

    def _trimmed(self, words: Sequence[Token]) -> Sequence[Token] | None:
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
        while within and len(words) > 1 and self._trails(words):  # "in the Kremlin this report [was denied]"
            words.pop()
        if within and not any(map(self._is_body, words)) and not self._is_named_after_in(words):
            return None
        if (
            self._is("links", words[0])
            and not self._is("dets", words[0])
            and (words[0].first or words[0].text.islower())
        ):
            return None
        return words

    def _is_body(self, token: Token) -> bool:
        """Tell "in the ministry" and "в ООН", where they say it, from any other place."""
        return self._is("bodies", token) or is_acronym(token.text)

    def _is_institution_by_name(self, words: Sequence[Token]) -> bool:
        """Tell "der Kreml" and "die Lufthansa" from a noun like any other, which German writes alike."""
        return kind_of_name(self.sentence[words[0].start : words[-1].end], self.cues.lang) is not None

    def _is_named_after_in(self, words: Sequence[Token]) -> bool:
        """Tell "in Moscow" and "в «Газпроме»", where they deny it, from any other place."""
        return is_after_in(self.sentence[words[0].start : words[-1].end], self.cues.lang)

    def _names(self, words: Sequence[Token]) -> bool:
        return any(self._is_proper(words, i) for i in range(len(words)))

    def _is_proper(self, words: Sequence[Token], i: int) -> bool:
        """Tell a proper name by its capital, with care where every noun or every sentence has one."""
        token = words[i]
        if not token.text[0].isupper() or any(self._is(k, token) for k in _COMMON):
            return False
        if is_acronym(token.text):
            return True
        if self.cues.lang != "de":
            return not (token.first and len(words) > 1 and not words[1].text[0].isupper())
        neighbour = i + 1 < len(words) and words[i + 1].text[0].isupper()
        after_name = i > 0 and words[i - 1].text[0].isupper() and not self._is("dets", words[i - 1])
        return neighbour or after_name or len(words) == 1

    def _fault(self, words: Sequence[Token]) -> bool:
        """Tell that these words are no speaker: half a clause, a date, a number, nobody in particular."""
        inside = any(words[0].start <= s < words[-1].end for s, _ in self.verbs)
        nobody = self._is("nobody", words[0])
        number = any(t.text[0].isdigit() for t in words)
        lead = self._is("pronouns", words[0]) and len(words) > 1 and not self._is("dets", words[0])
        known = any(self._is_known(t) for t in words)
        owns = words[-1].text.endswith(("'s", "’s"))
        return (
            inside
            or nobody
            or number
            or lead
            or owns
            or self._two(words)
            or not (known or self._names(words) or self._is_institution_by_name(words))
        )

    def _two(self, words: Sequence[Token]) -> bool:
        """Tell half a clause by a second "the" or "a" that nothing links to the first words."""
        dets = ((a, b) for a, b in pairwise(words) if self._is("dets", b) and not self._is("links", b))
        inside = (a for a, b in dets if not b.text[0].isupper())
        joined = (self._is("dets", a) or self._is("links", a) or self._before_comma(a, words) for a in inside)
        return not all(joined)

    def _before_comma(self, token: Token, words: Sequence[Token]) -> bool:
        return "," in self.sentence[token.end : words[-1].end]

    def _bare(self, words: Sequence[Token]) -> bool:
        if len(words) == 1 and self._is("pronouns", words[0]):
            return True
        plain = [t for t in words if not self._is("definite", t)]
        definite = len(plain) < len(words) or (self.cues.lang in NO_ARTICLES and words[0].text[-1] not in "иыії")
        return definite and len(plain) == 1 and self._is("persons", plain[0]) and not self._is("outlets", plain[0])
