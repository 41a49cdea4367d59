"""Sentence → Attribution: who says what a sentence says, through whom, how, and how firmly.

Precision before recall: where no pattern is sure, nobody is named.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from monitor.claims import coreference, quotations, speakers, topics
from monitor.claims.asserters import kind_of, personal_name, roles
from monitor.claims.cues import Cues, cues_for
from monitor.claims.firmness import firmness_of, how_put
from monitor.claims.manner import manner_of
from monitor.claims.speakers import Speaker
from monitor.utterances import Asserter, AsserterKind, Firmness, How

# "The agency said the minister said": so little stands between the first verb and the second speaker.
NESTED_WITHIN_CHARS = 12
# The time grows with the square of the length: 1 s here at the worst, for quotation marks alone.
MAX_SENTENCE_CHARS = 3_000


@dataclass(frozen=True, slots=True)
class Attribution:
    """Who says what a sentence says.

    asserted_by: the speaker, with role words, as written; None where no pattern is sure.
    chain: who passes it on, the outermost first, and the speaker last where there is one: also "he", where that
    stays open and asserted_by is None, and "" for a subject that is left out.
    how, firmness: how the sentence puts it, also where nobody is named.
    start, end: where asserted_by stands in the sentence; None where an earlier sentence named the speaker.
    said: where the verb of saying starts and ends; None for "according to".
    beside: who says it together with the speaker ("the ministry and the army deny it"), as written.
    """

    asserted_by: str | None = None
    chain: tuple[Asserter, ...] = ()
    how: How = How.SAYS
    firmness: Firmness = Firmness.FACT
    start: int | None = None
    end: int | None = None
    said: tuple[int, int] | None = None
    beside: tuple[Asserter, ...] = ()

    @property
    def kind(self) -> AsserterKind | None:
        """The kind of the speaker; None where nobody is named."""
        return self.chain[-1].kind if self.asserted_by is not None else None

    @property
    def through(self) -> str | None:
        """Who passes the speaker's words on ("the agency reports that the minister said"), as written."""
        return self.chain[-2].name if len(self.chain) > 1 else None


def asserted_by(sentence: str, lang: str | None, *, context: Sequence[str] = ()) -> str | None:
    """Name who says what the sentence says, as the sentence writes it.

    context: the sentences before, in order. With it "she said" and "the minister said" are resolved where
    exactly one person fits; the name is then as written there.
    """
    return attribution(sentence, lang, context=context).asserted_by


def attribution(sentence: str, lang: str | None, *, context: Sequence[str] = ()) -> Attribution:
    """Find who says what the sentence says, who passes it on, how and how firmly.

    lang: two letters; None: the script decides, where it can. context: as for asserted_by.
    A "sentence" of more than MAX_SENTENCE_CHARS is a table or a list of links, and has no speaker.
    Of several speakers the innermost counts: the one who says it, not the one who reports that it was said.
    """
    cues = cues_for(sentence, lang)
    if cues is None or not cues.has_attribution or len(sentence) > MAX_SENTENCE_CHARS:
        return Attribution()
    chosen, relays = _innermost(sentence, coreference.speakers_of(sentence, cues), cues)
    name, here = _named(sentence, chosen, context, cues)
    passing = [sentence[s.start : s.end] for s in (*relays, *_told(sentence, chosen, cues)) if not s.bare]
    speaker = [name or sentence[chosen.start : chosen.end]] if chosen else [name] if name else []
    chain = tuple(Asserter(text, kind_of(text, cues)) for text in (*passing, *speaker))
    medium = bool(name) and chain[-1].kind is AsserterKind.MEDIUM
    cited = chosen is not None and chosen.cited
    reading = manner_of(sentence, lang)
    acts = chosen is not None and chosen.acts
    how = How.ACTS if acts else how_put(sentence, reading, cues, passed_on=medium or cited)
    start, end = (chosen.start, chosen.end) if chosen and here else (None, None)
    joined = [sentence[s:e] for s, e in chosen.beside] if chosen else []
    beside = tuple(Asserter(text, kind_of(text, cues)) for text in joined)
    firmness = firmness_of(sentence, reading, cues)
    return Attribution(name, chain, how, firmness, start, end, _verb(chosen), beside)


def _named(sentence: str, chosen: Speaker | None, context: Sequence[str], cues: Cues) -> tuple[str | None, bool]:
    """Return the name of the speaker, and whether this sentence writes it."""
    if chosen is None:
        goes_on = bool(context) and _goes_on(sentence, cues)
        return (asserted_by(context[-1], cues.lang, context=context[:-1]) if goes_on else None), False
    words = sentence[chosen.start : chosen.end]
    if chosen.bare:
        known = coreference.who(words if chosen.verb is not None else "", context, cues)
        office = words if roles(words, cues) else None  # "the spokesman" stays open, but is somebody
        return known or office, known is None and office is not None
    # A surname of the sentences before comes first: Anna Roche is no chemical company.
    meant = coreference.who_named(words, context, cues) if context and " " not in words else None
    if context and meant is None and not personal_name(words, cues):
        meant = coreference.who_described(words, context, cues) or coreference.which_body(words, context, cues)
    return meant or words, meant is None


def _goes_on(sentence: str, cues: Cues) -> bool:
    """Tell that a sentence goes on with the words of the one before: a quotation alone, or reported speech."""
    spoken = quotations.spoken(sentence, cues.attribution["says"])
    alone = bool(spoken) and not "".join(
        c for i, c in enumerate(sentence) if c.isalnum() and not any(s <= i < e for s, e in spoken)
    )
    return alone or bool(cues.attribution["goes_on"].search(sentence))


def _told(sentence: str, chosen: Speaker | None, cues: Cues) -> list[Speaker]:
    if chosen is None:
        return []
    found = (speakers if cues.words else topics).told(sentence, chosen, cues)
    return [found] if found else []


def _verb(speaker: Speaker | None) -> tuple[int, int] | None:
    if speaker is None or speaker.verb is None or speaker.after is None:
        return None
    return speaker.verb, speaker.after


def _innermost(sentence: str, found: Sequence[Speaker], cues: Cues) -> tuple[Speaker | None, Sequence[Speaker]]:
    """Choose the speaker, and list who passes the words on, the outermost first."""
    saying = sorted((s for s in found if s.verb is not None), key=lambda s: s.verb or 0)
    sources = [s for s in found if s.verb is None]
    cited = next((s for s in sources if s.cited), None)
    if cited:
        return cited, [s for s in saying if s != cited and s.start != cited.start][:1]
    own = [s for s in saying if not s.relays]
    if not own:
        # The agency reports that ... according to the ministry: the ministry says it.
        chosen = next(iter((*sources, *saying)), None)
        return chosen, [s for s in saying if s != chosen][:1] if chosen in sources else []
    first, *others = own
    near = (s for s in others if not s.bare and 0 <= s.start - (first.after or 0) <= NESTED_WITHIN_CHARS)
    unnamed = not first.bare and kind_of(sentence[first.start : first.end], cues) is AsserterKind.UNNAMED_SOURCE
    nested = next(near, None) if unnamed else None
    relays = [s for s in (*sources, *saying) if s.relays and s != first]
    return (nested, [*relays, first]) if nested else (first, relays)
