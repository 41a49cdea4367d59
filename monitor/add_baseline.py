"""An address or a file → a claims file that a person corrects."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

from monitor.claims.baseline import Candidate, baseline_yaml, find_candidates, rank
from monitor.claims.worth import packaged_model
from monitor.errors import ConfigError, FetchError, ReadError
from monitor.judge.chat import ChatModel
from monitor.judge.drafting import DRAFT_SCHEMA, Drafted, draft_messages, parse_drafts, parts
from monitor.judge.model import Embedder
from monitor.outfile import whole_file
from monitor.pipeline import World
from monitor.read.language import detect_language
from monitor.read.page import ReadPage, read_page

MAX_FILE_BYTES = 20_000_000
_STATED_DATE = re.compile(
    r"\s*date:?\s+(?P<day>(?:19|20)\d\d(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?)\s", re.IGNORECASE
)


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
        return text_baseline(Path(source), body)
    try:
        return await _from_page(world, body, url=None, content_type=None)
    except ReadError as error:
        raise ReadError(f"{source}: {error}. Name a text file with the article instead.") from error


def text_baseline(path: Path, body: bytes) -> BaselineText:
    """Take a text file as it is; its first line is the title if it stands apart. path: named in errors.

    A date in front of it ("date 2024-10") says when the article was published. Spaces take its place, so that
    offsets are those of the file. Raises ConfigError if the file is no text, or empty.
    """
    try:
        text = body.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise ConfigError(f"{path}: neither a web page nor UTF-8 text. Save the article as one of them.") from None
    if not text.strip():
        raise ConfigError(f"{path}: empty. Give the text of the article.")
    stated = _STATED_DATE.match(text)
    if stated:
        text = " " * stated.end() + text[stated.end() :]
    first, _, rest = text.strip().partition("\n")
    title = first.strip() if rest.strip() and len(first) <= 200 else path.stem
    return BaselineText(title, text, detect_language(text) or "en", stated["day"] if stated else None, None)


def propose(baseline: BaselineText, embedder: Embedder, candidates: Sequence[Candidate] | None = None) -> str:
    """Write the claims file: the check-worthy facts, most promising first, for a person to correct.

    candidates: what may become a claim; None: what the rules find in the article.
    Raises ReadError if the article holds nothing that could be checked.
    """
    if candidates is None:
        candidates = find_candidates(baseline.text, baseline.lang, baseline.title)
    vectors = embedder.embed([candidate.text for candidate in candidates])
    proposals = rank(candidates, vectors, packaged_model(), lang=baseline.lang, published=baseline.published)
    if not proposals:
        raise ReadError(f"{baseline.title}: no sentence in it could be checked. Is this the right article?")
    return baseline_yaml(baseline.title, baseline.lang, baseline.published, baseline.url, proposals)


def make(baseline: BaselineText, embedder: Embedder, model: ChatModel | None) -> tuple[str, tuple[str, ...]]:
    """Return the claims file, and a line for each draft that was refused.

    model: the one that drafts the claims; None: the rules find them. Raises what draft and propose raise.
    """
    if model is None:
        return propose(baseline, embedder), ()
    drafted = draft(baseline, model)
    return propose(baseline, embedder, drafted.candidates), drafted.refused


def draft(baseline: BaselineText, model: ChatModel) -> Drafted:
    """Let a language model draft the claims; what the article does not carry is refused, with a line for each.

    Raises ModelError if the server gives no answer of the form, ReadError if no draft is left.
    """
    questions = map(draft_messages, parts(baseline.text))
    answers = [model.ask(question, form="drafts", schema=DRAFT_SCHEMA) for question in questions]
    drafted = parse_drafts(answers, baseline.text, baseline.lang)
    if not drafted.candidates:
        reasons = "".join(f"\n  {line}" for line in drafted.refused)
        raise ReadError(
            f"{baseline.title}: no claim of the model could be kept. Add it without the model.{reasons}"
        )
    return drafted


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


def _file_bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise ConfigError(f"{path}: larger than {MAX_FILE_BYTES:,} bytes; is this the right file?")
        return path.read_bytes()
    except FileNotFoundError:
        raise ConfigError(f"{path}: no such file, and no address that starts with http:// or https://.") from None
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror}). Name another file.") from None
