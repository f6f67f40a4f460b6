from pathlib import Path

import pytest

from index.errors import BadRequest
from tui.bench import growth_plot
from tui.bench.growth_plot import SHOWN, Size, draw_growth, growth_table
from tui.bench.table import Figure


def size(passages: int, **constant: float) -> Size:
    values = dict.fromkeys(SHOWN, passages / 1000) | constant
    shown = [Figure(name, value, "s") for name, value in values.items()]
    return Size.of([Figure("passages", passages), *shown])


def test_a_table_has_a_column_for_each_size() -> None:
    lines = growth_table([size(2000), size(200_000)]).splitlines()
    assert lines[0] == "|  | 2,000 passages | 200,000 passages |"
    assert lines[2] == "| first build, without the model | 2 s | 200 s |"
    assert len(lines) == 2 + len(SHOWN)


def test_a_plot_shows_each_figure_with_its_values(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    import matplotlib as mpl

    with mpl.rc_context({"svg.fonttype": "none"}):  # text as text
        draw_growth([size(2000), size(20_000), size(200_000)], tmp_path / "growth.svg")
    drawn = (tmp_path / "growth.svg").read_text(encoding="utf-8")
    for name in SHOWN:
        assert name in drawn
    for text in ("2 s", "20 s", "200 s", "2,000", "20,000", "200,000"):
        assert drawn.count(f">{text}<") == len(SHOWN)


def test_a_constant_figure_can_be_plotted(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    sizes = [size(count, **{"recall@10": 1.0}) for count in (2000, 20_000)]
    draw_growth(sizes, tmp_path / "growth.png")
    assert (tmp_path / "growth.png").read_bytes().startswith(b"\x89PNG")


def test_without_matplotlib_the_error_names_the_command_that_installs_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(growth_plot, "find_spec", lambda _: None)
    with pytest.raises(BadRequest, match="pip install matplotlib"):
        draw_growth([size(2000)], tmp_path / "growth.svg")


def test_a_ratio_is_to_the_reference() -> None:
    assert Figure("x", 3.0, "s", "y", 2.0).ratio == 1.5
    assert Figure("x", 3.0, "s").ratio is None
