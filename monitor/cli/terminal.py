"""What happens → lines and bars that a person sees on a terminal."""

from __future__ import annotations

import logging
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from io import TextIOWrapper
from typing import TextIO, TypeVar

from monitor.logs import JsonLines, PlainLines
from monitor.records import StepCount

T = TypeVar("T")
WIDEST = 100  # cells: longer lines are hard to read

Tell = Callable[[str, int, int], None]  # the step, how much of it is done, and of how much


def width() -> int:
    """Return the cells of a line: as the terminal has them, but no more than read well; 80 without a terminal."""
    return min(WIDEST, shutil.get_terminal_size().columns)


def show_every_letter() -> None:
    """Let a terminal that lacks a letter show a stand-in, where Python would give up."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")


def log_to_stderr(level: int, *, as_json: bool = False) -> None:
    """Log from a level on, such as logging.INFO, each event as a line on stderr."""
    handler = _ToStderr()
    handler.setFormatter(JsonLines() if as_json else PlainLines())
    logging.basicConfig(level=level, handlers=[handler])
    logging.getLogger("apscheduler").setLevel(logging.WARNING)  # it tells of every job at INFO


class _ToStderr(logging.StreamHandler[TextIO]):
    """Log to what stderr is at the moment: while bars are shown, rich keeps other lines above them."""

    def emit(self, record: logging.LogRecord) -> None:
        self.stream = sys.stderr
        super().emit(record)


def say_counts(title: str, counts: Sequence[StepCount]) -> None:
    """Say on stderr what each step did: 'Round 1: poll 14, 1 failed, 105 new articles; read 105; ...'."""
    steps = [
        ", ".join(filter(None, (f"{c.step} {c.done}", f"{c.failed} failed" if c.failed else "", c.note)))
        for c in counts
    ]
    sys.stderr.write(f"{title}: {'; '.join(steps)}.\n")


@contextmanager
def progress_bars() -> Iterator[Tell]:
    """Show a bar for each step on stderr, while a person watches; into a file or a pipe nothing is written."""
    from rich.console import Console  # noqa: PLC0415 - only who waits for something needs bars
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TaskID,
        TextColumn,
        TimeElapsedColumn,
    )

    columns = (TextColumn("{task.description:8}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    tasks: dict[str, TaskID] = {}
    console = Console(stderr=True)
    with Progress(*columns, console=console, disable=not console.is_terminal) as bars:

        def show(step: str, done: int, total: int) -> None:
            if step not in tasks:
                tasks[step] = bars.add_task(step)
            bars.update(tasks[step], completed=done, total=total)

        yield show


def told(items: Sequence[T], tell: Tell, step: str) -> Iterator[T]:
    """Yield the items, and tell how far they are used up."""
    for done, item in enumerate(items):
        tell(step, done, len(items))
        yield item
    tell(step, len(items), len(items))
