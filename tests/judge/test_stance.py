"""The rules that decide what a sentence does to a claim: each alone, their order, whole articles, and laws."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.claims.figure_moves import FigureMove, Relation
from monitor.claims.manner import Reading
from monitor.judge import stance as rules
from monitor.judge.calibration import calibrated
from monitor.judge.stance import Case, Judged, Ruling, Thresholds, by_stance, decide, rule_on
from monitor.records import UNRELATED, Claim, Figure, Finding, Manner, PairScores, Sentence, Stance, Version
from monitor.utterances import Kind

HAIR = 1e-6  # just below a threshold
NOTHING, SILENT = "nothing", "silent"  # a rule rules that the sentence says nothing; a rule leaves it to the next

CONFIRMS, CONTRADICTS, UPDATES, MENTIONS = Stance

REPORTS = Reading(Manner.DENIAL, reports_denial=True)
DISMISSES = Reading(Manner.DENIAL, denies_own=True)
NEGATES = Reading(Manner.DENIAL, negated=True)
STATES, NO_COMMENT, UNVERIFIED, HEDGES, PLANS = (
    Reading(manner)
    for manner in (Manner.STATEMENT, Manner.NO_COMMENT, Manner.UNVERIFIED, Manner.HEDGE, Manner.PLAN)
)


def scores(**stances: float) -> PairScores:
    """What a model says that has an output for stances; what is left is unrelated."""
    rest = max(0.0, 1 - sum(stances.values()))
    shares = {stance.value: stances.get(stance.value, 0.0) for stance in Stance}
    return PairScores(0.2, 0.5, 0.3, shares | {UNRELATED: rest})


def case(
    sentence: Reading = STATES,
    claim: Reading = STATES,
    *,
    move: Relation | None = None,
    repeats: bool = False,
    **stances: float,
) -> Case:
    figure = Figure(6, 6, "people", 0, 3, "six")
    moved = FigureMove(figure, figure, move) if move else None
    return Case(by_stance(scores(**stances)), sentence, claim, moved, repeats, AT)


def said(ruling: Ruling | None) -> str:
    return SILENT if ruling is None else ruling.stance or NOTHING


def version(*texts: str, lang: str | None = "en") -> Version:
    """An article of these sentences, after a space of its own so that offsets are no indices."""
    sentences, at = [], 1
    for index, text in enumerate(texts):
        sentences.append(Sentence(index, at, at + len(text), text))
        at += len(text) + 1
    return Version(1, 1, "", "", lang, None, " " + " ".join(texts), tuple(sentences))


def judge(claim: str, article: Version, *said_of: PairScores, lang: str = "en") -> list[Finding]:
    """Decide on all sentences of an article."""
    judged = [Judged(s, 0.5, said) for s, said in zip(article.sentences, said_of, strict=True)]
    return decide(Claim("K1", claim, lang), article, judged, thresholds=AT)


def judge_one(claim: str, sentence: str, said_of: PairScores, *, lang: str = "en") -> Finding | None:
    found = judge(claim, version(sentence, lang=lang), said_of)
    assert len(found) <= 1
    return found[0] if found else None


# Thresholds of their own: how the rules work does not depend on what was last chosen for the weights.
AT = Thresholds(
    confirms=0.7,
    updates=0.6,
    mentions=0.7,
    denial=0.3,
    negation=0.8,
    contrary=0.9,
    denied=0.4,
    all_the_same=0.8,
    figure=0.8,
)
MOVED, DENIED, NEGATED, REPORTED, SURE = AT.figure, AT.denial, AT.negation, AT.denied, AT.all_the_same
CONTRARY, CONFIRMED, UPDATED, MENTIONED = AT.contrary, AT.confirms, AT.updates, AT.mentions


@pytest.mark.parametrize(
    ("rule", "given_case", "expected"),
    [
        # A figure that moved.
        (rules.moved_figure, case(move=Relation.HIGHER, updates=MOVED), UPDATES),
        (rules.moved_figure, case(move=Relation.LOWER, updates=MOVED), UPDATES),
        (rules.moved_figure, case(move=Relation.HIGHER, updates=MOVED - HAIR), SILENT),
        (rules.moved_figure, case(move=Relation.LOWER, confirms=0.3, contradicts=0.3, updates=0.3), UPDATES),
        (rules.moved_figure, case(move=Relation.HIGHER, mentions=0.9), SILENT),
        (rules.moved_figure, case(HEDGES, move=Relation.HIGHER, updates=MOVED), UPDATES),
        (rules.moved_figure, case(REPORTS, move=Relation.HIGHER, updates=0.9), SILENT),
        (rules.moved_figure, case(PLANS, move=Relation.HIGHER, updates=0.9), SILENT),
        (rules.moved_figure, case(NO_COMMENT, move=Relation.HIGHER, updates=0.9), SILENT),
        (rules.moved_figure, case(UNVERIFIED, move=Relation.HIGHER, updates=0.9), SILENT),
        (rules.moved_figure, case(move=Relation.SAME, updates=0.9), SILENT),
        (rules.moved_figure, case(move=Relation.COMPATIBLE, updates=0.9), SILENT),
        (rules.moved_figure, case(move=Relation.HIGHER, repeats=True, updates=0.9), SILENT),
        (rules.moved_figure, case(updates=0.9), SILENT),
        # A figure of an earlier day.
        (rules.earlier_figure, case(move=Relation.HISTORY, updates=MENTIONED), MENTIONS),
        (rules.earlier_figure, case(HEDGES, move=Relation.HISTORY, contradicts=0.95), MENTIONS),
        (rules.earlier_figure, case(move=Relation.HISTORY, updates=0.4, contradicts=0.29), NOTHING),
        (rules.earlier_figure, case(REPORTS, move=Relation.HISTORY, contradicts=0.9), SILENT),
        (rules.earlier_figure, case(move=Relation.HISTORY, repeats=True, confirms=0.9), SILENT),
        (rules.earlier_figure, case(move=Relation.LOWER, updates=0.9), SILENT),
        (rules.earlier_figure, case(updates=0.9), SILENT),
        (rules.moved_figure, case(move=Relation.HISTORY, updates=0.9), SILENT),
        # A claim that somebody denied.
        (rules.denial_of_a_denial_claim, case(REPORTS, REPORTS, confirms=REPORTED), CONFIRMS),
        (rules.denial_of_a_denial_claim, case(NEGATES, DISMISSES, confirms=REPORTED), CONFIRMS),
        (rules.denial_of_a_denial_claim, case(REPORTS, REPORTS, confirms=REPORTED - HAIR), SILENT),
        (rules.denial_of_a_denial_claim, case(REPORTS, STATES, confirms=0.9), SILENT),
        (rules.denial_of_a_denial_claim, case(STATES, REPORTS, confirms=0.9), SILENT),
        # A denial: an outspoken one needs less than a bare negation.
        (rules.denial, case(REPORTS, contradicts=DENIED), CONTRADICTS),
        (rules.denial, case(DISMISSES, contradicts=DENIED), CONTRADICTS),
        (rules.denial, case(REPORTS, contradicts=DENIED - HAIR), SILENT),
        (rules.denial, case(NEGATES, contradicts=NEGATED), CONTRADICTS),
        (rules.denial, case(NEGATES, contradicts=NEGATED - HAIR), SILENT),
        (rules.denial, case(STATES, contradicts=0.95), SILENT),
        # Left open: never a confirmation, never a denial.
        (rules.left_open, case(NO_COMMENT, updates=UPDATED), UPDATES),
        (rules.left_open, case(UNVERIFIED, updates=UPDATED - HAIR), NOTHING),
        (rules.left_open, case(NO_COMMENT, confirms=0.95), MENTIONS),
        (rules.left_open, case(UNVERIFIED, confirms=0.4, mentions=MENTIONED - 0.4 + HAIR), MENTIONS),
        (rules.left_open, case(UNVERIFIED, confirms=0.3, mentions=MENTIONED - 0.3 - HAIR), NOTHING),
        (rules.left_open, case(NO_COMMENT, contradicts=0.95), NOTHING),
        (rules.left_open, case(STATES, mentions=0.9), SILENT),
        # Possible or planned, while the claim is a fact.
        (rules.possible_or_planned, case(HEDGES, confirms=SURE), CONFIRMS),
        (rules.possible_or_planned, case(HEDGES, confirms=SURE - HAIR), MENTIONS),
        (rules.possible_or_planned, case(PLANS, confirms=MENTIONED - HAIR), NOTHING),
        (rules.possible_or_planned, case(PLANS, updates=UPDATED), UPDATES),
        (rules.possible_or_planned, case(PLANS, updates=UPDATED - HAIR), NOTHING),
        (rules.possible_or_planned, case(HEDGES, PLANS, confirms=0.9), SILENT),
        (rules.possible_or_planned, case(PLANS, HEDGES, confirms=0.9), SILENT),
        (rules.possible_or_planned, case(STATES, confirms=0.9), SILENT),
        # Stated: what the model says.
        (rules.stated, case(confirms=CONFIRMED), CONFIRMS),
        (rules.stated, case(confirms=CONFIRMED - HAIR), SILENT),
        (rules.stated, case(updates=UPDATED), UPDATES),
        (rules.stated, case(updates=UPDATED - HAIR), SILENT),
        (rules.stated, case(contradicts=0.95), SILENT),
        (rules.stated, case(REPORTS, updates=UPDATED), UPDATES),
        (rules.stated, case(REPORTS, confirms=SURE), CONFIRMS),
        (rules.stated, case(NEGATES, confirms=SURE - HAIR), SILENT),
        # Another account, and talk.
        (rules.contrary_account, case(contradicts=CONTRARY), CONTRADICTS),
        (rules.contrary_account, case(contradicts=CONTRARY - HAIR), SILENT),
        (rules.talked_about, case(mentions=MENTIONED), MENTIONS),
        (rules.talked_about, case(mentions=MENTIONED - HAIR), SILENT),
    ],
)
def test_each_rule_speaks_where_it_should_and_is_silent_elsewhere(
    rule: Callable[[Case], Ruling | None], given_case: Case, expected: str
) -> None:
    """A rule that speaks too early hides all the rules after it."""
    assert said(rule(given_case)) == expected


@pytest.mark.parametrize(
    ("ruling", "score"),
    [
        (rules.moved_figure(case(move=Relation.HIGHER, confirms=0.2, contradicts=0.3, updates=0.4)), 0.9),
        (rules.denial_of_a_denial_claim(case(REPORTS, REPORTS, confirms=0.5)), 0.5),
        (rules.denial(case(REPORTS, contradicts=0.4, confirms=0.5)), 0.4),
        (rules.left_open(case(NO_COMMENT, confirms=0.5, mentions=0.4)), 0.9),
        (rules.left_open(case(NO_COMMENT, confirms=0.1)), 0.0),
        (rules.stated(Case(dict.fromkeys(Stance, 0.75), STATES, STATES, None, False)), 0.75),
        (rules.stated(Case({CONFIRMS: 0.8, UPDATES: 0.85}, STATES, STATES, None, False)), 0.85),
        (rules.stated(Case({CONFIRMS: 0.85, UPDATES: 0.8}, STATES, STATES, None, False)), 0.85),
    ],
)
def test_the_score_is_the_probability_that_decided(ruling: Ruling | None, score: float) -> None:
    """Of several sentences the one with the highest score is shown, so that it must mean something."""
    assert ruling is not None
    assert ruling.score == pytest.approx(score)


@pytest.mark.parametrize(
    ("given_case", "expected", "by"),
    [
        (case(move=Relation.HIGHER, confirms=0.95), UPDATES, "moved_figure"),
        (case(HEDGES, move=Relation.HIGHER, confirms=0.95), UPDATES, "moved_figure"),
        (case(REPORTS, move=Relation.HIGHER, contradicts=0.9), CONTRADICTS, "denial"),
        (case(REPORTS, REPORTS, confirms=0.5, contradicts=0.5), CONFIRMS, "denial_of_a_denial_claim"),
        (case(REPORTS, REPORTS, confirms=0.1, contradicts=0.5), CONTRADICTS, "denial"),
        (case(REPORTS, contradicts=0.35, confirms=0.65), CONTRADICTS, "denial"),
        (case(REPORTS, contradicts=0.05, confirms=0.9), CONFIRMS, "stated"),
        (case(NEGATES, contradicts=0.2, confirms=0.75), None, "talked_about"),
        (case(NEGATES, contradicts=0.2, mentions=0.75), MENTIONS, "talked_about"),
        (case(NO_COMMENT, contradicts=0.95), None, "left_open"),
        (case(UNVERIFIED, confirms=0.95), MENTIONS, "left_open"),
        (case(HEDGES, contradicts=0.95), None, "possible_or_planned"),
        (case(HEDGES, HEDGES, contradicts=0.95), CONTRADICTS, "contrary_account"),
        (case(HEDGES, HEDGES, confirms=0.75), CONFIRMS, "stated"),
        (case(confirms=0.8, contradicts=0.2), CONFIRMS, "stated"),
        (case(contradicts=0.95), CONTRADICTS, "contrary_account"),
        (case(mentions=0.8), MENTIONS, "talked_about"),
        (case(), None, "talked_about"),
    ],
)
def test_the_first_rule_that_speaks_decides(given_case: Case, expected: Stance | None, by: str) -> None:
    """The order is the judgement: a denial is looked for before the model's word is taken."""
    ruling, asked = rule_on(given_case)
    names = [rule.__name__ for rule in rules.RULES]
    assert ruling.stance == expected
    assert asked == tuple(names[: names.index(by) + 1])


