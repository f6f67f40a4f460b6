import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.training.perturbed import (
    _OPPOSITES,
    Swap,
    _negated,
    _opposite,
    _other_name,
    _other_number,
    unanswerable,
)

CONTEXT = (
    "In 2008 the United States and Poland signed a treaty. Ten rockets, said Warsaw, would be "
    "enough until 2012. Later the envoy Dmitry Rogozin met Anders Rasmussen in Brussels, and on "
    "3 May he met him again for 45 minutes."
)


def turned(swap: Swap, question: str, *answers: str, context: str = CONTEXT) -> set[str]:
    """All that a kind makes of a question, over many seeds."""
    return {swap(question, context, answers, random.Random(seed)) for seed in range(200)}


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        (
            "Who built the largest dam?",
            {"Who demolished the largest dam?", "Who built the smallest dam?"},
        ),
        ("First of all", {"Last of all", "First of none"}),
        ("What did people say BEFORE it?", {"What did people say After it?"}),
        ("Where does it begin?", {"Where does it end?"}),
        # A word with several opposites is turned into each of them.
        (
            "Who left first?",
            {f"Who {one} first?" for one in ("right", "joined", "remained")} | {"Who left last?"},
        ),
        # A word inside of another is none.
        ("Who overturned the firstborn?", {""}),
        ("", {""}),
    ],
)
def test_an_opposite_takes_the_place_of_a_word(question: str, expected: set[str]) -> None:
    assert turned(_opposite, question) == expected


def test_a_word_is_the_opposite_of_its_opposites_and_not_of_itself() -> None:
    assert len(_OPPOSITES) > 200
    assert set(_OPPOSITES["left"]) == {"right", "joined", "remained"}
    for word, others in _OPPOSITES.items():
        assert re.fullmatch("[a-z]+", word)
        assert word not in others
        assert len(set(others)) == len(others)
        assert all(word in _OPPOSITES[other] for other in others)


def test_another_number_of_the_context_or_one_near_it_takes_a_number_s_place() -> None:
    found = turned(_other_number, "Who signed in 2008?", "Poland")
    assert "Who signed in 2012?" in found
    numbers = {int(one.removeprefix("Who signed in ").rstrip("?")) for one in found}
    assert numbers - {2012} <= set(range(2008 - 25, 2008 + 26)) - {2008}
    assert len(numbers) > 20


@pytest.mark.parametrize(
    "question", ["Who signed in 2009?", "Who signed?", "Who of the 27b signed?", ""]
)
def test_a_number_that_the_context_lacks_is_left_alone(question: str) -> None:
    assert turned(_other_number, question) == {""}


def test_a_number_of_another_length_does_not_take_its_place() -> None:
    found = turned(_other_number, "Who spoke for 45 minutes?")
    assert {one for one in found if re.search(r" (?:3|2008|2012) ", one)} == set()
    assert "Who spoke for 44 minutes?" in found


def test_a_number_with_commas_is_one_number() -> None:
    context = "They paid 1,500 then and 2,750 later, all in all 4.5 million."
    found = turned(_other_number, "Who paid 1,500?", context=context)
    assert "Who paid 2,750?" in found
    assert all(re.fullmatch(r"Who paid (2,750|1[45]\d\d)\?", one) for one in found)


def test_the_number_one_never_stays_as_it_was() -> None:
    question = "What was it on day 1?"
    assert question not in turned(_other_number, question, context="On day 1 it rained.")


OTHERS = ("Poland", "Warsaw", "United States", "May")


@pytest.mark.parametrize(
    ("question", "answers", "expected"),
    [
        # Warsaw, Brussels and Anders Rasmussen are in the midst of sentences; `Later`, `Ten` and
        # `In` begin one. `United States` is three words with `the`, one more than `Poland`'s.
        ("What did Poland sign?", ["a treaty"],
         {"What did Warsaw sign?", "What did Brussels sign?", "What did Dmitry Rogozin sign?",
          "What did Anders Rasmussen sign?", "What did United States sign?", "What did May sign?"}),
        # Neither the answer nor a name that the question has takes another's place.
        (
            "Where did Dmitry Rogozin meet Anders Rasmussen?",
            ["Brussels"],
            {
                *(f"Where did {one} meet Anders Rasmussen?" for one in OTHERS),
                *(f"Where did Dmitry Rogozin meet {one}?" for one in OTHERS),
            },
        ),
        ("What did Norway sign?", ["a treaty"], {""}),
        ("Poland signed what?", ["a treaty"], {""}),
        ("what was signed?", ["a treaty"], {""}),
        ("", [""], {""}),
    ],
)  # fmt: skip
def test_another_name_of_the_context_takes_a_name_s_place(
    question: str, answers: list[str], expected: set[str]
) -> None:
    found = turned(_other_name, question, *answers)
    assert found <= expected
    assert question not in found or not question
    assert len(found) >= min(4, len(expected))


