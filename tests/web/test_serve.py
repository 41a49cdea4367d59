"""`monitor serve`: a real Datasette on a real database, asked over HTTP as a browser asks."""

# ruff: noqa: E501 - a question and its answer stand on one line

from __future__ import annotations

import json
import multiprocessing
import shutil
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

from monitor.errors import ConfigError, MonitorError
from monitor.feed_records import GoodPoll, PollOutcome
from monitor.store import open_store
from monitor.store.schema import Table, sources_of, tables
from monitor.web.serve import METADATA, SETTINGS, read_metadata, serve, with_meanings
from tests.store.filling import NOW, feed_of, fill

QUERIES = read_metadata()["databases"]["monitor"]["queries"]
Rows = list[dict[str, Any]]  # Any: JSON


class Pages:
    """A running server, and how to ask it."""

    def __init__(self, front: str) -> None:
        self.front = front
        self.url = front + "flood~20story"  # as Datasette writes a blank

    def get(self, path: str, **parameters: str) -> str:
        """Ask for a page; raise HTTPError unless it is fine."""
        query = f"?{urllib.parse.urlencode(parameters)}"
        with urllib.request.urlopen(f"{self.url}{path}{query}", timeout=30) as answer:  # noqa: S310 - our own address
            return str(answer.read().decode())

    def rows(self, path: str, **parameters: str) -> Rows:
        """Ask for the rows of a page as JSON."""
        found: Rows = json.loads(self.get(f"{path}.json", _shape="array", **parameters))
        return found

    def refusal(self, path: str, *, data: bytes | None = None, **parameters: str) -> int:
        """Ask for what must be refused, and return the status."""
        url = f"{self.url}{path}?{urllib.parse.urlencode(parameters)}"
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(urllib.request.Request(url, data=data), timeout=30)  # noqa: S310
        caught.value.close()
        return caught.value.code


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A filled database whose file has a name of its own."""
    path = tmp_path_factory.mktemp("serve") / "flood story.db"
    with open_store(path) as store:
        fill(store)
    return path


@pytest.fixture(scope="module")
def pages(database: Path) -> Iterator[Pages]:
    """The pages of that database, served by a process of their own."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe(duplex=False)
    server = context.Process(target=serve_and_tell, args=(database, there))
    server.start()
    try:
        assert here.poll(30), "the server did not start"
        yield Pages(here.recv())
    finally:
        server.terminate()
        server.join(10)
        here.close()
        there.close()
    assert server.exitcode in (0, -signal.SIGTERM)


def serve_and_tell(database: Path, told: Connection) -> None:
    """Serve on any free port, and tell the address."""
    serve(database, host="127.0.0.1", port=0, announce=told.send)


def described() -> tuple[Table, ...]:
    """Describe a new database."""
    with open_store(":memory:") as store:
        return tables(store)


# The pages -------------------------------------------------------------------------------------


def test_the_front_page_says_what_this_is_and_what_can_be_asked(pages: Pages) -> None:
    """Titles and every ready-made question stand on the first pages."""
    with urllib.request.urlopen(pages.front, timeout=30) as answer:  # noqa: S310 - our own address
        assert "who confirms, who denies" in answer.read().decode()
    front = pages.get("")
    assert "The story" in front
    assert all(query["title"].replace("'", "&#39;") in front for query in QUERIES.values())


@pytest.mark.parametrize("table", [table.name for table in described()])
def test_every_table_has_its_page_with_meanings(pages: Pages, table: str) -> None:
    """Sort order, facets and descriptions of the metadata fit the schema, also for tables that are hidden."""
    about = next(t for t in described() if t.name == table)
    page = pages.get(f"/{table}")
    assert about.comment in page.replace("&#39;", "'").replace("&#34;", '"')
    assert about.columns[-1].name in page


def test_findings_can_be_filtered_by_facets(pages: Pages) -> None:
    """One click shows the denials."""
    page = pages.get("/current_findings")
    assert all(f'data-column="{facet}"' in page for facet in ("claim_id", "stance", "manner", "lang", "outlet"))
    assert [row["claim_id"] for row in pages.rows("/current_findings", manner="denial")] == ["C1"]


def test_articles_can_be_searched(pages: Pages) -> None:
    """The full-text index is used, diacritics folded."""
    assert [row["title"] for row in pages.rows("/versions", _search="societe")] == ["Crue : la société dément"]


def test_inner_tables_stay_out_of_the_way(pages: Pages) -> None:
    """A journalist sees what helps; the rest is there for who asks."""
    shown = json.loads(pages.get(".json"))["tables"]
    assert {table["name"] for table in shown if not table["hidden"]} == {
        "absences", "articles", "baselines", "claims", "copies", "credits", "digests", "entries", "feeds", "findings",
        "hosts", "rounds", "tallies", "versions",
    }  # fmt: skip


