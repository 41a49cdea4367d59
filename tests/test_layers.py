"""The shape of the house: what may import what, and that each module says what it turns into what."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MODULES = sorted((ROOT / "monitor").rglob("*.py"))

# Libraries that touch the world, and the only rooms that may know them.
ROOMS = {
    "apscheduler": {"monitor.daemon"},
    "onnxruntime": {"monitor.judge.model"},
    "sqlite3": {"monitor.store"},
    "sqlite_utils": {"monitor.store"},
    "aiohttp": {"monitor.collect.fetch", "monitor.collect.connector", "monitor.newsroom.server"},
    "datasette": {"monitor.web"},
    "feedparser": {"monitor.collect.feeds"},
    "protego": {"monitor.collect.robots"},
    "pebble": {"monitor.read.workers"},
    "prometheus_client": {"monitor.metrics"},
    "rensa": {"monitor.read.origins"},
    "typer": {"monitor.cli"},
}
# The middle decides and never acts: it may not import the edge, nor anything that reaches the world by itself.
PURE = {
    "monitor.records",
    "monitor.feed_records",
    "monitor.errors",
    "monitor.masking",
    "monitor.utterances",
    "monitor.collect.urls",
    "monitor.collect.guard",
    "monitor.collect.logins",
    "monitor.collect.robots",
    "monitor.collect.outage",
    "monitor.collect.schedule",
    "monitor.collect.feeds",
    "monitor.collect.feed_dates",
    "monitor.collect.sitemaps",
    "monitor.collect.twins",
    "monitor.read.sameness",
    "monitor.collect.discover",
    "monitor.collect.opml",
    "monitor.feed_rows",
    "monitor.read.copies",
    "monitor.read.credits",
    "monitor.read.days",
    "monitor.read.families",
    "monitor.read.origins",
    "monitor.read.sentences",
    "monitor.claims",
    "monitor.judge.asking",
    "monitor.judge.calibration",
    "monitor.judge.candidates",
    "monitor.judge.context",
    "monitor.judge.stance",
    "monitor.judge.state",
    "monitor.judge.prompt",
    "monitor.judge.drafting",
    "monitor.report",
}
EDGE = {
    "monitor.collect.connector",
    "monitor.collect.fetch",
    "monitor.read.workers",
    "monitor.judge.model",
    "monitor.judge.backends",
    "monitor.judge.folder",
    "monitor.judge.chat",
    "monitor.store",
    "monitor.web",
    "monitor.lock",
    "monitor.feed_list",
    "monitor.watch",
    "monitor.newsroom",
}
WORLD = {"socket", "subprocess", "urllib.request", "http.client", "aiohttp", "asyncio", "threading"}
# Each may import those before it.
NAMES_ABOVE = (
    "status",
    "desk",
    "pipeline",
    "add_baseline",
    "find_feeds",
    "metrics",
    "daemon",
    "demo",
    "cli",
)
ABOVE = [f"monitor.{name}" for name in NAMES_ABOVE]


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found |= {str(node.module)} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def lives_in(module: str, rooms: set[str]) -> bool:
    return any(module == room or module.startswith(room + ".") for room in rooms)


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_first_docstring_line_says_what_the_module_is(path: Path) -> None:
    """`head -qn1 monitor/*/*.py` prints the pipeline."""
    first = path.read_text(encoding="utf-8").split("\n", 1)[0]
    assert first.startswith('"""') and first.endswith(('"""', ".")) and len(first) > 20, first


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_libraries_of_the_world_stay_in_their_rooms(path: Path) -> None:
    """A library that is known in one place can be replaced in one place."""
    for module in imports_of(path):
        for library, rooms in ROOMS.items():
            if module.split(".")[0] == library:
                assert lives_in(name_of(path), rooms), f"{name_of(path)} imports {module}"


@pytest.mark.parametrize("path", [p for p in MODULES if lives_in(name_of(p), PURE)], ids=name_of)
def test_the_middle_never_imports_the_edge(path: Path) -> None:
    """A decision that reaches the world cannot be repeated."""
    for module in imports_of(path):
        assert not lives_in(module, EDGE | set(ABOVE)), f"{name_of(path)} imports {module}"
        assert module not in WORLD, f"{name_of(path)} imports {module}"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_point_downwards(path: Path) -> None:
    """The command line knows the daemon, the daemon the pipeline, the pipeline the steps; never the other way."""
    own = name_of(path)
    floor = next((index for index, above in enumerate(ABOVE) if lives_in(own, {above})), -1)
    allowed = set(ABOVE[: floor + 1])
    if own == "monitor.__main__":
        allowed = set(ABOVE)
    for module in imports_of(path):
        for above in ABOVE:
            if lives_in(module, {above}):
                assert above in allowed, f"{own} imports {module}"


def test_the_rooms_exist() -> None:
    """A list that names a room that is gone would check nothing."""
    names = {name_of(path) for path in MODULES}
    for room in PURE | EDGE | set(ABOVE) | set[str]().union(*ROOMS.values()):
        assert room in names, room
