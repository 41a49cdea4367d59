"""Read feedparser's own collection of feeds: what is read, what feedparser alone finds, and what is faster.

Run: python benchmarks/read_feed_files.py [ARCHIVE]. Prints Markdown: files and the reasons of those that are no
feeds; the entries feedparser finds with its defaults, against ours; and fastfeedparser in front of feedparser, if
it is installed (pip install fastfeedparser; no dependency of the project). Exit code 1 if an entry is lost.
"""

from __future__ import annotations

import io
import sys
import tarfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from xml.parsers import expat

import feedparser

from monitor.collect.feeds import parse_feed
from monitor.collect.urls import clean_url
from monitor.errors import FeedError
from monitor.feed_records import Entry

ARCHIVE = Path(__file__).parents[1] / "../shared/corpora/feed-files.tar.gz"
URL = "https://news.example/feeds/top.xml"
ITEMS = 30  # of a usual news feed, for the speed that counts

File = tuple[str, bytes]
Row = tuple[str, str, str, str]


def load_files(archive: Path) -> list[File]:
    """Return name and bytes of each feed of the archive; its licence is left out."""
    with tarfile.open(archive) as tar:
        files = [(member.name, tar.extractfile(member)) for member in tar if member.isfile()]
        return [(name, file.read()) for name, file in files if file and name.endswith((".xml", ".json"))]


def why_missing(body: bytes, ours: Sequence[Entry]) -> Counter[str]:
    """Count why entries that feedparser finds with its defaults are not among ours."""
    reasons, seen = Counter[str](), set[str]()
    for item in feedparser.parse(io.BytesIO(body), response_headers={"content-location": URL}).entries:
        link = item.get("feedburner_origlink") or item.get("link")
        url = clean_url(link, base=URL) if link else None
        if url is None:
            reasons["no web address"] += 1
        elif url in seen:
            reasons["the address of another entry of the feed"] += 1
        else:
            seen.add(url)
            reasons["there" if url in {entry.url for entry in ours} else "LOST"] += 1
    return reasons


def read_all(files: Sequence[File]) -> tuple[list[str], int]:
    """Read all files; return lines of Markdown, and how many entries are lost."""
    refused, found, trouble, ours_all = list[tuple[str, str]](), Counter[str](), 0, 0
    for name, body in files:
        ours: tuple[Entry, ...] = ()
        try:
            parsed = parse_feed(body, url=URL, content_type=None)
            ours, trouble = parsed.entries, trouble + bool(parsed.trouble)
        except FeedError as error:
            refused.append((name, error.why.removeprefix(f"{URL}: ")))
        ours_all += len(ours)
        found += why_missing(body, ours)
    lines = [
        f"{len(files):,} files: {len(files) - len(refused):,} read ({trouble} of them with a mistake"
        f" that is told), {len(refused)} refused; {ours_all:,} entries.",
        "",
        "| entries that feedparser alone finds | |",
        "|---|---:|",
        *(f"| {reason} | {count:,} |" for reason, count in found.most_common()),
        "",
        *(f"- refused: `{Path(name).parent.name}/{Path(name).name}`: {why}" for name, why in refused),
    ]
    return lines, found["LOST"]


def passes(body: bytes) -> bool:
    """Say whether nothing is in doubt: UTF-8 that decodes strictly, well-formed, no document type."""
    try:
        body.decode("utf-8", "strict")
        parser = expat.ParserCreate()
        parser.StartDoctypeDeclHandler = _refuse
        parser.XmlDeclHandler = _refuse_other_charset
        parser.Parse(body, True)
    except (UnicodeDecodeError, expat.ExpatError, ValueError):
        return False
    return True


def _refuse(*_: object) -> None:
    raise ValueError("a document type")


def _refuse_other_charset(_: str, charset: str | None, __: int) -> None:
    if (charset or "utf-8").lower() not in ("utf-8", "utf8"):
        raise ValueError(charset)


def rows_of_fast(body: bytes) -> list[Row]:
    """Read with fastfeedparser: guid, link, title and date of each entry."""
    import fastfeedparser  # noqa: PLC0415 - it may be missing

    entries = fastfeedparser.parse(body)["entries"]
    return [
        _row(item.get("id"), item.get("link"), item.get("title"), _day(item.get("published"))) for item in entries
    ]


