import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.training.perturbed import (
    ANTONYMS,
    Perturbation,
    negate,
    swap_antonym,
    swap_name,
    swap_number,
    unanswerable,
)

CONTEXT = (
    "In 2008 the United States and Poland signed a treaty. Ten rockets, said Warsaw, would be "
    "enough until 2012. Later the envoy Dmitry Rogozin met Anders Rasmussen in Brussels, and on "
    "3 May he met him again for 45 minutes."
)


def changed(
    perturb: Perturbation, question: str, *answers: str, context: str = CONTEXT
) -> set[str | None]:
    """Return all that a kind makes of a question, over many seeds."""
    return {perturb(question, context, answers, random.Random(seed)) for seed in range(200)}


def questions(
    perturb: Perturbation, question: str, *answers: str, context: str = CONTEXT
) -> set[str]:
    """Return the questions among these."""
    return set(filter(None, changed(perturb, question, *answers, context=context)))


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
        # A word with several antonyms is replaced by each of them.
        (
            "Who left first?",
            {f"Who {one} first?" for one in ("right", "joined", "remained")} | {"Who left last?"},
        ),
        # Only complete words are replaced.
        ("Who overturned the firstborn?", {None}),
        ("", {None}),
    ],
)
def test_a_word_is_replaced_by_an_antonym(question: str, expected: set[str | None]) -> None:
    assert changed(swap_antonym, question) == expected


def test_antonyms_are_mutual_and_no_word_is_its_own() -> None:
    assert len(ANTONYMS) > 200
    assert set(ANTONYMS["left"]) == {"right", "joined", "remained"}
    for word, others in ANTONYMS.items():
        assert re.fullmatch("[a-z]+", word)
        assert word not in others
        assert len(set(others)) == len(others)
        assert all(word in ANTONYMS[other] for other in others)


def test_a_number_is_replaced_by_another_of_the_context_or_one_near_it() -> None:
    found = questions(swap_number, "Who signed in 2008?", "Poland")
    assert "Who signed in 2012?" in found
    numbers = {int(one.removeprefix("Who signed in ").rstrip("?")) for one in found}
    assert numbers - {2012} <= set(range(2008 - 25, 2008 + 26)) - {2008}
    assert len(numbers) > 20


@pytest.mark.parametrize(
    "question", ["Who signed in 2009?", "Who signed?", "Who of the 27b signed?", ""]
)
def test_a_number_that_is_not_in_the_context_is_left_alone(question: str) -> None:
    assert changed(swap_number, question) == {None}


def test_a_number_is_not_replaced_by_one_of_another_length() -> None:
    found = questions(swap_number, "Who spoke for 45 minutes?")
    assert {one for one in found if re.search(r" (?:3|2008|2012) ", one)} == set()
    assert "Who spoke for 44 minutes?" in found


def test_a_number_with_commas_is_one_number() -> None:
    context = "They paid 1,500 then and 2,750 later, all in all 4.5 million."
    found = questions(swap_number, "Who paid 1,500?", context=context)
    assert "Who paid 2,750?" in found
    assert all(re.fullmatch(r"Who paid (2,750|1[45]\d\d)\?", one) for one in found)


def test_the_number_one_is_always_replaced() -> None:
    question = "What was it on day 1?"
    assert question not in changed(swap_number, question, context="On day 1 it rained.")


OTHERS = ("Poland", "Warsaw", "United States", "May")


