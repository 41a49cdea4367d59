"""Sentences cut and worded to stand alone, where that is safe and nowhere else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.claims.cues import load_cues
from monitor.claims.standalone import hands_on, pointers, points_back, relative_time, split_facts, stand_alone

LANGS = ("en", "fr", "de", "es", "it", "pt", "ru", "uk", "ko", "ja")
KOLLER = "Minister Anna Koller said the dam was safe."


def cut(text: str, lang: str) -> list[str]:
    return [text[start:end] for start, end in split_facts(text, lang)]


@pytest.mark.parametrize(
    ("text", "lang", "parts"),
    [
        (
            "The army lost 40 tanks; the navy denied any losses at sea.",
            "en",
            ["The army lost 40 tanks", "the navy denied any losses at sea."],
        ),
        (
            "Minister Anna Koller said the dam was safe, and she denied that it had cracks.",
            "en",
            ["Minister Anna Koller said the dam was safe", "she denied that it had cracks."],
        ),
        (
            "Армия потеряла 40 танков сразу; флот отрицает свои потери.",
            "ru",
            ["Армия потеряла 40 танков сразу", "флот отрицает свои потери."],
        ),
    ],
)
def test_two_facts_are_cut(text: str, lang: str, parts: list[str]) -> None:
    """A claim with two facts cannot be confirmed and denied apart."""
    assert cut(text, lang) == parts


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("The army lost 40 tanks and they were burnt out on the road.", "en"),  # who are "they"?
        ("If Minister Anna Koller said it was safe, and she denied cracks, it fell.", "en"),
        ('The minister said: "We lost 40 tanks; the navy lost none at all."', "en"),
        ("Three towns were hit; none fell.", "en"),  # the second part is too short to be understood
        ("Ces derniers ont été utilisés et ils auraient fait des dizaines de morts.", "fr"),
        ("政府は四十人が死亡したと発表し、軍は否定した。", "ja"),
    ],
)
def test_what_is_not_safe_stays_whole(text: str, lang: str) -> None:
    """Half a sentence that nobody understands is worse than a long one."""
    assert cut(text, lang) == [text]


@pytest.mark.parametrize(
    ("text", "lang", "before", "alone"),
    [
        (
            "However, she denied that there were cracks.",
            "en",
            [KOLLER],
            "Minister Anna Koller denied that there were cracks.",
        ),
        (
            "But the minister denied that there were cracks.",
            "en",
            [KOLLER],
            "Minister Anna Koller denied that there were cracks.",
        ),
        (
            "Selon lui, le barrage était sûr.",
            "fr",
            ["Le ministre Jean Martel affirme que tout va bien."],
            "Selon le ministre Jean Martel, le barrage était sûr.",
        ),
        ("Et pour cause, les deux pays ont signé un pacte.", "fr", [], "Les deux pays ont signé un pacte."),
        ("しかし、政府は報道を否定した。", "ja", [], "政府は報道を否定した。"),
        ("그러나 정부는 보도를 모두 부인했다.", "ko", [], "정부는 보도를 모두 부인했다."),
        ("the navy denied any losses at sea", "en", [], "The navy denied any losses at sea."),
    ],
)
def test_a_claim_is_understood_without_what_stands_before(
    text: str, lang: str, before: list[str], alone: str
) -> None:
    """The link goes, the name comes, a cut part gets its capital and its full stop."""
    assert stand_alone(text, lang, context=before) == alone


@pytest.mark.parametrize(
    ("text", "lang", "before"),
    [
        ("She denied that there were cracks.", "en", [KOLLER, "Governor Paul Reyes said it had cracks."]),
        ("She denied that there were cracks.", "en", []),
        ("The spokesman denied that there were cracks.", "en", [KOLLER]),
        ("Она опровергла слухи о трещинах.", "ru", ["По словам министра Анны Коллер, плотина цела."]),
        ("그는 균열을 부인했다.", "ko", ["안나 콜러 장관은 댐이 안전하다고 말했다."]),
        ("They were all burnt out on the road.", "en", [KOLLER]),
    ],
)
def test_a_pronoun_that_could_be_two_people_stays(text: str, lang: str, before: list[str]) -> None:
    """A wrong name is worse than none; so is a right one in the wrong case."""
    assert stand_alone(text, lang, context=before) == text


@pytest.mark.parametrize(
    ("text", "lang", "pointer"),
    [
        ("They were used in the war.", "en", "They"),
        ("The ministry denied these reports.", "en", "these reports"),
        ("Ces derniers ont été utilisés.", "fr", "Ces derniers"),
        ("Dies bestätigte die Polizei.", "de", "Dies"),
        ("Esto lo negó el ministerio.", "es", "Esto"),
        ("Questi ultimi sono stati usati.", "it", "Questi"),
        ("Estes foram usados na guerra.", "pt", "Estes"),
        ("Они применялись на войне.", "ru", "Они"),
        ("Вони застосовувалися на війні.", "uk", "Вони"),
        ("그는 이를 부인했다.", "ko", "그는"),
        ("これらの報道を否定した。", "ja", "これら"),
        ("The ministry denied the report on the dam.", "en", None),
        ("Iter und Ernte fielen aus.", "de", None),
        ("Они", "xx", None),
    ],
)
def test_words_that_point_back_are_named(text: str, lang: str, pointer: str | None) -> None:
    """Only what stands before can explain them."""
    assert points_back(text, lang) == pointer


@pytest.mark.parametrize(
    ("text", "lang", "time"),
    [
        ("It fell last week.", "en", "last week"),
        ("It fell on Thursday.", "en", "on Thursday"),
        ("It fell on Thursday, 10 October 2024.", "en", None),
        ("Il est tombé jeudi.", "fr", "jeudi"),
        ("Il est tombé le jeudi 10 octobre.", "fr", None),
        ("Er fiel am Donnerstag, dem 10. Oktober.", "de", None),
        ("Он упал в четверг.", "ru", "в четверг"),
        ("지난주 무너졌다.", "ko", "지난주"),
        ("It fell.", None, None),
    ],
)
def test_days_that_only_the_date_of_the_article_tells_are_named(
    text: str, lang: str | None, time: str | None
) -> None:
    """In a month, nobody knows which Thursday it was."""
    assert relative_time(text, lang) == time


def test_a_sentence_that_hands_on_is_known() -> None:
    """What follows names the source."""
    assert hands_on("Das teilte die Polizei mit.", "de") == "die Polizei mit."
    assert hands_on("Die Polizei teilte das mit.", "de") is None
    assert hands_on("Das teilte die Polizei mit.", "xx") is None


@pytest.mark.parametrize("lang", LANGS)
def test_each_language_has_its_lists(lang: str) -> None:
    """A list that does not compile would stop the product at the first article in that language."""
    assert pointers(lang) is not None
    assert load_cues(lang) is not None


@given(
    st.lists(st.sampled_from([*'ab «»"();,.', "and she ", "he said ", "; "]), max_size=30).map("".join),
    st.sampled_from(LANGS),
)
def test_parts_follow_each_other_and_lie_in_the_sentence(text: str, lang: str) -> None:
    """Offsets into the article are made of them."""
    parts = split_facts(text, lang)
    places = [place for part in parts for place in part]
    assert places == sorted(places) and places[0] == 0 and places[-1] == len(text)
