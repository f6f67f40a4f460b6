"""Statistics of weighted questions; see `eval.metrics.resampling`."""

import numpy as np
from numpy.typing import NDArray

from eval.metrics.resampling import Floats, Statistic, unweighted

Flags = NDArray[np.bool_]


def auroc(scores: Floats, positive: Flags) -> float:
    """Return the probability that a positive scores above a negative; a tie counts half."""
    return unweighted(auroc_of(scores, positive), len(scores))


def calibration_error(confidences: Floats, right: Floats, bins: int = 10) -> float:
    """Return the expected calibration error over equal-width bins, in [0, 1]."""
    return unweighted(calibration_error_of(confidences, right, bins), len(confidences))


def risk_at(confidences: Floats, right: Floats, coverage: float) -> float:
    """Return the share of wrong answers among the most confident `coverage` of the questions."""
    count = max(1, round(coverage * len(confidences)))
    return float(1.0 - right[np.argsort(-confidences, kind="stable")[:count]].mean())


def mean_of(values: Floats) -> Statistic:
    """Return the mean."""
    return lambda weights: np.asarray(weights @ values / weights.sum(axis=1))


def share_of(part: Flags, total: Flags) -> Statistic:
    """Return the share of `total` that is in `part` too."""
    both = (part & total).astype(np.float64)
    all_of_it = total.astype(np.float64)
    return lambda weights: np.asarray(weights @ both / (weights @ all_of_it))


def quantile_of(values: Floats, share: float) -> Statistic:
    """Return the quantile by nearest rank."""
    order = np.argsort(values, kind="stable")
    ordered = values[order]

    def statistic(weights: Floats) -> Floats:
        reached = np.cumsum(weights[:, order], axis=1)
        return np.asarray(ordered[(reached >= share * reached[:, -1:]).argmax(axis=1)])

    return statistic


def auroc_of(scores: Floats, positive: Flags) -> Statistic:
    """Return the probability that a positive scores above a negative; a tie counts half."""
    order, starts = _ties(scores)
    is_positive = positive[order].astype(np.float64)

    def statistic(weights: Floats) -> Floats:
        ordered = weights[:, order]
        positives = np.add.reduceat(ordered * is_positive, starts, axis=1)
        negatives = np.add.reduceat(ordered, starts, axis=1) - positives
        below = np.cumsum(negatives, axis=1) - negatives / 2
        pairs = positives.sum(axis=1) * negatives.sum(axis=1)
        return np.asarray((positives * below).sum(axis=1) / pairs)

    return statistic


def calibration_error_of(confidences: Floats, right: Floats, bins: int) -> Statistic:
    """Return the expected calibration error over equal-width bins.

    Source: Naeini, Cooper, Hauskrecht 2015.
    """
    differences = np.zeros((len(confidences), bins))
    differences[np.arange(len(confidences)), bin_of(confidences, bins)] = confidences - right
    return lambda weights: np.asarray(
        np.abs(weights @ differences).sum(axis=1) / weights.sum(axis=1)
    )


def risk_area_of(confidences: Floats, right: Floats) -> Statistic:
    """Return the area under the risk-coverage curve: the mean risk over all coverages.

    Answers of equal confidence are taken together, as no threshold separates them. Source:
    Geifman, Uziel, El-Yaniv 2019.
    """
    order, starts = _ties(-confidences)
    wrong = 1.0 - right[order]

    def statistic(weights: Floats) -> Floats:
        ordered = weights[:, order]
        taken = np.add.reduceat(ordered, starts, axis=1)
        failed = np.add.reduceat(ordered * wrong, starts, axis=1)
        # The maximum avoids 0 / 0 where a resample has none of the most confident answers.
        risks = np.cumsum(failed, axis=1) / np.maximum(np.cumsum(taken, axis=1), 1.0)
        return np.asarray((taken * risks).sum(axis=1) / taken.sum(axis=1))

    return statistic


def bin_of(confidences: Floats, bins: int) -> NDArray[np.int64]:
    """Return the index of each confidence's equal-width bin."""
    return np.minimum((confidences * bins).astype(np.int64), bins - 1)


def _ties(values: Floats) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the ascending order of values, and the start in it of each run of equal values."""
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    return order, np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