CLAIM_DAM = "The mayor had the dam opened."
CLAIM_DENIED = "The mayor denied that the dam had been opened."


@pytest.mark.parametrize(
    ("lang", "sentence"),
    [
        ("en", "The mayor denied that the dam had been opened."),
        ("fr", "Le maire a démenti que le barrage ait été ouvert."),
        ("de", "Der Bürgermeister bestritt, dass der Damm geöffnet wurde."),
        ("es", "El alcalde negó que se hubiera abierto la presa."),
        ("it", "Il sindaco ha smentito che la diga sia stata aperta."),
        ("pt", "O prefeito negou que a barragem tenha sido aberta."),
        ("ru", "Мэр опроверг, что плотину открыли."),
        ("uk", "Мер спростував, що греблю відкрили."),
        ("ko", "시장은 댐을 열었다는 보도를 부인했다."),
        ("ja", "市長はダムを開けたとの報道を否定した。"),
    ],
)
def test_a_denial_contradicts_the_fact_and_confirms_that_it_was_denied(lang: str, sentence: str) -> None:
    """The same sentence, two claims, two stances; in each language of the daemon."""
    unsure = scores(confirms=0.45, contradicts=0.45)
    against_fact = judge_one(CLAIM_DAM, sentence, unsure, lang=lang)
    against_denial = judge_one(CLAIM_DENIED, sentence, unsure, lang=lang)
    assert against_fact and against_denial
    assert (against_fact.stance, against_fact.manner) == (CONTRADICTS, Manner.DENIAL)
    assert (against_denial.stance, against_denial.rules[-1]) == (CONFIRMS, "denial_of_a_denial_claim")


