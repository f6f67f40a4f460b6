from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from index.errors import ModelUnavailable
from index.models import tuning
from index.models.onnx_runtime import open_session
from index.models.tuning import (
    BLOCKS,
    COLUMNS,
    FLOAT32,
    PRODUCT_INPUT,
    Sample,
    Trial,
    Way,
    blocks,
    columns,
    described,
    exact,
    write_fastest,
    write_product,
)

INPUTS = np.random.default_rng(1).normal(size=(3, 32)).astype(np.float32)
WEIGHT = np.random.default_rng(2).normal(size=(32, 8)).astype(np.float32)


def product(session: Any) -> Any:  # noqa: ANN401
    (found,) = session.run(None, {PRODUCT_INPUT: INPUTS})
    return found


def loss(session: Any) -> float:  # noqa: ANN401
    return float(np.abs(product(session) - INPUTS @ WEIGHT).max())


def sample(loss: Callable[[Any], float] = loss) -> Sample:
    return Sample([{PRODUCT_INPUT: INPUTS}], len(INPUTS), loss, product)


WAYS = {"float32": FLOAT32, "blocks": BLOCKS, "columns": COLUMNS}


def timed(monkeypatch: pytest.MonkeyPatch, **milliseconds: float) -> None:
    """Have the ways float32, blocks and columns take these times, and products 1 ms each."""
    known = {WAYS[name]: value for name, value in milliseconds.items()}
    monkeypatch.setattr(tuning, "_times", lambda good, _: {name: known[name] for name in good})
    products(monkeypatch)


def products(monkeypatch: pytest.MonkeyPatch, **milliseconds: float) -> None:
    """Have a product take these times, 1 ms where none is named."""
    known = {WAYS[name]: value for name, value in milliseconds.items()}
    monkeypatch.setattr(tuning, "_product_time", lambda way, *_: known.get(way.name, 1.0))


def written(folder: Path, *ways: Way) -> list[Trial]:
    write_product(WEIGHT, folder / "exact.onnx")
    return write_fastest(folder / "exact.onnx", folder / "network.onnx", ways, sample())


ALL = (exact(0.001), blocks(16, 0.5), columns(2.0))


@pytest.mark.parametrize(
    ("milliseconds", "chosen"),
    [
        ({"float32": 3.0, "blocks": 2.0, "columns": 1.0}, COLUMNS),
        ({"float32": 3.0, "blocks": 1.0, "columns": 2.0}, BLOCKS),
        ({"float32": 1.0, "blocks": 3.0, "columns": 3.0}, FLOAT32),
        # What is about as fast, and more exact, is preferred.
        ({"float32": 1.05, "blocks": 1.0, "columns": 1.0}, FLOAT32),
        ({"float32": 1.2, "blocks": 1.05, "columns": 1.0}, BLOCKS),
    ],
)
def test_the_fastest_way_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, milliseconds: dict[str, float], chosen: str
) -> None:
    timed(monkeypatch, **milliseconds)
    first, *others = written(tmp_path, *ALL)
    assert first.way == chosen
    assert {trial.way for trial in others} == {FLOAT32, BLOCKS, COLUMNS} - {chosen}
    assert loss(open_session(tmp_path / "network.onnx")) == first.loss
    assert {path.stem for path in tmp_path.iterdir()} == {"exact", "network"}


def test_a_way_that_loses_too_much_is_not_chosen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    timed(monkeypatch, float32=9.0, blocks=1.0, columns=2.0)
    first, *others = written(tmp_path, exact(0.001), blocks(16, 0.0), columns(2.0))
    assert first.way == COLUMNS
    assert [trial.milliseconds for trial in others] == [9.0, None]
    assert described([first, *others]) == (
        "int8 by columns 2.0 ms, float32 9.0 ms, int8 in blocks loses too much"
    )


def test_a_way_with_a_slow_product_is_not_tried(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    timed(monkeypatch, columns=5.0)
    products(monkeypatch, float32=2.0, blocks=1.4, columns=1.0)
    first, *others = written(tmp_path, *ALL)
    assert first.way == COLUMNS
    assert [(trial.loss, trial.milliseconds) for trial in others] == [(None, None)] * 2
    assert described([first, *others]) == (
        "int8 by columns 5.0 ms, float32 is too slow, int8 in blocks is too slow"
    )


def test_a_way_with_a_slow_product_is_tried_where_the_faster_ones_lose_too_much(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    timed(monkeypatch, blocks=8.0)
    products(monkeypatch, float32=9.0, blocks=2.0, columns=1.0)
    first, *others = written(tmp_path, exact(0.001), blocks(16, 0.5), columns(0.0))
    assert first.way == BLOCKS
    assert [trial.loss is None for trial in others] == [True, False]


def test_a_product_is_timed_in_each_way(tmp_path: Path) -> None:
    for way in ALL:
        assert 0 < tuning._product_time(way, 2, tmp_path, 1) < 10_000
    assert len(list(tmp_path.iterdir())) == 1 + len(ALL)


@pytest.mark.parametrize("lost", [0.002, float("nan")])
def test_a_network_that_no_way_computes_well_is_refused(tmp_path: Path, lost: float) -> None:
    write_product(WEIGHT, tmp_path / "exact.onnx")
    write = partial(write_fastest, tmp_path / "exact.onnx", tmp_path / "network.onnx")
    with pytest.raises(ModelUnavailable, match=f"differ by {lost:.5f}"):
        write([exact(0.001)], sample(lambda _: lost))
    assert [path.name for path in tmp_path.iterdir()] == ["exact.onnx"]


@pytest.mark.parametrize(("spent", "wins"), [(0.9, True), (1.1, False)])
def test_nothing_is_written_where_another_program_is_faster(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spent: float, wins: bool
) -> None:
    timed(monkeypatch, float32=1.0)
    write_product(WEIGHT, tmp_path / "exact.onnx")
    rival = Trial("torch", 0.0, spent)
    path = tmp_path / "network.onnx"
    first, second = write_fastest(
        tmp_path / "exact.onnx", path, [exact(0.001)], sample(), rival=rival
    )
    assert {first.way, second.way} == {FLOAT32, "torch"}
    assert (first is rival) == wins == (not path.exists())


def test_the_best_of_several_turns_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    products(monkeypatch)
    clock = iter([0.0, 5.0, 5.0, 9.0, 9.0, 11.0, 11.0, 12.0, 12.0, 15.0, 15.0, 17.0])
    monkeypatch.setattr("index.models.tuning.time.process_time", lambda: next(clock))
    first, second = written(tmp_path, exact(0.001), blocks(16, 0.5))
    # Each has three turns: float32 takes 5, 2 and 3 s, int8 in blocks 4, 1 and 2 s.
    assert (first.way, first.milliseconds) == (BLOCKS, 1000.0)
    assert second.milliseconds == 2000.0
