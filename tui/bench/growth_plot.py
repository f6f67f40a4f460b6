"""Cost by size: the figures of indexes of several sizes, as a table and as plots."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from eval.bench.figures import Figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas

SHOWN = (
    "first build, without the model", "peak memory", "no-op update, whole process",
    "update of 10 articles, without embedding", "cold ask, whole process", "retrieval, p50",
    "retrieval, p95", "recall@10", "RSS while answering", "size on disk",
)  # fmt: skip
"""Names of the figures that depend on the size."""
_COLUMNS = 2

Size = Mapping[str, Figure]
"""The figures of an index by their names, `passages` among them."""


def growth_table(sizes: Sequence[Size]) -> str:
    """Return the figures as a table in Markdown, a column for each size."""
    heads = ["", *(f"{size['passages'].value:,.0f} passages" for size in sizes)]
    rows = [[name, *(_text(size[name]) for size in sizes)] for name in SHOWN]
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def growth_plots(sizes: Sequence[Size]) -> "Canvas":
    """Plot each figure by size, both on logarithmic axes."""
    # Slow to import, and in an extra.
    from matplotlib.figure import Figure as Canvas

    rows = -(-len(SHOWN) // _COLUMNS)
    canvas = Canvas(figsize=(5 * _COLUMNS, 2.5 * rows), layout="constrained")
    passages = [size["passages"].value for size in sizes]
    for name, axes in zip(SHOWN, canvas.subplots(rows, _COLUMNS).flat, strict=False):
        axes.loglog(passages, [size[name].value for size in sizes], marker="o")
        axes.set_title(name)
        axes.set_xticks(passages, [f"{count:,}" for count in passages])
        axes.set_yticks([])
        axes.minorticks_off()
        axes.margins(0.15, 0.3)
        for count, size in zip(passages, sizes, strict=True):
            axes.annotate(
                _text(size[name]), (count, size[name].value), (0, 6), textcoords="offset points",
                ha="center",
            )  # fmt: skip
    return canvas


def _text(figure: Figure) -> str:
    value = f"{figure.value:,.0f}" if figure.value >= 100 else f"{figure.value:.3g}"
    return f"{value} {figure.unit}".strip()