@pytest.mark.parametrize(
    ("lang", "sentence", "manner"),
    [
        ("en", "The union did not deny that the strike would go on.", Manner.NO_COMMENT),
        ("fr", "Le syndicat n'a pas démenti que la grève se poursuivra.", Manner.NO_COMMENT),
        ("de", "Der Verein dementierte den Bericht nicht.", Manner.NO_COMMENT),
        ("en", "The ministry declined to comment on the verdict.", Manner.NO_COMMENT),
        ("es", "El ministerio no quiso hacer comentarios sobre la sentencia.", Manner.NO_COMMENT),
        ("ru", "В министерстве отказались от комментариев.", Manner.NO_COMMENT),
        ("en", "The claim could not be independently verified.", Manner.UNVERIFIED),
        ("de", "Die Angaben ließen sich nicht unabhängig überprüfen.", Manner.UNVERIFIED),
        ("ja", "この情報は独自に確認できていない。", Manner.UNVERIFIED),
    ],
)
def test_no_comment_and_not_denied_are_neither_denial_nor_confirmation(
    lang: str, sentence: str, manner: Manner
) -> None:
    """However sure the model is of one or the other."""
    claim = "The union will go on with the strike."
    assert judge_one(claim, sentence, scores(contradicts=0.99), lang=lang) is None
    found = judge_one(claim, sentence, scores(confirms=0.99), lang=lang)
    assert found and (found.stance, found.manner) == (MENTIONS, manner)


