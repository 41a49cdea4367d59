"""Words → what the command line says: for tests that call it inside the test process, which is fast."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from monitor.cli import main
from monitor.store import open_store
from tests.store.filling import fill


@dataclass(frozen=True, slots=True)
class Said:
    """How a command ended, and what it printed."""

    code: object
    out: str
    err: str


def monitor(capsys: pytest.CaptureFixture[str], *words: str | Path) -> Said:
    """Run a command to its end."""
    capsys.readouterr()
    with pytest.raises(SystemExit) as end:
        main([str(word) for word in words])
    out, err = capsys.readouterr()
    return Said(end.value.code, out, err)


def filled(path: Path) -> Path:
    """Make a database with the small newsroom of the tests of the store."""
    with open_store(path) as store:
        fill(store)
    return path


@contextmanager
def pages(content: Mapping[str, bytes]) -> Iterator[str]:
    """Serve these paths on 127.0.0.1, anything else is a 404; yields the address, without a slash."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = content.get(self.path)
            self.send_response(404 if body is None else 200)
            self.send_header("Content-Type", "application/rss+xml" if self.path == "/feed" else "text/html")
            self.send_header("Content-Length", str(len(body or b"")))
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, format: str, *args: object) -> None:
            """Be quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
