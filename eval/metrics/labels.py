"""Labels and formats of figures, and which direction is better."""

from eval.metrics.latency import QUANTILES
from eval.metrics.ranking import RANKED, RANKINGS
from eval.metrics.resampling import Figure
from qa.answers import State

ANSWERS = {
    "exact": "Exact match (SQuAD)",
    "f1": "F1 (SQuAD)",
    "answered": "Answer rate (answerable)",
    "right": "Right answer (answerable)",
    "answerable-exact": "Exact match (answerable)",
    "answerable-f1": "F1 (answerable)",
    "line": "Gold line cited",
    "best-exact": "Best span, any confidence: exact match",
    "best-f1": "Best span, any confidence: F1",
    "best-line": "Best span, any confidence: gold line",
    "top3": "Top 3 spans: right",
    "top3-line": "Top 3 spans: gold line",
    "no-answer-precision": "Refusals: precision",
    "no-answer-recall": "Refusals: recall",
    "no-answer-auroc": "Refusals: AUROC of confidence",
    "right-auroc": "Right answers: AUROC of confidence",
    "calibration-error": "Expected calibration error",
    "risk-area": "Area under the risk-coverage curve",
    "marks-heeded": "Rejected answers not repeated",
}
STATE_LABELS = {
    State.ANSWER: "an answer",
    State.PERHAPS: "perhaps",
    State.NO_ANSWER: "no confident answer",
}
"""How sure a reply was."""
TAG_LABELS = {
    "right": "right",
    "top3": "right@3",
    "line": "line",
    "top3-line": "line@3",
    "no-answer-recall": "refused",
}
"""The figures of each tag."""
STAGE_LABELS = {
    "resolve": "choose turns, articles",
    "encode": "encode question",
    "keywords": "keyword search",
    "vectors": "vector search",
    "gather": "fuse, load passages",
    "read": "read",
    "weigh": "compute confidence",
    "cite": "cite",
    "total": "total",
}
RANKING_FIGURES = tuple(f"{ranking}-{name}" for ranking in RANKINGS for name in RANKED)
COLD_START = "cold-start"
_TIME_SUFFIXES = tuple(f"-{name}" for name, _ in QUANTILES)
_LOWER_IS_BETTER = frozenset({"calibration-error", "risk-area", COLD_START})


def is_milliseconds(name: str) -> bool:
    """Return whether a figure is a time."""
    return name == COLD_START or name.endswith(_TIME_SUFFIXES)


def is_better_lower(name: str) -> bool:
    """Return whether lower is better."""
    return name in _LOWER_IS_BETTER or is_milliseconds(name)


def format_value(name: str, value: float) -> str:
    """Format a value of a figure as milliseconds, a number or a percentage."""
    if is_milliseconds(name):
        return f"{value:,.1f} ms" if value < 100 else f"{value:,.0f} ms"
    if name.endswith("auroc") or name in _LOWER_IS_BETTER:
        return f"{value:.3f}"
    return f"{100 * value:.1f}%"


def format_interval(figure: Figure) -> str:
    """Format the interval of a figure; empty if it is about one question."""
    if figure.count == 1:
        return ""
    low, high = (format_value(figure.name, value) for value in (figure.low, figure.high))
    return f"{low} to {high}"
