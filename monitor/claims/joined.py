"""Phrases → Joined: who stands together ("the ministry, the army and Ana Lopes"), and what is one name."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.claims.asserters import personal_name
from monitor.claims.institutions import kind_of_name
from monitor.claims.phrases import Phrases, Token


class Joined(Phrases):
    """One sentence, in which several may speak together."""

    def together(self, words: Sequence[Token], verb: int | None) -> list[Sequence[Token]]:
        """Part "the ministry and the army" and look for more of them; the words themselves if nobody is joined."""
        before = verb is not None and words[0].start < verb
        parts = self._parts(words)
        if before:
            return self._joined_before(parts)
        at = self._index(words[-1].end)
        more = self._right(at + 1) if at < len(self.tokens) and self._is("joins", self.tokens[at]) else None
        if more and not self._fault(more) and self._joins(parts[-1], more):
            parts, at = [*parts, more], self._index(more[-1].end)
        ends = at == len(self.tokens) or not self.tokens[at].word
        return parts if ends or self._is("preps", self.tokens[at]) or self._is_skip(at) else parts[:1]

    def _parts(self, words: Sequence[Token]) -> list[Sequence[Token]]:
        for i in range(len(words) - 2, 0, -1):
            left, right = words[:i], words[i + 1 :]
            if self._is("joins", words[i]) and self._joins(left, right):
                return [*(self._parts(left) if self._is_noun_alone(left) else ()), right]
        return [words]

    def _joined_before(self, parts: Sequence[Sequence[Token]]) -> list[Sequence[Token]]:
        """Read backwards from "and the army said" to where the clause begins; the words as they are, if it begins
        otherwise. What stands before "and mines said" is no speaker of its own, but the rest of that one."""
        found, start = list(parts), self._index(parts[0][0].start)
        joint = start > 1 and (self._is("joins", self.tokens[start - 1]) or self._goes_on_before(start, parts))
        while joint:
            words = self._grown_left(start - 1)
            if not words or self._fault(words) or not self._is_noun_alone(words):
                break
            if self._joins(words, found[0]):
                found.insert(0, words)
            elif self._is("joins", self.tokens[start - 1]):
                found[0] = [*words, self.tokens[start - 1], *found[0]]
            else:
                break
            start = self._index(words[0].start)
            joint = self._goes_on_before(start, found)
        return found if self.opens_clause(start) else list(parts)

    def _goes_on_before(self, start: int, parts: Sequence[Sequence[Token]]) -> bool:
        """Tell that "the ministry, the army and the police" has more of them before a comma."""
        return len(parts) > 1 and start > 1 and self.tokens[start - 1].text == ","

    def _joins(self, left: Sequence[Token], right: Sequence[Token]) -> bool:
        """Tell "the ministry and the army" from "the ministry of energy and mines"."""
        det, linked = self._is("dets", right[0]), any(self._is("links", t) for t in left[1:])
        if (self._is("links", right[0]) and (not det or linked)) or self._fault(right):
            return False
        text = self.sentence[right[0].start : right[-1].end]
        named = len(personal_name(text, self.cues).split()) > 1
        if linked and not named and self._describes(left, right, det=det):
            return False
        known = any(map(self._is_known, right))
        by_name = kind_of_name(text, self.cues.lang, declined=False) is not None
        capitals = sum(t.text[0].isupper() for t in right)
        named = named or right[-1].text.isupper() or (capitals > 1 and not known)
        noun = known and (det or not self._is("dets", left[0]))
        return by_name or named or noun or (det and self._names(right))

    def _describes(self, left: Sequence[Token], right: Sequence[Token], *, det: bool) -> bool:
        """Tell "the head of the army and the navy", "sources in Minsk and Hanoi": both are of the first noun."""
        office = any(self._is("persons", t) for t in right)
        role = any(self._is("persons", t) for t in left)
        text = self.sentence[left[0].start : left[-1].end]
        return not office and ((role and not personal_name(text, self.cues)) or not (det or role))

    def opens_clause(self, start: int) -> bool:
        """Tell "that the army and the police", "On Monday the army and the police"."""
        at = start
        while at > 0 and self._is_skip(at - 1) and not self._is("ands", self.tokens[at - 1]):
            at -= 1
        ahead = self.tokens[at - 1] if at > 0 else None
        opening = at == 1 and ahead is not None and (self._is("preps", ahead) or self._is("told", ahead))
        return ahead is None or not ahead.word or self._is("that", ahead) or opening

    def _is_noun_alone(self, words: Sequence[Token]) -> bool:
        """Tell a speaker from half a clause: in small letters only offices, bodies, and what describes them."""
        for i, token in enumerate(words):
            near = words[i - 1] if self.cues.adjectives_follow and i else words[min(i + 1, len(words) - 1)]
            plain = any(self._is(kind, token) for kind in ("links", "dets", "persons", "bodies", "outlets"))
            if token.text[0].islower() and not plain and (near is token or not self._is_known(near)):
                return False
        return True