def test_what_a_page_said_cannot_act_in_the_browser(pages: Pages) -> None:
    """HTML in evidence is shown, not run."""
    page = pages.get("/unverified_and_hedged")
    assert "&lt;b&gt;encore&lt;/b&gt;" in page
    assert "<b>encore</b>" not in page
    assert "<script>alert(1)</script>" not in pages.get("/versions")


# The questions ---------------------------------------------------------------------------------

GAZETTE, COURRIER = "https://gazette.example/1", "https://courrier.example/2"


@pytest.mark.parametrize(
    ("query", "columns", "expected"),
    [
        ("claims_at_a_glance", ["claim", "confirm", "contradict", "mention"], [("C1", 1, 1, 0), ("C2", 0, 1, 1), ("C3", 0, 0, 0)]),
        ("who_denies_what", ["claim", "asserted_by"], [("C1", "La société du barrage"), ("C2", None)]),
        ("who_confirms_what", ["claim", "evidence"], [("C1", "The dam broke, the valley's council said.")]),
        ("figures_over_time", ["claim", "figure_old", "figure_new"], [("C2", "Six people", "nine people"), ("C2", "Six people", "Douze personnes")]),
        ("new_since_yesterday", ["claim", "stance"], [("C1", "contradicts"), ("C2", "updates"), ("C2", "mentions")]),
        ("silent_claims", ["claim", "last_found"], [("C3", None)]),
        ("one_claim", ["stance", "url"], [("confirms", GAZETTE), ("contradicts", COURRIER)]),
        ("one_article", ["claim", "stance"], [("C1", "confirms"), ("C2", "updates"), ("C2", "contradicts")]),
        ("denials_by_speaker", ["asserted_by", "articles", "outlets", "claims"], [("La société du barrage", 1, 1, "C1")]),
        ("unverified_and_hedged", ["claim", "manner"], [("C2", "unverified")]),
        ("both_sides", ["claim", "url"], [("C2", GAZETTE)]),
        ("same_sentence", ["claim"], []),
        ("articles_per_language", ["language", "articles", "with_findings"], [("en", 1, 1), ("fr", 1, 1)]),
        ("changed_articles", ["url"], []),
        ("find_words", ["title", "outlet"], [("Flood", "The Gazette")]),
        ("failing_feeds", ["name", "failures", "last_error"], [("Courrier", 1, "answered 503")]),
        ("feeds_polling", ["name", "articles"], [("Courrier", 3), ("Gazette", 3)]),
        ("unread_articles", ["url", "what_now"], [("https://gazette.example/3", "given up")]),
    ],
)  # fmt: skip
def test_each_question_has_its_answer(
    pages: Pages, query: str, columns: list[str], expected: list[object]
) -> None:
    """Every canned query runs on rows that the store wrote, and finds what is there."""
    rows = pages.rows(f"/{query}", claim="C1", url=GAZETTE, words="dam council")
    found = [tuple(row[column] for column in columns) for row in rows]
    assert sorted(found, key=repr) == sorted(expected, key=repr)
    assert QUERIES[query]["title"].replace("'", "&#39;") in pages.get(f"/{query}")


def test_no_question_is_left_unasked() -> None:
    """A new canned query needs its line in the table above, a title and a description."""
    (table,) = (mark for mark in test_each_question_has_its_answer.pytestmark if mark.name == "parametrize")  # type: ignore[attr-defined]  # set by the decorator
    assert {case[0] for case in table.args[1]} == set(QUERIES)
    assert all(query["title"] and query["description"].endswith(".") for query in QUERIES.values())


def test_words_to_find_are_no_query_language(pages: Pages) -> None:
    """Quotes and operators that a person types are words."""
    assert pages.rows("/find_words", words='dam" OR (') == []


# Only for reading ------------------------------------------------------------------------------


@pytest.mark.parametrize("sql", ["DELETE FROM findings", "DROP TABLE feeds", "ATTACH '/tmp/x.db' AS x", "VACUUM"])
def test_the_pages_cannot_change_anything(pages: Pages, database: Path, sql: str) -> None:
    """Neither by a query nor by a form; the file stays as it was."""
    before = database.read_bytes()
    assert pages.refusal("", sql=sql) == 400
    assert pages.refusal("/who_denies_what", data=b"stance=x") >= 400
    assert database.read_bytes() == before


def test_a_page_that_is_not_there_is_not_found(pages: Pages) -> None:
    """A mistyped address is no fault of the server."""
    assert pages.refusal("/nothing") == 404


def test_the_file_is_not_handed_out(pages: Pages) -> None:
    """A copy taken in the middle of a write is broken."""
    assert pages.refusal(".db") in (403, 404)


def test_the_pages_show_what_the_daemon_writes_meanwhile(pages: Pages, database: Path) -> None:
    """Write-ahead logging lets both work at once; no page is kept from before."""
    with open_store(database) as store:
        feed = feed_of(store)
        store.feeds.failed(feed, now=NOW, next_check_at=NOW, error="answered 500")
        assert "Gazette" in {row["name"] for row in pages.rows("/failing_feeds")}
        store.feeds.checked(feed, GoodPoll(PollOutcome.NOT_MODIFIED, NOW), now=NOW)
        assert "Gazette" not in {row["name"] for row in pages.rows("/failing_feeds")}


