"""The extractive reader: a model that marks where in a passage an answer begins and ends."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from index.articles.passages import Passage
from index.disk.durable_files import FileRecord
from index.models.model_cache import CardFile, check_sizes
from index.models.onnx_runtime import open_export
from index.models.tuning import Trial
from qa.reader.candidates import TokenScores, best_candidates
from qa.reader.protocol import Candidate
from qa.reader.spans import Floats
from qa.reader.windows import Window, network_inputs, prepare_tokenizer, windows

if TYPE_CHECKING:
    from tokenizers import Tokenizer

MODEL_FILE = "reader.onnx"
TOKENIZER_FILE = "tokenizer.json"
CARD_FORMAT = 8

REMEMBERED = 512
"""Windows whose logits are kept, the last ones: those of some 64 questions."""


class Card(msgspec.Struct, frozen=True):
    """The card of an exported reader."""

    format: int
    name: str
    max_tokens: int
    inputs: list[str]
    trials: list[Trial]
    """The ways of computing it that were measured, the chosen one first."""
    milliseconds: float
    """Processor time that the chosen one took for a token of a passage."""
    files: dict[str, FileRecord]


CARDS = CardFile("card.json", CARD_FORMAT, Card)


class ExtractiveReader:
    """An exported question-answering model, which keeps the logits of the last windows it read."""

    def __init__(
        self,
        card: Card,
        session: Any,  # noqa: ANN401
        tokenizer: "Tokenizer",
        remembered: int = REMEMBERED,
    ) -> None:
        self.card = card
        self.session = session
        self.tokenizer = tokenizer
        self._executor = ThreadPoolExecutor(os.cpu_count() or 1, "reading")
        self._remembered = lru_cache(remembered)(self._run)

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
        return best_candidates(question, passages, self.scores(question, passages, contexts))

    def scores(
        self, question: str, passages: Sequence[Passage], contexts: Sequence[str] = ()
    ) -> list[TokenScores]:
        """Return the scores of the passages' tokens, window by window. Arguments as in `read`."""
        return self.scores_of(self.windows(question, passages, contexts))

    def windows(
        self, question: str, passages: Sequence[Passage], contexts: Sequence[str] = ()
    ) -> list[Window]:
        """Return the windows of all passages, in order. Arguments as in `read`."""
        texts = [passage.reading.text for passage in passages]
        return windows(self.tokenizer, question, texts, self.card.max_tokens, contexts)

    def scores_of(
        self, all_windows: Sequence[Window], is_wanted: Callable[[], bool] = lambda: True
    ) -> list[TokenScores]:
        """Return the scores of the tokens of each window's passage.

        The longest is read first, so that processors end at about the same time. Raises
        CancelledError as soon as `is_wanted`, called before each, returns that none is wanted.
        """

        def read(number: int) -> tuple[Floats, Floats]:
            if not is_wanted():
                raise CancelledError
            window = all_windows[number]
            return self._remembered(window.ids.tobytes(), window.types.tobytes())

        order = sorted(range(len(all_windows)), key=lambda number: -len(all_windows[number].ids))
        found = dict(zip(order, self._executor.map(read, order), strict=True))
        return [_inside(window, *found[number]) for number, window in enumerate(all_windows)]

    def logits(self, all_windows: Sequence[Window]) -> list[tuple[Floats, Floats]]:
        """Return the start and end logits of each window; shape (tokens,), as long as its ids.

        Each window runs alone, as many at a time as there are processors: nothing is padded, the
        result for a passage does not depend on the others, and threads wait for each other less
        than within a run.
        """
        return list(
            self._executor.map(
                lambda window: self._run(window.ids.tobytes(), window.types.tobytes()), all_windows
            )
        )

    def _run(self, ids: bytes, types: bytes) -> tuple[Floats, Floats]:
        """Return the logits of a window, whose arrays are given as bytes, which can be hashed."""
        arrays = (np.frombuffer(each, dtype=np.int64) for each in (ids, types))
        starts, ends = self.session.run(None, network_inputs(self.card.inputs, *arrays))
        return starts[0], ends[0]


def _inside(window: Window, starts: Floats, ends: Floats) -> TokenScores:
    """Return the scores of the passage's tokens, of the logits of an entire window."""
    inside = slice(window.first, window.first + len(window.offsets))
    null = float(starts[0] + ends[0])
    return TokenScores(window.passage, window.offsets, starts[inside], ends[inside], null)
