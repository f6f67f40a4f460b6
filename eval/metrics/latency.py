"""How long questions take, stage by stage."""

from collections.abc import Sequence

import msgspec
import numpy as np

from eval.metrics.resampling import Measure
from eval.metrics.statistics import quantile_of
from eval.outcomes import Outcome, Spent

STAGES = tuple(field.name for field in msgspec.structs.fields(Spent))
"""In their order; the total is the last."""
QUANTILES = (("p50", 0.5), ("p95", 0.95))


def latency_measures(outcomes: Sequence[Outcome]) -> list[Measure]:
    """Give the median and the 95th percentile of each stage in milliseconds, by nearest rank."""
    return [
        Measure(f"{stage}-{name}", quantile_of(values, share))
        for stage in STAGES
        for values in [np.array([getattr(one.milliseconds, stage) for one in outcomes])]
        for name, share in QUANTILES
    ]
