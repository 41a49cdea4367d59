"""How a sentence is put: the table of cases in ten languages, and laws that hold for any text."""

from __future__ import annotations

import re
from collections import Counter
from importlib import resources
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from monitor.claims.cues import compile_phrases, cues_for, load_cues, parse_cues
from monitor.claims.manner import Reading, manner_of
from monitor.errors import ConfigError
from monitor.records import Manner

CASES = sorted((Path(__file__).parent / "cases").glob("*.yaml"))
CUE_FILES = ["en", "fr", "de", "es", "it", "pt", "ru", "uk", "ko", "ja", "pl", "nl", "ro", "bg", "id", "zh"]
CUE_FILES += ["tr", "cs", "ar", "hi"]
FLOOR = 0.9  # the share of each language's cases that must be read right


@pytest.mark.parametrize("path", CASES, ids=[p.stem for p in CASES])
def test_nine_in_ten_sentences_are_read_as_a_person_reads_them(path: Path) -> None:
    """A denial taken for a statement, or the other way round, turns a finding upside down."""
    rows = yaml.safe_load(path.read_text(encoding="utf-8"))
    read = [(row["text"], row["manner"], manner_of(row["text"], path.stem)) for row in rows]
    wrong = [(text, reading) for text, manner, reading in read if reading.manner != manner]
    assert len(rows) >= 20
    assert len(wrong) <= (1 - FLOOR) * len(rows), wrong


@pytest.mark.parametrize(
    ("sentence", "lang", "manner", "flag"),
    [
        ("The company denied the leak.", "en", Manner.DENIAL, "reports_denial"),
        ("The photo is fake.", "en", Manner.DENIAL, "denies_own"),
        ("No soldiers were killed.", "en", Manner.DENIAL, "negated"),
        ("The minister did not deny it.", "en", Manner.NO_COMMENT, "not_denied"),
        ("The firm conceded the delay, having denied it for months.", "en", Manner.STATEMENT, "admits"),
        ("Wpis jest nieprawdziwy, a rzecznik zaprzeczył.", "pl", Manner.DENIAL, "reports_denial"),
        ("Het bedrijf ontkende het lek.", "nl", Manner.DENIAL, "reports_denial"),
        ("Compania a negat scurgerea.", "ro", Manner.DENIAL, "reports_denial"),
        ("Компанията отрече теча.", "bg", Manner.DENIAL, "reports_denial"),
        ("Perusahaan itu membantah kebocoran.", "id", Manner.DENIAL, "reports_denial"),
        ("该公司否认泄漏。", "zh", Manner.DENIAL, "reports_denial"),
        ("Şirket sızıntı haberlerini yalanladı.", "tr", Manner.DENIAL, "reports_denial"),
        ("Bakan bu iddiaların uydurma olduğunu söyledi.", "tr", Manner.DENIAL, "denies_own"),
        ("Vali haberi ne doğruladı ne yalanladı.", "tr", Manner.NO_COMMENT, "not_denied"),
        ("Firma únik popřela.", "cs", Manner.DENIAL, "reports_denial"),
        ("Mluvčí označil zprávu za lež.", "cs", Manner.DENIAL, "denies_own"),
        ("Ministerstvo únik nepopřelo.", "cs", Manner.NO_COMMENT, "not_denied"),
        ("نفت الشركة وقوع أي تسرب.", "ar", Manner.DENIAL, "reports_denial"),
        ("وقال المتحدث إن التقرير لا أساس له.", "ar", Manner.DENIAL, "denies_own"),
        ("لم تنف الوزارة الخبر.", "ar", Manner.NO_COMMENT, "not_denied"),
        ("कंपनी ने रिसाव की खबर का खंडन किया।", "hi", Manner.DENIAL, "reports_denial"),
        ("मंत्री ने आरोप को निराधार बताया।", "hi", Manner.DENIAL, "denies_own"),
        ("प्रवक्ता ने इस खबर से इनकार नहीं किया।", "hi", Manner.NO_COMMENT, "not_denied"),
    ],
)
def test_flags_tell_what_kind_of_denial_it_is(sentence: str, lang: str, manner: Manner, flag: str) -> None:
    """The judge treats "X denies" and "nothing happened" differently."""
    reading = manner_of(sentence, lang)
    assert reading.manner == manner
    assert getattr(reading, flag)


@pytest.mark.parametrize(
    ("sentence", "lang", "manner"),
    [
        ("Sözcü konuyla ilgili yorum yapmadı.", "tr", Manner.NO_COMMENT),
        ("İddialar bağımsız olarak doğrulanamadı.", "tr", Manner.UNVERIFIED),
        ("Şirket, sızıntının olduğunu kabul etti.", "tr", Manner.STATEMENT),
        ("Úřad odmítl zprávu komentovat.", "cs", Manner.NO_COMMENT),
        ("Údaje nebylo možné nezávisle ověřit.", "cs", Manner.UNVERIFIED),
        ("Firma přiznala, že úniku nezabránila.", "cs", Manner.STATEMENT),
        ("رفضت الوزارة التعليق.", "ar", Manner.NO_COMMENT),
        ("لم يتسن لنا التحقق من الخبر.", "ar", Manner.UNVERIFIED),
        ("أقرت الشركة بالتسرب.", "ar", Manner.STATEMENT),
        ("मंत्रालय ने टिप्पणी करने से इनकार किया।", "hi", Manner.NO_COMMENT),
        ("इस दावे की स्वतंत्र पुष्टि नहीं हो सकी।", "hi", Manner.UNVERIFIED),
        ("कंपनी ने रिसाव की बात स्वीकार की।", "hi", Manner.STATEMENT),
    ],
)
def test_four_more_languages_are_read(sentence: str, lang: str, manner: Manner) -> None:
    """Their denials were taken for statements, and so for confirmations."""
    assert manner_of(sentence, lang).manner == manner