@pytest.mark.parametrize(
    ("lang", "sentence", "manner"),
    [
        ("en", "The court may have acquitted the banker.", Manner.HEDGE),
        ("fr", "Le tribunal aurait acquitté le banquier.", Manner.HEDGE),
        ("en", "The rail union plans to strike on Friday.", Manner.PLAN),
        ("it", "Il sindacato prevede di scioperare venerdì.", Manner.PLAN),
    ],
)
def test_a_possibility_confirms_a_possibility_and_only_mentions_a_fact(
    lang: str, sentence: str, manner: Manner
) -> None:
    """What may have happened has not been reported to have happened."""
    quite = scores(confirms=0.75)
    fact = judge_one("The court acquitted the banker.", sentence, quite, lang=lang)
    possibility = judge_one("The court may have acquitted the banker.", sentence, quite, lang=lang)
    assert fact and possibility
    assert (fact.stance, fact.manner) == (MENTIONS, manner)
    assert possibility.stance is CONFIRMS


@pytest.mark.parametrize(
    ("lang", "sentence", "figure"),
    [
        ("en", "Nine people were killed in the flood.", "Nine"),
        ("fr", "Neuf personnes ont été tuées dans les inondations.", "Neuf"),
        ("de", "Bei der Flut kamen neun Menschen ums Leben.", "neun"),
        ("es", "Cuatro personas murieron en la inundación.", "Cuatro"),
        ("ru", "В результате наводнения погибли девять человек.", "девять"),
        ("ko", "홍수로 9명이 숨졌다.", "9"),
        ("ja", "洪水で9人が死亡した。", "9"),
    ],
)
def test_another_figure_for_the_same_count_is_an_update(lang: str, sentence: str, figure: str) -> None:
    """The model calls it a confirmation or a contradiction; the figure tells what it is."""
    for said_of in (scores(confirms=0.9), scores(contradicts=0.9)):
        found = judge_one("Six people were killed in the flood.", sentence, said_of, lang=lang)
        assert found and (found.stance, found.rules) == (UPDATES, ("earlier_figure", "moved_figure"))
        assert (found.figure_old, found.figure_new) == ("Six", figure)


