"""The indexed passages that cover the gold references of a question set."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from eval.outcomes import GoldRank
from eval.sets.gold import article_of
from eval.sets.question_set import Gold
from index.articles.paths import is_under
from index.storage.catalog import Catalog

_CACHED = 64
"""Articles kept in memory: questions about one article usually follow one another."""


@dataclass(frozen=True, slots=True)
class IndexedGold:
    """A gold reference as the index has it."""

    passages: frozenset[int]
    """Ids of the passages that cover it; empty if it is not indexed."""
    grade: int
    """Relevance, from 1."""


class GoldPassages:
    """Finds gold references in one generation of an index."""

    def __init__(self, catalog: Catalog, bases: Sequence[Path]) -> None:
        """Resolve paths under `bases` like `eval.sets.gold.article_of`."""
        self._articles = {article.found.path: article for article in catalog.articles()}
        self._bases = bases
        self._passages_of = lru_cache(_CACHED)(
            lambda path: catalog.passages_of(self._articles[path])
        )

    def file_of(self, path: str) -> str:
        """Return the absolute path of an article or a folder named by a question."""
        return str(article_of(path, self._bases))

    def is_indexed(self, path: str) -> bool:
        """Return whether an article named by a question, or one in the folder, is indexed."""
        real = self.file_of(path)
        return real in self._articles or any(is_under(one, real) for one in self._articles)

    def find(self, references: Sequence[Gold]) -> list[IndexedGold]:
        """Return the gold of a question; references that share a passage are merged."""
        merged: list[IndexedGold] = []
        for reference in references:
            gold = IndexedGold(frozenset(self._covering(reference)), reference.grade)
            others = []
            for other in merged:
                if gold.passages & other.passages:
                    grade = max(gold.grade, other.grade)
                    gold = IndexedGold(gold.passages | other.passages, grade)
                else:
                    others.append(other)
            merged = [*others, gold]
        return merged

    def _covering(self, gold: Gold) -> list[int]:
        """Return the passages on the lines that have an accepted answer; else all on them."""
        path = self.file_of(gold.path)
        if path not in self._articles:
            return []
        on_lines = [
            stored
            for stored in self._passages_of(path)
            if stored.passage.line <= gold.lines[-1] and gold.lines[0] <= stored.passage.end_line
        ]
        with_answer = [
            stored
            for stored in on_lines
            if any(answer in stored.passage.text for answer in gold.answers)
        ]
        return [stored.id for stored in with_answer or on_lines]


def ranks_in(ranking: Sequence[Sequence[int]], gold: Sequence[IndexedGold]) -> tuple[GoldRank, ...]:
    """Return the rank of each gold reference that is found, best first.

    An entry of the ranking is a passage, or several that count as one.
    """
    ranks: dict[int, GoldRank] = {}
    for rank, passages in enumerate(ranking, 1):
        for number, reference in enumerate(gold):
            if number not in ranks and not reference.passages.isdisjoint(passages):
                ranks[number] = GoldRank(rank, number)
    return tuple(ranks.values())
