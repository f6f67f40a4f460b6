"""Statistics match hand computations, libraries, and really repeated questions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.metrics import resampling
from eval.metrics.resampling import RESAMPLES, Floats, Measure, Statistic, estimate, resampled
from eval.metrics.statistics import (
    Flags,
    auroc,
    auroc_of,
    calibration_error,
    calibration_error_of,
    mean_of,
    quantile_of,
    risk_area_of,
    risk_at,
    share_of,
)

CONFIDENCES = np.array([0.9, 0.8, 0.8, 0.3])
RIGHT = np.array([1.0, 0.0, 1.0, 0.0])


def floats(*values: float) -> Floats:
    return np.array(values, dtype=np.float64)


def flags(*values: bool) -> Flags:
    return np.array(values, dtype=np.bool_)


def once(statistic: Statistic, *weights: float) -> float:
    return float(statistic(np.array([weights or (1, 1, 1, 1)], dtype=np.float64))[0])


def test_a_mean_counts_each_question_by_its_weight() -> None:
    assert once(mean_of(RIGHT)) == 0.5
    assert once(mean_of(RIGHT), 3, 1, 0, 0) == 0.75


def test_a_share_is_of_its_total() -> None:
    part, total = np.array([True, True, False, False]), np.array([True, False, True, True])
    assert once(share_of(part, total)) == pytest.approx(1 / 3)
    assert once(share_of(part, total), 2, 5, 1, 1) == 0.5


@pytest.mark.parametrize(
    ("share", "value"), [(0.25, 1.0), (0.5, 2.0), (0.51, 3.0), (0.95, 4.0), (1.0, 4.0)]
)
def test_a_quantile_is_the_nearest_rank(share: float, value: float) -> None:
    assert once(quantile_of(np.array([4.0, 1.0, 3.0, 2.0]), share)) == value


def test_auroc_counts_pairs_and_half_of_a_tie() -> None:
    # Right at 0.9 beats 0.8 and 0.3; right at 0.8 ties with 0.8 and beats 0.3: 3.5 of 4.
    assert once(auroc_of(CONFIDENCES, RIGHT.astype(bool))) == 3.5 / 4
    # The wrong 0.8 three times: 2 · 4 pairs; 4 won by 0.9, 3 halves and 1 by 0.8.
    assert once(auroc_of(CONFIDENCES, RIGHT.astype(bool)), 1, 3, 1, 1) == 6.5 / 8


def test_the_calibration_error_is_the_gap_in_each_bin() -> None:
    # Of 10 bins: |0.9 - 1| · 1/4 + |0.8 - 0.5| · 2/4 + |0.3 - 0| · 1/4.
    assert once(calibration_error_of(CONFIDENCES, RIGHT, 10)) == pytest.approx(0.25)
    # Of one bin: |0.7 - 0.5|.
    assert once(calibration_error_of(CONFIDENCES, RIGHT, 1)) == pytest.approx(0.2)


def test_full_confidence_is_in_the_last_bin() -> None:
    assert once(calibration_error_of(np.ones(4), np.ones(4), 10)) == 0


def test_risk_area_is_the_mean_risk_over_coverages_with_ties_as_one_step() -> None:
    # Risks: 0 for the first; 1/3 for both at 0.8; 2/4 for the last.
    assert once(risk_area_of(CONFIDENCES, RIGHT)) == pytest.approx((0 + 1 / 3 + 1 / 3 + 0.5) / 4)


scored = st.lists(
    st.tuples(st.sampled_from([0.05, 0.2, 0.25, 0.5, 0.85, 1.0]), st.booleans(), st.integers(0, 3)),
    min_size=2,
    max_size=12,
).filter(lambda rows: len({right for _, right, weight in rows if weight}) == 2)


@given(scored)
def test_a_weight_equals_repeating_the_question(rows: list[tuple[float, bool, int]]) -> None:
    from sklearn.metrics import roc_auc_score

    confidences = np.array([row[0] for row in rows])
    right = np.array([float(row[1]) for row in rows])
    weights = np.array([row[2] for row in rows])
    repeated, right_repeated = np.repeat(confidences, weights), np.repeat(right, weights)
    ones = np.ones((1, len(repeated)))

    def same(here: Statistic, there: Statistic) -> None:
        assert once(here, *weights) == pytest.approx(float(there(ones)[0]))

    same(mean_of(right), mean_of(right_repeated))
    same(risk_area_of(confidences, right), risk_area_of(repeated, right_repeated))
    same(
        calibration_error_of(confidences, right, 10),
        calibration_error_of(repeated, right_repeated, 10),
    )
    assert once(auroc_of(confidences, right == 1), *weights) == pytest.approx(
        roc_auc_score(right_repeated, repeated)
    )
    for share in (0.5, 0.95):
        assert once(quantile_of(confidences, share), *weights) == np.quantile(
            repeated, share, method="inverted_cdf"
        )


def test_every_resample_draws_all_questions_and_is_reproducible() -> None:
    rows = np.concatenate(list(resampled(7)))
    assert rows.shape == (RESAMPLES, 7)
    assert (rows.sum(axis=1) == 7).all()
    assert abs(rows.mean() - 1) < 1e-9
    assert (rows.max(axis=1) > 1).any()
    assert (np.concatenate(list(resampled(7))) == rows).all()


def test_resamples_of_many_questions_come_in_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resampling, "_MAX_WEIGHTS", 100_000)
    parts = list(resampled(300))
    assert len(parts) > 1
    assert sum(len(part) for part in parts) == RESAMPLES
    assert all((part.sum(axis=1) == 300).all() for part in parts)


def test_the_interval_of_a_mean_is_close_to_the_normal_one() -> None:
    values = np.array([1.0] * 60 + [0.0] * 40)
    (figure,) = estimate([Measure("m", mean_of(values))], 100)
    assert figure.value == 0.6
    half = 1.96 * (0.6 * 0.4 / 100) ** 0.5
    assert figure.low == pytest.approx(0.6 - half, abs=0.02)
    assert figure.high == pytest.approx(0.6 + half, abs=0.02)


def test_undefined_figures_are_left_out() -> None:
    empty = np.zeros(3, dtype=bool)
    measures = [Measure("a", share_of(empty, empty)), Measure("b", mean_of(np.ones(3)))]
    assert [one.name for one in estimate(measures, 3)] == ["b"]
    assert estimate(measures, 0) == ()


def test_undefined_resamples_do_not_affect_an_interval() -> None:
    one: Floats = np.array([1.0, 0.0, 0.0])
    (figure,) = estimate([Measure("a", auroc_of(one, one == 1))], 3)
    assert (figure.value, figure.low, figure.high) == (1, 1, 1)


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


def test_the_calibration_error_matches_a_hand_computation() -> None:
    # |0.05 - 0| and |0.15 - 1| count a quarter each, |0.975 - 1| a half.
    confidences, right = floats(0.05, 0.15, 0.95, 1.0), floats(0, 1, 1, 1)
    expected = 0.05 / 4 + 0.85 / 4 + 0.025 / 2
    assert calibration_error(confidences, right) == pytest.approx(expected)
    # In one bin alone: |0.5375 - 0.75|.
    assert calibration_error(confidences, right, bins=1) == pytest.approx(0.2125)


def test_calibrated_confidences_have_no_calibration_error() -> None:
    assert calibration_error(floats(0.25, 0.25, 0.25, 0.25), floats(0, 1, 0, 0)) == 0
    assert calibration_error(floats(0.0, 1.0), floats(0, 1)) == 0
    assert calibration_error(floats(0.0, 1.0), floats(1, 0)) == 1


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1), st.integers(1, 20))
def test_the_calibration_error_is_between_that_of_one_bin_and_one(
    some: list[tuple[float, bool]], bins: int
) -> None:
    confidences, right = floats(*(one for one, _ in some)), floats(*(one for _, one in some))
    error = calibration_error(confidences, right, bins)
    assert abs(confidences.mean() - right.mean()) - 1e-9 <= error <= 1 + 1e-9


@pytest.mark.parametrize(
    ("coverage", "risk"),
    # By confidence: right, wrong, right, wrong; at least one is counted.
    [(0.01, 0.0), (0.25, 0.0), (0.5, 1 / 2), (0.75, 1 / 3), (1.0, 1 / 2)],
)
def test_risk_is_the_share_wrong_among_the_most_confident(coverage: float, risk: float) -> None:
    confidences, right = floats(0.6, 0.9, 0.7, 0.8), floats(0, 1, 1, 0)
    assert risk_at(confidences, right, coverage) == pytest.approx(risk)
