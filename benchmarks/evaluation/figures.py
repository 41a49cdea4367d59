"""Labelled stories × the rules for figures and kinds → how many old and new values, and kinds, are read right.

The rules were developed on the stories of looked_at.yaml; the others only measure. Labels whose value is a date or
a time of day, or no number at all ("every family"), are left out; a label without an old value asks for the new
one alone.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from benchmarks.evaluation import stories
from monitor.claims.figure_moves import FigureText, Relation, changed
from monitor.claims.kinds import kind_of
from monitor.claims.manner import manner_of
from monitor.claims.quantities import figures
from monitor.judge.model import EmbeddedModel
from monitor.records import Figure, Stance
from monitor.utterances import Kind

FRACTION = re.compile(r"\b([1-9])/([1-9])\b")
# The labels use each of these for the other: "did not deny" is called no-comment more often than non-denial, and
# whether somebody is concerned enough to deny, and not to refute, is a matter of taste.
ALIKE = {"non-denial": "no-comment", "refutation": "denial", "correction": "other-figure"}
NOT_COUNTED = ("date", "o'clock")


@dataclass(frozen=True, slots=True)
class Labelled:
    """A label beside the texts it speaks of. claim, evidence: as read; label: its row."""

    claim: FigureText
    evidence: FigureText
    label: Mapping[str, Any]


def measure(shared: Path, _model: EmbeddedModel) -> Iterator[tuple[str, str]]:
    """Yield the rows of the table: for the stories that only measured, then for those that the rules saw.

    The given stories, on which the bars stand, are counted apart from our own, which are longer and harder.
    """
    every = stories.labelled_folders(shared)
    for yes, part in ((False, "not looked at"), (True, "looked at")):
        for source, folders in stories.by_source(stories.looked_at(every, yes=yes), shared).items():
            rows = [row for folder in folders for row in labelled(folder)]
            for name, value in figure_rows(rows):
                yield f"figures, {source} stories {part}: {name}", value
            for name, value in kind_rows(rows):
                yield f"kinds, {source} stories {part}: {name}", value


def labelled(folder: Path) -> Iterator[Labelled]:
    """Read the labels of a story with the claim and the sentence that each of them is about."""
    baseline = yaml.safe_load((folder / "claims.yaml").read_text(encoding="utf-8"))
    home = baseline["baseline"]["language"]
    claims = {row["id"]: _read(row["text"], row.get("lang", home)) for row in baseline["claims"]}
    langs = {row["id"]: row["lang"] for row in _rows(folder / "articles.jsonl")}
    for label in _rows(folder / "labels.jsonl"):
        yield Labelled(claims[label["claim_id"]], _read(label["evidence"], langs[label["article_id"]]), label)


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    return map(json.loads, path.read_text(encoding="utf-8").splitlines())


@cache
def _read(text: str, lang: str) -> FigureText:
    return FigureText(text, lang, figures(text, lang))


def figure_rows(rows: list[Labelled]) -> Iterator[tuple[str, str]]:
    """Yield how many old and new values are among the figures read, and how many pairs are the labelled ones."""
    count: Counter[str] = Counter()
    by_lang: Counter[tuple[str, bool]] = Counter()
    for row in rows:
        figure = row.label.get("figure")
        old, new = value_of(figure, "old"), value_of(figure, "new")
        if new is None:
            continue
        move = changed(row.claim, row.evidence)
        found = move if move and move.relation is not Relation.DIFFERENT_SCOPE else None
        read_old = old is None or any(is_value(f, old) for f in row.claim.figures)
        read_new = any(is_value(f, new) for f in (*row.evidence.figures, *([found.new] if found else [])))
        count["labels"] += 1
        count["old"] += read_old
        count["new"] += read_new
        count["both"] += read_old and read_new
        count["pair"] += (
            found is not None and is_value(found.new, new) and (old is None or is_value(found.old, old))
        )
        count["wrong pair"] += found is not None and not is_value(found.new, new)
        by_lang[str(row.evidence.lang), read_old and read_new] += 1
    labels = count.pop("labels")
    yield "labels with a value", str(labels)
    for name, right in count.items():
        yield name, f"{right / labels:.3f}"
    shares = {lang: by_lang[lang, True] / (by_lang[lang, True] + by_lang[lang, False]) for lang, _ in by_lang}
    yield "both, by language", ", ".join(f"{lang} {share:.2f}" for lang, share in sorted(shares.items()))


def kind_rows(rows: list[Labelled]) -> Iterator[tuple[str, str]]:
    """Yield how many kinds are the labelled ones, by the eleven words of the labels and with ALIKE taken as one.

    Labels without a kind are left out. The stance is that of the label: a finding has one before it has a kind.
    """
    labels = [row for row in rows if row.label.get("kind")]
    told = [(row, _kind(row, Stance(row.label["verdict"]))) for row in labels]
    alone = [(row, _kind(row, None)) for row in labels]
    right = [_alike(kind) == _alike(row.label["kind"]) for row, kind in told]
    yield "labels with a kind", str(len(labels))
    yield "right", f"{sum(right) / len(right):.3f}"
    yield "right, all eleven apart", f"{sum(kind == row.label['kind'] for row, kind in told) / len(told):.3f}"
    yield (
        "right, stance unknown",
        f"{sum(_alike(k) == _alike(row.label['kind']) for row, k in alone) / len(alone):.3f}",
    )
    for kind in sorted({str(row.label["kind"]) for row in labels}):
        of = [hit for row, hit in zip(labels, right, strict=True) if row.label["kind"] == kind]
        yield f"right, {kind}", f"{sum(of) / len(of):.2f} of {len(of)}"


def _kind(row: Labelled, stance: Stance | None) -> Kind:
    sentence, claim = (manner_of(side.text, side.lang) for side in (row.evidence, row.claim))
    return kind_of(sentence, changed(row.claim, row.evidence), claim=claim, stance=stance)


def _alike(kind: str) -> str:
    return ALIKE.get(kind, kind)


def value_of(figure: Mapping[str, str] | None, key: str) -> Figure | None:
    """Return the value of a label's figure, read in English with its unit; None for dates and words."""
    words = f"{(figure or {}).get(key, '')} {(figure or {}).get('unit', '')}".strip()
    dated = any(word in words for word in NOT_COUNTED) or not (figure or {}).get(key)
    return (
        None
        if dated
        else next(
            iter(figures(FRACTION.sub(lambda hit: f"{100 * int(hit[1]) / int(hit[2])} percent", words), "en")),
            None,
        )
    )


def is_value(figure: Figure, wanted: Figure) -> bool:
    """Say whether a figure is the labelled one, or a vague one that holds it; shares count as per cent."""
    (low, high), (least, most) = _scaled(figure), _scaled(wanted)
    slack = 0.005 * abs(most)
    return low - slack <= most and least <= high + slack


def _scaled(figure: Figure) -> tuple[float, float]:
    scale = 100 if figure.unit == "share" else 1
    return figure.low * scale, figure.high * scale
