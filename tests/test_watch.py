"""A step that hangs is noticed and ended, and systemd hears how it goes."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.collect.hosts import Hosts
from monitor.config import FeedSettings, Settings
from monitor.daemon import Daemon
from monitor.feed_records import Page
from monitor.pipeline import Models, World
from monitor.store import Store, open_store
from monitor.watch import EXIT_HANGS, Watch, tell_systemd
from tests.judge.fake_model import FakeModel
from tests.town import NOW

HANGS = timedelta(seconds=2)


def test_a_step_hangs_once_it_runs_longer_than_any_step_may() -> None:
    """What is told to stop obeys within a minute; what does not will not."""
    watch, now = Watch(hangs_after=HANGS, stiff_after=timedelta(hours=2)), time.monotonic()
    assert watch.trouble(now + 3600) is None  # between steps nothing can hang
    with watch.step("judge"):
        assert watch.trouble(now + 1) is None
        assert watch.trouble(now + 9) == "step judge has not come back for 9 s"
    assert watch.trouble(now + 9) is None


def test_a_loop_that_does_not_beat_hangs() -> None:
    """A step may be fine in its thread while nothing else gets a turn."""
    watch = Watch(stiff_after=HANGS)
    assert watch.trouble(time.monotonic() + 1) is None
    assert watch.trouble(time.monotonic() + 5) == "nothing has moved for 5 s"
    watch.beat()
    assert watch.trouble(time.monotonic() + 1) is None


@pytest.mark.parametrize("hanging", ["time.sleep(600)", "while True: pass"], ids=["waits", "computes"])
def test_a_thread_that_hangs_ends_the_process_and_says_why(tmp_path: Path, hanging: str) -> None:
    """Python cannot end a thread; what is stored stays, and whoever started the daemon starts it again."""
    program = _PROGRAM.replace("HANG", hanging)
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "monitor.db")],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == EXIT_HANGS, done.stderr
    assert "step embed has not come back for" in done.stderr
    assert "Start it again" in done.stderr
    with open_store(tmp_path / "monitor.db") as store:
        assert store.db.conn.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert store.feeds.listed() == 1


_PROGRAM = """
import asyncio, sys, time
from datetime import timedelta
from pathlib import Path
from monitor.collect.hosts import Hosts
from monitor.config import FeedSettings, Settings
from monitor.daemon import Daemon
from monitor.errors import FetchError
from monitor.pipeline import Models, World
from monitor.records import Baseline, Claim
from monitor.store import open_store
from monitor.watch import Watch
from tests.judge.fake_model import FakeModel

class Hanging(FakeModel):
    def embed(self, texts):
        HANG

class Nobody:
    hosts = Hosts(per_host=2, at_once=2)

    async def fetch(self, url, **conditions):
        raise FetchError(url, "no connection")

async def run(store):
    watch = Watch(hangs_after=timedelta(seconds=0.5), every_s=0.1)
    daemon = Daemon(store, Settings(), World(Nobody(), None), Models(Hanging(), Hanging()), watch=watch)
    await daemon.run()

with open_store(Path(sys.argv[1])) as store:
    from monitor.clock import utc_now
    store.feeds.sync([FeedSettings(url="http://127.0.0.1:19009/feed", name="The feed")], now=utc_now())
    claim = Claim("C1", "The dam above the valley broke on Monday.", "en")
    store.claims.sync(Baseline("The flood", "en", "2026-11", None, (claim,)), now=utc_now())
    asyncio.run(run(store))
