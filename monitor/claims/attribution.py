"""Sentence → Attribution: who says what a sentence says, word for word.

Precision before recall: where no pattern is sure, nobody is named.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from monitor.claims import speakers, topics
from monitor.claims.cues import Cues, cues_for
from monitor.claims.speakers import Speaker

# "The agency said the minister said": so little stands between the first verb and the second speaker.
NESTED_WITHIN_CHARS = 12
# The time grows with the square of the length: 1 s here at the worst, for quotation marks alone.
MAX_SENTENCE_CHARS = 3_000


@dataclass(frozen=True, slots=True)
class Attribution:
    """Who says what a sentence says.

    asserted_by: the speaker, with role words, as written; None where no pattern is sure.
    through: who passes it on ("the agency reports that the minister said"), as written.
    start, end: where asserted_by stands in the sentence; None where an earlier sentence named the speaker.
    said: where the verb of saying starts and ends; None for "according to".
    """

    asserted_by: str | None = None
    through: str | None = None
    start: int | None = None
    end: int | None = None
    said: tuple[int, int] | None = None


def asserted_by(sentence: str, lang: str | None, *, context: Sequence[str] = ()) -> str | None:
    """Name who says what the sentence says, as the sentence writes it.

    context: the sentences before, in order. With it "she said" and "the minister said" are resolved where
    exactly one person spoke before; the name is then as written there.
    """
    return attribution(sentence, lang, context=context).asserted_by


def attribution(sentence: str, lang: str | None, *, context: Sequence[str] = ()) -> Attribution:
    """Find who says what the sentence says, and who passes it on.

    lang: two letters; None: the script decides, where it can. context: as for asserted_by.
    A "sentence" of more than MAX_SENTENCE_CHARS is a table or a list of links, and has no speaker.
    Of several speakers the innermost counts: the one who says it, not the one who reports that it was said.
    """
    cues = cues_for(sentence, lang)
    if cues is None or not cues.has_attribution or len(sentence) > MAX_SENTENCE_CHARS:
        return Attribution()
    chosen, relay = _innermost(_speakers(sentence, cues))
    through = sentence[relay.start : relay.end] if relay and not relay.bare else None
    if chosen is None:
        return Attribution()
    if chosen.bare:
        words = sentence[chosen.start : chosen.end].lower()
        name = _named_before(context, cues)
        # "The minister" is not the spokesman who was named before.
        fits = _is_pronoun(words, cues) or words.split()[-1] in (name or "").lower()
        return Attribution(name if fits else None, through, said=_verb(chosen))
    return Attribution(sentence[chosen.start : chosen.end], through, chosen.start, chosen.end, _verb(chosen))


def _verb(speaker: Speaker) -> tuple[int, int] | None:
    return (speaker.verb, speaker.after) if speaker.verb is not None and speaker.after is not None else None


def _speakers(sentence: str, cues: Cues) -> list[Speaker]:
    return speakers.speakers(sentence, cues) if cues.words else topics.speakers(sentence, cues)


def _innermost(found: Sequence[Speaker]) -> tuple[Speaker | None, Speaker | None]:
    saying = sorted((s for s in found if s.verb is not None), key=lambda s: s.verb or 0)
    sources = [s for s in found if s.verb is None]
    cited = next((s for s in sources if s.cited), None)
    if cited:
        return cited, next((s for s in saying if s != cited), None)
    own = [s for s in saying if not s.relays]
    if not own:
        source = next(iter(sources), None)
        relay = next(iter(saying), None)
        # The agency reports that ... according to the ministry: the ministry says it.
        return (source, relay) if source else (relay, None)
    first, *others = own
    nested = next(
        (s for s in others if not s.bare and 0 <= s.start - (first.after or 0) <= NESTED_WITHIN_CHARS), None
    )
    relay = next((s for s in (*saying, *sources) if s.relays and s != first), None)
    return (nested, first) if nested else (first, relay)


def _named_before(context: Sequence[str], cues: Cues) -> str | None:
    """Name the one speaker of the sentences before, or None where there is none or more than one."""
    names = []
    for sentence in context:
        chosen, _ = _innermost(_speakers(sentence, cues))
        if chosen and not chosen.bare and chosen.named:
            names.append(sentence[chosen.start : chosen.end])
    longest = max(names, key=len, default=None)
    same = longest is not None and all(_last_word(name) in longest for name in names)
    return longest if same else None


def _is_pronoun(words: str, cues: Cues) -> bool:
    lists = ("pronouns",) if cues.words else ("pronouns", "definite")
    return any(cues.attribution[name].fullmatch(words) for name in lists)


def _last_word(name: str) -> str:
    return name.rsplit(maxsplit=1)[-1]