@pytest.mark.parametrize(
    ("question", "answers", "expected"),
    [
        # `Later`, `Ten` and `In` begin sentences.
        ("What did Poland sign?", ["a treaty"],
         {"What did Warsaw sign?", "What did Brussels sign?", "What did Dmitry Rogozin sign?",
          "What did Anders Rasmussen sign?", "What did United States sign?", "What did May sign?"}),
        # Neither the answer nor a name of the question replaces another.
        (
            "Where did Dmitry Rogozin meet Anders Rasmussen?",
            ["Brussels"],
            {
                *(f"Where did {one} meet Anders Rasmussen?" for one in OTHERS),
                *(f"Where did Dmitry Rogozin meet {one}?" for one in OTHERS),
            },
        ),
        ("What did Norway sign?", ["a treaty"], {None}),
        ("Poland signed what?", ["a treaty"], {None}),
        ("what was signed?", ["a treaty"], {None}),
        ("", [""], {None}),
    ],
)  # fmt: skip
def test_a_name_is_replaced_by_another_of_the_context(
    question: str, answers: list[str], expected: set[str | None]
) -> None:
    found = changed(swap_name, question, *answers)
    assert found <= expected
    assert question not in found
    assert len(found) >= min(4, len(expected))


def test_a_name_is_left_alone_if_the_context_has_no_other() -> None:
    context = "Poland signed. Warsaw was glad."
    # `Warsaw` begins a sentence, so it may not be a name.
    assert changed(swap_name, "What did Poland sign?", context=context) == {None}


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Who was there?", "Who wasn't there?"),
        ("Can ships pass?", "Can't ships pass?"),
        ("Who can pass?", "Who can't pass?"),
        ("Who will go?", "Who won't go?"),
        ("Did it and does it?", "Didn't it and does it?"),
        ("Which areas have ports?", "Which areas haven't ports?"),
        ("Who signed the treaty?", None),
        ("Who wasn't there?", None),
        ("Why can't ships pass?", None),
        ("", None),
    ],
)
def test_a_question_is_negated_at_its_first_auxiliary(question: str, expected: str | None) -> None:
    assert changed(negate, question) == {expected}


def test_every_kind_is_used() -> None:
    question = "In 2008, who built the largest base with Poland and was glad?"
    found = {
        unanswerable(question, CONTEXT, ["Dmitry Rogozin"], random.Random(seed))
        for seed in range(400)
    }
    assert None not in found
    assert question not in found
    for part in ("2012, who", "smallest", "with Warsaw", "wasn't"):
        assert any(one and part in one for one in found), part


@pytest.mark.parametrize("question", ["Who signed it?", "", "?", "Why?"])
def test_a_question_to_which_no_kind_applies_is_left_out(question: str) -> None:
    assert changed(unanswerable, question, "Poland") == {None}


def test_the_same_seed_makes_the_same_question() -> None:
    question = "In 2008, who built the largest base with Poland and was glad?"
    one, two = (
        [unanswerable(question, CONTEXT, ["x"], random.Random(seed)) for seed in range(50)]
        for _ in range(2)
    )
    assert one == two


@pytest.mark.parametrize(
    ("perturb", "question", "answer"),
    [
        (swap_number, "Until when, after 2008, are ten enough?", "2012"),
        (swap_number, "When, 4 years after 2008, is it over?", "until 2012"),
        (swap_name, "Whom did Poland send?", "Dmitry Rogozin"),
        (swap_name, "Whom did Anders Rasmussen meet?", "the envoy Rogozin"),
        (swap_antonym, "Was it before the treaty?", "after 2012"),
    ],
)
def test_no_kind_puts_the_answer_into_the_question(
    perturb: Perturbation, question: str, answer: str
) -> None:
    words = set(re.findall(r"\w+", answer))
    for one in questions(perturb, question, answer):
        assert not words & set(re.findall(r"\w+", one))


WORDS = (
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
    st.lists(st.sampled_from(WORDS), max_size=6), st.sampled_from(ANSWERS), st.integers(0, 10**6)
)
def test_words_of_the_answer_never_go_into_the_question(
    words: list[str], answer: str, seed: int
) -> None:
    found = unanswerable(" ".join(["What", *words]), CONTEXT, [answer], random.Random(seed))
    assert not set(answer.split()) & set(re.findall(r"\w+", found or ""))


@given(st.text(max_size=40), st.text(max_size=80), st.text(max_size=9), st.integers(0, 10**6))
def test_a_perturbed_question_differs_from_the_original(
    question: str, context: str, answer: str, seed: int
) -> None:
    assert unanswerable(question, context, [answer], random.Random(seed)) != question