@pytest.mark.parametrize(
    ("sentence", "said_of", "expected"),
    [
        ("Six people were killed in the flood.", scores(confirms=0.9), CONFIRMS),
        ("Six of the 20 dead were children.", scores(confirms=0.9), CONFIRMS),
        ("The flood destroyed 40 houses.", scores(confirms=0.9), CONFIRMS),
        ("Nine people were wounded in the flood.", scores(mentions=0.9), MENTIONS),
        ("The water board denied that nine people were killed in the flood.", scores(updates=0.9), UPDATES),
        ("Nobody was killed in the flood.", scores(contradicts=0.9), CONTRADICTS),
        ("Nine people were killed in the flood.", scores(mentions=0.9), MENTIONS),
    ],
)
def test_figures_that_did_not_move_leave_it_to_the_other_rules(
    sentence: str, said_of: PairScores, expected: Stance
) -> None:
    """The same figure, a part of another count, another unit, a denied figure, a sentence about something else."""
    found = judge_one("Six people were killed in the flood.", sentence, said_of)
    assert found and found.stance is expected
    assert found.rules != ("moved_figure",)


@pytest.mark.parametrize(
    ("sentence", "figures"),
    [
        ("Six people were killed, and the search has ended.", (None, None)),
        ("The search has ended.", (None, None)),
        ("About seven people were killed.", ("Six", "seven")),
    ],
)
def test_figures_are_shown_only_where_they_differ(sentence: str, figures: tuple[str | None, str | None]) -> None:
    """ "Six → six" in a digest is no news, also where something else is."""
    found = judge_one("Six people were killed in the flood.", sentence, scores(updates=0.7))
    assert found and found.stance is UPDATES
    assert (found.figure_old, found.figure_new) == figures


@pytest.mark.parametrize(
    ("said_of", "expected"),
    [
        (PairScores(0.9, 0.05, 0.05), CONFIRMS),
        (PairScores(0.02, 0.03, 0.95), CONTRADICTS),
        (PairScores(0.05, 0.9, 0.05), None),
    ],
)
def test_a_model_without_stances_confirms_and_contradicts_only(
    said_of: PairScores, expected: Stance | None
) -> None:
    """What such a model calls neutral may be a mention or have nothing to do with the claim: it cannot say."""
    found = judge_one("The court acquitted the banker.", "The banker left the court a free woman.", said_of)
    assert (found.stance if found else None) == expected


