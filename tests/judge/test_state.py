"""The state of a claim: from its findings, by rules that do not care in which order articles arrived."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from monitor.judge.state import Event, Standing, state_of
from monitor.records import Kind, Manner, Stance

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


def test_an_old_denial_told_again_is_linked_and_not_counted_again() -> None:
    again = event(20, DENIES, actor="пресс-секретарь Анна Линд", lang="ru", day=date(2024, 10, 2), dated=True)
    state = state_of([event(2, DENIES, actor="spokeswoman Anna Lind"), again])
    (denial,) = state.denials
    assert denial.day == date(2024, 10, 2)
    assert {denial.finding_id, *denial.repeats} == {2, 20}


def test_two_who_deny_are_two_denials() -> None:
    state = state_of([event(1, DENIES, actor="Anna Lind"), event(2, DENIES, actor="Karl Berg")])
    assert [d.actor for d in state.denials] == ["Anna Lind", "Karl Berg"]


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
    kind=st.sampled_from([Kind.STATEMENT, Kind.RETRACTION, Kind.BACKGROUND]),
    dated=st.booleans(),
)


@given(st.lists(EVENTS, max_size=12, unique_by=lambda e: e.finding_id), st.randoms(use_true_random=False))
def test_the_order_of_arrival_changes_nothing(events: list[Event], chance: object) -> None:
    shuffled = list(events)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis hands over a random.Random
    assert state_of(shuffled) == state_of(events)
