"""The extractive reader: a model that marks where in a passage an answer begins and ends."""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from index.articles.passages import Passage
from index.articles.spans import Span
from index.disk.durable_files import FileRecord
from index.models.model_cache import Cards, check_sizes
from index.models.onnx_runtime import open_export
from qa.reader.protocol import Candidate
from qa.reader.spans import Floats, Scored, best_spans, sentence_of_tokens, whole_words
from qa.reader.windows import Window, prepare_tokenizer, windows

if TYPE_CHECKING:
    from tokenizers import Tokenizer

MODEL_FILE = "reader.onnx"
TOKENIZER_FILE = "tokenizer.json"
CARD_FORMAT = 4

_SPANS_OF_WINDOW = 5


class Card(msgspec.Struct, frozen=True):
    """What an exported reader says of itself."""

    format: int
    name: str
    max_tokens: int
    inputs: list[str]
    precision: str
    """float32 or int8."""
    files: dict[str, FileRecord]


CARDS = Cards("card.json", CARD_FORMAT, Card(0, "", 0, [], "", {}))


@dataclass(frozen=True)
class ExtractiveReader:
    """An exported question-answering model."""

    card: Card
    session: Any
    tokenizer: "Tokenizer"

    @classmethod
    def open(cls, folder: Path, card: Card) -> "ExtractiveReader":
        """Open an exported reader. Raises ModelUnavailable where a file is damaged."""
        check_sizes(folder, card.files)
        session, tokenizer = open_export(folder / MODEL_FILE, folder / TOKENIZER_FILE, threads=1)
        prepare_tokenizer(tokenizer, card.max_tokens)
        return cls(card, session, tokenizer)

    def read(self, question: str, passages: Sequence[Passage]) -> list[Candidate]:
        """Give the spans that may answer a question, the likeliest first."""
        texts = [passage.text for passage in passages]
        every = windows(self.tokenizer, question, texts, self.card.max_tokens)
        candidates = [
            candidate
            for window, (starts, ends) in zip(every, self.logits(every), strict=True)
            for candidate in _candidates(window, passages[window.passage], starts, ends)
        ]
        candidates.sort(key=lambda candidate: -candidate.margin)
        return _apart(candidates)

    def logits(self, every: Sequence[Window]) -> list[tuple[Floats, Floats]]:
        """Give start and end logits of each window; shape (tokens,), as long as its ids.

        Each window runs by itself, as many at a time as there are processors: nothing is padded,
        a passage is read the same whatever is read beside it, and threads wait for one another
        less than within a run.
        """
        return list(self._beside.map(self._run, every))

    def _run(self, window: Window) -> tuple[Floats, Floats]:
        known = {
            "input_ids": window.ids,
            "attention_mask": np.ones_like(window.ids),
            "token_type_ids": window.types,
        }
        inputs = {name: known[name][None] for name in self.card.inputs}
        starts, ends = self.session.run(None, inputs)
        return starts[0], ends[0]

    @cached_property
    def _beside(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(os.cpu_count() or 1, "reading")


def _candidates(
    window: Window, passage: Passage, starts: Floats, ends: Floats
) -> "list[Candidate]":
    inside = slice(window.first, window.first + len(window.offsets))
    sentences = sentence_of_tokens(window.offsets, passage.sentences)
    null = float(starts[0] + ends[0])
    scored = best_spans(starts[inside], ends[inside], null, sentences, _SPANS_OF_WINDOW)
    found = []
    for one in scored:
        sentence = passage.sentences[int(sentences[one.first])]
        span = whole_words(passage.text, _covered(window, one), sentence)
        if len(span):
            found.append(Candidate(window.passage, span, sentence, one.margin, one.sharpness))
    return found


def _covered(window: Window, scored: Scored) -> Span:
    return Span(int(window.offsets[scored.first, 0]), int(window.offsets[scored.last, 1]))


def _apart(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Leave out what overlaps a better candidate of the same passage."""
    kept: list[Candidate] = []
    for candidate in candidates:
        if not any(
            one.passage == candidate.passage
            and one.span.start < candidate.span.end
            and candidate.span.start < one.span.end
            for one in kept
        ):
            kept.append(candidate)
    return kept
