"""Figures with bootstrap intervals.

A statistic takes weights: how often each question counts. Weights of 1 give the figure itself, and
each resample with replacement is a row of counts, so a figure and its interval share one formula.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import msgspec
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Statistic = Callable[[Floats], Floats]
"""Maps weights of shape (resamples, questions) to values of shape (resamples,).

NaN where the statistic is undefined."""

RESAMPLES = 1_000
INTERVAL = 0.95
_SEED = 20_081
_MAX_WEIGHTS = 2_000_000
"""Weights in memory at a time."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A named statistic."""

    name: str
    statistic: Statistic


class Figure(msgspec.Struct, frozen=True):
    """A figure with its 95% interval: percentiles over 1,000 resamples of the questions."""

    name: str
    value: float
    low: float
    high: float
    count: int
    """Number of questions it is about."""


def unweighted(statistic: Statistic, count: int) -> float:
    """Return the value of a statistic that counts each question once."""
    return float(statistic(np.ones((1, count)))[0])


def estimate(measures: Sequence[Measure], count: int) -> tuple[Figure, ...]:
    """Compute figures about the same questions; leave out those that are undefined."""
    if not count:
        return ()
    with np.errstate(invalid="ignore", divide="ignore"):
        values = [unweighted(measure.statistic, count) for measure in measures]
        defined = [pair for pair in zip(measures, values, strict=True) if np.isfinite(pair[1])]
        samples = _samples([measure for measure, _ in defined], count)
    tail = (1 - INTERVAL) / 2
    figures = []
    for (measure, value), sampled in zip(defined, samples, strict=True):
        finite = sampled[np.isfinite(sampled)]
        low, high = np.quantile(finite, (tail, 1 - tail)) if len(finite) else (value, value)
        figures.append(Figure(measure.name, value, float(low), float(high), count))
    return tuple(figures)


def _samples(measures: Sequence[Measure], count: int) -> list[Floats]:
    batches: list[list[Floats]] = [[] for _ in measures]
    for weights in resampled(count):
        for batch, measure in zip(batches, measures, strict=True):
            batch.append(measure.statistic(weights))
    return [np.concatenate(batch) for batch in batches]


def resampled(count: int) -> Iterator[Floats]:
    """Yield the weights of all resamples in batches of rows; the same on every call."""
    random = np.random.default_rng(_SEED)
    rows = max(1, min(RESAMPLES, _MAX_WEIGHTS // count))
    for start in range(0, RESAMPLES, rows):
        drawn = random.integers(count, size=(min(rows, RESAMPLES - start), count))
        offsets = count * np.arange(len(drawn))[:, None]
        counts = np.bincount((drawn + offsets).ravel(), minlength=drawn.size)
        yield counts.reshape(drawn.shape).astype(np.float64)
