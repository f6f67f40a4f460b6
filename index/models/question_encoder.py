"""Questions to vectors, with an ONNX export of the embedding model and without torch."""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import msgspec
import numpy as np
from numpy.typing import NDArray

from index.disk.durable_files import FileRecord
from index.models.model_cache import CardFile, check_sizes
from index.models.onnx_runtime import open_export
from index.models.passage_encoder import Vectors, encode_batch, normalised
from index.models.tuning import Trial

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

MODEL_FILE = "question.onnx"
PASSAGES_FILE = "passages.onnx"
TOKENIZER_FILE = "tokenizer.json"
_BATCH = 16


class Card(msgspec.Struct, frozen=True):
    """The card of an export."""

    format: int
    dimension: int
    max_tokens: int
    """Including special ones."""
    prompt: str
    inputs: list[str]
    questions: list[Trial]
    """The ways of computing it for questions that were measured, the chosen one first."""
    passages: list[Trial]
    """Those for passages; one of them is torch."""
    files: dict[str, FileRecord]
    failure: str = ""
    """Why the model could not be exported; empty if it was."""

    @property
    def has_passages(self) -> bool:
        """Whether there is an export for passages; else torch embeds them faster."""
        return PASSAGES_FILE in self.files


CARD_FORMAT = 7
CARDS = CardFile("question.json", CARD_FORMAT, Card)


class QuestionEncoder(Protocol):
    """What a question needs of an embedding model."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Encode texts; shape (texts, dimension), rows of length 1."""


@dataclass(frozen=True)
class OnnxQuestionEncoder:
    """An exported model."""

    card: Card
    session: Any
    tokenizer: Any

    @classmethod
    def open(
        cls, folder: Path, card: Card, file: str = MODEL_FILE, threads: int | None = None
    ) -> "OnnxQuestionEncoder":
        """Open an export; `threads` is for each run, None for one per processor.

        Raises ModelUnavailable if a file is missing or has another size.
        """
        check_sizes(folder, card.files)
        session, tokenizer = open_export(folder / file, folder / TOKENIZER_FILE, threads)
        return cls(card, session, tokenizer)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Encode texts in batches of similar length; one that is too long, in windows."""
        windows = [self._windows(text) for text in texts]
        rows = [(len(ids), text, ids) for text, parts in enumerate(windows) for ids in parts]
        rows.sort()
        sums = np.zeros((len(texts), self.card.dimension), dtype=np.float32)
        for start in range(0, len(rows), _BATCH):
            batch = rows[start : start + _BATCH]
            vectors = self._run([ids for _, _, ids in batch])
            for (_, text, _), vector in zip(batch, vectors, strict=True):
                sums[text] += vector
        return normalised(sums)

    def _windows(self, text: str) -> list[list[int]]:
        """Return the token ids of a text, cut so that the model sees all of each window."""
        ids = self.tokenizer.encode(self.card.prompt + text).ids
        if len(ids) <= self.card.max_tokens:
            return [ids]
        bare = self.tokenizer.encode(self.card.prompt + text, add_special_tokens=False).ids
        empty = self.tokenizer.encode("").ids
        head, tail = empty[: len(empty) // 2], empty[len(empty) // 2 :]
        step = self.card.max_tokens - len(empty)
        return [head + bare[start : start + step] + tail for start in range(0, len(bare), step)]

    def _run(self, batch: Sequence[list[int]]) -> Vectors:
        output = self.session.run(None, network_inputs(self.card.inputs, batch))[0]
        return normalised(np.asarray(output, dtype=np.float32))


def network_inputs(
    names: Sequence[str], batch: Sequence[Sequence[int]]
) -> dict[str, NDArray[np.int64]]:
    """Return a network's inputs by their names, for token ids; shape (batch, longest)."""
    ids = np.zeros((len(batch), max(map(len, batch))), dtype=np.int64)
    mask = np.zeros_like(ids)
    for row, text in enumerate(batch):
        ids[row, : len(text)] = text
        mask[row, : len(text)] = 1
    known = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
    return {name: known[name] for name in names}


def encode_each(encoder: OnnxQuestionEncoder, texts: Sequence[str]) -> Vectors:
    """Encode each text alone, as many at a time as there are processors; nothing is padded.

    OMP_NUM_THREADS limits how many processors this process may use.
    """
    threads = int(os.environ.get("OMP_NUM_THREADS") or os.cpu_count() or 1)
    with ThreadPoolExecutor(threads, "embedding") as executor:
        vectors = list(executor.map(lambda text: encoder.encode([text]), texts))
    return np.concatenate([np.zeros((0, encoder.card.dimension), np.float32), *vectors])


@dataclass(frozen=True)
class TorchQuestionEncoder:
    """The model itself, if it cannot be exported: slower to start, the same answers."""

    loaded: "SentenceTransformer"
    prompt: str

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Encode texts; shape (texts, dimension), rows of length 1."""
        return encode_batch(self.loaded, texts, self.prompt)
