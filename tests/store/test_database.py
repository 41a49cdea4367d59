"""Opening a database: whose it is, how old it is, who may write, and what a person is told otherwise."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.errors import StoreError
from monitor.store import open_readonly, open_store
from monitor.store.migrations import migrations, statements
from monitor.store.rows import writing
from tests.store.filling import GAZETTE, HOUR, NOW, feed_of

OPEN_AND_COUNT = (
    "import sys; from pathlib import Path; from monitor.store import open_store\n"
    "with open_store(Path(sys.argv[1])) as store: print(store.count('feeds'))"
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A place for a database in a folder that does not exist yet."""
    return tmp_path / "new" / "monitor.db"


def refused(opening: Iterator[object]) -> str:
    """Open, expect a refusal, and return it once it is known to be one line."""
    with pytest.raises(StoreError) as caught:
        next(opening)
    message = str(caught.value)
    assert "\n" not in message
    return message


def opening(path: Path) -> Iterator[object]:
    """Open for writing when asked for the first item."""
    with open_store(path) as store:
        yield store


def opening_readonly(path: Path) -> Iterator[object]:
    """Open for reading when asked for the first item."""
    with open_readonly(path) as store:
        yield store


def foreign(path: Path, *statements: str) -> Path:
    """Make a database that is somebody else's."""
    conn = sqlite3.connect(path)
    for statement in statements:
        conn.execute(statement)
    conn.commit()
    conn.close()
    return path


def test_an_empty_path_becomes_a_database(path: Path) -> None:
    """The first start makes the folder, the file and every table, in WAL mode with foreign keys on."""
    with open_store(path) as store:
        assert {"feeds", "articles", "versions", "findings", "current_findings"} <= {
            *store.db.table_names(),
            *store.db.view_names(),
        }
        assert store.db.conn.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert store.db.conn.execute("PRAGMA foreign_keys").fetchone() == (1,)
        assert store.db.conn.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_every_table_is_strict(path: Path) -> None:
    """A wrong type stops at the border of the database; full-text tables cannot be strict."""
    with open_store(path) as store:
        loose = store.db.query(
            "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND NOT strict"
        )
        assert {row["name"] for row in loose} == {"sqlite_schema", "_sqlite_migrations"}


def test_a_script_is_parted_into_its_statements() -> None:
    """A trigger holds a statement of its own, and a comment may hold a semicolon at the end of its line."""
    table = "-- What it is for.\n\nCREATE TABLE a ( -- 1: yes;\n  b TEXT\n);\n"
    trigger = "CREATE TRIGGER c AFTER INSERT ON a BEGIN\n  DELETE FROM a;\nEND;\n"
    assert list(statements(table + trigger)) == [table, trigger]
    with pytest.raises(ValueError, match="does not end: DROP TABLE a"):
        list(statements(table + "DROP TABLE a\n"))


def test_opening_twice_changes_nothing(path: Path) -> None:
    """A restart applies no step again and keeps the rows."""
    with open_store(path) as store:
        feed_of(store)
        schema = list(store.db.query("SELECT * FROM sqlite_schema"))
    with open_store(path) as store:
        assert list(store.db.query("SELECT * FROM sqlite_schema")) == schema
        assert store.count("feeds") == 1
        assert store.count("_sqlite_migrations") == len(migrations._migrations)


def test_a_store_in_memory_is_a_store() -> None:
    """The tests of other rooms need no file."""
    with open_store(":memory:") as store:
        assert feed_of(store).url == GAZETTE.url


def test_processes_that_start_at_once_share_one_schema(path: Path) -> None:
    """A digest asked for while the daemon starts for the first time finds the schema made once."""
    starts = [
        subprocess.Popen([sys.executable, "-c", OPEN_AND_COUNT, str(path)], stdout=subprocess.PIPE)
        for _ in range(3)
    ]
    assert [(start.communicate()[0], start.returncode) for start in starts] == [(b"0\n", 0)] * 3


@pytest.mark.parametrize(
    "statements",
    [
        ("CREATE TABLE photos (id)",),
        # sqlite-utils keeps the steps of every program under one name: the table alone proves nothing.
        (
            "CREATE TABLE photos (id)",
            "CREATE TABLE _sqlite_migrations (id INTEGER PRIMARY KEY, migration_set, name, applied_at)",
            "INSERT INTO _sqlite_migrations VALUES (1, 'album', 'm001', '')",
        ),
    ],
)
@pytest.mark.parametrize("open_it", [opening, opening_readonly])
def test_a_foreign_database_is_refused_and_left_as_it_was(
    tmp_path: Path, statements: tuple[str, ...], open_it: object
) -> None:
    """Naming the wrong file must not change one byte of it, its journal mode included."""
    path = foreign(tmp_path / "photos.db", *statements)
    before = path.read_bytes()
    message = refused(opening(path) if open_it is opening else opening_readonly(path))
    assert message == f"{path}: this database was not made by monitor. Name another with --db."
    assert path.read_bytes() == before


