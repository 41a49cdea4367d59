"""The documentation is true: its commands run, its links lead somewhere, its figures match the files."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.config import load_baseline, load_settings
from monitor.newsroom import ARTICLES
from tests.line import make_line, newsroom, run_monitor

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]

SHELL = [
    line.split("    #")[0].strip()
    for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    for line in block.splitlines()
]
MADE = [line for line in SHELL if line.startswith("make ")]
TYPED = [line.removeprefix(".venv/bin/monitor ") for line in SHELL if line not in MADE]
QUERIES = re.findall(r"^\| `monitor ([a-z]+[^`]*)`", README, re.MULTILINE)
OF_THEIR_OWN = ("explain", "serve", "judge", "judge-pairs")  # with tests of their own
OPTIONS = re.findall(r"`(--[a-z]+)", README)


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder in which the README's own commands were typed, on the sample newsroom instead of the web."""
    folder = tmp_path_factory.mktemp("reader")
    with newsroom() as settings:
        feeds = settings["feeds"]
        assert isinstance(feeds, list)
        make_line(folder / "config", {"feeds": [feed for feed in feeds if feed.get("lang") == "fr"]})
        article = run_monitor("--version", cwd=folder)
        assert article.returncode == 0
        host = str(feeds[0]["url"]).rsplit("/", 2)[0].removesuffix("/feeds")
        for line in TYPED:
            here = line.replace("https://example.org/the-article", _an_article(host))
            words = here.replace("https://example.org", host).split()
            if words[0] == "run" and "--once" not in words:
                _run_until_it_follows(words, folder)
                continue
            done = run_monitor(*words, cwd=folder)
            assert done.returncode == 0, f"{line}: {done.stderr}"
        yield folder


def _an_article(host: str) -> str:
    """The address of an article on a front page of the newsroom."""
    with urllib.request.urlopen(host, timeout=10) as page:  # noqa: S310
        links: list[str] = re.findall(r'href="([^"]+-r\d+[^"]*)"', page.read().decode())
    return links[0] if links[0].startswith("http") else host + links[0]


def _run_until_it_follows(words: list[str], folder: Path) -> None:
    """Start the daemon, wait until it says that it follows the feeds, and press Ctrl-C."""
    process = subprocess.Popen(
        [sys.executable, "-m", "monitor", *words], cwd=folder, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    assert any(line.startswith("Following") for line in process.stderr)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)
    assert process.returncode == 0


def test_the_commands_of_the_readme_work(followed: Path) -> None:
    """What a newcomer types first must not fail."""
    assert len(load_baseline(followed / "config" / "mine.yaml").claims) >= 1
    assert (followed / "db" / "monitor.db").exists()


@pytest.mark.parametrize("query", [query for query in QUERIES if query.split()[0] not in OF_THEIR_OWN])
def test_the_queries_of_the_readme_work(query: str, followed: Path) -> None:
    """The table promises these on the database just made."""
    done = run_monitor(*query.replace("WORDS", "Corée").split(), cwd=followed)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


@pytest.mark.parametrize("command", MADE)
def test_make_knows_the_targets_of_the_readme(command: str) -> None:
    """`make test` runs this very test, so it is only asked what it would do."""
    done = subprocess.run(["make", "-n", *command.split()[1:]], cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_readme_names_real_commands_and_options() -> None:
    """A renamed option must be renamed here too."""
    commands = {query.split()[0] for query in QUERIES} | {line.split()[0] for line in TYPED}
    helps = {command: run_monitor(command, "--help") for command in sorted(commands)}
    helps["baseline"] = run_monitor("baseline", "add", "--help")
    assert len(commands) >= 8
    for command, shown in helps.items():
        assert shown.returncode == 0, command
    every = " ".join(shown.stdout for shown in helps.values())
    for option in OPTIONS:
        assert option in every, option


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_to_files(page: Path) -> None:
    """A link to a file that moved helps nobody."""
    for link in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8")):
        if not link.startswith("http"):
            assert (page.parent / link).exists(), link


def test_the_readme_counts_right() -> None:
    """Numbers in prose go stale first."""
    feeds = len(load_settings(ROOT / "config" / "feeds.yaml").feeds)
    articles = len(ARTICLES.read_text(encoding="utf-8").splitlines())
    assert f"{feeds} feeds" in README
    assert f"{articles} articles" in README


def test_locks_name_no_index() -> None:
    """A lock file must work with whatever index its user trusts."""
    for lock in ROOT.glob("*.lock"):
        text = lock.read_text(encoding="utf-8")
        # PyTorch's file for a machine depends on its processor and graphics card, so that lock has no hashes.
        assert "--hash=sha256:" in text or lock.name == "requirements-training.lock"
        assert "://" not in text
        assert "index-url" not in text
