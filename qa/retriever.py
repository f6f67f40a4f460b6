"""A question to ranked passages: vectors and keywords side by side, fused."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from index.catalog import StoredArticle, StoredPassage
from index.generation import Generation
from index.questions import QuestionEncoder
from qa.duplicates import group_duplicates
from qa.fusion import reciprocal_rank_fusion

DEPTH = 50
"""Passages that each of the two searches contributes."""
_FUSED = 30
"""Fused passages among which near-duplicates are looked for."""
_WEIGHTS = (1.0, 1.4)
"""Of vectors and keywords in the fusion; see `_RANK_CONSTANT`."""
_RANK_CONSTANT = 10
"""Of reciprocal rank fusion; chosen with the weights by recall@8 on 12 articles of SQuAD dev."""


@dataclass(frozen=True, slots=True)
class Retrieved:
    """A passage found for a question."""

    stored: StoredPassage
    title: str
    """Of its article; empty where it cannot be told."""
    similarity: float
    """Cosine of passage and question, in [-1, 1]."""
    duplicates: tuple[StoredPassage, ...]
    """Passages of other articles that say the same, not ranked on their own."""


@dataclass(frozen=True)
class Retriever:
    """Searches one generation."""

    generation: Generation
    encoder: QuestionEncoder

    def retrieve(
        self, question: str, most: int, scope: Sequence[StoredArticle] = ()
    ) -> list[Retrieved]:
        """Find the passages for a question, best first.

        `scope` keeps the search to these articles, before any cut; empty means everywhere.
        """
        vector = self.encoder.encode([question])[0]
        within = [article.passages for article in scope]
        hits = self.generation.vectors.search(vector, DEPTH, within)
        by_words = self.generation.keywords.search(
            question, DEPTH, [article.id for article in scope]
        )
        fused = reciprocal_rank_fusion(
            [[hit.passage for hit in hits], by_words], _WEIGHTS, _RANK_CONSTANT
        )
        ids = [passage for passage, _ in fused[:_FUSED]]
        if not ids:
            return []
        passages = self.generation.catalog.passages(ids)
        vectors = self.generation.vectors.rows(ids)
        similarities = np.clip(vectors @ vector, -1.0, 1.0)
        return [
            Retrieved(
                passages[group.first],
                self.generation.catalog.article(passages[group.first].article_id).article.title,
                float(similarities[group.first]),
                tuple(passages[other] for other in group.others),
            )
            for group in group_duplicates(passages, vectors)[:most]
        ]
