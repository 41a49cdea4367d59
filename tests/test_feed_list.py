"""Edits of config/feeds.yaml: only what was asked for changes, and never a file that could not be read again."""

from __future__ import annotations

import stat
from datetime import timedelta
from difflib import ndiff
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.config import FeedSettings, load_settings, read_settings
from monitor.errors import ConfigError, LockedError, MonitorError
from monitor.feed_list import add_feeds, find_feed, pause_feed, read_list, remove_feed, resume_feed
from monitor.feed_rows import add_rows, pause_row, remove_row
from monitor.lock import hold
from monitor.store import open_store
from tests.town import DAY, NOW

SHIPPED = Path(__file__).parents[1] / "config" / "feeds.yaml"
NEW = FeedSettings(url="https://new.example/feed?a=1#b", name="Новости: мира", lang="ru", folder="World/Ru")

# Layouts that a person may choose; a list of feeds A, B and C each.
LAYOUTS = {
    "flow rows": """\
# mine
feeds:   # all of them
  # --- Europe
  - {name: A, url: 'http://a.example'}   # first
  - {name: "B", url: "http://b.example", lang: fr}

  # --- Asia
  - { url: http://c.example, name: 'C' }  # last
# the end
reader: {time_zone: Asia/Seoul}
""",
    "block rows": """\
feeds:
- name: A   # first
  url: http://a.example
# B is slow
-   url: http://b.example

    name: "B"

- name: C
  lang: ko
  url: http://c.example # last

# the end
""",
    "a flow list": """\
collect: {poll_minutes: 10}
feeds: [{name: A, url: "http://a.example"}, {name: B, url: "http://b.example"}, {name: C, url: "http://c.example"}]
# the end
""",
    "a flow list in lines": """\
feeds: [
  {name: A, url: "http://a.example"},   # first
  {name: B, url: "http://b.example"},
  {name: C, url: "http://c.example"},
]
""",
    "paused ones": """\
feeds:
  - paused: true
    name: A
    url: http://a.example
  - {name: B, paused: true, url: http://b.example}
  - name: C
    url: http://c.example
    paused: true   # for now""",
    "Windows": "feeds:\r\n  - name: A\r\n    url: http://a.example\r\n  - {name: B, url: http://b.example}\r\n"
    "  - {name: C, url: http://c.example}\r\n",
}


