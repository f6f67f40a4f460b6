import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.answers import MAX_QUESTION_LENGTH, NoAnswer, Reason
from qa.conversation import (
    MAX_TURNS,
    Exchange,
    as_searched,
    exchange_of,
    history_from_questions,
    taken_over,
)
from tests.tui.replies import SPENT, answered

MILL = Exchange("Who bought the old mill?", ("Jan Novak",))


@pytest.mark.parametrize(
    "question",
    [
        "When was it sold?",
        "Who sent him to Brussels in the spring of 2008?",
        "how much?",
        "and the price",
        "What else did the council of the village decide?",
        "by whom?",
    ],
)
def test_a_question_that_leaves_something_out_takes_the_turns_over(question: str) -> None:
    assert taken_over(question, [MILL]) == ["Who bought the old mill? Jan Novak"]


@pytest.mark.parametrize(
    "question",
    [
        "How many rated pilots does Savanna Airways need?",
        "Who signed the Prague radar treaty for the Americans?",
        "how much did the town pay for the new school roof",
    ],
)
def test_a_question_that_stands_alone_takes_nothing_over(question: str) -> None:
    assert taken_over(question, [MILL]) == []


def test_the_most_recent_turns_are_taken_over_oldest_first() -> None:
    history = [Exchange(f"Question {number}?") for number in range(MAX_TURNS + 2)]
    taken = taken_over("And then?", history)
    assert taken == [f"Question {number}?" for number in range(2, MAX_TURNS + 2)]
    assert taken_over("And then?", []) == []


def test_a_long_question_stands_alone_and_long_turns_are_cut() -> None:
    assert taken_over("Was it? " * 100, [MILL]) == []
    (taken,) = taken_over("Was it?", [Exchange("x" * 5000)])
    assert taken == "x" * 400


def test_a_short_answer_follows_its_question() -> None:
    assert Exchange("Who?", ("Jan Novak",)).text == "Who? Jan Novak"
    assert Exchange("Who?", ("", "Jan Novak")).text == "Who?"
    assert Exchange("Who?", ("n" * 61,)).text == "Who?"
    assert Exchange("Who?").text == "Who?"


def test_a_question_is_shown_after_the_turns_that_it_is_searched_with() -> None:
    assert as_searched("When?", ["Who?", "Where?"]) == "Who? | Where? | When?"
    assert as_searched("When?", []) == "When?"


def test_a_reply_becomes_a_turn_as_it_was_typed_with_the_answers_that_were_shown() -> None:
    reply = answered(question="Who sold it?")
    texts = tuple(answer.text for answer in reply.answers)
    assert exchange_of(reply) == Exchange("Who sold it?", texts)
    none = NoAnswer("Who?", "Why? | Who?", Reason.UNSURE, reply.answers, SPENT)
    assert exchange_of(none) == Exchange("Who?")


def test_small_talk_is_no_turn() -> None:
    assert history_from_questions(["Who?", "Thanks!"]) == [Exchange("Who?")]
    assert len(history_from_questions(["Who?"] * 50)) == MAX_TURNS


@given(st.text(max_size=600), st.lists(st.text(max_size=600), max_size=12))
def test_any_text_can_be_taken_over(question: str, earlier: list[str]) -> None:
    taken = taken_over(question, [Exchange(each, (each,)) for each in earlier])
    assert len(taken) <= min(MAX_TURNS, len(earlier))
    as_searched(question, taken).encode()
    assert all(len(each) <= 400 for each in taken)
    assert len("".join(taken)) <= MAX_QUESTION_LENGTH * MAX_TURNS
