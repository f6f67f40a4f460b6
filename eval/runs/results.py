"""The results of a run: figures, causes of failure, curves."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence

import msgspec

from eval.metrics.answers import (
    answerable_measures,
    line_measures,
    refusal_measures,
    rejection_measures,
    reply_measures,
    trust_measures,
)
from eval.metrics.curves import Bin, Risk, reliability, risk_coverage
from eval.metrics.labels import COLD_START, TAG_LABELS
from eval.metrics.latency import latency_measures
from eval.metrics.ranking import ranking_measures
from eval.metrics.resampling import Figure, Measure, estimate
from eval.outcomes import Cause, Kind, Outcome
from index.errors import BadRequest
from qa.answers import State


class CauseCount(msgspec.Struct, frozen=True):
    """How many questions failed for one cause."""

    cause: Cause
    count: int


class StateCount(msgspec.Struct, frozen=True):
    """How many questions got a reply of one state."""

    state: State
    count: int
    right: float
    """Share of them whose answer is right; of refusals, share that the articles do not answer."""


class TagResults(msgspec.Struct, frozen=True):
    """The results of the questions that have a tag."""

    tag: str
    questions: int
    unanswerable: int
    figures: tuple[Figure, ...]
    """Those of `eval.metrics.labels.TAG_LABELS` that are defined."""

    @property
    def by_name(self) -> dict[str, Figure]:
        """The figures by name."""
        return {figure.name: figure for figure in self.figures}


class Results(msgspec.Struct, frozen=True):
    """The results of a run."""

    questions: int
    figures: tuple[Figure, ...]
    """Shares in [0, 1]; times in milliseconds."""
    causes: tuple[CauseCount, ...]
    """Most frequent first; causes without a failure are left out."""
    reliability: tuple[Bin, ...]
    risk_coverage: tuple[Risk, ...]
    tags: tuple[TagResults, ...] = ()
    """Sorted by tag; empty in runs stored by earlier versions."""
    states: tuple[StateCount, ...] = ()
    """Surest first; empty in runs stored by earlier versions."""

    @property
    def by_name(self) -> dict[str, Figure]:
        """The figures by name."""
        return {figure.name: figure for figure in self.figures}

    def figure(self, name: str) -> Figure:
        """Return a figure by name. Raises BadRequest if there is none."""
        if name not in self.by_name:
            raise BadRequest(f"this run has no figure {name}; it has {', '.join(self.by_name)}")
        return self.by_name[name]


def results_of(outcomes: Sequence[Outcome], cold_start: float | None = None) -> Results:
    """Compute the results of a run.

    `cold_start` is the time of one `byline ask` process in milliseconds; None if not measured.
    """
    scored = [outcome for outcome in outcomes if outcome.is_scored]
    figures = _figures(outcomes, _POPULATIONS)
    if cold_start is not None:
        figures.append(Figure(COLD_START, cold_start, cold_start, cold_start, 1))
    counts = Counter(outcome.cause for outcome in outcomes if outcome.cause is not Cause.NONE)
    causes = tuple(CauseCount(cause, number) for cause, number in counts.most_common())
    return Results(
        len(outcomes),
        tuple(figures),
        causes,
        reliability(scored),
        risk_coverage(scored),
        _by_tag(outcomes),
        tuple(_by_state(scored)),
    )


def _by_state(outcomes: Sequence[Outcome]) -> Iterator[StateCount]:
    for state in State:
        some = [outcome for outcome in outcomes if outcome.state is state]
        if some:
            right = sum(outcome.is_answered_right or outcome.is_refused_right for outcome in some)
            yield StateCount(state, len(some), right / len(some))


_Measures = Callable[[Sequence[Outcome]], list[Measure]]
_Populations = tuple[tuple[_Measures, frozenset[Kind]], ...]
_ALL = frozenset(Kind)
_ANSWERABLE = frozenset({Kind.ANSWERABLE})
_SCORED = frozenset({Kind.ANSWERABLE, Kind.UNANSWERABLE})
_WITH_GOLD = frozenset({Kind.ANSWERABLE, Kind.LOCATION})
_POPULATIONS: _Populations = (
    (reply_measures, _SCORED),
    (answerable_measures, _ANSWERABLE),
    (line_measures, _WITH_GOLD),
    (refusal_measures, _SCORED),
    (trust_measures, _SCORED),
    (rejection_measures, frozenset({Kind.REJECTED})),
    (ranking_measures, _WITH_GOLD),
    (latency_measures, _ALL),
)
_TAG_POPULATIONS: _Populations = (
    (answerable_measures, _ANSWERABLE),
    (line_measures, _WITH_GOLD),
    (refusal_measures, _SCORED),
)


def _by_tag(outcomes: Sequence[Outcome]) -> tuple[TagResults, ...]:
    tagged = defaultdict(list)
    for outcome in outcomes:
        for tag in dict.fromkeys(outcome.tags):
            tagged[tag].append(outcome)
    return tuple(
        TagResults(
            tag,
            len(tagged[tag]),
            sum(outcome.kind is Kind.UNANSWERABLE for outcome in tagged[tag]),
            tuple(_figures(tagged[tag], _TAG_POPULATIONS, TAG_LABELS)),
        )
        for tag in sorted(tagged)
    )


def _figures(
    outcomes: Sequence[Outcome], populations: _Populations, names: Collection[str] | None = None
) -> list[Figure]:
    """Compute the figures of each population; only the named ones, if names are given."""
    figures: list[Figure] = []
    for measures, kinds in populations:
        some = [outcome for outcome in outcomes if outcome.kind in kinds]
        if some:
            chosen = [one for one in measures(some) if names is None or one.name in names]
            figures += estimate(chosen, len(some))
    return figures