@pytest.fixture(params=LAYOUTS, ids=lambda name: name.replace(" ", "-"))
def config(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / "feeds.yaml"
    path.write_text(LAYOUTS[request.param], encoding="utf-8", newline="")
    return path


def text_of(path: Path) -> str:
    return path.read_bytes().decode()


def changes(before: str, after: str) -> list[str]:
    """Return the lines that came (+) and went (-)."""
    lines = ndiff(before.splitlines(), after.splitlines())
    return [line for line in lines if line[0] in "+-"]


def test_a_new_row_is_all_that_changes_in_the_shipped_file(tmp_path: Path) -> None:
    """Comments, order, quotes and the row's own style stay as a person chose them."""
    path = tmp_path / "feeds.yaml"
    path.write_bytes(SHIPPED.read_bytes())
    add_feeds(path, [NEW])
    assert changes(text_of(SHIPPED), text_of(path)) == [
        '+   - {lang: ru, name: "Новости: мира", url: "https://new.example/feed?a=1#b", folder: World/Ru}'
    ]


def test_the_last_feed_of_a_group_leaves_the_next_heading_alone(tmp_path: Path) -> None:
    """To YAML the comment below a row belongs to it; to a person it is the heading of the next ones."""
    path = tmp_path / "feeds.yaml"
    path.write_bytes(SHIPPED.read_bytes())
    remove_feed(path, "Meduza – English")
    assert changes(text_of(SHIPPED), text_of(path)) == [
        '-   - {lang: en, name: Meduza – English, url: "https://meduza.io/rss/en/all"}'
    ]


def test_a_feed_is_added_behind_the_last_in_any_layout(config: Path) -> None:
    """Nothing that stood there changes but the end of a row that a comma must follow."""
    before = text_of(config)
    added = add_feeds(config, [NEW, FeedSettings(url="http://d.example", name="no")])
    assert [feed.name for feed in added.added] == ["Новости: мира", "no"]
    assert [feed.name for feed in load_settings(config).feeds] == ["A", "B", "C", "Новости: мира", "no"]
    assert load_settings(config).feeds[3] == NEW
    kept = [line for line in before.splitlines() if "[" not in line]
    assert [line for line in text_of(config).splitlines() if line in kept] == kept


def test_pause_and_resume_leave_the_file_as_it_was(config: Path) -> None:
    """The key comes, and goes without a trace."""
    for name in "ABC":
        pause_feed(config, name, paused=False)  # in one layout they are paused at first
    before = text_of(config)
    for name in "ABC":
        assert pause_feed(config, name, paused=True)[1]
        assert not pause_feed(config, name, paused=True)[1]
    assert [feed.paused for feed in load_settings(config).feeds] == [True] * 3
    for name in "CAB":
        assert pause_feed(config, name, paused=False)[1]
    assert text_of(config).rstrip() == before.rstrip()


@pytest.mark.parametrize("name", ["A", "B", "C"])
def test_a_feed_is_removed_from_any_layout(name: str, config: Path) -> None:
    """With its comment, and no other."""
    before = text_of(config)
    assert remove_feed(config, name).name == name
    assert [feed.name for feed in load_settings(config).feeds] == [other for other in "ABC" if other != name]
    comments = [line for line in before.splitlines() if line.lstrip().startswith("#")]
    assert all(line in text_of(config) for line in comments)


def test_the_only_feed_stays(tmp_path: Path) -> None:
    """A config without feeds stops the next start."""
    path = tmp_path / "feeds.yaml"
    path.write_text("feeds: [{name: A, url: http://a.example}]\n")
    with pytest.raises(ConfigError, match="A is its only feed"):
        remove_feed(path, "A")
    assert load_settings(path).feeds[0].name == "A"


@pytest.mark.parametrize("text", ["reader: {time_zone: UTC}", "feeds: []  # none\nread: {tries: 2}\n"])
def test_a_list_without_feeds_gets_its_first(text: str, tmp_path: Path) -> None:
    """What stands there stays."""
    path = tmp_path / "feeds.yaml"
    path.write_text(text)
    before, _ = read_settings(text, path)
    add_feeds(path, [NEW])
    assert load_settings(path) == before.model_copy(update={"feeds": (NEW,)})
    assert "[]" not in text_of(path) and ("# none" in text_of(path)) == ("# none" in text)


def test_a_config_is_made_from_nothing(tmp_path: Path) -> None:
    """The first feed of a newcomer may be the first thing they type."""
    path = tmp_path / "new" / "feeds.yaml"
    add_feeds(path, [NEW])
    assert load_settings(path).feeds == (NEW,)
    assert text_of(path).startswith("# What monitor watches")


def test_twins_are_told_and_change_nothing(config: Path) -> None:
    """http and https, a slash at the end, a fragment: one feed, that would be asked twice."""
    before = text_of(config)
    twins = [FeedSettings(url=url, name="Twin") for url in ("https://a.example/", "http://b.example/#top")]
    addition = add_feeds(config, twins)
    assert [(new.url, old.name) for new, old in addition.known] == [
        ("https://a.example/", "A"),
        ("http://b.example/#top", "B"),
    ]
    assert addition.added == () and text_of(config) == before


@pytest.mark.parametrize(
    "text",
    [
        "{feeds: []}\n",  # YAML as JSON is written: there is no line to put a row into
        "feeds:\n  - {name: A, url: http://a.example}\n...\n---\n",
        "feeds:\n  - {name: A, url: http://a.example}\nspeed: 1\n",
        "feeds: {\n",
        "feeds:  # none yet\n",
    ],
)
def test_what_cannot_be_edited_safely_stays_as_it_is(text: str, tmp_path: Path) -> None:
    """The new text is read before it is written; the old file is worth more than a new row."""
    path = tmp_path / "feeds.yaml"
    path.write_text(text)
    with pytest.raises(MonitorError, match=r"feeds\.yaml"):
        add_feeds(path, [NEW])
    assert [file.name for file in tmp_path.iterdir()] == ["feeds.yaml"]
    assert path.read_text() == text


def test_who_may_read_the_file_and_where_it_lies_stays(tmp_path: Path) -> None:
    """A config may hold logins, and may be a link into a folder that is kept elsewhere."""
    kept, link = tmp_path / "kept.yaml", tmp_path / "feeds.yaml"
    kept.write_text(LAYOUTS["flow rows"])
    kept.chmod(0o600)
    link.symlink_to(kept)
    add_feeds(link, [NEW])
    assert link.is_symlink() and "new.example" in kept.read_text()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def feed(name: str, url: str) -> FeedSettings:
    return FeedSettings(name=name, url=url)


FEEDS = [
    feed("Yonhap", "http://y.example/en"),
    feed("Yonhap – français", "http://y.example/fr"),
    feed("Post", "http://p.example/1"),
    feed("Post", "http://p.example/2"),
    feed("ТАСС", "https://t.example/rss"),
]


@pytest.mark.parametrize(
    ("words", "index"),
    [("Yonhap", 0), ("yonhap", 0), ("fran", 1), ("http://t.example/rss/", 4), ("тасс", 4), ("p.example/2", 3)],
)
def test_a_feed_is_meant_by_name_part_or_address(words: str, index: int) -> None:
    """An exact name goes before a part of another."""
    assert find_feed(FEEDS, words) is FEEDS[index]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("Yon", "Yon: fits 2 feeds: Yonhap, Yonhap – français. Name one of them in full."),
        ("Post", "fits 2 feeds: http://p.example/1, http://p.example/2"),
        ("Pravda", "Pravda: no feed of that name or address. See them: monitor feeds list"),
        (" ", "no feed of that name"),
    ],
)
def test_words_that_mean_no_feed_or_several_are_refused(words: str, why: str) -> None:
    """The wrong feed removed is worse than a second try."""
    with pytest.raises(ConfigError) as caught:
        find_feed(FEEDS, words)
    assert why in str(caught.value)