def rows_of_feedparser(body: bytes) -> list[Row]:
    """Read with feedparser as we call it."""
    parsed = feedparser.parse(
        io.BytesIO(body),
        response_headers={"content-location": URL},
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    return [
        _row(item.get("id"), item.get("link"), item.get("title"), _first_date(item)) for item in parsed.entries
    ]


def _first_date(item: feedparser.FeedParserDict) -> str:
    for name in ("published_parsed", "created_parsed", "updated_parsed"):
        if name in item and item[name]:  # noqa: RUF019 - get would warn and give another date
            return time.strftime("%Y-%m-%dT%H:%M:%S", item[name])
    return ""


def _day(text: object) -> str:
    return str(text or "")[:19]


def _row(guid: object, link: object, title: object, day: str) -> Row:
    """As it would be stored: an entry without an identifier of its own has its address."""
    return str(guid or link or ""), str(link or ""), " ".join(str(title or "").split()), day


def compare(files: Sequence[File]) -> list[str]:
    """Hold fastfeedparser behind the two passes against feedparser: the same entries, and how much faster."""
    same, other, raised = 0, Counter[str](), 0
    passing = [body for _, body in files if passes(body)]
    for body in passing:
        theirs = rows_of_feedparser(body)
        try:
            fast = rows_of_fast(body)
        except Exception:  # noqa: BLE001 - whatever it raises, feedparser would be asked
            raised += 1
            continue
        difference = _difference(fast, theirs)
        same += difference is None
        other.update([difference] if difference else [])
    agreeing = [body for body in passing if _agrees(body)]
    usual = _usual_feed()
    return [
        f"{len(passing):,} of {len(files):,} files pass a strict decode and expat. Of them fastfeedparser gives"
        f" the same entries for {same:,}, others for {sum(other.values()):,}, and raises for {raised:,}.",
        "",
        "| first difference | files |",
        "|---|---:|",
        *(f"| {what} | {count:,} |" for what, count in other.most_common()),
        "",
        "| feeds per CPU second | feedparser | two passes, then fastfeedparser | times |",
        "|---|---:|---:|---:|",
        _speeds(f"the {len(agreeing):,} files with the same entries", agreeing),
        _speeds(f"a news feed of {ITEMS} items, {len(usual):,} bytes", [usual] * 50),
    ]


def _agrees(body: bytes) -> bool:
    try:
        return rows_of_fast(body) == rows_of_feedparser(body)
    except Exception:  # noqa: BLE001 - see compare
        return False


def _difference(fast: Sequence[Row], theirs: Sequence[Row]) -> str | None:
    if len(fast) != len(theirs):
        return "number of entries"
    for ours, other in zip(fast, theirs, strict=True):
        for name, one, two in zip(("guid", "link", "title", "date"), ours, other, strict=True):
            if one != two:
                return name
    return None


def _speeds(name: str, bodies: Sequence[bytes]) -> str:
    slow = _per_second(rows_of_feedparser, bodies)
    fast = _per_second(lambda body: rows_of_fast(body) if passes(body) else rows_of_feedparser(body), bodies)
    return f"| {name} | {slow:,.0f} | {fast:,.0f} | {fast / slow:.1f} |"


def _per_second(read: Callable[[bytes], object], bodies: Sequence[bytes]) -> float:
    read(bodies[0])
    began = time.process_time()
    for body in bodies:
        read(body)
    return len(bodies) / (time.process_time() - began)


def _usual_feed() -> bytes:
    items = "".join(
        f"<item><title>Council approves bridge {n} over the river &amp; the road</title>"
        f"<link>https://news.example/2026/11/22/bridge-{n}</link><guid isPermaLink='false'>urn:story:{n}</guid>"
        f"<pubDate>Sun, 22 Nov 2026 07:{n:02}:00 +0900</pubDate><category>News</category><description><![CDATA[<p>"
        f"{'The council approved a new bridge over the river on Tuesday by nine votes to four. ' * 4}</p>]]>"
        "</description></item>"
        for n in range(ITEMS)
    )
    head = "<?xml version='1.0' encoding='utf-8'?><rss version='2.0'><channel><title>Desk</title>"
    return f"{head}{items}</channel></rss>".encode()


def main() -> int:
    """Print what was found. Exit code 2 if the archive is missing."""
    archive = Path(sys.argv[1]) if len(sys.argv) > 1 else ARCHIVE
    if not archive.is_file():
        print(f"{archive}: no such file. Pass the archive of feed files.", file=sys.stderr)  # noqa: T201
        return 2
    files = load_files(archive)
    lines, lost = read_all(files)
    try:
        lines += ["", *compare(files)]
    except ImportError:
        lines += ["", "fastfeedparser is not installed: not compared."]
    print("\n".join(lines))  # noqa: T201
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
