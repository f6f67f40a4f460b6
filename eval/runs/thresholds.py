"""Minimum figures that a run must reach: `f1=0.7`."""

from collections.abc import Sequence

from eval.metrics.labels import ANSWERS, RANKING_FIGURES, is_better_lower
from eval.runs.results import Results
from index.errors import BadRequest

_ALLOWED = tuple(name for name in (*ANSWERS, *RANKING_FIGURES) if not is_better_lower(name))


def parse_minimum(text: str) -> tuple[str, float]:
    """Parse FIGURE=N. Raises BadRequest if it is invalid or lower values are better."""
    figure, _, share = text.partition("=")
    name = figure.strip()
    try:
        minimum = float(share)
    except ValueError as error:
        raise BadRequest(f"{text!r} is not a minimum like f1=0.7") from error
    if not name:
        raise BadRequest(f"{text!r} is not a minimum like f1=0.7")
    if is_better_lower(name):
        raise BadRequest(f"{name} has no minimum: lower is better")
    if name not in _ALLOWED:
        raise BadRequest(f"there is no figure {name}; choose from {', '.join(_ALLOWED)}")
    if not 0 <= minimum <= 1:
        raise BadRequest(f"{text!r}: figures are shares from 0 to 1, as in f1=0.7")
    return name, minimum


def missed(
    minimums: Sequence[tuple[str, float]], results: Results
) -> list[tuple[str, float, float]]:
    """Return the figures below their minimum, each with its value and the minimum.

    Raises BadRequest if the run has no such figure.
    """
    figures = [(name, results.figure(name).value, minimum) for name, minimum in minimums]
    return [(name, value, minimum) for name, value, minimum in figures if value < minimum]
