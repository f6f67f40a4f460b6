"""Cost by size: the figures of indexes of several sizes, as a table and as a plot."""

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass

from tui.bench.table import Figure

SHOWN = (
    "first build without the model",
    "its memory, at most",
    "update of nothing, process",
    "update of 10 articles, less embedding",
    "cold ask, whole process",
    "retrieval, p50",
    "retrieval, p95",
    "recall@10",
    "resident while asked",
    "size on disk",
)
"""Figures that depend on the size, by their names."""
_WIDE, _HIGH, _LEFT, _TOP = 300, 170, 52, 30
_GAP = 34
_COLUMNS = 2


@dataclass(frozen=True, slots=True)
class Size:
    """What an index of a size costs."""

    passages: int
    figures: tuple[Figure, ...]

    def figure(self, name: str) -> Figure:
        """Give a figure by its name."""
        return next(one for one in self.figures if one.name == name)


def size_of(figures: Sequence[Figure]) -> Size:
    """Take what `grown_figures` gives."""
    passages = next(one for one in figures if one.name == "passages")
    return Size(int(passages.value), tuple(figures))


def growth_table(sizes: Sequence[Size]) -> str:
    """Give the figures as a table in Markdown, a column for each size."""
    heads = ["", *(f"{size.passages:,} passages" for size in sizes)]
    rows = [[name, *(_shown(size.figure(name)) for size in sizes)] for name in SHOWN]
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def growth_plot(sizes: Sequence[Size]) -> str:
    """Draw each figure by size, both on logarithmic axes, as an SVG."""
    rows = -(-len(SHOWN) // _COLUMNS)
    width, height = _COLUMNS * (_WIDE + _LEFT), rows * (_HIGH + _GAP) + _TOP
    panels = "".join(
        _panel(name, sizes, index % _COLUMNS, index // _COLUMNS) for index, name in enumerate(SHOWN)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" font-family="sans-serif" font-size="11">'
        f'<rect width="{width}" height="{height}" fill="#fff"/>{panels}</svg>\n'
    )


def _panel(name: str, sizes: Sequence[Size], column: int, row: int) -> str:
    left, top = column * (_WIDE + _LEFT) + _LEFT, row * (_HIGH + _GAP) + _TOP
    figures = [size.figure(name) for size in sizes]
    across = _Axis.over([size.passages for size in sizes], left, left + _WIDE - _LEFT)
    up = _Axis.over([one.value for one in figures], top + _HIGH - _GAP, top)
    points = [
        (across.at(size.passages), up.at(one.value), _shown(one))
        for size, one in zip(sizes, figures, strict=True)
    ]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y, _ in points)
    dots = "".join(
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="#1f6feb"/>'
        f'<text x="{x:.1f}" y="{y - 7:.1f}" text-anchor="middle">{html.escape(text)}</text>'
        for x, y, text in points
    )
    ticks = "".join(
        f'<text x="{across.at(size.passages):.1f}" y="{top + _HIGH - _GAP + 16}" fill="#57606a" '
        f'text-anchor="middle">{size.passages:,}</text>'
        for size in sizes
    )
    return (
        f'<text x="{left - 20}" y="{top - 16}" font-weight="bold">{html.escape(name)}</text>'
        f'<polyline points="{line}" fill="none" stroke="#1f6feb"/>{dots}{ticks}'
    )


@dataclass(frozen=True, slots=True)
class _Axis:
    """A logarithmic axis, between two places."""

    low: float
    high: float
    start: float
    end: float

    @classmethod
    def over(cls, values: Sequence[float], start: float, end: float) -> "_Axis":
        logs = [math.log(max(value, 1e-9)) for value in values]
        return cls(min(logs), max(logs), start, end)

    def at(self, value: float) -> float:
        span = self.high - self.low
        share = (math.log(max(value, 1e-9)) - self.low) / span if span else 0.5
        return self.start + share * (self.end - self.start)


def _shown(figure: Figure) -> str:
    value = f"{figure.value:,.0f}" if figure.value >= 100 else f"{figure.value:.3g}"
    return f"{value} {figure.unit}".strip()
