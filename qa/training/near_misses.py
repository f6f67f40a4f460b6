"""Passages that share words with a question and do not answer it, found by keyword search."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from index.search.keywords import Document, KeywordIndex, write_keywords

Passage = TypeVar("Passage")

_FOUND = 6
"""Limit of passages for a question."""


@dataclass(frozen=True)
class NearMisses(Generic[Passage]):
    """Passages with a keyword index over them."""

    passages: Sequence[Passage]
    index: KeywordIndex

    @classmethod
    def over(
        cls, passages: Sequence[Passage], texts: Sequence[str], folder: Path
    ) -> "NearMisses[Passage]":
        """Index passages by their texts, in a new folder."""
        documents = (
            Document(range(number, number + 1), 0, "", "", text)
            for number, text in enumerate(texts)
        )
        write_keywords(folder, documents)
        return cls(passages, KeywordIndex.open(folder))

    def find(self, question: str) -> list[int]:
        """Return the indexes of the passages that share most with a question, best first."""
        return list(self.index.search(question, _FOUND))
