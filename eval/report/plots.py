"""The report's plots, drawn by matplotlib and inlined as SVG.

The policy of the report blocks style attributes, so they become presentation attributes. Colours
become variables of report.css, so that plots follow the browser's light or dark scheme.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from eval.metrics.curves import Bin, Risk
from eval.metrics.labels import STAGE_LABELS, format_interval, format_value
from eval.metrics.ranking import RANKINGS, RECALL_CUTOFFS
from eval.metrics.resampling import Figure
from eval.runs.results import Results
from index.errors import require

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_BLUE, _ORANGE, _GREEN, _GREY, _LIGHT = "#0b5cad", "#b85c00", "#1c7a3e", "#5c656e", "#d5dae0"
_VARIABLES = {
    _BLUE: "var(--one)",
    _ORANGE: "var(--two)",
    _GREEN: "var(--three)",
    _GREY: "var(--quiet)",
    _LIGHT: "var(--line)",
}
_STYLE = {
    "font.size": 11,
    "svg.fonttype": "none",  # text stays text, in the font of the page
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": _LIGHT,
    "lines.linewidth": 2,
    "legend.frameon": False,
    "xtick.major.pad": 8,
    **{f"{axis}tick.{kind}.size": 0 for axis in "xy" for kind in ("major", "minor")},
    **{f"axes.spines.{side}": False for side in ("left", "right", "top", "bottom")},
}
_WIDTH, _HEIGHT, _BAR_HEIGHT = 340, 230, 22
_DPI = 72
"""One pixel per point."""
_MAX_RADIUS = 7.0
_TOOLTIP = "tooltip: "


@dataclass(frozen=True, slots=True)
class Plot:
    """A plot of the report."""

    title: str
    description: str
    """What it shows, for screen readers too."""
    svg: str


def draw_plots(results: Results) -> list[Plot]:
    """Draw the plots that there is data for."""
    require("matplotlib", extra="eval")
    from matplotlib.style import context

    known = results.by_name
    with context(["default", _STYLE]):
        plots = (
            _recall(known),
            _reliability(results.reliability),
            _risk(results.risk_coverage),
            _latency(known),
        )
    return [plot for plot in plots if plot]


def _recall(known: dict[str, Figure]) -> Plot | None:
    if f"{RANKINGS[0]}-recall@{RECALL_CUTOFFS[0]}" not in known:
        return None
    axes = _axes("passages searched", "found")
    axes.set_xscale("log")
    axes.set_xticks(RECALL_CUTOFFS, map(str, RECALL_CUTOFFS))
    for ranking, color in zip(RANKINGS, (_BLUE, _ORANGE, _GREEN), strict=True):
        figures = [known[f"{ranking}-recall@{k}"] for k in RECALL_CUTOFFS]
        shares = [figure.value for figure in figures]
        axes.plot(RECALL_CUTOFFS, shares, color=color, label=ranking, clip_on=False)
        for k, figure in zip(RECALL_CUTOFFS, figures, strict=True):
            value = format_value(figure.name, figure.value)
            tooltip = f"{ranking}, recall@{k}: {value} ({format_interval(figure)})"
            _point(axes, k, figure.value, 3.0, tooltip, color)
    axes.figure.legend(loc="outside upper right", ncols=len(RANKINGS))
    return _plot("Recall", "Share of the gold references among the top passages, by ranking", axes)


def _reliability(bins: Sequence[Bin]) -> Plot | None:
    if not bins:
        return None
    axes = _axes("confidence", "right", is_x_share=True)
    axes.plot((0, 1), (0, 1), color=_GREY, linestyle=":", linewidth=1)
    axes.plot([one.confidence for one in bins], [one.right for one in bins], color=_BLUE)
    largest = max(one.count for one in bins)
    for one in bins:
        radius = max(2.0, _MAX_RADIUS * math.sqrt(one.count / largest))
        tooltip = (
            f"confidence {one.low:.1f} to {one.high:.1f}: {one.count:,} answers, "
            f"mean {one.confidence:.2f}, right {one.right:.2f}"
        )
        _point(axes, one.confidence, one.right, radius, tooltip)
    description = "Share of right answers by confidence; the diagonal is perfect calibration"
    return _plot("Reliability", description, axes)


def _risk(risks: Sequence[Risk]) -> Plot | None:
    if not risks:
        return None
    axes = _axes("questions answered", "wrong", is_x_share=True)
    axes.plot([one.coverage for one in risks], [one.risk for one in risks], color=_BLUE)
    for one in risks:
        tooltip = (
            f"answering the most confident {100 * one.coverage:.0f}% "
            f"(confidence {one.confidence:.2f} and above): {100 * one.risk:.1f}% wrong"
        )
        _point(axes, one.coverage, one.risk, 1.2, tooltip)
    description = "Share of wrong answers by share of questions answered, most confident first"
    return _plot("Risk by coverage", description, axes)


def _latency(known: dict[str, Figure]) -> Plot | None:
    stages = [stage for stage in STAGE_LABELS if f"{stage}-p50" in known]
    if not stages:
        return None
    medians, slow = ([known[f"{stage}-{name}"] for stage in stages] for name in ("p50", "p95"))
    axes = _empty_axes(_BAR_HEIGHT * len(stages))
    axes.set_xticks([])
    axes.invert_yaxis()
    axes.grid(visible=False)
    labels = [STAGE_LABELS[stage] for stage in stages]
    bars = [
        axes.barh(labels, [one.value for one in figures], color=_BLUE, alpha=alpha, height=0.65)
        for figures, alpha in ((slow, 0.3), (medians, 1))
    ]
    texts = [
        " · ".join(format_value(one.name, one.value) for one in both)
        for both in zip(medians, slow, strict=True)
    ]
    axes.bar_label(bars[0], texts, padding=4)
    return _plot("Time", "Median and, paler, the 95th percentile of each stage", axes)


def _empty_axes(height: int) -> "Axes":
    from matplotlib.figure import Figure as Picture

    size = (_WIDTH / _DPI, height / _DPI)
    return Picture(size, _DPI, layout="constrained").add_subplot()


def _axes(x_label: str, y_label: str, is_x_share: bool = False) -> "Axes":
    """Return axes whose y axis, and x axis if `is_x_share`, goes from 0 to 100%."""
    from matplotlib.ticker import PercentFormatter

    shares = {"lim": (0, 1), "ticks": (0, 0.25, 0.5, 0.75, 1)}
    axes = _empty_axes(_HEIGHT)
    for name in "xy" if is_x_share else "y":
        axes.set(**{f"{name}{key}": value for key, value in shares.items()})
        getattr(axes, f"{name}axis").set_major_formatter(PercentFormatter(1, decimals=0))
    axes.set(xlabel=x_label, ylabel=y_label)
    return axes


def _point(
    axes: "Axes", x: float, y: float, radius: float, tooltip: str, color: str = _BLUE
) -> None:
    """Draw a point as a line without length and with round ends."""
    axes.plot(
        (x, x), (y, y), color=color, linewidth=2 * radius, solid_capstyle="round", clip_on=False,
        gid=f"{_TOOLTIP}{tooltip}",
    )  # fmt: skip


def _plot(title: str, description: str, axes: "Axes") -> Plot:
    output = StringIO()
    picture = axes.get_figure(root=True)
    assert picture
    picture.savefig(output, format="svg", transparent=True)
    svg = ElementTree.fromstring(output.getvalue())  # noqa: S314  matplotlib's own
    for element in reversed([*svg.iter()]):
        _simplify(element)
    svg.attrib = {"viewBox": svg.attrib["viewBox"], "role": "img", "aria-label": description}
    return Plot(title, description, ElementTree.tostring(svg, encoding="unicode"))


def _simplify(element: ElementTree.Element) -> None:
    """Replace the style by attributes, and the id by a tooltip or nothing."""
    element.tag = element.tag.rpartition("}")[2]
    element.text, element.tail = (element.text or "").strip(), None
    for child in [*element]:
        if child.tag in ("metadata", "defs") or (child.tag == "g" and not len(child)):
            element.remove(child)
    style, gid = element.attrib.pop("style", ""), element.attrib.pop("id", "")
    for declaration in filter(None, style.split("; ")):
        name, value = declaration.split(": ", 1)
        if not name.startswith("font"):
            element.set(name, _VARIABLES.get(value, value))
    if gid.startswith(_TOOLTIP):
        ElementTree.SubElement(element, "title").text = gid.removeprefix(_TOOLTIP)
    element.attrib.pop("clip-path", None)
