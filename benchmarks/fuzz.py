"""Look for bytes that break what reads from outside: feeds, pages, the config, the claims file.

Run: python -m benchmarks.fuzz TARGET [--with atheris|hypothesis] [--seconds 600] [--out fuzz]

Each run of a target must end in a result or an error of the product's own, within a worker's deadline. What does
not is kept in OUT/crashes, one input for each place in the code, and the exit code is 1. The seeds are the shapes
of tests/fuzz and, where ../shared is there, all its feeds and pages. atheris (Linux, CPython up to 3.13) is led by
the code it reaches and is no dependency of the project: pip install atheris.
"""

from __future__ import annotations

import argparse
import gzip
import os
import re
import shutil
import signal
import subprocess
import sys
import tarfile
import time
import traceback
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

from tests.fuzz.shapes import NASTY, SHAPES

ROOT = Path(__file__).parents[1]
CORPORA = ROOT / "../shared/corpora"
DEADLINE_S = 20  # a worker's, as monitor/config.py has it
MAX_BYTES = 60_000
MEMORY_MB = 4_096
REAL_LINES = 40  # of a file that a person writes: PyYAML reads 100 lines in 50 ms
NAMES = ("feeds", "pages", "config", "claims", "opml")
INSTRUMENTED = ["monitor", "feedparser", "trafilatura", "htmldate", "courlan", "yaml"]

Run = Callable[[bytes], None]


def seeds(name: str) -> Iterator[bytes]:
    """Yield what real files there are for a target, besides its shapes."""
    yield from SHAPES[name]
    archive = {"feeds": "feed-files.tar.gz", "pages": "news-pages-with-text.tar.gz"}.get(name)
    if archive and not (CORPORA / archive).exists():
        _tell(f"no real files: {CORPORA / archive} is missing; the shapes of tests/fuzz alone are used")
    elif archive:
        with tarfile.open(CORPORA / archive) as tar:
            contents = (file.read() for member in tar if (file := tar.extractfile(member)))
            unpacked = (gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body for body in contents)
            yield from (body[:MAX_BYTES] for body in unpacked)
    elif name != "opml":
        real = ROOT / "config" / {"config": "feeds.yaml", "claims": "baseline.yaml"}[name]
        yield b"".join(real.read_bytes().splitlines(keepends=True)[:REAL_LINES])


def watched(name: str, out: Path) -> Run:
    """Wrap a target: keep the input at hand should the process die, and each new way of failing."""
    from tests.fuzz.targets import TARGETS  # noqa: PLC0415 - here, so that atheris can follow it

    target, running = TARGETS[name], out / "running"
    signal.signal(signal.SIGALRM, signal.SIG_DFL)  # a handler in Python would wait for a parser in C

    def run(body: bytes) -> None:
        running.write_bytes(body)
        signal.setitimer(signal.ITIMER_REAL, DEADLINE_S)
        try:
            target(body)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is what is looked for
            place = traceback.extract_tb(error.__traceback__)[-1]
            kind = f"{type(error).__name__}-{Path(place.filename).stem}-{place.lineno}"
            kept = out / "crashes" / kind
            if not kept.exists():
                kept.write_bytes(body)
                kept.with_suffix(".txt").write_text(traceback.format_exc())
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)

    return run


def run_hypothesis(name: str, out: Path, seconds: float) -> None:
    """Draw broken shapes until the time is over."""
    from hypothesis import HealthCheck, Phase, given, settings  # noqa: PLC0415

    from tests.fuzz.shapes import broken  # noqa: PLC0415

    run, done, end = watched(name, out), 0, time.monotonic() + seconds

    @settings(
        max_examples=200, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=HealthCheck
    )
    @given(broken(list(seeds(name))))
    def batch(body: bytes) -> None:
        nonlocal done
        if time.monotonic() < end:
            run(body)
            done += 1

    while time.monotonic() < end:
        batch()
        _tell(f"#{done}")


def run_atheris(name: str, out: Path, seconds: float) -> None:
    """Let libFuzzer change inputs by what code they reach, until the time is over."""
    import atheris  # noqa: PLC0415

    folder = out / "corpus"
    folder.mkdir(exist_ok=True)
    for body in seeds(name):
        (folder / sha256(body).hexdigest()[:16]).write_bytes(body)
    words = ("".join(map("\\x{:02x}".format, word)) for word in NASTY if len(word) <= 60)
    (out / "words").write_text("".join(f'"{word}"\n' for word in words))
    with atheris.instrument_imports(include=INSTRUMENTED):
        run = watched(name, out)
    limits = [
        f"-max_total_time={int(seconds)}",
        f"-max_len={MAX_BYTES}",
        "-timeout=0",
        f"-rss_limit_mb={MEMORY_MB}",
    ]
    atheris.Setup([sys.argv[0], str(folder), f"-dict={out / 'words'}", "-print_final_stats=1", *limits], run)
    atheris.Fuzz()


def main() -> int:
    """Run a target in processes of its own, a new one for each that dies. Exit code 1 if anything was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("target", choices=NAMES)
    parser.add_argument("--with", dest="engine", choices=("atheris", "hypothesis"), default="hypothesis")
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--out", type=Path, default=ROOT / "fuzz")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    out = args.out if args.here else args.out / f"{args.target}-{args.engine}"
    if args.here:
        engine = run_atheris if args.engine == "atheris" else run_hypothesis
        engine(args.target, out, args.seconds)
        return 0
    shutil.rmtree(out, ignore_errors=True)
    (out / "crashes").mkdir(parents=True)
    return _supervise(args.target, args.engine, args.seconds, out)


def _supervise(target: str, engine: str, seconds: float, out: Path) -> int:
    end, logs = time.monotonic() + seconds, list[Path]()
    while (left := end - time.monotonic()) > 1:
        logs.append(out / f"log-{len(logs)}")
        command = [sys.executable, "-m", "benchmarks.fuzz", target, "--with", engine, "--seconds", str(left)]
        with logs[-1].open("wb") as log:
            code = subprocess.run(  # noqa: S603 - this module
                [*command, "--out", str(out), "--here"],
                stdout=log,
                stderr=log,
                cwd=ROOT,
                env=_environment(),
                check=False,
            ).returncode
        if code and not (out / "running").exists():
            _tell(f"could not start; see {logs[-1]}")
            return 1
        if code:
            shutil.copy(out / "running", out / "crashes" / f"died-{code}-{len(logs)}")
    text = [log.read_text(errors="replace") for log in logs]
    executions = sum(int(max(re.findall(r"^#(\d+)", log, re.MULTILINE), key=int, default="0")) for log in text)
    covered = re.findall(r"cov: (\d+)", text[0])
    found = sorted(path.name for path in (out / "crashes").iterdir() if path.suffix != ".txt")
    growth = f"{covered[0]} → {covered[-1]}" if covered else "–"
    print(f"| {target} | {engine} | {seconds:.0f} | {executions:,} | {growth} | {', '.join(found) or 'none'} |")  # noqa: T201
    return 1 if found else 0


def _environment() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(ROOT)}


def _tell(text: str) -> None:
    sys.stderr.write(f"{text}\n")


if __name__ == "__main__":
    sys.exit(main())
