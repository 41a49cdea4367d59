"""Sentences: tables by language, laws for any text, and the labelled stories."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.read.sentences import split_sentences

SHARED = Path(__file__).parents[2] / "../shared"

# "|" stands where a sentence ends. Written for this test, about everyday news.
CASES: dict[str, list[str]] = {
    "en": [
        "The river rose by 3.5 metres overnight.|Two bridges were closed.",
        "Mr. Hale and Dr. Osei met at No. 5 Mill Lane.|They did not speak.",
        "The U.S. Senate voted on Tuesday.|The bill failed.",
        "Goods worth $1.2m came from the U.S.|The rest was local.",
        "Police arrived at 5 p.m. on Friday.|No one was hurt.",
        "“We were late. We are sorry,” the mayor said.|He left at once.",
        'The judge asked: "Why now?"|The lawyer had no answer.',
        '"Is it safe?" Maria Lopez asked.|Nobody knew.',
        "Writer J. D. Marsh lives in St. Ives.|She is 40.",
        "The harvest failed (see fig. 3).|Prices doubled!",
        "It was wheat, barley, oats, etc.|Nothing else grew.",
        "Who pays?|The state, says Gen. Adams.|Others disagree.",
        "They waited… and waited.|Then the train came.",
        "1. Close the valve.|2. Call for help.",
        "The vote is due on Oct. 3 in court No. 12.|It may be moved.",
        "The dam holds 11,000 tonnes.|“It will last,” said engineer Ann Wood.",
    ],
    "fr": [
        "M. Duval a démissionné.|Mme Roy lui succède.",
        "Le pont a été fermé le 3 oct. 2024 à 8 h 30.|Il rouvrira demain.",
        "Selon l'O.N.U. à Genève, la crue a fait 12 morts.|Le bilan peut monter.",
        "« Nous n'avons rien vu. Personne ne nous a prévenus », dit le maire.|Il est parti.",
        "« C'est faux. »|Le ministre n'a rien ajouté.",
        "Combien de maisons ont brûlé ?|Trente, dit le préfet !",
        "Un obus de 152 mm.|Un autre de 11.000 kg.",
        "Le Dr Petit et J.-P. Morel ont signé.|L'accord tient.",
        "Les prix (blé, maïs, etc.) montent.|Les éleveurs protestent.",
        "Il a dit : « Pourquoi moi ? »|Puis il s'est tu.",
        "La hausse est de 3,5 %.|Elle était de 2 % en 2023.",
        "Art. 5 et p. 12 du rapport.|Rien d'autre n'a été publié.",
        "« Je pars », a-t-il dit.|« Vraiment ? » lui a-t-on demandé.",
    ],
    "de": [
        "Am 3. Oktober wurde die Brücke gesperrt.|Sie ist 80 Jahre alt.",
        "Das gilt z. B. für Köln und u. a. für Bonn.|Andere Städte warten.",
        "Seit dem 2. Weltkrieg stand das Werk still.|Nun wird es abgerissen.",
        "Dr. Meier und Prof. Kunz widersprachen.|Die Zahlen seien falsch.",
        "„Wir wussten nichts. Niemand hat uns gewarnt“, sagte der Bürgermeister.|Er ging.",
        "Er fragte: „Wer zahlt das?“|Niemand antwortete.",
        "Der Schaden beträgt rund 5 Mio. Euro.|Versichert war nichts.",
        "Die Flut kam am 3. 10. 2024 gegen 8 Uhr.|Sie blieb zwei Tage.",
        "Nr. 5 und Abs. 2 entfallen.|Der Rest bleibt.",
        "Das Haus steht in der Hauptstr. 7 in Ulm.|Es ist leer.",
        "Gefunden wurde der Prototyp Adler-11.|60 Prozent der Teile fehlten.",
        "»Es brennt.«|Die Feuerwehr kam sofort.",
        "Kaiser Wilhelm II. reiste nach Rom.|Dort wartete man.",
        "Er gewann in der 2. Runde.|Es war sein 11. Sieg?|Ja.",
    ],
    "es": [
        "El Sr. Díaz llegó a EE. UU. el lunes.|No habló con la prensa.",
        "La Dra. Gil pidió 3.500 dosis.|Llegaron 1.200.",
        "¿Quién paga?|El Estado.|¡Nadie lo sabía!",
        "«No sabíamos nada. Nadie avisó», dijo el alcalde.|Luego se fue.",
        "El puente mide 152 m.|Se cerró en oct. 2024.",
        "Según la O.N.U. la crisis sigue.|No hay acuerdo.",
        "El art. 5 no cambia.|La pág. 12 sí.",
        "«Es falso.»|El ministro no añadió nada.",
        "J. L. Ortega firmó el acta.|Era tarde.",
        "Trajeron trigo, maíz, etc.|Nada se perdió.",
        "La subida fue del 3,5 %.|En 2023 fue del 2 %.",
        "El vuelo sale a las 5 p. m. del lunes.|Llega el martes.",
        "—No iré —dijo ella.|Y no fue.",
    ],
    "it": [
        "Il dott. Rossi e il sig. Verdi hanno firmato.|L'accordo vale un anno.",
        "La sig.ra Neri è partita.|Tornerà lunedì.",
        "«Non sapevamo nulla. Nessuno ci ha avvisati», dice il sindaco.|Poi tace.",
        "Chi paga?|Lo Stato, dicono.|Nessuno ci crede!",
        "L'art. 5 resta.|La pag. 12 cambia.",
        "Il ponte è lungo 152 m.|Fu chiuso nel 2024.",
        "I danni sono di 11.000 euro.|Erano 3,5 milioni.",
        "Grano, mais, ecc.|Tutto è perduto.",
        "G. B. Conti abita a S. Remo.|Ha 80 anni.",
        "«È falso.»|Il ministro non ha aggiunto altro.",
        "Il gen. Bassi ha smentito.|Le prove mancano.",
        "Ha chiesto: «Perché ora?»|Nessuno ha risposto.",
        "L'O.N.U. tace.|La crisi continua.",
    ],
    "pt": [
        "O Sr. Costa e a Dra. Lima assinaram.|O acordo vale um ano.",
        "«Não sabíamos de nada. Ninguém avisou», diz o autarca.|Depois saiu.",
        "Quem paga?|O Estado.|Ninguém acredita!",
        "O art. 5.º mantém-se.|A pág. 12 muda.",
        "A ponte tem 152 m.|Fechou em out. 2024.",
        "Os danos são de 11.000 euros.|Eram 3,5 milhões.",
        "Trigo, milho, etc.|Tudo se perdeu.",
        "J. P. Ramos vive em S. Tomé.|Tem 80 anos.",
        "“É falso.”|O ministro não disse mais nada.",
        "O gen. Braga desmentiu.|Faltam provas.",
        "Perguntou: “Porquê agora?”|Ninguém respondeu.",
        "O voo parte às 5 h.|Chega amanhã.",
        "A subida foi de 3,5 %.|Em 2023 foi de 2 %.",
    ],
    "ru": [
        "В 2024 г. Москва закрыла мост.|Он старый.",
        "Жители г. Тверь ждут.|Воды нет.",
        "А. С. Петров приехал в Казань.|Его встретили.",
        "Привезли хлеб, воду и т. д.|Всем хватило.",
        "Дом стоит на ул. Мира, д. 5.|Он пуст.",
        "«Мы ничего не знали. Нас не предупредили», — сказал мэр.|Он ушёл.",
        "Кто платит?|Город, говорят.|Никто не верит!",
        "Ущерб — 5 млн. рублей.|Страховки не было.",
        "Снаряд калибра 152 мм.|Второй не нашли.",
        "По ст. 5 ему грозит штраф.|Суд в среду.",
        "«Это ложь».|Министр ничего не добавил.",
        "Рост составил 3,5 %.|В 2023 году было 2 %.",
        "Т. е. мост закрыт.|Объезд через лес.",
        "— Зачем? — спросил он.|Ему не ответили.",
    ],
    "uk": [
        "У 2024 р. Київ закрив міст.|Він старий.",
        "А. С. Коваль приїхав до Львова.|Його зустріли.",
        "Привезли хліб, воду і т. д.|Усім вистачило.",
        "Дім стоїть на вул. Миру, 5.|Він порожній.",
        "«Ми нічого не знали. Нас не попередили», — сказав мер.|Він пішов.",
        "Хто платить?|Місто, кажуть.|Ніхто не вірить!",
        "Збитки — 5 млн. гривень.|Страховки не було.",
        "Снаряд калібру 152 мм.|Другого не знайшли.",
        "За ст. 5 йому загрожує штраф.|Суд у середу.",
        "«Це брехня».|Міністр нічого не додав.",
        "Зростання — 3,5 %.|У 2023 році було 2 %.",
        "Проф. Мельник заперечив.|Доказів немає.",
        "— Навіщо? — спитав він.|Йому не відповіли.",
    ],
    "ko": [
        "다리가 무너졌다.|세 명이 다쳤다.",
        "“몰랐다. 아무도 알려 주지 않았다”고 시장은 말했다.|그는 떠났다.",
        "물가가 3.5% 올랐다.|작년에는 2%였다.",
        "누가 내나요?|정부가 냅니다.",
        "2024. 10. 3. 사고가 났다.|원인은 모른다.",
        "시장은 '안전하다'고 했다.|주민은 믿지 않았다.",
        "그는 “왜 지금인가?”라고 물었다.|답은 없었다.",
        "학교가 문을 닫았다.||비가 계속 왔다.",
        "피해액은 11,000원이다.|보험은 없다.",
        "드디어 열차가 왔다!|모두 탔다.",
        '장관은 "사실이 아니다. 확인하지 않았다"고 밝혔다.|야당은 반발했다.',
        "U.S. 스틸이 공장을 닫는다.|직원 40명이 떠난다.",
        "회의는 3시에 끝났습니다.|다음 회의는 금요일입니다.",
    ],
    "ja": [
        "橋が崩れた。|三人がけがをした。",
        "市長は「知らなかった。誰も教えてくれなかった」と述べた。|その後、退席した。",
        "物価は3.5%上がった。|昨年は2%だった。",
        "誰が払うのか？|国だという。",
        "「事実ではない。」と大臣は語った。|証拠はない。",
        "「火事だ！」|消防がすぐに来た。",
        "損害は1.1万円。|保険はない。",
        "列車がついに来た！|皆が乗った。",
        "学校は閉鎖された（3日から）。|雨が続く。",
        "会議は3時に終わった。|次は金曜日。",
        "彼は『なぜ今なのか？』と聞いた。|答えはなかった。",
        "午後5時、警察が到着した。|けが人はいない。",
        "……そして列車が来た。|静かだった。",
        "え!本当に?||誰も信じない。",
    ],
}
ROWS = [(lang, case) for lang, cases in CASES.items() for case in cases]


def cut(case: str) -> tuple[str, list[str]]:
    """The text of a case, and its sentences: with a space between them, but after a wide stop and at "||"."""
    text = case.replace("。|", "。").replace("？|", "？").replace("！|", "！").replace("」|", "」")
    return text.replace("||", "").replace("|", " "), case.replace("||", "|").split("|")


@pytest.mark.parametrize(("lang", "case"), ROWS)
def test_a_written_case_is_cut_where_a_reader_would(lang: str, case: str) -> None:
    """Quotes, abbreviations, dates and numbers in ten languages."""
    text, expected = cut(case)
    assert [sentence.text for sentence in split_sentences(text, lang)] == expected


LANGS = st.sampled_from(["en", "fr", "de", "es", "it", "pt", "ru", "uk", "ko", "ja", "zh", "pl", "tr", "xx", None])
NEWS_LIKE = st.text(st.sampled_from(list("aB1 .!?…«»„“”\"'()「」。！？\n\t\r\u00a0\u2028И다日-—:;,")), max_size=80)


@given(st.one_of(st.text(max_size=200), NEWS_LIKE), LANGS)
def test_offsets_rebuild_the_text(text: str, lang: str | None) -> None:
    """The law every quote in a report rests on: the sentence stands in the text, character for character."""
    sentences = split_sentences(text, lang)
    covered = [False] * len(text)
    last = 0
    for index, sentence in enumerate(sentences):
        assert sentence.index == index
        assert sentence.start >= last
        assert text[sentence.start : sentence.end] == sentence.text != ""
        assert sentence.text == sentence.text.strip()
        assert "\n" not in sentence.text
        covered[sentence.start : sentence.end] = [True] * (sentence.end - sentence.start)
        last = sentence.end
    assert all(covered[at] or character.isspace() for at, character in enumerate(text))


@pytest.mark.parametrize("lang", ["en", "de", "ko", "pl", None])
def test_a_line_of_a_megabyte_takes_linear_time(lang: str | None) -> None:
    """A page may hold one endless line; its 90,000 stops are judged within the test's time-out."""
    text = '1. a. «("B. ' * 30_000
    assert split_sentences(text, lang)


