"""Who says it: the table of cases in ten languages, and laws that hold for any text."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from monitor.claims.attribution import Attribution, asserted_by, attribution

CASES = sorted((Path(__file__).parent / "cases").glob("*.yaml"))
LANGUAGES = [p.stem for p in CASES]
FLOOR = 0.9  # the share of each language's cases that must be right, "nobody" among the right answers


@pytest.mark.parametrize("path", CASES, ids=LANGUAGES)
def test_nine_in_ten_speakers_are_found_as_written(path: Path) -> None:
    """A finding without its speaker is half a finding; with a wrong one it is worse than none."""
    rows = yaml.safe_load(path.read_text(encoding="utf-8"))
    found = [(row["text"], row["by"], asserted_by(row["text"], path.stem)) for row in rows]
    wrong = [(text, who, name) for text, who, name in found if name != who]
    assert len(wrong) <= (1 - FLOOR) * len(rows), wrong


@pytest.mark.parametrize(
    ("sentence", "lang", "who", "through"),
    [
        (
            "The news agency reported that the governor of the province had resigned, the palace said.",
            "en",
            "the palace",
            "The news agency",
        ),
        (
            "According to the newspaper, the harbour police denied the theft.",
            "en",
            "the harbour police",
            "the newspaper",
        ),
        (
            "The radio station reported, citing the rescue service, that the fire was out.",
            "en",
            "the rescue service",
            None,
        ),
        ("The agency said the fishermen's union denied the strike.", "en", "the fishermen's union", "The agency"),
        ("산림청은 화재가 꺼졌다고 통신이 전했다.", "ko", "통신", None),
    ],
)
def test_the_innermost_speaker_counts(sentence: str, lang: str, who: str, through: str | None) -> None:
    """The agency only passes it on: who says it is what a reader asks."""
    found = attribution(sentence, lang)
    assert found.asserted_by == who
    if through:
        assert found.through == through


@pytest.mark.parametrize(
    ("sentence", "lang", "who"),
    [
        ("The mayor of Brook, Ana Lopes, said the road was closed.", "en", "The mayor of Brook, Ana Lopes"),
        ("The main contractor, Oda-Sugi, disputed the toll.", "en", "The main contractor, Oda-Sugi"),
        ("The old chandler, Ana Lopes, denied the theft.", "en", "Ana Lopes"),
        ("The old chandler, a quiet man, denied the theft.", "en", None),
        ("The mayor Eva Berg, who is new, denied the theft.", "en", "The mayor Eva Berg"),
        ("The coach Ana Lopes, who denied the charge, left.", "en", "The coach Ana Lopes"),
        ("All that week the police a day early said so.", "en", None),
        ("The court police (CP) said it was over.", "en", "The court police"),
        ("Talks with the harbour police said little.", "en", None),
        ("38 residents said it rained.", "en", None),
        ("On 12 March the harbour police said it was over.", "en", "the harbour police"),
        ("In May the company denied it and said little.", "en", "the company"),
        ('"It is over," said the mayor of Brook, Ana Lopes.', "en", "the mayor of Brook, Ana Lopes"),
        ('"It is over," said the police chief, a quiet man.', "en", "the police chief"),
        ('"It is over," said Ana Lopes, Brook.', "en", "Ana Lopes"),
        ('"It is over," said the mayor, Ana Maria Lopes Berg.', "en", "the mayor, Ana Maria Lopes Berg"),
        ('"The police said no," she wrote.', "en", None),
        ('"According to police it is over"', "en", None),
        ("The firm, said to have paid, closed.", "en", None),
        ("Ana Lopes's lawyers said yes to any offer.", "en", "Ana Lopes's lawyers"),
        ("He left, denying any role of the ministry.", "en", None),
        ("Einem Bericht der Behörde zufolge brannte es.", "de", "Einem Bericht der Behörde"),
        ("Am Montag brannte es dem Ministerium zufolge.", "de", "dem Ministerium"),
        ("Am Montag hat das Ministerium den Brand bestritten.", "de", "das Ministerium"),
        ("«Es ist vorbei, der Behörde zufolge»", "de", None),
        ("Am Montag sagte der Sprecher der Firma vor Gericht aus.", "de", "der Sprecher der Firma"),
        ("Компания «Северный порт» заявила, что пожара нет.", "ru", "Компания «Северный порт»"),
        ("В Лесном сообщили о пожаре.", "ru", None),
        ("В полиции сообщили о пожаре.", "ru", "полиции"),
        ("Secondo la procura avrebbero diviso la somma.", "it", "la procura"),
        ("Según la policía local de Norte todo terminó.", "es", "la policía local de Norte"),
        ("그녀는 부인했다.", "ko", None),
        ("날씨가 좋다고 말했다.", "ko", None),
        ("한편 경찰은 사고가 없었다고 밝혔다.", "ko", "경찰"),
        ("어제에 따르면 그렇다.", "ko", None),
        ("による。これによると雨だ。", "ja", None),
        ("ヤマカワは遅れを否定した。", "ja", "ヤマカワ"),
        ("雨は上がったと述べた。", "ja", None),
    ],
)
def test_shapes_of_sentences_that_name_a_speaker(sentence: str, lang: str, who: str | None) -> None:
    """Each shape of a subject that reporters use, and its near miss that names nobody."""
    assert asserted_by(sentence, lang) == who


def test_a_list_of_links_has_no_speaker() -> None:
    """Extraction sometimes hands over a whole page as one sentence; it must cost no time."""
    assert attribution("Police said so, " * 1000, "en") == Attribution()


def test_another_role_is_another_person() -> None:
    """ "The minister" after a spokesman who spoke is not that spokesman."""
    assert asserted_by("The minister denied the charge.", "en", context=CONTEXT) is None


CONTEXT = ["The trial opened on Monday.", "The coach Ana Lopes said she was tired."]


@pytest.mark.parametrize("sentence", ["She denied the charge.", "The coach denied the charge."])
def test_a_pronoun_is_resolved_by_the_one_person_who_spoke_before(sentence: str) -> None:
    """Articles name a speaker once and go on with "she said"."""
    assert attribution(sentence, "en").asserted_by is None
    found = attribution(sentence, "en", context=CONTEXT)
    assert (found.asserted_by, found.start) == ("The coach Ana Lopes", None)


def test_a_pronoun_after_two_speakers_stays_open() -> None:
    """With two people in play a guess would put words into a mouth."""
    assert asserted_by("She denied it.", "en", context=[*CONTEXT, "The lawyer Eva Berg said little."]) is None


@pytest.mark.parametrize("lang", [None, "xx", "pl"])
def test_without_patterns_nobody_is_named(lang: str | None) -> None:
    """Where we know no patterns of a language, we say nothing."""
    assert attribution("The police said it.", lang) == Attribution()


@given(st.text(max_size=200), st.sampled_from([*LANGUAGES, None]))
def test_any_text_can_be_read(sentence: str, lang: str | None) -> None:
    """Feeds bring every character there is."""
    _is_verbatim(sentence, attribution(sentence, lang, context=[sentence]))


_CUE_WORDS = """The police minister Ana said , denied " « » „ “ that who ( ) according to and 12 — – . citing
её заявил министр la ministre a démenti selon hat das Ministerium bestritten zufolge
장관은 밝혔다 에 따르면 報道官は 述べた によると 「 」"""
WORDS = re.split(r"\s+", _CUE_WORDS)


@given(st.lists(st.sampled_from(WORDS), max_size=30), st.sampled_from(LANGUAGES))
def test_any_order_of_cue_words_gives_a_verbatim_speaker(words: list[str], lang: str) -> None:
    """The span is shown and stored: it must be the sentence's own text."""
    sentence = " ".join(words)
    _is_verbatim(sentence, attribution(sentence, lang))


