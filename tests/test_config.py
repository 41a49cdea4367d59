"""What a person writes in the config and the claims file: what is accepted, and what each mistake is told."""

# ruff: noqa: E501 - a mistake and what is told about it stand on one line

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.config import CollectSettings, Settings, load_baseline, load_settings
from monitor.errors import ConfigError
from monitor.pipeline.polling import rhythm_of
from monitor.records import Baseline, Claim
from monitor.yaml_file import MAX_FILE_BYTES

FEED = "feeds:\n- url: https://g.example/feed\n  name: Gazette\n"
HEAD = "baseline: {title: The flood, language: en}\n"
CLAIM = "claims:\n- {id: C1, text: The dam broke.}\n"
SECTIONS = "reader, collect, read, judge, health, store, families, aliases, feeds"
ADDRESS = "expected an address that starts with http:// or https://"
DATE = "expected a year, month or day, such as 2024, 2024-10 or 2024-10-09"
LIST = "expected a list, with a dash (-) before each item"


def refusal(load: Callable[[Path], object], path: Path, text: str | bytes) -> str:
    """Load a file with this content, expect a refusal, and return it behind the file's name."""
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ConfigError) as caught:
        load(path)
    message = str(caught.value)
    assert message.isprintable(), "one line, no commands to the terminal"
    assert message.startswith(str(path))
    return message.removeprefix(str(path)).lstrip(",: ")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A place for a file."""
    return tmp_path / "file.yaml"


def test_a_list_of_feeds_is_enough(path: Path) -> None:
    """Everything else has a default, and the defaults stand in the code alone."""
    path.write_text(FEED)
    settings = load_settings(path)
    assert settings == Settings(feeds=settings.feeds)
    assert [(feed.url, feed.name, feed.lang) for feed in settings.feeds] == [
        ("https://g.example/feed", "Gazette", None)
    ]


@pytest.mark.parametrize(
    ("collect", "rhythm"),
    [
        ({}, (30, 15, 1440)),
        ({"poll_minutes": 5}, (5, 5, 1440)),
        ({"poll_minutes": 90, "poll_minutes_max": 60}, (90, 15, 90)),
        ({"poll_minutes": 20, "poll_minutes_min": 20, "poll_minutes_max": 20}, (20, 20, 20)),
    ],
)
def test_the_bounds_give_way_to_the_interval_that_a_person_wrote(
    collect: dict[str, float], rhythm: tuple[float, ...]
) -> None:
    """Who writes one number alone means it."""
    found = rhythm_of(CollectSettings.model_validate(collect))
    assert (found.start, found.shortest, found.longest) == tuple(timedelta(minutes=n) for n in rhythm)


def test_every_section_can_be_set(path: Path) -> None:
    """Numbers, networks and quoted times are read as what they mean; a byte-order mark is no mistake."""
    path.write_text(
        "\ufeffreader: {time_zone: Europe/Zurich, digest_at: '06:30'}\n"
        "collect: {deadline_s: 5, allow_networks: [127.0.0.0/8, '::1/128']}\n"
        "read: {workers: 1}\n"
        "judge: {backend: openai, url: 'http://127.0.0.1:9/v1', model: tiny}\n"
        "feeds: [{url: 'http://g.example:8080/f?a=b#c', name: Gazette, lang: en}]\n"
    )
    settings = load_settings(path)
    assert (settings.reader.time_zone, settings.reader.digest_at) == ("Europe/Zurich", "06:30")
    assert settings.collect.allow_networks == (ip_network("127.0.0.0/8"), ip_network("::1/128"))
    assert (settings.collect.deadline_s, settings.read.workers, settings.judge.model) == (5, 1, "tiny")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "nothing stands in it. Pass --config FILE, or copy config/feeds.yaml from the project."),
        ("# later\n", "nothing stands in it. Pass --config FILE, or copy config/feeds.yaml from the project."),
        ("feeds: []\n", "feeds: none; add at least one, with url and name."),
        ("reader: {time_zone: UTC}\n", "feeds: none; add at least one, with url and name."),
        ("feeds:\n", f"line 1: feeds: nothing; {LIST}."),
        ("feeds: {a: b}\n", f"line 1: feeds: {{'a': 'b'}}; {LIST}."),
        ("- a\n", f"the file: ['a']; expected keys such as {SECTIONS}."),
        ("just words", f"the file: 'just words'; expected keys such as {SECTIONS}."),
        (f"{FEED}radio: 1\n", f"line 4: radio: unknown key; expected one of {SECTIONS}."),
        (f"{FEED}  nmae: x\n", "line 4: feeds[0].nmae: unknown key; expected one of url, name, lang, folder, paused, login."),
        (f"{FEED}- https://a.example\n", "line 4: feeds[1]: 'https://a.example'; expected keys such as url, name, lang, folder, paused, login."),
        (f"{FEED}-\n", "line 4: feeds[1]: nothing; expected keys such as url, name, lang, folder, paused, login."),
        ("feeds:\n- name: A\n", "line 2: feeds[0].url: missing; add it."),
        ("feeds:\n- {url: 'https://a.example', name: ''}", "line 2: feeds[0].name: ''; expected text of 1 characters or more."),
        (f"{FEED}  folder: a//b\n", "line 4: feeds[0].folder: 'a//b'; expected names of folders with a slash between them, such as Korea/Agencies."),
        (f"{FEED}  lang: FR\n", "line 4: feeds[0].lang: 'FR'; expected a language code of two letters, such as fr."),
        (f"{FEED}  lang: no\n", 'line 4: feeds[0].lang: no; expected text; put it in quotes: "no".'),
        (
            f"{FEED}- url: https://g.example/feed\n  name: Again\n",
            "line 4: feeds[1].url: 'https://g.example/feed' stands at feeds[0] already; keep one.",
        ),
        (f"{FEED}reader: {{time_zone: Zurich}}", "line 4: reader.time_zone: 'Zurich'; expected a time zone such as Europe/Zurich or UTC."),
        (f"{FEED}reader: {{time_zone: ../etc}}", "line 4: reader.time_zone: '../etc'; expected a time zone such as Europe/Zurich or UTC."),
        (f"{FEED}reader: {{time_zone: 1}}", 'line 4: reader.time_zone: 1; expected text; put it in quotes: "1".'),
        (f"{FEED}reader:\n  digest_at: 17:00", 'line 5: reader.digest_at: 17:00; expected text; put it in quotes: "17:00".'),
        (f"{FEED}reader:\n  digest_at: '24:00'", "line 5: reader.digest_at: '24:00'; expected a time of day in quotes, such as \"07:00\"."),
        (f"{FEED}reader:\n", "line 4: reader: nothing; expected keys such as time_zone, digest_at."),
        (f"{FEED}collect: {{deadline_s: 0}}", "line 4: collect.deadline_s: 0; expected greater than 0."),
        (f"{FEED}collect: {{deadline_s: .nan}}", "line 4: collect.deadline_s: .nan; expected less than or equal to 600."),
        (f"{FEED}collect: {{deadline_s: soon}}", "line 4: collect.deadline_s: 'soon'; expected a number."),
        (f"{FEED}collect: {{requests_per_host: 2.5}}", "line 4: collect.requests_per_host: 2.5; expected a whole number."),
        (f"{FEED}collect: {{requests_per_host: yes}}", "line 4: collect.requests_per_host: yes; expected a whole number."),
        (f"{FEED}collect: {{allow_networks: [127.0.0.1/8]}}", "line 4: collect.allow_networks[0]: '127.0.0.1/8'; expected a network such as 127.0.0.0/8."),
        (f"{FEED}collect: {{allow_networks: [127]}}", "line 4: collect.allow_networks[0]: 127; expected a network such as 127.0.0.0/8."),
        (f"{FEED}collect: {{allow_networks: 127.0.0.0/8}}", f"line 4: collect.allow_networks: '127.0.0.0/8'; {LIST}."),
        (f"{FEED}judge: {{backend: oracle}}", "line 4: judge.backend: 'oracle'; expected 'embedded', 'folder' or 'openai'."),
        (f"{FEED}read: {{workers: 2, workers: 3}}", "line 4: workers: given twice; keep one."),
        (f"x: &a [1]\ny: *a\n{FEED}", "line 1: this part is used again further down (&, *); write it out there instead."),
        (f"{FEED}<<: {{a: 1}}", "line 4: <<: expected a word as the key."),
        (f"{FEED}1: b", "line 4: 1: expected a word as the key."),
        (f"{FEED}{{{{ x }}}}: b", "line 4: expected a word as the key; quote what starts with { or [."),
        (f'{FEED}"a\\nb\\e[2J": 1', f"line 4: 'a\\nb\\x1b[2J': unknown key; expected one of {SECTIONS}."),
        (f"{FEED}x: {'y' * 90}\nreader: {'z' * 90}", f"line 5: reader: '{'z' * 76}...; expected keys such as time_zone, digest_at."),
        ("a: b: c", "line 1, column 5: not YAML: mapping values are not allowed here. Mend that line."),
        ("feeds:\n\t- a", "line 2, column 1: not YAML: while scanning for the next token found character '\\t' that cannot start any token. Mend that line."),
        ("a: !python/object:os.system x", "line 1, column 4: not YAML: could not determine a constructor for the tag '!python/object:os.system'. Mend that line."),
    ],
)  # fmt: skip
def test_a_mistake_in_the_config_is_told_with_its_place(path: Path, text: str, told: str) -> None:
    """Line, key, value and what was expected: a person can mend it without asking."""
    assert refusal(load_settings, path, text) == told


def test_settings_can_be_made_without_a_file() -> None:
    """The demo and the tests of other rooms name their networks in code."""
    loopback = ip_network("127.0.0.0/8")
    assert CollectSettings(allow_networks=(loopback,)).allow_networks == (loopback,)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://g.example",
        "g.example/feed",
        "https://",
        "http://[::1",
        "http://g.example:99999",
        "https://g.example/a b",
    ],
)
def test_a_feed_needs_an_address_that_can_be_asked(path: Path, url: str) -> None:
    """What no server answers to is refused before anything starts."""
    told = refusal(load_settings, path, f"feeds:\n- {{url: '{url}', name: A}}\n")
    assert told == f"line 2: feeds[0].url: {url!r}; {ADDRESS}."


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"feeds: \xff\xfe", "not UTF-8 text (byte 7); save it as UTF-8."),
        (b"SQLite format 3\x00", "not YAML: unacceptable character #x0000: special characters are not allowed"),
        (b"[" * 5000, "not YAML: maximum recursion depth exceeded"),
        (b"#" * (MAX_FILE_BYTES + 1), "larger than 5,000,000 bytes; is this the right file?"),
    ],
)
def test_a_file_that_is_no_config_is_refused(path: Path, content: bytes, told: str) -> None:
    """Another file named by mistake gives one line, and no crash."""
    assert refusal(load_settings, path, content).startswith(told)


@pytest.mark.parametrize(
    ("load", "hint"),
    [
        (load_settings, "Pass --config FILE, or copy config/feeds.yaml from the project."),
        (load_baseline, "Add one: monitor baseline add URL|FILE."),
    ],
)
def test_a_missing_file_says_how_to_get_one(tmp_path: Path, load: Callable[[Path], object], hint: str) -> None:
    """The first start has no files yet."""
    with pytest.raises(ConfigError) as caught:
        load(tmp_path / "none.yaml")
    assert str(caught.value) == f"{tmp_path / 'none.yaml'}: no such file. {hint}"


def test_a_folder_is_refused(tmp_path: Path) -> None:
    """A folder named as the config is one line, too."""
    with pytest.raises(ConfigError) as caught:
        load_settings(tmp_path)
    assert str(caught.value) == f"{tmp_path}: cannot be read (Is a directory)."


@given(st.text(alphabet=st.characters(blacklist_categories=["Cs"])))
def test_any_text_is_read_or_refused_in_one_line(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    """Whatever a person saves as the config, there is never a traceback."""
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    refusal(load_settings, path, text)


# The claims file -------------------------------------------------------------------------------


def test_a_claims_file_is_read(path: Path) -> None:
    """A claim speaks the baseline's language unless it says otherwise; offsets are for people."""
    path.write_text(
        "baseline: {title: The flood, language: en, published: 2026-10, url: 'https://g.example/1'}\n"
        "claims:\n"
        "- {id: C1, text: The dam broke., start: 0, end: 14, quote: The dam broke.}\n"
        "- {id: dam-2.b, text: La digue a cédé., lang: fr, watch: no}\n"
    )
    claims = (Claim("C1", "The dam broke.", "en"), Claim("dam-2.b", "La digue a cédé.", "fr", watch=False))
    assert load_baseline(path) == Baseline("The flood", "en", "2026-10", "https://g.example/1", claims)