def test_a_model_without_stances_finds_moved_figures_too() -> None:
    """Another death toll contradicts, says such a model; the figure makes it an update."""
    found = judge_one("Six people were killed.", "Nine people were killed in the flood.", PairScores(0, 0.1, 0.9))
    assert found and found.stance is UPDATES


def test_an_article_may_confirm_and_deny() -> None:
    """One verdict for each article is wrong: the deaths and their denial stand in the same report."""
    article = version(
        "The fire service said six people were killed in the flood.",
        "Rain fell all night.",
        "The water authority denied that six people were killed in the flood.",
    )
    found = judge(
        "Six people were killed in the flood.",
        article,
        scores(confirms=0.9),
        scores(),
        scores(contradicts=0.9),
    )
    assert [(f.stance, f.asserted_by, f.sentence) for f in found] == [
        (CONFIRMS, "The fire service", 0),
        (CONTRADICTS, "The water authority", 2),
    ]


def test_each_asserter_counts_once_for_a_stance_with_the_best_sentence() -> None:
    """Who says it three times is one source; two who say it are two."""
    said_by = ["The union", "The company", "The union", "The company"]
    article = version(*(f"{who} said the strike was over." for who in said_by))
    sure = [scores(confirms=share) for share in (0.75, 0.8, 0.95, 0.8)]
    found = judge("The strike is over.", article, *sure)
    assert [(f.asserted_by, f.sentence) for f in found] == [("The company", 1), ("The union", 2)]
    expected = [pytest.approx(calibrated(f.stance, score)) for f, score in zip(found, (0.8, 0.95), strict=True)]
    assert [f.score for f in found] == expected  # of equals, the earlier sentence


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        (scores(confirms=0.9), [(CONFIRMS, 2)]),
        (scores(contradicts=0.95), [(CONTRADICTS, 2)]),
        (scores(updates=0.9), [(UPDATES, 2)]),
        (scores(mentions=0.8), [(MENTIONS, 1)]),
        (scores(mentions=0.9), [(MENTIONS, 1)]),  # the earlier one of equals
        (scores(mentions=0.95), [(MENTIONS, 2)]),
        (scores(), [(MENTIONS, 1)]),
    ],
)
def test_a_mention_stands_only_where_nothing_stronger_does(
    last: PairScores, expected: list[tuple[Stance, int]]
) -> None:
    """Background in an article that also takes a side tells a reader nothing."""
    article = version(
        "The company said the verdict was being studied.",
        "The union said the verdict was much talked about.",
        "The court acquitted the banker.",
    )
    found = judge("The banker was acquitted.", article, scores(mentions=0.75), scores(mentions=0.9), last)
    assert [(f.stance, f.sentence) for f in found] == expected


def test_the_evidence_is_the_sentence_word_for_word() -> None:
    """A person must be able to search for it in the article, in its language, whatever that of the claim is."""
    text = "Le syndicat a annoncé que le tribunal a acquitté la banquière 🏦."
    article = version("Il pleut 🌧.", text, lang="fr")
    (found,) = judge("The banker was acquitted.", article, scores(), scores(confirms=0.9, updates=0.05))
    assert found.evidence == text == article.text[found.start : found.end]
    assert (found.claim_id, found.sentence, found.similarity) == ("K1", 1, 0.5)
    assert (found.asserted_by, found.manner) == ("Le syndicat", Manner.STATEMENT)
    assert found.scores == scores(confirms=0.9, updates=0.05)
    assert found.rules[-1] == "stated"


@pytest.mark.parametrize(
    ("between", "name"),
    [(0, "The coach Ana Lopes"), (rules.CONTEXT - 1, "The coach Ana Lopes"), (rules.CONTEXT, None)],
)
def test_a_speaker_is_looked_up_in_the_sentences_just_before(between: int, name: str | None) -> None:
    """Articles name a speaker once and go on with "she"; far away it may be somebody else."""
    texts = ["The coach Ana Lopes said she was tired.", *["It rained."] * between, "She denied the doping charge."]
    article = version(*texts, "The lawyer Eva Berg said little.")
    said_of = [scores()] * (between + 1) + [scores(contradicts=0.9), scores()]
    (found,) = judge("The coach ordered the doping.", article, *said_of)
    assert found.asserted_by == name


