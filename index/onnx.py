"""ONNX: a network exported once, and run without torch from then on."""

import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.errors import ModelUnavailable
from index.offline import go_offline
from index.processor import processor_flags

if TYPE_CHECKING:
    import torch
    from tokenizers import Tokenizer


def write_onnx(
    network: "torch.nn.Module",
    inputs: "Mapping[str, torch.Tensor]",
    outputs: Sequence[str],
    path: Path,
) -> None:
    """Export a network that takes `inputs`, each of shape (batch, tokens), in their order.

    Raises whatever torch's exporter raises.
    """
    import torch

    axes = {0: "batch", 1: "tokens"}
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        # The TorchScript exporter: torch 2.13's other one gives this model a graph with a
        # duplicate name, which onnxruntime refuses.
        torch.onnx.export(
            network.eval(),
            tuple(inputs.values()),
            str(path),
            dynamo=False,
            input_names=list(inputs),
            output_names=list(outputs),
            dynamic_axes=dict.fromkeys(inputs, axes),
        )


def quantise(exact: Path, path: Path) -> None:
    """Write a network with its matrix products and embeddings in int8, one scale a channel.

    Activations are scaled as they come. Weights keep to 7 bits where the processor would let sums
    of products of bytes overflow (x86 without VNNI). Raises whatever onnxruntime raises.
    """
    go_offline()
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from onnxruntime.quantization.shape_inference import quant_pre_process

    prepared = path.with_suffix(".prepared")
    quant_pre_process(str(exact), str(prepared), skip_symbolic_shape=True)
    quantize_dynamic(
        str(prepared),
        str(path),
        op_types_to_quantize=["MatMul", "Gather"],
        per_channel=True,
        reduce_range=not _multiplies_bytes(),
        weight_type=QuantType.QInt8,
    )
    prepared.unlink()


def _multiplies_bytes() -> bool:
    """Tell whether the processor adds products of bytes without overflow; unknown counts as no."""
    return bool({"avx512_vnni", "avx_vnni", "amx_int8", "asimddp"} & processor_flags())


def open_session(path: Path, threads: int = 0) -> Any:  # noqa: ANN401
    """Open an exported network; 0 threads are as many as the machine has cores.

    Raises ModelUnavailable where the file is damaged.
    """
    go_offline()
    import onnxruntime

    onnxruntime.set_default_logger_severity(3)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    # Threads that spin while they wait make everything crawl on a machine that is busy.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:
        raise ModelUnavailable(f"the export in {path.parent} is damaged; delete it") from error


def open_tokenizer(path: Path) -> "Tokenizer":
    """Open an exported tokenizer. Raises ModelUnavailable where the file is damaged."""
    from tokenizers import Tokenizer

    try:
        return Tokenizer.from_file(str(path))
    except Exception as error:
        raise ModelUnavailable(f"the export in {path.parent} is damaged; delete it") from error
