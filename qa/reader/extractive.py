"""The extractive reader: a model that marks where in a passage an answer begins and ends."""

import os
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from index.articles.blocks import Reading
from index.articles.passages import Passage
from index.articles.spans import Span
from index.disk.durable_files import FileRecord
from index.models.model_cache import CardFile, check_sizes
from index.models.onnx_runtime import open_export
from index.models.tuning import Trial
from qa.reader.protocol import Candidate
from qa.reader.spans import Floats, Ints, ScoredSpan, best_spans, sentence_of_tokens, whole_words
from qa.reader.windows import Window, in_source, prepare_tokenizer, windows

if TYPE_CHECKING:
    from tokenizers import Tokenizer

MODEL_FILE = "reader.onnx"
TOKENIZER_FILE = "tokenizer.json"
CARD_FORMAT = 7

_SPANS_PER_WINDOW = 5
_WORD = re.compile(r"\w+")


class Card(msgspec.Struct, frozen=True):
    """The card of an exported reader."""

    format: int
    name: str
    max_tokens: int
    inputs: list[str]
    trials: list[Trial]
    """The ways of computing it that were measured, the chosen one first."""
    files: dict[str, FileRecord]


CARDS = CardFile("card.json", CARD_FORMAT, Card)


@dataclass(frozen=True)
class ExtractiveReader:
    """An exported question-answering model."""

    card: Card
    session: Any
    tokenizer: "Tokenizer"

    @classmethod
    def open(cls, folder: Path, card: Card) -> "ExtractiveReader":
        """Open an exported reader. Raises ModelUnavailable if a file is damaged."""
        check_sizes(folder, card.files)
        session, tokenizer = open_export(folder / MODEL_FILE, folder / TOKENIZER_FILE, threads=1)
        prepare_tokenizer(tokenizer, card.max_tokens)
        return cls(card, session, tokenizer)

    def read(
        self, question: str, passages: Sequence[Passage], contexts: Sequence[str] = ()
    ) -> list[Candidate]:
        """Return the spans that may answer a question, best first; none of them overlap."""
        readings = [passage.reading for passage in passages]
        texts = [reading.text for reading in readings]
        all_windows = windows(self.tokenizer, question, texts, self.card.max_tokens, contexts)
        candidates = [
            candidate
            for window, (starts, ends) in zip(all_windows, self.logits(all_windows), strict=True)
            for candidate in _candidates(
                window, passages[window.passage], readings[window.passage], starts, ends
            )
            if not _echoes(question, passages[window.passage].text, candidate)
        ]
        candidates.sort(key=lambda candidate: -candidate.margin)
        return _without_overlaps(candidates)

    def logits(self, all_windows: Sequence[Window]) -> list[tuple[Floats, Floats]]:
        """Return the start and end logits of each window; shape (tokens,), as long as its ids.

        Each window runs alone, as many at a time as there are processors: nothing is padded, the
        result for a passage does not depend on the others, and threads wait for each other less
        than within a run.
        """
        return list(self._executor.map(self._run, all_windows))

    def _run(self, window: Window) -> tuple[Floats, Floats]:
        starts, ends = self.session.run(None, window.inputs(self.card.inputs))
        return starts[0], ends[0]

    @cached_property
    def _executor(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(os.cpu_count() or 1, "reading")


def _candidates(
    window: Window, passage: Passage, reading: Reading, starts: Floats, ends: Floats
) -> list[Candidate]:
    inside = slice(window.first, window.first + len(window.offsets))
    offsets, parts = in_source(window.offsets, reading)
    sentences = sentence_of_tokens(offsets, passage.sentences)
    # An answer stays within its sentence, and within one cell of a table.
    cells = np.where(sentences < 0, -1, sentences + len(passage.sentences) * parts)
    null = float(starts[0] + ends[0])
    candidates = []
    for scored in best_spans(starts[inside], ends[inside], null, cells, _SPANS_PER_WINDOW):
        first, last = (int(sentences[token]) for token in (scored.first, scored.last))
        around = Span(passage.sentences[first].start, passage.sentences[last].end)
        tokens = Span(int(offsets[scored.first, 0]), int(offsets[scored.last, 1]))
        is_whole = scored.is_whole and _covers(scored, sentences)
        span = around if is_whole else whole_words(passage.text, tokens, around)
        candidate = Candidate(
            window.passage, span, around, scored.margin, scored.sharpness, is_whole
        )
        if len(span):
            candidates.append(candidate)
    return candidates


def _echoes(question: str, text: str, candidate: Candidate) -> bool:
    """Return whether a candidate, in a question of the text, only repeats what was asked."""
    if not candidate.sentence.of(text).rstrip("*_\"'”’ ").endswith("?"):
        return False
    asked = _WORD.findall(question.casefold())
    return set(_WORD.findall(candidate.span.of(text).casefold())) <= set(asked)


def _covers(scored: ScoredSpan, sentences: Ints) -> bool:
    """Return whether a span has all tokens of its sentences, not only a cell of a table's row."""
    first = np.flatnonzero(sentences == sentences[scored.first])[0]
    last = np.flatnonzero(sentences == sentences[scored.last])[-1]
    return bool((first, last) == (scored.first, scored.last))


def _without_overlaps(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Drop candidates that overlap a better one of the same passage."""
    kept: list[Candidate] = []
    for candidate in candidates:
        if not any(better.overlaps(candidate) for better in kept):
            kept.append(candidate)
    return kept
