"""What is drawn: reliability, and risk by coverage."""

from collections.abc import Sequence

import msgspec
import numpy as np

from eval.metrics.answers import BINS, confidences_of, rights_of
from eval.metrics.statistics import bin_of
from eval.outcomes import Outcome

_POINTS = 100
"""Of the risk-coverage curve, at most."""


class Bin(msgspec.Struct, frozen=True):
    """Best spans of about one confidence; only bins that have some."""

    low: float
    high: float
    count: int
    confidence: float
    """Their mean."""
    right: float
    """The share of them that is right."""


class Risk(msgspec.Struct, frozen=True):
    """What answering the surest questions costs."""

    coverage: float
    """The share of the questions that is answered."""
    risk: float
    """The share of these that is wrong."""
    confidence: float
    """The least among them: the threshold that answers just these."""


def reliability(outcomes: Sequence[Outcome]) -> tuple[Bin, ...]:
    """Give the bins of the reliability diagram."""
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
    """Give the risk-coverage curve, thinned out where it has many points."""
    if not outcomes:
        return ()
    given, right = confidences_of(outcomes), rights_of(outcomes)
    order = np.argsort(-given, kind="stable")
    confidences = given[order]
    risks = np.cumsum(1.0 - right[order]) / np.arange(1, len(order) + 1)
    # Answers of one confidence come together: only the last of them is a point.
    points = np.flatnonzero(np.append(confidences[1:] != confidences[:-1], True))
    if len(points) > _POINTS:
        points = points[np.linspace(0, len(points) - 1, _POINTS).astype(int)]
    return tuple(
        Risk((point + 1) / len(order), float(risks[point]), float(confidences[point]))
        for point in points.tolist()
    )
