"""The command line as a journalist uses it, when all is well."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from datetime import UTC, date, datetime
from pathlib import Path

import click
import pytest
import typer
import yaml

from monitor import __version__
from monitor.__main__ import main as run_module
from monitor.cli import app
from monitor.report.digest import to_json
from monitor.store import open_store
from tests.command import Said, filled, monitor, pages
from tests.line import MONITOR
from tests.read.news_pages import PARAGRAPHS, news_page
from tests.report.flood_story import flood_digest

Capture = pytest.CaptureFixture[str]
FEED = """<?xml version="1.0"?><rss version="2.0"><channel><title>Post</title>
<item><title>Bridge</title><link>{base}/bridge</link><guid>1</guid></item></channel></rss>"""


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand in an empty folder, so that no file at a usual place is read, 80 cells wide."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    for name in ("MONITOR_CONFIG", "MONITOR_BASELINE", "MONITOR_DB"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One database for all who only read."""
    path = filled(tmp_path_factory.mktemp("flood") / "flood.db")
    with open_store(path) as store:
        day, now = date(2026, 11, 20), datetime(2026, 11, 20, 7, tzinfo=UTC)
        store.digests.put(day, since=None, until=now, body=to_json(flood_digest()))
    return path


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A reader in Zurich."""
    path = tmp_path / "zurich.yaml"
    path.write_text('reader: {time_zone: Europe/Zurich}\nfeeds: [{url: "http://a.example/feed", name: A}]\n')
    return path


def write_claims(path: Path) -> Path:
    """Write a claims file about the bridge of tests/read/news_pages.py."""
    claims = [
        {"id": "B1", "text": "The council approved a new bridge."},
        {"id": "B2", "text": "It will cost 9 million."},
    ]
    path.write_text(yaml.safe_dump({"baseline": {"title": "Bridge", "language": "en"}, "claims": claims}))
    return path


def fine(said: Said) -> str:
    """Return what a command printed, after a look at how it ended."""
    assert said.code == 0, said.err
    assert said.err == ""
    return said.out


def test_version(capsys: Capture) -> None:
    """Who reports trouble is asked for it."""
    assert fine(monitor(capsys, "--version")) == f"monitor {__version__}\n"


def test_the_module_is_the_command(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    """python -m monitor takes its words from the process."""
    monkeypatch.setattr(sys, "argv", ["monitor", "--version"])
    with pytest.raises(SystemExit) as end:
        run_module()
    assert (end.value.code, capsys.readouterr().out) == (0, f"monitor {__version__}\n")


def commands() -> list[tuple[str, click.Command]]:
    """List every command, with the words that call it."""
    top = typer.main.get_group(app)
    inner = [
        (f"{name} {sub}", cmd)
        for name, group in top.commands.items()
        if hasattr(group, "commands")
        for sub, cmd in group.commands.items()
    ]
    return [*((name, cmd) for name, cmd in top.commands.items() if not hasattr(cmd, "commands")), *inner]


@pytest.mark.parametrize(("words", "command"), commands(), ids=lambda x: x if isinstance(x, str) else "")
def test_help_says_one_clear_line_for_each_option(words: str, command: click.Command, capsys: Capture) -> None:
    """Help is the first page of the manual that anybody opens."""
    text = fine(monitor(capsys, *words.split(), "--help"))
    assert text.startswith(f"Usage: monitor {words}")
    assert command.help
    assert all(len(line) <= 80 for line in text.splitlines())
    for param in command.params:
        written = getattr(param, "help", "")
        assert written and written[0].isupper() and written.endswith("."), param.name


def test_the_list_of_commands_cuts_no_description(capsys: Capture) -> None:
    """A sentence that ends in dots says nothing."""
    text = fine(monitor(capsys, "--help"))
    assert "..." not in text.split("Commands:")[1]
    for words, _ in commands():
        assert f"\n  {words.split()[0]} " in text


def test_status_counts_in_the_readers_zone(capsys: Capture, db: Path, config: Path) -> None:
    """The config named is the config used; without one, times are in UTC."""
    text = fine(monitor(capsys, "status", "--db", db))
    assert "Findings that stand: 6" in text
    assert "Courrier: since 22 Nov 2026, 06:04 UTC (1×): answered 503" in text
    assert "07:04 CET" in fine(monitor(capsys, "status", "--db", db, "--config", config))


def test_config_at_its_usual_place_is_read(capsys: Capture, db: Path, config: Path) -> None:
    """Nobody names the files of a folder that monitor runs in."""
    Path("config").mkdir()
    config.rename("config/feeds.yaml")
    Path("db").mkdir()
    Path("db/monitor.db").write_bytes(db.read_bytes())
    assert "07:04 CET" in fine(monitor(capsys, "status"))


def test_status_as_json(capsys: Capture, db: Path) -> None:
    """A watchdog reads this."""
    found = json.loads(fine(monitor(capsys, "status", "--db", db, "--json")))
    assert found["findings"] == 6
    assert [feed["name"] for feed in found["failing_feeds"]] == ["Courrier"]


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ([], 6),
        (["--claim", "C2"], 4),
        (["--stance", "contradicts"], 2),
        (["--claim", "C1", "--stance", "contradicts"], 1),
        (["--since", "2026-11-22"], 3),
        (["--since", "2026-11-23"], 0),
        (["--claim", "C3"], 0),
    ],
)
def test_findings_are_those_asked_for(words: list[str], number: int, capsys: Capture, db: Path) -> None:
    """Text, JSON and CSV list the same findings."""
    rows = json.loads(fine(monitor(capsys, "findings", "--db", db, "--json", *words)))
    table = list(csv.DictReader(io.StringIO(fine(monitor(capsys, "findings", "--db", db, "--csv", *words)))))
    text = fine(monitor(capsys, "findings", "--db", db, *words))
    assert len(rows) == len(table) == number
    assert f"\n{number} findings" in text if number > 1 else f"{number} findings" not in text
    assert [row["evidence"] for row in table] == [row["evidence"] for row in rows]
    assert number == 0 or all(len(line) <= 80 for line in text.splitlines())


def test_a_finding_is_explained_by_its_number(capsys: Capture, db: Path) -> None:
    """The number stands in the list of findings."""
    (found, *_) = json.loads(fine(monitor(capsys, "findings", "--db", db, "--json")))
    assert f"finding {found['id']}" in fine(monitor(capsys, "findings", "--db", db))
    text = fine(monitor(capsys, "explain", found["id"], "--db", db))
    assert text.startswith(f"Finding     {found['id']}: {found['stance']} {found['claim']}")
    assert all(len(line) <= 80 for line in text.splitlines())


def test_a_number_that_no_finding_has_is_refused(capsys: Capture, db: Path) -> None:
    said = monitor(capsys, "explain", "999", "--db", db)
    assert (said.code, said.out) == (2, "")
    assert said.err == "monitor: 999: no finding that stands has this number. List them: monitor findings\n"


@pytest.mark.parametrize("words", [["societe"], ["société", "BARRAGE"], ["Société du barrage"], ['"']])
def test_search_takes_words_as_people_type_them(words: list[str], capsys: Capture, db: Path) -> None:
    """Accents, capitals and stray quotation marks do not matter."""
    text = fine(monitor(capsys, "search", "--db", db, *words))
    assert ("Crue : la société dément" in text) == (words != ['"'])


def test_search_as_json(capsys: Capture, db: Path) -> None:
    """--limit bounds it; nothing found is an empty list."""
    assert len(json.loads(fine(monitor(capsys, "search", "--db", db, "--json", "--limit", "1", "the")))) == 1
    assert json.loads(fine(monitor(capsys, "search", "--db", db, "--json", "zeppelin"))) == []


@pytest.mark.parametrize(
    ("format", "start"), [("text", ""), ("html", "<!doctype html>"), ("json", "{"), ("md", "# ")]
)
def test_digest_goes_to_the_terminal_or_whole_to_a_file(
    format: str, start: str, capsys: Capture, db: Path, tmp_path: Path
) -> None:
    """A stored digest is shown as it was; --out makes the folder and leaves stdout to others."""
    words = ("digest", "--db", db, "--day", "2026-11-20", "--format", format)
    printed = fine(monitor(capsys, *words))
    assert "Oberau" in printed
    assert printed.lower().lstrip().startswith(start)
    out = tmp_path / "new" / "er" / "digest"
    said = monitor(capsys, *words, "--out", out)
    assert (said.code, said.out) == (0, "")
    assert str(out) in said.err
    written = out.read_text(encoding="utf-8")
    assert written == printed or (format == "text" and "Oberau" in written)  # a file is a little wider
    assert [path.name for path in out.parent.iterdir()] == ["digest"]


def test_digest_without_a_day_says_what_is_new(capsys: Capture, db: Path) -> None:
    """It is a preview: nothing is stored, so the daily digest stays whole."""
    before = db.read_bytes()
    assert "Douze personnes" in fine(monitor(capsys, "digest", "--db", db))
    assert db.read_bytes() == before


def test_digest_of_a_day_without_one_is_what_was_found_on_that_day(capsys: Capture, db: Path) -> None:
    """The computer was off on the 21st: that day can still be read up."""
    shown = json.loads(fine(monitor(capsys, "digest", "--db", db, "--day", "2026-11-21", "--format", "json")))
    assert shown["day"] == "2026-11-21"
    assert (shown["since"], shown["until"]) == ("2026-11-21T00:00:00Z", "2026-11-22T00:00:00Z")


def test_judge_writes_findings_of_a_file_of_articles(capsys: Capture, tmp_path: Path) -> None:
    """No network, no database: an archive is judged as the daemon would."""
    claims = write_claims(tmp_path / "claims.yaml")
    articles = tmp_path / "articles.jsonl"
    articles.write_text(json.dumps({"id": "a1", "text": " ".join(PARAGRAPHS), "lang": "en"}) + "\n")
    out = tmp_path / "new" / "findings.jsonl"
    said = monitor(capsys, "judge", "--claims", claims, "--articles", articles, "--out", out)
    assert (said.code, said.out) == (0, "")
    rows = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert said.err == f"{out}: {len(rows)} findings in 1 articles.\n"
    assert ("a1", "B1", "confirms") in [(row["article_id"], row["claim_id"], row["verdict"]) for row in rows]


def test_judge_pairs_writes_the_scores_of_a_file_of_pairs(capsys: Capture, tmp_path: Path) -> None:
    """Anyone can test the model on their own data: every line comes back as it was, with its scores."""
    lines: list[dict[str, object]] = [
        {"premise": "Nobody was hurt, the mayor said.", "hypothesis": "Six people were hurt.", "label": "x"},
        {
            "premise": "Six people were hurt.",
            "hypothesis": "Six people were hurt.",
            "context": "Fire in the port.",
        },
    ]
    pairs, out = tmp_path / "pairs.jsonl", tmp_path / "scores.jsonl"
    pairs.write_text("".join(json.dumps(line) + "\n" for line in lines))
    said = monitor(capsys, "judge-pairs", "--pairs", pairs, "--out", out)
    assert (said.code, said.out, said.err) == (0, "", f"{out}: 2 pairs scored.\n")
    rows = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    for row, line in zip(rows, lines, strict=True):
        assert row.items() >= line.items()
        assert row["entails"] + row["neutral"] + row["contradicts"] == pytest.approx(1, abs=1e-5)
        assert sum(row["stances"].values()) == pytest.approx(1, abs=1e-5)
    assert rows[0]["contradicts"] > rows[0]["entails"] and rows[1]["entails"] > rows[1]["contradicts"]


def start(*words: str | Path) -> subprocess.Popen[str]:
    """Start a real process, with pipes to hear it."""
    return subprocess.Popen(
        [*MONITOR, *map(str, words)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, process_group=0
    )


def write_config(path: Path, *feeds: str) -> Path:
    """Follow these feeds on this machine."""
    rows = [{"url": url, "name": f"Feed {number}"} for number, url in enumerate(feeds)]
    collect = {"allow_networks": ["127.0.0.0/8"], "pause_s": 0, "contact": "desk@b.example"}
    path.write_text(yaml.safe_dump({"collect": collect, "read": {"workers": 1}, "feeds": rows}))
    return path


def test_one_round_reads_and_judges(capsys: Capture, tmp_path: Path) -> None:
    """The whole line once, from the feed to the finding; the counts are for people, so they go to stderr."""
    claims, db = write_claims(tmp_path / "claims.yaml"), tmp_path / "new" / "m.db"
    content = {"/bridge": news_page(*PARAGRAPHS).encode()}
    with pages(content) as base:
        content["/feed"] = FEED.format(base=base).encode()
        config = write_config(tmp_path / "feeds.yaml", f"{base}/feed")
        said = monitor(capsys, "run", "--once", "--config", config, "--baseline", claims, "--db", db)
    assert (said.code, said.out) == (0, "")
    assert said.err.startswith("This round: poll 1, 1 new articles; read 1; embed ")
    assert "B1" in fine(monitor(capsys, "findings", "--db", db))


def test_the_first_round_after_the_hour_writes_the_digest(capsys: Capture, tmp_path: Path) -> None:
    """A laptop that was closed at seven gets its digest when it is opened."""
    claims, db = write_claims(tmp_path / "claims.yaml"), tmp_path / "m.db"
    config = write_config(tmp_path / "feeds.yaml", "http://127.0.0.1:19009/feed")
    settings = yaml.safe_load(config.read_text()) | {"reader": {"digest_at": "00:00"}}
    config.write_text(yaml.safe_dump(settings))
    for _ in range(2):
        said = monitor(capsys, "run", "--once", "--config", config, "--baseline", claims, "--db", db)
        assert said.code == 0
        assert json.loads(fine(monitor(capsys, "status", "--db", db, "--json")))["last_digest"]


def test_ctrl_c_ends_a_round_without_a_traceback(tmp_path: Path) -> None:
    """A page that never comes must not hold the terminal."""
    claims = write_claims(tmp_path / "claims.yaml")
    content: dict[str, bytes] = {}
    with socket.create_server(("127.0.0.1", 0)) as silent, pages(content) as base:
        content["/feed"] = FEED.format(base=f"http://127.0.0.1:{silent.getsockname()[1]}").encode()
        config = write_config(tmp_path / "feeds.yaml", f"{base}/feed")
        process = start("run", "--once", "--config", config, "--baseline", claims, "--db", tmp_path / "m.db")
        silent.settimeout(60)
        asked, _ = silent.accept()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
        asked.close()
    assert (process.returncode, out, err) == (130, "", "")


def test_the_daemon_says_what_it_follows_and_ends_on_ctrl_c(tmp_path: Path) -> None:
    """The line is there at once, so that a person knows it runs."""
    claims = write_claims(tmp_path / "claims.yaml")
    with pages({"/feed": b"<html><body>No feed.</body></html>"}) as base:
        config = write_config(tmp_path / "feeds.yaml", f"{base}/feed")
        process = start("run", "--config", config, "--baseline", claims, "--db", tmp_path / "m.db")
        assert process.stderr is not None
        assert process.stderr.readline() == "Following 2 claims in 1 feeds. End with Ctrl-C.\n"
        assert "WARNING monitor.pipeline.polling feed failed" in process.stderr.readline()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (0, "", "")


def test_serve_shows_pages_until_ctrl_c(db: Path) -> None:
    """The address is printed once it answers, and nothing else is."""
    process = start("serve", "--db", db, "--port", "0")
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line.startswith("Look around at http://127.0.0.1:")
    with urllib.request.urlopen(line.split()[3], timeout=30) as page:  # noqa: S310 - the address is checked above
        assert page.status == 200
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode in (0, 130)
    assert (out, err) == ("", "")


def test_a_reader_that_leaves_is_no_trouble(db: Path) -> None:
    """monitor findings | head -1 prints one line, and no complaint."""
    process = start("findings", "--db", db)
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    assert process.stderr.read() == ""
    process.stderr.close()
    assert process.wait(30) == 1


def test_a_terminal_that_lacks_letters_shows_stand_ins(db: Path) -> None:
    """Old terminals and odd pipes must not end in a traceback."""
    environment = os.environ | {"PYTHONIOENCODING": "ascii"}
    words = [*MONITOR, "search", "--db", str(db), "barrage"]
    done = subprocess.run(words, capture_output=True, text=True, env=environment, check=True, timeout=60)
    assert "Crue : la soci?t? d?ment" in done.stdout


def test_questions_start_without_the_model_and_the_web() -> None:
    """Whoever asks twenty times a day waits twenty times: loading everything takes twice as long."""
    heavy = (
        "onnxruntime",
        "tokenizers",
        "aiohttp",
        "feedparser",
        "trafilatura",
        "apscheduler",
        "datasette",
        "uvicorn",
    )
    program = f"import monitor.cli, sys; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "[]\n"


def test_a_run_without_a_contact_is_told_once_that_nobody_can_reach_it(capsys: Capture, tmp_path: Path) -> None:
    """A webmaster who wants less of us should have somebody to write to before the block."""
    claims = write_claims(tmp_path / "claims.yaml")
    config = write_config(tmp_path / "feeds.yaml", "http://127.0.0.1:19009/feed")
    config.write_text(config.read_text().replace("desk@b.example", "' '"))
    told = f"No webmaster can reach you. Set collect.contact in {config}: an address or page of yours.\n"
    said = monitor(capsys, "run", "--once", "--config", config, "--baseline", claims, "--db", tmp_path / "m.db")
    assert said.err.count(told) == 1
