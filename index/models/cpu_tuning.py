"""What makes torch fast on a CPU without changing any vector beyond rounding."""

import ctypes
import hashlib
import os
import platform
from functools import partial
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

PAD_MULTIPLE = 4
"""Batches are padded to a multiple of it: on some processors torch's attention over an odd length
takes twice as long. A multiple of 16 would be 5% more padding."""

_BFLOAT16_FLAGS = frozenset({"amx_bf16", "avx512_bf16", "bf16"})
"""Names in /proc/cpuinfo for products of bfloat16 in hardware; the last one is ARM's."""
_KINDS = ("vendor_id", "cpu family", "model", "flags", "CPU implementer", "CPU part", "Features")
"""Starts of the lines of /proc/cpuinfo that distinguish kinds of processors, on x86 and ARM."""
_FEATURES = ("avx2", "avx512f", "avx_vnni", "avx512_vnni", "avx512_bf16", "amx_int8", "amx_bf16",
             "asimddp", "i8mm", "bf16")  # fmt: skip
"""What decides how fast networks are, by Linux's names; the last three are ARM's."""
_KEPT_BYTES = 1 << 30
"""Freed memory that the process keeps."""
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3
"""As in glibc's malloc.h."""


def keep_freed_memory() -> None:
    """Have glibc keep freed memory from now on, instead of asking the system for it per layer.

    Other C libraries are left alone.
    """
    if platform.libc_ver()[0] == "glibc":
        libc = ctypes.CDLL(None)
        libc.mallopt(_M_TRIM_THRESHOLD, _KEPT_BYTES)
        libc.mallopt(_M_MMAP_THRESHOLD, _KEPT_BYTES)


def pack_linear_layers(network: "torch.nn.Module") -> None:
    """Pack the weights of linear layers once, in oneDNN's own layout, and fuse what follows.

    That is the bias and, in BERT and its relatives, the GELU. For inference only. Layers are left
    alone where this torch or this processor lacks the operators.
    """
    import torch

    fused = {module.dense: module for module in network.modules() if _is_linear_with_gelu(module)}
    for layer in network.modules():
        if type(layer) is torch.nn.Linear:
            try:
                if layer in fused:
                    fused[layer].forward = _packed(layer, "gelu", "none")
                else:
                    layer.forward = _packed(layer, "none", "")
            except (AttributeError, RuntimeError):  # torch does not document these operators
                return


def _is_linear_with_gelu(module: "torch.nn.Module") -> bool:
    """Return whether a module is a linear layer with the exact GELU after it, nothing else."""
    import torch
    from transformers.activations import GELUActivation

    children = dict(module.named_children())
    return (
        list(children) == ["dense", "intermediate_act_fn"]
        and type(children["dense"]) is torch.nn.Linear
        and type(children["intermediate_act_fn"]) is GELUActivation
    )


def _packed(layer: "torch.nn.Linear", activation: str, algorithm: str) -> "partial[torch.Tensor]":
    """Return a packed layer's `forward`. Raises AttributeError or RuntimeError if it cannot run."""
    import torch

    operators = torch.ops.mkldnn
    with torch.inference_mode():
        bias = None if layer.bias is None else layer.bias.detach()
        weight = operators._reorder_linear_weight(layer.weight.detach(), None)
        settings = {"attr": activation, "scalars": [], "algorithm": algorithm}
        forward = partial(operators._linear_pointwise, W=weight, B=bias, **settings)
        forward(layer.weight.new_zeros(1, layer.in_features))
    return forward


def cpu_flags() -> set[str]:
    """Return the processor's features by Linux's names; empty where they are not known."""
    return set(_cpu_info().split())


def processor() -> str:
    """Return a short name for this kind of processor: what is tuned for one may not suit another.

    Where Linux's description of it is missing, these are the machine's and the system's names.
    """
    known = [line for line in _cpu_info().splitlines() if line.startswith(_KINDS)]
    described = "\n".join([platform.machine(), platform.processor(), *known])
    return hashlib.sha256(described.encode()).hexdigest()[:8]


def described_processor() -> str:
    """Return the number and name of the processors, and what decides how fast networks are."""
    names = (line.partition(":")[2].strip() for line in _cpu_info().splitlines()
             if line.startswith("model name"))  # fmt: skip
    features = [name for name in _FEATURES if name in cpu_flags()] or ["unknown features"]
    return f"{os.cpu_count()} × {next(names, platform.machine())}: {', '.join(features)}"


def _cpu_info() -> str:
    """Return Linux's description of the first processor; empty on other systems."""
    try:
        with Path("/proc/cpuinfo").open(encoding="utf-8", errors="replace") as lines:
            return "".join(takewhile(str.strip, lines))
    except OSError:
        return ""


def has_fast_bfloat16() -> bool:
    """Return whether the processor multiplies bfloat16 in hardware and torch makes use of it.

    Both are asked: oneDNN emulates bfloat16 on a processor with plain AVX-512, and torch may be
    built without oneDNN or be limited to an older instruction set by `ONEDNN_MAX_CPU_ISA`. False
    if either is unknown: torch's own bfloat16 is up to twenty times slower than float32.
    """
    if not cpu_flags() & _BFLOAT16_FLAGS:
        return False
    import torch

    try:
        return bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())
    except (AttributeError, RuntimeError):  # torch does not document this operator
        return False
