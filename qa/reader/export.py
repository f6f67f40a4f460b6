"""A reader's ONNX export: made once, checked against the original, kept in the user's cache."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import msgspec
import numpy as np

from index.cached import put_in_cache
from index.errors import BylineError, ModelUnavailable
from index.files import file_faults, record_files, write_synced
from index.models import Transformer, find_transformer
from index.onnx import open_tokenizer, write_onnx
from index.samples import sample_texts
from qa.reader.extractive import (
    CARD_FILE,
    CARD_FORMAT,
    MODEL_FILE,
    TOKENIZER_FILE,
    Card,
    ExtractiveReader,
)
from qa.reader.shipped import (
    DEFAULT_READER,
    FOLDER,
    RECORD_FILE,
    encoder_folder,
    read_record,
    trained,
)
from qa.reader.windows import Window, prepare, windows

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel

MOST_DIFFERENCE = 0.01
"""Of a logit to the original network's, over real text; an export beyond it is not used."""
_KNOWN_INPUTS = ("input_ids", "attention_mask", "token_type_ids")
_SAMPLES = 16
_MOST_TOKENS = 512
"""At once, for models that would take more: the cost of attention grows with the square."""

Notice = Callable[[str], None]


@dataclass(frozen=True)
class Loaded:
    """A question-answering network and what it reads."""

    network: "PreTrainedModel"
    tokenizer_json: str
    max_tokens: int
    inputs: tuple[str, ...]


class Source(Protocol):
    """Where a reader comes from."""

    @property
    def name(self) -> str:
        """As the person calls it."""

    @property
    def fingerprint(self) -> str:
        """What tells it apart from every other reader."""

    def load(self) -> Loaded:
        """Load it. Raises ModelUnavailable."""


def open_reader(name: str, cache: Path, notice: Notice) -> ExtractiveReader:
    """Open a reader by name or path, exported first where the cache lacks it.

    `notice` is told of what takes long. Raises ModelUnavailable where there is no such reader, or
    where it cannot be exported.
    """
    source = find_reader(name)
    folder = folder_of(source, cache)
    if not _is_made(folder):
        notice("preparing the reader, once")
        ensure_reader(source, cache)
    return ExtractiveReader.open(folder, _read_card(folder))


def ensure_reader(source: Source, cache: Path) -> None:
    """Export a reader unless the cache has it. Raises ModelUnavailable as `open_reader` does."""
    if not is_prepared(source, cache):
        put_in_cache(folder_of(source, cache), lambda made: _export(source, made), _is_made)


def is_prepared(source: Source, cache: Path) -> bool:
    """Tell whether the cache has a reader's export."""
    return _is_made(folder_of(source, cache))


def reader_faults(source: Source, cache: Path) -> list[str]:
    """Tell what keeps a reader's export from being used, by size and SHA-256."""
    folder = folder_of(source, cache)
    if not _is_made(folder):
        return ["not prepared yet; the next question does that"]
    return file_faults(folder, _read_card(folder).files)


def folder_of(source: Source, cache: Path) -> Path:
    """Give the place of a reader's export."""
    return cache / f"reader-{source.fingerprint}"


def find_reader(name: str) -> Source:
    """Find Byline's own reader, one that `qa.reader.train` made, or another by name or path.

    Raises ModelUnavailable.
    """
    folder = FOLDER if name == DEFAULT_READER else Path(name).expanduser()
    if name == DEFAULT_READER or (folder / RECORD_FILE).is_file():
        return _Trained(name, folder, read_record(folder).sha256)
    return _Foreign(find_transformer(name))


@dataclass(frozen=True, slots=True)
class _Trained:
    name: str
    folder: Path
    fingerprint: str

    def load(self) -> Loaded:
        tokenizer = (encoder_folder() / "tokenizer.json").read_text(encoding="utf-8")
        return Loaded(trained(self.folder), tokenizer, _MOST_TOKENS, _KNOWN_INPUTS)


