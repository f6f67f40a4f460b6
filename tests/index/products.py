"""Networks that consist of one matrix product."""

from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

_OPSET, _IR = 20, 9
"""Versions that the exporter writes; onnx would write newer ones than onnxruntime reads."""


def write_product(weight: NDArray[np.float32], path: Path) -> None:
    """Write a network that multiplies rows of `input_ids` by a weight."""
    columns, input_shape = weight.shape[1], ["rows", weight.shape[0]]
    graph = helper.make_graph(
        [helper.make_node("MatMul", ["input_ids", "weight"], ["vector"], "product")],
        "network",
        [helper.make_tensor_value_info("input_ids", TensorProto.FLOAT, input_shape)],
        [helper.make_tensor_value_info("vector", TensorProto.FLOAT, ["rows", columns])],
        [numpy_helper.from_array(weight, "weight")],
    )
    opsets = [helper.make_opsetid("", _OPSET)]
    onnx.save(helper.make_model(graph, opset_imports=opsets, ir_version=_IR), path)
