"""Figures in sentences, how firmly they are put, and which figure of a claim moved."""

from __future__ import annotations

import json
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from babel.numbers import format_decimal
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.claims.comparators import place_of_last_digit
from monitor.claims.figure_moves import FigureText, Relation, changed
from monitor.claims.quantities import Comparator, comparator, figures
from monitor.records import Figure

LANGS = ["en", "fr", "de", "es", "it", "pt", "ru", "uk", "ko", "ja"]
STORIES = Path(__file__).parents[2] / "../shared/stories"
MAGNITUDE = {"million": 1e6, "billion": 1e9, "trillion": 1e12}


def cases() -> list[tuple[str, str, str]]:
    lines = Path(__file__).with_name("figure_cases.txt").read_text(encoding="utf-8").splitlines()
    rows = [
        tuple(part.strip() for part in line.split(" | ")) for line in lines if line and not line.startswith("#")
    ]
    return [(lang, text, expected) for lang, text, expected in rows]


def read(text: str, lang: str | None) -> FigureText:
    return FigureText(text, lang, figures(text, lang))


def move(claim: str, claim_lang: str, sentence: str, lang: str) -> tuple[str, str, Relation] | None:
    found = changed(read(claim, claim_lang), read(sentence, lang))
    return (found.old.text, found.new.text, found.relation) if found else None


@pytest.mark.parametrize(("lang", "text", "expected"), cases())
def test_reads_the_figures_a_careful_reader_finds(lang: str, text: str, expected: str) -> None:
    """Numbers that count, what they count, and none of the dates, names and ordinals around them."""
    wanted = [part.strip().partition(" ") for part in expected.split(";") if part.strip() != "-"]
    found = figures(text, lang)
    assert len(found) == len(wanted), found
    for figure, (number, _, unit) in zip(found, wanted, strict=True):
        low, _, high = number.partition("..")
        assert figure.low == pytest.approx(float(low), rel=1e-3)
        assert figure.high == pytest.approx(float(high or low), rel=1e-3)
        assert unit == "?" or (figure.unit or "").lower() == unit.lower()


