"""The report's plots, as coordinates that its template draws."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from eval.metrics.curves import Bin, Risk
from eval.metrics.labels import STAGE_LABELS, shown_value
from eval.metrics.ranking import RANKINGS, RECALLED_AT
from eval.metrics.resampling import Figure

_LEFT, _RIGHT, _TOP, _BOTTOM = 42, 318, 10, 184
_QUARTERS = (0.0, 0.25, 0.5, 0.75, 1.0)
_BIGGEST_DOT = 7.0
_LONGEST_BAR = 100.0


@dataclass(frozen=True, slots=True)
class Tick:
    """A label on an axis, and where it stands."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Dot:
    """A point with what it tells."""

    x: float
    y: float
    radius: float
    text: str


@dataclass(frozen=True, slots=True)
class Series:
    """A line through dots."""

    name: str
    dots: tuple[Dot, ...]

    @property
    def points(self) -> str:
        """As SVG writes them."""
        return " ".join(f"{dot.x:.1f},{dot.y:.1f}" for dot in self.dots)


@dataclass(frozen=True, slots=True)
class Plot:
    """Lines over two axes."""

    title: str
    told: str
    """What it shows, for who cannot see it."""
    across: str
    up: str
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    series: tuple[Series, ...]
    has_diagonal: bool = False


@dataclass(frozen=True, slots=True)
class Bar:
    """How long a stage takes."""

    label: str
    y: float
    median: float
    """Width of its bar."""
    slow: float
    """Width up to the 95th percentile."""
    text: str


def recall_plot(figures: Sequence[Figure]) -> tuple[Plot, ...]:
    """Draw recall by how many passages are looked at, on a logarithmic axis."""
    known = {one.name: one for one in figures}
    most = math.log(max(RECALLED_AT))
    series = tuple(
        Series(
            ranking,
            tuple(
                Dot(
                    _x(math.log(k) / most),
                    _y(one.value),
                    3.0,
                    f"{ranking}, recall@{k}: {100 * one.value:.1f}% "
                    f"({100 * one.low:.1f} to {100 * one.high:.1f})",
                )
                for k in RECALLED_AT
                for one in [known[f"{ranking}-recall@{k}"]]
            ),
        )
        for ranking in RANKINGS
        if f"{ranking}-recall@{RECALLED_AT[0]}" in known
    )
    ticks = tuple(Tick(_x(math.log(k) / most), str(k)) for k in RECALLED_AT)
    told = "Share of the gold places that are among the first passages, by ranking"
    return _plot("Recall", told, "passages looked at", "found", ticks, series)


def reliability_plot(bins: Sequence[Bin]) -> tuple[Plot, ...]:
    """Draw how often answers of about one confidence are right; on the diagonal it is honest."""
    most = max((one.count for one in bins), default=1)
    dots = tuple(
        Dot(
            _x(one.confidence),
            _y(one.right),
            max(2.0, _BIGGEST_DOT * math.sqrt(one.count / most)),
            f"confidence {one.low:.1f} to {one.high:.1f}: {one.count:,} answers, mean "
            f"{one.confidence:.2f}, right {one.right:.2f}",
        )
        for one in bins
    )
    told = "Share of right answers by confidence; the diagonal is perfect calibration"
    series = (Series("best spans", dots),) if dots else ()
    return _plot("Reliability", told, "confidence", "right", _shares(), series, True)


def risk_plot(risks: Sequence[Risk]) -> tuple[Plot, ...]:
    """Draw how many answers are wrong when only the surest are given."""
    dots = tuple(
        Dot(
            _x(one.coverage),
            _y(one.risk),
            1.2,
            f"answering the surest {100 * one.coverage:.0f}% (confidence {one.confidence:.2f} and "
            f"over): {100 * one.risk:.1f}% wrong",
        )
        for one in risks
    )
    told = "Share of wrong answers by the share of questions that is answered, the surest first"
    series = (Series("best spans", dots),) if dots else ()
    return _plot("Risk by coverage", told, "questions answered", "wrong", _shares(), series)


def latency_bars(figures: Sequence[Figure]) -> tuple[Bar, ...]:
    """Draw the median and the 95th percentile of each stage."""
    known = {one.name: one.value for one in figures}
    stages = [(stage, label) for stage, label in STAGE_LABELS.items() if f"{stage}-p50" in known]
    slowest = max((known[f"{stage}-p95"] for stage, _ in stages), default=0.0) or 1.0
    return tuple(
        Bar(
            label,
            22.0 * row,
            _LONGEST_BAR * known[f"{stage}-p50"] / slowest,
            _LONGEST_BAR * known[f"{stage}-p95"] / slowest,
            f"{shown_value(f'{stage}-p50', known[f'{stage}-p50'])} · "
            f"{shown_value(f'{stage}-p95', known[f'{stage}-p95'])}",
        )
        for row, (stage, label) in enumerate(stages)
    )


def _plot(
    title: str,
    told: str,
    across: str,
    up: str,
    x_ticks: tuple[Tick, ...],
    series: tuple[Series, ...],
    has_diagonal: bool = False,
) -> tuple[Plot, ...]:
    """Give the plot, or none where there is nothing to draw."""
    y_ticks = tuple(Tick(_y(share), f"{100 * share:.0f}%") for share in _QUARTERS)
    plot = Plot(title, told, across, up, x_ticks, y_ticks, series, has_diagonal)
    return (plot,) if series else ()


def _shares() -> tuple[Tick, ...]:
    return tuple(Tick(_x(share), f"{100 * share:.0f}%") for share in _QUARTERS)


def _x(share: float) -> float:
    return _LEFT + share * (_RIGHT - _LEFT)


def _y(share: float) -> float:
    return _BOTTOM - share * (_BOTTOM - _TOP)
