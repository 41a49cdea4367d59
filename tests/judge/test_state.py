"""The state of a claim: from its findings, by rules that do not care in which order articles arrived."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from monitor.judge.state import Event, Standing, event_of, state_of
from monitor.records import Finding, Manner, PairScores, Stance, StoredFinding
from monitor.utterances import Firmness, How, Kind, Utterance

OCTOBER = date(2024, 10, 1)


def event(number: int, stance: Stance, **more: object) -> Event:
    plain = Event(
        finding_id=number,
        stance=stance,
        manner=Manner.DENIAL if stance is Stance.CONTRADICTS else Manner.STATEMENT,
        day=date(2024, 10, number),
        dated=False,
        actor=None,
        lang="en",
        sources=(f"outlet {number}",),
        figure=None,
        kind=Kind.STATEMENT,
        evidence=f"Sentence {number}.",
    )
    return replace(plain, **more)  # type: ignore[arg-type]  # a test names fields as it needs them


CONFIRMS, DENIES, UPDATES, MENTIONS = Stance.CONFIRMS, Stance.CONTRADICTS, Stance.UPDATES, Stance.MENTIONS


def test_a_claim_that_is_only_talked_about_is_open() -> None:
    assert state_of([]).standing is Standing.OPEN
    state = state_of([event(1, MENTIONS)])
    assert (state.standing, state.since, state.rests_on) == (Standing.OPEN, None, ())


def test_one_source_reports_and_two_confirm() -> None:
    one = state_of([event(1, CONFIRMS), event(2, CONFIRMS, sources=("outlet 1",))])
    assert (one.standing, one.confirmed_by, one.since) == (Standing.REPORTED, 1, date(2024, 10, 1))
    two = state_of([event(1, CONFIRMS), event(3, CONFIRMS)])
    assert (two.standing, two.confirmed_by, two.since, two.rests_on) == (
        Standing.CONFIRMED,
        2,
        date(2024, 10, 3),
        (1, 3),
    )


def test_a_denial_disputes_and_names_who() -> None:
    state = state_of([event(1, CONFIRMS, actor="the mayor"), event(2, DENIES, actor="the ministry")])
    assert state.standing is Standing.DISPUTED
    assert state.since == date(2024, 10, 2)
    assert state.actors == ("the mayor",)
    (denial,) = state.denials
    assert (denial.actor, denial.words, denial.day) == ("the ministry", "Sentence 2.", date(2024, 10, 2))


def test_what_is_likelier_read_wrong_than_right_says_nothing_about_how_a_claim_stands() -> None:
    """A wrong "disputed" over a claim costs more than a denial that stands below it with its 36%."""
    unsure = event(2, DENIES, actor="the ministry", score=0.49)
    state = state_of([event(1, CONFIRMS), unsure])
    assert (state.standing, state.denials, state.rests_on) == (Standing.REPORTED, (), (1,))
    assert state_of([event(1, CONFIRMS), replace(unsure, score=0.5)]).standing is Standing.DISPUTED


def test_an_old_denial_told_again_is_linked_and_not_counted_again() -> None:
    again = event(20, DENIES, actor="пресс-секретарь Анна Линд", lang="ru", day=date(2024, 10, 2), dated=True)
    state = state_of([event(2, DENIES, actor="spokeswoman Anna Lind"), again])
    (denial,) = state.denials
    assert denial.day == date(2024, 10, 2)
    assert {denial.finding_id, *denial.repeats} == {2, 20}


def test_a_state_that_denies_in_two_languages_denies_once() -> None:
    state = state_of([event(1, DENIES, actor="Moscow"), event(2, DENIES, actor="Москве", lang="ru")])
    (denial,) = state.denials
    assert {denial.finding_id, *denial.repeats} == {1, 2}


def test_two_who_deny_are_two_denials() -> None:
    state = state_of([event(1, DENIES, actor="Anna Lind"), event(2, DENIES, actor="Karl Berg")])
    assert [d.actor for d in state.denials] == ["Anna Lind", "Karl Berg"]


def test_two_who_deny_in_one_sentence_are_two_denials() -> None:
    together = [event(n, DENIES, actor=who, evidence="Both denied it.") for n, who in ((1, "Minsk"), (2, "Hanoi"))]
    assert [d.actor for d in state_of(together).denials] == ["Minsk", "Hanoi"]
    copied = [event(n, DENIES, actor="The spokesman", anybody=True, evidence="It is a lie.") for n in (1, 2)]
    assert len(state_of(copied).denials) == 1


def test_what_somebody_does_or_an_office_alone_says_admits_nothing() -> None:
    """A paper's word that Minsk signed it is not Minsk's; "the spokesman" may be another one each time."""
    denial = event(2, DENIES, actor="Minsk")
    assert state_of([denial, event(9, CONFIRMS, actor="Minsk", acts=True)]).standing is Standing.DISPUTED
    assert state_of([denial, event(9, CONFIRMS, actor="Minsk")]).standing is Standing.ADMITTED
    office = event(2, DENIES, actor="The spokesman", anybody=True)
    assert (
        state_of([office, event(9, CONFIRMS, actor="The spokesman", anybody=True)]).standing is Standing.DISPUTED
    )


def test_a_former_denier_who_confirms_closes_the_denial() -> None:
    denial = event(2, DENIES, actor="spokeswoman Anna Lind")
    owns_up = event(9, CONFIRMS, actor="Anna Lind")
    state = state_of([denial, owns_up])
    assert (state.standing, state.since) == (Standing.ADMITTED, date(2024, 10, 9))
    assert state.denials[0].closed_by == 9


def test_what_was_confirmed_before_the_denial_does_not_close_it() -> None:
    state = state_of([event(1, CONFIRMS, actor="Anna Lind"), event(2, DENIES, actor="Anna Lind")])
    assert state.standing is Standing.DISPUTED


def test_an_undated_article_neither_admits_nor_moves_a_figure() -> None:
    denial = event(2, DENIES, actor="Anna Lind")
    assert state_of([denial, event(9, CONFIRMS, actor="Anna Lind", day=None)]).standing is Standing.DISPUTED
    assert state_of([event(1, UPDATES, figure="20", day=None)]).figures == ()


def test_a_figure_that_moves_is_a_series() -> None:
    moves = [event(1, UPDATES, figure="12"), event(5, UPDATES, figure="20"), event(6, UPDATES, figure="20")]
    state = state_of(moves)
    assert state.standing is Standing.FIGURE_MOVED
    assert [(p.figure, p.day.day) for p in state.figures] == [("12", 1), ("20", 5)]
    assert state.since == date(2024, 10, 5)


def dead(number: int, figure: str, **more: object) -> Event:
    return event(number, UPDATES, figure=figure, evidence=f"{figure} people died in the flood.", **more)


def test_a_count_that_only_grows_is_corrected_when_it_falls() -> None:
    """Against the figure before it, not only against the claim's."""
    state = state_of([dead(2, "18"), dead(1, "20"), dead(4, "25"), dead(5, "9", day=None)])
    assert [(p.figure, p.corrects) for p in state.figures] == [("20", None), ("18", "20"), ("25", None)]
    first = state_of([dead(2, "18", kind=Kind.CORRECTION, corrects="20")])
    assert [(p.figure, p.corrects) for p in first.figures] == [("18", "20")]