@pytest.mark.parametrize(
    ("lang", "text", "low", "high"),
    [
        ("en", "a swarm of two thousand five hundred bees", 2500, 2500),
        ("en", "some 3,000,000.5 litres", 3000000.5, 3000000.5),
        ("en", "three-quarters of a million people", 750_000, 750_000),
        ("en", "a 30-day ceasefire", 30, 30),
        ("en", "two million million stars", 2_000_000, 2_000_000),
        ("en", "twenty --", 20, 20),
        ("en", "3–5 people", 3, 5),
        ("en", "21: the count", 21, 21),
        ("en", "2000 dollars a month", 2000, 2000),
        ("en", "about 2000", 2000, 2000),
        ("en", "an odds ratio of 3:1", 3, 3),
        ("fr", "11'000 conteneurs", 11_000, 11_000),
        ("fr", "trois millions et demi de doses", 3_500_000, 3_500_000),
        ("fr", "une dizaine de milliers de personnes", 9000, 11_000),
        ("fr", "vingt et un morts", 21, 21),
        ("fr", "dix-sept morts", 17, 17),
        ("fr", "11,000 morts", 11_000, 11_000),
        ("de", "viertausendfünfhundert Tote", 4500, 4500),
        ("de", "3,5 Mio. Euro", 3_500_000, 3_500_000),
        ("de", "von 3 bis 5 Toten", 3, 5),
        ("es", "unos mil trescientos muertos", 1300, 1300),
        ("it", "centottanta morti", 180, 180),
        ("pt", "3.500.000 euros", 3_500_000, 3_500_000),
        ("ru", "два с половиной миллиона человек", 2_500_000, 2_500_000),
        ("ru", "тысячи двухсот жителей", 1200, 1200),
        ("ru", "5-ти солдат", 5, 5),
        ("ko", "3천800억 원", 380_000_000_000, 380_000_000_000),
        ("ko", "병사 20여 명", 20, 29),
        ("ko", "7~9천 명", 7000, 9000),
        ("ko", "시한을 19일 넘겼다", 19, 19),
        ("ja", "三十数人が死亡した", 31, 39),
        ("ja", "四十八から増やす", 48, 48),
        ("ja", "１２人が死亡した", 12, 12),
        ("ja", "死者は約計約約40人", 40, 40),
        ("ja", "1分の2人", 2, 2),
        (None, "11.000 or 11'000", 11_000, 11_000),
        ("xx", "12 things", 12, 12),
    ],
)
def test_reads_a_way_of_writing(lang: str | None, text: str, low: float, high: float) -> None:
    """Each is one way in which news writes a number; what comes first must be read right."""
    first = figures(text, lang)[0]
    assert first.low == pytest.approx(low)
    assert first.high == pytest.approx(high)


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "a third baby died"),
        ("en", "they met on October 10, 2024"),
        ("en", "the flight 370, Windows 11"),
        ("en", "in the 1990s"),
        ("en", "a"),
        ("en", "an hour : the rest"),
        ("en", "on the 4th of 2024/25"),
        ("en", "from 2022 to 2024"),
        ("fr", "cinq pour"[5:]),
        ("de", "am 3. November und im 2. Quartal"),
        ("es", "del 13 al 14 de julio"),
        ("ru", "2028-го года"),
        ("ru", "18-летний подозреваемый"),
        ("ko", "두 번째 회의"),
        ("ko", "이 사람"),
        ("ko", "2024년 예산"),
        ("ja", "令和6年"),
        ("ja", "KN-23と第2次"),
        ("ja", "一方で一部が"),
        ("en", "score 14:30 and 10.10.2024"),
        ("en", "a half-time of 7:0"[12:]),
    ],
)
def test_leaves_out_what_counts_nothing(lang: str, text: str) -> None:
    """Dates, years, ordinals and names hold digits too; a digest that calls them figures loses its readers."""
    assert figures(text, lang) == ()


@given(st.integers(0, 10**12), st.sampled_from(LANGS))
def test_a_whole_number_written_in_a_locale_is_read_back(number: int, lang: str) -> None:
    """Every locale groups its digits in its own way; 42 stands for the sentence around it."""
    text = f"({format_decimal(number, locale=lang)} %)"
    assert [(f.low, f.high, f.unit) for f in figures(text, lang)] == [(number, number, "%")]


@given(st.integers(1, 10**8), st.integers(1, 99), st.sampled_from(LANGS))
def test_decimals_written_in_a_locale_are_read_back(whole: int, hundredths: int, lang: str) -> None:
    """A comma that is taken for a point turns 1,5 into 15."""
    number = whole + hundredths / 100
    text = f"({format_decimal(number, locale=lang, format='#,##0.00')} %)"
    assert [f.low for f in figures(text, lang)] == [pytest.approx(number)]


@given(st.text(max_size=80), st.sampled_from([*LANGS, "zh", "pl", "bg", "ro", "id", "xx", None]))
def test_offsets_rebuild_the_text(text: str, lang: str | None) -> None:
    """Whatever stands in a page, a figure is a piece of it, in order, and none overlaps the next."""
    found = figures(text, lang)
    assert all(text[f.start : f.end] == f.text and f.low <= f.high for f in found)
    assert all(a.end <= b.start for a, b in pairwise(found))


@given(st.lists(st.sampled_from([case[1] for case in cases()]), max_size=3).map(" ".join), st.sampled_from(LANGS))
def test_reading_a_sentence_in_the_wrong_language_does_no_harm(text: str, lang: str) -> None:
    """Language detection errs; numbers may then be missed, but offsets stay true."""
    assert all(text[f.start : f.end] == f.text for f in figures(text, lang))


