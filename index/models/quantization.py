"""ONNX networks whose matrix products take their weights in int8, a scale for each few."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from index.models.cpu_tuning import cpu_flags

if TYPE_CHECKING:
    from onnx import GraphProto, NodeProto, TensorProto

_ZERO = 128
"""The byte that stands for a weight of 0."""
_MOST = 127
"""Steps of a scale from there, at most."""
_IN_BYTES = 4
"""MatMulNBits' `accuracy_level` for activations in int8, so that bytes are multiplied."""


def has_fast_int8() -> bool:
    """Tell whether the processor adds products of bytes without overflow; unknown counts as no."""
    return bool({"avx512_vnni", "avx_vnni", "amx_int8", "asimddp"} & cpu_flags())


def quantise(exact: Path, path: Path, block: int) -> None:
    """Write a network with the weights of its matrix products in int8, one scale a block.

    A block is so many weights of a column, one below the other: a power of two, 16 at least. What
    is no whole blocks stays. By onnxruntime's MatMulNBits, which scales activations by blocks, too;
    its own script for that sets up logging for the whole process. Raises whatever onnx raises.
    """
    import onnx

    network = onnx.load(exact)
    weights = {one.name: one for one in network.graph.initializer}
    for node in network.graph.node:
        weight = weights.get(node.input[1]) if node.op_type == "MatMul" else None
        if weight is not None and len(weight.dims) == 2 and weight.dims[0] % block == 0:
            _multiply_blocks(node, weight, network.graph, block)
    network.opset_import.append(onnx.helper.make_opsetid("com.microsoft", 1))
    onnx.save(network, path)


def _multiply_blocks(
    node: "NodeProto", weight: "TensorProto", graph: "GraphProto", block: int
) -> None:
    """Have a matrix product take its weights in blocks."""
    from onnx import helper, numpy_helper

    rows, columns = weight.dims
    steps, scales = blocks_of(numpy_helper.to_array(weight), block)
    stored = [
        numpy_helper.from_array(steps, f"{node.name} steps"),
        numpy_helper.from_array(scales, f"{node.name} scales"),
    ]
    graph.initializer.extend(stored)
    product = helper.make_node(
        "MatMulNBits",
        [node.input[0], *(one.name for one in stored)],
        node.output,
        node.name,
        domain="com.microsoft",
        K=rows,
        N=columns,
        bits=8,
        block_size=block,
        accuracy_level=_IN_BYTES,
    )
    node.CopyFrom(product)


def blocks_of(
    weight: NDArray[np.float32], block: int
) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Cut weights of shape (rows, columns) to blocks of a column.

    Gives steps, shape (columns, blocks, block), and scales, shape (columns * blocks,): a weight is
    about its block's scale times its steps less 128.
    """
    blocks = weight.T.reshape(weight.shape[1], -1, block)
    scales = np.abs(blocks).max(axis=2) / _MOST
    divisors = np.where(scales, scales, 1.0)[:, :, None]
    steps = np.rint(blocks / divisors) + _ZERO
    return steps.astype(np.uint8), scales.astype(np.float32).reshape(-1)
