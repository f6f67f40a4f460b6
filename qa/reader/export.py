"""A reader's ONNX export: made once, checked against the original, kept in the user's cache."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from index.articles.bundled import sample_texts
from index.disk.durable_files import record_files
from index.errors import BylineError, ModelUnavailable
from index.models.onnx_runtime import finish, open_tokenizer, write_onnx, write_tokenizer
from index.models.quantization import quantise
from qa.reader.extractive import (
    CARD_FORMAT,
    CARDS,
    MODEL_FILE,
    TOKENIZER_FILE,
    Card,
    ExtractiveReader,
)
from qa.reader.sources import Loaded, Source, find_reader
from qa.reader.windows import Window, prepare_tokenizer, windows

if TYPE_CHECKING:
    import torch

MOST_DIFFERENCE = 0.01
"""Of a logit to the original network's, over real text; an export beyond it is not used."""
MOST_INT8_DIFFERENCE = 1.0
"""The same of an export in int8; one beyond it stays in float32."""
_BLOCK = 64
"""Weights that share a scale in int8: fewer are slower and change hardly less."""
_SAMPLES = 16
_QUESTION = "What was said of it, and by whom?"

Notice = Callable[[str], None]


def open_reader(name: str, cache: Path, notice: Notice) -> ExtractiveReader:
    """Open a reader by name or path, exported first where the cache lacks it.

    `notice` is told of what takes long. Raises ModelUnavailable where there is no such reader, or
    where it cannot be exported.
    """
    source = find_reader(name)
    folder = folder_of(source, cache)
    card = CARDS.read(folder)
    if card == CARDS.blank:
        notice("preparing the reader, once")
        card = ensure_reader(source, cache)
    return ExtractiveReader.open(folder, card)


def ensure_reader(source: Source, cache: Path) -> Card:
    """Export a reader unless the cache has it. Raises ModelUnavailable as `open_reader` does."""
    return CARDS.ensure(folder_of(source, cache), lambda made: _export(source, made))


def is_prepared(source: Source, cache: Path) -> bool:
    """Tell whether the cache has a reader's export."""
    return CARDS.has(folder_of(source, cache))


def reader_faults(source: Source, cache: Path) -> list[str]:
    """Tell what keeps a reader's export from being used, by size and SHA-256."""
    folder = folder_of(source, cache)
    if not CARDS.has(folder):
        return ["not prepared yet; the next question does that"]
    return CARDS.faults(folder)


def folder_of(source: Source, cache: Path) -> Path:
    """Give the place of a reader's export."""
    return cache / f"reader-{source.fingerprint}"


def _export(source: Source, folder: Path) -> Card:
    loaded = source.load()
    write_tokenizer(loaded.tokenizer_json, folder / TOKENIZER_FILE)
    tokenizer = open_tokenizer(folder / TOKENIZER_FILE)
    prepare_tokenizer(tokenizer, loaded.max_tokens)
    samples = windows(tokenizer, _QUESTION, sample_texts()[:_SAMPLES], loaded.max_tokens)
    try:
        exact = folder / "exact.onnx"
        _write(loaded, samples[0], exact)
        if loaded.int8 and _in_int8(loaded, exact, folder, samples):
            precision = "int8"
        else:
            finish(exact, folder / MODEL_FILE)
            difference, precision = _difference(loaded, folder, samples), "float32"
            if not difference <= MOST_DIFFERENCE:
                raise ModelUnavailable(
                    f"reader {source.name!r} could not be exported: "
                    f"a logit differs by {difference:.3f}"
                )
        exact.unlink()
    except (OSError, BylineError):
        raise
    except Exception as error:
        told = " ".join(str(error).split())
        raise ModelUnavailable(
            f"reader {source.name!r} could not be exported: {type(error).__name__}: {told:.200}"
        ) from error
    return _card(loaded, folder, source.name, precision)


def _card(loaded: Loaded, folder: Path, name: str = "", precision: str = "float32") -> Card:
    inputs, files = list(loaded.inputs), record_files(folder)
    return Card(CARD_FORMAT, name, loaded.max_tokens, inputs, precision, files)


def _in_int8(loaded: Loaded, exact: Path, folder: Path, samples: Sequence[Window]) -> bool:
    """Write a network in int8; tells whether that changed little."""
    quantised = folder / "int8.onnx"
    quantise(exact, quantised, _BLOCK)
    finish(quantised, folder / MODEL_FILE)
    quantised.unlink()
    return _difference(loaded, folder, samples) <= MOST_INT8_DIFFERENCE


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


def _difference(loaded: Loaded, folder: Path, samples: Sequence[Window]) -> float:
    """Give the greatest difference of a logit of an export to the original network's."""
    import torch

    exported = ExtractiveReader.open(folder, _card(loaded, folder))
    worst = 0.0
    for window, (starts, ends) in zip(samples, exported.logits(samples), strict=True):
        with torch.no_grad():
            output = loaded.network(**_tensors(window, loaded.inputs))
        for mine, theirs in ((starts, output.start_logits), (ends, output.end_logits)):
            worst = max(worst, float(np.abs(mine - theirs[0].numpy()).max()))
    return worst
