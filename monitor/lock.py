"""A database → the right to write it: one process at a time, and a second is told who holds it."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from monitor.errors import LockedError


@contextmanager
def hold(db: Path) -> Iterator[None]:
    """Hold the lock of a database while the block runs.

    The lock is the kernel's (flock on a file beside the database), so it ends with its process,
    however that ends. Raises LockedError, naming the holder, if another process has it.
    """
    path = db.with_name(db.name + ".lock")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        file = path.open("rb+", buffering=0)
    except OSError as error:
        raise LockedError(f"{path}: {error.strerror}. Check the folder and its permissions.") from None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            file.write(f"monitor, process {os.getpid()}".encode())
            file.truncate()
        except BlockingIOError:
            holder = file.read().decode(errors="replace").strip() or "another process"
            raise LockedError(f"{db}: in use by {holder}. End that one first, or name another --db.") from None
        except OSError as error:  # a full disk, or one whose file system knows no locks
            raise LockedError(f"{path}: {error.strerror}. Check the disk and its mount.") from None
        yield
