"""What makes torch fast on a CPU and changes no vector beyond rounding."""

import ctypes
import platform
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

LENGTHS = 4
"""Batches are padded to a multiple of it: on some processors torch's attention over an odd length
takes twice as long; a multiple of 16 is 5% more padding."""

_KEPT = 1 << 30
"""Bytes of freed memory that the process keeps."""
_BFLOAT16_FLAGS = frozenset({"amx_bf16", "avx512_bf16", "bf16"})
"""Names in /proc/cpuinfo for products of bfloat16 in hardware; the last one is ARM's."""
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

    A GELU that follows is worked out in place too, where it is BERT's or its kin's. For inference
    only. Layers stay as they are where this torch or this processor cannot.
    """
    import torch

    activated = {part.dense: part for part in network.modules() if _is_gelu_of_linear(part)}
    for layer in network.modules():
        if type(layer) is torch.nn.Linear:
            try:
                if layer in activated:
                    activated[layer].forward = _packed(layer, "gelu", "none")
                else:
                    layer.forward = _packed(layer, "none", "")
            except (AttributeError, RuntimeError):  # operators that torch does not document
                return


def _is_gelu_of_linear(part: "torch.nn.Module") -> bool:
    """Tell whether a part is a linear layer with the exact GELU after it, and nothing else."""
    import torch
    from transformers.activations import GELUActivation

    children = dict(part.named_children())
    return (
        list(children) == ["dense", "intermediate_act_fn"]
        and type(children["dense"]) is torch.nn.Linear
        and type(children["intermediate_act_fn"]) is GELUActivation
    )


def unpack_linear_layers(network: "torch.nn.Module") -> None:
    """Undo `pack_linear_layers`."""
    for layer in network.modules():
        vars(layer).pop("forward", None)


def _packed(layer: "torch.nn.Linear", activation: str, algorithm: str) -> "partial[torch.Tensor]":
    import torch

    operators = torch.ops.mkldnn
    with torch.inference_mode():
        bias = None if layer.bias is None else layer.bias.detach()
        weight = operators._reorder_linear_weight(layer.weight.detach(), None)
        run = partial(operators._linear_pointwise, attr=activation, scalars=[], algorithm=algorithm)
        forward = partial(_forward, run, weight, bias)
        forward(layer.weight.new_zeros(1, layer.in_features))
    return forward


def _forward(
    run: "partial[torch.Tensor]",
    weight: "torch.Tensor",
    bias: "torch.Tensor | None",
    inputs: "torch.Tensor",
) -> "torch.Tensor":
    return run(inputs, weight, bias)


def cpu_flags() -> set[str]:
    """Return the processor's features by Linux's names; empty where they are not known."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:  # not Linux, or no /proc
        return set()
    return set(text.split())


def has_fast_bfloat16() -> bool:
    """Return whether the processor multiplies bfloat16 in hardware and torch makes use of it.

    Both are asked: oneDNN emulates bfloat16 on a processor with plain AVX-512, and torch may be
    built without oneDNN or be limited to an older instruction set by `ONEDNN_MAX_CPU_ISA`. False
    where either is unknown: elsewhere torch's bfloat16 is up to twenty times slower than float32.
    """
    if not cpu_flags() & _BFLOAT16_FLAGS:
        return False
    import torch

    try:
        return bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())
    except (AttributeError, RuntimeError):  # operators that torch does not document
        return False
