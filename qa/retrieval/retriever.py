"""Hybrid retrieval: keyword and vector rankings of passages, fused."""

from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np

from index.articles.blocks import Kind
from index.models.passage_encoder import Vectors
from index.models.question_encoder import QuestionEncoder
from index.storage.catalog import StoredPassage
from index.storage.generation import Generation
from index.storage.selection import ALL, Selection
from qa.ablation import Component
from qa.retrieval.duplicates import DuplicateGroup, group_duplicates
from qa.retrieval.fusion import Scored, weighted_sum
from qa.stopwatch import Stopwatch

Id = TypeVar("Id", int, range)

DEPTH = 50
"""Passages taken from each of the two searches."""
_FUSED = 30
"""Fused passages that are checked for near-duplicates."""
_VECTORS, _KEYWORDS, _PARTS = 0.75, 0.25, 0.15
"""Weights in a passage's score: of its cosine, of its BM25, as a share of the best one, and of that
of the part of the article that it is in.

Chosen by recall@8 on the development news and on SQuAD dev: 94.8 and 97.8; 89.2 and 97.9 without
parts, 95.9 and 97.1 with twice their weight (`python -m eval.measure.retrieval`).
"""
_AFTER_ONE, _AFTER_ALL = 0.5, 1.0
"""Weights of a follow-up after the last turn, and after all of them; alone it has 1."""
_OF_ITS_DAYS = 0.2
"""Weight of a ranking of the articles of the days that a question names."""
_PENALTIES = {Kind.BOILERPLATE: 0.15, Kind.TITLE: 0.1, Kind.BYLINE: 0.1, Kind.HEADING: 0.1}
"""What is subtracted from the score of a passage that is nothing but this."""


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
        """What is read above the passage: the title of its article, and the headings above it."""
        return "\n".join(filter(None, (self.title, self.stored.passage.context)))


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


