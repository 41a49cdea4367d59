"""What sort of news a sentence is: the kinds of the labels, in ten languages, and which of two holds."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.claims.figure_moves import FigureText, changed
from monitor.claims.kinds import kind_of
from monitor.claims.manner import Reading, manner_of
from monitor.claims.quantities import figures
from monitor.records import Manner, Stance
from monitor.utterances import Kind

CLAIM = "The Orsted plant leaked 40 tonnes of acid."


def kind(sentence: str, lang: str, claim: str = CLAIM, stance: Stance | None = None) -> Kind:
    old, new = (FigureText(text, of, figures(text, of)) for text, of in ((claim, "en"), (sentence, lang)))
    return kind_of(manner_of(sentence, lang), changed(old, new), claim=manner_of(claim, "en"), stance=stance)


@pytest.mark.parametrize(
    ("lang", "sentence", "expected"),
    [
        ("en", "The operator denied the leak.", Kind.DENIAL),
        ("en", "The operator did not deny the leak.", Kind.NON_DENIAL),
        ("en", "The operator declined to comment.", Kind.NO_COMMENT),
        ("en", "The leak could not be verified.", Kind.UNVERIFIED),
        ("en", "The operator admitted the leak.", Kind.ADMISSION),
        ("en", "The paper retracted its report on the leak.", Kind.RETRACTION),
        ("en", "The plant may have leaked acid.", Kind.HEDGE),
        ("en", "The plant will be closed.", Kind.PLAN),
        ("en", "The plant leaked 65 tonnes of acid.", Kind.OTHER_FIGURE),
        ("en", "The plant stands by the river.", Kind.STATEMENT),
        ("fr", "Le journal a retiré son article sur la fuite.", Kind.RETRACTION),
        ("fr", "L'exploitant a fini par admettre la fuite.", Kind.ADMISSION),
        ("fr", "L'usine a perdu 65 tonnes d'acide.", Kind.OTHER_FIGURE),
        ("de", "Die Zeitung zog ihren Bericht zurück.", Kind.RETRACTION),
        ("de", "Der Betreiber räumte das Leck ein.", Kind.ADMISSION),
        ("es", "El diario se retractó de su información.", Kind.RETRACTION),
        ("es", "La empresa reconoció la fuga.", Kind.ADMISSION),
        ("it", "Il giornale ha ritrattato la notizia.", Kind.RETRACTION),
        ("it", "La società ha ammesso la perdita.", Kind.ADMISSION),
        ("pt", "O jornal retratou-se da notícia.", Kind.RETRACTION),
        ("pt", "A empresa admitiu a fuga.", Kind.ADMISSION),
        ("ru", "Газета отозвала свою публикацию.", Kind.RETRACTION),
        ("ru", "Компания признала утечку.", Kind.ADMISSION),
        ("uk", "Газета відкликала свою публікацію.", Kind.RETRACTION),
        ("uk", "Компанія визнала витік.", Kind.ADMISSION),
        ("ko", "신문은 기사를 철회했다.", Kind.RETRACTION),
        ("ko", "회사는 누출을 인정했다.", Kind.ADMISSION),
        ("ja", "新聞は記事を訂正した。", Kind.RETRACTION),
        ("ja", "会社は漏出を認めた。", Kind.ADMISSION),
    ],
)
def test_the_words_of_a_sentence_tell_its_kind(lang: str, sentence: str, expected: Kind) -> None:
    """A digest puts denials, admissions and retractions under heads of their own."""
    assert kind(sentence, lang) is expected


@pytest.mark.parametrize(
    ("sentence", "claim", "stance", "expected"),
    [
        ("The operator had denied the leak in March.", CLAIM, Stance.MENTIONS, Kind.BACKGROUND),
        ("The acid drained away last year.", CLAIM, Stance.CONFIRMS, Kind.BACKGROUND),
        ("The seals were intact.", CLAIM, Stance.CONTRADICTS, Kind.REFUTATION),
        ("The plant stands by the river.", CLAIM, Stance.MENTIONS, Kind.BACKGROUND),
        ("There was no leak, it said.", "The operator denied the leak.", Stance.CONFIRMS, Kind.DENIAL),
        ("It is on the agenda.", "The operator plans to close the plant.", Stance.CONFIRMS, Kind.PLAN),
        ("The acid came from its tanks.", "The operator denied the leak.", Stance.UPDATES, Kind.ADMISSION),
        ("Its denial may be dropped, reports say.", CLAIM, Stance.MENTIONS, Kind.HEDGE),
    ],
)
def test_what_the_sentence_does_to_the_claim_tells_the_rest(
    sentence: str, claim: str, stance: Stance, expected: Kind
) -> None:
    """The same words are news for one claim and background for another."""
    assert kind(sentence, "en", claim, stance) is expected


FLAGS = (
    "reports_denial",
    "denies_own",
    "negated",
    "not_denied",
    "admits",
    "retracts",
    "recalls",
    "hedged",
    "planned",
)


@given(
    st.sampled_from(Manner),
    st.sets(st.sampled_from(FLAGS)),
    st.sampled_from(Manner),
    st.sampled_from([None, *Stance]),
)
def test_every_reading_has_one_kind(manner: Manner, flags: set[str], claim: Manner, stance: Stance | None) -> None:
    """What confirms is no refutation, and what only mentions takes nothing back."""
    reading = replace(Reading(manner), **dict.fromkeys(flags, True))  # type: ignore[arg-type]  # flags alone
    found = kind_of(reading, None, claim=Reading(claim), stance=stance)
    assert not (stance is Stance.CONFIRMS and found is Kind.REFUTATION)
    assert not (stance is Stance.MENTIONS and found in (Kind.RETRACTION, Kind.ADMISSION, Kind.DENIAL))
