"""Finding with its article → Explanation: every step that led to it, and the words it rests on."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from monitor.claims.figure_moves import FigureMove
from monitor.claims.kinds import kind_of
from monitor.claims.manner import Reading
from monitor.claims.quantities import figures
from monitor.judge.stance import RULES, RULES_VERSION, Judged, Ruling, case_of, utterances_of
from monitor.records import Claim, Figure, Finding, StoredFinding, Version
from monitor.report.calendar import write_date, write_day, write_moment
from monitor.report.printable import safe_text, wrap
from monitor.report.terms import language_name, sureness
from monitor.utterances import Kind, Utterance

LABEL = 12  # cells for the words in the margin


@dataclass(frozen=True, slots=True)
class RuleStep:
    """A rule that was asked. ruling: None if it had nothing to say."""

    name: str
    meaning: str
    ruling: Ruling | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """All that led from an article to a finding.

    read_as: the claim as the model reads it. paragraph: the text around the sentence, which stands in it from
    start to end. utterance, kind: as stored with the finding, or as read today where none was stored. differs:
    what today's rules read otherwise, a phrase each. The rest is computed again; steps: the rules in the order
    they were asked, the last one decided. old_rules: the finding was made by other rules than those of this
    program, so the steps may differ from what decided then.
    """

    stored: StoredFinding
    claim: Claim
    read_as: str
    paragraph: str
    start: int
    end: int
    utterance: Utterance
    kind: Kind
    differs: tuple[str, ...]
    reading: Reading
    claim_figures: tuple[Figure, ...]
    sentence_figures: tuple[Figure, ...]
    move: FigureMove | None
    steps: tuple[RuleStep, ...]
    old_rules: bool


def explain(stored: StoredFinding, claim: Claim, version: Version, *, read_as: str) -> Explanation:
    """Go once more through every step that decided.

    version: the stored text in which the finding stands. read_as: see judge.context.hypotheses.
    """
    finding = stored.finding
    sentence = next(s for s in version.sentences if s.index == finding.sentence)
    case = case_of(claim, version, Judged(sentence, finding.similarity, finding.scores, finding.about))
    steps = []
    for rule in RULES:
        steps.append(RuleStep(rule.__name__, (inspect.getdoc(rule) or "").split("\n")[0], rule(case)))
        if steps[-1].ruling is not None:
            break
    said = utterances_of(sentence, version)
    speaker, utterance = next((one for one in said if one[0] == finding.asserted_by), said[0])
    kind = kind_of(case.sentence, case.move, claim=case.claim, stance=finding.stance)
    start = version.text.rfind("\n", 0, finding.start) + 1
    end = version.text.find("\n", finding.end)
    return Explanation(
        stored=stored,
        claim=claim,
        read_as=read_as,
        paragraph=version.text[start : end if end >= 0 else len(version.text)],
        start=finding.start - start,
        end=finding.end - start,
        utterance=finding.utterance or utterance,
        kind=finding.kind or kind,
        differs=tuple(_differences(finding, speaker, utterance, kind)),
        reading=case.sentence,
        claim_figures=figures(claim.text, claim.lang),
        sentence_figures=figures(sentence.text, version.lang),
        move=case.move,
        steps=tuple(steps),
        old_rules=stored.rules_version != RULES_VERSION,
    )


def _differences(finding: Finding, speaker: str | None, today: Utterance, kind: Kind) -> Iterator[str]:
    """Yield what the rules of today read otherwise than what is stored; what was not stored differs in nothing."""
    if speaker != finding.asserted_by:
        yield f"who says it: {speaker or 'nobody is named'}"
    if finding.kind not in (None, kind):
        yield f"as news: {kind}"
    then = finding.utterance
    if then is None:
        return
    if (then.chain, then.how, then.firmness) != (today.chain, today.how, today.firmness) and (
        speaker == finding.asserted_by
    ):
        yield f"how: {_who(speaker, today)}"
    if (then.day, then.dated) != (today.day, today.dated):
        yield f"when: {_days(today) or 'no day can be believed'}"


def explanation_text(explained: Explanation, *, zone: str, width: int = 80) -> str:
    """Set an explanation as labelled lines of at most `width` cells; only addresses may be longer."""
    lines: list[str] = []
    for label, texts in _parts(explained, zone):
        for number, text in enumerate(texts):
            margin = (label if number == 0 else "").ljust(LABEL)
            wrapped = wrap(safe_text(text), max(width - LABEL, 2)) or [""]
            lines += [f"{margin}{line}" if at == 0 else " " * LABEL + line for at, line in enumerate(wrapped)]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _parts(e: Explanation, zone: str) -> Iterator[tuple[str, Sequence[str]]]:
    finding, stored = e.stored.finding, e.stored
    yield "Finding", [f"{stored.id}: {finding.stance} {e.claim.id}, {sureness(finding.score)}"]
    yield "Claim", [e.claim.text, *([f"read as: {e.read_as}"] if e.read_as != e.claim.text else [])]
    where = " · ".join((stored.outlet, write_date(stored.published_at, zone), language_name(stored.lang)))
    yield "Article", [stored.title, where, stored.url]
    yield "Paragraph", [f"{e.paragraph[: e.start]}【{e.paragraph[e.start : e.end]}】{e.paragraph[e.end :]}"]
    yield "Who says it", [_who(finding.asserted_by, e.utterance)]
    yield "When", [_when(e, zone)]
    yield "How", [_how(e)]
    yield "Figures", _figures(e)
    yield "Scores", list(_scores(e))
    if e.old_rules:
        yield "Note", [f"Rules {stored.rules_version} decided this; below are those of today, {RULES_VERSION}."]
    if e.differs:
        yield "Read anew", list(e.differs)
    yield "Rules", [f"{step.name}: {_ruling(step)}. {step.meaning}" for step in e.steps]
    found = write_moment(stored.found_at, zone)
    yield "Versions", [f"model {stored.model}; rules {stored.rules_version}; found {found}"]


def _who(speaker: str | None, utterance: Utterance) -> str:
    """Tell the chain from the speaker outwards, what the speaker does, and how firmly."""
    links = [f"{link.name} ({link.kind})" for link in reversed(utterance.chain)]
    who = links.pop(0) if links else speaker or "nobody is named"
    if speaker is None and utterance.speaker:
        word = utterance.speaker.name
        who = f"“{word}”, who stays open" if word else "nobody is named"
    through = f", through {', '.join(links)}" if links else ""
    return f"{who}{through}; {utterance.how}, as {utterance.firmness}"


def _when(e: Explanation, zone: str) -> str:
    day, stated = e.utterance.day, write_date(e.stored.published_at, zone)
    if e.utterance.dated:
        return f"said on {_days(e.utterance)}, by the words of the sentence"
    doubt = "; its dates contradict each other, and no day is taken from them"
    return f"the sentence names no day; the article is of {stated}" + ("" if day or stated == "undated" else doubt)


def _days(utterance: Utterance) -> str:
    days = dict.fromkeys(day for day in (utterance.earliest, utterance.day) if day)
    return " to ".join(write_day(day) for day in days)


def _how(e: Explanation) -> str:
    words = ", ".join(f"“{cue}”" for cue in e.reading.cues)
    kind = f"; as news: {e.kind}" if e.kind.value != e.reading.manner.value else ""
    return (f"{e.reading.manner}, by {words}" if words else f"{e.reading.manner}, no word says otherwise") + kind


def _figures(e: Explanation) -> list[str]:
    lines = [
        f"{name}: {', '.join(_figure(figure) for figure in found) or 'none'}"
        for name, found in (("claim", e.claim_figures), ("sentence", e.sentence_figures))
    ]
    if e.move:
        lines.append(f"compared: {e.move.old.text} → {e.move.new.text}, {e.move.relation}")
    return lines


def _figure(figure: Figure) -> str:
    return f"{figure.text} ({figure.unit})" if figure.unit else figure.text


def _scores(e: Explanation) -> Iterator[str]:
    scores = e.stored.finding.scores
    yield f"entails {scores.entails:.2f}, neutral {scores.neutral:.2f}, contradicts {scores.contradicts:.2f}"
    if scores.stances:
        yield "stance: " + ", ".join(f"{name} {value:.2f}" for name, value in scores.stances.items())
    yield f"nearness of sentence and claim: {e.stored.finding.similarity:.2f}"
    about, rival = e.stored.finding.about, e.stored.finding.rival
    if about is not None:
        other = f"; it may be about {rival} instead" if rival else ""
        yield f"about this claim, not about another or nothing: {about:.2f}{other}"


def _ruling(step: RuleStep) -> str:
    if step.ruling is None:
        return "does not apply"
    return f"{step.ruling.stance} at {step.ruling.score:.2f}" if step.ruling.stance else "nothing to report"
