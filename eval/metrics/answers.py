"""Quality of the answers, and how far their confidence can be trusted."""

from collections.abc import Callable, Sequence

import numpy as np

from eval.metrics.resampling import Floats, Measure, Statistic
from eval.metrics.statistics import auroc_of, calibration_error_of, mean_of, risk_area_of, share_of
from eval.outcomes import Cause, JudgedAnswer, Kind, Outcome

BINS = 10
"""Equal-width bins of the reliability diagram."""


def reply_measures(outcomes: Sequence[Outcome]) -> list[Measure]:
    """Return exact match and F1 as SQuAD 2.0 scores them: a refusal is an empty answer."""
    return [
        Measure("exact", _mean(outcomes, lambda outcome: outcome.exact)),
        Measure("f1", _mean(outcomes, lambda outcome: outcome.f1)),
    ]


def answerable_measures(outcomes: Sequence[Outcome]) -> list[Measure]:
    """Return the figures of questions that have accepted answers.

    The `best` figures count the best span whatever its confidence.
    """
    return [
        Measure("answered", _mean(outcomes, lambda outcome: outcome.answered)),
        Measure("right", _mean(outcomes, lambda outcome: outcome.is_answered_right)),
        Measure("answerable-exact", _mean(outcomes, lambda outcome: outcome.exact)),
        Measure("answerable-f1", _mean(outcomes, lambda outcome: outcome.f1)),
        Measure("best-exact", _best(outcomes, 1, lambda answer: answer.exact)),
        Measure("best-f1", _best(outcomes, 1, lambda answer: answer.f1)),
        Measure("top3", _best(outcomes, 3, lambda answer: answer.is_right)),
    ]


def line_measures(outcomes: Sequence[Outcome]) -> list[Measure]:
    """Return how often a gold line is cited, for questions that have gold references."""
    return [
        Measure("line", _mean(outcomes, lambda outcome: outcome.cites_gold_line)),
        Measure("best-line", _best(outcomes, 1, lambda answer: answer.is_line_right)),
        Measure("top3-line", _best(outcomes, 3, lambda answer: answer.is_line_right)),
    ]


def refusal_measures(outcomes: Sequence[Outcome]) -> list[Measure]:
    """Return how well unanswerable questions are told apart from answerable ones.

    AUROC uses the confidence of the best span as the score of being answerable.
    """
    refused = np.array([not outcome.answered for outcome in outcomes])
    unanswerable = np.array([outcome.kind is Kind.UNANSWERABLE for outcome in outcomes])
    if not unanswerable.any():
        return []
    return [
        Measure("no-answer-precision", share_of(unanswerable, refused)),
        Measure("no-answer-recall", share_of(refused, unanswerable)),
        Measure("no-answer-auroc", auroc_of(confidences_of(outcomes), ~unanswerable)),
    ]


def trust_measures(outcomes: Sequence[Outcome]) -> list[Measure]:
    """Return how far the confidence of the best span can be trusted, answered or not.

    The best span of an unanswerable question is wrong.
    """
    confidences, right = confidences_of(outcomes), rights_of(outcomes)
    return [
        Measure("calibration-error", calibration_error_of(confidences, right, BINS)),
        Measure("right-auroc", auroc_of(confidences, right.astype(bool))),
        Measure("risk-area", risk_area_of(confidences, right)),
    ]


def rejection_measures(outcomes: Sequence[Outcome]) -> list[Measure]:
    """Return how often a reply that the user marked wrong is not repeated."""
    return [Measure("marks-heeded", _mean(outcomes, lambda outcome: outcome.cause is Cause.NONE))]


def confidences_of(outcomes: Sequence[Outcome]) -> Floats:
    """Return the confidence of each best span; 0 if there is none."""
    return _floats([outcome.confidence for outcome in outcomes])


def rights_of(outcomes: Sequence[Outcome]) -> Floats:
    """Return 1 for each right best span, else 0."""
    return _floats([outcome.best is not None and outcome.best.is_right for outcome in outcomes])


def _mean(outcomes: Sequence[Outcome], value: Callable[[Outcome], float]) -> Statistic:
    return mean_of(_floats([value(outcome) for outcome in outcomes]))


def _best(
    outcomes: Sequence[Outcome], top_k: int, value: Callable[[JudgedAnswer], float]
) -> Statistic:
    """Return the mean of the best value among each question's top spans; 0 if it has none."""
    return mean_of(
        _floats([max(map(value, outcome.answers[:top_k]), default=0.0) for outcome in outcomes])
    )


def _floats(values: Sequence[float]) -> Floats:
    return np.asarray(values, dtype=np.float64)
