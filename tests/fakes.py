import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np

from index.models.passage_encoder import Precision, Vectors, normalised
from index.models.registry import Model, Prompts


class EncoderKilled(RuntimeError):
    pass


@dataclass(frozen=True, slots=True)
class WordLimit:
    """A model that takes two special tokens, and one for each four code points of a word."""

    max_tokens: int = 256

    def count(self, texts: Sequence[str]) -> list[int]:
        return [2 + sum((len(word) + 3) // 4 for word in text.split()) for text in texts]


@dataclass
class FakeEncoder:
    """A PassageEncoder whose vectors add up one fixed direction for each word."""

    max_tokens: int = 256
    dimension: int = 16
    precision: Precision = "float32"
    batches_left: int = -1
    """Batches until it is killed; below zero it never is."""
    batches: list[list[str]] = field(default_factory=list)

    @property
    def texts(self) -> list[str]:
        return [text for batch in self.batches for text in batch]

    def count(self, texts: Sequence[str]) -> list[int]:
        return WordLimit(self.max_tokens).count(texts)

    def encode(self, texts: Sequence[str]) -> Vectors:
        if self.batches_left == 0:
            raise EncoderKilled
        self.batches_left -= 1
        self.batches.append(list(texts))
        return fake_vectors(texts, self.dimension)


def fake_vectors(texts: Sequence[str], dimension: int = 16) -> Vectors:
    rows = [
        sum((_direction(word, dimension) for word in text.lower().split()), np.zeros(dimension))
        for text in texts
    ]
    return normalised(np.asarray(rows, dtype=np.float32).reshape(-1, dimension))


def fake_model(fingerprint: str = "a" * 64, name: str = "fake") -> Model:
    return Model(name, Path("nowhere"), "", fingerprint, Prompts("", ""))


@cache
def _direction(word: str, dimension: int) -> Vectors:
    seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:8])
    return np.random.default_rng(seed).normal(size=dimension).astype(np.float32)