@pytest.mark.parametrize(
    ("written", "read"),
    [("2024", "2024"), ("2024-10", "2024-10"), ("2024-10-09", "2024-10-09"), ("'2024-02-29'", "2024-02-29")],
)
def test_a_date_is_as_precise_as_it_is_known(path: Path, written: str, read: str) -> None:
    """A year, a month or a day, quoted or not."""
    path.write_text(f"baseline: {{title: The flood, language: en, published: {written}}}\n{CLAIM}")
    assert load_baseline(path).published == read


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("7", "7"),
        ("20245", "20245"),
        ("2024-13", "'2024-13'"),
        ("2024-02-30", "'2024-02-30'"),
        ("2024-1", "'2024-1'"),
        ("20241009", "20241009"),
        ("2024-10-09 10:00:00", "'2024-10-09 10:00:00'"),
        ("last October", "'last October'"),
    ],
)
def test_a_date_that_cannot_be_is_refused(path: Path, written: str, shown: str) -> None:
    """A thirteenth month is a slip that would sort wrong for ever."""
    text = f"baseline:\n  title: The flood\n  language: en\n  published: {written}\n{CLAIM}"
    assert refusal(load_baseline, path, text) == f"line 4: baseline.published: {shown}; {DATE}."


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "nothing stands in it. Add one: monitor baseline add URL|FILE."),
        (HEAD, "claims: missing; add it."),
        (CLAIM, "baseline: missing; add it."),
        (f"{HEAD}claims: []\n", "line 2: claims: []; expected at least one item."),
        (f"{HEAD}{CLAIM}claim: 1\n", "line 4: claim: unknown key; expected one of baseline, claims."),
        (f"{HEAD}claims: [The dam broke.]", "line 2: claims[0]: 'The dam broke.'; expected keys such as id, text, lang, watch, kind, asserted_by, figures, dates, start, end, quote."),
        (f"{HEAD}{CLAIM}- {{id: C1, text: The dam held.}}\n", "line 4: claims[1].id: 'C1' stands at claims[0] already; keep one."),
        (f"{HEAD}claims: [{{id: 1C, text: The dam broke.}}]", "line 2: claims[0].id: '1C'; expected a short name of letters and digits that starts with a letter, such as C1."),
        (f"{HEAD}claims: [{{id: 1, text: The dam broke.}}]", 'line 2: claims[0].id: 1; expected text; put it in quotes: "1".'),
        (f"{HEAD}claims: [{{id: C1, text: Dam}}]", "line 2: claims[0].text: 'Dam'; expected text of 8 characters or more."),
        (f"{HEAD}claims: [{{id: C1, text: {'x' * 1001}}}]", f"line 2: claims[0].text: '{'x' * 76}...; expected text of 1000 characters or fewer."),
        (f"{HEAD}claims: [{{id: C1, text: The dam broke., watch: maybe}}]", "line 2: claims[0].watch: 'maybe'; expected true or false."),
        (f"{HEAD}claims: [{{id: C1, text: The dam broke., kind: rumour}}]", "line 2: claims[0].kind: 'rumour'; expected 'event', 'figure', 'attribution', 'plan' or 'background'."),
        (f"{HEAD}claims: [{{id: C1, text: The dam broke., figures: [{{text: six, low: 6, high: six}}]}}]", "line 2: claims[0].figures[0].high: 'six'; expected a number."),
        (f"baseline: The flood\n{CLAIM}", "line 1: baseline: 'The flood'; expected keys such as title, language, published, url."),
        (f"baseline: {{title: T, language: english}}\n{CLAIM}", "line 1: baseline.language: 'english'; expected a language code of two letters, such as fr."),
        (f"baseline: {{title: T, language: en, url: g.example}}\n{CLAIM}", f"line 1: baseline.url: 'g.example'; {ADDRESS}."),
        (f"baseline: {{title: T, language: en, published: true}}\n{CLAIM}", 'line 1: baseline.published: true; expected text; put it in quotes: "true".'),
    ],
)  # fmt: skip
def test_a_mistake_in_the_claims_file_is_told_with_its_place(path: Path, text: str, told: str) -> None:
    """The file that a person corrects most gets the same care."""
    assert refusal(load_baseline, path, text) == told


@pytest.mark.parametrize(
    "address", ["https://desk:s3cret@a.example/feed", "https://desk:s3cret@a b/feed", "desk://u:s3cret@a.example/"]
)
def test_a_password_in_an_address_is_refused_and_not_repeated(tmp_path: Path, address: str) -> None:
    """The line stands in the journal, and on the screen of whoever helps."""
    path = tmp_path / "feeds.yaml"
    path.write_text(f"feeds: [{{url: '{address}', name: A}}]\n")
    with pytest.raises(ConfigError, match="expected an address") as caught:
        load_settings(path)
    assert "s3cret" not in str(caught.value)


def test_two_feeds_of_one_address_do_not_repeat_its_token(tmp_path: Path) -> None:
    """Nor does any other complaint that names the address."""
    path = tmp_path / "feeds.yaml"
    feed = "{url: 'https://a.example/feed?token=s3cret', name: A}"
    path.write_text(f"feeds: [{feed}, {feed}]\n")
    with pytest.raises(ConfigError, match="keep one") as caught:
        load_settings(path)
    assert "s3cret" not in str(caught.value)
