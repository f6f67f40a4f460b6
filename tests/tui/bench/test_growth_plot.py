from pathlib import Path

import numpy as np
import pytest

from eval.bench.figures import Figure
from tui.bench.growth_plot import SHOWN, Size, growth_plots, growth_table

pytestmark = pytest.mark.slow


def size(passages: int, **constant: float) -> Size:
    values = dict.fromkeys(SHOWN, passages / 1000) | constant
    shown = {name: Figure(name, value, "s") for name, value in values.items()}
    return {"passages": Figure("passages", passages), **shown}


def test_a_table_has_a_column_for_each_size() -> None:
    lines = growth_table([size(2000), size(200_000)]).splitlines()
    assert lines[0] == "|  | 2,000 passages | 200,000 passages |"
    assert lines[2] == "| first build, without the model | 2 s | 200 s |"
    assert len(lines) == 2 + len(SHOWN)


def test_a_plot_shows_each_figure_by_size_on_logarithmic_axes(tmp_path: Path) -> None:
    plots = growth_plots([size(2000), size(20_000), size(200_000)])
    assert [axes.get_title() for axes in plots.axes] == list(SHOWN)
    for axes in plots.axes:
        assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")
        (line,) = axes.lines
        assert np.asarray(line.get_xydata()).tolist() == [[2000, 2], [20_000, 20], [200_000, 200]]
        assert [text.get_text() for text in axes.texts] == ["2 s", "20 s", "200 s"]
        assert [text.get_text() for text in axes.get_xticklabels()] == [
            "2,000", "20,000", "200,000",
        ]  # fmt: skip
    plots.savefig(tmp_path / "growth.svg")
    assert "<svg" in (tmp_path / "growth.svg").read_text(encoding="utf-8")


def test_a_constant_figure_is_a_level_line() -> None:
    plots = growth_plots([size(count, **{"recall@10": 1.0}) for count in (2000, 20_000)])
    (line,) = plots.axes[SHOWN.index("recall@10")].lines
    assert np.asarray(line.get_ydata()).tolist() == [1, 1]


def test_a_ratio_is_to_the_reference() -> None:
    assert Figure("x", 3.0, "s", "y", 2.0).ratio == 1.5
    assert Figure("x", 3.0, "s").ratio is None
