"""What makes torch fast on a CPU and changes no vector beyond rounding."""

import ctypes
import platform
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

LENGTHS = 16
"""Batches padded to a multiple of it: attention over an odd length takes twice as long."""

_KEPT = 1 << 30
"""Bytes of freed memory that the process keeps."""
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3
"""As in glibc's malloc.h."""


def keep_freed_memory() -> None:
    """Have glibc keep what is freed, from now on: else each layer's memory is asked for anew.

    Other C libraries are left alone.
    """
    if platform.libc_ver()[0] == "glibc":
        libc = ctypes.CDLL(None)
        libc.mallopt(_M_TRIM_THRESHOLD, _KEPT)
        libc.mallopt(_M_MMAP_THRESHOLD, _KEPT)


def pack_linear_layers(network: "torch.nn.Module") -> None:
    """Have linear layers use weights as oneDNN likes them, packed once, and add biases in place.

    For inference only. Layers stay as they are where this torch or this processor cannot.
    """
    import torch

    for layer in network.modules():
        if type(layer) is torch.nn.Linear:
            try:
                layer.forward = _packed(layer)
            except (AttributeError, RuntimeError):  # operators that torch does not document
                return


def unpack_linear_layers(network: "torch.nn.Module") -> None:
    """Undo `pack_linear_layers`."""
    for layer in network.modules():
        vars(layer).pop("forward", None)


def _packed(layer: "torch.nn.Linear") -> "partial[torch.Tensor]":
    import torch

    operators = torch.ops.mkldnn
    with torch.inference_mode():
        bias = None if layer.bias is None else layer.bias.detach()
        weight = operators._reorder_linear_weight(layer.weight.detach(), None)
        forward = partial(_forward, operators._linear_pointwise, weight, bias)
        forward(layer.weight.new_zeros(1, layer.in_features))
    return forward


def _forward(
    run: "torch._ops.OpOverloadPacket",
    weight: "torch.Tensor",
    bias: "torch.Tensor | None",
    inputs: "torch.Tensor",
) -> "torch.Tensor":
    output: torch.Tensor = run(inputs, weight, bias, "none", [], "")
    return output
