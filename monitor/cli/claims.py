"""Words on the command line about a baseline and its claims → a call → what is printed."""

# ruff: noqa: PLC0415  for the reason that commands.py gives

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from monitor.cli.options import BASELINE, BaselineOption, ConfigOption, settings_of
from monitor.config import load_baseline
from monitor.report.printable import safe_text

baseline_app = typer.Typer(no_args_is_help=True)
claims_app = typer.Typer(no_args_is_help=True)


@baseline_app.command("add")
def baseline_add(
    source: Annotated[
        str, typer.Argument(metavar="URL|FILE", help="The article: a web address, a saved page or a text file.")
    ],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The claims file to write.")] = BASELINE,
    replace: Annotated[
        bool, typer.Option("--replace", help="Write it anew; an old one is kept beside it.")
    ] = False,
    draft_with_model: Annotated[
        bool, typer.Option("--draft-with-model", help="Let the model at judge.url draft them, not the rules.")
    ] = False,
    config: ConfigOption = None,
) -> None:
    """Read an article, propose its key claims, and write a file for you to correct."""
    from monitor import add_baseline
    from monitor.daemon import open_world
    from monitor.judge.backends import open_drafter
    from monitor.judge.model import EmbeddedModel

    settings = settings_of(config)
    model = open_drafter(settings.judge, key=os.environ.get("MONITOR_JUDGE_KEY")) if draft_with_model else None
    if not replace:
        add_baseline.refuse_existing(out)

    async def read() -> add_baseline.BaselineText:
        async with open_world(settings) as world:
            return await add_baseline.read_baseline(source, world)

    text = asyncio.run(read())
    file, refused = add_baseline.make(text, EmbeddedModel(threads=settings.judge.threads), model)
    for line in refused:
        print(f"monitor: refused: {safe_text(line)}.", file=sys.stderr)
    kept = add_baseline.write(file, out)
    print(f"{out}: {len(load_baseline(out).claims)} claims proposed from “{safe_text(text.title)}”.")
    if kept:
        print(f"The old file is now {kept}.")
    print(f"Correct them in an editor, then: monitor run --once --baseline {out}")


@claims_app.command("check")
def claims_check(
    baseline: BaselineOption = BASELINE,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 1 if there is a remark.")] = False,
    config: ConfigOption = None,
) -> None:
    """Say which claims are vague, double, or cannot be checked."""
    from monitor.claims.review import review
    from monitor.judge.model import EmbeddedModel

    claims = load_baseline(baseline).claims
    vectors = EmbeddedModel(threads=settings_of(config).judge.threads).embed([claim.text for claim in claims])
    remarks = review(claims, vectors)
    for remark in remarks:
        print(f"{remark.claim_id}: {remark.fault.value}: {safe_text(remark.advice)}")
    print(f"{baseline}: {len(claims)} claims, {len(remarks)} remarks.", file=sys.stderr)
    if strict and remarks:
        raise typer.Exit(1)
