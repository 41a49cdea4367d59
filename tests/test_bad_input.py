"""Bad input: one clear line that says what, where and what to do next; exit code 1 or 2; nothing lost."""

from __future__ import annotations

import json
import os
import re
import socket
import sqlite3
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from monitor.lock import hold
from monitor.store import open_store
from tests.command import filled, monitor, pages
from tests.line import MONITOR, run_monitor

Capture = pytest.CaptureFixture[str]
CLAIMS = "baseline: {title: Bridge, language: en}\nclaims: [{id: B1, text: The council approved a new bridge.}]\n"
CONFIG = 'feeds: [{url: "http://127.0.0.1:19009/feed", name: Dead Radio}]\n'
ARTICLE = {"id": "a1", "text": "The council approved a new bridge over the river on Tuesday, by nine votes."}

# Each command, with files in the current folder that are all well; every case spoils one of them.
COMMANDS = {
    "run": "run --once --config feeds.yaml --baseline claims.yaml --db flood.db",
    "digest": "digest --config feeds.yaml --db flood.db",
    "search": "search dam --config feeds.yaml --db flood.db",
    "findings": "findings --config feeds.yaml --db flood.db",
    "status": "status --config feeds.yaml --db flood.db",
    "serve": "serve --port 0 --db flood.db",
    "add": "baseline add article.txt --out new.yaml --config feeds.yaml",
    "judge": "judge --claims claims.yaml --articles articles.jsonl --out found.jsonl --config feeds.yaml",
    "pairs": "judge-pairs --pairs pairs.jsonl --out found.jsonl --config feeds.yaml",
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a folder where everything is well."""
    monkeypatch.chdir(tmp_path)
    for name in ("MONITOR_CONFIG", "MONITOR_BASELINE", "MONITOR_DB", "MONITOR_JUDGE_KEY"):
        monkeypatch.delenv(name, raising=False)
    Path("feeds.yaml").write_text(CONFIG)
    Path("claims.yaml").write_text(CLAIMS)
    Path("articles.jsonl").write_text(json.dumps(ARTICLE) + "\n")
    Path("pairs.jsonl").write_text(json.dumps({"premise": "It rained.", "hypothesis": "It was wet."}) + "\n")
    Path("article.txt").write_text(
        "Bridge\n\nThe town council approved a bridge for 11 million euros on Tuesday.\n"
    )
    filled(Path("flood.db"))
    return tmp_path


@dataclass(frozen=True, slots=True)
class Case:
    """A trouble, the commands that meet it, and what their one line must hold."""

    name: str
    spoil: Callable[[], object]
    commands: str
    line: str
    code: int
    more: str = ""


def text(path: str, content: str) -> Callable[[], object]:
    return lambda: Path(path).write_text(content)


def remove(path: str) -> Callable[[], object]:
    return lambda: Path(path).unlink()


def folder_at(path: str) -> Callable[[], object]:
    def spoil() -> None:
        Path(path).unlink(missing_ok=True)
        Path(path).mkdir()

    return spoil


def foreign() -> None:
    """Put another program's database in the place of ours."""
    Path("flood.db").unlink()
    conn = sqlite3.connect("flood.db")
    conn.execute("CREATE TABLE bookmarks (url TEXT)")
    conn.close()


def unfilled() -> None:
    """Make a database that nothing was stored in yet: a first run was ended at once."""
    Path("flood.db").unlink()
    with open_store(Path("flood.db")):
        pass


def damage() -> None:
    """Overwrite every page but the first, as a bad disk does."""
    content = Path("flood.db").read_bytes()
    Path("flood.db").write_bytes(content[:4096] + b"\xa5" * (len(content) - 4096))


def cut() -> None:
    """Keep half of the file, as a copy that was cut off does."""
    content = Path("flood.db").read_bytes()
    Path("flood.db").write_bytes(content[: len(content) // 2])


WITH_CONFIG = "run digest search findings status add judge pairs"
READERS = "digest search findings status serve"
CASES = [
    Case("no config", remove("feeds.yaml"), WITH_CONFIG, "feeds.yaml: no such file. Pass --config", 2),
    Case(
        "config is no YAML", text("feeds.yaml", "feeds: [\n"), WITH_CONFIG, "feeds.yaml, line .* Mend that line", 2
    ),
    Case("config is empty", text("feeds.yaml", ""), WITH_CONFIG, "feeds.yaml: nothing stands in it. Pass", 2),
    Case("config is binary", text("feeds.yaml", "\x00\x01"), WITH_CONFIG, "feeds.yaml: not YAML: ", 2),
    Case(
        "unknown key",
        text("feeds.yaml", CONFIG + "speed: 1\n"),
        WITH_CONFIG,
        "line 2: speed: .*expected one of",
        2,
    ),
    Case(
        "bad time zone",
        text("feeds.yaml", CONFIG + "reader: {time_zone: Europe/Atlantis}\n"),
        WITH_CONFIG,
        "line 2: reader.time_zone: 'Europe/Atlantis'; expected a time zone",
        2,
    ),
    Case("no feeds", text("feeds.yaml", "feeds: []\n"), WITH_CONFIG, "feeds.yaml: feeds: none; add", 2),
    Case("config is a folder", folder_at("feeds.yaml"), WITH_CONFIG, "feeds.yaml: cannot be read", 2),
    Case(
        "no claims",
        remove("claims.yaml"),
        "run judge",
        "claims.yaml: no such file. Add one: monitor baseline add",
        2,
    ),
    Case("claims are no YAML", text("claims.yaml", "claims: {\n"), "run judge", "claims.yaml, line .* Mend", 2),
    Case(
        "claims lack a head",
        text("claims.yaml", "claims: []\n"),
        "run judge",
        "claims.yaml.*: baseline: missing; add",
        2,
    ),
    Case(
        "two claims with one id",
        text(
            "claims.yaml",
            CLAIMS.replace("]\n", ", {id: B1, text: The council approved a bridge again.}]\n"),
        ),
        "run judge",
        "claims.yaml, line 2: claims.1..id: 'B1' stands at claims.0. already; keep one",
        2,
    ),
    Case("no database", remove("flood.db"), READERS, "flood.db: no database yet. Make it with: monitor run", 1),
    Case(
        "database is empty",
        text("flood.db", ""),
        READERS,
        "flood.db: no database yet. Make it with: monitor run",
        1,
    ),
    Case(
        "database is text",
        text("flood.db", "dear diary " * 99),
        f"run {READERS}",
        "flood.db: .*Name another with --db",
        1,
    ),
    Case("database of others", foreign, f"run {READERS}", "flood.db: .*not made by monitor. Name another with", 1),
    Case(
        "database is a folder",
        folder_at("flood.db"),
        READERS,
        "flood.db: this is a folder. Name a file with --db",
        1,
    ),
    Case(
        "database to make is a folder", folder_at("flood.db"), "run", "flood.db: .*Check the folder|Name a file", 1
    ),
    Case(
        "database is damaged",
        damage,
        READERS,
        "flood.db: the database is damaged, and no backup stands beside it. Keep the file",
        1,
    ),
    Case(
        "database is cut off",
        cut,
        READERS,
        "flood.db: the database is damaged, and no backup stands beside it. Keep the file",
        1,
    ),
    Case("no articles", remove("articles.jsonl"), "judge", "articles.jsonl: no such file. Give", 2),
    Case(
        "articles are no JSON",
        text("articles.jsonl", '{"id": "1", "text": "x"}\n{'),
        "judge",
        "articles.jsonl, line 2: not JSON.*Mend",
        2,
    ),
    Case(
        "an article lacks its text",
        text("articles.jsonl", '{"id": "1"}\n'),
        "judge",
        "articles.jsonl, line 1: text: ",
        2,
    ),
    Case(
        "articles are binary",
        lambda: Path("articles.jsonl").write_bytes(b"\xff\xfe"),
        "judge",
        "articles.jsonl: not UTF-8.*save it",
        2,
    ),
    Case("no pairs", remove("pairs.jsonl"), "pairs", "pairs.jsonl: no such file. Give one pair a line", 2),
    Case("pairs are no JSON", text("pairs.jsonl", "{"), "pairs", "pairs.jsonl, line 1: not JSON.*Mend", 2),
    Case(
        "a pair lacks its claim",
        text("pairs.jsonl", '{"premise": "x"}\n'),
        "pairs",
        "pairs.jsonl, line 1: hypothesis: ",
        2,
    ),
    Case(
        "scores go to a folder",
        folder_at("found.jsonl"),
        "pairs",
        "found.jsonl: this is a folder. Name a file with --out",
        1,
    ),
    Case(
        "findings go to a folder",
        folder_at("found.jsonl"),
        "judge",
        "found.jsonl: this is a folder. Name a file with --out",
        1,
    ),
    Case(
        "findings go below a file",
        lambda: None,
        "judge",
        "claims.yaml/found.jsonl: cannot be written .*Name another place with --out",
        1,
        "--out claims.yaml/found.jsonl",
    ),
    Case(
        "digest goes below a file",
        lambda: None,
        "digest",
        "claims.yaml/d.html: cannot be written .*Name another place with --out",
        1,
        "--out claims.yaml/d.html",
    ),
    Case(
        "claims go below a file",
        lambda: None,
        "add",
        "claims.yaml/new.yaml: cannot be written .*Name another place with --out",
        1,
        "--out claims.yaml/new.yaml",
    ),
    Case(
        "claims file stands there",
        text("new.yaml", CLAIMS),
        "add",
        "new.yaml: exists. Name another .*--replace",
        2,
    ),
    Case("no baseline article", remove("article.txt"), "add", "article.txt: no such file, and no address", 2),
    Case("baseline article is empty", text("article.txt", " \n"), "add", "article.txt: empty. Give the text", 2),
    Case(
        "baseline article says nothing",
        text("article.txt", "Well."),
        "add",
        "article: no sentence .* right article",
        1,
    ),
    Case(
        "a folder with a model that is missing",
        text("feeds.yaml", CONFIG + "judge: {backend: folder, path: nowhere}\n"),
        "run judge",
        "nowhere: no such folder. Set judge.path",
        1,
    ),
    Case(
        "a folder with a model without a path",
        text("feeds.yaml", CONFIG + "judge: {backend: folder}\n"),
        "run judge",
        "judge.path is missing: backend folder needs",
        2,
    ),
    Case(
        "a server without an address",
        text("feeds.yaml", CONFIG + "judge: {backend: openai, model: m}\n"),
        "run judge",
        "judge.url is missing: backend openai needs",
        2,
    ),
    Case(
        "an unknown claim",
        lambda: None,
        "findings",
        "--claim C9: no such claim. Choose one of C1, C2, C3",
        2,
        "--claim C9",
    ),
    Case(
        "a bad day",
        lambda: None,
        "findings",
        "'yesterday': no day; write it as 2026-11-21",
        2,
        "--since yesterday",
    ),
    Case(
        "a day of another age", lambda: None, "digest", "0026-11-21: expected a day between", 2, "--day 0026-11-21"
    ),
    Case("a day to come", lambda: None, "digest", "2100-01-01: that day is still to come", 2, "--day 2100-01-01"),
    Case("a database before its first round", unfilled, "digest", "has no claims yet. Do a round first", 1),
    Case("a claim before the first round", unfilled, "findings", "no such claim.*none so far", 2, "--claim C1"),
    Case("no such day", lambda: None, "digest", "'2026-02-30': no day; write it as", 2, "--day 2026-02-30"),
]


@pytest.mark.parametrize(
    ("case", "command"),
    [
        pytest.param(case, command, id=f"{case.name}-{command}")
        for case in CASES
        for command in case.commands.split()
    ],
)
def test_trouble_is_one_line_that_says_what_to_do(case: Case, command: str, capsys: Capture) -> None:
    """Exit code 1 or 2, nothing on stdout, one line on stderr, and no file is touched."""
    case.spoil()
    before = contents()
    said = monitor(capsys, *COMMANDS[command].split(), *case.more.split())
    assert said.out == ""
    assert said.err.endswith("\n") and said.err.count("\n") == 1, said.err
    assert re.match(f"monitor: .*({case.line})", said.err), said.err
    assert said.code == case.code
    assert contents() == before


def contents() -> dict[str, bytes]:
    """Read every file; the lock and what SQLite keeps beside an open database hold nothing of a person's."""
    return {
        str(path): path.read_bytes()
        for path in Path().rglob("*")
        if path.is_file() and not path.name.endswith((".lock", "-wal", "-shm"))
    }


@pytest.mark.parametrize("command", COMMANDS)
def test_the_commands_work_where_nothing_is_spoilt(command: str, capsys: Capture) -> None:
    """Else the table above would prove nothing. Those that take long have tests of their own."""
    if command not in ("serve", "run", "judge", "pairs"):
        assert monitor(capsys, *COMMANDS[command].split()).code == 0


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is closed to the superuser")
@pytest.mark.parametrize("command", [*READERS.split(), "run"])
def test_a_folder_that_may_not_be_entered(command: str, folder: Path, capsys: Capture) -> None:
    """The database of a colleague, for example."""
    closed = folder / "closed"
    closed.mkdir(mode=0o000)
    try:
        said = monitor(capsys, *COMMANDS[command].split(), "--db", "closed/m.db")
    finally:
        closed.chmod(0o700)
    assert (said.code, said.out) == (1, "")
    assert re.fullmatch(r"monitor: closed/m.db.*: .*Check the folder and its permissions.\n", said.err)


@pytest.mark.parametrize(
    "words",
    [
        "stauts",
        "status --jsno",
        "findings --stance denies",
        "search",
        "judge",
        "baseline add",
        "search dam --limit 0",
        "serve --port 70000",
    ],
)
def test_wrong_use_shows_the_usage(words: str, capsys: Capture) -> None:
    """A slip of the fingers gets the way to the help."""
    said = monitor(capsys, *words.split())
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith("Usage: monitor") and "--help" in said.err
    assert "Traceback" not in said.err


def test_a_second_writer_is_told_who_is_first(capsys: Capture) -> None:
    """Two daemons on one database would do everything twice."""
    with hold(Path("flood.db")):
        said = monitor(capsys, *COMMANDS["run"].split())
    assert (said.code, said.out) == (1, "")
    who = f"in use by monitor, process {os.getpid()}"
    assert said.err == f"monitor: flood.db: {who}. End that one first, or name another --db.\n"


@pytest.mark.parametrize("words", ["serve --db flood.db --port {port}", "demo --port {port}"])
def test_a_port_in_use_is_named(words: str, capsys: Capture) -> None:
    """Another program listens there; the line says which option helps."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = monitor(capsys, *words.format(port=port).split())
    assert (said.code, said.out) == (1, "")
    assert re.fullmatch(rf"monitor: .*:{port}: .*--port.*\n", said.err)


@pytest.mark.parametrize(
    ("name", "page", "why"),
    [
        ("a page that is not there", "/nothing", "answered 404 Not Found"),
        ("a page without text", "/blank", "no article text found"),
    ],
)
def test_a_baseline_article_that_cannot_be_read(
    name: str, page: str, why: str, folder: Path, capsys: Capture
) -> None:
    """A paywall, a script, a typing error: a saved page helps in all of them."""
    Path("feeds.yaml").write_text(CONFIG + "collect: {allow_networks: [127.0.0.0/8], pause_s: 0}\n")
    with pages({"/blank": b"<html><body><nav>News</nav></body></html>"}) as base:
        said = monitor(capsys, "baseline", "add", base + page, "--out", "new.yaml", "--config", "feeds.yaml")
    assert (said.code, said.out) == (1, "")
    assert said.err.startswith(f"monitor: {base}{page}: {why}")
    assert said.err.endswith("Check the address, or save the page with a browser and name that file.\n")
    assert not Path("new.yaml").exists()


def test_trouble_with_one_feed_or_page_is_written_down_and_the_round_goes_on(capsys: Capture) -> None:
    """An unreachable feed and a page without text: exit code 0, counted, and named with their reasons."""
    content = {"/blank": b"<html><body><nav>News</nav></body></html>"}
    with pages(content) as base:
        item = f"<item><title>Blank</title><link>{base}/blank</link></item>"
        content["/feed"] = f'<rss version="2.0"><channel>{item}</channel></rss>'.encode()
        feeds = [
            {"url": f"{base}/feed", "name": "Valley Post"},
            {"url": "http://127.0.0.1:19009/feed", "name": "Dead Radio"},
        ]
        settings = {"collect": {"allow_networks": ["127.0.0.0/8"], "pause_s": 0}, "feeds": feeds}
        Path("feeds.yaml").write_text(yaml.safe_dump(settings))
        said = monitor(capsys, *COMMANDS["run"].replace("flood.db", "new.db").split())
    assert said.code == 0
    assert "poll 1, 1 failed, 1 new articles; read 0, 1 failed;" in said.err
    status = json.loads(monitor(capsys, "status", "--db", "new.db", "--json").out)
    assert [(feed["name"], feed["error"]) for feed in status["failing_feeds"]] == [("Dead Radio", "no connection")]
    shown = monitor(capsys, "digest", "--db", "new.db").out
    assert "Dead Radio" in shown and "no connection" in shown
    assert blank_row() == [("pending", 1, 1)]


def blank_row() -> list[tuple[object, ...]]:
    """Look up what stands on the row of the page without text."""
    conn = sqlite3.connect("new.db")
    try:
        return conn.execute("SELECT state, tries, last_error LIKE 'no article text%' FROM articles").fetchall()
    finally:
        conn.close()


@pytest.mark.parametrize(
    ("words", "code", "line"),
    [
        ("status --config nowhere.yaml", 2, r"monitor: nowhere.yaml: no such file. Pass --config .*\n"),
        (
            "findings --db nowhere.db",
            1,
            r"monitor: nowhere.db: no database yet. Make it with: monitor run --once\n",
        ),
        ("digest --db claims.yaml", 1, r"monitor: claims.yaml: .* Name another with --db.\n"),
        (
            "run --config feeds.yaml",
            2,
            r"monitor: config/baseline.yaml: no such file. Add one: monitor baseline add .*\n",
        ),
    ],
)
def test_real_processes_do_the_same(words: str, code: int, line: str, folder: Path) -> None:
    """What the shell sees: exit code, stdout, stderr."""
    done = run_monitor(*words.split(), cwd=folder)
    assert (done.returncode, done.stdout) == (code, "")
    assert re.fullmatch(line, done.stderr), done.stderr


def test_the_environment_names_a_file_as_an_option_does(folder: Path) -> None:
    """A config that is named must be there, wherever it is named."""
    environment = os.environ | {"MONITOR_CONFIG": "nowhere.yaml"}
    words = [*MONITOR, "status", "--db", "flood.db"]
    done = subprocess.run(
        words, capture_output=True, text=True, cwd=folder, env=environment, check=False, timeout=60
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("monitor: nowhere.yaml: no such file.")
