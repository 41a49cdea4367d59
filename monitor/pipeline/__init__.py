"""The steps in order: ask for what is pending → decide → store the result in one transaction."""

from monitor.pipeline.judging import embed, judge, judge_articles
from monitor.pipeline.polling import poll
from monitor.pipeline.reading import read
from monitor.pipeline.steps import Models, Progress, Stop, World, no_progress
from monitor.pipeline.tracing import origins

__all__ = [
    "Models",
    "Progress",
    "Stop",
    "World",
    "embed",
    "judge",
    "judge_articles",
    "no_progress",
    "origins",
    "poll",
    "read",
]