def test_an_event_is_what_the_finding_keeps() -> None:
    """Nothing is read anew from the sentence; what was not kept is not guessed."""
    said = Utterance((), How.DENIES, Firmness.FACT, OCTOBER, date(2024, 10, 2), dated=True)
    finding = Finding(
        "C1", DENIES, Manner.DENIAL, 0, 0, 9, "On Friday he denied it.", "he", "20", "18", 0.9, 0.5,
        PairScores(0, 0, 1), ("denial",), Kind.CORRECTION, said,
    )  # fmt: skip
    at = datetime(2024, 10, 9, tzinfo=UTC)
    stored = StoredFinding(7, finding, "A claim.", 1, "https://a.example", "A", "T", "en", at, at, "fake", "4")
    found = event_of(stored, sources=("A",))
    assert (found.day, found.dated, found.kind, found.corrects) == (date(2024, 10, 2), True, Kind.CORRECTION, "20")
    assert found.score == 0.9
    old = event_of(replace(stored, finding=replace(finding, kind=None, utterance=None)), sources=("A",))
    assert (old.day, old.dated, old.kind, old.corrects) == (None, False, Kind.STATEMENT, None)


def test_what_is_taken_back_is_retracted() -> None:
    state = state_of([event(1, CONFIRMS), event(3, UPDATES, kind=Kind.RETRACTION, actor="the newspaper")])
    assert (state.standing, state.rests_on) == (Standing.RETRACTED, (3,))


EVENTS = st.builds(
    event,
    st.integers(1, 28),
    st.sampled_from(Stance),
    actor=st.sampled_from([None, "Anna Lind", "spokeswoman Lind", "Анна Линд", "Karl Berg", "the ministry"]),
    sources=st.sampled_from([("a",), ("b",), ("c", "b"), ("c",)]),
    figure=st.sampled_from([None, "12", "20"]),
    evidence=st.sampled_from(["Some 12 people died.", "20 people died on Monday.", "It is over."]),
    day=st.one_of(st.none(), st.dates(date(2024, 10, 1), date(2024, 10, 4))),
    kind=st.sampled_from([Kind.STATEMENT, Kind.RETRACTION, Kind.BACKGROUND]),
    dated=st.booleans(),
)


@given(st.lists(EVENTS, max_size=12, unique_by=lambda e: e.finding_id), st.randoms(use_true_random=False))
def test_the_order_of_arrival_changes_nothing(events: list[Event], chance: object) -> None:
    shuffled = list(events)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis hands over a random.Random
    assert state_of(shuffled) == state_of(events)
