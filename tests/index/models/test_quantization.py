from pathlib import Path

import numpy as np
import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from index.models.onnx_runtime import open_session, write_finished
from index.models.quantization import blocks_of, quantise, write_finished_columns_int8
from index.models.tuning import PRODUCT_INPUT, write_product

BLOCK = 16


def test_each_block_of_a_column_has_its_own_scale() -> None:
    column = [0.0] * 15 + [-127.0] + [2.54, -1.27] + [0.0] * 14
    steps, scales = blocks_of(np.array([column], np.float32).T, BLOCK)
    assert steps.shape == (1, 2, 16)
    assert steps[0, 0].tolist() == [128] * 15 + [1]
    assert steps[0, 1].tolist() == [255, 64] + [128] * 14  # 1.27 is 63.5 steps; halves go to even
    np.testing.assert_allclose(scales, [1.0, 0.02], rtol=1e-6)


def test_a_block_of_zeros_stays_zero() -> None:
    steps, scales = blocks_of(np.zeros((BLOCK, 3), np.float32), BLOCK)
    assert steps.tolist() == [[[128] * BLOCK]] * 3
    assert scales.tolist() == [0.0, 0.0, 0.0]


@given(arrays(np.float32, (2 * BLOCK, 3), elements=st.floats(-8, 8, width=32)))
def test_a_weight_is_restored_within_half_a_step(weight: NDArray[np.float32]) -> None:
    steps, scales = blocks_of(weight, BLOCK)
    by_block = scales.reshape(3, 2, 1)
    restored = ((steps.astype(np.float32) - 128) * by_block).reshape(3, -1).T
    half = np.repeat(by_block / 2, BLOCK, axis=2).reshape(3, -1).T
    assert (np.abs(restored - weight) <= half + 1e-5).all()


def product_of(path: Path, rows: NDArray[np.float32]) -> NDArray[np.float32]:
    write_finished(path, path.with_suffix(".finished"))
    (product,) = open_session(path.with_suffix(".finished")).run(None, {PRODUCT_INPUT: rows})
    return np.asarray(product)


@pytest.mark.parametrize("rows", [BLOCK, 5 * BLOCK])
def test_a_quantised_product_is_close_to_the_exact_one(tmp_path: Path, rows: int) -> None:
    random = np.random.default_rng(4)
    weight = random.normal(size=(rows, 24)).astype(np.float32)
    inputs = random.normal(size=(3, rows)).astype(np.float32)
    write_product(weight, tmp_path / "exact.onnx")
    quantise(tmp_path / "exact.onnx", tmp_path / "blocks.onnx", BLOCK)
    (node,) = onnx.load(tmp_path / "blocks.onnx").graph.node
    assert (node.op_type, node.name) == ("MatMulNBits", "product")
    error = np.abs(product_of(tmp_path / "blocks.onnx", inputs) - inputs @ weight)
    assert 0 < error.max() < 0.02 * np.abs(inputs @ weight).max()


def test_weights_that_do_not_divide_into_blocks_stay_in_float32(tmp_path: Path) -> None:
    weight = np.eye(BLOCK + 1, dtype=np.float32)
    write_product(weight, tmp_path / "exact.onnx")
    quantise(tmp_path / "exact.onnx", tmp_path / "blocks.onnx", BLOCK)
    np.testing.assert_array_equal(product_of(tmp_path / "blocks.onnx", weight), weight)


def test_one_token_and_one_feature_a_hundred_times_greater_cost_no_precision(
    tmp_path: Path,
) -> None:
    random = np.random.default_rng(5)
    weight = random.normal(size=(64, 24)).astype(np.float32)
    inputs = random.normal(size=(8, 64)).astype(np.float32)
    inputs[3] *= 100
    inputs[:, 5] *= 100
    weight[5] /= 100
    write_product(weight, tmp_path / "exact.onnx")
    path = tmp_path / "columns.onnx"
    write_finished_columns_int8(tmp_path / "exact.onnx", path, [{PRODUCT_INPUT: inputs}])
    (product,) = open_session(path).run(None, {PRODUCT_INPUT: inputs})
    exact = inputs @ weight
    errors = np.abs(product - exact).max(axis=1) / np.abs(exact).max(axis=1)
    assert 0 < errors.max() < 0.1
    assert {file.name for file in tmp_path.iterdir()} == {
        "exact.onnx", "columns.onnx", "columns.weights"
    }  # fmt: skip


def test_inputs_of_nothing_but_zeros_have_a_product_of_zeros(tmp_path: Path) -> None:
    weight = np.ones((BLOCK, 3), np.float32)
    rows = {PRODUCT_INPUT: np.zeros((2, BLOCK), np.float32)}
    write_product(weight, tmp_path / "exact.onnx")
    write_finished_columns_int8(tmp_path / "exact.onnx", tmp_path / "columns.onnx", [rows])
    (product,) = open_session(tmp_path / "columns.onnx").run(None, rows)
    np.testing.assert_array_equal(product, np.zeros((2, 3), np.float32))
