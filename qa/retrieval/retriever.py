"""Hybrid retrieval: keyword and vector rankings of passages, fused."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

import numpy as np

from index.articles.blocks import Kind
from index.models.passage_encoder import Vectors
from index.models.question_encoder import QuestionEncoder
from index.storage.catalog import StoredArticle, StoredPassage
from index.storage.generation import Generation
from qa.ablation import Component
from qa.retrieval.duplicates import DuplicateGroup, group_duplicates
from qa.retrieval.fusion import reciprocal_rank_fusion
from qa.stopwatch import Stopwatch

DEPTH = 50
"""Passages taken from each of the two searches."""
_FUSED = 30
"""Fused passages that are checked for near-duplicates."""
_WEIGHTS = (1.0, 1.4)
"""Fusion weights of vectors and keywords; see `_RANK_CONSTANT`."""
_FOLLOW_UP_WEIGHTS = (0.5, 0.7)
"""Fusion weights of a follow-up combined with the previous question: half of `_WEIGHTS`."""
_KIND_WEIGHTS = {
    Kind.BOILERPLATE: 0.4, Kind.TITLE: 0.5, Kind.BYLINE: 0.5, Kind.HEADING: 0.5,
}  # fmt: skip
"""What the fused score of a passage that is nothing but this is multiplied by."""
_RANK_CONSTANT = 10
"""Of reciprocal rank fusion; chosen with the weights by recall@8 on 12 articles of SQuAD dev."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found for a question."""

    stored: StoredPassage
    title: str
    """Title of its article, or the name of its file; empty if that has no word."""
    similarity: float
    """Cosine of passage and question, in [-1, 1]."""
    duplicates: tuple[StoredPassage, ...]
    """Near-duplicates in other articles, which are not ranked separately."""

    @property
    def context(self) -> str:
        """What is read above the passage: the title of its article."""
        return self.title


@dataclass(frozen=True, slots=True)
class Ranking:
    """The ids of passages that match a question, best first; at most DEPTH in each ranking."""

    vector: Vectors
    """The question's vector; shape (dimension,)."""
    by_keywords: tuple[int, ...]
    by_vectors: tuple[int, ...]
    fused: tuple[int, ...]
    """Fusion of the rankings that are not ablated."""
    encode: float
    """Milliseconds spent encoding the question."""
    keywords: float
    """Milliseconds spent waiting for keywords after vectors were done; the two run in parallel."""
    vectors: float
    """Milliseconds."""


@dataclass
class Retriever:
    """Searches one generation."""

    generation: Generation
    encoder: QuestionEncoder
    without: frozenset[Component] = frozenset()
    _keyword_thread: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(1, "keywords"), init=False, repr=False
    )
    """Kept: starting a thread for each question would take a tenth of the question's time."""

    def retrieve(self, question: str, top_k: int, scope: Sequence[StoredArticle] = ()) -> list[Hit]:
        """Return the passages for a question, best first.

        `scope` restricts the search itself to these articles; empty means all articles.
        """
        return self.gather(self.search(question, scope), top_k)

    def search(
        self, question: str, scope: Sequence[StoredArticle] = (), previous: str | None = None
    ) -> Ranking:
        """Rank passages for a question, by keywords, by vectors, and fused.

        `previous` is the question before a follow-up. A follow-up seldom names all that it is
        about, so rankings for both questions combined are fused in with a lower weight.
        """
        ranked = [self._rank(question, scope)]
        if previous is not None:
            ranked.append(self._rank(f"{previous} {question}", scope))
        rankings = [ranking for both in ranked for ranking in self._enabled(both)]
        weights = (_WEIGHTS + _FOLLOW_UP_WEIGHTS)[: len(rankings)]
        fused = self._by_kind(reciprocal_rank_fusion(rankings, weights, _RANK_CONSTANT))
        return replace(
            ranked[0],
            fused=tuple(passage for passage, _ in fused[:DEPTH]),
            encode=sum(both.encode for both in ranked),
            keywords=sum(both.keywords for both in ranked),
            vectors=sum(both.vectors for both in ranked),
        )

    def _by_kind(self, fused: Sequence[tuple[int, float]]) -> list[tuple[int, float]]:
        """Rank passages that are headings or boilerplate below others; none is removed."""
        kinds = self.generation.catalog.kinds([passage for passage, _ in fused])
        weighted = [
            (passage, score * _KIND_WEIGHTS.get(kinds[passage], 1.0)) for passage, score in fused
        ]
        return sorted(weighted, key=lambda pair: -pair[1])

    def topic_of(self, question: str, scope: Sequence[StoredArticle] = ()) -> int | None:
        """Return the id of the article with the best passage, or None if no passage matches."""
        passages = self.generation.catalog.passages(self.search(question, scope).fused[:1])
        return passages[0].article_id if passages else None

    def _rank(self, question: str, scope: Sequence[StoredArticle]) -> Ranking:
        """Rank passages by keywords and by vectors, without fusing."""
        watch = Stopwatch()
        vector = self.encoder.encode([question])[0]
        encode = watch.lap()
        articles = [article.id for article in scope]
        keyword_search = self._keyword_thread.submit(
            self.generation.keywords.search, question, DEPTH, articles
        )
        hits = self.generation.vectors.search(
            vector, DEPTH, [article.passages for article in scope]
        )
        vectors = watch.lap()
        by_keywords = tuple(keyword_search.result())
        by_vectors = tuple(hit.passage for hit in hits)
        return Ranking(vector, by_keywords, by_vectors, (), encode, watch.lap(), vectors)

    def _enabled(self, ranked: Ranking) -> list[tuple[int, ...]]:
        """Return the rankings by vectors and by keywords; an ablated one is empty."""
        return [
            () if Component.VECTORS in self.without else ranked.by_vectors,
            () if Component.KEYWORDS in self.without else ranked.by_keywords,
        ]

    def gather(self, ranking: Ranking, top_k: int) -> list[Hit]:
        """Fetch the best passages of a ranking; near-duplicates join the better-ranked one."""
        ids = ranking.fused[:_FUSED]
        if not ids:
            return []
        catalog = self.generation.catalog
        passages = catalog.passages(ids)
        vectors = self.generation.vectors.rows(ids)
        if Component.DUPLICATES in self.without:
            groups = [DuplicateGroup(index, ()) for index in range(len(passages))][:top_k]
        else:
            groups = group_duplicates(passages, vectors, top_k)
        similarities = np.clip(vectors @ ranking.vector, -1.0, 1.0)
        return [
            Hit(
                passages[group.first],
                catalog.article(passages[group.first].article_id).title_or_name,
                float(similarities[group.first]),
                tuple(passages[other] for other in group.others),
            )
            for group in groups
        ]
