"""The readers that ship with Byline: an encoder's weights with those that were trained on them."""

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from index.disk.durable_files import sha256_of
from index.errors import ModelUnavailable, reason_of
from index.models.registry import go_offline

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel

FAST = Path(__file__).parent / "weights" / "fast"
"""Folder of the reader that reads every passage: all weights of a small network."""
ACCURATE = Path(__file__).parent / "weights" / "accurate"
"""Folder of the reader that reads the best passages again: adapters of a larger network."""
DEFAULT_READER = "byline"
"""The name of both readers that ship with Byline, the second one where it can be used."""
FAST_READER, ACCURATE_READER = "byline-fast", "byline-accurate"
"""The name of each alone."""
SHIPPED = {DEFAULT_READER: FAST, FAST_READER: FAST, ACCURATE_READER: ACCURATE}
"""The folder of the reader that a name stands for; of both, the one that reads first."""
WEIGHTS_FILE = "reader.safetensors"
RECORD_FILE = "reader.json"
_OUTPUTS = frozenset({"qa_outputs.weight", "qa_outputs.bias"})
_DOWN, _UP = ".down", ".up"
"""Suffixes of an adapter's two matrices, after the name of its linear layer."""


class Record(msgspec.Struct, frozen=True):
    """The record next to the weights; the model card says more."""

    sha256: str
    """Of the weights file."""
    over: str
    """SHA-256 of the weights of the encoder that they were trained from."""
    settings: tuple[dict[str, bool | float | str], ...]
    """Of the trainings."""


def is_trained(folder: Path) -> bool:
    """Return whether a folder has trained weights."""
    return (folder / RECORD_FILE).is_file()


def read_record(folder: Path) -> Record:
    """Read the record of weights. Raises ModelUnavailable if it is missing or malformed."""
    try:
        return msgspec.json.decode((folder / RECORD_FILE).read_bytes(), type=Record)
    except (OSError, msgspec.MsgspecError) as error:
        message = f"the reader in {folder} cannot be read: {reason_of(error)}"
        raise ModelUnavailable(message) from error


def write_record(settings: dict[str, bool | float | str], folder: Path, over: str) -> Record:
    """Write the record of the weights in a folder, and of the training that made them."""
    record = Record(sha256_of(folder / WEIGHTS_FILE), over, (settings,))
    encoded = msgspec.json.format(msgspec.json.encode(record))
    (folder / RECORD_FILE).write_bytes(encoded + b"\n")
    return record


def untrained(encoder: Path) -> "PreTrainedModel":
    """Return a network with the weights of the encoder in a folder, and random outputs."""
    go_offline()
    from safetensors.torch import load_file
    from transformers import AutoConfig, AutoModelForQuestionAnswering

    config = AutoConfig.from_pretrained(str(encoder), local_files_only=True)
    network = AutoModelForQuestionAnswering.from_config(config, attn_implementation="eager")
    prefix = network.base_model_prefix
    weights = load_file(encoder / "model.safetensors")
    network.load_state_dict({f"{prefix}.{name}": weights[name] for name in weights}, strict=False)
    return network


def load_trained(folder: Path, encoder: Path) -> "PreTrainedModel":
    """Return the network over an encoder with the trained weights in a folder, in float32.

    Raises ModelUnavailable if a file is missing, damaged or of another version.
    """
    from safetensors.torch import load_file

    record, weights = read_record(folder), folder / WEIGHTS_FILE
    if not weights.is_file() or sha256_of(weights) != record.sha256:
        raise ModelUnavailable(f"{weights} is missing or damaged; reinstall Byline")
    trained = {name: value.float() for name, value in load_file(weights).items()}
    network = untrained(encoder)
    merged = _merged(trained, network.state_dict())
    if not merged.keys() >= _OUTPUTS or not merged.keys() <= network.state_dict().keys():
        raise ModelUnavailable(f"{weights} is not for this version of Byline; reinstall it")
    network.load_state_dict(merged, strict=False)
    return network.eval()


def _merged(
    trained: "dict[str, torch.Tensor]", before: "dict[str, torch.Tensor]"
) -> "dict[str, torch.Tensor]":
    """Return trained weights with each adapter added to the layer that it adapts.

    A layer with the adapter `down` and `up` has the weights `before + up @ down` (Hu et al. 2021).
    """
    merged = {}
    for name, value in trained.items():
        layer = name.removesuffix(_DOWN)
        if layer != name and f"{layer}.weight" in before and f"{layer}{_UP}" in trained:
            merged[f"{layer}.weight"] = before[f"{layer}.weight"] + trained[f"{layer}{_UP}"] @ value
        elif not (name.endswith(_UP) and f"{name.removesuffix(_UP)}{_DOWN}" in trained):
            merged[name] = value
    return merged
