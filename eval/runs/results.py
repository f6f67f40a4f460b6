"""All that a run comes to: figures, causes, curves."""

from collections import Counter
from collections.abc import Callable, Sequence

import msgspec

from eval.metrics.answers import (
    answerable_measures,
    line_measures,
    mark_measures,
    refusal_measures,
    reply_measures,
    trust_measures,
)
from eval.metrics.curves import Bin, Risk, reliability, risk_coverage
from eval.metrics.labels import COLD_START
from eval.metrics.latency import latency_measures
from eval.metrics.ranking import ranking_measures
from eval.metrics.resampling import Figure, Measure, estimate
from eval.outcomes import Cause, Kind, Outcome
from index.errors import BadRequest


class CauseCount(msgspec.Struct, frozen=True):
    """How many questions failed for one cause."""

    cause: Cause
    count: int


class Results(msgspec.Struct, frozen=True):
    """The figures of a run."""

    questions: int
    figures: tuple[Figure, ...]
    """Shares in [0, 1]; those of time in milliseconds."""
    causes: tuple[CauseCount, ...]
    """The most frequent first; only those that there are."""
    reliability: tuple[Bin, ...]
    risk_coverage: tuple[Risk, ...]

    def figure(self, name: str) -> Figure:
        """Give a figure by name. Raises BadRequest where there is none."""
        for one in self.figures:
            if one.name == name:
                return one
        names = ", ".join(one.name for one in self.figures)
        raise BadRequest(f"this run has no figure {name}; it has {names}")


def results_of(outcomes: Sequence[Outcome], cold_start: Sequence[float] = ()) -> Results:
    """Work out all figures of a run; `cold_start` are the milliseconds of one, if it was timed."""
    scored = [one for one in outcomes if one.is_scored]
    figures = [
        figure for measures, about in _POPULATIONS for figure in _figures(measures, about, outcomes)
    ]
    figures += [Figure(COLD_START, one, one, one, 1) for one in cold_start]
    return Results(
        len(outcomes),
        tuple(figures),
        causes_of(outcomes),
        reliability(scored),
        risk_coverage(scored),
    )


def causes_of(outcomes: Sequence[Outcome]) -> tuple[CauseCount, ...]:
    """Count the causes of failure, the most frequent first."""
    counted = Counter(one.cause for one in outcomes if one.cause is not Cause.NONE)
    return tuple(CauseCount(cause, number) for cause, number in counted.most_common())


_Measures = Callable[[Sequence[Outcome]], list[Measure]]
_ALL = frozenset(Kind)
_SCORED = frozenset({Kind.ANSWERABLE, Kind.UNANSWERABLE})
_PLACED = frozenset({Kind.ANSWERABLE, Kind.PLACE})
_POPULATIONS: tuple[tuple[_Measures, frozenset[Kind]], ...] = (
    (reply_measures, _SCORED),
    (answerable_measures, frozenset({Kind.ANSWERABLE})),
    (line_measures, _PLACED),
    (refusal_measures, _SCORED),
    (trust_measures, _SCORED),
    (mark_measures, frozenset({Kind.MARKED})),
    (ranking_measures, _PLACED),
    (latency_measures, _ALL),
)


def _figures(
    measures: _Measures, about: frozenset[Kind], outcomes: Sequence[Outcome]
) -> tuple[Figure, ...]:
    some = [one for one in outcomes if one.kind in about]
    return estimate(measures(some), len(some)) if some else ()
