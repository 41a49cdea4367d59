"""What a feed's login and an address's token must never reach: the database, logs, digests, lists and exports."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

PASSWORD, TOKEN = "s3cret-of-anna", "t0ken-of-the-desk"
BASIC = "Basic " + b64encode(f"anna:{PASSWORD}".encode()).decode()
FEED = '<rss version="2.0"><channel><title>Desk</title></channel></rss>'
COMMANDS = (
    "status", "status --json", "feeds list", "feeds list --json", "feeds check", "feeds check --json",
    "feeds export", "digest", "digest --format html", "digest --format md", "digest --format json",
)  # fmt: skip


@contextmanager
def paper() -> Iterator[tuple[str, list[str]]]:
    """Serve a feed to whoever logs in, and an error to everybody else; yields its address and who asked how."""
    asked: list[str] = []

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.headers.get("Authorization", ""))
            is_known = asked[-1] == BASIC
            self.send_response(200 if is_known else 500)
            self.end_headers()
            self.wfile.write(FEED.encode() if is_known else b"")

        def log_message(self, format: str, *args: object) -> None:
            """Be quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """All that a round and every command say, by what was typed; and the files of the database."""
    folder = tmp_path_factory.mktemp("desk")
    with paper() as (base, asked):
        (folder / "feeds.yaml").write_text(
            "collect: {allow_networks: ['127.0.0.0/8']}\n"
            "feeds:\n"
            f"  - {{name: Paper, login: paper, url: '{base}/feed'}}\n"
            f"  - {{name: Desk, url: '{base}/desk?token={TOKEN}'}}\n"
        )
        (folder / "claims.yaml").write_text(
            "baseline: {title: The flood, language: en}\n"
            "claims:\n  - {id: C1, text: The dam above the valley broke.}\n"
        )

        def said(*words: str) -> str:
            done = subprocess.run(
                [sys.executable, "-m", "monitor", *words],
                cwd=folder,
                env=os.environ | {"MONITOR_LOGIN_PAPER": f"anna:{PASSWORD}"},
                capture_output=True,
                text=True,
                timeout=100,
                check=True,
            )
            return done.stdout + done.stderr

        files = ["--config", "feeds.yaml", "--db", "monitor.db"]
        round_words = ["--verbose", "run", "--once", "--baseline", "claims.yaml", *files]
        texts = {"a round": said(*round_words), "a round for machines": said("--log-json", *round_words[1:])}
        for command in COMMANDS:
            words = command.split()
            with_db = files if words[:2] not in (["feeds", "list"], ["feeds", "export"]) else files[:2]
            texts[command] = said(*words, *with_db)
    assert BASIC in asked  # else nothing is shown by what follows
    texts["the database"] = "".join(
        path.read_bytes().decode("latin-1") for path in sorted(folder.glob("monitor.db*"))
    )
    yield texts


def test_the_password_of_a_login_stands_nowhere(told: dict[str, str]) -> None:
    """It is in the environment, and goes to the feed's own host alone."""
    for what, text in told.items():
        assert PASSWORD not in text, what
        assert BASIC.removeprefix("Basic ") not in text, what


def test_the_token_of_an_address_is_masked_wherever_it_is_shown(told: dict[str, str]) -> None:
    """The database must hold the address to ask there; what is printed is handed on."""
    assert TOKEN in told["the database"]
    for what, text in told.items():
        assert TOKEN not in text or what == "the database", what
    assert "token=…" in told["feeds list"]
    assert "token=…" in told["status"]  # it fails, so it is named
