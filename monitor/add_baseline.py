"""An address or a file → a claims file that a person corrects."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

from monitor.claims.baseline import baseline_yaml, propose_claims
from monitor.errors import ConfigError, FetchError, ReadError
from monitor.outfile import whole_file
from monitor.pipeline import World
from monitor.read.language import detect_language
from monitor.read.page import ReadPage, read_page

MAX_FILE_BYTES = 20_000_000


@dataclass(frozen=True, slots=True)
class BaselineText:
    """The article as it was read. published: as precise as the page states it."""

    title: str
    text: str
    lang: str
    published: str | None
    url: str | None


async def read_baseline(source: str, world: World) -> BaselineText:
    """Read the baseline article from a web address, a saved page (.html) or a text file.

    Raises ConfigError if the file cannot be read, ReadError if the page cannot.
    """
    if urlsplit(source).scheme in ("http", "https"):
        try:
            page = await world.fetcher.fetch(source)
            return await _from_page(world, page.body, url=page.url, content_type=page.content_type)
        except (FetchError, ReadError) as error:
            advice = "Check the address, or save the page with a browser and name that file."
            raise ReadError(f"{source}: {error.why}. {advice}") from error
    body = _file_bytes(Path(source))
    if not re.search(rb"<(!doctype|html|head|body|article)\b", body[:4096], re.IGNORECASE):
        return _from_text(Path(source), body)
    try:
        return await _from_page(world, body, url=None, content_type=None)
    except ReadError as error:
        raise ReadError(f"{source}: {error}. Name a text file with the article instead.") from error


def draft(baseline: BaselineText) -> str:
    """Write the claims file: the check-worthy sentences, most promising first, for a person to correct.

    Raises ReadError if the article holds nothing that could be checked.
    """
    proposals = propose_claims(baseline.text, baseline.lang, baseline.title)
    if not proposals:
        raise ReadError(f"{baseline.title}: no sentence in it could be checked. Is this the right article?")
    return baseline_yaml(baseline.title, baseline.lang, baseline.published, baseline.url, proposals)


def refuse_existing(out: Path) -> None:
    """Raise ConfigError if a claims file stands there already: a person's corrections are never lost."""
    if out.exists():
        raise ConfigError(
            f"{out}: exists. Name another file with --out, or give --replace; then the old file is kept beside it."
        )


def write(text: str, out: Path) -> Path | None:
    """Write the claims file; return where an older one was put aside, if there was one.

    Raises MonitorError if the place cannot be written; then the older one stands where it stood.
    """
    with whole_file(out) as file:
        file.write(text)
        file.flush()  # a full disk is met here, while the old file still stands
        return _put_aside(out) if out.exists() else None


def _put_aside(path: Path) -> Path:
    """Give a file the first free name of NAME.old1, NAME.old2 and so on."""
    kept = next(free for n in count(1) if not (free := path.with_name(f"{path.name}.old{n}")).exists())
    return path.rename(kept)


async def _from_page(world: World, body: bytes, *, url: str | None, content_type: str | None) -> BaselineText:
    read: ReadPage = await world.workers.call(read_page, body, url=url or "", content_type=content_type)
    extract = read.extract
    day = extract.published_at.date().isoformat() if extract.published_at else None
    return BaselineText(extract.title, extract.text, read.lang or "en", day, extract.canonical_url or url)


def _from_text(path: Path, body: bytes) -> BaselineText:
    """Take a text file as it is; its first line is the title if it stands apart."""
    try:
        text = body.decode("utf-8-sig").replace("\r\n", "\n").strip()
    except UnicodeDecodeError:
        raise ConfigError(f"{path}: neither a web page nor UTF-8 text. Save the article as one of them.") from None
    if not text:
        raise ConfigError(f"{path}: empty. Give the text of the article.")
    first, _, rest = text.partition("\n")
    title = first.strip() if rest.strip() and len(first) <= 200 else path.stem
    return BaselineText(title, text, detect_language(text) or "en", None, None)


def _file_bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise ConfigError(f"{path}: larger than {MAX_FILE_BYTES:,} bytes; is this the right file?")
        return path.read_bytes()
    except FileNotFoundError:
        raise ConfigError(f"{path}: no such file, and no address that starts with http:// or https://.") from None
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror}). Name another file.") from None