@dataclass(frozen=True, slots=True)
class _Foreign:
    transformer: Transformer

    @property
    def name(self) -> str:
        return self.transformer.name

    @property
    def fingerprint(self) -> str:
        return self.transformer.fingerprint

    def load(self) -> Loaded:
        from transformers import AutoModelForQuestionAnswering, AutoTokenizer

        folder = str(self.transformer.folder)
        settings = {"local_files_only": True, "trust_remote_code": False}
        try:
            tokenizer = AutoTokenizer.from_pretrained(folder, **settings)
            network, told = AutoModelForQuestionAnswering.from_pretrained(
                folder,
                **settings,
                use_safetensors=True,
                attn_implementation="eager",
                output_loading_info=True,
            )
        except (OSError, ValueError, RuntimeError, KeyError, ImportError) as error:
            raise ModelUnavailable(f"reader {self.name!r} could not be loaded: {error}") from error
        if told["missing_keys"]:
            raise ModelUnavailable(
                f"{self.name!r} was not trained to answer questions: it has no "
                f"{min(told['missing_keys'])}"
            )
        if not tokenizer.is_fast:
            raise ModelUnavailable(f"reader {self.name!r} has no fast tokenizer (tokenizer.json)")
        inputs = tuple(one for one in _KNOWN_INPUTS if one in tokenizer.model_input_names)
        longest = min(tokenizer.model_max_length, _positions(network), _MOST_TOKENS)
        return Loaded(network.eval(), tokenizer.backend_tokenizer.to_str(), longest, inputs)


def _positions(network: "PreTrainedModel") -> int:
    """Give the tokens that a network has positions for."""
    config = network.config
    positions = int(getattr(config, "max_position_embeddings", _MOST_TOKENS))
    # RoBERTa and its kin count positions from behind the padding's.
    offset = config.pad_token_id + 1 if "roberta" in config.model_type else 0
    return positions - offset


def _is_made(folder: Path) -> bool:
    return _read_card(folder).format == CARD_FORMAT


def _read_card(folder: Path) -> Card:
    try:
        return msgspec.json.decode((folder / CARD_FILE).read_bytes(), type=Card)
    except (OSError, msgspec.MsgspecError):
        return Card(0, "", 0, [], 0.0, {})


def _export(source: Source, folder: Path) -> Card:
    loaded = source.load()
    (folder / TOKENIZER_FILE).write_text(loaded.tokenizer_json, encoding="utf-8")
    tokenizer = open_tokenizer(folder / TOKENIZER_FILE)
    prepare(tokenizer, loaded.max_tokens)
    texts = sample_texts()[:_SAMPLES]
    samples = windows(tokenizer, "What was said of it, and by whom?", texts, loaded.max_tokens)
    try:
        _write(loaded, samples[0], folder / MODEL_FILE)
        card = Card(
            CARD_FORMAT, source.name, loaded.max_tokens, list(loaded.inputs), 0.0,
            record_files(folder),
        )  # fmt: skip
        difference = _difference(loaded, ExtractiveReader.open(folder, card), samples)
    except (OSError, BylineError):
        raise
    except Exception as error:
        told = " ".join(str(error).split())
        raise ModelUnavailable(
            f"reader {source.name!r} could not be exported: {type(error).__name__}: {told:.200}"
        ) from error
    if not difference <= MOST_DIFFERENCE:
        raise ModelUnavailable(
            f"reader {source.name!r} could not be exported: a logit differs by {difference:.3f}"
        )
    card = msgspec.structs.replace(card, difference=difference)
    write_synced(folder / CARD_FILE, msgspec.json.encode(card))
    return card


def _tensors(window: Window, inputs: tuple[str, ...]) -> "dict[str, torch.Tensor]":
    import torch

    arrays = {
        "input_ids": window.ids,
        "attention_mask": np.ones_like(window.ids),
        "token_type_ids": window.types,
    }
    return {name: torch.from_numpy(arrays[name][None]) for name in inputs}


def _write(loaded: Loaded, example: Window, path: Path) -> None:
    import torch

    class Read(torch.nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.network = loaded.network

        def forward(self, *values: torch.Tensor) -> Any:  # noqa: ANN401
            output = self.network(**dict(zip(loaded.inputs, values, strict=True)))
            return output.start_logits, output.end_logits

    write_onnx(Read(), _tensors(example, loaded.inputs), ["starts", "ends"], path)


def _difference(loaded: Loaded, exported: ExtractiveReader, samples: "list[Window]") -> float:
    """Give the greatest difference of a logit, window by window, to the same ones in batches."""
    import torch

    worst = 0.0
    for window, (starts, ends) in zip(samples, exported.logits(samples), strict=True):
        with torch.no_grad():
            output = loaded.network(**_tensors(window, loaded.inputs))
        for mine, theirs in ((starts, output.start_logits), (ends, output.end_logits)):
            worst = max(worst, float(np.abs(mine - theirs[0].numpy()).max()))
    return worst