def test_a_feed_that_is_gone_is_asked_again(tmp_path: Path) -> None:
    """410 stops a feed for good; a person knows better, but not while a monitor is at work in the database."""
    config, db = tmp_path / "feeds.yaml", tmp_path / "monitor.db"
    config.write_text(LAYOUTS["flow rows"])
    feeds = load_settings(config).feeds
    with open_store(db) as store:
        store.feeds.sync(feeds, now=NOW)
        store.db.conn.execute(
            "UPDATE feeds SET gone_at = ?, next_check_at = ?", ("2026-11-22T06:00:00Z", "2027-01-01T00:00:00Z")
        )
        store.db.conn.commit()
    with hold(db), pytest.raises(LockedError):
        resume_feed(config, "A", db, now=NOW)
    assert resume_feed(config, "A", db, now=NOW + DAY)[1]
    assert not resume_feed(config, "A", db, now=NOW + DAY)[1]
    with open_store(db) as store:
        assert [due.name for due in store.feeds.due(now=NOW + DAY)] == ["A"]
        assert store.feeds.due(now=NOW + DAY - timedelta(seconds=1)) == []


def test_a_list_of_another_program_is_read_in_a_process_of_its_own(tmp_path: Path) -> None:
    """What is wrong with it is told with the name of the file."""
    path = tmp_path / "feeds.opml"
    path.write_text('<opml><body><outline text="A" xmlUrl="http://a.example"/></body></opml>')
    assert [feed.name for feed in read_list(path).feeds] == ["A"]
    path.write_text('<opml><body><outline text="A"/></body></opml>')
    with pytest.raises(MonitorError, match=r"feeds\.opml: no feed in it: line 1: A: no address of a feed\.$"):
        read_list(path)
    path.write_text("<opml>" + "<outline>" * 999)
    with pytest.raises(MonitorError, match=r"feeds\.opml: nested too deeply"):
        read_list(path)
    with pytest.raises(ConfigError, match="no such file"):
        read_list(tmp_path / "none.opml")
    with pytest.raises(ConfigError, match="cannot be read"):
        read_list(tmp_path)


PRINTABLE = st.characters(exclude_categories=["C", "Z"]) | st.just(" ")
ANYTHING = st.text(PRINTABLE, min_size=1, max_size=20).filter(str.strip)


@given(
    names=st.lists(ANYTHING, min_size=1, max_size=3),
    layout=st.sampled_from([*LAYOUTS.values(), None]),
    paused=st.booleans(),
)
def test_any_name_reads_back(names: list[str], layout: str | None, paused: bool) -> None:
    """`no`, `1.5`, `2026-11-22`, `a: b`, `# x`, quotes and brackets: YAML has other ideas about them."""
    path = Path("feeds.yaml")
    text, root = layout or "", read_settings(layout, path)[1] if layout else None
    rows = [{"name": name, "url": f"http://x.example/{n}", "lang": "no"} for n, name in enumerate(names)]
    text = add_rows(text, root, [{**row, "paused": True} if paused else row for row in rows])
    settings, root = read_settings(text, path)
    new = settings.feeds[-len(names) :]
    assert [(feed.name, feed.lang, feed.paused) for feed in new] == [(name, "no", paused) for name in names]
    text = pause_row(text, root, len(settings.feeds) - 1, paused=not paused)
    settings, root = read_settings(text, path)
    assert settings.feeds[-1].paused is not paused
    if len(settings.feeds) > 1:
        assert read_settings(remove_row(text, root, 0), path)[0].feeds == settings.feeds[1:]
