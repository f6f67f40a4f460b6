"""The data of two plots: reliability, and risk by coverage."""

from collections.abc import Sequence

import msgspec
import numpy as np

from eval.metrics.answers import BINS, confidences_of, rights_of
from eval.metrics.statistics import bin_of
from eval.outcomes import Outcome

_MAX_POINTS = 100
"""Points of the risk-coverage curve."""


class Bin(msgspec.Struct, frozen=True):
    """Best spans of similar confidence; empty bins are left out."""

    low: float
    high: float
    count: int
    confidence: float
    """Mean confidence."""
    right: float
    """Share of right spans."""


class Risk(msgspec.Struct, frozen=True):
    """The share of wrong answers at one coverage."""

    coverage: float
    """Share of the questions answered, most confident first."""
    risk: float
    """Share of wrong answers among them."""
    confidence: float
    """Lowest confidence among them: the threshold of this coverage."""


def reliability(outcomes: Sequence[Outcome]) -> tuple[Bin, ...]:
    """Return the bins of the reliability diagram."""
    confidences, right = confidences_of(outcomes), rights_of(outcomes)
    members = bin_of(confidences, BINS)
    return tuple(
        Bin(
            index / BINS,
            (index + 1) / BINS,
            int(inside.sum()),
            float(confidences[inside].mean()),
            float(right[inside].mean()),
        )
        for index in range(BINS)
        if (inside := members == index).any()
    )


def risk_coverage(outcomes: Sequence[Outcome]) -> tuple[Risk, ...]:
    """Return the risk-coverage curve, thinned out to at most 100 points."""
    if not outcomes:
        return ()
    unordered, right = confidences_of(outcomes), rights_of(outcomes)
    order = np.argsort(-unordered, kind="stable")
    confidences = unordered[order]
    risks = np.cumsum(1.0 - right[order]) / np.arange(1, len(order) + 1)
    # No threshold separates equal confidences: only the last of them is a point.
    points = np.flatnonzero(np.append(confidences[1:] != confidences[:-1], True))
    if len(points) > _MAX_POINTS:
        points = points[np.linspace(0, len(points) - 1, _MAX_POINTS).astype(int)]
    return tuple(
        Risk((point + 1) / len(order), float(risks[point]), float(confidences[point]))
        for point in points.tolist()
    )