@pytest.mark.parametrize(
    ("lang", "text", "kind"),
    [
        ("en", "at least 40 people", Comparator.AT_LEAST),
        ("en", "more than $40 million", Comparator.MORE_THAN),
        ("en", "350 million euros or more", Comparator.AT_LEAST),
        ("en", "up to 40 people", Comparator.UP_TO),
        ("en", "40 people", Comparator.EXACTLY),
        ("en", "the turnabout 40 people made", Comparator.EXACTLY),
        ("fr", "plus de 40 morts", Comparator.MORE_THAN),
        ("fr", "près de 40 morts", Comparator.NEARLY),
        ("de", "höchstens 40 Tote", Comparator.UP_TO),
        ("de", "rund 40 Tote", Comparator.ABOUT),
        ("es", "al menos 40 muertos", Comparator.AT_LEAST),
        ("it", "quasi 40 morti", Comparator.NEARLY),
        ("pt", "cerca de 40 mortos", Comparator.ABOUT),
        ("ru", "не менее 40 человек", Comparator.AT_LEAST),
        ("uk", "понад 40 людей", Comparator.MORE_THAN),
        ("ko", "약 40명", Comparator.ABOUT),
        ("ko", "40명 이상", Comparator.AT_LEAST),
        ("ja", "40人以上", Comparator.AT_LEAST),
        ("ja", "少なくとも40人", Comparator.AT_LEAST),
        ("ja", "40人を超えた", Comparator.MORE_THAN),
        (None, "40", Comparator.EXACTLY),
    ],
)
def test_says_how_firmly_a_figure_is_put(lang: str | None, text: str, kind: Comparator) -> None:
    """ "At least 40" leaves room for 45, and 45 then contradicts nobody."""
    assert comparator(text, figures(text, lang)[0], lang) is kind


@pytest.mark.parametrize(
    ("claim", "claim_lang", "sentence", "lang", "expected"),
    [
        ("11,000 containers left.", "en", "13 000 conteneurs sont partis.", "fr", Relation.HIGHER),
        ("11,000 containers left.", "en", "컨테이너 1만1천 개가 떠났다.", "ko", Relation.SAME),
        ("More than 10,000 containers left.", "en", "11.000 Container gingen ab.", "de", Relation.COMPATIBLE),
        ("At least 34 people died.", "en", "Погиб 41 человек.", "ru", Relation.HIGHER),
        ("At least 34 people died.", "en", "34 Menschen wurden verletzt.", "de", None),
        ("Six soldiers were killed.", "en", "10,000 soldiers were sent.", "en", None),
        ("11,000 containers left.", "en", "20 missiles left.", "en", None),
        ("Half of the trains ran.", "en", "40 per cent ran.", "en", Relation.LOWER),
        ("40,000 shells were aboard.", "en", "Statt 40.000 Granaten waren es 28.000.", "de", Relation.LOWER),
        ("478 people were aboard.", "en", "478 people were aboard, 61 of them crew.", "en", Relation.SAME),
        ("120 prisoners for 95.", "en", "120 prisoners and 95 prisoners were swapped.", "en", Relation.SAME),
        ("41 people died.", "en", "Seven more people died.", "en", None),
        ("민간인 41명이 숨졌다.", "ko", "民間人41人ではなく29人が死亡した。", "ja", Relation.LOWER),
        ("민간인 41명이 숨졌다.", "ko", "さらに3人が死亡した。", "ja", None),
        ("6 widgets were found.", "en", "9 widgets were found.", "en", Relation.HIGHER),
        (
            "The bill was 170 million euros.",
            "en",
            "It was 170 million euros; now it is 210 million.",
            "en",
            Relation.HIGHER,
        ),
        ("40 people died.", "en", "The count is 55 people.", "en", Relation.HIGHER),
        ("Nobody counted.", "en", "40 people died.", "en", None),
        ("0 people died.", "en", "3 people died.", "en", Relation.HIGHER),
    ],
)
def test_compares_like_with_like(
    claim: str, claim_lang: str, sentence: str, lang: str, expected: Relation | None
) -> None:
    """Killed is not wounded, sent is not killed, and a part is not the whole."""
    found = move(claim, claim_lang, sentence, lang)
    assert (found[2] if found else None) is expected


