"""An article becomes a claims file, and no claims file is ever lost."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from monitor.add_baseline import MAX_FILE_BYTES, BaselineText, propose, read_baseline, refuse_existing, write
from monitor.config import Settings, load_baseline
from monitor.daemon import open_world
from monitor.errors import ConfigError, MonitorError, ReadError
from monitor.judge.model import EmbeddedModel
from tests.command import monitor, pages
from tests.read.news_pages import HEADLINE, PARAGRAPHS, news_page

Capture = pytest.CaptureFixture[str]
CONFIG = """
collect: {allow_networks: [127.0.0.0/8]}
read: {workers: 1}
feeds: [{url: "http://127.0.0.1:19009/feed", name: Dead Radio}]
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a folder with a config that may reach this machine."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MONITOR_CONFIG", raising=False)
    Path("config").mkdir()
    Path("config/feeds.yaml").write_text(CONFIG)
    return tmp_path


def read_file(path: Path) -> BaselineText:
    """Read an article from a file."""

    async def work() -> BaselineText:
        async with open_world(Settings.model_validate({"read": {"workers": 1}})) as world:
            return await read_baseline(str(path), world)

    return asyncio.run(work())


def test_a_web_address_becomes_a_claims_file(capsys: Capture) -> None:
    """What is written is what `monitor run` reads: claims, title, day and address of the article."""
    content: dict[str, bytes] = {}
    with pages(content) as base:
        head = f'<link rel="canonical" href="{base}/the-bridge">'
        content["/bridge?from=front"] = news_page(*PARAGRAPHS, head=head).encode()
        said = monitor(capsys, "baseline", "add", f"{base}/bridge?from=front")
    assert (said.code, said.err) == (0, "")
    made = load_baseline(Path("config/baseline.yaml"))
    assert (made.title, made.lang, made.published) == (HEADLINE, "en", "2024-10-08")
    assert made.url == f"{base}/the-bridge"
    assert {claim.text for claim in made.claims} <= set(PARAGRAPHS)
    assert said.out == (
        f"config/baseline.yaml: {len(made.claims)} claims proposed from “{HEADLINE}”.\n"
        "Correct them in an editor, then: monitor run --once --baseline config/baseline.yaml\n"
    )


def test_an_address_without_a_better_name_keeps_its_own(capsys: Capture) -> None:
    """Not every page names its canonical address."""
    with pages({"/bridge": news_page(*PARAGRAPHS).encode()}) as base:
        assert monitor(capsys, "baseline", "add", f"{base}/bridge").code == 0
        assert load_baseline(Path("config/baseline.yaml")).url == f"{base}/bridge"


def test_a_saved_page_is_read_as_a_page(capsys: Capture) -> None:
    """A browser saves what a paywall hides from programs; navigation and teasers are no claims."""
    Path("saved.htm").write_text(news_page(*PARAGRAPHS))
    assert monitor(capsys, "baseline", "add", "saved.htm", "--out", "new/claims.yaml").code == 0
    made = load_baseline(Path("new/claims.yaml"))
    assert (made.title, made.url) == (HEADLINE, None)
    assert "ferry" not in Path("new/claims.yaml").read_text().lower()


def test_a_saved_page_without_an_article_is_named() -> None:
    """The front page, saved by mistake."""
    Path("front.html").write_text("<html><body><nav>News</nav></body></html>")
    with pytest.raises(ReadError, match=r"^front\.html: no article text .* Name a text file"):
        read_file(Path("front.html"))