# What stops the start --------------------------------------------------------------------------


def starting(path: Path, *, host: str = "127.0.0.1", port: int = 0) -> str:
    """Start, expect a refusal before anything is announced, and return its one line."""
    told: list[str] = []
    with pytest.raises(MonitorError) as caught:
        serve(path, host=host, port=port, announce=told.append)
    assert told == []
    assert str(caught.value).isprintable()
    return str(caught.value)


def test_a_missing_database_says_how_to_begin(tmp_path: Path) -> None:
    """Nothing is made by looking."""
    assert "monitor run --once" in starting(tmp_path / "none.db")
    assert list(tmp_path.iterdir()) == []


def test_a_taken_port_is_one_line(database: Path) -> None:
    """Another server on the port is the usual trouble."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert starting(database, port=port) == (
            f"127.0.0.1:{port}: cannot be used (Address already in use). Choose another with --host and --port."
        )
    assert starting(database, port=99_999) == "port 99999: expected a number up to 65535; 0 takes any free one."
    assert "cannot be used" in starting(database, host="256.0.0.1")


def test_a_path_that_would_be_read_as_a_query_is_refused(database: Path, tmp_path: Path) -> None:
    """Datasette puts the path into a URI as it stands: 'a.db?mode=rwc' would open for writing."""
    odd = tmp_path / "a?mode=rwc.db"
    shutil.copy(database, odd)
    assert "Rename it" in starting(odd)


# Metadata and schema ---------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "databases: {}", "title: [", "- a"])
def test_metadata_that_cannot_be_used_is_one_line(tmp_path: Path, text: str) -> None:
    """A person may add questions to the file, and slip."""
    path = tmp_path / "metadata.yaml"
    path.write_text(text)
    with pytest.raises(ConfigError) as caught:
        read_metadata(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert str(caught.value).isprintable()
    with pytest.raises(ConfigError, match="cannot be read"):
        read_metadata(tmp_path / "none.yaml")


def test_metadata_names_only_what_exists() -> None:
    """A renamed table or column would leave its facet or sort order behind."""
    schema = {table.name: {column.name for column in table.columns} for table in described()}
    for name, about in read_metadata()["databases"]["monitor"]["tables"].items():
        if name != "_sqlite_migrations":
            named = {about[key] for key in ("sort", "sort_desc", "label_column") if key in about}
            assert named | set(about.get("facets", ())) | set(about.get("columns", ())) <= schema[name], name


def test_meanings_come_from_the_schema_and_go_under_the_files_name() -> None:
    """Nothing is described twice; what the metadata says of a column goes first."""
    metadata = {"title": "t", "databases": {"monitor": {"tables": {"feeds": {"columns": {"url": "mine"}}}}}}
    merged = with_meanings(metadata, described(), name="other")
    feeds = merged["databases"]["other"]["tables"]["feeds"]
    assert feeds["description"] == "The feeds of config/feeds.yaml, and how polling each of them goes."
    assert (feeds["columns"]["url"], feeds["columns"]["name"]) == ("mine", "the name a person gave it")
    assert (merged["title"], merged["databases"]["other"]["queries"]) == ("t", {})


def test_every_table_and_column_has_a_meaning() -> None:
    """A column without a comment would stand without a word in the pages and in docs/store.md."""
    for table in described():
        assert table.comment, table.name
        assert [column.name for column in table.columns if not column.comment] == [], table.name


def test_a_view_borrows_the_meanings_of_its_tables() -> None:
    """The first column of an expression gives the meaning; a row number names its table."""
    sql = "CREATE VIEW v AS -- About, x\nSELECT a.id, b.name AS who, round(a.score, 3) AS score, 1 AS one\nFROM a"
    assert sources_of(sql) == {"id": ("a", "id"), "who": ("b", "name"), "score": ("a", "score")}
    view = next(table for table in described() if table.is_view)
    meanings = {column.name: column.comment for column in view.columns}
    assert meanings["evidence"] == "the sentence, word for word"
    assert meanings["article_id"] == "the articles row it comes from"


def test_the_page_on_the_store_is_up_to_date() -> None:
    """docs/store.md is made from the schema; whoever changes one makes the other."""
    root = METADATA.parents[1]
    check = subprocess.run(
        [sys.executable, root / "tools" / "store_docs.py", "--check"], capture_output=True, text=True, check=False
    )
    assert (check.returncode, check.stderr) == (0, "")


def test_settings_are_ones_that_datasette_knows() -> None:
    """A renamed setting would silently lose its effect."""
    answer = subprocess.run(
        [sys.executable, "-m", "datasette", "serve", "--help-settings"], capture_output=True, text=True, check=True
    )
    assert all(f"{name} " in answer.stdout for name in SETTINGS)
