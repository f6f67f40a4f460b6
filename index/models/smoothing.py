"""Networks changed so that int8 loses less, while what they compute stays the same.

The bytes of a product's input have one scale for all tokens and features, and some tokens and
features are a hundred times greater than most.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from index.models.onnx_runtime import open_session

if TYPE_CHECKING:
    from onnx import GraphProto, ModelProto, NodeProto, TensorProto

Inputs = Mapping[str, NDArray[Any]]
"""Arrays of a network's inputs by name."""
Floats = NDArray[np.float32]

_LEAST = np.float32(1e-5)
"""What values are at least, where they divide."""
_SCALES, _SMOOTH, _SIZES, _TOKENS, _PRODUCT = "scales", "smooth", "sizes", "tokens", "product"
"""Ends of the names of what is computed between an input and its product."""


def smooth(network: Path, scratch: Path, samples: Sequence[Inputs]) -> "ModelProto":
    """Return a network with smooth inputs of its products, as it computes `samples`.

    Features are divided by scales that the weights are multiplied by: the root of the greatest
    input over the root of the greatest weight (Xiao et al. 2022, SmoothQuant, with alpha 0.5). Then
    each token is divided by its own greatest value, which its product is multiplied by. Each weight
    belongs to one product. `scratch` is a file that is written on the way. Raises whatever onnx and
    onnxruntime raise.
    """
    import onnx

    model = onnx.load(network)
    greatest = _greatest_inputs(model, scratch, samples)
    _scale_weights(model.graph, greatest)
    nodes = list(_smoothed(model.graph))
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    return model


def products(graph: "GraphProto") -> "list[tuple[NodeProto, TensorProto]]":
    """Return the products of an input and a constant matrix, each with that matrix."""
    matrices = {each.name: each for each in graph.initializer if len(each.dims) == 2}
    return [
        (node, matrices[node.input[1]])
        for node in graph.node
        if node.op_type == "MatMul" and node.input[1] in matrices
    ]


def _greatest_inputs(
    model: "ModelProto", scratch: Path, samples: Sequence[Inputs]
) -> dict[str, Floats]:
    """Return each feature's greatest absolute value in each input of products."""
    import onnx

    names = list(dict.fromkeys(node.input[0] for node, _ in products(model.graph)))
    own = len(model.graph.output)
    model.graph.output.extend(map(onnx.helper.make_empty_tensor_value_info, names))
    onnx.save(model, scratch)
    del model.graph.output[own:]
    session = open_session(scratch, 1)
    found = [session.run(names, sample) for sample in samples]
    return {
        name: np.max([_by_feature(values) for values in runs], axis=0)
        for name, runs in zip(names, zip(*found, strict=True), strict=True)
    }


def _by_feature(values: Floats) -> Floats:
    greatest: Floats = np.abs(values).reshape(-1, values.shape[-1]).max(axis=0)
    return greatest


def _scale_weights(graph: "GraphProto", greatest: Mapping[str, Floats]) -> None:
    """Multiply weights by the scales of their inputs, and add the scales' inverses."""
    from onnx import numpy_helper

    weights: dict[str, list[TensorProto]] = {}
    for node, weight in products(graph):
        weights.setdefault(node.input[0], []).append(weight)
    for name, tensors in weights.items():
        arrays = [numpy_helper.to_array(tensor) for tensor in tensors]
        rows = np.max([np.abs(array).max(axis=1) for array in arrays], axis=0)
        scales = np.sqrt(np.maximum(greatest[name], _LEAST) / np.maximum(rows, _LEAST))
        for tensor, array in zip(tensors, arrays, strict=True):
            tensor.CopyFrom(numpy_helper.from_array(array * scales[:, None], tensor.name))
        graph.initializer.append(numpy_helper.from_array(1 / scales, f"{name} {_SCALES}"))


def _smoothed(graph: "GraphProto") -> "Iterator[NodeProto]":
    """Yield the nodes of a graph, with those that make inputs smooth before their products."""
    from onnx import helper, numpy_helper

    axis, least = "last axis", "least size"
    graph.initializer.append(numpy_helper.from_array(np.array([-1]), axis))
    graph.initializer.append(numpy_helper.from_array(_LEAST.reshape(1), least))
    ends = {node.output[0] for node, _ in products(graph)}
    done: set[str] = set()
    for node in graph.node:
        if node.output[0] not in ends:
            yield node
            continue
        name, output = node.input[0], node.output[0]
        scales, smooth, sizes, tokens = (
            f"{name} {end}" for end in (_SCALES, _SMOOTH, _SIZES, _TOKENS)
        )
        if name not in done:
            done.add(name)
            yield helper.make_node("Mul", [name, scales], [smooth])
            yield helper.make_node("Abs", [smooth], [f"{smooth} size"])
            yield helper.make_node("ReduceMax", [f"{smooth} size", axis], [f"{sizes} or 0"])
            yield helper.make_node("Max", [f"{sizes} or 0", least], [sizes])
            yield helper.make_node("Div", [smooth, sizes], [tokens])
        product = f"{output} {_PRODUCT}"
        yield helper.make_node("MatMul", [tokens, node.input[1]], [product], node.name)
        yield helper.make_node("Mul", [product, sizes], [output])