def _is_verbatim(sentence: str, found: Attribution) -> None:
    if found.start is not None and found.end is not None:
        assert found.asserted_by
        assert sentence[found.start : found.end] == found.asserted_by


@pytest.mark.parametrize(
    ("sentence", "lang", "who"),
    [
        # An office and a name, with a verb in no list, where the words tell that something is refused.
        ("Премьер-министр Олег Савин от ответа уклонился.", "ru", "Премьер-министр Олег Савин"),
        ("Minister Ana Lopes was buried on Friday and could not be reached.", "en", None),
        ("Minister Ana Lopes opened the bridge.", "en", None),
        # The object stands first: the pronoun is the subject, and names nobody.
        ("Никаких документов он не показал.", "ru", None),
    ],
)
def test_who_refuses_in_words_of_no_list_is_the_speaker(sentence: str, lang: str, who: str | None) -> None:
    """The verbs are many; an office with a name and a word of refusal tells as well, and what is done does not."""
    assert asserted_by(sentence, lang) == who


def test_a_surname_alone_is_named_in_full() -> None:
    """A reader of a digest has not read the sentences before."""
    before = ["The director of Feralit, Petar Olm, received the press."]
    assert asserted_by("Olm denied it.", "en", context=before) == "director of Feralit, Petar Olm"
    two = [*before, "The engineer Vera Olm sat beside him."]
    assert asserted_by("Olm denied it.", "en", context=two) == "Olm"
    assert asserted_by("Olm denied it.", "en") == "Olm"
