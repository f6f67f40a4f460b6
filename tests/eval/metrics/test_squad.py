from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.metrics.resampling import Floats
from eval.metrics.squad import best_f1, exact_match, f1
from eval.metrics.statistics import Flags


def floats(*values: float) -> Floats:
    return np.array(values, dtype=np.float64)


def flags(*values: bool) -> Flags:
    return np.array(values, dtype=np.bool_)


@pytest.mark.parametrize(
    ("given_answer", "gold", "same", "overlap"),
    [
        ("The Czech Republic.", ["czech republic"], True, 1.0),
        ("Rice", ["Schwarzenberg", "rice"], True, 1.0),
        # Two words of three are shared: precision and recall are 2/3 each.
        ("the Czech foreign minister", ["foreign minister Karel"], False, 2 / 3),
        # The best of the accepted answers counts: 1 of 1 and 1 of 2 make 2/3.
        ("Rice", ["Dr Condoleezza Rice", "Condoleezza Rice", "Warsaw"], False, 2 / 3),
        # A repeated word is shared as often as both have it: one x and one y.
        ("x x y", ["x y y"], False, 2 / 3),
        ("Prague", ["Warsaw"], False, 0.0),
        # One code point for a letter with its accent, or two, are the same letter.
        ("Jose\u0301 Nu\u0301n\u0303ez", ["Jos\u00e9 N\u00fa\u00f1ez"], True, 1.0),
        # Nothing is left of an article (a, an, the) alone.
        ("", ["the"], True, 1.0),
        ("Prague", ["the"], False, 0.0),
        ("", ["Prague"], False, 0.0),
        ("Prague", [], False, 0.0),
        ("", [], False, 0.0),
    ],
)
def test_an_answer_is_compared_as_squad_does(
    given_answer: str, gold: list[str], same: bool, overlap: float
) -> None:
    assert exact_match(given_answer, gold) is same
    assert f1(given_answer, gold) == pytest.approx(overlap)


words = st.lists(st.sampled_from(["x", "Y", "z", "the", "."]), max_size=6).map(" ".join)


@given(words, st.lists(words, max_size=3))
def test_an_exact_match_has_an_f1_of_one(one: str, gold: list[str]) -> None:
    overlap = f1(one, gold)
    assert 0 <= overlap <= 1
    assert overlap == 1 or not exact_match(one, gold)
    assert [f1(one, [other]) for other in gold] == [f1(other, [one]) for other in gold]
    assert overlap == max([f1(one, [other]) for other in gold], default=0.0)


def test_the_best_threshold_matches_a_hand_computation() -> None:
    # Answering the first two earns 1 and 0.5, the third loses the point for a refusal, the
    # fourth earns 0.75 of that back: 1 + 0.5 + 1 (the third unanswered) = 2.5 of 4 is best.
    scores, overlaps = floats(9, 7, 5, 3), floats(1, 0.5, 0, 0.75)
    answerable = flags(True, True, False, True)
    assert best_f1(scores, overlaps, answerable) == (2.5 / 4, 7)
    # A fifth answer makes answering all of them best.
    more = best_f1(np.append(scores, 1), np.append(overlaps, 1), np.append(answerable, True))
    assert more == (3.25 / 5, 1)


def test_if_every_answer_is_worse_than_a_refusal_all_are_refused() -> None:
    assert best_f1(floats(3, 2), floats(0, 0), flags(False, False)) == (1.0, np.inf)
    assert best_f1(floats(2, 3), floats(0.5, 0.5), flags(True, True)) == (0.5, 2)


def test_questions_of_equal_score_are_all_answered_or_none() -> None:
    # Of the three at 5 the first alone would be worth it: 1 + 1 + 1 (the other two unanswered).
    scores, overlaps = floats(9, 5, 5, 5), floats(1, 1, 0, 0)
    assert best_f1(scores, overlaps, flags(True, True, False, False)) == (3 / 4, 9)
    # The same holds for questions without any span.
    without = floats(-np.inf, -np.inf, 2)
    assert best_f1(without, floats(1, 0, 1), flags(True, False, True)) == (2 / 3, 2)
    assert best_f1(without, floats(1, 0, 1), flags(True, True, True)) == (2 / 3, -np.inf)


questions = st.lists(
    st.tuples(st.integers(-3, 3) | st.floats(-50, 50), st.floats(0, 1), st.booleans()),
    min_size=1,
    max_size=12,
)


def mean_f1(some: Sequence[tuple[float, float, bool]], threshold: float) -> float:
    """Return the mean of the overlap if a question is answered, else 1 if it is unanswerable."""
    earned = [
        (overlap if answerable else 0.0) if score >= threshold else float(not answerable)
        for score, overlap, answerable in some
    ]
    return sum(earned) / len(earned)


@given(questions)
def test_no_threshold_is_better_than_the_best(some: list[tuple[float, float, bool]]) -> None:
    scores, overlaps, answerable = (np.array(column) for column in zip(*some, strict=True))
    best, threshold = best_f1(scores, overlaps, answerable)
    tried = [mean_f1(some, one) for one in (*scores.tolist(), np.inf)]
    assert best == pytest.approx(max(tried))
    assert mean_f1(some, threshold) == pytest.approx(best)
