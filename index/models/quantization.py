"""ONNX networks whose matrix products are computed in int8.

With one scale per block of weights a network changes least; onnxruntime's own quantizer cannot do
that. Without sums of byte products in hardware this is slower than float32 (1.5 times on AVX2); one
scale per column is 1.6 times as fast as float32. Networks are smoothed for it: over sample texts,
the accurate reader's logits then differ by 0.9, else by 4.2.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from index.models.onnx_runtime import write_finished
from index.models.smoothing import Inputs, products, smooth

if TYPE_CHECKING:
    from onnx import GraphProto, NodeProto, TensorProto

_ZERO = 128
"""The byte for a weight of 0."""
_MAX_STEPS = 127
"""Steps of a scale in either direction from there."""
_COLUMN_STEPS = 64
"""The same of a column's scale."""
_INT8_ACTIVATIONS = 4
"""MatMulNBits' `accuracy_level` for activations in int8, so that bytes are multiplied."""


def quantise(exact: Path, path: Path, block: int) -> None:
    """Write a network with the weights of its matrix products in int8, one scale per block.

    A block is `block` consecutive weights of a column: a power of two, at least 16. Weights that
    do not divide into blocks stay in float32. The products become onnxruntime's MatMulNBits, which
    scales activations by blocks too. Raises whatever onnx raises.
    """
    import onnx

    network = onnx.load(exact)
    for node, weight in products(network.graph):
        if weight.dims[0] % block == 0:
            _quantise_product(node, weight, network.graph, block)
    network.opset_import.append(onnx.helper.make_opsetid("com.microsoft", 1))
    onnx.save(network, path)


def write_finished_columns_int8(exact: Path, path: Path, samples: Sequence[Inputs]) -> None:
    """Write a network with one scale per column, as `write_finished` does. Raises what both raise.

    It is smoothed on `samples` first. The products become onnxruntime's DynamicQuantizeMatMul,
    which has one scale for all activations.
    """
    import onnx

    quantised = path.with_name("int8.onnx")
    model = smooth(exact, quantised, samples)
    for node, weight in products(model.graph):
        _quantise_by_columns(node, weight, model.graph)
    model.opset_import.append(onnx.helper.make_opsetid("com.microsoft", 1))
    onnx.save(model, quantised)
    write_finished(quantised, path)
    quantised.unlink()


def write_finished_int8(exact: Path, path: Path, block: int) -> None:
    """Quantise a network and write it as `write_finished` does. Raises what both raise."""
    quantised = path.with_name("int8.onnx")
    quantise(exact, quantised, block)
    write_finished(quantised, path)
    quantised.unlink()


def _quantise_product(
    node: "NodeProto", weight: "TensorProto", graph: "GraphProto", block: int
) -> None:
    from onnx import helper, numpy_helper

    rows, columns = weight.dims
    steps, scales = blocks_of(numpy_helper.to_array(weight), block)
    tensors = [
        numpy_helper.from_array(steps, f"{node.name} steps"),
        numpy_helper.from_array(scales, f"{node.name} scales"),
    ]
    graph.initializer.extend(tensors)
    inputs = [node.input[0], *(tensor.name for tensor in tensors)]
    shape = {"K": rows, "N": columns, "bits": 8, "block_size": block}
    product = helper.make_node(
        "MatMulNBits", inputs, node.output, node.name, domain="com.microsoft",
        **shape, accuracy_level=_INT8_ACTIVATIONS,
    )  # fmt: skip
    node.CopyFrom(product)


def _quantise_by_columns(node: "NodeProto", weight: "TensorProto", graph: "GraphProto") -> None:
    from onnx import helper, numpy_helper

    steps, scales = columns_of(numpy_helper.to_array(weight))
    weight.CopyFrom(numpy_helper.from_array(steps, weight.name))
    graph.initializer.append(numpy_helper.from_array(scales, f"{weight.name} scales"))
    inputs = [*node.input, f"{weight.name} scales"]
    product = helper.make_node(
        "DynamicQuantizeMatMul", inputs, node.output, node.name, domain="com.microsoft"
    )
    node.CopyFrom(product)


def columns_of(weight: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Quantise weights of shape (rows, columns): a weight is about its column's scale times a step.

    Returns steps of the same shape and scales of shape (columns,). Steps have 7 bits, so that sums
    of two products never overflow 16 bits on AVX2.
    """
    scales = np.abs(weight).max(axis=0) / _COLUMN_STEPS
    steps = np.rint(weight / np.where(scales, scales, 1.0))
    return steps.astype(np.int8), scales.astype(np.float32)


def blocks_of(
    weight: NDArray[np.float32], block: int
) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Quantise weights of shape (rows, columns) in blocks of a column.

    Returns steps of shape (columns, blocks, block) and scales of shape (columns * blocks,): a
    weight is about its block's scale times (its steps - 128).
    """
    blocks = weight.T.reshape(weight.shape[1], -1, block)
    scales = np.abs(blocks).max(axis=2) / _MAX_STEPS
    divisors = np.where(scales, scales, 1.0)[:, :, None]
    steps = np.rint(blocks / divisors) + _ZERO
    return steps.astype(np.uint8), scales.astype(np.float32).reshape(-1)