@pytest.mark.parametrize(
    ("content", "title"),
    [
        ("A bridge\n\nIt will cost 11 million euros.", "A bridge"),
        ("\ufeffA bridge\r\n\r\nIt will cost 11 million euros.\r\n", "A bridge"),
        ("It will cost 11 million euros.", "bridge"),
        ("It will cost 11 million euros. " * 20 + "\nMore.", "bridge"),
    ],
)
def test_the_title_of_a_text_is_its_first_line_or_the_name_of_the_file(content: str, title: str) -> None:
    """A first line that is a paragraph is no title."""
    Path("bridge.txt").write_bytes(content.encode())
    found = read_file(Path("bridge.txt"))
    assert (found.title, found.published, found.url) == (title, None, None)
    assert "\r" not in found.text and not found.text.startswith("\ufeff")


@pytest.mark.parametrize(
    ("head", "day"),
    [
        ("date 2024-10 ", "2024-10"),
        (" date: 2024-10-09\n\n", "2024-10-09"),
        ("date 2024-13 ", None),
        ("Date of ", None),
    ],
)
def test_a_text_may_say_when_it_was_published(head: str, day: str | None) -> None:
    """A text file has no metadata; offsets stay those of the file."""
    said = "It will cost 11 million euros, the mayor said."
    Path("bridge.txt").write_text(f"{head}{said}\nMore of it.\n")
    found = read_file(Path("bridge.txt"))
    assert found.published == day
    assert found.text[len(head) : len(head) + len(said)] == said
    assert ("2024" in found.text) == (day is None and "2024" in head)


def picture() -> None:
    Path("article").write_bytes(b"\x89PNG\xff\xfe")


def huge() -> None:
    with Path("article").open("wb") as file:
        file.truncate(MAX_FILE_BYTES + 1)


@pytest.mark.parametrize(
    ("make", "line"),
    [
        (picture, "neither a web page nor UTF-8 text. Save"),
        (huge, "larger than 20,000,000 bytes; is this the right file"),
        (lambda: Path("article").mkdir(), r"cannot be read \(Is a directory\). Name another file"),
        (lambda: None, "no such file, and no address that starts with http"),
        (lambda: Path("article").write_text(" "), "empty. Give the text of the article"),
    ],
)
def test_a_file_that_is_no_article_is_named(make: Callable[[], object], line: str) -> None:
    """A picture, a film, a folder, a typing error, an empty file."""
    make()
    with pytest.raises(ConfigError, match=f"^article: {line}"):
        read_file(Path("article"))


def test_an_article_that_states_nothing_is_refused() -> None:
    """An empty claims file would watch nothing, and say so to nobody."""
    with pytest.raises(ReadError, match="Poem: no sentence in it could be checked"):
        propose(BaselineText("Poem", "Why?", "en", None, None), EmbeddedModel(threads=1))


def test_corrections_of_a_person_are_never_lost(capsys: Capture) -> None:
    """An existing file is refused before anything is fetched; --replace keeps each older one."""
    Path("saved.html").write_text(news_page(*PARAGRAPHS))
    words = ("baseline", "add", "saved.html", "--out", "mine.yaml")
    Path("mine.yaml").write_text("first")
    with pytest.raises(ConfigError, match=r"^mine\.yaml: exists\. .*--replace"):
        refuse_existing(Path("mine.yaml"))
    assert monitor(capsys, *words).code == 2
    assert Path("mine.yaml").read_text() == "first"
    assert monitor(capsys, *words, "--replace").out.splitlines()[1] == "The old file is now mine.yaml.old1."
    Path("mine.yaml").write_text("second")
    assert monitor(capsys, *words, "--replace").code == 0
    assert [Path(f"mine.yaml.old{n}").read_text() for n in (1, 2)] == ["first", "second"]
    assert load_baseline(Path("mine.yaml")).title == HEADLINE


def test_a_file_that_cannot_be_written_leaves_the_older_one() -> None:
    """The name is that of a folder: nothing is put aside, nothing half-written stays."""
    Path("mine.yaml").mkdir()
    with pytest.raises(MonitorError, match=r"^mine\.yaml: this is a folder"):
        write("new", Path("mine.yaml"))
    assert sorted(path.name for path in Path().iterdir()) == ["config", "mine.yaml"]
