"""Words on the command line → the commands: a call each, and what is printed."""

# ruff: noqa: PLC0415
# Commands that need the web, a model or the digest load them when called: `monitor status` then takes half a
# second; it took 1.2 s with everything loaded (2 cores, November 2026).

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
from collections.abc import Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor import __version__
from monitor.cli.backups import backup, restore
from monitor.cli.claims import baseline_app, claims_app
from monitor.cli.feeds import feeds_app
from monitor.cli.options import (
    BASELINE,
    CONFIG,
    DB,
    LAST_PORT,
    BaselineOption,
    ConfigOption,
    DbOption,
    Format,
    JsonOption,
    day_of,
    settings_of,
)
from monitor.cli.terminal import log_to_stderr, progress_bars, say_counts, show_every_letter, told, width
from monitor.clock import utc_now
from monitor.config import JudgeSettings, Settings, load_baseline, load_settings
from monitor.errors import ConfigError, MonitorError
from monitor.lock import hold
from monitor.outfile import whole_file
from monitor.records import Stance
from monitor.report.calendar import day_bounds
from monitor.report.listing import (
    findings_csv,
    findings_json,
    findings_text,
    hits,
    search_json,
    search_text,
    status_json,
    status_text,
)
from monitor.report.printable import safe_json, safe_text
from monitor.status import status_of
from monitor.store import Store, open_readonly, open_store

if TYPE_CHECKING:
    from monitor.pipeline import Models
    from monitor.report.digest import Digest

app = typer.Typer(
    help="Follow a story's claims through the world's news: who confirms, who denies, which figures moved.",
    epilog="What a command takes: monitor COMMAND --help",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    add_completion=False,
)
app.add_typer(baseline_app, name="baseline", help="Begin with the article that all news is compared with.")
app.command()(backup)
app.command()(restore)
app.add_typer(claims_app, name="claims", help="Look at the claims that are watched.")
app.add_typer(feeds_app, name="feeds", help="Find feeds, keep the list, and see how polling goes.")


def main(words: Sequence[str] | None = None) -> None:
    """Run the command line; expected trouble is one line on stderr.

    words: what follows the program's name; by default what the process was started with.
    Exits with 0 if all went well, 1 if something failed, 2 for wrong use, 130 after Ctrl-C.
    """
    show_every_letter()
    try:
        app(args=words, prog_name="monitor")
    except MonitorError as error:
        print(f"monitor: {safe_text(str(error))}", file=sys.stderr)
        sys.exit(2 if isinstance(error, ConfigError) else 1)


@app.callback(invoke_without_command=True)
def _start(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version and end.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Log what is done, to stderr.")] = False,
    log_json: Annotated[
        bool, typer.Option("--log-json", help="Log each event as a line of JSON, for machines; implies --verbose.")
    ] = False,
) -> None:
    # What is still to be printed goes out before typer ends: it is quiet about a reader that has left (| head).
    context.call_on_close(sys.stdout.flush)
    log_to_stderr(logging.INFO if verbose or log_json else logging.WARNING, as_json=log_json)
    if version:
        print(f"monitor {__version__}")
        raise typer.Exit


@app.command()
def demo(
    port: Annotated[
        int, typer.Option(min=0, max=LAST_PORT, help="The first of the ports on 127.0.0.1 to serve it from.")
    ] = 8800,
    folder: Annotated[
        Path, typer.Option(metavar="FOLDER", help="Where the database and the HTML digest go.")
    ] = Path("demo"),
) -> None:
    """Follow the bundled sample story, with no network needed."""
    from monitor.demo import run_demo

    with hold(folder / "monitor.db"), progress_bars() as progress:
        result = asyncio.run(run_demo(folder, port=port, progress=progress))
    for number, counts in enumerate(result.rounds, start=1):
        say_counts(f"Round {number}", counts)
    _print_digest(result.digest, "text", Settings())
    print()
    if not result.new_articles and not result.new_findings:
        print("Nothing new: every article of the sample newsroom was known, and nothing else was found.")
    print(f"The digest to read:   {result.digest_html}")
    print(f"The database:         {result.database}")
    print(f"Look around in it:    monitor serve --db {result.database}")