@pytest.mark.parametrize("readonly", [False, True])
def test_a_newer_database_is_refused(path: Path, readonly: bool) -> None:
    """An old release does not know what the new columns mean, and keeps its hands off."""
    with open_store(path) as store, writing(store.db) as conn:
        conn.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('monitor', 'm999_scans', '')"
        )
    message = refused(opening_readonly(path) if readonly else opening(path))
    assert message == f"{path}: made by a newer release of monitor. Install that release."


def test_a_database_without_its_tables_is_brought_up_to_date_only_when_written(path: Path) -> None:
    """A first start that was killed leaves such a file. Reading changes nothing, so it names what does."""
    path.parent.mkdir()
    foreign(path, "PRAGMA journal_mode = WAL", "PRAGMA user_version = 0")
    assert path.stat().st_size > 0
    assert "Bring it up to date: monitor run --once" in refused(opening_readonly(path))
    with open_store(path):
        pass
    with open_readonly(path) as store:
        assert store.count("feeds") == 0


@pytest.mark.parametrize("readonly", [False, True])
def test_a_file_that_is_no_database_is_refused(tmp_path: Path, readonly: bool) -> None:
    """The config named as the database is a slip of the hand; the file stays whole."""
    path = tmp_path / "feeds.yaml"
    path.write_text("feeds: []\n" * 500)
    message = refused(opening_readonly(path) if readonly else opening(path))
    assert message == f"{path}: it is no SQLite database. Name another with --db."
    assert path.read_text() == "feeds: []\n" * 500


@pytest.mark.parametrize("readonly", [False, True])
def test_a_folder_is_refused(tmp_path: Path, readonly: bool) -> None:
    """A folder named as the database gives one line, no traceback."""
    message = refused(opening_readonly(tmp_path) if readonly else opening(tmp_path))
    assert message == (
        f"{tmp_path}: this is a folder. Name a file with --db."
        if readonly
        else f"{tmp_path}: the database cannot be opened. Check the folder and its permissions."
    )


def test_a_damaged_database_is_named_as_such(path: Path) -> None:
    """Garbage in the middle of the file is found when it is read, and told in one line."""
    with open_store(path) as store:
        feed_of(store)
    content = bytearray(path.read_bytes())
    content[100 : len(content)] = b"\xff" * (len(content) - 100)
    path.write_bytes(bytes(content))
    assert refused(opening(path)) == (
        f"{path}: the database is damaged, and no backup stands beside it."
        " Keep the file, and go on with another --db."
    )


@pytest.mark.parametrize("content", [None, b""])
def test_reading_before_anything_was_stored_says_how_to_begin(tmp_path: Path, content: bytes | None) -> None:
    """A missing file and an empty one both mean that nothing ran yet."""
    path = tmp_path / "monitor.db"
    if content is not None:
        path.write_bytes(content)
    assert refused(opening_readonly(path)) == f"{path}: no database yet. Make it with: monitor run --once"


@pytest.mark.parametrize("readonly", [False, True])
def test_a_path_the_system_refuses_is_one_line(tmp_path: Path, readonly: bool) -> None:
    """A folder that is a file, and a name that is too long, are told with the path."""
    (tmp_path / "file").write_text("")
    path = tmp_path / ("x" * 300) / "monitor.db"
    message = refused(opening_readonly(path) if readonly else opening(path))
    assert message == f"{path}: File name too long. Check the folder and its permissions."
    below_a_file = tmp_path / "file" / "monitor.db"
    assert str(below_a_file) in refused(opening_readonly(below_a_file) if readonly else opening(below_a_file))


def test_a_folder_that_may_not_be_entered_is_one_line(tmp_path: Path) -> None:
    """An ordinary user meets a folder of somebody else's; root would be let in, so a child drops its rights."""
    if os.geteuid() != 0:
        pytest.skip("only root can drop its rights")
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    child = os.fork()
    if child == 0:  # pragma: no cover - another process
        try:
            os.setuid(65534)
            said = [refused(opening(closed / "a.db")), refused(opening_readonly(closed / "a.db"))]
            os._exit(0 if all("permissions" in line for line in said) else 3)
        finally:
            os._exit(4)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_a_readonly_store_cannot_write(path: Path) -> None:
    """What only shows must not change: the attempt is refused by SQLite itself."""
    with open_store(path) as store:
        feed_of(store)
    with pytest.raises(StoreError, match="cannot be written"), open_readonly(path) as store:
        assert store.count("feeds") == 1
        store.feeds.sync([], now=NOW)
    with open_readonly(path) as store:
        assert [feed.url for feed in store.feeds.due(now=NOW)] == [GAZETTE.url]