def test_where_the_context_has_no_other_name_nothing_is_turned() -> None:
    context = "Poland signed. Warsaw was glad."
    # `Warsaw` begins a sentence: who knows whether it is a name.
    assert turned(_other_name, "What did Poland sign?", context=context) == {""}


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Who was there?", "Who wasn't there?"),
        ("Can ships pass?", "Can't ships pass?"),
        ("Who can pass?", "Who can't pass?"),
        ("Who will go?", "Who won't go?"),
        ("Did it and does it?", "Didn't it and does it?"),
        ("Which areas have ports?", "Which areas haven't ports?"),
        ("Who signed the treaty?", ""),
        ("Who wasn't there?", ""),
        ("Why can't ships pass?", ""),
        ("", ""),
    ],
)
def test_a_question_is_negated_at_its_first_auxiliary(question: str, expected: str) -> None:
    assert turned(_negated, question) == {expected}


def test_each_kind_gets_its_turn() -> None:
    question = "In 2008, who built the largest base with Poland and was glad?"
    found = {
        unanswerable(question, CONTEXT, ["Dmitry Rogozin"], random.Random(seed))
        for seed in range(400)
    }
    assert "" not in found
    assert question not in found
    for part in ("2012, who", "smallest", "with Warsaw", "wasn't"):
        assert any(part in one for one in found), part


@pytest.mark.parametrize("question", ["Who signed it?", "", "?", "Why?"])
def test_where_no_kind_applies_nothing_is_made(question: str) -> None:
    assert turned(unanswerable, question, "Poland") == {""}


def test_the_same_chance_makes_the_same_question() -> None:
    question = "In 2008, who built the largest base with Poland and was glad?"
    one, two = (
        [unanswerable(question, CONTEXT, ["x"], random.Random(seed)) for seed in range(50)]
        for _ in range(2)
    )
    assert one == two


@pytest.mark.parametrize(
    ("swap", "question", "answer"),
    [
        (_other_number, "Until when, after 2008, are ten enough?", "2012"),
        (_other_number, "When, 4 years after 2008, is it over?", "until 2012"),
        (_other_name, "Whom did Poland send?", "Dmitry Rogozin"),
        (_other_name, "Whom did Anders Rasmussen meet?", "the envoy Rogozin"),
        (_opposite, "Was it before the treaty?", "after 2012"),
    ],
)
def test_no_kind_puts_the_answer_into_the_question(swap: Swap, question: str, answer: str) -> None:
    words = set(re.findall(r"\w+", answer))
    for one in turned(swap, question, answer):
        assert not words & set(re.findall(r"\w+", one))


ASKED = (
    "Poland",
    "Anders Rasmussen",
    "Warsaw",
    "2008",
    "45",
    "3",
    "before",
    "was",
    "who",
    "largest",
)
ANSWERS = (
    "Rogozin",
    "Dmitry",
    "Brussels",
    "2012",
    "May",
    "smallest",
    "after",
    "United States",
    "44",
)


@given(
    st.lists(st.sampled_from(ASKED), max_size=6),
    st.sampled_from(ANSWERS),
    st.integers(0, 10**6),
)
def test_the_answer_s_own_words_never_go_into_the_question(
    asked: list[str], answer: str, seed: int
) -> None:
    found = unanswerable(" ".join(["What", *asked]), CONTEXT, [answer], random.Random(seed))
    assert not set(answer.split()) & set(re.findall(r"\w+", found))


@given(st.text(max_size=40), st.text(max_size=80), st.text(max_size=9), st.integers(0, 10**6))
def test_whatever_the_words_a_question_made_is_another_one(
    question: str, context: str, answer: str, seed: int
) -> None:
    found = unanswerable(question, context, [answer], random.Random(seed))
    assert not found or found != question
