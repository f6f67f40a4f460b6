"""What figures are called, and which way they are better."""

from eval.metrics.latency import QUANTILES
from eval.metrics.ranking import RANKED, RANKINGS
from eval.metrics.resampling import Figure

ANSWERS = {
    "exact": "Exact match, as SQuAD scores it",
    "f1": "F1, as SQuAD scores it",
    "answered": "Answered, of what has an answer",
    "answerable-exact": "Exact match, of what has an answer",
    "answerable-f1": "F1, of what has an answer",
    "line": "Cited from a gold line",
    "best-exact": "Best span, sure or not: exact match",
    "best-f1": "Best span, sure or not: F1",
    "best-line": "Best span, sure or not: gold line",
    "top3": "Among the first three: right",
    "top3-line": "Among the first three: gold line",
    "no-answer-precision": "No answer: precision of refusals",
    "no-answer-recall": "No answer: recall of refusals",
    "no-answer-auroc": "No answer: AUROC of confidence",
    "right-auroc": "Right: AUROC of confidence",
    "calibration-error": "Expected calibration error",
    "risk-area": "Area under risk by coverage",
    "marks-heeded": "Marked wrong: not done again",
}
STAGE_LABELS = {
    "resolve": "follow-up made whole",
    "encode": "question's vector",
    "keywords": "keyword search",
    "vectors": "vector search",
    "gather": "fusion, passages",
    "read": "reading",
    "weigh": "confidence",
    "cite": "citations",
    "total": "total",
}
RANKING_FIGURES = tuple(f"{ranking}-{name}" for ranking in RANKINGS for name in RANKED)
COLD_START = "cold-start"
_TIMES = tuple(f"-{name}" for name, _ in QUANTILES)
_LOWER = frozenset({"calibration-error", "risk-area", COLD_START})


def is_milliseconds(name: str) -> bool:
    """Tell whether a figure is a time."""
    return name == COLD_START or name.endswith(_TIMES)


def is_better_lower(name: str) -> bool:
    """Tell whether less of a figure is better."""
    return name in _LOWER or is_milliseconds(name)


def shown_value(name: str, value: float) -> str:
    """Put a value of a figure into words: a percentage, a share or milliseconds."""
    if is_milliseconds(name):
        return f"{value:,.1f} ms" if value < 100 else f"{value:,.0f} ms"
    if name.endswith("auroc") or name in _LOWER:
        return f"{value:.3f}"
    return f"{100 * value:.1f}%"


def shown_figure(figure: Figure) -> tuple[str, str]:
    """Put a figure into words, and its interval."""
    low, high = shown_value(figure.name, figure.low), shown_value(figure.name, figure.high)
    return shown_value(figure.name, figure.value), f"{low} to {high}" if figure.count > 1 else ""
