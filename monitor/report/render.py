"""Digest → text, HTML, JSON or Markdown."""

from __future__ import annotations

from typing import Literal

from rich.console import Console
from rich.text import Text

from monitor.report.digest import Digest, to_json
from monitor.report.digest_html import html
from monitor.report.digest_markdown import markdown
from monitor.report.digest_text import Role, text_lines
from monitor.report.printable import safe_json

WIDTH = 90  # terminal cells, where no terminal tells its own

# Stance is in the words of each heading; the colour only repeats it.
_STYLES = {
    Role.TITLE: "bold",
    Role.LEAD: "bold",
    Role.HEADING: "bold",
    Role.CONFIRMATIONS: "bold green",
    Role.CONTRADICTIONS: "bold red",
    Role.FIGURES: "bold yellow",
    Role.UPDATES: "bold blue",
    Role.MENTIONS: "bold dim",
    Role.SPEAKER: "bold",
    Role.SOURCE: "dim",
}


def render(digest: Digest, *, format: Literal["text", "html", "json", "md"], zone: str) -> str:
    """Write a digest for a reader; ends with a line end.

    text: lines of up to 90 cells. html: a page that stands alone in one file. json: what `from_json` reads.
    md: CommonMark. zone: the reader's, for every time that is shown; JSON keeps UTC. No control code, markup or
    script from outside gets through.
    """
    if format == "text":
        return "".join(f"{line.text}\n" for line in text_lines(digest, zone=zone, width=WIDTH))
    if format == "html":
        return html(digest, zone=zone)
    if format == "json":
        return safe_json(to_json(digest)) + "\n"
    return markdown(digest, zone=zone)


def print_digest(digest: Digest, console: Console, *, zone: str) -> None:
    """Print the text of a digest as wide as the console, from 40 to 100 cells, with colours where it has them."""
    for line in text_lines(digest, zone=zone, width=console.width):
        console.print(Text(line.text, style=_STYLES.get(line.role, "")), soft_wrap=True)