def test_points_at_the_figures_that_moved() -> None:
    """The digest prints old → new; both must be the ones that count the same thing."""
    sentence = "The dead are now 41 and the injured 90."
    assert move("34 people were killed.", "en", sentence, "en") == ("34", "41", Relation.HIGHER)


OPPOSITE = {Relation.HIGHER: Relation.LOWER, Relation.LOWER: Relation.HIGHER}


@settings(max_examples=200)
@given(st.sampled_from(cases()), st.sampled_from(cases()))
def test_comparing_the_other_way_round_turns_the_relation(
    a: tuple[str, str, str], b: tuple[str, str, str]
) -> None:
    """If the new figure is higher than the old, the old is lower than the new; it is the same pair."""
    first, second = read(a[1], a[0]), read(b[1], b[0])
    there, back = changed(first, second), changed(second, first)
    if there is None or back is None:
        assert there is back
    else:
        assert (there.old, there.new) == (back.new, back.old)
        assert back.relation is OPPOSITE.get(there.relation, there.relation)


@pytest.mark.parametrize(("value", "place"), [(30_000, 10_000), (34, 1), (2.5, 0.1), (0, 1), (1_400_000_000, 1e8)])
def test_a_round_number_is_taken_as_round(value: float, place: float) -> None:
    """ "More than 10,000" reaches to 20,000; "more than 34" only to 35."""
    assert place_of_last_digit(value) == pytest.approx(place)


def test_labelled_stories_give_up_their_figures() -> None:
    """Floors under what was measured in November 2026: 0.90 of values found, 0.69 of moves right, 0.12 wrong."""
    if not STORIES.is_dir():
        pytest.skip(f"needs the labelled stories in {STORIES}")
    count: Counter[str] = Counter()
    for labels in sorted(STORIES.glob("*/labels.jsonl")):
        claims = yaml.safe_load((labels.parent / "claims.yaml").read_text(encoding="utf-8"))
        home = claims["baseline"]["language"]
        texts = {c["id"]: read(c["text"], c.get("lang", home)) for c in claims["claims"]}
        articles = map(json.loads, (labels.parent / "articles.jsonl").read_text(encoding="utf-8").splitlines())
        langs = {a["id"]: a["lang"] for a in articles}
        for label in map(json.loads, labels.read_text(encoding="utf-8").splitlines()):
            wanted = value_of(label.get("figure"))
            if wanted is not None:
                sentence = read(label["evidence"], langs[label["article_id"]])
                found = changed(texts[label["claim_id"]], sentence)
                count["all"] += 1
                count["found"] += any(is_value(f, wanted) for f in sentence.figures)
                count["moved"] += found is not None and is_value(found.new, wanted)
                count["wrong"] += found is not None and not is_value(found.new, wanted)
    assert count["found"] / count["all"] >= 0.88
    assert count["moved"] / count["all"] >= 0.65
    assert count["wrong"] / count["all"] <= 0.14


def value_of(figure: dict[str, str] | None) -> float | None:
    """The new value of a label, where it is one plain number."""
    words = (figure or {}).get("new", "").replace(",", "").split()
    numbers = [float(word) for word in words if word.replace(".", "", 1).isdigit()]
    if len(numbers) != 1 or (f"{numbers[0]:.0f}"[:2] == "20" and len(f"{numbers[0]:.0f}") == 4):
        return None
    scale = next((MAGNITUDE[word] for word in words if word in MAGNITUDE), 1)
    return numbers[0] * (1e6 if scale == 1 and "million" in (figure or {}).get("unit", "") else scale)


def is_value(figure: Figure, value: float) -> bool:
    scale = 100 if figure.unit == "share" else 1
    return figure.low * scale - 1e-6 * value <= value <= figure.high * scale + 1e-6 * value
