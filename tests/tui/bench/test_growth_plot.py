import xml.etree.ElementTree as ET

from tui.bench.growth_plot import SHOWN, Size, growth_plot, growth_table, size_of
from tui.bench.table import Figure


def size(passages: int) -> Size:
    shown = [Figure(name, passages / 1000, "s", "", 0) for name in SHOWN]
    return size_of([Figure("passages", passages, "", "", 0), *shown])


def test_a_table_has_a_column_for_each_size() -> None:
    lines = growth_table([size(2000), size(200_000)]).splitlines()
    assert lines[0] == "|  | 2,000 passages | 200,000 passages |"
    assert lines[2] == "| first build without the model | 2 s | 200 s |"
    assert len(lines) == 2 + len(SHOWN)


def test_a_plot_has_a_line_for_each_figure_on_logarithmic_axes() -> None:
    drawn = ET.fromstring(growth_plot([size(2000), size(20_000), size(200_000)]))
    lines = [one for one in drawn if one.tag.endswith("polyline")]
    assert len(lines) == len(SHOWN)
    points = [tuple(map(float, one.split(","))) for one in lines[0].attrib["points"].split()]
    # Ten times as many lie as far apart, wherever they are.
    assert abs((points[1][0] - points[0][0]) - (points[2][0] - points[1][0])) < 0.2
    assert points[0][1] > points[1][1] > points[2][1]


def test_a_figure_that_stays_is_a_level_line() -> None:
    same = Figure("recall@10", 1.0, "", "", 0)
    sizes = [
        Size(one.passages, tuple(f if f.name != "recall@10" else same for f in one.figures))
        for one in (size(2000), size(20_000))
    ]
    assert growth_plot(sizes).count("<polyline") == len(SHOWN)


def test_a_ratio_is_to_the_limit() -> None:
    assert Figure("x", 3.0, "s", "y", 2.0).ratio == 1.5
    assert Figure("x", 3.0, "s", "", 0).ratio == 0
