"""Text → a file, whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from monitor.errors import MonitorError


@contextmanager
def whole_file(path: Path, *, option: str = "--out") -> Iterator[TextIO]:
    """Write a UTF-8 text file that takes its name when the block ends well, and leaves nothing otherwise.

    A missing folder is made; until the end, a file of that name stays as it was, and who may read it stays for
    good. option: names the place on the command line. Raises MonitorError, before the block runs, if the place
    cannot be written.
    """
    part = path.parent / f"{path.name}.{os.getpid()}.part"
    try:
        if path.is_dir():
            raise MonitorError(f"{path}: this is a folder. Name a file with {option}.")
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("w", encoding="utf-8", newline="") as file:
            if path.exists():
                part.chmod(path.stat().st_mode)
            yield file
        part.replace(path)
    except OSError as error:
        raise MonitorError(
            f"{path}: cannot be written ({error.strerror}). Name another place with {option}."
        ) from None
    finally:
        with suppress(OSError):  # it is gone already when all went well
            part.unlink()
