"""ONNX: a network is exported once, and runs without torch from then on."""

import errno
import os
import shutil
import warnings
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.errors import ModelUnavailable
from index.models.registry import go_offline

if TYPE_CHECKING:
    import torch
    from tokenizers import Tokenizer

_PROVIDERS = ["CPUExecutionProvider"]
_SPIN = 20
"""Microseconds that a thread waits for work before it sleeps.

A thread that sleeps at once is late for every product of a question's network; on a busy machine
one that waits for long takes processor time from others, including its own session.
"""


def write_onnx(
    network: "torch.nn.Module",
    inputs: "Mapping[str, torch.Tensor]",
    outputs: Sequence[str],
    path: Path,
) -> None:
    """Export a network that takes `inputs`, each of shape (batch, tokens), in this order.

    Raises whatever torch's exporter raises.
    """
    import torch

    axes = {0: "batch", 1: "tokens"}
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        # The TorchScript exporter: torch 2.13's newer one gives this model a graph with a
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


def write_finished(network: Path, path: Path) -> None:
    """Write a network as it will be opened: its graph optimised, its weights in a separate file.

    Opening it then optimises nothing, and maps the weights instead of parsing and copying them.
    Raises OSError if the disk is full, else whatever onnxruntime raises.
    """
    go_offline()
    import onnxruntime

    options = _options(onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED)
    options.optimized_model_filepath = str(path)
    weights = "session.optimized_model_external_initializers"
    options.add_session_config_entry(f"{weights}_file_name", path.with_suffix(".weights").name)
    options.add_session_config_entry(f"{weights}_min_size_in_bytes", "1024")
    try:
        onnxruntime.InferenceSession(str(network), options, providers=_PROVIDERS)
    except Exception as error:
        # onnxruntime does not distinguish a full disk from other errors.
        if shutil.disk_usage(path.parent).free < network.stat().st_size:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) from error
        raise


def open_session(path: Path, threads: int | None = None) -> Any:  # noqa: ANN401
    """Open a finished network; `threads` is for each run, None for one per processor.

    Raises ModelUnavailable if a file is damaged.
    """
    go_offline()
    import onnxruntime

    options = _options(onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL)
    options.intra_op_num_threads = threads or 0
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=_PROVIDERS)
    except Exception as error:
        raise _damaged(path.parent) from error


def _options(level: Any) -> Any:  # noqa: ANN401
    import onnxruntime

    onnxruntime.set_default_logger_severity(3)
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = level
    options.add_session_config_entry("session.intra_op.spin_duration_us", str(_SPIN))
    return options


def write_tokenizer(json: str, path: Path) -> None:
    """Write a tokenizer, given as JSON, without its truncation and padding."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_str(json)
    tokenizer.no_truncation()
    tokenizer.no_padding()
    path.write_text(tokenizer.to_str(), encoding="utf-8")


def open_tokenizer(path: Path) -> "Tokenizer":
    """Open an exported tokenizer; its settings are the caller's own.

    The last one parsed is cached, since encoder and reader mostly have equal tokenizers. Raises
    ModelUnavailable if the file is damaged.
    """
    try:
        return _copied(_parsed(path.read_text(encoding="utf-8")))
    except Exception as error:
        raise _damaged(path.parent) from error


@lru_cache(maxsize=1)
def _parsed(json: str) -> "Tokenizer":
    from tokenizers import Tokenizer

    return Tokenizer.from_str(json)


def _copied(tokenizer: "Tokenizer") -> "Tokenizer":
    """Copy a tokenizer without truncation and padding; the vocabulary is shared."""
    from tokenizers import Tokenizer

    copy = Tokenizer(tokenizer.model)
    for step in ("normalizer", "pre_tokenizer", "post_processor", "decoder"):
        setattr(copy, step, getattr(tokenizer, step))
    for token in tokenizer.get_added_tokens_decoder().values():
        (copy.add_special_tokens if token.special else copy.add_tokens)([token])
    return copy


def open_export(
    network: Path, tokenizer: Path, threads: int | None = None
) -> "tuple[Any, Tokenizer]":
    """Open a finished network, as `open_session` does, and its tokenizer at the same time.

    Raises ModelUnavailable if a file is damaged.
    """
    with ThreadPoolExecutor(1) as executor:
        session = executor.submit(open_session, network, threads)
        opened = open_tokenizer(tokenizer)
        return session.result(), opened


def _damaged(folder: Path) -> ModelUnavailable:
    return ModelUnavailable(f"the export in {folder} is damaged; delete it")