@dataclass(frozen=True, slots=True)
class _Ranked:
    """The passages for one question, before fusion."""

    vector: Vectors
    keywords: dict[int, float]
    """BM25 by id, best first."""
    parts: dict[range, float]
    """BM25 of parts of articles, by the ids of their passages, best first."""
    vectors: dict[int, float]
    """Cosine by id, best first."""
    weight: float
    is_of_days: bool
    """Whether only articles of the days that the question names were searched."""
    encoding: float
    """Milliseconds."""
    waiting: float
    """Milliseconds of keyword search that outlasted vector search."""
    comparing: float
    """Milliseconds of vector search."""

    def missing(self, lowest: float) -> float:
        """Return the score of a passage that a ranking with this lowest score lacks.

        It may be as good as the last one, unless it was not searched.
        """
        return 0.0 if self.is_of_days else lowest


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

    def retrieve(self, question: str, top_k: int, selection: Selection = ALL) -> list[Hit]:
        """Return the passages for a question, best first.

        `selection` restricts the search itself to these articles.
        """
        return self.gather(self.search(question, selection), top_k)

    def search(
        self,
        question: str,
        selection: Selection = ALL,
        earlier: Sequence[str] = (),
        of_its_days: Selection | None = None,
    ) -> Ranking:
        """Rank passages for a question, by keywords, by vectors, and fused.

        `earlier` has the turns that it is searched with, oldest first. A follow-up seldom names all
        that it is about, so rankings for it after the last turn, and after all, are fused in.
        So is one of the articles of the days that it names, if there are any: they rank higher, and
        no other is left out.
        """
        weights = defaultdict(float, {question: 1.0})
        if earlier:
            weights[f"{earlier[-1]} {question}"] += _AFTER_ONE
            weights[" ".join([*earlier, question])] += _AFTER_ALL
        ranked = [self._rank(text, selection, weight) for text, weight in weights.items()]
        if of_its_days is not None:
            vector = ranked[0].vector
            ranked.append(self._rank(question, of_its_days, _OF_ITS_DAYS, vector, is_of_days=True))
        rankings = [scored for each in ranked for scored in self._weighted(each)]
        passages = {id_ for ranking in rankings for id_ in ranking.scores}
        if Component.PARTS not in self.without:
            rankings += [_by_parts(each, passages) for each in ranked]
        fused = self._by_kind(weighted_sum(rankings))
        return Ranking(
            vector=ranked[0].vector,
            by_keywords=tuple(ranked[0].keywords),
            by_vectors=tuple(ranked[0].vectors),
            fused=tuple(passage for passage, _ in fused[:DEPTH]),
            encode=sum(each.encoding for each in ranked),
            keywords=sum(each.waiting for each in ranked),
            vectors=sum(each.comparing for each in ranked),
        )

    def _by_kind(self, fused: Sequence[tuple[int, float]]) -> list[tuple[int, float]]:
        """Rank passages that are headings or boilerplate below others; none is removed."""
        kinds = self.generation.catalog.kinds([passage for passage, _ in fused])
        lowered = [
            (passage, score - _PENALTIES.get(kinds[passage], 0.0)) for passage, score in fused
        ]
        return sorted(lowered, key=lambda pair: -pair[1])

    def topic_of(self, question: str, selection: Selection = ALL) -> int | None:
        """Return the id of the article with the best passage, or None if no passage matches."""
        passages = self.generation.catalog.passages(self.search(question, selection).fused[:1])
        return passages[0].article_id if passages else None

    def _rank(
        self,
        question: str,
        selection: Selection,
        weight: float,
        vector: Vectors | None = None,
        is_of_days: bool = False,
    ) -> _Ranked:
        """Score passages by keywords and by vectors, without fusing; encode it without a vector."""
        watch = Stopwatch()
        if vector is None:
            vector = self.encoder.encode([question])[0]
        encoding = watch.lap()
        keyword_search = self._keyword_thread.submit(self._match, question, selection.articles)
        hits = self.generation.vectors.search(vector, DEPTH, selection.passages)
        comparing = watch.lap()
        vectors = {hit.passage: hit.similarity for hit in hits}
        keywords, parts = keyword_search.result()
        waiting = watch.lap()
        return _Ranked(
            vector, keywords, parts, vectors, weight, is_of_days, encoding, waiting, comparing
        )

    def _match(
        self, question: str, articles: Sequence[int]
    ) -> tuple[dict[int, float], dict[range, float]]:
        """Search the keywords of passages and of parts."""
        passages = self.generation.keywords.search(question, DEPTH, articles)
        return passages, self.generation.parts.search_parts(question, DEPTH, articles)

    def _weighted(self, ranked: _Ranked) -> list[Scored]:
        """Return the rankings by vectors and by keywords that are not ablated."""
        rankings = []
        if Component.VECTORS not in self.without:
            missing = ranked.missing(min(ranked.vectors.values(), default=0.0))
            rankings.append(Scored(ranked.vectors, missing, ranked.weight * _VECTORS))
        if Component.KEYWORDS not in self.without and ranked.keywords:
            shares, lowest = _shares(ranked.keywords)
            missing = ranked.missing(lowest)
            rankings.append(Scored(shares, missing, ranked.weight * _KEYWORDS))
        return rankings

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


def _by_parts(ranked: _Ranked, passages: Set[int]) -> Scored:
    """Return the ranking of passages by the parts of articles that they are in."""
    shares, lowest = _shares(ranked.parts)
    held = {id_: share for part, share in shares.items() for id_ in passages & {*part}}
    return Scored(held, ranked.missing(lowest), ranked.weight * _PARTS)


def _shares(scores: Mapping[Id, float]) -> tuple[dict[Id, float], float]:
    """Return BM25 scores as shares of the best, and the share of what was not found."""
    best = max(scores.values(), default=1.0)
    shares = {id_: score / best for id_, score in scores.items()}
    return shares, min(shares.values()) if len(shares) == DEPTH else 0.0