@app.command()
def run(
    once: Annotated[bool, typer.Option("--once", help="Do one round, then end.")] = False,
    config: ConfigOption = None,
    baseline: BaselineOption = BASELINE,
    db: DbOption = DB,
) -> None:
    """Follow the feeds day and night, until Ctrl-C or SIGTERM."""
    from monitor.daemon import follow, one_round
    from monitor.metrics import metrics_at
    from monitor.store.backup import check_after_crash

    settings, watched = load_settings(config or CONFIG), load_baseline(baseline)
    with hold(db):
        check_after_crash(db)
        models = _models(settings.judge)
        with open_store(db) as store:
            if not settings.collect.contact.strip():
                advice = f"Set collect.contact in {config or CONFIG}: an address or page of yours."
                print(f"No webmaster can reach you. {advice}", file=sys.stderr)
            if once:
                with progress_bars() as progress:
                    counts = asyncio.run(one_round(store, settings, watched, models, progress))
                say_counts("This round", counts)
            else:
                numbers = f"{len(watched.claims)} claims in {len(settings.feeds)} feeds"
                following = f"Following {numbers}. End with Ctrl-C."
                started = partial(print, following, file=sys.stderr)
                with metrics_at(settings.health, db):
                    asyncio.run(follow(store, settings, watched, models, started=started))


@app.command()
def digest(
    day: Annotated[
        date | None,
        typer.Option(parser=day_of, metavar="DAY", help="The digest of a day, such as 2026-11-21."),
    ] = None,
    format: Annotated[Format, typer.Option("--format", help="How to write it.")] = "text",
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write it to a file instead.")] = None,
    config: ConfigOption = None,
    db: DbOption = DB,
) -> None:
    """Print what is new since the last digest, or a day's digest."""
    from monitor import desk

    settings = settings_of(config)
    now = utc_now()
    with open_readonly(db) as store:
        if day is None:
            shown = desk.preview_digest(store, settings, now=now)
        else:
            shown = desk.digest_of_day(store, settings, day, now=now)
    if out is None:
        _print_digest(shown, format, settings)
        return
    from monitor.report.render import render

    with whole_file(out) as file:
        file.write(render(shown, format=format, zone=settings.reader.time_zone))
    print(f"The digest stands in {out}.", file=sys.stderr)


@app.command()
def findings(
    claim: Annotated[str | None, typer.Option(metavar="ID", help="Only on this claim, such as C1.")] = None,
    stance: Annotated[Stance | None, typer.Option(help="Only of this stance.")] = None,
    since: Annotated[
        date | None,
        typer.Option(parser=day_of, metavar="DAY", help="Only found on this day or later, such as 2026-11-21."),
    ] = None,
    as_json: JsonOption = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV, for a spreadsheet.")] = False,
    config: ConfigOption = None,
    db: DbOption = DB,
) -> None:
    """List the findings that stand, newest article first."""
    zone = settings_of(config).reader.time_zone
    start = day_bounds(since, zone)[0] if since else None
    with open_readonly(db) as store:
        found = store.findings.current(claim=claim, stance=stance, since=start)
        if claim and not found:
            _refuse_unknown(claim, store)
    if as_json:
        print(findings_json(found), end="")
    elif as_csv:
        print(findings_csv(found), end="")
    else:
        print(findings_text(found, zone=zone, width=width()), end="")


@app.command()
def explain(
    finding: Annotated[int, typer.Argument(metavar="FINDING", help="Its number, as `monitor findings` shows it.")],
    config: ConfigOption = None,
    db: DbOption = DB,
) -> None:
    """Show each step that led to a finding."""
    from monitor.judge.context import hypotheses
    from monitor.report.explanation import explain as steps
    from monitor.report.explanation import explanation_text

    zone = settings_of(config).reader.time_zone
    with open_readonly(db) as store:
        found = store.findings.one(finding)
        if found is None:
            raise ConfigError(f"{finding}: no finding that stands has this number. List them: monitor findings")
        stored, claim, version = found
        baseline = store.claims.baseline()
        read_as = hypotheses(baseline.claims if baseline else [claim]).get(claim.id, claim.text)
        explained = steps(stored, claim, store.articles.version(version), read_as=read_as)
    print(explanation_text(explained, zone=zone, width=width()), end="")


