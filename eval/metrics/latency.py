"""Latency per stage."""

from collections.abc import Sequence

import msgspec
import numpy as np

from eval.metrics.resampling import Measure
from eval.metrics.statistics import quantile_of
from eval.outcomes import Outcome, StageTimes

STAGES = tuple(field.name for field in msgspec.structs.fields(StageTimes))
"""In order; the total is last."""
QUANTILES = (("p50", 0.5), ("p95", 0.95))


def latency_measures(outcomes: Sequence[Outcome]) -> list[Measure]:
    """Return the median and 95th percentile of each stage in milliseconds, by nearest rank."""
    return [
        Measure(f"{stage}-{name}", quantile_of(values, share))
        for stage in STAGES
        for values in [np.array([getattr(outcome.milliseconds, stage) for outcome in outcomes])]
        for name, share in QUANTILES
    ]
