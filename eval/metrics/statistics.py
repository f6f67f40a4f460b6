"""Statistics of weighted questions; see `eval.metrics.resampling`."""

import numpy as np
from numpy.typing import NDArray

from eval.metrics.resampling import Floats, Statistic

Flags = NDArray[np.bool_]


def mean_of(values: Floats) -> Statistic:
    """Give the mean."""
    return lambda weights: np.asarray(weights @ values / weights.sum(axis=1))


def share_of(part: Flags, whole: Flags) -> Statistic:
    """Give how much of a whole is a part of it too."""
    both = (part & whole).astype(np.float64)
    every = whole.astype(np.float64)
    return lambda weights: np.asarray(weights @ both / (weights @ every))


def quantile_of(values: Floats, share: float) -> Statistic:
    """Give the least value that this share of all are no more than."""
    order = np.argsort(values, kind="stable")
    ordered = values[order]

    def statistic(weights: Floats) -> Floats:
        reached = np.cumsum(weights[:, order], axis=1)
        return np.asarray(ordered[(reached >= share * reached[:, -1:]).argmax(axis=1)])

    return statistic


def auroc_of(scores: Floats, positive: Flags) -> Statistic:
    """Give the chance that a positive one has a higher score than a negative one; a tie is half."""
    order, starts = _ties(scores)
    is_positive = positive[order].astype(np.float64)

    def statistic(weights: Floats) -> Floats:
        ordered = weights[:, order]
        above = np.add.reduceat(ordered * is_positive, starts, axis=1)
        every = np.add.reduceat(ordered, starts, axis=1)
        below = every - above
        lower = np.cumsum(below, axis=1) - below / 2
        return np.asarray((above * lower).sum(axis=1) / (above.sum(axis=1) * below.sum(axis=1)))

    return statistic


def calibration_error_of(confidences: Floats, right: Floats, bins: int) -> Statistic:
    """Give the expected calibration error over bins of equal width.

    Source: Naeini, Cooper, Hauskrecht 2015.
    """
    differences = np.zeros((len(confidences), bins))
    differences[np.arange(len(confidences)), bin_of(confidences, bins)] = confidences - right
    return lambda weights: np.asarray(
        np.abs(weights @ differences).sum(axis=1) / weights.sum(axis=1)
    )


def risk_area_of(confidences: Floats, right: Floats) -> Statistic:
    """Give the area under the risk-coverage curve: the mean risk over all coverages.

    Answers of one confidence are taken together: no threshold parts them. Source: Geifman, Uziel,
    El-Yaniv 2019.
    """
    order, starts = _ties(-confidences)
    wrong = 1.0 - right[order]

    def statistic(weights: Floats) -> Floats:
        ordered = weights[:, order]
        taken = np.add.reduceat(ordered, starts, axis=1)
        failed = np.add.reduceat(ordered * wrong, starts, axis=1)
        # Before anything is taken nothing failed either.
        risks = np.cumsum(failed, axis=1) / np.maximum(np.cumsum(taken, axis=1), 1.0)
        return np.asarray((taken * risks).sum(axis=1) / taken.sum(axis=1))

    return statistic


def bin_of(confidences: Floats, bins: int) -> NDArray[np.int64]:
    """Give the index of the bin of equal width that each confidence is in."""
    return np.minimum((confidences * bins).astype(np.int64), bins - 1)


def _ties(values: Floats) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give the ascending order of values, and where in it those of one value begin."""
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    return order, np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
