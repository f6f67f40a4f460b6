"""Minimum figures that a run must reach: `f1=0.7`."""

from collections.abc import Sequence
from dataclasses import dataclass

from eval.metrics.labels import ANSWERS, RANKING_FIGURES, is_better_lower
from eval.runs.results import Results
from index.errors import BadRequest

_ALLOWED = tuple(name for name in (*ANSWERS, *RANKING_FIGURES) if not is_better_lower(name))


@dataclass(frozen=True, slots=True)
class Minimum:
    """A figure and the lowest value that it may have."""

    name: str
    value: float


@dataclass(frozen=True, slots=True)
class Missed:
    """A minimum that a run does not reach."""

    minimum: Minimum
    value: float

    @property
    def by(self) -> float:
        """The difference to the minimum."""
        return self.minimum.value - self.value


def parse_minimum(text: str) -> Minimum:
    """Parse FIGURE=N. Raises BadRequest if it is invalid or lower values are better."""
    name, _, value = text.partition("=")
    try:
        minimum = Minimum(name.strip(), float(value))
    except ValueError as error:
        raise BadRequest(f"{text!r} is not a minimum like f1=0.7") from error
    if not minimum.name:
        raise BadRequest(f"{text!r} is not a minimum like f1=0.7")
    if is_better_lower(minimum.name):
        raise BadRequest(f"{minimum.name} has no minimum: lower is better")
    if minimum.name not in _ALLOWED:
        raise BadRequest(f"there is no figure {minimum.name}; choose from {', '.join(_ALLOWED)}")
    if not 0 <= minimum.value <= 1:
        raise BadRequest(f"{text!r}: figures are shares from 0 to 1, as in f1=0.7")
    return minimum


def missed(minimums: Sequence[Minimum], results: Results) -> list[Missed]:
    """Return the minimums that a run misses. Raises BadRequest if it has no such figure."""
    values = [(minimum, results.figure(minimum.name).value) for minimum in minimums]
    return [Missed(minimum, value) for minimum, value in values if value < minimum.value]
