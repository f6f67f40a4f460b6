"""All shards as one generation: each question goes to all of them, and what they return is merged.

Scores are those of one index: BM25 with the document frequencies of all shards, exact cosines.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import numpy as np

from index.articles.blocks import Kind
from index.articles.files import Root
from index.errors import IndexDamaged, ShardLost
from index.models.passage_encoder import Vectors
from index.search.keywords import Frequencies, idf, searched_terms
from index.shards.manifest import ShardsManifest
from index.shards.shard import SHIFT, in_order_of, shard_of
from index.storage.catalog import Catalog
from index.storage.generation import FORMAT, KEYWORDS, PARTS, Generation, Manifest
from index.storage.records import StoredArticle, StoredPassage
from index.storage.scope import Scope
from index.storage.selection import ALL, IdRanges, Selection
from index.storage.vector_index import Hit

if TYPE_CHECKING:
    from index.build.scan import Place

_SAME = 2e-6
"""Relative difference of scores that count as equal: 32-bit floats of two shards differ by less."""
_MOST_KNOWN = 100_000
"""Terms whose frequencies are kept."""

Item = TypeVar("Item", int, range)
Arguments = tuple[Any, ...]


class Shards(Protocol):
    """The open shards of an index, here or elsewhere, by their numbers."""

    @property
    def numbers(self) -> tuple[int, ...]:
        """Those of the shards that answer."""

    def ask(self, method: str, arguments: Mapping[int, Arguments]) -> dict[int, Any]:
        """Call a method of some shards at once, each with its arguments; returns the results.

        Raises what the method raises. A shard that is lost is missing from the results, if it may
        be, else raises ShardLost.
        """

    def close(self) -> None:
        """Close the shards."""


@dataclass(frozen=True)
class LocalShards:
    """Shards in this process, asked one after another."""

    shards: Mapping[int, Any]
    on_close: Callable[[], None]

    @property
    def numbers(self) -> tuple[int, ...]:
        """Those of the shards that are open."""
        return tuple(self.shards)

    def ask(self, method: str, arguments: Mapping[int, Arguments]) -> dict[int, Any]:
        """Call a method of some shards, each with its arguments."""
        return {
            number: getattr(self.shards[number], method)(*of_shard)
            for number, of_shard in arguments.items()
        }

    def close(self) -> None:
        """Close the shards."""
        self.on_close()


class ShardedGeneration(Generation):
    """The generations of all shards as one."""

    def __init__(
        self, folder: Path, record: ShardsManifest, shards: Shards, parts: Sequence[Generation] = ()
    ) -> None:
        """`parts` has the generations of the shards, as far as they are open in this process."""
        self.shards = shards
        self._generations = tuple(parts)
        manifests = _all(shards, "manifest")
        super().__init__(folder, _joined(record, list(manifests.values())))
        self._record = record
        self._parts.callback(shards.close)

    @property
    def generations(self) -> tuple[Generation, ...]:
        """The generations of the shards, as far as they are open in this process."""
        return self._generations

    @cached_property
    def catalog(self) -> Catalog:
        """Articles and passages of all shards."""
        return ShardedCatalog(self.shards, self._record.roots, self.manifest.roots)

    @cached_property
    def vectors(self) -> "ShardedVectors":
        """Passage vectors of all shards."""
        return ShardedVectors(self.shards)

    @cached_property
    def keywords(self) -> "ShardedKeywords":
        """Passage keywords of all shards."""
        return ShardedKeywords(self.shards, KEYWORDS, self._words)

    @cached_property
    def parts(self) -> "ShardedKeywords":
        """Keywords of the parts of articles of all shards."""
        return ShardedKeywords(self.shards, PARTS, self._words)

    @cached_property
    def _words(self) -> "KnownWords":
        documents = {KEYWORDS: self._record.keywords.documents, PARTS: self._record.parts.documents}
        return KnownWords(self.shards, documents)

    def check(self, checked: Set[str] = frozenset()) -> None:
        """Check each shard. Raises IndexDamaged."""
        _all(self.shards, "check")


def _joined(record: ShardsManifest, manifests: Sequence[Manifest]) -> Manifest:
    """Return what all shards contain. Raises IndexDamaged if their models differ."""
    if not manifests:
        raise IndexDamaged("no shard can be opened; run `byline cluster index`")
    first = manifests[0]
    if any(one.model.fingerprint != first.model.fingerprint for one in manifests):
        raise IndexDamaged("the shards have different models; run `byline cluster index --full`")
    linked = (root for one in manifests for root in one.roots if root.linked_from)
    return Manifest(
        format=FORMAT,
        created=record.created,
        model=first.model,
        settings=first.settings,
        roots=tuple(dict.fromkeys([*record.roots, *linked])),
        articles=sum(one.articles for one in manifests),
        passages=sum(one.passages for one in manifests),
        parts=sum(one.parts for one in manifests),
        next_article=0,
        segments=(),
        files={},
    )


def _all(shards: Shards, method: str, *arguments: Any) -> dict[int, Any]:  # noqa: ANN401
    """Ask all shards the same."""
    return shards.ask(method, dict.fromkeys(shards.numbers, arguments))


def _by_shard(ids: Iterable[int]) -> dict[int, list[int]]:
    """Return ids by the number of their shard."""
    found: dict[int, list[int]] = {}
    for id_ in ids:
        found.setdefault(shard_of(id_), []).append(id_)
    return found


def _articles_of(shards: Shards, articles: Sequence[int]) -> dict[int, list[int]]:
    """Return the articles of each shard in which a search is restricted to some; none means all."""
    if not articles:
        return {number: [] for number in shards.numbers}
    return _by_shard(articles)


def _of_each(shards: Shards, method: str, ids: Iterable[int]) -> dict[int, Any]:
    """Ask the shard of each id for its own; returns the results by shard.

    Raises ShardLost if one does not answer.
    """
    asked = {number: (own,) for number, own in _by_shard(ids).items()}
    found = shards.ask(method, asked)
    if lost := asked.keys() - found.keys():
        raise ShardLost(f"shard {min(lost)} was lost while a question was answered; ask again")
    return found


def _merged(shards: Shards, found: Iterable[tuple[float, Item]], limit: int) -> dict[Item, float]:
    """Return what shards found, best first; equal scores in the order of the articles."""
    best = sorted(found, key=lambda one: (-one[0], _first(one[1])))
    groups: list[tuple[float, list[Item]]] = []
    for score, item in best:
        if groups and groups[-1][0] - score <= _SAME * abs(groups[-1][0]):
            groups[-1][1].append(item)
        elif sum(len(items) for _, items in groups) < limit:
            groups.append((score, [item]))
        else:
            break
    tied = [_first(item) for _, items in groups if _are_apart(items) for item in items]
    places: dict[int, Place] = {}
    for of_shard in _of_each(shards, "places", tied).values():
        places |= of_shard
    nowhere: Place = (0, [])
    merged = {
        item: score
        for score, items in groups
        for item in sorted(items, key=lambda one: (places.get(_first(one), nowhere), _first(one)))
    }
    return dict(islice(merged.items(), limit))


def _are_apart(items: Sequence[int | range]) -> bool:
    """Return whether items are in several shards."""
    return len({shard_of(_first(item)) for item in items}) > 1


def _first(item: int | range) -> int:
    return item.start if isinstance(item, range) else item


@dataclass(frozen=True)
class ShardedVectors:
    """The vectors of all shards."""

    shards: Shards

    def __len__(self) -> int:
        return sum(passages for _, passages in _all(self.shards, "counts").values())

    def search(self, vector: Vectors, limit: int, scope: IdRanges = ALL.passages) -> list[Hit]:
        """Return the passages most similar to a vector, as `VectorSearch` says."""
        numbers = self.shards.numbers
        scopes = {number: scope[scope[:, 0] >> SHIFT == number] for number in numbers}
        asked = {
            number: (vector, limit, own)
            for number, own in scopes.items()
            if len(own) or not len(scope)
        }
        found = self.shards.ask("search_vectors", asked).values()
        best = _merged(self.shards, chain.from_iterable(found), limit)
        return [Hit(passage, similarity) for passage, similarity in best.items()]

    def rows(self, ids: Sequence[int]) -> Vectors:
        """Return the vectors of passages; shape (passages, dimension)."""
        by_shard = _by_shard(ids)
        found = _of_each(self.shards, "rows", ids)
        vectors = {
            id_: row
            for number, rows in found.items()
            for id_, row in zip(by_shard[number], rows, strict=True)
        }
        return np.stack([vectors[id_] for id_ in ids]) if vectors else np.zeros((0, 0), np.float32)

    def exact_best(self, questions: Vectors, limit: int) -> list[set[int]]:
        """Return the ids of the passages most similar to each question, by comparing all."""
        best = []
        found = _all(self.shards, "exact_best", questions, limit).values()
        for question, *of_shards in zip(questions, *found, strict=True):
            ids = sorted(set[int]().union(*of_shards))
            order = np.argsort(-(self.rows(ids) @ question), kind="stable")[:limit]
            best.append({ids[position] for position in order.tolist()})
        return best


@dataclass(frozen=True)
class KnownWords:
    """How many documents of all shards have a term; each is asked for once."""

    shards: Shards
    documents: Mapping[str, int]
    """Of all shards, by the name of their keywords, with deleted ones."""
    _known: dict[str, Frequencies] = field(
        default_factory=lambda: {KEYWORDS: {}, PARTS: {}}, init=False
    )

    def frequencies(self, name: str, searched: Sequence[str]) -> Frequencies:
        """Return how many documents have each term in each field, for at least these terms."""
        known = self._known[name]
        missing = [term for term in searched if ("text", term) not in known]
        if missing:
            if len(known) > _MOST_KNOWN:
                for each in self._known.values():
                    each.clear()
                missing = list(searched)
            for of_shard in _all(self.shards, "frequencies", missing).values():
                for which, counts in of_shard.items():
                    each = self._known[which]
                    for key, count in counts.items():
                        each[key] = each.get(key, 0) + count
        return {key: known[key] for key in known if key[1] in searched}


@dataclass(frozen=True)
class ShardedKeywords:
    """The keywords of all shards."""

    shards: Shards
    name: str
    words: KnownWords

    def __len__(self) -> int:
        return sum(_all(self.shards, "documents", self.name).values())

    def search(self, question: str, limit: int, articles: Sequence[int] = ()) -> dict[int, float]:
        """Return the passages that match a question best, as `KeywordSearch` says."""
        found = self.search_parts(question, limit, articles)
        return {passages.start: score for passages, score in found.items()}

    def search_parts(
        self, question: str, limit: int, articles: Sequence[int] = ()
    ) -> dict[range, float]:
        """Return the passages of the documents that match best, as `search` does."""
        searched = searched_terms(question)
        if not searched:
            return {}
        frequencies = self.words.frequencies(self.name, searched)
        asked = {
            number: (self.name, question, limit, own, frequencies)
            for number, own in _articles_of(self.shards, articles).items()
        }
        found = self.shards.ask("search_words", asked).values()
        return _merged(self.shards, chain.from_iterable(found), limit)

    def holding(self, searched: Sequence[str], articles: Sequence[int] = ()) -> list[int]:
        """Return the passages that have all terms, in the order of one index."""
        of_each = _articles_of(self.shards, articles)
        asked = {number: (searched, own) for number, own in of_each.items()}
        found = chain.from_iterable(self.shards.ask("holding", asked).values())
        return [id_ for _, ids in sorted(found) for id_ in ids]

    def has(self, term: str, articles: Sequence[int] = ()) -> bool:
        """Return whether the text of a passage has a term."""
        if not self.count(term):
            return False
        of_each = _articles_of(self.shards, articles)
        asked = {number: (term, own) for number, own in of_each.items()}
        return any(self.shards.ask("has", asked).values())

    def count(self, term: str) -> int:
        """Return how many passages have a term in their text, including deleted ones."""
        return self.words.frequencies(self.name, [term])["text", term]

    def idf(self, term: str) -> float:
        """Return a term's inverse document frequency, as BM25."""
        return idf(self.words.documents[self.name], self.count(term))


