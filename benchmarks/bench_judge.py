"""The embedded model → a table: load time, memory, texts and pairs per second, and what batches would do.

Run: python benchmarks/bench_judge.py (under a minute). Prints markdown for benchmarks/RESULTS.md.
"""

from __future__ import annotations

import os
import platform
import resource
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, process_time

import numpy as np
from numpy.typing import NDArray

from monitor.judge.model import EmbeddedModel
from monitor.records import Pair

Verdicts = NDArray[np.float32]

WEIGHTS = Path(__file__).parents[1] / "monitor/judge/weights"
TEXTS, PAIRS, BATCHED = 300, 150, 64

# About as long as the sentences of the news: 26 pieces on average, a pair 64.
SENTENCES = (
    "The ministry denied on Monday that any of its ships had been near the harbour when it was struck.",
    "Le gouverneur de la région a fait état de six morts et d'une vingtaine de blessés après l'incendie du dépôt.",
    "Nach Angaben der Behörde sind seit Januar rund 11.000 Tonnen Getreide über den Hafen ausgeführt worden.",
    "El tribunal aplazó la vista hasta septiembre porque dos de los testigos no pudieron ser localizados.",
    "Министерство заявило, что число погибших выросло до девяти человек, ещё четверо пропали без вести.",
    "국방부 대변인은 월요일 브리핑에서 해당 보도는 사실이 아니라고 밝혔다.",
)
CLAIMS = (
    "Six personnes ont été tuées début octobre par une explosion dans le port occupé, près de la vieille ville.",
    "The government, through its spokesman, denied these reports on Thursday, calling them an invention.",
    "Depuis 2022, environ 11 000 tonnes de céréales sont parties de ce port, selon le ministère de l'Agriculture.",
)


def main() -> None:
    """Measure, and print the table."""
    texts = [f"{number}. {SENTENCES[number % len(SENTENCES)]}" for number in range(TEXTS)]
    pairs = [Pair(text, CLAIMS[number % len(CLAIMS)]) for number, text in enumerate(texts[:PAIRS])]
    rows = []
    before, started = _rss_mb(), perf_counter()
    model = EmbeddedModel(threads=1)
    rows.append(
        ("load, with the libraries, the hash of the weights and its check", f"{perf_counter() - started:.2f} s")
    )
    rows.append(("memory after loading (of it before loading)", f"{_rss_mb():.0f} MB ({before:.0f} MB)"))
    model.score([Pair("word " * 400, CLAIMS[0])] * 2)
    rows += _product(model, texts, pairs, name="on 1 thread")
    rows.append(("memory at its highest until here", f"{_peak_mb():.0f} MB"))
    rows += _product(EmbeddedModel(threads=2), texts, pairs, name="on 2 threads")
    rows += _batched(pairs[:BATCHED])
    _print(rows)


def _product(model: EmbeddedModel, texts: list[str], pairs: list[Pair], *, name: str) -> list[tuple[str, str]]:
    model.score(pairs[:8])
    return [
        (f"texts embedded {name}", _rate(TEXTS, lambda: model.embed(texts))),
        (f"pairs scored {name}", _rate(PAIRS, lambda: model.score(pairs))),
    ]


def _rate(count: int, work: Callable[[], object]) -> str:
    """Processor time stands beside the clock, because it holds on a busy machine too."""
    clock, processor = perf_counter(), process_time()
    work()
    clock, processor = perf_counter() - clock, process_time() - processor
    return f"{count / clock:.0f} per s; {1000 * processor / count:.1f} ms of processor each"


def _batched(pairs: list[Pair]) -> list[tuple[str, str]]:
    """Score the same pairs in padded batches, which the product does not do, to show why."""
    import onnxruntime  # noqa: PLC0415  after the load time was taken
    from tokenizers import Tokenizer  # noqa: PLC0415

    session = onnxruntime.InferenceSession(WEIGHTS / "pair.onnx", providers=["CPUExecutionProvider"])
    tokenizer = Tokenizer.from_file(str(WEIGHTS / "tokenizer.json"))
    tokenizer.enable_padding(pad_id=1, pad_token="<pad>")  # noqa: S106  a piece, no password

    def verdicts(size: int) -> Verdicts:
        found = []
        for start in range(0, len(pairs), size):
            rows = tokenizer.encode_batch([(p.premise, p.hypothesis) for p in pairs[start : start + size]])
            ids, mask = np.array([row.ids for row in rows]), np.array([row.attention_mask for row in rows])
            found.append(session.run(["verdict"], {"input_ids": ids, "attention_mask": mask})[0])
        return np.concatenate(found)

    return [_difference(size, verdicts, pairs) for size in (8, 32)]


def _difference(size: int, verdicts: Callable[[int], Verdicts], pairs: list[Pair]) -> tuple[str, str]:
    speed, alone, together = _rate(len(pairs), lambda: verdicts(size)), verdicts(1), verdicts(size)
    changed = int((alone.argmax(axis=1) != together.argmax(axis=1)).sum())
    moved = float(np.abs(alone - together).max())
    text = f"{speed}; {changed} of {len(pairs)} verdicts change, scores move by up to {moved:.2f}"
    return f"for comparison: pairs in batches of {size}, all cores", text


def _rss_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6


def _print(rows: list[tuple[str, str]]) -> None:
    cores, load = os.cpu_count(), os.getloadavg()[0]
    lines = [f"Python {platform.python_version()}, {cores} cores, load {load:.1f} at the end.", ""]
    lines += ["| what | measured |", "|---|---|", *(f"| {what} | {measured} |" for what, measured in rows)]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
