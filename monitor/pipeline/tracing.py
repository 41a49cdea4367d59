"""Articles that were not compared → who copied whom, in the store."""

from __future__ import annotations

from monitor.pipeline.steps import Models, Progress, Stop, never, no_progress
from monitor.read.copies import Body
from monitor.read.origins import RULES, WITHIN, find_copies, sketch, trace_origins
from monitor.records import Sketch, StepCount
from monitor.store import Store

COMPARED_AT_ONCE = 200  # articles: a few seconds, and one transaction


def origins(store: Store, models: Models, *, progress: Progress = no_progress, stop: Stop = never) -> StepCount:
    """Compare every article that is pending with those around its date, and store who was first.

    done: articles. note: how many pairs of copies were found. An article waits for its vectors: it is compared
    once, with all that is known of it.
    """
    model = models.embedder.name
    compared_by, done, found = f"{RULES}, {model}", 0, 0
    while not stop() and (versions := store.origins.pending(compared_by, model, limit=COMPARED_AT_ONCE)):
        bodies = {version_id: _body(store, version_id, model) for version_id in versions}
        new = {version_id: _sketch(store, body) for version_id, body in bodies.items()}
        fresh = {body.id: body for body in bodies.values()}
        known = [
            one
            for one in store.origins.compared(compared_by, [one.moment for one in new.values()], within=WITHIN)
            if one.id not in fresh
        ]

        def body_of(article_id: int, fresh: dict[int, Body] = fresh) -> Body:
            return fresh.get(article_id) or _body(store, store.origins.version_of(article_id), model)

        links = list(find_copies(list(new.values()), known, body_of=body_of))
        store.origins.add(new, links, compared_by=compared_by, trace=trace_origins)
        done, found = done + len(new), found + len(links)
        progress("origins", done, done)
    return StepCount("origins", done, 0, f"{found} copies")


def _body(store: Store, version_id: int, model: str) -> Body:
    version = store.articles.version(version_id)
    vectors = store.articles.vectors(version, model) if version.sentences else None
    return Body(version.article_id, version.lang, version.text, [s.text for s in version.sentences], vectors)


def _sketch(store: Store, body: Body) -> Sketch:
    dated = store.origins.dated(body.id)
    return sketch(body, moment=dated.published_at or dated.first_seen_at)