@app.command()
def search(
    words: Annotated[
        list[str], typer.Argument(metavar="WORDS", help="They must all occur; accents do not matter.")
    ],
    limit: Annotated[int, typer.Option(min=1, help="Show at most this many articles.")] = 20,
    as_json: JsonOption = False,
    config: ConfigOption = None,
    db: DbOption = DB,
) -> None:
    """Find articles by words in their headline or text."""
    zone = settings_of(config).reader.time_zone
    with open_readonly(db) as store:
        found = hits(store.articles.search(" ".join(words), limit=limit))
    print(search_json(found) if as_json else search_text(found, zone=zone, width=width()), end="")


@app.command()
def status(as_json: JsonOption = False, config: ConfigOption = None, db: DbOption = DB) -> None:
    """Say how things stand, and which feeds fail."""
    zone = settings_of(config).reader.time_zone
    with open_readonly(db) as store:
        now = status_of(store, now=utc_now())
    print(status_json(now) if as_json else status_text(now, zone=zone, width=width()), end="")


@app.command()
def serve(
    host: Annotated[
        str, typer.Option(help="Where to listen; as it is, only this machine can look.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=LAST_PORT, help="The port; 0 takes any free one.")] = 8001,
    db: DbOption = DB,
) -> None:
    """Show the database as web pages to search and query."""
    from monitor.web.serve import serve as show

    show(
        db,
        host=host,
        port=port,
        announce=lambda address: print(f"Look around at {address} (end with Ctrl-C).", flush=True),
    )


@app.command()
def judge(
    claims: Annotated[Path, typer.Option(metavar="FILE", help="The claims file (YAML).")],
    articles: Annotated[
        Path,
        typer.Option(metavar="FILE", help="JSON Lines: id and text; url, date, lang, title, outlet if known."),
    ],
    out: Annotated[Path, typer.Option(metavar="FILE", help="Where the findings go, as JSON Lines.")],
    config: ConfigOption = None,
) -> None:
    """Judge a file of articles; no feeds, no database."""
    from monitor.judge.files import finding_row, read_articles
    from monitor.pipeline import judge_articles

    settings, watched = settings_of(config), load_baseline(claims).claims
    known = list(read_articles(articles))
    outlets = {article: version.outlet for article, version in known}
    found = 0
    with whole_file(out) as file, progress_bars() as progress:
        models = _models(settings.judge)
        for article, finding in judge_articles(told(known, progress, "judge"), watched, models):
            row = finding_row(article, finding, outlet=outlets[article])
            file.write(safe_json(json.dumps(row, ensure_ascii=False)) + "\n")
            found += 1
    print(f"{out}: {found} findings in {len(known)} articles.", file=sys.stderr)


@app.command()
def judge_pairs(
    pairs: Annotated[
        Path, typer.Option(metavar="FILE", help="JSON Lines: premise and hypothesis; context if wanted.")
    ],
    out: Annotated[Path, typer.Option(metavar="FILE", help="Where the scores go, as JSON Lines.")],
    config: ConfigOption = None,
) -> None:
    """Score pairs of texts with the model alone."""
    from monitor.judge.files import read_pairs, score_pairs, score_row

    settings, known = settings_of(config), list(read_pairs(pairs))
    with whole_file(out) as file, progress_bars() as progress:
        scored = score_pairs([pair for _, pair in known], _models(settings.judge).scorer, progress=progress)
        for (line, _), scores in zip(known, scored, strict=True):
            file.write(safe_json(json.dumps(score_row(line, scores), ensure_ascii=False)) + "\n")
    print(f"{out}: {len(known)} pairs scored.", file=sys.stderr)


def _models(settings: JudgeSettings) -> Models:
    from monitor.judge.backends import open_model
    from monitor.pipeline import Models

    return Models(*open_model(settings, key=os.environ.get("MONITOR_JUDGE_KEY")))


def _refuse_unknown(claim: str, store: Store) -> None:
    baseline = store.claims.baseline()
    known = [known.id for known in baseline.claims] if baseline else []
    if claim not in known:
        raise ConfigError(f"--claim {claim}: no such claim. Choose one of {', '.join(known) or 'none so far'}.")


def _print_digest(shown: Digest, format: Format, settings: Settings) -> None:
    from rich.console import Console

    from monitor.report.render import print_digest, render

    zone = settings.reader.time_zone
    if format == "text":
        print_digest(shown, Console(), zone=zone)
    else:
        print(render(shown, format=format, zone=zone), end="")