def test_a_path_with_odd_characters_is_taken_as_it_is(tmp_path: Path) -> None:
    """Read-only opening goes through a URI; ?, # and % in a name are no part of it."""
    path = tmp_path / "a?mode=memory#100%.db"
    with open_store(path) as store:
        feed_of(store)
    with open_readonly(path) as store:
        assert store.count("feeds") == 1


def test_a_reader_sees_committed_rows_while_a_writer_is_busy(path: Path) -> None:
    """Query pages stay open while the daemon works."""
    with open_store(path) as store, open_readonly(path) as reader:
        feed_of(store)
        with writing(store.db) as conn:
            conn.execute("UPDATE feeds SET name = 'halfway'")
            assert [row["name"] for row in reader.db.query("SELECT name FROM feeds")] == ["Gazette"]
        assert [row["name"] for row in reader.db.query("SELECT name FROM feeds")] == ["halfway"]


def test_a_second_writer_waits_for_the_first(path: Path) -> None:
    """A read that turns into a write would fail at once (FAILURES, case 44); ours queues and loses nothing."""
    with open_store(path) as first:
        feed = feed_of(first)
        began, done = threading.Event(), threading.Event()

        def write_second() -> None:
            with open_store(path) as second:
                began.set()
                second.feeds.failed(feed, now=NOW, next_check_at=NOW + HOUR, error="answered 503")
                done.set()

        other = threading.Thread(target=write_second)
        with writing(first.db) as conn:
            conn.execute("UPDATE feeds SET failures = 4, failing_since = ?", ("2026-11-21T00:00:00Z",))
            other.start()
            assert began.wait(10)
            assert not done.wait(0.1)
        other.join(10)
        assert [feed.failures for feed in first.feeds.failing()] == [5]


def test_a_write_that_fails_leaves_no_trace(path: Path) -> None:
    """One transaction is all or nothing, and the next one can start."""
    with open_store(path) as store:
        feed_of(store)
        with pytest.raises(sqlite3.IntegrityError), writing(store.db) as conn:
            conn.execute("UPDATE feeds SET name = 'changed'")
            conn.execute("UPDATE feeds SET failures = -1")
        assert [row["name"] for row in store.db.query("SELECT name FROM feeds")] == ["Gazette"]
        store.feeds.sync([GAZETTE], now=NOW)


def test_a_commit_that_fails_does_not_block_the_next_write(path: Path) -> None:
    """A foreign key that is checked at the commit fails there; the transaction must not stay open."""
    with open_store(path) as store:
        store.db.conn.execute("PRAGMA defer_foreign_keys = ON")
        with pytest.raises(sqlite3.IntegrityError), writing(store.db) as conn:
            conn.execute("PRAGMA defer_foreign_keys = ON")
            conn.execute("INSERT INTO entries VALUES (1, 'g', 1, 't', NULL, '2026-11-22T00:00:00Z')")
        assert store.count("entries") == 0
        store.feeds.sync([GAZETTE], now=NOW)
        assert store.count("feeds") == 1


def test_trouble_elsewhere_is_not_blamed_on_the_database(path: Path, tmp_path: Path) -> None:
    """A digest that cannot be written to its file is no fault of the store."""
    with pytest.raises(FileNotFoundError), open_store(path):
        (tmp_path / "missing" / "digest.html").write_text("")


def test_a_full_disk_is_told_plainly(path: Path) -> None:
    """SQLite rolls back by itself (FAILURES, case 46); a page limit plays the full disk."""
    with pytest.raises(StoreError, match=r"the disk is full\. Make room"), open_store(path) as store:
        feed_of(store)
        store.db.conn.execute("PRAGMA max_page_count = 1")
        store.digests.put(NOW.date(), since=None, until=NOW, body="x" * 1_000_000)
    with open_store(path) as store:
        assert (store.count("feeds"), store.count("digests")) == (1, 0)


def test_a_mistake_in_sql_is_a_bug_and_stays_one(path: Path) -> None:
    """Only trouble a person can act on is told in one line; a wrong statement keeps its traceback."""
    with pytest.raises(sqlite3.OperationalError), open_store(path) as store:
        store.db.conn.execute("SELECT nothing FROM nowhere")


def test_tidying_empties_the_log_of_writes(path: Path) -> None:
    """An open reader lets it grow (FAILURES, case 45); at night it is folded into the file."""
    with open_store(path) as store:
        feed_of(store)
        log = path.with_name(f"{path.name}-wal")
        assert log.stat().st_size > 0
        store.tidy()
        assert log.stat().st_size == 0
        assert store.count("feeds") == 1


def test_a_closed_store_cannot_be_used(path: Path) -> None:
    """Closing early is allowed, and final."""
    with open_store(path) as store:
        store.close()
        with pytest.raises(sqlite3.ProgrammingError):
            store.count("feeds")
