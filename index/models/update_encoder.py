"""The few passages of an update are embedded with the export for questions, without torch."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import msgspec

from index.models.onnx_export import folder_of
from index.models.passage_encoder import Precision, SentenceEncoder, Vectors
from index.models.question_encoder import CARDS, OnnxQuestionEncoder
from index.models.registry import Model


@dataclass(frozen=True)
class UpdateEncoder:
    """Embeds with a model's export where the cache has it, else with the model itself.

    The export starts in half a second and takes little memory, so a process that waits for changes
    can keep it loaded. Its vectors are as close to the model's as its card says.
    """

    model: Model
    cache: Path
    precision: Precision = "float32"
    """Of the index that is updated."""

    @property
    def max_tokens(self) -> int:
        """Tokens that the model can see, including special ones."""
        return self._exact.max_tokens

    def count(self, texts: Sequence[str]) -> list[int]:
        """Return how many tokens each text has for the model."""
        return self._exact.count(texts)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Encode a batch of passages; shape (texts, dimension), rows of length 1."""
        return (self._export or self._exact).encode(texts)

    @cached_property
    def _exact(self) -> SentenceEncoder:
        return SentenceEncoder(self.model)

    @cached_property
    def _export(self) -> OnnxQuestionEncoder | None:
        """The export, with the prompt of passages; None if there is none."""
        folder = folder_of(self.model.fingerprint, self.cache)
        card = CARDS.read(folder)
        if card is None or card.failure:
            return None
        prompted = msgspec.structs.replace(card, prompt=self.model.prompts.passage)
        return OnnxQuestionEncoder.open(folder, prompted)
