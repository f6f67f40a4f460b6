"""One shard: takes and returns plain values, so that it may be in another process.

The ids of its articles and passages are unique among all shards: a shard's number is in them.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date

from index.articles.blocks import Kind
from index.articles.files import Root
from index.build.scan import Place, place_in
from index.models.passage_encoder import Vectors
from index.search.keywords import Collection, Frequencies, KeywordIndex
from index.shards.manifest import ShardsManifest
from index.storage.generation import KEYWORDS, PARTS, Generation, Manifest
from index.storage.records import StoredArticle, StoredPassage
from index.storage.scope import Scope
from index.storage.selection import IdRanges, Selection

SHIFT = 40
"""Bits of an id within its shard."""


def shard_of(id_: int) -> int:
    """Return the number of the shard that an article or a passage is in."""
    return id_ >> SHIFT


def in_order_of(roots: tuple[Root, ...]) -> Callable[[StoredArticle], Place]:
    """Return the key that sorts articles of several shards as one index finds them.

    What links lead to comes after what the user named.
    """
    named = {root.path for root in roots}
    place = place_in(roots)

    def place_of(article: StoredArticle) -> Place:
        if article.found.root.path in named:
            return place(article)
        *folders, name = article.found.path.split("/")
        return len(roots), [*((True, folder) for folder in folders), (False, name)]

    return place_of


class Shard:
    """An open shard. The methods raise IndexDamaged."""

    def __init__(self, number: int, generation: Generation, shards: ShardsManifest) -> None:
        record = next(shard for shard in shards.shards if shard.number == number)
        self.generation = generation
        self._base = number << SHIFT
        self._place = in_order_of(shards.roots)
        folder = generation.folder
        self._words = {
            KEYWORDS: KeywordIndex.open(
                folder / KEYWORDS, Collection(record.keywords, shards.keywords)
            ),
            PARTS: KeywordIndex.open(folder / PARTS, Collection(record.parts, shards.parts)),
        }

    def manifest(self) -> Manifest:
        """Return the manifest of its generation."""
        return self.generation.manifest

    def search_vectors(
        self, vector: Vectors, limit: int, passages: IdRanges
    ) -> list[tuple[float, int]]:
        """Return the cosines and the ids of the passages most similar to a vector."""
        found = self.generation.vectors.search(vector, limit, passages - self._base)
        return [(hit.similarity, hit.passage + self._base) for hit in found]

    def rows(self, ids: Sequence[int]) -> Vectors:
        """Return the vectors of passages; shape (passages, dimension)."""
        return self.generation.vectors.rows(self._local(ids))

    def exact_best(self, questions: Vectors, limit: int) -> list[set[int]]:
        """Return the ids of the passages most similar to each question, by comparing all."""
        found = self.generation.vectors.exact_best(questions, limit)
        return [{id_ + self._base for id_ in ids} for ids in found]

    def frequencies(self, searched: Sequence[str]) -> dict[str, Frequencies]:
        """Return in how many passages, and parts of articles, each field has each term."""
        return {name: words.frequencies(searched) for name, words in self._words.items()}

    def search_words(
        self, name: str, question: str, limit: int, articles: Sequence[int],
        frequencies: Frequencies,
    ) -> list[tuple[float, range]]:  # fmt: skip
        """Return BM25 and the ids of the passages of the documents that match best.

        `frequencies` are those of all shards.
        """
        found = self._words[name].search_parts(question, limit, self._local(articles), frequencies)
        return [(score, self._global(ids)) for ids, score in found.items()]

    def holding(
        self, searched: Sequence[str], articles: Sequence[int]
    ) -> list[tuple[Place, list[int]]]:
        """Return the ids of all passages that have all the terms, by article, with its place."""
        ids = self._words[KEYWORDS].holding(searched, self._local(articles))
        by_article: dict[int, list[int]] = {}
        for article, id_ in self.generation.catalog.with_articles(ids):
            by_article.setdefault(article, []).append(id_ + self._base)
        places = self._places(list(by_article))
        return [(places[article], found) for article, found in by_article.items()]

    def has(self, term: str, articles: Sequence[int]) -> bool:
        """Return whether the text of a passage has a term."""
        return self._words[KEYWORDS].has(term, self._local(articles))

    def documents(self, name: str) -> int:
        """Return the number of passages, or of parts of articles, with keywords."""
        return len(self._words[name])

    def select(self, scope: Scope) -> Selection:
        """Return the articles in a scope; none if none is in it."""
        found = self.generation.catalog.select(scope)
        articles = tuple(id_ + self._base for id_ in found.articles)
        return Selection(articles, found.passages + self._base, found.undated)

    def has_path(self, path: str) -> bool:
        """Return whether an article is at or under an absolute path."""
        return self.generation.catalog.has(path)

    def dates(self) -> tuple[date, date] | None:
        """Return the first and the last date of an article; None if none has a date."""
        return self.generation.catalog.dates()

    def field_values(self) -> dict[str, set[str]]:
        """Return the values of each field that an article has, as they are compared."""
        return dict(self.generation.catalog.field_values())

    def paths(self) -> list[str]:
        """Return the absolute paths of all articles."""
        return self.generation.catalog.paths()

    def sizes_and_times(self) -> dict[str, tuple[int, int]]:
        """Return the size and the modification time of each file, by its path."""
        return self.generation.catalog.sizes_and_times()

    def articles(self) -> list[StoredArticle]:
        """Return all articles."""
        return [self._named(article) for article in self.generation.catalog.articles()]

    def articles_of(self, ids: Iterable[int]) -> list[StoredArticle]:
        """Return the articles with some ids."""
        return [self._named(self.generation.catalog.article(id_)) for id_ in self._local(ids)]

    def counts(self) -> tuple[int, int]:
        """Return the number of articles and of their passages."""
        return self.generation.catalog.counts()

    def kinds(self, ids: Sequence[int]) -> dict[int, Kind]:
        """Return the kinds of passages, by id."""
        found = self.generation.catalog.kinds(self._local(ids))
        return {id_ + self._base: kind for id_, kind in found.items()}

    def passages(self, ids: Sequence[int]) -> tuple[list[StoredPassage], list[StoredArticle]]:
        """Return passages in the order of the ids, and the articles that they are in."""
        found = self.generation.catalog.passages(self._local(ids))
        numbered = [self._numbered(stored) for stored in found]
        return numbered, self.articles_of({stored.article_id: None for stored in numbered})

    def passages_in(self, ids: range) -> list[StoredPassage]:
        """Return the passages of an article, by their ids, in order."""
        local = range(ids.start - self._base, ids.stop - self._base)
        found = self.generation.catalog.passages(list(local))
        return [self._numbered(stored) for stored in found]

    def places(self, ids: Sequence[int]) -> dict[int, Place]:
        """Return where the articles of passages come in the order of the index, by passage."""
        found = self.generation.catalog.with_articles(self._local(ids))
        places = self._places([article for article, _ in found])
        return {id_ + self._base: places[article] for article, id_ in found}

    def _places(self, articles: Sequence[int]) -> dict[int, Place]:
        catalog = self.generation.catalog
        return {id_: self._place(catalog.article(id_)) for id_ in dict.fromkeys(articles)}

    def check(self) -> None:
        """Check that the parts agree on the number of passages. Raises IndexDamaged."""
        self.generation.check()

    def _local(self, ids: Iterable[int]) -> list[int]:
        return [id_ - self._base for id_ in ids]

    def _global(self, ids: range) -> range:
        return range(ids.start + self._base, ids.stop + self._base)

    def _named(self, article: StoredArticle) -> StoredArticle:
        return replace(article, id=article.id + self._base, passages=self._global(article.passages))

    def _numbered(self, stored: StoredPassage) -> StoredPassage:
        article = stored.article_id + self._base
        return replace(stored, id=stored.id + self._base, article_id=article)
