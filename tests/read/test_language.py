"""Language: the right one or none, with the small model that comes with the package."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from monitor.read.language import detect_language

SHARED = Path(__file__).parents[2] / "../shared"

TEXTS = {
    "uk": "Міська рада затвердила будівництво нового мосту через річку, повідомив у вівторок міський голова.",
    "ru": "Городской совет утвердил строительство нового моста через реку, сообщил во вторник мэр города.",
    "bg": "Общинският съвет одобри строежа на нов мост над реката, съобщи във вторник кметът на града.",
    "es": "El ayuntamiento aprobó la construcción de un nuevo puente sobre el río, anunció el martes el alcalde.",
    "pt": "A câmara municipal aprovou a construção de uma nova ponte sobre o rio, anunciou na terça o autarca.",
    "it": "Il consiglio comunale ha approvato la costruzione di un nuovo ponte sul fiume, ha detto il sindaco.",
    "ro": "Consiliul local a aprobat construirea unui nou pod peste râu, a anunțat marți primarul orașului.",
    "ko": "시의회는 강을 가로지르는 새 다리 건설을 승인했다고 시장이 화요일 발표했다.",
    "ja": "市議会は川に架かる新しい橋の建設を承認したと、市長が火曜日に発表した。",
    "zh": "市长周二宣布，市议会批准在河上修建一座新桥，预计明年动工。",
    "en": "The town council approved the building of a new bridge over the river, the mayor said on Tuesday.",
    "fr": "Le conseil municipal a approuvé la construction d'un nouveau pont sur la rivière, a dit le maire.",
    "de": "Der Stadtrat hat den Bau einer neuen Brücke über den Fluss beschlossen, sagte der Bürgermeister.",
}


@pytest.mark.parametrize("lang", TEXTS)
def test_one_sentence_tells_the_language(lang: str) -> None:
    """Neighbours that share letters and words are kept apart."""
    assert detect_language(TEXTS[lang]) == lang


@pytest.mark.parametrize("hint", ["de", "ru", "xx"])
def test_a_wrong_hint_does_not_change_a_clear_text(hint: str) -> None:
    """A French article in a German feed is French."""
    assert detect_language(TEXTS["fr"], hint=hint) == "fr"


@pytest.mark.parametrize(
    ("text", "hint", "lang"),
    [
        ("", None, None),
        ("", "fr", "fr"),
        ("12:30 — 45 %", None, None),
        ("12:30 — 45 %", "ru", "ru"),
        ("Да.", None, None),
        ("Да.", "uk", "uk"),
        ("Termina la huelga", None, None),
        ("Termina la huelga", "es", "es"),
        ("Oui.", "ko", None),  # no letter of it is Korean
        ("a\nb\nc", None, None),
    ],
)
def test_a_hint_decides_only_where_the_text_does_not(text: str, hint: str | None, lang: str | None) -> None:
    """An unsure guess would cut sentences by the wrong rules; None is an answer."""
    assert detect_language(text, hint=hint) == lang


def test_a_language_without_a_code_of_two_letters_is_none() -> None:
    """ISO 639-1 has no room for it, and the store keeps two letters."""
    text = "Ang alkalde sa syudad mipahibalo nga ang tulay sa suba pagatukoron sa sunod nga tuig."
    assert detect_language(text) is None


@pytest.mark.skipif(not SHARED.is_dir(), reason="the labelled stories are not beside this checkout")
def test_the_articles_of_the_stories_are_told_right() -> None:
    """1,681 short articles in 15 languages (all right in November 2026)."""
    files = [SHARED / "story" / "articles.jsonl", *(SHARED / "stories").glob("*/articles.jsonl")]
    articles = [json.loads(line) for file in files for line in file.read_text().splitlines()]
    right = sum(detect_language(article["text"]) == article["lang"] for article in articles)
    assert right / len(articles) >= 0.998
