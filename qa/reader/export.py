"""A reader's ONNX export: made once, compared with the original, and kept in the user's cache."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from index.articles.bundled import sample_texts
from index.disk.durable_files import record_files
from index.errors import ModelUnavailable, summary_of
from index.models.cpu_tuning import processor
from index.models.onnx_runtime import open_tokenizer, write_onnx, write_tokenizer
from index.models.tuning import Sample, blocks, columns, exact, write_fastest
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
from qa.reader.spans import Floats
from qa.reader.windows import Window, prepare_tokenizer, windows

if TYPE_CHECKING:
    import torch

MAX_DIFFERENCE = 0.01
"""Between a logit of a float32 export and of the original network, over real text; an export
beyond it is not used."""
_BLOCK = 64
"""Weights that share a scale in int8: fewer are slower and change hardly less."""
_SAMPLES = 16
_TIMED = 2
"""Passages, of four samples each, that each way of computing a reader is timed on."""
_QUESTION = "What was said of it, and by whom?"

Notice = Callable[[str], None]


def open_reader(name: str, cache: Path, notice: Notice) -> ExtractiveReader:
    """Open a reader by name or path; it is exported first if the cache lacks it.

    `notice` gets a message before slow work. Raises ModelUnavailable if there is no such reader or
    it cannot be exported.
    """
    return ExtractiveReader.open(*_prepared(name, cache, notice))


def open_meanwhile(name: str, cache: Path, notice: Notice) -> Future[ExtractiveReader]:
    """Open a reader in a thread of its own, but export it first if the cache lacks it.

    Arguments and errors as in `open_reader`; the result raises ModelUnavailable if a file of the
    export is damaged.
    """
    prepared = _prepared(name, cache, notice)
    thread = ThreadPoolExecutor(1, "opening")
    opening = thread.submit(ExtractiveReader.open, *prepared)
    thread.shutdown(wait=False)
    return opening


def _prepared(name: str, cache: Path, notice: Notice) -> tuple[Path, Card]:
    """Return the folder and the card of a reader's export."""
    source = find_reader(name)
    folder = folder_of(source, cache)
    card = CARDS.read(folder)
    if card is None:
        notice(f"preparing the {label_of(name)} (first use only)")
        card = ensure_reader(source, cache)
    return folder, card


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
    """Return the folder of a reader's export for this processor, for which it was tuned."""
    return cache / f"reader-{processor()}-{source.fingerprint}"


def _export(source: Source, cache: Path, folder: Path) -> Card:
    loaded = source.load(cache)
    write_tokenizer(loaded.tokenizer_json, folder / TOKENIZER_FILE)
    card = Card(CARD_FORMAT, source.name, loaded.max_tokens, list(loaded.inputs), [], 0.0, {})
    try:
        tuned = _write_network(loaded, folder, card)
    except OSError:
        raise
    except Exception as error:  # whatever torch's exporter or onnxruntime raises
        message = f"reader {source.name!r} could not be exported: {summary_of(error)}"
        raise ModelUnavailable(message) from error
    return msgspec.structs.replace(tuned, files=record_files(folder))


def _write_network(loaded: Loaded, folder: Path, card: Card) -> Card:
    """Write the network in the fastest way that is known to read as well; record its speed."""
    tokenizer = open_tokenizer(folder / TOKENIZER_FILE)
    prepare_tokenizer(tokenizer, loaded.max_tokens)
    texts = sample_texts()[:_SAMPLES]
    passages = ["\n".join(texts[first : first + 4]) for first in range(0, 4 * _TIMED, 4)]
    samples, timed = (
        windows(tokenizer, _QUESTION, each, loaded.max_tokens) for each in (texts, passages)
    )
    network = folder / "exact.onnx"
    _write_onnx(loaded, samples[0], network)
    original = [_original_logits(loaded, window) for window in samples]

    @cache
    def reader(session: Any) -> ExtractiveReader:  # noqa: ANN401
        return ExtractiveReader(card, session, tokenizer)

    def loss(session: Any) -> float:  # noqa: ANN401
        pairs = zip(reader(session).logits(samples), original, strict=True)
        return max(float(np.abs(np.array(found) - logits).max()) for found, logits in pairs)

    def run(session: Any) -> None:  # noqa: ANN401
        reader(session).logits(timed)

    ways = [exact(MAX_DIFFERENCE)]
    if loaded.max_int8_difference is not None:
        limit = loaded.max_int8_difference
        ways += [blocks(_BLOCK, limit), columns(limit)]
    tokens = sum(len(window.ids) for window in timed)
    inputs = [window.inputs(loaded.inputs) for window in samples]
    sample = Sample(inputs, tokens // len(timed), loss, run)
    trials = write_fastest(network, folder / MODEL_FILE, ways, sample, threads=1)
    network.unlink()
    spent = trials[0].milliseconds or 0.0
    return msgspec.structs.replace(card, trials=trials, milliseconds=spent / tokens)


def _original_logits(loaded: Loaded, window: Window) -> Floats:
    """Return the original network's start and end logits; shape (2, tokens)."""
    import torch

    with torch.no_grad():
        output = loaded.network(**_tensors(window, loaded.inputs))
    return np.array([output.start_logits[0].numpy(), output.end_logits[0].numpy()])


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