def test_two_who_deny_it_together_are_two_denials() -> None:
    """Each may take it back alone, so each is told apart, with the same words as evidence."""
    article = version("Minsk and the harbour board denied that the dam had broken.")
    first, second = judge("The dam broke.", article, scores(contradicts=0.9))
    assert [first.asserted_by, second.asserted_by] == ["Minsk", "the harbour board"]
    assert first.evidence == second.evidence == article.sentences[0].text
    assert first.utterance and second.utterance
    assert [link.name for link in second.utterance.chain] == ["the harbour board"]
    assert first.utterance.how == second.utterance.how


def test_an_article_without_candidates_has_no_findings() -> None:
    """Most articles have nothing to do with a claim."""
    assert decide(Claim("K1", "The strike is over.", "en"), version("It rained."), []) == []


@pytest.mark.parametrize(
    "sentence", ["Nine people were killed in the flood.", "The ministry declined to comment."]
)
def test_a_score_never_leaves_its_range(sentence: str) -> None:
    """Probabilities in floating point may add up to a little more than one; the database refuses that."""
    over = scores(confirms=0.56, updates=0.45, mentions=0.45)
    found = judge_one("Six people were killed.", sentence, over)
    assert found and found.score == calibrated(found.stance, 1.0) < 1


CLAIMS = (
    "Six people were killed in the flood.",
    "The mayor denied that the dam had been opened.",
    "The court may have acquitted the banker.",
    "The strike is over.",
)
SENTENCES = (
    "Nine people were killed in the flood.",
    "Six of the 20 dead were children, the fire service said.",
    "The mayor denied that the dam had been opened.",
    "The union did not deny that the strike would go on.",
    "The claim could not be independently verified.",
    "The court may have acquitted the banker.",
    "The rail union plans to strike on Friday.",
    "The coach Ana Lopes said she was tired.",
    "She denied the doping charge.",
    "Суд оправдал банкира.",
    "市長はダムを開けたとの報道を否定した。",
    "🏦",
)


@st.composite
def any_scores(draw: st.DrawFn) -> PairScores:
    parts = draw(st.lists(st.floats(0, 1), min_size=5, max_size=5).filter(lambda parts: sum(parts) > 0))
    first, second, third = (part / sum(parts[:3]) if sum(parts[:3]) else 1 / 3 for part in parts[:3])
    if draw(st.booleans()):
        return PairScores(first, second, third)
    names = [*(stance.value for stance in Stance), UNRELATED]
    loud = draw(st.sampled_from(range(5)))  # so that some outcome is likely enough to pass a threshold
    weights = [part + (4 * sum(parts) if place == loud else 0) for place, part in enumerate(parts)]
    return PairScores(first, second, third, {n: w / sum(weights) for n, w in zip(names, weights, strict=True)})


@st.composite
def any_article(draw: st.DrawFn) -> tuple[Version, list[Judged]]:
    article = version(
        *draw(st.lists(st.sampled_from(SENTENCES), max_size=10)), lang=draw(st.sampled_from(["en", None]))
    )
    near = draw(st.floats(-1, 1))
    return article, [Judged(s, near, draw(any_scores())) for s in article.sentences if draw(st.booleans())]


@given(any_article(), st.sampled_from(CLAIMS))
def test_findings_are_well_formed_whatever_the_model_says(case_: tuple[Version, list[Judged]], text: str) -> None:
    """The store and the digest rely on each of these."""
    article, judged = case_
    found = decide(Claim("K1", text, "en"), article, judged)
    assert len({(f.stance, f.asserted_by) for f in found}) == len(found)
    assert [f.sentence for f in found] == sorted({f.sentence for f in found})
    assert len(found) <= 1 or all(f.stance is not MENTIONS for f in found)
    scored = {candidate.sentence.index: candidate for candidate in judged}
    for finding in found:
        assert (
            finding.evidence == article.text[finding.start : finding.end] == scored[finding.sentence].sentence.text
        )
        assert 0 <= finding.score <= 1
        assert finding.scores is scored[finding.sentence].scores
        assert (finding.figure_old is None) == (finding.figure_new is None)
        assert finding.figure_new is None or (finding.figure_new in finding.evidence and finding.stance is UPDATES)


