"""Sentence → Speakers: find subjects of saying, in languages that put spaces between words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from monitor.claims.asserters import is_institution, kind_of, personal_name
from monitor.claims.cues import Cues
from monitor.claims.joined import Joined
from monitor.claims.manner import manner_of
from monitor.claims.phrases import NO_ARTICLES, Token
from monitor.records import Manner
from monitor.utterances import AsserterKind

PARTICIPLES = ("ing", "ant", "ando", "endo", "indo")  # "Ana Lopes left, saying ...": who left said it
UNLISTED_WITHIN_WORDS = 4  # between a quotation or "that" and a person, with a verb that is in no list


@dataclass(frozen=True, slots=True)
class Speaker:
    """Somebody who may be the one who says it; start, end: where the words stand in the sentence.

    verb, after: where the verb of saying starts and ends; None for "according to".
    relays: passes on what others say. bare: a pronoun, "the minister", or a subject that is left out.
    cited: the source somebody else names ("citing the ministry").
    beside: where those stand who say it together ("the ministry and the army"), after this one.
    acts: does what the sentence tells, and says nothing.
    """

    start: int
    end: int
    verb: int | None
    after: int | None
    relays: bool = False
    bare: bool = False
    cited: bool = False
    beside: tuple[tuple[int, int], ...] = ()
    acts: bool = False


def speakers(sentence: str, cues: Cues) -> list[Speaker]:
    """List who may be saying what the sentence says, in no order; words inside quotations do not count."""
    finder = _Finder(sentence, cues)
    found = list(finder.all())
    known = [speaker for speaker in found if not finder.is_nobody(speaker)]
    if known:
        return known
    one = finder.unlisted() or finder.acting()
    return [one] if one else found


def told(sentence: str, speaker: Speaker, cues: Cues) -> Speaker | None:
    """Find the medium that a speaker told it: "she told AFP"."""
    return _Finder(sentence, cues).told(speaker)


class _Finder(Joined):
    """Where the subjects of saying stand in one sentence."""

    def all(self) -> Iterator[Speaker]:
        for start, end in self.verbs:
            if speaker := self._subject(start, end):
                yield speaker
        for start, end in self.passive:
            words = self._right(self._index(end))
            if words and (speaker := self._speaker(words, verb=start, after=end)):
                yield speaker
        for start, _ in self._found("citing"):
            words = self._right(0, stop=self._index(start))
            if (
                words
                and any(self._is("outlets", t) for t in words)
                and (speaker := self._speaker(words, verb=start, after=start))
            ):
                yield speaker
        for kind in ("before", "citing", "regards"):
            for start, end in self._found(kind):
                words = self._owner(self._right(self._index(end)))
                person = kind != "regards" or bool(words and self._regarded(start, words))
                if words and person and (speaker := self._speaker(words, cited=kind == "citing")):
                    yield speaker
        for start, end in self._found("theirs"):
            yield Speaker(start, end, None, None, bare=True)
        yield from self._houses()
        for start, _ in self._found("after"):
            words = self._last_noun(self._left(self._index(start)))
            if words and (speaker := self._speaker(words)):
                yield speaker

    def unlisted(self) -> Speaker | None:
        """Find a person who says it by a verb in no list: by a quotation, "that", or what is done."""
        for i, token in enumerate(self.tokens):
            if token.text == '"' and i > 0 and (speaker := self._behind_quote(i)):
                return speaker
        start = next((i for i, token in enumerate(self.tokens) if not self._is_skip(i)), 0)
        words = self._right(start)
        if not words or not self._is_person(words):
            return None
        at = self._index(words[-1].end)
        rest = self.tokens[at : at + UNLISTED_WITHIN_WORDS]
        quoted = any(token.text == '"' for token in self.tokens[at:])
        that = any(self._is("that", token) for token in rest[1:])
        verb = rest[0] if rest and rest[0].word and rest[0].text.islower() else None
        if verb is None or not (quoted or that or self._denies_or_admits(words, verb)):
            return None
        return self._speaker(words, verb=verb.start, after=verb.end)

    def acting(self) -> Speaker | None:
        """Find an institution whose deed it is: "the court sentenced", "the agency puts the toll at"."""
        for start, end in self._found("acts"):
            speaker = self._subject(start, end)
            if speaker and not speaker.bare and self._opens(speaker) and self._is_institution(speaker):
                return replace(speaker, acts=True)
        return None

    def _opens(self, speaker: Speaker) -> bool:
        """Tell that a speaker opens the sentence, but for "On Monday"."""
        return self.opens_clause(self._index(speaker.start)) and "," not in self.unspoken[: speaker.start]

    def _is_institution(self, speaker: Speaker) -> bool:
        """Tell "the court" from a person, and from half a clause ("the hospital will")."""
        words = self.tokens[self._index(speaker.start) : self._index(speaker.end)]
        half = any(self._is("auxiliaries", token) for token in words)
        return not half and is_institution(self.sentence[speaker.start : speaker.end], self.cues)

    def _houses(self) -> Iterator[Speaker]:
        """Find where one says it, if that is no mere place: "Aus dem Kreml hieß es", "À l'Élysée, on dément"."""
        for start, end in self._found("one_says"):
            words = self._right(1, stop=self._index(start)) if self._is("whence", self.tokens[0]) else None
            text = self.sentence[words[0].start : words[-1].end] if words else ""
            if words and kind_of(text, self.cues) not in (AsserterKind.PERSON, AsserterKind.MEDIUM):
                yield Speaker(words[0].start, words[-1].end, start, end)

    def _denies_or_admits(self, words: Sequence[Token], verb: Token) -> bool:
        """Tell that somebody with an office and a name denies, refuses or admits something in whatever words."""
        office = any(self._is("persons", token) for token in words)
        named = personal_name(self.sentence[words[0].start : words[-1].end], self.cues)
        marked = manner_of(self.sentence, self.cues.lang)
        told = marked.manner is not Manner.STATEMENT or marked.retracts or marked.admits
        return office and bool(named) and told and not self._is("auxiliaries", verb)

    def is_nobody(self, speaker: Speaker) -> bool:
        """Tell "it" and "they" from "she"."""
        words = self.sentence[speaker.start : speaker.end]
        lists = (self.lists[kind].fullmatch(words) for kind in ("personal", "persons"))
        return speaker.bare and bool(self.lists["pronouns"].fullmatch(words)) and not any(lists)

    def told(self, speaker: Speaker) -> Speaker | None:
        """Find the medium that a speaker told it: "she told AFP"."""
        if speaker.verb is None or speaker.after is None:
            return None
        at = self._index(max(speaker.after, speaker.end))
        said = self.sentence[speaker.verb : speaker.after]
        opened = self.cues.lang in NO_ARTICLES or bool(self.lists["told"].fullmatch(said))
        while at < len(self.tokens) and self._is("told", self.tokens[at]):
            at, opened = at + 1, True
        words = self._right(at) if opened and at < len(self.tokens) else None
        if not words or not any(self._is("outlets", token) for token in words):
            return None
        start = self.tokens[at - 1].start if self._is("dets", self.tokens[at - 1]) else words[0].start
        return Speaker(start, words[-1].end, None, None, relays=True)

    def _owner(self, words: Sequence[Token] | None) -> Sequence[Token] | None:
        """Give whose something is: "according to the ministry's latest figures"."""
        if not words or not words[-1].text.endswith(("'s", "’s")):
            return words
        last = words[-1]
        return [*words[:-1], replace(last, text=last.text[:-2], end=last.end - 2)]

    def _behind_quote(self, quote: int) -> Speaker | None:
        """Read "«...», quipped on Monday Ana Lopes"."""
        at = quote + 1
        while at < len(self.tokens) and self.tokens[at].text in {",", "–", "—"}:
            at += 1
        for i in range(at + 1, min(at + 1 + UNLISTED_WITHIN_WORDS, len(self.tokens))):
            between = self.tokens[at:i]
            if not all(t.word and t.text[0].islower() and not self._is("breaks", t) for t in between):
                return None
            words = self._right(i)
            if words and words[0].start == self.tokens[i].start and self._is_person(words):
                return self._speaker(words, verb=between[0].start, after=between[0].end)
        return None

    def _regarded(self, at: int, words: Sequence[Token]) -> bool:
        """Tell "For Ana Lopes, it is over" from "for the police": a person, at the start of the sentence."""
        opens = self._index(at) == 0
        known = any(self._is("persons", t) for t in words) or sum(t.text[0].isupper() for t in words) > 1
        return opens and known and self._names(words)

    def _subject(self, start: int, end: int) -> Speaker | None:
        verb, after = self._index(start), self._index(end)
        before = verb
        while before > 0 and self._is_skip(before - 1):
            before -= 1
        mark = "" if before == 0 or self.tokens[before - 1].word else self.tokens[before - 1].text
        if mark == "," and self.sentence[start:end].endswith(PARTICIPLES):
            opening = self._right(0)
            places = [opening if opening and self._is_person(opening) else None]
        elif mark == ",":
            places = [self._left(verb), self._right(after), self._inside(verb, after)]
        elif mark or before == 0:
            places = [self._right(after), self._inside(verb, after), self._left(verb)]
        else:
            places = [self._left(verb)]
            if self.cues.inverted:
                places += [self._inside(verb, after), self._right(after)]
        nominative = [words for words in places if words and not self._is("oblique", words[0])]
        judged = [self._speaker(words, verb=start, after=end) for words in nominative]
        found = [speaker for speaker in judged if speaker]
        if not found:
            words = self._far_left(verb)
            return (self._speaker(words, verb=start, after=end) if words else None) or self._left_out(
                start, end, before
            )
        # In "the police said it was over", "it" looks like one too; in "she denied the report" she is one.
        return next((s for s in found if not s.bare or (s.end <= start and not self.is_nobody(s))), found[0])

    def _far_left(self, verb: int) -> Sequence[Token] | None:
        """Find the subject that opens the clause: "Ana Lopes on Monday again", "Ana Lopes, who on Monday"."""
        start = verb
        while start > 0 and self.tokens[start - 1].word and not self._is("breaks", self.tokens[start - 1]):
            start -= 1
        if start > 1 and self._is("relatives", self.tokens[start]) and self.tokens[start - 1].text == ",":
            return self._grown_left(start - 1)
        if start == verb and start > 1 and self._is("joins", self.tokens[start - 1]):
            return self._of_both_verbs(start - 1)
        if start == verb or (start > 0 and self.tokens[start - 1].word):
            return None
        if self._is("personal", self.tokens[start]):
            return [self.tokens[start]]
        words = self._right(start, stop=verb)
        named = words and self._names(words) and (len(words) > 1 or words[0].first)
        person = words and (any(self._is("persons", t) for t in words) or len(words) in (2, 3))
        return words if named and person else None

    def _of_both_verbs(self, joint: int) -> Sequence[Token] | None:
        """Find who does the first of two things: "the ministry spoke of rumours and denied it"."""
        start = joint
        while start > 0 and self.tokens[start - 1].word:
            start -= 1
        words = self._right(start, stop=joint)
        at = self._index(words[-1].end) if words else joint
        verb = self.tokens[at] if at < joint else None
        does = (
            verb is not None
            and verb.text.islower()
            and not self._is("preps", verb)
            and not self._is("links", verb)
        )
        known = words and (any(map(self._is_known, words)) or self._is_person(words))
        return words if known and does else None

    def _left_out(self, start: int, end: int, before: int) -> Speaker | None:
        """Give the subject that is understood: "«It is over», said on Monday." """
        opens = before == 0 or self.tokens[before - 1].text == '"' or self._is_aside(before)
        opens = opens or (
            before > 1 and self.tokens[before - 1].text in ",—–" and self.tokens[before - 2].text == '"'
        )
        return Speaker(start, start, start, end, bare=True) if self.cues.drops and opens else None

    def _inside(self, verb: int, after: int) -> Sequence[Token] | None:
        """Look between the two parts of a verb: "hat das Ministerium bestritten"."""
        return self._right(verb + 1, stop=after - 1) if self.cues.inverted and after - verb > 2 else None

    def _is_aside(self, end: int) -> bool:
        """Tell "In court" and "Asked again," from a subject."""
        if self.cues.lang in NO_ARTICLES:
            return False
        first = self.tokens[0]
        prep = self._is("preps", first) or self._is("told", first) or self._is("links", first)
        comma = self.tokens[end - 1].text == "," and not any(t.text[0].isupper() for t in self.tokens[1:end])
        return (prep and not self._is("dets", first)) or comma

    def _speaker(
        self, words: Sequence[Token], *, verb: int | None = None, after: int | None = None, cited: bool = False
    ) -> Speaker | None:
        joint = self.together(words, verb)
        first = next((one for one in joint if not self._points_back(one, verb)), joint[0])
        others = [one for one in joint if one is not first and not self._points_back(one, verb)]
        bare = self._points_back(first, verb)
        if not bare and self._fault(first):
            return None
        outlet = any(self._is("outlets", t) for t in first)
        passes_on = verb is not None and bool(self.lists["relays"].match(self.sentence, verb))
        beside = tuple(map(self._span, others))
        return Speaker(*self._span(first), verb, after, outlet or passes_on, bare, cited, beside)

    def _points_back(self, words: Sequence[Token], verb: int | None) -> bool:
        """Tell "the minister said" from "according to the firefighters", which introduces them."""
        return self._bare(words) and (verb is not None or len(words) == 1)

    def _span(self, words: Sequence[Token]) -> tuple[int, int]:
        """Say where words stand, with the whole of a name in quotation marks."""
        start, end = words[0].start, words[-1].end
        for s, e in self.names:
            if s <= start < e or s < end <= e:
                start, end = min(start, s), max(end, e)
        return start, end
