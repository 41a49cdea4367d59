"""`monitor feeds …` as a person types it, on a real server and real files."""

from __future__ import annotations

import json
import os
import pty
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.config import load_settings
from monitor.store import open_store
from tests.collect.test_discover import ATOM, RSS
from tests.command import filled, monitor, pages
from tests.line import MONITOR
from tests.town import NOW

Capture = pytest.CaptureFixture[str]
EMPTY = 'collect: {allow_networks: ["127.0.0.0/8"]}\nread: {workers: 1}\nfeeds: []\n'
CONFIG = (
    "feeds:\n  - {name: Gazette, url: http://g.example/feed}\n  - {name: Courrier, url: http://c.example/feed}\n"
)
HOME = b"""<html><head><link rel="alternate" type="application/rss+xml" href="/rss">
<link rel="alternate" type="application/atom+xml" href="/atom"></head><body><p>News</p></body></html>"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a folder of one's own, 80 cells wide."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("MONITOR_CONFIG", "feeds.yaml")
    monkeypatch.setenv("MONITOR_DB", "monitor.db")
    return tmp_path


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """A site whose front page names two feeds."""
    with pages({"/": HOME, "/rss": RSS.encode(), "/atom": ATOM.encode()}) as address:
        yield address


def test_several_feeds_are_shown_and_chosen_by_number(site: str, capsys: Capture) -> None:
    """Without a terminal nobody can be asked: the line says what to type. Then the choice; then a twin is told."""
    Path("feeds.yaml").write_text(EMPTY)
    said = monitor(capsys, "feeds", "add", site)
    assert said.code == 2 and "2 feeds were found. Say which to add: --choose 1,3 or --all." in said.err
    assert "  2  Post\n     Atom · 1 entry · newest 22 Nov 2026, 06:04 · Korean\n" in said.out
    assert Path("feeds.yaml").read_text() == EMPTY
    said = monitor(capsys, "feeds", "add", site, "--choose", "2", "--name", "The Post", "--folder", "Asia")
    assert said.code == 0 and "Added to feeds.yaml: The Post\n" in said.out
    feed = load_settings(Path("feeds.yaml")).feeds[0]
    assert (feed.name, feed.url, feed.lang, feed.folder) == ("The Post", f"{site}/atom", "ko", "Asia")
    said = monitor(capsys, "feeds", "add", f"{site}/atom/".replace("http:", "https:"))
    assert (said.code, said.out) == (0, "In feeds.yaml already, as The Post. Nothing was changed.\n")


def test_a_person_at_a_terminal_is_asked(site: str) -> None:
    """The question stands below the list; the answer is a number."""
    Path("feeds.yaml").write_text(EMPTY)
    controller, terminal = pty.openpty()
    process = subprocess.Popen([*MONITOR, "feeds", "add", site], stdin=terminal, stdout=subprocess.PIPE, text=True)
    os.close(terminal)
    os.write(controller, b"1\n")
    out, _ = process.communicate(timeout=60)
    os.close(controller)
    assert process.returncode == 0
    assert "Add which? Numbers such as 1,3, or all [none]:" in out
    assert [feed.url for feed in load_settings(Path("feeds.yaml")).feeds] == [f"{site}/rss"]


def test_the_list_is_kept_without_an_editor(capsys: Capture) -> None:
    """Pause, resume, remove, list: each says what it did, and the file stays a person's."""
    Path("feeds.yaml").write_text(CONFIG)
    assert monitor(capsys, "feeds", "pause", "gaz").out.startswith("Gazette: paused. A monitor that runs")
    assert monitor(capsys, "feeds", "pause", "Gazette").out.startswith("Gazette: paused already.")
    assert "Gazette (paused)" in monitor(capsys, "feeds", "list").out
    assert json.loads(monitor(capsys, "feeds", "list", "--json").out)[0]["paused"] is True
    assert monitor(capsys, "feeds", "resume", "Gazette").out.startswith("Gazette: resumed.")
    assert Path("feeds.yaml").read_text() == CONFIG
    assert monitor(capsys, "feeds", "remove", "http://c.example/feed").out.startswith("Courrier: removed;")
    assert [feed.name for feed in load_settings(Path("feeds.yaml")).feeds] == ["Gazette"]
    said = monitor(capsys, "feeds", "remove", "Pravda")
    assert said.code == 2 and "no feed of that name" in said.err


def test_a_list_goes_out_and_comes_in_again(capsys: Capture) -> None:
    """Importing twice changes nothing; a config is made if there is none; broken entries are told."""
    Path("feeds.yaml").write_text(CONFIG + "  - {name: K, url: http://k.example, folder: Korea/Press}\n")
    before = load_settings(Path("feeds.yaml")).feeds
    assert monitor(capsys, "feeds", "export", "--out", "out.opml").code == 0
    assert monitor(capsys, "feeds", "export").out == Path("out.opml").read_text()
    broken = Path("out.opml").read_text().replace("</body>", '<outline text="X"/></body>')
    Path("out.opml").write_text(broken)
    words = ("feeds", "import", "out.opml", "--config", "new/feeds.yaml")
    said = monitor(capsys, *words)
    assert (said.code, said.out) == (0, "new/feeds.yaml: 3 added, 0 known already, 1 left out.\n")
    assert "monitor: out.opml, line " in said.err and ": X: no address of a feed." in said.err
    assert load_settings(Path("new/feeds.yaml")).feeds == before
    text = Path("new/feeds.yaml").read_text()
    assert monitor(capsys, *words).out == "new/feeds.yaml: 0 added, 3 known already, 1 left out.\n"
    assert Path("new/feeds.yaml").read_text() == text


def test_many_broken_entries_do_not_flood_the_screen(capsys: Capture) -> None:
    """The first twenty show what is wrong."""
    outlines = '<outline text="A" xmlUrl="http://a.example"/>' + "<outline/>" * 500
    Path("many.opml").write_text(f"<opml><body>{outlines}</body></opml>")
    said = monitor(capsys, "feeds", "import", "many.opml")
    assert said.code == 0 and len(said.err.splitlines()) == 21
    assert said.err.endswith("many.opml: and 480 more like these.\n")


def test_check_reads_the_database_alone(capsys: Capture) -> None:
    """As text and as JSON; without a database it says how to get one."""
    Path("feeds.yaml").write_text(CONFIG)
    assert "no database yet" in monitor(capsys, "feeds", "check").err
    filled(Path("monitor.db"))
    with open_store(Path("monitor.db")) as store:
        feeds = store.feeds.details(now=NOW)
    assert feeds
    text = monitor(capsys, "feeds", "check").out
    assert all(feed.name in text for feed in feeds)
    assert [row["url"] for row in json.loads(monitor(capsys, "feeds", "check", "--json").out)]
