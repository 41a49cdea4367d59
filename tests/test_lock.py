"""One process at a time: the lock of a database, held by real processes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from monitor.errors import LockedError
from monitor.lock import hold

HOLDER = """
import sys, time
from pathlib import Path
from monitor.lock import hold
with hold(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_second_process_is_told_who_holds_the_database(tmp_path: Path) -> None:
    """Two daemons on one database (case 48) would ask every feed twice."""
    db = tmp_path / "monitor.db"
    with subprocess.Popen([sys.executable, "-c", HOLDER, str(db)], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with (
            pytest.raises(LockedError, match=rf"monitor\.db: in use by monitor, process {holder.pid}\."),
            hold(db),
        ):
            pass
        holder.kill()
        holder.wait()
        with hold(db):  # the kernel's lock ends with its process, however that ends
            assert db.with_name("monitor.db.lock").read_text() == f"monitor, process {os.getpid()}"


def test_the_lock_is_free_after_the_block_however_it_ends(tmp_path: Path) -> None:
    """A bug in one command must not keep the next from starting."""
    db = tmp_path / "new" / "monitor.db"
    with pytest.raises(ZeroDivisionError), hold(db):
        raise ZeroDivisionError
    with hold(db), pytest.raises(LockedError, match=f"process {os.getpid()}"), hold(db):
        pass
    with hold(db):
        pass


def test_a_shorter_process_number_leaves_nothing_of_a_longer_one(tmp_path: Path) -> None:
    """What the file says is printed to a person who then ends that process."""
    (tmp_path / "monitor.db.lock").write_text("monitor, process 123456789012345")
    with hold(tmp_path / "monitor.db"):
        assert (tmp_path / "monitor.db.lock").read_text() == f"monitor, process {os.getpid()}"


def test_a_place_that_cannot_be_written_is_one_clear_line(tmp_path: Path) -> None:
    """The folder may be a file, by a slip of the pen."""
    (tmp_path / "file").write_text("")
    with pytest.raises(LockedError, match="Check the folder"), hold(tmp_path / "file" / "monitor.db"):
        pass


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_one_clear_line(tmp_path: Path) -> None:
    """The lock is the first thing a start writes."""
    (tmp_path / "monitor.db.lock").symlink_to("/dev/full")
    with (
        pytest.raises(LockedError, match=r"No space left on device\. Check the disk"),
        hold(tmp_path / "monitor.db"),
    ):
        pass
