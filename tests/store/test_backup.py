"""Copies of the database: whole or not at all, checked, and put back by somebody who was woken up for it."""

from __future__ import annotations

import os
import re
import shlex
import sqlite3
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest

from monitor.errors import DamagedError, StoreError, TryLaterError
from monitor.lock import hold
from monitor.store import open_readonly, open_store
from monitor.store.backup import back_up, back_up_nightly, check_after_crash, restore
from monitor.store.backup_files import backups_of, nightlies_of
from monitor.store.rows import writing
from tests.command import filled, monitor
from tests.store.filling import NOW

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def db(tmp_path: Path) -> Path:
    """The small newsroom, in a file whose name is a pattern to a shell."""
    return filled(tmp_path / "mon[i]tor.db")


def count(path: Path, table: str) -> int:
    with open_readonly(path) as store:
        return store.count(table)


def damage(path: Path) -> None:
    """Overwrite the middle of the file, and leave its head as it is."""
    content = bytearray(path.read_bytes())
    content[4096 : len(content) // 2] = b"\xff" * (len(content) // 2 - 4096)
    path.write_bytes(content)


def leave_log(path: Path) -> None:
    """Write, and end without closing: as after a kill, a write-ahead log is left."""
    pid = os.fork()
    if not pid:
        conn = sqlite3.connect(path)
        conn.execute("UPDATE feeds SET name = name || '!'")
        conn.commit()
        os._exit(0)
    os.waitpid(pid, 0)


def test_a_backup_made_while_somebody_writes_is_one_moment_of_it(db: Path, tmp_path: Path) -> None:
    """Each write puts down two rows together; no copy has one without the other."""
    over = threading.Event()

    def write() -> None:
        with open_store(db) as store:
            number = 0
            while not over.is_set():
                store.digests.put(
                    date(2000, 1, 1) + number * timedelta(days=2), since=None, until=NOW, body="x" * 9000
                )
                number += 1
                with writing(store.db) as conn:
                    conn.executemany(
                        "INSERT INTO hosts VALUES (?, '2026-11-22T06:00:00Z', 'busy')",
                        [(f"a{number}",), (f"b{number}",)],
                    )

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for copy in (tmp_path / f"copy{n}.db" for n in range(5)):
            assert back_up(db, copy) == copy.stat().st_size
            assert count(copy, "hosts") % 2 == 0
            assert not list(tmp_path.glob("*.part*"))
    finally:
        over.set()
        writer.join()


def test_the_command_names_its_backup_by_the_time_and_says_how_to_use_it(db: Path, capsys: Capture) -> None:
    """What it says last is what a person types at night; it works as it stands."""
    said = monitor(capsys, "backup", "--db", db)
    assert said.code == 0
    (made,) = backups_of(db)
    assert re.fullmatch(r"mon\[i\]tor-backup-\d{4}-\d\d-\d\dT\d{6}Z\.db", made.name)
    findings = count(db, "findings")
    db.unlink()
    words = shlex.split(said.err.rsplit("monitor ", 1)[1])
    back = monitor(capsys, *words)
    assert back.code == 0, back.err
    assert count(db, "findings") == findings > 0


def test_an_old_backup_is_never_overwritten(db: Path, tmp_path: Path, capsys: Capture) -> None:
    """It may be the only good one."""
    out = tmp_path / "mine.db"
    out.write_text("precious")
    said = monitor(capsys, "backup", "--db", db, "--out", out)
    assert (said.code, said.err) == (
        1,
        f"monitor: {out}: exists already; nothing is overwritten. Name another with --out.\n",
    )
    assert out.read_text() == "precious"


@pytest.mark.parametrize("out", ["missing/deep/copy.db", "copy.db"])
def test_a_backup_can_go_anywhere(db: Path, tmp_path: Path, out: str) -> None:
    """Another disk is the better place."""
    assert back_up(db, tmp_path / out) > 0
    assert count(tmp_path / out, "findings") == count(db, "findings")


def test_a_backup_that_cannot_be_made_leaves_nothing(db: Path, tmp_path: Path) -> None:
    """No database, a folder that is a file, a stop, no room: told, and no half a file stays."""
    before = sorted(tmp_path.glob("*.db"))
    with pytest.raises(StoreError, match="no database yet"):
        back_up(tmp_path / "none.db", tmp_path / "copy.db")
    with pytest.raises(StoreError, match="Check the folder"):
        back_up(db, db / "copy.db")
    with pytest.raises(TryLaterError, match="broken off"):
        back_up(db, tmp_path / "copy.db", stop=lambda: True)
    with pytest.raises(TryLaterError, match=r"no room for a backup, which needs 0 MB twice\. Make room"):
        back_up(db, tmp_path / "copy.db", spare=1e12)
    assert sorted(tmp_path.glob("*.db")) == before
    assert not list(tmp_path.glob("*.part*"))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real disk of half a megabyte, where this user may mount one."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", str(place)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("may not mount a disk here")
    yield place
    subprocess.run(["umount", place], check=True)


def test_a_disk_that_fills_up_is_told_and_left_as_it_was(db: Path, small_disk: Path) -> None:
    """Both when it is seen beforehand and when somebody else was faster."""
    with pytest.raises(TryLaterError, match="no room for a backup"):
        back_up(filled_more(db), small_disk / "copy.db")
    with pytest.raises(TryLaterError, match="no room for a backup"):
        back_up(db, small_disk / "copy.db", spare=0)
    assert list(small_disk.iterdir()) == []


def filled_more(db: Path) -> Path:
    with open_store(db) as store:
        store.digests.put(NOW.date(), since=None, until=NOW, body="x" * 1_000_000)
    return db


def test_a_real_full_disk_costs_nothing_that_was_stored(small_disk: Path) -> None:
    """The write that found no room is undone, and the store goes on once there is some."""
    db, ballast = small_disk / "monitor.db", small_disk / "ballast"
    with open_store(db) as store:
        store.absences.unreached("g.example", now=NOW)
        with pytest.raises(OSError, match="No space"), ballast.open("wb") as file:
            while True:
                file.write(b"x" * 4096)
                file.flush()
        with pytest.raises(TryLaterError, match="the disk is full"), store.plainly():
            store.digests.put(NOW.date(), since=None, until=NOW, body="x" * 100_000)
        assert (store.count("digests"), store.count("unreached")) == (0, 1)
        ballast.unlink()
        store.digests.put(NOW.date(), since=None, until=NOW, body="x" * 100_000)
        assert store.db.conn.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_nightly_backups_replace_each_other_and_leave_those_of_people_alone(db: Path) -> None:
    """As many stay as the config says, the newest."""
    own = db.with_name("mon[i]tor-backup-2020-01-01T000000Z.db")
    back_up(db, own)
    for day in range(1, 6):
        back_up_nightly(db, day=date(2026, 11, day), keep=2)
        assert (
            back_up_nightly(db, day=date(2026, 11, day), keep=2)
            == f"backup in mon[i]tor-nightly-2026-11-0{day}.db"
        )
    assert [path.name[-5:-3] for path in nightlies_of(db)] == ["05", "04"]
    assert own.exists()
    assert back_up_nightly(db, day=date(2026, 11, 6), keep=0) == "checked, no backups wanted"
    assert [path.name[-5:-3] for path in nightlies_of(db)] == ["05", "04"]


def test_damage_is_found_after_a_crash_and_the_line_says_what_to_do(
    db: Path, capsys: Capture, tmp_path: Path
) -> None:
    """The line holds the whole way back; the damaged file is kept, and the newest backup is in its place."""
    config = tmp_path / "feeds.yaml"
    config.write_text("feeds:\n- url: http://127.0.0.1:19009/feed\n  name: The feed\n")
    back_up_nightly(db, day=date(2026, 11, 21), keep=3)
    findings = count(db, "findings")
    leave_log(db)
    damage(db)
    said = monitor(capsys, "run", "--once", "--db", db, "--config", config)
    assert said.code == 1
    assert said.err.count("\n") == 1
    assert "the database is damaged. Put the newest backup in its place" in said.err
    words = shlex.split(re.search(r"monitor (restore .*) \(the damaged", said.err)[1])  # type: ignore[index]
    back = monitor(capsys, *words)
    assert back.code == 0, back.err
    (kept,) = tmp_path.glob("mon[[]i]tor-replaced-*.db")
    assert f"The former database is kept as {kept}" in back.err
    assert count(db, "findings") == findings
    assert check_after_crash(db)


def test_damage_keeps_a_backup_from_being_made_and_old_ones_from_being_deleted(db: Path) -> None:
    """A backup of damage would push the good ones out, night by night."""
    back_up_nightly(db, day=date(2026, 11, 21), keep=1)
    good = nightlies_of(db)
    damage(db)
    for keep in (1, 0):
        with pytest.raises(DamagedError, match=r"monitor restore .*nightly-2026-11-21"):
            back_up_nightly(db, day=date(2026, 11, 22), keep=keep)
    assert nightlies_of(db) == good


def test_without_a_log_nothing_is_checked_and_a_long_check_is_broken_off(db: Path) -> None:
    """A start keeps nobody waiting: what ended well is taken as it is, and the night reads everything."""
    assert check_after_crash(db)
    leave_log(db)
    with open_store(db) as store:
        with writing(store.db) as conn:
            rows = [(f"h{number}", "2026-11-22T06:00:00Z", "busy") for number in range(40_000)]
            conn.executemany("INSERT INTO hosts VALUES (?, ?, ?)", rows)
        assert not check_after_crash(db, within_s=-1)
    assert check_after_crash(db)


def test_only_a_good_backup_of_ours_is_put_in_place(db: Path, tmp_path: Path) -> None:
    """Whoever names the wrong file keeps what there is."""
    other, bad = tmp_path / "other.db", tmp_path / "bad.db"
    with closing(sqlite3.connect(other)) as conn:
        conn.execute("CREATE TABLE a (b)")
    back_up(db, bad)
    damage(bad)
    before = db.read_bytes()
    for wrong, why in (
        (tmp_path / "none.db", "no such file"),
        (other, "not made by monitor"),
        (bad, "damaged"),
        (db, "the database itself"),
    ):
        with pytest.raises(StoreError, match=why):
            restore(wrong, db, now=NOW)
        assert db.read_bytes() == before


def test_a_running_daemon_keeps_its_database(db: Path, tmp_path: Path, capsys: Capture) -> None:
    """A file must not be exchanged under somebody who writes it."""
    back_up(db, tmp_path / "copy.db")
    with hold(db):
        said = monitor(capsys, "restore", tmp_path / "copy.db", "--db", db)
    assert said.code == 1
    assert f"in use by monitor, process {os.getpid()}. End that one first" in said.err
