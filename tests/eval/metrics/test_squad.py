from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.metrics.squad import (
    Flags,
    Floats,
    auroc,
    best_f1,
    calibration_error,
    exact_match,
    f1,
    risk_at,
)


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
        # A word said twice is shared as often as both say it: one x and one y.
        ("x x y", ["x y y"], False, 2 / 3),
        ("Prague", ["Warsaw"], False, 0.0),
        # Of nothing but an article nothing is left.
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
def test_an_exact_match_overlaps_wholly_and_the_overlap_is_a_share(
    one: str, gold: list[str]
) -> None:
    overlap = f1(one, gold)
    assert 0 <= overlap <= 1
    assert overlap == 1 or not exact_match(one, gold)
    assert [f1(one, [other]) for other in gold] == [f1(other, [one]) for other in gold]
    assert overlap == max([f1(one, [other]) for other in gold], default=0.0)


def test_the_best_threshold_by_hand() -> None:
    # Answering the first two earns 1 and 0.5, the third costs the point for its silence, the
    # fourth earns 0.75 of that back: 1 + 0.5 + 1 (the third unanswered) = 2.5 of 4 is best.
    scores, overlaps = floats(9, 7, 5, 3), floats(1, 0.5, 0, 0.75)
    answerable = flags(True, True, False, True)
    assert best_f1(scores, overlaps, answerable) == (2.5 / 4, 7)
    # Worth it again where the last answer earns as much as the silence and more.
    more = best_f1(np.append(scores, 1), np.append(overlaps, 1), np.append(answerable, True))
    assert more == (3.25 / 5, 1)


def test_where_every_answer_is_worse_than_silence_none_is_given() -> None:
    assert best_f1(floats(3, 2), floats(0, 0), flags(False, False)) == (1.0, np.inf)
    assert best_f1(floats(2, 3), floats(0.5, 0.5), flags(True, True)) == (0.5, 2)


def test_questions_of_one_score_are_all_answered_or_none() -> None:
    # Of the three at 5 the first alone would be worth it: 1 + 1 + 1 (the other two unanswered).
    scores, overlaps = floats(9, 5, 5, 5), floats(1, 1, 0, 0)
    assert best_f1(scores, overlaps, flags(True, True, False, False)) == (3 / 4, 9)
    # Those without any answer, too.
    without = floats(-np.inf, -np.inf, 2)
    assert best_f1(without, floats(1, 0, 1), flags(True, False, True)) == (2 / 3, 2)
    assert best_f1(without, floats(1, 0, 1), flags(True, True, True)) == (2 / 3, -np.inf)


questions = st.lists(
    st.tuples(st.integers(-3, 3) | st.floats(-50, 50), st.floats(0, 1), st.booleans()),
    min_size=1,
    max_size=12,
)


def mean_f1(some: Sequence[tuple[float, float, bool]], threshold: float) -> float:
    """Mean over the questions: the overlap where one is answered, else 1 if it has no answer."""
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


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        # Of four pairs of a positive and a negative one three are in order.
        ([0.1, 0.4, 0.35, 0.8], 0.75),
        ([0.1, 0.2, 0.3, 0.4], 1.0),
        ([0.4, 0.3, 0.2, 0.1], 0.0),
        # A tie is half in order.
        ([0.5, 0.5, 0.5, 0.5], 0.5),
    ],
)
def test_auroc_is_the_share_of_pairs_in_order(scores: list[float], expected: float) -> None:
    assert auroc(floats(*scores), flags(False, False, True, True)) == pytest.approx(expected)


def test_the_calibration_error_by_hand() -> None:
    # |0.05 - 0| and |0.15 - 1| weigh a quarter each, |0.975 - 1| a half.
    confidences, right = floats(0.05, 0.15, 0.95, 1.0), floats(0, 1, 1, 1)
    expected = 0.05 / 4 + 0.85 / 4 + 0.025 / 2
    assert calibration_error(confidences, right) == pytest.approx(expected)
    # In one bin alone: |0.5375 - 0.75|.
    assert calibration_error(confidences, right, bins=1) == pytest.approx(0.2125)


def test_who_is_right_as_often_as_sure_has_no_calibration_error() -> None:
    assert calibration_error(floats(0.25, 0.25, 0.25, 0.25), floats(0, 1, 0, 0)) == 0
    assert calibration_error(floats(0.0, 1.0), floats(0, 1)) == 0
    assert calibration_error(floats(0.0, 1.0), floats(1, 0)) == 1


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1), st.integers(1, 20))
def test_the_calibration_error_is_at_least_that_of_one_bin_and_at_most_one(
    some: list[tuple[float, bool]], bins: int
) -> None:
    confidences, right = floats(*(one for one, _ in some)), floats(*(one for _, one in some))
    error = calibration_error(confidences, right, bins)
    assert abs(confidences.mean() - right.mean()) - 1e-9 <= error <= 1 + 1e-9


@pytest.mark.parametrize(
    ("coverage", "risk"),
    # The surest are right, wrong, right and wrong; one is taken at least.
    [(0.01, 0.0), (0.25, 0.0), (0.5, 1 / 2), (0.75, 1 / 3), (1.0, 1 / 2)],
)
def test_risk_is_the_share_wrong_among_the_surest(coverage: float, risk: float) -> None:
    confidences, right = floats(0.6, 0.9, 0.7, 0.8), floats(0, 1, 1, 0)
    assert risk_at(confidences, right, coverage) == pytest.approx(risk)
