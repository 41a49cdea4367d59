"""A file of articles in, rows of findings out: good rows, and one clear line for each kind of trouble."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from monitor.errors import ConfigError
from monitor.judge.files import finding_row, read_articles
from monitor.records import Finding, Manner, PairScores, Stance, Version
from monitor.utterances import Asserter, AsserterKind, Firmness, How, Kind, Utterance

FLOOD = "The river rose overnight. Nine people are missing, the governor said."


def write(folder: Path, *lines: str) -> Path:
    path = folder / "articles.jsonl"
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def read_one(folder: Path, **keys: str | None) -> Version:
    ((_, version),) = read_articles(write(folder, json.dumps({"id": "a1", "text": FLOOD} | keys)))
    return version


def test_an_article_is_read_with_all_that_is_known_of_it(tmp_path: Path) -> None:
    """What the file says stands; sentences are cut as in the daemon."""
    row = {
        "id": "a1",
        "url": "https://news.example/flood",
        "date": "2026-11-20",
        "lang": "en",
        "title": "Flood",
        "text": FLOOD,
        "tags": ["a key of somebody else's"],
    }
    ((article_id, version),) = read_articles(write(tmp_path, json.dumps(row)))
    assert article_id == "a1"
    assert (version.url, version.title, version.lang) == ("https://news.example/flood", "Flood", "en")
    assert version.day == datetime(2026, 11, 20, tzinfo=UTC)
    assert version.text == FLOOD
    assert [s.text for s in version.sentences] == FLOOD.replace(". N", ".|N").split("|")
    assert all(s.text == version.text[s.start : s.end] for s in version.sentences)


@pytest.mark.parametrize("unknown", [{}, {"url": None, "date": None, "lang": None, "title": None}])
def test_id_and_text_are_enough(tmp_path: Path, unknown: dict[str, None]) -> None:
    """What is unknown is left out or null: the language is found out; nothing else is made up."""
    version = read_one(tmp_path, **unknown)
    assert (version.url, version.title, version.lang, version.day) == ("", "", "en", None)


def test_a_language_that_the_file_states_is_taken_as_stated(tmp_path: Path) -> None:
    """A person who wrote it knows better than a guess from a short text."""
    assert read_one(tmp_path, lang="nl").lang == "nl"


def test_articles_come_in_the_order_of_the_file_and_empty_lines_do_not_count(tmp_path: Path) -> None:
    """A file that was put together by hand ends in empty lines."""
    path = write(tmp_path, '{"id": "b", "text": "One."}', "", "  ", '{"id": "a", "text": ""}', "")
    assert [(article_id, len(version.sentences)) for article_id, version in read_articles(path)] == [
        ("b", 1),
        ("a", 0),
    ]


@pytest.mark.parametrize(
    ("date", "day"),
    [
        ("2026-11-20", datetime(2026, 11, 20, tzinfo=UTC)),
        ("2026-11-20T23:30:00+09:00", datetime(2026, 11, 20, tzinfo=UTC)),
        ("2026-11", None),
        ("2026", None),
        ("2026-02-30", None),
        ("last week", None),
        ("", None),
    ],
)
def test_a_date_that_is_no_whole_day_is_unknown(tmp_path: Path, date: str, day: datetime | None) -> None:
    """A month is not its first day, and an unknown date is not today."""
    assert read_one(tmp_path, date=date).day == day


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{'id': 1}", "not JSON"),
        ('{"id": "a1", "text": "cut off', "not JSON"),
        ('{"text": "x"}', "id: field required"),
        ('{"id": "a1"}', "text: field required"),
        ('{"id": "a1", "text": null}', "text: input should be a valid string"),
        ('{"id": 7, "text": "x"}', "id: input should be a valid string"),
        ('["a1", "x"]', "the line: input should be"),
    ],
)
def test_a_bad_line_is_named_with_its_number(tmp_path: Path, line: str, says: str) -> None:
    """In a file of ten thousand articles a person must find the one to mend."""
    path = write(tmp_path, '{"id": "a0", "text": "Fine."}', "", line)
    with pytest.raises(ConfigError) as caught:
        list(read_articles(path))
    message = str(caught.value)
    assert message.startswith(f"{path}, line 3: ") and says in message
    assert "\n" not in message


def test_good_articles_before_a_bad_line_are_read(tmp_path: Path) -> None:
    """The file is read as it is judged, article by article, and not held in memory."""
    articles = read_articles(write(tmp_path, '{"id": "a0", "text": "Fine."}', "bad"))
    assert next(articles)[0] == "a0"
    with pytest.raises(ConfigError, match="line 2"):
        next(articles)


def test_a_file_that_cannot_be_read_is_one_clear_line(tmp_path: Path) -> None:
    """Each says which file it is, and what is wrong with it."""
    missing, wrong_charset = tmp_path / "none.jsonl", tmp_path / "latin.jsonl"
    wrong_charset.write_bytes('{"id": "a1", "text": "crue à Orléans"}'.encode("latin-1"))
    for path, says in ((missing, "no such file"), (wrong_charset, "not UTF-8"), (tmp_path, "directory")):
        with pytest.raises(ConfigError) as caught:
            list(read_articles(path))
        assert str(caught.value).startswith(f"{path}: ") and says in str(caught.value)
        assert "\n" not in str(caught.value)


def test_a_finding_is_one_json_object_with_plain_values() -> None:
    """These are the keys that the scoring tool and other programs read."""
    finding = Finding(
        claim_id="C1",
        stance=Stance.UPDATES,
        manner=Manner.NO_COMMENT,
        sentence=1,
        start=26,
        end=69,
        evidence=FLOOD[26:69],
        asserted_by="the governor",
        figure_old="six",
        figure_new="Nine",
        score=0.912345,
        similarity=0.5,
        scores=PairScores(0.1, 0.8, 0.1),
        rules=("moved_figure",),
        kind=Kind.OTHER_FIGURE,
        utterance=Utterance(
            (Asserter("Reuters", AsserterKind.MEDIUM), Asserter("the governor", AsserterKind.STATE_BODY)),
            How.SAYS,
            Firmness.FACT,
            earliest=None,
            day=date(2024, 10, 3),
            dated=False,
        ),
        about=0.61718,
        rival="C4",
    )
    row = finding_row("a1", finding, outlet="The Valley Post")
    assert json.loads(json.dumps(row)) == {
        "article_id": "a1",
        "claim_id": "C1",
        "verdict": "updates",
        "evidence": "Nine people are missing, the governor said.",
        "start": 26,
        "end": 69,
        "asserted_by": "the governor",
        "asserter_kind": "state body",
        "manner": "no-comment",
        "figure_old": "six",
        "figure_new": "Nine",
        "score": 0.9123,
        "similarity": 0.5,
        "about": 0.6172,
        "rival": "C4",
        "rules": ["moved_figure"],
        "kind": "other-figure",
        "chain": [{"name": "Reuters", "kind": "medium"}, {"name": "the governor", "kind": "state body"}],
        "how": "says",
        "firmness": "fact",
        "said_from": None,
        "said_on": "2024-10-03",
        "dated": False,
    }


@pytest.mark.parametrize(
    ("row", "outlet"),
    [
        ({"outlet": "The Valley Post", "url": "https://www.valley.example/1"}, "The Valley Post"),
        ({"url": "https://www.valley.example/1"}, "valley.example"),
        ({}, None),
    ],
)
def test_what_names_nobody_is_asserted_by_the_outlet(
    tmp_path: Path, row: dict[str, str], outlet: str | None
) -> None:
    """The name on the page, or its host; where neither is known, nobody."""
    ((article, version),) = read_articles(write(tmp_path, json.dumps({"id": "a1", "text": FLOOD, **row})))
    first = version.sentences[0]
    unnamed = Finding(
        claim_id="C1",
        stance=Stance.CONFIRMS,
        manner=Manner.STATEMENT,
        sentence=0,
        start=first.start,
        end=first.end,
        evidence=first.text,
        asserted_by=None,
        figure_old=None,
        figure_new=None,
        score=0.9,
        similarity=0.5,
        scores=PairScores(0.9, 0.1, 0.0),
        rules=(),
    )
    found = finding_row(article, unnamed, outlet=version.outlet)
    assert (found["asserted_by"], found["asserter_kind"]) == (outlet, "medium" if outlet else None)
    hearsay = Utterance((), How.SAYS, Firmness.CONDITIONAL, earliest=None, day=None, dated=False)
    heard = finding_row(article, replace(unnamed, utterance=hearsay), outlet=version.outlet)
    assert (heard["asserted_by"], heard["asserter_kind"]) == (outlet, "unnamed source")
    he = replace(hearsay, chain=(Asserter("He", AsserterKind.PERSON),), firmness=Firmness.FACT)
    told = finding_row(article, replace(unnamed, utterance=he), outlet=version.outlet)
    assert (told["asserted_by"], told["asserter_kind"]) == (None, "person")
