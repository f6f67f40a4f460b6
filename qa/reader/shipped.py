"""The reader that ships with Byline: trained weights on the embedding model's word embeddings."""

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from index.disk.durable_files import sha256_of
from index.errors import ModelUnavailable, reason_of
from index.models.registry import DEFAULT_MODEL, DEFAULT_WEIGHTS, find_model

if TYPE_CHECKING:
    from transformers import BertForQuestionAnswering

DEFAULT_READER = "byline"
"""The name of the reader that ships with Byline."""
FOLDER = Path(__file__).parent / "weights"
WEIGHTS_FILE = "reader.safetensors"
RECORD_FILE = "reader.json"
FROZEN = "bert.embeddings.word_embeddings.weight"
"""Neither trained nor shipped: it is the embedding model's own."""


class Record(msgspec.Struct, frozen=True):
    """The record next to the weights; the model card says more."""

    sha256: str
    """Of the weights file."""
    over: str
    """SHA-256 of the weights of the embedding model that they were trained from."""
    settings: tuple[dict[str, bool | float | str], ...]
    """Of the trainings."""


def read_record(folder: Path = FOLDER) -> Record:
    """Read the record of weights. Raises ModelUnavailable if it is missing or malformed."""
    try:
        return msgspec.json.decode((folder / RECORD_FILE).read_bytes(), type=Record)
    except (OSError, msgspec.MsgspecError) as error:
        message = f"the reader in {folder} cannot be read: {reason_of(error)}"
        raise ModelUnavailable(message) from error


def encoder_folder() -> Path:
    """Return the folder of the transformer that the reader was trained from."""
    model = find_model(DEFAULT_MODEL)
    return model.folder / model.transformer


def build_untrained() -> "BertForQuestionAnswering":
    """Return the network with the encoder's weights and random outputs, without dropout.

    Attention is "eager", which trains faster than "sdpa" on a CPU.
    """
    from safetensors.torch import load_file
    from transformers import BertConfig, BertForQuestionAnswering

    folder = encoder_folder()
    config = BertConfig.from_pretrained(
        folder,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
        attn_implementation="eager",
    )
    network = BertForQuestionAnswering(config)
    weights = load_file(folder / "model.safetensors")
    named = {f"bert.{name}": value for name, value in weights.items() if "pooler" not in name}
    network.load_state_dict(named, strict=False)
    network.get_parameter(FROZEN).requires_grad_(False)
    return network


def load_trained(folder: Path = FOLDER) -> "BertForQuestionAnswering":
    """Return the network with the shipped weights in float32.

    Raises ModelUnavailable if a file is missing, damaged or of another version.
    """
    from safetensors.torch import load_file

    record = read_record(folder)
    weights = folder / WEIGHTS_FILE
    if not weights.is_file() or sha256_of(weights) != record.sha256:
        raise ModelUnavailable(f"{weights} is missing or damaged; reinstall Byline")
    if record.over != DEFAULT_WEIGHTS:
        raise ModelUnavailable(f"{weights} was trained from another embedding model")
    network = build_untrained()
    named = {name: value.float() for name, value in load_file(weights).items()}
    missing, unexpected = network.load_state_dict(named, strict=False)
    if set(missing) != {FROZEN} or unexpected:
        raise ModelUnavailable(f"{weights} is not for this version of Byline; reinstall it")
    return network.eval()


def write_record(settings: dict[str, bool | float | str], folder: Path) -> Record:
    """Write the record of the weights in a folder, and of the training that made them."""
    record = Record(sha256_of(folder / WEIGHTS_FILE), DEFAULT_WEIGHTS, (settings,))
    encoded = msgspec.json.format(msgspec.json.encode(record))
    (folder / RECORD_FILE).write_bytes(encoded + b"\n")
    return record
