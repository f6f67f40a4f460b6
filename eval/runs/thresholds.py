"""Lines that a run must hold: `f1=0.7`."""

from collections.abc import Sequence
from dataclasses import dataclass

from eval.metrics.labels import ANSWERS, RANKING_FIGURES, is_better_lower
from eval.runs.results import Results
from index.errors import BadRequest

_HELD = tuple(name for name in (*ANSWERS, *RANKING_FIGURES) if not is_better_lower(name))


@dataclass(frozen=True, slots=True)
class Limit:
    """A figure that must be at least so much."""

    name: str
    least: float


@dataclass(frozen=True, slots=True)
class Missed:
    """A limit that a run does not hold."""

    limit: Limit
    value: float

    @property
    def by(self) -> float:
        """How much is lacking."""
        return self.limit.least - self.value


def limit_of(text: str) -> Limit:
    """Read a limit. Raises BadRequest where it is none, or for a figure that is better lower."""
    name, _, least = text.partition("=")
    try:
        limit = Limit(name.strip(), float(least))
    except ValueError as error:
        raise BadRequest(f"{text!r} is no limit; write one like f1=0.7") from error
    if not limit.name:
        raise BadRequest(f"{text!r} is no limit; write one like f1=0.7")
    if limit.name not in _HELD and not is_better_lower(limit.name):
        raise BadRequest(f"there is no figure {limit.name}; there are {', '.join(_HELD)}")
    if is_better_lower(limit.name):
        raise BadRequest(f"{limit.name} is better when it is lower; it cannot be held from below")
    if not 0 <= limit.least <= 1:
        raise BadRequest(f"{text!r}: figures are shares from 0 to 1, as in f1=0.7")
    return limit


def missed(limits: Sequence[Limit], results: Results) -> tuple[Missed, ...]:
    """Tell which limits a run does not hold. Raises BadRequest for a figure that it has not."""
    values = [(limit, results.figure(limit.name).value) for limit in limits]
    return tuple(Missed(limit, value) for limit, value in values if value < limit.least)