@pytest.mark.parametrize(
    ("sentence", "manner"),
    [
        ("He declined to comment but denied the charge.", Manner.DENIAL),
        ("He did not deny it but denied the date.", Manner.DENIAL),
        ("No comment came, and the number could not be verified.", Manner.NO_COMMENT),
        ("They plan a march that may draw thousands.", Manner.HEDGE),
        ("It could not be verified that they will march.", Manner.UNVERIFIED),
    ],
)
def test_of_several_cues_the_documented_one_wins(sentence: str, manner: Manner) -> None:
    """The order is written in manner_of; this holds it there."""
    assert manner_of(sentence, "en").manner == manner


@pytest.mark.parametrize(
    ("sentence", "lang"),
    [
        ("회사는 부인했다.", "ko"),
        ("会社は否定した。", "ja"),
        ("Компания отрицает это.", "ru"),
        ("Компанія це заперечує.", "uk"),
        ("公司否认。", "zh"),
    ],
)
def test_the_script_tells_the_language_where_nobody_else_does(sentence: str, lang: str) -> None:
    """Some feeds do not name their language, and short texts are hard to tell."""
    assert manner_of(sentence, None) == manner_of(sentence, lang)
    assert manner_of(sentence, None).manner == Manner.DENIAL


@pytest.mark.parametrize("lang", [None, "xx", "../en", ""])
def test_an_unknown_language_is_read_as_a_statement(lang: str | None) -> None:
    """Without cues nothing may be claimed about a sentence."""
    assert manner_of("Nobody denied it.", lang) == Reading(Manner.STATEMENT)


def test_a_region_does_not_change_the_language() -> None:
    """Publishers write pt-BR and en_GB."""
    assert manner_of("A empresa negou.", "pt-BR").manner == Manner.DENIAL
    assert cues_for("", "en_GB") is load_cues("en")


@given(st.text(max_size=200), st.sampled_from([*CUE_FILES, None]))
def test_any_text_can_be_read_and_cues_stand_in_it(sentence: str, lang: str | None) -> None:
    """Feeds bring every character there is, and a reader is shown the deciding words."""
    assert all(cue in sentence for cue in manner_of(sentence, lang).cues)


@given(
    st.lists(
        st.sampled_from(
            [
                "denied",
                "not",
                ",",
                "never",
                "no",
                "comment",
                "said",
                "may",
                "«",
                "»",
                "the",
                "...",
                "verified",
                "plans",
                ".",
                "否定",
                "부인했다",
            ]
        )
    )
)
def test_any_order_of_cue_words_can_be_read(words: list[str]) -> None:
    """Cue words in any order must not slow down or stop the matching."""
    assert manner_of(" ".join(words), "en").manner in Manner


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("- one", "expected the parts"),
        ("manners: {}", "expected the parts"),
        ("manner: {denys: a}", "unknown list 'denys'"),
        ("manner: {denies: [a]}", "with commas between"),
        ("manner: {denies: (a|b}", "brackets"),
        ("manner: {denies: a}\nhow: {doubts: a}\nmanner: {denies: b}", "manner: given twice"),
    ],
)
def test_a_slip_in_a_cue_file_is_named(text: str, says: str) -> None:
    """People edit these files: the message must lead them to the place."""
    with pytest.raises(ConfigError, match=r"cue file xx\.yaml") as caught:
        parse_cues(text, "xx")
    assert says in str(caught.value)


@pytest.mark.parametrize("lang", CUE_FILES)
def test_no_list_holds_a_phrase_twice(lang: str) -> None:
    """Files that were put together by machine held whole parts twice, and who edited the first changed nothing."""
    text = (resources.files("monitor.claims.cues") / f"{lang}.yaml").read_text(encoding="utf-8")
    for name, lists in yaml.safe_load(text).items():
        for kind, phrases in lists.items() if isinstance(lists, dict) else ():
            found = Counter(p for part in re.split(r"[,\n]", str(phrases)) if (p := part.strip()))
            assert [p for p, times in found.items() if times > 1] == [], (name, kind)


def test_phrases_of_one_length_are_tried_in_one_order() -> None:
    """Sets have another order in each process; a decision must not."""
    assert compile_phrases("of it, as it, in it", words=False).pattern == r"(?:as\s+it|in\s+it|of\s+it)"


@pytest.mark.parametrize(
    ("phrase", "text", "found"),
    [
        ("den*", "They denied it", "denied"),
        ("did ... comment", "He did not want to comment", "did not want to comment"),
        ("d'accord", "pas d’accord", "d’accord"),
        ("(no|without) comment", "Without comment", "Without comment"),
    ],
)
def test_the_marks_in_a_cue_file_mean_what_its_head_says(phrase: str, text: str, found: str) -> None:
    """A person who edits the lists relies on the description of *, ... and (a|b)."""
    cues = parse_cues(
        f"manner: {{denies: {phrase!r}}}" if "'" not in phrase else f'manner: {{denies: "{phrase}"}}', "xx"
    )
    match = cues.manner["denies"].search(text)
    assert match is not None
    assert match.group() == found