"""


class Silent:
    """A fetcher that never answers, in spite of every deadline of its own."""

    hosts = Hosts(per_host=2, at_once=2)

    async def fetch(self, url: str, **how: Any) -> Page:
        await asyncio.Event().wait()
        raise AssertionError(url)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """One feed that is due."""
    with open_store(tmp_path / "monitor.db") as store:
        store.feeds.sync([FeedSettings(url="http://127.0.0.1:19009/feed", name="The feed")], now=NOW)
        yield store


def test_a_step_that_waits_for_ever_is_cut_off_and_the_round_goes_on(store: Store) -> None:
    """What asks the web can be cut off without ending the process; the feed stays due."""
    daemon = Daemon(
        store,
        Settings(),
        World(Silent(), None),  # type: ignore[arg-type]  # no page comes, no worker is asked
        Models(FakeModel(), FakeModel()),
        clock=lambda: NOW,
        cut_off_after=timedelta(seconds=0.1),
    )
    counts = asyncio.run(daemon.round())
    assert [count.step for count in counts] == ["poll", "read", "embed", "origins", "judge"]
    assert (counts[0].done, counts[0].failed) == (0, 1)
    assert "cut off" in counts[0].note
    assert [feed.url for feed in store.feeds.due(now=NOW)] == ["http://127.0.0.1:19009/feed"]
    stored = {count.step: count.seconds for count, _ in store.rounds.last()}
    assert stored["poll"] is not None
    assert stored["poll"] >= 0.1


def test_a_time_out_of_the_step_itself_is_a_bug_that_shows(store: Store) -> None:
    """A step that lets one through must not look as if it had been cut off."""

    class Late(Silent):
        async def fetch(self, url: str, **how: Any) -> Page:
            raise TimeoutError("a bug")

    daemon = Daemon(
        store,
        Settings(),
        World(Late(), None),  # type: ignore[arg-type]  # as above
        Models(FakeModel(), FakeModel()),
        clock=lambda: NOW,
    )
    with pytest.raises(TimeoutError, match="a bug"):
        asyncio.run(daemon.round())


def test_systemd_hears_that_it_is_ready_that_it_is_well_and_that_it_stops(tmp_path: Path) -> None:
    """A real socket such as systemd opens; the messages are those of sd_notify(3)."""
    address = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(address)
        systemd.settimeout(30)
        program = _PROGRAM.replace("        HANG", "        return super().embed(texts)").replace(
            "hangs_after=timedelta(seconds=0.5), ", ""
        )
        process = subprocess.Popen(
            [sys.executable, "-c", program, str(tmp_path / "monitor.db")],
            env=os.environ | {"NOTIFY_SOCKET": address},
        )
        heard = [systemd.recv(100) for _ in range(3)]
        process.terminate()
        while b"STOPPING=1" not in heard:
            heard.append(systemd.recv(100))
        assert process.wait(20) == 0
    assert heard[:2] == [b"READY=1", b"WATCHDOG=1"]


def test_without_systemd_nobody_is_told() -> None:
    """Neither a missing nor a dead socket is trouble."""
    tell_systemd("READY=1", {})
    tell_systemd("READY=1", {"NOTIFY_SOCKET": "/nowhere/at/all"})
    tell_systemd("READY=1", {"NOTIFY_SOCKET": "@nowhere-at-all"})


def test_the_log_for_machines_is_a_json_object_a_line(tmp_path: Path) -> None:
    """What is logged by a real run can be read back, with its keys and numbers."""
    (tmp_path / "feeds.yaml").write_text("feeds:\n  - {name: Dead, url: 'http://127.0.0.1:19009/feed'}\n")
    (tmp_path / "claims.yaml").write_text(
        "baseline: {title: The flood, language: en}\nclaims:\n  - {id: C1, text: The dam in the valley broke.}\n"
    )
    files = ["--config", "feeds.yaml", "--baseline", "claims.yaml", "--db", "monitor.db"]
    done = subprocess.run(
        [sys.executable, "-m", "monitor", "--log-json", "run", "--once", *files],
        capture_output=True, text=True, timeout=100, check=True, cwd=tmp_path,
    )  # fmt: skip
    events = [json.loads(line) for line in done.stderr.splitlines() if line.startswith("{")]
    failed = next(event for event in events if event["event"] == "feed failed")
    assert (failed["level"], failed["logger"]) == ("warning", "monitor.pipeline.polling")
    assert (failed["url"], failed["failures"]) == ("http://127.0.0.1:19009/feed", 1)
    steps = [event for event in events if event["event"] == "step done"]
    assert [event["step"] for event in steps] == ["poll", "read", "embed", "origins", "judge"]
    assert all(isinstance(event["seconds"], float) for event in steps)