class ShardedCatalog(Catalog):
    """The articles and passages of all shards."""

    def __init__(self, shards: Shards, named: tuple[Root, ...], roots: tuple[Root, ...]) -> None:
        self.shards = shards
        self.roots = roots
        self._place = in_order_of(named)
        self._articles: dict[int, StoredArticle] = {}
        """Those of the passages that were fetched last."""

    def articles(self) -> list[StoredArticle]:
        """Return all articles, in the order in which one index finds them."""
        found = chain.from_iterable(_all(self.shards, "articles").values())
        return sorted(found, key=self._place)

    def paths(self) -> list[str]:
        """Return the absolute paths of all articles."""
        return list(chain.from_iterable(_all(self.shards, "paths").values()))

    def sizes_and_times(self) -> dict[str, tuple[int, int]]:
        """Return the size and the modification time (nanoseconds) of each file, by its path."""
        found: dict[str, tuple[int, int]] = {}
        for of_shard in _all(self.shards, "sizes_and_times").values():
            found |= of_shard
        return found

    def article(self, article_id: int) -> StoredArticle:
        """Return one article."""
        if article_id not in self._articles:
            found = _of_each(self.shards, "articles_of", [article_id])
            self._articles |= {one.id: one for articles in found.values() for one in articles}
        return self._articles[article_id]

    def select(self, scope: Scope) -> Selection:
        """Return the articles in a scope, whose paths are absolute; none if none is in it."""
        found = list(_all(self.shards, "select", scope).values())
        articles = tuple(chain.from_iterable(one.articles for one in found))
        passages = np.concatenate([ALL.passages, *(one.passages for one in found)])
        return Selection(articles, passages, sum(one.undated for one in found))

    def has(self, path: str) -> bool:
        """Return whether an article is at or under an absolute path."""
        return any(_all(self.shards, "has_path", path).values())

    def dates(self) -> tuple[date, date] | None:
        """Return the first and the last date of an article; None if none has a date."""
        found = list(filter(None, _all(self.shards, "dates").values()))
        return (min(first for first, _ in found), max(last for _, last in found)) if found else None

    def field_values(self) -> dict[str, set[str]]:
        """Return the values of each field that an article has, as they are compared."""
        values: dict[str, set[str]] = {}
        for of_shard in _all(self.shards, "field_values").values():
            for name, found in of_shard.items():
                values.setdefault(name, set()).update(found)
        return values

    def counts(self) -> tuple[int, int]:
        """Return the number of articles and of their passages."""
        found = _all(self.shards, "counts").values()
        return sum(articles for articles, _ in found), sum(passages for _, passages in found)

    def passages(self, ids: Sequence[int]) -> list[StoredPassage]:
        """Return passages in the order of the ids."""
        by_id: dict[int, StoredPassage] = {}
        self._articles.clear()
        for passages, articles in _of_each(self.shards, "passages", ids).values():
            by_id |= {stored.id: stored for stored in passages}
            self._articles |= {article.id: article for article in articles}
        return [by_id[id_] for id_ in ids]

    def kinds(self, ids: Sequence[int]) -> dict[int, Kind]:
        """Return the kinds of passages, by id."""
        found: dict[int, Kind] = {}
        for of_shard in _of_each(self.shards, "kinds", ids).values():
            found |= of_shard
        return found

    def passages_of(self, article: StoredArticle) -> list[StoredPassage]:
        """Return an article's passages in order."""
        asked = {shard_of(article.id): (article.passages,)}
        return [one for found in self.shards.ask("passages_in", asked).values() for one in found]

    def find_by_key(self, key: bytes) -> None:
        """Find nothing: each shard is built by itself."""
