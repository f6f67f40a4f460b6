"""The passages of an index that cover the gold of a question set."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from eval.outcomes import Found
from eval.sets.gold import article_of
from eval.sets.question_set import Gold
from index.storage.catalog import Catalog, StoredArticle, StoredPassage

_KEPT = 64
"""Articles kept in memory: questions about one mostly follow one another."""


@dataclass(frozen=True, slots=True)
class GoldPlace:
    """A place that answers a question, as the index has it."""

    passages: frozenset[int]
    """Ids of those that cover it; none where it is not indexed."""
    grade: int
    """How relevant it is, from 1."""


class GoldPassages:
    """Finds gold in one generation of an index."""

    def __init__(self, catalog: Catalog, bases: Sequence[Path]) -> None:
        """Look up gold in a catalog; paths are as `eval.sets.gold.article_of` has them."""
        self._articles = {one.found.path: one for one in catalog.articles()}
        self._bases = bases
        self._passages_of = lru_cache(_KEPT)(lambda path: catalog.passages_of(self._articles[path]))

    def file_of(self, gold: Gold) -> str:
        """Give the absolute path of the article of a gold place."""
        return str(article_of(gold.path, self._bases))

    def article(self, gold: Gold) -> tuple[StoredArticle, ...]:
        """Give the article of a gold place, if it is indexed."""
        path = self.file_of(gold)
        return (self._articles[path],) if path in self._articles else ()

    def places(self, gold: Sequence[Gold]) -> tuple[GoldPlace, ...]:
        """Give the places of a question's gold; those that one passage covers become one."""
        joined: list[GoldPlace] = []
        for one in gold:
            place = GoldPlace(frozenset(self._covering(one)), one.grade)
            others = []
            for other in joined:
                if place.passages & other.passages:
                    grade = max(place.grade, other.grade)
                    place = GoldPlace(place.passages | other.passages, grade)
                else:
                    others.append(other)
            joined = [*others, place]
        return tuple(joined)

    def _covering(self, gold: Gold) -> Iterator[int]:
        """Give the passages on a place's lines that hold an accepted answer; else all on them."""
        on_lines = [
            one
            for article in self.article(gold)
            for one in self._passages_of(article.found.path)
            if one.passage.line <= gold.lines[-1] and gold.lines[0] <= one.passage.end_line
        ]
        holding = [one for one in on_lines if _holds(one, gold.answers)]
        return (one.id for one in holding or on_lines)


def _holds(stored: StoredPassage, answers: Sequence[str]) -> bool:
    return any(answer in stored.passage.text for answer in answers)


def found_in(ranking: Sequence[Sequence[int]], places: Sequence[GoldPlace]) -> tuple[Found, ...]:
    """Find gold places in a ranking whose entries are passages, or several that count as one."""
    found: list[Found] = []
    for rank, passages in enumerate(ranking, 1):
        for number, place in enumerate(places):
            is_known = any(one.place == number for one in found)
            if not is_known and not place.passages.isdisjoint(passages):
                found.append(Found(rank, number))
    return tuple(found)
