"""A reader's ONNX export: made once, compared with the original, and kept in the user's cache."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from index.articles.bundled import sample_texts
from index.disk.durable_files import record_files
from index.errors import BylineError, ModelUnavailable, summary_of
from index.models.onnx_runtime import open_tokenizer, write_finished, write_onnx, write_tokenizer
from index.models.quantization import (
    has_fast_int8,
    write_finished_columns_int8,
    write_finished_int8,
)
from qa.reader.encoders import has_mpnet
from qa.reader.extractive import (
    CARD_FORMAT,
    CARDS,
    MODEL_FILE,
    TOKENIZER_FILE,
    Card,
    ExtractiveReader,
)
from qa.reader.shipped import ACCURATE, ACCURATE_READER, DEFAULT_READER, is_trained
from qa.reader.sources import Loaded, Source, find_reader
from qa.reader.windows import Window, prepare_tokenizer, windows

if TYPE_CHECKING:
    import torch

MAX_DIFFERENCE = 0.01
"""Between a logit of a float32 export and of the original network, over real text; an export
beyond it is not used."""
_BLOCK = 64
"""Weights that share a scale in int8: fewer are slower and change hardly less."""
_SAMPLES = 16
_QUESTION = "What was said of it, and by whom?"

Notice = Callable[[str], None]


def open_reader(name: str, cache: Path, notice: Notice) -> ExtractiveReader:
    """Open a reader by name or path; it is exported first if the cache lacks it.

    `notice` gets a message before slow work. Raises ModelUnavailable if there is no such reader or
    it cannot be exported.
    """
    source = find_reader(name)
    folder = folder_of(source, cache)
    card = CARDS.read(folder)
    if card is None:
        notice(f"preparing the {label_of(name)} (first use only)")
        card = ensure_reader(source, cache)
    return ExtractiveReader.open(folder, card)


def readers_named(name: str, cache: Path) -> list[str]:
    """Return the names of the readers that a name stands for, in the order in which they read.

    `byline` is the fast reader and, where it is trained and its encoder is on this disk, the
    accurate one.
    """
    if name != DEFAULT_READER or not is_trained(ACCURATE):
        return [name]
    is_usable = is_prepared(find_reader(ACCURATE_READER), cache) or has_mpnet(cache)
    return [name, ACCURATE_READER] if is_usable else [name]


def label_of(name: str) -> str:
    """Return what people call a reader."""
    return "accurate reader" if name == ACCURATE_READER else "reader"


def ensure_reader(source: Source, cache: Path) -> Card:
    """Export a reader unless the cache has it. Raises ModelUnavailable if it cannot be exported."""
    return CARDS.ensure(folder_of(source, cache), lambda folder: _export(source, cache, folder))


def is_prepared(source: Source, cache: Path) -> bool:
    """Return whether the cache has a reader's export."""
    return CARDS.exists(folder_of(source, cache))


def reader_faults(source: Source, cache: Path) -> list[str]:
    """Return what keeps a reader's export from being used."""
    return CARDS.faults(folder_of(source, cache))


def folder_of(source: Source, cache: Path) -> Path:
    """Return the folder of a reader's export for this kind of processor.

    A cache that was copied from another kind has none, so that the reader is prepared again.
    """
    way = "blocks" if has_fast_int8() else "columns"
    return cache / f"reader-{way}-{source.fingerprint}"


def _export(source: Source, cache: Path, folder: Path) -> Card:
    loaded = source.load(cache)
    write_tokenizer(loaded.tokenizer_json, folder / TOKENIZER_FILE)
    tokenizer = open_tokenizer(folder / TOKENIZER_FILE)
    prepare_tokenizer(tokenizer, loaded.max_tokens)
    samples = windows(tokenizer, _QUESTION, sample_texts()[:_SAMPLES], loaded.max_tokens)
    try:
        precision = _write_network(source, loaded, folder, samples)
    except (OSError, BylineError):
        raise
    except Exception as error:  # whatever torch's exporter or onnxruntime raises
        message = f"reader {source.name!r} could not be exported: {summary_of(error)}"
        raise ModelUnavailable(message) from error
    return _card(loaded, folder, source.name, precision)


def _write_network(source: Source, loaded: Loaded, folder: Path, samples: Sequence[Window]) -> str:
    """Write the network, in int8 if that is known to be good and changes little, else in float32.

    Returns the precision.
    """
    exact = folder / "exact.onnx"
    _write_onnx(loaded, samples[0], exact)
    precision = "int8" if _write_int8(loaded, exact, folder, samples) else "float32"
    if precision == "float32":
        write_finished(exact, folder / MODEL_FILE)
        difference = _difference(loaded, folder, samples)
        if not difference <= MAX_DIFFERENCE:  # also if it is not a number
            raise ModelUnavailable(
                f"reader {source.name!r} could not be exported: a logit differs by {difference:.3f}"
            )
    exact.unlink()
    return precision


def _card(loaded: Loaded, folder: Path, name: str, precision: str) -> Card:
    inputs, files = list(loaded.inputs), record_files(folder)
    return Card(CARD_FORMAT, name, loaded.max_tokens, inputs, precision, files)


def _write_int8(loaded: Loaded, exact: Path, folder: Path, samples: Sequence[Window]) -> bool:
    """Write a network in int8 if that is known to be good; returns whether it changed little."""
    if loaded.max_int8_difference is None:
        return False
    if has_fast_int8():
        write_finished_int8(exact, folder / MODEL_FILE, _BLOCK)
    else:
        write_finished_columns_int8(exact, folder / MODEL_FILE)
    return _difference(loaded, folder, samples) <= loaded.max_int8_difference


def _tensors(window: Window, inputs: Sequence[str]) -> "dict[str, torch.Tensor]":
    import torch

    return {name: torch.from_numpy(array) for name, array in window.inputs(inputs).items()}


def _write_onnx(loaded: Loaded, example: Window, path: Path) -> None:
    import torch

    class Read(torch.nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.network = loaded.network

        def forward(self, *values: torch.Tensor) -> Any:  # noqa: ANN401
            output = self.network(**dict(zip(loaded.inputs, values, strict=True)))
            return output.start_logits, output.end_logits

    write_onnx(Read(), _tensors(example, loaded.inputs), ["starts", "ends"], path)


def _difference(loaded: Loaded, folder: Path, samples: Sequence[Window]) -> float:
    """Return the greatest difference between a logit of an export and of the original network."""
    import torch

    exported = ExtractiveReader.open(folder, _card(loaded, folder, "", "float32"))
    greatest = 0.0
    for window, (starts, ends) in zip(samples, exported.logits(samples), strict=True):
        with torch.no_grad():
            output = loaded.network(**_tensors(window, loaded.inputs))
        for found, original in ((starts, output.start_logits), (ends, output.end_logits)):
            greatest = max(greatest, float(np.abs(found - original[0].numpy()).max()))
    return greatest
