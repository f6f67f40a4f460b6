"""How good the answers are, and how far to trust them."""

from collections.abc import Callable, Sequence

import numpy as np

from eval.metrics.resampling import Floats, Measure
from eval.metrics.statistics import (
    auroc_of,
    calibration_error_of,
    mean_of,
    risk_area_of,
    share_of,
)
from eval.outcomes import Cause, Given, Kind, Outcome

BINS = 10
"""Of the reliability diagram, of equal width."""


def reply_measures(outcomes: Sequence[Outcome]) -> list[Measure]:
    """Give exact match and F1 as SQuAD 2.0's scorer has them: refusals are empty answers."""
    return [
        Measure("exact", mean_of(_floats([one.exact for one in outcomes]))),
        Measure("f1", mean_of(_floats([one.f1 for one in outcomes]))),
    ]


def answerable_measures(outcomes: Sequence[Outcome]) -> list[Measure]:
    """Give figures of questions that have accepted answers.

    Those of the `best` span count it whatever its confidence.
    """
    return [
        Measure("answered", _mean(outcomes, lambda one: one.answered)),
        Measure("answerable-exact", _mean(outcomes, lambda one: one.exact)),
        Measure("answerable-f1", _mean(outcomes, lambda one: one.f1)),
        Measure("best-exact", _best(outcomes, 1, lambda given: given.exact)),
        Measure("best-f1", _best(outcomes, 1, lambda given: given.f1)),
        Measure("top3", _best(outcomes, 3, lambda given: given.is_right)),
    ]


def line_measures(outcomes: Sequence[Outcome]) -> list[Measure]:
    """Give how often a gold line is cited, of questions that have gold places."""
    replied = [float(one.answered and one.given[0].is_line_right) for one in outcomes]
    return [
        Measure("line", mean_of(_floats(replied))),
        Measure("best-line", _best(outcomes, 1, lambda given: given.is_line_right)),
        Measure("top3-line", _best(outcomes, 3, lambda given: given.is_line_right)),
    ]


def refusal_measures(outcomes: Sequence[Outcome]) -> list[Measure]:
    """Give how well questions without an answer are told from those that have one.

    AUROC is of the best span's confidence, as a sign that there is an answer.
    """
    refused = np.array([not one.answered for one in outcomes])
    unanswerable = np.array([one.kind is Kind.UNANSWERABLE for one in outcomes])
    if not unanswerable.any():
        return []
    return [
        Measure("no-answer-precision", share_of(unanswerable, refused)),
        Measure("no-answer-recall", share_of(refused, unanswerable)),
        Measure("no-answer-auroc", auroc_of(confidences_of(outcomes), ~unanswerable)),
    ]


def trust_measures(outcomes: Sequence[Outcome]) -> list[Measure]:
    """Give how far the best span's confidence can be trusted, whether it is given or not.

    Where there is no answer it is wrong.
    """
    confidences, right = confidences_of(outcomes), rights_of(outcomes)
    return [
        Measure("calibration-error", calibration_error_of(confidences, right, BINS)),
        Measure("right-auroc", auroc_of(confidences, right.astype(bool))),
        Measure("risk-area", risk_area_of(confidences, right)),
    ]


def mark_measures(outcomes: Sequence[Outcome]) -> list[Measure]:
    """Give how often what a person marked wrong is not done again."""
    return [Measure("marks-heeded", _mean(outcomes, lambda one: one.cause is Cause.NONE))]


def confidences_of(outcomes: Sequence[Outcome]) -> Floats:
    """Give the confidence of each best span; 0 where there is none."""
    return _floats([one.confidence for one in outcomes])


def rights_of(outcomes: Sequence[Outcome]) -> Floats:
    """Give 1 where the best span is right, else 0."""
    return _floats([any(given.is_right for given in one.given[:1]) for one in outcomes])


def _mean(
    outcomes: Sequence[Outcome], value: Callable[[Outcome], float]
) -> Callable[[Floats], Floats]:
    return mean_of(_floats([value(one) for one in outcomes]))


def _best(
    outcomes: Sequence[Outcome], most: int, value: Callable[[Given], float]
) -> Callable[[Floats], Floats]:
    """Give the mean of the best value among each question's first spans; 0 where there is none."""
    values = [max((value(given) for given in one.given[:most]), default=0.0) for one in outcomes]
    return mean_of(_floats(values))


def _floats(values: Sequence[float]) -> Floats:
    return np.asarray(values, dtype=np.float64)