@given(any_article(), st.sampled_from(CLAIMS), st.sampled_from(CLAIMS))
def test_a_claim_is_decided_alone_and_always_alike(
    case_: tuple[Version, list[Judged]], text: str, other: str
) -> None:
    """Adding a claim must never change what is found for another, nor the order in which they are judged."""
    article, judged = case_
    first = decide(Claim("K1", text, "en"), article, judged)
    decide(Claim("K2", other, "en"), article, judged)
    assert decide(Claim("K1", text, "en"), article, judged) == first


@given(any_article(), st.sampled_from(CLAIMS))
def test_a_finding_is_what_its_sentence_says_alone(case_: tuple[Version, list[Judged]], text: str) -> None:
    """Other sentences decide which findings are shown, never what a sentence does to a claim."""
    article, judged = case_
    claim = Claim("K1", text, "en")
    alone = [finding for candidate in judged for finding in decide(claim, article, [candidate])]
    together = decide(claim, article, judged)
    assert all(finding in alone for finding in together)
    flags = {(f.stance, f.asserted_by) for f in alone if f.stance is not MENTIONS}
    assert {(f.stance, f.asserted_by) for f in together} == flags or not flags
    assert bool(together) == bool(alone)


ELEVENTH, CLAIM_DAY = datetime(2026, 10, 11, 8, tzinfo=UTC), date(2026, 10, 10)


def judge_dated(claim: str, sentence: str, day: datetime | None, *, claim_day: date | None = CLAIM_DAY) -> Finding:
    """Decide on a sentence of a dated article that the model takes for a contradiction."""
    article = replace(version("The dam broke.", sentence), day=day)
    judged = [Judged(article.sentences[1], 0.5, scores(contradicts=0.95))]
    (found,) = decide(Claim("K1", claim, "en", day=claim_day), article, judged, thresholds=AT)
    return found


@pytest.mark.parametrize(
    ("sentence", "day", "stance", "kind"),
    [
        # The dead do not come back: a lower count that is newer corrects, one that is older is history.
        ("At least 18 people died in the flood.", ELEVENTH, UPDATES, Kind.CORRECTION),
        ("At least 25 people died in the flood.", ELEVENTH, UPDATES, Kind.OTHER_FIGURE),
        ("At least 18 people died in the flood.", datetime(2026, 10, 9, tzinfo=UTC), MENTIONS, Kind.BACKGROUND),
        # The words of the sentence tell the day better than the article's date.
        ("As of 8 October, 12 people had died in the flood.", ELEVENTH, MENTIONS, Kind.BACKGROUND),
        ("On 8 October, police said that 12 people had died in the flood.", ELEVENTH, MENTIONS, Kind.BACKGROUND),
        # Without a day nobody can tell a correction from history.
        ("Exactly 18 people died in the flood.", None, UPDATES, Kind.OTHER_FIGURE),
    ],
)
def test_the_day_tells_what_another_figure_is(
    sentence: str, day: datetime | None, stance: Stance, kind: Kind
) -> None:
    """Never a contradiction, whatever the model says."""
    found = judge_dated("Exactly 20 people died in the flood.", sentence, day)
    assert (found.stance, found.kind) == (stance, kind)
    assert (found.figure_new is None) == (stance is MENTIONS)


def test_a_finding_keeps_through_whom_and_when() -> None:
    sentence = "Reuters reported that the minister Ana Lopes said on Thursday that 25 people died in the flood."
    found = judge_dated("Exactly 20 people died in the flood.", sentence, datetime(2026, 10, 17, tzinfo=UTC))
    assert found.utterance is not None
    assert found.asserted_by == "the minister Ana Lopes"
    assert found.utterance.through() == "Reuters"
    assert (found.utterance.day, found.utterance.dated) == (date(2026, 10, 15), True)
    assert found.utterance.earliest == found.utterance.day
    undated = judge_dated("Exactly 20 people died in the flood.", sentence, None)
    assert undated.utterance is not None
    assert (undated.utterance.day, undated.utterance.dated) == (None, False)