def test_an_unknown_language_asks_sentencex_about_full_stops() -> None:
    """Polish has no table here, yet its abbreviations count."""
    found = [s.text for s in split_sentences("Przyjechał prof. Nowak. Mówił krótko. Naprawdę? Tak.", "pl")]
    assert found == ["Przyjechał prof. Nowak.", "Mówił krótko.", "Naprawdę?", "Tak."]


def test_a_long_quotation_is_cut_inside() -> None:
    """A speech printed in one pair of quotation marks must not become one sentence of half a page."""
    text = "“" + "We will rebuild every house in this valley by spring. " * 8 + "That is a promise.”"
    assert len(split_sentences(text, "en")) == 9


def stories() -> Iterator[tuple[dict[str, str], str]]:
    """Each labelled evidence sentence with its article, from all stories."""
    for folder in [SHARED / "story", *sorted(path for path in (SHARED / "stories").iterdir() if path.is_dir())]:
        articles = {
            row["id"]: row for row in map(json.loads, (folder / "articles.jsonl").read_text().splitlines())
        }
        for label in map(json.loads, (folder / "labels.jsonl").read_text().splitlines()):
            yield articles[label["article_id"]], label["evidence"]


@pytest.mark.skipif(not SHARED.is_dir(), reason="the labelled stories are not beside this checkout")
def test_the_labelled_evidence_is_one_sentence() -> None:
    """People marked whole sentences as evidence: those must come out as sentences (0.998 in November 2026)."""
    labels = list(stories())
    texts = {(article["text"], article["lang"]) for article, _ in labels}
    found = {key: {sentence.text for sentence in split_sentences(*key)} for key in texts}
    hits = sum(evidence in found[article["text"], article["lang"]] for article, evidence in labels)
    assert hits / len(labels) >= 0.995
