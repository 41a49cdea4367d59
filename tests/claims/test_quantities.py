"""Figures in sentences, how firmly they are put, and which figure of a claim moved."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Literal

import pytest
import yaml
from babel import Locale
from babel.numbers import format_compact_decimal, format_currency, format_decimal
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from monitor.claims.comparators import comparator, place_of_last_digit
from monitor.claims.dates import day_named
from monitor.claims.figure_moves import FigureText, Relation, changed
from monitor.claims.quantities import claimed, figures
from monitor.records import Comparator, Figure

LANGS = ["en", "fr", "de", "es", "it", "pt", "ru", "uk", "ko", "ja"]
CASES = Path(__file__).parents[1] / "cases"
STORIES = Path(__file__).parents[2] / "../shared/stories"
MAGNITUDE = {"million": 1e6, "billion": 1e9, "trillion": 1e12}


def cases() -> list[tuple[str, str]]:
    """Every sentence of the tables of figures, with its language."""
    tables = {path.stem[-2:]: path for path in sorted(CASES.glob("figures-*.yaml"))}
    rows = [(lang, yaml.safe_load(path.read_text(encoding="utf-8"))) for lang, path in tables.items()]
    single = [
        (lang, row["text"])
        for lang, table in rows
        for part in ("figures", "values")
        for row in table.get(part, [])
    ]
    pairs = [
        (lang, row[side])
        for lang, table in rows
        for row in table.get("comparisons", [])
        for side in ("old", "new")
    ]
    return [*single, *pairs]


def read(text: str, lang: str | None, day: date | None = None) -> FigureText:
    return FigureText(text, lang, figures(text, lang), day)


def move(claim: str, claim_lang: str, sentence: str, lang: str) -> tuple[str, str, Relation] | None:
    found = changed(read(claim, claim_lang), read(sentence, lang))
    return (found.old.text, found.new.text, found.relation) if found else None


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


@given(st.integers(2, 999), st.sampled_from([10**3, 10**6, 10**9]), st.sampled_from(LANGS))
def test_thousands_millions_and_billions_in_words_are_read_back(number: int, scale: int, lang: str) -> None:
    """As a locale writes them at length; Korean and Japanese put them in signs and have no longer form."""
    kind: Literal["short", "long"] = "short" if lang in ("ko", "ja") else "long"
    assume(kind in Locale.parse(lang).compact_decimal_formats)
    text = f"({format_compact_decimal(number * scale, format_type=kind, locale=lang, fraction_digits=6)} %)"
    assert [f.low for f in figures(text, lang)] == [pytest.approx(number * scale)]


@given(st.integers(1, 10**9), st.sampled_from(["EUR", "USD", "JPY"]), st.sampled_from(LANGS))
def test_money_in_a_locale_is_read_back(number: int, currency: str, lang: str) -> None:
    """The sign of a currency stands before or behind, with or without a space."""
    text = f"({format_currency(number, currency, locale=lang)})"
    assert [f.low for f in figures(text, lang)] == [number]


@given(st.text(max_size=80), st.sampled_from([*LANGS, "zh", "pl", "bg", "ro", "id", "xx", None]))
def test_offsets_rebuild_the_text(text: str, lang: str | None) -> None:
    """Whatever stands in a page, a figure is a piece of it, in order, and none overlaps the next."""
    found = figures(text, lang)
    assert all(text[f.start : f.end] == f.text and f.low <= f.high for f in found)
    assert all(a.end <= b.start for a, b in pairwise(found))


@given(st.lists(st.sampled_from([text for _, text in cases()]), max_size=3).map(" ".join), st.sampled_from(LANGS))
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
        ("At least 34 people died.", "en", "34 Menschen wurden verletzt.", "de", Relation.DIFFERENT_SCOPE),
        ("Six soldiers were killed.", "en", "10,000 soldiers were sent.", "en", Relation.DIFFERENT_SCOPE),
        ("11,000 containers left.", "en", "20 missiles left.", "en", None),
        ("Half of the trains ran.", "en", "40 per cent ran.", "en", Relation.LOWER),
        ("40,000 shells were aboard.", "en", "Statt 40.000 Granaten waren es 28.000.", "de", Relation.LOWER),
        ("478 people were aboard.", "en", "478 people were aboard, 61 of them crew.", "en", Relation.SAME),
        ("120 prisoners for 95.", "en", "120 prisoners and 95 prisoners were swapped.", "en", Relation.SAME),
        ("41 people died.", "en", "Seven more people died.", "en", Relation.DIFFERENT_SCOPE),
        ("민간인 41명이 숨졌다.", "ko", "民間人41人ではなく29人が死亡した。", "ja", Relation.CORRECTION),
        ("민간인 41명이 숨졌다.", "ko", "さらに3人が死亡した。", "ja", Relation.DIFFERENT_SCOPE),
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


FALLS = {Relation.LOWER, Relation.CORRECTION}
MOVES = {*FALLS, Relation.HIGHER}
TEXTS = st.sampled_from(cases())


@settings(max_examples=300)
@given(TEXTS, TEXTS)
def test_comparing_the_other_way_round_turns_the_relation(a: tuple[str, str], b: tuple[str, str]) -> None:
    """If the new figure is higher than the old, the old is lower than the new; it is the same pair."""
    first, second = read(a[1], a[0]), read(b[1], b[0])
    there, back = changed(first, second), changed(second, first)
    if there is None or back is None:
        assert there is back
    else:
        assert (there.old, there.new) == (back.new, back.old)
        if there.relation in MOVES:
            assert (there.relation is Relation.HIGHER) == (back.relation in FALLS)
        else:
            assert back.relation is there.relation


@settings(max_examples=300)
@given(TEXTS, TEXTS, st.integers(1, 400))
def test_what_an_older_article_says_is_history(a: tuple[str, str], b: tuple[str, str], days: int) -> None:
    """With both days known, a figure moves forward in time only; looking back, the older one is history."""
    day = date(2024, 10, 10)
    older, newer = read(a[1], a[0], day), read(b[1], b[0], day + timedelta(days=days))
    forward, backward = changed(older, newer), changed(newer, older)
    dated = any(figure.scope.as_of for text in (older, newer) for figure in text.figures)
    if forward is not None and forward.relation in MOVES and not dated:
        assert backward is not None
        assert backward.relation is Relation.HISTORY


def test_the_day_a_figure_holds_for_comes_before_that_of_its_article() -> None:
    """An article of today may repeat the toll as of last week."""
    claim = read("As of 14 March, 412 people were missing.", "en", date(2024, 3, 20))
    later = read("On Saturday 390 people were missing.", "en", date(2024, 3, 16))
    found = changed(claim, later)
    assert found is not None
    assert found.relation is Relation.LOWER


@pytest.mark.parametrize(
    ("words", "lang", "near", "day"),
    [
        ("14 March", "en", date(2024, 3, 20), date(2024, 3, 14)),
        ("March 14", "en", date(2024, 3, 20), date(2024, 3, 14)),
        ("30 décembre", "fr", date(2025, 1, 2), date(2024, 12, 30)),
        ("14 марта 2023", "ru", None, date(2023, 3, 14)),
        ("3月14日", "ja", date(2024, 3, 20), date(2024, 3, 14)),
        ("3월 14일", "ko", date(2024, 3, 20), date(2024, 3, 14)),
        ("Oct. 10", "en", date(2024, 10, 14), date(2024, 10, 10)),
        ("Sept. 3, 2023", "en", None, date(2023, 9, 3)),
        ("Jan. 3", "en", date(2024, 3, 20), date(2024, 1, 3)),
        ("the 10th of October", "en", date(2024, 10, 14), date(2024, 10, 10)),
        ("10. Okt.", "de", date(2024, 10, 14), date(2024, 10, 10)),
        ("10 de oct. de 2023", "es", None, date(2023, 10, 10)),
        ("10 ott. 2023", "it", None, date(2023, 10, 10)),
        ("10 окт. 2023", "ru", None, date(2023, 10, 10)),
        ("10 жовт. 2023", "uk", None, date(2023, 10, 10)),
        ("3 mar", "es", date(2024, 3, 20), None),
        ("14 March", "en", None, None),
        ("30 February", "en", date(2024, 3, 20), None),
        ("14 Brumaire", "fr", date(2024, 3, 20), None),
        ("14 March", "xx", date(2024, 3, 20), None),
    ],
)
def test_a_day_is_read_in_its_language(words: str, lang: str, near: date | None, day: date | None) -> None:
    """A day without a year is the last such day before the article; what is no day is None."""
    assert day_named(words, lang, near=near) == day


@pytest.mark.parametrize(
    ("text", "lang", "low", "high", "unit"),
    [
        ("Between 900 and 1.2 million people came.", "en", 900, 1.2e6, "people"),
        ("Entre 1.200 y 1.500 millones de euros.", "es", 1.2e9, 1.5e9, "euros"),
        ("Entre 200 et 300 millions d'euros.", "fr", 2e8, 3e8, "euros"),
        ("Более миллиона человек бежали.", "ru", 1e6, 1e6, "человек"),
        ("Около тысячи солдат прибыли.", "ru", 1000, 1000, "солдат"),
        ("Около тысячи двухсот солдат прибыли.", "ru", 1200, 1200, "солдат"),
        ("Тысячи солдат прибыли.", "ru", 2000, 9999, "солдат"),
        ("Близько тисячі солдатів прибули.", "uk", 1000, 1000, "солдатів"),
        ("Ein paar hundert Soldaten kamen.", "de", 200, 999, "Soldaten"),
        ("12∼15명이 숨졌다.", "ko", 12, 15, "명"),
        ("R$ 1,2 bilhão foi pago.", "pt", 1.2e9, 1.2e9, "R$"),
        ("Dozens of KN-23 missiles were fired.", "en", 24, 99, "missiles"),
        ("12 Su-34 jets took off.", "en", 12, 12, "jets"),
    ],
)
def test_a_figure_is_read_as_it_is_meant(text: str, lang: str, low: float, high: float, unit: str) -> None:
    """Each of these was read as something else: a make as what is counted, тысячи as several thousand."""
    figure = figures(text, lang)[0]
    assert (figure.low, figure.high, figure.unit) == (low, high, unit)


@pytest.mark.parametrize(
    "text", ["The 9/11 attacks.", "John Smith, 45, was arrested.", "Ana Maria Lopes, 33, denied it."]
)
def test_an_age_behind_a_name_counts_nothing(text: str) -> None:
    """ "45 men" would be compared with the dead of the claim."""
    assert figures(text, "en") == ()


@pytest.mark.parametrize(
    ("text", "lang", "counts"),
    [
        ("The Kremlin denied it on Oct. 10, two days later.", "en", ["two"]),
        ("From October 10-12, 300 people died.", "en", ["300"]),
        ("It opened on Sept. 3. Ten came.", "en", ["Ten"]),
        ("He came in October. 10 people died.", "en", ["10"]),
        ("Il 10 ott. 2024 ha vinto 3 set a 1.", "it", ["3", "1"]),
        ("10 окт. погибли 12 человек.", "ru", ["12"]),
    ],
)
def test_the_day_of_a_month_cut_short_counts_nothing(text: str, lang: str, counts: list[str]) -> None:
    """American agencies write "Oct. 10", and ten was a figure."""
    assert [figure.text for figure in figures(text, lang)] == counts


def test_a_bare_number_takes_the_million_of_what_it_is_compared_with() -> None:
    """ "Of the 340 million, 58 have come": nobody writes the million twice."""
    found = changed(read("The fund paid 340 million.", "en"), read("So far 58 have come.", "en"))
    assert found is not None
    assert (found.new.low, found.new.text, found.relation) == (58e6, "58", Relation.LOWER)


@pytest.mark.parametrize(
    ("text", "lang", "whole", "part"),
    [
        ("Around 11,000 troops, of whom some 3,000 are wounded.", "en", None, "wounded"),
        ("They sent 11,000 troops, 3,000 of whom are wounded.", "en", "delivered", "wounded"),
        ("12 people, including two children, were killed.", "en", "dead", "dead"),
        ("11 000 soldats ont été envoyés, dont 3 000 blessés.", "fr", "delivered", "wounded"),
        ("11.000 Soldaten sollen in Kursk sein, 3.000 davon verletzt.", "de", None, "wounded"),
        ("Mindestens 12 Menschen, darunter zwei Kinder, wurden getötet.", "de", "dead", "dead"),
        ("Unos 11.000 soldados, de los que 3.000 han resultado heridos.", "es", None, "wounded"),
        ("Circa 11 mila soldati, tremila dei quali feriti.", "it", None, "wounded"),
        (
            "Cerca de 11 mil soldados, dos quais 3 mil ficaram feridos, foram enviados.",
            "pt",
            "delivered",
            "wounded",
        ),
        ("Около 11 тысяч военных, из них до 3 тысяч ранены.", "ru", None, "wounded"),
        ("Не менее 12 человек, в том числе двое детей, погибли.", "ru", "dead", "dead"),
        ("Близько 11 тисяч військових, з них до 3 тисяч поранено.", "uk", None, "wounded"),
        ("북한군 1만1천 명이 왔고 이 중 3천 명이 다쳤다.", "ko", None, "wounded"),
    ],
)
def test_what_became_of_a_part_did_not_become_of_the_whole(
    text: str, lang: str, whole: str | None, part: str
) -> None:
    """Of 11,000 soldiers 3,000 are wounded: that is no count of 11,000 wounded."""
    first, second = figures(text, lang)
    assert first.scope and second.scope
    assert (first.scope.state, second.scope.state) == (whole, part)


def test_a_figure_names_who_gives_it() -> None:
    """30 dead according to the army and 30 according to the hospital are two reports."""
    found = claimed("The hospital said 30 people were killed.", "en")
    assert [(figure.low, figure.claimant) for figure in found] == [(30, "The hospital")]


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
