"""Files of articles or pairs → records, and findings or scores → lines, with no network and no database."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from monitor.collect.urls import host_of
from monitor.errors import ConfigError
from monitor.judge.model import PairModel
from monitor.read.language import detect_language
from monitor.read.sentences import split_sentences
from monitor.records import Finding, Pair, PairScores, Version
from monitor.utterances import AsserterKind, Utterance, asserter_kind

SCORE_AT_ONCE = 32  # pairs of a file, so that progress shows


class _Row(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    id: str
    text: str
    url: str | None = None
    date: str | None = None
    lang: str | None = None
    title: str | None = None
    outlet: str | None = None


class _PairRow(BaseModel):
    model_config = ConfigDict(extra="allow", frozen=True)

    premise: str
    hypothesis: str
    context: str = ""


Parsed = TypeVar("Parsed", bound=BaseModel)


def read_articles(path: Path) -> Iterator[tuple[str, Version]]:
    """Read articles from a JSON Lines file: id, text and, if known, url, date, lang, title and outlet.

    A key that is not known is left out or null.
    Yields each article's id with the article, split into sentences. A date that is not at least a
    whole day counts as unknown. Raises ConfigError naming file, line and trouble.
    """
    for row in _rows(path, _Row, "Give one article a line, as JSON with id and text."):
        yield row.id, _version(row)


def read_pairs(path: Path) -> Iterator[tuple[Mapping[str, object], Pair]]:
    """Read pairs from a JSON Lines file: premise, hypothesis and, if wanted, context; other keys are kept.

    Yields each line as it stands with its pair. Raises ConfigError naming file, line and trouble.
    """
    for row in _rows(path, _PairRow, "Give one pair a line, as JSON with premise and hypothesis."):
        yield row.model_dump(exclude_unset=True), Pair(row.premise, row.hypothesis, row.context)


def score_row(line: Mapping[str, object], scores: PairScores) -> dict[str, object]:
    """Lay the scores of a pair out beside the line that it came from."""
    named = {"entails": scores.entails, "neutral": scores.neutral, "contradicts": scores.contradicts}
    stances = {str(stance): round(share, 6) for stance, share in scores.stances.items()}
    return {**line, **{name: round(share, 6) for name, share in named.items()}, "stances": stances}


def finding_row(article_id: str, finding: Finding, *, outlet: str = "") -> dict[str, object]:
    """Lay a finding out as one JSON object of a findings file.

    outlet: who printed it, "" if unknown: asserts what a sentence says that names nobody.
    """
    return {
        "article_id": article_id,
        "claim_id": finding.claim_id,
        "verdict": str(finding.stance),
        "evidence": finding.evidence,
        "start": finding.start,
        "end": finding.end,
        "asserted_by": finding.asserted_by or (outlet if _in_own_voice(finding) else None) or None,
        "asserter_kind": _asserter_kind(finding, outlet),
        "manner": str(finding.manner),
        "figure_old": finding.figure_old,
        "figure_new": finding.figure_new,
        "score": round(finding.score, 4),
        "similarity": round(finding.similarity, 4),
        "about": None if finding.about is None else round(finding.about, 4),
        "rival": finding.rival,
        "rules": list(finding.rules),
        "kind": finding.kind and str(finding.kind),
        **_utterance_fields(finding.utterance),
    }


def _in_own_voice(finding: Finding) -> bool:
    """Tell that nobody says it but who prints it."""
    return finding.utterance is None or finding.utterance.speaker is None


def _asserter_kind(finding: Finding, outlet: str) -> str | None:
    said = finding.utterance
    kind = asserter_kind(said.chain, said.firmness) if said else None
    return kind or (AsserterKind.MEDIUM if outlet else None)


def _utterance_fields(utterance: Utterance | None) -> dict[str, object]:
    if utterance is None:
        return {}
    return {
        "chain": [{"name": link.name, "kind": str(link.kind)} for link in utterance.chain],
        "how": str(utterance.how),
        "firmness": str(utterance.firmness),
        "said_from": utterance.earliest.isoformat() if utterance.earliest else None,
        "said_on": utterance.day.isoformat() if utterance.day else None,
        "dated": utterance.dated,
    }


def _rows(path: Path, kind: type[Parsed], missing: str) -> Iterator[Parsed]:
    try:
        with path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    yield _parse(path, number, line, kind)
    except FileNotFoundError:
        raise ConfigError(f"{path}: no such file. {missing}") from None
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: not UTF-8 text (byte {error.start}); save it as UTF-8.") from None
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror}).") from None


def _parse(path: Path, number: int, line: str, kind: type[Parsed]) -> Parsed:
    try:
        return kind.model_validate(json.loads(line))
    except json.JSONDecodeError as error:
        raise ConfigError(f"{path}, line {number}: not JSON: {error.msg}. Mend that line.") from None
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(map(str, first["loc"])) or "the line"
        raise ConfigError(f"{path}, line {number}: {key}: {first['msg'].lower()}.") from None


def _version(row: _Row) -> Version:
    lang = row.lang or detect_language(row.text)
    try:
        day = datetime.strptime((row.date or "")[:10], "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        day = None
    return Version(
        id=0,
        article_id=0,
        url=row.url or "",
        title=row.title or "",
        lang=lang,
        day=day,
        text=row.text,
        sentences=split_sentences(row.text, lang),
        outlet=row.outlet or host_of(row.url or "").removeprefix("www."),
    )


def score_pairs(
    pairs: Sequence[Pair], scorer: PairModel, *, progress: Callable[[str, int, int], None]
) -> Iterator[PairScores]:
    """Score pairs a few at a time, with no rules; yield the scores in the order of the pairs."""
    for at in range(0, len(pairs), SCORE_AT_ONCE):
        progress("score", at, len(pairs))
        yield from scorer.score(pairs[at : at + SCORE_AT_ONCE])
    progress("score", len(pairs), len(pairs))
