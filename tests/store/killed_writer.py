"""A process that writes for ever, and is killed in the middle of it: what does it leave?"""

from __future__ import annotations

import random
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

from monitor.store import open_readonly, open_store
from tests.store.filling import DAM, NOW, Found, baseline, finding, known_article, read, revision_of

KILLS = 5
FINDINGS_EACH = 3


def write_judgements(path: Path) -> None:
    """Judge an article after another, for ever, and tell each one that is stored."""
    with open_store(path) as store:
        store.claims.sync(baseline(DAM), now=NOW)
        number = store.count("versions")
        while True:
            article = known_article(store, f"https://g.example/{number}")
            version = read(store, article, *(f"Text {number}, sentence {s}." for s in range(FINDINGS_EACH)))
            judge_id = store.findings.judge_id("tiny", "rules-1", now=NOW)
            found = [finding(version, Found(DAM, s)) for s in range(FINDINGS_EACH)]
            store.findings.add_judgement(
                version, revision_of(store, DAM), judge_id, found, candidates=FINDINGS_EACH, now=NOW
            )
            sys.stdout.write(f"{store.count('judgements')}\n")
            sys.stdout.flush()
            number += 1


def kill_again_and_again(path: Path, *, seed: int) -> None:
    """Start a process that writes, kill it, and look at what it left; several times on one file."""
    moments = random.Random(seed)
    command = [sys.executable, "-c", _PROGRAM, str(path)]
    acknowledged = 0
    for kill in range(1, KILLS + 1):
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout is not None
            for _ in range(moments.randint(1, 20)):
                acknowledged = int(writer.stdout.readline())
            writer.send_signal(signal.SIGKILL)
            rest = writer.stdout.read().split("\n")[:-1]
            acknowledged = int(rest[-1]) if rest else acknowledged
        assert writer.returncode == -signal.SIGKILL
        check(path, acknowledged, kills=kill)


def check(path: Path, acknowledged: int, *, kills: int) -> None:
    """Look for half a transaction anywhere. acknowledged: judgements that were told; kills: so far."""
    with open_readonly(path) as store:
        assert store.db.conn.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert store.db.conn.execute("PRAGMA foreign_key_check").fetchall() == []
        judged, found = store.count("judgements"), store.count("findings")
        assert judged >= acknowledged
        assert found == judged * FINDINGS_EACH
        assert store.count("versions") - judged <= kills  # read, but killed before it was judged
        assert store.count("sentences") == store.count("versions") * FINDINGS_EACH
        assert store.count("entries") == store.count("articles")
    with sqlite3.connect(path) as conn:
        conn.execute("INSERT INTO versions_fts (versions_fts, rank) VALUES ('integrity-check', 1)")
    conn.close()


_PROGRAM = f"""
import sys
from pathlib import Path
sys.path.insert(0, {str(Path(__file__).parents[2])!r})
from tests.store.killed_writer import write_judgements
write_judgements(Path(sys.argv[1]))
"""
