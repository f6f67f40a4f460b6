"""Passages to vectors in the way that was measured to be fastest on this machine."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import msgspec

from index.models.onnx_export import ensure_export, folder_of
from index.models.passage_encoder import Precision, SentenceEncoder, Vectors
from index.models.question_encoder import (
    MODEL_FILE,
    PASSAGES_FILE,
    Card,
    OnnxQuestionEncoder,
    encode_each,
)
from index.models.registry import Model
from index.models.tuning import FLOAT32


@dataclass(frozen=True)
class TunedEncoder:
    """Embeds with an export where that is faster than torch; the export is made if need be.

    A process that embeds a `few` passages now and then, such as one that waits for changes, uses an
    export all the same: it starts in half a second and takes little memory.
    """

    model: Model
    cache: Path
    few: bool = False

    @property
    def max_tokens(self) -> int:
        """Tokens that the model can see, including special ones."""
        return self._torch.max_tokens

    def count(self, texts: Sequence[str]) -> list[int]:
        """Return how many tokens each text has for the model."""
        return self._torch.count(texts)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Encode a batch of passages; shape (texts, dimension), rows of length 1."""
        return self._fastest.encode(texts)

    @property
    def precision(self) -> Precision:
        """The arithmetic that the vectors are computed in."""
        return self._fastest.precision

    @cached_property
    def _torch(self) -> SentenceEncoder:
        return SentenceEncoder(self.model)

    @cached_property
    def _fastest(self) -> "SentenceEncoder | OnnxPassageEncoder":
        card = ensure_export(self.model, self.cache)
        if card.failure or not (card.has_passages or self.few):
            return self._torch
        return OnnxPassageEncoder.open(
            folder_of(self.model.fingerprint, self.cache), card, self.model
        )


@dataclass(frozen=True)
class OnnxPassageEncoder:
    """An export as passages are embedded with: each runs alone, as many as there are processors."""

    encoder: OnnxQuestionEncoder
    precision: Precision

    @classmethod
    def open(cls, folder: Path, card: Card, model: Model) -> "OnnxPassageEncoder":
        """Open the export for passages; without one, that for questions."""
        prompted = msgspec.structs.replace(card, prompt=model.prompts.passage)
        file, (chosen, *_) = (
            (PASSAGES_FILE, card.passages) if card.has_passages else (MODEL_FILE, card.questions)
        )
        encoder = OnnxQuestionEncoder.open(folder, prompted, file, threads=1)
        return cls(encoder, "float32" if chosen.way == FLOAT32 else "int8")

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Encode texts; shape (texts, dimension), rows of length 1."""
        return encode_each(self.encoder, texts)
