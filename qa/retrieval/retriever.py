"""A question to ranked passages: vectors and keywords side by side, fused."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from index.models.passage_encoder import Vectors
from index.models.question_encoder import QuestionEncoder
from index.storage.catalog import StoredArticle, StoredPassage
from index.storage.generation import Generation
from qa.ablation import Component
from qa.retrieval.duplicates import Group, group_duplicates
from qa.retrieval.fusion import reciprocal_rank_fusion
from qa.stopwatch import Stopwatch

DEPTH = 50
"""Passages that each of the two searches contributes."""
_FUSED = 30
"""Fused passages among which near-duplicates are looked for."""
_WEIGHTS = (1.0, 1.4)
"""Of vectors and keywords in the fusion; see `_RANK_CONSTANT`."""
_RANK_CONSTANT = 10
"""Of reciprocal rank fusion; chosen with the weights by recall@8 on 12 articles of SQuAD dev."""


_WEIGHTS_BEFORE = (0.5, 0.7)
"""The same for a follow-up together with the question before it: half as much."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found for a question."""

    stored: StoredPassage
    title: str
    """Of its article; empty where it cannot be told."""
    similarity: float
    """Cosine of passage and question, in [-1, 1]."""
    duplicates: tuple[StoredPassage, ...]
    """Passages of other articles that say the same, not ranked on their own."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """The passages that match a question, as ids, best first; at most DEPTH in each."""

    vector: Vectors
    """The question's; shape (dimension,)."""
    by_keywords: tuple[int, ...]
    by_vectors: tuple[int, ...]
    fused: tuple[int, ...]
    """Of the rankings that are not left out."""
    encode: float
    """Milliseconds for the question's vector."""
    keywords: float
    """Milliseconds that keywords were waited for once vectors were there: they go side by side."""
    vectors: float
    """Milliseconds."""


@dataclass(frozen=True)
class Retriever:
    """Searches one generation."""

    generation: Generation
    encoder: QuestionEncoder
    without: frozenset[Component] = frozenset()

    def retrieve(self, question: str, top_k: int, scope: Sequence[StoredArticle] = ()) -> list[Hit]:
        """Find the passages for a question, best first.

        `scope` keeps the search to these articles, before any cut; empty means everywhere.
        """
        return self.gather(self.search(question, scope), top_k)

    def search(
        self, question: str, scope: Sequence[StoredArticle] = (), before: str = ""
    ) -> Ranking:
        """Rank passages for a question, by keywords, by vectors, and by both.

        `before` is the question before a follow-up: what ranks high for the two together has a say
        in the fusion, for a follow-up seldom names all that it is about.
        """
        own = self._rank(question, scope)
        every = [own, *([self._rank(f"{before} {question}", scope)] if before else [])]
        rankings = [ranking for one in every for ranking in self._kept(one)]
        weights = (_WEIGHTS + _WEIGHTS_BEFORE)[: len(rankings)]
        fused = reciprocal_rank_fusion(rankings, weights, _RANK_CONSTANT)
        return replace(
            own,
            fused=tuple(passage for passage, _ in fused[:DEPTH]),
            encode=sum(one.encode for one in every),
            keywords=sum(one.keywords for one in every),
            vectors=sum(one.vectors for one in every),
        )

    def topic_of(self, question: str, scope: Sequence[StoredArticle] = ()) -> frozenset[int]:
        """Give the article whose passage ranks first for a question, by its id; none or one."""
        best = self.search(question, scope).fused[:1]
        return frozenset(one.article_id for one in self.generation.catalog.passages(best))

    def _rank(self, question: str, scope: Sequence[StoredArticle]) -> Ranking:
        """Rank passages for one text, each way alone; nothing is fused."""
        watch = Stopwatch()
        vector = self.encoder.encode([question])[0]
        encode = watch.lap()
        within = [article.passages for article in scope]
        articles = [article.id for article in scope]
        matching = self._beside.submit(self.generation.keywords.search, question, DEPTH, articles)
        hits = self.generation.vectors.search(vector, DEPTH, within)
        vectors = watch.lap()
        by_keywords = tuple(matching.result())
        by_vectors = tuple(hit.passage for hit in hits)
        return Ranking(vector, by_keywords, by_vectors, (), encode, watch.lap(), vectors)

    @cached_property
    def _beside(self) -> ThreadPoolExecutor:
        """A thread that stays: a new one for each question takes a tenth of its time."""
        return ThreadPoolExecutor(1, "keywords")

    def _kept(self, ranked: Ranking) -> list[tuple[int, ...]]:
        """Give the rankings of vectors and keywords; one that is left out is empty."""
        rankings = (
            (Component.VECTORS, ranked.by_vectors),
            (Component.KEYWORDS, ranked.by_keywords),
        )
        return [() if part in self.without else ranking for part, ranking in rankings]

    def gather(self, searched: Ranking, top_k: int) -> list[Hit]:
        """Fetch the best passages of a search, near-duplicates joined to the better one."""
        ids = searched.fused[:_FUSED]
        if not ids:
            return []
        passages = self.generation.catalog.passages(ids)
        vectors = self.generation.vectors.rows(ids)
        similarities = np.clip(vectors @ searched.vector, -1.0, 1.0)
        return [
            Hit(
                passages[group.first],
                self.generation.catalog.article(passages[group.first].article_id).article.title,
                float(similarities[group.first]),
                tuple(passages[other] for other in group.others),
            )
            for group in self._grouped(passages, vectors, top_k)
        ]

    def _grouped(
        self, passages: Sequence[StoredPassage], vectors: Vectors, top_k: int
    ) -> list[Group]:
        if Component.DUPLICATES in self.without:
            return [Group(index, ()) for index in range(len(passages))][:top_k]
        return group_duplicates(passages, vectors, top_k)
