"""Figures with their bootstrap intervals.

A statistic is written for weights: how often each question counts. All ones give the figure itself;
each resample, with replacement, is a row of counts. So a figure and its interval are one formula.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import msgspec
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Statistic = Callable[[Floats], Floats]
"""From weights of shape (resamples, questions) to values of shape (resamples,).

Not a number where a resample has nothing to tell of."""

RESAMPLES = 1_000
INTERVAL = 0.95
_SEED = 20_081
_AT_ONCE = 2_000_000
"""Weights in memory, at most."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A statistic by name."""

    name: str
    statistic: Statistic


class Figure(msgspec.Struct, frozen=True):
    """A figure with its 95% interval, by the percentiles of 1,000 resamples of the questions."""

    name: str
    value: float
    low: float
    high: float
    count: int
    """Of the questions that it is about."""


def estimate(measures: Sequence[Measure], count: int) -> tuple[Figure, ...]:
    """Work out figures about the same questions; what cannot be told of them is left out."""
    if not count:
        return ()
    with np.errstate(invalid="ignore", divide="ignore"):
        once = np.ones((1, count))
        values = [float(one.statistic(once)[0]) for one in measures]
        told = [one for one in zip(measures, values, strict=True) if np.isfinite(one[1])]
        samples = _samples([measure for measure, _ in told], count)
    tail = (1 - INTERVAL) / 2
    figures = []
    for (measure, value), sampled in zip(told, samples, strict=True):
        known = sampled[np.isfinite(sampled)]
        low, high = np.quantile(known, (tail, 1 - tail)) if len(known) else (value, value)
        figures.append(Figure(measure.name, value, float(low), float(high), count))
    return tuple(figures)


def _samples(measures: Sequence[Measure], count: int) -> list[Floats]:
    rows: list[list[Floats]] = [[] for _ in measures]
    for weights in resampled(count):
        for kept, measure in zip(rows, measures, strict=True):
            kept.append(measure.statistic(weights))
    return [np.concatenate(kept) for kept in rows]


def resampled(count: int) -> Iterator[Floats]:
    """Yield the weights of every resample, some rows at a time; the same ones each time."""
    random = np.random.default_rng(_SEED)
    rows = max(1, min(RESAMPLES, _AT_ONCE // count))
    for start in range(0, RESAMPLES, rows):
        drawn = random.integers(count, size=(min(rows, RESAMPLES - start), count))
        offsets = count * np.arange(len(drawn))[:, None]
        counts = np.bincount((drawn + offsets).ravel(), minlength=drawn.size)
        yield counts.reshape(drawn.shape).astype(np.float64)
