"""Check-worthy sentences and one baseline × the product → how well it proposes the claims that people chose."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import yaml

from monitor.add_baseline import text_baseline
from monitor.claims.baseline import Proposal, find_candidates, rank
from monitor.claims.worth import packaged_model
from monitor.judge.model import EmbeddedModel

PLACES = Path(__file__).parent / "story_claims.yaml"
READ = 20  # proposals that a person reads; as many as the product writes
Span = Sequence[int]


def measure(shared: Path, model: EmbeddedModel) -> Iterator[tuple[str, str]]:
    """Yield how well sentences are ranked, by language, and how many listed claims are found again."""
    if model.name != (made_for := packaged_model().vectors):
        yield "check-worthiness", f"made for {made_for}: run python -m training.checkworthy"
        return
    yield from ranked(shared, model)
    yield from listed_claims(shared, model)


def listed_claims(shared: Path, model: EmbeddedModel) -> Iterator[tuple[str, str]]:
    """Yield how many of the claims that a person listed stand among the first proposals, and at which places."""
    path = shared / "story/baseline.txt"
    baseline = text_baseline(path, path.read_bytes())
    candidates = find_candidates(baseline.text, baseline.lang, baseline.title)
    vectors = model.embed([candidate.text for candidate in candidates])
    day = baseline.published
    proposals = rank(
        candidates, vectors, packaged_model(), lang=baseline.lang, published=day, at_most=len(candidates)
    )
    places: Mapping[str, Sequence[Span]] = yaml.safe_load(PLACES.read_text(encoding="utf-8"))
    found = first_places(proposals, places)
    among = [claim for claim, place in found.items() if place is not None and place <= READ]
    yield f"`story`: listed claims among the first {READ} proposals", f"{len(among)} of {len(places)}"
    yield "`story`: place of each", ", ".join(f"{claim} {place or 'none'}" for claim, place in found.items())


def first_places(proposals: Sequence[Proposal], places: Mapping[str, Sequence[Span]]) -> dict[str, int | None]:
    """Return, for each claim, the place from 1 of the first proposal that holds one of its spans whole."""
    return {
        claim: next(
            (
                place
                for place, proposal in enumerate(proposals, start=1)
                if any(proposal.start <= start and end <= proposal.end for start, end in spans)
            ),
            None,
        )
        for claim, spans in places.items()
    }


def ranked(shared: Path, model: EmbeddedModel) -> Iterator[tuple[str, str]]:
    """Yield the average precision and the F1 of the worthy, for each language and part that did not train."""
    from sklearn.metrics import average_precision_score, f1_score  # noqa: PLC0415  heavy, and only here

    from training.checkworthy import measured, read_rows  # noqa: PLC0415  needs it too

    rows = [row for row in read_rows(shared) if row.part != "train"]
    worth = packaged_model().worth(measured(rows), model.embed([row.text for row in rows]))
    for lang, part in sorted({(row.lang, row.part) for row in rows}):
        here = np.array([(row.lang, row.part) == (lang, part) for row in rows])
        worthy = np.array([row.worthy for row in rows])[here]
        precision, chance = average_precision_score(worthy, worth[here]), worthy.mean()
        name = f"check-worthiness, CheckThat! 2024, {lang} {part}, {len(worthy):,} texts"
        yield f"{name}: average precision (by chance)", f"{precision:.3f} ({chance:.3f})"
        at = packaged_model().worthy_from[lang]
        yield f"{name}: F1 of the worthy, from {at:.2f}", f"{f1_score(worthy, worth[here] >= at):.3f}"
